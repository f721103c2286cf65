"""What a project's own fields are checked against, for new projects and for changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Target
from app.queries.codelists import ListName, code_list
from app.services.project_locks import HeldProject
from gis.problems import Problem
from gis.thai import LARGEST_AMOUNT, normalise

if TYPE_CHECKING:
    from app.services.projects import NewProject

NAME_LENGTH = 1000
TEXT_LENGTH = 1000
FIRST_YEAR_BE, LAST_YEAR_BE = 2540, 2640
# NUMERIC(12, 3) holds nine digits before the point.
LARGEST_MEASURE = Decimal(999_999_999)
KINDS = ("road", "water", "other")

CODE_FIELDS: Mapping[str, ListName] = {
    "status": "project_status",
    "work_nature_code": "work_nature",
    "surface_type_code": "road_surface_type",
    "water_source_type_code": "water_source_type",
    "structure_type_code": "structure_type",
    "fund_source_code": "fund_source",
    "programme_code": "budget_programme",
    "expenditure_category_code": "expenditure_category",
}
MEASURES = ("length_m", "width_m", "area_m2")
TEXTS = ("location_text", "route_code", "legal_reference")
AREAS = ("area_code", "village_code")
# Field -> the only kind of project that has it.
KIND_OF = {"surface_type_code": "road", "water_source_type_code": "water"}


@dataclass(frozen=True)
class References:
    """Rows that new projects point at and that exist.

    Parameters
    ----------
    organisations
        Code -> where it lies.
    areas
        Codes that exist.
    plan_lines
        Line -> organisation of its plan.
    taken
        (source, source_ref) pairs that are projects already.
    closed_years
        Organisation and fiscal year where nothing of money may be written.
    """

    organisations: Mapping[str, Target]
    areas: frozenset[str]
    plan_lines: Mapping[int, str]
    taken: frozenset[tuple[str, str]]
    closed_years: frozenset[tuple[str, int]] = frozenset()


_REFERENCES = """
SELECT 'organisation' AS what, code AS key, province_code AS a, amphoe_code AS b
FROM organisation WHERE code = ANY(CAST(:organisations AS text[]))
UNION ALL
SELECT 'area', code, NULL, NULL FROM area WHERE code = ANY(CAST(:areas AS text[]))
UNION ALL
SELECT 'plan', l.id::text, p.organisation_code, NULL
FROM plan_project l JOIN plan_version v ON v.id = l.plan_version_id JOIN plan p ON p.id = v.plan_id
WHERE l.id = ANY(CAST(:lines AS bigint[]))
UNION ALL
SELECT 'taken', p.source, p.source_ref, NULL
FROM unnest(CAST(:sources AS text[]), CAST(:refs AS text[])) AS g(source, source_ref)
JOIN project p ON p.source = g.source AND p.source_ref = g.source_ref
UNION ALL
SELECT 'closed', organisation_code, fiscal_year_be::text, NULL
FROM closed_fiscal_year WHERE organisation_code = ANY(CAST(:organisations AS text[]))
"""


def read_references(session: Session, projects: Sequence[NewProject]) -> References:
    """Everything that the projects point at, in one statement."""
    sourced = [(p.source, p.source_ref) for p in projects if p.source and p.source_ref]
    rows = session.execute(
        sa.text(_REFERENCES),
        {
            "organisations": list({p.organisation_code for p in projects}),
            "areas": list({code for p in projects for code in (p.area_code, p.village_code) if code}),
            "lines": list({p.plan_project_id for p in projects if p.plan_project_id is not None}),
            "sources": [source for source, _ in sourced],
            "refs": [ref for _, ref in sourced],
        },
    ).all()
    return References(
        organisations={r.key: Target(r.key, r.a, r.b) for r in rows if r.what == "organisation"},
        areas=frozenset(r.key for r in rows if r.what == "area"),
        plan_lines={int(r.key): r.a for r in rows if r.what == "plan"},
        taken=frozenset((r.key, r.a) for r in rows if r.what == "taken"),
        closed_years=frozenset((r.key, int(r.a)) for r in rows if r.what == "closed"),
    )


def check_new(session: Session, project: NewProject, row: int, references: References) -> list[Problem]:
    """Every problem of a new project."""
    values = {name: getattr(project, name) for name in project.__dataclass_fields__}
    problems = _fields(session, values, project.kind)
    if project.organisation_code not in references.organisations:
        problems.append(_unknown("organisation", project.organisation_code))
    if not FIRST_YEAR_BE <= project.fiscal_year_be <= LAST_YEAR_BE:
        limits = {"given": project.fiscal_year_be, "minimum": FIRST_YEAR_BE, "maximum": LAST_YEAR_BE}
        problems.append(Problem("fiscal_year_out_of_range", where={"field": "fiscal_year"}, values=limits))
    problems += [
        _unknown(name, values[name]) for name in AREAS if values[name] and values[name] not in references.areas
    ]
    if project.budget_baht is not None and not 0 <= project.budget_baht <= LARGEST_AMOUNT:
        problems.append(amount_problem("budget_baht", project.budget_baht, Decimal(0)))
    year = (project.organisation_code, project.fiscal_year_be)
    if project.budget_baht is not None and year in references.closed_years:
        closed = {"organisation_code": year[0], "fiscal_year_be": year[1]}
        problems.append(Problem("fiscal_year_closed", where={"field": "budget_baht"}, values=closed))
    line = project.plan_project_id
    if line is not None and references.plan_lines.get(line) != project.organisation_code:
        problems.append(Problem("plan_line_of_another", where={"field": "plan_project_id"}))
    if (project.source, project.source_ref) in references.taken:
        taken = {"source": project.source, "source_ref": project.source_ref}
        problems.append(Problem("source_ref_taken", where={"field": "source_ref"}, values=taken))
    return [Problem(p.code, p.level, {"row": row, **p.where}, p.values) for p in problems]


def check_changes(session: Session, project: HeldProject, changes: Mapping[str, Any]) -> list[Problem]:
    """Every problem of the changes to a project."""
    kind = changes.get("kind", project.kind)
    # What is no text is told once, and no rule about texts is asked about it.
    texts = {name for name in changes if name not in MEASURES and not _is_text(changes[name])}
    problems = [Problem("text_expected", where={"field": name}) for name in sorted(texts)]
    # An area is a row that exists or nothing; an empty text is neither.
    problems += [_unknown(name, "") for name in AREAS if changes.get(name) == ""]
    readable = {name: value for name, value in changes.items() if name not in texts}
    problems += _fields(session, readable, str(kind) if _is_text(kind) else project.kind)
    codes = [changes[name] for name in AREAS if changes.get(name) and _is_text(changes[name])]
    if codes:
        found = set(session.scalars(sa.text("SELECT code FROM area WHERE code = ANY(:codes)"), {"codes": codes}))
        problems += [
            _unknown(name, changes[name])
            for name in AREAS
            if changes.get(name) and _is_text(changes[name]) and changes[name] not in found
        ]
    return problems


def _fields(session: Session, values: Mapping[str, Any], kind: str) -> list[Problem]:
    problems = _name(values["name_th"]) if "name_th" in values else []
    if kind not in KINDS:
        problems.append(_unknown("kind", kind))
    for name, list_name in CODE_FIELDS.items():
        given = values.get(name)
        if given is not None and given not in code_list(session, list_name):
            problems.append(_unknown(name, given))
        elif given is not None and KIND_OF.get(name, kind) != kind:
            problems.append(_not_of_kind(name, kind))
    problems += [_measure(name) for name in MEASURES if not _is_measure(values.get(name))]
    for name in TEXTS:
        text = values.get(name)
        if text is not None and len(str(text)) > TEXT_LENGTH:
            limits = {"limit": TEXT_LENGTH, "length": len(str(text))}
            problems.append(Problem("text_too_long", where={"field": name}, values=limits))
    return problems


def _name(name: Any) -> list[Problem]:
    text = normalise(str(name or ""))
    where = {"field": "name"}
    if not text:
        return [Problem("project_name_missing", where=where)]
    if len(text) > NAME_LENGTH:
        return [Problem("project_name_too_long", where=where, values={"length": len(text), "limit": NAME_LENGTH})]
    return []


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_measure(value: Any) -> bool:
    if value is None:
        return True
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    return number.is_finite() and 0 <= number <= LARGEST_MEASURE


def _measure(name: str) -> Problem:
    return Problem("measure_out_of_range", where={"field": name}, values={"maximum": f"{LARGEST_MEASURE:,}"})


def _unknown(name: str, given: Any) -> Problem:
    return Problem("unknown_code", where={"field": name}, values={"given": str(given)[:80]})


def _not_of_kind(name: str, kind: str) -> Problem:
    return Problem("type_not_of_kind", where={"field": name}, values={"kind": kind})


def amount_problem(name: str, given: Decimal, minimum: Decimal, maximum: Decimal = LARGEST_AMOUNT) -> Problem:
    """The problem of an amount that no column of money can hold, or that makes no sense."""
    limits = {"given": f"{given:,}"[:40], "minimum": f"{minimum:,}", "maximum": f"{maximum:,}"}
    return Problem("amount_out_of_range", where={"field": name}, values=limits)

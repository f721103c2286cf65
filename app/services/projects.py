"""Projects: made one by one or by the thousand, and changed field by field by those whose field it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, InvalidInput
from app.services.duplicate_renewal import renew_soon
from app.services.geometry_batches import (
    GeometryRow,
    Provenance,
    ReadAs,
    Territories,
    check_rows,
    require_placing,
    simple,
)
from app.services.geometry_batches import versions_of as new_versions
from app.services.geometry_versions import INSERT_VERSIONS, NEXT_VERSION_ID, VERSION_RECORD, version_records
from app.services.project_checks import KIND_OF, References, check_changes, check_new, read_references
from app.services.project_locks import HeldProject, hold_project, mark_on_behalf
from gis.problems import Problem
from gis.thai import normalise

# What an engineer knows better than a planner: the work itself, not its place in the plan.
WORK_FIELDS = frozenset(
    {
        "work_nature_code",
        "surface_type_code",
        "water_source_type_code",
        "structure_type_code",
        "village_code",
        "location_text",
        "route_code",
        "length_m",
        "width_m",
        "area_m2",
    }
)
PLAN_FIELDS = frozenset({"name_th", "kind", "area_code"})
CHUNK_ROWS = 5_000


@dataclass(frozen=True)
class NewSegment:
    """Specification of one segment (ช่วงที่)."""

    surface_type_code: str | None = None
    width_m: Decimal | None = None
    length_m: Decimal | None = None
    thickness_m: Decimal | None = None
    area_m2: Decimal | None = None
    volume_m3: Decimal | None = None


@dataclass(frozen=True)
class NewProject:
    """A project to be made.

    Parameters
    ----------
    organisation_code, fiscal_year_be, kind, name_th
        What every project has; the code follows from the first two.
    status
        ``None``: ``BUDGET_APPROVED`` with money, else ``PLANNED``.
    budget_baht, fund_source_code, programme_code, expenditure_category_code, legal_reference, approved_on
        Its appropriation, when the money is known.
    plan_project_id
        Line of the plan; its national strategy becomes the project's.
    segments
        Specification per segment.
    source, source_ref
        Where it came from; the pair is unique.
    shapes, original
        Its coordinates (EPSG:4326), one a segment, and the numbers as given: version 1.
    read_as, draft
        As in :class:`app.services.geometry_batches.GeometryRow`.
    row
        Number of the row in its file; problems speak of it.
    """

    organisation_code: str
    fiscal_year_be: int
    kind: str
    name_th: str
    status: str | None = None
    work_nature_code: str | None = None
    surface_type_code: str | None = None
    water_source_type_code: str | None = None
    structure_type_code: str | None = None
    area_code: str | None = None
    village_code: str | None = None
    location_text: str | None = None
    route_code: str | None = None
    length_m: Decimal | None = None
    width_m: Decimal | None = None
    area_m2: Decimal | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    plan_project_id: int | None = None
    budget_baht: Decimal | None = None
    fund_source_code: str | None = None
    programme_code: str | None = None
    expenditure_category_code: str | None = None
    legal_reference: str | None = None
    approved_on: date | None = None
    segments: tuple[NewSegment, ...] = ()
    source: str | None = None
    source_ref: str | None = None
    shapes: tuple[BaseGeometry, ...] = ()
    original: Mapping[str, Any] | None = None
    read_as: ReadAs | None = None
    draft: bool = False
    row: int | None = None


@dataclass(frozen=True)
class MadeProject:
    """A project that was made."""

    id: int
    code: str


# Numbers are drawn first and segments stand inside their project, so that nothing has to be joined: the planner takes
# rows of JSON for a hundred and would join thousands of them by nested loops.
# A project is written once, as it stands at the end of the statement: ``budget_baht`` is the very sum that the trigger
# on ``appropriation`` works out, so that it finds nothing to change, and the geometry's version, status and area are
# those of the version beside it. Writing each row again for its money and again for its coordinates, with every index
# and the log, took most of the time of a large import.
_CREATE = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(CAST(:projects AS json)) AS r(
        n integer, organisation_code text, fiscal_year_be integer, kind text, name_th text, status text,
        work_nature_code text, surface_type_code text, water_source_type_code text, structure_type_code text,
        area_code text, village_code text, location_text text, route_code text, length_m numeric, width_m numeric,
        area_m2 numeric, attributes jsonb, plan_project_id bigint, budget_baht numeric, fund_source_code text,
        programme_code text, expenditure_category_code text, legal_reference text, approved_on date, source text,
        source_ref text, segments json, geometry_version integer, geometry_status text, geometry json)
),
counted AS (
    INSERT INTO project_code_counter AS c (organisation_code, fiscal_year_be, last_number)
    SELECT organisation_code, fiscal_year_be, count(*) FROM given GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (organisation_code, fiscal_year_be) DO UPDATE SET last_number = c.last_number + excluded.last_number
    RETURNING organisation_code, fiscal_year_be, last_number
),
numbered AS MATERIALIZED (
    SELECT g.*, c.last_number - count(*) OVER alike + row_number() OVER (alike ORDER BY g.n) AS number
    FROM given g JOIN counted c USING (organisation_code, fiscal_year_be)
    WINDOW alike AS (PARTITION BY organisation_code, fiscal_year_be)
),
coded AS MATERIALIZED (
    SELECT numbered.*, nextval(pg_get_serial_sequence('project', 'id')) AS id,
        lpad((fiscal_year_be % 100)::text, 2, '0') || '-' || organisation_code || '-'
        || lpad(number::text, greatest(4, length(number::text)), '0') AS code
    FROM numbered
),
versions AS MATERIALIZED (
    SELECT {NEXT_VERSION_ID} AS id, c.id AS project_id, v.*
    FROM coded c CROSS JOIN LATERAL json_to_record(c.geometry) AS v({VERSION_RECORD})
    WHERE c.geometry IS NOT NULL
),
made AS (
    INSERT INTO project (id, code, name_th, kind, work_nature_code, surface_type_code, water_source_type_code,
        structure_type_code, organisation_code, fiscal_year_be, status, area_code, village_code, location_text,
        route_code, length_m, width_m, area_m2, attributes, plan_project_id, strategy_code, budget_baht, source,
        source_ref, geometry_version, geometry_status)
    SELECT c.id, c.code, c.name_th, c.kind, c.work_nature_code, c.surface_type_code, c.water_source_type_code,
        c.structure_type_code, c.organisation_code, c.fiscal_year_be, c.status,
        c.area_code, c.village_code,
        c.location_text, c.route_code, c.length_m, c.width_m, c.area_m2, c.attributes, c.plan_project_id,
        s.national_strategy_code, coalesce(c.budget_baht, 0), c.source, c.source_ref,
        c.geometry_version, c.geometry_status
    FROM coded c LEFT JOIN plan_project l ON l.id = c.plan_project_id
        LEFT JOIN local_strategy s ON s.id = l.local_strategy_id
    ORDER BY c.n
),
parts AS (
    INSERT INTO project_segment (project_id, seq, surface_type_code, width_m, length_m, thickness_m, area_m2, volume_m3)
    SELECT c.id, s.seq, s.surface_type_code, s.width_m, s.length_m, s.thickness_m, s.area_m2, s.volume_m3
    FROM coded c CROSS JOIN LATERAL json_to_recordset(c.segments) AS s(
        seq integer, surface_type_code text, width_m numeric, length_m numeric, thickness_m numeric,
        area_m2 numeric, volume_m3 numeric)
),
money AS (
    INSERT INTO appropriation (project_id, fund_source_code, programme_code, expenditure_category_code, amount_baht,
        legal_reference, approved_on)
    SELECT c.id, c.fund_source_code, c.programme_code, c.expenditure_category_code, c.budget_baht,
        c.legal_reference, c.approved_on
    FROM coded c WHERE c.budget_baht IS NOT NULL
),
{INSERT_VERSIONS}
SELECT id, code FROM coded ORDER BY n
"""


def create_projects(
    session: Session, actor: Actor, projects: Sequence[NewProject], *, placing: Provenance | None = None
) -> list[MadeProject]:
    """Make projects with their segments, plan link, appropriation and coordinates; all of them or none.

    Coordinates go through the rules of :func:`app.services.geometries.record_geometries`.

    Parameters
    ----------
    session
        Open session of a transaction; rolled back by the caller when this raises.
    actor
        Who makes them.
    projects
        What is made.
    placing
        Where the ``shapes`` of the projects come from; an import's when not told.

    Returns
    -------
    list of MadeProject
        In the order given.

    Raises
    ------
    Forbidden
        An organisation where the actor may not write projects (an engineer: only unplanned ones with their
        coordinates), or their budget or coordinates when given.
    InvalidInput
        Every problem of every project, each with its ``where.row``.
    """
    made: list[MadeProject] = []
    problems: list[Problem] = []
    territories: Territories = {}
    common = placing or Provenance()
    for start in range(0, len(projects), CHUNK_ROWS):
        chunk = projects[start : start + CHUNK_ROWS]
        references = read_references(session, chunk)
        _require(actor, chunk, references)
        for index, project in enumerate(chunk, start=start + 1):
            problems += check_new(session, project, project.row or index, references)
        placements = _placements(session, actor, chunk, start, references, common, territories)
        problems += placements.problems
        if not problems:
            _mark(session, actor, chunk)
            made += _create(session, actor, chunk, placements.records)
    if problems:
        raise InvalidInput(problems)
    return made


def _require(actor: Actor, projects: Sequence[NewProject], references: References) -> None:
    for code in sorted({project.organisation_code for project in projects}):
        target = references.organisations.get(code, Target(code))
        surveyed = all(_is_survey(p) for p in projects if p.organisation_code == code)
        if not (surveyed and policy.may(actor, policy.PROJECT_SURVEY, target)):
            policy.require(actor, policy.PROJECT_WRITE, target)
        if any(p.budget_baht is not None for p in projects if p.organisation_code == code):
            policy.require(actor, policy.BUDGET_WRITE, target)


def _is_survey(project: NewProject) -> bool:
    """Found on the ground: placed, but without plan line, money or a status beyond the first."""
    return (
        bool(project.shapes)
        and project.plan_project_id is None
        and project.budget_baht is None
        and _status(project) == "PLANNED"
    )


def _mark(session: Session, actor: Actor, projects: Sequence[NewProject]) -> None:
    codes = {project.organisation_code for project in projects}
    if len(codes) == 1:
        mark_on_behalf(session, actor, codes.pop())


@dataclass
class _Placements:
    """Coordinates of some of the projects of a chunk, by index: what is wrong with them, or their records."""

    problems: list[Problem] = field(default_factory=list)
    records: dict[int, dict[str, Any]] = field(default_factory=dict)


def _placements(
    session: Session,
    actor: Actor,
    projects: Sequence[NewProject],
    start: int,
    references: References,
    common: Provenance,
    territories: Territories,
) -> _Placements:
    """Check and measure the coordinates that come with new projects."""
    found = _Placements()
    indices = [index for index, project in enumerate(projects) if project.shapes]
    if not indices:
        return found
    placed = [projects[index] for index in indices]
    held = [_about_to_be(project, references) for project in placed]
    require_placing(actor, held, common)
    rows = simple([GeometryRow("", p.shapes, original=p.original, read_as=p.read_as, draft=p.draft) for p in placed])
    problems = check_rows(session, rows, held, territories)
    for place, told in problems.items():
        if any(problem.is_error for problem in told):
            row = placed[place].row or start + indices[place] + 1
            found.problems += [Problem(p.code, p.level, {"row": row, **p.where}, p.values) for p in told]
    if not found.problems:
        versions = [
            replace(version, on_behalf_of=_behalf(actor, version.project.organisation_code))
            for version in new_versions(rows, held, problems, common)
        ]
        found.records = dict(zip(indices, version_records(session, versions), strict=True))
    return found


def _behalf(actor: Actor, organisation_code: str) -> str | None:
    return organisation_code if policy.enters_on_behalf(actor, organisation_code) else None


def _about_to_be(project: NewProject, references: References) -> HeldProject:
    lengths = [segment.length_m for segment in project.segments if segment.length_m is not None]
    return HeldProject(
        id=0,
        code="",
        kind=project.kind,
        organisation_code=project.organisation_code,
        fiscal_year_be=project.fiscal_year_be,
        status=_status(project),
        row_version=0,
        target=references.organisations.get(project.organisation_code, Target(project.organisation_code)),
        area_code=project.area_code,
        water_source_type=project.water_source_type_code,
        contract_length_m=sum(lengths, Decimal()) if project.length_m is None and lengths else project.length_m,
        expected_segments=len(project.segments),
        geometry_version=0,
        geometry_status="NONE",
    )


def _status(project: NewProject) -> str:
    return project.status or ("PLANNED" if project.budget_baht is None else "BUDGET_APPROVED")


# Shapes and their numbers travel in the record of their version.
_COLUMNS = tuple(f.name for f in fields(NewProject) if f.name not in ("segments", "shapes", "original", "row"))


def _create(
    session: Session, actor: Actor, projects: Sequence[NewProject], versions: Mapping[int, Mapping[str, Any]]
) -> list[MadeProject]:
    rows = []
    for n, project in enumerate(projects):
        row = {name: getattr(project, name) for name in _COLUMNS}
        row["segments"] = [{"seq": seq, **asdict(segment)} for seq, segment in enumerate(project.segments, start=1)]
        version = versions.get(n)
        row["geometry"] = version
        row["geometry_version"], row["geometry_status"] = 0, "NONE"
        if version is not None:
            row["geometry_version"], row["geometry_status"] = version["version"], version["status"]
            row["area_code"] = version["version_area_code"]
        row["n"] = n
        row["name_th"] = normalise(project.name_th)
        row["status"] = _status(project)
        row["fund_source_code"] = project.fund_source_code or "OWN"
        rows.append(row)
    written = session.execute(
        sa.text(_CREATE), {"projects": _json(rows), "user": actor.user_id, "name": actor.display_name}
    )
    made = [MadeProject(row.id, row.code) for row in written]
    renew_soon(session, [made[n].id for n in versions])
    return made


def _json(rows: list[dict[str, Any]]) -> str:
    # Decimals travel as text: the column of the record reads them back exactly.
    return orjson.dumps(rows, default=str).decode()


def update_project(
    session: Session,
    actor: Actor,
    project_code: str,
    changes: Mapping[str, Any],
    *,
    if_match_version: int,
) -> int:
    """Change fields of a project; the new ``row_version``.

    A planner may change all of :data:`PLAN_FIELDS` and :data:`WORK_FIELDS`, an engineer the latter.

    Raises
    ------
    NotFound, Forbidden
        No such project; not this person's fields.
    Conflict
        ``project_changed``: somebody wrote in between.
    InvalidInput
        Every field that cannot be changed or read.
    """
    project = hold_project(session, actor, project_code)
    allowed = editable_fields(actor, project.target)
    if not allowed:
        policy.require(actor, policy.PROJECT_WRITE, project.target)
    if project.row_version != if_match_version:
        raise Conflict("project_changed", {"project": project.code, "version": project.row_version})
    unknown = [
        Problem("field_not_editable", where={"field": name}, values={"allowed": ", ".join(sorted(allowed))})
        for name in sorted(changes.keys() - allowed)
    ]
    known = {name: value for name, value in changes.items() if name in allowed}
    problems = unknown + check_changes(session, project, known)
    if problems:
        raise InvalidInput(problems)
    if not known:
        return project.row_version
    mark_on_behalf(session, actor, project.organisation_code)
    if "name_th" in known:
        known["name_th"] = normalise(known["name_th"])
    if "kind" in known:
        # A surface belongs to a road and a source to water: the other kind's goes with the kind.
        known |= {name: None for name, kind in KIND_OF.items() if kind != known["kind"]}
    # Names come from the whitelist above, never from the request.
    assignments = ", ".join(f"{name} = :{name}" for name in sorted(known))
    version = session.scalar(
        sa.text(f"UPDATE project SET {assignments} WHERE id = :id RETURNING row_version"), {**known, "id": project.id}
    )
    return int(version)


def editable_fields(actor: Actor, target: Target) -> frozenset[str]:
    """Fields of a project there that the person may change; none when they may not change it at all."""
    fields: frozenset[str] = frozenset()
    if policy.may(actor, policy.PROJECT_WRITE, target):
        fields |= PLAN_FIELDS | WORK_FIELDS
    if policy.may(actor, policy.COORDINATES_WRITE, target):
        fields |= WORK_FIELDS
    return fields

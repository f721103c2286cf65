"""Figures that organisations entered, what reviewers said of each, and what that is worth now.

A figure is the money of a plan line for its year (``project``), an appropriation in force, a contract as amended, or a
payment that was not taken back. What stands is read from the last verdict: it was said of an amount, and another
amount opens the figure again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.completeness import NAMES, Scope, parameters, scope_sql

PAGE_ROWS = 50
FIELD_OF: Mapping[str, str] = {
    "project": "planned_baht",
    "appropriation": "budget_baht",
    "contract": "contracted_baht",
    "disbursement": "disbursed_baht",
}
"""Kind of figure -> the field of its project that it makes up, and that a comment on it is of."""
WAITING = ("NEW", "CHANGED", "ANSWERED")
"""Never looked at, another amount than what was looked at, or returned and answered without another amount."""


@dataclass(frozen=True)
class FigureFilter:
    """What narrows the list; an empty field narrows nothing but ``state``, which is ``WAITING`` or one state."""

    area: str
    organisation: str | None = None
    figure: str | None = None
    year_be: int | None = None
    state: str = "WAITING"


@dataclass(frozen=True)
class Figure:
    """A figure as it stands.

    Parameters
    ----------
    figure, figure_id
        Which table, which row.
    number, day
        Of its paper: contract, voucher, document.
    state
        ``NEW``, ``CHANGED``, ``ANSWERED``, ``VERIFIED`` or ``RETURNED``.
    seen_baht, said_by, said_at, text
        Of the last verdict: the amount it was said of, and the words of a return.
    writers
        Accounts that entered or changed the amount.
    entered_by, on_behalf
        The last of them, and whether it was for the organisation.
    """

    figure: str
    figure_id: int
    project_id: int
    project_code: str
    name_th: str
    fiscal_year_be: int
    organisation_code: str
    organisation_name: str
    province_code: str
    amphoe_code: str | None
    amount_baht: Decimal
    number: str | None
    day: date | None
    state: str
    seen_baht: Decimal | None
    said_by: str | None
    said_at: datetime | None
    text: str | None
    writers: frozenset[int] = frozenset()
    entered_by: str | None = None
    on_behalf: bool = False

    @property
    def key(self) -> str:
        """``contract-12``: what names it in forms, addresses and problems."""
        return f"{self.figure}-{self.figure_id}"

    @property
    def field(self) -> str:
        """Field of the project that it is part of."""
        return FIELD_OF[self.figure]


# ``{of}`` narrows by the project before anything is weighed.
_FIGURES = """
SELECT 'project' AS figure, p.id AS figure_id, p.id AS project_id, p.planned_baht AS amount_baht,
       NULL::text AS number, NULL::date AS day
FROM project p JOIN organisation o ON o.code = p.organisation_code
WHERE p.planned_baht > 0 AND p.plan_project_id IS NOT NULL AND {of}
UNION ALL
SELECT 'appropriation', a.id, p.id, a.net_baht, coalesce(d.number, a.legal_reference), a.approved_on
FROM project p JOIN organisation o ON o.code = p.organisation_code JOIN appropriation a ON a.project_id = p.id
LEFT JOIN budget_document d ON d.id = a.budget_document_id
WHERE a.removed_at IS NULL AND a.in_force AND a.net_baht > 0 AND {of}
UNION ALL
SELECT 'contract', c.id, p.id, c.final_baht, c.number, c.signed_on
FROM project p JOIN organisation o ON o.code = p.organisation_code JOIN contract c ON c.project_id = p.id
WHERE c.removed_at IS NULL AND {of}
UNION ALL
SELECT 'disbursement', b.id, p.id, b.amount_baht, b.voucher_number, b.paid_on
FROM project p JOIN organisation o ON o.code = p.organisation_code JOIN disbursement b ON b.project_id = p.id
WHERE b.reverses_id IS NULL AND {of}
  AND NOT EXISTS (SELECT FROM disbursement r WHERE r.reverses_id = b.id)
"""
_STANDING = """
LEFT JOIN LATERAL (
    SELECT w.verdict, w.amount_baht, w.created_by_name, w.created_at, c.text, c.resolved_at
    FROM figure_verdict w LEFT JOIN review_comment c ON c.id = w.comment_id
    WHERE w.figure = f.figure AND w.figure_id = f.figure_id ORDER BY w.id DESC LIMIT 1
) v ON true
"""
_STATE = """
CASE WHEN v.verdict IS NULL THEN 'NEW' WHEN v.amount_baht <> f.amount_baht THEN 'CHANGED'
     WHEN v.verdict = 'VERIFIED' THEN 'VERIFIED' WHEN v.resolved_at IS NULL THEN 'RETURNED' ELSE 'ANSWERED' END
"""
_ROWS = f"""
WITH figures AS MATERIALIZED (
    SELECT f.*, {_STATE} AS state, v.amount_baht AS seen_baht, v.created_by_name AS said_by, v.created_at AS said_at,
           v.text
    FROM ({_FIGURES}) f {_STANDING}
)
SELECT f.figure, f.figure_id, p.id AS project_id, p.code AS project_code, p.name_th, p.fiscal_year_be,
       p.organisation_code, {NAMES} AS organisation_name, o.province_code, o.amphoe_code, f.amount_baht, f.number,
       f.day, f.state, f.seen_baht, f.said_by, f.said_at, f.text
FROM figures f JOIN project p ON p.id = f.project_id JOIN organisation o ON o.code = p.organisation_code
JOIN lao_type y ON y.code = o.type_code
"""
_COUNTS = f"""
SELECT f.state, count(*) FROM (SELECT f.*, {_STATE} AS state FROM ({_FIGURES}) f {_STANDING}) f
WHERE CAST(:figure AS text) IS NULL OR f.figure = :figure GROUP BY f.state
"""
# The amount of a plan line is copied into the next version of the plan: whoever entered it in any of them entered it.
_WRITERS = """
WITH asked AS (
    SELECT * FROM unnest(CAST(:figures AS text[]), CAST(:ids AS bigint[])) AS a(figure, figure_id)
), entries AS (
    SELECT a.figure, a.figure_id, a.figure AS entity, CAST(a.figure_id AS text) AS entity_key
    FROM asked a WHERE a.figure <> 'project'
    UNION ALL
    SELECT a.figure, a.figure_id, 'plan_project_amount', q.id || '/' || p.fiscal_year_be
    FROM asked a JOIN project p ON p.id = a.figure_id JOIN plan_project l ON l.id = p.plan_project_id
    JOIN plan_project q ON q.origin_id = l.origin_id WHERE a.figure = 'project'
)
SELECT e.figure, e.figure_id, array_remove(array_agg(DISTINCT l.user_id), NULL) AS writers,
       (array_agg(l.user_name ORDER BY l.id DESC))[1] AS entered_by,
       (array_agg(l.on_behalf_of IS NOT NULL ORDER BY l.id DESC))[1] AS on_behalf
FROM entries e JOIN change_log l ON l.entity = e.entity AND l.entity_key = e.entity_key
WHERE l.action = 'insert' OR l.after ?| ARRAY['amount_baht', 'amended_baht', 'transferred_baht']
GROUP BY e.figure, e.figure_id
"""


def figures_page(session: Session, narrowed: FigureFilter, *, page: int = 1) -> tuple[list[Figure], dict[str, int]]:
    """A page of :data:`PAGE_ROWS`, the newest year first, and how many figures of the place are in each state."""
    where, values = _conditions(narrowed)
    states = list(WAITING) if narrowed.state == "WAITING" else [narrowed.state]
    counted = session.execute(sa.text(_COUNTS.format(of=where)), {**values, "figure": narrowed.figure})
    counts: dict[str, int] = {state: count for state, count in counted}
    rows = session.execute(
        sa.text(
            f"{_ROWS.format(of=where)} WHERE f.state = ANY(:states)"
            " AND (CAST(:figure AS text) IS NULL OR f.figure = :figure)"
            " ORDER BY p.fiscal_year_be DESC, o.code, p.id,"
            " array_position(ARRAY['project', 'appropriation', 'contract', 'disbursement'], f.figure), f.figure_id"
            " LIMIT :limit OFFSET :offset"
        ),
        {
            **values,
            "states": states,
            "figure": narrowed.figure,
            "limit": PAGE_ROWS,
            "offset": (page - 1) * PAGE_ROWS,
        },
    )
    return _with_writers(session, [Figure(*row) for row in rows]), counts


def figures_of(session: Session, keys: Iterable[tuple[str, int]]) -> dict[str, Figure]:
    """Some figures as they stand, by key; what is none any more is absent."""
    asked = list(keys)
    projects = _projects_of(session, asked)
    rows = session.execute(
        sa.text(
            f"{_ROWS.format(of='p.id = ANY(:projects)')} JOIN unnest(CAST(:figures AS text[]), CAST(:ids AS bigint[]))"
            " AS a(figure, figure_id) ON a.figure = f.figure AND a.figure_id = f.figure_id"
        ),
        {"projects": projects, "figures": [one[0] for one in asked], "ids": [one[1] for one in asked]},
    )
    return {one.key: one for one in _with_writers(session, [Figure(*row) for row in rows])}


def projects_of(session: Session, keys: Iterable[tuple[str, int]]) -> list[str]:
    """Codes of the projects that some figures belong to."""
    return list(
        session.scalars(
            sa.text("SELECT code FROM project WHERE id = ANY(:ids)"), {"ids": _projects_of(session, list(keys))}
        )
    )


def figures_of_project(session: Session, project_id: int) -> dict[str, Figure]:
    """What reviewers said of the figures of a project, by key; those of which nothing stands are absent."""
    rows = session.execute(
        sa.text(f"{_ROWS.format(of='p.id = :project')} WHERE f.state IN ('VERIFIED', 'RETURNED', 'CHANGED')"),
        {"project": project_id},
    )
    return {one.key: one for one in (Figure(*row) for row in rows)}


@dataclass(frozen=True)
class Returned:
    """A figure that was returned and waits for its organisation; ``days`` since."""

    organisation_code: str
    organisation_name: str
    fiscal_year_be: int
    project_code: str
    name_th: str
    figure: str
    figure_id: int
    amount_baht: Decimal
    text: str
    days: int


def returned_figures(
    session: Session, scope: Scope, today: date, *, year_be: int | None = None, limit: int = 50
) -> tuple[list[Returned], int]:
    """Those of some organisations, the longest waiting first, and how many there are altogether."""
    statement = f"""
        WITH open AS MATERIALIZED (
            SELECT w.figure, w.figure_id, w.amount_baht, w.project_id, w.created_at, c.text
            FROM review_comment c JOIN figure_verdict w ON w.comment_id = c.id
            JOIN project p ON p.id = w.project_id
            WHERE c.entity = 'project' AND c.resolved_at IS NULL AND {scope_sql(scope, "c.organisation_code")}
              AND NOT EXISTS (SELECT FROM figure_verdict n WHERE n.figure = w.figure AND n.figure_id = w.figure_id
                              AND n.id > w.id)
              AND (CAST(:year AS integer) IS NULL OR p.fiscal_year_be = :year)
        )
        SELECT p.organisation_code, {NAMES} AS name, p.fiscal_year_be, p.code, p.name_th, f.figure, f.figure_id,
               f.amount_baht, r.text, greatest(CAST(:today AS date) - r.created_at::date, 0), count(*) OVER ()
        FROM ({_FIGURES.format(of="p.id IN (SELECT project_id FROM open)")}) f
        JOIN open r ON (r.figure, r.figure_id, r.amount_baht) = (f.figure, f.figure_id, f.amount_baht)
        JOIN project p ON p.id = f.project_id JOIN organisation o ON o.code = p.organisation_code
        JOIN lao_type y ON y.code = o.type_code ORDER BY r.created_at, f.figure_id LIMIT :limit"""
    asked = {**parameters(scope, year_be, today), "limit": limit}
    rows = session.execute(sa.text(statement), asked).all()
    return [Returned(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def _projects_of(session: Session, keys: Sequence[tuple[str, int]]) -> list[int]:
    found: set[int] = {figure_id for figure, figure_id in keys if figure == "project"}
    for table in ("appropriation", "contract", "disbursement"):
        ids = [figure_id for figure, figure_id in keys if figure == table]
        if ids:
            found |= set(session.scalars(sa.text(f"SELECT project_id FROM {table} WHERE id = ANY(:ids)"), {"ids": ids}))
    return sorted(found)


def _with_writers(session: Session, found: list[Figure]) -> list[Figure]:
    asked = {"figures": [one.figure for one in found], "ids": [one.figure_id for one in found]}
    writers = {(row.figure, row.figure_id): row for row in session.execute(sa.text(_WRITERS), asked)} if found else {}
    told = []
    for one in found:
        row = writers.get((one.figure, one.figure_id))
        told.append(
            one
            if row is None
            else replace(one, writers=frozenset(row.writers), entered_by=row.entered_by, on_behalf=bool(row.on_behalf))
        )
    return told


def _conditions(narrowed: FigureFilter) -> tuple[str, dict[str, Any]]:
    sql = ["(o.province_code = :area OR o.amphoe_code = :area)"]
    values: dict[str, Any] = {"area": narrowed.area}
    if narrowed.organisation:
        sql.append("p.organisation_code = :organisation")
        values["organisation"] = narrowed.organisation
    if narrowed.year_be:
        sql.append("p.fiscal_year_be = :year")
        values["year"] = narrowed.year_be
    return " AND ".join(sql), values


def organisations_of(session: Session, area: str) -> list[tuple[str, str]]:
    """Organisations of a province or amphoe, by name."""
    rows = session.execute(
        sa.text(
            "SELECT o.code, o.full_name_th FROM organisation o WHERE (o.province_code = :area OR o.amphoe_code = :area)"
            ' ORDER BY o.full_name_th COLLATE "th-x-icu"'
        ),
        {"area": area},
    )
    return [(row[0], row[1]) for row in rows]

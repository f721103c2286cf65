"""Lists of projects: keyset pages in three orders, under 100 ms at a million rows, and counts that know when to stop.

How a page is found. A list is walked along the index of its order, which is instant while the filter lets many rows
through. A filter that lets few through would walk the whole table, so the walk stops after :data:`WALK_ROWS` rows;
a page that is not full by then belongs to a rare filter, whose few rows are gathered through their own indexes
(trigrams, facets) and sorted. Neither way ever sorts a million rows: a very common word fills its page in the walk.
By name only the projects of a place are sorted: nobody reads a million names in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.codelists import GeometryType, expected_geometry_type
from app.queries.project_filter import (
    Conditions,
    ProjectFilter,
    conditions,
    geometry_join_sql,
    geometry_status_sql,
)

__all__ = ["ProjectFilter"]

WALK_ROWS = 4_000
# More organisations or areas than this are not a place any more.
MAX_PLACES = 5
COUNT_CAP = 10_000
MAX_LIMIT = 1000

Order = Literal["newest", "budget", "name"]
Bounds = tuple[float, float, float, float]
Key = tuple[Any, ...]
"""Where a page begins: order, direction and sort key of the row beside it; plain JSON values."""


@dataclass(frozen=True)
class Sort:
    """An order of the list.

    Parameters
    ----------
    column
        Column sorted by.
    keys
        SQL of the sort keys; the last one is unique.
    types
        SQL type of each key, to read a cursor back.
    descending
        Direction of all keys.
    """

    column: str
    keys: tuple[str, ...]
    types: tuple[str, ...]
    descending: bool

    def by(self, backwards: bool) -> str:
        """ORDER BY list, or its mirror."""
        direction = "ASC" if self.descending == backwards else "DESC"
        return ", ".join(f"{key} {direction}" for key in self.keys)

    def beyond(self, backwards: bool) -> str:
        """Condition for the rows behind a cursor (``:after_0 ...``), or before it."""
        values = ", ".join(f"CAST(:after_{i} AS {kind})" for i, kind in enumerate(self.types))
        return f"({', '.join(self.keys)}) {'>' if self.descending == backwards else '<'} ({values})"


SORTS: Mapping[Order, Sort] = {
    "newest": Sort("p.fiscal_year_be", ("p.fiscal_year_be", "p.id"), ("integer", "bigint"), True),
    "budget": Sort("p.budget_baht", ("p.budget_baht", "p.id"), ("numeric", "bigint"), True),
    "name": Sort("p.name_th", ('(p.name_th COLLATE "th-x-icu")', "p.id"), ("text", "bigint"), False),
}


@dataclass(frozen=True)
class ProjectRow:
    """A project as lists show it. Money in baht; ``bounds`` west, south, east, north of the current geometry.

    ``fund_budget_baht`` and ``fund_disbursed_baht`` are the part from the fund sources that the list is narrowed to,
    ``None`` where it is not: these are what the numbers of the budget map are made of.
    """

    id: int
    code: str
    name_th: str
    kind: str
    organisation_code: str
    organisation_name: str
    province_code: str
    amphoe_code: str | None
    fiscal_year_be: int
    status: str
    geometry_status: str
    geometry_version: int
    budget_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    area_code: str | None
    area_name: str | None
    surface_type: str | None
    water_source_type: str | None
    work_nature: str | None
    length_m: Decimal | None
    width_m: Decimal | None
    updated_at: datetime
    row_version: int
    bounds: Bounds | None
    geometry_type: GeometryType
    fund_budget_baht: Decimal | None = None
    fund_disbursed_baht: Decimal | None = None


@dataclass(frozen=True)
class Page:
    """One page; ``next`` and ``previous`` are keys of the pages beside it, ``None`` at the ends."""

    items: tuple[ProjectRow, ...]
    next: Key | None
    previous: Key | None


def project_page(
    session: Session,
    narrowed: ProjectFilter,
    *,
    sight: Visibility,
    order: Order = "newest",
    limit: int = 50,
    key: Key | None = None,
) -> Page:
    """One page of projects, in one statement for common filters and two for rare ones.

    Parameters
    ----------
    session
        Open session.
    narrowed, sight, order, limit
        Which projects, with whose eyes, how sorted and how many; by name only for :func:`is_place`.
    key
        ``next`` or ``previous`` of another page of the same list; see :func:`is_key`.
    """
    backwards = key is not None and bool(key[1])
    rows = _rows(session, conditions(narrowed, sight), narrowed, sight, order, limit + 1, key)
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows = rows[::-1]
    before = more if backwards else key is not None
    after = True if backwards else more
    return Page(
        tuple(_project_row(session, row) for row in rows),
        next=_key_of(order, rows[-1], backwards=False) if rows and after else None,
        previous=_key_of(order, rows[0], backwards=True) if rows and before else None,
    )


def project_count(
    session: Session, narrowed: ProjectFilter, *, sight: Visibility, cap: int = COUNT_CAP
) -> tuple[int, bool]:
    """Number of projects, and whether that is all of them; counting stops at ``cap``."""
    condition = conditions(narrowed, sight)
    found = session.scalar(
        sa.text(f"SELECT count(*) FROM (SELECT 1 FROM project p WHERE {condition.where} LIMIT :cap) counted"),
        {**condition.parameters, "cap": cap + 1},
    )
    return (cap, False) if found > cap else (int(found), True)


def project_row(session: Session, code: str, *, sight: Visibility) -> ProjectRow | None:
    """One project by its code; ``None`` when it does not exist or this person may not know that it does."""
    condition = conditions(ProjectFilter(), sight)
    row = session.execute(
        sa.text(
            f"SELECT {_columns(sight)} FROM (SELECT p.* FROM project p WHERE p.code = :code AND {condition.where}) p"
            f" {_joins(sight)}"
        ),
        {"code": code},
    ).one_or_none()
    return None if row is None else _project_row(session, row)


def project_codes(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Codes of projects by id, in one statement."""
    rows = session.execute(sa.text("SELECT id, code FROM project WHERE id = ANY(:ids)"), {"ids": list(ids)})
    return {row.id: row.code for row in rows}


_JOINS = (
    "JOIN organisation o ON o.code = p.organisation_code"
    " JOIN lao_type t ON t.code = o.type_code"
    " LEFT JOIN area a ON a.code = p.area_code "
)


def _columns(sight: Visibility) -> str:
    return (
        "p.id, p.code, p.name_th, p.kind, p.organisation_code,"
        " CASE WHEN t.code = 'SPECIAL' THEN o.full_name_th"
        " ELSE coalesce(t.attributes->>'abbr_th', '') || o.name_th END AS organisation_name,"
        " o.province_code, o.amphoe_code, p.fiscal_year_be, p.status,"
        f" {geometry_status_sql(sight)} AS geometry_status, p.geometry_version,"
        " p.budget_baht, p.contracted_baht, p.disbursed_baht, p.area_code, a.name_th AS area_name,"
        " p.surface_type_code AS surface_type, p.water_source_type_code AS water_source_type,"
        " p.work_nature_code AS work_nature, p.length_m, p.width_m, p.updated_at, p.row_version,"
        " ST_XMin(g.geom) AS west, ST_YMin(g.geom) AS south, ST_XMax(g.geom) AS east, ST_YMax(g.geom) AS north"
    )


def _joins(sight: Visibility) -> str:
    return _JOINS + geometry_join_sql(sight)


# Beside the filter's own condition, so that its parameter is bound.
_SHARE = (
    " LEFT JOIN LATERAL (SELECT sum(s.budget_baht) AS fund_budget_baht, sum(s.disbursed_baht) AS fund_disbursed_baht"
    " FROM read_budget_share s WHERE s.project_id = p.id AND s.fund_source_code = ANY(:fund_source)) AS share ON true"
)


def _rows(
    session: Session,
    condition: Conditions,
    narrowed: ProjectFilter,
    sight: Visibility,
    order: Order,
    limit: int,
    key: Key | None,
) -> list[Any]:
    sort = SORTS[order]
    backwards = key is not None and bool(key[1])
    parameters: dict[str, Any] = {**condition.parameters, "limit": limit, "walk": WALK_ROWS}
    beyond = "true"
    if key is not None:
        beyond = sort.beyond(backwards)
        parameters |= {f"after_{i}": value for i, value in enumerate(key[2:])}
    by = sort.by(backwards)
    columns, joins = f"{_columns(sight)}, {_keys(sort)}", _joins(sight)
    if narrowed.fund_source:
        columns, joins = f"{columns}, share.*", joins + _SHARE

    def page(chosen: str) -> list[Any]:
        statement = f"SELECT {columns} FROM ({chosen}) p {joins} ORDER BY {by}"
        return list(session.execute(sa.text(statement), parameters))

    if narrowed.is_empty or is_place(narrowed) or narrowed.bbox:
        return page(f"SELECT p.* FROM project p WHERE {condition.where} AND {beyond} ORDER BY {by} LIMIT :limit")
    walked = page(
        f"SELECT p.* FROM (SELECT p.* FROM project p WHERE {beyond} AND {_stretch(narrowed, order, parameters)}"
        f" ORDER BY {by} LIMIT :walk) p WHERE {condition.where} ORDER BY {by} LIMIT :limit"
    )
    if len(walked) == limit:
        return walked
    # MATERIALIZED keeps the planner from walking the order's index again for the sake of the LIMIT.
    return page(
        "WITH found AS MATERIALIZED ("
        f"SELECT p.id, {sort.column} FROM project p WHERE {condition.where} AND {beyond}),"
        f" first AS (SELECT p.id FROM found p ORDER BY {by} LIMIT :limit)"
        " SELECT p.* FROM project p JOIN first USING (id)"
    )


def is_place(narrowed: ProjectFilter) -> bool:
    """True when the list is that of a few organisations or areas, which may be sorted by name."""
    return 0 < len(narrowed.organisation) <= MAX_PLACES or 0 < len(narrowed.area) <= MAX_PLACES


def _stretch(narrowed: ProjectFilter, order: Order, parameters: dict[str, Any]) -> str:
    """The part of the order's index where the rows can be: a year of the past begins far down the list."""
    if order != "newest" or not narrowed.fiscal_year:
        return "true"
    parameters |= {"first_year": min(narrowed.fiscal_year), "last_year": max(narrowed.fiscal_year)}
    return "p.fiscal_year_be BETWEEN :first_year AND :last_year"


def _keys(sort: Sort) -> str:
    return ", ".join(f"{key} AS key_{i}" for i, key in enumerate(sort.keys))


def _project_row(session: Session, row: Any) -> ProjectRow:
    mapping = row._mapping
    values = {name: mapping[name] for name in ProjectRow.__dataclass_fields__ if name in mapping}
    corners = (row.west, row.south, row.east, row.north)
    return ProjectRow(
        **values,
        bounds=None if row.west is None else corners,
        geometry_type=expected_geometry_type(session, row.kind, row.water_source_type),
    )


def _key_of(order: Order, row: Any, *, backwards: bool) -> Key:
    return (order, backwards, *(str(getattr(row, f"key_{i}")) for i in range(len(SORTS[order].keys))))


def is_key(order: str, key: Key) -> bool:
    """True when a key that came from outside belongs to a list in this order."""
    if len(key) < 2 or key[0] != order or order not in SORTS or not isinstance(key[1], bool):
        return False
    types = SORTS[order].types  # type: ignore[index]
    try:
        return len([_READ[kind](value) for kind, value in zip(types, key[2:], strict=True)]) == len(types)
    except (ValueError, TypeError, ArithmeticError):
        return False


_READ: Mapping[str, Any] = {"integer": int, "bigint": int, "numeric": Decimal, "text": str}

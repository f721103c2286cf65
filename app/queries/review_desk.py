"""Coordinates that wait for a verdict, the oldest first, with what helps to give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.project_comments import open_comment_counts

PAGE_ROWS = 50


@dataclass(frozen=True)
class ReviewFilter:
    """What narrows the list; an empty field narrows nothing.

    Parameters
    ----------
    organisation, area
        Codes of organisations; province (2 digits) or amphoe (4) of their seats.
    kind, year_be
        Of the project.
    finding
        Code of an open finding of the coordinate doctor; ``any`` or ``none``.
    days
        Waiting at least so long.
    """

    organisation: tuple[str, ...] = ()
    area: str | None = None
    kind: str | None = None
    year_be: int | None = None
    finding: str | None = None
    days: int | None = None


@dataclass(frozen=True)
class WaitingRow:
    """A project whose coordinates wait.

    Parameters
    ----------
    version
        That is to be looked at; sent in ``waiting_since`` by ``sent_by``.
    drawn_m, contract_m
        Length as drawn and as specified.
    shape
        GeoJSON, coarse enough for a small map.
    findings
        Codes of what the coordinate doctor still finds.
    comments
        That wait for an answer.
    """

    project_id: int
    project_code: str
    name_th: str
    kind: str
    fiscal_year_be: int
    organisation_code: str
    organisation_name: str
    province_code: str
    amphoe_code: str | None
    version: int
    waiting_since: datetime
    sent_by: str
    drawn_m: float | None
    contract_m: float | None
    shape: str | None
    findings: Sequence[str]
    comments: int = 0


@dataclass(frozen=True)
class OrganisationCount:
    """An organisation with how many wait there."""

    code: str
    name_th: str
    count: int


_OPEN_FINDING = """
coordinate_finding f WHERE f.project_id = p.id AND f.geometry_version = p.geometry_version
  AND NOT EXISTS (SELECT FROM coordinate_answer a WHERE a.project_id = f.project_id AND a.code = f.code
                  AND a.geometry_version = f.geometry_version)
"""
_FROM = """
FROM project p JOIN organisation o ON o.code = p.organisation_code
JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
WHERE p.geometry_status = 'SUBMITTED'
"""
_ROWS = f"""
SELECT p.id, p.code, p.name_th, p.kind, p.fiscal_year_be, o.code, o.full_name_th, o.province_code, o.amphoe_code,
       p.geometry_version, g.created_at, g.created_by_name, CAST(nullif(g.length_m, 0) AS float),
       CAST(coalesce(p.length_m, (SELECT sum(s.length_m) FROM project_segment s WHERE s.project_id = p.id)) AS float),
       ST_AsGeoJSON(ST_SimplifyPreserveTopology(g.geom, 0.00002), 6),
       ARRAY(SELECT f.code FROM {_OPEN_FINDING} ORDER BY f.level, f.code)
{_FROM}
"""


def waiting_page(session: Session, narrowed: ReviewFilter, *, page: int = 1) -> tuple[list[WaitingRow], int]:
    """A page of :data:`PAGE_ROWS` and how many there are altogether."""
    where, values = _conditions(narrowed)
    count = session.scalar(sa.text(f"SELECT count(*) {_FROM} {where}"), values)
    rows = session.execute(
        sa.text(f"{_ROWS} {where} ORDER BY g.created_at, p.id LIMIT :limit OFFSET :offset"),
        {**values, "limit": PAGE_ROWS, "offset": (page - 1) * PAGE_ROWS},
    ).all()
    comments = open_comment_counts(session, [row[0] for row in rows])
    return [replace(WaitingRow(*row), comments=comments.get(row[0], 0)) for row in rows], int(count or 0)


def waiting_organisations(session: Session, area: str | None) -> list[OrganisationCount]:
    """Organisations of an area (of the nation without one) where coordinates wait, by name."""
    where, values = _conditions(ReviewFilter(area=area))
    rows = session.execute(
        sa.text(
            f"SELECT o.code, o.full_name_th, count(*) {_FROM} {where} GROUP BY o.code"
            ' ORDER BY o.full_name_th COLLATE "th-x-icu" LIMIT 500'
        ),
        values,
    )
    return [OrganisationCount(*row) for row in rows]


def waiting_findings(session: Session, narrowed: ReviewFilter) -> list[tuple[str, int]]:
    """What the doctor finds among those that wait, and of how many."""
    where, values = _conditions(ReviewFilter(narrowed.organisation, narrowed.area))
    rows = session.execute(
        sa.text(
            f"SELECT x.code, count(*) FROM (SELECT p.id, p.geometry_version {_FROM} {where}) p"
            f" CROSS JOIN LATERAL (SELECT f.code FROM {_OPEN_FINDING}) x GROUP BY x.code ORDER BY 2 DESC"
        ),
        values,
    )
    return [(row[0], row[1]) for row in rows]


def waiting_years(session: Session, area: str | None) -> list[int]:
    """Fiscal years of what waits, the newest first."""
    where, values = _conditions(ReviewFilter(area=area))
    return list(session.scalars(sa.text(f"SELECT DISTINCT p.fiscal_year_be {_FROM} {where} ORDER BY 1 DESC"), values))


def _conditions(narrowed: ReviewFilter) -> tuple[str, dict[str, Any]]:
    sql: list[str] = []
    values: dict[str, Any] = {}
    for column, value in (
        ("p.kind = :kind", narrowed.kind),
        ("p.fiscal_year_be = :year", narrowed.year_be),
        ("(o.province_code = :area OR o.amphoe_code = :area)", narrowed.area),
        ("g.created_at <= now() - make_interval(days => :days)", narrowed.days),
    ):
        if value:
            sql.append(column)
            values[column.rpartition(":")[2].strip(")")] = value
    if narrowed.organisation:
        sql.append("p.organisation_code = ANY(:organisation)")
        values["organisation"] = list(narrowed.organisation)
    if narrowed.finding == "none":
        sql.append(f"NOT EXISTS (SELECT FROM {_OPEN_FINDING})")
    elif narrowed.finding == "any":
        sql.append(f"EXISTS (SELECT FROM {_OPEN_FINDING})")
    elif narrowed.finding:
        sql.append(f"EXISTS (SELECT FROM {_OPEN_FINDING} AND f.code = :finding)")
        values["finding"] = narrowed.finding
    return "".join(f" AND {one}" for one in sql), values

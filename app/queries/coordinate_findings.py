"""What the report over stored coordinates found: lists, counts, and how each organisation stands.

A finding counts while it speaks of the version that stands; one that somebody has answered is kept apart. The finding
table goes by the alias ``f``, its project by ``p``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

MAX_LIMIT = 500
Key = tuple[str, int, str]
"""Organisation, project number and code of the last finding of a page."""


@dataclass(frozen=True)
class FindingFilter:
    """What narrows the findings; an empty field narrows nothing.

    Parameters
    ----------
    organisation
        Codes of organisations.
    area
        Province (2 digits) or amphoe (4) in which the organisations have their seat.
    code
        Codes of problems.
    answered
        True for findings that somebody said are right as they stand, False for the open ones.
    offered
        Kind of the likeliest reading, and its coordinate system where that matters.
    """

    organisation: tuple[str, ...] = ()
    area: str = ""
    code: tuple[str, ...] = ()
    answered: bool = False
    offered: tuple[str, int | None] | None = None


@dataclass(frozen=True)
class FindingView:
    """A finding with its project.

    Parameters
    ----------
    problem
        ``where`` and ``values`` of the problem.
    lon, lat
        Where it is, degrees.
    offered
        Readings that would be right, the likelier first: ``kind, epsg, score, spread_m, geometry`` (GeoJSON).
    note, answered_by, answered_at
        The answer, where there is one.
    """

    project_id: int
    project_code: str
    name_th: str
    kind: str
    fiscal_year_be: int
    geometry_status: str
    geometry_version: int
    organisation_code: str
    organisation_name: str
    province_code: str
    amphoe_code: str | None
    code: str
    level: str
    problem: Mapping[str, Any]
    lon: float
    lat: float
    offered: Sequence[Mapping[str, Any]]
    note: str | None
    answered_by: str | None
    answered_at: datetime | None

    @property
    def key(self) -> Key:
        """Where the next page begins."""
        return self.organisation_code, self.project_id, self.code


@dataclass(frozen=True)
class OfferCount:
    """Open findings whose likeliest reading is of this kind, told by this sentence, in this coordinate system."""

    kind: str
    reason: str
    epsg: int
    count: int


@dataclass(frozen=True)
class CodeCount:
    """Findings of one kind, and what is offered for the open ones."""

    code: str
    level: str
    open: int
    answered: int
    offers: tuple[OfferCount, ...] = ()


@dataclass(frozen=True)
class OrganisationFindings:
    """How an organisation stands: ``None`` for ``checked_at`` when it has never been checked."""

    code: str
    name_th: str
    name_en: str | None
    province_code: str
    projects: int
    open: int
    errors: int
    checked_at: datetime | None


_FROM = """
FROM coordinate_finding f
JOIN project p ON p.id = f.project_id AND p.geometry_version = f.geometry_version
JOIN organisation o ON o.code = f.organisation_code
LEFT JOIN coordinate_answer a
  ON a.project_id = f.project_id AND a.code = f.code AND a.geometry_version = f.geometry_version
"""


def findings_page(
    session: Session, narrowed: FindingFilter, *, limit: int = 50, after: Key | None = None
) -> list[FindingView]:
    """A page by organisation and project; one more row than ``limit`` when there is a next page."""
    where, values = _conditions(narrowed)
    where.append(f"a.id IS {'NOT ' if narrowed.answered else ''}NULL")
    if after is not None:
        where.append("(f.organisation_code, f.project_id, f.code) > (:organisation_after, :project_after, :code_after)")
        values |= dict(zip(("organisation_after", "project_after", "code_after"), after, strict=True))
    rows = session.execute(
        sa.text(
            "SELECT f.project_id, p.code, p.name_th, p.kind, p.fiscal_year_be, p.geometry_status, f.geometry_version,"
            " o.code, o.full_name_th, o.province_code, o.amphoe_code, f.code, f.level, f.problem, ST_X(f.location),"
            " ST_Y(f.location), f.offered, a.note, a.created_by_name, a.created_at"
            f"{_FROM} WHERE {' AND '.join(where)}"
            " ORDER BY f.organisation_code, f.project_id, f.code LIMIT :limit"
        ),
        {**values, "limit": min(limit, MAX_LIMIT) + 1},
    )
    return [FindingView(*row) for row in rows]


def finding_counts(session: Session, narrowed: FindingFilter) -> list[CodeCount]:
    """How many there are of each kind, errors first, then the most; the filter's own codes do not narrow it."""
    where, values = _conditions(FindingFilter(narrowed.organisation, narrowed.area))
    rows = session.execute(
        sa.text(
            "SELECT f.code, f.level, f.offered #>> '{0,kind}' AS kind, f.offered #>> '{0,reason}' AS reason,"
            " CAST(f.offered #>> '{0,epsg}' AS integer) AS epsg,"
            " count(*) FILTER (WHERE a.id IS NULL) AS open, count(a.id) AS answered"
            f"{_FROM} WHERE {' AND '.join(where)} GROUP BY 1, 2, 3, 4, 5"
        ),
        values,
    ).all()
    counts = []
    for code, level in {(row.code, row.level): None for row in rows}:
        alike = [row for row in rows if (row.code, row.level) == (code, level)]
        offers = tuple(OfferCount(row.kind, row.reason, row.epsg, row.open) for row in alike if row.kind and row.open)
        by_count = tuple(sorted(offers, key=lambda offer: -offer.count))
        counts.append(
            CodeCount(code, level, sum(row.open for row in alike), sum(row.answered for row in alike), by_count)
        )
    return sorted(counts, key=lambda one: (one.level, -one.open, one.code))


def findings_by_organisation(
    session: Session, narrowed: FindingFilter, *, limit: int = 100
) -> list[OrganisationFindings]:
    """Organisations of the filter that were checked, the one with most to look at first."""
    where, values = _conditions(narrowed)
    held = ["o.code = ANY(:organisation)"] if narrowed.organisation else []
    held += ["(o.province_code = :area OR o.amphoe_code = :area)"] if narrowed.area else []
    rows = session.execute(
        sa.text(
            "SELECT o.code, o.full_name_th, o.name_en, o.province_code, c.projects, coalesce(n.open, 0),"
            " coalesce(n.errors, 0), c.checked_at"
            " FROM coordinate_check c JOIN organisation o ON o.code = c.organisation_code"
            " LEFT JOIN (SELECT f.organisation_code, count(*) AS open,"
            f"   count(*) FILTER (WHERE f.level = 'error') AS errors {_FROM}"
            f"   WHERE a.id IS NULL AND {' AND '.join(where)} GROUP BY f.organisation_code) n"
            "   ON n.organisation_code = o.code"
            f" WHERE {' AND '.join(held) or 'true'}"
            " ORDER BY coalesce(n.errors, 0) DESC, coalesce(n.open, 0) DESC, o.code LIMIT :limit"
        ),
        {**values, "limit": limit},
    )
    return [OrganisationFindings(*row) for row in rows]


def open_findings(session: Session, narrowed: FindingFilter) -> int:
    """How many there are to look at."""
    return sum(one.open for one in finding_counts(session, narrowed))


def last_checked(session: Session, narrowed: FindingFilter) -> tuple[datetime | None, int]:
    """The oldest check among the organisations of the filter, and how many works were looked at."""
    where, values = _conditions(FindingFilter(narrowed.organisation, narrowed.area))
    row = session.execute(
        sa.text(
            "SELECT min(f.checked_at), coalesce(sum(f.projects), 0) FROM coordinate_check f"
            f" JOIN organisation o ON o.code = f.organisation_code WHERE {' AND '.join(where)}"
        ),
        values,
    ).one()
    return row[0], int(row[1])


def _conditions(narrowed: FindingFilter) -> tuple[list[str], dict[str, Any]]:
    sql = ["true"]
    values: dict[str, Any] = {}
    if narrowed.organisation:
        sql.append("f.organisation_code = ANY(:organisation)")
        values["organisation"] = list(narrowed.organisation)
    if narrowed.area:
        sql.append("(o.province_code = :area OR o.amphoe_code = :area)")
        values["area"] = narrowed.area
    if narrowed.code:
        sql.append("f.code = ANY(:code)")
        values["code"] = list(narrowed.code)
    if narrowed.offered is not None:
        sql.append("f.offered #>> '{0,kind}' = :offer_kind")
        values["offer_kind"], epsg = narrowed.offered
        if epsg is not None:
            sql.append("f.offered #>> '{0,epsg}' = :offer_epsg")
            values["offer_epsg"] = str(epsg)
    return sql, values

"""Money by area or organisation: one reading gives the rows, the unplaced remainder and the total.

Provinces and amphoes come from the rolled-up cells and the changes since (migration 0005); tambons and organisations
from the projects themselves, which are few under one parent. All of them narrow through
:func:`app.queries.project_filter.conditions`, so the list of projects behind a number has the same filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.project_filter import AREA_DIGITS, ProjectFilter, conditions

Level = Literal["province", "amphoe", "tambon", "organisation"]
LEVELS: tuple[Level, ...] = ("province", "amphoe", "tambon", "organisation")
DIGITS = AREA_DIGITS
BELOW: Mapping[Level, Level] = {"province": "amphoe", "amphoe": "tambon", "tambon": "organisation"}

BANGKOK = "10"
"""Outside the register of the Department of Local Administration: no organisation reports from there."""

WORTH_OPENING = 0.05
"""Share of the fullest year's projects that makes another year worth opening."""

_CELLS = """(
    SELECT fiscal_year_be, amphoe_code AS area_code, kind, status, strategy_code, fund_source_code, preceding,
           projects, budget_baht, disbursed_baht
    FROM read_budget_cell WHERE grain = :grain
    UNION ALL
    SELECT fiscal_year_be, amphoe_code, kind, status, strategy_code, fund_source_code, preceding,
           projects, budget_baht, disbursed_baht
    FROM read_budget_delta WHERE (fund_source_code <> '') = (:grain = 2)
)"""
_PROJECTS = """(
    SELECT fiscal_year_be, area_code, organisation_code, kind, status, strategy_code,
           1 AS projects, budget_baht, disbursed_baht
    FROM project
)"""
_SHARES = """(
    SELECT fiscal_year_be, area_code, organisation_code, kind, status, strategy_code, fund_source_code, preceding,
           1 AS projects, budget_baht, disbursed_baht
    FROM read_budget_share
)"""

_AREAS = """
    SELECT a.code, a.name_th, a.name_en, n.population, n.year_be
    FROM area a
    LEFT JOIN LATERAL (
        SELECT population, year_be FROM area_population
        WHERE area_code = a.code AND (:year ::int IS NULL OR year_be <= :year)
        ORDER BY year_be DESC LIMIT 1
    ) AS n ON true
    WHERE a.level = :level AND a.code LIKE :below AND (a.valid_to IS NULL OR a.code = ANY(:with_money))"""

# People of an organisation: those of the tambons it covers here, known only when it covers each of them wholly.
_ORGANISATIONS = """
    WITH covered AS (
        SELECT c.organisation_code, sum(n.population) AS population, max(n.year_be) AS year_be,
               bool_and(c.extent = 'complete' AND n.population IS NOT NULL) AS known
        FROM organisation_coverage c
        LEFT JOIN LATERAL (
            SELECT population, year_be FROM area_population
            WHERE area_code = c.tambon_code AND (:year ::int IS NULL OR year_be <= :year)
            ORDER BY year_be DESC LIMIT 1
        ) AS n ON true
        WHERE c.tambon_code LIKE :below
        GROUP BY 1
    )
    SELECT o.code, o.full_name_th AS name_th, o.name_en,
           CASE WHEN c.known THEN c.population END AS population, CASE WHEN c.known THEN c.year_be END AS year_be
    FROM organisation o LEFT JOIN covered c ON c.organisation_code = o.code
    WHERE o.code = ANY(:with_money) OR (o.valid_to IS NULL AND c.organisation_code IS NOT NULL)"""

_PROJECTS_BY_YEAR = """
    SELECT p.fiscal_year_be, sum(p.projects)::bigint AS projects FROM (
        SELECT fiscal_year_be, status, projects FROM read_budget_cell WHERE grain = 0
        UNION ALL
        SELECT fiscal_year_be, status, projects FROM read_budget_delta WHERE fund_source_code = ''
    ) AS p WHERE {where} GROUP BY 1"""

# One probe per year instead of a sum over all cells. A year whose last project has just been taken back stays until
# the next compaction.
_YEARS = """
    SELECT y FROM generate_series(2540, 2640) AS y
    WHERE EXISTS (SELECT 1 FROM read_budget_cell p
                  WHERE p.grain = 0 AND p.fiscal_year_be = y AND p.projects > 0 AND {where})
    UNION
    SELECT p.fiscal_year_be FROM read_budget_delta p WHERE p.fund_source_code = '' AND p.projects > 0 AND {where}
    ORDER BY 1"""

_DATA_AS_OF = """
    SELECT greatest(data_as_of, (SELECT max(at) FROM read_budget_delta)) FROM read_budget_compaction"""

# The same sums from the rows themselves, and where they differ from the rolled-up ones. Empty = they agree.
_DIFFERENCES = """
    WITH counted AS (
        SELECT 0 AS grain, fiscal_year_be, coalesce(left(area_code, 4), '') AS amphoe_code, kind, status,
               '' AS strategy_code, '' AS fund_source_code, '{}'::text[] AS preceding,
               count(*) AS projects, sum(budget_baht) AS budget_baht, sum(disbursed_baht) AS disbursed_baht
        FROM project GROUP BY 2, 3, 4, 5
        UNION ALL
        SELECT 1, fiscal_year_be, coalesce(left(area_code, 4), ''), kind, status, coalesce(strategy_code, ''), '', '{}',
               count(*), sum(budget_baht), sum(disbursed_baht)
        FROM project GROUP BY 2, 3, 4, 5, 6
        UNION ALL
        SELECT 2, p.fiscal_year_be, coalesce(left(p.area_code, 4), ''), p.kind, p.status, coalesce(p.strategy_code, ''),
               f.fund_source_code,
               ARRAY(SELECT DISTINCT b.fund_source_code FROM appropriation b
                     WHERE b.project_id = p.id AND b.in_force AND b.removed_at IS NULL
                       AND b.fund_source_code < f.fund_source_code ORDER BY 1),
               count(*), sum(f.budget_baht), sum(f.disbursed_baht)
        FROM project p
        JOIN (
            SELECT a.project_id, a.fund_source_code, sum(a.net_baht) AS budget_baht,
                   coalesce(sum((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.appropriation_id = a.id)), 0)
                       AS disbursed_baht
            FROM appropriation a WHERE a.in_force AND a.removed_at IS NULL GROUP BY 1, 2
        ) AS f ON f.project_id = p.id
        GROUP BY 2, 3, 4, 5, 6, 7, 8
    ), rolled AS (
        SELECT * FROM read_budget_cell
        UNION ALL
        SELECT g.grain, fiscal_year_be, amphoe_code, kind, status, CASE g.grain WHEN 0 THEN '' ELSE strategy_code END,
               fund_source_code, preceding, projects, budget_baht, disbursed_baht
        FROM read_budget_delta d
        JOIN (VALUES (0), (1), (2)) AS g (grain) ON (g.grain = 2) = (d.fund_source_code <> '')
    )
    SELECT grain, fiscal_year_be, amphoe_code, kind, status, strategy_code, fund_source_code, preceding,
           sum(sign * projects) AS projects, sum(sign * budget_baht) AS budget_baht,
           sum(sign * disbursed_baht) AS disbursed_baht
    FROM (SELECT 1 AS sign, * FROM rolled UNION ALL SELECT -1, * FROM counted) AS both_ways
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    HAVING sum(sign * projects) <> 0 OR sum(sign * budget_baht) <> 0 OR sum(sign * disbursed_baht) <> 0"""


@dataclass(frozen=True)
class BudgetFilter:
    """What narrows the money; an empty field narrows nothing, several values mean any of them.

    Parameters
    ----------
    fiscal_year
        Buddhist-era fiscal years.
    kind, status, fund_source, strategy
        Codes. With a fund source, money is the part that comes from it; a project counts once.
    """

    fiscal_year: tuple[int, ...] = ()
    kind: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    fund_source: tuple[str, ...] = ()
    strategy: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sums:
    """Count and money of some projects, in baht."""

    projects: int = 0
    budget_baht: Decimal = Decimal(0)
    disbursed_baht: Decimal = Decimal(0)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.projects + other.projects,
            self.budget_baht + other.budget_baht,
            self.disbursed_baht + other.disbursed_baht,
        )


@dataclass(frozen=True)
class Place:
    """An area or an organisation, its people and its money.

    Parameters
    ----------
    population
        At the end of ``population_year_be``; ``None`` = not known for this place.
    outside
        True for what is outside the register: its money is not zero, it is not there.
    """

    code: str
    name_th: str
    name_en: str | None
    population: int | None
    population_year_be: int | None
    sums: Sums
    outside: bool = False

    def name(self, language: str = "th") -> str:
        """Name in ``language``; Thai where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name_th


@dataclass(frozen=True)
class Reading:
    """Everything a view of the budget shows, from one snapshot.

    Parameters
    ----------
    places
        All places of the level under the parent, those without projects included, by code.
    unplaced
        Projects under the parent whose area is not known down to the level.
    total
        Sum of the places and the unplaced.
    population, population_year_be
        People of the parent (of the nation: of the provinces inside the register).
    """

    places: tuple[Place, ...]
    unplaced: Sums
    total: Sums
    population: int | None
    population_year_be: int | None


def read_budget(
    session: Session, level: Level, parent: str | None, narrowed: BudgetFilter, sight: Visibility
) -> Reading:
    """Money of every place of ``level`` under the area ``parent`` (``None``: the nation)."""
    money = _sums(session, level, parent, narrowed, sight)
    unplaced = money.pop(None, Sums())
    year = max(narrowed.fiscal_year, default=None)
    places = tuple(
        Place(
            row.code,
            row.name_th,
            row.name_en,
            None if row.population is None else int(row.population),
            row.year_be,
            money.get(row.code, Sums()),
            outside=level != "organisation" and row.code.startswith(BANGKOK) and row.code not in money,
        )
        for row in _places(session, level, parent, year, [code for code in money if code is not None])
    )
    # Money of a code that no place answers for still belongs to the total.
    known = {place.code for place in places}
    unplaced = sum((sums for code, sums in money.items() if code not in known), unplaced)
    total = sum((place.sums for place in places), unplaced)
    population, population_year = _population(session, parent, year, places)
    return Reading(places, unplaced, total, population, population_year)


def years_with_projects(session: Session, sight: Visibility) -> list[int]:
    """Fiscal years (B.E.) that have projects which a person with this sight may see, ascending."""
    found = conditions(ProjectFilter(), sight)
    rows = session.scalars(sa.text(_YEARS.format(where=found.where)), found.parameters)
    return [int(year) for year in rows]


def projects_by_year(session: Session, sight: Visibility) -> dict[int, int]:
    """Number of projects of each fiscal year (B.E.) that a person with this sight may see."""
    found = conditions(ProjectFilter(), sight)
    rows = session.execute(sa.text(_PROJECTS_BY_YEAR.format(where=found.where)), found.parameters)
    return {row.fiscal_year_be: int(row.projects) for row in rows if row.projects}


def opening_year(projects: Mapping[int, int], current: int) -> int | None:
    """Fiscal year that a bare address opens: the latest one begun that is worth opening.

    A year with a handful of forerunners says nothing about a country, so it has to hold :data:`WORTH_OPENING` of what
    the fullest year begun holds. Where no year has begun, the latest there is; ``None`` without projects.

    Parameters
    ----------
    projects
        Number of projects by fiscal year (B.E.).
    current
        Fiscal year of today (B.E.).

    Examples
    --------
    >>> opening_year({2565: 2148, 2566: 133, 2570: 8, 2572: 4}, current=2570)
    2566
    """
    begun = {year: count for year, count in projects.items() if year <= current and count > 0}
    fullest = max(begun.values(), default=0)
    worth = [year for year, count in begun.items() if count >= WORTH_OPENING * fullest]
    return max(worth or [year for year, count in projects.items() if count > 0], default=None)


def data_as_of(session: Session) -> datetime | None:
    """When a project or its money last changed; ``None`` before the first."""
    found: datetime | None = session.scalar(sa.text(_DATA_AS_OF))
    return found


def differences(session: Session) -> Sequence[sa.Row[Any]]:
    """Combinations whose rolled-up sums are not the sums of the rows: always empty, and the tests hold it to that."""
    return session.execute(sa.text(_DIFFERENCES)).all()


def grain_of(narrowed: BudgetFilter) -> int:
    """Which cells answer a filter: those without strategy and fund (0), with the strategy (1), with both (2)."""
    return 2 if narrowed.fund_source else 1 if narrowed.strategy else 0


def _sums(
    session: Session, level: Level, parent: str | None, narrowed: BudgetFilter, sight: Visibility
) -> dict[str | None, Sums]:
    found = conditions(
        ProjectFilter(
            fiscal_year=narrowed.fiscal_year,
            kind=narrowed.kind,
            status=narrowed.status,
            strategy=narrowed.strategy,
            area=(parent,) if parent else (),
        ),
        sight,
    )
    where, counted = found.where, "p.projects"
    if narrowed.fund_source:
        where += " AND p.fund_source_code = ANY(:fund_source)"
        counted = "CASE WHEN p.preceding && :fund_source ::text[] THEN 0 ELSE p.projects END"
    few = _SHARES if narrowed.fund_source else _PROJECTS
    source = _CELLS if level in ("province", "amphoe") else few
    if level == "organisation":
        code = "p.organisation_code"
    else:
        code = f"CASE WHEN length(p.area_code) >= {DIGITS[level]} THEN left(p.area_code, {DIGITS[level]}) END"
    statement = (
        f"SELECT {code} AS code, sum({counted})::bigint AS projects, sum(p.budget_baht) AS budget_baht, "
        f"sum(p.disbursed_baht) AS disbursed_baht FROM {source} AS p WHERE {where} GROUP BY 1"
    )
    rows = session.execute(
        sa.text(statement),
        {**found.parameters, "grain": grain_of(narrowed), "fund_source": list(narrowed.fund_source)},
    )
    sums = {row.code: Sums(int(row.projects), row.budget_baht, row.disbursed_baht) for row in rows}
    # what was there once and has been taken back leaves a zero behind until it is counted again
    return {code: of_code for code, of_code in sums.items() if of_code != Sums()}


def _places(
    session: Session, level: Level, parent: str | None, year: int | None, with_money: Iterable[str]
) -> Sequence[sa.Row[Any]]:
    statement = _ORGANISATIONS if level == "organisation" else _AREAS
    return session.execute(
        sa.text(f"{statement} ORDER BY code"),
        {"level": level, "below": f"{parent or ''}%", "year": year, "with_money": list(with_money)},
    ).all()


def _population(
    session: Session, parent: str | None, year: int | None, places: Sequence[Place]
) -> tuple[int | None, int | None]:
    """People behind the total. The nation is the sum of its provinces: Bangkok has no part in the money."""
    row = session.execute(
        sa.text(
            "SELECT sum(population) AS population, max(year_be) AS year_be FROM ("
            " SELECT DISTINCT ON (n.area_code) n.population, n.year_be FROM area_population n"
            " JOIN area a ON a.code = n.area_code"
            " WHERE (a.code = :parent OR (:parent ::text IS NULL AND a.level = 'province'))"
            " AND a.code <> ALL(:outside) AND (:year ::int IS NULL OR n.year_be <= :year)"
            " ORDER BY n.area_code, n.year_be DESC) AS latest"
        ),
        {
            "parent": parent,
            "year": year,
            "outside": [BANGKOK] if parent is None and not _counted(places, BANGKOK) else [],
        },
    ).one()
    return (None, None) if row.population is None else (int(row.population), row.year_be)


def _counted(places: Sequence[Place], prefix: str) -> bool:
    return any(place.code.startswith(prefix) and not place.outside for place in places)

"""Organisations side by side: completeness, money, per head, coordinates, each beside the median of its like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.completeness import Cell, Row, Scope, completeness_table

MOST = 6
SIZES = (3_000, 7_000, 15_000)
"""Inhabitants between the four sizes."""
MONEY = ("planned_baht", "budget_baht", "contracted_baht", "disbursed_baht")


@dataclass(frozen=True)
class Facts:
    """What is compared of one organisation; ``figures`` has no key for what is unknown or wanted of nobody.

    Parameters
    ----------
    size
        0 to 3 by inhabitants; ``None`` when they are not known.
    figures
        ``complete``, ``topic:CODE`` (percent), the money in baht, ``contracted_share``, ``disbursed_share``,
        ``verified_share`` (percent), ``budget_per_head``, ``disbursed_per_head``, ``projects``, ``oldest_days``.
    """

    code: str
    name_th: str
    name_en: str | None
    province_code: str
    type_code: str
    population: int | None
    size: int | None
    figures: Mapping[str, float]

    def name(self, language: str = "th") -> str:
        """Full name in ``language``."""
        return (self.name_en if language == "en" else None) or self.name_th


@dataclass(frozen=True)
class Compared:
    """An organisation with the medians of its province, and of those there of its type and size (``alike`` many).

    The only one of its type and size has nothing beside it.
    """

    facts: Facts
    province: Mapping[str, float]
    like: Mapping[str, float]
    alike: int


_ORGANISATIONS = """
SELECT o.code, o.full_name_th, o.name_en, o.province_code, o.type_code, n.people,
       count(p.id), count(p.id) FILTER (WHERE p.geometry_status = 'VERIFIED'),
       CAST(coalesce(sum(p.planned_baht), 0) AS float), CAST(coalesce(sum(p.budget_baht), 0) AS float),
       CAST(coalesce(sum(p.contracted_baht), 0) AS float), CAST(coalesce(sum(p.disbursed_baht), 0) AS float)
FROM organisation o
LEFT JOIN project p ON p.organisation_code = o.code AND p.fiscal_year_be = :year
LEFT JOIN LATERAL (
    SELECT coalesce(male, 0) + coalesce(female, 0) AS people FROM organisation_population
    WHERE organisation_code = o.code AND year_be <= :year AND coalesce(male, female) IS NOT NULL
    ORDER BY year_be DESC LIMIT 1
) n ON true
WHERE o.valid_to IS NULL AND o.province_code = ANY(:provinces) GROUP BY o.code, n.people
"""


def compare(session: Session, codes: Sequence[str], year_be: int, today: date) -> list[Compared]:
    """The organisations in the order given; unknown ones are absent, those above :data:`MOST` are left out."""
    found = session.execute(
        sa.text("SELECT code, province_code FROM organisation WHERE code = ANY(:codes)"), {"codes": list(codes[:MOST])}
    )
    provinces = {row.code: row.province_code for row in found}
    everybody = facts_of(session, sorted(set(provinces.values())), year_be, today)
    return [_beside(everybody[code], list(everybody.values())) for code in dict.fromkeys(codes) if code in everybody
            and code in provinces]  # fmt: skip


def facts_of(session: Session, provinces: Sequence[str], year_be: int, today: date) -> dict[str, Facts]:
    """All organisations of some provinces by code."""
    if not provinces:
        return {}
    table = completeness_table(session, Scope(areas=tuple(provinces)), year_be, "organisation", today)
    rows = {row.code: row for row in table.rows}
    values = {"provinces": list(provinces), "year": year_be}
    return {
        row[0]: Facts(row[0], row[1], row[2], row[3], row[4], row[5], _size(row[5]), _figures(row, rows.get(row[0])))
        for row in session.execute(sa.text(_ORGANISATIONS), values)
    }


def _size(people: int | None) -> int | None:
    return None if not people else sum(people >= bound for bound in SIZES)


def _figures(row: Any, complete: Row | None) -> dict[str, float]:
    people, projects, verified = row[5], row[6], row[7]
    money: dict[str, float] = {name: row[8 + at] for at, name in enumerate(MONEY)}
    figures: dict[str, float] = {"projects": projects, **money}
    if projects:
        figures["verified_share"] = 100 * verified / projects
    if money["budget_baht"]:
        figures["contracted_share"] = 100 * money["contracted_baht"] / money["budget_baht"]
        figures["disbursed_share"] = 100 * money["disbursed_baht"] / money["budget_baht"]
    if people:
        figures["budget_per_head"] = money["budget_baht"] / people
        figures["disbursed_per_head"] = money["disbursed_baht"] / people
    if complete is not None:
        for name, cell in (("complete", complete.whole), *((f"topic:{k}", v) for k, v in complete.cells.items())):
            if cell.wanted:
                figures[name] = _percent(cell)
        figures["oldest_days"] = complete.whole.late_days or 0
    return figures


def _percent(cell: Cell) -> float:
    return float(cell.percent or 0)


def _beside(one: Facts, everybody: Sequence[Facts]) -> Compared:
    province = [other for other in everybody if other.province_code == one.province_code]
    like = [other for other in province if (other.type_code, other.size) == (one.type_code, one.size)]
    # Alone it would be beside itself.
    return Compared(one, _medians(province), _medians(like) if len(like) > 1 else {}, len(like))


def _medians(of: Sequence[Facts]) -> dict[str, float]:
    names = dict.fromkeys(name for one in of for name in one.figures)
    return {name: float(median(one.figures[name] for one in of if name in one.figures)) for name in names}

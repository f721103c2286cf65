"""What a new work costs: the median of what works of its type were given, around the place that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.access_ground import CAPACITY_PEOPLE, PLANNED

FEWEST_WORKS = 8
"""Below so many a median says more of the works than of the price (as for outliers: gis/unit_costs.py)."""
NEW_TYPES: Mapping[str, tuple[str, ...]] = {
    "water": tuple(CAPACITY_PEOPLE),
    "road": ("RC", "AC", "CAPE", "PARA", "ST", "BLOCK", "CRUSHED", "LATERITE"),
}
"""What may be offered as new, the usual first: sources that people draw from, surfaces that carry all year."""
_NEW = ("BUILD", "DRILL", "DIG", "INSTALL")
_SHORTEST_KM = 0.05


@dataclass(frozen=True)
class WorkCost:
    """Price of a water source, or of a kilometre of road.

    Parameters
    ----------
    count
        Works that it is the median of; 0 where nobody was asked because a person said the price.
    area
        Code of the area that they lie in; empty: the nation.
    first_year_be, last_year_be
        Their fiscal years.
    """

    baht: int
    type_code: str
    count: int = 0
    area: str = ""
    first_year_be: int | None = None
    last_year_be: int | None = None


_MEDIANS = """
WITH priced AS (
    SELECT p.area_code, p.fiscal_year_be AS year,
           CASE WHEN p.kind = 'water' THEN p.budget_baht
                WHEN coalesce(p.length_m, f.drawn_length_m) >= 1000 * :shortest
                THEN p.budget_baht / coalesce(p.length_m, f.drawn_length_m)::numeric * 1000 END AS baht
    FROM project p LEFT JOIN read_project_feature f ON f.project_id = p.id
    WHERE p.kind = :kind AND p.work_nature_code = ANY(:natures) AND p.budget_baht > 0
      AND CASE WHEN p.kind = 'water' THEN p.water_source_type_code ELSE p.surface_type_code END = :type
      AND p.status <> 'CANCELLED' AND p.status <> ALL(:planned)
)
SELECT at.code, count(*) AS works, min(year) AS first_year, max(year) AS last_year,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY baht::float8) AS baht
FROM unnest(CAST(:areas AS text[])) AS at(code)
JOIN priced ON baht IS NOT NULL AND (at.code = '' OR priced.area_code LIKE at.code || '%')
GROUP BY at.code
"""


def work_cost(session: Session, kind: str, type_code: str, area: str) -> WorkCost | None:
    """Median price of new works of a type in the smallest area around with enough of them; None: too few anywhere.

    Counted are works with money (not those that are only planned, and no cancelled ones), of their budget; of roads
    with a length, by the kilometre.

    Parameters
    ----------
    area
        Code of 2, 4 or 6 digits; empty: the nation. A tambon is too small to ask: its amphoe is.
    """
    around = ["", *(area[:digits] for digits in (2, 4) if len(area) >= digits)]
    rows = session.execute(
        sa.text(_MEDIANS),
        {
            "kind": kind,
            "type": type_code,
            "natures": list(_NEW),
            "planned": [status for status in PLANNED if status not in ("BUDGET_APPROVED", "PROCURING")],
            "shortest": _SHORTEST_KM,
            "areas": around,
        },
    ).all()
    enough = [row for row in rows if row.works >= FEWEST_WORKS]
    if not enough:
        return None
    row = max(enough, key=lambda each: len(each.code))
    # To a thousand baht: nobody plans a well to the baht.
    return WorkCost(max(1_000, int(round(row.baht, -3))), type_code, row.works, row.code, row.first_year, row.last_year)

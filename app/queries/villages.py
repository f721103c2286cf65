"""Villages with their points and people: where the analyses take it that people live."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from gis import access as reach_of
from gis.access import BoolArray
from gis.measure import FloatArray, GeometryArray
from gis.problems import Problem


@dataclass(frozen=True)
class Villages:
    """Places where people live, one value per village in every field.

    People that are registered in a tambon without any village are a place of that tambon without a point: they are
    part of every sum, and where they live is not known. Where a tambon has points whose village is not certain, the
    people of its villages without a point are shared equally by these points, which then stand for those villages.

    Parameters
    ----------
    code, name_th
        Village (8 digits), a point of some village of a tambon (``360101-1``), or the tambon (6 digits) whose people
        belong to no village.
    people, households
        Of the village's own count, else an equal part of its tambon's people; NaN where neither is known.
    point
        EPSG:3857; None where it is not known.
    estimated
        True where people are a part of the tambon's.
    loose
        True for a point of some village of its tambon.
    is_village
        False for people that belong to no village.
    population_year_be
        Year of the counts; None without any.
    """

    code: tuple[str, ...]
    name_th: tuple[str, ...]
    people: FloatArray
    households: FloatArray
    point: GeometryArray
    estimated: BoolArray
    loose: BoolArray
    is_village: BoolArray
    population_year_be: int | None

    def __len__(self) -> int:
        return len(self.code)


_YEAR = """
SELECT max(p.year_be) FROM area_population p JOIN area a ON a.code = p.area_code
WHERE a.level IN ('tambon', 'village') AND p.area_code LIKE :area || '%'
AND (CAST(:year AS integer) IS NULL OR p.year_be <= :year)
"""

# People of a tambon that its villages do not count themselves are shared equally by the villages without a count.
_VILLAGES = """
WITH village AS MATERIALIZED (
    SELECT v.code, v.name_th, v.parent_code AS tambon, ST_Transform(v.point, 3857) AS point,
           own.population AS people, own.households AS households
    FROM area v LEFT JOIN area_population own ON own.area_code = v.code AND own.year_be = :year
    WHERE v.level = 'village' AND v.code LIKE :area || '%' AND (v.valid_to IS NULL OR v.valid_to > current_date)
), tambon AS (
    SELECT t.code, t.name_th, p.population AS people, p.households,
           count(v.code) AS villages, count(v.code) FILTER (WHERE v.people IS NULL) AS uncounted,
           -- greatest() passes over NULL: a tambon without a count would become one without people
           CASE WHEN p.population IS NOT NULL
                THEN greatest(p.population - coalesce(sum(v.people), 0), 0) END AS open_people,
           CASE WHEN p.households IS NOT NULL
                THEN greatest(p.households - coalesce(sum(v.households), 0), 0) END AS open_households
    FROM area t LEFT JOIN area_population p ON p.area_code = t.code AND p.year_be = :year
    LEFT JOIN village v ON v.tambon = t.code
    WHERE t.level = 'tambon' AND t.code LIKE left(:area, 6) || '%' AND (t.valid_to IS NULL OR t.valid_to > current_date)
    GROUP BY t.code, t.name_th, p.population, p.households
), counted AS (
SELECT v.code, v.name_th, v.tambon,
       coalesce(v.people, t.open_people::float8 / nullif(t.uncounted, 0))::float8 AS people,
       coalesce(v.households, t.open_households::float8 / nullif(t.uncounted, 0))::float8 AS households,
       v.point, v.people IS NULL AND t.people IS NOT NULL AS estimated
FROM village v JOIN tambon t ON t.code = v.tambon
), unplaced AS (
    SELECT tambon, sum(people) AS people, sum(households) AS households FROM counted WHERE point IS NULL GROUP BY tambon
), loose AS (
    SELECT l.tambon_code || '-' || row_number() OVER w AS code, l.name_th, l.tambon_code AS tambon,
           u.people / count(*) OVER t AS people, u.households / count(*) OVER t AS households,
           ST_Transform(l.point, 3857) AS point
    FROM village_point l JOIN unplaced u ON u.tambon = l.tambon_code
    WHERE length(:area) <= 6
    WINDOW w AS (PARTITION BY l.tambon_code ORDER BY l.source, l.source_ref), t AS (PARTITION BY l.tambon_code)
)
SELECT c.code, c.name_th, c.people, c.households, ST_X(c.point) AS x, ST_Y(c.point) AS y, c.estimated,
       false AS loose, true AS is_village
FROM counted c WHERE c.point IS NOT NULL OR c.tambon NOT IN (SELECT tambon FROM loose)
UNION ALL
SELECT l.code, l.name_th, l.people, l.households, ST_X(l.point), ST_Y(l.point), l.people IS NOT NULL, true, true
FROM loose l
UNION ALL
SELECT t.code, t.name_th, t.people::float8, t.households::float8, NULL, NULL, false, false, false
FROM tambon t WHERE t.villages = 0 AND t.people > 0 AND length(:area) <= 6
ORDER BY 1
"""


_AREAS = """
SELECT code, name_th, ST_AsBinary(geom) AS wkb FROM area
WHERE level = :level AND code LIKE :area || '%' AND geom IS NOT NULL ORDER BY code
"""
_LEVEL_BELOW = {0: "province", 2: "amphoe", 4: "tambon", 6: "tambon"}


def people_of_raster(session: Session, path: Path, area: str = "") -> Villages:
    """People of a population raster (people per pixel) pixel by pixel, in the place of villages.

    A pixel on a border is shared by the exact part that lies in each area, so that areas sum to the whole.

    Parameters
    ----------
    path
        A raster that GDAL reads, with a coordinate system.
    area
        Code of 2, 4 or 6 digits; empty: the nation.

    Raises
    ------
    InvalidInput
        ``raster_population_unreadable`` with the reason.
    """
    rows = session.execute(sa.text(_AREAS), {"level": _LEVEL_BELOW[len(area)], "area": area}).all()
    polygons = shapely.from_wkb(np.array([bytes(row.wkb) for row in rows], dtype=object))
    try:
        found = reach_of.people_of_raster(str(path), polygons)
    except ValueError as error:
        where, values = {"file": path.name}, {"reason": str(error)[:200]}
        raise InvalidInput([Problem("raster_population_unreadable", where=where, values=values)]) from error
    count = len(found["people"])
    nothing = np.zeros(count, dtype=bool)
    return Villages(
        tuple(f"{rows[each].code}-{number}" for number, each in enumerate(found["area"], 1)),
        tuple(rows[each].name_th for each in found["area"]),
        found["people"],
        np.full(count, np.nan),
        reach_of.mercator(shapely.points(found["lon"], found["lat"])),
        nothing,
        nothing,
        nothing,
        None,
    )


def population_year(session: Session, area: str = "", wanted_be: int | None = None) -> int | None:
    """Newest year (B.E.) with people of tambons or villages, not after ``wanted_be``; None without any."""
    found: int | None = session.scalar(sa.text(_YEAR), {"area": area, "year": wanted_be})
    return found


def villages(session: Session, area: str = "", wanted_be: int | None = None) -> Villages:
    """Villages of an area (code of 2 to 8 digits; empty: the nation) with the people of the newest year.

    Parameters
    ----------
    wanted_be
        Count of this year (B.E.) or the newest before it.
    """
    year = population_year(session, area, wanted_be)
    rows = session.execute(sa.text(_VILLAGES), {"area": area, "year": year}).all()
    numbers = np.array([(row.people, row.households, row.x, row.y) for row in rows], dtype=np.float64).reshape(-1, 4)
    point = np.full(len(rows), None, dtype=object)
    placed = np.isfinite(numbers[:, 2])
    point[placed] = shapely.points(numbers[placed, 2], numbers[placed, 3])
    return Villages(
        tuple(row.code for row in rows),
        tuple(row.name_th for row in rows),
        numbers[:, 0],
        numbers[:, 1],
        point,
        np.array([row.estimated for row in rows], dtype=bool),
        np.array([row.loose for row in rows], dtype=bool),
        np.array([row.is_village for row in rows], dtype=bool),
        year,
    )

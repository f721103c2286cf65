"""What money is set against: people, households, kilometres of registered road, own revenue of the organisations.

Every figure is known for a place or it is not; a place without one has no rate, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.allocation import DIGITS, EXACT_BAND, Hexagons, Level
from app.queries.budget import BANGKOK
from gis.allocation import parts

OWN_REVENUE = ("R1", "R2", "R3", "R4", "R5", "R6")
"""Items of revenue that an organisation collects itself; allocated taxes and grants are not its own."""

_LATEST = """
    LEFT JOIN LATERAL (
        SELECT population, households, year_be FROM area_population
        WHERE area_code = a.code AND (:year ::int IS NULL OR year_be <= :year)
        ORDER BY year_be DESC LIMIT 1
    ) AS n ON true"""

_AREAS = f"""
    SELECT a.code, a.name_th, a.name_en, left(a.code, 2) AS province, n.population AS people, n.households,
           n.year_be AS people_year_be, false AS estimated
    FROM area a {_LATEST}
    WHERE a.level = :level AND a.code LIKE :below AND (a.valid_to IS NULL OR a.code = ANY(:with_money))
      AND (a.code NOT LIKE '{BANGKOK}%' OR a.code = ANY(:with_money))
    ORDER BY a.code"""

# People as the organisation counts them itself; else those of its tambons, when it covers each of them wholly.
_ORGANISATIONS = f"""
    WITH covered AS (
        SELECT c.organisation_code, sum(n.population) AS people, sum(n.households) AS households,
               max(n.year_be) AS year_be, bool_and(c.extent = 'complete') AS complete,
               bool_and(n.population IS NOT NULL) AS counted, bool_and(n.households IS NOT NULL) AS housed
        FROM organisation_coverage c
        JOIN area a ON a.code = c.tambon_code {_LATEST}
        GROUP BY 1
    )
    SELECT o.code, o.full_name_th AS name_th, o.name_en, o.province_code AS province,
           coalesce(own.people, CASE WHEN c.complete AND c.counted THEN c.people END) AS people,
           coalesce(own.households, CASE WHEN c.complete AND c.housed THEN c.households END) AS households,
           coalesce(own.year_be, c.year_be) AS people_year_be, o.type_code, o.territory IS NULL AS no_territory,
           NOT coalesce(c.complete, true) AS partly, false AS estimated
    FROM organisation o
    LEFT JOIN covered c ON c.organisation_code = o.code
    LEFT JOIN LATERAL (
        SELECT male + female AS people, households, year_be FROM organisation_population
        WHERE organisation_code = o.code AND male + female > 0 AND (:year ::int IS NULL OR year_be <= :year)
        ORDER BY year_be DESC LIMIT 1
    ) AS own ON true
    WHERE (:parent ::text IS NULL OR o.province_code = :parent OR o.amphoe_code = :parent)
      AND (o.valid_to IS NULL OR o.code = ANY(:with_money))
    ORDER BY o.code"""

_ROADS_BY_AREA = f"""
    SELECT left(a.code, :digits) AS code, sum(r.length_m * CASE WHEN ST_Contains(a.geom, r.shape) THEN 1
               ELSE ST_Length(ST_Intersection(r.shape, a.geom)) / nullif(ST_Length(r.shape), 0) END) / 1000 AS road_km
    FROM (SELECT length_m::float8, ST_Transform(geom, 3857) AS shape FROM registered_road) AS r
    JOIN read_area_shape a ON a.level = 'tambon' AND a.band = {EXACT_BAND} AND a.geom && r.shape
                          AND ST_Intersects(a.geom, r.shape)
    WHERE a.code LIKE :below
    GROUP BY 1"""
_ROADS_BY_ORGANISATION = """
    SELECT organisation_code AS code, sum(length_m)::float8 / 1000 AS road_km
    FROM registered_road WHERE organisation_code IS NOT NULL GROUP BY 1"""
_ROAD_SHAPES = (
    "SELECT ST_AsBinary(ST_Transform(geom, 3857)) AS shape, length_m::float8 AS length_m FROM registered_road"
)

# Months add up; where none is reported yet the estimate of the year stands for them.
_REVENUE = """
    SELECT r.organisation_code AS code, o.province_code, o.amphoe_code, r.fiscal_year_be AS year,
           coalesce(sum(r.amount_baht) FILTER (WHERE r.month > 0), sum(r.amount_baht) FILTER (WHERE r.month = 0))
               ::float8 AS revenue
    FROM finance_month r JOIN organisation o ON o.code = r.organisation_code
    WHERE r.item_code = ANY(:items) AND r.fiscal_year_be = ANY(:years)
      AND (:parent ::text IS NULL OR o.province_code = left(:parent, 2))
    GROUP BY 1, 2, 3, 4"""
_ORGANISATIONS_PER_AREA = """
    SELECT left(coalesce(o.amphoe_code, o.province_code), :digits) AS code, count(*) AS organisations
    FROM organisation o WHERE o.valid_to IS NULL GROUP BY 1"""


def read_places(
    session: Session, level: Level, parent: str | None, year: int | None, with_money: list[str], grid: Hexagons
) -> pd.DataFrame:
    """Places of a level by code: names, ``province``, ``people``, ``households``, ``people_year_be``, ``estimated``.

    People of a hexagon are those of the tambons, spread evenly over their area: ``estimated`` is true.
    """
    values = {"level": level, "below": f"{parent or ''}%", "parent": parent, "year": year, "with_money": with_money}
    if level == "hexagon":
        return _hexagon_places(session, grid, values)
    rows = session.execute(sa.text(_ORGANISATIONS if level == "organisation" else _AREAS), values).mappings()
    frame = pd.DataFrame([dict(row) for row in rows])
    if frame.empty:
        frame = pd.DataFrame(columns=["code", "name_th", "name_en", "province", *_NUMBERS, "estimated"])
    frame[list(_NUMBERS)] = frame[list(_NUMBERS)].apply(pd.to_numeric)
    return frame.set_index("code", drop=False).rename_axis(None)


_NUMBERS = ("people", "households", "people_year_be")


def _hexagon_places(session: Session, grid: Hexagons, values: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame({"code": list(grid.cells), "name_th": list(grid.cells), "name_en": None})
    rows = session.execute(
        sa.text(
            f"SELECT a.code, n.population, n.households, n.year_be FROM area a {_LATEST} "
            "WHERE a.level = 'tambon' AND a.code LIKE :below"
        ),
        values,
    ).all()
    zone, fraction = grid.land["zone"].to_numpy(np.int64), grid.land["fraction"].to_numpy(float)
    for column, name in (("people", "population"), ("households", "households")):
        counted = pd.Series({row.code: getattr(row, name) for row in rows}, dtype=float)
        # A tambon without a count makes the sum of its hexagons unknown, not smaller.
        share = counted.reindex(grid.land["tambon"]).to_numpy(float) * fraction
        frame[column] = np.round(np.bincount(zone, share, minlength=len(grid.cells)), 1)
    # The province that most of the hexagon's land is in.
    land = grid.land.assign(province=grid.land["tambon"].str[:2])
    held: pd.DataFrame = land.groupby(["zone", "province"], as_index=False).agg({"m2": "sum"})
    most = held.sort_values("m2").drop_duplicates("zone", keep="last")
    frame["province"] = most.set_index("zone")["province"].reindex(range(len(frame))).to_numpy()
    frame["people_year_be"] = max((row.year_be for row in rows if row.year_be is not None), default=np.nan)
    return frame.assign(estimated=True).set_index("code", drop=False).rename_axis(None)


def read_road_km(session: Session, level: Level, parent: str | None, grid: Hexagons) -> pd.Series[float]:
    """Kilometres of registered road by place, cut at borders; places without any are absent."""
    if level == "hexagon":
        rows = session.execute(sa.text(_ROAD_SHAPES)).all()
        shapes = np.array([shapely.from_wkb(bytes(row.shape)) for row in rows], dtype=object)
        found = parts(shapes, grid.zones)
        metres = np.array([row.length_m for row in rows], dtype=float)[found.work] * found.fraction
        total = np.bincount(found.zone, metres, minlength=len(grid.cells) + 1)[: len(grid.cells)] / 1000
        series = pd.Series(total, index=list(grid.cells))
        return series[series > 0]
    statement = _ROADS_BY_ORGANISATION if level == "organisation" else _ROADS_BY_AREA
    found_rows = session.execute(sa.text(statement), {"digits": DIGITS.get(level, 0), "below": f"{parent or ''}%"})
    return pd.Series({row.code: float(row.road_km) for row in found_rows}, dtype=float)


def read_own_revenue(session: Session, level: Level, parent: str | None, years: tuple[int, ...]) -> pd.Series[float]:
    """Baht that organisations collected themselves in some fiscal years (B.E.), by place.

    A place is absent unless every year is known; an area, unless it is for each of its organisations. Nothing is known
    for tambons and hexagons: revenue belongs to an organisation.
    """
    if level not in ("organisation", "amphoe", "province") or not years:
        return pd.Series(dtype=float)
    rows = session.execute(
        sa.text(_REVENUE), {"items": list(OWN_REVENUE), "years": list(years), "parent": parent}
    ).mappings()
    frame = pd.DataFrame(
        [dict(row) for row in rows], columns=["code", "province_code", "amphoe_code", "year", "revenue"]
    )
    by_code = frame.groupby("code").agg(
        {"revenue": "sum", "year": "nunique", "amphoe_code": "first", "province_code": "first"}
    )
    by_code = by_code[by_code["year"] == len(set(years))]
    if level == "organisation":
        return by_code["revenue"]
    area = by_code["province_code"] if level == "province" else by_code["amphoe_code"]
    of_area = by_code.groupby(area)["revenue"].agg(["sum", "size"])
    wanted = session.execute(sa.text(_ORGANISATIONS_PER_AREA), {"digits": DIGITS[level]})
    all_of = pd.Series({row.code: int(row.organisations) for row in wanted}, dtype=float)
    complete = of_area[of_area["size"] >= all_of.reindex(of_area.index).fillna(np.inf)]
    return complete["sum"]

"""The land and its organisations into the database."""

from __future__ import annotations

import numpy as np
import shapely
from sqlalchemy.orm import Session

from app.services.areas import utm_zones
from app.services.demo.background import background
from app.services.demo.land import Land, Limit, Village
from app.services.demo.plane import GeometryArray, to_lonlat
from app.services.loading import copy_rows
from app.services.organisations import set_territories
from app.services.reference_files import ewkb

SOURCE = "demo"
# People are counted on 31 December: the newest count is of the year before the newest fiscal years.
POPULATION_YEARS = (2565, 2566, 2567, 2568)
_GROWTH = 0.0035
_PEOPLE_PER_HOUSEHOLD = 3.1
_AREA_COLUMNS = (
    "code",
    "level",
    "name_th",
    "name_en",
    "parent_code",
    "geom",
    "point",
    "utm_zones",
    "source",
    "fictional",
)


def write_land(session: Session, land: Land, rng: np.random.Generator) -> None:
    """Areas, villages, population, organisations with coverage and territory, and the map's background."""
    _write_limits(session, land.limits)
    _write_villages(session, land.villages)
    _write_population(session, land)
    _write_bodies(session, land)
    set_territories(session)
    features = ((*feature, SOURCE, True) for feature in background(rng, land))
    copy_rows(session, "base_feature", ("class", "name_th", "source_ref", "geom", "source", "fictional"), features)


def multipolygons(shapes: list[shapely.Geometry | None]) -> list[bytes | None]:
    """EWKB of polygons of the plane as multipolygons in EPSG:4326; ``None`` stays."""
    given = [shape for shape in shapes if shape is not None]
    if not given:
        return [None] * len(shapes)
    wrapped = np.array([shapely.MultiPolygon(list(shapely.get_parts(shape))) for shape in given])
    done = iter(ewkb(to_lonlat(wrapped)))
    return [None if shape is None else next(done) for shape in shapes]


def _write_limits(session: Session, limits: list[Limit]) -> None:
    shapes: GeometryArray = np.array([limit.shape for limit in limits])
    lonlat = to_lonlat(shapes)
    rows = zip(
        limits, multipolygons(list(shapes)), ewkb(shapely.point_on_surface(lonlat)), utm_zones(lonlat), strict=True
    )
    copy_rows(
        session,
        "area",
        _AREA_COLUMNS,
        (
            (a.code, a.level, a.name_th, a.name_en, a.code[:-2] or None, geom, point, zones, SOURCE, True)
            for a, geom, point, zones in rows
        ),
    )


def _write_villages(session: Session, villages: list[Village]) -> None:
    points = to_lonlat(shapely.points([[v.x, v.y] for v in villages]))
    rows = zip(villages, ewkb(points), utm_zones(points), strict=True)
    copy_rows(
        session,
        "area",
        _AREA_COLUMNS,
        (
            (v.code, "village", v.name_th, None, v.tambon_code, None, point, zones, SOURCE, True)
            for v, point, zones in rows
        ),
    )


def _write_population(session: Session, land: Land) -> None:
    """People of every village and year; the levels above are their exact sums."""
    counted: dict[tuple[str, int], int] = {}
    for village in land.villages:
        for year in POPULATION_YEARS:
            people = round(village.people * (1 + _GROWTH * (year - POPULATION_YEARS[-1])))
            for length in (8, 6, 4, 2):
                key = (village.code[:length], year)
                counted[key] = counted.get(key, 0) + people
    rows = (
        (code, year, people, men := round(people * 0.492), people - men, round(people / _PEOPLE_PER_HOUSEHOLD), SOURCE)
        for (code, year), people in counted.items()
    )
    columns = ("area_code", "year_be", "population", "male", "female", "households", "source")
    copy_rows(session, "area_population", columns, rows)


def _write_bodies(session: Session, land: Land) -> None:
    offices = ewkb(to_lonlat(np.array([body.office for body in land.bodies])))
    boundaries = multipolygons([body.boundary for body in land.bodies])
    province = land.province.code
    copy_rows(
        session,
        "organisation",
        (
            "code",
            "type_code",
            "name_th",
            "full_name_th",
            "name_en",
            "province_code",
            "amphoe_code",
            "office",
            "office_is_real",
            "boundary",
            "area_km2",
            "fictional",
        ),
        (
            (
                body.code,
                body.type_code,
                body.name_th,
                body.full_name_th,
                body.name_en,
                province,
                body.amphoe_code,
                office,
                True,
                boundary,
                round(body.territory.area / 1e6, 2),
                True,
            )
            for body, office, boundary in zip(land.bodies, offices, boundaries, strict=True)
        ),
    )
    copy_rows(
        session,
        "organisation_coverage",
        ("organisation_code", "tambon_code", "extent"),
        ((body.code, tambon, extent) for body in land.bodies for tambon, extent in body.coverage.items()),
    )

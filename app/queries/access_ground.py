"""What an answer about access is computed from: the question, where people live, the works that count, the land."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.villages import Villages, villages
from gis import access as reach_of
from gis.access import BoolArray, IntArray, Nearest
from gis.measure import FloatArray, GeometryArray

Kind = Literal["road", "water"]
KINDS: tuple[Kind, ...] = ("road", "water")
DEFAULT_WITHIN_M: Mapping[str, float] = {"road": reach_of.ROAD_WITHIN_M, "water": reach_of.WATER_WITHIN_M}
DONE = ("DISBURSED_FULL", "CLOSED")
"""Statuses of works that stand: paid in full or closed."""
UNDER_CONTRACT = ("CONTRACTED", "DISBURSING", "CARRIED_OVER")
PLANNED = ("PLANNED", "BUDGET_REQUESTED", "BUDGET_APPROVED", "PROCURING", "DEFERRED")
REPAIRS = ("REPAIR", "REBUILD", "IMPROVE", "DREDGE", "OVERLAY", "WIDEN")
"""Natures of work on something that is there."""
BROKEN = ("REPAIR", "REBUILD", "DREDGE")
"""Natures of work whose planning says that what is there does not serve."""
# People that a source serves: Sphere Handbook 2018, water supply standard 2.1 (500 a hand pump, 400 an open well,
# 250 a tap; a village system is taken with four taps). Of other sources nobody can tell from their type.
CAPACITY_PEOPLE: Mapping[str, int] = {
    "GROUNDWATER": 500,
    "SHALLOW_WELL": 400,
    "VILLAGE_WATERWORKS": 1000,
    "TANK": 250,
    "PUMP": 500,
}
_NEIGHBOURHOOD_M = 20_000.0
_LAND_BAND = 9
_LAND_JOINED_M = 250.0


@dataclass(frozen=True)
class AccessQuestion:
    """What is asked.

    Parameters
    ----------
    kind
        ``road`` or ``water``.
    area
        Code of an area (2, 4 or 6 digits); empty: the nation.
    within_m
        Distance that counts as access, metres.
    all_season
        Roads only: earth roads do not count (the index asks for roads that carry all year).
    under_contract
        Works under contract count as if they stood.
    background
        Also what is nobody's project: registered and background roads, background water bodies.
    closed
        Codes of projects that are taken as out of use.
    population_year_be
        People of this year or the newest before it.
    raster
        Name of a population raster of the catalogue whose pixels stand in for the villages; empty: the villages.
    """

    kind: Kind
    area: str = ""
    within_m: float = reach_of.ROAD_WITHIN_M
    all_season: bool = True
    under_contract: bool = False
    background: bool = True
    closed: tuple[str, ...] = ()
    population_year_be: int | None = None
    raster: str = ""


@dataclass(frozen=True)
class Works:
    """Roads or water sources around an area, one value per work in every field.

    Parameters
    ----------
    code
        Project code, or route code of a registered road; empty for the map's background.
    is_project
        Whether ``code`` is a project's.
    working
        False where a planned repair says that it does not serve, or the question closed it.
    shape
        EPSG:3857.
    capacity_people
        People that it can serve; NaN where that is not known.
    type_code
        Type of the water source or of the road's surface; may be empty.
    """

    code: tuple[str, ...]
    name_th: tuple[str, ...]
    is_project: BoolArray
    working: BoolArray
    shape: GeometryArray
    capacity_people: FloatArray
    type_code: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True)
class Ground:
    """Everything that an answer is computed from: villages, works, the land they lie on, and who has access today."""

    question: AccessQuestion
    villages: Villages
    works: Works
    village_land: IntArray | None
    work_land: IntArray | None
    today: Nearest
    land: GeometryArray | None = None
    land_joined_m: float = 0.0

    @property
    def has_access(self) -> BoolArray:
        """True for villages with a work within the distance."""
        return self.today.within(self.question.within_m)


_PROJECTS = """
SELECT f.code, f.name_th, true AS is_project, ST_AsBinary(f.geom) AS wkb,
       coalesce(CASE WHEN :kind = 'road' THEN f.surface_type_code ELSE f.water_source_type_code END, '') AS type_code,
       f.status = ANY(:standing) AND f.code <> ALL(:closed) AS working,
       CASE WHEN jsonb_typeof(p.attributes->'benefit_population') = 'number'
            THEN (p.attributes->>'benefit_population')::float8 END AS capacity
FROM read_project_feature f JOIN project p ON p.id = f.project_id
WHERE f.kind = :kind AND (f.published OR NOT :public)
  AND (f.status = ANY(:standing) OR (:with_broken AND f.status = ANY(:planned) AND f.work_nature_code = ANY(:broken)))
  AND f.geom && ST_MakeEnvelope(:west, :south, :east, :north, 3857)
  AND (NOT :all_season OR f.surface_type_code IS DISTINCT FROM 'EARTH')
"""


_BACKGROUND = {
    "road": """
SELECT r.route_code, coalesce(r.name_th, ''), false, ST_AsBinary(ST_Transform(r.geom, 3857)), '', true, NULL
FROM registered_road r
WHERE r.geom && ST_Transform(ST_MakeEnvelope(:west, :south, :east, :north, 3857), 4326)
UNION ALL
SELECT '', coalesce(b.name_th, ''), false, ST_AsBinary(b.geom), '', true, NULL
FROM base_feature b
WHERE b.class IN ('road', 'state_road') AND b.geom && ST_MakeEnvelope(:west, :south, :east, :north, 3857)
""",
    "water": """
SELECT '', coalesce(b.name_th, ''), false, ST_AsBinary(b.geom), '', true, NULL
FROM base_feature b
WHERE b.class = 'water' AND b.geom && ST_MakeEnvelope(:west, :south, :east, :north, 3857)
""",
}
_LAND = """
SELECT ST_AsBinary(geom) AS wkb FROM read_area_shape WHERE level = 'province' AND band = :band
AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 3857)
"""


def ground(
    session: Session,
    question: AccessQuestion,
    sight: Visibility,
    people: Villages | None = None,
    nearest: Callable[..., Nearest] = reach_of.nearest,
) -> Ground:
    """Read what an answer is computed from: villages of the area, works of it and 20 km around.

    Parameters
    ----------
    people
        Where people live, when not in the villages: pixels of a raster.
    nearest
        Finds the nearest work of each place as :func:`gis.access.nearest` does; see :mod:`app.services.in_pieces`.
    """
    people = villages(session, question.area, question.population_year_be) if people is None else people
    box = _box(people, question)
    works = _works(session, question, sight, box)
    land = _land(session, box) if question.kind == "road" else None
    village_land, work_land = (None, None) if land is None else _lying_on(land, people, works)
    shapes = works.shape.copy()
    shapes[~works.working] = None
    today = nearest(people.point, shapes, place_land=village_land, work_land=work_land)
    return Ground(question, people, works, village_land, work_land, today, land, _LAND_JOINED_M)


def _box(people: Villages, question: AccessQuestion) -> dict[str, float]:
    """Around the places where people live, in EPSG:3857; a spot in the ocean where none is known."""
    placed = people.point[reach_of.usable(people.point)]
    margin = max(_NEIGHBOURHOOD_M, 2 * question.within_m)
    west, south, east, north = (float(each) for each in shapely.total_bounds(placed)) if len(placed) else (0.0,) * 4
    return {"west": west - margin, "south": south - margin, "east": east + margin, "north": north + margin}


def _works(session: Session, question: AccessQuestion, sight: Visibility, box: Mapping[str, float]) -> Works:
    sql = _PROJECTS + (" UNION ALL " + _BACKGROUND[question.kind] if question.background else "")
    standing = [*DONE, *(UNDER_CONTRACT if question.under_contract else ())]
    rows = session.execute(
        sa.text(sql),
        {
            **box,
            "kind": question.kind,
            "public": sight is Visibility.PUBLIC,
            "standing": standing,
            "planned": list(PLANNED),
            "broken": list(BROKEN),
            # A broken road still is a way; a broken well gives no water.
            "with_broken": question.kind == "water",
            "all_season": question.kind == "road" and question.all_season,
            "closed": list(question.closed),
        },
    ).all()
    return works_of(rows)


def works_of(rows: Sequence[Any]) -> Works:
    """Works from rows of code, name, is_project, WKB (EPSG:3857), type, working and capacity."""
    shapes: GeometryArray = shapely.from_wkb(
        np.array([bytes(row[3]) for row in rows], dtype=object), on_invalid="ignore"
    )
    capacity = [row[6] if row[6] is not None else CAPACITY_PEOPLE.get(row[4], np.nan) for row in rows]
    return Works(
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        np.array([row[2] for row in rows], dtype=bool),
        np.array([row[5] for row in rows], dtype=bool),
        shapes,
        np.array(capacity, dtype=np.float64),
        tuple(row[4] for row in rows),
    )


def _land(session: Session, box: Mapping[str, float]) -> GeometryArray | None:
    """Provinces around (EPSG:3857, simplified), which tell island from mainland; None where no area is loaded."""
    rows = session.execute(sa.text(_LAND), {**box, "band": _LAND_BAND}).all()
    return shapely.from_wkb([bytes(row.wkb) for row in rows]) if rows else None


def _lying_on(land: GeometryArray, people: Villages, works: Works) -> tuple[IntArray, IntArray]:
    found = reach_of.land_of(land, np.concatenate([people.point, works.shape]), _LAND_JOINED_M)
    return found[: len(people)], found[len(people) :]

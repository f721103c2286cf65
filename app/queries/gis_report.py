"""What a GIS report shows of projects: their facts, their places, and what lies around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.project_filter import ProjectFilter, conditions, geometry_join_sql, geometry_status_sql

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""


@dataclass(frozen=True)
class ReportProject:
    """A project in a report: one row of the list, with its place.

    Parameters
    ----------
    shape
        EPSG:4326, ``None`` without coordinates (for the public: without verified ones).
    drawn_length_m, drawn_area_m2
        Geodesic, of the shape.
    surveyed_on
        Day of the version of the coordinates.
    plan_form, stage
        Form of its plan line, and how far it has come in the funnel (0 to 6): what the screens add up by.
    """

    id: int
    code: str
    name_th: str
    kind: str
    organisation_code: str
    organisation_name: str
    province_code: str
    fiscal_year_be: int
    status: str
    geometry_status: str
    area_code: str | None
    area_name: str | None
    surface_type: str | None
    water_source_type: str | None
    work_nature: str | None
    length_m: Decimal | None
    width_m: Decimal | None
    planned_baht: Decimal
    budget_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    shape: BaseGeometry | None
    drawn_length_m: float | None
    drawn_area_m2: float | None
    surveyed_on: date | None
    plan_form: str | None
    stage: int


@dataclass(frozen=True)
class Surroundings:
    """What lies around a work, EPSG:4326: class of background feature -> shapes with names; works of others; limits."""

    background: Mapping[str, Sequence[tuple[BaseGeometry, str]]]
    works: Sequence[BaseGeometry]
    limits: Sequence[BaseGeometry]
    villages: Sequence[tuple[BaseGeometry, str]]


NOTHING_AROUND = Surroundings({}, (), (), ())

_FROM = """
FROM project p
JOIN organisation o ON o.code = p.organisation_code
LEFT JOIN area a ON a.code = p.area_code
{geometry}
WHERE NOT p.attributes ? 'withdrawn_import' AND {where}
"""
_ROWS = (
    """
SELECT p.id, p.code, p.name_th, p.kind, p.organisation_code, o.full_name_th AS organisation_name, o.province_code,
       p.fiscal_year_be, p.status, {geometry_status} AS geometry_status, p.area_code, a.name_th AS area_name,
       p.surface_type_code AS surface_type, p.water_source_type_code AS water_source_type,
       p.work_nature_code AS work_nature, p.length_m, p.width_m, p.planned_baht, p.budget_baht, p.contracted_baht,
       p.disbursed_baht, ST_AsBinary(g.geom) AS shape, g.length_m::float8 AS drawn_length_m,
       g.area_m2::float8 AS drawn_area_m2, g.created_at::date AS surveyed_on,
       p.plan_form, funnel_stage(p.status, p.budget_baht, p.contracted_baht, p.disbursed_baht) AS stage
"""
    + _FROM
    + ' ORDER BY o.full_name_th COLLATE "th-x-icu", p.organisation_code, p.fiscal_year_be, p.code LIMIT :limit'
)


def report_count(session: Session, narrowed: ProjectFilter, codes: Sequence[str], *, sight: Visibility) -> int:
    """Number of projects of a report."""
    where, values = _where(narrowed, codes, sight)
    sql = _FROM.format(where=where, geometry=geometry_join_sql(sight))
    return int(session.scalar(sa.text(f"SELECT count(*) {sql}"), values) or 0)


def report_projects(
    session: Session, narrowed: ProjectFilter, codes: Sequence[str], *, sight: Visibility, limit: int
) -> list[ReportProject]:
    """Projects by organisation, year and code; ``codes`` narrows to these (empty: to none in particular)."""
    where, values = _where(narrowed, codes, sight)
    geometry = geometry_join_sql(sight)
    sql = _ROWS.format(where=where, geometry=geometry, geometry_status=geometry_status_sql(sight))
    rows = session.execute(sa.text(sql), {**values, "limit": limit})
    found = []
    for row in rows:
        given = dict(row._mapping)
        given["shape"] = None if row.shape is None else shapely.from_wkb(bytes(row.shape))
        found.append(ReportProject(**given))
    return found


def _where(narrowed: ProjectFilter, codes: Sequence[str], sight: Visibility) -> tuple[str, dict[str, object]]:
    wanted = conditions(narrowed, sight)
    values: dict[str, object] = dict(wanted.parameters)
    if not codes:
        return wanted.where, values
    return f"{wanted.where} AND p.code = ANY(:codes)", values | {"codes": list(codes)}


# Boxes in EPSG:3857, where the background is kept.
_BOXES = """
WITH box AS MATERIALIZED (
    SELECT b.id, ST_Transform(ST_MakeEnvelope(b.west, b.south, b.east, b.north, 4326), 3857) AS geom
    FROM unnest(cast(:ids AS bigint[]), cast(:west AS float8[]), cast(:south AS float8[]), cast(:east AS float8[]),
                cast(:north AS float8[])) AS b (id, west, south, east, north)
)
"""
_BACKGROUND = (
    _BOXES
    + """
SELECT b.id, f.class, coalesce(f.name_th, '') AS name,
       ST_AsBinary(ST_Transform(ST_ClipByBox2D(f.geom, b.geom), 4326)) AS shape
FROM box b JOIN base_feature f ON f.geom && b.geom
"""
)
_WORKS = (
    _BOXES
    + """
SELECT b.id, ST_AsBinary(ST_Transform(ST_ClipByBox2D(f.geom, b.geom), 4326)) AS shape
FROM box b JOIN read_project_feature f ON f.geom && b.geom AND f.project_id <> b.id
JOIN project p ON p.id = f.project_id WHERE {visible}
"""
)
_LIMITS = (
    _BOXES
    + """
SELECT b.id, ST_AsBinary(ST_ClipByBox2D(ST_Boundary(a.geom), ST_Transform(b.geom, 4326))) AS shape
FROM box b JOIN area a ON a.level = 'tambon' AND a.valid_to IS NULL AND a.geom && ST_Transform(b.geom, 4326)
"""
)
_VILLAGES = (
    _BOXES
    + """
SELECT b.id, a.name_th AS name, ST_AsBinary(a.point) AS shape
FROM box b JOIN area a ON a.level = 'village' AND a.point && ST_Transform(b.geom, 4326)
"""
)


def surroundings(session: Session, boxes: Mapping[int, Box], *, sight: Visibility) -> dict[int, Surroundings]:
    """What lies within the box around each of some projects (by id), in four statements however many they are."""
    sides = zip(("west", "south", "east", "north"), zip(*boxes.values(), strict=True), strict=False)
    values: dict[str, object] = {"ids": list(boxes), **{side: list(degrees) for side, degrees in sides}}
    if not boxes:
        return {}
    background: dict[int, dict[str, list[tuple[BaseGeometry, str]]]] = {}
    for row in session.execute(sa.text(_BACKGROUND), values):
        if (shape := _shape(row.shape)) is not None:
            background.setdefault(row.id, {}).setdefault(row[1], []).append((shape, row.name))
    visible = "p.geometry_status = 'VERIFIED' AND " if sight is Visibility.PUBLIC else ""
    where = conditions(ProjectFilter(), sight)
    works = _gathered(session, _WORKS.format(visible=visible + where.where), {**values, **where.parameters})
    limits = _gathered(session, _LIMITS, values)
    villages: dict[int, list[tuple[BaseGeometry, str]]] = {}
    for row in session.execute(sa.text(_VILLAGES), values):
        if (shape := _shape(row.shape)) is not None:
            villages.setdefault(row.id, []).append((shape, row.name))
    return {
        number: Surroundings(
            background.get(number, {}), works.get(number, ()), limits.get(number, ()), villages.get(number, ())
        )
        for number in boxes
    }


_OVERVIEW = """
SELECT f.class, coalesce(f.name_th, '') AS name,
       ST_AsBinary(ST_Transform(ST_ClipByBox2D(f.geom, b.geom), 4326)) AS shape
FROM (SELECT ST_Transform(ST_MakeEnvelope(:west, :south, :east, :north, 4326), 3857) AS geom) b
JOIN base_feature f ON f.geom && b.geom WHERE f.class = ANY(:classes) ORDER BY f.class LIMIT :most
"""
_OVERVIEW_CLASSES = ("water", "stream", "road", "state_road")
_OVERVIEW_MOST = 4_000


def background_within(session: Session, box: Box) -> dict[str, list[tuple[BaseGeometry, str]]]:
    """Waters and roads of the base map within west, south, east and north (degrees), by class."""
    values: dict[str, object] = dict(zip(("west", "south", "east", "north"), box, strict=True))
    values |= {"classes": list(_OVERVIEW_CLASSES), "most": _OVERVIEW_MOST}
    found: dict[str, list[tuple[BaseGeometry, str]]] = {}
    for row in session.execute(sa.text(_OVERVIEW), values):
        if (shape := _shape(row.shape)) is not None:
            found.setdefault(row[0], []).append((shape, row.name))
    return found


@dataclass(frozen=True)
class Photograph:
    """An attached photograph: where it is kept, at which stage of the work it was taken, and what is said of it."""

    stored_name: str
    stage: str
    caption: str
    taken_on: date | None


def outlines(session: Session, codes: Sequence[str]) -> list[tuple[str, BaseGeometry]]:
    """Name and outline (EPSG:4326, simplified to some 50 m) of areas, for an overview."""
    rows = session.execute(
        sa.text(
            "SELECT name_th, ST_AsBinary(ST_SimplifyPreserveTopology(geom, 0.0005)) AS shape FROM area"
            " WHERE code = ANY(:codes) AND geom IS NOT NULL ORDER BY code"
        ),
        {"codes": list(codes)},
    )
    return [(row.name_th, shapely.from_wkb(bytes(row.shape))) for row in rows]


def photographs(session: Session, ids: Sequence[int], most: int) -> dict[int, list[Photograph]]:
    """Up to ``most`` photographs of each project: before, during and after first."""
    rows = session.execute(
        sa.text(
            "SELECT project_id, stored_name, stage, caption, taken_on FROM ("
            " SELECT a.project_id, a.stored_name, coalesce(a.stage, '') AS stage, coalesce(a.caption, '') AS caption,"
            " (a.taken_at AT TIME ZONE 'Asia/Bangkok')::date AS taken_on, row_number() OVER ("
            "  PARTITION BY a.project_id ORDER BY of_stage, array_position(ARRAY['before', 'during', 'after'], a.stage)"
            "  NULLS LAST, a.taken_at NULLS LAST, a.id) AS n"
            " FROM (SELECT a.*, row_number() OVER (PARTITION BY a.project_id, a.stage ORDER BY a.taken_at DESC NULLS"
            "       LAST, a.id DESC) AS of_stage FROM attachment a WHERE a.project_id = ANY(:ids)"
            "       AND a.removed_at IS NULL AND a.kind = 'photo') a) t WHERE n <= :most ORDER BY project_id, n"
        ),
        {"ids": list(ids), "most": most},
    )
    found: dict[int, list[Photograph]] = {}
    for row in rows:
        photograph = Photograph(row.stored_name, row.stage, row.caption, row.taken_on)
        found.setdefault(row.project_id, []).append(photograph)
    return found


def _gathered(session: Session, sql: str, values: Mapping[str, object]) -> dict[int, list[BaseGeometry]]:
    found: dict[int, list[BaseGeometry]] = {}
    for row in session.execute(sa.text(sql), dict(values)):
        if (shape := _shape(row.shape)) is not None:
            found.setdefault(row.id, []).append(shape)
    return found


def _shape(wkb: bytes | None) -> BaseGeometry | None:
    shape = None if wkb is None else shapely.from_wkb(bytes(wkb))
    return None if shape is None or shape.is_empty else shape

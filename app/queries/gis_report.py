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
from app.queries.project_filter import ProjectFilter, conditions, geometry_status_sql

SURROUNDINGS_M = 400.0
"""Around a small work; a large one shows as much again as it is wide."""


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
LEFT JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
WHERE NOT p.attributes ? 'withdrawn_import' AND {where}
"""
_ROWS = (
    """
SELECT p.id, p.code, p.name_th, p.kind, p.organisation_code, o.full_name_th AS organisation_name, o.province_code,
       p.fiscal_year_be, p.status, {geometry_status} AS geometry_status, p.area_code, a.name_th AS area_name,
       p.surface_type_code AS surface_type, p.water_source_type_code AS water_source_type,
       p.work_nature_code AS work_nature, p.length_m, p.width_m, p.planned_baht, p.budget_baht, p.contracted_baht,
       p.disbursed_baht, CASE WHEN {seen} THEN ST_AsBinary(g.geom) END AS shape,
       CASE WHEN {seen} THEN g.length_m::float8 END AS drawn_length_m,
       CASE WHEN {seen} THEN g.area_m2::float8 END AS drawn_area_m2,
       CASE WHEN {seen} THEN g.created_at::date END AS surveyed_on
"""
    + _FROM
    + ' ORDER BY o.full_name_th COLLATE "th-x-icu", p.organisation_code, p.fiscal_year_be, p.code LIMIT :limit'
)


def report_count(session: Session, narrowed: ProjectFilter, codes: Sequence[str], *, sight: Visibility) -> int:
    """Number of projects of a report."""
    where, values = _where(narrowed, codes, sight)
    return int(session.scalar(sa.text(f"SELECT count(*) {_FROM.format(where=where)}"), values) or 0)


def report_projects(
    session: Session, narrowed: ProjectFilter, codes: Sequence[str], *, sight: Visibility, limit: int
) -> list[ReportProject]:
    """Projects by organisation, year and code; ``codes`` narrows to these (empty: to none in particular)."""
    where, values = _where(narrowed, codes, sight)
    seen = "p.geometry_status = 'VERIFIED'" if sight is Visibility.PUBLIC else "true"
    sql = _ROWS.format(where=where, seen=seen, geometry_status=geometry_status_sql(sight))
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


# Boxes in EPSG:3857, where the background is kept; a metre there is 1 / cos(latitude).
_BOXES = """
WITH box AS MATERIALIZED (
    SELECT p.id, ST_Expand(e.geom, greatest(:around / cos(radians(ST_Y(ST_Centroid(g.geom)))),
                                            0.6 * greatest(ST_XMax(e.geom) - ST_XMin(e.geom),
                                                           ST_YMax(e.geom) - ST_YMin(e.geom)))) AS geom
    FROM project p JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
    CROSS JOIN LATERAL (SELECT ST_Transform(ST_Envelope(g.geom), 3857) AS geom) e
    WHERE p.id = ANY(:ids) AND g.geom IS NOT NULL AND NOT ST_IsEmpty(g.geom)
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


def surroundings(session: Session, ids: Sequence[int], *, sight: Visibility) -> dict[int, Surroundings]:
    """What lies around each of some projects, in four statements however many they are."""
    values = {"ids": list(ids), "around": SURROUNDINGS_M}
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
        for number in ids
    }


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


def photographs(session: Session, ids: Sequence[int], most: int) -> dict[int, list[tuple[str, str]]]:
    """Stored name and words of up to ``most`` photographs of each project: before, during and after first."""
    rows = session.execute(
        sa.text(
            "SELECT project_id, stored_name, words FROM ("
            " SELECT a.project_id, a.stored_name, coalesce(a.stage, '') AS words, row_number() OVER ("
            "  PARTITION BY a.project_id ORDER BY of_stage, array_position(ARRAY['before', 'during', 'after'], a.stage)"
            "  NULLS LAST, a.taken_at NULLS LAST, a.id) AS n"
            " FROM (SELECT a.*, row_number() OVER (PARTITION BY a.project_id, a.stage ORDER BY a.taken_at DESC NULLS"
            "       LAST, a.id DESC) AS of_stage FROM attachment a WHERE a.project_id = ANY(:ids)"
            "       AND a.removed_at IS NULL AND a.kind = 'photo') a) t WHERE n <= :most ORDER BY project_id, n"
        ),
        {"ids": list(ids), "most": most},
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append((row.stored_name, row.words))
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

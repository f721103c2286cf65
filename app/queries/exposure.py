"""What a flood (or another extent) takes of the works: length or area, share, money; by place and by project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import OwnScope, Visibility
from app.queries.project_filter import ProjectFilter, conditions
from app.queries.rasters import near, near_parameters

GroupBy = Literal["province", "amphoe", "tambon", "organisation", "kind"]
GROUPS: tuple[GroupBy, ...] = ("province", "amphoe", "tambon", "organisation", "kind")
MOST_PROJECTS = 500


@dataclass(frozen=True)
class ExtentRow:
    """An extent to lay works over.

    Parameters
    ----------
    area_m2
        Geodesic.
    raster_title, threshold
        What it was made of, where that is a raster: the ground whose value is ``threshold`` or more.
    bounds
        West, south, east, north in degrees.
    """

    id: int
    name: str
    title_th: str
    organisation_code: str | None
    open_to_all: bool
    source: str | None
    as_of: date | None
    area_m2: float
    raster_title: str | None
    threshold: float | None
    file_name: str | None
    created_at: datetime
    created_by_name: str
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Exposure:
    """Works of a group that lie in an extent, wholly or in part.

    Parameters
    ----------
    code, name
        Of the group; ``None`` where the place is not known, and for the total.
    projects
        How many.
    exposed_m, length_m
        Metres of their lines inside, and of their lines altogether.
    exposed_m2
        Square metres of their areas inside.
    exposed_baht, budget_baht
        Budget times the share inside, and the whole budget of these works.
    """

    code: str | None
    name: str | None
    projects: int
    exposed_m: float
    length_m: float
    exposed_m2: float
    exposed_baht: Decimal
    budget_baht: Decimal


@dataclass(frozen=True)
class ExposedProject:
    """A work in an extent; ``share`` is of its length or area, 1 for a point."""

    code: str
    name_th: str
    kind: str
    organisation_name: str
    fiscal_year_be: int
    share: float
    exposed_m: float | None
    exposed_m2: float | None
    budget_baht: Decimal
    exposed_baht: Decimal


def extents(session: Session, sight: Visibility, scope: OwnScope) -> list[ExtentRow]:
    """Extents that are listed for a person, the newest first; as :func:`app.queries.rasters.rasters`."""
    sql = sa.text(_EXTENTS.format(narrowed=f"{_seen(sight)} AND {near('e', 'o')}"))
    return [_extent(row) for row in session.execute(sql, near_parameters(scope))]


def extent(session: Session, name: str, sight: Visibility) -> ExtentRow | None:
    """One of them."""
    narrowed = f"{_seen(sight)} AND e.name = :name"
    row = session.execute(sa.text(_EXTENTS.format(narrowed=narrowed)), {"name": name}).one_or_none()
    return None if row is None else _extent(row)


_EXTENTS = """
SELECT e.id, e.name, e.title_th, e.organisation_code, e.open_to_all, e.source, e.as_of, e.area_m2,
       r.title_th AS raster_title, e.threshold, e.file_name, e.created_at, e.created_by_name,
       ST_XMin(b.box) AS west, ST_YMin(b.box) AS south, ST_XMax(b.box) AS east, ST_YMax(b.box) AS north
FROM hazard_extent e LEFT JOIN raster r ON r.id = e.raster_id LEFT JOIN organisation o ON o.code = e.organisation_code
CROSS JOIN LATERAL (
    SELECT ST_Transform(ST_SetSRID(ST_Extent(p.geom)::geometry, 3857), 4326) AS box
    FROM hazard_extent_part p WHERE p.hazard_extent_id = e.id
) b
WHERE e.removed_at IS NULL{narrowed} ORDER BY e.id DESC LIMIT 500"""


def _seen(sight: Visibility) -> str:
    return "" if sight is Visibility.STAFF else " AND e.open_to_all"


def _extent(row: Any) -> ExtentRow:
    values = dict(row._mapping)
    west, south, east, north = (float(values.pop(edge)) for edge in ("west", "south", "east", "north"))
    return ExtentRow(**values, bounds=(west, south, east, north))


# The share is taken in map units, where the stretch of EPSG:3857 cancels; metres are the geodesic ones times the share.
# Of points and lines together the lines tell where a work is.
_EXPOSED = """
WITH touched AS MATERIALIZED (
    SELECT DISTINCT f.project_id FROM hazard_extent_part e
    JOIN read_project_feature f ON f.geom && e.geom AND ST_Intersects(f.geom, e.geom)
    WHERE e.hazard_extent_id = :extent{published}
), works AS MATERIALIZED (
    SELECT p.id, p.code, p.name_th, p.kind, p.organisation_code, p.area_code, p.fiscal_year_be, p.budget_baht,
           coalesce(f.drawn_length_m::float8, ST_Length(ST_Transform(ST_CollectionExtract(f.geom, 2), 4326)::geography))
               AS drawn_length_m,
           coalesce(f.drawn_area_m2::float8, ST_Area(ST_Transform(ST_CollectionExtract(f.geom, 3), 4326)::geography))
               AS drawn_area_m2,
           ST_CollectionExtract(f.geom) AS geom
    FROM touched t JOIN read_project_feature f USING (project_id) JOIN project p ON p.id = f.project_id
    WHERE {where}
), exposed AS (
    SELECT w.*, ST_Dimension(w.geom) AS dimension, CASE ST_Dimension(w.geom)
        WHEN 0 THEN 1
        WHEN 1 THEN least(1, coalesce(i.length, 0) / nullif(ST_Length(w.geom), 0))
        ELSE least(1, coalesce(i.area, 0) / nullif(ST_Area(w.geom), 0)) END AS share
    FROM works w CROSS JOIN LATERAL (
        SELECT sum(ST_Length(s.shape)) AS length, sum(ST_Area(s.shape)) AS area
        FROM hazard_extent_part e
        CROSS JOIN LATERAL (
            SELECT CASE WHEN ST_Dimension(w.geom) = 0 THEN NULL WHEN ST_CoveredBy(w.geom, e.geom) THEN w.geom
                        ELSE ST_Intersection(w.geom, e.geom) END AS shape
        ) s
        WHERE e.hazard_extent_id = :extent AND e.geom && w.geom AND ST_Intersects(e.geom, w.geom)
    ) i
), counted AS (
    SELECT x.*, CASE WHEN dimension = 1 THEN drawn_length_m * share END AS exposed_m,
           CASE WHEN dimension = 2 THEN drawn_area_m2 * share END AS exposed_m2,
           round(budget_baht * share::numeric, 2) AS exposed_baht
    FROM exposed x WHERE share > 0
)
"""
_GROUP_SQL: dict[GroupBy, tuple[str, str]] = {
    "province": ("left(c.area_code, 2)", "(SELECT a.name_th FROM area a WHERE a.code = g.code)"),
    "amphoe": ("CASE WHEN length(c.area_code) >= 4 THEN left(c.area_code, 4) END",
               "(SELECT a.name_th FROM area a WHERE a.code = g.code)"),
    "tambon": ("CASE WHEN length(c.area_code) >= 6 THEN left(c.area_code, 6) END",
               "(SELECT a.name_th FROM area a WHERE a.code = g.code)"),
    "organisation": ("c.organisation_code", "(SELECT o.full_name_th FROM organisation o WHERE o.code = g.code)"),
    "kind": ("c.kind", "g.code"),
}  # fmt: skip


def exposure(
    session: Session, extent_id: int, narrowed: ProjectFilter, sight: Visibility, group_by: GroupBy
) -> tuple[list[Exposure], Exposure]:
    """What the extent takes, by group (most money first), and the total."""
    sql, parameters = _exposed(extent_id, narrowed, sight)
    code, name = _GROUP_SQL[group_by]
    rows = session.execute(
        sa.text(
            f"{sql} SELECT g.whole, g.code, {name} AS name, g.projects, g.exposed_m, g.length_m, g.exposed_m2,"
            " g.exposed_baht, g.budget_baht FROM ("
            f"  SELECT GROUPING({code}) AS whole, {code} AS code, count(*) AS projects,"
            "   coalesce(sum(c.exposed_m), 0) AS exposed_m,"
            "   coalesce(sum(c.drawn_length_m) FILTER (WHERE c.dimension = 1), 0) AS length_m,"
            "   coalesce(sum(c.exposed_m2), 0) AS exposed_m2, coalesce(sum(c.exposed_baht), 0) AS exposed_baht,"
            "   coalesce(sum(c.budget_baht), 0) AS budget_baht"
            f"  FROM counted c GROUP BY GROUPING SETS (({code}), ())"
            ") g ORDER BY g.whole, g.exposed_baht DESC, g.code"
        ),
        parameters,
    ).all()
    found = [Exposure(*row[1:]) for row in rows]
    return found[:-1], found[-1]


def exposed_projects(
    session: Session, extent_id: int, narrowed: ProjectFilter, sight: Visibility, limit: int = MOST_PROJECTS
) -> list[ExposedProject]:
    """The works themselves, most money first."""
    sql, parameters = _exposed(extent_id, narrowed, sight)
    rows = session.execute(
        sa.text(
            f"{sql} SELECT c.code, c.name_th, c.kind, o.full_name_th, c.fiscal_year_be, c.share, c.exposed_m,"
            " c.exposed_m2, c.budget_baht, c.exposed_baht FROM counted c"
            " JOIN organisation o ON o.code = c.organisation_code"
            " ORDER BY c.exposed_baht DESC, c.code LIMIT :limit"
        ),
        {**parameters, "limit": limit},
    )
    return [ExposedProject(*row) for row in rows]


def _exposed(extent_id: int, narrowed: ProjectFilter, sight: Visibility) -> tuple[str, dict[str, Any]]:
    found = conditions(narrowed, sight)
    published = "" if sight is not Visibility.PUBLIC else " AND f.published"
    return _EXPOSED.format(where=found.where, published=published), {**found.parameters, "extent": extent_id}


def extent_shape(session: Session, of: ExtentRow) -> str:
    """The outline in degrees as GeoJSON, simplified to what can be seen of the whole: 1/2,000 of its wider side."""
    west, south, east, north = of.bounds
    tolerance = max(east - west, north - south) / 2_000
    text = session.scalar(
        sa.text(
            "SELECT ST_AsGeoJSON(ST_CollectionExtract(ST_SimplifyPreserveTopology(ST_Union(ST_Transform(geom, 4326)),"
            " :tolerance), 3), 6) FROM hazard_extent_part WHERE hazard_extent_id = :extent"
        ),
        {"extent": of.id, "tolerance": tolerance},
    )
    return str(text)

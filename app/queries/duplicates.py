"""Works that lie close enough to each other to be compared: all pairs, those of what has changed, of one, of a drawing.

The database answers *which pairs*, from the index on the shapes that the tiles use, with a cheap rule of length; what
a pair is, is then told by :mod:`gis.overlap_classes`, the same for stored works, for files and for drawings. Works
that were cancelled or put off are in no pair: of two works one of which was cancelled nothing is paid twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.queries.copied import copied
from gis.overlap_works import REACH_M, SOMEBODY, Work

IntArray = npt.NDArray[np.int64]

LEAST_SHARE = 0.3
"""Of the shorter line, within reach of the other: below it two stored lines only cross or touch."""
DRAWN_LIMIT = 200
"""Works around one drawing that are compared with it, the nearest first."""

# Map units of EPSG:3857 are metres divided by the cosine of the latitude; the index is on those shapes.
_METRES = "cos(radians((a.south + a.north) / 2))"
_WITHIN = f"(:reach / {_METRES})"

_LIVING = "{0}.status NOT IN ('CANCELLED', 'DEFERRED')"
# A work that was entered as "other" by mistake is a road or a water work all the same.
_KINDS = "(a.kind = b.kind OR a.kind = 'other' OR b.kind = 'other')"

# The part of the shorter line within reach of the longer. Only what lies in the box around the shorter one can be, so
# the longer line is cut there before it is buffered, which is what costs. Plain expressions: a subquery that refers to
# the row would keep the whole join out of the parallel workers.
_PART = (
    f"ST_Length(ST_Intersection({{0}}.geom, ST_Buffer(ST_ClipByBox2D({{1}}.geom, "
    f"ST_Expand({{0}}.geom, {_WITHIN})::box2d), {_WITHIN}))) >= :share * ST_Length({{0}}.geom)"
)
_SHARED = (
    f"CASE WHEN ST_Length(a.geom) <= ST_Length(b.geom) THEN {_PART.format('a', 'b')} ELSE {_PART.format('b', 'a')} END"
)
_LINES = "(ST_Dimension(a.geom) = 1 AND ST_Dimension(b.geom) = 1 AND NOT a.mixed AND NOT b.mixed)"
# Lines that follow each other, end to end.
_END_TO_END = f"ST_DWithin(ST_Boundary(a.geom), ST_Boundary(b.geom), {_WITHIN})"
_ALIKE = f"(NOT {_LINES} OR {_END_TO_END} OR {_SHARED})"

# IS TRUE keeps the planner from reading half of the primary key for every row.
ALL_PAIRS = f"""
SELECT a.project_id AS a, b.project_id AS b
FROM read_project_feature a
JOIN read_project_feature b ON b.geom && ST_Expand(a.geom, {_WITHIN}) AND (b.project_id > a.project_id) IS TRUE
WHERE {_LIVING.format("a")} AND {_LIVING.format("b")} AND {_KINDS}
  AND ST_DWithin(a.geom, b.geom, {_WITHIN}) AND {_ALIKE}
"""
"""All pairs (a < b) of ``:reach`` metres and ``:share`` of the shorter line. Runs in parallel when given to COPY."""

CHANGED_PAIRS = f"""
SELECT DISTINCT least(a.project_id, b.project_id) AS a, greatest(a.project_id, b.project_id) AS b
FROM read_project_feature a
JOIN read_project_feature b ON b.geom && ST_Expand(a.geom, {_WITHIN}) AND b.project_id <> a.project_id
WHERE a.project_id = ANY(:projects) AND {_LIVING.format("a")} AND {_LIVING.format("b")} AND {_KINDS}
  AND ST_DWithin(a.geom, b.geom, {_WITHIN}) AND {_ALIKE}
"""
"""The same for the pairs that have one of ``:projects``."""

ONE_AGAINST_ALL = f"""
SELECT b.project_id
FROM read_project_feature a
JOIN read_project_feature b ON b.geom && ST_Expand(a.geom, {_WITHIN}) AND b.project_id <> a.project_id
WHERE a.project_id = :project AND {_LIVING.format("b")} AND {_KINDS} AND ST_DWithin(a.geom, b.geom, {_WITHIN})
ORDER BY ST_Distance(a.geom, b.geom), b.project_id
LIMIT :limit
"""
"""Works within ``:reach`` metres of ``:project``, crossing ones too, the nearest first."""

DRAWING_AGAINST_ALL = f"""
WITH a AS MATERIALIZED (
    SELECT ST_Transform(ST_CollectionHomogenize(g.geom), 3857) AS geom, CAST(:kind AS text) AS kind,
           ST_YMin(g.geom) AS south, ST_YMax(g.geom) AS north
    FROM (SELECT ST_GeomFromWKB(:wkb, 4326) AS geom) AS g
)
SELECT b.project_id
FROM a
JOIN read_project_feature b ON b.geom && ST_Expand(a.geom, {_WITHIN})
WHERE b.project_id <> :project AND {_LIVING.format("b")} AND {_KINDS} AND ST_DWithin(a.geom, b.geom, {_WITHIN})
ORDER BY ST_Distance(a.geom, b.geom), b.project_id
LIMIT :limit
"""
"""The same for a drawing (``:wkb``, EPSG:4326) of the project ``:project`` (0 for none yet)."""

_PAIR = pa.schema([("a", pa.int64()), ("b", pa.int64())])


def candidate_pairs(
    session: Session,
    changed: Sequence[int] | None = None,
    *,
    reach_m: float = REACH_M,
    least_share: float = LEAST_SHARE,
) -> Iterator[IntArray]:
    """Pairs of project ids (two columns, the smaller first) that are worth a comparison, some thousand at a time.

    Parameters
    ----------
    session
        Not to be used for anything else until the last batch was taken.
    changed
        Only pairs that have one of these projects; all pairs when ``None``.
    """
    values: dict[str, Any] = {"reach": reach_m, "share": least_share}
    if changed is not None:
        values["projects"] = list(changed)
    with copied(session, ALL_PAIRS if changed is None else CHANGED_PAIRS, values, _PAIR) as batches:
        for batch in batches:
            yield np.column_stack([column.to_numpy(zero_copy_only=False) for column in batch.columns])


def neighbours_of_project(session: Session, project_id: int, reach_m: float = REACH_M) -> list[int]:
    """Ids of the projects that a project is compared with, the nearest first."""
    values = {"project": project_id, "reach": reach_m, "limit": DRAWN_LIMIT}
    return list(session.scalars(sa.text(ONE_AGAINST_ALL), values))


def neighbours_of_drawing(
    session: Session, project_id: int, kind: str, segments: Sequence[BaseGeometry], reach_m: float = REACH_M
) -> list[int]:
    """Ids of the projects that a drawing (EPSG:4326) is compared with, the nearest first."""
    if not segments:
        return []
    wkb = shapely.to_wkb(segments[0] if len(segments) == 1 else shapely.GeometryCollection(list(segments)))
    values = {"project": project_id, "kind": kind, "wkb": wkb, "reach": reach_m, "limit": DRAWN_LIMIT}
    return list(session.scalars(sa.text(DRAWING_AGAINST_ALL), values))


# How far coordinates may be off by where they come from, metres.
ACCURACY_M = {"drawn": 5.0, "review": 5.0, "demo": 5.0, "typed": 10.0, "import": 10.0, "api": 10.0, "doctor": 20.0}

BESIDE_DEGREES = 0.0006
"""About 60 m: a work farther from its registered road is compared by its own line."""

WORKS = """
SELECT p.id, p.code, p.organisation_code, o.full_name_th, p.fiscal_year_be, p.kind, p.name_th,
       CASE WHEN p.budget_baht > 0 THEN p.budget_baht ELSE nullif(p.planned_baht, 0) END AS budget_baht,
       ST_AsBinary(g.geom) AS wkb, p.surface_type_code, p.water_source_type_code, p.work_nature_code, p.route_code,
       w.start_m, w.end_m, p.plan_project_id, g.source, c.starts_on, c.ends_on, c.gives_to,
       EXISTS (SELECT FROM appropriation m WHERE m.project_id = p.id AND m.fund_source_code = 'OTHER_AGENCY'
               AND m.removed_at IS NULL) AS supported
FROM project p
JOIN organisation o ON o.code = p.organisation_code
LEFT JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
-- where the work lies along the registered road whose code it bears, if it does lie there
LEFT JOIN registered_road r ON r.route_code = p.route_code AND ST_GeometryType(g.geom) = 'ST_LineString'
     AND ST_DWithin(r.geom, ST_StartPoint(g.geom), :beside) AND ST_DWithin(r.geom, ST_EndPoint(g.geom), :beside)
LEFT JOIN LATERAL (
    SELECT ST_LineLocatePoint(r.geom, ST_StartPoint(g.geom)) * CAST(r.length_m AS float8) AS start_m,
           ST_LineLocatePoint(r.geom, ST_EndPoint(g.geom)) * CAST(r.length_m AS float8) AS end_m
) AS w ON true
LEFT JOIN LATERAL (
    SELECT min(coalesce(k.start_on, k.signed_on)) AS starts_on, max(coalesce(k.extended_to, k.end_on)) AS ends_on,
           max(coalesce(k.contractor_name, :somebody)) FILTER (WHERE k.kind = 'GRANT_OUT') AS gives_to
    FROM contract k WHERE k.project_id = p.id AND k.removed_at IS NULL
) AS c ON true
WHERE {where}
"""


def works(session: Session, project_ids: Sequence[int]) -> dict[int, Work]:
    """Stored projects as works, by their id, in one statement."""
    rows = session.execute(
        sa.text(WORKS.format(where="p.id = ANY(:projects)")),
        {"projects": list(project_ids), "somebody": SOMEBODY, "beside": BESIDE_DEGREES},
    ).all()
    shapes = shapely.from_wkb([None if row.wkb is None else bytes(row.wkb) for row in rows])
    return {
        row.id: Work(
            id=row.code,
            organisation=row.organisation_code,
            fiscal_year_be=row.fiscal_year_be,
            kind=row.kind,
            name=row.name_th,
            budget_baht=row.budget_baht,
            geometry=shape,
            organisation_name=row.full_name_th,
            surface=row.surface_type_code or "",
            water_source=row.water_source_type_code or "",
            nature=row.work_nature_code or "",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            route_code=row.route_code or "",
            start_m=row.start_m,
            end_m=row.end_m,
            gives_to=row.gives_to or "",
            gets_from=SOMEBODY if row.supported else "",
            plan_line="" if row.plan_project_id is None else str(row.plan_project_id),
            accuracy_m=ACCURACY_M.get(row.source),
        )
        for row, shape in zip(rows, shapes, strict=True)
    }

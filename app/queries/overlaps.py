"""Works that stand where a drawing is: shown while drawing, so that nobody paves a road twice without knowing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

# Two surveys of one road lie this near to each other.
WITHIN_M = 15.0
# A road that crosses is near for about twice the tolerance: only what goes along for longer counts.
ALONG_M = 60.0
LIMIT = 3


@dataclass(frozen=True)
class Overlap:
    """Another project at the same place.

    Parameters
    ----------
    shared_m
        Length of the drawing within :data:`WITHIN_M` of it; 0 for a point or an area.
    share
        Of the shorter of the two lines, or of the smaller of the two areas; 1 for points at one place.
    """

    project_code: str
    name_th: str
    organisation_name: str
    fiscal_year_be: int
    shared_m: float
    share: float


# Map units of EPSG:3857 are metres divided by the cosine of the latitude; the index is on those shapes.
_OVERLAPS = """
WITH drawn AS MATERIALIZED (
    SELECT ST_Transform(ST_CollectionExtract(ST_GeomFromWKB(:wkb, 4326)), 3857) AS geom,
           CAST(:metres AS float) AS metres
), near AS MATERIALIZED (
    SELECT f.project_id, f.geom, d.geom AS drawn, d.metres,
           CASE WHEN ST_Dimension(d.geom) = 1 AND ST_Dimension(f.geom) = 1
                THEN ST_Length(ST_Intersection(d.geom, ST_Buffer(f.geom, :within / d.metres))) * d.metres
                ELSE 0 END AS shared_m
    FROM drawn d
    -- of points and lines together the lines tell where a work is
    JOIN LATERAL (
        SELECT project_id, kind, ST_CollectionExtract(geom) AS geom FROM read_project_feature
        WHERE geom && ST_Expand(d.geom, :within / d.metres)
    ) f ON true
    WHERE f.kind = :kind AND f.project_id <> :project AND ST_DWithin(f.geom, d.geom, :within / d.metres)
), shared AS (
    SELECT n.project_id, n.shared_m,
           CASE WHEN ST_Dimension(n.drawn) = 1 AND ST_Dimension(n.geom) = 1
                THEN least(1, n.shared_m / nullif(least(ST_Length(n.drawn), ST_Length(n.geom)) * n.metres, 0))
                WHEN ST_Dimension(n.drawn) = 2 AND ST_Dimension(n.geom) = 2
                THEN ST_Area(ST_Intersection(n.drawn, n.geom)) / nullif(least(ST_Area(n.drawn), ST_Area(n.geom)), 0)
                WHEN ST_Dimension(n.drawn) + ST_Dimension(n.geom) = 3 THEN 0
                ELSE 1 END AS share
    FROM near n
)
SELECT p.code, p.name_th, o.full_name_th, p.fiscal_year_be, s.shared_m, s.share
FROM shared s JOIN project p ON p.id = s.project_id JOIN organisation o ON o.code = p.organisation_code
WHERE (s.shared_m >= :along OR (s.shared_m = 0 AND s.share > 0.1) OR (s.shared_m > 0 AND s.share > 0.5))
ORDER BY s.share DESC, s.shared_m DESC, p.code
LIMIT :limit
"""


def overlapping_projects(
    session: Session, project_id: int, kind: str, segments: Sequence[BaseGeometry]
) -> list[Overlap]:
    """Projects of the same kind along, within or at the place of a drawing (EPSG:4326), the fullest overlap first."""
    if not segments:
        return []
    whole = segments[0] if len(segments) == 1 else shapely.union_all(list(segments))
    middle = float(shapely.centroid(whole).y)
    rows = session.execute(
        sa.text(_OVERLAPS),
        {
            "wkb": shapely.to_wkb(whole),
            "metres": cos(radians(middle)),
            "within": WITHIN_M,
            "along": ALONG_M,
            "kind": kind,
            "project": project_id,
            "limit": LIMIT,
        },
    )
    return [Overlap(*row) for row in rows]

"""Roads and waters whose place is known: what coordinates of unknown datum should lie on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

Bounds = tuple[float, float, float, float]
LIMIT = 20_000

_KNOWN = """
SELECT ST_AsBinary(r.geom) FROM registered_road r WHERE r.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
UNION ALL
SELECT ST_AsBinary(g.geom)
FROM read_project_feature f
JOIN project_geometry g ON g.project_id = f.project_id AND g.version = f.geometry_version
WHERE f.geom && ST_Transform(ST_MakeEnvelope(:west, :south, :east, :north, 4326), 3857)
  AND f.geometry_status = 'VERIFIED' AND ST_Dimension(f.geom) > 0
LIMIT :limit
"""


# Around each of some points; those of the sample that lie close together find the same works.
_NEAR = """
WITH asked AS MATERIALIZED (
    SELECT ST_Expand(ST_SetSRID(ST_MakePoint(lon, lat), 4326), :reach) AS box
    FROM unnest(CAST(:lons AS float[]), CAST(:lats AS float[])) AS p (lon, lat)
), roads AS (
    SELECT DISTINCT r.route_code FROM asked JOIN registered_road r ON r.geom && asked.box
), works AS (
    SELECT DISTINCT f.project_id, f.geometry_version FROM asked
    JOIN read_project_feature f ON f.geom && ST_Transform(asked.box, 3857)
    WHERE f.geometry_status = 'VERIFIED' AND ST_Dimension(f.geom) > 0
)
SELECT ST_AsBinary(r.geom) FROM roads JOIN registered_road r USING (route_code)
UNION ALL
SELECT ST_AsBinary(g.geom) FROM works f
JOIN project_geometry g ON g.project_id = f.project_id AND g.version = f.geometry_version
LIMIT :limit
"""


def known_works_near(session: Session, lonlat: npt.NDArray[np.float64], reach_degrees: float) -> npt.NDArray[Any]:
    """Registered roads and verified lines and areas whose box comes near some points (EPSG:4326), one statement."""
    asked = {"lons": lonlat[:, 0].tolist(), "lats": lonlat[:, 1].tolist(), "reach": reach_degrees, "limit": LIMIT}
    rows = session.execute(sa.text(_NEAR), asked)
    return np.asarray(shapely.from_wkb([bytes(row[0]) for row in rows]), dtype=object)


def known_works(session: Session, bounds: Bounds) -> npt.NDArray[Any]:
    """Registered roads and verified lines and areas that touch a box (west, south, east, north; EPSG:4326)."""
    west, south, east, north = bounds
    rows = session.execute(
        sa.text(_KNOWN), {"west": west, "south": south, "east": east, "north": north, "limit": LIMIT}
    )
    return np.asarray(shapely.from_wkb([bytes(row[0]) for row in rows]), dtype=object)

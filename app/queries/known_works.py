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


def known_works(session: Session, bounds: Bounds) -> npt.NDArray[Any]:
    """Registered roads and verified lines and areas that touch a box (west, south, east, north; EPSG:4326)."""
    west, south, east, north = bounds
    rows = session.execute(
        sa.text(_KNOWN), {"west": west, "south": south, "east": east, "north": north, "limit": LIMIT}
    )
    return np.asarray(shapely.from_wkb([bytes(row[0]) for row in rows]), dtype=object)

"""Outlines for the budget map: already simplified shapes, one collection for a whole view."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.budget import Level

# How much detail a view needs by the length of its parent's code (set of shapes = largest zoom it serves), and the
# decimals of a degree that are worth sending with it (3 = 110 m, 5 = 1 m).
_DETAIL = {0: (7, 3), 2: (9, 4), 4: (11, 4), 6: (13, 5)}

# An organisation over a whole province hides all others: it stands in the table, not on the map.
_SHAPES = """
    SELECT s.code, s.name_th, s.name_en,
           ST_AsGeoJSON(ST_Transform(s.geom, 4326), :decimals) AS shape,
           ST_X(ST_Transform(s.point, 4326)) AS lon, ST_Y(ST_Transform(s.point, 4326)) AS lat
    FROM read_area_shape s
    WHERE s.level = :level AND s.band = :band AND {under}
    ORDER BY s.code"""
_UNDER = {
    "area": "s.code LIKE :below",
    "organisation": (
        "s.type_code <> 'PAO' AND s.code IN (SELECT c.organisation_code FROM organisation_coverage c"
        " WHERE c.tambon_code LIKE :below)"
    ),
}


def budget_shapes(session: Session, level: Level, parent: str | None, language: str = "th") -> list[dict[str, Any]]:
    """GeoJSON features (EPSG:4326) of the places of a level under a parent; ``label`` is a point inside each."""
    band, decimals = _DETAIL[len(parent or "")]
    statement = _SHAPES.format(under=_UNDER["organisation" if level == "organisation" else "area"])
    rows = session.execute(
        sa.text(statement), {"level": level, "band": band, "decimals": decimals, "below": f"{parent or ''}%"}
    )
    return [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": orjson.Fragment(row.shape),
            "properties": {
                "code": row.code,
                "name": row.name_en if language == "en" and row.name_en else row.name_th,
                "label": [round(row.lon, decimals), round(row.lat, decimals)],
            },
        }
        for row in rows
    ]

"""Outlines for the budget map: already simplified shapes, one collection for a whole view."""

from __future__ import annotations

from collections.abc import Sequence
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


# In full, for a file that others measure in. A point of an organisation lies inside its territory.
_WHOLE = {
    "area": "SELECT a.code, {shape} AS shape FROM (SELECT code, geom FROM area) AS a WHERE a.code = ANY(:codes)",
    "organisation": (
        "SELECT a.code, {shape} AS shape FROM (SELECT code, territory AS geom FROM organisation) AS a"
        " WHERE a.code = ANY(:codes)"
    ),
}


def place_shapes(session: Session, level: Level, codes: Sequence[str], *, points: bool = False) -> dict[str, bytes]:
    """WKB (EPSG:4326) of places by code, or of a point inside each; those without an outline are absent."""
    shape = "ST_AsBinary(ST_PointOnSurface(a.geom))" if points else "ST_AsBinary(a.geom)"
    statement = _WHOLE["organisation" if level == "organisation" else "area"].format(shape=shape)
    rows = session.execute(sa.text(f"{statement} AND a.geom IS NOT NULL"), {"codes": list(codes)})
    return {row.code: bytes(row.shape) for row in rows}

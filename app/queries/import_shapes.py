"""Shapes of the rows of an import: for the map, and as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ImportRow

MAX_FEATURES = 5_000
_FEATURES = """
WITH picked AS (
    SELECT row_number, level, project_code, "values"->>'name' AS name, geom FROM import_row
    WHERE batch_id = :batch AND geom IS NOT NULL {extra}
    ORDER BY level = 'error' DESC, level = 'warning' DESC, row_number LIMIT :limit
)
SELECT row_number, level, project_code, name, ST_AsGeoJSON(
    CASE WHEN ST_NPoints(geom) > 200 THEN ST_Simplify(geom, :tolerance, true) ELSE geom END, 6) AS geometry
FROM picked
"""


@dataclass(frozen=True)
class FeaturesView:
    """Shapes for the map and how many are not among them."""

    collection: bytes
    left_out: int


def features(
    session: Session, batch_id: int, *, bbox: tuple[float, float, float, float] | None = None, limit: int = MAX_FEATURES
) -> FeaturesView:
    """FeatureCollection of the staged shapes (EPSG:4326), rows with problems first, simplified to about 5 m.

    Parameters
    ----------
    bbox
        West, south, east, north: only what touches it.
    """
    extra, values = "", {"batch": batch_id, "limit": limit + 1, "tolerance": 0.00005}
    if bbox is not None:
        extra = "AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
        values |= dict(zip(("west", "south", "east", "north"), bbox, strict=True))
    rows = session.execute(sa.text(_FEATURES.format(extra=extra)), values).all()
    left_out = 0
    if len(rows) > limit:
        rows = rows[:limit]
        total = session.scalar(
            sa.text(
                "SELECT count(*) FROM import_row WHERE batch_id = :batch AND geom IS NOT NULL " + extra,
            ),
            values,
        )
        left_out = int(total or 0) - limit
    fragments = [
        b'{"type":"Feature","id":%d,"geometry":%s,"properties":%s}'
        % (
            row.row_number,
            row.geometry.encode(),
            orjson.dumps({"row": row.row_number, "level": row.level, "project": row.project_code, "name": row.name}),
        )
        for row in rows
        if row.geometry
    ]
    return FeaturesView(
        b'{"type":"FeatureCollection","left_out":%d,"features":[%s]}' % (left_out, b",".join(fragments)), left_out
    )


def geometry_texts(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, str]:
    """GeoJSON text (7 decimals) of some rows; rows without geometry are absent."""
    rows = session.execute(
        sa.select(ImportRow.row_number, sa.func.ST_AsGeoJSON(ImportRow.geom, 7)).where(
            ImportRow.batch_id == batch_id,
            ImportRow.row_number.in_(list(row_numbers)),
            ImportRow.geom.is_not(None),
        )
    )
    return {number: text for number, text in rows}

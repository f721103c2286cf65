"""Features of a layer as GeoJSON, a page at a time.

Raw rows and the shape as ready JSON text, put together by orjson: the fastest of what was measured, twice as fast as
building the JSON in SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from layers.base import Narrowing, VectorLayer

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class FeaturePage:
    """A page.

    Parameters
    ----------
    features
        GeoJSON features; shapes are ready fragments.
    last
        Key of the last one when there may be more, else ``None``.
    """

    features: list[dict[str, Any]]
    last: str | int | None


def feature_page(
    session: Session,
    layer: VectorLayer,
    *,
    public: bool,
    narrowing: Narrowing,
    bbox: Bounds | None,
    after: str | int | None,
    limit: int,
) -> FeaturePage:
    """Features behind the key ``after``, at most ``limit``, in the order of the layer's key."""
    request = layer.items_request(public=public, narrowing=narrowing, bbox=bbox, after=after, limit=limit + 1)
    rows = session.execute(sa.text(request.sql), dict(request.params)).fetchall()
    names = [field.name for field in layer.fields]
    features = [
        {
            "type": "Feature",
            "id": row[2],
            "geometry": None if row[1] is None else orjson.Fragment(row[1]),
            "properties": dict(zip(names, row[2:], strict=True)),
        }
        for row in rows[:limit]
    ]
    return FeaturePage(features, rows[limit - 1][0] if len(rows) > limit else None)

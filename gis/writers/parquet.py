"""GeoParquet 1.1: one row group a batch, WKB, money as exact decimals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from gis.writers.stream import GEOMETRY, Batches, Target, Written, geometries, whole_file

_TYPE_NAMES = {
    0: "Point",
    1: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}


def write_geoparquet(batches: Iterable[pa.RecordBatch], target: Target) -> Written:
    """GeoParquet with the types, the bounding box and the coordinate system in its metadata."""
    source = Batches(batches, target.epsg)
    bounds = np.array([np.inf, np.inf, -np.inf, -np.inf])
    types: set[str] = set()
    with whole_file(target.path) as partial, pq.ParquetWriter(partial, target.schema, compression="zstd") as writer:
        for batch in source:
            shapes = geometries(batch)
            bounds = _wider(bounds, shapes)
            types |= {_TYPE_NAMES[i] for i in np.unique(shapely.get_type_id(shapes)) if i in _TYPE_NAMES}
            writer.write_batch(batch)
        writer.add_key_value_metadata({"geo": orjson.dumps(_metadata(bounds, types, target.epsg)).decode()})
    return Written(source.rows, target.path.stat().st_size)


def _wider(bounds: npt.NDArray[np.float64], shapes: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    found = shapely.total_bounds(shapes)
    if not np.isfinite(found).all():
        return bounds
    return np.concatenate((np.minimum(bounds[:2], found[:2]), np.maximum(bounds[2:], found[2:])))


def _metadata(bounds: npt.NDArray[np.float64], types: set[str], epsg: int) -> dict[str, Any]:
    # Without a "crs" the coordinates are OGC:CRS84: longitude, latitude.
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": sorted(types)}
    if epsg != 4326:
        column["crs"] = pyproj.CRS.from_epsg(epsg).to_json_dict()
    if np.isfinite(bounds).all():
        column["bbox"] = bounds.tolist()
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}

"""GeoParquet, as our own export and other programs write it (1.0, 1.1; WKB)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gis import crs
from gis.problems import Problem
from gis.readers.source import (
    BATCH_ROWS,
    GEOMETRY,
    LayerInfo,
    ReadSource,
    decide_crs,
    fail,
    finished,
    safe_columns,
    sample_of,
    shapes_of,
)
from gis.readers.stated import NOTHING, Stated, stated_crs

_READ_ERRORS = (pa.ArrowException, OSError, orjson.JSONDecodeError, UnicodeDecodeError)


def read_parquet(path: Path, *, epsg: int | None) -> ReadSource:
    """A GeoParquet file; one without its metadata is a table without shapes."""
    try:
        with pq.ParquetFile(path) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
            geo = orjson.loads((file.metadata.metadata or {}).get(b"geo", b"{}"))
    except _READ_ERRORS as error:
        raise fail("file_damaged", reason=str(error)[:160]) from error
    geometry, described = _geometry_column(geo, schema)
    names = safe_columns([name for name in schema.names if name != geometry])

    def batches() -> Iterator[pa.RecordBatch]:
        row = 1
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(BATCH_ROWS):
                    yield finished(_named(batch, geometry), names, row)
                    row += batch.num_rows
        except _READ_ERRORS as error:
            raise fail("file_damaged", reason=str(error)[:160]) from error

    first = next(batches(), None)
    chosen, candidates, problems = decide_crs(epsg, _stated(described) if geometry else NOTHING, shapes_of(first))
    if first is None:
        problems.append(Problem("file_without_features"))
    layers = (LayerInfo(path.stem, rows),)
    return ReadSource(
        "parquet",
        layers,
        path.stem,
        "utf-8",
        None,
        chosen,
        candidates,
        tuple(names),
        rows,
        sample_of(first),
        tuple(problems),
        batches,
    )


def _geometry_column(geo: Any, schema: pa.Schema) -> tuple[str | None, dict[str, Any]]:
    """Name and description of the column of shapes, when the metadata and the column agree that there is one."""
    try:
        name = str(geo["primary_column"])
        described = dict(geo["columns"][name])
        kind = schema.field(name).type
    except (KeyError, TypeError, ValueError):
        return None, {}
    is_wkb = described.get("encoding") == "WKB" and (pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
    return (name, described) if is_wkb else (None, {})


def _stated(described: dict[str, Any]) -> Stated:
    """Coordinate system of the metadata: none named is longitude/latitude, ``null`` is not known."""
    if "crs" not in described:
        return Stated(crs.STORAGE_EPSG)
    return stated_crs(orjson.dumps(described["crs"]).decode() if described["crs"] else None)


def _named(batch: pa.RecordBatch, geometry: str | None) -> pa.RecordBatch:
    """The geometry under our name, flat; every other column under a name that cannot be taken for it."""
    attributes = [(f"c{i}", batch.column(i)) for i, name in enumerate(batch.schema.names) if name != geometry]
    shapes = pa.nulls(batch.num_rows, pa.binary()) if geometry is None else batch.column(geometry).cast(pa.binary())
    if geometry is not None:
        read = shapely.from_wkb(shapes.to_numpy(zero_copy_only=False), on_invalid="ignore")
        shapes = pa.array(shapely.to_wkb(shapely.force_2d(read)), pa.binary())
    return pa.RecordBatch.from_arrays(
        [*(column for _, column in attributes), shapes], names=[*(name for name, _ in attributes), GEOMETRY]
    )

"""What every writer shares: the stream of arrow batches and the file that appears only when it is whole.

A writer takes an iterable of record batches whose column ``geometry`` holds 2D WKB in EPSG:4326 and keeps no more than
one batch in memory. An error raised by the batches - a cancelled job, a lost database - comes out as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely

from gis import crs
from gis.writers.styles import LayerStyle

GEOMETRY = "geometry"


@dataclass(frozen=True)
class Target:
    """Where and as what something is written.

    Parameters
    ----------
    path
        The file to make.
    schema
        Schema of the batches; a field's metadata may hold ``title`` and ``title_en``.
    layer_name
        ASCII name of the layer inside the file.
    title
        Title for people.
    epsg
        Coordinate system of the file; batches are always EPSG:4326 and converted by the pinned operation.
    style
        How the layer looks, for formats that have room for it.
    """

    path: Path
    schema: pa.Schema
    layer_name: str
    title: str
    epsg: int = crs.STORAGE_EPSG
    style: LayerStyle | None = None


@dataclass(frozen=True)
class Written:
    """What was written.

    Parameters
    ----------
    rows
        Number of rows.
    byte_count
        Size of the file.
    remarks
        What the format could not hold, by field: for example texts that had to be cut.
    """

    rows: int
    byte_count: int
    remarks: Mapping[str, Any] = field(default_factory=dict)


class Batches:
    """Record batches on their way through: counts rows, converts coordinates, keeps the first error of the source."""

    def __init__(self, batches: Iterable[pa.RecordBatch], epsg: int = crs.STORAGE_EPSG) -> None:
        self.source = batches
        self.epsg = epsg
        self.rows = 0
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self.source:
                self.rows += batch.num_rows
                yield self._converted(batch) if self.epsg != crs.STORAGE_EPSG else batch
        except BaseException as error:
            # GDAL and arrow turn an error inside their stream into one of their own; the caller wants this one.
            self.error = error
            raise

    def _converted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        converted, _ = crs.from_wgs84(geometries(batch), self.epsg)
        return with_geometry(batch, converted)


def geometries(batch: pa.RecordBatch) -> npt.NDArray[Any]:
    """The geometry column as shapely geometries."""
    column = batch.column(batch.schema.get_field_index(GEOMETRY))
    return np.asarray(shapely.from_wkb(column.to_numpy(zero_copy_only=False)), dtype=object)


def with_geometry(batch: pa.RecordBatch, shapes: npt.NDArray[Any]) -> pa.RecordBatch:
    """The batch with other geometries."""
    index = batch.schema.get_field_index(GEOMETRY)
    return batch.set_column(index, batch.schema.field(index), pa.array(shapely.to_wkb(shapes), pa.binary()))


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to that becomes ``path`` when all went well and disappears when not."""
    partial = path.with_name(f"{path.stem}.partial{path.suffix}")
    partial.unlink(missing_ok=True)
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def gdal_schema(schema: pa.Schema) -> pa.Schema:
    """The schema as GDAL takes it: money as double (exact to the satang up to NUMERIC(14,2)), WKB as plain binary."""
    return pa.schema([pa.field(f.name, _gdal_type(f.type), f.nullable) for f in schema])


def _gdal_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_large_string(kind) or pa.types.is_dictionary(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("ms", tz=kind.tz)
    return kind


def for_gdal(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Batches with the types of :func:`gdal_schema`."""
    wanted = gdal_schema(schema)
    for batch in batches:
        columns = [as_type(column, target.type) for column, target in zip(batch.columns, wanted, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=wanted)


def as_type(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """The column as another type; decimals become the nearest double, which arrow's own cast does not promise.

    Examples
    --------
    >>> from decimal import Decimal
    >>> as_type(pa.array([Decimal("8377477.39")], pa.decimal128(14, 2)), pa.float64())[0].as_py()
    8377477.39
    """
    if column.type == kind:
        return column
    if pa.types.is_decimal(column.type) and pa.types.is_float64(kind):
        scale = 10.0**column.type.scale
        values = np.rint(column.cast(kind).to_numpy(zero_copy_only=False) * scale) / scale
        return pa.array(values, kind, mask=column.is_null().to_numpy(zero_copy_only=False))
    return column.cast(kind, safe=False)


def write_with_gdal(
    path: Path,
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    *,
    driver: str,
    layer: str,
    epsg: int,
    geometry_type: str = "Unknown",
    **options: Any,
) -> None:
    """Write through a named GDAL driver, batch after batch; ``options`` are pyogrio's."""
    source = batches if isinstance(batches, Batches) else Batches(batches)
    reader = pa.RecordBatchReader.from_batches(gdal_schema(schema), for_gdal(source, schema))
    try:
        pyogrio.write_arrow(
            reader,
            path,
            layer=layer,
            driver=driver,
            geometry_name=GEOMETRY,
            geometry_type=geometry_type,
            crs=crs.wkt_with_shift(epsg) if epsg in crs.WITH_SHIFT else f"EPSG:{epsg}",
            encoding="UTF-8",
            **options,
        )
    except Exception as error:
        if source.error is not None and source.error is not error:
            raise source.error from error
        raise


def title_of(column: pa.Field, language: str = "th") -> str:
    """Title of a field from its metadata; its name where there is none."""
    metadata = column.metadata or {}
    key = b"title" if language == "th" else b"title_en"
    return str((metadata.get(key) or column.name.encode()).decode())

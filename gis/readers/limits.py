"""How much a file may ask of us, and the guard that counts while it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from gis.problems import Problem
from gis.readers.source import GEOMETRY, MAX_COLUMNS, ROW_NUMBER, ReadError, fail

_BYTES_A_VERTEX = 16
"""Two doubles in WKB."""


@dataclass(frozen=True)
class ReaderLimits:
    """Limits of one reading.

    Parameters
    ----------
    columns, rows
        Attribute columns, and rows of the layer.
    vertices
        Of one shape; a road of Thailand's length surveyed every two metres has fewer.
    batch_bytes
        Most that is handed over at once, and so the most that one row may hold.
    memory_bytes
        Address space of the reading process, its libraries (about 400 MB of addresses) included.
    cpu_s
        Seconds of processor.
    wait_s
        Seconds spent waiting for the reading process; what is done with the rows in between does not count.
    open_files
        Open files of the process.
    file_bytes
        Size of any file that it writes (unpacked archives).
    """

    columns: int = MAX_COLUMNS
    rows: int = 2_000_000
    vertices: int = 1_000_000
    batch_bytes: int = 32 << 20
    memory_bytes: int = 1 << 30
    cpu_s: int = 300
    wait_s: float = 300.0
    open_files: int = 128
    file_bytes: int = 1 << 30


def guarded(batches: Iterator[pa.RecordBatch], limits: ReaderLimits) -> Iterator[pa.RecordBatch]:
    """The batches, none larger than ``batch_bytes`` and no text with NUL in it, as long as they keep the limits.

    Raises
    ------
    ReadError
        ``file_too_many_columns``, ``file_too_many_rows``, ``shape_too_many_vertices`` or ``row_too_large`` (with the
        row in ``where``).
    """
    rows = 0
    for batch in batches:
        if batch.num_columns - 2 > limits.columns:
            raise fail("file_too_many_columns", count=batch.num_columns - 2, limit=limits.columns)
        rows += batch.num_rows
        if rows > limits.rows:
            raise fail("file_too_many_rows", limit=limits.rows)
        _check_vertices(batch, limits)
        yield from _divided(_without_nul(batch), limits)


def _without_nul(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Texts without the one character that PostgreSQL cannot store."""
    for index, column in enumerate(batch.columns):
        if pa.types.is_string(column.type) and pc.any(pc.match_substring(column, "\0")).as_py():
            batch = batch.set_column(index, batch.schema.field(index), pc.replace_substring(column, "\0", ""))
    return batch


def _check_vertices(batch: pa.RecordBatch, limits: ReaderLimits) -> None:
    sizes = pc.binary_length(batch.column(GEOMETRY))
    largest = pc.max(sizes).as_py() or 0
    if largest > limits.vertices * _BYTES_A_VERTEX + 64:
        row = batch.column(ROW_NUMBER)[pc.index(sizes, largest).as_py()].as_py()
        values = {"count": largest // _BYTES_A_VERTEX, "limit": limits.vertices}
        raise ReadError(Problem("shape_too_many_vertices", where={"row": row}, values=values))


def _divided(batch: pa.RecordBatch, limits: ReaderLimits) -> Iterator[pa.RecordBatch]:
    if batch.nbytes <= limits.batch_bytes:
        yield batch
    elif batch.num_rows > 1:
        half = batch.num_rows // 2
        yield from _divided(batch.slice(0, half), limits)
        yield from _divided(batch.slice(half), limits)
    else:
        row = batch.column(ROW_NUMBER)[0].as_py()
        values = {"size_mb": batch.nbytes >> 20, "limit_mb": limits.batch_bytes >> 20}
        raise ReadError(Problem("row_too_large", where={"row": row}, values=values))

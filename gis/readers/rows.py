"""Rows that Python reads one by one, made into batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from gis.readers.source import BATCH_ROWS, GEOMETRY, ROW_NUMBER

# Row number in the file, texts in the order of the columns, WKB.
Row = tuple[int, Sequence[str | None], bytes | None]


def batches_of(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches with every attribute as text."""
    kept: list[Row] = []
    for row in rows:
        kept.append(row)
        if len(kept) >= BATCH_ROWS:
            yield _batch(kept, columns)
            kept = []
    if kept:
        yield _batch(kept, columns)


def _batch(rows: list[Row], columns: Sequence[str]) -> pa.RecordBatch:
    numbers = pa.array([number for number, _, _ in rows], pa.int32())
    values = [pa.array([texts[i] for _, texts, _ in rows], pa.string()) for i in range(len(columns))]
    geometry = pa.array([wkb for _, _, wkb in rows], pa.binary())
    return pa.RecordBatch.from_arrays([numbers, *values, geometry], names=[ROW_NUMBER, *columns, GEOMETRY])

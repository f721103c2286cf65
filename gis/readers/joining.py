"""A shapefile export divided by type of shape, read as the one table that it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import pyarrow as pa

from gis.problems import Problem
from gis.readers.source import ROW_NUMBER, LayerInfo, ReadSource, fail

_SUFFIXES = ("_line", "_polygon", "_point")


def common_stem(names: Sequence[str]) -> str:
    """Name that our own export gave to the whole; empty where the names are not of its making.

    Examples
    --------
    >>> common_stem(["roads_line", "roads_point"])
    'roads'
    >>> common_stem(["roads_line"]), common_stem(["roads_line", "water_point"]), common_stem(["roads", "roads_point"])
    ('', '', '')
    """
    parted = [name.rpartition("_") for name in names]
    stems = {stem for stem, _, _ in parted}
    endings = [f"_{ending}" for _, _, ending in parted]
    if len(names) < 2 or len(stems) > 1 or len(set(endings)) < len(endings) or not set(endings) <= set(_SUFFIXES):
        return ""
    (stem,) = stems
    return stem if PurePosixPath(stem).name else ""


def joined(parts: Sequence[ReadSource], stem: str) -> ReadSource | None:
    """The parts one after the other as a layer ``stem``; None where they differ in more than their shapes.

    One part is read at a time, so what is in memory is a batch as before; rows are numbered through.
    """
    first = parts[0]
    alike = all(
        not part.errors
        and (part.columns, part.epsg, part.crs_candidates, part.encoding)
        == (first.columns, first.epsg, first.crs_candidates, first.encoding)
        for part in parts
    )
    if not alike:
        return None
    names = [layer.name for layer in first.layers]
    told = Problem("layers_joined", "info", values={"layers": ", ".join(names)})
    said = {repr(problem): problem for part in parts for problem in part.problems}
    counts = [part.feature_count for part in parts]
    total = None if None in counts else sum(count or 0 for count in counts)

    def stream() -> Iterator[pa.RecordBatch]:
        row, schema = 1, None
        for part in parts:
            for batch in part.batches():
                schema = schema or batch.schema
                if batch.schema != schema:
                    batch = _as(batch, schema)
                index = batch.schema.get_field_index(ROW_NUMBER)
                numbers = pa.array(range(row, row + batch.num_rows), pa.int32())
                row += batch.num_rows
                yield batch.set_column(index, schema.field(index), numbers)

    return replace(
        first,
        layers=(LayerInfo(stem, total), *first.layers),
        layer=stem,
        feature_count=total,
        problems=(told, *said.values()),
        stream=stream,
    )


def _as(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the types of the first part: a program that saved a part again may have widened a number."""
    try:
        columns = [column.cast(field.type, safe=False) for column, field in zip(batch.columns, schema, strict=True)]
    except pa.ArrowException as error:
        raise fail("file_damaged", reason=str(error)) from error
    return pa.RecordBatch.from_arrays(columns, schema=schema)

"""A table with a shape for each of its rows as a file: exact money in spreadsheets, outlines for a GIS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from gis import writers

FORMATS = ("xlsx", "csv", "geojson", "gpkg")
"""Formats of a table, most asked for first."""
TABLES = frozenset({"xlsx", "csv"})
"""A spreadsheet has room for a place, not for an outline."""
MONEY = pa.decimal128(18, 2)
"""Baht to the satang; formats for a GIS know no decimals and get a float."""

Column = tuple[str, pa.DataType, str, str]
"""Name, type, title in Thai, title in English."""


def write_places(
    columns: Sequence[Column],
    values: Mapping[str, Sequence[Any]],
    shapes: Sequence[bytes | None],
    format: str,
    path: Path,
    *,
    layer_name: str,
    title: str,
) -> writers.Written:
    """Write rows in their order.

    Parameters
    ----------
    values
        By the name of its column, one for each row; ``None`` and NaN are empty.
    shapes
        WKB (EPSG:4326) of each row, or ``None``.
    path
        The file; its folder exists.
    """
    exact = format in TABLES
    fields = [
        pa.field(name, kind if exact or kind != MONEY else pa.float64(), metadata={"title": th, "title_en": en})
        for name, kind, th, en in columns
    ]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())])
    arrays = [pa.array([_as(value, field.type) for value in values[field.name]], field.type) for field in fields]
    batch = pa.RecordBatch.from_arrays([*arrays, pa.array(shapes, pa.binary())], schema=schema)
    return writers.write(path, format, [batch], schema, layer_name=layer_name, title=title)


def _as(value: Any, kind: pa.DataType) -> Any:
    # NaN is the one value that differs from itself.
    if value is None or value != value:
        return None
    return float(value) if pa.types.is_floating(kind) else value

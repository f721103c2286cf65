"""A table with a shape for each of its rows as a file: exact money in spreadsheets, outlines for a GIS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.services.table_file import Cell, Look, Sheet, write_workbook
from app.services.table_file import Column as SheetColumn
from gis import writers

FORMATS = ("xlsx", "csv", "geojson", "gpkg")
"""Formats of a table, most asked for first."""
TABLES = frozenset({"xlsx", "csv"})
"""A spreadsheet has room for a place, not for an outline."""
MONEY = pa.decimal128(18, 2)
"""Baht to the satang; formats for a GIS know no decimals and get a float."""

RATE = pa.decimal128(17, 2)
"""Baht per something: written as money, but its sum would say nothing."""
YEAR = pa.int16()
"""A year is no quantity: no commas, no sum."""

Column = tuple[str, pa.DataType, str, str]
"""Name, type, title in Thai, title in English."""
_PLACE_HEADS = {"th": ("ลองจิจูด", "ละติจูด"), "en": ("Longitude", "Latitude")}


@dataclass(frozen=True)
class Heading:
    """What stands above the table in a spreadsheet.

    Parameters
    ----------
    about
        What it was narrowed to, of which day the data are.
    words
        What codes are called, by the column that they stand in; the other formats keep the codes.
    more
        Sheets after that of the rows.
    """

    title: str
    about: Sequence[str] = ()
    language: str = "th"
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    more: Sequence[Sheet] = ()


def write_places(
    actor: Actor,
    columns: Sequence[Column],
    values: Mapping[str, Sequence[Any]],
    shapes: Sequence[bytes | None],
    format: str,
    path: Path,
    *,
    layer_name: str,
    heading: Heading,
) -> writers.Written:
    """Write rows in their order; a workbook for people, the other formats with the names of columns for programs.

    Parameters
    ----------
    values
        By the name of its column, one for each row; ``None`` and NaN are empty.
    shapes
        WKB (EPSG:4326) of each row, or ``None``.
    path
        The file; its folder exists.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    if format == "xlsx":
        write_workbook(
            actor, [_sheet(columns, values, shapes, heading), *heading.more], path, language=heading.language
        )
        return writers.Written(len(shapes), path.stat().st_size)
    exact = format in TABLES
    fields = [
        pa.field(
            name, kind if exact or kind not in (MONEY, RATE) else pa.float64(), metadata={"title": th, "title_en": en}
        )
        for name, kind, th, en in columns
    ]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())])
    arrays = [pa.array([_as(value, field.type) for value in values[field.name]], field.type) for field in fields]
    batch = pa.RecordBatch.from_arrays([*arrays, pa.array(shapes, pa.binary())], schema=schema)
    return writers.write(path, format, [batch], schema, layer_name=layer_name, title=heading.title)


def _sheet(
    columns: Sequence[Column], values: Mapping[str, Sequence[Any]], shapes: Sequence[bytes | None], heading: Heading
) -> Sheet:
    """Rows with a point of each place at the end."""
    english = heading.language == "en"
    heads = [SheetColumn(en if english else th, _look(kind), summed=kind == MONEY) for _name, kind, th, en in columns]
    heads += [SheetColumn(word, "place") for word in _PLACE_HEADS["en" if english else "th"]]
    points = [_point(shape) for shape in shapes]
    words = [heading.words.get(name, {}) for name, *_rest in columns]
    cells = [
        [said.get(one, one) if said else _as(one, kind) for one in values[name]]
        for (name, kind, *_titles), said in zip(columns, words, strict=True)
    ]
    lines = [(*line, *point) for line, point in zip(zip(*cells, strict=True), points, strict=True)]
    name = "Data" if english else "ข้อมูล"
    return Sheet(heads, lines, heading.title, heading.about, name)


def _look(kind: pa.DataType) -> Look:
    if kind in (MONEY, RATE):
        return "money"
    if kind == YEAR:
        return "plain"
    return "count" if pa.types.is_integer(kind) else "number"


def _point(shape: bytes | None) -> tuple[Cell, Cell]:
    at = None if shape is None else shapely.point_on_surface(shapely.from_wkb(shape))
    return (None, None) if at is None or at.is_empty else (round(at.x, 7), round(at.y, 7))


def _as(value: Any, kind: pa.DataType) -> Any:
    # NaN is the one value that differs from itself.
    if value is None or value != value:
        return None
    return float(value) if pa.types.is_floating(kind) else value

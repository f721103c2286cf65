"""CSV and XLSX for people who work in a spreadsheet: coordinates as columns, no text that becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely
import xlsxwriter

from gis import crs
from gis.writers.stream import GEOMETRY, Batches, Target, Written, geometries, title_of, whole_file

# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection). One that has the apostrophe already gets
# another, so that the reader, which takes one away, gives back what was there.
_FORMULA_START = "^'*[=+\\-@\\t\\r\\n]"
_DECIMALS = 7
MAX_SHEET_ROWS = 1_048_576
MAX_CELL_TEXT = 32_767


def write_csv(batches: Iterable[pa.RecordBatch], target: Target) -> Written:
    """CSV in UTF-8 with a byte order mark (Excel needs it for Thai), with ``lon``, ``lat`` and ``wkt``.

    In another system than WGS 84 the columns are ``x``, ``y``, ``epsg`` and ``wkt``, which our reader takes by itself.
    A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    source = Batches(batches, target.epsg)
    with whole_file(target.path) as partial, partial.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        schema = pa.schema(
            [
                *(pa.field(f.name, _csv_type(f.type)) for f in target.schema if f.name != GEOMETRY),
                *_place_fields(target.epsg),
            ]
        )
        options = pyarrow.csv.WriteOptions(quoting_style="needed")
        with pyarrow.csv.CSVWriter(file, schema, write_options=options) as writer:
            for batch in source:
                attributes = batch.drop_columns([GEOMETRY])
                columns = [_safe(c.cast(_csv_type(c.type))) for c in attributes.columns]
                writer.write_batch(pa.RecordBatch.from_arrays([*columns, *_place(batch, target.epsg)], schema=schema))
    return Written(source.rows, target.path.stat().st_size)


def _place_fields(epsg: int) -> list[pa.Field]:
    """Columns that say where: degrees by their names, or numbers with the system they are in."""
    wkt = pa.field("wkt", pa.string())
    if epsg == crs.STORAGE_EPSG:
        return [pa.field("lon", pa.float64()), pa.field("lat", pa.float64()), wkt]
    return [pa.field("x", pa.float64()), pa.field("y", pa.float64()), pa.field("epsg", pa.int32()), wkt]


def _csv_type(kind: pa.DataType) -> pa.DataType:
    """Texts stay texts and numbers numbers; everything else is written as its text."""
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return kind
    return pa.string()


def _safe(column: pa.Array) -> pa.Array:
    if not pa.types.is_string(column.type):
        return column
    risky = pc.match_substring_regex(column, _FORMULA_START)
    if not pc.any(risky).as_py():
        return column
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def _place(batch: pa.RecordBatch, epsg: int) -> list[pa.Array]:
    """A point on each geometry, the system where it is not WGS 84, and the geometry itself."""
    shapes = geometries(batch)
    points = shapely.point_on_surface(shapes)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    lon, lat = (np.round(values, _DECIMALS) for values in (shapely.get_x(points), shapely.get_y(points)))
    wkt = shapely.to_wkt(shapes, rounding_precision=_DECIMALS)
    place = [pa.array(lon, mask=missing), pa.array(lat, mask=missing), pa.array(wkt, pa.string())]
    if epsg != crs.STORAGE_EPSG:
        place.insert(2, pa.array(np.full(batch.num_rows, epsg, np.int32), mask=missing))
    return place


def write_xlsx(batches: Iterable[pa.RecordBatch], target: Target) -> Written:
    """XLSX written row by row: real numbers and dates, texts always as texts, a sheet that explains the columns.

    More rows than a sheet holds go on in a further sheet; geometry text longer than a cell is left out.
    """
    source = Batches(batches, target.epsg)
    left_out = 0
    with whole_file(target.path) as partial:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        }
        with xlsxwriter.Workbook(str(partial), options) as book:
            sheets = _Sheets(book, _header(target))
            for batch in source:
                for row in _rows(batch, target.epsg):
                    text = row[-1]
                    if isinstance(text, str) and len(text) > MAX_CELL_TEXT:
                        row[-1], left_out = None, left_out + 1
                    sheets.write(row)
            _explain(book, target)
    return Written(source.rows, target.path.stat().st_size, {"wkt_left_out": left_out} if left_out else {})


def _header(target: Target) -> list[str]:
    names = [f.name for f in target.schema if f.name != GEOMETRY]
    return names + [f.name for f in _place_fields(target.epsg)]


def _rows(batch: pa.RecordBatch, epsg: int) -> Iterator[list[Any]]:
    columns = [column.to_pylist() for column in batch.drop_columns([GEOMETRY]).columns]
    columns += [column.to_pylist() for column in _place(batch, epsg)]
    return (list(values) for values in zip(*columns, strict=True))


class _Sheets:
    """Sheets filled one after another."""

    def __init__(self, book: Any, header: list[str]) -> None:
        self.book = book
        self.header = header
        self.bold = book.add_format({"bold": True})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.sheet: Any = None
        self.next_row = MAX_SHEET_ROWS
        self.count = 0
        self._open()

    def _open(self) -> None:
        self.count += 1
        self.sheet = self.book.add_worksheet("ข้อมูล" if self.count == 1 else f"ข้อมูล {self.count}")
        for column, name in enumerate(self.header):
            self.sheet.write_string(0, column, name, self.bold)
        self.sheet.freeze_panes(1, 0)
        self.next_row = 1

    def write(self, row: list[Any]) -> None:
        if self.next_row >= MAX_SHEET_ROWS:
            self._open()
        for column, value in enumerate(row):
            self._cell(column, value)
        self.next_row += 1

    def _cell(self, column: int, value: Any) -> None:
        sheet, row = self.sheet, self.next_row
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, Decimal):
            sheet.write_number(row, column, float(value), self.money)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), self.time)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.date)
        else:
            sheet.write_string(row, column, str(value)[:MAX_CELL_TEXT])


def _explain(book: Any, target: Target) -> None:
    sheet = book.add_worksheet("คำอธิบาย")
    sheet.write_string(0, 0, target.title)
    for row, column in enumerate((f for f in target.schema if f.name != GEOMETRY), start=2):
        sheet.write_string(row, 0, column.name)
        sheet.write_string(row, 1, title_of(column))
        sheet.write_string(row, 2, title_of(column, "en"))

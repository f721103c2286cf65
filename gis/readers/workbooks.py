"""Sheets of XLSX workbooks."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from gis.archive import ArchiveError, Limits, check_archive
from gis.readers.source import LayerInfo, ReadError, ReadSource, choose_layer, fail
from gis.readers.table_layout import Cells
from gis.readers.tables import read_table

_XLSX_LIMITS = Limits(unpacked_bytes=600 << 20, files=2_000, ratio=200)
# Rows that a workbook can have; and columns, after which only formats without a value are passed over.
_MAX_ROWS = 1_048_576
_MAX_CELLS = 2_000


def read_xlsx(path: Path, *, epsg: int | None, layer: str | None) -> ReadSource:
    """A sheet of a workbook; formulas count as the values they had."""
    try:
        check_archive(path, _XLSX_LIMITS)
    except ArchiveError as error:
        raise fail(error.problem.code, **error.problem.values) from error
    book = _workbook(path)
    layers = tuple(LayerInfo(name) for name in book.sheetnames)
    book.close()
    chosen, problems = choose_layer(layers, layer)

    def lines() -> Iterator[tuple[int, Cells]]:
        book = _workbook(path)
        try:
            sheet = book[chosen.name]
            # What a file claims as its size is not believed.
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                if number > _MAX_ROWS:
                    raise fail("file_too_many_rows", limit=_MAX_ROWS)
                cells = [_cell_text(value) for value in row[:_MAX_CELLS]]
                if len(row) > _MAX_CELLS and any(value is not None for value in row[_MAX_CELLS:]):
                    raise fail("file_too_many_columns", count=len(row), limit=_MAX_CELLS)
                yield number, cells
        except ReadError:
            raise
        except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
            raise fail("file_damaged", reason=str(error)) from error
        finally:
            book.close()

    source = read_table("xlsx", layers, chosen.name, lines, "utf-8", epsg)
    return replace(source, problems=(*source.problems, *problems))


def _workbook(path: Path) -> Any:
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise fail("file_damaged", reason=str(error)) from error


def _cell_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != datetime.min.time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    return str(value).strip() or None

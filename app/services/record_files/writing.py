"""A sheet of records as an Excel workbook that can be filled in and sent back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from app.queries.record_sheets import RecordColumn, RecordRow, RecordSheet, written
from app.services.plan_workbook.marks import CHOICES_SHEET, HIDDEN_SHEET, ROW_MARK_TITLE, sealed
from app.services.plan_workbook.writing import BAHT_FORMAT, COUNT_FORMAT, FONT
from gis.thai import format_thai_date

FORMAT = "eplan-record-sheet"
TITLE_ROWS = 3
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SPARE_ROWS = 500
"""Rows below the table whose cells still offer their choices."""
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_PIXELS_A_CHARACTER = 7


def write_records(
    sheet: RecordSheet,
    organisation_code: str,
    organisation_name: str,
    year_be: int,
    rows: Sequence[RecordRow],
    as_of: datetime,
) -> bytes:
    """The workbook, with what every cell says now out of sight, so that what comes back can be compared with it.

    Parameters
    ----------
    rows
        Lines as they stand.
    as_of
        When they were read.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        page = book.add_worksheet(sheet.title_th[:31].replace("/", "-"))
        looks = {
            "head": book.add_format(
                {
                    "bold": True,
                    "align": "center",
                    "valign": "vcenter",
                    "text_wrap": True,
                    "border": 1,
                    "bg_color": "#EBEDF2",
                }
            ),
            "title": book.add_format({"bold": True, "font_size": 18}),
            "text": book.add_format({"valign": "top", "text_wrap": True, "border": 1}),
            "fixed": book.add_format({"valign": "top", "text_wrap": True, "border": 1, "bg_color": "#F4F5F8"}),
            "money": book.add_format({"num_format": BAHT_FORMAT, "border": 1}),
            "integer": book.add_format({"num_format": COUNT_FORMAT, "border": 1}),
            "own": book.add_format({"font_color": "#5E687C", "bg_color": "#F0F0F0", "border": 1}),
        }
        for look in (book.formats[0], *looks.values()):
            look.set_font_name(FONT)
            look.set_font_size(18 if look is looks["title"] else 14)
        page.write_string(0, 0, sheet.title_th, looks["title"])
        page.write_string(1, 0, f"{organisation_name} · ปี {year_be} · ข้อมูล ณ {format_thai_date(as_of.date())}")
        mark = len(sheet.columns)
        for n, column in enumerate(sheet.columns):
            page.set_column(n, n, max(column.width_px / _PIXELS_A_CHARACTER, 10))
            page.write_string(TITLE_ROWS, n, column.title_th, looks["head"])
        page.set_column(mark, mark, 12)
        page.write_string(TITLE_ROWS, mark, ROW_MARK_TITLE, looks["own"])
        for at, row in enumerate(rows, start=TITLE_ROWS + 1):
            for n, column in enumerate(sheet.columns):
                _write_cell(page, at, n, column, written(row.values[column.key]), looks)
            page.write_string(at, mark, f"L{row.id}", looks["own"])
        last = TITLE_ROWS + 1 + len(rows)
        _write_sums(page, sheet, last, mark, looks)
        _offer_choices(book, page, sheet, last)
        page.freeze_panes(TITLE_ROWS + 1, 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(TITLE_ROWS)
        hidden = book.add_worksheet(HIDDEN_SHEET)
        hidden.hide()
        head = {
            "organisation": organisation_code,
            "records": sheet.name,
            "year": year_be,
            "as_of": as_of.isoformat(),
            "sheet": page.get_name(),
        }
        base = {row.id: {c.key: written(row.values[c.key]) for c in sheet.columns} for row in rows}
        for n, line in enumerate(sealed(FORMAT, head, base)):
            hidden.write_row(n, 0, line)
    return file.getvalue()


def _write_cell(
    page: xlsxwriter.worksheet.Worksheet,
    at: int,
    n: int,
    column: RecordColumn,
    value: str | None,
    looks: dict[str, xlsxwriter.format.Format],
) -> None:
    look = looks["fixed" if column.type == "readonly" else column.type if column.type in looks else "text"]
    if value is None:
        page.write_blank(at, n, None, look)
    elif column.type in ("money", "integer"):
        # Spreadsheets keep fifteen digits; NUMERIC(14,2) has fourteen.
        page.write_number(at, n, float(value), look)
    elif column.type == "date":
        page.write_string(at, n, format_thai_date(date.fromisoformat(value)), look)
    else:
        labels = {code: thai for code, thai, _english in column.choices}
        page.write_string(at, n, labels.get(value, value), look)


def _write_sums(
    page: xlsxwriter.worksheet.Worksheet,
    sheet: RecordSheet,
    last: int,
    mark: int,
    looks: dict[str, xlsxwriter.format.Format],
) -> None:
    """A line of sums under the table: for a person; nobody reads it back."""
    if not any(column.total for column in sheet.columns):
        return
    for n, column in enumerate(sheet.columns):
        if column.total:
            letter = xl_col_to_name(n)
            page.write_formula(last, n, f"=SUM({letter}{TITLE_ROWS + 2}:{letter}{last})", looks[column.type])
        else:
            page.write_string(last, n, "รวม" if n == _name_at(sheet) else "", looks["fixed"])
    page.write_string(last, mark, "S", looks["own"])


def _name_at(sheet: RecordSheet) -> int:
    return next(n for n, column in enumerate(sheet.columns) if column.key in ("name", "name_th"))


def _offer_choices(
    book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, sheet: RecordSheet, last: int
) -> None:
    """Lists to choose from; nothing is forbidden, it is told when the file is read."""
    lists = None
    for n, column in enumerate(sheet.columns):
        if not column.choices:
            continue
        lists = lists or book.add_worksheet(CHOICES_SHEET)
        lists.hide()
        lists.write_column(0, n, [thai for _code, thai, _english in column.choices])
        letter = xl_col_to_name(n)
        source = f"={CHOICES_SHEET}!${letter}$1:${letter}${len(column.choices)}"
        offer = {"validate": "list", "source": source, "error_type": "warning"}
        page.data_validation(TITLE_ROWS + 1, n, last + _SPARE_ROWS, n, offer)

"""A table of an analysis as a file: what the page shows, with plain numbers, and how it came about above it."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require

FORMATS = ("xlsx", "csv")
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA_START = re.compile(r"^'*[=+\-@\t\r\n]")
Cell = str | int | float | Decimal | None
Look = Literal["plain", "count", "money", "number", "share", "figure", "place"]
"""How a number is written: as it is (years, ranks), whole, baht, with two decimals, as a percent of a fraction, with
four decimals (statistics), in degrees."""
_NUMBERS: dict[Look, str] = {
    "plain": "0",
    "count": "#,##0",
    "money": "#,##0.00",
    "number": "#,##0.00",
    "share": "0.0%",
    "figure": "0.0000",
    "place": "0.000000",
}
_SUM = {"th": "รวมแถวที่แสดง", "en": "Sum of the rows shown"}
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NARROWEST, _WIDEST, _MEASURED = 10, 60, 500


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Parameters
    ----------
    look
        How its numbers are written; ``None`` = exact numbers as money, others as they are.
    summed
        Its sum stands above it, of the rows that a filter of the spreadsheet leaves.
    """

    title: str
    look: Look | None = None
    summed: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table with its title.

    Parameters
    ----------
    title
        Above the table.
    about
        Lines under the title: what it was narrowed to, of which day the data are.
    name
        Of the sheet in a workbook.
    frozen
        Columns that stay when the sheet is moved sideways.
    """

    columns: Sequence[Column]
    lines: Sequence[Sequence[Cell]]
    title: str = ""
    about: Sequence[str] = field(default=())
    name: str = "data"
    frozen: int = 2


def write_table(
    actor: Actor,
    titles: Sequence[str | Column],
    lines: Iterable[Sequence[Cell]],
    format: str,
    path: Path,
    *,
    title: str,
    about: Sequence[str] = (),
    language: str = "th",
) -> None:
    """Write one table.

    Parameters
    ----------
    titles
        Heads of the columns.
    format
        One of :data:`FORMATS`.
    title, about
        Above the table in a spreadsheet.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    columns = [one if isinstance(one, Column) else Column(one) for one in titles]
    sheet = Sheet(columns, list(lines), title, about)
    if format == "csv":
        write_csv(actor, sheet, path)
    else:
        write_workbook(actor, [sheet], path, language=language)


def write_csv(actor: Actor, sheet: Sheet, path: Path) -> None:
    """Heads and lines of a sheet, for programs: no title, no sums.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([one.title for one in sheet.columns])
        writer.writerows([[_safe(_known(cell)) for cell in line] for line in sheet.lines])


def write_workbook(actor: Actor, sheets: Sequence[Sheet], path: Path, *, language: str = "th") -> None:
    """Sheets one after another: title, about, sums as formulas, frozen heads with a filter, rows; on paper A4.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    with xlsxwriter.Workbook(str(path), _SAFE) as book:
        formats = _Formats(book)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, formats, _SUM["en" if language == "en" else "th"])


class _Formats:
    """Formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#EBEDF2"})
        self.of = {look: book.add_format({"num_format": text}) for look, text in _NUMBERS.items()}
        self.sum = {
            look: book.add_format({"num_format": text, "bold": True, "top": 1}) for look, text in _NUMBERS.items()
        }


def _write(sheet: Any, given: Sheet, formats: _Formats, sum_word: str) -> None:
    lines = [[_known(cell) for cell in line] for line in given.lines]
    row = 0
    for text in (given.title, *given.about):
        if text:
            sheet.write_string(row, 0, text, formats.bold if row == 0 else None)
            row += 1
    summed = [at for at, one in enumerate(given.columns) if one.summed]
    head = row + 1 if summed else row
    if summed and lines:
        _sums(sheet, row, head + 1, given, lines, formats, sum_word)
    for at, one in enumerate(given.columns):
        sheet.write_string(head, at, one.title, formats.head)
        sheet.set_column(at, at, _width(one, at, lines))
    for number, line in enumerate(lines, head + 1):
        for at, cell in enumerate(line):
            if isinstance(cell, str):
                sheet.write_string(number, at, cell)
            elif cell is not None:
                look = given.columns[at].look or ("money" if isinstance(cell, Decimal) else None)
                sheet.write_number(number, at, float(cell), formats.of[look] if look else None)
    if lines:
        sheet.autofilter(head, 0, head + len(lines), len(given.columns) - 1)
    sheet.freeze_panes(head + 1, min(given.frozen, len(given.columns) - 1))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)


def _sums(
    sheet: Any, row: int, first: int, given: Sheet, lines: list[list[Cell]], formats: _Formats, word: str
) -> None:
    """SUBTOTAL over each summed column; the value goes along for programs that do not reckon."""
    for at, one in enumerate(given.columns):
        if not one.summed:
            continue
        letter = xl_col_to_name(at)
        whole = sum(Decimal(str(line[at])) for line in lines if isinstance(line[at], (int, float, Decimal)))
        formula = f"=SUBTOTAL(109,{letter}{first + 1}:{letter}{first + len(lines)})"
        sheet.write_formula(row, at, formula, formats.sum[one.look or "money"], float(whole))
    if not given.columns[0].summed:
        sheet.write_string(row, 0, word, formats.bold)


def _width(column: Column, at: int, lines: list[list[Cell]]) -> float:
    """As wide as its numbers with room for their commas, or its texts; a long head goes on in a second line."""
    if column.look in ("money", "number"):
        return 18
    texts = [len(line[at]) for line in lines[:_MEASURED] if isinstance(line[at], str)]  # type: ignore[arg-type]
    return min(_WIDEST, max(_NARROWEST, len(column.title) * 0.7, *texts, 0))


def csv_bytes(titles: Sequence[str], lines: Iterable[Sequence[Cell]]) -> bytes:
    """A table of what everybody may have, as CSV that a spreadsheet opens in Thai."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(titles)
    writer.writerows([[_safe(_known(cell)) for cell in line] for line in lines])
    return text.getvalue().encode("utf-8-sig")


def _known(cell: Cell) -> Cell:
    """A number that is none is an empty cell."""
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA_START.match(cell) else cell

"""A table of an analysis as a file: what the page shows, with plain numbers."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require

FORMATS = ("xlsx", "csv")
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA_START = re.compile(r"^'*[=+\-@\t\r\n]")
Cell = str | int | float | Decimal | None


def write_table(
    actor: Actor, titles: Sequence[str], lines: Iterable[Sequence[Cell]], format: str, path: Path, *, title: str
) -> None:
    """Write a table.

    Parameters
    ----------
    titles
        Heads of the columns.
    format
        One of :data:`FORMATS`.
    title
        Above the table in a spreadsheet.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    known = [[_known(cell) for cell in line] for line in lines]
    if format == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(titles)
            writer.writerows([[_safe(cell) for cell in line] for line in known])
        return
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("data")
        sheet.write_string(0, 0, title, bold)
        sheet.write_row(1, 0, titles, bold)
        sheet.set_column(0, len(titles) - 1, 18)
        sheet.freeze_panes(2, 2)
        for number, line in enumerate(known, 2):
            for column, cell in enumerate(line):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write_number(number, column, float(cell), money if isinstance(cell, Decimal) else None)


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

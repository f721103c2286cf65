"""A view of the funnel as a file: counts, baht and percent of every stage, a line for each row of the page."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.queries.funnel import Funnel
from app.queries.project_filter import STAGES

FORMATS = ("xlsx", "csv")
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA_START = re.compile(r"^'*[=+\-@\t\r\n]")
Cell = str | int | Decimal | None


def write_funnel(
    actor: Actor,
    rows: Iterable[tuple[str | None, str, Funnel]],
    titles: Sequence[str],
    format: str,
    path: Path,
    *,
    title: str,
) -> None:
    """Write a table: code, name, then projects, baht, percent of plan and of the step before for every stage.

    Parameters
    ----------
    rows
        Code, name and funnel of each line, the total last.
    titles
        Heads of the columns: code, name, and four for every stage.
    format
        One of :data:`FORMATS`.
    path
        The file; its folder exists.
    title
        Name of the sheet's content, above the table in a spreadsheet.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    lines = [[code, name, *_cells(one)] for code, name, one in rows]
    if format == "csv":
        _write_csv(path, titles, lines)
    else:
        _write_xlsx(path, titles, lines, title)


def _cells(one: Funnel) -> list[Cell]:
    cells: list[Cell] = []
    for stage in STAGES:
        figure = one[stage]
        if figure is None:
            cells += [None] * 4
        else:
            cells += [figure.projects, figure.baht, one.of_plan(stage, "baht"), one.of_step(stage, "baht")]
    return cells


def _write_csv(path: Path, titles: Sequence[str], lines: list[list[Cell]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(titles)
        writer.writerows([[_safe(cell) for cell in line] for line in lines])


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA_START.match(cell) else cell


def _write_xlsx(path: Path, titles: Sequence[str], lines: list[list[Cell]], title: str) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("funnel")
        sheet.write_string(0, 0, title, bold)
        sheet.write_row(1, 0, titles, bold)
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, len(titles) - 1, 16)
        sheet.freeze_panes(2, 2)
        for number, line in enumerate(lines, 2):
            for column, cell in enumerate(line):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write_number(number, column, float(cell), money if isinstance(cell, Decimal) else None)

"""What a file would change in a sheet of records now: its cells against those that stand, with what was decided.

Worked out anew each time from what the file said, so that whatever somebody writes meanwhile is seen before anything is
accepted, and again while it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.queries.record_sheets import RecordRow, RecordSheet, column_of, written
from app.services.plan_workbook.comparing import (
    CellDifference,
    Choice,
    Decision,
    Difference,
    RemovalDifference,
    add_line,
    cell_key,
    left_aside,
    staged_problem,
)
from app.services.plan_workbook.reading import ReadCell, ReadForm, ReadLine, ReadRemoval
from app.services.record_sheets import read_record_cell
from gis.problems import Problem


def compare_records(
    read: ReadForm, sheet: RecordSheet, rows: Mapping[str, RecordRow], decisions: Mapping[str, Decision]
) -> Difference:
    """What a file would do to the lines that stand.

    Parameters
    ----------
    rows
        Lines that stand, by their names in the sheet.
    decisions
        Choices that were made, by the name of the difference.
    """
    found = Difference(remarks=read.remarks)
    for problem in read.problems:
        key = problem.where.get("key")
        if key is None or not left_aside(decisions, str(key)):
            staged_problem(problem, decisions, found)
    for cell in read.cells:
        _cell(cell, sheet, rows.get(str(cell.row)), decisions, found)
    for line in read.inserts:
        _insert(line, sheet, decisions, found)
    for removal in read.removals:
        _removal(removal, rows.get(str(removal.row)), decisions, found)
    return found


def row_stamp(difference: Difference, rows: Mapping[str, RecordRow], key: str) -> str | None:
    """What a decision about a difference is made against."""
    for cell in difference.cells:
        if cell.key == key:
            return cell.theirs
    row = rows.get(key[2:]) if key.startswith("r:") else None
    return None if row is None else str(row.version)


def name_of(row: RecordRow) -> str:
    """What a line is called."""
    return str(row.values.get("name") or row.values.get("name_th") or "")[:200]


def _choice(decision: Decision | None, stamp: str | None, conflict: bool) -> Choice | None:
    return decision.choice if decision is not None and (decision.holds(stamp) or not conflict) else None


def _cell(
    cell: ReadCell, sheet: RecordSheet, row: RecordRow | None, decisions: Mapping[str, Decision], found: Difference
) -> None:
    key = cell_key(cell.row, cell.column)
    place = {"sheet": cell.sheet, "address": cell.address, "row": str(cell.row), "column": cell.column, "key": key}
    place["name"] = "" if row is None else name_of(row)
    yours = read_record_cell(sheet, cell.column, cell.value)
    if row is None or isinstance(yours, Problem):
        if not left_aside(decisions, key):
            wrong = Problem("line_gone") if not isinstance(yours, Problem) else yours
            found.problems.append(Problem(wrong.code, "error", {**wrong.where, **place}, wrong.values))
        return
    theirs = written(row.values[cell.column])
    if yours == theirs:
        found.untouched += 1
        return
    conflict = cell.base != theirs
    choice = _choice(decisions.get(key), theirs, conflict)
    found.cells.append(
        CellDifference(
            key,
            cell.row,
            place["name"],
            cell.column,
            cell.sheet,
            cell.address,
            cell.base,
            yours,
            theirs,
            conflict,
            choice,
        )
    )


def _insert(line: ReadLine, sheet: RecordSheet, decisions: Mapping[str, Decision], found: Difference) -> None:
    required: dict[str, Any] = {column.key: None for column in sheet.columns if column.required}
    add_line(line, required | dict(line.cells), partial(read_record_cell, sheet), decisions, found)


def _removal(removal: ReadRemoval, row: RecordRow | None, decisions: Mapping[str, Decision], found: Difference) -> None:
    if row is None:
        return
    changed = any(value != written(row.values.get(column)) for column, value in removal.base.items())
    key = f"r:{removal.row}"
    choice = _choice(decisions.get(key), str(row.version), changed)
    found.removals.append(RemovalDifference(key, removal.row, name_of(row), changed, choice))


def titles_of(sheet: RecordSheet, *, thai: bool) -> dict[str, str]:
    """Titles of the columns by key."""
    return {c.key: c.title_th if thai else c.title_en for c in sheet.columns}


def labels_of(sheet: RecordSheet, *, thai: bool) -> dict[str, dict[str, str]]:
    """Names of the codes of choices, by column."""
    return {c.key: {code: th if thai else en for code, th, en in c.choices} for c in sheet.columns if c.choices}


def is_money(sheet: RecordSheet, key: str) -> bool:
    """True for a column of baht."""
    column = column_of(sheet, key)
    return column is not None and column.type == "money"

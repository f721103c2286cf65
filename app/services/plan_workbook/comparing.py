"""What a workbook would change now: its cells against those that stand, with the choices that were made.

Worked out anew each time from what the file said, so that whatever somebody else writes meanwhile is seen before
anything is accepted, and again while it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Literal, TypeVar

from sqlalchemy.orm import Session

from app.queries.plan_lines import PlanLine
from app.services.plan_cells import CellRules, read_cell, standing
from app.services.plan_sheet import check_removals, with_authors
from app.services.plan_workbook.reading import ReadCell, ReadForm, ReadLine, ReadRemoval
from app.services.sheets import CellChange, CellConflict, NewRow, SheetChanges, SheetOutcome
from gis.problems import Problem

Choice = Literal["mine", "theirs"]


@dataclass(frozen=True)
class Decision:
    """A choice about one difference, and what stood there when it was made."""

    choice: Choice
    theirs: str | None

    def holds(self, theirs: str | None) -> bool:
        """False when somebody wrote something else since."""
        return self.theirs == theirs


@dataclass(frozen=True)
class CellDifference:
    """A cell that would change.

    Parameters
    ----------
    key
        Name of the difference, for a decision.
    base, yours, theirs
        What was downloaded, what the workbook says, and what stands now, in the writing of the sheet.
    conflict
        Somebody else changed it as well.
    choice
        What was decided; a conflict waits for it.
    by, at
        Who wrote what stands, and when; of conflicts only.
    """

    key: str
    row: int | str
    name: str
    column: str
    sheet: str
    address: str
    base: str | None
    yours: str | None
    theirs: str | None
    conflict: bool
    choice: Choice | None
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class NewDifference:
    """A line that would be added, its cells in the writing of the sheet."""

    key: str
    sheet: str
    sheet_row: int
    name: str
    cells: Mapping[str, str | None]
    choice: Choice | None
    remarks: Sequence[str]


@dataclass(frozen=True)
class RemovalDifference:
    """A line that would leave; a conflict when somebody changed it since the download."""

    key: str
    row: int | str
    name: str
    conflict: bool
    choice: Choice | None


_Any = TypeVar("_Any", CellDifference, NewDifference, RemovalDifference)


@dataclass
class Difference:
    """Everything that a workbook would do.

    Parameters
    ----------
    problems
        Errors stop the acceptance, unless the cell or line is left aside (``where["key"]``).
    remarks
        Text boxes and comments, by line.
    """

    cells: list[CellDifference] = field(default_factory=list)
    inserts: list[NewDifference] = field(default_factory=list)
    removals: list[RemovalDifference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    untouched: int = 0

    @property
    def keys(self) -> set[str]:
        """Names of all differences that can be decided on."""
        own = {str(problem.where["key"]) for problem in self.problems if "key" in problem.where}
        return own.union((d.key for d in self.cells), (d.key for d in self.inserts), (d.key for d in self.removals))

    @property
    def undecided(self) -> int:
        """Conflicts that wait for a choice."""
        cells = sum(d.conflict and d.choice is None for d in self.cells)
        return cells + sum(d.conflict and d.choice is None for d in self.removals)

    @property
    def errors(self) -> int:
        """Problems that stop the acceptance."""
        return sum(problem.is_error for problem in self.problems)

    @property
    def counts(self) -> dict[str, int]:
        """What would be written, and what keeps it from being written."""
        return {
            "errors": self.errors,
            "undecided": self.undecided,
            "cells": len(_taken(self.cells)),
            "inserts": len(_taken(self.inserts)),
            "removals": len(_taken(self.removals)),
        }

    @property
    def acceptable(self) -> bool:
        """True when everything is decided and something would be written."""
        counts = self.counts
        return not (counts["errors"] or counts["undecided"]) and any(
            counts[name] for name in ("cells", "inserts", "removals")
        )

    def changes(self, read: ReadForm) -> SheetChanges:
        """The save that it comes to."""
        raw = {(cell.row, cell.column): cell.value for cell in read.cells}
        fresh = {line.key: line for line in read.inserts}
        return SheetChanges(
            cells=[CellChange(str(d.row), d.column, d.theirs, raw[(d.row, d.column)]) for d in _taken(self.cells)],
            inserts=[NewRow(d.key, fresh[d.key.removeprefix("n:")].cells) for d in _taken(self.inserts)],
            removals=[str(d.row) for d in _taken(self.removals)],
        )


def compare(
    session: Session,
    read: ReadForm,
    lines: Mapping[int, PlanLine],
    rules: CellRules,
    decisions: Mapping[str, Decision],
) -> Difference:
    """What a workbook would do to the lines that stand.

    Parameters
    ----------
    session, read
        What the workbook asks for.
    lines, rules
        Lines of the form that stand, by origin, and what its cells may hold.
    decisions
        Choices that were made, by the name of the difference.
    """
    found = Difference(remarks=read.remarks)
    for problem in read.problems:
        staged_problem(problem, decisions, found)
    for cell in read.cells:
        _cell(cell, lines.get(int(cell.row)), rules, decisions, found)
    for line in read.inserts:
        _insert(line, rules, decisions, found)
    for removal in read.removals:
        _removal(removal, lines.get(int(removal.row)), rules, decisions, found)
    _refused_removals(session, lines, found)
    found.cells = _with_authors(session, lines, found.cells)
    return found


def _taken(differences: Sequence[_Any]) -> list[_Any]:
    return [d for d in differences if d.choice != "theirs"]


def cell_key(row: int | str, column: str) -> str:
    """Name of the difference of a cell."""
    return f"c:{row}:{column}"


def staged_problem(problem: Problem, decisions: Mapping[str, Decision], found: Difference) -> None:
    """Keep a problem of the file, unless its cell or its line is left aside."""
    where = dict(problem.where)
    if "row" in where and "column" in where:
        where["key"] = cell_key(where["row"], str(where["column"]))
        if left_aside(decisions, where["key"]) or left_aside(decisions, f"n:{where['row']}"):
            return
    found.problems.append(Problem(problem.code, problem.level, where, problem.values))


def left_aside(decisions: Mapping[str, Decision], key: str) -> bool:
    """True when it was decided that a difference is not taken."""
    decision = decisions.get(key)
    return decision is not None and decision.choice == "theirs"


def _cell(
    cell: ReadCell, line: PlanLine | None, rules: CellRules, decisions: Mapping[str, Decision], found: Difference
) -> None:
    key = cell_key(cell.row, cell.column)
    place = {"sheet": cell.sheet, "address": cell.address, "row": str(cell.row), "column": cell.column, "key": key}
    place["name"] = "" if line is None else line.name_th[:200]
    if line is None or line.ended:
        if not left_aside(decisions, key):
            found.problems.append(Problem("line_gone", "error", place))
        return
    yours = read_cell(rules, cell.column, cell.value)
    if isinstance(yours, Problem):
        if not left_aside(decisions, key):
            values = {**yours.values, "name": line.name_th[:80]}
            found.problems.append(Problem(yours.code, yours.level, {**yours.where, **place}, values))
        return
    theirs = standing(line, cell.column)
    if yours == theirs:
        found.untouched += 1
        return
    past = read_cell(rules, cell.column, cell.base)
    base = None if isinstance(past, Problem) else past
    now = read_cell(rules, cell.column, theirs)
    conflict = base != (theirs if isinstance(now, Problem) else now)
    decision = decisions.get(key)
    choice = decision.choice if decision is not None and (decision.holds(theirs) or not conflict) else None
    found.cells.append(
        CellDifference(
            key, cell.row, line.name_th, cell.column, cell.sheet, cell.address, base, yours, theirs, conflict, choice
        )
    )


def _insert(line: ReadLine, rules: CellRules, decisions: Mapping[str, Decision], found: Difference) -> None:
    add_line(line, {"name_th": None} | dict(line.cells), partial(read_cell, rules), decisions, found)


def add_line(
    line: ReadLine,
    typed: Mapping[str, Any],
    read: Callable[[str, Any], str | Problem | None],
    decisions: Mapping[str, Decision],
    found: Difference,
) -> None:
    """A line that only the file has: its cells, or their problems while it is not left aside."""
    key = f"n:{line.key}"
    left = left_aside(decisions, key)
    cells: dict[str, str | None] = {}
    for column, raw in typed.items():
        value = read(column, raw)
        if not isinstance(value, Problem):
            cells[column] = value
        elif not left:
            address = line.addresses.get(column, f"A{line.sheet_row}")
            place = {"sheet": line.sheet, "address": address, "row": line.key, "column": column, "key": key}
            place["name"] = str(line.cells.get("name_th") or "")[:200]
            found.problems.append(Problem(value.code, value.level, {**value.where, **place}, value.values))
    name = cells.get("name_th") or ""
    choice: Choice | None = "theirs" if left else None
    remarks = found.remarks.get(line.key, [])
    found.inserts.append(NewDifference(key, line.sheet, line.sheet_row, name, cells, choice, remarks))


def _removal(
    removal: ReadRemoval,
    line: PlanLine | None,
    rules: CellRules,
    decisions: Mapping[str, Decision],
    found: Difference,
) -> None:
    if line is None or line.ended:
        return

    def tidy(column: str, value: str | None) -> str | None:
        read = read_cell(rules, column, value)
        return value if isinstance(read, Problem) else read

    changed = any(tidy(c, value) != tidy(c, standing(line, c)) for c, value in removal.base.items())
    key = f"r:{removal.row}"
    stamp = f"{line.id}.{line.row_version}"
    decision = decisions.get(key)
    choice = decision.choice if decision is not None and (decision.holds(stamp) or not changed) else None
    found.removals.append(RemovalDifference(key, removal.row, line.name_th, changed, choice))


def standing_stamp(difference: Difference, lines: Mapping[int, PlanLine], key: str) -> str | None:
    """What a decision about a difference is made against."""
    for cell in difference.cells:
        if cell.key == key:
            return cell.theirs
    if key.startswith("r:"):
        line = lines.get(int(key[2:]))
        return None if line is None else f"{line.id}.{line.row_version}"
    return None


def _refused_removals(session: Session, lines: Mapping[int, PlanLine], found: Difference) -> None:
    """Lines that money was approved for stay in the plan."""
    outcome = SheetOutcome()
    check_removals(session, lines, [str(d.row) for d in _taken(found.removals)], outcome)
    for problem in outcome.problems:
        row = int(problem.where["row"])
        where = {"row": str(row), "key": f"r:{row}"}
        values = {**problem.values, "name": lines[row].name_th[:80]}
        found.problems.append(Problem(problem.code, problem.level, where, values))


def _with_authors(
    session: Session, lines: Mapping[int, PlanLine], cells: Sequence[CellDifference]
) -> list[CellDifference]:
    conflicts = [CellConflict(str(d.row), d.column, d.base, d.yours, d.theirs) for d in cells if d.conflict]
    if not conflicts:
        return list(cells)
    told = {(c.row, c.column): (c.by, c.at) for c in with_authors(session, lines, conflicts)}
    named = []
    for cell in cells:
        by, at = told.get((str(cell.row), cell.column), (None, None))
        named.append(replace(cell, by=by, at=at))
    return named


def decisions_of(kept: Mapping[str, Any]) -> dict[str, Decision]:
    """Decisions as they are kept."""
    return {key: Decision(each["choice"], each.get("theirs")) for key, each in kept.items()}

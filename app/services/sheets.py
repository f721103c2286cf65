"""What every sheet of cells has in common: what a save brings, what collides, and what became of it.

Every cell says what it was when the writer last saw it. Where it is still that, it may be written; where somebody
wrote something else in between, it is a conflict and stays as it is until the writer chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gis.problems import Problem

MOST_CHANGES = 20_000
Cell = str | None
"""A value as a sheet shows it: money with two decimals and no commas, everything else as text; ``None`` is empty."""


@dataclass(frozen=True)
class CellChange:
    """A cell as it was seen and as it shall be. ``row`` is the sheet's own name of a line."""

    row: str
    column: str
    base: Any
    value: Any


@dataclass(frozen=True)
class NewRow:
    """A line to be added. ``key`` is the writer's own name for it until it has one; ``group`` is where it stands."""

    key: str
    cells: Mapping[str, Any]
    group: str = ""


@dataclass(frozen=True)
class SheetChanges:
    """What one save brings. ``merges`` are lines that are taken out into another one, which stays."""

    cells: Sequence[CellChange] = ()
    inserts: Sequence[NewRow] = ()
    removals: Sequence[str] = ()
    restores: Sequence[str] = ()
    merges: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many things it asks for."""
        return len(self.cells) + len(self.inserts) + len(self.removals) + len(self.restores) + len(self.merges)


@dataclass(frozen=True)
class CellConflict:
    """A cell that somebody else wrote first."""

    row: str
    column: str
    base: Cell
    yours: Cell
    theirs: Cell
    by: str | None = None
    at: datetime | None = None


@dataclass
class SheetOutcome:
    """What became of a save.

    Parameters
    ----------
    touched
        Lines that were written, whatever was written.
    inserted
        New lines by the writer's key.
    removed
        Lines that were taken out.
    conflicts, problems
        What was not written, and why; ``where`` of a problem has ``row`` and ``column``.
    found
        What is known of new lines that were not written, by the writer's key: the name of a project whose code was
        right, while another one was not.
    """

    touched: set[str] = field(default_factory=set)
    inserted: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    conflicts: list[CellConflict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    found: dict[str, dict[str, Cell]] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """True when everything can be written."""
        return not self.conflicts and not self.problems


def refuse_merges(changes: SheetChanges, outcome: SheetOutcome) -> None:
    """Only the forms of a plan know lines that go into others; elsewhere each is told as a problem."""
    outcome.problems += [Problem("merge_not_here", where={"row": row}) for row in changes.merges]


def merge_cells(
    cells: Iterable[CellChange],
    standing: Callable[[str, str], Cell],
    read: Callable[[str, Any], Cell | Problem],
    outcome: SheetOutcome,
) -> dict[str, dict[str, Cell]]:
    """What is to be written, by line and column; conflicts and problems go into ``outcome``.

    Parameters
    ----------
    cells
        As they came.
    standing
        (row, column) -> what stands now; raises ``KeyError`` for a line that is not there.
    read
        (column, typed) -> value, or what is wrong with it.
    """
    values: dict[str, dict[str, Cell]] = {}
    for cell in cells:
        value = read(cell.column, cell.value)
        where = {"row": cell.row, "column": cell.column}
        if isinstance(value, Problem):
            outcome.problems.append(Problem(value.code, value.level, {**where, **value.where}, value.values))
            continue
        try:
            now = standing(cell.row, cell.column)
        except KeyError:
            outcome.problems.append(Problem("line_not_found", where=where))
            continue
        if now == value:
            continue
        base = read(cell.column, cell.base)
        seen = None if isinstance(base, Problem) else base
        if now != seen:
            outcome.conflicts.append(CellConflict(cell.row, cell.column, seen, value, now))
            continue
        values.setdefault(cell.row, {})[cell.column] = value
    return values

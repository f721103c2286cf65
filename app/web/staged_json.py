"""Files sent for a sheet as programs get them: every difference in words where codes would say nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.messages import Language
from app.services.plan_workbook.comparing import CellDifference, Difference, NewDifference, RemovalDifference
from app.web.errors import problem_lines

DIFFERENCE_SCHEMA: Mapping[str, Any] = {
    "status": {"enum": ["STAGED", "ACCEPTED", "DISCARDED"]},
    "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    "acceptable": {"type": "boolean"},
    "problems": {"type": "array", "items": {"type": "object"}},
    "cells": {"type": "array", "items": {"type": "object"}},
    "inserts": {"type": "array", "items": {"type": "object"}},
    "removals": {"type": "array", "items": {"type": "object"}},
}


@dataclass(frozen=True)
class Words:
    """How cells are shown.

    Parameters
    ----------
    titles
        Title of a column by key.
    labels
        Name of a code, by column.
    is_money
        True for a column of baht.
    """

    titles: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    is_money: Callable[[str], bool]

    def shown(self, column: str, value: str | None) -> str | None:
        """A value as a person reads it."""
        if value is not None and self.is_money(column):
            return f"{float(value):,.2f}".removesuffix(".00")
        return None if value is None else self.labels.get(column, {}).get(value, value)


def staged_json(head: Any, difference: Difference, words: Words, language: Language) -> dict[str, Any]:
    """The file, what it would do, and what keeps it from being accepted."""
    remarks = difference.remarks
    return {
        "id": head.id,
        "file_name": head.file_name,
        "file_sha256": head.file_sha256,
        "file_bytes": head.file_bytes,
        "status": head.status,
        "ours": bool(head.original["ours"]),
        "downloaded_at": head.original["as_of"],
        "lines": head.original["lines"],
        "sent_by": head.created_by_name,
        "sent_at": head.created_at,
        "decided_by": head.decided_by_name,
        "decided_at": head.decided_at,
        "result": head.result,
        "counts": difference.counts,
        "acceptable": difference.acceptable,
        "already": difference.untouched,
        "problems": [
            {**line, "title": words.titles.get(str(line.get("column")))}
            for line in problem_lines(difference.problems, language)
        ],
        "cells": [_cell(cell, words, remarks.get(str(cell.row), ())) for cell in difference.cells],
        "inserts": [_insert(line, words) for line in difference.inserts],
        "removals": [_removal(line) for line in difference.removals],
    }


def _cell(cell: CellDifference, words: Words, remarks: Sequence[str]) -> dict[str, Any]:
    return {
        "key": cell.key,
        "row": str(cell.row),
        "name": cell.name,
        "column": cell.column,
        "title": words.titles.get(cell.column, cell.column.removeprefix("y")),
        "sheet": cell.sheet,
        "address": cell.address,
        "base": words.shown(cell.column, cell.base),
        "yours": words.shown(cell.column, cell.yours),
        "theirs": words.shown(cell.column, cell.theirs),
        "conflict": cell.conflict,
        "choice": cell.choice,
        "by": cell.by,
        "at": cell.at,
        "remarks": list(remarks),
    }


def _insert(line: NewDifference, words: Words) -> dict[str, Any]:
    return {
        "key": line.key,
        "sheet": line.sheet,
        "sheet_row": line.sheet_row,
        "name": line.name,
        "cells": [
            {"column": column, "title": words.titles.get(column, column), "value": words.shown(column, value)}
            for column, value in line.cells.items()
            if value is not None and column != "name_th"
        ],
        "choice": line.choice,
        "remarks": list(line.remarks),
    }


def _removal(line: RemovalDifference) -> dict[str, Any]:
    return {
        "key": line.key,
        "row": str(line.row),
        "name": line.name,
        "conflict": line.conflict,
        "choice": line.choice,
    }

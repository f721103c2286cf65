"""Sheets of cells as JSON: what the grid reads, what it sends, and what a save answers; the same for every sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.errors import InvalidInput
from app.messages import Language
from app.queries.record_sheets import RecordColumn
from app.services.sheets import CellChange, NewRow, SheetChanges, SheetOutcome
from app.web.errors import problem_lines
from gis.problems import Problem

OBJECT: Mapping[str, Any] = {"type": "object"}
_MOST_TOLD = 200
_CELL: Mapping[str, Any] = {"type": ["string", "number", "null", "object"]}
SHEET_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["title", "editable", "columns", "groups", "rows"],
    "properties": {
        "title": {"type": "string"},
        "editable": {"type": "boolean"},
        "why_read_only": {"type": ["string", "null"]},
        "columns": {"type": "array", "items": OBJECT},
        "groups": {"type": "array", "items": OBJECT},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "group", "version", "cells"],
                "properties": {
                    "id": {"type": "string"},
                    "group": {"type": "string"},
                    "version": {"type": "string"},
                    "cells": {"type": "object", "additionalProperties": _CELL},
                },
            },
        },
    },
}
CHANGES_BODY: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "changes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["row", "column", "base", "value"],
                "properties": {
                    "row": {"type": ["string", "integer"]},
                    "column": {"type": "string"},
                    "base": {"type": ["string", "number", "null"]},
                    "value": {"type": ["string", "number", "null"]},
                },
            },
        },
        "inserts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "cells"],
                "properties": {
                    "key": {
                        "type": "string",
                        "description": "Comes back with the new line. Of 16 to 100 letters it names the line for good:"
                        " sent again, nothing is added twice",
                    },
                    "group": {"type": ["string", "null"]},
                    "cells": OBJECT,
                },
            },
        },
        "deletes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["row"],
                "properties": {
                    "row": {"type": ["string", "integer"]},
                    "into": {
                        "type": ["string", "integer", "null"],
                        "description": "Line of a plan that this one is merged into, which stays",
                    },
                    "version": {"type": ["string", "null"], "description": "Of the line as it was seen"},
                },
            },
        },
        "restores": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["row"],
                "properties": {"row": {"type": ["string", "integer"]}},
            },
        },
        "whole": {"type": "boolean"},
    },
}
CHANGED_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["receipt", "at", "rows", "removed", "conflicts", "problems"],
    "properties": {
        "receipt": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
        "rows": {"type": "array", "items": OBJECT},
        "removed": {"type": "array", "items": {"type": "string"}},
        "conflicts": {"type": "array", "items": OBJECT},
        "problems": {"type": "array", "items": OBJECT},
        "found": {
            "type": "array",
            "description": "What is known of new lines that were not written, by the key that they were sent under",
            "items": {
                "type": "object",
                "required": ["key", "cells"],
                "properties": {"key": {"type": "string"}, "cells": OBJECT},
            },
        },
    },
}


def column_json(column: RecordColumn, language: Language, *, editable: bool, frozen: bool) -> dict[str, Any]:
    """A column of records as the grid reads it."""
    thai = language == "th"
    return {
        "key": column.key,
        "title": column.title_th if thai else column.title_en,
        "type": "text" if column.type == "date" else column.type,
        "width": column.width_px,
        "frozen": frozen,
        "editable": editable and column.type != "readonly",
        "required": column.required,
        "max_length": column.max_length,
        "choices": [{"value": code, "label": name_th if thai else name_en} for code, name_th, name_en in column.choices]
        or None,
        "total": column.total,
        "help": None,
    }


def changes_of(body: dict[str, Any]) -> SheetChanges:
    """The save that a body describes.

    Raises
    ------
    InvalidInput
        ``field_required`` for whatever has not the shape that the schema tells; names that it does not know, a cell
        that is written twice, two new lines under one key.
    """
    problems = _unknown(body, CHANGES_BODY["properties"])
    if not isinstance(body.get("whole", False), bool):
        values = {"given": str(body["whole"])[:40], "expected_th": "true หรือ false", "expected_en": "true or false"}
        problems.append(Problem("invalid_field", where={"field": "whole"}, values=values))

    def items(name: str) -> list[dict[str, Any]]:
        given = body.get(name) or []
        if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
            problems.append(Problem("field_required", where={"field": name}))
            return []
        known = CHANGES_BODY["properties"][name]["items"]["properties"]
        problems.extend(problem for item in given if item.keys() - known.keys() for problem in _unknown(item, known))
        return given

    changes = SheetChanges(
        [CellChange(str(c.get("row")), str(c.get("column")), c.get("base"), c.get("value")) for c in items("changes")],
        [
            NewRow(
                str(line.get("key")),
                cells if isinstance(cells := line.get("cells"), dict) else {},
                str(line.get("group") or ""),
            )
            for line in items("inserts")
        ],
        [str(line.get("row")) for line in items("deletes") if line.get("into") is None],
        [str(line.get("row")) for line in items("restores")],
        {str(line.get("row")): str(line["into"]) for line in items("deletes") if line.get("into") is not None},
    )
    problems += _repeated(changes)
    if problems:
        raise InvalidInput(problems[:_MOST_TOLD])
    return changes


def _unknown(given: Mapping[str, Any], known: Mapping[str, Any]) -> list[Problem]:
    values = {"allowed": ", ".join(known)}
    names = sorted(given.keys() - known.keys())
    return [Problem("field_not_editable", where={"field": name[:80]}, values=values) for name in names]


def _repeated(changes: SheetChanges) -> list[Problem]:
    """Of two values for one cell, and of two lines under one name, nobody could say which one was stored."""
    cells = Counter((cell.row, cell.column) for cell in changes.cells)
    keys = Counter(line.key for line in changes.inserts)
    problems = [
        Problem("cell_repeated", where={"row": row[:80], "column": column[:80]})
        for (row, column), count in cells.items()
        if count > 1
    ]
    return problems + [
        Problem("insert_key_repeated", where={"row": key[:80]}, values={"key": key[:80]})
        for key, count in keys.items()
        if count > 1
    ]


def saved_json(
    outcome: SheetOutcome,
    rows: Sequence[dict[str, Any]],
    removed: Sequence[str],
    receipt: str,
    at: Any,
    language: Language,
) -> dict[str, Any]:
    """What became of a save. ``rows`` are the touched lines as they stand now, ``removed`` those that are gone."""
    keys = {row: key for key, row in outcome.inserted.items()}
    return {
        "receipt": receipt,
        "at": at,
        "rows": [{**row, "key": keys[row["id"]]} if row["id"] in keys else row for row in rows],
        "removed": list(removed),
        "conflicts": [asdict(conflict) for conflict in outcome.conflicts],
        "problems": [
            {**line, "suggestion": problem.values.get("suggestion")}
            for line, problem in zip(problem_lines(outcome.problems, language), outcome.problems, strict=True)
        ],
        "found": [{"key": key, "cells": cells} for key, cells in outcome.found.items()],
    }

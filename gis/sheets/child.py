"""The process that reads a workbook: run as a program with a request on standard input, its cells on its output.

What it writes: for each sheet a frame with what is known of it, frames with its rows, and at the end a frame that says
how the reading ended. Run by its path, so that nothing is loaded before it is confined.
"""

from __future__ import annotations

import json
import mimetypes
import os
import sys
from pathlib import Path
from typing import IO, Any

from gis.confined_process import LENGTH, only_output
from gis.confinement import confine

_ROWS_A_FRAME = 500


def main() -> None:
    """Confine this process, read the workbook, end at once."""
    request = json.loads(sys.stdin.buffer.read())
    out = only_output()
    file, folder = Path(request["path"]), Path(request["folder"])
    granted = confine(file, folder, **request["process"])
    # openpyxl asks for the types of the files of this machine, which are out of reach.
    mimetypes.knownfiles.clear()
    try:
        _write(out, file, request, sorted(granted))
        out.close()
    except BrokenPipeError:
        pass  # nobody waits for the cells any more
    os._exit(0)


def _write(out: IO[bytes], file: Path, request: dict[str, Any], granted: list[str]) -> None:
    from gis.problems import Problem
    from gis.sheets.cells import SheetLimits, WorkbookError, check_workbook, sheets_of

    limits = SheetLimits(**request["limits"])
    warnings: list[Problem] = []
    problem = None
    try:
        warnings = check_workbook(file, limits)
        for sheet in sheets_of(file, limits):
            notes = [[note.row, note.last_row, note.column, note.text] for note in sheet.notes]
            known = {"merged": sheet.merged, "notes": notes, "without_value": sorted(sheet.without_value)}
            _frame(out, {"sheet": sheet.name, "hidden": sheet.hidden, **known})
            for first in range(0, len(sheet.rows), _ROWS_A_FRAME):
                _frame(out, {"rows": sheet.rows[first : first + _ROWS_A_FRAME]})
    except WorkbookError as error:
        problem = error.problem
    except MemoryError:
        problem = Problem("file_reader_out_of_memory", values={"limit_mb": limits.memory_bytes >> 20})
    told = None if problem is None else problem.as_dict()
    _frame(out, {"end": True, "granted": granted, "problem": told, "warnings": [w.as_dict() for w in warnings]})


def _frame(out: IO[bytes], content: dict[str, Any]) -> None:
    import orjson

    text = orjson.dumps(content, default=str)
    out.write(LENGTH.pack(len(text)) + text)


if __name__ == "__main__":
    main()

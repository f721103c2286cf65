"""A workbook read by a process of its own, whole or not at all."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from gis.confined_process import ConfinedProcess, Stopped
from gis.problems import Problem
from gis.sheets.cells import Note, SheetCells, SheetLimits, WorkbookError

_logger = logging.getLogger(__name__)
_CHILD = Path(__file__).resolve().parent / "child.py"
_OF_THE_PROCESS = ("memory_bytes", "cpu_s", "open_files", "file_bytes", "wait_s")


@dataclass(frozen=True)
class Workbook:
    """Sheets of a workbook in their order, and what was left aside."""

    sheets: tuple[SheetCells, ...]
    warnings: tuple[Problem, ...] = ()


def read_workbook(path: Path, limits: SheetLimits | None = None) -> Workbook:
    """Every cell of an XLSX workbook.

    Raises
    ------
    WorkbookError
        The file is no workbook, is damaged, encrypted, has macros, holds more than the limits, or its process was
        stopped (``file_reader_stopped``, ``file_reader_out_of_time``, ``file_reader_out_of_memory``).
    """
    limits = limits or SheetLimits()
    folder = Path(tempfile.mkdtemp(prefix="sheets-"))
    request = {"path": os.fspath(path.resolve()), "limits": asdict(limits)}
    of_process = {name: getattr(limits, name) for name in _OF_THE_PROCESS}
    try:
        with ConfinedProcess(_CHILD, folder, request, **of_process) as process:
            return _received(process)
    except Stopped as stopped:
        raise WorkbookError(stopped.problem.code, **stopped.problem.values) from stopped
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _received(process: ConfinedProcess) -> Workbook:
    sheets: list[SheetCells] = []
    while True:
        frame = process.frame()
        if "end" in frame:
            _logger.debug("workbook confined by %s", frame["granted"])
            if frame["problem"] is not None:
                raise WorkbookError(frame["problem"]["code"], **frame["problem"]["values"])
            return Workbook(tuple(sheets), tuple(Problem(**warning) for warning in frame["warnings"]))
        if "rows" in frame:
            sheets[-1].rows += [(int(number), tuple(cells)) for number, cells in frame["rows"]]
            continue
        sheet = SheetCells(str(frame["sheet"]), bool(frame["hidden"]))
        sheet.merged = [tuple(each) for each in frame["merged"]]
        sheet.without_value = {(row, column) for row, column in frame["without_value"]}
        sheet.notes = [Note(*each) for each in frame["notes"]]
        sheets.append(sheet)

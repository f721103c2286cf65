"""A file read by a process of its own: the facts at once, the rows as they come, nothing left behind.

The process is a fresh interpreter, not a copy of this one: no database connection, no secret in its environment, and
nothing of GDAL in this process. Whatever becomes of it - killed by a limit, crashed inside a library, too slow - is a
problem with a code and never an error of the platform.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pyarrow as pa

from gis.confined_process import ConfinedProcess, Stopped
from gis.problems import Problem
from gis.readers.limits import ReaderLimits
from gis.readers.source import EncodingGuess, LayerInfo, ReadError, ReadSource, unreadable

_logger = logging.getLogger(__name__)
_CHILD = Path(__file__).resolve().parent / "child.py"
_OF_THE_PROCESS = ("memory_bytes", "cpu_s", "open_files", "file_bytes", "wait_s")


@contextmanager
def open_source(
    path: Path,
    *,
    encoding: str | None = None,
    epsg: int | None = None,
    layer: str | None = None,
    name: str | None = None,
    limits: ReaderLimits | None = None,
) -> Iterator[ReadSource]:
    """Open a file for reading in a process of its own that ends with the block.

    Parameters
    ----------
    path
        The file; its name does not matter.
    encoding, epsg, layer
        What a person decided; None lets the file and its numbers decide.
    name
        Name that people know the file by.
    limits
        How much the reading may take.

    Yields
    ------
    ReadSource
        Nothing is raised for a bad file: it comes back with errors and without rows. Its rows can be read once;
        reading them raises :class:`~gis.readers.source.ReadError` when the file is broken further on or its process
        was stopped (``file_reader_stopped``, ``file_reader_out_of_time``, ``file_reader_out_of_memory``).
    """
    limits = limits or ReaderLimits()
    choices = {"encoding": encoding, "epsg": epsg, "layer": layer, "name": name or Path(path).name}
    folder = Path(tempfile.mkdtemp(prefix="read-"))
    try:
        with _Reader(Path(path).resolve(), folder, choices, limits) as reader:
            yield reader.source()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Reader(ConfinedProcess):
    """One process and what it sends."""

    def __init__(self, path: Path, folder: Path, choices: Mapping[str, Any], limits: ReaderLimits) -> None:
        given = asdict(limits)
        request = {"path": os.fspath(path), "choices": choices, "limits": given}
        super().__init__(_CHILD, folder, request, **{name: given[name] for name in _OF_THE_PROCESS})

    def __enter__(self) -> _Reader:
        return self

    def source(self) -> ReadSource:
        try:
            facts = self.frame()
        except Stopped as stopped:
            return unreadable("", stopped.problem)
        _logger.debug("reader confined by %s", facts["granted"])
        return _source(facts, self.rows if facts["rows"] else None)

    def rows(self) -> Iterator[pa.RecordBatch]:
        try:
            with pa.PythonFile(self.pipe, "r") as file, pa.ipc.open_stream(file) as stream:
                yield from stream
            ended = self.frame()["problem"]
        except Stopped as stopped:
            raise ReadError(stopped.problem) from stopped
        except (pa.ArrowException, OSError) as error:
            raise ReadError(self.why_stopped()) from error
        if ended is not None:
            raise ReadError(Problem(**ended))


def _source(facts: Mapping[str, Any], stream: Any) -> ReadSource:
    guess = facts["encoding_guess"]
    made = {
        "layers": tuple(LayerInfo(*layer) for layer in facts["layers"]),
        "encoding_guess": None if guess is None else EncodingGuess(*guess),
        "crs_candidates": tuple(facts["crs_candidates"]),
        "columns": tuple(facts["columns"]),
        "place_columns": tuple(facts["place_columns"]),
        "sample": tuple(facts["sample"]),
        "problems": tuple(Problem(**problem) for problem in facts["problems"]),
        "stream": stream,
    }
    plain = {field.name: facts[field.name] for field in fields(ReadSource) if field.name not in made}
    return ReadSource(**plain, **made)

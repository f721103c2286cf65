"""A file read by a process of its own: the facts at once, the rows as they come, nothing left behind.

The process is a fresh interpreter, not a copy of this one: no database connection, no secret in its environment, and
nothing of GDAL in this process. Whatever becomes of it - killed by a limit, crashed inside a library, too slow - is a
problem with a code and never an error of the platform.
"""

from __future__ import annotations

import compileall
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from gis.problems import Problem
from gis.readers.child import LENGTH
from gis.readers.limits import ReaderLimits
from gis.readers.source import EncodingGuess, LayerInfo, ReadError, ReadSource, unreadable

_logger = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
_MOST_AT_ONCE = 1 << 20
_LARGEST_FRAME = 16 << 20
_OF_THE_PROCESS = ("memory_bytes", "cpu_s", "open_files", "file_bytes")
# All that is passed on of this process's environment: where libraries and their data lie.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA", "LANG", "LC_ALL", "TZ")
# One thread each: the address space that more would take is part of the limit. Arrow's own pool would keep what it got.
_CALM = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYTHONDONTWRITEBYTECODE": "1",
}


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


class _Stopped(Exception):
    """The process gave nothing more; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _Reader:
    """One process and what it sends."""

    def __init__(self, path: Path, folder: Path, choices: Mapping[str, Any], limits: ReaderLimits) -> None:
        self.limits = limits
        self.notes = folder / "stderr"
        given = asdict(limits)
        request = {
            "path": os.fspath(path),
            "folder": os.fspath(folder / "files"),
            "choices": choices,
            "process": {name: given[name] for name in _OF_THE_PROCESS},
            "limits": given,
        }
        (folder / "files").mkdir()
        (folder / "request").write_text(json.dumps(request))
        _compile_once()
        output, written = os.pipe()
        self.pipe = _Pipe(output, limits.wait_s)
        try:
            with (folder / "request").open("rb") as asked, self.notes.open("wb") as notes:
                self.process = subprocess.Popen(
                    [sys.executable, "-s", "-P", os.fspath(_ROOT / "gis" / "readers" / "child.py")],
                    stdin=asked,
                    stdout=written,
                    stderr=notes,
                    cwd=folder,
                    env=_environment(folder / "files"),
                )
        except BaseException:
            os.close(output)
            raise
        finally:
            os.close(written)

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.pipe.descriptor)

    def source(self) -> ReadSource:
        try:
            facts = self.frame()
        except _Stopped as stopped:
            return unreadable("", stopped.problem)
        _logger.debug("reader confined by %s", facts["granted"])
        return _source(facts, self.rows if facts["rows"] else None)

    def rows(self) -> Iterator[pa.RecordBatch]:
        try:
            with pa.PythonFile(self.pipe, "r") as file, pa.ipc.open_stream(file) as stream:
                yield from stream
            ended = self.frame()["problem"]
        except _Stopped as stopped:
            raise ReadError(stopped.problem) from stopped
        except (pa.ArrowException, OSError) as error:
            raise ReadError(self.why_stopped()) from error
        if ended is not None:
            raise ReadError(Problem(**ended))

    def frame(self) -> dict[str, Any]:
        """The next frame.

        Raises
        ------
        _Stopped
            When there is none.
        """
        head = self.pipe.read(LENGTH.size)
        size = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else _LARGEST_FRAME + 1
        text = self.pipe.read(size) if size <= _LARGEST_FRAME else b""
        if len(text) != size:
            raise _Stopped(self.why_stopped())
        content: dict[str, Any] = orjson.loads(text)
        return content

    def why_stopped(self) -> Problem:
        """What became of a process that ended too early."""
        if self.pipe.out_of_time:
            return Problem("file_reader_out_of_time", values={"limit_s": round(self.limits.wait_s)})
        try:
            code = self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        said = self.notes.read_bytes()[-2000:].decode(errors="replace")
        _logger.warning("reading process ended with %s: %s", code, said)
        if code == -signal.SIGXCPU:
            return Problem("file_reader_out_of_time", values={"limit_s": self.limits.cpu_s})
        if "MemoryError" in said or "bad_alloc" in said or "memory" in said.lower():
            return Problem("file_reader_out_of_memory", values={"limit_mb": self.limits.memory_bytes >> 20})
        return Problem("file_reader_stopped", values={"ended_with": code})


class _Pipe:
    """The output of the process as a file that does not wait for ever."""

    closed = False

    def __init__(self, descriptor: int, patience_s: float) -> None:
        self.descriptor = descriptor
        self.patience_s = patience_s
        self.out_of_time = False
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def read(self, size: int = -1) -> bytes:
        """Exactly ``size`` bytes, fewer only at the end."""
        pieces, missing = [], size
        while missing > 0 and (piece := self._piece(min(missing, _MOST_AT_ONCE))):
            pieces.append(piece)
            missing -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        started = time.monotonic()
        ready = self._poll.poll(max(0.0, self.patience_s) * 1000)
        self.patience_s -= time.monotonic() - started
        if not ready:
            self.out_of_time = True
            return b""
        return os.read(self.descriptor, size)

    def close(self) -> None:
        """The descriptor is closed when the process is known to have ended."""


@cache
def _compile_once() -> None:
    """Bytecode of what the reading process loads, which it may not write itself."""
    compileall.compile_dir(_ROOT / "gis", quiet=2)


def _environment(folder: Path) -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed, **_CALM, "PYTHONPATH": os.fspath(_ROOT), "TMPDIR": os.fspath(folder)}


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

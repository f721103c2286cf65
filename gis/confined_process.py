"""A process of its own for what strangers made: started fresh, confined, read with patience, killed afterwards.

The process is a fresh interpreter, not a copy of this one: no database connection and no secret in its environment.
What it writes are frames of JSON with their length in front (8 bytes, little endian), and whatever is agreed between
them. Run by its path: as a module of its package it would load libraries, and with them threads, before it is confined.
"""

from __future__ import annotations

import compileall
import json
import logging
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from gis.problems import Problem

LENGTH = struct.Struct("<Q")
_logger = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[1]
_MOST_AT_ONCE = 1 << 20
_ASKED_EVERY_S = 1.0
_LARGEST_FRAME = 16 << 20
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


class Stopped(Exception):
    """The process gave nothing more; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class ConfinedProcess:
    """One process and what it sends; ends with the block.

    Parameters
    ----------
    program
        Path of the program; it confines itself first thing.
    folder
        Private folder: the request, what the process says on standard error, and ``files`` where it may write.
    request
        What is asked, JSON; ``folder`` and ``process`` (its limits) are put in here.
    memory_bytes, cpu_s, open_files, file_bytes, wait_s
        Limits, as in :class:`gis.readers.limits.ReaderLimits`.
    waiting
        Called every second while the process is silent; what it raises ends the process.
    """

    def __init__(
        self,
        program: Path,
        folder: Path,
        request: Mapping[str, Any],
        *,
        memory_bytes: int,
        cpu_s: int,
        open_files: int,
        file_bytes: int,
        wait_s: float,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        self.wait_s, self.cpu_s, self.memory_bytes = wait_s, cpu_s, memory_bytes
        self.notes = folder / "stderr"
        limits = {"memory_bytes": memory_bytes, "cpu_s": cpu_s, "open_files": open_files, "file_bytes": file_bytes}
        (folder / "files").mkdir()
        asked = {**request, "folder": os.fspath(folder / "files"), "process": limits}
        (folder / "request").write_text(json.dumps(asked))
        _compile_once()
        output, written = os.pipe()
        self.pipe = Pipe(output, wait_s, waiting)
        try:
            with (folder / "request").open("rb") as given, self.notes.open("wb") as notes:
                self.process = subprocess.Popen(
                    [sys.executable, "-s", "-P", os.fspath(program)],
                    stdin=given,
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

    def __enter__(self) -> ConfinedProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.pipe.descriptor)

    def frame(self) -> dict[str, Any]:
        """The next frame.

        Raises
        ------
        Stopped
            When there is none.
        """
        head = self.pipe.read(LENGTH.size)
        size = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else _LARGEST_FRAME + 1
        text = self.pipe.read(size) if size <= _LARGEST_FRAME else b""
        if len(text) != size:
            raise Stopped(self.why_stopped())
        content: dict[str, Any] = json.loads(text)
        return content

    def blob(self, size: int, most: int) -> bytes:
        """The next ``size`` bytes as they are, at most ``most``.

        Raises
        ------
        Stopped
            When there are fewer, or more are announced than allowed.
        """
        content = self.pipe.read(size) if 0 <= size <= most else b""
        if len(content) != size:
            raise Stopped(self.why_stopped())
        return content

    def why_stopped(self) -> Problem:
        """What became of a process that ended too early."""
        if self.pipe.out_of_time:
            return Problem("file_reader_out_of_time", values={"limit_s": round(self.wait_s)})
        try:
            code = self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        said = self.notes.read_bytes()[-2000:].decode(errors="replace")
        _logger.warning("reading process ended with %s: %s", code, said)
        if code == -signal.SIGXCPU:
            return Problem("file_reader_out_of_time", values={"limit_s": self.cpu_s})
        if "MemoryError" in said or "bad_alloc" in said or "memory" in said.lower():
            return Problem("file_reader_out_of_memory", values={"limit_mb": self.memory_bytes >> 20})
        return Problem("file_reader_stopped", values={"ended_with": code})


class Pipe:
    """The output of the process as a file that does not wait for ever."""

    closed = False

    def __init__(self, descriptor: int, patience_s: float, waiting: Callable[[], None] | None = None) -> None:
        self.descriptor = descriptor
        self.patience_s = patience_s
        self.waiting = waiting
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
        while not self._ready():
            if self.patience_s <= 0:
                self.out_of_time = True
                return b""
            if self.waiting:
                self.waiting()
        return os.read(self.descriptor, size)

    def _ready(self) -> bool:
        started = time.monotonic()
        wait_s = min(self.patience_s, _ASKED_EVERY_S) if self.waiting else self.patience_s
        ready = self._poll.poll(max(0.0, wait_s) * 1000)
        self.patience_s -= time.monotonic() - started
        return bool(ready)

    def close(self) -> None:
        """The descriptor is closed when the process is known to have ended."""


@cache
def _compile_once() -> None:
    """Bytecode of what the reading process loads, which it may not write itself."""
    compileall.compile_dir(_ROOT / "gis", quiet=2)


def _environment(folder: Path) -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed, **_CALM, "PYTHONPATH": os.fspath(_ROOT), "TMPDIR": os.fspath(folder)}


def only_output() -> IO[bytes]:
    """In the process: standard output for the frames alone; what a library prints goes to standard error."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return out

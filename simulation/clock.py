"""The clock of the simulated year: libfaketime in this process, in PostgreSQL and in everything either starts.

The product asks the system what time it is, in Python and in SQL. Nothing in it is told that a year is simulated:
``LD_PRELOAD`` puts libfaketime between a program and the C library, and a file says by how many seconds the clock is
off. Only the wall clock: what measures how long something takes goes on as it is.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Bangkok")
_FILE = "FAKETIME_TIMESTAMP_FILE"
_LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1")


def library() -> Path | None:
    """libfaketime of Debian's package ``faketime``; None where it is not installed."""
    found = [path for pattern in _LIBRARIES for path in Path("/").glob(pattern.removeprefix("/"))]
    return found[0] if found else None


def environment(preload: Path, offset_file: Path) -> dict[str, str]:
    """What a program is started with so that ``offset_file`` sets its clock."""
    return {
        "LD_PRELOAD": str(preload),
        _FILE: str(offset_file),
        # Read at every question: a day that begins has begun for everybody at once.
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def start_again(preload: Path, offset_file: Path, command: list[str]) -> None:
    """Go on as a new process whose clock can be set; does not return."""
    _write(offset_file, 0.0)
    everything = {**os.environ, **environment(preload, offset_file)}
    os.execve(sys.executable, [sys.executable, *command], everything)  # noqa: S606  no shell wanted


def is_set(environ: Mapping[str, str] = os.environ) -> bool:
    """True in a process whose clock can be set."""
    return _FILE in environ


def folder() -> Path:
    """Where this process's clock lies."""
    return Path(os.environ[_FILE]).parent


class Clock:
    """Hands of the clock. It only goes forward, and between two settings it goes by itself."""

    def __init__(self) -> None:
        self._file = Path(os.environ[_FILE])
        _write(self._file, 0.0)
        self._real_at_start = time.time()
        self._started = time.monotonic()

    def set(self, moment: datetime) -> None:
        """Make it ``moment`` for every process that looks at this clock."""
        real = self._real_at_start + time.monotonic() - self._started
        _write(self._file, moment.timestamp() - real)
        off = abs((datetime.now(ZONE) - moment).total_seconds())
        if off > 1:
            raise RuntimeError(f"the clock could not be set: it is {off:.0f} s off")


def _write(path: Path, offset_s: float) -> None:
    """In one step: a reader finds the old offset or the new one, never half of one."""
    made = path.with_suffix(".new")
    made.write_text(f"{offset_s:+.3f}\n", encoding="ascii")
    made.chmod(0o644)
    made.replace(path)

"""Analyses that take seconds of a processor: few at once, so that the rest of the site keeps answering."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import Unavailable

AT_ONCE, TAKEN = 2, 3
"""How many are computed at once in a process, and how many are taken, of its four threads: one is always free."""
_WAIT_S = 20.0
_taken, _computing = threading.BoundedSemaphore(TAKEN), threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def heavy() -> Iterator[None]:
    """One of the few; whoever comes when all are taken is told at once.

    Raises
    ------
    Unavailable
        ``analysis_busy``.
    """
    if not _taken.acquire(blocking=False):
        raise Unavailable("analysis_busy")
    try:
        if not _computing.acquire(timeout=_WAIT_S):
            raise Unavailable("analysis_busy")
        try:
            yield
        finally:
            _computing.release()
    finally:
        _taken.release()

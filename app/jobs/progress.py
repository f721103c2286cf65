"""Progress of a job in its own short transactions, so that the bar moves while the work's transaction is open."""

from __future__ import annotations

import threading
import time

from app.db import Database
from app.services import jobs

WRITE_EVERY_S = 0.5


class Interrupted(Exception):
    """The worker is stopping: the work is undone now and done again by the next worker."""


class JobProgress:
    """Writes how far a job is and hears whether it should stop.

    Parameters
    ----------
    stopping
        Set when the worker was told to stop.
    """

    def __init__(self, database: Database, job_id: int, stopping: threading.Event) -> None:
        self._database = database
        self._job_id = job_id
        self._stopping = stopping
        self._written_at = 0.0
        self._text = ""

    def step(self, done: int, total: int | None, text: str) -> None:
        """Tell how far the work is; writes at most twice a second, always when the step's name changes.

        Raises
        ------
        app.services.jobs.Cancelled
            The owner asked to stop.
        Interrupted
            The worker is stopping.
        """
        if self._stopping.is_set():
            raise Interrupted
        now = time.monotonic()
        if text == self._text and done != total and now - self._written_at < WRITE_EVERY_S:
            return
        self._written_at, self._text = now, text
        with self._database.transaction() as session:
            cancel = jobs.report(session, self._job_id, done, total, text)
        if cancel:
            raise jobs.Cancelled


class StopsWith:
    """Progress of what the worker does by itself: nobody watches, but it stops with the worker."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping

    def step(self, _done: int, _total: int | None, _text: str) -> None:
        """Go on, or stop with the worker.

        Raises
        ------
        Interrupted
            The worker is stopping.
        """
        if self._stopping.is_set():
            raise Interrupted

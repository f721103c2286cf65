"""Works cut at the borders of tambons until none is left, a transaction a batch."""

from __future__ import annotations

import threading

from app.db import Database
from app.services.work_parts import cut_works


def cut_all_works(database: Database, stopping: threading.Event | None = None) -> None:
    """Cut every work that has no parts yet."""
    last: int | None = 0
    while last is not None and not (stopping and stopping.is_set()):
        with database.transaction() as session:
            last = cut_works(session, after=last)

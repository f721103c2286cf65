"""Works cut at the borders of tambons until none is left, a transaction a batch."""

from __future__ import annotations

import threading

from app.db import Database
from app.services.work_parts import WORKS_A_BATCH, cut_works


def cut_all_works(database: Database, stopping: threading.Event | None = None) -> int:
    """Cut every work that has no parts yet; how many were cut."""
    total = 0
    while stopping is None or not stopping.is_set():
        with database.transaction() as session:
            done = cut_works(session)
        total += done
        if done < WORKS_A_BATCH:
            break
    return total

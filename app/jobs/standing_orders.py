"""Files that are made again and again: what is due goes into the queue, and the queue makes it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from app.errors import AppError, ReadOnly
from app.jobs.progress import Interrupted
from app.jobs.registry import JobRun, handler
from app.services import jobs, standing_orders

log = logging.getLogger(__name__)


@handler(standing_orders.KIND)
def make_copy(run: JobRun) -> Mapping[str, Any]:
    """Make one copy; why it could not be made stays in its place. Run again after a worker's death it begins anew."""
    copy_id = int(run.parameters["copy"])
    try:
        return standing_orders.make(run.database, run.actor, copy_id, run.settings, run.progress)
    except (Interrupted, ReadOnly, jobs.Cancelled):
        raise
    except AppError as error:
        _note(run, copy_id, {"code": error.code, "values": dict(error.values)})
        raise
    except Exception:
        _note(run, copy_id, {"code": "job_failed", "values": {"reference": run.job_id}})
        raise


def _note(run: JobRun, copy_id: int, error: Mapping[str, Any]) -> None:
    with run.database.transaction() as session:
        standing_orders.note_failure(session, copy_id, error)

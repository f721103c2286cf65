"""Comparing a list of contracts or payments with the projects of its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import upload_dir
from app.errors import InvalidInput
from app.jobs.registry import JobRun, handler
from app.models import BackgroundJob, MatchBatch
from app.services import jobs
from app.services.matching import batches

COMPARE = "match_compare"


@handler(COMPARE)
def compare(run: JobRun) -> Mapping[str, Any]:
    """Compare; a file that cannot be read leaves the batch as FAILED with the reasons."""
    batch_id = int(run.parameters["batch"])
    try:
        with run.database.transaction(run.attribution) as session:
            batch = batches.compare(session, run.actor, batch_id, upload_dir(run.settings), run.progress)
            return {"batch": batch_id, "rows": batch.row_count, "url": f"/matches/{batch_id}"}
    except InvalidInput as error:
        with run.database.transaction(run.attribution) as session:
            batches.fail(session, batch_id, error.problems)
        raise


def enqueue_compare(session: Session, actor: Actor, batch: MatchBatch, title: str) -> BackgroundJob:
    """Put the comparison of a batch in the queue, in the transaction that wrote the batch."""
    job = jobs.enqueue(session, COMPARE, title, {"batch": batch.id}, actor, lock=f"match:{batch.id}")
    batch.background_job_id = job.id
    session.flush()
    return job

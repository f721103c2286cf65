"""Staging, accepting and undoing files in the worker: one thin handler per service call."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import Attribution, upload_dir
from app.errors import InvalidInput
from app.jobs.registry import JobRun, handler
from app.models import BackgroundJob, ImportBatch
from app.services import imports, jobs

STAGE = "import_stage"
ACCEPT = "import_accept"
UNDO = "import_undo"


@handler(STAGE)
def stage(run: JobRun) -> Mapping[str, Any]:
    """Stage a batch; a file that cannot be read leaves the batch as FAILED with the reasons."""
    batch_id = int(run.parameters["batch"])
    if not _is_newest(run, batch_id):
        return {"batch": batch_id, "superseded": True}
    try:
        with run.database.transaction(_attribution(run, batch_id)) as session:
            batch = imports.stage(session, run.actor, batch_id, upload_dir(run.settings), run.progress)
            return {"batch": batch_id, "rows": batch.row_count, "errors": batch.error_count}
    except InvalidInput as error:
        with run.database.transaction(run.attribution) as session:
            imports.reopen(session, batch_id, error.problems)
        raise


@handler(ACCEPT)
def accept(run: JobRun) -> Mapping[str, Any]:
    """Accept a batch, all or nothing."""
    batch_id = int(run.parameters["batch"])
    with run.database.transaction(_attribution(run, batch_id)) as session:
        return imports.accept(session, run.actor, batch_id, run.progress).as_dict()


@handler(UNDO)
def undo(run: JobRun) -> Mapping[str, Any]:
    """Take an accepted batch back, all or nothing."""
    batch_id = int(run.parameters["batch"])
    with run.database.transaction(_attribution(run, batch_id)) as session:
        return imports.undo(session, run.actor, batch_id, run.progress).as_dict()


def _attribution(run: JobRun, batch_id: int) -> Attribution:
    with run.database.reading() as session:
        behalf = session.scalar(sa.select(ImportBatch.on_behalf_of).where(ImportBatch.id == batch_id))
    return dataclasses.replace(run.attribution, on_behalf_of=behalf)


def _is_newest(run: JobRun, batch_id: int) -> bool:
    """False when the person has changed the choices again meanwhile: the later job does the work."""
    with run.database.reading() as session:
        newest = session.scalar(sa.select(ImportBatch.background_job_id).where(ImportBatch.id == batch_id))
    return newest is None or newest == run.job_id


def enqueue_stage(session: Session, actor: Actor, batch: ImportBatch, title: str) -> BackgroundJob:
    """Put the staging of a batch in the queue, in the transaction that wrote the batch."""
    return _enqueue(session, actor, batch, STAGE, title)


def enqueue_accept(session: Session, actor: Actor, batch: ImportBatch, title: str) -> BackgroundJob:
    """Put the acceptance of a batch in the queue."""
    return _enqueue(session, actor, batch, ACCEPT, title)


def enqueue_undo(session: Session, actor: Actor, batch: ImportBatch, title: str) -> BackgroundJob:
    """Put the undoing of an accepted batch in the queue."""
    return _enqueue(session, actor, batch, UNDO, title)


def _enqueue(session: Session, actor: Actor, batch: ImportBatch, kind: str, title: str) -> BackgroundJob:
    job = jobs.enqueue(session, kind, title, {"batch": batch.id}, actor, lock=f"import:{batch.id}")
    batch.background_job_id = job.id
    session.flush()
    return job

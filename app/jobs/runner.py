"""Run one job from its row to its end: attempts, attribution, progress, errors in the subject's words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR, Actor
from app.auth.loading import actor_by_username
from app.db import SYSTEM, Attribution, Database
from app.errors import AppError, InvalidInput, ReadOnly, Unavailable
from app.jobs import registry
from app.jobs.progress import Interrupted, JobProgress
from app.models import BackgroundJob, UserAccount
from app.services import jobs
from app.settings import Settings

log = logging.getLogger(__name__)


class DatabaseLost(Unavailable):
    """The connection broke under the job: nothing of it is written, the queue tries again."""

    def __init__(self) -> None:
        super().__init__("database_lost")


def run(database: Database, settings: Settings, job_id: int, stopping: threading.Event) -> None:
    """Run job ``job_id`` to its end.

    Raises
    ------
    Interrupted, ReadOnly, DatabaseLost
        The queue must bring the job again.
    """
    try:
        with _only_one(database, job_id):
            _run(database, settings, job_id, stopping)
    except sa.exc.OperationalError as error:
        log.warning("job %s lost the database: %s", job_id, error.orig)
        raise DatabaseLost from error


@contextmanager
def _only_one(database: Database, job_id: int) -> Iterator[None]:
    """Hold the job's advisory lock on a connection of its own.

    The server frees it in the moment this process dies, which is how an orphaned job is known (no time limit has to
    be guessed), and nobody runs the same job twice at once.
    """
    with database.engine.connect() as connection:
        key = {"class": jobs.LOCK_CLASS, "job": job_id}
        connection.execute(sa.text("SELECT pg_advisory_lock(:class, :job)"), key)
        connection.commit()
        try:
            yield
        finally:
            if not connection.invalidated:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:class, :job)"), key)
                connection.commit()


def _run(database: Database, settings: Settings, job_id: int, stopping: threading.Event) -> None:
    with database.transaction() as session:
        job = jobs.start(session, job_id)
        if job is None:
            return
        actor, attribution = _who(session, job)
    progress = JobProgress(database, job_id, stopping)
    run_ = registry.JobRun(
        job_id=job_id,
        kind=job.kind,
        parameters=job.parameters,
        actor=actor,
        attribution=attribution,
        database=database,
        settings=settings,
        progress=progress,
    )
    try:
        result = registry.find(job.kind)(run_)
    except (Interrupted, ReadOnly):
        # Told to stop, or nobody's work is written now: the queue brings it again.
        with database.transaction() as session:
            jobs.wait_again(session, job_id)
        raise
    except jobs.Cancelled:
        _end_badly(database, job_id, {"code": "job_cancelled", "values": {}}, cancelled=True)
    except AppError as error:
        _end_badly(database, job_id, describe(error))
    except sa.exc.OperationalError as error:
        if error.connection_invalidated:
            raise
        log.exception("job %s failed", job_id)
        _end_badly(database, job_id, {"code": "job_failed", "values": {"reference": job_id}})
    except Exception:  # the border of the worker: whatever went wrong must reach the owner, with a number to quote
        log.exception("job %s failed", job_id)
        _end_badly(database, job_id, {"code": "job_failed", "values": {"reference": job_id}})
    else:
        with database.transaction() as session:
            jobs.succeed(session, job_id, result)


def _who(session: Session, job: BackgroundJob) -> tuple[Actor, Attribution]:
    if job.created_by is None:
        return SYSTEM_ACTOR, SYSTEM
    owner = session.get_one(UserAccount, job.created_by)
    actor = actor_by_username(session, owner.username)
    if actor is None:
        raise AppError("job_owner_gone", {"job": job.id})
    return actor, Attribution(actor.user_id, actor.display_name, request_id=f"job-{job.id}")


def _end_badly(database: Database, job_id: int, error: Mapping[str, Any], *, cancelled: bool = False) -> None:
    with database.transaction() as session:
        jobs.fail(session, job_id, error, cancelled=cancelled)


def describe(error: AppError) -> dict[str, Any]:
    """Plain JSON of an expected error, as it is kept in ``background_job.error``."""
    description: dict[str, Any] = {"code": error.code, "values": dict(error.values)}
    if isinstance(error, InvalidInput):
        description["problems"] = [problem.as_dict() for problem in error.problems[:100]]
    return description

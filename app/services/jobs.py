"""Background jobs: put in the queue with the data they work on, started, watched, cancelled, finished.

Two rows tell of one job: ``background_job`` is what its owner sees; procrastinate's row is the queue. Both are written
in the caller's transaction, so a job exists exactly when its data does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import AppError, Forbidden, NotFound
from app.models import BackgroundJob
from app.queries.jobs import JobView, get_job, list_jobs

QUEUE = "eplan"
TASK = "run_background_job"
MAX_ATTEMPTS = 4
"""A job that has taken its worker down with it this often is not tried again."""

LOCK_CLASS = 23101
"""First key of the advisory lock that a running job holds; the second is the job's id."""


_DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    :queue, :task, 0, :lock, NULL, CAST(:args AS jsonb),
    CASE WHEN :after > 0 THEN clock_timestamp() + make_interval(secs => :after) END
)]::procrastinate_job_to_defer_v1[])
"""


class Progress(Protocol):
    """What a long service reports to; the command line, the worker and tests each have their own."""

    def step(self, done: int, total: int | None, text: str) -> None:
        """Tell how far the work is. Raises :class:`Cancelled` when the owner asked to stop."""


class Silent:
    """Progress that nobody watches."""

    def step(self, done: int, total: int | None, text: str) -> None:
        """Do nothing."""


class Cancelled(AppError):
    """The owner asked to stop; whatever the transaction had written is rolled back."""

    def __init__(self) -> None:
        super().__init__("job_cancelled")


def enqueue(
    session: Session,
    kind: str,
    title: str,
    parameters: Mapping[str, Any],
    actor: Actor,
    *,
    lock: str | None = None,
    after_s: float = 0.0,
) -> BackgroundJob:
    """Put a job in the queue, in the caller's transaction: no commit, no job.

    Parameters
    ----------
    kind
        Name of a handler of ``app.jobs.registry``.
    title
        What the owner reads in the list, in the language of the request.
    parameters
        Plain JSON for the handler.
    lock
        Jobs of the same lock run one after the other.
    after_s
        Not begun before so many seconds are over.
    """
    job = BackgroundJob(kind=kind, title=title, parameters=dict(parameters), created_by=actor.user_id)
    session.add(job)
    session.flush()
    args = orjson.dumps({"job_id": job.id}).decode()
    session.execute(
        sa.text(_DEFER), {"queue": QUEUE, "task": TASK, "lock": lock, "args": args, "after": float(after_s)}
    )
    return job


def unfinished(session: Session, actor: Actor, kind: str) -> list[int]:
    """Numbers of the actor's jobs of a kind that wait or run, the oldest first."""
    rows = session.scalars(
        sa.text(
            "SELECT id FROM background_job WHERE created_by = :user AND kind = :kind"
            " AND finished_at IS NULL ORDER BY id"
        ),
        {"user": actor.user_id, "kind": kind},
    )
    return list(rows)


def visible_job(session: Session, actor: Actor, job_id: int) -> JobView:
    """The job when it is the actor's own (or the actor may see everybody's).

    Raises
    ------
    NotFound
        Also for a job of somebody else: that it exists is not told.
    """
    job = get_job(session, job_id)
    if job is None or not _may_see(actor, job.created_by):
        raise NotFound("job_not_found", {"job": job_id})
    return job


def visible_jobs(session: Session, actor: Actor, *, limit: int = 50, before_id: int | None = None) -> list[JobView]:
    """The actor's own jobs, newest first."""
    if actor.user_id is None:
        return []
    return list_jobs(session, created_by=actor.user_id, limit=limit, before_id=before_id)


def _may_see(actor: Actor, created_by: int | None) -> bool:
    if actor.user_id is not None and actor.user_id == created_by:
        return True
    return any(grant.role == "DLA_CENTRAL" for grant in actor.grants)


def cancel(session: Session, actor: Actor, job_id: int) -> JobView:
    """Ask a job to stop. One that waits is over at once; one that runs stops at its next step and undoes its work."""
    seen = visible_job(session, actor, job_id)
    if actor.user_id is None or actor.user_id != seen.created_by:
        raise Forbidden("job_of_other", {"job": job_id})
    job = session.get_one(BackgroundJob, job_id, with_for_update=True)
    if job.status == "WAITING":
        _finish(job, "CANCELLED", error={"code": "job_cancelled", "values": {}})
    elif job.status == "RUNNING":
        job.cancel_requested = True
    session.flush()
    return visible_job(session, actor, job_id)


def start(session: Session, job_id: int) -> BackgroundJob | None:
    """Mark the job as running and count the attempt; ``None`` when it is already over (a retry after the end)."""
    job = session.get(BackgroundJob, job_id, with_for_update=True, populate_existing=True)
    if job is None or job.status not in ("WAITING", "RUNNING"):
        return None
    job.attempts += 1
    if job.attempts > MAX_ATTEMPTS:
        _finish(job, "FAILED", error={"code": "job_gave_up", "values": {"attempts": MAX_ATTEMPTS}})
        return None
    job.status = "RUNNING"
    job.started_at = sa.func.clock_timestamp()
    job.progress_done = 0
    return job


def report(session: Session, job_id: int, done: int, total: int | None, text: str) -> bool:
    """Write the progress; answers whether the owner has asked to stop."""
    return bool(
        session.execute(
            sa.update(BackgroundJob)
            .where(BackgroundJob.id == job_id)
            .values(progress_done=done, progress_total=total, progress_step=text)
            .returning(BackgroundJob.cancel_requested)
        ).scalar_one_or_none()
    )


def succeed(session: Session, job_id: int, result: Mapping[str, Any]) -> None:
    """End well."""
    job = session.get_one(BackgroundJob, job_id, with_for_update=True, populate_existing=True)
    _finish(job, "DONE", result=result)
    if job.progress_total is not None:
        job.progress_done = job.progress_total


def fail(session: Session, job_id: int, error: Mapping[str, Any], *, cancelled: bool = False) -> None:
    """End badly, with a code that the edge can say in words."""
    job = session.get_one(BackgroundJob, job_id, with_for_update=True, populate_existing=True)
    _finish(job, "CANCELLED" if cancelled else "FAILED", error=error)


def wait_again(session: Session, job_id: int) -> None:
    """Back to waiting: the worker stops or lost the database, and the queue will bring the job again."""
    job = session.get_one(BackgroundJob, job_id, with_for_update=True, populate_existing=True)
    if job.status == "RUNNING":
        job.status = "WAITING"
        job.attempts -= 1  # being told to stop is not the job's fault


def _finish(
    job: BackgroundJob,
    status: str,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> None:
    job.status = status
    job.result = None if result is None else dict(result)
    job.error = None if error is None else dict(error)
    job.finished_at = sa.func.clock_timestamp()

"""Background jobs as their owners see them, and whether a worker lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import BackgroundJob

HEARTBEAT_LIMIT_S = 30
"""A worker that has not been heard of for this long counts as gone (it beats every 5 s)."""


@dataclass(frozen=True)
class JobView:
    """One job.

    Parameters
    ----------
    remaining_seconds
        Estimate from the share done so far; ``None`` before the first progress and when the total is unknown.
    """

    id: int
    kind: str
    title: str
    status: str
    progress_done: int
    progress_total: int | None
    progress_step: str | None
    remaining_seconds: int | None
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    cancel_requested: bool
    attempts: int
    created_by: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def running(self) -> bool:
        """True while it waits or works."""
        return self.status in ("WAITING", "RUNNING")

    @property
    def percent(self) -> int | None:
        """Share done, 0-100, where the total is known."""
        if self.status == "DONE":
            return 100
        if not self.progress_total:
            return None
        return min(100, 100 * self.progress_done // self.progress_total)


def _view(job: BackgroundJob, now: datetime) -> JobView:
    return JobView(
        id=job.id,
        kind=job.kind,
        title=job.title,
        status=job.status,
        progress_done=job.progress_done,
        progress_total=job.progress_total,
        progress_step=job.progress_step,
        remaining_seconds=_remaining(job, now),
        result=job.result,
        error=job.error,
        cancel_requested=job.cancel_requested,
        attempts=job.attempts,
        created_by=job.created_by,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def _remaining(job: BackgroundJob, now: datetime) -> int | None:
    if job.status != "RUNNING" or not job.started_at or not job.progress_total or not job.progress_done:
        return None
    elapsed = (now - job.started_at).total_seconds()
    return max(0, round(elapsed * (job.progress_total - job.progress_done) / job.progress_done))


def get_job(session: Session, job_id: int) -> JobView | None:
    """The job, or ``None``."""
    row = session.execute(
        sa.select(BackgroundJob, sa.func.clock_timestamp())
        .where(BackgroundJob.id == job_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else _view(row[0], row[1])


def list_jobs(
    session: Session, *, created_by: int | None, limit: int = 50, before_id: int | None = None
) -> list[JobView]:
    """Newest first; ``created_by=None`` means everybody's (for the department)."""
    query = sa.select(BackgroundJob, sa.func.clock_timestamp()).order_by(BackgroundJob.id.desc()).limit(limit)
    if created_by is not None:
        query = query.where(BackgroundJob.created_by == created_by)
    if before_id is not None:
        query = query.where(BackgroundJob.id < before_id)
    return [_view(job, now) for job, now in session.execute(query)]


def worker_alive(session: Session) -> bool:
    """True when a worker has sent its heartbeat lately."""
    return bool(
        session.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM procrastinate_workers"
                " WHERE last_heartbeat > clock_timestamp() - make_interval(secs => :limit))"
            ),
            {"limit": HEARTBEAT_LIMIT_S},
        )
    )

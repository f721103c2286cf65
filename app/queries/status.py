"""What the status page tells of the parts of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.queries.jobs import HEARTBEAT_LIMIT_S

# The outbox is asked only where there is one.
_LOOK = """
SELECT (SELECT version_num FROM alembic_version) AS migration,
       (SELECT max(last_heartbeat) FROM procrastinate_workers) AS beat_at,
       coalesce((SELECT max(last_heartbeat) FROM procrastinate_workers)
                > clock_timestamp() - make_interval(secs => :limit), false) AS worker,
       (SELECT count(*) FROM background_job WHERE status IN ('WAITING', 'RUNNING')) AS jobs,
       to_regclass('public.mail') IS NOT NULL AS has_mail
"""
_MAIL = """
SELECT count(*) FILTER (WHERE state IN ('WAITING', 'SENDING')) AS waiting,
       count(*) FILTER (WHERE state = 'FAILED') AS failed,
       min(created_at) FILTER (WHERE state = 'WAITING' AND next_try_at <= now()) AS oldest_at
FROM mail WHERE state <> 'SENT'
"""


@dataclass(frozen=True)
class Mail:
    """The outbox.

    Parameters
    ----------
    waiting, failed
        Letters that are still to be sent, and that could not be.
    oldest_at
        Since when the oldest one is due.
    """

    waiting: int
    failed: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class Look:
    """What the database says.

    Parameters
    ----------
    migration
        Schema it is at.
    worker, beat_at
        Whether the worker lives, and when it was last heard of.
    jobs
        Background jobs that wait or run.
    mail
        ``None`` where there is no outbox.
    """

    migration: str
    worker: bool
    beat_at: datetime | None
    jobs: int
    mail: Mail | None


def look(connection: sa.Connection) -> Look:
    """Ask for everything in one or two statements."""
    row = connection.execute(sa.text(_LOOK), {"limit": HEARTBEAT_LIMIT_S}).one()
    mail = Mail(*connection.execute(sa.text(_MAIL)).one()) if row.has_mail else None
    return Look(row.migration, row.worker, row.beat_at, row.jobs, mail)

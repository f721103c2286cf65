"""When works were compared last: all of them, and one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Refreshed:
    """The last comparison of everything.

    Parameters
    ----------
    at, works
        When it was done, and how many works there were.
    renewed_at
        When a work was compared last, by that or because its coordinates were saved since.
    """

    at: datetime
    works: int
    renewed_at: datetime


def last_refreshed(session: Session) -> Refreshed | None:
    """When the works were compared last; ``None`` before the first time."""
    row = session.execute(
        sa.text(
            "SELECT finished_at, works, greatest(finished_at, (SELECT max(compared_at) FROM duplicate_work))"
            " FROM duplicate_refresh ORDER BY id DESC LIMIT 1"
        )
    ).one_or_none()
    return None if row is None else Refreshed(*row)


def compared_at(session: Session, project_id: int) -> datetime | None:
    """When a work was compared last with those around it; ``None`` for never."""
    found: datetime | None = session.scalar(
        sa.text(
            "SELECT greatest(w.compared_at, (SELECT max(r.finished_at) FROM duplicate_refresh r))"
            " FROM duplicate_work w WHERE w.project_id = :project"
        ),
        {"project": project_id},
    )
    return found

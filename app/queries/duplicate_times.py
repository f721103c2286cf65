"""When works were compared last, all of them and one; and what was done about a pair that is one work twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

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


def never_compared(session: Session) -> bool:
    """True before the first comparison of everything, while no pair is known: "none" would say more than is known."""
    return bool(
        session.scalar(
            sa.text("SELECT NOT EXISTS (SELECT FROM duplicate_refresh) AND NOT EXISTS (SELECT FROM duplicate_pair)")
        )
    )


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


@dataclass(frozen=True)
class Mended:
    """What ends or lessens a payment that is made twice: a work dropped, its budget lowered, or money taken back.

    Parameters
    ----------
    baht
        The budget that is left, or the money that came back; ``None`` of a work that was dropped.
    """

    project_code: str
    what: Literal["dropped", "lowered", "returned"]
    baht: Decimal | None
    at: datetime


_MENDED = """
SELECT p.code, v.what, v.baht, l.at
FROM change_log l JOIN project p ON p.id = l.project_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN l.entity = 'project' AND l.after->>'status' IN ('CANCELLED', 'DEFERRED') THEN 'dropped'
                WHEN l.entity = 'appropriation' AND l.action = 'update'
                     AND (l.after->>'net_baht')::numeric < (l.before->>'net_baht')::numeric THEN 'lowered'
                WHEN l.entity = 'disbursement' AND l.action = 'insert'
                     AND (l.after->>'amount_baht')::numeric < 0 THEN 'returned' END AS what,
           CASE l.entity WHEN 'appropriation' THEN (l.after->>'net_baht')::numeric
                         WHEN 'disbursement' THEN -(l.after->>'amount_baht')::numeric END AS baht
) v
WHERE l.project_id = ANY(:projects) AND l.at > :since AND v.what IS NOT NULL
ORDER BY l.id
"""


def mended_since(session: Session, project_ids: Sequence[int], since: datetime) -> list[Mended]:
    """What was done about works since they were confirmed as one, in order."""
    rows = session.execute(sa.text(_MENDED), {"projects": list(project_ids), "since": since})
    return [Mended(*row) for row in rows]

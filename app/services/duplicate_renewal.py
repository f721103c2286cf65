"""Pairs of works whose coordinates were just saved: compared again within a minute, once for all saves of the while.

The job is put in the queue by whoever saves, in the same transaction. While it waits it stands for later saves, too:
its row is held until these are committed, so that it cannot begin before it sees them.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.services import jobs

KIND = "renew_pairs"
ALL_KIND = "compare_works"
SETTLE_S = 15.0
"""People save a drawing several times in a row."""
MANY = 50
"""So many works saved together are compared as the night does it, by what changed."""
_TITLE = "เทียบงานที่พิกัดเพิ่งเปลี่ยน"

# SKIP LOCKED: a job that is just being begun may have looked already.
_WAITS = """
SELECT id FROM background_job
WHERE kind = :kind AND status = 'WAITING' AND created_by IS NULL AND parameters = CAST(:parameters AS jsonb)
LIMIT 1 FOR UPDATE SKIP LOCKED
"""


def renew_soon(session: Session, project_ids: Sequence[int]) -> None:
    """Have the pairs of these works compared again, soon after this transaction."""
    works = sorted(set(project_ids))
    if len(works) > MANY:
        _enqueue(session, ALL_KIND, {})
    elif works:
        _enqueue(session, KIND, {"project_ids": works})


def _enqueue(session: Session, kind: str, parameters: dict[str, list[int]]) -> None:
    values = {"kind": kind, "parameters": orjson.dumps(parameters).decode()}
    if session.scalar(sa.text(_WAITS), values) is None:
        # One lock for all: two comparisons would only wait for each other, each in a place of the worker.
        jobs.enqueue(session, kind, _TITLE, parameters, SYSTEM_ACTOR, lock=ALL_KIND, after_s=SETTLE_S)


def is_renewing(session: Session, project_ids: Sequence[int]) -> bool:
    """Whether the coordinates of one of these works were saved and its pairs are not compared again yet."""
    return bool(
        session.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM background_job WHERE kind = :kind AND status IN ('WAITING', 'RUNNING')"
                " AND created_by IS NULL AND EXISTS ("
                "SELECT FROM jsonb_array_elements_text(parameters->'project_ids') AS one"
                " WHERE one::bigint = ANY(:projects)))"
            ),
            {"kind": KIND, "projects": list(project_ids)},
        )
    )

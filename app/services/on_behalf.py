"""What an organisation says of entries that an officer made for it: it stands by them, or it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, NotFound
from app.services.money_rules import LONG_TEXT_LENGTH, check_choice, check_text, organisation_target, refuse
from gis.problems import Problem
from gis.thai import normalise

DECISIONS = ("CONFIRMED", "DENIED")
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Decided:
    """The decision that was written down."""

    id: int
    request_id: str
    decision: str


_DECIDE = """
WITH asked AS MATERIALIZED (SELECT DISTINCT request_id FROM unnest(CAST(:requests AS text[])) AS r(request_id)),
known AS MATERIALIZED (
    SELECT request_id FROM asked
    WHERE EXISTS (SELECT FROM change_log l WHERE l.on_behalf_of = :organisation AND l.request_id = asked.request_id)
), made AS (
    INSERT INTO on_behalf_decision (request_id, organisation_code, decision, comment, created_by, created_by_name)
    SELECT request_id, :organisation, :decision, :comment, :user, :name FROM known
    ON CONFLICT (request_id, organisation_code) DO NOTHING RETURNING id, request_id
)
SELECT request_id, made.id, known.request_id IS NOT NULL AS known
FROM asked LEFT JOIN known USING (request_id) LEFT JOIN made USING (request_id) ORDER BY request_id
"""


def decide_on_behalf(
    session: Session, actor: Actor, organisation_code: str, request_id: str, decision: str, comment: str | None
) -> Decided:
    """Confirm or deny what one request of an officer wrote for the organisation; said once.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`decide_entries`.
    """
    [decided] = decide_entries(session, actor, organisation_code, [request_id], decision, comment)
    return decided


def decide_entries(
    session: Session,
    actor: Actor,
    organisation_code: str,
    request_ids: Sequence[str],
    decision: str,
    comment: str | None,
) -> list[Decided]:
    """Confirm or deny what several requests of officers wrote for the organisation: all of them or none.

    Raises
    ------
    NotFound, Forbidden
        No such organisation or request; not allowed.
    Conflict
        ``on_behalf_decided``: somebody has decided on one of them already.
    InvalidInput
        Nothing chosen; no known decision; a denial without a comment.
    """
    target = organisation_target(session, organisation_code)
    policy.require(actor, policy.ON_BEHALF_DECIDE, target)
    problems = [
        *check_choice("decision", decision, DECISIONS),
        *check_text("comment", comment, required=decision == "DENIED", limit=LONG_TEXT_LENGTH),
    ]
    if not 1 <= len(request_ids) <= MOST_AT_ONCE:
        problems.append(
            Problem("on_behalf_count", where={"field": "chosen"}, values={"minimum": 1, "maximum": MOST_AT_ONCE})
        )
    refuse(problems)
    rows = session.execute(
        sa.text(_DECIDE),
        {
            "requests": list(request_ids),
            "organisation": organisation_code,
            "decision": decision,
            "comment": normalise(comment or "") or None,
            "user": actor.user_id,
            "name": actor.display_name,
        },
    ).all()
    for row in rows:
        if not row.known:
            raise NotFound("on_behalf_not_found", {"request": row.request_id[:40]})
        if row.id is None:
            raise Conflict("on_behalf_decided", {"request": row.request_id[:40]})
    return [Decided(row.id, row.request_id, decision) for row in rows]

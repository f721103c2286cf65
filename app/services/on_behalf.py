"""What an organisation says of entries that an officer made for it: it stands by them, or it does not."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, NotFound
from app.services.money_rules import LONG_TEXT_LENGTH, check_choice, check_text, organisation_target, refuse
from gis.thai import normalise

DECISIONS = ("CONFIRMED", "DENIED")


@dataclass(frozen=True)
class Decided:
    """The decision that was written down."""

    id: int
    request_id: str
    decision: str


def decide_on_behalf(
    session: Session, actor: Actor, organisation_code: str, request_id: str, decision: str, comment: str | None
) -> Decided:
    """Confirm or deny what one request of an officer wrote for the organisation; said once.

    Raises
    ------
    NotFound, Forbidden
        No such organisation or request; not allowed.
    Conflict
        ``on_behalf_decided``: somebody has decided already.
    InvalidInput
        No known decision; a denial without a comment.
    """
    target = organisation_target(session, organisation_code)
    policy.require(actor, policy.ON_BEHALF_DECIDE, target)
    refuse(
        [
            *check_choice("decision", decision, DECISIONS),
            *check_text("comment", comment, required=decision == "DENIED", limit=LONG_TEXT_LENGTH),
        ]
    )
    where = {"request": request_id, "organisation": organisation_code}
    known = session.scalar(
        sa.text("SELECT EXISTS (SELECT FROM change_log WHERE on_behalf_of = :organisation AND request_id = :request)"),
        where,
    )
    if not known:
        raise NotFound("on_behalf_not_found", {"request": request_id[:40]})
    identity = session.scalar(
        sa.text(
            "INSERT INTO on_behalf_decision (request_id, organisation_code, decision, comment, created_by,"
            " created_by_name) VALUES (:request, :organisation, :decision, :comment, :user, :name)"
            " ON CONFLICT (request_id, organisation_code) DO NOTHING RETURNING id"
        ),
        {
            **where,
            "decision": decision,
            "comment": normalise(comment or "") or None,
            "user": actor.user_id,
            "name": actor.display_name,
        },
    )
    if identity is None:
        raise Conflict("on_behalf_decided", {"request": request_id[:40]})
    return Decided(int(identity), request_id, decision)

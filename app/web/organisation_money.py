"""What the addresses of money share: who sees them, receipts, acting in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Forbidden
from app.services.money_rules import may_see_money, organisation_target
from app.services.review_comments import NewComment
from app.web.context import attribution, current
from app.web.endpoint import Param
from app.web.money_body import Body, read_body
from app.web.params import fiscal_year, integer_schema
from app.web.payloads import json_object

ORGANISATION = "/api/v1/organisations/<organisation>"
YEAR = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.); all when absent")
ITEMS: dict[str, Any] = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": {"type": "object"}}},
}
OBJECT: dict[str, Any] = {"type": "object"}
RECEIPT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "status", "row_version"],
    "properties": {
        "id": {"type": "integer"},
        "status": {"type": "string"},
        "row_version": {"type": "integer", "description": "For the next If-Match"},
    },
}
COMMENTS = Body({}, lists={"comments": Body({"field": "text", "text": "text"}, frozenset({"text"}))})


def require_staff(session: Session, organisation: str | None = None) -> None:
    """Rows of money are the staff's; others see sums.

    Raises
    ------
    Forbidden, NotFound
        Not a member of staff; no such organisation.
    """
    if not may_see_money(current().actor):
        raise Forbidden("forbidden")
    if organisation is not None:
        organisation_target(session, organisation)


def written(body: Body, act: Callable[[Session, Actor, Any], Any], record: Callable[..., Any] = dict) -> dict[str, Any]:
    """Read a body into a record, act in one transaction, answer with the receipt."""
    given = record(**read_body(body, json_object()))
    context = current()
    with context.database.transaction(attribution()) as session:
        return asdict(act(session, context.actor, given))


def acted(act: Callable[[Session, Actor], Any]) -> dict[str, Any]:
    """Act in one transaction, answer with the receipt."""
    context = current()
    with context.database.transaction(attribution()) as session:
        return asdict(act(session, context.actor))


def comments_of(given: dict[str, Any]) -> list[NewComment]:
    """Comments of a read body."""
    return [NewComment(**one) for one in given["comments"]]

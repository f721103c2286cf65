"""Standing orders for programs: ordered, changed and ended by whoever holds them, also by a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from app.errors import InvalidInput
from app.services import standing_orders as service
from app.services.standing_order_changes import CHANGEABLE
from app.services.standing_order_changes import change as change_order
from app.services.standing_orders import EVERY, MOST_KEPT, MOST_ORDERS, REPORT_FORMATS, NewOrder
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.payloads import json_object
from app.web.standing_orders import ORDER, order_json
from gis.problems import Problem
from gis.writers import FORMATS

blueprint = Blueprint("standing_order_json", __name__)

RULE = "/api/v1/standing-orders"
ONE = f"{RULE}/<int:order_id>"
_TEXTS = {"type": "array", "items": {"type": "string"}}
_MAY_CHANGE: dict[str, Any] = {
    "title": {"type": "string", "maxLength": 200},
    "format": {"enum": list(dict.fromkeys((*FORMATS, *REPORT_FORMATS, "zip")))},
    "areas": {**_TEXTS, "description": "Codes of areas; of a token inside its own, and at least one where it has any"},
    "fiscal_years": {"type": "array", "items": {"type": "integer"}},
    "every": {"enum": list(EVERY)},
    "keep": {"type": "integer", "minimum": 1, "maximum": MOST_KEPT},
}
_NEW = {
    "type": "object",
    "required": ["title", "kind", "every"],
    "properties": {
        "kind": {"enum": ["layer", "report", "tables"]},
        "name": {"type": "string", "description": "Layer or table; of a report nothing"},
        **_MAY_CHANGE,
    },
    "additionalProperties": False,
}


@api_route(
    blueprint,
    ONE,
    access=Access.SIGNED_IN,
    summary="A standing order with the copies that are kept",
    response=ORDER,
)
def read(order_id: int) -> dict[str, Any]:
    """One's own; of a token inside its areas; the department everybody's."""
    context = current()
    with context.database.reading() as session:
        return order_json(service.visible(session, context.actor, order_id))


@api_route(
    blueprint,
    RULE,
    method="POST",
    access=Access.SIGNED_IN,
    summary=f"Order a file every day, week or month, {MOST_ORDERS} at most; the first copy is made at once",
    response=ORDER,
    status=201,
    body=_NEW,
)
def add() -> dict[str, Any]:
    """For oneself: of a token for its account, inside its areas."""
    context, given = current(), _read(json_object(), ("kind", "name", *CHANGEABLE))
    if given.get("kind") == "tables":
        given.setdefault("format", "zip")
    wanted = NewOrder(**{"title": "", "kind": "", "name": "", "format": "", "every": "", **given})
    with context.database.transaction(attribution()) as session:
        number = service.order(session, context.actor, wanted)
        return order_json(service.visible(session, context.actor, number))


@api_route(
    blueprint,
    ONE,
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Change an order; a file of another content is made at once",
    response=ORDER,
    body={"type": "object", "properties": _MAY_CHANGE, "additionalProperties": False, "minProperties": 1},
)
def change(order_id: int) -> dict[str, Any]:
    """What is not named stays; what the file is of cannot be changed."""
    context, given = current(), _read(json_object(), CHANGEABLE)
    with context.database.transaction(attribution()) as session:
        change_order(session, context.actor, order_id, given)
        return order_json(service.visible(session, context.actor, order_id))


@api_route(
    blueprint,
    ONE,
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="End an order; its files go with it",
    response={"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
)
def end(order_id: int) -> dict[str, Any]:
    """It is ended, not forgotten: the log of changes keeps it."""
    context = current()
    with context.database.transaction(attribution()) as session:
        service.end(session, context.actor, order_id)
    return {"id": order_id}


def _read(body: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    """Values of the kinds that an order holds.

    Raises
    ------
    InvalidInput
        Every field that is unknown or of another kind.
    """
    problems, values = [], {}
    for name, value in body.items():
        if name not in allowed:
            told = {"allowed": ", ".join(allowed)}
            problems.append(Problem("unknown_parameter", where={"field": name[:40]}, values=told))
        elif not _fits(name, value):
            told = {"given": str(value)[:40], "expected_th": "ค่าตามที่เอกสาร API บอก", "expected_en": "as documented"}
            problems.append(Problem("invalid_field", where={"field": name}, values=told))
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    if problems:
        raise InvalidInput(problems)
    return values


def _fits(name: str, value: Any) -> bool:
    if name == "areas":
        return isinstance(value, list) and len(value) <= 200 and all(isinstance(one, str) for one in value)
    if name == "fiscal_years":
        return (
            isinstance(value, list)
            and len(value) <= 50
            and all(type(one) is int and 2500 <= one <= 2700 for one in value)
        )
    if name == "keep":
        return type(value) is int and abs(value) < 10_000
    return isinstance(value, str)

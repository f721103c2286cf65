"""Strategies of a plan for programs, with their tactics and what they serve."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.errors import InvalidInput
from app.queries.plans import alignment_options, strategies_of
from app.services.strategies import StrategyWords, remove_strategy, save_strategy
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.payloads import if_match, json_object
from app.web.plan_json import LIST, OBJECT, strategy_json
from app.web.plans import found_plan
from gis.problems import Problem

blueprint = Blueprint("strategies", __name__)

_ALL = "/api/v1/plans/<int:plan_id>/strategies"
_ONE = f"{_ALL}/<int:strategy_id>"
_BODY: dict[str, Any] = {
    "type": "object",
    "required": ["code", "name_th"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string"},
        "name_th": {"type": "string"},
        "goal": {"type": ["string", "null"]},
        "national_strategy_code": {"type": ["string", "null"]},
        "serves": {"type": "array", "items": {"type": "integer"}},
        "tactics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "name_th"],
                "properties": {
                    "code": {"type": "string"},
                    "name_th": {"type": "string"},
                    "indicator": {"type": ["string", "null"]},
                },
            },
        },
    },
}


@api_route(
    blueprint,
    "/api/v1/plans/<int:plan_id>/alignment-items",
    access=Access.PUBLIC,
    summary="Items of the plans above (national strategy, 13th plan, SDGs, province) that a strategy may serve",
    response=LIST,
)
def read_alignment_items(plan_id: int) -> dict[str, Any]:
    """The nation's and those of the plan's province."""
    with current().database.reading() as session:
        head = found_plan(session, plan_id)
        return {"items": [vars(option) for option in alignment_options(session, head)]}


@api_route(
    blueprint,
    _ALL,
    method="POST",
    access=Access.SIGNED_IN,
    summary="Add a strategy to a plan",
    response=OBJECT,
    status=201,
    body=_BODY,
)
def add_strategy(plan_id: int) -> dict[str, Any]:
    """With its tactics and links."""
    return _saved(plan_id, None, None)


@api_route(
    blueprint,
    _ONE,
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Write a strategy again, with its tactics and links",
    response=OBJECT,
    body=_BODY,
    headers={"If-Match": 'Version of the strategy that you change, such as "strategy3"'},
)
def put_strategy(plan_id: int, strategy_id: int) -> dict[str, Any]:
    """A tactic keeps its identity by its code; ``serves`` and ``tactics`` that are left out stay as they are."""
    return _saved(plan_id, strategy_id, if_match("strategy"))


@api_route(
    blueprint,
    _ONE,
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take a strategy out of a plan that no line stands under",
    response=OBJECT,
    headers={"If-Match": 'Version of the strategy that you remove, such as "strategy3"'},
)
def delete_strategy(plan_id: int, strategy_id: int) -> dict[str, Any]:
    """Refused, with how many lines stand under it, when any do."""
    seen, context = if_match("strategy"), current()
    with context.database.transaction(attribution()) as session:
        remove_strategy(session, context.actor, plan_id, strategy_id, if_match_version=seen)
    return {"receipt": context.request_id}


def _saved(plan_id: int, strategy_id: int | None, version: int | None) -> dict[str, Any]:
    words, context = words_of(json_object()), current()
    with context.database.transaction(attribution()) as session:
        identity = save_strategy(
            session, context.actor, plan_id, words, strategy_id=strategy_id, if_match_version=version
        )
        found = next(s for s in strategies_of(session, plan_id) if s.id == identity)
        return {**strategy_json(found), "receipt": context.request_id}


def words_of(body: dict[str, Any]) -> StrategyWords:
    """What a body says of a strategy.

    Raises
    ------
    InvalidInput
        ``field_required`` for whatever has not the shape that the schema tells.
    """
    allowed = {"allowed": ", ".join(_BODY["properties"])}
    problems = [
        Problem("field_not_editable", where={"field": name[:80]}, values=allowed)
        for name in body.keys() - _BODY["properties"].keys()
    ]
    problems += [
        Problem("field_required" if body.get(name) is None else "text_expected", where={"field": name})
        for name in ("code", "name_th")
        if not isinstance(body.get(name), str)
    ]
    problems += [
        Problem("text_expected", where={"field": name})
        for name in ("goal", "national_strategy_code")
        if not isinstance(body.get(name), (str, type(None)))
    ]
    serves, tactics = body.get("serves"), body.get("tactics")
    if serves is not None and not (isinstance(serves, list) and all(type(n) is int and 0 < n < 2**53 for n in serves)):
        problems.append(Problem("field_required", where={"field": "serves"}))
    if tactics is not None and not (isinstance(tactics, list) and all(_is_tactic(t) for t in tactics)):
        problems.append(Problem("field_required", where={"field": "tactics"}))
    if problems:
        raise InvalidInput(problems)
    return StrategyWords(
        body["code"],
        body["name_th"],
        body.get("goal"),
        body.get("national_strategy_code"),
        None if serves is None else tuple(serves),
        None if tactics is None else tuple((t["code"], t["name_th"], t.get("indicator")) for t in tactics),
    )


def _is_tactic(given: Any) -> bool:
    return (
        isinstance(given, dict)
        and isinstance(given.get("code"), str)
        and isinstance(given.get("name_th"), str)
        and isinstance(given.get("indicator"), (str, type(None)))
    )

"""Plans for programs: plans of an organisation, their versions, forms and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import Visibility
from app.errors import InvalidInput, NotFound
from app.queries.plans import (
    PlanHead,
    Strategy,
    VersionHead,
    is_in_force,
    path_of,
    plan,
    plan_in_force,
    plans_of,
    strategies_of,
    version,
    versions_of,
)
from app.services.plan_checks import Decision, NewVersion
from app.services.plan_versions import (
    discard_version,
    open_version,
    propose_version,
    record_step,
    update_version,
)
from app.services.plans import create_plan, update_plan
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.json import json_response
from app.web.money_body import Body, read_body
from app.web.payloads import if_match, json_object
from app.web.plan_json import (
    LIST,
    PLAN_SCHEMA,
    VERSION_SCHEMA,
    plan_json,
    version_json,
)
from gis.problems import Problem

blueprint = Blueprint("plans", __name__)

VERSION = "/api/v1/plan-versions/<int:version_id>"
_IF_MATCH = {"If-Match": 'ETag of what you change, such as "plan3" or "version3"'}
_TYPES: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_OPENING = Body(
    {"number": "text", "fiscal_year_be": "whole", "reason": "text", "plan_period_id": "whole"},
    frozenset({"number", "fiscal_year_be"}),
)
_CHANGING = Body({"number": "text", "fiscal_year_be": "whole", "reason": "text", "document": "text"})
DECISION = Body(
    {"step": "text", "result": "text", "decided_on": "date", "reference": "text", "note": "text"},
    frozenset({"step", "result", "decided_on"}),
)


def _with_types(spec: Body, *required: str) -> dict[str, Any]:
    schema = spec.schema()
    schema["required"] = sorted({*schema["required"], *required})
    schema["properties"]["change_types"] = _TYPES
    for name in {"reason", "document", "plan_period_id"} & schema["properties"].keys():
        schema["properties"][name]["type"] = [schema["properties"][name]["type"], "null"]
    return schema


@api_route(
    blueprint,
    "/api/v1/organisations/<organisation_code>/plans",
    access=Access.PUBLIC,
    summary="Plans of an organisation, newest first",
    response=LIST,
)
def list_plans(organisation_code: str) -> dict[str, Any]:
    """Versions that are not in force, and plans that never were, are told to staff only."""
    context = current()
    with context.database.reading() as session:
        heads = plans_of(session, organisation_code, drafts=sees_drafts())
        return {"items": [_whole(session, head) for head in heads]}


@api_route(
    blueprint,
    "/api/v1/organisations/<organisation_code>/plans",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Begin the plan of an organisation for a period",
    response=PLAN_SCHEMA,
    status=201,
    body={
        "type": "object",
        "required": ["plan_period_id"],
        "properties": {"plan_period_id": {"type": "integer"}},
    },
)
def begin_plan(organisation_code: str) -> dict[str, Any]:
    """Its original version is open at once."""
    context = current()
    period = _integer(json_object(), "plan_period_id")
    with context.database.transaction(attribution()) as session:
        made = create_plan(session, context.actor, organisation_code, period)
        return _whole(session, found_plan(session, made))


@api_route(blueprint, "/api/v1/plans/<int:plan_id>", access=Access.PUBLIC, summary="One plan", response=PLAN_SCHEMA)
def read_plan(plan_id: int) -> Response:
    """With its versions and strategies."""
    with current().database.reading() as session:
        head = found_plan(session, plan_id)
        return _tagged(_whole(session, head), f"plan{head.row_version}")


@api_route(
    blueprint,
    "/api/v1/plans/<int:plan_id>",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Change the name, vision, mission or goals of a plan",
    response=PLAN_SCHEMA,
    body={"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    headers=_IF_MATCH,
)
def change_plan(plan_id: int) -> Response:
    """By planners of the organisation."""
    number, changes, context = if_match("plan"), json_object(), current()
    with context.database.transaction(attribution()) as session:
        update_plan(session, context.actor, plan_id, changes, if_match_version=number)
        head = found_plan(session, plan_id)
        return _tagged(_whole(session, head), f"plan{head.row_version}")


@api_route(
    blueprint,
    "/api/v1/plans/<int:plan_id>/versions",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Open a version: addition, change, correction, review, or several of these at once",
    response=VERSION_SCHEMA,
    status=201,
    body=_with_types(_OPENING, "change_types"),
)
def begin_version(plan_id: int) -> Response:
    """It holds nothing until lines are written."""
    given, context = version_fields(json_object()), current()
    new = NewVersion(
        given.get("change_types", ()),
        given.get("number", ""),
        given["fiscal_year_be"],
        given.get("reason"),
        given.get("plan_period_id"),
    )
    with context.database.transaction(attribution()) as session:
        return _version_answer(session, open_version(session, context.actor, plan_id, new), status=201)


@api_route(blueprint, VERSION, access=Access.PUBLIC, summary="One version of a plan", response=VERSION_SCHEMA)
def read_version(version_id: int) -> Response:
    """With the steps of its path."""
    with current().database.reading() as session:
        return _version_answer(session, version_id)


@api_route(
    blueprint,
    VERSION,
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Change what an open version is called, what it does and why",
    response=VERSION_SCHEMA,
    body=_with_types(_CHANGING),
    headers=_IF_MATCH,
)
def change_version(version_id: int) -> Response:
    """Fields: number, fiscal_year_be, change_types, reason, document."""
    number, changes, context = if_match("version"), version_changes(json_object()), current()
    with context.database.transaction(attribution()) as session:
        update_version(session, context.actor, version_id, changes, if_match_version=number)
        return _version_answer(session, version_id)


@api_route(
    blueprint,
    f"{VERSION}/propose",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Close the lines of a version and send it on its way",
    response=VERSION_SCHEMA,
    headers=_IF_MATCH,
)
def propose(version_id: int) -> Response:
    """Everything that is missing is told at once."""
    number, context = if_match("version"), current()
    with context.database.transaction(attribution()) as session:
        propose_version(session, context.actor, version_id, if_match_version=number)
        return _version_answer(session, version_id)


@api_route(
    blueprint,
    f"{VERSION}/discard",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Give an open version up",
    response=VERSION_SCHEMA,
    headers=_IF_MATCH,
)
def discard(version_id: int) -> Response:
    """Its lines stay to be looked at."""
    number, context = if_match("version"), current()
    with context.database.transaction(attribution()) as session:
        discard_version(session, context.actor, version_id, if_match_version=number)
        return _version_answer(session, version_id)


@api_route(
    blueprint,
    f"{VERSION}/steps",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Record what a committee, the hearing, the council or the executive decided",
    response=VERSION_SCHEMA,
    body=DECISION.schema(),
    headers=_IF_MATCH,
)
def decide(version_id: int) -> Response:
    """The executive's decision to pass it brings it into force."""
    number, body, context = if_match("version"), json_object(), current()
    decision = decision_of(body)
    with context.database.transaction(attribution()) as session:
        record_step(session, context.actor, version_id, decision, if_match_version=number)
        return _version_answer(session, version_id)


def found_version(session: Session, version_id: int) -> tuple[PlanHead, VersionHead]:
    """A version and its plan with the eyes of this request: only staff see what is not in force.

    Raises
    ------
    NotFound
        ``plan_version_not_found``.
    """
    held = version(session, version_id)
    head = None if held is None else plan(session, held.plan_id)
    if held is None or head is None or not (held.status == "PROMULGATED" or sees_drafts()):
        raise NotFound("plan_version_not_found", {"version": version_id})
    return head, held


def sees_drafts() -> bool:
    """True for staff."""
    return policy.visibility(current().actor) is Visibility.STAFF


def decision_of(body: Mapping[str, Any]) -> Decision:
    """The decision that a body or a form describes.

    Raises
    ------
    InvalidInput
        Everything that is missing or cannot be read.
    """
    values = read_body(DECISION, body)
    return Decision(values["step"], values["result"], values["decided_on"], values.get("reference"), values.get("note"))


def version_fields(body: dict[str, Any]) -> dict[str, Any]:
    """What a body says of a version that is to be opened, each value of its type.

    Raises
    ------
    InvalidInput
        Everything that is unknown, missing or of another type.
    """
    return _fields(_OPENING, body)


def version_changes(body: dict[str, Any]) -> dict[str, Any]:
    """What a body changes of a version; a reason or document that is ``null`` is taken away.

    Raises
    ------
    InvalidInput
        Everything that is unknown or of another type.
    """
    emptied = {name: None for name in ("reason", "document") if name in body and body[name] in (None, "")}
    return _fields(_CHANGING, {name: value for name, value in body.items() if name not in emptied}) | emptied


def _fields(spec: Body, body: dict[str, Any]) -> dict[str, Any]:
    types = body.get("change_types")
    problems = []
    if types is not None and not (isinstance(types, list) and all(isinstance(code, str) for code in types)):
        values = {"given": str(types)[:40], "expected_th": "รายการรหัส", "expected_en": "a list of codes"}
        problems.append(Problem("invalid_field", where={"field": "change_types"}, values=values))
        types = None
    problems += [
        Problem("field_required", where={"field": name})
        for name in spec.fields
        if name in body and body[name] is None and name != "reason" and name != "plan_period_id"
    ]
    try:
        values = read_body(spec, {name: value for name, value in body.items() if name != "change_types"})
    except InvalidInput as error:
        raise InvalidInput([*problems, *error.problems]) from error
    if problems:
        raise InvalidInput(problems)
    return values | ({} if types is None else {"change_types": tuple(types)})


def _integer(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise InvalidInput([Problem("field_required", where={"field": name})])
    return value


def found_plan(session: Session, plan_id: int) -> PlanHead:
    """A plan with the eyes of this request: only staff see one that was never in force.

    Raises
    ------
    NotFound
        ``plan_not_found``.
    """
    head = plan(session, plan_id)
    if head is None or not (sees_drafts() or is_in_force(session, plan_id)):
        raise NotFound("plan_not_found", {"plan": plan_id})
    return head


def shown_plan(session: Session, head: PlanHead) -> tuple[PlanHead, list[Strategy]]:
    """Vision and strategies: to staff as they are being written, to others as they are in force."""
    return (head, strategies_of(session, head.id)) if sees_drafts() else plan_in_force(session, head)


def _whole(session: Session, head: PlanHead) -> dict[str, Any]:
    versions = [v for v in versions_of(session, head.id) if v.status == "PROMULGATED" or sees_drafts()]
    shown, strategies = shown_plan(session, head)
    return plan_json(shown, versions, strategies)


def _version_answer(session: Session, version_id: int, status: int = 200) -> Response:
    head, held = found_version(session, version_id)
    return _tagged(version_json(held, path_of(session, head, held)), f"version{held.row_version}", status)


def _tagged(body: dict[str, Any], etag: str, status: int = 200) -> Response:
    answer = json_response(body, status)
    answer.set_etag(etag)
    return answer

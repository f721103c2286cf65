"""Messages for programs: the same matters in the same scope as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint

from app.errors import NotFound
from app.queries.messages import SIDES, Thread, general_answers, lines, thread, threads
from app.services import messages as service
from app.services.messages import NewThread
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.messages import FILTERS, PAGE, TOPIC, Q, filter_of, require_reader
from app.web.money_body import Body
from app.web.organisation_money import written

blueprint = Blueprint("messages_json", __name__)

RULE = "/api/v1/messages"
ONE = f"{RULE}/<int:thread_id>"
PAGE_ROWS = 50
NEW = Body(
    {
        "subject": "text",
        "text": "text",
        "organisation": "text",
        "province": "text",
        "to": "text",
        "kind": "text",
        "key": "text",
        "topic": "text",
    },
    frozenset({"subject", "text"}),
)
REPLY = Body({"text": "text"}, frozenset({"text"}))
ACT = Body({"do": "text", "to": "text", "person": "whole", "message": "whole"}, frozenset({"do"}))
_THREAD = {
    "type": "object",
    "required": ["id", "subject", "state", "unread"],
    "properties": {
        "id": {"type": "integer"},
        "subject": {"type": "string"},
        "organisation_code": {"type": ["string", "null"]},
        "province_code": {"type": "string"},
        "asked_by": {"enum": list(SIDES)},
        "addressed_to": {"enum": list(SIDES)},
        "state": {"enum": ["OPEN", "ANSWERED", "CLOSED"]},
        "unread": {"type": "boolean"},
    },
}
_PAGE = {
    "type": "object",
    "required": ["items", "total", "next"],
    "properties": {
        "items": {"type": "array", "items": _THREAD},
        "total": {"type": "integer"},
        "next": {"type": ["string", "null"]},
    },
}
_MATTER = {
    "type": "object",
    "required": ["thread", "messages"],
    "properties": {"thread": _THREAD, "messages": {"type": "array", "items": {"type": "object"}}},
}
_RECEIPT = {
    "type": "object",
    "required": ["thread", "message", "state"],
    "properties": {"thread": {"type": "integer"}, "message": {"type": "integer"}, "state": {"type": "string"}},
}


def thread_json(one: Thread) -> dict[str, Any]:
    """A matter as programs see it."""
    return asdict(one)


@api_route(
    blueprint,
    RULE,
    access=Access.SIGNED_IN,
    params=FILTERS,
    summary="Matters that the person may read, the last written first; view=unread, awaits or mine narrows them",
    response=_PAGE,
)
def read_threads(**given: Any) -> dict[str, Any]:
    """A page of fifty."""
    actor, start = require_reader(), (given["page"] - 1) * PAGE_ROWS
    with current().database.reading() as session:
        found = threads(session, actor, filter_of(given), limit=PAGE_ROWS, offset=start)
    more = start + PAGE_ROWS < found.total
    return {
        "items": [thread_json(one) for one in found.items],
        "total": found.total,
        "next": _next(RULE, given) if more else None,
    }


def _next(address: str, given: Mapping[str, Any]) -> str:
    following = {**given, "page": given["page"] + 1}
    return f"{address}?{urlencode({name: value for name, value in following.items() if value})}"


@api_route(
    blueprint,
    f"{RULE}/answers",
    access=Access.SIGNED_IN,
    params=(Q, TOPIC, PAGE),
    summary="Answers that are of use to everybody, without who asked (staff)",
    response={
        "type": "object",
        "required": ["items", "total", "next"],
        "properties": {
            "items": {"type": "array", "items": {"type": "object"}},
            "total": {"type": "integer"},
            "next": {"type": ["string", "null"]},
        },
    },
)
def read_answers(**given: Any) -> dict[str, Any]:
    """The newest first."""
    require_reader()
    start = (given["page"] - 1) * PAGE_ROWS
    with current().database.reading() as session:
        found, total = general_answers(session, given["q"] or "", given["topic"], limit=PAGE_ROWS, offset=start)
    more = start + PAGE_ROWS < total
    return {
        "items": [asdict(one) for one in found],
        "total": total,
        "next": _next(f"{RULE}/answers", given) if more else None,
    }


@api_route(
    blueprint,
    ONE,
    access=Access.SIGNED_IN,
    summary="A matter with its messages and who has read each; reading it here does not mark it as read",
    response=_MATTER,
)
def read_thread(thread_id: int) -> dict[str, Any]:
    """As far as it goes, the last five hundred."""
    actor = require_reader()
    with current().database.reading() as session:
        held = thread(session, actor, thread_id)
        if held is None:
            raise NotFound("thread_not_found", {"thread": thread_id})
        found = lines(session, thread_id)
    said = [{**asdict(line), "readers": [{"name": n, "read_at": at} for n, at in line.readers]} for line in found]
    return {"thread": thread_json(held), "messages": said}


@api_route(
    blueprint,
    RULE,
    method="POST",
    access=Access.SIGNED_IN,
    summary="Begin a matter: about a record (kind, key), an organisation, or between a province and the department",
    response=_RECEIPT,
    status=201,
    body=NEW.schema(),
)
def begin_thread() -> dict[str, Any]:
    """``to`` is the side that is asked."""
    require_reader()
    return written(NEW, lambda session, actor, given: service.ask(session, actor, _new(given)))


def _new(given: dict[str, Any]) -> NewThread:
    kind, key = given.pop("kind", None), given.pop("key", None)
    return NewThread(**given, record=(kind, key) if kind and key else None)


@api_route(
    blueprint,
    f"{ONE}/replies",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write in a matter; what another side than the asker's writes answers it",
    response=_RECEIPT,
    status=201,
    body=REPLY.schema(),
)
def add_reply(thread_id: int) -> dict[str, Any]:
    """At most 20,000 letters."""
    require_reader()
    return written(REPLY, lambda session, actor, given: service.reply(session, actor, thread_id, given["text"]))


@api_route(
    blueprint,
    f"{ONE}/read",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Mark a matter as read as far as it goes",
    response={"type": "object", "required": ["thread"], "properties": {"thread": {"type": "integer"}}},
)
def mark_read(thread_id: int) -> dict[str, Any]:
    """The others see who has read what, and when."""
    actor = require_reader()
    with current().database.transaction(attribution()) as session:
        held = thread(session, actor, thread_id)
        if held is None:
            raise NotFound("thread_not_found", {"thread": thread_id})
        service.note_read(session, actor, held)
    return {"thread": thread_id}


@api_route(
    blueprint,
    f"{ONE}/acts",
    method="POST",
    access=Access.SIGNED_IN,
    summary="close, reopen, pass_on (to), assign (person), or general (message: the answer for everybody)",
    response=_RECEIPT,
    body=ACT.schema(),
)
def act(thread_id: int) -> dict[str, Any]:
    """What was done stands in the matter."""
    require_reader()
    return written(ACT, lambda session, actor, given: _act(session, actor, thread_id, given))


def _act(session: Any, actor: Any, thread_id: int, given: Mapping[str, Any]) -> service.MessageReceipt:
    do = given["do"]
    if do == "pass_on":
        return service.pass_on(session, actor, thread_id, given.get("to", ""))
    if do == "assign":
        return service.assign(session, actor, thread_id, given.get("person"))
    if do == "general":
        return service.mark_general(session, actor, thread_id, given.get("message"))
    return service.close_or_reopen(session, actor, thread_id, do)

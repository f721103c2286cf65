"""Messages for programs: the same matters in the same scope as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.errors import NotFound
from app.queries.messages import SIDES, Line, Thread, files_of, general_answers, lines, thread, threads
from app.services import messages as service
from app.services.attachment_files import (
    MAX_BYTES,
    PAPER_ENDING,
    PAPER_TYPE,
    Variant,
    attachment_dir,
    kept_file,
)
from app.services.message_files import MOST_FILES
from app.services.messages import NewThread
from app.web.attachments import sent_file_of
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.messages import FILTERS, PAGE, TOPIC, Q, filter_of, require_reader
from app.web.money_body import Body
from app.web.organisation_money import written
from app.web.params import choice, string_schema
from app.web.received import file_form, sent_files

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
_BINARY = {"type": "string", "format": "binary"}
SIZE = Param(
    "size", choice("picture", "thumbnail"), string_schema(enum=["picture", "thumbnail"]), "Of a picture", "picture"
)
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
    return {"thread": thread_json(held), "messages": [_line_json(thread_id, line) for line in found]}


def _line_json(thread_id: int, line: Line) -> dict[str, Any]:
    return {
        **asdict(line),
        "readers": [{"name": name, "read_at": at} for name, at in line.readers],
        "files": [
            {
                "id": one.id,
                "name": one.file_name,
                "media_type": one.media_type,
                "bytes": one.byte_count,
                "address": f"{RULE}/{thread_id}/files/{one.id}",
            }
            for one in line.files
        ],
    }


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
    f"{ONE}/files",
    method="POST",
    access=Access.SIGNED_IN,
    summary=f"Write in a matter with files: up to {MOST_FILES} fields file, JPEG, PNG, WebP or PDF,"
    f" {MAX_BYTES >> 20} MB each",
    response=_RECEIPT,
    status=201,
    body=file_form(("text",), text={"type": "string", "maxLength": service.TEXT_LENGTH}),
)
def add_reply_with_files(thread_id: int) -> dict[str, Any]:
    """Asked first whether the person may write there; the message and all its files are kept, or nothing."""
    require_reader()
    here = current()
    with here.database.reading() as session:
        service.may_write(session, here.actor, thread_id)
    text = request.form.get("text", "")
    with sent_files() as files, here.database.transaction(attribution()) as session:
        return asdict(service.reply(session, here.actor, thread_id, text, files))


@api_route(
    blueprint,
    f"{ONE}/files/<int:file_id>",
    access=Access.SIGNED_IN,
    params=(SIZE,),
    summary="A file of a matter, for whoever reads the matter: a PDF as it was sent, a picture drawn anew",
    response={"content": {"image/jpeg": _BINARY, PAPER_TYPE: _BINARY}},
)
def read_file(thread_id: int, file_id: int, size: Variant) -> Response:
    """A PDF always as a download: what somebody sent is never shown inside the site."""
    actor, here = require_reader(), current()
    with here.database.reading() as session:
        if thread(session, actor, thread_id) is None:
            raise NotFound("thread_not_found", {"thread": thread_id})
        found = next((one for one in files_of(session, thread_id) if one.id == file_id), None)
    if found is None:
        raise NotFound("message_file_not_found")
    paper = found.media_type == PAPER_TYPE
    variant: Variant = "original" if paper else size
    path = kept_file(attachment_dir(here.settings), found.stored_name, variant)
    media_type = PAPER_TYPE if paper else "image/jpeg"
    name = f"{Path(found.file_name).stem}{PAPER_ENDING if paper else '.jpg'}"
    return sent_file_of(path, media_type, name, f"{found.sha256[:32]}-{variant}", download=paper)


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

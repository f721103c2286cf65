"""ข้อความ: the list, a matter with its messages, a new one from a record's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Forbidden, InvalidInput, NotFound
from app.queries.messages import (
    SIDES,
    Side,
    Thread,
    ThreadFilter,
    awaiting_count,
    general_answers,
    lines,
    side_of,
    thread,
    threads,
    unread_count,
    writers_of_side,
)
from app.services import messages as service
from app.services.attachment_files import MAX_BYTES
from app.services.message_files import MESSAGE_MB, MOST_FILES, SentFile
from app.services.message_records import KINDS
from app.services.messages import SUBJECT_LENGTH, TEXT_LENGTH, MessageReceipt, NewThread
from app.web.completeness_words import topics
from app.web.context import attribution, current, in_passing
from app.web.endpoint import Access, Param, page_route
from app.web.message_new import about, new_thread_values
from app.web.message_words import (
    KIND_NAMES,
    SIDE_NAMES,
    STATES,
    event_words,
    place_name,
    readers_of,
    record_link,
    side_name,
)
from app.web.page_forms import go, refusals
from app.web.params import choice, integer_schema, organisation_code, string_schema, text_q, whole_number
from app.web.received import sent_files

blueprint = Blueprint("messages", __name__)

PAGE_ROWS = 50
VIEWS = ("all", "unread", "awaits", "mine", "general")
VIEW = Param("view", choice(*VIEWS), string_schema(enum=list(VIEWS)), "Which matters", VIEWS[0])
STATE = Param("state", choice(*STATES), string_schema(enum=list(STATES)), "State")
Q = Param("q", text_q, string_schema(maxLength=200), "Words in the subject or any message", "")
TOPIC = Param("topic", text_q, string_schema(maxLength=40), "Head of reporting")
ORGANISATION = Param("organisation", organisation_code, string_schema(maxLength=40), "Code of an organisation")
KIND = Param("kind", choice(*KINDS), string_schema(enum=list(KINDS)), "Kind of the record it is about")
KEY = Param("key", text_q, string_schema(maxLength=200), "Key of the record")
PAGE = Param("page", whole_number(1, 10_000), integer_schema(1, 10_000), "Page of the list", 1)
FILTERS = (VIEW, STATE, Q, TOPIC, ORGANISATION, KIND, KEY, PAGE)


def require_reader() -> Actor:
    """Refuse whoever reads no messages anywhere.

    Raises
    ------
    Forbidden
        ``forbidden``.
    """
    actor = current().actor
    if not actor.roles & set(policy.roles_for(policy.MESSAGE_READ)):
        raise Forbidden("forbidden", {"action": policy.MESSAGE_READ})
    return actor


def filter_of(given: Mapping[str, Any]) -> ThreadFilter:
    """What the address asks for."""
    record = (given["kind"], given["key"]) if given.get("kind") and given.get("key") else None
    return ThreadFilter(
        state=given.get("state"),
        q=given.get("q") or "",
        topic=given.get("topic"),
        organisation=given.get("organisation"),
        record=record,
        unread=given.get("view") == "unread",
        awaits=given.get("view") == "awaits",
        mine=given.get("view") == "mine",
    )


@page_route(blueprint, "/messages", access=Access.SIGNED_IN, params=FILTERS)
def list_page(**given: Any) -> str:
    """Matters that the person may read, the last written first; or answers for everybody."""
    actor = require_reader()
    start = (given["page"] - 1) * PAGE_ROWS
    with current().database.reading() as session:
        general = given["view"] == "general"
        found = None if general else threads(session, actor, filter_of(given), limit=PAGE_ROWS, offset=start)
        answers, count = (
            general_answers(session, given["q"] or "", given["topic"], limit=PAGE_ROWS, offset=start)
            if general
            else ((), 0)
        )
        total = found.total if found else count
        return render_template(
            "messages/list.html",
            given=given, found=found, answers=answers, total=total, more=start + PAGE_ROWS < total,
            counts={"unread": unread_count(session, actor), "awaits": awaiting_count(session, actor)},
            topics=topics(session), states=STATES, kinds=KIND_NAMES, sides=SIDE_NAMES, place_name=place_name,
            side_name=side_name,
            address=lambda **more: _address(given, more),
            may_write=bool(actor.roles & set(policy.roles_for(policy.MESSAGE_WRITE))),
        )  # fmt: skip


def _address(given: Mapping[str, Any], more: Mapping[str, Any]) -> str:
    held = {**given, "page": 1, **more}
    named = {
        name: value for name, value in held.items() if value and (name, value) not in (("page", 1), ("view", "all"))
    }
    return f"/messages?{urlencode(named)}" if named else "/messages"


@page_route(blueprint, "/messages/new", access=Access.SIGNED_IN, params=(ORGANISATION, KIND, KEY, TOPIC))
def new_page(**given: Any) -> str:
    """A new matter, about a record when it was asked on its page."""
    require_reader()
    return _new_page(given, {}, [])


@page_route(
    blueprint, "/messages/new", methods=("POST",), access=Access.SIGNED_IN, params=(ORGANISATION, KIND, KEY, TOPIC)
)
def write_new(**given: Any) -> Response:
    """Ask."""
    require_reader()
    form = request.form
    return _acted(
        lambda session, actor, files: service.ask(session, actor, _typed(form, given), files),
        lambda problems: _new_page(given, form, problems),
        _("ส่งแล้ว ผู้รับเห็นในระบบทันที"),
    )


def _typed(form: Mapping[str, str], given: Mapping[str, Any]) -> NewThread:
    to = form.get("to", "")
    return NewThread(
        subject=form.get("subject", ""),
        text=form.get("text", ""),
        organisation=form.get("organisation", "").strip() or given.get("organisation"),
        to=to if to in SIDES else None,
        record=about(given),
        topic=form.get("topic") or given.get("topic") or None,
    )


def _new_page(given: Mapping[str, Any], form: Mapping[str, str], problems: list[dict[str, Any]]) -> str:
    with current().database.reading() as session:
        return render_template(
            "messages/new.html",
            form=form, problems=problems, subject_length=SUBJECT_LENGTH, text_length=TEXT_LENGTH, states=STATES,
            file_limits={"n": MOST_FILES, "mb": MAX_BYTES >> 20, "all": MESSAGE_MB},
            **new_thread_values(session, given, form),
        )  # fmt: skip


@page_route(blueprint, "/messages/<int:thread_id>", access=Access.SIGNED_IN)
def thread_page(thread_id: int) -> str:
    """A matter; opening it is reading it."""
    actor = require_reader()

    def note(session: Session) -> None:
        if held := thread(session, actor, thread_id):
            service.note_read(session, actor, held)

    in_passing(note)
    return _thread_page(thread_id, {}, [])


@page_route(blueprint, "/messages/<int:thread_id>", methods=("POST",), access=Access.SIGNED_IN)
def write_in_thread(thread_id: int) -> Response:
    """Answer, pass on, give to somebody, close, open again."""
    require_reader()
    form = request.form
    with current().database.reading() as session:
        service.may_write(session, current().actor, thread_id)  # before files are taken
    return _acted(
        lambda session, actor, files: _act(session, actor, thread_id, form, files),
        lambda problems: _thread_page(thread_id, form, problems),
        {"reply": _("ส่งแล้ว"), "close": _("ปิดเรื่องแล้ว")}.get(form.get("do", ""), _("บันทึกแล้ว")),
    )


def _act(
    session: Session, actor: Actor, thread_id: int, form: Mapping[str, str], files: Sequence[SentFile]
) -> MessageReceipt:
    acts: Mapping[str, Callable[[], MessageReceipt]] = {
        "close": lambda: service.close(session, actor, thread_id),
        "reopen": lambda: service.reopen(session, actor, thread_id),
        "pass_on": lambda: service.pass_on(session, actor, thread_id, form.get("to", "")),
        "assign": lambda: service.assign(session, actor, thread_id, _number(form.get("person", ""))),
        "general": lambda: service.mark_general(session, actor, thread_id, _number(form.get("message", ""))),
    }
    act = acts.get(form.get("do", ""))
    return act() if act else service.reply(session, actor, thread_id, form.get("text", ""), files)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _thread_page(thread_id: int, form: Mapping[str, str], problems: list[dict[str, Any]]) -> str:
    actor = current().actor
    with current().database.reading() as session:
        held = thread(session, actor, thread_id)
        if held is None:
            raise NotFound("thread_not_found", {"thread": thread_id})
        side = side_of(actor, held.target)
        return render_template(
            "messages/thread.html",
            thread=held, lines=lines(session, thread_id), side=side, form=form, problems=problems,
            people=writers_of_side(session, side, held.target) if side else (),
            others=_others(held),
            states=STATES, kinds=KIND_NAMES, sides=SIDE_NAMES, topics=topics(session), place=place_name(held),
            side_name=side_name, event_words=event_words, record=record_link(held), text_length=TEXT_LENGTH,
            file_limits={"n": MOST_FILES, "mb": MAX_BYTES >> 20, "all": MESSAGE_MB},
            readers=readers_of(held.target, held.organisation_name, held.province_name),
        )  # fmt: skip


def _others(held: Thread) -> list[Side]:
    """To whom a matter can be passed on."""
    return [one for one in SIDES if one != held.addressed_to and (one != "ORGANISATION" or held.organisation_code)]


def _acted(
    act: Callable[[Session, Actor, Sequence[SentFile]], MessageReceipt],
    again: Callable[[list[dict[str, Any]]], str],
    done: str,
) -> Response:
    """Act in one transaction; what is refused comes back with what was typed."""
    context = current()
    try:
        with sent_files() as files, context.database.transaction(attribution()) as session:
            made = act(session, context.actor, files)
    except InvalidInput as error:
        return Response(again(refusals(error)), status=422, mimetype="text/html")
    flash(done)
    return go(f"{url_for('messages.thread_page', thread_id=made.thread)}#m{made.message}")

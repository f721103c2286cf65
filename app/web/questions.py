"""The desk of questions: what citizens ask, the oldest due first; publish, hide with a reason, answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import QUESTION_ANSWER, QUESTION_DECIDE, Visibility, own_scope, roles_for
from app.errors import Forbidden, NotFound
from app.queries.questions import PAGE, SHOWN, QuestionView, Shown, question_counts, question_page, question_view
from app.services import questions
from app.web.context import current
from app.web.endpoint import Access, Param, page_route
from app.web.page_forms import posted
from app.web.params import choice, integer_schema, organisation_code, string_schema, whole_number

blueprint = Blueprint("questions", __name__)

SHOW = Param("show", choice(*SHOWN), string_schema(enum=list(SHOWN)), "Which questions")
AFTER = Param("after", whole_number(0, 10**6), integer_schema(0, 10**6), "How many are before the page", 0)
ORGANISATION = Param("organisation", organisation_code, string_schema(), "Of one organisation")
WORDS = {
    "pending": lazy_gettext("ที่ต้องตอบ"),
    "waiting": lazy_gettext("รอตรวจก่อนเผยแพร่"),
    "open": lazy_gettext("รอคำตอบ"),
    "late": lazy_gettext("เกินกำหนด"),
    "appealed": lazy_gettext("รอจังหวัดพิจารณา"),
    "answered": lazy_gettext("ตอบแล้ว"),
    "hidden": lazy_gettext("ซ่อนไว้"),
    "all": lazy_gettext("ทั้งหมด"),
}
STATES = {
    "WAITING": WORDS["waiting"],
    "OPEN": WORDS["open"],
    "APPEALED": WORDS["appealed"],
    "ANSWERED": WORDS["answered"],
    "HIDDEN": WORDS["hidden"],
}


def question_tasks(session: Session, actor: Actor) -> list[tuple[Any, int, str]]:
    """What waits at this desk for a person's first page: one line, with how much of it is late."""
    decides = _decides(actor)
    if not decides and not actor.roles & set(roles_for(QUESTION_ANSWER)):
        return []
    counts = question_counts(session, own_scope(actor), today=date.today(), decides=decides)
    if not counts["pending"]:
        return []
    late, every = counts["late"], url_for("questions.list_page", show="pending")
    word: Any = lazy_gettext("คำถามประชาชน (ช้า %(count)s)", count=late) if late else lazy_gettext("คำถามประชาชน")
    return [(word, counts["pending"], every)]


def _decides(actor: Actor) -> bool:
    return bool(actor.roles & set(roles_for(QUESTION_DECIDE)))


@page_route(blueprint, "/questions", access=Access.SIGNED_IN, params=(SHOW, ORGANISATION, AFTER))
def list_page(show: Shown | None, organisation: str | None, after: int) -> str:
    """Questions of where the person works."""
    here, today = current(), date.today()
    _require_staff(here.actor)
    scope = own_scope(here.actor)
    with here.database.reading() as session:
        decides = _decides(here.actor)
        counts = question_counts(session, scope, today=today, decides=decides, organisation=organisation)
        waiting: Shown = next((name for name in SHOWN if counts[name]), "all")
        chosen = show or waiting
        found = question_page(
            session, scope, chosen, today=today, decides=decides, after=after, organisation=organisation
        )
    return render_template(
        "questions/list.html",
        items=found[:PAGE],
        next=after + PAGE if len(found) > PAGE else None,
        show=chosen,
        counts=counts,
        words=WORDS,
        states=STATES,
        organisation=organisation,
        after=after,
        today=today,
        within=questions.ANSWER_WITHIN.days,
    )


@page_route(blueprint, "/questions/<int:question_id>", access=Access.SIGNED_IN)
def one_page(question_id: int) -> str:
    """One question with what can be done."""
    return _one(question_id)


def _one(question_id: int, problems: Any = ()) -> str:
    here = current()
    with here.database.reading() as session:
        view = _found(session, here.actor, question_id)
    return render_template(
        "questions/question.html",
        view=view,
        may=questions.may_act(here.actor, view.target, view.state),
        states=STATES,
        problems=list(problems),
        typed=request.form,
        longest=questions.BODY_LENGTH,
        reason_longest=questions.REASON_LENGTH,
        today=date.today(),
    )


def _require_staff(actor: Actor) -> None:
    if policy.visibility(actor) is not Visibility.STAFF:
        raise Forbidden("forbidden")


def _found(session: Session, actor: Actor, question_id: int) -> QuestionView:
    """Unpublished questions may name people: those see them who answer for the place, and those above."""
    _require_staff(actor)
    view = question_view(session, question_id)
    if view is None or not own_scope(actor).covers(view.target):
        raise NotFound("question_not_found", {"question": question_id})
    return view


@page_route(
    blueprint,
    "/questions/<int:question_id>/<any(publish,hide,answer):act>",
    methods=("POST",),
    access=Access.SIGNED_IN,
)
def decide(question_id: int, act: str) -> Any:
    """Publish, hide or answer."""
    version = request.form.get("row_version", 0, type=int) or 0
    settings = current().settings
    with current().database.reading() as session:
        _found(session, current().actor, question_id)

    def write(session: Session, actor: Actor) -> Any:
        if act == "publish":
            return questions.publish(session, actor, question_id, version)
        if act == "hide":
            return questions.hide(session, actor, question_id, version, request.form.get("reason", ""))
        return questions.answer(
            session,
            actor,
            question_id,
            version,
            request.form.get("body", ""),
            secret_key=settings.secret_key,
            site=settings.public_url,
        )

    return posted(
        write,
        again=lambda problems: _one(question_id, problems),
        then=url_for("questions.one_page", question_id=question_id),
    )

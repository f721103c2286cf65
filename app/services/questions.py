"""Questions of citizens: asked without an account, looked at before anybody sees them, answered within fifteen days.

The organisation (or its officer on its behalf) publishes, hides with a reason, and answers. The citizen may come back
once: with a further question, or with an appeal against hiding, which the province decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy, sealing
from app.auth.actor import Actor
from app.auth.policy import QUESTION_ANSWER, QUESTION_DECIDE, Target
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import CitizenContact, CitizenMessage, CitizenQuestion
from app.services import mail
from gis.problems import Problem

ANSWER_WITHIN = timedelta(days=15)
BODY_LENGTH = 2000
REASON_LENGTH = 500
MOST_WAITING = 200
"""Questions that may wait for one organisation to look at them: a flood stops at its own door."""
MOST_WAITING_OF_WORK = 20
SAME_WITHIN = timedelta(minutes=10)
"""How long the same question is taken for one that was sent twice."""
CONTACT_KEPT = timedelta(days=30)
"""How long an address is kept after the answer, or after hiding."""
_LINK = "question"
# Everything that a person cannot see, but the ends of lines and what joins Thai letters and pictures.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Asked:
    """A question that was taken; ``link`` is the citizen's way back to it."""

    id: int
    link: str
    due_on: date


def read_body(text: str, field: str = "body", longest: int = BODY_LENGTH) -> str:
    """What somebody wrote, without what nobody sees.

    Raises
    ------
    InvalidInput
        Nothing, or too much.
    """
    plain = re.sub(r"\n{3,}", "\n\n", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if not plain:
        raise InvalidInput([Problem("question_empty", where={"field": field})])
    if len(plain) > longest:
        values = {"given": len(plain), "longest": longest}
        raise InvalidInput([Problem("question_too_long", where={"field": field}, values=values)])
    return plain


def read_address(text: str, field: str = "email") -> str:
    """A mail address.

    Raises
    ------
    InvalidInput
        It is none.
    """
    address = mail.clean_address(text)
    if address is None:
        raise InvalidInput([Problem("mail_address_wrong", where={"field": field})])
    return address


def ask(
    session: Session,
    *,
    secret_key: str,
    body: str,
    project: str | None = None,
    organisation: str | None = None,
    email: str = "",
    today: date,
) -> Asked:
    """Take a question about a published work, or about an organisation; the same one sent twice is one.

    Raises
    ------
    NotFound
        Neither is there to be seen.
    InvalidInput
        Nothing is asked, or too much; too many questions wait already; the address is none.
    """
    project_id, code = _about(session, project, organisation)
    problems: list[Problem] = []
    said, address = "", ""
    try:
        said = read_body(body)
    except InvalidInput as error:
        problems += error.problems
    if email.strip():
        try:
            address = read_address(email)
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)
    _one_at_a_time(session, code)
    before = _sent_before(session, code, project_id, said, address, secret_key)
    if before is not None:
        return Asked(before.id, sealing.link(secret_key, _LINK, before.id), before.due_on)
    if problems := _too_many(session, code, project_id):
        raise InvalidInput(problems)
    question = CitizenQuestion(organisation_code=code, project_id=project_id, due_on=today + ANSWER_WITHIN)
    session.add(question)
    session.flush()
    session.add(CitizenMessage(question_id=question.id, kind="question", body=said))
    if address:
        session.add(CitizenContact(question_id=question.id, email_sealed=sealing.seal(secret_key, address)))
    session.flush()
    return Asked(question.id, sealing.link(secret_key, _LINK, question.id), question.due_on)


def _about(session: Session, project: str | None, organisation: str | None) -> tuple[int | None, str]:
    if project is not None:
        row = session.execute(
            sa.text("SELECT id, organisation_code FROM public_project WHERE code = :code"), {"code": project}
        ).one_or_none()
        if row is None:
            raise NotFound("project_not_found", {"project": project[:80]})
        return int(row.id), str(row.organisation_code)
    code = session.scalar(
        sa.text("SELECT code FROM public_organisation WHERE code = :code"), {"code": organisation or ""}
    )
    if code is None:
        raise NotFound("organisation_not_found", {"organisation": (organisation or "")[:20]})
    return None, str(code)


def _one_at_a_time(session: Session, organisation: str) -> None:
    """So that two at once neither both find the last place, nor both miss that they are the same."""
    session.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtextextended('question ' || :code, 0))"), {"code": organisation}
    )


def _sent_before(
    session: Session, organisation: str, project_id: int | None, said: str, address: str, secret_key: str
) -> CitizenQuestion | None:
    """The same words about the same thing, sent a moment ago with the same address, or none: a button pressed twice."""
    statement = (
        sa.select(CitizenQuestion, CitizenContact.email_sealed)
        .join(CitizenMessage, CitizenMessage.question_id == CitizenQuestion.id)
        .outerjoin(CitizenContact, CitizenContact.question_id == CitizenQuestion.id)
        .where(
            CitizenQuestion.organisation_code == organisation,
            CitizenQuestion.project_id.is_not_distinct_from(project_id),
            CitizenQuestion.state == "WAITING",
            CitizenQuestion.reopened_at.is_(None),
            CitizenQuestion.asked_at > sa.func.now() - SAME_WITHIN,
            CitizenMessage.kind == "question",
            CitizenMessage.body == said,
        )
        .order_by(CitizenQuestion.id)
    )
    for question, sealed in session.execute(statement):
        if (sealing.unseal(secret_key, sealed) if sealed else "") == address:
            return question
    return None


def _too_many(session: Session, organisation: str, project_id: int | None) -> list[Problem]:
    row = session.execute(
        sa.text(
            "SELECT count(*) AS of_all, count(*) FILTER (WHERE project_id = :project) AS of_work"
            " FROM citizen_question WHERE organisation_code = :code AND state = 'WAITING'"
        ),
        {"code": organisation, "project": project_id},
    ).one()
    if row.of_all < MOST_WAITING and (project_id is None or row.of_work < MOST_WAITING_OF_WORK):
        return []
    return [Problem("question_queue_full", where={"field": "body"})]


def question_of_link(session: Session, secret_key: str, link: str) -> int:
    """The question that a citizen's link leads to.

    Raises
    ------
    NotFound
        It leads nowhere.
    """
    number = sealing.number_of(secret_key, _LINK, link)
    if number is None or session.get(CitizenQuestion, number) is None:
        raise NotFound("question_not_found", {"question": "–"})
    return number


def ask_again(session: Session, secret_key: str, link: str, body: str, *, today: date) -> None:
    """Come back to an answered question, or appeal against hiding it; once.

    Raises
    ------
    NotFound, InvalidInput, Conflict
        No such question; nothing said; it was done before, or there is nothing to come back to yet.
    """
    question = _locked(session, question_of_link(session, secret_key, link))
    said = read_body(body)
    if question.reopened_at is not None or question.state not in ("ANSWERED", "HIDDEN"):
        raise Conflict("question_closed")
    session.add(CitizenMessage(question_id=question.id, kind="again", body=said))
    question.reopened_at = _now(session)
    question.state = "APPEALED" if question.state == "HIDDEN" else "WAITING"
    question.due_on = today + ANSWER_WITHIN
    session.flush()


def publish(session: Session, actor: Actor, question_id: int, row_version: int) -> CitizenQuestion:
    """Let everybody see a question; of one that was hidden and appealed, the province decides so."""
    question = _held(session, actor, question_id, row_version)
    if question.state not in ("WAITING", "APPEALED", "HIDDEN"):
        raise Conflict("question_closed")
    question.state, question.hidden_reason = "OPEN", None
    question.decided_at = _now(session)
    _show(session, question_id)
    session.flush()
    return question


def hide(session: Session, actor: Actor, question_id: int, row_version: int, reason: str) -> CitizenQuestion:
    """Keep a question from being seen, with the reason, which is seen; an appeal is turned down in the same way."""
    question = _held(session, actor, question_id, row_version)
    why = read_body(reason, "reason", REASON_LENGTH)
    if question.state == "HIDDEN":
        raise Conflict("question_closed")
    question.hidden_reason, question.state = why, "HIDDEN"
    question.decided_at = _now(session)
    session.flush()
    return question


def answer(
    session: Session, actor: Actor, question_id: int, row_version: int, body: str, *, secret_key: str, site: str = ""
) -> CitizenQuestion:
    """Answer for the organisation, which publishes the question as well; tells the citizen who left an address."""
    question = _held(session, actor, question_id, row_version)
    said = read_body(body)
    if question.state not in ("WAITING", "OPEN", "APPEALED"):
        raise Conflict("question_closed")
    session.add(
        CitizenMessage(
            question_id=question_id, kind="answer", body=said, by_user=actor.user_id, by_name=actor.display_name
        )
    )
    session.flush()
    question.answered_at = question.decided_at = _now(session)
    question.state, question.hidden_reason = "ANSWERED", None
    _show(session, question_id)
    session.flush()
    _tell(session, question_id, said, secret_key, site)
    return question


def _tell(session: Session, question_id: int, said: str, secret_key: str, site: str) -> None:
    contact = session.get(CitizenContact, question_id)
    address = sealing.unseal(secret_key, contact.email_sealed) if contact else None
    if address is None:
        return
    way = f"{site}/public/questions/{sealing.link(secret_key, _LINK, question_id)}"
    mail.post(
        session,
        kind="answer",
        recipient=address,
        subject=f"คำตอบของคำถามเลขที่ {question_id} · e-Plan",
        text=f"{said}\n\nดูคำถามและคำตอบ หรือถามต่อได้อีกหนึ่งครั้ง:\n{way}\n",
        about=f"question:{question_id}",
    )


def may_act(actor: Actor, target: Target, state: str) -> bool:
    """Whether somebody may act on a question in a state: an appeal is the province's."""
    return policy.may(actor, QUESTION_DECIDE if state == "APPEALED" else QUESTION_ANSWER, target)


def forget_contacts(session: Session) -> int:
    """Delete the addresses of questions that were answered or hidden long enough ago; how many."""
    gone = session.execute(
        sa.text(
            "DELETE FROM citizen_contact c USING citizen_question q WHERE q.id = c.question_id"
            " AND q.state IN ('ANSWERED', 'HIDDEN') AND coalesce(q.decided_at, q.updated_at) < now() - :kept"
            " RETURNING c.question_id"
        ),
        {"kept": CONTACT_KEPT},
    )
    about = [f"question:{number}" for number in gone.scalars()]
    # The answer in the outbox holds the address as well.
    session.execute(sa.text("DELETE FROM mail WHERE about = ANY(:about)"), {"about": about})
    return len(about)


def _held(session: Session, actor: Actor, question_id: int, row_version: int) -> CitizenQuestion:
    """The question, locked, for somebody who may act on it as it stands.

    Raises
    ------
    NotFound, Forbidden, Conflict
        None; not theirs; somebody else was faster.
    """
    question = _locked(session, question_id)
    target = _target(session, question.organisation_code)
    if not may_act(actor, target, question.state):
        if question.state == "APPEALED" and policy.may(actor, QUESTION_ANSWER, target):
            raise Forbidden("question_of_province")
        policy.require(actor, QUESTION_ANSWER, target)
    if question.row_version != row_version:
        raise Conflict("question_changed")
    return question


def _locked(session: Session, question_id: int) -> CitizenQuestion:
    statement = sa.select(CitizenQuestion).where(CitizenQuestion.id == question_id).with_for_update()
    question = session.scalar(statement.execution_options(populate_existing=True))
    if question is None:
        raise NotFound("question_not_found", {"question": question_id})
    return question


def _target(session: Session, organisation: str) -> Target:
    row: Any = session.execute(
        sa.text("SELECT code, province_code, amphoe_code FROM organisation WHERE code = :code"), {"code": organisation}
    ).one()
    return Target(row.code, row.province_code, row.amphoe_code)


def _show(session: Session, question_id: int) -> None:
    session.execute(
        sa.text("UPDATE citizen_message SET shown = true WHERE question_id = :id AND NOT shown"), {"id": question_id}
    )


def _now(session: Session) -> datetime:
    moment: datetime = session.execute(sa.select(sa.func.now())).scalar_one()
    return moment

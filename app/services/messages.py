"""Writing in threads: asking, answering, passing on, giving to a person, closing; each in the caller's transaction.

A question is addressed to a side (organisation, province, department). What another side than the asker's writes
answers it; what the asker's side writes afterwards opens it again. Whoever may not read a thread is told that there is
none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Forbidden, NotFound
from app.queries.codelists import code_list
from app.queries.messages import SIDES, Side, Thread, side_of, thread, writers_of_side
from app.services.message_files import SentFile, check_files, keep_files
from app.services.message_records import record_of
from app.services.money_rules import check_text, organisation_target, refuse
from app.services.notices import tell_of_message
from gis.problems import Problem
from gis.thai import ZONE

SUBJECT_LENGTH = 200
AT_ONCE = (40, timedelta(minutes=10))
A_DAY = (400, timedelta(days=1))
"""Messages and acts of one person: more than anybody writes by hand to every organisation of an officer, and less than
what fills the lists of a province. Reminders have a limit of their own."""
TEXT_LENGTH = 20_000
"""Letters of a message; what is longer belongs into a file."""


@dataclass(frozen=True)
class NewThread:
    """A question.

    Parameters
    ----------
    organisation, province
        Whose matter it is; without an organisation it is between a province and the department.
    to
        Side that is asked; without one the province, or of the province's own questions the organisation.
    record
        Kind and key of what it is about; it says the organisation.
    topic
        Head of reporting that it is about.
    """

    subject: str
    text: str
    organisation: str | None = None
    province: str | None = None
    to: Side | None = None
    record: tuple[str, str] | None = None
    topic: str | None = None


@dataclass(frozen=True)
class MessageReceipt:
    """The thread, its newest message, and its state."""

    thread: int
    message: int
    state: str


def ask(session: Session, actor: Actor, new: NewThread, files: Sequence[SentFile] = ()) -> MessageReceipt:
    """Begin a thread; ``files`` come with its question.

    Raises
    ------
    NotFound
        No such organisation, province or record.
    Forbidden
        Not a place where the person writes.
    InvalidInput
        Everything wrong with it: no subject or text, too long, an unknown topic, nobody or one's own side asked.
    """
    record = record_of(session, *new.record) if new.record else None
    target = _target(session, actor, record.organisation_code if record else new.organisation, new.province)
    policy.require(actor, policy.MESSAGE_WRITE, target)
    side = side_of(actor, target) or "DEPARTMENT"
    to = new.to or _usual(side, target)
    refuse(
        [
            *check_text("subject", new.subject, required=True, limit=SUBJECT_LENGTH),
            *_check_message(new.text),
            *check_files(files),
            *_check_side(side, to, target),
            *_check_topic(session, new.topic),
        ]
    )
    thread_id = session.scalar(
        sa.text(_NEW),
        {
            "subject": " ".join(new.subject.split()),
            "organisation": target.organisation_code,
            "province": target.province_code,
            "amphoe": target.amphoe_code,
            "topic": new.topic or (record.topic if record else None),
            "kind": record.kind if record else None,
            "key": record.key if record else None,
            "name": record.name[:300] if record else None,
            "asked_by": side,
            "to": to,
            "sides": sorted({side, to}, key=SIDES.index),
            "me": actor.user_id,
            "name_of_me": actor.display_name,
        },
    )
    held = _hold(session, actor, int(thread_id or 0))
    return _write(session, actor, held, side, text=new.text, files=files)


_NEW = """
INSERT INTO message_thread (subject, organisation_code, province_code, amphoe_code, topic, record_kind, record_key,
                            record_name, asked_by, addressed_to, sides, created_by, created_by_name)
VALUES (:subject, :organisation, :province, :amphoe, :topic, :kind, :key, :name, :asked_by, :to, :sides, :me,
        :name_of_me)
RETURNING id
"""


def may_write(session: Session, actor: Actor, thread_id: int) -> None:
    """Asked before files are taken. Errors as of :func:`reply`."""
    held = thread(session, actor, thread_id)
    if held is None:
        raise NotFound("thread_not_found", {"thread": thread_id})
    _side(actor, held)


def reply(session: Session, actor: Actor, thread_id: int, text: str, files: Sequence[SentFile] = ()) -> MessageReceipt:
    """Write in a thread: an answer, or a further question that opens it again; ``files`` come with it.

    Raises
    ------
    NotFound, Forbidden
        No such thread for this person; they only read it.
    InvalidInput
        No text, or too long a one; too many files, or one that is neither a picture nor a PDF.
    """
    held = _hold(session, actor, thread_id)
    side = _side(actor, held)
    refuse([*_check_message(text), *check_files(files)])
    state = "OPEN" if side == held.asked_by else "ANSWERED"
    return _write(session, actor, held, side, text=text, state=state, files=files)


def close(session: Session, actor: Actor, thread_id: int) -> MessageReceipt:
    """Say that nothing more is to be done; what is closed already stays so. Errors as of :func:`reply`."""
    held = _hold(session, actor, thread_id)
    side = _side(actor, held)
    if held.state == "CLOSED":
        return MessageReceipt(held.id, held.last_message_id, held.state)
    return _write(session, actor, held, side, event="CLOSED", state="CLOSED")


def reopen(session: Session, actor: Actor, thread_id: int) -> MessageReceipt:
    """Open a thread again that was closed or answered. Errors as of :func:`reply`."""
    held = _hold(session, actor, thread_id)
    side = _side(actor, held)
    if held.state == "OPEN":
        return MessageReceipt(held.id, held.last_message_id, held.state)
    return _write(session, actor, held, side, event="REOPENED", state="OPEN")


def close_or_reopen(session: Session, actor: Actor, thread_id: int, do: str) -> MessageReceipt:
    """:func:`close` or :func:`reopen` by its name.

    Raises
    ------
    InvalidInput
        Another name, beside the errors of both.
    """
    if do not in ("close", "reopen"):
        refuse([Problem("unknown_code", where={"field": "do"}, values={"given": do[:80]})])
    return close(session, actor, thread_id) if do == "close" else reopen(session, actor, thread_id)


def pass_on(session: Session, actor: Actor, thread_id: int, to: str) -> MessageReceipt:
    """Let another side answer: the province passes a question on to the department.

    Raises
    ------
    NotFound, Forbidden
        As of :func:`reply`.
    InvalidInput
        The side that is asked already, or one that the thread cannot have.
    """
    held = _hold(session, actor, thread_id)
    side = _side(actor, held)
    problems = _check_side(None, to, held.target)
    if to == held.addressed_to and not problems:
        problems = [Problem("message_to_same", where={"field": "to"})]
    refuse(problems)
    session.execute(
        sa.text("UPDATE message_thread SET addressed_to = :to, sides = :sides, assigned_to = NULL WHERE id = :id"),
        {"to": to, "sides": [one for one in SIDES if one == to or one in held.sides], "id": held.id},
    )
    return _write(session, actor, held, side, event="PASSED_ON", detail=to, state="OPEN")


def assign(session: Session, actor: Actor, thread_id: int, user_id: int | None) -> MessageReceipt:
    """Give a thread to somebody of one's own side, or to nobody in particular.

    Raises
    ------
    NotFound, Forbidden
        As of :func:`reply`.
    InvalidInput
        Somebody who does not write for this side.
    """
    held = _hold(session, actor, thread_id)
    side = _side(actor, held)
    known = {one.id: one.name for one in writers_of_side(session, side, held.target)}
    if user_id is not None and user_id not in known:
        refuse([Problem("message_assignee", where={"field": "person"})])
    if user_id == held.assigned_to:
        return MessageReceipt(held.id, held.last_message_id, held.state)
    session.execute(
        sa.text("UPDATE message_thread SET assigned_to = :user WHERE id = :id"), {"user": user_id, "id": held.id}
    )
    return _write(session, actor, held, side, event="ASSIGNED", detail=known[user_id] if user_id else None)


def mark_general(session: Session, actor: Actor, thread_id: int, message_id: int | None) -> MessageReceipt:
    """Let all staff read the question and this answer, without who asked; ``None`` takes that back.

    Raises
    ------
    NotFound, Forbidden
        As of :func:`reply`; only the province and the department may.
    InvalidInput
        No answer of this thread: an event, or what the asking side wrote.
    """
    held = _hold(session, actor, thread_id)
    side = _side(actor, held)
    if side == "ORGANISATION":
        raise Forbidden("forbidden", {"action": policy.MESSAGE_WRITE, "roles": ["PROV_OFFICER", "DLA_CENTRAL"]})
    if message_id is not None:
        of_thread = session.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM message"
                " WHERE id = :m AND thread_id = :t AND text IS NOT NULL AND side <> :asker)"
            ),
            {"m": message_id, "t": held.id, "asker": held.asked_by},
        )
        if not of_thread:
            refuse([Problem("message_no_answer", where={"field": "message"})])
    if message_id == held.general_answer_id:
        return MessageReceipt(held.id, held.last_message_id, held.state)
    session.execute(
        sa.text("UPDATE message_thread SET general_answer_id = :m WHERE id = :id"), {"m": message_id, "id": held.id}
    )
    return _write(session, actor, held, side, event="GENERAL" if message_id else "NOT_GENERAL")


def note_read(session: Session, actor: Actor, held: Thread, upto: int | None = None) -> None:
    """Write down that the person has read a thread, as far as it goes or up to a message.

    Reading up to a message that is no more the last one leaves the thread unread.
    """
    if actor.user_id is None:
        return
    upto = upto or held.last_message_id
    # Whoever writes at this moment holds the thread: what they write is seen here, or makes it unread afterwards.
    asked = {"me": actor.user_id, "thread": held.id, "upto": upto}
    last = "SELECT last_message_id <= :upto FROM message_thread WHERE id = :thread FOR SHARE"
    if session.scalar(sa.text(last), asked):
        session.execute(sa.text("DELETE FROM message_unread WHERE user_id = :me AND thread_id = :thread"), asked)
    session.execute(
        sa.text(
            """INSERT INTO message_read (thread_id, user_id, message_id)
            SELECT m.thread_id, :me, m.id FROM message m
            WHERE m.id = (SELECT max(id) FROM message WHERE thread_id = :thread AND id <= :upto)
              AND NOT EXISTS (SELECT FROM message_read r
                              WHERE r.thread_id = :thread AND r.user_id = :me AND r.message_id >= m.id)
            ON CONFLICT DO NOTHING"""
        ),
        asked,
    )


def write_as_system(
    session: Session, actor: Actor, held: Thread, side: Side, text: str, *, state: str
) -> MessageReceipt:
    """What a service writes for a person, a reminder for instance: policy was asked there."""
    return _write(session, actor, held, side, text=text, state=state, tell=False)


def _write(
    session: Session,
    actor: Actor,
    held: Thread,
    side: Side,
    *,
    text: str | None = None,
    event: str | None = None,
    detail: str | None = None,
    state: str | None = None,
    tell: bool = True,
    files: Sequence[SentFile] = (),
) -> MessageReceipt:
    if tell:
        refuse(_too_fast(session, actor))
    message_id = int(
        session.scalar(
            sa.text(
                "INSERT INTO message (thread_id, side, author_id, author_name, text, event, detail)"
                " VALUES (:thread, :side, :me, :name, :text, :event, :detail) RETURNING id"
            ),
            {
                "thread": held.id,
                "side": side,
                "me": actor.user_id,
                "name": actor.display_name,
                "text": text.strip() if text is not None else None,
                "event": event,
                "detail": detail,
            },
        )
        or 0
    )
    keep_files(session, message_id, files)
    after = state or held.state
    session.execute(
        sa.text(
            """UPDATE message_thread SET last_message_id = :message, last_at = now(), last_by = :me, state = :state,
               sides = CASE WHEN :side = ANY (sides) THEN sides ELSE sides || CAST(:side AS text) END WHERE id = :id"""
        ),
        {"message": message_id, "me": actor.user_id, "state": after, "side": side, "id": held.id},
    )
    session.execute(
        sa.text(_CONCERNS), {"id": held.id, "me": actor.user_id, "roles": list(policy.roles_for(policy.MESSAGE_WRITE))}
    )
    note_read(session, actor, held, message_id)
    if tell:
        tell_of_message(session, actor, held.id, message_id)
    return MessageReceipt(held.id, message_id, after)


_WRITTEN = """
SELECT count(*) AS written, (array_agg(created_at ORDER BY created_at DESC))[:most] AS last
FROM message m
WHERE author_id = :me AND created_at > now() - :within
  AND NOT EXISTS (SELECT FROM reminder r
                  WHERE r.thread_id = m.thread_id AND r.sent_by = :me AND r.sent_at = m.created_at)
"""


def _too_fast(session: Session, actor: Actor) -> list[Problem]:
    """Whether the person has written as much as one does; counted one after the other, so that many at once are many.

    Reminders are written in the moment that stands in their own table, and do not count.
    """
    if actor.user_id is None:
        return []
    session.execute(sa.text("SELECT pg_advisory_xact_lock(20435, :me)"), {"me": actor.user_id % 2**31})
    for most, within in (AT_ONCE, A_DAY):
        row = session.execute(sa.text(_WRITTEN), {"me": actor.user_id, "within": within, "most": most}).one()
        if row.written >= most:
            again: datetime = (row.last + within).astimezone(ZONE)
            words = f"{again.day}/{again.month}/{again.year + 543} {again:%H:%M}"
            values = {"most": most, "minutes": round(within.total_seconds() / 60), "again": words}
            return [Problem("message_too_fast", where={"field": "text"}, values=values)]
    return []


# Whose matter it is: who writes for a side that asked, was asked or wrote, and to whom it was given.
_CONCERNS = """
INSERT INTO message_unread (user_id, thread_id)
SELECT m.user_id, t.id
FROM message_thread t
JOIN membership m ON m.role_code = ANY(:roles) AND m.user_id IS DISTINCT FROM :me
     AND coalesce(m.valid_from, current_date) <= current_date AND coalesce(m.valid_to, current_date) >= current_date
JOIN role r ON r.code = m.role_code
WHERE t.id = :id
  AND (('ORGANISATION' = ANY (t.sides) AND m.organisation_code = t.organisation_code)
       OR ('PROVINCE' = ANY (t.sides) AND r.scope = 'province' AND m.area_code = t.province_code)
       OR ('DEPARTMENT' = ANY (t.sides) AND r.scope = 'nation'))
UNION
SELECT t.assigned_to, t.id FROM message_thread t
WHERE t.id = :id AND t.assigned_to IS NOT NULL AND t.assigned_to IS DISTINCT FROM :me
ON CONFLICT DO NOTHING
"""


def _hold(session: Session, actor: Actor, thread_id: int) -> Thread:
    held = thread(session, actor, thread_id, lock=True)
    if held is None:
        raise NotFound("thread_not_found", {"thread": thread_id})
    return held


def _side(actor: Actor, held: Thread) -> Side:
    policy.require(actor, policy.MESSAGE_WRITE, held.target)
    side = side_of(actor, held.target)
    if side is None or (side == "ORGANISATION" and held.organisation_code is None):
        raise Forbidden("forbidden", {"action": policy.MESSAGE_WRITE})
    return side


def _target(session: Session, actor: Actor, organisation: str | None, province: str | None) -> Target:
    if organisation:
        return organisation_target(session, organisation)
    scope = policy.scope_of(actor, policy.MESSAGE_WRITE)
    if province is None and len(scope.organisations) == 1:
        return organisation_target(session, min(scope.organisations))
    if province is None and len(scope.provinces) == 1:
        province = min(scope.provinces)
    if province is None:
        refuse([Problem("field_required", where={"field": "organisation"})])
    known = sa.text("SELECT EXISTS (SELECT FROM area WHERE code = :code AND level = 'province')")
    if not session.scalar(known, {"code": province}):
        raise NotFound("area_not_found", {"area": str(province)[:10]})
    return Target(None, province, None)


def _usual(side: Side, target: Target) -> Side:
    """Whom a side asks when it does not say."""
    if side == "ORGANISATION":
        return "PROVINCE"
    if target.organisation_code is not None:
        return "ORGANISATION"
    return "DEPARTMENT" if side == "PROVINCE" else "PROVINCE"


def _check_message(text: str) -> Sequence[Problem]:
    problems = check_text("text", text, required=True, limit=TEXT_LENGTH)
    return [
        Problem("message_too_long", where=one.where, values=one.values) if one.code == "text_too_long" else one
        for one in problems
    ]


def _check_side(side: Side | None, to: str, target: Target) -> list[Problem]:
    if to not in SIDES:
        return [Problem("unknown_code", where={"field": "to"}, values={"given": str(to)[:80]})]
    if to == side or (to == "ORGANISATION" and target.organisation_code is None):
        return [Problem("message_to_nobody", where={"field": "to"})]
    return []


def _check_topic(session: Session, topic: str | None) -> list[Problem]:
    if topic and topic not in code_list(session, "completeness_topic"):
        return [Problem("unknown_code", where={"field": "topic"}, values={"given": topic[:80]})]
    return []

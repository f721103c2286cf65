"""Reminding an organisation of what it owes: a message to it, and mail to those who enter it, not again within days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import InvalidInput, NotFound
from app.queries.completeness import Scope
from app.queries.messages import Side, side_of, thread
from app.queries.owed import Debt, debts
from app.services.message_records import record_of
from app.services.messages import write_as_system
from app.services.money_rules import organisation_target
from app.services.notices import post_notices
from gis.problems import Problem
from gis.thai import format_thai_date

AGAIN_AFTER = timedelta(days=7)
MOST_DEBTS = 200
MOST_LATE = 2_000
"""Debts of a province that one act reminds of."""


@dataclass(frozen=True)
class Reminded:
    """What a reminder did: of how many debts, by how many mails; ``waiting`` were reminded too lately."""

    organisation: str
    debts: int
    mails: int
    waiting: int
    threads: Sequence[int] = ()


def last_reminders(session: Session, pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], datetime]:
    """When each organisation was last reminded of each task."""
    wanted = list(pairs)
    if not wanted:
        return {}
    rows = session.execute(
        sa.text(
            """SELECT organisation_code, task_id, max(sent_at) FROM reminder
            WHERE organisation_code = ANY(:organisations) AND task_id = ANY(:tasks) GROUP BY 1, 2"""
        ),
        {"organisations": [code for code, _task in wanted], "tasks": [task for _code, task in wanted]},
    )
    return {(row[0], row[1]): row[2] for row in rows}


def remind(session: Session, actor: Actor, organisation: str, task_ids: Sequence[int], today: date) -> Reminded:
    """Remind an organisation of tasks that it owes; those of which it was reminded within a week wait.

    Each head of reporting has one thread a year, so that reminders and what is answered stand together.

    Raises
    ------
    NotFound
        No such organisation.
    Forbidden
        Not the organisation's coordinator, its province or the department.
    InvalidInput
        It owes nothing of these tasks.
    """
    target = organisation_target(session, organisation)
    policy.require(actor, policy.REMIND, target)
    # Two who press at once: the second sees what the first has sent.
    session.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtextextended('remind ' || :organisation, 0))"),
        {"organisation": organisation},
    )
    wanted = set(task_ids)
    found = debts(session, Scope(organisations=(organisation,)), today, limit=MOST_DEBTS).items
    owed = [debt for debt in found if debt.task_id in wanted]
    if not owed:
        raise InvalidInput([Problem("nothing_to_remind", where={"field": "tasks"})])
    before = last_reminders(session, [(organisation, debt.task_id) for debt in owed])
    now = session.scalar(sa.text("SELECT now()")) or datetime.now().astimezone()
    due = [debt for debt in owed if before.get((organisation, debt.task_id), now - AGAIN_AFTER) <= now - AGAIN_AFTER]
    by_thread: dict[tuple[int, str], list[Debt]] = {}
    for debt in due:
        by_thread.setdefault((debt.fiscal_year_be, debt.topic), []).append(debt)
    mails, threads = 0, []
    for (year, topic), several in by_thread.items():
        thread_id, posted = _send(session, actor, target, f"{organisation}:{year}:{topic}", several)
        mails += posted
        threads.append(thread_id)
    return Reminded(organisation, len(due), mails, len(owed) - len(due), threads)


def _target_of(session: Session, scope: Scope) -> Target:
    if scope.organisations:
        return organisation_target(session, scope.organisations[0])
    area = scope.areas[0] if scope.areas else ""
    return Target(None, area[:2], area[:4] if len(area) > 2 else None) if area else policy.NATION


@dataclass(frozen=True)
class RemindedAll:
    """What reminding of everything late did; ``waiting`` debts were reminded too lately."""

    organisations: int
    debts: int
    mails: int
    waiting: int


def remind_late(session: Session, actor: Actor, scope: Scope, today: date) -> RemindedAll:
    """Remind every organisation of a place of all that is late there, each debt as :func:`remind` would.

    Raises
    ------
    Forbidden
        The actor does not coordinate the place.
    InvalidInput
        Nothing is late; ``reminder_nation``: the whole nation.
    """
    policy.require(actor, policy.REMIND, _target_of(session, scope))
    if scope.nation:
        raise InvalidInput([Problem("reminder_nation", where={"field": "area"})])
    late: dict[str, list[int]] = {}
    for debt in debts(session, scope, today, state="late", limit=MOST_LATE).items:
        late.setdefault(debt.organisation_code, []).append(debt.task_id)
    if not late:
        raise InvalidInput([Problem("nothing_to_remind", where={"field": "tasks"})])
    made = [remind(session, actor, code, tasks, today) for code, tasks in sorted(late.items())]
    sent = [one for one in made if one.debts]
    return RemindedAll(
        len(sent), sum(one.debts for one in made), sum(one.mails for one in made), sum(one.waiting for one in made)
    )


def _send(session: Session, actor: Actor, target: Target, key: str, owed: Sequence[Debt]) -> tuple[int, int]:
    side: Side = side_of(actor, target) or "DEPARTMENT"
    thread_id, subject = _thread(session, actor, target, key, side)
    held = thread(session, actor, thread_id, lock=True)
    if held is None:
        raise NotFound("thread_not_found", {"thread": thread_id})
    lines = [
        f"• {debt.name_th}: ขาด {debt.missing} รายการ ครบกำหนด {format_thai_date(debt.due_on)}"
        + (f" (ช้า {debt.days_late} วัน)" if debt.late else "")
        for debt in owed
    ]
    text = "\n".join(["ยังขาดรายการที่ต้องบันทึก", *lines, "", "รายการที่ขาดและช่องที่ต้องกรอกอยู่ในลิงก์ด้านบนของเรื่องนี้"])
    write_as_system(session, actor, held, side, text, state="OPEN")
    owners = _owners(session, target.organisation_code or "", {debt.owner_role for debt in owed})
    mails = post_notices(session, owners - {actor.user_id or 0}, thread_id, subject, actor.display_name)
    session.execute(
        sa.text(
            "INSERT INTO reminder (organisation_code, task_id, thread_id, missing, mails, sent_by, sent_by_name)"
            " VALUES (:organisation, :task, :thread, :missing, :mails, :me, :name)"
        ),
        [
            {
                "organisation": target.organisation_code,
                "task": debt.task_id,
                "thread": thread_id,
                "missing": debt.missing,
                "mails": mails,
                "me": actor.user_id,
                "name": actor.display_name,
            }
            for debt in owed
        ],
    )
    return thread_id, mails


def _thread(session: Session, actor: Actor, target: Target, key: str, side: Side) -> tuple[int, str]:
    """The thread of a head of reporting in a year; begun by the first reminder."""
    record = record_of(session, "completeness", key)
    subject = f"เตือน: {record.name}"
    values = {
        "subject": subject[:200],
        "organisation": target.organisation_code,
        "province": target.province_code,
        "amphoe": target.amphoe_code,
        "topic": record.topic,
        "key": key,
        "name": record.name[:300],
        "side": side,
        "sides": list(dict.fromkeys(["ORGANISATION", side])),
        "me": actor.user_id,
        "name_of_me": actor.display_name,
    }
    found = session.execute(sa.text(_FIND), values).one_or_none() or session.execute(sa.text(_BEGIN), values).one()
    return found.id, found.subject


_FIND = """
SELECT id, subject FROM message_thread
WHERE record_kind = 'completeness' AND record_key = :key AND organisation_code = :organisation AND subject = :subject
ORDER BY id LIMIT 1
"""
_BEGIN = """
INSERT INTO message_thread (subject, organisation_code, province_code, amphoe_code, topic, record_kind, record_key,
                            record_name, asked_by, addressed_to, sides, created_by, created_by_name)
VALUES (:subject, :organisation, :province, :amphoe, :topic, 'completeness', :key, :name, :side, 'ORGANISATION', :sides,
        :me, :name_of_me)
RETURNING id, subject
"""


def _owners(session: Session, organisation: str, roles: set[str]) -> set[int]:
    """Persons of an organisation who enter what is missing."""
    return set(
        session.scalars(
            sa.text(
                """SELECT DISTINCT u.id FROM user_account u JOIN membership m ON m.user_id = u.id
                WHERE u.active AND m.organisation_code = :organisation AND m.role_code = ANY(:roles)
                  AND coalesce(m.valid_from, current_date) <= current_date
                  AND coalesce(m.valid_to, current_date) >= current_date"""
            ),
            {"organisation": organisation, "roles": sorted(roles)},
        )
    )

"""The digest: what a person owes today and what is new for them, once a day or a week, by mail.

The list is that of ค้างวันนี้ (:func:`app.queries.owed.debts`). Nobody is written to on a day off or in their quiet hours;
who has nothing due gets nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.loading import actor_by_id
from app.auth.policy import own_scope
from app.queries.completeness import Scope
from app.queries.messages import unread_count
from app.queries.notifications import Recipient, due_for_digest
from app.queries.owed import Debt, debts
from app.services.mail import clean_address, post
from app.services.notices import link
from app.services.quiet_time import is_quiet, is_working_day
from app.settings import Settings
from gis.thai import ZONE, format_thai_date

BATCH = 50
LINES = 15


def send_digests(session: Session, settings: Settings, now: datetime | None = None) -> tuple[int, int]:
    """Post the digests of some people whose hour has come; how many people were thought of, and how many mails posted.

    Call it again while the first number is :data:`BATCH`.
    """
    local = (now or datetime.now(UTC)).astimezone(ZONE)
    if not is_working_day(local.date()):
        return 0, 0
    # Two workers: the second finds everybody thought of.
    if not session.scalar(sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended('digests', 0))")):
        return 0, 0
    people = [
        (one, often)
        for one, often in due_for_digest(session, local.date(), 10 * BATCH)
        if not is_quiet(local.time(), one.quiet_from, one.quiet_until)
    ][:BATCH]
    posted = 0
    for one, often in people:
        if often == "daily" or _first_of_week(local.date()):
            posted += _digest(session, settings, one, local.date(), often)
        _thought_of(session, one.user_id, local.date())
    return len(people), posted


def _first_of_week(day: date) -> bool:
    """True on the first working day of a week."""
    return not any(is_working_day(day - timedelta(days=back)) for back in range(1, day.weekday() + 1))


def _thought_of(session: Session, user_id: int, today: date) -> None:
    session.execute(
        sa.text(
            "INSERT INTO notification_setting (user_id, digest_on) VALUES (:user, :day)"
            " ON CONFLICT (user_id) DO UPDATE SET digest_on = excluded.digest_on"
        ),
        {"user": user_id, "day": today},
    )


def _digest(session: Session, settings: Settings, one: Recipient, today: date, often: str) -> int:
    actor = actor_by_id(session, one.user_id)
    if actor is None or clean_address(one.address) is None:
        return 0
    owed, total, late = _owed(session, actor, today)
    unread = unread_count(session, actor)
    if not total and not unread:
        return 0
    english = one.language == "en"
    told = post(
        session,
        kind="digest",
        recipient=one.address,
        subject=_subject(total, late, today, english),
        text=_text(owed, total, late, unread, settings, english),
        dedupe_key=f"digest:{one.user_id}:{today}",
        user_id=one.user_id,
    )
    return int(told is not None)


def _owed(session: Session, actor: Actor, today: date) -> tuple[Sequence[Debt], int, int]:
    """Of an organisation's person what is theirs to enter; of an officer the area; of the department nothing."""
    scope = own_scope(actor)
    if scope.organisations:
        own = Scope(organisations=tuple(sorted(scope.organisations)))
        found = debts(session, own, today, limit=500)
        mine = [debt for debt in found.items if debt.owner_role in actor.roles or "LAO_PLANNER" in actor.roles]
        return mine[:LINES], len(mine), sum(debt.late for debt in mine)
    if scope.provinces or scope.amphoes:
        page = debts(session, Scope(areas=tuple(sorted(scope.provinces | scope.amphoes))), today, limit=LINES)
        return page.items, page.total, page.late
    return (), 0, 0


def _subject(total: int, late: int, today: date, english: bool) -> str:
    if english:
        return f"e-Plan: {total} due, {late} late ({today.day}/{today.month}/{today.year + 543})"
    return f"e-Plan: ค้าง {total} รายการ ช้า {late} ({format_thai_date(today)})"


def _text(owed: Sequence[Debt], total: int, late: int, unread: int, settings: Settings, english: bool) -> str:
    parts = [
        f"Due today: {total}, late: {late}" if english else f"ค้างวันนี้ {total} รายการ ช้า {late} รายการ",
        "",
        *(_line(debt, english) for debt in owed),
    ]
    if total > len(owed):
        more = total - len(owed)
        parts.append(f"… and {more} more" if english else f"… และอีก {more} รายการ")
    if unread:
        parts += ["", f"Unread matters: {unread}" if english else f"เรื่องที่มีข้อความใหม่ {unread} เรื่อง"]
    parts += [
        "",
        f"{'List' if english else 'ดูรายการและไปที่ช่องที่ต้องกรอก'}: {link('/monitoring/owed', settings)}",
        f"{'Messages' if english else 'ข้อความ'}: {link('/messages', settings)}",
        f"{'Change or stop these mails' if english else 'ตั้งค่าหรืองดอีเมลนี้'}: {link('/account/notifications', settings)}",
        "",
    ]
    return "\n".join(parts)


def _line(debt: Debt, english: bool) -> str:
    name = (debt.name_en if english else None) or debt.name_th
    if english:
        state = f"{debt.days_late} days late" if debt.late else f"due {debt.due_on.day}/{debt.due_on.month}"
        return f"- {debt.organisation_name}: {name}, {debt.missing} missing, {state}"
    state = f"ช้า {debt.days_late} วัน" if debt.late else f"ครบกำหนด {format_thai_date(debt.due_on)}"
    return f"- {debt.organisation_name}: {name} ขาด {debt.missing} รายการ {state}"

"""Mail that tells a person to look into the system: never what a message says, only that there is one.

Mail leaves the system's scopes: whoever reads it on somebody's telephone learns the subject of a matter and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Target
from app.queries.messages import SIDES, Side, readers_among, writers_of_side
from app.queries.notifications import Recipient, told_of_messages
from app.services.mail import clean_address, post
from app.services.quiet_time import not_before
from app.settings import Settings
from gis.thai import ZONE

_WORDS = {
    "th": (
        "e-Plan: ข้อความใหม่ {subject}",
        "มีข้อความใหม่ในเรื่อง “{subject}” จาก {author}\n\nอ่านและตอบในระบบ: {where}\n\n"
        "ตั้งค่าหรืองดอีเมลนี้: {settings}\nข้อความในระบบไม่ส่งทางอีเมล และไม่มีใครขอรหัสผ่านทางข้อความ\n",
    ),
    "en": (
        "e-Plan: new message {subject}",
        "There is a new message about “{subject}” from {author}.\n\nRead and answer it in the system: {where}\n\n"
        "Change or stop these mails: {settings}\nWhat messages say is not sent by mail, and nobody asks for a password"
        " in a message.\n",
    ),
}


def link(path: str, settings: Settings | None = None) -> str:
    """A page as mail names it: with the site's address where it is set."""
    return f"{(settings or Settings.from_environment()).public_url}{path}"


def tell_of_message(session: Session, actor: Actor, thread_id: int, message_id: int) -> int:
    """Write to whom a message concerns; at most one mail a day about a matter; how many were posted.

    Who wrote in it before and to whom it was given; where nobody of the side that is asked has, everybody who writes
    for that side, of the department nobody.
    """
    row = session.execute(
        sa.text(
            """SELECT t.subject, t.addressed_to, t.organisation_code, t.province_code, t.amphoe_code, t.assigned_to,
               m.text, m.event, m.side FROM message_thread t JOIN message m ON m.thread_id = t.id
               WHERE t.id = :thread AND m.id = :message"""
        ),
        {"thread": thread_id, "message": message_id},
    ).one()
    if row.text is None and row.event != "ASSIGNED":
        return 0
    people = set(
        session.scalars(
            sa.text("SELECT DISTINCT author_id FROM message WHERE thread_id = :t AND text IS NOT NULL"),
            {"t": thread_id},
        )
    )
    if row.assigned_to:
        people.add(row.assigned_to)
    people = {row.assigned_to} if row.event == "ASSIGNED" else people
    people |= _asked(session, row) if row.text is not None else set()
    target = Target(row.organisation_code, row.province_code, row.amphoe_code)
    told = readers_among(session, people - {actor.user_id, None}, target)
    return post_notices(session, told, thread_id, row.subject, actor.display_name)


def _asked(session: Session, row: Any) -> set[int]:
    side: Side = next(one for one in SIDES if one == row.addressed_to)
    if side == row.side or side == "DEPARTMENT" or row.assigned_to:
        return set()
    target = Target(row.organisation_code, row.province_code, row.amphoe_code)
    return {one.id for one in writers_of_side(session, side, target)}


def post_notices(session: Session, people: Iterable[int], thread_id: int, subject: str, author: str) -> int:
    """A mail to each of these persons who wants it, outside their quiet hours; how many were posted."""
    now = datetime.now(UTC)
    posted = 0
    for one in told_of_messages(session, list(people)):
        if clean_address(one.address) is None:
            continue  # an account's address that is none stops nobody's message
        heading, body = _WORDS["en" if one.language == "en" else "th"]
        told = post(
            session,
            kind="message",
            recipient=one.address,
            subject=heading.format(subject=subject),
            text=body.format(
                subject=subject,
                author=author,
                where=link(f"/messages/{thread_id}"),
                settings=link("/account/notifications"),
            ),
            dedupe_key=f"message:{thread_id}:{one.user_id}:{now.astimezone(ZONE).date()}",
            user_id=one.user_id,
            not_before=free_at(one, now),
        )
        posted += told is not None
    return posted


def free_at(one: Recipient, now: datetime) -> datetime:
    """When mail may reach a person."""
    return not_before(now, one.quiet_from, one.quiet_until)

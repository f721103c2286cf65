"""Who wants to hear of a place by mail: asked twice, told once a day at most, forgotten with one press.

Addresses are sealed (:mod:`app.auth.sealing`); nothing of a subscription is in the change log, and ending it deletes
it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import sealing
from app.errors import InvalidInput, NotFound
from app.models import AreaSubscription
from app.queries.public_follow import Event, events_of, name_of_place
from app.services import mail
from app.services.questions import read_address
from gis.problems import Problem

UNCONFIRMED_KEPT = timedelta(days=3)
MOST_ASKED_A_DAY = 3
"""Mails a day that ask an address whether it wants to hear, of whatever places: whoever types somebody else's address
for every place there is fills nobody's mailbox."""
MOST_EVENTS = 40
"""Works that one mail names; the feed has the others."""
_LINK = "subscription"
_AREA = re.compile(r"area:(?:[0-9]{2}){1,3}", re.ASCII)
_ORGANISATION = re.compile(r"organisation:[A-Z0-9]{1,20}", re.ASCII)
_NEAR = re.compile(r"near:(\d{1,2}\.\d{1,2}),(\d{2,3}\.\d{1,2}),(\d{1,2})", re.ASCII)


@dataclass(frozen=True)
class Told:
    """How many were told of something, and how many requests were forgotten."""

    mails: int
    forgotten: int


def read_place(text: str) -> str:
    """A place that can be followed: ``area:990101``, ``organisation:D9901001`` or ``near:15.98,102.03,5`` (latitude,
    longitude, kilometres; a point is never finer than a hundredth of a degree).

    Raises
    ------
    InvalidInput
        It is none.
    """
    near = _NEAR.fullmatch(text)
    in_range = near and 5 <= float(near[1]) <= 21 and 97 <= float(near[2]) <= 106 and 1 <= int(near[3]) <= 50
    if _AREA.fullmatch(text) or _ORGANISATION.fullmatch(text) or in_range:
        return text
    raise InvalidInput([Problem("place_unknown", where={"field": "place"})])


def subscribe(session: Session, *, secret_key: str, site: str, place: str, email: str) -> None:
    """Ask an address whether it wants to hear of a place; who is subscribed already is not asked again.

    Whoever asks hears the same in every case: nobody learns who is subscribed.

    Raises
    ------
    InvalidInput, NotFound
        No address; no such place.
    """
    where = read_place(place)
    name = name_of_place(session, where)
    if name is None:
        raise NotFound("place_unknown", {"place": where})
    address = read_address(email)
    mark = sealing.mark(secret_key, f"{where} {address.lower()}")
    row = session.execute(
        sa.text(
            "INSERT INTO area_subscription (place, email_sealed, email_mark) VALUES (:place, :sealed, :mark)"
            " ON CONFLICT (email_mark) DO UPDATE SET email_sealed = excluded.email_sealed"
            " RETURNING id, confirmed_at, current_date AS today"
        ),
        {"place": where, "sealed": sealing.seal(secret_key, address), "mark": mark},
    ).one()
    if row.confirmed_at is not None:
        return
    about = f"subscription:{row.id}"
    # One such mail for an address and a place, however often it is asked for.
    if session.scalar(sa.text("SELECT EXISTS (SELECT FROM mail WHERE about = :about)"), {"about": about}):
        return
    way = f"{site}/public/subscriptions/{sealing.link(secret_key, _LINK, row.id)}"
    whose = sealing.mark(secret_key, address.lower())
    for number in range(MOST_ASKED_A_DAY):
        posted = mail.post(
            session,
            kind="subscription",
            recipient=address,
            subject=f"ยืนยันการติดตาม {name} · e-Plan",
            text=(
                f"มีผู้ขอให้ส่งข่าวโครงการของ {name} มาที่อีเมลนี้\n\nถ้าเป็นคุณ กดยืนยันที่\n{way}\n\n"
                "ถ้าไม่ใช่คุณ ไม่ต้องทำอะไร อีเมลนี้จะถูกลบภายใน 3 วัน\n"
            ),
            dedupe_key=f"subscribe:{whose}:{row.today}:{number}",
            about=about,
        )
        if posted is not None:
            return


def subscription_of_link(session: Session, secret_key: str, link: str) -> AreaSubscription:
    """The subscription that a link from a mail leads to.

    Raises
    ------
    NotFound
        It leads nowhere, or the subscription was ended.
    """
    number = sealing.number_of(secret_key, _LINK, link)
    found = None if number is None else session.get(AreaSubscription, number)
    if found is None:
        raise NotFound("subscription_not_found")
    return found


def confirm(session: Session, secret_key: str, link: str) -> str:
    """The address says yes; the place that it will hear of. What happened before is not told."""
    found = subscription_of_link(session, secret_key, link)
    if found.confirmed_at is None:
        session.execute(
            sa.text("UPDATE area_subscription SET confirmed_at = now(), told_until = now() WHERE id = :id"),
            {"id": found.id},
        )
    return found.place


def end(session: Session, secret_key: str, link: str) -> None:
    """Forget the address and that it ever subscribed; ended again, there is nothing left to forget."""
    number = sealing.number_of(secret_key, _LINK, link)
    if number is None:
        raise NotFound("subscription_not_found")
    session.execute(sa.text("DELETE FROM area_subscription WHERE id = :id"), {"id": number})
    # What was sent or still waits holds the address as well.
    session.execute(sa.text("DELETE FROM mail WHERE about = :about"), {"about": f"subscription:{number}"})


def tell_subscribers(session: Session, *, secret_key: str, site: str) -> Told:
    """Put a mail into the outbox for everybody whose place has news, a day or more after the last one."""
    forgotten = session.execute(
        sa.text("DELETE FROM area_subscription WHERE confirmed_at IS NULL AND created_at < now() - :kept RETURNING id"),
        {"kept": UNCONFIRMED_KEPT},
    )
    gone = [f"subscription:{number}" for number in forgotten.scalars()]
    # The mail that asked holds the address as well.
    session.execute(sa.text("DELETE FROM mail WHERE about = ANY(:gone)"), {"gone": gone})
    due = session.execute(
        sa.text(
            "SELECT id, place, email_sealed, told_until, now() AS until FROM area_subscription"
            " WHERE confirmed_at IS NOT NULL AND told_until < now() - interval '23 hours'"
            " ORDER BY told_until LIMIT 500 FOR UPDATE SKIP LOCKED"
        )
    ).all()
    mails = 0
    for row in due:
        address = sealing.unseal(secret_key, row.email_sealed)
        events = events_of(session, row.place, since=row.told_until, limit=MOST_EVENTS) if address else []
        if address and events:
            mails += 1
            _post_news(session, row, address, events, secret_key, site)
        session.execute(
            sa.text("UPDATE area_subscription SET told_until = :until WHERE id = :id"),
            {"id": row.id, "until": row.until},
        )
    return Told(mails, len(gone))


def _post_news(
    session: Session, row: sa.Row[Any], address: str, events: Sequence[Event], secret_key: str, site: str
) -> None:
    name = name_of_place(session, row.place) or ""
    away = f"{site}/public/subscriptions/{sealing.link(secret_key, _LINK, row.id)}/end"
    lines = [f"• {event.name_th}\n  {event.what} · {site}/public/projects/{event.code}" for event in events]
    mail.post(
        session,
        kind="subscription",
        recipient=address,
        subject=f"ข่าวโครงการ {name}: {len(events)} เรื่อง · e-Plan",
        text="\n".join([f"โครงการของ {name} ที่เปลี่ยนไป", "", *lines, "", f"เลิกติดตาม: {away}", ""]),
        dedupe_key=f"news:{row.id}:{row.until:%Y%m%d}",
        about=f"subscription:{row.id}",
        unsubscribe_url=away,
    )

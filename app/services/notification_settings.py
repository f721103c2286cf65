"""A person's wishes for reminders, and the address that they prove to be theirs with a code sent to it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Forbidden, InvalidInput
from app.queries.notifications import DIGESTS
from app.services.mail import clean_address, post
from app.services.money_rules import refuse
from gis.problems import Problem

CODE_LIFE = timedelta(days=1)
MOST_TRIES = 5
SEND_AGAIN_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Wishes:
    """As the form says them."""

    digest: str
    on_message: bool
    quiet_from: str
    quiet_until: str


def save(session: Session, actor: Actor, wishes: Wishes) -> None:
    """Keep them.

    Raises
    ------
    InvalidInput
        An unknown choice, or an hour that is none.
    """
    user = _user(actor)
    hours = {name: _hour(getattr(wishes, name)) for name in ("quiet_from", "quiet_until")}
    problems = [Problem("hour_unreadable", where={"field": name}) for name, hour in hours.items() if hour is None]
    if wishes.digest not in DIGESTS:
        problems.append(Problem("unknown_code", where={"field": "digest"}, values={"given": wishes.digest[:40]}))
    refuse(problems)
    _upsert(session, user, {"digest": wishes.digest, "on_message": wishes.on_message, **hours})


def give_address(session: Session, actor: Actor, text: str) -> None:
    """Take an address; nothing but a code is sent to it until that code comes back.

    Raises
    ------
    InvalidInput
        No address; or a code was sent a moment ago.
    """
    user = _user(actor)
    address = clean_address(text)
    if address is None:
        raise InvalidInput([Problem("mail_address", where={"field": "address"})])
    last = session.scalar(
        sa.text("SELECT code_at FROM notification_setting WHERE user_id = :u FOR UPDATE"), {"u": user}
    )
    now = datetime.now(UTC)
    if last is not None and now - last < SEND_AGAIN_AFTER:
        refuse([Problem("code_just_sent", where={"field": "address"})])
    code = f"{secrets.randbelow(1_000_000):06d}"
    _upsert(
        session,
        user,
        {"new_address": address, "code_sha256": _sha256(user, code), "code_at": now, "code_tries": 0},
    )
    post(
        session,
        kind="confirm",
        recipient=address,
        subject="e-Plan: ยืนยันที่อยู่อีเมล",
        text=f"รหัสยืนยันที่อยู่อีเมลสำหรับการเตือนของ e-Plan: {code}\n\nกรอกในหน้า การแจ้งเตือน ภายใน 1 วัน"
        " ถ้าไม่ได้ขอ ไม่ต้องทำอะไร\n\n"
        f"Your code to confirm this address for reminders of e-Plan: {code}\nIf you did not ask for it, do nothing.\n",
        user_id=user,
    )


def confirm_address(session: Session, actor: Actor, code: str) -> bool:
    """Whether the code came back, so that the address is the person's; a wrong one is counted.

    Raises
    ------
    InvalidInput
        No code waits, it is too old, or too many were tried.
    """
    user = _user(actor)
    row = session.execute(
        sa.text(
            "SELECT new_address, code_sha256, code_at, code_tries FROM notification_setting"
            " WHERE user_id = :u FOR UPDATE"
        ),
        {"u": user},
    ).one_or_none()
    alive = row is not None and row.code_at is not None and datetime.now(UTC) - row.code_at < CODE_LIFE
    if row is None or not alive or row.code_tries >= MOST_TRIES:
        raise InvalidInput([Problem("code_over", where={"field": "code"})])
    if not secrets.compare_digest(row.code_sha256, _sha256(user, code.strip())):
        _upsert(session, user, {"code_tries": row.code_tries + 1})
        return False
    nothing = dict.fromkeys(("new_address", "code_sha256", "code_at"))
    _upsert(session, user, {"address": row.new_address, **nothing, "code_tries": 0})
    return True


def forget_address(session: Session, actor: Actor) -> None:
    """Take back the address that was given here."""
    nothing = dict.fromkeys(("address", "new_address", "code_sha256", "code_at"))
    _upsert(session, _user(actor), {**nothing, "code_tries": 0})


def _upsert(session: Session, user: int, values: dict[str, object]) -> None:
    names = ", ".join(values)
    given = ", ".join(f":{name}" for name in values)
    changed = ", ".join(f"{name} = excluded.{name}" for name in values)
    session.execute(
        sa.text(
            f"INSERT INTO notification_setting (user_id, {names}) VALUES (:user, {given})"
            f" ON CONFLICT (user_id) DO UPDATE SET {changed}, updated_at = now()"
        ),
        {**values, "user": user},
    )


def _user(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden("forbidden")
    return actor.user_id


def _sha256(user: int, code: str) -> str:
    return hashlib.sha256(f"{user}:{code}".encode()).hexdigest()


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip())
    except ValueError:
        return None

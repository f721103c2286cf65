"""Sessions of people: one row for each sign-in, so that signing out ends it here and not only in one browser.

The cookie carries a random key and its row the key's SHA-256: what the database holds cannot be put into a cookie.
Signing out on a shared computer ends that one; a new password, a disabled account or the person's wish ends all.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.tokens import token_sha256
from app.models import UserSession

IDLE = timedelta(hours=12)
"""An unused session ends after this."""
NOTED_EVERY = timedelta(minutes=5)
"""The use of a session is written down this often."""
KEPT = timedelta(days=90)
"""Rows of ended sessions stay this long."""


DEVICE_LENGTH = 200


def start_session(session: Session, user_id: int, *, device: str = "", second_factor_at: datetime | None = None) -> str:
    """Begin a session of a person; the key that their cookie shall carry.

    Parameters
    ----------
    device
        What the browser says of itself, so that its person knows it in the list.
    second_factor_at
        When the code was given, for a session that takes another's place.
    """
    key = secrets.token_urlsafe(32)
    last = sa.func.coalesce(UserSession.ended_at, UserSession.last_seen_at)
    session.execute(sa.delete(UserSession).where(UserSession.user_id == user_id, last < sa.func.now() - KEPT))
    session.execute(
        sa.insert(UserSession).values(
            user_id=user_id,
            key_sha256=token_sha256(key),
            device=device[:DEVICE_LENGTH] or None,
            second_factor_at=second_factor_at,
        )
    )
    return key


def pass_second_factor(session: Session, key: str) -> None:
    """Write down that the person of this session gave a code."""
    which = UserSession.key_sha256 == token_sha256(key)
    session.execute(sa.update(UserSession).where(which).values(second_factor_at=sa.func.now()))


def session_of(session: Session, key: str) -> UserSession | None:
    """The row of a session that goes on."""
    return session.scalars(
        sa.select(UserSession).where(UserSession.key_sha256 == token_sha256(key), UserSession.ended_at.is_(None))
    ).first()


def end_session(session: Session, key: str) -> None:
    """End one session; again changes nothing."""
    _end(session, UserSession.key_sha256 == token_sha256(key))


def end_session_number(session: Session, user_id: int, number: int) -> None:
    """End one session of a person by its number in their list; again changes nothing."""
    _end(session, sa.and_(UserSession.user_id == user_id, UserSession.id == number))


def end_sessions_of(session: Session, user_id: int, *, but: str = "") -> None:
    """End every session of a person, ``but`` the one of this key."""
    _end(session, sa.and_(UserSession.user_id == user_id, UserSession.key_sha256 != token_sha256(but)))


def note_use(session: Session, key: str) -> None:
    """Write down that a session is in use."""
    session.execute(
        sa.update(UserSession).where(UserSession.key_sha256 == token_sha256(key)).values(last_seen_at=sa.func.now())
    )


def goes_on(connection: sa.Connection, key: str) -> bool:
    """True while a session that was looked up before has not been ended; one row by its key."""
    found = sa.select(sa.literal(1)).where(UserSession.key_sha256 == token_sha256(key), UserSession.ended_at.is_(None))
    return connection.scalar(found) is not None


def _end(session: Session, which: sa.ColumnElement[bool]) -> None:
    session.execute(sa.update(UserSession).where(which, UserSession.ended_at.is_(None)).values(ended_at=sa.func.now()))

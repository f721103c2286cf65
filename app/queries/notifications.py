"""How people want to be told, and of what: settings, addresses, what became of their mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

DIGESTS = ("off", "daily", "weekly")


@dataclass(frozen=True)
class Setting:
    """A person's wishes; what nobody chose is as the table's defaults.

    Parameters
    ----------
    address
        Confirmed address, or that of the account; none when there is neither.
    own
        Whether it is one that the person gave here.
    waiting
        Address that was given and not confirmed yet.
    """

    digest: str
    on_message: bool
    quiet_from: time
    quiet_until: time
    address: str | None
    own: bool
    waiting: str | None


@dataclass(frozen=True)
class Recipient:
    """A person who can be written to."""

    user_id: int
    name: str
    language: str
    address: str
    quiet_from: time
    quiet_until: time


@dataclass(frozen=True)
class MailLine:
    """A mail in a list; ``recipient`` in the operator's."""

    id: int
    kind: str
    recipient: str
    subject: str
    state: str
    tries: int
    next_try_at: datetime
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class MailSums:
    """How many mails there are of each state."""

    waiting: int
    sent: int
    failed: int
    troubled: int


_SETTING = """
SELECT coalesce(s.digest, 'daily'), coalesce(s.on_message, true), coalesce(s.quiet_from, '18:00'),
       coalesce(s.quiet_until, '08:00'), coalesce(s.address, u.email), s.address IS NOT NULL, s.new_address
FROM user_account u LEFT JOIN notification_setting s ON s.user_id = u.id WHERE u.id = :user
"""
_RECIPIENTS = """
SELECT u.id, u.display_name, u.language, coalesce(s.address, u.email), coalesce(s.quiet_from, '18:00'),
       coalesce(s.quiet_until, '08:00')
FROM user_account u LEFT JOIN notification_setting s ON s.user_id = u.id
WHERE u.active AND coalesce(s.address, u.email) IS NOT NULL AND {which} ORDER BY u.id
"""
_MAIL = """
SELECT id, kind, recipient, subject, CASE state WHEN 'SENDING' THEN 'WAITING' ELSE state END, tries, next_try_at,
       last_error, created_at, sent_at
FROM mail WHERE {which} ORDER BY coalesce(sent_at, created_at) DESC, id DESC LIMIT :limit OFFSET :offset
"""


def setting(session: Session, user_id: int) -> Setting:
    """The wishes of a person."""
    return Setting(*session.execute(sa.text(_SETTING), {"user": user_id}).one())


def told_of_messages(session: Session, users: Sequence[int]) -> list[Recipient]:
    """Of these persons those who want mail when somebody writes to them."""
    which = "u.id = ANY(:users) AND coalesce(s.on_message, true)"
    rows = session.execute(sa.text(_RECIPIENTS.format(which=which)), {"users": list(users)})
    return [Recipient(*row) for row in rows]


def due_for_digest(session: Session, today: date, limit: int) -> list[tuple[Recipient, str]]:
    """Who gets a digest and was not thought of today, with how often they want it."""
    which = (
        "coalesce(s.digest, 'daily') <> 'off' AND (s.digest_on IS NULL OR s.digest_on < :today)"
        " AND EXISTS (SELECT FROM membership m WHERE m.user_id = u.id)"
    )
    statement = _RECIPIENTS.format(which=which).replace(
        "\nFROM user_account", ", coalesce(s.digest, 'daily')\nFROM user_account"
    )
    rows = session.execute(sa.text(f"{statement} LIMIT :limit"), {"today": today, "limit": limit})
    return [(Recipient(*row[:-1]), row[-1]) for row in rows]


def mail_of(session: Session, user_id: int, limit: int = 10) -> list[MailLine]:
    """The newest mail for a person."""
    asked = {"user": user_id, "limit": limit, "offset": 0}
    return [MailLine(*row) for row in session.execute(sa.text(_MAIL.format(which="user_id = :user")), asked)]


def mail_page(session: Session, state: str | None, *, limit: int, offset: int) -> list[MailLine]:
    """All mail, the newest first; ``troubled`` is what waits after a failed try."""
    which = {
        None: "true",
        "waiting": "state IN ('WAITING', 'SENDING')",
        "troubled": "state IN ('WAITING', 'SENDING') AND last_error IS NOT NULL",
        "sent": "state = 'SENT'",
        "failed": "state = 'FAILED'",
    }[state]
    rows = session.execute(sa.text(_MAIL.format(which=which)), {"limit": limit, "offset": offset})
    return [MailLine(*row) for row in rows]


def mail_sums(session: Session) -> MailSums:
    """Counts for the operator."""
    row = session.execute(
        sa.text(
            """SELECT count(*) FILTER (WHERE state IN ('WAITING', 'SENDING')), count(*) FILTER (WHERE state = 'SENT'),
               count(*) FILTER (WHERE state = 'FAILED'),
               count(*) FILTER (WHERE state IN ('WAITING', 'SENDING') AND last_error IS NOT NULL) FROM mail"""
        )
    ).one()
    return MailSums(*row)

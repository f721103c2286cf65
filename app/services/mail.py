"""The outbox: mail is written in the transaction of what it tells of, and sent by the worker afterwards.

``post`` writes a row. :func:`take` gives a row to one worker in a transaction of its own, :func:`sent`,
:func:`try_again` and :func:`give_up` say what became of it. A worker that died between the mail server's yes and
:func:`sent` leaves a row whose lease ends, and it is sent a second time with the same ``Message-ID``: a reminder that
comes twice is better than one that nobody got, and mail programs show the two as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

LEASE = timedelta(minutes=15)
"""How long a worker may take over one mail; longer than every time limit of the conversation with the server."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=5)
TRIED_ENOUGH = 10
"""Tries of half a day: what was held over long holidays has had as many before it is given up."""
KEPT = timedelta(days=90)
SUBJECT_LENGTH = 300
NOT_CONFIGURED = "not_configured"
"""``last_error`` of mail that waited to its end while no mail server was set."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^@\s\x00-\x1f\x7f<>()\[\]\\,;:\"]{3,190}")
_DOMAIN = re.compile(r"(?=.{4,190}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Outgoing:
    """A mail in the hands of one worker; ``tries`` counts this one, and is proof that it is still theirs."""

    id: int
    kind: str
    recipient: str
    subject: str
    body_text: str
    body_html: str | None
    unsubscribe_url: str | None
    tries: int
    created_at: datetime


def clean_address(text: str) -> str | None:
    """A mail address as a mail server takes it (the domain in ASCII, lower case), or None when it is none.

    Examples
    --------
    >>> clean_address(" Somsri@Example.ORG ")
    'Somsri@example.org'
    >>> clean_address("a@b.th, c@d.th") is None
    True
    """
    stripped = text.strip()
    if _ADDRESS.fullmatch(stripped) is None:
        return None
    local, _at, domain = stripped.rpartition("@")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return None
    try:
        plain = domain.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return f"{local}@{plain}" if _DOMAIN.fullmatch(plain) else None


def post(
    session: Session,
    *,
    kind: str,
    recipient: str,
    subject: str,
    text: str,
    html: str | None = None,
    dedupe_key: str | None = None,
    user_id: int | None = None,
    about: str | None = None,
    unsubscribe_url: str | None = None,
    not_before: datetime | None = None,
) -> int | None:
    """Put a mail into the outbox, in the caller's transaction.

    Parameters
    ----------
    kind
        What it is, for lists: small letters, ``digest``, ``reminder``, ``subscription`` ...
    recipient
        One address; see :func:`clean_address`.
    subject
        One line: line ends and other control characters become spaces, what is too long is cut.
    dedupe_key
        What was posted with this key is not posted again, by whomever.
    user_id, about
        Account that it is for, or what else it is for (``subscription:12``).
    unsubscribe_url
        Address behind ``List-Unsubscribe``.
    not_before
        Wait until then: the end of somebody's quiet hours.

    Returns
    -------
    int or None
        Its number; None when a mail with this key was posted before.

    Raises
    ------
    ValueError
        ``recipient`` is no address: whoever takes addresses from people asks :func:`clean_address` first.
    """
    address = clean_address(recipient)
    if address is None:
        raise ValueError("not a mail address")
    row = session.execute(
        sa.text(_POST),
        {
            "kind": kind,
            "recipient": address,
            "subject": one_line(subject),
            "text": text.replace("\x00", ""),
            "html": html and html.replace("\x00", ""),
            "dedupe_key": dedupe_key,
            "user_id": user_id,
            "about": about,
            "unsubscribe_url": unsubscribe_url,
            "not_before": not_before,
        },
    ).one_or_none()
    return row.id if row else None


_POST = """
INSERT INTO mail (kind, recipient, subject, body_text, body_html, dedupe_key, user_id, about, unsubscribe_url,
                  next_try_at)
VALUES (:kind, :recipient, :subject, :text, :html, :dedupe_key, :user_id, :about, :unsubscribe_url,
        coalesce(CAST(:not_before AS timestamptz), now()))
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id
"""


def one_line(text: str) -> str:
    """Text as one line of a header: nothing in it ends the header."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return (line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…") or "e-Plan"


def anything_due(session: Session) -> bool:
    """True when a mail waits whose time has come."""
    return bool(session.scalar(sa.text(f"SELECT EXISTS (SELECT FROM mail WHERE {_DUE})"), {"lease": LEASE}))


def take(session: Session) -> Outgoing | None:
    """The next mail, for this worker alone: others pass by what is locked, and afterwards by what is ``SENDING``."""
    row = session.execute(sa.text(_TAKE), {"lease": LEASE}).one_or_none()
    return Outgoing(**row._mapping) if row else None


# While a mail is being sent, next_try_at is when it was taken.
_DUE = (
    "(state = 'WAITING' AND next_try_at <= now())"
    " OR (state = 'SENDING' AND next_try_at <= now() - CAST(:lease AS interval))"
)
_TAKE = f"""
UPDATE mail SET state = 'SENDING', tries = tries + 1, next_try_at = now()
WHERE id = (SELECT id FROM mail WHERE {_DUE} ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, recipient, subject, body_text, body_html, unsubscribe_url, tries, created_at
"""
_HELD = "WHERE id = :id AND state = 'SENDING' AND tries = :tries"


def sent(session: Session, mail: Outgoing) -> None:
    """The mail server took it."""
    session.execute(
        sa.text(f"UPDATE mail SET state = 'SENT', sent_at = now(), last_error = NULL {_HELD}"),
        {"id": mail.id, "tries": mail.tries},
    )


def give_up(session: Session, mail: Outgoing, error: str) -> None:
    """The server said that it will never take it (no such mailbox)."""
    session.execute(
        sa.text(f"UPDATE mail SET state = 'FAILED', last_error = :error {_HELD}"),
        {"id": mail.id, "tries": mail.tries, "error": _error(error)},
    )


def try_again(session: Session, mail: Outgoing, error: str) -> None:
    """Not now: again after a while, longer each time."""
    session.execute(
        sa.text(
            f"UPDATE mail SET state = 'WAITING', last_error = :error,"
            f" next_try_at = now() + CAST(:wait AS interval) {_HELD}"
        ),
        {"id": mail.id, "tries": mail.tries, "error": _error(error), "wait": wait_after(mail.tries)},
    )


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: a minute, two, four ... six hours."""
    return min(FIRST_WAIT * (1 << min(max(tries - 1, 0), 20)), LONGEST_WAIT)


def postpone_all(session: Session, error: str) -> int:
    """The server does not answer: everything that is due waits, each longer than the last time; how many."""
    statement = """
        UPDATE mail SET tries = tries + 1, last_error = :error,
               next_try_at = now() + least(CAST(:first AS interval) * 2 ^ least(tries, 20), CAST(:longest AS interval))
        WHERE id IN (SELECT id FROM mail WHERE state = 'WAITING' AND next_try_at <= now() FOR UPDATE SKIP LOCKED)
        RETURNING 1"""
    asked = {"error": _error(error), "first": FIRST_WAIT, "longest": LONGEST_WAIT}
    return len(session.execute(sa.text(statement), asked).all())


def close_old(session: Session) -> int:
    """Give up what could not be sent for days, and forget what was settled long ago; how many were given up.

    A reminder of last week says what is no longer so; but what was held over Songkran is of no less use than on the
    evening before it, and has not been tried yet.
    """
    statement = """
        UPDATE mail SET state = 'FAILED', last_error = coalesce(last_error, :none)
        WHERE id IN (SELECT id FROM mail WHERE state IN ('WAITING', 'SENDING')
                     AND created_at < now() - CAST(:after AS interval)
                     AND next_try_at < now() + CAST(:longest AS interval)
                     AND CASE WHEN tries = 0 THEN next_try_at < now() - CAST(:after AS interval)
                              ELSE tries >= :enough END FOR UPDATE SKIP LOCKED)
        RETURNING 1"""
    asked = {"none": NOT_CONFIGURED, "after": GIVEN_UP_AFTER, "longest": LONGEST_WAIT, "enough": TRIED_ENOUGH}
    closed = len(session.execute(sa.text(statement), asked).all())
    session.execute(
        sa.text(
            "DELETE FROM mail WHERE state IN ('SENT', 'FAILED') AND coalesce(sent_at, next_try_at) <"
            " now() - CAST(:kept AS interval)"
        ),
        {"kept": KEPT},
    )
    return closed


def _error(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())[:500]

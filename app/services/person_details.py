"""What a person is called and where they get mail, changed by whoever administers their whole account.

An address of mail signs in as a name does: whoever loses it hears of it at the old one, and the sessions that are open
go on.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.models import UserAccount
from app.services.accounts import signs_in_as
from app.services.mail import clean_address, post
from app.services.money_rules import TEXT_LENGTH, check_text
from app.services.notices import link
from app.services.people import PersonReceipt, held_whole, mark_changed
from gis.problems import Problem
from gis.thai import normalise

_WORDS = {
    "th": (
        "e-Plan: อีเมลของบัญชีถูกเปลี่ยน",
        "อีเมลของบัญชี {username} ใน e-Plan ไม่ใช่ที่อยู่นี้แล้ว เปลี่ยนโดย {by}\n\n"
        "ถ้าคุณไม่ได้ขอ ติดต่อผู้ดูแลบัญชีของหน่วยงานทันที ดูบัญชีของคุณ: {where}\n",
    ),
    "en": (
        "e-Plan: the mail address of your account was changed",
        "This is no longer the mail address of the account {username} in e-Plan. It was changed by {by}.\n\n"
        "If you did not ask for this, tell who administers your office's accounts at once. Your account: {where}\n",
    ),
}


def change_details(
    session: Session, actor: Actor, user_id: int, display_name: str, email: str | None, if_match_version: int | None
) -> PersonReceipt:
    """Give an account another name to be shown, another mail address, or none.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`app.services.people.disable`.
    InvalidInput
        ``field_required``, ``text_too_long``, ``mail_address``, ``email_taken``.
    """
    account = held_whole(session, actor, user_id, if_match_version)
    given = (email or "").strip()
    address = clean_address(given.lower()) if given else None
    problems = check_text("display_name", display_name, required=True, limit=TEXT_LENGTH)
    if given and address is None:
        problems.append(Problem("mail_address", where={"field": "email"}))
    elif address and _taken(session, account, address):
        problems.append(Problem("email_taken", where={"field": "email"}))
    if problems:
        raise InvalidInput(problems)
    before = account.email
    try:
        with session.begin_nested():
            account.display_name, account.email = normalise(display_name.strip()), address
            version = mark_changed(session, account)
    except IntegrityError:  # taken at this very moment
        raise InvalidInput([Problem("email_taken", where={"field": "email"})]) from None
    if before and before != address:
        _tell(session, actor, account, before)
    return PersonReceipt(account.id, version)


def _taken(session: Session, account: UserAccount, address: str) -> bool:
    others = sa.exists().where(signs_in_as(address), UserAccount.id != account.id)
    return bool(session.scalar(sa.select(others)))


def _tell(session: Session, actor: Actor, account: UserAccount, old: str) -> None:
    subject, text = _WORDS["en" if account.language == "en" else "th"]
    where = link("/account")
    post(
        session,
        kind="account",
        recipient=old,
        subject=subject,
        text=text.format(username=account.username, by=actor.display_name, where=where),
        about=f"account:{account.id}",
    )

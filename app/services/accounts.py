"""Accounts, their roles, passwords and tokens. Who may call what is asked at the door: the command line runs as the
platform itself, a person changes only what is theirs."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Grant
from app.auth.cache import CACHE
from app.auth.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH, hash_password, readable_code, verify_password, weakness
from app.auth.permissions import permissions
from app.auth.sessions import end_session, end_session_number, end_sessions_of, session_of, start_session
from app.auth.tokens import new_token
from app.errors import Conflict, InvalidInput, NotFound
from app.models import ApiToken, Area, Membership, Organisation, UserAccount
from app.services.mail import clean_address
from gis.problems import Problem

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")
TOKEN_LIFETIME = timedelta(days=365)
FIRST_PASSWORD_LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Account:
    """An account as it stands after a change.

    Parameters
    ----------
    id, username, display_name
        The account.
    """

    id: int
    username: str
    display_name: str


@dataclass(frozen=True)
class IssuedToken:
    """A token at the only moment when it can be read.

    Parameters
    ----------
    id, name
        Its line in the list.
    secret
        The token.
    expires_at
        When it ends.
    """

    id: int
    name: str
    secret: str
    expires_at: datetime | None


def create_account(
    session: Session,
    username: str,
    password: str,
    display_name: str,
    grants: Sequence[Grant],
    email: str | None = None,
    *,
    one_time: bool = False,
) -> Account:
    """A new person with their roles; ``one_time`` makes them choose a password of their own at their first sign-in.

    Raises
    ------
    InvalidInput
        Name taken or unreadable, weak password, unknown role, role without its place; all at once.
    """
    name = username.strip().lower()
    address = email.strip().lower() if email else None
    problems = [*name_problems(session, name, address), *_password_problems(password, name)]
    for grant in grants:
        problems += grant_problems(session, grant)
    if problems:
        raise InvalidInput(problems)
    account = UserAccount(
        username=name,
        email=address,
        password=hash_password(password),
        display_name=display_name.strip() or name,
        fs_uniquifier=uuid.uuid4().hex,
        first_password_until=datetime.now(UTC) + FIRST_PASSWORD_LIFETIME if one_time else None,
        memberships=[
            Membership(role_code=grant.role, organisation_code=grant.organisation_code, area_code=grant.area_code)
            for grant in grants
        ],
    )
    session.add(account)
    session.flush()
    return Account(account.id, account.username, account.display_name)


def disable(session: Session, username: str) -> Account:
    """End an account: no sign-in, every session and token of it is void. The person stays in the history."""
    account = account_by_name(session, username)
    account.active = False
    account.row_version += 1
    session.flush()
    shut_out(session, account.id)
    return Account(account.id, account.username, account.display_name)


def shut_out(session: Session, user_id: int) -> None:
    """End every session and token of a person."""
    end_sessions_of(session, user_id)
    revoke_tokens_of(session, user_id)
    CACHE.forget(user_id)


def revoke_tokens_of(session: Session, user_id: int) -> None:
    """End every token of a person."""
    session.execute(
        sa.update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
    )


def issue_token(session: Session, user_id: int, name: str, lifetime: timedelta | None = TOKEN_LIFETIME) -> IssuedToken:
    """A new API token of a person; ``lifetime=None`` never ends.

    Raises
    ------
    InvalidInput
        A name that is empty or too long.
    """
    title = name.strip()
    if not 1 <= len(title) <= 100:
        raise InvalidInput([Problem("token_name_required", where={"field": "name"})])
    made = new_token()
    token = ApiToken(
        user_id=user_id,
        name=title,
        prefix=made.prefix,
        token_sha256=made.sha256,
        expires_at=datetime.now(UTC) + lifetime if lifetime else None,
    )
    session.add(token)
    session.flush()
    return IssuedToken(token.id, title, made.secret, token.expires_at)


def issue_token_for(session: Session, username: str, name: str, lifetime: timedelta | None) -> IssuedToken:
    """A new API token of the account with this name."""
    return issue_token(session, account_by_name(session, username).id, name, lifetime)


def revoke_token(session: Session, user_id: int, token_id: int) -> None:
    """End a token of this person; again changes nothing.

    Raises
    ------
    NotFound
        No such token of theirs.
    """
    token = session.get(ApiToken, token_id)
    if token is None or token.user_id != user_id:
        raise NotFound("token_not_found")
    if token.revoked_at is None:
        token.revoked_at = datetime.now(UTC)
        session.flush()
    CACHE.forget(user_id)


def set_language(session: Session, actor: Actor, language: str) -> None:
    """Keep the language of a person's pages."""
    if language not in ("th", "en"):
        raise InvalidInput(
            [Problem("unknown_language", where={"field": "language"}, values={"language": language[:20]})]
        )
    session.execute(sa.update(UserAccount).where(UserAccount.id == actor.user_id).values(language=language))
    if actor.user_id is not None:
        CACHE.forget(actor.user_id)


def change_password(session: Session, user_id: int, current: str, new: str, *, key: str = "") -> str:
    """Replace a password and end every session of the person, also a copy of the one that asked (``key``).

    Returns
    -------
    str
        Key of a new session, for the device that asked.

    Raises
    ------
    InvalidInput
        Current password wrong, or the new one too weak.
    """
    account = session.get(UserAccount, user_id, with_for_update=True)
    if account is None:
        raise NotFound("account_not_found", {"username": ""})
    problems = _password_problems(new, account.username, field="new_password")
    if not verify_password(current, account.password):
        problems.insert(0, Problem("password_wrong", where={"field": "current_password"}))
    if problems:
        raise InvalidInput(problems)
    return _take(session, account, new, key)


def choose_password(session: Session, user_id: int, new: str, *, key: str) -> str:
    """A password of one's own in place of the issued one, by whoever has just signed in with it (session ``key``).

    Returns
    -------
    str
        Key of a new session, as :func:`change_password`.

    Raises
    ------
    InvalidInput
        The password is too weak, or the issued one again.
    Conflict
        ``first_password_gone``: another one was issued meanwhile, or it has been chosen already.
    """
    account = session.get_one(UserAccount, user_id, with_for_update=True, populate_existing=True)
    held = session_of(session, key)
    if account.first_password_until is None or held is None:
        raise Conflict("first_password_gone")
    problems = _password_problems(new, account.username, field="new_password")
    if verify_password(new[:MAXIMUM_LENGTH], account.password):
        problems.append(Problem("password_again", where={"field": "new_password"}))
    if problems:
        raise InvalidInput(problems)
    return _take(session, account, new, key)


def _take(session: Session, account: UserAccount, new: str, key: str) -> str:
    held = session_of(session, key) if key else None
    account.password = hash_password(new)
    account.first_password_until = account.first_password_used_at = None
    session.flush()
    end_sessions_of(session, account.id)
    CACHE.forget(account.id)
    # The second factor was given to this device already.
    return start_session(
        session,
        account.id,
        device=(held.device or "") if held else "",
        second_factor_at=held.second_factor_at if held else None,
    )


def end_own_session(session: Session, user_id: int, number: int) -> None:
    """End one session of the person by its number; again changes nothing."""
    end_session_number(session, user_id, number)
    CACHE.forget(user_id)


def sign_out(session: Session, user_id: int, key: str, *, everywhere: bool) -> None:
    """End the session of this key, or every session of the person."""
    if everywhere:
        end_sessions_of(session, user_id)
    else:
        end_session(session, key)
    CACHE.forget(user_id)


def reset_password(session: Session, username: str, password: str, *, one_time: bool = False) -> Account:
    """Set a password for somebody who lost theirs; every session of the account ends and a rest is lifted.
    ``one_time``: as :func:`create_account`.

    Raises
    ------
    InvalidInput
        The password is too weak.
    """
    account = account_by_name(session, username)
    problems = _password_problems(password, account.username)
    if problems:
        raise InvalidInput(problems)
    account.password = hash_password(password)
    account.first_password_until = datetime.now(UTC) + FIRST_PASSWORD_LIFETIME if one_time else None
    account.first_password_used_at = None
    account.failed_sign_ins, account.locked_until = 0, None
    session.flush()
    end_sessions_of(session, account.id)
    CACHE.forget(account.id)
    return Account(account.id, account.username, account.display_name)


def readable_password() -> str:
    """A random password that can be read aloud (about 74 bits)."""
    return readable_code(3, 5)


def account_by_name(session: Session, username: str) -> UserAccount:
    """The account of a user name.

    Raises
    ------
    NotFound
        ``account_not_found``.
    """
    account = session.scalars(sa.select(UserAccount).where(UserAccount.username == username.strip().lower())).first()
    if account is None:
        raise NotFound("account_not_found", {"username": username})
    return account


def name_problems(session: Session, name: str, email: str | None) -> list[Problem]:
    if not _USERNAME.fullmatch(name):
        problems = [Problem("username_unreadable", where={"field": "username"}, values={"username": name[:80]})]
        if email and clean_address(email) is None:
            problems.append(Problem("mail_address", where={"field": "email"}))
        return problems
    problems = []
    # Whoever signs in gives the one or the other: no name is somebody else's address.
    if session.scalar(sa.select(sa.exists().where(signs_in_as(name)))):
        problems.append(Problem("username_taken", where={"field": "username"}, values={"username": name}))
    if email and clean_address(email) is None:
        problems.append(Problem("mail_address", where={"field": "email"}))
    elif email and session.scalar(sa.select(sa.exists().where(signs_in_as(email)))):
        problems.append(Problem("email_taken", where={"field": "email"}))
    return problems


def signs_in_as(name: str) -> sa.ColumnElement[bool]:
    """Accounts that a name or an address (in small letters) signs in to."""
    return sa.or_(UserAccount.username == name, sa.func.lower(UserAccount.email) == name)


def _password_problems(password: str, username: str, field: str = "password") -> list[Problem]:
    code = weakness(password, username)
    if code is None:
        return []
    bounds = {"minimum": MINIMUM_LENGTH, "maximum": MAXIMUM_LENGTH}
    return [Problem(code, where={"field": field}, values=bounds)]


def grant_problems(session: Session, grant: Grant) -> list[Problem]:
    row = permissions().get(grant.role)
    if row is None:
        allowed = ", ".join(permissions())
        return [Problem("unknown_role", where={"field": "role"}, values={"role": grant.role, "allowed": allowed})]
    if row.scope == "organisation" and not grant.organisation_code:
        return [Problem("role_needs_organisation", where={"field": "role"}, values={"role": grant.role})]
    digits = {"province": 2, "district": 4}.get(row.scope)
    if digits and len(grant.area_code or "") != digits:
        return [Problem("role_needs_area", where={"field": "role"}, values={"role": grant.role})]
    if grant.organisation_code and session.get(Organisation, grant.organisation_code) is None:
        values = {"organisation": grant.organisation_code}
        return [Problem("account_organisation_unknown", where={"field": "organisation"}, values=values)]
    if grant.area_code and session.get(Area, grant.area_code) is None:
        return [Problem("account_area_unknown", where={"field": "area"}, values={"area": grant.area_code})]
    return []

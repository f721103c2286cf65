"""Accounts, their roles, passwords and tokens. Who may call what is asked at the door: the command line runs as the
platform itself, a person changes only what is theirs."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Grant
from app.auth.cache import CACHE
from app.auth.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH, hash_password, verify_password
from app.auth.permissions import permissions
from app.auth.sessions import end_session, end_sessions_of, start_session
from app.auth.tokens import new_token
from app.errors import InvalidInput, NotFound
from app.models import ApiToken, Area, Membership, Organisation, UserAccount
from gis.problems import Problem

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")
TOKEN_LIFETIME = timedelta(days=365)


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
) -> Account:
    """A new person with their roles.

    Raises
    ------
    InvalidInput
        Name taken or unreadable, weak password, unknown role, role without its place; all at once.
    """
    name = username.strip().lower()
    address = email.strip().lower() if email else None
    problems = [*_name_problems(session, name, address), *_password_problems(password, name)]
    for grant in grants:
        problems += _grant_problems(session, grant)
    if problems:
        raise InvalidInput(problems)
    account = UserAccount(
        username=name,
        email=address,
        password=hash_password(password),
        display_name=display_name.strip() or name,
        fs_uniquifier=uuid.uuid4().hex,
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
    account = _by_name(session, username)
    account.active = False
    end_sessions_of(session, account.id)
    session.execute(
        sa.update(ApiToken)
        .where(ApiToken.user_id == account.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
    )
    session.flush()
    CACHE.forget(account.id)
    return Account(account.id, account.username, account.display_name)


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
    return issue_token(session, _by_name(session, username).id, name, lifetime)


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


def change_password(session: Session, user_id: int, current: str, new: str) -> str:
    """Replace a password and end every session of the person, also a copy of the one that asked.

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
    account.password = hash_password(new)
    session.flush()
    end_sessions_of(session, user_id)
    CACHE.forget(user_id)
    return start_session(session, user_id)


def sign_out(session: Session, user_id: int, key: str, *, everywhere: bool) -> None:
    """End the session of this key, or every session of the person."""
    if everywhere:
        end_sessions_of(session, user_id)
    else:
        end_session(session, key)
    CACHE.forget(user_id)


def reset_password(session: Session, username: str, password: str) -> Account:
    """Set a password for somebody who lost theirs; every session of the account ends and a rest is lifted.

    Raises
    ------
    InvalidInput
        The password is too weak.
    """
    account = _by_name(session, username)
    problems = _password_problems(password, account.username)
    if problems:
        raise InvalidInput(problems)
    account.password = hash_password(password)
    account.failed_sign_ins, account.locked_until = 0, None
    session.flush()
    end_sessions_of(session, account.id)
    CACHE.forget(account.id)
    return Account(account.id, account.username, account.display_name)


def readable_password() -> str:
    """A random password that can be read aloud (about 74 bits)."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))


def _by_name(session: Session, username: str) -> UserAccount:
    account = session.scalars(sa.select(UserAccount).where(UserAccount.username == username.strip().lower())).first()
    if account is None:
        raise NotFound("account_not_found", {"username": username})
    return account


def _name_problems(session: Session, name: str, email: str | None) -> list[Problem]:
    if not _USERNAME.fullmatch(name):
        return [Problem("username_unreadable", where={"field": "username"}, values={"username": name[:80]})]
    problems = []
    if session.scalar(sa.select(sa.exists().where(UserAccount.username == name))):
        problems.append(Problem("username_taken", where={"field": "username"}, values={"username": name}))
    if email and session.scalar(sa.select(sa.exists().where(UserAccount.email == email))):
        problems.append(Problem("email_taken", where={"field": "email"}))
    return problems


def _password_problems(password: str, username: str, field: str = "password") -> list[Problem]:
    if len(password) < MINIMUM_LENGTH:
        return [Problem("password_too_short", where={"field": field}, values={"minimum": MINIMUM_LENGTH})]
    if len(password) > MAXIMUM_LENGTH:
        return [Problem("password_too_long", where={"field": field}, values={"maximum": MAXIMUM_LENGTH})]
    if password.strip().lower() == username:
        return [Problem("password_repeats_name", where={"field": field})]
    return []


def _grant_problems(session: Session, grant: Grant) -> list[Problem]:
    row = permissions().get(grant.role)
    if row is None:
        allowed = ", ".join(permissions())
        return [Problem("unknown_role", where={"field": "role"}, values={"role": grant.role, "allowed": allowed})]
    if row.scope == "organisation" and not grant.organisation_code:
        return [Problem("role_needs_organisation", where={"field": "role"}, values={"role": grant.role})]
    if row.scope in ("province", "district") and not grant.area_code:
        return [Problem("role_needs_area", where={"field": "role"}, values={"role": grant.role})]
    if grant.organisation_code and session.get(Organisation, grant.organisation_code) is None:
        values = {"organisation": grant.organisation_code}
        return [Problem("account_organisation_unknown", where={"field": "organisation"}, values=values)]
    if grant.area_code and session.get(Area, grant.area_code) is None:
        return [Problem("account_area_unknown", where={"field": "area"}, values={"area": grant.area_code})]
    return []

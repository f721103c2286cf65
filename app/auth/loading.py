"""An account and its roles in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Grant, Scope, Step, TokenScope
from app.auth.policy import SECOND_FACTOR_ROLES
from app.auth.sessions import IDLE, NOTED_EVERY
from app.models import ApiToken, Membership, Role, UserAccount, UserSession

_TODAY = sa.func.current_date()


def _accounts() -> Any:
    in_force = sa.and_(
        Membership.user_id == UserAccount.id,
        sa.or_(Membership.valid_from.is_(None), Membership.valid_from <= _TODAY),
        sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= _TODAY),
    )
    return (
        sa.select(
            UserAccount.id,
            UserAccount.username,
            UserAccount.display_name,
            UserAccount.language,
            UserAccount.first_password_until,
            UserAccount.tf_primary_method,
            Membership.role_code,
            Role.scope,
            Membership.organisation_code,
            Membership.area_code,
        )
        .join(Membership, in_force, isouter=True)
        .join(Role, Role.code == Membership.role_code, isouter=True)
        .where(UserAccount.active)
        .order_by(Role.seq, Membership.id)
    )


def actor_by_session(session: Session, key_sha256: str, *, strict: bool = False) -> tuple[Actor, bool] | None:
    """Person of a session, with whether its use is worth writing down again; ``None`` when it ended or the account is
    disabled. ``strict`` asks officers and above for a second factor."""
    now = sa.func.now()
    rows = session.execute(
        _accounts()
        .join(UserSession, UserSession.user_id == UserAccount.id)
        .add_columns((UserSession.last_seen_at < now - NOTED_EVERY).label("stale"), UserSession.second_factor_at)
        .where(
            UserSession.key_sha256 == key_sha256,
            UserSession.ended_at.is_(None),
            # What is written down of its use lags behind the cookie's own clock.
            UserSession.last_seen_at > now - IDLE - 2 * NOTED_EVERY,
        )
    ).all()
    actor = _actor(rows)
    if actor is None:
        return None
    step = _step(rows[0], actor, strict=strict, passed=rows[0].second_factor_at is not None)
    return (_held_up(actor, step), rows[0].stale)


def actor_by_username(session: Session, username: str) -> Actor | None:
    """Person of a user name, for the command line."""
    return _actor(session.execute(_accounts().where(UserAccount.username == username)).all())


def actor_by_id(session: Session, user_id: int) -> Actor | None:
    """Person of an account, for work that is done for them; ``None`` when it is disabled."""
    return _actor(session.execute(_accounts().where(UserAccount.id == user_id)).all())


def actor_by_token(session: Session, token_sha256: str, *, strict: bool = False) -> tuple[Actor, int, bool] | None:
    """Person of an API token, with the token's id and whether its last use is worth writing down again.

    A token was made after its person's second factor; it opens nothing while they have none or have to choose a
    password.
    """
    stale = sa.or_(
        ApiToken.last_used_at.is_(None), ApiToken.last_used_at < sa.func.now() - sa.text("interval '10 minutes'")
    )
    rows = session.execute(
        _accounts()
        .join(ApiToken, ApiToken.user_id == UserAccount.id)
        .add_columns(
            ApiToken.id.label("token_id"),
            stale.label("stale"),
            ApiToken.resources,
            ApiToken.areas,
            ApiToken.requests_per_day,
            ApiToken.rows_per_day,
        )
        .where(
            ApiToken.token_sha256 == token_sha256,
            ApiToken.revoked_at.is_(None),
            sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > sa.func.now()),
        )
    ).all()
    actor = _actor(rows)
    if actor is None:
        return None
    step = _step(rows[0], actor, strict=strict, passed=True)
    return replace(_held_up(actor, step), token=_scope(rows[0])), rows[0].token_id, rows[0].stale


def token_goes_on(connection: sa.Connection, token_sha256: str) -> bool:
    """True while a token that was looked up before has neither ended nor been revoked; one row by its hash."""
    found = sa.select(sa.literal(1)).where(
        ApiToken.token_sha256 == token_sha256,
        ApiToken.revoked_at.is_(None),
        sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > sa.func.now()),
    )
    return connection.scalar(found) is not None


def _step(row: Any, actor: Actor, *, strict: bool, passed: bool) -> Step | None:
    """What is left of a sign-in. The code comes first: an issued password alone opens not even the form for its own."""
    has_second_factor = row.tf_primary_method is not None
    if has_second_factor and not passed:
        return "code"
    if row.first_password_until is not None:
        return "password"
    return "setup" if strict and not has_second_factor and actor.roles & SECOND_FACTOR_ROLES else None


def _held_up(actor: Actor, step: Step | None) -> Actor:
    """Nobody with a step left holds a role, so that a door which forgets to ask opens nothing either."""
    return actor if step is None else replace(actor, grants=(), step=step)


def token_end(session: Session, token_sha256: str) -> tuple[str, datetime, int] | None:
    """Why a token is not good any more (``revoked`` or ``expired``), since when, and its number; ``None`` for one that
    never was, or whose account is disabled."""
    row = session.execute(
        sa.select(ApiToken.id, ApiToken.revoked_at, ApiToken.expires_at)
        .join(UserAccount, sa.and_(UserAccount.id == ApiToken.user_id, UserAccount.active))
        .where(ApiToken.token_sha256 == token_sha256)
    ).one_or_none()
    if row is None:
        return None
    if row.revoked_at is not None:
        return "revoked", row.revoked_at, row.id
    return None if row.expires_at is None else ("expired", row.expires_at, row.id)


def _scope(row: Any) -> TokenScope | None:
    if row.resources is None:
        return None
    areas = tuple(row.areas or ())
    return TokenScope(row.token_id, frozenset(row.resources), areas, row.requests_per_day, row.rows_per_day)


def _actor(rows: Sequence[Any]) -> Actor | None:
    if not rows:
        return None
    first = rows[0]
    grants = tuple(
        Grant(row.role_code, cast(Scope, row.scope), row.organisation_code, row.area_code)
        for row in rows
        if row.role_code is not None
    )
    return Actor(first.id, first.username, first.display_name, first.language, grants)

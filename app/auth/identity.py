"""From a request to its actor: the session cookie for pages, a bearer token for programs, never both."""

from __future__ import annotations

import sqlalchemy as sa
from flask import request
from flask_login import current_user

from app.auth.actor import ANONYMOUS, Actor
from app.auth.cache import CACHE
from app.auth.loading import actor_by_token, actor_by_uniquifier
from app.auth.tokens import token_sha256
from app.db import Database
from app.errors import AppError
from app.models import ApiToken

_SCHEME = "bearer "


class TokenRefused(AppError):
    """The token is unknown, expired or revoked."""


class SessionUser:
    """The person of a session cookie, as the login manager wants them: no row, no session to the database."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, uniquifier: str, actor: Actor) -> None:
        self.fs_uniquifier = uniquifier
        self.actor = actor

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.fs_uniquifier


def bearer_token() -> str | None:
    """Token of the request; ``None`` when it comes with a cookie or with nothing."""
    header = request.headers.get("Authorization", "")
    return header[len(_SCHEME) :].strip() if header.lower().startswith(_SCHEME) else None


def by_cookie() -> bool:
    """True when the actor of this request came from a cookie, so that a foreign page could have sent it."""
    return bearer_token() is None


def actor_of_request(database: Database) -> Actor:
    """Who sent this request.

    Raises
    ------
    TokenRefused
        A token was sent and is not good: never fall back to what a visitor may see.
    """
    token = bearer_token()
    if token is not None:
        return _token_actor(database, token)
    user = current_user._get_current_object()
    return user.actor if isinstance(user, SessionUser) else ANONYMOUS


def session_user(database: Database, uniquifier: str) -> SessionUser | None:
    """Person of a session cookie, or ``None`` when the account was disabled or its sessions ended."""
    actor = CACHE.get(uniquifier)
    if actor is None:
        with database.reading() as session:
            actor = actor_by_uniquifier(session, uniquifier)
        if actor is None:
            return None
        CACHE.put(uniquifier, actor)
    return SessionUser(uniquifier, actor)


def _token_actor(database: Database, token: str) -> Actor:
    key = token_sha256(token)
    cached = CACHE.get(key)
    if cached is not None:
        return cached
    with database.reading() as session:
        found = actor_by_token(session, key)
    if found is None:
        raise TokenRefused("token_invalid")
    actor, token_id, last_use_is_old = found
    if last_use_is_old:
        with database.transaction() as session:
            session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=sa.func.now()))
    CACHE.put(key, actor)
    return actor

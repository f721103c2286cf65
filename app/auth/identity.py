"""From a request to its actor: the session cookie for pages, a bearer token for programs, never both."""

from __future__ import annotations

import sqlalchemy as sa
from flask import request
from flask_login import current_user

from app.auth.actor import ANONYMOUS, Actor
from app.auth.cache import CACHE
from app.auth.loading import actor_by_session, actor_by_token, token_end, token_goes_on
from app.auth.sessions import goes_on, note_use
from app.auth.tokens import token_sha256
from app.db import Database
from app.errors import AppError
from app.models import ApiToken

_SCHEME = "bearer "
_TILES = "/tiles/"
UNATTENDED = "/api/v1/events"
"""What pages ask for by themselves: it is no use of the session, which would otherwise never end."""
# A page can make tokens and change the password: a token that leaked must not outlive its end that way.
_FOR_TOKENS = ("/api/", _TILES)


class TokenRefused(AppError):
    """The token is unknown, expired or revoked."""


class SessionUser:
    """The person of a session cookie, as the login manager wants them: no row, no session to the database."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, key: str, actor: Actor) -> None:
        self.key = key
        self.actor = actor

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.key


def bearer_token() -> str | None:
    """Token of the request; ``None`` when it comes with a cookie or with nothing."""
    header = request.headers.get("Authorization", "")
    return header[len(_SCHEME) :].strip() if header.lower().startswith(_SCHEME) else None


def by_cookie() -> bool:
    """True when the actor of this request came from a cookie, so that a foreign page could have sent it."""
    return bearer_token() is None


def actor_of_request(database: Database, *, strict: bool) -> Actor:
    """Who sent this request; ``strict`` asks officers and above for a second factor.

    Raises
    ------
    TokenRefused
        A token was sent and is not good, or not good for a page: never fall back to what a visitor may see.
    """
    token = bearer_token()
    if token is not None:
        if not request.path.startswith(_FOR_TOKENS):
            raise TokenRefused("token_not_here")
        return _token_actor(database, token, strict=strict)
    user = current_user._get_current_object()
    return user.actor if isinstance(user, SessionUser) else ANONYMOUS


def session_user(database: Database, key: str, *, strict: bool) -> SessionUser | None:
    """Person of a session cookie, or ``None`` when the session ended or the account was disabled.

    Somebody who was looked up a moment ago is only asked for the end of the session, tiles not even for that.
    """
    cached = CACHE.get(token_sha256(key))
    if cached is not None:
        is_tile = request.path.startswith(_TILES)
        return SessionUser(key, cached) if is_tile or database.glance(lambda on: goes_on(on, key)) else None
    with database.reading() as session:
        found = actor_by_session(session, token_sha256(key), strict=strict)
    if found is None:
        return None
    actor, use_is_old = found
    if use_is_old and request.path != UNATTENDED:
        with database.transaction() as session:
            note_use(session, key)
    _remember(token_sha256(key), actor)
    return SessionUser(key, actor)


def _remember(key: str, actor: Actor) -> None:
    """Whoever has a step left is asked for anew each time: it is done in one process and must count in all."""
    if actor.step is None:
        CACHE.put(key, actor)


def _token_actor(database: Database, token: str, *, strict: bool) -> Actor:
    key = token_sha256(token)
    cached = CACHE.get(key)
    # Like a session: what another process ended is felt at the next request, by tiles a moment later.
    if cached is not None and (request.path.startswith(_TILES) or database.glance(lambda on: token_goes_on(on, key))):
        return cached
    with database.reading() as session:
        found = actor_by_token(session, key, strict=strict)
        end = token_end(session, key) if found is None else None
    if end is not None:
        raise TokenRefused(f"token_{end[0]}", {"at": end[1].isoformat()})
    if found is None:
        raise TokenRefused("token_invalid")
    actor, token_id, last_use_is_old = found
    if last_use_is_old:
        with database.transaction() as session:
            session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=sa.func.now()))
    _remember(key, actor)
    return actor

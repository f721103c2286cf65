"""The application under test on the test's own transaction, and people who are signed in to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.orm import Session

from app import create_app
from app.auth.cache import CACHE
from app.auth.sessions import start_session
from app.models import UserAccount
from app.settings import Settings
from tests.app.worker_processes import committed, own_database, own_settings, workers
from tests.conftest import RolledBackDatabase

__all__ = ["committed", "own_database", "own_settings", "workers"]

SignIn = Callable[[FlaskClient, UserAccount], FlaskClient]


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all applications of this process; a changed source is compiled again."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take it when it is there."""
        if compiled := self._compiled.get(bucket.key):
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledTemplates()


@pytest.fixture
def app(settings: Settings, database: RolledBackDatabase) -> Flask:
    """The real application; nothing of it is switched off for tests."""
    made = create_app(settings, database)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.jinja_env.bytecode_cache = TEMPLATES
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, session: Session) -> SignIn:
    """Put a person's session cookie into a client, with the CSRF token that its pages would carry.

    The password is not asked again here: hashing is meant to be slow. ``test_auth`` signs in for real.
    """

    def into(client: FlaskClient, user: UserAccount) -> FlaskClient:
        key = start_session(session, user.id)
        session.flush()
        CACHE.clear()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
            cookie["_fresh"] = True
            cookie.permanent = True
        with app.test_request_context():
            from flask import session as flask_session
            from flask_wtf.csrf import generate_csrf

            token = generate_csrf()
            raw = flask_session["csrf_token"]
        with client.session_transaction() as cookie:
            cookie["csrf_token"] = raw
        client.environ_base["HTTP_X_CSRFTOKEN"] = token
        return client

    return into

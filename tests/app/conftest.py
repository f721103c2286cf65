"""The application under test on the test's own transaction, and people who are signed in to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
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


def assembled(settings: Settings, database: RolledBackDatabase) -> Flask:
    """The real application; nothing of it is switched off for tests."""
    made = create_app(settings, database)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.jinja_env.bytecode_cache = TEMPLATES
    return made


class KeptApplication:
    """The application, put together once for the tests of a process: that takes longer than most of them."""

    def __init__(self, settings: Settings, connection: sa.Connection) -> None:
        self._database = RolledBackDatabase(settings, connection)
        self._app = assembled(settings, self._database)
        self._config = dict(self._app.config)

    def on(self, connection: sa.Connection) -> Flask:
        """As it was when it was new: with nobody remembered and nothing counted, on the connection of a test."""
        self._database.use(connection)
        self._app.config.clear()
        self._app.config.update(self._config)
        CACHE.clear()
        self._app.extensions["eplan"].memory.clear()
        for limiter in self._app.extensions["limiter"]:
            limiter.reset()
        return self._app


@pytest.fixture(scope="session")
def kept_application(settings: Settings, engine: sa.Engine) -> KeptApplication:
    """That of this process."""
    with engine.connect() as connection:
        return KeptApplication(settings, connection)


@pytest.fixture
def app(kept_application: KeptApplication, connection: sa.Connection) -> Flask:
    """The application on the test's own transaction."""
    return kept_application.on(connection)


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

"""Flask-Security on our tables: it checks passwords, starts and ends sessions; nothing else asks it anything.

The person of every later request comes from :mod:`app.auth.identity`, which needs no row object.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from flask import Flask, abort, current_app, g, request, session
from flask_babel import gettext as _
from flask_principal import Principal  # type: ignore[import-untyped]
from flask_security import LoginForm, RoleMixin, Security, SQLAlchemySessionUserDatastore, UserMixin
from flask_security.signals import user_authenticated
from sqlalchemy.orm import Session
from wtforms import PasswordField, StringField

from app.auth.identity import SessionUser, session_user
from app.auth.passwords import hash_password, needs_rehash, verify_password
from app.auth.sessions import IDLE, start_session
from app.auth.throttle import REST, attempts_of_unknown, record_failure, record_success, resting_until
from app.db import Database
from app.models import Role, UserAccount
from gis.thai import ZONE


class SecurityUser(UserAccount, UserMixin):  # type: ignore[misc]
    """The account's row with the methods that Flask-Security calls; the same table, no columns of its own."""

    roles: ClassVar[list[Any]] = []  # type: ignore[misc]  # decided by policy, not by the extension


class SecurityRole(Role, RoleMixin):
    """The role's row under the name that Flask-Security asks for."""


class RequestSession:
    """The extension's database session: one transaction per request, begun when first needed.

    ``commit`` only flushes. The transaction ends with the request, in :func:`end_request_session`, so that
    :class:`app.db.Database` stays the only place that commits.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self) -> Session:
        """Session of this request."""
        if "security_transaction" not in g:
            g.security_transaction = self._database.transaction()
            g.security_session = g.security_transaction.__enter__()
        opened: Session = g.security_session
        return opened

    def commit(self) -> None:
        """Write what is pending; see the class."""
        self.open().flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.open(), name)


def end_request_session(error: BaseException | None) -> None:
    """Commit or roll back the request's transaction, if one was begun."""
    transaction = g.pop("security_transaction", None)
    g.pop("security_session", None)
    if transaction is not None:
        transaction.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)


class SignInForm(LoginForm):
    """User name and password, counted."""

    email = None
    remember = None
    username = StringField()
    password = PasswordField()

    def validate(self, **_kwargs: Any) -> bool:
        """True when the password is right and the name does not rest."""
        # FlaskForm checks csrf_token here; the parent's own checks speak of e-mail and reveal who exists.
        if not super(LoginForm, self).validate():
            return False
        name = (self.username.data or "").strip().lower()
        password = self.password.data or ""
        if not name or not password:
            self._refuse(_("ใส่ชื่อผู้ใช้และรหัสผ่าน"))
            return False
        account = self._account(name)
        attempts = account or attempts_of_unknown(_database_session(), current_app.config["SECRET_KEY"], name)
        until = resting_until(attempts)
        if until is not None:
            self._refuse(_resting(until))
            return False
        hashed = account.password if account is not None and account.active else None
        if verify_password(password[:1000], hashed) and account is not None:
            if not self._opens_once(account):
                return False
            # Wrong codes count like wrong passwords, and the password alone must not forget them.
            if account.tf_primary_method is None:
                record_success(account)
            if needs_rehash(account.password or ""):
                account.password = hash_password(password)
            self.user = account
            return True
        standing = record_failure(attempts)
        if standing.resting_until is not None:
            self._refuse(_resting(standing.resting_until))
        else:
            minutes = int(REST.total_seconds() // 60)
            self._refuse(
                _(
                    "รหัสผ่านไม่ถูกต้อง เหลืออีก %(left)s ครั้งก่อนพัก %(minutes)s นาที",
                    left=standing.left,
                    minutes=minutes,
                )
            )
        return False

    def _opens_once(self, account: SecurityUser) -> bool:
        """True for a password of one's own; an issued one is good for a week and for one sign-in."""
        if account.first_password_until is None:
            return True
        now = datetime.now(UTC)
        if account.first_password_used_at is not None or account.first_password_until < now:
            self._refuse(_("รหัสผ่านครั้งแรกใช้ไปแล้วหรือหมดอายุ ขอรหัสใหม่จากผู้ออกบัญชี ถ้าคุณไม่ได้ใช้เอง ให้บอกผู้ออกบัญชีทันที"))
            return False
        account.first_password_used_at = now
        return True

    def _account(self, name: str) -> SecurityUser | None:
        # Locked, so that guesses sent at the same time are counted one after the other.
        query = sa.select(SecurityUser).where(
            sa.or_(SecurityUser.username == name, sa.func.lower(SecurityUser.email) == name)
        )
        return _database_session().scalars(query.with_for_update(of=SecurityUser)).first()

    def _refuse(self, sentence: str) -> None:
        self.password.errors = [*self.password.errors, sentence]


def _database_session() -> Session:
    """Session of the extension in this request."""
    datastore: Any = current_app.extensions["security"].datastore
    opened: Session = datastore.db.session.open()
    return opened


def _resting(until: datetime) -> str:
    local = until.astimezone(ZONE)
    return str(_("ใส่รหัสผ่านผิดหลายครั้ง พักไว้ถึง %(time)s น.", time=local.strftime("%H:%M")))


def configure(app: Flask, *, password_salt: str, secure_cookies: bool) -> None:
    """Settings of the extension and of the session cookie."""
    app.config.update(
        SECURITY_PASSWORD_SALT=password_salt or "unused",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  the name of a scheme
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_TRACKABLE=True,
        # The extension's own writes UTC without saying so, which the database takes for the clock of Thailand.
        SECURITY_DATETIME_FACTORY=lambda: datetime.now(UTC),
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"username": {"mapper": str, "case_insensitive": False}}],
        SECURITY_LOGIN_USER_TEMPLATE="account/login.html",
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_LOGOUT_METHODS=["GET", "POST"],
        SESSION_PROTECTION="basic",
        PERMANENT_SESSION_LIFETIME=IDLE,
        # Renewed by refresh_session(), not by every tile: an answer with a cookie cannot be cached.
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_NAME="eplan_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure_cookies,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )


def init_security(app: Flask, database: Database, *, strict: bool) -> None:
    """Attach Flask-Security and take over who the current user is; ``strict`` asks officers for a second factor."""
    datastore = SQLAlchemySessionUserDatastore(cast(Any, RequestSession(database)), SecurityUser, SecurityRole)
    Security(app, datastore, login_form=SignInForm, register_blueprint=True)

    def load(key: str) -> SessionUser | None:
        return session_user(database, key, strict=strict)

    app.login_manager.user_loader(load)  # type: ignore[attr-defined]
    # Tokens of the extension are not used; ours are read in app.auth.identity.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    # Flask-Principal would load the person before every request, health checks included, for needs nobody asks about.
    hooks = app.before_request_funcs.get(None, [])
    app.before_request_funcs[None] = [
        hook for hook in hooks if not isinstance(getattr(hook, "__self__", None), Principal)
    ]
    # Templates know the person as `me`. Flask-Login would look them up for every template, also for the page that says
    # that the database does not answer.
    processors = app.template_context_processors[None]
    app.template_context_processors[None] = [p for p in processors if p.__module__ != "flask_login.utils"]
    # Pages of the extension that this platform does not have.
    for unused in ("security.verify", "security.static"):
        if unused in app.view_functions:
            app.view_functions[unused] = _absent
    user_authenticated.connect(_keep_session, app)
    app.teardown_request(end_request_session)


def _absent(**_path: Any) -> Any:
    abort(404)


def _keep_session(_app: Flask, user: SecurityUser, **_extra: Any) -> None:
    session.permanent = True
    # The cookie names this sign-in and not the person: see app.auth.sessions.
    session["_user_id"] = start_session(_database_session(), user.id, device=request.headers.get("User-Agent", ""))

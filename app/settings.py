"""Every setting of the platform, read once from the environment.

Each field below is the whole documentation of its variable; ``docs/operators/settings.md`` is checked against it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Settings of one running process.

    Parameters
    ----------
    database_url
        ``DATABASE_URL``. PostgreSQL address the application uses. Empty means the private cluster under ``var_dir``.
    owner_database_url
        ``EPLAN_OWNER_DATABASE_URL``. Address of the role that owns the tables and migrates them. Empty means the
        same as ``database_url``.
    application_role
        ``EPLAN_APPLICATION_ROLE``. Role that every application connection assumes; it may not alter the change log
        nor any stored geometry version.
    secret_key
        ``EPLAN_SECRET_KEY``. Signs session cookies and forms. ``./eplan up`` makes one under ``var_dir``.
    password_salt
        ``EPLAN_PASSWORD_SALT``. Salts signed links of the sign-in pages (argon2 salts each password itself). Made like
        ``secret_key``.
    second_factor
        ``EPLAN_SECOND_FACTOR``. ``required``: officers and above sign in with an authenticator too. ``optional``:
        whoever set one up does; for demonstrations only, ``./eplan up`` takes it where it makes one.
    totp_key
        ``EPLAN_TOTP_KEY``. Encrypts the secrets of authenticators. Empty means one derived from ``secret_key``: then a
        new ``secret_key`` asks everybody to set up their authenticator anew.
    var_dir
        ``EPLAN_VAR_DIR``. Cluster, uploads, pictures, rasters, exports, logs.
    max_upload_bytes
        ``EPLAN_MAX_UPLOAD_BYTES``. Largest accepted upload.
    raster_quota_bytes
        ``EPLAN_RASTER_QUOTA_BYTES``. Room for the rasters of each organisation; those of the whole platform have none.
    secure_cookies
        ``EPLAN_SECURE_COOKIES``. ``1`` when the site is served over HTTPS only.
    statement_timeout_ms
        ``EPLAN_STATEMENT_TIMEOUT_MS``. Longest statement of a web request.
    trusted_proxies
        ``EPLAN_TRUSTED_PROXIES``. How many reverse proxies stand in front; their ``X-Forwarded-For`` and
        ``X-Forwarded-Proto`` are believed; ``Host`` is passed on as it is.
    smtp_url
        ``EPLAN_SMTP_URL``. Mail server, ``smtp://user:password@host:587`` or ``smtps://...``. Empty: mail is kept.
    mail_from
        ``EPLAN_MAIL_FROM``. Address that mail comes from. Empty means ``eplan@`` the mail server.
    public_url
        ``EPLAN_PUBLIC_URL``. Where people reach the site, ``https://...``: the beginning of links in mail.
    through_maintenance
        ``EPLAN_THROUGH_MAINTENANCE``. ``1`` lets one command write while a maintenance window is open, as in
        ``EPLAN_THROUGH_MAINTENANCE=1 ./eplan load areas FILE``. Never set it for the site itself.
    """

    database_url: str = ""
    owner_database_url: str = ""
    application_role: str = "eplan_app"
    secret_key: str = ""
    password_salt: str = ""
    second_factor: str = "required"
    totp_key: str = ""
    var_dir: Path = field(default_factory=lambda: ROOT / "var")
    max_upload_bytes: int = 200 * 1024 * 1024
    raster_quota_bytes: int = 1 << 30
    secure_cookies: bool = False
    statement_timeout_ms: int = 15_000
    trusted_proxies: int = 0
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    public_url: str = ""

    @property
    def strict(self) -> bool:
        """Whether officers and above need a second factor."""
        return self.second_factor == "required"

    through_maintenance: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; an unreadable value raises ``ValueError`` that names its variable."""
        env = os.environ if environ is None else environ
        database_url = env.get("DATABASE_URL", "")
        return cls(
            database_url=database_url,
            owner_database_url=env.get("EPLAN_OWNER_DATABASE_URL", "") or database_url,
            application_role=env.get("EPLAN_APPLICATION_ROLE", "eplan_app"),
            secret_key=env.get("EPLAN_SECRET_KEY", ""),
            password_salt=env.get("EPLAN_PASSWORD_SALT", ""),
            second_factor=_one_of(env, "EPLAN_SECOND_FACTOR", ("required", "optional")),
            totp_key=env.get("EPLAN_TOTP_KEY", ""),
            var_dir=Path(env.get("EPLAN_VAR_DIR", "") or ROOT / "var").resolve(),
            max_upload_bytes=_integer(env, "EPLAN_MAX_UPLOAD_BYTES", 200 * 1024 * 1024),
            raster_quota_bytes=_integer(env, "EPLAN_RASTER_QUOTA_BYTES", 1 << 30),
            secure_cookies=env.get("EPLAN_SECURE_COOKIES", "0") == "1",
            statement_timeout_ms=_integer(env, "EPLAN_STATEMENT_TIMEOUT_MS", 15_000),
            trusted_proxies=_integer(env, "EPLAN_TRUSTED_PROXIES", 0),
            smtp_url=env.get("EPLAN_SMTP_URL", ""),
            mail_from=env.get("EPLAN_MAIL_FROM", ""),
            public_url=env.get("EPLAN_PUBLIC_URL", "").rstrip("/"),
            through_maintenance=env.get("EPLAN_THROUGH_MAINTENANCE", "0") == "1",
        )


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    text = env.get(name, "") or allowed[0]
    if text not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {text!r}")
    return text


def _integer(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    try:
        return int(text)
    except ValueError as error:
        raise ValueError(f"{name} must be a whole number, not {text!r}") from error

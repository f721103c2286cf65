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
    var_dir
        ``EPLAN_VAR_DIR``. Cluster, uploads, pictures, rasters, exports, logs.
    max_upload_bytes
        ``EPLAN_MAX_UPLOAD_BYTES``. Largest accepted upload.
    secure_cookies
        ``EPLAN_SECURE_COOKIES``. ``1`` when the site is served over HTTPS only.
    statement_timeout_ms
        ``EPLAN_STATEMENT_TIMEOUT_MS``. Longest statement of a web request.
    trusted_proxies
        ``EPLAN_TRUSTED_PROXIES``. How many reverse proxies stand in front; their ``X-Forwarded-For`` and
        ``X-Forwarded-Proto`` are believed; ``Host`` is passed on as it is.
    through_maintenance
        ``EPLAN_THROUGH_MAINTENANCE``. ``1`` lets one command write while a maintenance window is open, as in
        ``EPLAN_THROUGH_MAINTENANCE=1 ./eplan load areas FILE``. Never set it for the site itself.
    """

    database_url: str = ""
    owner_database_url: str = ""
    application_role: str = "eplan_app"
    secret_key: str = ""
    password_salt: str = ""
    var_dir: Path = field(default_factory=lambda: ROOT / "var")
    max_upload_bytes: int = 200 * 1024 * 1024
    secure_cookies: bool = False
    statement_timeout_ms: int = 15_000
    trusted_proxies: int = 0
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
            var_dir=Path(env.get("EPLAN_VAR_DIR", "") or ROOT / "var").resolve(),
            max_upload_bytes=_integer(env, "EPLAN_MAX_UPLOAD_BYTES", 200 * 1024 * 1024),
            secure_cookies=env.get("EPLAN_SECURE_COOKIES", "0") == "1",
            statement_timeout_ms=_integer(env, "EPLAN_STATEMENT_TIMEOUT_MS", 15_000),
            trusted_proxies=_integer(env, "EPLAN_TRUSTED_PROXIES", 0),
            through_maintenance=env.get("EPLAN_THROUGH_MAINTENANCE", "0") == "1",
        )


def _integer(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    try:
        return int(text)
    except ValueError as error:
        raise ValueError(f"{name} must be a whole number, not {text!r}") from error

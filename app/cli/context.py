"""What every command needs: the settings of this machine and a database."""

from __future__ import annotations

import dataclasses
import json
import secrets
from functools import cache
from pathlib import Path

from app.db import Database, owner_url
from app.settings import Settings


@cache
def settings() -> Settings:
    """Settings from the environment; secrets that are not given are made once and kept under ``var/``."""
    found = Settings.from_environment()
    if found.secret_key and found.password_salt:
        return found
    kept = _kept_secrets(found.var_dir / "secrets.json")
    return dataclasses.replace(
        found,
        secret_key=found.secret_key or kept["secret_key"],
        password_salt=found.password_salt or kept["password_salt"],
    )


def _kept_secrets(path: Path) -> dict[str, str]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        made = {"secret_key": secrets.token_urlsafe(48), "password_salt": secrets.token_urlsafe(32)}
        path.write_text(json.dumps(made), encoding="utf-8")
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept


@cache
def database() -> Database:
    """The database as the application role, without the web's limit on a statement's time."""
    return Database(dataclasses.replace(settings(), statement_timeout_ms=0))


@cache
def owner_database() -> Database:
    """The database as the owner of the tables: migrations and code lists only."""
    owner = dataclasses.replace(settings(), statement_timeout_ms=0)
    return Database(dataclasses.replace(owner, application_role="none"), owner_url(owner))

"""Bring a database to the newest schema with the owner's connection."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.settings import ROOT


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(ROOT) / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Upgrade to ``revision``; nothing happens when the database is already there."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        command.upgrade(configuration(connection), revision)
    engine.dispose()


def downgrade(url: str, revision: str) -> None:
    """Go back to ``revision`` (``base`` removes everything)."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), revision)
    engine.dispose()


def current(connection: sa.Connection) -> str | None:
    """Revision the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Newest revision of the source tree."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""

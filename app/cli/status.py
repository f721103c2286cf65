"""``eplan status``: what runs, where, with which database and versions."""

from __future__ import annotations

import platform
from importlib import metadata

import click
import sqlalchemy as sa

from app import migrate
from app.cli import supervisor
from app.cli.context import database, settings


@click.command()
def command() -> None:
    """Say what runs, on which address, with which database and versions."""
    found = settings()
    up = supervisor.running(found.var_dir)
    click.echo(f"site      {up.address + f' (process {up.pid})' if up else 'not running'}")
    click.echo(f"version   {metadata.version('eplan')}, Python {platform.python_version()}")
    click.echo(f"database  {_database()}")


def _database() -> str:
    where = "DATABASE_URL" if settings().database_url else f"private cluster in {settings().var_dir / 'pg'}"
    try:
        with database().engine.connect() as connection:
            server = connection.scalar(sa.text("SHOW server_version"))
            postgis = connection.scalar(sa.text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'"))
            at = migrate.current(connection)
    except (sa.exc.OperationalError, OSError):
        return f"not running ({where})"
    schema = at if at == migrate.head() else f"{at}, newest {migrate.head()}: run ./eplan db upgrade"
    return f"{where}, PostgreSQL {server}, PostGIS {postgis}, schema {schema}"

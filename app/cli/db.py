"""``eplan db``: migrations."""

from __future__ import annotations

import sys

import click
import sqlalchemy as sa
from alembic import command as alembic
from alembic.util import CommandError

from app import migrate
from app.cli.context import settings
from app.db import owner_url


@click.group()
def command() -> None:
    """Migrations of the database."""


@command.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database to the newest schema (or to REVISION) and refresh the code lists."""
    migrate.upgrade(owner_url(settings()), revision)
    if revision == "head":
        _refresh_code_lists()
    click.echo(f"schema {migrate.head() if revision == 'head' else revision}")


def _refresh_code_lists() -> None:
    from app.cli.context import owner_database
    from app.services.codelists import load_codelists

    with owner_database().transaction() as session:
        load_codelists(session)


@command.command()
def check() -> None:
    """Say whether the database is at the newest schema and agrees with the models; exit 1 when not."""
    engine = sa.create_engine(owner_url(settings()), poolclass=sa.NullPool)
    with engine.connect() as connection:
        at, newest = migrate.current(connection), migrate.head()
        if at != newest:
            click.echo(f"the database is at {at}, the newest schema is {newest}: run ./eplan db upgrade", err=True)
            sys.exit(1)
        try:
            alembic.check(migrate.configuration(connection))
        except CommandError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
    click.echo(f"schema {newest}, models agree")

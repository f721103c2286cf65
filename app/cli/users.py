"""``eplan user``: accounts and tokens, as the platform itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
from psycopg2.errors import InsufficientPrivilege
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.auth.actor import Grant
from app.auth.permissions import permissions
from app.cli.context import database, owner_database
from app.db import Attribution
from app.queries.accounts import account_list
from app.services import accounts
from app.services.second_factor import forget_second_factor

_ATTRIBUTION = Attribution(user_id=None, name="command line")


@contextmanager
def _as_owner() -> Iterator[Session]:
    """A transaction of the tables' owner: no role of the application may say who somebody is and what they may do."""
    try:
        with owner_database().transaction(_ATTRIBUTION) as session:
            yield session
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        told = "the owner of the tables makes and ends accounts: set EPLAN_OWNER_DATABASE_URL"
        raise click.ClickException(told) from error


@click.group("user")
def command() -> None:
    """Accounts and API tokens."""


@command.command("add")
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(permissions())))
@click.option("--organisation", help="Organisation code, for the roles of an organisation.")
@click.option("--area", help="Province (2 digits) or amphoe (4), for the roles of an area.")
@click.option("--name", "display_name", default="", help="Name shown in the history; the user name when absent.")
@click.option("--email", default=None)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; a random one is printed otherwise."
)
def add(
    username: str,
    roles: tuple[str, ...],
    organisation: str | None,
    area: str | None,
    display_name: str,
    email: str | None,
    password_stdin: bool,
) -> None:
    """Make an account. Accounts belong to one person and are never shared."""
    password = _password(password_stdin)
    grants = [_grant(role, organisation, area) for role in roles]
    with _as_owner() as session:
        made = accounts.create_account(
            session, username, password, display_name, grants, email, one_time=not password_stdin
        )
    click.echo(f"{made.username}: account made")
    if not password_stdin:
        click.echo(f"first password (shown once, good for one sign-in within 7 days): {password}")


@command.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(username: str, password_stdin: bool) -> None:
    """Set a new password and end every session of the account."""
    chosen = _password(password_stdin)
    with database().transaction(_ATTRIBUTION) if password_stdin else _as_owner() as session:
        accounts.reset_password(session, username, chosen, one_time=not password_stdin)
    click.echo(f"{username}: password set")
    if not password_stdin:
        click.echo(f"first password (shown once, good for one sign-in within 7 days): {chosen}")


@command.command("second-factor")
@click.argument("username")
def second_factor(username: str) -> None:
    """Take an authenticator away from somebody who lost it; they set up a new one at their next sign-in."""
    with _as_owner() as session:
        forget_second_factor(session, accounts.account_by_name(session, username))
    click.echo(f"{username}: authenticator, sessions and tokens ended")


@command.command("token")
@click.argument("username")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(0, 3650), help="0 = no end.")
def token(username: str, name: str, days: int) -> None:
    """Print an API token, this once."""
    lifetime = timedelta(days=days) if days else None
    with database().transaction(_ATTRIBUTION) as session:
        issued = accounts.issue_token_for(session, username, name, lifetime)
    click.echo(issued.secret)


@command.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """End an account, its sessions and its tokens; its history stays."""
    with _as_owner() as session:
        accounts.disable(session, username)
    click.echo(f"{username}: disabled")


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_accounts(as_json: bool) -> None:
    """Accounts with their roles."""
    with database().reading() as session:
        lines = account_list(session)
    if as_json:
        rows = [
            {"username": line.username, "name": line.display_name, "active": line.active, "roles": line.roles}
            for line in lines
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for line in lines:
        state = "" if line.active else "  (disabled)"
        click.echo(f"{line.username:<24} {', '.join(line.roles):<40} {line.display_name}{state}")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return accounts.readable_password()


def _grant(role: str, organisation: str | None, area: str | None) -> Grant:
    scope = permissions()[role].scope
    return Grant(
        role,
        scope,
        organisation if scope == "organisation" else None,
        area if scope in ("province", "district") else None,
    )

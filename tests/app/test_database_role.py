"""What the application's database role may write of accounts, roles, tokens and sessions: what it needs, no more."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app import migrate
from app.cli import users
from app.db import Database
from app.models import Membership, UserAccount
from app.settings import Settings
from tests import factories
from tests.conftest import cloned_database

TABLES = ("user_account", "membership", "api_token", "user_session", "role")
RIGHTS = {
    "user_account": {"SELECT"},
    "membership": {"SELECT"},
    "api_token": {"SELECT", "INSERT"},
    "user_session": {"SELECT", "INSERT", "DELETE"},
    "role": {"SELECT"},
}
UPDATABLE = {
    "user_account": {
        "password",
        "language",
        "last_login_at",
        "current_login_at",
        "last_login_ip",
        "current_login_ip",
        "login_count",
        "failed_sign_ins",
        "locked_until",
        # Of somebody else's account refused by guard_account(), unless the person who acts administers it.
        "active",
        "display_name",
        "email",
        "first_password_until",
        "first_password_used_at",
        "row_version",
        "second_factor_at",
        "tf_primary_method",
        "tf_totp_secret",
        "tf_last_counter",
    },
    # Refused by guard_membership(), unless the person who acts issues the role.
    "membership": {"valid_from", "valid_to"},
    "api_token": {"last_used_at", "revoked_at"},
    "user_session": {"last_seen_at", "ended_at", "second_factor_at"},
    "role": set(),
}


def test_the_role_writes_these_tables_and_columns_only(session: Session) -> None:
    rights: dict[str, set[str]] = {table: set() for table in TABLES}
    columns: dict[str, set[str]] = {table: set() for table in TABLES}
    for table in TABLES:
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
            if session.scalar(sa.select(sa.func.has_table_privilege(table, right))):
                rights[table].add(right)
        for column in sa.inspect(session.connection()).get_columns(table):
            if session.scalar(sa.select(sa.func.has_column_privilege(table, column["name"], "UPDATE"))):
                columns[table].add(column["name"])
    assert rights == RIGHTS
    assert columns == UPDATABLE


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE membership SET role_code = 'DLA_CENTRAL'",
        "INSERT INTO membership (user_id, role_code) SELECT id, 'DLA_CENTRAL' FROM user_account",
        "DELETE FROM membership",
        "UPDATE user_account SET active = NOT active",
        "UPDATE user_account SET username = 'director', display_name = 'x'",
        "UPDATE user_account SET email = 'x@example.org'",
        "UPDATE user_account SET fs_uniquifier = 'x'",
        "INSERT INTO user_account (username, display_name, fs_uniquifier) VALUES ('x', 'x', 'x')",
        "DELETE FROM user_account",
        "UPDATE api_token SET user_id = 1",
        "UPDATE api_token SET token_sha256 = 'x'",
        "UPDATE api_token SET expires_at = NULL",
        "DELETE FROM api_token",
        "UPDATE membership SET valid_to = NULL",
        "UPDATE user_account SET first_password_until = now()",
        "UPDATE user_session SET user_id = 1",
        "UPDATE user_session SET key_sha256 = 'x'",
        "UPDATE role SET scope = 'nation'",
    ],
)
def test_nobody_is_made_an_officer_through_the_application(session: Session, statement: str) -> None:
    factories.make_user(session, "PUBLIC")
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(sa.text(statement))


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def operator(server_url: str, template_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The command line on a server where the application may log in as its own role only."""
    name = f"eplan_operator_{uuid.uuid4().hex[:12]}"
    with cloned_database(server_url, template_database, name) as url:
        application = Database(Settings(database_url=url))
        owner = Database(replace(Settings(database_url=url), application_role="none"))
        monkeypatch.setattr(users, "database", lambda: application)
        monkeypatch.setattr(users, "owner_database", lambda: owner)
        yield owner
        application.dispose()
        owner.dispose()


def eplan_user(*arguments: str, given: str | None = None) -> str:
    result = CliRunner().invoke(users.command, list(arguments), input=given)
    assert result.exit_code == 0, result.output
    return result.output


def test_every_account_command_works_with_the_narrow_role(operator: Database) -> None:
    eplan_user("add", "analyst", "--role", "CENTRAL_ANALYST", "--password-stdin", given="ประโยคที่ยาวพอ 1\n")
    eplan_user("password", "analyst", "--password-stdin", given="ประโยคที่ยาวพอ 2\n")
    assert eplan_user("token", "analyst").startswith("eplan_")
    assert "CENTRAL_ANALYST" in eplan_user("list")
    assert "good for one sign-in within 7 days" in eplan_user("password", "analyst")
    eplan_user("second-factor", "analyst")
    with operator.reading() as session:
        assert session.scalars(sa.select(UserAccount.first_password_until)).one() is not None
    eplan_user("disable", "analyst")
    assert "(disabled)" in eplan_user("list")
    with operator.reading() as session:
        account = session.scalars(sa.select(UserAccount)).one()
        assert not account.active and session.scalars(sa.select(Membership)).one().user_id == account.id


def test_without_the_owner_the_commands_say_what_is_missing(
    operator: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "owner_database", users.database)
    result = CliRunner().invoke(users.command, ["add", "analyst", "--role", "CENTRAL_ANALYST"])
    assert result.exit_code == 1
    assert "EPLAN_OWNER_DATABASE_URL" in result.output


def test_the_migration_goes_down_and_up(server_url: str, template_database: str) -> None:
    with cloned_database(server_url, template_database, f"eplan_down_{uuid.uuid4().hex[:12]}") as url:
        migrate.downgrade(url, "0006")
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            before = sa.text("SELECT has_table_privilege('eplan_app', 'membership', 'UPDATE')")
            assert connection.scalar(before)
            assert not sa.inspect(connection).has_table("user_session")
        migrate.upgrade(url)
        with engine.connect() as connection:
            assert not connection.scalar(before)
            assert sa.inspect(connection).has_table("user_session")
        engine.dispose()


def test_segments_and_periods_of_plans_leave_a_trace(session: Session) -> None:
    project = factories.make_project(session, segments=({"width_m": 5, "length_m": 100},))
    factories.make_plan_line(session, project.organisation_code)
    found = session.execute(
        sa.text("SELECT entity, entity_key FROM change_log WHERE entity IN ('project_segment', 'plan_period')")
    )
    assert {row.entity: row.entity_key for row in found}.keys() == {"project_segment", "plan_period"}
    for statement in ("UPDATE project_segment SET width_m = 6", "DELETE FROM project_segment"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(sa.text(statement))

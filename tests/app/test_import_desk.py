"""The import desk: places that the doctor offers, projects that rows may mean, what changes, and undoing it all."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app import migrate
from tests.conftest import cloned_database

DESK_TABLES = ("import_offer", "import_match", "import_choice")


def test_the_migration_goes_down_and_up(server_url: str, template_database: str) -> None:
    with cloned_database(server_url, template_database, f"eplan_down_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        rights = sa.text("SELECT has_table_privilege('eplan_app', :table, 'SELECT, INSERT, UPDATE, DELETE')")
        with engine.connect() as connection:
            assert all(connection.scalar(rights, {"table": table}) for table in DESK_TABLES)
        migrate.downgrade(url, "0007")
        with engine.connect() as connection:
            assert not any(sa.inspect(connection).has_table(table) for table in DESK_TABLES)
        migrate.upgrade(url)
        with engine.connect() as connection:
            assert all(sa.inspect(connection).has_table(table) for table in DESK_TABLES)
        engine.dispose()

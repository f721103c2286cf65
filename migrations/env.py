"""Alembic environment: one transaction per migration, owner's connection, PostGIS-aware comparison."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from geoalchemy2 import alembic_helpers

from app.models import Base

# Kept by SQL text in the migrations, not by the models: the queue's and the read models' tables, PostGIS' own.
_FOREIGN_PREFIXES = ("procrastinate_", "read_")
_FOREIGN_TABLES = {"spatial_ref_sys", "alembic_version"}


def include_object(obj: sa.schema.SchemaItem, name: str, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave out what the models do not own."""
    table = name if kind == "table" else getattr(getattr(obj, "table", None), "name", "")
    if table in _FOREIGN_TABLES or (table or "").startswith(_FOREIGN_PREFIXES):
        return False
    return bool(alembic_helpers.include_object(obj, name, kind, reflected, compare_to))


def run() -> None:
    """Run on the connection handed over in ``config.attributes``, else on ``sqlalchemy.url``."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as opened:
        _migrate(opened)
        opened.commit()


def _migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()

"""The import desk: places that the doctor offers, projects that rows may mean, what a person chose; undone imports."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
STATUSES = ("RECEIVED", "STAGING", "STAGED", "ACCEPTING", "ACCEPTED", "FAILED", "CANCELLED")
UNDONE = "UNDONE"
TABLES = ("import_offer", "import_match", "import_choice")


def upgrade() -> None:
    for table, columns, key in (
        (
            "import_offer",
            (
                sa.Column("code", sa.Text(), nullable=False),
                sa.Column("given_geom", _shape(), nullable=True),
                sa.Column("offered_geom", _shape(), nullable=True),
                sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
                sa.Column("mended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
            ),
            (),
        ),
        (
            "import_match",
            (
                sa.Column("rank", sa.SmallInteger(), nullable=False),
                sa.Column("project_id", sa.BigInteger(), nullable=False),
                sa.Column("score", sa.Float(precision=53), nullable=False),
                sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
            ),
            ("rank",),
        ),
        ("import_choice", (sa.Column("project_code", sa.Text(), nullable=True),), ()),
    ):
        op.create_table(
            table,
            sa.Column("batch_id", sa.BigInteger(), nullable=False),
            sa.Column("row_number", sa.Integer(), nullable=False),
            *columns,
            sa.ForeignKeyConstraint(
                ["batch_id"],
                ["import_batch.id"],
                name=op.f(f"fk_{table}_batch_id_import_batch"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("batch_id", "row_number", *key, name=op.f(f"pk_{table}")),
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APPLICATION_ROLE}")
    op.create_index("ix_import_offer_code", "import_offer", ["batch_id", "code", "row_number"], unique=False)
    op.add_column("import_batch", sa.Column("undone_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("import_batch", sa.Column("undone_by_name", sa.Text(), nullable=True))
    _allow(*STATUSES, UNDONE)


def downgrade() -> None:
    # What was undone had been accepted; the projects and versions that say so stay as they are.
    op.execute(f"UPDATE import_batch SET status = 'ACCEPTED' WHERE status = '{UNDONE}'")
    _allow(*STATUSES)
    op.drop_column("import_batch", "undone_by_name")
    op.drop_column("import_batch", "undone_at")
    for table in reversed(TABLES):
        op.drop_table(table)


def _shape() -> Geometry:
    return Geometry(geometry_type="GEOMETRY", srid=4326, dimension=2, spatial_index=False)


def _allow(*statuses: str) -> None:
    allowed = ", ".join(f"'{status}'" for status in statuses)
    op.drop_constraint(op.f("ck_import_batch_status"), "import_batch", type_="check")
    op.create_check_constraint(op.f("ck_import_batch_status"), "import_batch", f"status IN ({allowed})")

"""Pictures attached to projects, and those of staged files."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
# Who attached what, and what the picture is, is written once; what is said of it and whether it hangs there may change.
CHANGEABLE = "stage, caption, removed_at, removed_by, removed_by_name"

TAKEN_AT = "taken_at BETWEEN '1990-01-01 00:00+00' AND '2200-01-01 00:00+00'"


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="photo", nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("caption", sa.Text(), nullable=True),
        *_picture(),
        sa.Column("import_batch_id", sa.BigInteger(), nullable=True),
        sa.Column("import_row", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.Column("removed_by_name", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('photo')", name=op.f("ck_attachment_kind")),
        sa.CheckConstraint("stage IN ('before', 'during', 'after')", name=op.f("ck_attachment_stage")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_attachment_sha256")),
        sa.CheckConstraint(TAKEN_AT, name=op.f("ck_attachment_taken_at")),
        sa.CheckConstraint("(import_batch_id IS NULL) = (import_row IS NULL)", name=op.f("ck_attachment_import_row")),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by_name IS NULL)", name=op.f("ck_attachment_removed")),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_attachment_{column}_{target.split('.')[0]}"))
            for column, target in (
                ("project_id", "project.id"),
                ("import_batch_id", "import_batch.id"),
                ("created_by", "user_account.id"),
                ("on_behalf_of", "organisation.code"),
                ("removed_by", "user_account.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_project_id", "attachment", ["project_id", "id"])
    op.create_index(op.f("ix_attachment_import_batch_id"), "attachment", ["import_batch_id"])
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])
    op.create_index(
        "uq_attachment_of_project",
        "attachment",
        ["project_id", "sha256"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "import_picture",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        *_picture(),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_import_picture_sha256")),
        sa.CheckConstraint(TAKEN_AT, name=op.f("ck_import_picture_taken_at")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_import_picture_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "row_number", name=op.f("pk_import_picture")),
    )
    op.create_index("ix_import_picture_sha256", "import_picture", ["sha256"])
    for verb, references in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON attachment REFERENCING {references} "
            "FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_id')"
        )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGEABLE}) ON attachment TO {APPLICATION_ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON import_picture TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.drop_table("import_picture")
    op.drop_table("attachment")


def _picture() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("location", Geometry("POINT", 4326, 2, spatial_index=False), nullable=True),
        sa.Column("accuracy_m", sa.Numeric(12, 3), nullable=True),
        sa.Column("direction_degrees", sa.Float(), nullable=True),
    )

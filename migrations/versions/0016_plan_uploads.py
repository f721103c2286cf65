"""Workbooks of plan forms on their way in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def upgrade() -> None:
    op.create_table(
        "plan_upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_version_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="STAGED", nullable=False),
        sa.Column("original", postgresql.JSONB(), nullable=False),
        sa.Column("decisions", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('STAGED', 'ACCEPTED', 'DISCARDED')", name=op.f("ck_plan_upload_status")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_plan_upload_plan_version_id_plan_version")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_plan_upload_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_upload")),
    )
    op.create_index(op.f("ix_plan_upload_plan_version_id"), "plan_upload", ["plan_version_id"])
    op.create_index(op.f("ix_plan_upload_created_by"), "plan_upload", ["created_by"])
    op.execute(
        "CREATE TRIGGER next_row_version BEFORE UPDATE ON plan_upload FOR EACH ROW EXECUTE FUNCTION next_row_version()"
    )
    for verb, references in _REFERENCING.items():
        op.execute(
            f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON plan_upload REFERENCING {references} "
            "FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', '')"
        )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON plan_upload TO {APPLICATION_ROLE}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION_ROLE}")
    op.execute(f"REVOKE ALL ON SEQUENCE change_log_id_seq FROM {APPLICATION_ROLE}")


def downgrade() -> None:
    op.drop_table("plan_upload")

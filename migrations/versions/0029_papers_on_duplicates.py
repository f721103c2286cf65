"""Papers on what is said of a pair, when each work was compared, and the jobs that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("file_bytes", sa.BigInteger(), nullable=True),
    ):
        op.add_column("duplicate_decision", column)
    op.create_check_constraint(
        op.f("ck_duplicate_decision_file"),
        "duplicate_decision",
        "num_nulls(file_name, file_sha256, file_bytes) IN (0, 3)",
    )
    op.create_check_constraint(
        op.f("ck_duplicate_decision_file_sha256"), "duplicate_decision", "file_sha256 ~ '^[0-9a-f]{64}$'"
    )
    op.create_index(
        "ix_duplicate_decision_file_sha256",
        "duplicate_decision",
        ["file_sha256"],
        postgresql_where=sa.text("file_sha256 IS NOT NULL"),
    )
    op.add_column(
        "duplicate_work",
        sa.Column("compared_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_index("ix_duplicate_work_compared_at", "duplicate_work", ["compared_at"])
    op.create_index(
        "ix_background_job_waiting", "background_job", ["kind"], postgresql_where=sa.text("status = 'WAITING'")
    )


def downgrade() -> None:
    op.drop_index("ix_background_job_waiting", "background_job")
    op.drop_index("ix_duplicate_work_compared_at", "duplicate_work")
    op.drop_column("duplicate_work", "compared_at")
    op.drop_index("ix_duplicate_decision_file_sha256", "duplicate_decision")
    op.drop_constraint(op.f("ck_duplicate_decision_file_sha256"), "duplicate_decision", type_="check")
    op.drop_constraint(op.f("ck_duplicate_decision_file"), "duplicate_decision", type_="check")
    for name in ("file_bytes", "file_sha256", "file_name"):
        op.drop_column("duplicate_decision", name)

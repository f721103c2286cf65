"""What reviewers say of figures: verified or returned, of the amount that they saw; files that come with messages."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_FIGURES = "'project', 'appropriation', 'contract', 'disbursement'"

_TYPES = "'image/jpeg', 'image/png', 'image/webp', 'application/pdf'"


def upgrade() -> None:
    op.create_table(
        "figure_verdict",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("figure_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_baht", sa.Numeric(14, 2), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.BigInteger()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("created_by", sa.BigInteger()),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(f"figure IN ({_FIGURES})", name=op.f("ck_figure_verdict_figure")),
        sa.CheckConstraint("verdict IN ('VERIFIED', 'RETURNED')", name=op.f("ck_figure_verdict_verdict")),
        sa.CheckConstraint(
            "before IN ('NEW', 'CHANGED', 'ANSWERED', 'VERIFIED', 'RETURNED')", name=op.f("ck_figure_verdict_before")
        ),
        sa.CheckConstraint(
            "(verdict = 'RETURNED') = (comment_id IS NOT NULL)", name=op.f("ck_figure_verdict_commented")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_figure_verdict_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["review_comment.id"], name=op.f("fk_figure_verdict_comment_id_review_comment")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_figure_verdict_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_verdict")),
    )
    op.create_index("ix_figure_verdict_figure", "figure_verdict", ["figure", "figure_id", "id"])
    op.create_index("ix_figure_verdict_project_id", "figure_verdict", ["project_id"])
    op.create_index(
        "ix_review_comment_open",
        "review_comment",
        ["organisation_code"],
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    for action, rows in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER log_{action.lower()} AFTER {action} ON figure_verdict REFERENCING {rows}"
            " FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_id')"
        )
    op.execute("GRANT SELECT, INSERT ON figure_verdict TO eplan_app")
    # Not in the change log, as nothing that a message says is.
    op.create_table(
        "message_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_message_file_sha256")),
        sa.CheckConstraint(f"media_type IN ({_TYPES})", name=op.f("ck_message_file_media_type")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_file_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_file")),
    )
    op.create_index("ix_message_file_message_id", "message_file", ["message_id"])
    op.create_index("ix_message_file_sha256", "message_file", ["sha256"])
    op.execute("GRANT SELECT, INSERT ON message_file TO eplan_app")


def downgrade() -> None:
    op.drop_table("message_file")
    op.drop_index("ix_review_comment_open", table_name="review_comment")
    op.drop_table("figure_verdict")

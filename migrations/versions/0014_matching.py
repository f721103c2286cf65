"""Lists of contracts and payments from elsewhere, the projects suggested for their rows, and what a person said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{target.split('.')[0]}"))


def _of_row(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["batch_id", "row_number"],
        ["match_row.batch_id", "match_row.row_number"],
        name=op.f(f"fk_{table}_batch_id_row_number_match_row"),
        ondelete="CASCADE",
    )


def _json(name: str, default: str | None = None) -> sa.Column[object]:
    given = None if default is None else sa.text(default)
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default=given, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "match_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=True),
        sa.Column("province_code", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="RECEIVED", nullable=False),
        _json("columns", "'{}'"),
        _count("row_count"),
        _count("skipped_count"),
        _count("project_count"),
        _json("problems", "'[]'"),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("compared_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("background_job_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('egp', 'payment')", name=op.f("ck_match_batch_kind")),
        sa.CheckConstraint(
            "status IN ('RECEIVED', 'READY', 'FAILED', 'CANCELLED')", name=op.f("ck_match_batch_status")
        ),
        sa.CheckConstraint("(organisation_code IS NULL) <> (province_code IS NULL)", name=op.f("ck_match_batch_scope")),
        _key("match_batch", "organisation_code", "organisation.code"),
        _key("match_batch", "province_code", "area.code"),
        _key("match_batch", "created_by", "user_account.id"),
        _key("match_batch", "on_behalf_of", "organisation.code"),
        _key("match_batch", "background_job_id", "background_job.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_batch")),
    )
    op.create_index("ix_match_batch_organisation", "match_batch", ["organisation_code", sa.literal_column("id DESC")])
    op.create_index("ix_match_batch_province", "match_batch", ["province_code", sa.literal_column("id DESC")])
    op.create_index(op.f("ix_match_batch_created_by"), "match_batch", ["created_by"])
    op.create_table(
        "match_row",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        _json("values"),
        _json("problems", "'[]'"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["match_batch.id"], name=op.f("fk_match_row_batch_id_match_batch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "row_number", name=op.f("pk_match_row")),
    )
    op.create_table(
        "match_suggestion",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        _json("reasons"),
        _of_row("match_suggestion"),
        _key("match_suggestion", "project_id", "project.id"),
        sa.PrimaryKeyConstraint("batch_id", "row_number", "rank", name=op.f("pk_match_suggestion")),
    )
    op.create_index(op.f("ix_match_suggestion_project_id"), "match_suggestion", ["project_id"])
    op.create_table(
        "match_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        _of_row("match_decision"),
        _key("match_decision", "project_id", "project.id"),
        _key("match_decision", "decided_by", "user_account.id"),
        _key("match_decision", "on_behalf_of", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
        sa.UniqueConstraint("batch_id", "row_number", name=op.f("uq_match_decision_batch_id_row_number")),
    )
    op.create_index(op.f("ix_match_decision_project_id"), "match_decision", ["project_id"])
    # What is suggested is computed and not logged; what a person says is.
    for verb, references in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON match_decision REFERENCING {references} "
            "FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_id')"
        )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON match_batch TO {APPLICATION_ROLE}")
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON match_row, match_suggestion, match_decision TO {APPLICATION_ROLE}"
    )


def downgrade() -> None:
    for table in ("match_decision", "match_suggestion", "match_row", "match_batch"):
        op.drop_table(table)

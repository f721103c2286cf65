"""What accepted rows of outside files became, and files of record sheets on their way in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def upgrade() -> None:
    op.add_column("match_row", sa.Column("refused", postgresql.JSONB(), nullable=True))
    op.add_column("match_decision", sa.Column("outcome", sa.Text(), nullable=True))
    op.add_column("match_decision", sa.Column("contract_id", sa.BigInteger(), nullable=True))
    op.add_column("match_decision", sa.Column("disbursement_id", sa.BigInteger(), nullable=True))
    op.add_column("match_decision", sa.Column("record_version", sa.Integer(), nullable=True))
    op.add_column("match_decision", sa.Column("receipt", sa.Text(), nullable=True))
    op.add_column(
        "match_decision", sa.Column("details", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_match_decision_outcome"), "match_decision", "outcome IN ('MADE', 'FILLED', 'SAME')"
    )
    op.create_check_constraint(
        op.f("ck_match_decision_record"),
        "match_decision",
        "(outcome IS NULL) = (contract_id IS NULL AND disbursement_id IS NULL)"
        " AND (contract_id IS NULL OR disbursement_id IS NULL)",
    )
    for column in ("contract_id", "disbursement_id"):
        table = column.removesuffix("_id")
        op.create_foreign_key(op.f(f"fk_match_decision_{column}_{table}"), "match_decision", table, [column], ["id"])
        op.create_index(op.f(f"ix_match_decision_{column}"), "match_decision", [column])
    _record_upload()


def _record_upload() -> None:
    op.create_table(
        "record_upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
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
        sa.CheckConstraint("status IN ('STAGED', 'ACCEPTED', 'DISCARDED')", name=op.f("ck_record_upload_status")),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_record_upload_organisation_code_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_record_upload_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_upload")),
    )
    op.create_index(op.f("ix_record_upload_created_by"), "record_upload", ["created_by"])
    op.create_index(
        "ix_record_upload_organisation_code_year_be_sheet", "record_upload", ["organisation_code", "year_be", "sheet"]
    )
    op.execute(
        "CREATE TRIGGER next_row_version BEFORE UPDATE ON record_upload"
        " FOR EACH ROW EXECUTE FUNCTION next_row_version()"
    )
    for verb, references in _REFERENCING.items():
        op.execute(
            f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON record_upload REFERENCING {references} "
            "FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', '')"
        )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON record_upload TO {APPLICATION_ROLE}")
    op.execute(f"GRANT USAGE ON SEQUENCE record_upload_id_seq TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.drop_table("record_upload")
    for column in ("details", "receipt", "record_version", "disbursement_id", "contract_id", "outcome"):
        op.drop_column("match_decision", column)
    op.drop_column("match_row", "refused")

"""Revenue, expenditure and statistics by month, grants; communities can be taken out and put back."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
LOGGED = {"finance_month": "organisation_code,fiscal_year_be,item_code,month", "grant_allotment": "id"}


def upgrade() -> None:
    op.create_table(
        "finance_month",
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount_baht", sa.Numeric(14, 2), nullable=False),
        *_versioned(),
        sa.CheckConstraint("month BETWEEN 0 AND 12", name=op.f("ck_finance_month_month")),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name=op.f("ck_finance_month_fiscal_year")),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_finance_month_organisation_code_organisation")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_code", "fiscal_year_be", "item_code", "month", name=op.f("pk_finance_month")
        ),
    )
    op.create_table(
        "grant_allotment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("letter_on", sa.Date(), nullable=True),
        sa.Column("allotted_baht", sa.Numeric(14, 2), nullable=True),
        sa.Column("received_baht", sa.Numeric(14, 2), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("returned_baht", sa.Numeric(14, 2), nullable=True),
        *_versioned(),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('GRANT_GENERAL', 'GRANT_SPECIFIC')", name=op.f("ck_grant_allotment_kind")),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name=op.f("ck_grant_allotment_fiscal_year")),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 1000", name=op.f("ck_grant_allotment_name_length")),
        sa.CheckConstraint(
            "allotted_baht >= 0 AND received_baht >= 0 AND returned_baht >= 0", name=op.f("ck_grant_allotment_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_grant_allotment_organisation_code_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_allotment")),
    )
    op.create_index(
        "ix_grant_allotment_organisation_code_fiscal_year_be",
        "grant_allotment",
        ["organisation_code", "fiscal_year_be"],
    )
    op.add_column("community", sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    for table, key in LOGGED.items():
        op.execute(
            f"CREATE TRIGGER next_row_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION next_row_version()"
        )
        for verb, references in (
            ("INSERT", "NEW TABLE AS new_rows"),
            ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON {table} REFERENCING {references} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION log_changes('{key}', '')"
            )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON finance_month TO {APPLICATION_ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON grant_allotment TO {APPLICATION_ROLE}")
    op.execute(f"GRANT USAGE ON SEQUENCE grant_allotment_id_seq TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.execute("DELETE FROM community WHERE removed_at IS NOT NULL")
    op.drop_column("community", "removed_at")
    op.drop_table("grant_allotment")
    op.drop_table("finance_month")


def _versioned() -> tuple[sa.Column[int], sa.Column[object]]:
    return (
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
    )

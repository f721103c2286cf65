"""Action plans of a fiscal year with their lines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
TABLES = ("action_plan", "action_plan_line")
_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}
# As with plan versions: what was promulgated is what the public saw.
CLOSED = """
CREATE FUNCTION refuse_change_of_promulgated_action_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM action_plan p WHERE p.status = 'PROMULGATED'
          AND p.id = CASE TG_TABLE_NAME WHEN 'action_plan' THEN (to_jsonb(OLD)->>'id')::bigint
                                        ELSE (to_jsonb(OLD)->>'action_plan_id')::bigint END
    ) THEN
        RAISE EXCEPTION 'a promulgated action plan is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER refuse_change_of_promulgated BEFORE UPDATE OR DELETE ON action_plan
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_promulgated_action_plan();
CREATE TRIGGER refuse_change_of_promulgated BEFORE UPDATE OR DELETE ON action_plan_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_promulgated_action_plan();
"""


def upgrade() -> None:
    op.create_table(
        "action_plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="DRAFT", nullable=False),
        sa.Column("promulgated_on", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_by_name", sa.Text(), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=True),
        *_ends(),
        sa.CheckConstraint("status IN ('DRAFT', 'PROMULGATED', 'DISCARDED')", name=op.f("ck_action_plan_status")),
        sa.CheckConstraint(
            "(status = 'PROMULGATED') = (promulgated_on IS NOT NULL)", name=op.f("ck_action_plan_promulgated")
        ),
        _reference("action_plan", "organisation_code", "organisation", "code"),
        _reference("action_plan", "prepared_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_plan")),
        sa.UniqueConstraint(
            "organisation_code",
            "fiscal_year_be",
            "number",
            name=op.f("uq_action_plan_organisation_code_fiscal_year_be_number"),
        ),
    )
    op.create_index(
        "uq_action_plan_draft",
        "action_plan",
        ["organisation_code", "fiscal_year_be"],
        unique=True,
        postgresql_where=sa.text("status = 'DRAFT'"),
    )
    op.create_table(
        "action_plan_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("action_plan_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), server_default="ผด.02", nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("line_number", sa.Integer(), nullable=True),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("amount_baht", sa.Numeric(14, 2), nullable=True),
        sa.Column("location_text", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("other_agency", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("months", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=True),
        sa.Column("programme_code", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        *_ends(),
        sa.CheckConstraint("form IN ('ผด.02', 'ผด.02/1')", name=op.f("ck_action_plan_line_form")),
        sa.CheckConstraint(
            "months <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", name=op.f("ck_action_plan_line_months")
        ),
        sa.CheckConstraint("amount_baht >= 0", name=op.f("ck_action_plan_line_amount")),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 1000", name=op.f("ck_action_plan_line_name_length")),
        _reference("action_plan_line", "action_plan_id", "action_plan"),
        _reference("action_plan_line", "project_id", "project"),
        _reference("action_plan_line", "programme_code", "budget_programme", "code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_plan_line")),
    )
    for column in ("action_plan_id", "project_id"):
        op.create_index(op.f(f"ix_action_plan_line_{column}"), "action_plan_line", [column])
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER next_row_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION next_row_version()"
        )
        for verb, references in _REFERENCING.items():
            op.execute(
                f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON {table} REFERENCING {references} "
                "FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', '')"
            )
    op.execute(CLOSED)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON action_plan, action_plan_line TO {APPLICATION_ROLE}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION_ROLE}")
    op.execute(f"REVOKE ALL ON SEQUENCE change_log_id_seq FROM {APPLICATION_ROLE}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_promulgated_action_plan()")


def _ends() -> tuple[sa.Column[int], sa.Column[object], sa.Column[object]]:
    now = sa.text("now()")
    return (
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=now, nullable=False),
    )


def _reference(table: str, column: str, target: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=op.f(f"fk_{table}_{column}_{target}"))

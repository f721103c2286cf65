"""Penalties and reports of progress can be taken out, with the reason, and brought back; what they said never changes."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
_REMOVAL = "removed_at, removed_by, removal_reason"


def upgrade() -> None:
    op.add_column("progress_report", sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("progress_report", sa.Column("removed_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_progress_report_removed_by_user_account"), "progress_report", "user_account", ["removed_by"], ["id"]
    )
    for table in ("progress_report", "contract_penalty"):
        op.add_column(table, sa.Column("removal_reason", sa.Text(), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_{table}_removal"), table, "(removed_at IS NULL) = (removal_reason IS NULL)"
        )
        op.execute(f"GRANT UPDATE ({_REMOVAL}) ON {table} TO {APPLICATION_ROLE}")
    op.execute("DROP TRIGGER refuse_change ON progress_report")
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE ON progress_report FOR EACH ROW"
        " WHEN (to_jsonb(NEW) - '{removed_at,removed_by,removal_reason}'::text[]"
        " IS DISTINCT FROM to_jsonb(OLD) - '{removed_at,removed_by,removal_reason}'::text[])"
        " EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER refuse_removal BEFORE DELETE ON progress_report FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER refuse_removal ON progress_report")
    op.execute("DROP TRIGGER refuse_change ON progress_report")
    # What was taken out may not count again; the log of changes keeps what it said.
    op.execute(
        "UPDATE attachment SET progress_report_id = NULL WHERE progress_report_id IN"
        " (SELECT id FROM progress_report WHERE removed_at IS NOT NULL)"
    )
    op.execute("DELETE FROM progress_report WHERE removed_at IS NOT NULL")
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON progress_report "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"REVOKE UPDATE ({_REMOVAL}) ON progress_report FROM {APPLICATION_ROLE}")
    op.execute(f"REVOKE UPDATE (removal_reason) ON contract_penalty FROM {APPLICATION_ROLE}")
    for table in ("contract_penalty", "progress_report"):
        op.drop_constraint(op.f(f"ck_{table}_removal"), table, type_="check")
        op.drop_column(table, "removal_reason")
    op.drop_constraint(op.f("fk_progress_report_removed_by_user_account"), "progress_report", type_="foreignkey")
    op.drop_column("progress_report", "removed_by")
    op.drop_column("progress_report", "removed_at")

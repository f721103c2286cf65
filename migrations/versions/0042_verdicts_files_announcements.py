"""What reviewers say of figures: verified or returned, of the amount that they saw; files that come with messages;
results of monitoring among what an organisation has announced; names and addresses of accounts are changed."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_FIGURES = "'project', 'appropriation', 'contract', 'disbursement'"

_TYPES = "'image/jpeg', 'image/png', 'image/webp', 'application/pdf'"

_ANNOUNCED = """
SELECT n.organisation_code, 'plan' AS kind, v.id, n.name_th AS title, v.change_types, v.number, v.promulgated_on AS day
FROM plan_version v JOIN plan n ON n.id = v.plan_id
WHERE v.status = 'PROMULGATED' AND v.promulgated_on IS NOT NULL
UNION ALL
SELECT d.organisation_code, 'budget', d.id, d.title, '{}'::text[], d.number, coalesce(d.in_force_on, d.approved_on)
FROM budget_document d
WHERE d.status = 'APPROVED' AND d.removed_at IS NULL AND coalesce(d.in_force_on, d.approved_on) IS NOT NULL"""
# Of a round its fiscal year and part, which the page says in words; a version that another one has replaced is past.
_RESULTS = """
UNION ALL
SELECT e.organisation_code, 'evaluation', e.id, e.fiscal_year_be::text, '{}'::text[], e.period::text, e.announced_on
FROM evaluation_result e
WHERE e.status = 'ANNOUNCED' AND NOT EXISTS (
    SELECT FROM evaluation_result n WHERE n.status = 'ANNOUNCED' AND n.version > e.version
    AND (n.organisation_code, n.fiscal_year_be, n.period) = (e.organisation_code, e.fiscal_year_be, e.period))"""

# An address signs in as a name does: who changes it has to administer the account, as who gives a password.
_GUARD = """
CREATE OR REPLACE FUNCTION guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    acting bigint := nullif(current_setting('eplan.user_id', true), '')::bigint;
    allowed boolean;
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        -- A new account holds nothing yet: whoever issues any role may make one.
        allowed := EXISTS (
            SELECT FROM membership m JOIN user_account u ON u.id = m.user_id AND u.active
            WHERE m.user_id = acting AND issues_role(m.role_code, 'LAO_PLANNER')
              AND coalesce(m.valid_from, current_date) <= current_date
              AND coalesce(m.valid_to, current_date) >= current_date);
    ELSIF NEW.active IS DISTINCT FROM OLD.active{more}
          OR (NEW.first_password_until IS NOT NULL
              AND NEW.first_password_until IS DISTINCT FROM OLD.first_password_until) THEN
        allowed := administers(acting, NEW.id);
    ELSE
        allowed := true;
    END IF;
    IF NOT coalesce(allowed, false) THEN
        RAISE EXCEPTION 'permission denied: account % does not administer this account', acting
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$"""
_GUARDED = "active, first_password_until"
_DETAILS = "email, display_name"
_MORE = """
          OR (NEW.email, NEW.display_name) IS DISTINCT FROM (OLD.email, OLD.display_name)"""


def _guard(more: str, columns: str) -> None:
    op.execute(_GUARD.replace("{more}", more))
    op.execute("DROP TRIGGER guard_account ON user_account")
    op.execute(
        f"CREATE TRIGGER guard_account BEFORE INSERT OR UPDATE OF {columns} ON user_account"
        " FOR EACH ROW EXECUTE FUNCTION guard_account()"
    )


def upgrade() -> None:
    _guard(_MORE, f"{_GUARDED}, {_DETAILS}")
    op.execute(f"GRANT UPDATE ({_DETAILS}) ON user_account TO eplan_app")
    op.execute(f"CREATE OR REPLACE VIEW public_announcement AS {_ANNOUNCED}{_RESULTS}")
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
    op.execute(f"REVOKE UPDATE ({_DETAILS}) ON user_account FROM eplan_app")
    _guard("", _GUARDED)
    op.execute(f"CREATE OR REPLACE VIEW public_announcement AS {_ANNOUNCED}")
    op.drop_table("message_file")
    op.drop_index("ix_review_comment_open", table_name="review_comment")
    op.drop_table("figure_verdict")

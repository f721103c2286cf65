"""Sessions that the server can end; accounts and roles that the application role cannot change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

# What signing in, a new password and the choice of a language write. Who a person is, whether the account is active
# and which roles it has is written by the owner alone: a hole in the web application makes nobody an officer.
CHANGEABLE = {
    "user_account": "password, language, last_login_at, current_login_at, last_login_ip, current_login_ip, "
    "login_count, failed_sign_ins, locked_until",
    "api_token": "last_used_at, revoked_at",
    "user_session": "last_seen_at, ended_at",
}


def upgrade() -> None:
    now = sa.text("now()")
    op.create_table(
        "user_session",
        sa.Column("key_sha256", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=now, nullable=False),
        sa.Column("last_seen_at", sa.TIMESTAMP(timezone=True), server_default=now, nullable=False),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account")),
        sa.PrimaryKeyConstraint("key_sha256", name=op.f("pk_user_session")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.execute(f"GRANT SELECT, INSERT, DELETE ON user_session TO {APPLICATION_ROLE}")
    op.execute(f"REVOKE INSERT, UPDATE ON user_account, membership FROM {APPLICATION_ROLE}")
    op.execute(f"REVOKE UPDATE ON api_token FROM {APPLICATION_ROLE}")
    for table, columns in CHANGEABLE.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {APPLICATION_ROLE}")


def downgrade() -> None:
    for table, columns in CHANGEABLE.items():
        op.execute(f"REVOKE UPDATE ({columns}) ON {table} FROM {APPLICATION_ROLE}")
    op.execute(f"GRANT INSERT, UPDATE ON user_account, membership TO {APPLICATION_ROLE}")
    op.execute(f"GRANT UPDATE ON api_token TO {APPLICATION_ROLE}")
    op.drop_table("user_session")

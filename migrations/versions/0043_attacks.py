"""Why a day of a result was entered late stands beside the day; what a person has written lately is counted; wrong
passwords are counted for names without an account as for those with one."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_LATE = ("submitted_late_reason", "announced_late_reason")
# The name is marked with the secret key: people type their passwords there.
ATTEMPTS = """
CREATE TABLE sign_in_attempt (
    name_mark text CONSTRAINT pk_sign_in_attempt PRIMARY KEY,
    failures smallint NOT NULL DEFAULT 0,
    resting_until timestamptz,
    tried_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_sign_in_attempt_tried_at ON sign_in_attempt (tried_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempt TO eplan_app;
"""


def upgrade() -> None:
    for name in _LATE:
        op.add_column("evaluation_result", sa.Column(name, sa.Text()))
    op.create_index("ix_message_author_id", "message", ["author_id", "created_at"])
    op.execute(ATTEMPTS)


def downgrade() -> None:
    op.execute("DROP TABLE sign_in_attempt")
    op.drop_index("ix_message_author_id", "message")
    for name in _LATE:
        op.drop_column("evaluation_result", name)

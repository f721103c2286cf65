"""Why a day of a result was entered late stands beside the day; what a person has written lately is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0041"
branch_labels = None
depends_on = None

_LATE = ("submitted_late_reason", "announced_late_reason")


def upgrade() -> None:
    for name in _LATE:
        op.add_column("evaluation_result", sa.Column(name, sa.Text()))
    op.create_index("ix_message_author_id", "message", ["author_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_message_author_id", "message")
    for name in _LATE:
        op.drop_column("evaluation_result", name)

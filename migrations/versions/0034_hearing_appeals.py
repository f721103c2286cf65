"""An appeal on a pair is upheld or dismissed, with a reason; a better surface is an answer like the others."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_ANSWERS = "'same_work', 'continuation', 'repair', 'upgrade', 'joint', 'different'"
_ANSWERS_BEFORE = "'same_work', 'continuation', 'repair', 'joint', 'different'"


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, sa.text(condition))


def upgrade() -> None:
    for table in ("duplicate_pair", "duplicate_decision"):
        _check(table, "answer", f"answer IN ({_ANSWERS})")
    acts = "'answer', 'confirm', 'return', 'appeal', 'uphold', 'dismiss', 'reopen'"
    _check("duplicate_decision", "act", f"act IN ({acts})")
    _check("duplicate_decision", "answered", "(act IN ('return', 'reopen')) = (answer IS NULL)")
    _check(
        "duplicate_decision", "explained", "act NOT IN ('appeal', 'return', 'uphold', 'dismiss') OR note IS NOT NULL"
    )


def downgrade() -> None:
    # What was said is told in the words that there were: the outcome of an appeal was a confirmation, and a better
    # surface the mending of what lies there.
    op.execute("ALTER TABLE duplicate_decision DISABLE TRIGGER refuse_change")
    op.execute("UPDATE duplicate_decision SET act = 'confirm' WHERE act IN ('uphold', 'dismiss')")
    for table in ("duplicate_decision", "duplicate_pair"):
        op.execute(f"UPDATE {table} SET answer = 'repair' WHERE answer = 'upgrade'")
    op.execute("ALTER TABLE duplicate_decision ENABLE TRIGGER refuse_change")
    for table in ("duplicate_pair", "duplicate_decision"):
        _check(table, "answer", f"answer IN ({_ANSWERS_BEFORE})")
    _check("duplicate_decision", "act", "act IN ('answer', 'confirm', 'return', 'appeal', 'reopen')")
    _check("duplicate_decision", "answered", "(act IN ('answer', 'confirm', 'appeal')) = (answer IS NOT NULL)")
    _check("duplicate_decision", "explained", "act NOT IN ('appeal', 'return') OR note IS NOT NULL")

"""A telephone number counts however its digits stand: 0 2241 9000 and 044-812-345 have no five of them in a row."""

import runpy
from pathlib import Path

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_BEFORE = runpy.run_path(str(Path(__file__).with_name("0037_evaluation_rounds.py")))["ITEM"]
_FIVE_IN_A_ROW = "coalesce(p.office_phone ~ '[0-9]{5}', false)"
_FIVE = r"coalesce(length(regexp_replace(p.office_phone, '\D', '', 'g')) >= 5, false)"
ITEM = _BEFORE.replace(_FIVE_IN_A_ROW, _FIVE)
_DIRTY = "INSERT INTO completeness_dirty SELECT code FROM organisation WHERE type_code <> 'AGENCY'"


def upgrade() -> None:
    op.execute(ITEM)
    op.execute(_DIRTY)


def downgrade() -> None:
    op.execute(_BEFORE)
    op.execute(_DIRTY)

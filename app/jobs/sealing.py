"""The change log sealed to its end, a transaction a block."""

from __future__ import annotations

from app.db import Database
from app.queries.audit import Head
from app.services.audit import ROWS_A_BLOCK, heads_file, note_heads, seal
from app.settings import Settings


def seal_log(database: Database, settings: Settings, row_limit: int = ROWS_A_BLOCK) -> list[tuple[Head, int]]:
    """Seal everything that is committed; the blocks made and the lines of each.

    Each is noted in the heads file once it is committed.
    """
    made: list[tuple[Head, int]] = []
    while True:
        with database.transaction() as session:
            sealed = seal(session, row_limit)
        if sealed is None:
            return made
        note_heads(heads_file(settings), [sealed[0]])
        made.append(sealed)
        if sealed[1] < row_limit:
            return made

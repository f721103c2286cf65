"""Lines added to a sheet that are sent again because their answer was lost: recognised by their writer's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.services.sheets import CellChange, SheetChanges

SHORTEST, LONGEST = 16, 100
"""Letters of a key that names a line for good; a shorter one names it within its request only."""
KEPT_DAYS = 60


def resumed(session: Session, sheet: str, changes: SheetChanges) -> tuple[SheetChanges, dict[str, str]]:
    """A save without the lines that an earlier one has added, and these lines by their key.

    What is in such a line now goes on as cells that were empty when their writer saw them: what stands already is
    nothing to do, and what somebody wrote over it since is a conflict.

    Parameters
    ----------
    session
        Transaction in which the sheet is held.
    sheet
        Name of the sheet, unique among all.
    """
    asked = [line.key for line in changes.inserts if lasting(line.key)]
    if not asked:
        return changes, {}
    rows = session.execute(
        sa.text("SELECT key, line FROM sheet_key WHERE sheet = :sheet AND key = ANY(:keys)"),
        {"sheet": sheet, "keys": asked},
    )
    known = {row.key: row.line for row in rows}
    if not known:
        return changes, {}
    cells = [
        CellChange(known[line.key], column, None, value)
        for line in changes.inserts
        if line.key in known
        for column, value in line.cells.items()
        if value is not None
    ]
    fresh = [line for line in changes.inserts if line.key not in known]
    return replace(changes, cells=[*changes.cells, *cells], inserts=fresh), known


def remember(session: Session, sheet: str, inserted: Mapping[str, str]) -> None:
    """Keep the keys of lines that were just added, and forget those that are old."""
    kept = {key: line for key, line in inserted.items() if lasting(key)}
    if not kept:
        return
    session.execute(
        sa.text(
            "WITH old AS (DELETE FROM sheet_key WHERE created_at < now() - make_interval(days => :days))"
            " INSERT INTO sheet_key (sheet, key, line)"
            " SELECT :sheet, k, l FROM unnest(CAST(:keys AS text[]), CAST(:lines AS text[])) AS n(k, l)"
            " ON CONFLICT DO NOTHING"
        ),
        {"days": KEPT_DAYS, "sheet": sheet, "keys": list(kept), "lines": list(kept.values())},
    )


def lasting(key: str) -> bool:
    """True for a key that is never used twice."""
    return SHORTEST <= len(key) <= LONGEST

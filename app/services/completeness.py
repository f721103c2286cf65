"""Taking the counts of completeness again after records changed; the database does it (migration 0033)."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

BATCH = 200
"""Organisations a transaction: small enough for nobody to wait for it."""


def refresh(session: Session, *, limit: int = BATCH, wait: bool = False) -> int:
    """Count again for so many organisations whose records changed.

    Returns
    -------
    int
        How many; -1 when another transaction does it at this moment and ``wait`` is false.
    """
    return int(session.scalar(sa.text("SELECT refresh_completeness(:n, :wait)"), {"n": limit, "wait": wait}) or 0)


def refresh_own(session: Session, organisation_code: str) -> None:
    """Before a person reads their own organisation: count it if it changed; never waits for anybody."""
    session.execute(sa.text("SELECT refresh_completeness(1, false, :code)"), {"code": organisation_code})


def recount(session: Session, progress: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Count everything from the records, whatever was counted before; how many cells changed.

    After a restored backup or a changed rule. Nothing is missed meanwhile: what changes is counted again afterwards.
    """
    session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('completeness', 0))"))
    known = sa.text(
        "SELECT code FROM organisation WHERE type_code <> 'AGENCY'"
        " UNION SELECT organisation_code FROM completeness_cell ORDER BY 1"
    )
    codes = list(session.scalars(known))
    changed = 0
    for start in range(0, len(codes), BATCH):
        progress(start, len(codes))
        batch = codes[start : start + BATCH]
        changed += int(session.scalar(sa.text("SELECT count_completeness(:codes)"), {"codes": batch}) or 0)
    progress(len(codes), len(codes))
    return changed

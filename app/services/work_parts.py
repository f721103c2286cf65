"""Which part of a work lies in which tambon: made where it is missing."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

WORKS_A_BATCH = 2000
"""A work that somebody saves in this moment waits for the batch that holds it, so a batch is short."""


def cut_works(session: Session, limit: int = WORKS_A_BATCH) -> int:
    """Cut up to ``limit`` works that have no parts yet at the borders of the tambons; how many there were."""
    return int(session.scalar(sa.text("SELECT cut_works(:limit)"), {"limit": limit}) or 0)

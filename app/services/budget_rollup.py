"""Keeping the rolled-up money and funnel small: what has piled up since the last time is added to the cells."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session


def compact_budget(session: Session) -> int:
    """Fold the changes since the last compaction into the cells.

    The sums are right without it: it only keeps reading fast. One compaction runs at a time; the second finds nothing
    to do. Called by the worker, and after anything that writes many projects.

    Returns
    -------
    int
        Changes folded.
    """
    return int(session.scalar(sa.text("SELECT compact_budget()")) or 0)


def compact_funnel(session: Session) -> int:
    """The same for the cells of the funnel.

    Returns
    -------
    int
        Changes folded.
    """
    return int(session.scalar(sa.text("SELECT compact_funnel()")) or 0)

"""Which part of a work lies in which tambon: made where it is missing."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

WORKS_A_BATCH = 2000
"""A work that somebody saves in this moment waits for the batch that holds it, so a batch is short."""


def cut_works(session: Session, after: int = 0, limit: int = WORKS_A_BATCH) -> int | None:
    """Cut up to ``limit`` works that have no parts yet at the borders of the tambons, in the order of their ids.

    Parameters
    ----------
    after
        Id of the last work of the batch before; 0 = from the beginning.

    Returns
    -------
    int or None
        Id of the last work cut; ``None`` when no work behind ``after`` lacked its parts.
    """
    last = session.scalar(sa.text("SELECT cut_works(:limit, :after)"), {"limit": limit, "after": after})
    return None if last is None else int(last)

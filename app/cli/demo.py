"""Demonstration data for an empty installation; ``eplan up`` asks for it."""

from __future__ import annotations

from app.cli.load import show_progress
from app.db import Attribution, Database
from app.services.demo import DemoUser, generate, is_empty

_ATTRIBUTION = Attribution(user_id=None, name="ข้อมูลสาธิต")


def ensure_demo(database: Database) -> list[DemoUser] | None:
    """Make the demonstration when there is neither project nor organisation; ``None`` when there is.

    ``database`` is the owner's: the application may not make accounts. The passwords are in the answer and nowhere
    else: whoever calls writes them down.
    """
    with database.transaction(_ATTRIBUTION) as session:
        if not is_empty(session):
            return None
        return list(generate(session, progress=show_progress).users)

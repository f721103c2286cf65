"""Counting what is sent to the database, so that a page cannot quietly become a statement per row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@contextmanager
def counted(of: Session | sa.Connection | sa.Engine) -> Iterator[list[str]]:
    """SQL statements sent within the block, without savepoints and without what the edge asks once in some seconds."""
    sent: list[str] = []
    connection = of.connection() if isinstance(of, Session) else of

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        own = (
            statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")) or "FROM maintenance_window" in statement
        )
        if not own:
            sent.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)

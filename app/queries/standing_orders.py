"""Standing orders of files, and the copies that were made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Copy:
    """One time that a file was due.

    Parameters
    ----------
    due_at, made_at
        When it was due, and when it was made; ``None`` while it waits or when it failed.
    file, name, format, rows, bytes, sha256
        The file, while it is kept.
    error
        Why there is none.
    """

    id: int
    export_order_id: int
    due_at: datetime
    made_at: datetime | None
    file: str | None
    name: str | None
    format: str | None
    rows: int | None
    bytes: int | None
    sha256: str | None
    error: Mapping[str, Any] | None


@dataclass(frozen=True)
class Standing:
    """An order with its latest copies."""

    id: int
    user_id: int
    owner: str
    title: str
    kind: str
    parameters: Mapping[str, Any]
    every: str
    keep: int
    next_at: datetime
    copies: tuple[Copy, ...] = field(default=())

    @property
    def areas(self) -> tuple[str, ...]:
        """Codes of areas that the file is narrowed to."""
        return tuple((self.parameters.get("filters") or {}).get("area") or ())


_ORDERS = """
SELECT e.id, e.user_id, a.display_name AS owner, e.title, e.kind, e.parameters, e.every, e.keep, e.next_at
FROM export_order e JOIN user_account a ON a.id = e.user_id
WHERE e.removed_at IS NULL AND {which} ORDER BY e.id DESC LIMIT 100
"""
_COPIES = """
SELECT c.id, c.export_order_id, c.due_at, c.made_at, c.file, c.name, c.format, c.rows, c.bytes, c.sha256, c.error
FROM unnest(CAST(:orders AS bigint[])) AS o
CROSS JOIN LATERAL (
    SELECT * FROM export_copy c WHERE c.export_order_id = o AND c.removed_at IS NULL ORDER BY c.due_at DESC LIMIT :limit
) c
ORDER BY c.export_order_id, c.due_at DESC
"""


def orders_of(session: Session, user_id: int | None) -> list[Standing]:
    """Orders of a person, the newest first; ``None`` is everybody's."""
    which = "true" if user_id is None else "e.user_id = :user"
    return _with_copies(session, which, {"user": user_id})


def one_order(session: Session, order_id: int) -> Standing | None:
    """An order that has not been ended."""
    found = _with_copies(session, "e.id = :id", {"id": order_id})
    return found[0] if found else None


def _with_copies(session: Session, which: str, values: Mapping[str, Any], limit: int = 30) -> list[Standing]:
    rows = session.execute(sa.text(_ORDERS.format(which=which)), dict(values)).all()
    copies: dict[int, list[Copy]] = {}
    asked = {"orders": [row.id for row in rows], "limit": limit}
    for row in session.execute(sa.text(_COPIES), asked):
        copies.setdefault(row.export_order_id, []).append(Copy(**row._mapping))
    return [Standing(**row._mapping, copies=tuple(copies.get(row.id, ()))) for row in rows]

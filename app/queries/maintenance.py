"""Maintenance windows: what is open now, what is announced, and what has been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

_COLUMNS = (
    "id, begins_at, ends_at, reason_th, reason_en, closed_parts, notice_hours, row_version, cancelled_at, cancel_reason"
)


@dataclass(frozen=True)
class Window:
    """One window.

    Parameters
    ----------
    begins_at, ends_at
        From when until when nobody's work is written.
    reason_th, reason_en
        What is done to the platform.
    closed_parts
        What cannot be read either: codes of :data:`app.services.maintenance.PARTS`.
    notice_hours
        So long before it every page tells of it.
    cancelled_at, cancel_reason
        When it was given up, and why.
    """

    id: int
    begins_at: datetime
    ends_at: datetime
    reason_th: str
    reason_en: str | None
    closed_parts: tuple[str, ...]
    notice_hours: int
    row_version: int
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None

    def reason(self, language: str) -> str:
        """The reason in a language."""
        return (self.reason_en if language == "en" else None) or self.reason_th

    def is_open(self, now: datetime) -> bool:
        """True while nobody's work is written."""
        return self.cancelled_at is None and self.begins_at <= now < self.ends_at

    def is_told(self, now: datetime) -> bool:
        """True from the notice to the end."""
        return (
            self.cancelled_at is None
            and self.begins_at - timedelta(hours=self.notice_hours) <= now
            and now < self.ends_at
        )


def coming_windows(session: Session | sa.Connection) -> tuple[Window, ...]:
    """Windows that are open or announced, the first first."""
    statement = (
        f"SELECT {_COLUMNS} FROM maintenance_window WHERE cancelled_at IS NULL AND ends_at > clock_timestamp()"
        " ORDER BY begins_at"
    )
    return tuple(_window(row) for row in session.execute(sa.text(statement)))


def window_history(session: Session, limit: int = 20) -> list[Window]:
    """Windows that are over or were given up, the last first."""
    statement = (
        f"SELECT {_COLUMNS} FROM maintenance_window WHERE cancelled_at IS NOT NULL OR ends_at <= clock_timestamp()"
        " ORDER BY begins_at DESC LIMIT :limit"
    )
    return [_window(row) for row in session.execute(sa.text(statement), {"limit": limit})]


def one_window(session: Session, window_id: int, *, lock: bool = False) -> Window | None:
    """A window, held against others when it is to be changed."""
    statement = f"SELECT {_COLUMNS} FROM maintenance_window WHERE id = :id{' FOR UPDATE' if lock else ''}"
    row = session.execute(sa.text(statement), {"id": window_id}).one_or_none()
    return None if row is None else _window(row)


def _window(row: sa.Row[tuple[object, ...]]) -> Window:
    values = dict(row._mapping)
    return Window(**{**values, "closed_parts": tuple(values["closed_parts"])})

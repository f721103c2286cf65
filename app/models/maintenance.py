"""When the platform is kept in order: writing is off, and some parts may be closed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class MaintenanceWindow(Base):
    """A time in which nobody's work is written; announced ``notice_hours`` before, never deleted, never overlapping."""

    __tablename__ = "maintenance_window"
    __table_args__ = (
        sa.CheckConstraint("length(reason_th) BETWEEN 1 AND 500", name="reason_th"),
        sa.CheckConstraint("notice_hours BETWEEN 0 AND 720", name="notice_hours"),
        sa.CheckConstraint("ends_at > begins_at", name="times"),
        ExcludeConstraint(
            (sa.text("tstzrange(begins_at, ends_at)"), "&&"),
            where=sa.text("cancelled_at IS NULL"),
            name="ex_maintenance_window_overlap",
        ),
    )

    id: Mapped[Identity]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason_th: Mapped[str]
    reason_en: Mapped[str | None]
    closed_parts: Mapped[list[str]] = mapped_column(server_default=sa.text("'{}'"))
    notice_hours: Mapped[int] = mapped_column(server_default="72")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    row_version: Mapped[int] = mapped_column(server_default="1")
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]

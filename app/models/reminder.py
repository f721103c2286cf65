"""Who was reminded of what, and how a person wants to be told."""

from __future__ import annotations

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class Reminder(Base):
    """An organisation was reminded of a task of the calendar."""

    __tablename__ = "reminder"
    __table_args__ = (
        sa.CheckConstraint("missing > 0", name="missing"),
        sa.Index("ix_reminder_organisation_code", "organisation_code", "task_id", "sent_at"),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("calendar_task.id"))
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("message_thread.id"))
    missing: Mapped[int]
    mails: Mapped[int] = mapped_column(server_default="0")
    sent_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    sent_by_name: Mapped[str]
    sent_at: Mapped[CreatedAt]


class NotificationSetting(Base):
    """A person's wishes; ``digest_on`` is the last day on which a digest was thought of."""

    __tablename__ = "notification_setting"
    __table_args__ = (sa.CheckConstraint("digest IN ('off', 'daily', 'weekly')", name="digest"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(server_default="daily")
    on_message: Mapped[bool] = mapped_column(server_default=sa.true())
    quiet_from: Mapped[time] = mapped_column(server_default="18:00")
    quiet_until: Mapped[time] = mapped_column(server_default="08:00")
    address: Mapped[str | None]
    new_address: Mapped[str | None]
    code_sha256: Mapped[str | None]
    code_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(server_default="0")
    digest_on: Mapped[date | None]
    updated_at: Mapped[CreatedAt]

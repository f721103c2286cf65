"""Work that takes longer than a request, as its owner sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class BackgroundJob(Base):
    """Progress, result and cancellation of one job; the queue itself is procrastinate's."""

    __tablename__ = "background_job"
    __table_args__ = (
        sa.CheckConstraint("status IN ('WAITING', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')", name="status"),
        sa.Index("ix_background_job_owner", "created_by", sa.desc("id")),
        sa.Index("ix_background_job_waiting", "kind", postgresql_where=sa.text("status = 'WAITING'")),
    )

    id: Mapped[Identity]
    kind: Mapped[str]
    title: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    status: Mapped[str] = mapped_column(server_default="WAITING")
    progress_done: Mapped[int] = mapped_column(server_default="0")
    progress_total: Mapped[int | None]
    progress_step: Mapped[str | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    cancel_requested: Mapped[bool] = mapped_column(server_default=sa.false())
    attempts: Mapped[int] = mapped_column(server_default="0")
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

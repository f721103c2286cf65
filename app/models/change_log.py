"""Every change: who, when, on behalf of whom, before, after. Written by triggers, readable only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class ChangeLog(Base):
    """One changed row. The application role can neither insert, alter nor remove a line; only the triggers can."""

    __tablename__ = "change_log"
    __table_args__ = (
        sa.Index("ix_change_log_entity", "entity", "entity_key"),
        sa.Index("ix_change_log_project", "project_id", sa.desc("id")),
        sa.Index("ix_change_log_request_id", "request_id", "id", postgresql_where=sa.text("request_id IS NOT NULL")),
        sa.Index(
            "ix_change_log_on_behalf_of",
            "on_behalf_of",
            sa.desc("id"),
            postgresql_where=sa.text("on_behalf_of IS NOT NULL"),
        ),
        # Lines come in the order of their time: a day is a few pages of the log, whoever it is asked of.
        sa.Index("ix_change_log_at", "at", postgresql_using="brin"),
        sa.CheckConstraint("action IN ('insert', 'update', 'delete')", name="action"),
    )

    id: Mapped[Identity]
    at: Mapped[CreatedAt]
    user_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    user_name: Mapped[str]
    on_behalf_of: Mapped[str | None]
    request_id: Mapped[str | None]
    entity: Mapped[str]
    entity_key: Mapped[str]
    project_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    action: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]

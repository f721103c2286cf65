"""News of the department and the provinces, and who has read it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class News(Base):
    """What is told to whom, from when until when; ``province_code`` is whose news it is, none the department's."""

    __tablename__ = "news"
    __table_args__ = (
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name="title"),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 20000", name="body"),
        sa.CheckConstraint("state IN ('DRAFT', 'PUBLISHED', 'WITHDRAWN')", name="state"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
        sa.CheckConstraint("state <> 'PUBLISHED' OR published_at IS NOT NULL", name="published"),
        sa.CheckConstraint("province_code IS NULL OR provinces = ARRAY[province_code]", name="province"),
        sa.Index("ix_news_published", "valid_from", postgresql_where=sa.text("state = 'PUBLISHED'")),
    )

    id: Mapped[Identity]
    province_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    title: Mapped[str]
    body: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(server_default="{}")
    provinces: Mapped[list[str]] = mapped_column(server_default="{}")
    types: Mapped[list[str]] = mapped_column(server_default="{}")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    pinned: Mapped[bool] = mapped_column(server_default=sa.false())
    state: Mapped[str] = mapped_column(server_default="DRAFT")
    published_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    row_version: Mapped[int] = mapped_column(server_default="1")


class NewsRead(Base):
    """A person has read a piece of news."""

    __tablename__ = "news_read"

    news_id: Mapped[int] = mapped_column(sa.ForeignKey("news.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    read_at: Mapped[CreatedAt]

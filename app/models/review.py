"""What people say about a record: comments of a review, and what an organisation says of entries for it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class ReviewComment(Base):
    """A comment on a record or one of its fields (``entity``: its table, ``entity_key``: its id), until resolved."""

    __tablename__ = "review_comment"
    __table_args__ = (
        sa.CheckConstraint("length(text) BETWEEN 1 AND 2000", name="text"),
        sa.Index("ix_review_comment_entity", "entity", "entity_key"),
    )

    id: Mapped[Identity]
    entity: Mapped[str]
    entity_key: Mapped[str]
    field: Mapped[str | None]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    text: Mapped[str]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class OnBehalfDecision(Base):
    """Whether an organisation stands by what an officer entered for it in one request; said once."""

    __tablename__ = "on_behalf_decision"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "organisation_code"),
        sa.CheckConstraint("decision IN ('CONFIRMED', 'DENIED')", name="decision"),
        sa.CheckConstraint("decision = 'CONFIRMED' OR comment IS NOT NULL", name="comment"),
    )

    id: Mapped[Identity]
    request_id: Mapped[str]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    decision: Mapped[str]
    comment: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]

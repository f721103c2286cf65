"""Threads of messages between an organisation, its province and the department, and who has read what."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity

_SIDE = "IN ('ORGANISATION', 'PROVINCE', 'DEPARTMENT')"


class MessageThread(Base):
    """One matter; ``sides`` are those that asked, were asked or wrote."""

    __tablename__ = "message_thread"
    __table_args__ = (
        sa.CheckConstraint("length(subject) BETWEEN 1 AND 200", name="subject"),
        sa.CheckConstraint("state IN ('OPEN', 'ANSWERED', 'CLOSED')", name="state"),
        sa.CheckConstraint("num_nulls(record_kind, record_key, record_name) IN (0, 3)", name="record"),
        sa.CheckConstraint(
            "record_kind IN ('project', 'plan', 'plan_version', 'budget_document', 'completeness')", name="record_kind"
        ),
        sa.CheckConstraint(
            "sides <@ ARRAY['ORGANISATION', 'PROVINCE', 'DEPARTMENT'] AND sides @> ARRAY[asked_by, addressed_to]",
            name="sides",
        ),
        sa.CheckConstraint("organisation_code IS NOT NULL OR NOT 'ORGANISATION' = ANY (sides)", name="organisation"),
        sa.Index("ix_message_thread_organisation_code", "organisation_code", "last_at"),
        sa.Index("ix_message_thread_province_code", "province_code", "last_at"),
        sa.Index("ix_message_thread_last_at", "last_at"),
        sa.Index(
            "ix_message_thread_record",
            "record_kind",
            "record_key",
            postgresql_where=sa.text("record_kind IS NOT NULL"),
        ),
        sa.Index("ix_message_thread_assigned_to", "assigned_to", postgresql_where=sa.text("assigned_to IS NOT NULL")),
        sa.Index(
            "ix_message_thread_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}
        ),
    )

    id: Mapped[Identity]
    subject: Mapped[str]
    organisation_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    province_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    amphoe_code: Mapped[str | None]
    topic: Mapped[str | None] = mapped_column(sa.ForeignKey("completeness_topic.code"))
    record_kind: Mapped[str | None]
    record_key: Mapped[str | None]
    record_name: Mapped[str | None]
    asked_by: Mapped[str]
    addressed_to: Mapped[str]
    sides: Mapped[list[str]]
    state: Mapped[str] = mapped_column(server_default="OPEN")
    assigned_to: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    general_answer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("message.id", use_alter=True))
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    last_message_id: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    last_at: Mapped[CreatedAt]
    last_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    search: Mapped[str] = mapped_column(
        sa.Computed("thai_search(subject || ' ' || coalesce(record_name, ''))", persisted=True)
    )


class Message(Base):
    """A text that somebody wrote, or an event of the thread; never changed."""

    __tablename__ = "message"
    __table_args__ = (
        sa.CheckConstraint(f"side {_SIDE}", name="side"),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 20000", name="text"),
        sa.CheckConstraint(
            "event IN ('CLOSED', 'REOPENED', 'ASSIGNED', 'PASSED_ON', 'GENERAL', 'NOT_GENERAL')", name="event"
        ),
        sa.CheckConstraint("num_nulls(text, event) = 1", name="content"),
        sa.Index("ix_message_thread_id", "thread_id", "id"),
        sa.Index("ix_message_author_id", "author_id", "created_at"),
        sa.Index("ix_message_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    id: Mapped[Identity]
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("message_thread.id"))
    side: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    author_name: Mapped[str]
    text: Mapped[str | None]
    event: Mapped[str | None]
    detail: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    search: Mapped[str] = mapped_column(sa.Computed("thai_search(coalesce(text, ''))", persisted=True))


class MessageFile(Base):
    """A picture or a PDF that came with a message; read by whoever reads the thread, never changed."""

    __tablename__ = "message_file"
    __table_args__ = (
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        sa.CheckConstraint(
            "media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')", name="media_type"
        ),
    )

    id: Mapped[Identity]
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id"), index=True)
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    stored_name: Mapped[str]
    media_type: Mapped[str]
    byte_count: Mapped[int] = mapped_column(sa.BigInteger)


class MessageUnread(Base):
    """There is something new in a thread for a person whom it concerns."""

    __tablename__ = "message_unread"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("message_thread.id"), primary_key=True)


class MessageRead(Base):
    """A person has read a thread up to a message; a row each time that was more than before."""

    __tablename__ = "message_read"

    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("message_thread.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

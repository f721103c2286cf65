"""What programs of agencies take away: how much of it, and the files that are made for them again and again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class TokenUse(Base):
    """What a token of the data service took on a day, by resource; counted with every request."""

    __tablename__ = "token_use"

    token_id: Mapped[int] = mapped_column(sa.ForeignKey("api_token.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    resource: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int] = mapped_column(server_default="0")
    rows: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    bytes: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    refused: Mapped[int] = mapped_column(server_default="0")


class ExportOrder(Base):
    """A file that a person wants every day, week or month; ``parameters`` are those of its kind."""

    __tablename__ = "export_order"
    __table_args__ = (
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name="title"),
        sa.CheckConstraint("kind IN ('layer', 'report', 'tables')", name="kind"),
        sa.CheckConstraint("every IN ('day', 'week', 'month')", name="every"),
        sa.CheckConstraint("keep BETWEEN 1 AND 30", name="keep"),
        sa.Index("ix_export_order_next_at", "next_at", postgresql_where=sa.text("removed_at IS NULL")),
    )

    id: Mapped[Identity]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    title: Mapped[str]
    kind: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    every: Mapped[str]
    keep: Mapped[int] = mapped_column(server_default="5")
    next_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]


class ExportCopy(Base):
    """One time that a file was due: made, with its size and hash, or failed, with the reason."""

    __tablename__ = "export_copy"
    __table_args__ = (sa.UniqueConstraint("export_order_id", "due_at"),)

    id: Mapped[Identity]
    export_order_id: Mapped[int] = mapped_column(sa.ForeignKey("export_order.id"))
    due_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    file: Mapped[str | None]
    name: Mapped[str | None]
    format: Mapped[str | None]
    rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str | None]
    error: Mapped[dict[str, Any] | None]
    removed_at: Mapped[datetime | None]

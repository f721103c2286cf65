"""The close of a fiscal year of an organisation, and the reopening that two people have to agree on."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identity


class FiscalYearClose(Base):
    """Closed unless ``reopened_until`` lies ahead; every change of the row stands in the change log."""

    __tablename__ = "fiscal_year_close"
    __table_args__ = (
        sa.UniqueConstraint("organisation_code", "fiscal_year_be"),
        sa.CheckConstraint("reopen_confirmed_by <> reopen_requested_by", name="two_people"),
        sa.CheckConstraint(
            "reopened_until IS NULL OR (reopen_requested_by IS NOT NULL AND reopen_confirmed_by IS NOT NULL)",
            name="reopened",
        ),
        sa.CheckConstraint("reopen_requested_by IS NULL OR reopen_reason IS NOT NULL", name="reason"),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    fiscal_year_be: Mapped[int]
    closed_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    closed_by_name: Mapped[str]
    reopen_requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    reopen_requested_by_name: Mapped[str | None]
    reopen_requested_at: Mapped[datetime | None]
    reopen_reason: Mapped[str | None]
    reopen_until: Mapped[date | None]
    reopen_confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    reopen_confirmed_by_name: Mapped[str | None]
    reopened_until: Mapped[date | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

"""How far the work on the ground is, as reported day by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity
from app.models.budget import Removable


class ProgressReport(Removable, Base):
    """Share of the work that is done; never changed: a later report follows, a wrong one is taken out with the reason.

    Pictures point at it.
    """

    __tablename__ = "progress_report"
    __table_args__ = (
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        sa.CheckConstraint("(removed_at IS NULL) = (removal_reason IS NULL)", name="removal"),
        sa.UniqueConstraint("id", "project_id"),
        sa.Index("ix_progress_report_project", "project_id", "reported_on", "id"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"))
    reported_on: Mapped[date]
    percent: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2))
    note: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    created_at: Mapped[CreatedAt]
    removal_reason: Mapped[str | None]

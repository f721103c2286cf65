"""Budget transfers (โอน / แก้ไขเปลี่ยนแปลงคำชี้แจงงบประมาณ): signed lines between appropriations that sum to zero."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity
from app.models.budget import Removable, Reviewed, Versioned, one_of, reviewed_checks

TRANSFER_KINDS = ("TRANSFER", "NEW_ITEM", "DESCRIPTION")


class BudgetTransfer(Reviewed, Versioned, Removable, Base):
    """A transfer of one organisation within one fiscal year; it takes effect when it is approved."""

    __tablename__ = "budget_transfer"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", TRANSFER_KINDS), name="kind"),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name="fiscal_year"),
        *reviewed_checks(),
        sa.Index(
            "uq_budget_transfer_number",
            "organisation_code",
            "fiscal_year_be",
            "number",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    fiscal_year_be: Mapped[int]
    number: Mapped[str]
    kind: Mapped[str]
    legal_reference: Mapped[str | None]
    reason: Mapped[str]


class BudgetTransferLine(Base):
    """Baht into (positive) or out of (negative) one appropriation; a line taken out of a draft becomes zero."""

    __tablename__ = "budget_transfer_line"
    __table_args__ = (sa.UniqueConstraint("budget_transfer_id", "appropriation_id"),)

    id: Mapped[Identity]
    budget_transfer_id: Mapped[int] = mapped_column(sa.ForeignKey("budget_transfer.id"))
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    appropriation_id: Mapped[int] = mapped_column(sa.ForeignKey("appropriation.id"), index=True)
    amount_baht: Mapped[Decimal]
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]

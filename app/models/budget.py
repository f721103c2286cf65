"""Money: appropriation, contract, disbursement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class Appropriation(Base):
    """Approved budget of a project from one fund source; its fiscal year is the project's."""

    __tablename__ = "appropriation"
    __table_args__ = (
        sa.CheckConstraint("amount_baht >= 0", name="amount"),
        sa.Index("ix_appropriation_fund_source_code_project_id", "fund_source_code", "project_id"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    fund_source_code: Mapped[str] = mapped_column(sa.ForeignKey("fund_source.code"))
    programme_code: Mapped[str | None] = mapped_column(sa.ForeignKey("budget_programme.code"))
    expenditure_category_code: Mapped[str | None] = mapped_column(sa.ForeignKey("expenditure_category.code"))
    amount_baht: Mapped[Decimal]
    legal_reference: Mapped[str | None]
    approved_on: Mapped[date | None]
    created_at: Mapped[CreatedAt]


class Contract(Base):
    """Obligation (ก่อหนี้ผูกพัน). A natural person's name is personal data: ``contractor_is_person`` masks it."""

    __tablename__ = "contract"
    __table_args__ = (
        sa.CheckConstraint("amount_baht >= 0", name="amount"),
        sa.CheckConstraint("end_on IS NULL OR start_on IS NULL OR end_on >= start_on", name="period"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    number: Mapped[str]
    egp_number: Mapped[str | None]
    procurement_method_code: Mapped[str | None] = mapped_column(sa.ForeignKey("procurement_method.code"))
    contractor_name: Mapped[str | None]
    contractor_is_person: Mapped[bool] = mapped_column(server_default=sa.false())
    amount_baht: Mapped[Decimal]
    instalments: Mapped[int | None]
    signed_on: Mapped[date]
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    created_at: Mapped[CreatedAt]


class Disbursement(Base):
    """A payment (ฎีกา) out of one appropriation, under a contract when there is one."""

    __tablename__ = "disbursement"
    __table_args__ = (sa.CheckConstraint("amount_baht > 0", name="amount"),)

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    appropriation_id: Mapped[int] = mapped_column(sa.ForeignKey("appropriation.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    voucher_number: Mapped[str | None]
    paid_on: Mapped[date]
    instalment: Mapped[int | None]
    amount_baht: Mapped[Decimal]
    created_at: Mapped[CreatedAt]

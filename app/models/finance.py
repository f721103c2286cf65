"""Revenue, expenditure and fiscal statistics of an organisation, month by month, and the grants allotted to it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class FinanceMonth(Base):
    """Baht of one item in one month of a fiscal year. Month 1 is October; 0 is the estimate for the whole year.

    Items are those of ``codelists/finance_items.csv``. What a statistic says is the balance at the end of the month,
    never a flow: its months are not added up.
    """

    __tablename__ = "finance_month"
    __table_args__ = (
        sa.CheckConstraint("month BETWEEN 0 AND 12", name="month"),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name="fiscal_year"),
    )

    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"), primary_key=True)
    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_code: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount_baht: Mapped[Decimal]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class GrantAllotment(Base):
    """A grant allotted to an organisation, general or for a stated purpose: by which letter, and what arrived of it."""

    __tablename__ = "grant_allotment"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('GRANT_GENERAL', 'GRANT_SPECIFIC')", name="kind"),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name="fiscal_year"),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 1000", name="name_length"),
        sa.CheckConstraint("allotted_baht >= 0 AND received_baht >= 0 AND returned_baht >= 0", name="amounts"),
        sa.Index("ix_grant_allotment_organisation_code_fiscal_year_be", "organisation_code", "fiscal_year_be"),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    fiscal_year_be: Mapped[int]
    kind: Mapped[str]
    name_th: Mapped[str]
    letter: Mapped[str | None]
    letter_on: Mapped[date | None]
    allotted_baht: Mapped[Decimal | None]
    received_baht: Mapped[Decimal | None]
    received_on: Mapped[date | None]
    returned_baht: Mapped[Decimal | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    removed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]

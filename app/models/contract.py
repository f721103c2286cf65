"""Obligations: contracts, force account and grants, with what was amended, in which instalments, and the penalties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity
from app.models.budget import Removable, Versioned, one_of

CONTRACT_KINDS = ("CONTRACT", "FORCE_ACCOUNT", "GRANT_OUT")


class Contract(Versioned, Removable, Base):
    """Obligation (ก่อหนี้ผูกพัน). A natural person's name is personal data: ``contractor_is_person`` masks it.

    ``kind`` tells works done by the organisation's own hands and grants to others, which bind money without a
    contractor. ``amended_baht`` and ``extended_to`` follow from the amendments; ``final_baht`` is what may be paid,
    nothing of a removed row. All three are kept by the database.
    """

    __tablename__ = "contract"
    __table_args__ = (
        sa.CheckConstraint("amount_baht >= 0", name="amount"),
        sa.CheckConstraint("amount_baht + amended_baht >= 0", name="final"),
        sa.CheckConstraint("end_on IS NULL OR start_on IS NULL OR end_on >= start_on", name="period"),
        sa.CheckConstraint(one_of("kind", CONTRACT_KINDS), name="kind"),
        sa.UniqueConstraint("id", "project_id"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default="CONTRACT")
    number: Mapped[str]
    egp_number: Mapped[str | None]
    procurement_method_code: Mapped[str | None] = mapped_column(sa.ForeignKey("procurement_method.code"))
    contractor_name: Mapped[str | None]
    contractor_is_person: Mapped[bool] = mapped_column(server_default=sa.false())
    amount_baht: Mapped[Decimal]
    amended_baht: Mapped[Decimal] = mapped_column(server_default="0")
    final_baht: Mapped[Decimal] = mapped_column(
        sa.Numeric(14, 2),
        sa.Computed("CASE WHEN removed_at IS NULL THEN amount_baht + amended_baht ELSE 0 END", persisted=True),
    )
    instalments: Mapped[int | None]
    signed_on: Mapped[date]
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    extended_to: Mapped[date | None]


def _of_contract() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["contract_id", "project_id"], ["contract.id", "contract.project_id"])


class ContractAmendment(Base):
    """A change of amount, of the last day, or of both; never changed itself: another amendment follows."""

    __tablename__ = "contract_amendment"
    __table_args__ = (
        _of_contract(),
        sa.UniqueConstraint("contract_id", "seq"),
        sa.CheckConstraint("amount_change_baht <> 0 OR new_end_on IS NOT NULL", name="changes"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    contract_id: Mapped[int] = mapped_column(sa.BigInteger)
    seq: Mapped[int]
    signed_on: Mapped[date]
    amount_change_baht: Mapped[Decimal] = mapped_column(server_default="0")
    new_end_on: Mapped[date | None]
    reason: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]


class ContractInstalment(Removable, Base):
    """งวดงาน / งวดเงิน: what is paid when which share of the work is done and accepted."""

    __tablename__ = "contract_instalment"
    __table_args__ = (
        _of_contract(),
        sa.UniqueConstraint("contract_id", "seq"),
        sa.CheckConstraint("amount_baht > 0", name="amount"),
        sa.CheckConstraint("work_percent BETWEEN 0 AND 100", name="work_percent"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    contract_id: Mapped[int] = mapped_column(sa.BigInteger)
    seq: Mapped[int]
    amount_baht: Mapped[Decimal]
    due_on: Mapped[date | None]
    work_percent: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 2))
    accepted_on: Mapped[date | None]


class ContractPenalty(Removable, Base):
    """ค่าปรับ for days of delay; ``rate_percent`` is of the contract per day."""

    __tablename__ = "contract_penalty"
    __table_args__ = (
        _of_contract(),
        sa.CheckConstraint("amount_baht > 0 AND days >= 0", name="amount"),
        sa.CheckConstraint("rate_percent BETWEEN 0 AND 100", name="rate"),
        sa.CheckConstraint("(removed_at IS NULL) = (removal_reason IS NULL)", name="removal"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    contract_id: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    days: Mapped[int]
    rate_percent: Mapped[Decimal | None] = mapped_column(sa.Numeric(7, 4))
    amount_baht: Mapped[Decimal]
    reason: Mapped[str]
    disbursement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("disbursement.id"), index=True)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    removal_reason: Mapped[str | None]

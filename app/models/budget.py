"""Money of a project: budget documents, appropriations of them, payments, and what is reserved after 30 September."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity

DOCUMENT_KINDS = (
    "ANNUAL",
    "SUPPLEMENTARY",
    "ACCUMULATED",
    "RESERVE",
    "SPECIFIC_GRANT",
    "LOAN",
    "DONATION",
    "OTHER_AGENCY",
)
REVIEW_STATUSES = ("DRAFT", "SUBMITTED", "APPROVED", "RETURNED")
PAYMENT_METHODS = ("TRANSFER", "CHEQUE", "CASH")


def one_of(column: str, allowed: tuple[str, ...]) -> str:
    """SQL text of a check that a column holds one of a few words."""
    return f"{column} IN ({', '.join(repr(word) for word in allowed)})"


class Versioned:
    """Columns of rows that are changed under ``If-Match``: ``row_version`` is the ETag, kept by a trigger."""

    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class Removable:
    """Taken out by ``removed_at`` and brought back; no sum counts a removed row and no row is ever deleted."""

    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class Reviewed:
    """Prepared by one person and approved by another (four eyes); names stay readable without the account."""

    status: Mapped[str] = mapped_column(server_default="DRAFT")
    prepared_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    prepared_by_name: Mapped[str]
    submitted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    approved_by_name: Mapped[str | None]
    approved_on: Mapped[date | None]


def reviewed_checks() -> tuple[sa.CheckConstraint, ...]:
    """Constraints of :class:`Reviewed`; objects belong to one table, so each table asks for its own."""
    return (
        sa.CheckConstraint(one_of("status", REVIEW_STATUSES), name="status"),
        sa.CheckConstraint("status <> 'APPROVED' OR approved_by_name IS NOT NULL", name="approver"),
        sa.CheckConstraint("approved_by <> prepared_by AND approved_by <> submitted_by", name="four_eyes"),
        sa.CheckConstraint("removed_at IS NULL OR status IN ('DRAFT', 'RETURNED')", name="removed"),
    )


class BudgetDocument(Reviewed, Versioned, Removable, Base):
    """What money is appropriated by: an ordinance or a decision outside it.

    ``approved_on`` is when the last authority approved (district chief, governor or executive), which comes after
    ``council_approved_on``. ``document`` is the reference of the paper or file. Money of a document that is not
    ``APPROVED`` is not spendable and stands in no sum.
    """

    __tablename__ = "budget_document"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", DOCUMENT_KINDS), name="kind"),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name="fiscal_year"),
        sa.CheckConstraint("length(number) BETWEEN 1 AND 300 AND length(title) BETWEEN 1 AND 1000", name="texts"),
        sa.CheckConstraint("status <> 'APPROVED' OR approved_on IS NOT NULL", name="approved_on"),
        *reviewed_checks(),
        sa.Index(
            "uq_budget_document_number",
            "organisation_code",
            "fiscal_year_be",
            "kind",
            "number",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    fiscal_year_be: Mapped[int]
    kind: Mapped[str]
    number: Mapped[str]
    title: Mapped[str]
    submitted_on: Mapped[date | None]
    council_session: Mapped[str | None]
    council_approved_on: Mapped[date | None]
    in_force_on: Mapped[date | None]
    document: Mapped[str | None]


class Appropriation(Versioned, Removable, Base):
    """Budget of a project from one fund source; its fiscal year is the project's.

    Of a budget document it is ``in_force`` while the document is approved; without one, when somebody other than its
    writer has confirmed it (rows of an import, whose writer is nobody, are in force). ``transferred_baht`` sums the
    lines of approved transfers. ``net_baht`` is what may be spent: nothing of a row that is not in force or removed.
    All three are kept by the database.
    """

    __tablename__ = "appropriation"
    __table_args__ = (
        sa.CheckConstraint("amount_baht >= 0", name="amount"),
        sa.CheckConstraint("amount_baht + transferred_baht >= 0", name="net"),
        sa.CheckConstraint("confirmed_by <> created_by", name="four_eyes"),
        sa.CheckConstraint(
            "NOT in_force OR budget_document_id IS NOT NULL OR created_by IS NULL OR amount_baht = 0"
            " OR confirmed_by IS NOT NULL",
            name="confirmed",
        ),
        sa.Index("ix_appropriation_fund_source_code_project_id", "fund_source_code", "project_id"),
        sa.Index(
            "ix_appropriation_budget_document_id",
            "budget_document_id",
            postgresql_where=sa.text("budget_document_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_appropriation_of_document",
            "project_id",
            "budget_document_id",
            "fund_source_code",
            sa.text("coalesce(expenditure_category_code, '')"),
            unique=True,
            postgresql_where=sa.text("budget_document_id IS NOT NULL AND removed_at IS NULL"),
        ),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    fund_source_code: Mapped[str] = mapped_column(sa.ForeignKey("fund_source.code"))
    programme_code: Mapped[str | None] = mapped_column(sa.ForeignKey("budget_programme.code"))
    work_code: Mapped[str | None] = mapped_column(sa.ForeignKey("budget_work.code"))
    expenditure_category_code: Mapped[str | None] = mapped_column(sa.ForeignKey("expenditure_category.code"))
    budget_document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("budget_document.id"))
    amount_baht: Mapped[Decimal]
    transferred_baht: Mapped[Decimal] = mapped_column(server_default="0")
    in_force: Mapped[bool] = mapped_column(server_default=sa.true())
    net_baht: Mapped[Decimal] = mapped_column(
        sa.Numeric(14, 2),
        sa.Computed(
            "CASE WHEN in_force AND removed_at IS NULL THEN amount_baht + transferred_baht ELSE 0 END", persisted=True
        ),
    )
    legal_reference: Mapped[str | None]
    approved_on: Mapped[date | None]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str | None]
    confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    confirmed_by_name: Mapped[str | None]


class Disbursement(Base):
    """A payment (ฎีกา) out of one appropriation, under a contract when there is one.

    Put right by a row that takes it back whole (``reverses_id``, a negative amount), never by changing or deleting.
    ``instalment`` is the ``seq`` of the contract's instalment where the contract has them.
    """

    __tablename__ = "disbursement"
    __table_args__ = (
        sa.CheckConstraint("amount_baht <> 0 AND (amount_baht < 0) = (reverses_id IS NOT NULL)", name="amount"),
        sa.CheckConstraint(one_of("method", PAYMENT_METHODS), name="method"),
        sa.Index(
            "uq_disbursement_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=sa.text("reverses_id IS NOT NULL"),
        ),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    appropriation_id: Mapped[int] = mapped_column(sa.ForeignKey("appropriation.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    voucher_number: Mapped[str | None]
    paid_on: Mapped[date]
    instalment: Mapped[int | None]
    amount_baht: Mapped[Decimal]
    method: Mapped[str | None]
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("disbursement.id"))
    reason: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class CarryOver(Versioned, Removable, Base):
    """Money reserved to be paid after 30 September (กันเงินไว้เบิกเหลื่อมปี); it keeps its fiscal year and its fund.

    ``obligated`` money is bound by a contract; other money needs the approval that ``legal_reference`` names.
    """

    __tablename__ = "carry_over"
    __table_args__ = (
        sa.CheckConstraint("amount_baht > 0", name="amount"),
        sa.CheckConstraint("obligated = (contract_id IS NOT NULL)", name="obligated"),
        sa.CheckConstraint("obligated OR (legal_reference IS NOT NULL AND approved_on IS NOT NULL)", name="approval"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    appropriation_id: Mapped[int] = mapped_column(sa.ForeignKey("appropriation.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    amount_baht: Mapped[Decimal]
    obligated: Mapped[bool]
    until_on: Mapped[date]
    legal_reference: Mapped[str | None]
    approved_on: Mapped[date | None]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]

"""Rounds of monitoring and evaluation: the result documents, their files, and where they were posted."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class SealedContent(Base):
    """A text that nobody changes any more, named by its SHA-256; the database computes the name again."""

    __tablename__ = "sealed_content"
    __table_args__ = (
        sa.CheckConstraint("sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex')", name="sha256"),
        sa.CheckConstraint("length(content) > 1", name="content"),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    created_at: Mapped[CreatedAt]


class EvaluationResult(Base):
    """A version of the result of a round (``fiscal_year_be`` and ``period`` as in the calendar: 0 the year, else the
    fiscal month).

    DRAFT is made anew from the data whenever it is read. From PROPOSED on its figures are those of ``content_sha256``.
    RETURNED and ANNOUNCED are ends; another version (``replaces_id``, ``reason``) takes the place of one that ended.
    """

    __tablename__ = "evaluation_result"
    __table_args__ = (
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name="fiscal_year"),
        sa.CheckConstraint("period BETWEEN 0 AND 12", name="period"),
        sa.CheckConstraint("status IN ('DRAFT', 'PROPOSED', 'RETURNED', 'SUBMITTED', 'ANNOUNCED')", name="status"),
        sa.CheckConstraint("(status = 'DRAFT') = (content_sha256 IS NULL)", name="sealed"),
        sa.CheckConstraint("num_nulls(content_sha256, sealed_at, sealed_by_name) IN (0, 3)", name="seal"),
        sa.CheckConstraint("(status IN ('SUBMITTED', 'ANNOUNCED')) = (submitted_on IS NOT NULL)", name="submitted"),
        sa.CheckConstraint("(status = 'ANNOUNCED') = (announced_on IS NOT NULL)", name="announced"),
        sa.CheckConstraint("announced_on IS NULL OR announced_on >= submitted_on", name="days"),
        sa.CheckConstraint("(version = 1) = (replaces_id IS NULL)", name="replaces"),
        sa.CheckConstraint("replaces_id IS NULL OR reason IS NOT NULL", name="reason"),
        sa.UniqueConstraint(
            "organisation_code", "fiscal_year_be", "period", "version", name="uq_evaluation_result_version"
        ),
        sa.Index(
            "uq_evaluation_result_open",
            "organisation_code",
            "fiscal_year_be",
            "period",
            unique=True,
            postgresql_where=sa.text("status IN ('DRAFT', 'PROPOSED', 'SUBMITTED')"),
        ),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    fiscal_year_be: Mapped[int]
    period: Mapped[int] = mapped_column(sa.SmallInteger)
    version: Mapped[int] = mapped_column(server_default="1")
    status: Mapped[str] = mapped_column(server_default="DRAFT")
    committee_met_on: Mapped[date | None]
    committee_reference: Mapped[str | None]
    committee_remarks: Mapped[str | None]
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("evaluation_result.id"), index=True)
    reason: Mapped[str | None]
    content_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("sealed_content.sha256"), index=True)
    sealed_at: Mapped[datetime | None]
    sealed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    sealed_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_by_name: Mapped[str | None]
    decision_note: Mapped[str | None]
    submitted_on: Mapped[date | None]
    submitted_reference: Mapped[str | None]
    submitted_late_reason: Mapped[str | None]
    announced_on: Mapped[date | None]
    announced_late_reason: Mapped[str | None]
    announced_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    announced_by_name: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    updated_at: Mapped[CreatedAt]


class EvaluationFile(Base):
    """The sealed document as a file, made once: its content lies under its SHA-256."""

    __tablename__ = "evaluation_file"
    __table_args__ = (
        sa.CheckConstraint("format IN ('pdf', 'xlsx')", name="format"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        sa.UniqueConstraint("evaluation_result_id", "format", name="uq_evaluation_file_format"),
        sa.Index("ix_evaluation_file_sha256", "sha256"),
    )

    id: Mapped[Identity]
    evaluation_result_id: Mapped[int] = mapped_column(sa.ForeignKey("evaluation_result.id"))
    format: Mapped[str]
    sha256: Mapped[str]
    byte_count: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[CreatedAt]


class EvaluationPosting(Base):
    """Where an announced result was posted, from when to when; ``statement_sha256`` names what is said of it.

    A posting that was entered wrongly is withdrawn with a reason; its statement stays.
    """

    __tablename__ = "evaluation_posting"
    __table_args__ = (
        sa.CheckConstraint("place IN ('PLATFORM', 'BOARD', 'WEBSITE', 'OTHER')", name="place"),
        sa.CheckConstraint("posted_to IS NULL OR posted_to >= posted_from", name="days"),
        sa.CheckConstraint("num_nulls(file_name, file_sha256, file_bytes) IN (0, 3)", name="file"),
        sa.CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$'", name="file_sha256"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn"),
        sa.UniqueConstraint("statement_sha256", name="uq_evaluation_posting_statement"),
        sa.Index("ix_evaluation_posting_result", "evaluation_result_id"),
    )

    id: Mapped[Identity]
    evaluation_result_id: Mapped[int] = mapped_column(sa.ForeignKey("evaluation_result.id"))
    place: Mapped[str]
    address: Mapped[str]
    posted_from: Mapped[date]
    posted_to: Mapped[date | None]
    file_name: Mapped[str | None]
    file_sha256: Mapped[str | None]
    file_bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    statement_sha256: Mapped[str] = mapped_column(sa.ForeignKey("sealed_content.sha256"))
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]

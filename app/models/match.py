"""Lists of contracts and payments from elsewhere: their rows, the projects suggested for them, what a person said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class MatchBatch(Base):
    """One file, compared with the projects of one organisation or of one province."""

    __tablename__ = "match_batch"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('egp', 'payment')", name="kind"),
        sa.CheckConstraint("status IN ('RECEIVED', 'READY', 'FAILED', 'CANCELLED')", name="status"),
        sa.CheckConstraint("(organisation_code IS NULL) <> (province_code IS NULL)", name="scope"),
        sa.Index("ix_match_batch_organisation", "organisation_code", sa.desc("id")),
        sa.Index("ix_match_batch_province", "province_code", sa.desc("id")),
    )

    id: Mapped[Identity]
    kind: Mapped[str]
    organisation_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    province_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    file_name: Mapped[str]
    stored_name: Mapped[str]
    file_sha256: Mapped[str]
    file_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    status: Mapped[str] = mapped_column(server_default="RECEIVED")
    columns: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    row_count: Mapped[int] = mapped_column(server_default="0")
    skipped_count: Mapped[int] = mapped_column(server_default="0")
    project_count: Mapped[int] = mapped_column(server_default="0")
    problems: Mapped[list[Any]] = mapped_column(server_default=sa.text("'[]'"))
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    created_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    created_at: Mapped[CreatedAt]
    compared_at: Mapped[datetime | None]
    background_job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("background_job.id"))


class MatchRow(Base):
    """A row as it was read. ``refused`` is why no record could be made of it when it was last tried."""

    __tablename__ = "match_row"

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("match_batch.id", ondelete="CASCADE"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    values: Mapped[dict[str, Any]]
    problems: Mapped[list[Any]] = mapped_column(server_default=sa.text("'[]'"))
    refused: Mapped[list[Any] | None]


class MatchSuggestion(Base):
    """A project that a row may mean; rank 1 is the likeliest."""

    __tablename__ = "match_suggestion"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["batch_id", "row_number"], ["match_row.batch_id", "match_row.row_number"], ondelete="CASCADE"
        ),
    )

    batch_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    score: Mapped[float]
    reasons: Mapped[list[Any]]


class MatchDecision(Base):
    """What a person said of a row: the project that it belongs to, or (``project_id`` null) that none fits.

    An accepted row became a contract or a payment: ``MADE`` anew, ``FILLED`` where a stored contract had nothing, or
    the ``SAME`` that is stored already. ``record_version`` is the contract's after that; ``details`` tells what was
    filled in and what differs. Taking it back removes the row; the change log keeps it.
    """

    __tablename__ = "match_decision"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["batch_id", "row_number"], ["match_row.batch_id", "match_row.row_number"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("batch_id", "row_number"),
        sa.CheckConstraint("outcome IN ('MADE', 'FILLED', 'SAME')", name="outcome"),
        sa.CheckConstraint(
            "(outcome IS NULL) = (contract_id IS NULL AND disbursement_id IS NULL)"
            " AND (contract_id IS NULL OR disbursement_id IS NULL)",
            name="record",
        ),
    )

    id: Mapped[Identity]
    batch_id: Mapped[int] = mapped_column(sa.BigInteger)
    row_number: Mapped[int]
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"), index=True)
    score: Mapped[float | None]
    decided_at: Mapped[CreatedAt]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    outcome: Mapped[str | None]
    contract_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    disbursement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("disbursement.id"), index=True)
    record_version: Mapped[int | None]
    receipt: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))

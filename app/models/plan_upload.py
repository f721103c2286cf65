"""Workbooks of a plan form on their way in: read, compared, accepted whole or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class StagedFile:
    """Columns of a file that was sent for a sheet, and what was decided about it.

    ``original`` is what the file asks for as it was read, and never changes; the log of changes leaves it out. What it
    means is worked out anew from what stands at the moment. ``decisions`` holds choices by difference.
    """

    file_name: Mapped[str]
    file_sha256: Mapped[str]
    file_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    status: Mapped[str] = mapped_column(server_default="STAGED")
    original: Mapped[dict[str, Any]]
    decisions: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    result: Mapped[dict[str, Any] | None]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    created_by_name: Mapped[str]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


def staged_checks() -> tuple[sa.CheckConstraint, ...]:
    """Constraints of :class:`StagedFile`; objects belong to one table, so each table asks for its own."""
    return (sa.CheckConstraint("status IN ('STAGED', 'ACCEPTED', 'DISCARDED')", name="status"),)


class PlanUpload(StagedFile, Base):
    """A workbook that was sent for a form of a version."""

    __tablename__ = "plan_upload"
    __table_args__ = staged_checks()

    id: Mapped[Identity]
    plan_version_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_version.id"), index=True)
    form: Mapped[str]


class RecordUpload(StagedFile, Base):
    """A file that was sent for a sheet of records of an organisation and year."""

    __tablename__ = "record_upload"
    __table_args__ = (
        *staged_checks(),
        sa.Index("ix_record_upload_organisation_code_year_be_sheet", "organisation_code", "year_be", "sheet"),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    year_be: Mapped[int]
    sheet: Mapped[str]

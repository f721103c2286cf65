"""The officers' daily reports, and the calls that no other record tells of."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class DailyReport(Base):
    """A version of what an officer reports of a day.

    While it is DRAFT or RETURNED its figures are read from the change log; from SENT on they are those of
    ``content_sha256``. SIGNED is the end: what has to be put right is another version with a reason.
    """

    __tablename__ = "daily_report"
    __table_args__ = (
        sa.CheckConstraint("status IN ('DRAFT', 'SENT', 'RETURNED', 'SIGNED')", name="status"),
        sa.CheckConstraint("status NOT IN ('SENT', 'SIGNED') OR content_sha256 IS NOT NULL", name="sealed"),
        sa.CheckConstraint("(content_sha256 IS NULL) = (sent_at IS NULL)", name="sent"),
        sa.CheckConstraint("status <> 'SIGNED' OR decided_by IS DISTINCT FROM officer_id", name="second_person"),
        sa.CheckConstraint("status <> 'RETURNED' OR decision_note IS NOT NULL", name="returned"),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
        sa.UniqueConstraint("officer_id", "province_code", "day", "version", name="uq_daily_report_version"),
        sa.Index(
            "uq_daily_report_open",
            "officer_id",
            "province_code",
            "day",
            unique=True,
            postgresql_where=sa.text("status <> 'SIGNED'"),
        ),
        sa.Index("ix_daily_report_province_day", "province_code", "day"),
    )

    id: Mapped[Identity]
    officer_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    officer_name: Mapped[str]
    province_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    day: Mapped[date]
    version: Mapped[int] = mapped_column(server_default="1")
    reason: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="DRAFT")
    remarks: Mapped[str | None]
    content_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("sealed_content.sha256"))
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_by_name: Mapped[str | None]
    decision_note: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class OfficerCall(Base):
    """A call or visit that an officer made to an organisation on a day: the one act that the system cannot see."""

    __tablename__ = "officer_call"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('CALL', 'VISIT', 'LETTER')", name="kind"),
        sa.CheckConstraint("length(subject) BETWEEN 1 AND 500", name="subject"),
        sa.Index("ix_officer_call_day", "officer_id", "day"),
    )

    id: Mapped[Identity]
    officer_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    day: Mapped[date]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    kind: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]

"""Action plan (แผนการดำเนินงาน) of an organisation for one fiscal year, with a line an activity and its months."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class ActionPlan(Base):
    """An issue of the action plan of one fiscal year; promulgated by the executive (ข้อ 26).

    ``number`` counts the issues of the year: the first, then those that add or change.
    """

    __tablename__ = "action_plan"
    __table_args__ = (
        sa.UniqueConstraint("organisation_code", "fiscal_year_be", "number"),
        sa.CheckConstraint("status IN ('DRAFT', 'PROMULGATED', 'DISCARDED')", name="status"),
        sa.CheckConstraint("(status = 'PROMULGATED') = (promulgated_on IS NOT NULL)", name="promulgated"),
        sa.Index(
            "uq_action_plan_draft",
            "organisation_code",
            "fiscal_year_be",
            unique=True,
            postgresql_where=sa.text("status = 'DRAFT'"),
        ),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    fiscal_year_be: Mapped[int]
    number: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="DRAFT")
    promulgated_on: Mapped[date | None]
    document: Mapped[str | None]
    prepared_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    prepared_by_name: Mapped[str | None]
    approved_by_name: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class ActionPlanLine(Base):
    """An activity of the year: a project with approved money, or one that another agency carries out in the area.

    ``months`` counts from October (1) to September (12): the first three lie in the calendar year before.
    """

    __tablename__ = "action_plan_line"
    __table_args__ = (
        sa.CheckConstraint("form IN ('ผด.02', 'ผด.02/1')", name="form"),
        sa.CheckConstraint("months <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", name="months"),
        sa.CheckConstraint("amount_baht >= 0", name="amount"),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 1000", name="name_length"),
    )

    id: Mapped[Identity]
    action_plan_id: Mapped[int] = mapped_column(sa.ForeignKey("action_plan.id"), index=True)
    form: Mapped[str] = mapped_column(server_default="ผด.02")
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"), index=True)
    line_number: Mapped[int | None]
    name_th: Mapped[str]
    detail: Mapped[str | None]
    amount_baht: Mapped[Decimal | None]
    location_text: Mapped[str | None]
    department: Mapped[str | None]
    other_agency: Mapped[bool] = mapped_column(server_default=sa.text("false"))
    months: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer()), server_default=sa.text("'{}'"))
    strategy: Mapped[str | None]
    programme_code: Mapped[str | None] = mapped_column(sa.ForeignKey("budget_programme.code"))
    removed_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]

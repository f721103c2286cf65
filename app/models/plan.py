"""Local development plan: period, plan, version with its steps, and its lines with an amount per fiscal year."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class PlanPeriod(Base):
    """Years that a plan covers. Lengths differ and periods overlap (2561-2564 and 2561-2565): data, not code."""

    __tablename__ = "plan_period"
    __table_args__ = (
        sa.CheckConstraint("end_be >= start_be", name="order"),
        sa.UniqueConstraint("start_be", "end_be"),
    )

    id: Mapped[Identity]
    name_th: Mapped[str]
    start_be: Mapped[int]
    end_be: Mapped[int]
    status: Mapped[str]


class Plan(Base):
    """The plan of one organisation for one period, with what it is for.

    ``plan_period_id`` is that of its newest version in force: a review that makes 2561-2564 into 2561-2565 is a
    version, the plan and everything that hangs on it stay.
    """

    __tablename__ = "plan"
    __table_args__ = (sa.UniqueConstraint("organisation_code", "plan_period_id"),)

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    plan_period_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_period.id"))
    name_th: Mapped[str]
    vision: Mapped[str | None]
    mission: Mapped[str | None]
    goals: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class PlanVersion(Base):
    """An issue (ฉบับ) of the plan: original, addition, change, correction or several of these at once.

    ``seq`` is the order of coming into force, NULL until then: ``status`` DRAFT, PROPOSED and RETURNED are open,
    PROMULGATED and DISCARDED are closed for good. ``change_types`` is empty for the original. ``words`` is what the
    plan said beside its lines when the version came into force (vision, strategies, tactics); NULL where it says the
    same today.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "seq"),
        sa.CheckConstraint("status IN ('DRAFT', 'PROPOSED', 'RETURNED', 'PROMULGATED', 'DISCARDED')", name="status"),
        sa.CheckConstraint("(status = 'PROMULGATED') = (seq IS NOT NULL)", name="seq"),
        sa.Index(
            "uq_plan_version_number",
            "plan_id",
            "fiscal_year_be",
            "change_types",
            "number",
            unique=True,
            postgresql_where=sa.text("status <> 'DISCARDED'"),
        ),
    )

    id: Mapped[Identity]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    seq: Mapped[int | None]
    plan_period_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_period.id"))
    change_types: Mapped[list[str]]
    number: Mapped[str]
    fiscal_year_be: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="DRAFT")
    reason: Mapped[str | None]
    promulgated_on: Mapped[date | None]
    document: Mapped[str | None]
    prepared_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    prepared_by_name: Mapped[str | None]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    approved_by_name: Mapped[str | None]
    words: Mapped[dict[str, Any] | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class PlanVersionStep(Base):
    """A step of the approval path that was taken: who decided what, when, and by which paper."""

    __tablename__ = "plan_version_step"
    __table_args__ = (sa.CheckConstraint("result IN ('PASSED', 'RETURNED')", name="result"),)

    id: Mapped[Identity]
    plan_version_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_version.id"), index=True)
    step: Mapped[str]
    result: Mapped[str]
    decided_on: Mapped[date]
    reference: Mapped[str | None]
    note: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]


class PlanProject(Base):
    """A line of a plan version (form ผ.02 and its kin).

    A version holds only the lines that it brings or touches. ``origin_id`` is the first row of a line and stays the
    same through every version; ``previous_id`` is the row that this one takes the place of. ``change`` says what the
    version does to the line: NEW, CHANGED, WITHDRAWN, or MERGED into the line that begins with ``merged_into_id``.
    A project of one fiscal year (:class:`app.models.project.Project`) points at the newest row in force; a line with
    amounts in five years may have five projects. A row that was taken back while its version was open has
    ``removed_at``.
    """

    __tablename__ = "plan_project"
    __table_args__ = (
        sa.CheckConstraint("change IN ('NEW', 'CHANGED', 'WITHDRAWN', 'MERGED')", name="change"),
        sa.CheckConstraint("(change = 'NEW') = (previous_id IS NULL)", name="previous"),
        sa.CheckConstraint("(change = 'MERGED') = (merged_into_id IS NOT NULL)", name="merged"),
        sa.CheckConstraint("kind IN ('road', 'water', 'other')", name="kind"),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 1000", name="name_length"),
        sa.Index(
            "uq_plan_project_of_version",
            "plan_version_id",
            "origin_id",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index("ix_plan_project_origin_id", "origin_id"),
    )

    id: Mapped[Identity]
    plan_version_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_version.id"), index=True)
    # Filled in by a trigger: the row itself, or what the previous row says.
    origin_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_project.id"), server_default=sa.text("0"))
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan_project.id"))
    change: Mapped[str] = mapped_column(server_default="NEW")
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan_project.id"))
    reason: Mapped[str | None]
    form: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="other")
    line_number: Mapped[int | None]
    page: Mapped[int | None]
    name_th: Mapped[str]
    objective: Mapped[str | None]
    target: Mapped[str | None]
    indicator: Mapped[str | None]
    expected_result: Mapped[str | None]
    department: Mapped[str | None]
    article_category: Mapped[str | None]
    article_type: Mapped[str | None]
    area_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    location_text: Mapped[str | None]
    local_strategy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("local_strategy.id"))
    local_tactic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("local_tactic.id"))
    programme_code: Mapped[str | None] = mapped_column(sa.ForeignKey("budget_programme.code"))
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    row_version: Mapped[int] = mapped_column(server_default="1")
    removed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class PlanProjectAmount(Base):
    """Planned baht of a line in one fiscal year; any number of years."""

    __tablename__ = "plan_project_amount"
    __table_args__ = (sa.CheckConstraint("amount_baht >= 0", name="amount"),)

    plan_project_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_project.id", ondelete="CASCADE"), primary_key=True)
    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True)
    amount_baht: Mapped[Decimal]

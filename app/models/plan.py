"""Local development plan: period, plan, version, and the projects in it with an amount per fiscal year."""

from __future__ import annotations

from datetime import date
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
    """The plan of one organisation for one period."""

    __tablename__ = "plan"
    __table_args__ = (sa.UniqueConstraint("organisation_code", "plan_period_id"),)

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    plan_period_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_period.id"))
    name_th: Mapped[str]


class PlanVersion(Base):
    """An issue (ฉบับ) of the plan: original, addition, change, correction or several of these at once."""

    __tablename__ = "plan_version"
    __table_args__ = (sa.UniqueConstraint("plan_id", "seq"),)

    id: Mapped[Identity]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    seq: Mapped[int]
    change_types: Mapped[list[str]]
    number: Mapped[str]
    fiscal_year_be: Mapped[int]
    promulgated_on: Mapped[date | None]
    document: Mapped[str | None]


class LocalStrategy(Base):
    """A strategic issue of one organisation and the national strategy that it serves."""

    __tablename__ = "local_strategy"
    __table_args__ = (sa.UniqueConstraint("organisation_code", "code"),)

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    code: Mapped[str]
    name_th: Mapped[str]
    national_strategy_code: Mapped[str | None] = mapped_column(sa.ForeignKey("national_strategy.code"))


class PlanProject(Base):
    """A line of a plan version (form ผ.02 and its kin). ``previous_id`` is the same line in the version before.

    A project of one fiscal year (:class:`app.models.project.Project`) points here; a line with amounts in five years
    may have five projects.
    """

    __tablename__ = "plan_project"

    id: Mapped[Identity]
    plan_version_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_version.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan_project.id"))
    form: Mapped[str]
    line_number: Mapped[int | None]
    page: Mapped[int | None]
    name_th: Mapped[str]
    objective: Mapped[str | None]
    target: Mapped[str | None]
    indicator: Mapped[str | None]
    expected_result: Mapped[str | None]
    department: Mapped[str | None]
    local_strategy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("local_strategy.id"))
    programme_code: Mapped[str | None] = mapped_column(sa.ForeignKey("budget_programme.code"))
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    created_at: Mapped[CreatedAt]


class PlanProjectAmount(Base):
    """Planned baht of a line in one fiscal year; any number of years."""

    __tablename__ = "plan_project_amount"
    __table_args__ = (sa.CheckConstraint("amount_baht >= 0", name="amount"),)

    plan_project_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_project.id", ondelete="CASCADE"), primary_key=True)
    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True)
    amount_baht: Mapped[Decimal]

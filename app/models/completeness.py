"""What is due when, and how much of what every organisation has to enter is there."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity
from app.models.codelist import _CodeList


class CompletenessTopic(_CodeList, Base):
    """Head of reporting of the letters; ``attributes`` holds ``owner_role``, short names, and whether it is counted."""

    __tablename__ = "completeness_topic"


class CalendarTask(Base):
    """A matter of a fiscal year with its days: 0 is the year, 1 to 12 its months; two never tell of the same."""

    __tablename__ = "calendar_task"
    __table_args__ = (
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name="fiscal_year"),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 500", name="name_th"),
        sa.CheckConstraint("period_from BETWEEN 0 AND 12 AND period_to BETWEEN period_from AND 12", name="period"),
        sa.CheckConstraint("due_on >= opens_on AND (check_until IS NULL OR check_until >= due_on)", name="days"),
        ExcludeConstraint(
            ("fiscal_year_be", "="),
            ("topic", "="),
            (sa.text("int4range(period_from, period_to, '[]')"), "&&"),
            where=sa.text("removed_at IS NULL"),
            name="ex_calendar_task_overlap",
        ),
    )

    id: Mapped[Identity]
    fiscal_year_be: Mapped[int]
    topic: Mapped[str] = mapped_column(sa.ForeignKey("completeness_topic.code"))
    period_from: Mapped[int] = mapped_column(sa.SmallInteger)
    period_to: Mapped[int] = mapped_column(sa.SmallInteger)
    name_th: Mapped[str]
    name_en: Mapped[str | None]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    check_until: Mapped[date | None]
    owner_role: Mapped[str] = mapped_column(sa.ForeignKey("role.code"))
    officer_enters: Mapped[bool] = mapped_column(server_default=sa.text("false"))
    source: Mapped[str | None]
    reason: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]


class CompletenessCell(Base):
    """How many things an organisation has to enter for a topic and period, and how many are there; kept by the
    database (``refresh_completeness``)."""

    __tablename__ = "completeness_cell"
    __table_args__ = (
        sa.CheckConstraint("wanted > 0", name="wanted"),
        sa.CheckConstraint("done BETWEEN 0 AND wanted", name="done"),
        sa.Index("ix_completeness_cell_organisation_code", "organisation_code"),
    )

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_code: Mapped[str] = mapped_column(
        sa.ForeignKey("organisation.code", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    wanted: Mapped[int]
    done: Mapped[int]


class CompletenessDay(Base):
    """The same on the days on which it changed; 0 of 0 from when on nothing was wanted any more."""

    __tablename__ = "completeness_day"

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_code: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    wanted: Mapped[int]
    done: Mapped[int]


COMPLETENESS_DIRTY = sa.Table(
    "completeness_dirty", Base.metadata, sa.Column("organisation_code", sa.Text(), nullable=False)
)
"""Organisations whose records changed since their counts were taken; written by triggers alone."""

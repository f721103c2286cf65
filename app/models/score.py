"""The yearly score of a province's officers: formulas, sheets, the rows behind them, marks and appeals."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity

PARTS = ("SYSTEM", "PROVINCE")
OUTCOMES = ("UPHELD", "DISMISSED")
_POINTS = sa.Numeric(5, 2)


class ScoreFormula(Base):
    """A version of the formula, of the fiscal years from ``valid_from_be`` on; never changed."""

    __tablename__ = "score_formula"
    __table_args__ = (sa.CheckConstraint("valid_from_be BETWEEN 2540 AND 2640", name="valid_from"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from_be: Mapped[int]
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str] = mapped_column(server_default="ระบบ")


class ScoreCriterion(Base):
    """What points are given for: ``code`` of the part ``SYSTEM`` names a measure, ``days`` its time."""

    __tablename__ = "score_criterion"
    __table_args__ = (
        sa.CheckConstraint("part IN ('SYSTEM', 'PROVINCE')", name="part"),
        sa.CheckConstraint("points > 0 AND points <= 50", name="points"),
        sa.CheckConstraint("days BETWEEN 1 AND 365", name="days"),
    )

    version: Mapped[int] = mapped_column(sa.ForeignKey("score_formula.version"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str]
    seq: Mapped[int]
    points: Mapped[Decimal] = mapped_column(_POINTS)
    days: Mapped[int | None]
    name_th: Mapped[str]
    name_en: Mapped[str | None]


class ScoreSheet(Base):
    """A province in a fiscal year. ``figures`` and ``sha256`` (of the figures and their rows) come when it is
    finalised; nothing of it changes afterwards."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        sa.UniqueConstraint("fiscal_year_be", "province_code"),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name="fiscal_year"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        sa.CheckConstraint(
            "num_nulls(formula_version, figures, sha256, finalised_at, finalised_by_name) IN (0, 5)", name="finalised"
        ),
    )

    id: Mapped[Identity]
    fiscal_year_be: Mapped[int]
    province_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    formula_version: Mapped[int | None] = mapped_column(sa.ForeignKey("score_formula.version"))
    figures: Mapped[dict[str, Any] | None]
    sha256: Mapped[str | None]
    finalised_at: Mapped[datetime | None]
    finalised_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    finalised_by_name: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")


class ScoreRow(Base):
    """A row behind a figure of a finalised sheet, as the measure told it on that day."""

    __tablename__ = "score_row"
    __table_args__ = (
        sa.CheckConstraint("wanted > 0", name="wanted"),
        sa.CheckConstraint("done BETWEEN 0 AND wanted", name="done"),
    )

    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("score_sheet.id"), primary_key=True, autoincrement=False)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_code: Mapped[str]
    record: Mapped[str]
    subject: Mapped[str | None]
    topic: Mapped[str | None]
    period: Mapped[int | None] = mapped_column(sa.SmallInteger)
    due_on: Mapped[date | None]
    wanted: Mapped[int]
    done: Mapped[int]


class ScoreMark(Base):
    """Points that the head of the province gave for a criterion, and why."""

    __tablename__ = "score_mark"
    __table_args__ = (
        sa.UniqueConstraint("sheet_id", "criterion"),
        sa.CheckConstraint("points BETWEEN 0 AND 50", name="points"),
        sa.CheckConstraint("length(remark) BETWEEN 1 AND 1000", name="remark"),
    )

    id: Mapped[Identity]
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("score_sheet.id"))
    criterion: Mapped[str]
    points: Mapped[Decimal] = mapped_column(_POINTS)
    remark: Mapped[str]
    marked_at: Mapped[CreatedAt]
    marked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    marked_by_name: Mapped[str]


class ScoreAppeal(Base):
    """An officer's appeal against a criterion, and its answer."""

    __tablename__ = "score_appeal"
    __table_args__ = (
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 1000", name="reason"),
        sa.CheckConstraint("outcome IN ('UPHELD', 'DISMISSED')", name="outcome"),
        sa.CheckConstraint("length(answer) BETWEEN 1 AND 1000", name="answer"),
        sa.CheckConstraint("num_nulls(outcome, answer, answered_at, answered_by_name) IN (0, 4)", name="answered"),
    )

    id: Mapped[Identity]
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("score_sheet.id"), index=True)
    criterion: Mapped[str]
    reason: Mapped[str]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    outcome: Mapped[str | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    answered_by_name: Mapped[str | None]

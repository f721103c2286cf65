"""Strategies and tactics of a plan, and what of the plans above it each of them serves."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class LocalStrategy(Base):
    """A strategic issue (ยุทธศาสตร์) of a plan, and the national strategy that it serves first."""

    __tablename__ = "local_strategy"
    __table_args__ = (sa.UniqueConstraint("plan_id", "code"),)

    id: Mapped[Identity]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"))
    code: Mapped[str]
    name_th: Mapped[str]
    national_strategy_code: Mapped[str | None] = mapped_column(sa.ForeignKey("national_strategy.code"))
    goal: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class LocalTactic(Base):
    """A tactic (กลยุทธ์) under a strategy. The same programme may stand under many of them."""

    __tablename__ = "local_tactic"
    __table_args__ = (sa.UniqueConstraint("local_strategy_id", "code"),)

    id: Mapped[Identity]
    local_strategy_id: Mapped[int] = mapped_column(sa.ForeignKey("local_strategy.id"))
    code: Mapped[str]
    name_th: Mapped[str]
    indicator: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class AlignmentItem(Base):
    """A strategy, milestone or goal of a plan above the organisation's own.

    ``framework``: NATIONAL (20 years), NESDP13 (milestones), SDG; REGION, CLUSTER, PROVINCE, LAO_IN_PROVINCE and PAO
    are entered per province (``owner_code``, two digits; empty for the nation's), each with the fiscal years in which
    it holds. What a strategy served stays linked when the item is taken out.
    """

    __tablename__ = "alignment_item"
    __table_args__ = (
        sa.Index(
            "uq_alignment_item_key",
            "framework",
            "owner_code",
            "code",
            sa.text("coalesce(valid_from_be, 0)"),
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.CheckConstraint("valid_to_be >= valid_from_be", name="validity"),
        sa.CheckConstraint(
            "framework IN ('NATIONAL', 'NESDP13', 'SDG', 'REGION', 'CLUSTER', 'PROVINCE', 'LAO_IN_PROVINCE', 'PAO')",
            name="framework",
        ),
        sa.CheckConstraint("(framework IN ('NATIONAL', 'NESDP13', 'SDG')) = (owner_code = '')", name="owner"),
    )

    id: Mapped[Identity]
    framework: Mapped[str]
    owner_code: Mapped[str] = mapped_column(server_default="")
    code: Mapped[str]
    seq: Mapped[int]
    name_th: Mapped[str]
    name_en: Mapped[str | None]
    valid_from_be: Mapped[int | None]
    valid_to_be: Mapped[int | None]
    removed_at: Mapped[datetime | None]


class LocalStrategyAlignment(Base):
    """A strategy serves an item of a plan above: many to many."""

    __tablename__ = "local_strategy_alignment"

    local_strategy_id: Mapped[int] = mapped_column(
        sa.ForeignKey("local_strategy.id", ondelete="CASCADE"), primary_key=True
    )
    alignment_item_id: Mapped[int] = mapped_column(sa.ForeignKey("alignment_item.id"), primary_key=True, index=True)

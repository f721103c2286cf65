"""What people say about a record: comments, what an organisation says of entries for it, answers to suggestions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class ReviewComment(Base):
    """A comment on a record or one of its fields (``entity``: its table, ``entity_key``: its id), until resolved.

    ``place`` is where on a geometry it points: ``{version, segment, vertex, lon, lat}``. The version may be replaced;
    the place on the ground stays.
    """

    __tablename__ = "review_comment"
    __table_args__ = (
        sa.CheckConstraint("place IS NULL OR jsonb_typeof(place) = 'object'", name="place"),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 2000", name="text"),
        sa.Index("ix_review_comment_entity", "entity", "entity_key"),
        sa.Index("ix_review_comment_open", "organisation_code", postgresql_where=sa.text("resolved_at IS NULL")),
    )

    id: Mapped[Identity]
    entity: Mapped[str]
    entity_key: Mapped[str]
    field: Mapped[str | None]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    text: Mapped[str]
    place: Mapped[dict[str, Any] | None]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class OnBehalfDecision(Base):
    """Whether an organisation stands by what an officer entered for it in one request; said once."""

    __tablename__ = "on_behalf_decision"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "organisation_code"),
        sa.CheckConstraint("decision IN ('CONFIRMED', 'DENIED')", name="decision"),
        sa.CheckConstraint("decision = 'CONFIRMED' OR comment IS NOT NULL", name="comment"),
    )

    id: Mapped[Identity]
    request_id: Mapped[str]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    decision: Mapped[str]
    comment: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]


ASPECTS = (
    "kind",
    "work_nature",
    "surface_type",
    "water_source_type",
    "programme",
    "work",
    "expenditure",
    "strategy",
)


class ClassificationDecision(Base):
    """What a person said of a suggested classification; it stands while the work is called ``name_th``.

    ``ACCEPTED``: written by somebody who may; ``ASKED``: the organisation was asked to look; ``KEPT``: what is
    recorded is right, and ``note`` says why. Rows are added, never changed.
    """

    __tablename__ = "classification_decision"
    __table_args__ = (
        sa.CheckConstraint(f"aspect IN ({', '.join(repr(word) for word in ASPECTS)})", name="aspect"),
        sa.CheckConstraint("decision IN ('ACCEPTED', 'KEPT', 'ASKED')", name="decision"),
        sa.CheckConstraint("decision = 'ACCEPTED' OR length(note) BETWEEN 1 AND 1000", name="explained"),
        sa.Index("ix_classification_decision_project_id", "project_id", "aspect"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    appropriation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appropriation.id", ondelete="CASCADE"))
    aspect: Mapped[str]
    name_th: Mapped[str]
    recorded: Mapped[str | None]
    suggested: Mapped[str]
    decision: Mapped[str]
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))


FIGURES = ("project", "appropriation", "contract", "disbursement")
FIGURE_STATES = ("NEW", "CHANGED", "ANSWERED", "VERIFIED", "RETURNED")


class FigureVerdict(Base):
    """What a reviewer said of a figure: of a plan's money (``project``), an appropriation, a contract or a payment.

    It stands while the figure is ``amount_baht``, and a return also while its comment waits for an answer; what stands
    is therefore read, never kept. ``before`` is what stood until then. Rows are added, never changed.
    """

    __tablename__ = "figure_verdict"
    __table_args__ = (
        sa.CheckConstraint(f"figure IN ({', '.join(repr(word) for word in FIGURES)})", name="figure"),
        sa.CheckConstraint("verdict IN ('VERIFIED', 'RETURNED')", name="verdict"),
        sa.CheckConstraint(f"before IN ({', '.join(repr(word) for word in FIGURE_STATES)})", name="before"),
        sa.CheckConstraint("(verdict = 'RETURNED') = (comment_id IS NOT NULL)", name="commented"),
        sa.Index("ix_figure_verdict_figure", "figure", "figure_id", "id"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), index=True)
    figure: Mapped[str]
    figure_id: Mapped[int] = mapped_column(sa.BigInteger)
    amount_baht: Mapped[Decimal]
    before: Mapped[str]
    verdict: Mapped[str]
    comment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review_comment.id"))
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]

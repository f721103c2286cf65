"""What citizens ask, what was said of it, where to send the answer; and who wants to hear of an area."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity

STATES = ("WAITING", "OPEN", "ANSWERED", "HIDDEN", "APPEALED")
_PENDING = "state IN ('WAITING', 'OPEN', 'APPEALED')"
_PLACE = "place ~ '^(organisation:[A-Z0-9]{1,20}|area:([0-9]{2}){1,3}|near:[0-9.]{1,6},[0-9.]{1,6},[0-9]{1,2})$'"


class CitizenQuestion(Base):
    """A question about a work or an organisation: what became of it and when.

    WAITING for somebody to look at it, OPEN (published, not answered), ANSWERED, HIDDEN with a reason, or APPEALED:
    hidden, and the province is asked to decide. ``reopened_at`` is the one time that the citizen came back.
    """

    __tablename__ = "citizen_question"
    __table_args__ = (
        sa.CheckConstraint("state IN ('WAITING', 'OPEN', 'ANSWERED', 'HIDDEN', 'APPEALED')", name="state"),
        sa.CheckConstraint("length(hidden_reason) BETWEEN 1 AND 500", name="hidden_reason"),
        sa.CheckConstraint("state NOT IN ('HIDDEN', 'APPEALED') OR hidden_reason IS NOT NULL", name="hidden"),
        sa.CheckConstraint("state <> 'ANSWERED' OR answered_at IS NOT NULL", name="answered"),
        sa.Index("ix_citizen_question_project_id", "project_id", postgresql_where=sa.text("project_id IS NOT NULL")),
        sa.Index("ix_citizen_question_organisation_code", "organisation_code", sa.desc("asked_at"), sa.desc("id")),
        sa.Index("ix_citizen_question_pending", "organisation_code", "due_on", postgresql_where=sa.text(_PENDING)),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"))
    state: Mapped[str] = mapped_column(server_default="WAITING")
    asked_at: Mapped[CreatedAt]
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class CitizenMessage(Base):
    """The question, an answer, or the question asked again; ``shown`` once somebody has looked at it."""

    __tablename__ = "citizen_message"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('question', 'answer', 'again')", name="kind"),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 2000", name="body"),
        sa.Index("ix_citizen_message_question_id", "question_id", "id"),
    )

    id: Mapped[Identity]
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen_question.id"))
    kind: Mapped[str]
    body: Mapped[str]
    shown: Mapped[bool] = mapped_column(server_default=sa.false())
    at: Mapped[CreatedAt]
    by_user: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[str | None]


class CitizenContact(Base):
    """Sealed address for the answer to a question; apart from it, in no log, and deleted some time after the answer."""

    __tablename__ = "citizen_contact"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen_question.id", ondelete="CASCADE"), primary_key=True)
    email_sealed: Mapped[bytes]


class AreaSubscription(Base):
    """A sealed address that wants to hear of a place; ``email_mark`` tells the same address and place again."""

    __tablename__ = "area_subscription"
    __table_args__ = (
        sa.CheckConstraint(_PLACE, name="place"),
        sa.Index("ix_area_subscription_created_at", "created_at", postgresql_where=sa.text("confirmed_at IS NULL")),
    )

    id: Mapped[Identity]
    place: Mapped[str]
    email_sealed: Mapped[bytes]
    email_mark: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    told_until: Mapped[CreatedAt]

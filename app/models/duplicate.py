"""Works at the same place: pairs that were found, what people said of them, and which works were compared last."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity, geometry

CLASSES = ("same_work", "continuation", "repair", "upgrade", "joint", "crossing", "near")
"""What the engine says of a pair."""
ANSWERS = ("same_work", "continuation", "repair", "upgrade", "joint", "different")
"""What a person says of it."""
STATUSES = ("open", "answered", "confirmed", "appealed")
ACTS = ("answer", "confirm", "return", "appeal", "uphold", "dismiss", "reopen")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class DuplicatePair(Base):
    """Two works at one place. Made anew whenever one of them changes; what people said of them stays.

    ``reasons`` are ``[{code, values}]``, ``common`` (EPSG:4326) the common part, ``shape_a`` and ``shape_b``
    fingerprints of the shapes that were compared. ``status``, ``answer`` and ``answered_for`` mirror the decision
    that stands, ``decided_a`` and ``decided_b`` the shapes that it was about; NULL of a work that was being drawn.
    ``ended_at``: the two are no longer at one place, and the row stays because somebody has decided on it.
    ``row_version`` is the ETag.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        sa.CheckConstraint("project_a < project_b", name="order"),
        sa.CheckConstraint(_one_of("class", CLASSES), name="class"),
        sa.CheckConstraint(_one_of("status", STATUSES), name="status"),
        sa.CheckConstraint(_one_of("answer", ANSWERS), name="answer"),
        sa.CheckConstraint("(status = 'open') = (answer IS NULL)", name="answered"),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        sa.UniqueConstraint("project_a", "project_b"),
        sa.Index("ix_duplicate_pair_project_b", "project_b"),
        sa.Index(
            "ix_duplicate_pair_list", sa.desc("score"), sa.desc("id"), postgresql_where=sa.text("ended_at IS NULL")
        ),
    )

    id: Mapped[Identity]
    project_a: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    project_b: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    class_: Mapped[str] = mapped_column("class")
    score: Mapped[float]
    shared_m: Mapped[float]
    shared_share: Mapped[float]
    distance_m: Mapped[float]
    reasons: Mapped[list[Any]] = mapped_column(server_default=sa.text("'[]'"))
    common: Mapped[Any | None] = mapped_column(geometry("GEOMETRY", index=False))
    geometry_version_a: Mapped[int]
    geometry_version_b: Mapped[int]
    shape_a: Mapped[uuid.UUID | None]
    shape_b: Mapped[uuid.UUID | None]
    computed_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(server_default="open")
    answer: Mapped[str | None]
    answered_for: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    decided_a: Mapped[uuid.UUID | None]
    decided_b: Mapped[uuid.UUID | None]
    row_version: Mapped[int] = mapped_column(server_default="1")


class DuplicateDecision(Base):
    """One step of a pair, never changed and never removed: who answered, confirmed, returned, appealed, or heard the
    appeal, and why.

    ``organisation_code`` is the organisation that it was said for. ``document`` is the reference of a paper,
    ``attachment_id`` a picture of it, ``file_sha256`` the paper itself (PDF, beside the pictures) with the name that
    it was sent under. ``reopen`` is written when the coordinates of a work changed.
    """

    __tablename__ = "duplicate_decision"
    __table_args__ = (
        sa.CheckConstraint(_one_of("act", ACTS), name="act"),
        sa.CheckConstraint(_one_of("status", STATUSES), name="status"),
        sa.CheckConstraint(_one_of("answer", ANSWERS), name="answer"),
        sa.CheckConstraint("(act IN ('return', 'reopen')) = (answer IS NULL)", name="answered"),
        sa.CheckConstraint(
            "act NOT IN ('appeal', 'return', 'uphold', 'dismiss') OR note IS NOT NULL", name="explained"
        ),
        sa.CheckConstraint("num_nulls(file_name, file_sha256, file_bytes) IN (0, 3)", name="file"),
        sa.CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$'", name="file_sha256"),
        sa.Index("ix_duplicate_decision_pair_id", "pair_id", "id"),
        sa.Index(
            "ix_duplicate_decision_file_sha256", "file_sha256", postgresql_where=sa.text("file_sha256 IS NOT NULL")
        ),
    )

    id: Mapped[Identity]
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("duplicate_pair.id"))
    project_a: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    project_b: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    act: Mapped[str]
    answer: Mapped[str | None]
    status: Mapped[str]
    note: Mapped[str | None]
    document: Mapped[str | None]
    attachment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attachment.id"), index=True)
    file_name: Mapped[str | None]
    file_sha256: Mapped[str | None]
    file_bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    organisation_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))


class DuplicateWork(Base):
    """A work as it was when it was compared last: whoever differs from this is compared again."""

    __tablename__ = "duplicate_work"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    geometry_version: Mapped[int]
    facts: Mapped[uuid.UUID]
    compared_at: Mapped[CreatedAt] = mapped_column(index=True)


class DuplicateRefresh(Base):
    """When the works were compared, and how many had changed since the time before."""

    __tablename__ = "duplicate_refresh"

    id: Mapped[Identity]
    finished_at: Mapped[CreatedAt]
    works: Mapped[int]
    compared: Mapped[int]
    pairs: Mapped[int]

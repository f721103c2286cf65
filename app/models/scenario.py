"""Scenarios of what to build or repair first: a question and its answer, kept as they were computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class Scenario(Base):
    """What a person asked, how and over which data it was answered, and who else may see it.

    ``key`` is the part of the address that nobody can guess; it opens the scenario only to those whom ``shared_with``
    names. ``summary`` is what lists show; ``result`` holds works, villages and areas. The application may change the
    name, the note and the sharing; what was computed stays.
    """

    __tablename__ = "scenario"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('road', 'water')", name="kind"),
        sa.CheckConstraint("method IN ('greedy', 'exact')", name="method"),
        sa.CheckConstraint("shared_with IN ('owner', 'organisation', 'province', 'staff')", name="shared_with"),
        sa.CheckConstraint("shared_with <> 'organisation' OR organisation_code IS NOT NULL", name="shared_by"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_length"),
        sa.CheckConstraint("length(key) BETWEEN 16 AND 40", name="key_length"),
        sa.Index("ix_scenario_owner_list", "owner_id", sa.desc("id")),
        sa.Index("ix_scenario_area_list", "area_code", sa.desc("id")),
    )

    id: Mapped[Identity]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    note: Mapped[str | None]
    kind: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    owner_name: Mapped[str]
    organisation_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"), index=True)
    shared_with: Mapped[str] = mapped_column(server_default="owner")
    method: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    data_as_of: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]

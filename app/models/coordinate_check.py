"""What the report over stored coordinates found, and what people answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity, geometry


class CoordinateFinding(Base):
    """One thing that looks wrong about the coordinates of a project; made anew by every check.

    A finding speaks of one version: as soon as there is a newer one it is out of date and is not shown. ``problem``
    holds where and the values of the sentence, ``offered`` the readings that would be right, the likelier first.
    """

    __tablename__ = "coordinate_finding"
    __table_args__ = (
        sa.CheckConstraint("level IN ('error', 'warning', 'info')", name="level"),
        sa.Index("ix_coordinate_finding_list", "organisation_code", "project_id", "code"),
    )

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    geometry_version: Mapped[int]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    level: Mapped[str]
    problem: Mapped[dict[str, Any]]
    location: Mapped[Any] = mapped_column(geometry("POINT", index=False))
    offered: Mapped[list[Any]] = mapped_column(server_default=sa.text("'[]'"))


class CoordinateAnswer(Base):
    """Somebody looked at a finding and says that the coordinates are right all the same: for this version only."""

    __tablename__ = "coordinate_answer"
    __table_args__ = (sa.UniqueConstraint("project_id", "code", "geometry_version"),)

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    code: Mapped[str]
    geometry_version: Mapped[int]
    note: Mapped[str]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))


class CoordinateCheck(Base):
    """When the coordinates of an organisation were checked last, and how many there were."""

    __tablename__ = "coordinate_check"

    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"), primary_key=True)
    checked_at: Mapped[datetime]
    projects: Mapped[int]

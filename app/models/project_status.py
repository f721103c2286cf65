"""Which money status may follow which, and what every project went through."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class ProjectStatusTransition(Base):
    """An edge of the status machine; any other change has to be a recorded correction."""

    __tablename__ = "project_status_transition"

    from_status: Mapped[str] = mapped_column(sa.ForeignKey("project_status.code"), primary_key=True)
    to_status: Mapped[str] = mapped_column(sa.ForeignKey("project_status.code"), primary_key=True)


class ProjectStatusChange(Base):
    """One change of status, written by a trigger only; ``correction`` when it followed no edge on purpose."""

    __tablename__ = "project_status_change"
    __table_args__ = (
        sa.CheckConstraint("NOT correction OR reason IS NOT NULL", name="correction"),
        sa.Index("ix_project_status_change_project", "project_id", "id"),
        sa.Index("ix_project_status_change_at", sa.desc("at"), sa.desc("id")),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.BigInteger)
    from_status: Mapped[str]
    to_status: Mapped[str]
    correction: Mapped[bool] = mapped_column(server_default=sa.false())
    reason: Mapped[str | None]
    at: Mapped[CreatedAt]
    user_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    user_name: Mapped[str]
    on_behalf_of: Mapped[str | None]
    request_id: Mapped[str | None]

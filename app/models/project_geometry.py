"""Where a project is: versions that are never overwritten, their segments, and the drafts before a version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity, Metres, geometry


class ProjectGeometry(Base):
    """Version n of a project's geometry. A change of status is a version too; ``DELETE`` and ``UPDATE`` are refused
    by the database. ``geom`` (EPSG:4326) is the segment itself when there is one, else a collection of the segments;
    NULL when the coordinates were withdrawn.

    ``original`` keeps what was typed or uploaded (numbers as given) with ``original_epsg`` and the ``operation``
    that brought it to EPSG:4326. ``length_m`` and ``area_m2`` are geodesic (GRS80/WGS84).
    """

    __tablename__ = "project_geometry"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "version"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("geom IS NULL OR ST_IsValid(geom)", name="geom_valid"),
        sa.CheckConstraint("source IN ('drawn', 'typed', 'import', 'api', 'review', 'doctor', 'demo')", name="source"),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(sa.ForeignKey("geometry_status.code"))
    geom: Mapped[Any | None] = mapped_column(geometry("GEOMETRY"))
    length_m: Mapped[Metres | None]
    area_m2: Mapped[Metres | None]
    source: Mapped[str]
    original: Mapped[dict[str, Any] | None]
    original_epsg: Mapped[int | None]
    operation: Mapped[str | None]
    note: Mapped[str | None]
    warnings: Mapped[list[Any]] = mapped_column(server_default=sa.text("'[]'"))
    import_batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"))
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))


class ProjectGeometrySegment(Base):
    """Segment 1..n of a version: point, line or polygon."""

    __tablename__ = "project_geometry_segment"

    project_geometry_id: Mapped[int] = mapped_column(sa.ForeignKey("project_geometry.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    geom: Mapped[Any] = mapped_column(geometry("GEOMETRY", index=False))
    length_m: Mapped[Metres | None]
    area_m2: Mapped[Metres | None]


class GeometryDraft(Base):
    """Unsaved work of one person on one project, as the map keeps it: survives a closed browser and a lost session."""

    __tablename__ = "geometry_draft"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    content: Mapped[dict[str, Any]]
    base_version: Mapped[int]
    saved_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

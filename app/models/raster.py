"""Rasters of the catalogue, and extents (of a flood, of a hazard) that works are laid over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TILE_SRID, Base, CreatedAt, Identity, geometry

KINDS = ("elevation", "population", "flood", "picture", "classes", "other")


class Raster(Base):
    """A GeoTIFF that was taken in. ``name`` is its name in addresses; ``stored_name`` its file under ``var/rasters``,
    which nothing but this row leads to.

    ``RECEIVED``: the file is here and ``background_job_id`` converts it, or tells why it could not. ``READY``:
    ``facts`` (:class:`gis.rasters.facts.RasterFacts`) and ``bounds`` (EPSG:4326) are known. ``ASKS``: the file does not
    say where it lies and waits for somebody to say so; ``question`` holds the problem and candidates.
    ``organisation_code`` is whose it is; NULL = of the whole platform.
    """

    __tablename__ = "raster"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {KINDS}", name="kind"),
        sa.CheckConstraint("status IN ('RECEIVED', 'READY', 'ASKS')", name="status"),
        sa.CheckConstraint("(status = 'READY') = (facts IS NOT NULL AND bounds IS NOT NULL)", name="ready"),
        sa.CheckConstraint(
            "CASE status WHEN 'ASKS' THEN question IS NOT NULL WHEN 'READY' THEN question IS NULL ELSE true END",
            name="asks",
        ),
        sa.CheckConstraint("name ~ '^[a-z0-9-]{1,60}$'", name="name"),
        sa.CheckConstraint("stored_name ~ '^[0-9a-f]{32}$'", name="stored_name"),
        sa.CheckConstraint("length(title_th) BETWEEN 1 AND 200", name="title_length"),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by_name IS NULL)", name="removed"),
    )

    id: Mapped[Identity]
    name: Mapped[str] = mapped_column(unique=True)
    title_th: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str]
    organisation_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"), index=True)
    open_to_all: Mapped[bool] = mapped_column(server_default=sa.false())
    source: Mapped[str | None]
    licence: Mapped[str | None]
    as_of: Mapped[date | None]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    file_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    stored_name: Mapped[str] = mapped_column(unique=True)
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    question: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    background_job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("background_job.id"))
    bounds: Mapped[Any | None] = mapped_column(geometry("POLYGON"))
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by_name: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class HazardExtent(Base):
    """Ground that a flood or another hazard takes, out of a raster (``raster_id``: where its values reach
    ``threshold``) or out of a file of polygons.
    """

    __tablename__ = "hazard_extent"
    __table_args__ = (
        sa.CheckConstraint("name ~ '^[a-z0-9-]{1,60}$'", name="name"),
        sa.CheckConstraint("length(title_th) BETWEEN 1 AND 200", name="title_length"),
        sa.CheckConstraint("(raster_id IS NULL) = (threshold IS NULL)", name="threshold"),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by_name IS NULL)", name="removed"),
    )

    id: Mapped[Identity]
    name: Mapped[str] = mapped_column(unique=True)
    title_th: Mapped[str]
    raster_id: Mapped[int | None] = mapped_column(sa.ForeignKey("raster.id"))
    threshold: Mapped[float | None]
    file_name: Mapped[str | None]
    organisation_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"), index=True)
    open_to_all: Mapped[bool] = mapped_column(server_default=sa.false())
    source: Mapped[str | None]
    as_of: Mapped[date | None]
    area_m2: Mapped[float]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by_name: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class HazardExtentPart(Base):
    """A piece of an extent, cut small so that an index finds it; pieces of one extent do not overlap. EPSG:3857, as the
    shapes of works that it is laid over.
    """

    __tablename__ = "hazard_extent_part"

    hazard_extent_id: Mapped[int] = mapped_column(sa.ForeignKey("hazard_extent.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    geom: Mapped[Any] = mapped_column(geometry("POLYGON", TILE_SRID))

"""Background of the map: fields, woods, settlements, streams and roads that are nobody's project."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TILE_SRID, Base, Identity, geometry


class BaseFeature(Base):
    """A pale feature under the projects, stored in EPSG:3857 because only tiles read it."""

    __tablename__ = "base_feature"
    __table_args__ = (
        sa.CheckConstraint(
            "class IN ('field', 'wood', 'settlement', 'building', 'stream', 'water', 'road', 'state_road')",
            name="class",
        ),
        sa.UniqueConstraint("source", "source_ref"),
    )

    id: Mapped[Identity]
    class_: Mapped[str] = mapped_column("class")
    name_th: Mapped[str | None]
    geom: Mapped[Any] = mapped_column(geometry("GEOMETRY", TILE_SRID))
    source: Mapped[str]
    source_ref: Mapped[str]
    fictional: Mapped[bool] = mapped_column(server_default=sa.false())

"""Local highways (ทางหลวงท้องถิ่น) of the register, along which works are told by chainage."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Metres, geometry


class RegisteredRoad(Base):
    """A registered road by its canonical route code; ``geom`` (EPSG:4326) runs from its start to its end."""

    __tablename__ = "registered_road"

    route_code: Mapped[str] = mapped_column(primary_key=True)
    name_th: Mapped[str | None]
    organisation_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"), index=True)
    geom: Mapped[Any] = mapped_column(geometry("LINESTRING"))
    length_m: Mapped[Metres]
    source: Mapped[str]
    fictional: Mapped[bool] = mapped_column(server_default=sa.false())
    created_at: Mapped[CreatedAt]

"""Administrative areas (DOPA codes) and their population."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, geometry


class Area(Base):
    """Province (2 digits), amphoe (4), tambon (6) or village (8); the code of a parent is a prefix of its child's.

    ``geom`` is the polygon (EPSG:4326) of the three upper levels; ``point`` a place for the label, and the only
    geometry of a village. Bangkok has areas but no organisation: it is outside the department's register.
    """

    __tablename__ = "area"
    __table_args__ = (
        sa.CheckConstraint("code ~ '^[0-9]+$'", name="digits"),
        sa.CheckConstraint(
            "length(code) = CASE level WHEN 'province' THEN 2 WHEN 'amphoe' THEN 4 WHEN 'tambon' THEN 6 ELSE 8 END",
            name="level_length",
        ),
        sa.CheckConstraint("level IN ('province', 'amphoe', 'tambon', 'village')", name="level"),
        sa.CheckConstraint("geom IS NULL OR ST_IsValid(geom)", name="geom_valid"),
        sa.Index("ix_area_level_code", "level", "code"),
        sa.Index(
            "ix_area_name_search",
            "name_search",
            postgresql_using="gin",
            postgresql_ops={"name_search": "gin_trgm_ops"},
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str | None]
    name_search: Mapped[str] = mapped_column(sa.Text, sa.Computed("thai_search(name_th)", persisted=True))
    parent_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"), index=True)
    geom: Mapped[Any | None] = mapped_column(geometry("MULTIPOLYGON"))
    point: Mapped[Any | None] = mapped_column(geometry("POINT"))
    utm_zones: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str | None]
    fictional: Mapped[bool] = mapped_column(server_default=sa.false())


class VillagePoint(Base):
    """A point of some village of a tambon: the publisher gives a place and a name, but no code that is certain.

    The people of the tambon's villages without a point live at these places; which of them where is not known.
    """

    __tablename__ = "village_point"

    source: Mapped[str] = mapped_column(primary_key=True)
    source_ref: Mapped[str] = mapped_column(primary_key=True)
    tambon_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), index=True)
    name_th: Mapped[str]
    point: Mapped[Any] = mapped_column(geometry("POINT", index=False))


class AreaPopulation(Base):
    """People and households of an area at the end of a Buddhist-era year."""

    __tablename__ = "area_population"

    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code", ondelete="CASCADE"), primary_key=True)
    year_be: Mapped[int] = mapped_column(primary_key=True)
    population: Mapped[int]
    male: Mapped[int | None]
    female: Mapped[int | None]
    households: Mapped[int | None]
    source: Mapped[str | None]

"""What an organisation says of itself: its office, and its people and communities year by year."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class OrganisationProfile(Base):
    """Office and size of an organisation; no names and no numbers of persons."""

    __tablename__ = "organisation_profile"

    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"), primary_key=True)
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    office_phone: Mapped[str | None]
    office_email: Mapped[str | None]
    website: Mapped[str | None]
    founded_on: Mapped[date | None]
    area_km2: Mapped[Decimal | None]
    council_members: Mapped[int | None]
    staff_count: Mapped[int | None]
    general_condition: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class OrganisationPopulation(Base):
    """People and communities of an organisation in one year (B.E.), as it counts them itself."""

    __tablename__ = "organisation_population"
    __table_args__ = (
        sa.CheckConstraint("year_be BETWEEN 2500 AND 2640", name="year"),
        sa.CheckConstraint("male >= 0 AND female >= 0 AND households >= 0", name="counts"),
    )

    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"), primary_key=True)
    year_be: Mapped[int] = mapped_column(primary_key=True)
    male: Mapped[int | None]
    female: Mapped[int | None]
    households: Mapped[int | None]
    source: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]


class Community(Base):
    """A village (หมู่ที่) or community of an organisation in one year."""

    __tablename__ = "community"
    __table_args__ = (
        sa.UniqueConstraint("organisation_code", "year_be", "name_th", "village_number"),
        sa.CheckConstraint("year_be BETWEEN 2500 AND 2640", name="year"),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 200", name="name_length"),
        sa.CheckConstraint("male >= 0 AND female >= 0 AND households >= 0", name="counts"),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    year_be: Mapped[int]
    name_th: Mapped[str]
    village_number: Mapped[int | None]
    male: Mapped[int | None]
    female: Mapped[int | None]
    households: Mapped[int | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]

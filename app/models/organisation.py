"""Local administrative organisations (อปท.) and the tambons they cover."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, geometry


class Organisation(Base):
    """An LAO. ``code`` is text (the DLA's eight digits with their leading zero); an upgrade changes the code, so the
    old one stays with ``valid_to`` and ``successor_code``.

    ``boundary`` is its own surveyed limit when there is one; ``territory`` is what the platform tests against:
    the boundary, else the union of the covered tambons, else (a PAO) the province.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="validity"),
        sa.Index(
            "ix_organisation_name_search",
            "name_search",
            postgresql_using="gin",
            postgresql_ops={"name_search": "gin_trgm_ops"},
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(sa.ForeignKey("lao_type.code"))
    name_th: Mapped[str]
    full_name_th: Mapped[str]
    name_en: Mapped[str | None]
    name_search: Mapped[str] = mapped_column(sa.Text, sa.Computed("thai_search(full_name_th)", persisted=True))
    province_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), index=True)
    amphoe_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"), index=True)
    office: Mapped[Any | None] = mapped_column(geometry("POINT"))
    office_is_real: Mapped[bool] = mapped_column(server_default=sa.false())
    boundary: Mapped[Any | None] = mapped_column(geometry("MULTIPOLYGON", index=False))
    territory: Mapped[Any | None] = mapped_column(geometry("MULTIPOLYGON"))
    area_km2: Mapped[Decimal | None]
    url: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    fictional: Mapped[bool] = mapped_column(server_default=sa.false())


class OrganisationCoverage(Base):
    """A tambon that an organisation covers, wholly or in part. A tambon is not an LAO."""

    __tablename__ = "organisation_coverage"
    __table_args__ = (sa.CheckConstraint("extent IN ('complete', 'partial')", name="extent"),)

    organisation_code: Mapped[str] = mapped_column(
        sa.ForeignKey("organisation.code", ondelete="CASCADE"), primary_key=True
    )
    tambon_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), primary_key=True, index=True)
    extent: Mapped[str]

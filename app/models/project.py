"""The project of one fiscal year: what is built, where, by whom, and its specification per segment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity, Metres


class Project(Base):
    """Unit of counting: project x fiscal year (``domain``: a five-year project has up to five rows).

    ``kind`` is the sector, a field of its own: a budget programme does not tell it. ``area_code`` is the deepest
    area known (2, 4 or 6 digits). ``budget_baht``, ``contracted_baht`` and ``disbursed_baht`` are sums kept by
    triggers from appropriation, contract and disbursement rows, ``planned_baht`` is what the plan line says for its
    year; nobody else writes them. ``geometry_version`` and ``geometry_status`` mirror the newest
    :class:`app.models.project_geometry.ProjectGeometry`.
    ``strategy_code`` mirrors the national strategy of the plan line; ``plan_form`` and ``programme_code``, which
    triggers keep, its form and its programme. ``row_version`` is the ETag.
    """

    __tablename__ = "project"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('road', 'water', 'other')", name="kind"),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name="fiscal_year"),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 1000", name="name_length"),
        sa.CheckConstraint("area_code IS NULL OR length(area_code) IN (2, 4, 6)", name="area_level"),
        sa.CheckConstraint("kind = 'road' OR surface_type_code IS NULL", name="surface_of_road"),
        sa.CheckConstraint("kind = 'water' OR water_source_type_code IS NULL", name="source_of_water"),
        sa.UniqueConstraint("source", "source_ref"),
        sa.Index(
            "ix_project_name_search",
            "name_search",
            postgresql_using="gin",
            postgresql_ops={"name_search": "gin_trgm_ops"},
        ),
        sa.Index("ix_project_list", sa.desc("fiscal_year_be"), sa.desc("id")),
        sa.Index("ix_project_organisation_list", "organisation_code", sa.desc("fiscal_year_be"), sa.desc("id")),
        sa.Index("ix_project_area", sa.text("area_code text_pattern_ops"), sa.desc("fiscal_year_be"), sa.desc("id")),
        sa.Index("ix_project_budget", sa.desc("budget_baht"), sa.desc("id")),
        sa.Index("ix_project_facets", "fiscal_year_be", "kind", "status", "geometry_status", "strategy_code"),
        sa.Index("ix_project_work", "work_nature_code", "surface_type_code", "water_source_type_code"),
        sa.Index(
            "ix_project_awaiting",
            "organisation_code",
            sa.desc("fiscal_year_be"),
            sa.desc("id"),
            postgresql_where=sa.text("geometry_status IN ('NONE', 'DRAFT', 'RETURNED')"),
        ),
    )

    id: Mapped[Identity]
    code: Mapped[str] = mapped_column(unique=True)
    name_th: Mapped[str]
    name_search: Mapped[str] = mapped_column(
        sa.Text, sa.Computed("thai_search(code || ' ' || name_th)", persisted=True)
    )
    kind: Mapped[str]
    work_nature_code: Mapped[str | None] = mapped_column(sa.ForeignKey("work_nature.code"))
    surface_type_code: Mapped[str | None] = mapped_column(sa.ForeignKey("road_surface_type.code"))
    water_source_type_code: Mapped[str | None] = mapped_column(sa.ForeignKey("water_source_type.code"))
    structure_type_code: Mapped[str | None] = mapped_column(sa.ForeignKey("structure_type.code"))
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    fiscal_year_be: Mapped[int]
    status: Mapped[str] = mapped_column(sa.ForeignKey("project_status.code"), server_default="PLANNED")
    area_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    village_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    location_text: Mapped[str | None]
    route_code: Mapped[str | None]
    length_m: Mapped[Metres | None]
    width_m: Mapped[Metres | None]
    area_m2: Mapped[Metres | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    plan_project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan_project.id"), index=True)
    strategy_code: Mapped[str | None] = mapped_column(sa.ForeignKey("national_strategy.code"))
    plan_form: Mapped[str | None]
    programme_code: Mapped[str | None]
    planned_baht: Mapped[Decimal] = mapped_column(server_default="0")
    budget_baht: Mapped[Decimal] = mapped_column(server_default="0")
    contracted_baht: Mapped[Decimal] = mapped_column(server_default="0")
    disbursed_baht: Mapped[Decimal] = mapped_column(server_default="0")
    geometry_status: Mapped[str] = mapped_column(sa.ForeignKey("geometry_status.code"), server_default="NONE")
    geometry_version: Mapped[int] = mapped_column(server_default="0")
    source: Mapped[str | None]
    source_ref: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class ProjectSegment(Base):
    """Specification of segment (ช่วงที่) 1..n; the drawn segment of the same number is measured against it."""

    __tablename__ = "project_segment"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    surface_type_code: Mapped[str | None] = mapped_column(sa.ForeignKey("road_surface_type.code"))
    width_m: Mapped[Metres | None]
    length_m: Mapped[Metres | None]
    thickness_m: Mapped[Metres | None]
    area_m2: Mapped[Metres | None]
    volume_m3: Mapped[Metres | None]


class ProjectCodeCounter(Base):
    """Last sequence number given out, per organisation and fiscal year."""

    __tablename__ = "project_code_counter"

    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"), primary_key=True)
    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]

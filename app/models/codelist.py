"""Code lists: loaded from the files in ``app/codelists``, never typed into the code."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class _CodeList:
    """Columns of every code list; what else the file says is kept in ``attributes``."""

    code: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    name_th: Mapped[str]
    name_en: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))


class LaoType(_CodeList, Base):
    """Type of local administrative organisation; the code is the key (PAO, CITY_MUNI, ..., SAO)."""

    __tablename__ = "lao_type"


class FundSource(_CodeList, Base):
    """Where the money comes from."""

    __tablename__ = "fund_source"


class BudgetProgramme(_CodeList, Base):
    """แผนงาน of the budget; ``attributes`` holds its ด้าน."""

    __tablename__ = "budget_programme"


class BudgetWork(_CodeList, Base):
    """งาน under a แผนงาน; ``attributes.programme_code`` says which."""

    __tablename__ = "budget_work"


class ExpenditureCategory(_CodeList, Base):
    """งบรายจ่าย."""

    __tablename__ = "expenditure_category"


class RoadSurfaceType(_CodeList, Base):
    """ชนิดผิวทาง."""

    __tablename__ = "road_surface_type"


class WaterSourceType(_CodeList, Base):
    """ประเภทแหล่งน้ำ; ``attributes.group`` chooses the frame of the symbol, ``attributes.geometry`` what is drawn."""

    __tablename__ = "water_source_type"


class StructureType(_CodeList, Base):
    """Bridges, culverts and other structures."""

    __tablename__ = "structure_type"


class WorkNature(_CodeList, Base):
    """ลักษณะงาน: build, improve, repair ..."""

    __tablename__ = "work_nature"


class ProjectStatus(_CodeList, Base):
    """Money status of a project; ``seq`` orders the funnel."""

    __tablename__ = "project_status"


class GeometryStatus(_CodeList, Base):
    """Status of the coordinates, separate from the money's."""

    __tablename__ = "geometry_status"


class NationalStrategy(_CodeList, Base):
    """The six national strategies 2561-2580."""

    __tablename__ = "national_strategy"


class PlanChangeType(_CodeList, Base):
    """แก้ไข, เพิ่มเติม, เปลี่ยนแปลง and the original, with clause and approval path."""

    __tablename__ = "plan_change_type"


class ProcurementMethod(_CodeList, Base):
    """วิธีจัดซื้อจัดจ้าง."""

    __tablename__ = "procurement_method"

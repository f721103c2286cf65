"""Tables: columns, constraints, relationships. No rules, no serialising."""

from app.models.account import ApiToken, Membership, Role, UserAccount, UserSession
from app.models.action_plan import ActionPlan, ActionPlanLine
from app.models.area import Area, AreaPopulation
from app.models.attachment import Attachment, ImportPicture
from app.models.background_job import BackgroundJob
from app.models.base import Base
from app.models.base_feature import BaseFeature
from app.models.budget import Appropriation, Contract, Disbursement
from app.models.change_log import ChangeLog
from app.models.codelist import (
    BudgetProgramme,
    ExpenditureCategory,
    FundSource,
    GeometryStatus,
    LaoType,
    NationalStrategy,
    PlanChangeType,
    ProcurementMethod,
    ProjectStatus,
    RoadSurfaceType,
    StructureType,
    WaterSourceType,
    WorkNature,
)
from app.models.coordinate_check import CoordinateAnswer, CoordinateCheck, CoordinateFinding
from app.models.import_batch import ImportBatch, ImportRow
from app.models.organisation import Organisation, OrganisationCoverage
from app.models.organisation_profile import Community, OrganisationPopulation, OrganisationProfile
from app.models.plan import Plan, PlanPeriod, PlanProject, PlanProjectAmount, PlanVersion, PlanVersionStep
from app.models.plan_upload import PlanUpload
from app.models.project import Project, ProjectCodeCounter, ProjectSegment
from app.models.project_geometry import GeometryDraft, ProjectGeometry, ProjectGeometrySegment
from app.models.registered_road import RegisteredRoad
from app.models.strategy import AlignmentItem, LocalStrategy, LocalStrategyAlignment, LocalTactic

__all__ = [
    "ActionPlan",
    "ActionPlanLine",
    "AlignmentItem",
    "ApiToken",
    "Appropriation",
    "Area",
    "AreaPopulation",
    "Attachment",
    "BackgroundJob",
    "Base",
    "BaseFeature",
    "BudgetProgramme",
    "ChangeLog",
    "Community",
    "Contract",
    "CoordinateAnswer",
    "CoordinateCheck",
    "CoordinateFinding",
    "Disbursement",
    "ExpenditureCategory",
    "FundSource",
    "GeometryDraft",
    "GeometryStatus",
    "ImportBatch",
    "ImportPicture",
    "ImportRow",
    "LaoType",
    "LocalStrategy",
    "LocalStrategyAlignment",
    "LocalTactic",
    "Membership",
    "NationalStrategy",
    "Organisation",
    "OrganisationCoverage",
    "OrganisationPopulation",
    "OrganisationProfile",
    "Plan",
    "PlanChangeType",
    "PlanPeriod",
    "PlanProject",
    "PlanProjectAmount",
    "PlanUpload",
    "PlanVersion",
    "PlanVersionStep",
    "ProcurementMethod",
    "Project",
    "ProjectCodeCounter",
    "ProjectGeometry",
    "ProjectGeometrySegment",
    "ProjectSegment",
    "ProjectStatus",
    "RegisteredRoad",
    "RoadSurfaceType",
    "Role",
    "StructureType",
    "UserAccount",
    "UserSession",
    "WaterSourceType",
    "WorkNature",
]

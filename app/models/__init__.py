"""Tables: columns, constraints, relationships. No rules, no serialising."""

from app.models.account import (
    ApiToken,
    HandOver,
    Membership,
    RecoveryCode,
    Role,
    SignInAttempt,
    UserAccount,
    UserSession,
)
from app.models.action_plan import ActionPlan, ActionPlanLine
from app.models.area import Area, AreaPopulation, VillagePoint
from app.models.attachment import Attachment, ImportPicture
from app.models.audit_block import AuditBlock
from app.models.background_job import BackgroundJob
from app.models.base import Base
from app.models.base_feature import BaseFeature
from app.models.budget import Appropriation, BudgetDocument, CarryOver, Disbursement
from app.models.change_log import ChangeLog
from app.models.citizen import AreaSubscription, CitizenContact, CitizenMessage, CitizenQuestion
from app.models.codelist import (
    BudgetProgramme,
    BudgetWork,
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
from app.models.completeness import CalendarTask, CompletenessCell, CompletenessDay, CompletenessTopic
from app.models.contract import Contract, ContractAmendment, ContractInstalment, ContractPenalty
from app.models.coordinate_check import CoordinateAnswer, CoordinateCheck, CoordinateFinding
from app.models.daily_report import DailyReport, OfficerCall
from app.models.data_service import ExportCopy, ExportOrder, TokenUse
from app.models.duplicate import DuplicateDecision, DuplicatePair, DuplicateRefresh, DuplicateWork
from app.models.evaluation import EvaluationFile, EvaluationPosting, EvaluationResult, SealedContent
from app.models.finance import FinanceMonth, GrantAllotment
from app.models.fiscal_year import FiscalYearClose
from app.models.import_batch import ImportBatch, ImportRow
from app.models.mail import Mail
from app.models.maintenance import MaintenanceWindow
from app.models.match import MatchBatch, MatchDecision, MatchRow, MatchSuggestion
from app.models.message import Message, MessageFile, MessageRead, MessageThread, MessageUnread
from app.models.news import News, NewsRead
from app.models.organisation import Organisation, OrganisationCoverage
from app.models.organisation_profile import Community, OrganisationPopulation, OrganisationProfile
from app.models.plan import Plan, PlanPeriod, PlanProject, PlanProjectAmount, PlanVersion, PlanVersionStep
from app.models.plan_upload import PlanUpload, RecordUpload
from app.models.progress import ProgressReport
from app.models.project import Project, ProjectCodeCounter, ProjectSegment
from app.models.project_geometry import GeometryDraft, ProjectGeometry, ProjectGeometrySegment
from app.models.project_status import ProjectStatusChange, ProjectStatusTransition
from app.models.raster import HazardExtent, HazardExtentPart, Raster
from app.models.registered_road import RegisteredRoad
from app.models.reminder import NotificationSetting, Reminder
from app.models.review import ClassificationDecision, FigureVerdict, OnBehalfDecision, ReviewComment
from app.models.scenario import Scenario
from app.models.score import (
    ScoreAppeal,
    ScoreCriterion,
    ScoreFormula,
    ScoreMark,
    ScoreRow,
    ScoreSheet,
)
from app.models.sheet_key import SheetKey
from app.models.strategy import AlignmentItem, LocalStrategy, LocalStrategyAlignment, LocalTactic
from app.models.transfer import BudgetTransfer, BudgetTransferLine

__all__ = [
    "ActionPlan",
    "ActionPlanLine",
    "AlignmentItem",
    "ApiToken",
    "Appropriation",
    "Area",
    "AreaPopulation",
    "AreaSubscription",
    "Attachment",
    "AuditBlock",
    "BackgroundJob",
    "Base",
    "BaseFeature",
    "BudgetDocument",
    "BudgetProgramme",
    "BudgetTransfer",
    "BudgetTransferLine",
    "BudgetWork",
    "CalendarTask",
    "CarryOver",
    "ChangeLog",
    "CitizenContact",
    "CitizenMessage",
    "CitizenQuestion",
    "ClassificationDecision",
    "Community",
    "CompletenessCell",
    "CompletenessDay",
    "CompletenessTopic",
    "Contract",
    "ContractAmendment",
    "ContractInstalment",
    "ContractPenalty",
    "CoordinateAnswer",
    "CoordinateCheck",
    "CoordinateFinding",
    "DailyReport",
    "Disbursement",
    "DuplicateDecision",
    "DuplicatePair",
    "DuplicateRefresh",
    "DuplicateWork",
    "EvaluationFile",
    "EvaluationPosting",
    "EvaluationResult",
    "ExpenditureCategory",
    "ExportCopy",
    "ExportOrder",
    "FigureVerdict",
    "FinanceMonth",
    "FiscalYearClose",
    "FundSource",
    "GeometryDraft",
    "GeometryStatus",
    "GrantAllotment",
    "HandOver",
    "HazardExtent",
    "HazardExtentPart",
    "ImportBatch",
    "ImportPicture",
    "ImportRow",
    "LaoType",
    "LocalStrategy",
    "LocalStrategyAlignment",
    "LocalTactic",
    "Mail",
    "MaintenanceWindow",
    "MatchBatch",
    "MatchDecision",
    "MatchRow",
    "MatchSuggestion",
    "Membership",
    "Message",
    "MessageFile",
    "MessageRead",
    "MessageThread",
    "MessageUnread",
    "NationalStrategy",
    "News",
    "NewsRead",
    "NotificationSetting",
    "OfficerCall",
    "OnBehalfDecision",
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
    "ProgressReport",
    "Project",
    "ProjectCodeCounter",
    "ProjectGeometry",
    "ProjectGeometrySegment",
    "ProjectSegment",
    "ProjectStatus",
    "ProjectStatusChange",
    "ProjectStatusTransition",
    "Raster",
    "RecordUpload",
    "RecoveryCode",
    "RegisteredRoad",
    "Reminder",
    "ReviewComment",
    "RoadSurfaceType",
    "Role",
    "Scenario",
    "ScoreAppeal",
    "ScoreCriterion",
    "ScoreFormula",
    "ScoreMark",
    "ScoreRow",
    "ScoreSheet",
    "SealedContent",
    "SheetKey",
    "SignInAttempt",
    "StructureType",
    "TokenUse",
    "UserAccount",
    "UserSession",
    "VillagePoint",
    "WaterSourceType",
    "WorkNature",
]

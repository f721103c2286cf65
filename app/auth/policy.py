"""Who may do what where: pure, decided from one table, asked by every service.

Reading is decided by :func:`visibility`: the purpose of the platform is that staff see each other's work, so every
member of staff reads everything; partner agencies see money as sums; the public sees what is published.
Writing is strictly role x scope. The file's column of a subject says whether a role writes it at all;
``enter_on_behalf`` only says how that writing is marked, so a role whose cells are all ``R`` writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.auth.actor import SYSTEM_ROLE, Actor, Grant
from app.auth.permissions import (
    ADMIN,
    ADVISE,
    APPROVE,
    ASSIGN,
    EVALUATE,
    ON_BEHALF,
    OPERATE,
    PUBLISH,
    READ,
    REPORT,
    SIGN,
    VERIFY,
    WRITE,
    permissions,
)
from app.errors import Forbidden

PROFILE_WRITE = "profile.write"
PLAN_WRITE = "plan.write"
PLAN_APPROVE = "plan.approve"
PROJECT_WRITE = "project.write"
PROJECT_SURVEY = "project.survey"
BUDGET_WRITE = "budget.write"
BUDGET_APPROVE = "budget.approve"
CONTRACT_WRITE = "contract.write"
DISBURSEMENT_WRITE = "disbursement.write"
FINANCE_WRITE = "finance.write"
GRANT_WRITE = "grant.write"
STATUS_CORRECT = "status.correct"
YEAR_CLOSE = "year.close"
YEAR_REOPEN = "year.reopen"
PROGRESS_WRITE = "progress.write"
ON_BEHALF_DECIDE = "on_behalf.decide"
COORDINATES_WRITE = "coordinates.write"
COORDINATES_VERIFY = "coordinates.verify"
ATTACHMENT_WRITE = "attachment.write"
DUPLICATE_ANSWER = "duplicate.answer"
DUPLICATE_CONFIRM = "duplicate.confirm"
IMPORT = "import"
EXPORT = "export"
USER_ADMIN = "user.admin"
REFERENCE_LOAD = "reference.load"
RASTER_OPEN = "raster.open"
CALENDAR_WRITE = "calendar.write"
MESSAGE_READ = "message.read"
MESSAGE_WRITE = "message.write"
NEWS_WRITE = "news.write"
REMIND = "remind"
MAIL_READ = "mail.read"
EVALUATION_WRITE = "evaluation.write"
EVALUATION_PUBLISH = "evaluation.publish"
EVALUATION_POST = "evaluation.post"
DAILY_REPORT_READ = "daily_report.read"
DAILY_REPORT_WRITE = "daily_report.write"
DAILY_REPORT_SIGN = "daily_report.sign"
QUESTION_ANSWER = "question.answer"
QUESTION_DECIDE = "question.decide"
MAINTENANCE = "maintenance"
DATA_SERVICE = "data_service"
SCORE_READ = "score.read"
SCORE_GIVE = "score.give"
SCORE_APPEAL = "score.appeal"
SCORE_SETTLE = "score.settle"

# Action -> the cells any one of which permits it. A project is a line of the plan; a file of works may be brought in
# by whoever enters its coordinates or its plan lines, and what it then writes is asked again by the writing service.
RULES: Mapping[str, tuple[tuple[str, str], ...]] = {
    PROFILE_WRITE: (("lao_profile", WRITE),),
    PLAN_WRITE: (("plan", WRITE),),
    PLAN_APPROVE: (("plan", APPROVE),),
    PROJECT_WRITE: (("plan", WRITE),),
    # A work that stands on the ground and in no plan yet: made with its coordinates, without plan line or money.
    PROJECT_SURVEY: (("coordinates", WRITE),),
    BUDGET_WRITE: (("budget_approval", WRITE),),
    BUDGET_APPROVE: (("budget_approval", APPROVE),),
    CONTRACT_WRITE: (("contract", WRITE),),
    DISBURSEMENT_WRITE: (("disbursement", WRITE),),
    FINANCE_WRITE: (("revexp_status", WRITE),),
    GRANT_WRITE: (("grants", WRITE),),
    # A status that followed no edge is put right by whoever answers for the organisation's decisions.
    STATUS_CORRECT: (("budget_approval", APPROVE),),
    # Closing a year is finance's; opening it again takes two people, one of whom may be the executive.
    YEAR_CLOSE: (("revexp_status", WRITE),),
    YEAR_REOPEN: (("revexp_status", WRITE), ("budget_approval", APPROVE)),
    PROGRESS_WRITE: (("coordinates", WRITE), ("contract", WRITE)),
    # Whoever gives the organisation's people their rights says whether it stands by what was entered for it.
    ON_BEHALF_DECIDE: (("lao_profile", ASSIGN),),
    COORDINATES_WRITE: (("coordinates", WRITE),),
    COORDINATES_VERIFY: (("coordinates", VERIFY),),
    # A photograph is evidence of where a work lies and how far it is: whoever answers for its place answers for it.
    ATTACHMENT_WRITE: (("coordinates", WRITE),),
    # Whether two works are one is known to who drew the work and to who planned it; the province decides.
    DUPLICATE_ANSWER: (("coordinates", WRITE), ("plan", WRITE)),
    DUPLICATE_CONFIRM: (("coordinates", VERIFY),),
    IMPORT: (("coordinates", WRITE), ("plan", WRITE)),
    EXPORT: (("gis_report", READ),),
    # Whoever evaluates the officers of a province answers for who they are; which roles each issues: ISSUES.
    USER_ADMIN: (("lao_profile", ASSIGN), ("lao_profile", ADMIN), ("monitor_reports", EVALUATE)),
    REFERENCE_LOAD: (("lao_profile", ADMIN),),
    # What one organisation loads is shown to its province; whether the whole nation sees it is not its own to say.
    RASTER_OPEN: (("coordinates", VERIFY), ("lao_profile", ADMIN)),
    # Whoever opens and closes the system for everybody says what is due when.
    CALENDAR_WRITE: (("monitor_reports", OPERATE),),
    MESSAGE_READ: (("messages", READ),),
    MESSAGE_WRITE: (("messages", WRITE),),
    # The department tells everybody, whoever follows a province tells that province.
    NEWS_WRITE: (("news", WRITE), ("monitor_reports", WRITE), ("monitor_reports", EVALUATE)),
    # The coordinator of the organisation, and whoever follows what organisations enter.
    REMIND: (("plan", WRITE), ("monitor_reports", WRITE), ("monitor_reports", EVALUATE)),
    MAIL_READ: (("lao_profile", ADMIN),),
    # Whoever writes the plan tells what became of it; the executive answers for it in public, and either of them says
    # where it hangs.
    EVALUATION_WRITE: (("plan", WRITE),),
    EVALUATION_PUBLISH: (("monitor_reports", PUBLISH),),
    EVALUATION_POST: (("plan", WRITE), ("monitor_reports", PUBLISH)),
    # What an officer did on a day is told to whoever the officer reports to, and up to the department.
    DAILY_REPORT_READ: tuple(("monitor_reports", what) for what in (REPORT, EVALUATE, ADVISE, OPERATE)),
    DAILY_REPORT_WRITE: (("monitor_reports", REPORT),),
    DAILY_REPORT_SIGN: (("monitor_reports", SIGN),),
    # Who planned the work or draws it answers what citizens ask of it; what they appeal against, the province decides.
    QUESTION_ANSWER: (("plan", WRITE), ("coordinates", WRITE)),
    QUESTION_DECIDE: (("coordinates", VERIFY),),
    MAINTENANCE: (("monitor_reports", OPERATE),),
    # Whoever administers the register of organisations lets programs of agencies in.
    DATA_SERVICE: (("lao_profile", ADMIN),),
    # How a person is judged is read by those who judge and those who are judged, not by all staff.
    SCORE_READ: (("monitor_reports", EVALUATE), ("monitor_reports", REPORT)),
    SCORE_GIVE: (("monitor_reports", EVALUATE),),
    SCORE_APPEAL: (("monitor_reports", REPORT),),
    # Formulas, appeals against what the system measured, the end of the year.
    SCORE_SETTLE: (("monitor_reports", OPERATE),),
}
ACTIONS = tuple(RULES)
# Taking a copy of what one may see anyway: what is in it is decided by visibility(), so it reaches everywhere.
EVERYWHERE = frozenset({EXPORT})

_OF_AN_LAO = frozenset({"LAO_PLANNER", "LAO_FINANCE", "LAO_ENGINEER"})
# Role -> the roles it gives to others, each where it reaches: always those below it, so that nobody raises somebody
# (or somebody who raises them) to what they are themselves. The department has nobody above it.
ISSUES: Mapping[str, frozenset[str]] = {
    "LAO_EXECUTIVE": _OF_AN_LAO,
    "PROV_HEAD": _OF_AN_LAO | {"LAO_EXECUTIVE", "PROV_OFFICER", "DISTRICT"},
    "DLA_CENTRAL": frozenset(permissions()),
}
# Officers and above reach many organisations: a password alone is not enough for them.
SECOND_FACTOR_ROLES = frozenset({"PROV_OFFICER", "PROV_HEAD", "DISTRICT", "DLA_CENTRAL", "CENTRAL_ANALYST"})


@dataclass(frozen=True)
class Target:
    """What is acted upon: an organisation and where it lies; all ``None`` is the nation.

    Parameters
    ----------
    organisation_code
        Organisation that owns the thing.
    province_code, amphoe_code
        Where the organisation has its seat (2 and 4 digits).
    """

    organisation_code: str | None = None
    province_code: str | None = None
    amphoe_code: str | None = None


NATION = Target()


class Visibility(StrEnum):
    """How much a person sees."""

    STAFF = "staff"
    PARTNER = "partner"
    PUBLIC = "public"


@dataclass(frozen=True)
class OwnScope:
    """Where a person works: whose details (names of contractors) they need, and where their lists begin.

    Parameters
    ----------
    nation
        True when everywhere.
    organisations, provinces, amphoes
        Codes.
    """

    nation: bool = False
    organisations: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    amphoes: frozenset[str] = frozenset()

    def covers(self, target: Target) -> bool:
        """True when the target lies inside."""
        return (
            self.nation
            or target.organisation_code in self.organisations
            or target.province_code in self.provinces
            or target.amphoe_code in self.amphoes
        )


def may(actor: Actor, action: str, target: Target) -> bool:
    """True when one of the actor's grants permits the action on the target.

    Raises
    ------
    KeyError
        Unknown action: a mistake in the program, not of a person.
    """
    cells = RULES[action]
    if actor.token is not None and action not in EVERYWHERE:
        return False  # a token of the data service reads, whatever its account may do
    return any(_permits(grant, cells) and (action in EVERYWHERE or _reaches(grant, target)) for grant in actor.grants)


def require(actor: Actor, action: str, target: Target) -> None:
    """Refuse unless :func:`may`.

    Raises
    ------
    Forbidden
        Code ``forbidden`` with the action, the organisation and who can give access.
    """
    if not may(actor, action, target):
        raise Forbidden(
            "forbidden",
            {
                "action": action,
                "organisation_code": target.organisation_code,
                "roles": list(roles_for(action)),
                "given_by": given_by(target),
            },
        )


def may_issue(actor: Actor, role: str, target: Target) -> bool:
    """True when the actor gives this role to others at this place, and takes it away."""
    return any(
        grant.role == SYSTEM_ROLE or (role in ISSUES.get(grant.role, ()) and _reaches(grant, target))
        for grant in actor.grants
    )


def roles_issued(actor: Actor, target: Target) -> tuple[str, ...]:
    """Roles that the actor gives to others at this place, in the order of the file."""
    return tuple(role for role in permissions() if may_issue(actor, role, target))


def roles_for(action: str) -> tuple[str, ...]:
    """Roles that may do it somewhere, in the order of the file."""
    cells = RULES[action]
    return tuple(
        role
        for role, row in permissions().items()
        if any(capability in row.capabilities[subject] for subject, capability in cells)
    )


def given_by(target: Target) -> str:
    """Role that gives access: the executive of the organisation, the department for everything else."""
    return "LAO_EXECUTIVE" if target.organisation_code else "DLA_CENTRAL"


def enters_on_behalf(actor: Actor, organisation_code: str | None) -> bool:
    """True when what the actor writes for the organisation has to be marked as entered for it."""
    if organisation_code is None or organisation_code in actor.organisation_codes:
        return False
    return any(
        grant.role in permissions() and ON_BEHALF in permissions()[grant.role].capabilities["enter_on_behalf"]
        for grant in actor.grants
    )


def visibility(actor: Actor) -> Visibility:
    """The widest view of the actor's roles; a token of the data service sees what an agency does."""
    roles = actor.roles - {"PUBLIC"}
    if roles - {"PARTNER_AGENCY"} and actor.token is None:
        return Visibility.STAFF
    return Visibility.PARTNER if roles else Visibility.PUBLIC


def own_scope(actor: Actor) -> OwnScope:
    """Union of where the actor's grants reach; partner agencies and the public have no place of their own."""
    if actor.token is not None:
        return OwnScope()
    return _reach([g for g in actor.grants if g.role not in ("PARTNER_AGENCY", "PUBLIC")])


def scope_of(actor: Actor, action: str) -> OwnScope:
    """Union of where the actor may do it: :func:`may` as a condition of a query."""
    return _reach([g for g in actor.grants if _permits(g, RULES[action])])


def _reach(grants: list[Grant]) -> OwnScope:
    return OwnScope(
        nation=any(g.scope == "nation" for g in grants),
        organisations=frozenset(g.organisation_code for g in grants if g.organisation_code),
        provinces=frozenset(g.area_code for g in grants if g.scope == "province" and g.area_code),
        amphoes=frozenset(g.area_code for g in grants if g.scope == "district" and g.area_code),
    )


def _permits(grant: Grant, cells: tuple[tuple[str, str], ...]) -> bool:
    if grant.role == SYSTEM_ROLE:
        return True
    row = permissions().get(grant.role)
    return row is not None and any(capability in row.capabilities[subject] for subject, capability in cells)


def _reaches(grant: Grant, target: Target) -> bool:
    if grant.scope == "nation":
        return True
    if grant.scope == "organisation":
        return grant.organisation_code is not None and grant.organisation_code == target.organisation_code
    if grant.scope == "province":
        return grant.area_code is not None and grant.area_code == target.province_code
    if grant.scope == "district":
        return grant.area_code is not None and grant.area_code == target.amphoe_code
    return False

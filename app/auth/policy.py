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
    APPROVE,
    ASSIGN,
    EVALUATE,
    ON_BEHALF,
    OPERATE,
    READ,
    REPORT,
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
    USER_ADMIN: (("lao_profile", ASSIGN), ("lao_profile", ADMIN)),
    REFERENCE_LOAD: (("lao_profile", ADMIN),),
    # What one organisation loads is shown to its province; whether the whole nation sees it is not its own to say.
    RASTER_OPEN: (("coordinates", VERIFY), ("lao_profile", ADMIN)),
    # Whoever opens and closes the system for everybody says what is due when.
    CALENDAR_WRITE: (("monitor_reports", OPERATE),),
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
    """The widest view of the actor's roles."""
    roles = actor.roles - {"PUBLIC"}
    if roles - {"PARTNER_AGENCY"}:
        return Visibility.STAFF
    return Visibility.PARTNER if roles else Visibility.PUBLIC


def own_scope(actor: Actor) -> OwnScope:
    """Union of where the actor's grants reach; partner agencies and the public have no place of their own."""
    grants = [g for g in actor.grants if g.role not in ("PARTNER_AGENCY", "PUBLIC")]
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

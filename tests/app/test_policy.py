"""Every role x action x place, against a table written by hand from the roles' file."""

from __future__ import annotations

import itertools

import pytest

from app.auth import policy
from app.auth.actor import ANONYMOUS, SYSTEM_ACTOR, Actor, Grant
from app.auth.permissions import parse_cell, permissions
from app.auth.policy import NATION, Target, Visibility
from app.errors import Forbidden

OWN = Target("D9901001", "99", "9901")
# Same district, another organisation; same province, another district; another province.
PLACES = {
    "own": OWN,
    "same district": Target("D9901002", "99", "9901"),
    "same province": Target("D9902001", "99", "9902"),
    "elsewhere": Target("D9801001", "98", "9801"),
    "nation": NATION,
}
REACH = {
    "organisation": {"own"},
    "district": {"own", "same district"},
    "province": {"own", "same district", "same province"},
    "nation": set(PLACES),
    "published": set(),
}
WRITERS = {
    policy.PROFILE_WRITE: {"LAO_PLANNER", "PROV_OFFICER"},
    policy.PLAN_WRITE: {"LAO_PLANNER", "PROV_OFFICER"},
    policy.PLAN_APPROVE: {"LAO_EXECUTIVE"},
    policy.PROJECT_WRITE: {"LAO_PLANNER", "PROV_OFFICER"},
    policy.PROJECT_SURVEY: {"LAO_ENGINEER", "PROV_OFFICER"},
    policy.BUDGET_WRITE: {"LAO_PLANNER", "PROV_OFFICER"},
    policy.BUDGET_APPROVE: {"LAO_EXECUTIVE"},
    policy.CONTRACT_WRITE: {"LAO_FINANCE", "PROV_OFFICER"},
    policy.DISBURSEMENT_WRITE: {"LAO_FINANCE", "PROV_OFFICER"},
    policy.STATUS_CORRECT: {"LAO_EXECUTIVE"},
    policy.YEAR_CLOSE: {"LAO_FINANCE", "PROV_OFFICER"},
    policy.YEAR_REOPEN: {"LAO_FINANCE", "LAO_EXECUTIVE", "PROV_OFFICER"},
    policy.PROGRESS_WRITE: {"LAO_ENGINEER", "LAO_FINANCE", "PROV_OFFICER"},
    policy.ON_BEHALF_DECIDE: {"LAO_EXECUTIVE"},
    policy.FINANCE_WRITE: {"LAO_FINANCE", "PROV_OFFICER"},
    policy.GRANT_WRITE: {"LAO_FINANCE", "PROV_OFFICER"},
    policy.COORDINATES_WRITE: {"LAO_ENGINEER", "PROV_OFFICER"},
    policy.COORDINATES_VERIFY: {"PROV_OFFICER"},
    policy.ATTACHMENT_WRITE: {"LAO_ENGINEER", "PROV_OFFICER"},
    policy.DUPLICATE_ANSWER: {"LAO_PLANNER", "LAO_ENGINEER", "PROV_OFFICER"},
    policy.DUPLICATE_CONFIRM: {"PROV_OFFICER"},
    policy.IMPORT: {"LAO_PLANNER", "LAO_ENGINEER", "PROV_OFFICER"},
    policy.USER_ADMIN: {"LAO_EXECUTIVE", "PROV_HEAD", "DLA_CENTRAL"},
    policy.REFERENCE_LOAD: {"DLA_CENTRAL"},
    policy.RASTER_OPEN: {"PROV_OFFICER", "DLA_CENTRAL"},
    policy.CALENDAR_WRITE: {"DLA_CENTRAL"},
    policy.MESSAGE_WRITE: {
        "LAO_PLANNER", "LAO_FINANCE", "LAO_ENGINEER", "LAO_EXECUTIVE", "PROV_OFFICER", "PROV_HEAD", "DLA_CENTRAL",
        "CENTRAL_ANALYST",
    },
    policy.MESSAGE_READ: {
        "LAO_PLANNER", "LAO_FINANCE", "LAO_ENGINEER", "LAO_EXECUTIVE", "PROV_OFFICER", "PROV_HEAD", "DISTRICT",
        "DLA_CENTRAL", "CENTRAL_ANALYST",
    },
    policy.NEWS_WRITE: {"PROV_OFFICER", "PROV_HEAD", "DLA_CENTRAL"},
    policy.REMIND: {"LAO_PLANNER", "PROV_OFFICER", "PROV_HEAD", "DLA_CENTRAL"},
    policy.MAIL_READ: {"DLA_CENTRAL"},
    policy.EVALUATION_WRITE: {"LAO_PLANNER", "PROV_OFFICER"},
    policy.EVALUATION_PUBLISH: {"LAO_EXECUTIVE"},
    policy.EVALUATION_POST: {"LAO_PLANNER", "LAO_EXECUTIVE", "PROV_OFFICER"},
    policy.DAILY_REPORT_READ: {"PROV_OFFICER", "PROV_HEAD", "DLA_CENTRAL", "CENTRAL_ANALYST"},
    policy.DAILY_REPORT_WRITE: {"PROV_OFFICER"},
    policy.DAILY_REPORT_SIGN: {"PROV_HEAD"},
    policy.QUESTION_ANSWER: {"LAO_PLANNER", "LAO_ENGINEER", "PROV_OFFICER"},
    policy.QUESTION_DECIDE: {"PROV_OFFICER"},
    policy.MAINTENANCE: {"DLA_CENTRAL"},
    policy.DATA_SERVICE: {"DLA_CENTRAL"},
    policy.SCORE_READ: {"PROV_OFFICER", "PROV_HEAD", "DLA_CENTRAL"},
    policy.SCORE_GIVE: {"PROV_HEAD", "DLA_CENTRAL"},
    policy.SCORE_APPEAL: {"PROV_OFFICER"},
    policy.SCORE_SETTLE: {"DLA_CENTRAL"},
}  # fmt: skip


def actor_with(role: str) -> Actor:
    scope = permissions()[role].scope
    area = {"province": "99", "district": "9901"}.get(scope)
    organisation = "D9901001" if scope == "organisation" else None
    return Actor(1, role.lower(), role, "th", (Grant(role, scope, organisation, area),))


@pytest.mark.parametrize(("role", "action"), list(itertools.product(permissions(), WRITERS)))
def test_a_role_acts_where_it_reaches_and_nowhere_else(role: str, action: str) -> None:
    actor = actor_with(role)
    reach = REACH[permissions()[role].scope] if role in WRITERS[action] else set()
    assert {name for name, target in PLACES.items() if policy.may(actor, action, target)} == reach


def test_every_action_is_in_the_table() -> None:
    assert set(policy.ACTIONS) == set(WRITERS) | {policy.EXPORT}


@pytest.mark.parametrize("role", permissions())
def test_everybody_may_take_a_copy_of_what_they_may_see(role: str) -> None:
    assert all(policy.may(actor_with(role), policy.EXPORT, target) for target in PLACES.values())


def test_the_platform_itself_may_do_everything() -> None:
    assert all(policy.may(SYSTEM_ACTOR, action, OWN) for action in policy.ACTIONS)


def test_a_visitor_writes_nothing() -> None:
    assert not any(policy.may(ANONYMOUS, action, OWN) for action in WRITERS)


def test_a_grant_without_its_place_reaches_nothing() -> None:
    lost = Actor(1, "a", "a", "th", (Grant("LAO_ENGINEER", "organisation"), Grant("PROV_OFFICER", "province")))
    assert not policy.may(lost, policy.COORDINATES_WRITE, NATION)


def test_a_refusal_says_who_gives_access() -> None:
    with pytest.raises(Forbidden) as refused:
        policy.require(actor_with("LAO_FINANCE"), policy.COORDINATES_WRITE, OWN)
    assert refused.value.values["given_by"] == "LAO_EXECUTIVE"
    assert refused.value.values["roles"] == ["LAO_ENGINEER", "PROV_OFFICER"]
    with pytest.raises(Forbidden) as national:
        policy.require(actor_with("LAO_FINANCE"), policy.REFERENCE_LOAD, NATION)
    assert national.value.values["given_by"] == "DLA_CENTRAL"


@pytest.mark.parametrize(
    ("role", "seen"),
    [(r, Visibility.STAFF) for r in permissions() if r not in ("PARTNER_AGENCY", "PUBLIC")]
    + [("PARTNER_AGENCY", Visibility.PARTNER), ("PUBLIC", Visibility.PUBLIC)],
)
def test_what_a_role_sees(role: str, seen: Visibility) -> None:
    assert policy.visibility(actor_with(role)) is seen


def test_an_account_without_roles_sees_what_the_public_sees() -> None:
    assert policy.visibility(Actor(1, "a", "a", "th", ())) is Visibility.PUBLIC


def test_only_a_provincial_officer_outside_their_own_organisation_enters_on_behalf() -> None:
    assert policy.enters_on_behalf(actor_with("PROV_OFFICER"), "D9901001")
    assert not policy.enters_on_behalf(actor_with("PROV_OFFICER"), None)
    assert not policy.enters_on_behalf(actor_with("LAO_ENGINEER"), "D9901001")
    both = Actor(1, "a", "a", "th", (*actor_with("PROV_OFFICER").grants, *actor_with("LAO_ENGINEER").grants))
    assert not policy.enters_on_behalf(both, "D9901001")
    assert policy.enters_on_behalf(both, "D9901002")


def test_own_scope_is_the_union_of_the_grants() -> None:
    scope = policy.own_scope(actor_with("DISTRICT"))
    assert scope.amphoes == {"9901"} and not scope.nation
    assert scope.covers(PLACES["same district"]) and not scope.covers(PLACES["same province"])
    assert policy.own_scope(actor_with("DLA_CENTRAL")).covers(PLACES["elsewhere"])
    assert not policy.own_scope(actor_with("PARTNER_AGENCY")).covers(OWN)


@pytest.mark.parametrize(
    ("cell", "capabilities"),
    [
        ("CRUD", {"read", "write"}),
        ("-", set()),
        ("R/approve", {"read", "approve"}),
        ("R agg", {"read_summary"}),
        ("R + admin", {"read", "admin"}),
        ("R nation; evaluate (50 points); open/close system", {"read", "evaluate", "operate"}),
        ("yes, logged", {"on_behalf"}),
    ],
)
def test_a_cell_is_read_as_capabilities(cell: str, capabilities: set[str]) -> None:
    assert parse_cell(cell) == capabilities


def test_an_unknown_word_in_the_file_is_an_error() -> None:
    with pytest.raises(ValueError, match="delete everything"):
        parse_cell("R, delete everything")

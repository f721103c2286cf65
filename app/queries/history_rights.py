"""Which lines of the change log somebody may read: those of records that this person may read by policy.

Every logged table stands in exactly one of :data:`ALL_STAFF`, :data:`ACCOUNTS` and :data:`NARROWER`. One that stands in
none is read where its line says that it belongs, and by nobody where the line does not say it: a new table leaks
nothing while somebody forgets it here (a test tells).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import OwnScope

ACCOUNTS = frozenset({"user_account", "membership", "api_token", "hand_over"})
"""Entities whose values are about persons who work here: that they changed is for all staff, what to is not."""
ALL_STAFF = frozenset(
    {
        *("area", "organisation", "organisation_profile", "organisation_population", "community", "registered_road"),
        *("plan_period", "plan", "plan_version", "plan_version_step", "plan_project", "plan_project_amount"),
        *("local_strategy", "local_tactic", "alignment_item", "local_strategy_alignment"),
        *("plan_upload", "record_upload", "action_plan", "action_plan_line"),
        *("project", "project_geometry", "project_segment", "attachment", "coordinate_answer"),
        *("appropriation", "budget_document", "budget_transfer", "budget_transfer_line", "carry_over"),
        *("contract", "contract_amendment", "contract_instalment", "contract_penalty", "disbursement"),
        *("progress_report", "finance_month", "fiscal_year_close", "grant_allotment", "on_behalf_decision"),
        *("review_comment", "figure_verdict", "match_decision", "classification_decision", "duplicate_decision"),
        *("evaluation_result", "evaluation_file", "evaluation_posting"),
        *("raster", "hazard_extent", "calendar_task", "maintenance_window", "score_formula"),
    }
)
"""What the pages show to everybody who works here (:func:`app.auth.policy.visibility`)."""


@dataclass(frozen=True)
class Narrower:
    """A record that not all staff read.

    Parameters
    ----------
    action
        What one must be allowed at the record's place; ``None`` where the place has to be one's own.
    place
        Select of ``organisation_code, province_code, amphoe_code`` for the line ``c``.
    """

    action: str | None
    place: str


_KEY = "CAST(c.entity_key AS bigint)"
_OF_SHEET = "SELECT NULL, s.province_code, NULL FROM score_sheet s"
_OF_ORGANISATION = "SELECT o.code, o.province_code, o.amphoe_code FROM organisation o"
# As the pages of these records ask: /scores, /daily-reports, /questions.
NARROWER: Mapping[str, Narrower] = {
    "score_sheet": Narrower(policy.SCORE_READ, f"{_OF_SHEET} WHERE s.id = {_KEY}"),
    "score_mark": Narrower(
        policy.SCORE_READ, f"{_OF_SHEET} JOIN score_mark m ON m.sheet_id = s.id WHERE m.id = {_KEY}"
    ),
    "score_appeal": Narrower(
        policy.SCORE_READ, f"{_OF_SHEET} JOIN score_appeal a ON a.sheet_id = s.id WHERE a.id = {_KEY}"
    ),
    "daily_report": Narrower(
        policy.DAILY_REPORT_READ, f"SELECT NULL, r.province_code, NULL FROM daily_report r WHERE r.id = {_KEY}"
    ),
    "officer_call": Narrower(
        policy.DAILY_REPORT_READ,
        "SELECT NULL, m.area_code, NULL FROM officer_call k JOIN membership m ON m.user_id = k.officer_id"
        f" AND m.role_code = 'PROV_OFFICER' WHERE k.id = {_KEY}",
    ),
    "citizen_question": Narrower(
        None, f"{_OF_ORGANISATION} JOIN citizen_question q ON q.organisation_code = o.code WHERE q.id = {_KEY}"
    ),
}
OF_THEIR_OWNER: Mapping[str, str] = {"export_order": "user_id"}
"""Records that only one account reads, by the column that names it."""
_OF_THE_LINE = f"""{_OF_ORGANISATION} WHERE o.code = coalesce(
    (SELECT p.organisation_code FROM project p WHERE p.id = c.project_id),
    c.after ->> 'organisation_code', c.before ->> 'organisation_code', c.on_behalf_of)"""


@dataclass(frozen=True)
class Reader:
    """With whose eyes.

    Parameters
    ----------
    scope
        Where the person works: contractors are named there only. A change may hold the name without saying whether it
        is a person's, so the others get none.
    accounts
        Whether the person administers accounts, so that their values are shown.
    reach
        Where the person may do what :data:`NARROWER` asks, by action.
    user_id
        The person's account.
    """

    scope: OwnScope
    accounts: bool = False
    reach: Mapping[str, OwnScope] = field(default_factory=dict)
    user_id: int | None = None


def reader_of(actor: Actor, *, accounts: bool | None = None) -> Reader:
    """The history with the eyes of a person; ``accounts`` where the caller has asked for the right itself."""
    asked = {rule.action for rule in NARROWER.values() if rule.action}
    return Reader(
        policy.own_scope(actor),
        policy.may(actor, policy.USER_ADMIN, policy.NATION) if accounts is None else accounts,
        {action: policy.scope_of(actor, action) for action in asked},
        actor.user_id,
    )


def readable(reader: Reader) -> tuple[str, dict[str, Any]]:
    """Condition on a line ``c`` of the change log, and its values."""
    values: dict[str, Any] = {"open_entities": sorted(ALL_STAFF | ACCOUNTS), "reader": reader.user_id}
    branches = [
        f"WHEN '{entity}' THEN EXISTS (SELECT 1 FROM {entity} x WHERE x.id = {_KEY} AND x.{column} = :reader)"
        for entity, column in OF_THEIR_OWNER.items()
    ]
    for entity, rule in NARROWER.items():
        scope = reader.scope if rule.action is None else reader.reach.get(rule.action, OwnScope())
        branches.append(f"WHEN '{entity}' THEN {_lies_in(rule.place, rule.action or 'own', scope, values)}")
    elsewhere = _lies_in(_OF_THE_LINE, "own", reader.scope, values)
    condition = f"CASE c.entity {' '.join(branches)} ELSE c.entity = ANY (:open_entities) OR {elsewhere} END"
    return condition, values


def _lies_in(place: str, name: str, scope: OwnScope, values: dict[str, Any]) -> str:
    """Condition that a place lies in a scope; the scope's codes go into ``values`` under ``name``."""
    name = name.replace(".", "_")
    values |= {
        f"{name}_nation": scope.nation,
        f"{name}_organisations": sorted(scope.organisations),
        f"{name}_provinces": sorted(scope.provinces),
        f"{name}_amphoes": sorted(scope.amphoes),
    }
    return (
        f"EXISTS (SELECT 1 FROM ({place}) AS t (organisation_code, province_code, amphoe_code)"
        f" WHERE :{name}_nation OR t.organisation_code = ANY (:{name}_organisations)"
        f" OR t.province_code = ANY (:{name}_provinces) OR t.amphoe_code = ANY (:{name}_amphoes))"
    )

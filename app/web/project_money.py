"""Money of a project for programs: appropriations, contracts, payments, carry-overs, progress and the status."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries.project_money import money_of_project, progress_of_project, status_history
from app.services import carry_overs, contracts, progress, project_money
from app.services.project_status import correct_status, move_status
from app.web.attachments import seen_project
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body, read_body
from app.web.organisation_money import ITEMS, OBJECT, acted, written
from app.web.payloads import if_match, json_object
from app.web.projects import sees_persons

blueprint = Blueprint("project_money", __name__)

PROJECT = "/api/v1/projects/<code>"
RECEIPT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": "integer"},
        "status": {"type": "string", "description": "Money status that the project has now"},
    },
}
_PROJECT_VERSION = {"If-Match": 'ETag of the project that you read, such as "p3"'}
_MONEY_VERSION = {"If-Match": 'row_version of the row that you read, such as "a3"; without it 428, when stale 412'}

APPROPRIATION = Body(
    {
        "amount_baht": "amount",
        "fund_source_code": "text",
        "programme_code": "text",
        "work_code": "text",
        "expenditure_category_code": "text",
        "legal_reference": "text",
        "approved_on": "date",
        "budget_document_id": "whole",
    },
    frozenset({"amount_baht", "fund_source_code"}),
)
CONTRACT = Body(
    {
        "kind": "text",
        "number": "text",
        "amount_baht": "amount",
        "signed_on": "date",
        "contractor_name": "text",
        "contractor_is_person": "flag",
        "egp_number": "text",
        "procurement_method_code": "text",
        "start_on": "date",
        "end_on": "date",
    },
    frozenset({"number", "amount_baht", "signed_on"}),
)
AMENDMENT = Body(
    {"signed_on": "date", "reason": "text", "amount_change_baht": "signed", "new_end_on": "date"},
    frozenset({"signed_on", "reason"}),
)
INSTALMENTS = Body(
    {},
    lists={
        "instalments": Body(
            {"amount_baht": "amount", "due_on": "date", "work_percent": "percent", "accepted_on": "date"},
            frozenset({"amount_baht"}),
        )
    },
)
PENALTY = Body(
    {
        "days": "whole",
        "amount_baht": "amount",
        "reason": "text",
        "rate_percent": "percent",
        "disbursement_id": "whole",
    },
    frozenset({"days", "amount_baht", "reason"}),
)
DISBURSEMENT = Body(
    {
        "amount_baht": "amount",
        "paid_on": "date",
        "appropriation_id": "whole",
        "contract_id": "whole",
        "voucher_number": "text",
        "instalment": "whole",
        "method": "text",
    },
    frozenset({"amount_baht", "paid_on", "appropriation_id"}),
)
REVERSAL = Body({"paid_on": "date", "reason": "text"}, frozenset({"paid_on", "reason"}))
CARRY_OVER = Body(
    {
        "appropriation_id": "whole",
        "amount_baht": "amount",
        "until_on": "date",
        "contract_id": "whole",
        "legal_reference": "text",
        "approved_on": "date",
    },
    frozenset({"appropriation_id", "amount_baht", "until_on"}),
)
PROGRESS = Body(
    {"reported_on": "date", "percent": "percent", "note": "text", "attachments": "keys"},
    frozenset({"reported_on", "percent"}),
)
STATUS = Body({"status": "text", "reason": "text", "correction": "flag"}, frozenset({"status"}))


@api_route(
    blueprint,
    f"{PROJECT}/money",
    access=Access.SIGNED_IN,
    summary="Money of a project row by row, with versions, what is left and what came of it (staff)",
    response=OBJECT,
)
def read_money(code: str) -> dict[str, Any]:
    """Natural persons are named to those who work with the project."""
    with current().database.reading() as session:
        seen = seen_project(session, code)
        return asdict(money_of_project(session, seen.row.id, named=sees_persons(seen.row)))


@api_route(
    blueprint,
    f"{PROJECT}/appropriations",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Add money from one source; of a budget document it counts when the document is approved",
    response=RECEIPT,
    status=201,
    body=APPROPRIATION.schema(),
)
def add_appropriation(code: str) -> dict[str, Any]:
    """0 baht without a document opens a line for a transfer."""
    return written(
        APPROPRIATION,
        lambda session, actor, new: project_money.record_appropriation(session, actor, code, new),
        project_money.NewAppropriation,
    )


@api_route(
    blueprint,
    f"{PROJECT}/appropriations/<int:appropriation_id>",
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Change an appropriation of a draft document, or one without a document",
    response=RECEIPT,
    body=APPROPRIATION.schema(),
    headers=_MONEY_VERSION,
)
def change_appropriation(code: str, appropriation_id: int) -> dict[str, Any]:
    """Every field is given again."""
    version = if_match("a")
    return written(
        APPROPRIATION,
        lambda session, actor, new: project_money.change_appropriation(
            session, actor, code, appropriation_id, new, if_match_version=version
        ),
        project_money.NewAppropriation,
    )


@api_route(
    blueprint,
    f"{PROJECT}/appropriations/<int:appropriation_id>",
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take an appropriation out; it can be brought back",
    response=RECEIPT,
    headers=_MONEY_VERSION,
)
def remove_appropriation(code: str, appropriation_id: int) -> dict[str, Any]:
    """Refused while money hangs on it."""
    version = if_match("a")
    return acted(
        lambda session, actor: project_money.remove_money(
            session, actor, code, "appropriation", appropriation_id, if_match_version=version
        )
    )


@api_route(
    blueprint,
    f"{PROJECT}/appropriations/<int:appropriation_id>/restore",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Bring a removed appropriation back",
    response=RECEIPT,
)
def restore_appropriation(code: str, appropriation_id: int) -> dict[str, Any]:
    """As it was."""
    return acted(
        lambda session, actor: project_money.restore_money(session, actor, code, "appropriation", appropriation_id)
    )


@api_route(
    blueprint,
    f"{PROJECT}/contracts",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Add a contract, a work by force account or a grant (kind CONTRACT, FORCE_ACCOUNT, GRANT_OUT)",
    response=RECEIPT,
    status=201,
    body=CONTRACT.schema(),
)
def add_contract(code: str) -> dict[str, Any]:
    """Within the net approved budget."""
    return written(
        CONTRACT,
        lambda session, actor, new: project_money.record_contract(session, actor, code, new),
        project_money.NewContract,
    )


@api_route(
    blueprint,
    f"{PROJECT}/contracts/<int:contract_id>",
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Put right what was typed of a contract",
    response=RECEIPT,
    body=CONTRACT.schema(),
    headers=_MONEY_VERSION,
)
def change_contract(code: str, contract_id: int) -> dict[str, Any]:
    """What the parties agreed on later is an amendment."""
    version = if_match("c")
    return written(
        CONTRACT,
        lambda session, actor, new: project_money.change_contract(
            session, actor, code, contract_id, new, if_match_version=version
        ),
        project_money.NewContract,
    )


@api_route(
    blueprint,
    f"{PROJECT}/contracts/<int:contract_id>",
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take a contract out that nothing was paid of; it can be brought back",
    response=RECEIPT,
    headers=_MONEY_VERSION,
)
def remove_contract(code: str, contract_id: int) -> dict[str, Any]:
    """Refused once something is paid."""
    version = if_match("c")
    return acted(
        lambda session, actor: project_money.remove_money(
            session, actor, code, "contract", contract_id, if_match_version=version
        )
    )


@api_route(
    blueprint,
    f"{PROJECT}/contracts/<int:contract_id>/restore",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Bring a removed contract back, when there is still room for it",
    response=RECEIPT,
)
def restore_contract(code: str, contract_id: int) -> dict[str, Any]:
    """As it was."""
    return acted(lambda session, actor: project_money.restore_money(session, actor, code, "contract", contract_id))


@api_route(
    blueprint,
    f"{PROJECT}/contracts/<int:contract_id>/amendments",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Amend a contract: more or less money (signed), another last day, or both",
    response=RECEIPT,
    status=201,
    body=AMENDMENT.schema(),
    headers=_MONEY_VERSION,
)
def amend(code: str, contract_id: int) -> dict[str, Any]:
    """The final contract stays within the budget and above what is paid."""
    version = if_match("c")
    return written(
        AMENDMENT,
        lambda session, actor, new: contracts.amend_contract(
            session, actor, code, contract_id, new, if_match_version=version
        ),
        contracts.NewAmendment,
    )


@api_route(
    blueprint,
    f"{PROJECT}/contracts/<int:contract_id>/instalments",
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Put the instalments of a contract in place of those before; they sum to the final contract",
    response=RECEIPT,
    body=INSTALMENTS.schema(),
    headers=_MONEY_VERSION,
)
def write_instalments(code: str, contract_id: int) -> dict[str, Any]:
    """Their numbers are their places in the list."""
    version = if_match("c")
    return written(
        INSTALMENTS,
        lambda session, actor, new: contracts.set_instalments(
            session,
            actor,
            code,
            contract_id,
            [contracts.Instalment(**one) for one in new["instalments"]],
            if_match_version=version,
        ),
    )


@api_route(
    blueprint,
    f"{PROJECT}/contracts/<int:contract_id>/penalties",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write a penalty for delay down",
    response=RECEIPT,
    status=201,
    body=PENALTY.schema(),
)
def add_penalty(code: str, contract_id: int) -> dict[str, Any]:
    """It changes neither the contract's sum nor what is paid."""
    return written(
        PENALTY,
        lambda session, actor, new: contracts.record_penalty(session, actor, code, contract_id, new),
        contracts.NewPenalty,
    )


@api_route(
    blueprint,
    f"{PROJECT}/disbursements",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Add a payment; after the fiscal year it needs money that was carried over",
    response=RECEIPT,
    status=201,
    body=DISBURSEMENT.schema(),
)
def add_disbursement(code: str) -> dict[str, Any]:
    """Within its contract and its appropriation."""
    return written(
        DISBURSEMENT,
        lambda session, actor, new: project_money.record_disbursement(session, actor, code, new),
        project_money.NewDisbursement,
    )


@api_route(
    blueprint,
    f"{PROJECT}/disbursements/<int:disbursement_id>/reversal",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take a payment back whole, by a row of its own",
    response=RECEIPT,
    status=201,
    body=REVERSAL.schema(),
)
def reverse(code: str, disbursement_id: int) -> dict[str, Any]:
    """Nothing is deleted."""
    return written(
        REVERSAL,
        lambda session, actor, new: project_money.reverse_disbursement(session, actor, code, disbursement_id, **new),
    )


@api_route(
    blueprint,
    f"{PROJECT}/carry-overs",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Carry money over the end of the fiscal year; it keeps its year and its fund",
    response=RECEIPT,
    status=201,
    body=CARRY_OVER.schema(),
)
def add_carry_over(code: str) -> dict[str, Any]:
    """Bound by a contract, or approved."""
    return written(
        CARRY_OVER,
        lambda session, actor, new: carry_overs.record_carry_over(session, actor, code, new),
        carry_overs.NewCarryOver,
    )


@api_route(
    blueprint,
    f"{PROJECT}/carry-overs/<int:carry_over_id>",
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take back what was carried over and is not needed",
    response=RECEIPT,
    headers=_MONEY_VERSION,
)
def remove_carry_over(code: str, carry_over_id: int) -> dict[str, Any]:
    """What was paid of it has to be covered."""
    version = if_match("k")
    return acted(
        lambda session, actor: carry_overs.remove_carry_over(
            session, actor, code, carry_over_id, if_match_version=version
        )
    )


@api_route(
    blueprint,
    f"{PROJECT}/progress",
    access=Access.SIGNED_IN,
    summary="Progress on the ground with its pictures, the newest report first (staff)",
    response=ITEMS,
)
def read_progress(code: str) -> dict[str, Any]:
    """How far each picture was taken from the work is asked of the coordinates that stand now."""
    with current().database.reading() as session:
        seen = seen_project(session, code)
        return {"items": [asdict(row) for row in progress_of_project(session, seen.row.id)]}


@api_route(
    blueprint,
    f"{PROJECT}/progress",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Report progress (percent) on a day, with pictures of the project",
    response={"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
    status=201,
    body=PROGRESS.schema(),
)
def add_progress(code: str) -> dict[str, Any]:
    """A later report follows; none is changed."""
    new = progress.NewProgress(**read_body(PROGRESS, json_object()))
    context = current()
    with context.database.transaction(attribution()) as session:
        return {"id": progress.report_progress(session, context.actor, code, new)}


@api_route(
    blueprint,
    f"{PROJECT}/status",
    access=Access.SIGNED_IN,
    summary="What the status of a project went through, the newest step first (staff)",
    response=ITEMS,
)
def read_status(code: str) -> dict[str, Any]:
    """Corrections are marked."""
    with current().database.reading() as session:
        seen = seen_project(session, code)
        steps = [asdict(step) | {"at": step.at.isoformat()} for step in status_history(session, seen.row.id)]
    return {"status": seen.row.status, "items": steps}


@api_route(
    blueprint,
    f"{PROJECT}/status",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Move the status along an edge of the status machine, or correct it for the record (correction: true)",
    response={
        "type": "object",
        "required": ["status", "row_version"],
        "properties": {"status": {"type": "string"}, "row_version": {"type": "integer"}},
    },
    body=STATUS.schema(),
    headers=_PROJECT_VERSION,
)
def move(code: str) -> dict[str, Any]:
    """Cancelling and correcting need a reason."""
    version = if_match("p")

    def act(session: Session, actor: Actor, given: dict[str, Any]) -> Any:
        step: Any = correct_status if given.get("correction") else move_status
        return step(session, actor, code, given["status"], given.get("reason") or "", if_match_version=version)

    return written(STATUS, act)

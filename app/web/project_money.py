"""Money of a project for programs: appropriations, contracts, payments, carry-overs, progress and the status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint

from app.queries.project_money import money_of_project, progress_of_project, status_history
from app.web.attachments import seen_project
from app.web.context import attribution, current
from app.web.endpoint import Access, View, api_route
from app.web.money_acts import ACTS, Act
from app.web.money_body import read_body
from app.web.organisation_money import ITEMS, OBJECT
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
_MOVED: dict[str, Any] = {
    "type": "object",
    "required": ["status", "row_version"],
    "properties": {"status": {"type": "string"}, "row_version": {"type": "integer"}},
}
_REPORTED: dict[str, Any] = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
_PROJECT_VERSION = {"If-Match": 'ETag of the project that you read, such as "p3"'}
_MONEY_VERSION = {"If-Match": 'row_version of the row that you read, such as "a3"; without it 428, when stale 412'}
_APPROPRIATION = "/appropriations/<int:appropriation_id>"
_CONTRACT = "/contracts/<int:contract_id>"


@dataclass(frozen=True)
class _Address:
    """Where programs reach an act of :data:`app.web.money_acts.ACTS`; what is added answers 201."""

    act: str
    method: str
    rule: str
    summary: str
    response: Mapping[str, Any]


_ADDRESSES = (
    _Address(
        "add_appropriation",
        "POST",
        "/appropriations",
        "Add money from one source; it counts when its document is approved, or without one when another confirms it",
        RECEIPT,
    ),
    _Address(
        "change_appropriation",
        "PUT",
        _APPROPRIATION,
        "Change an appropriation of a draft document, or one without a document",
        RECEIPT,
    ),
    _Address(
        "remove_appropriation", "DELETE", _APPROPRIATION, "Take an appropriation out; it can be brought back", RECEIPT
    ),
    _Address(
        "restore_appropriation", "POST", f"{_APPROPRIATION}/restore", "Bring a removed appropriation back", RECEIPT
    ),
    _Address(
        "confirm_appropriation",
        "POST",
        f"{_APPROPRIATION}/confirmation",
        "Confirm money without a document that another person entered: it counts from now on",
        RECEIPT,
    ),
    _Address(
        "add_contract",
        "POST",
        "/contracts",
        "Add a contract, a work by force account or a grant (kind CONTRACT, FORCE_ACCOUNT, GRANT_OUT)",
        RECEIPT,
    ),
    _Address("change_contract", "PUT", _CONTRACT, "Put right what was typed of a contract", RECEIPT),
    _Address(
        "remove_contract",
        "DELETE",
        _CONTRACT,
        "Take a contract out that nothing was paid of; it can be brought back",
        RECEIPT,
    ),
    _Address(
        "restore_contract",
        "POST",
        f"{_CONTRACT}/restore",
        "Bring a removed contract back, when there is still room for it",
        RECEIPT,
    ),
    _Address(
        "amend",
        "POST",
        f"{_CONTRACT}/amendments",
        "Amend a contract: more or less money (signed), another last day, or both",
        RECEIPT,
    ),
    _Address(
        "write_instalments",
        "PUT",
        f"{_CONTRACT}/instalments",
        "Put the instalments of a contract in place of those before; they sum to the final contract",
        RECEIPT,
    ),
    _Address("add_penalty", "POST", f"{_CONTRACT}/penalties", "Write a penalty for delay down", RECEIPT),
    _Address(
        "remove_penalty",
        "POST",
        "/penalties/<int:penalty_id>/removal",
        "Take a penalty out that was written wrong, with the reason; it can be brought back",
        RECEIPT,
    ),
    _Address("restore_penalty", "POST", "/penalties/<int:penalty_id>/restore", "Bring a removed penalty back", RECEIPT),
    _Address(
        "add_disbursement",
        "POST",
        "/disbursements",
        "Add a payment; after the fiscal year it needs money that was carried over",
        RECEIPT,
    ),
    _Address(
        "reverse",
        "POST",
        "/disbursements/<int:disbursement_id>/reversal",
        "Take a payment back whole, by a row of its own",
        RECEIPT,
    ),
    _Address(
        "add_carry_over",
        "POST",
        "/carry-overs",
        "Carry money over the end of the fiscal year; it keeps its year and its fund",
        RECEIPT,
    ),
    _Address(
        "remove_carry_over",
        "DELETE",
        "/carry-overs/<int:carry_over_id>",
        "Take back what was carried over and is not needed",
        RECEIPT,
    ),
    _Address(
        "add_progress",
        "POST",
        "/progress",
        "Report progress (percent) on a day, with pictures of the project",
        _REPORTED,
    ),
    _Address(
        "remove_progress",
        "POST",
        "/progress/<int:report_id>/removal",
        "Take a report of progress out that was written wrong, with the reason; it can be brought back",
        _REPORTED,
    ),
    _Address(
        "restore_progress",
        "POST",
        "/progress/<int:report_id>/restore",
        "Bring a removed report of progress back",
        _REPORTED,
    ),
    _Address(
        "move",
        "POST",
        "/status",
        "Move the status along an edge of the status machine, or correct it for the record (correction: true)",
        _MOVED,
    ),
)
# These change what there is, and so answer 200 like every PUT and DELETE.
_NOT_ADDED = frozenset(
    {
        "restore_appropriation",
        "confirm_appropriation",
        "restore_contract",
        "remove_penalty",
        "restore_penalty",
        "remove_progress",
        "restore_progress",
        "move",
    }
)


def _declare(address: _Address) -> None:
    act = ACTS[address.act]
    versions = {"": {}, "p": _PROJECT_VERSION}.get(act.version, _MONEY_VERSION)
    api_route(
        blueprint,
        f"{PROJECT}{address.rule}",
        method=address.method,
        access=Access.SIGNED_IN,
        summary=address.summary,
        response=address.response,
        status=201 if address.method == "POST" and address.act not in _NOT_ADDED else 200,
        body=None if act.body is None else act.body.schema(),
        headers=versions,
    )(_view(address.act, act))


def _view(name: str, act: Act) -> View:
    def view(code: str, **row: int) -> dict[str, Any]:
        version = if_match(act.version) if act.version else None
        values = {} if act.body is None else read_body(act.body, json_object())
        context = current()
        with context.database.transaction(attribution()) as session:
            made = act.run(session, context.actor, code, next(iter(row.values()), None), values, version)
        return {"id": made} if isinstance(made, int) else asdict(made)

    view.__name__ = name
    return view


for _address in _ADDRESSES:
    _declare(_address)


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

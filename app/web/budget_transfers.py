"""Budget transfers for programs: lines that sum to zero, sent in, approved or returned; under If-Match."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.errors import NotFound
from app.queries.budget_reviews import comments_on, get_transfer, lines_of_transfer, transfers_of
from app.services import budget_transfers as service
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body
from app.web.organisation_money import (
    COMMENTS,
    ITEMS,
    OBJECT,
    ORGANISATION,
    RECEIPT,
    YEAR,
    acted,
    comments_of,
    require_staff,
    written,
)
from app.web.payloads import if_match

blueprint = Blueprint("budget_transfers", __name__)

TRANSFER = "/api/v1/budget-transfers/<int:transfer_id>"
_VERSION = {"If-Match": 'row_version of the transfer that you read, such as "t3"; without it 428, when stale 412'}
_LINE = Body(
    {"appropriation_id": "whole", "amount_baht": "signed", "note": "text"},
    frozenset({"appropriation_id", "amount_baht"}),
)
FIELDS = Body(
    {"number": "text", "kind": "text", "reason": "text", "legal_reference": "text"},
    frozenset({"number", "kind", "reason"}),
    {"lines": _LINE},
)
NEW = Body({"fiscal_year_be": "whole", **FIELDS.fields}, FIELDS.required | {"fiscal_year_be"}, FIELDS.lists)
APPROVAL = Body({"approved_on": "date"}, frozenset({"approved_on"}))


@api_route(
    blueprint,
    f"{ORGANISATION}/budget-transfers",
    access=Access.SIGNED_IN,
    params=(YEAR,),
    summary="Budget transfers of an organisation, the newest year first (staff)",
    response=ITEMS,
)
def read_list(organisation: str, fiscal_year: int | None) -> dict[str, Any]:
    """Removed drafts too, marked."""
    with current().database.reading() as session:
        require_staff(session, organisation)
        return {"items": [asdict(row) for row in transfers_of(session, organisation, fiscal_year)]}


@api_route(
    blueprint,
    f"{ORGANISATION}/budget-transfers",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Begin a transfer (kind TRANSFER, NEW_ITEM, DESCRIPTION); signed lines sum to zero",
    response=RECEIPT,
    status=201,
    body=NEW.schema(),
)
def create(organisation: str) -> dict[str, Any]:
    """A draft: the money moves when it is approved."""
    return written(
        NEW,
        lambda session, actor, given: service.create_transfer(
            session, actor, organisation, given.pop("fiscal_year_be"), *_parts(given)
        ),
    )


def _parts(given: dict[str, Any]) -> tuple[service.TransferFields, list[service.TransferLine]]:
    lines = [service.TransferLine(**line) for line in given.pop("lines")]
    return service.TransferFields(**given), lines


@api_route(
    blueprint,
    TRANSFER,
    access=Access.SIGNED_IN,
    summary="One transfer with its lines and the comments of its review (staff)",
    response=OBJECT,
)
def read_one(transfer_id: int) -> dict[str, Any]:
    """Open comments come first."""
    with current().database.reading() as session:
        require_staff(session)
        row = get_transfer(session, transfer_id)
        if row is None:
            raise NotFound("budget_transfer_not_found", {"id": transfer_id})
        return {
            **asdict(row),
            "lines": [asdict(line) for line in lines_of_transfer(session, transfer_id)],
            "comments": [asdict(one) for one in comments_on(session, service.TABLE, str(transfer_id))],
        }


@api_route(
    blueprint,
    TRANSFER,
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Change a draft or returned transfer; its lines are put in place of those before",
    response=RECEIPT,
    body=FIELDS.schema(),
    headers=_VERSION,
)
def change(transfer_id: int) -> dict[str, Any]:
    """Every field and line is given again."""
    version = if_match("t")
    return written(
        FIELDS,
        lambda session, actor, given: service.change_transfer(
            session, actor, transfer_id, *_parts(given), if_match_version=version
        ),
    )


@api_route(
    blueprint,
    TRANSFER,
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take a draft out; it can be brought back",
    response=RECEIPT,
    headers=_VERSION,
)
def remove(transfer_id: int) -> dict[str, Any]:
    """Nothing has moved yet."""
    version = if_match("t")
    return acted(lambda session, actor: service.remove_transfer(session, actor, transfer_id, if_match_version=version))


@api_route(
    blueprint,
    f"{TRANSFER}/restore",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Bring a removed draft back",
    response=RECEIPT,
)
def restore(transfer_id: int) -> dict[str, Any]:
    """Unless its number was given to another."""
    return acted(lambda session, actor: service.restore_transfer(session, actor, transfer_id))


@api_route(
    blueprint,
    f"{TRANSFER}/submit",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Send a transfer in for approval",
    response=RECEIPT,
    headers=_VERSION,
)
def submit(transfer_id: int) -> dict[str, Any]:
    """What is taken must still be there."""
    version = if_match("t")
    return acted(lambda session, actor: service.submit_transfer(session, actor, transfer_id, if_match_version=version))


@api_route(
    blueprint,
    f"{TRANSFER}/approve",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Approve a transfer that another person prepared and sent in",
    response=RECEIPT,
    body=APPROVAL.schema(),
    headers=_VERSION,
)
def approve(transfer_id: int) -> dict[str, Any]:
    """The money moves now."""
    version = if_match("t")
    return written(
        APPROVAL,
        lambda session, actor, given: service.approve_transfer(
            session, actor, transfer_id, **given, if_match_version=version
        ),
    )


@api_route(
    blueprint,
    f"{TRANSFER}/return",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Return a transfer with comments on its fields",
    response=RECEIPT,
    body=COMMENTS.schema(),
    headers=_VERSION,
)
def send_back(transfer_id: int) -> dict[str, Any]:
    """At least one comment says what has to be mended."""
    version = if_match("t")
    return written(
        COMMENTS,
        lambda session, actor, given: service.return_transfer(
            session, actor, transfer_id, comments_of(given), if_match_version=version
        ),
    )

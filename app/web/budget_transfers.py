"""Budget transfers for programs: lines that sum to zero, sent in, approved or returned; under If-Match."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.queries.budget_reviews import get_transfer, lines_of_transfer, transfers_of
from app.services import budget_transfers as service
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body
from app.web.organisation_money import ITEMS, ORGANISATION, RECEIPT, YEAR, require_staff, written
from app.web.reviewed import ReviewedRoutes, declare

blueprint = Blueprint("budget_transfers", __name__)

TRANSFER = "/api/v1/budget-transfers/<int:transfer_id>"
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


def parts_of(given: dict[str, Any]) -> tuple[service.TransferFields, list[service.TransferLine]]:
    """What a read body says of a transfer, and its lines."""
    lines = [service.TransferLine(**line) for line in given.pop("lines")]
    return service.TransferFields(**given), lines


TRANSFERS = ReviewedRoutes(
    word="budget transfer",
    table=service.TABLE,
    rule=TRANSFER,
    letter="t",
    one=get_transfer,
    lines=("lines", lines_of_transfer),
    fields=FIELDS,
    approval=APPROVAL,
    change=lambda session, actor, transfer_id, given, version: service.change_transfer(
        session, actor, transfer_id, *parts_of(given), if_match_version=version
    ),
    submit=service.submit_transfer,
    approve=service.approve_transfer,
    send_back=service.return_transfer,
    remove=service.remove_transfer,
    restore=service.restore_transfer,
)
declare(blueprint, TRANSFERS)


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
            session, actor, organisation, given.pop("fiscal_year_be"), *parts_of(given)
        ),
    )

"""Fiscal years of an organisation for programs: closed, opened again by two people; and what was entered for it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.queries.fiscal_years import entered_on_behalf, fiscal_years_of
from app.services import fiscal_years as service
from app.services.on_behalf import decide_on_behalf
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.money_body import Body
from app.web.organisation_money import ITEMS, ORGANISATION, acted, require_staff, written
from app.web.params import boolean
from app.web.payloads import if_match

blueprint = Blueprint("fiscal_years", __name__)

ONE_YEAR = f"{ORGANISATION}/fiscal-years/<int:year>"
OPEN = Param("open", boolean, {"type": "boolean"}, "True: only what nobody has decided on", False)
_YEAR: dict[str, Any] = {
    "type": "object",
    "required": ["closed", "reopened_until", "row_version"],
    "properties": {
        "closed": {"type": "boolean"},
        "reopened_until": {"type": ["string", "null"], "format": "date"},
        "row_version": {"type": "integer"},
    },
}
_VERSION = {"If-Match": 'row_version of the year that you read, such as "y3"; without it 428, when stale 412'}
REOPENING = Body({"reason": "text", "until_on": "date"}, frozenset({"reason", "until_on"}))
DECISION = Body({"decision": "text", "comment": "text"}, frozenset({"decision"}))


@api_route(
    blueprint,
    f"{ORGANISATION}/fiscal-years",
    access=Access.SIGNED_IN,
    summary="Fiscal years of an organisation with their money, closed or open (staff)",
    response=ITEMS,
)
def read_years(organisation: str) -> dict[str, Any]:
    """The newest first."""
    with current().database.reading() as session:
        require_staff(session, organisation)
        return {"items": [asdict(row) for row in fiscal_years_of(session, organisation)]}


@api_route(
    blueprint,
    f"{ONE_YEAR}/close",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Close a fiscal year: nothing of money is written in it any more",
    response=_YEAR,
)
def close(organisation: str, year: int) -> dict[str, Any]:
    """Also closes a reopened year early."""
    return acted(lambda session, actor: service.close_year(session, actor, organisation, year))


@api_route(
    blueprint,
    f"{ONE_YEAR}/reopen",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Ask for a closed year to be opened until a day; another person has to confirm",
    response=_YEAR,
    body=REOPENING.schema(),
)
def ask_to_reopen(organisation: str, year: int) -> dict[str, Any]:
    """It stays closed until then."""
    return written(
        REOPENING,
        lambda session, actor, given: service.request_reopening(session, actor, organisation, year, **given),
    )


@api_route(
    blueprint,
    f"{ONE_YEAR}/reopen/confirm",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Open a closed year as a person other than the one who asked",
    response=_YEAR,
    headers=_VERSION,
)
def confirm_reopening(organisation: str, year: int) -> dict[str, Any]:
    """It closes by itself after the day asked for."""
    version = if_match("y")
    return acted(
        lambda session, actor: service.confirm_reopening(session, actor, organisation, year, if_match_version=version)
    )


@api_route(
    blueprint,
    f"{ORGANISATION}/on-behalf",
    access=Access.SIGNED_IN,
    params=(OPEN,),
    summary="What officers entered for the organisation, by receipt, and whether it stands by it (staff)",
    response=ITEMS,
)
def read_on_behalf(organisation: str, open: bool) -> dict[str, Any]:
    """The newest first."""
    with current().database.reading() as session:
        require_staff(session, organisation)
        return {"items": [asdict(row) for row in entered_on_behalf(session, organisation, only_open=open)]}


@api_route(
    blueprint,
    f"{ORGANISATION}/on-behalf/<request_id>",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Confirm or deny (CONFIRMED, DENIED) what one request of an officer entered for the organisation",
    response={"type": "object", "properties": {"id": {"type": "integer"}, "decision": {"type": "string"}}},
    status=201,
    body=DECISION.schema(),
)
def decide(organisation: str, request_id: str) -> dict[str, Any]:
    """Said once; a denial says why."""
    return written(
        DECISION,
        lambda session, actor, given: decide_on_behalf(
            session, actor, organisation, request_id, given["decision"], given.get("comment")
        ),
    )

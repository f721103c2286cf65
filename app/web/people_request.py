"""What the pages and addresses of accounts are asked for: a place, and who may look."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.identity import by_cookie
from app.auth.policy import Target
from app.errors import Forbidden, NotFound
from app.queries.people import Access, Place, place_of_organisation, place_of_province
from app.services.people import NewRole, place_target
from app.web.context import current
from app.web.endpoint import Param
from app.web.money_body import Body
from app.web.params import area_code, boolean, integer_schema, organisation_code, string_schema, whole_number

PAGE = Param("page", whole_number(1, 1000), integer_schema(1, 1000), "Page of the list", 1)
ENDED = Param("ended", boolean, {"type": "boolean"}, "True: those whose access ended", False)
MISSING = Param("missing", boolean, {"type": "boolean"}, "True: only organisations without an executive", False)
ORGANISATION = Param("organisation", organisation_code, string_schema(maxLength=40), "Code of an organisation")
AREA = Param("area", area_code, string_schema(pattern="^[0-9]{2}$"), "Province")
ROLE = Body(
    {"role": "text", "organisation": "text", "area": "text", "valid_from": "date", "valid_to": "date"},
    frozenset({"role"}),
)
NEW = Body(
    {"username": "text", "display_name": "text", "email": "text", **ROLE.fields},
    frozenset({"username", "display_name", "role"}),
)
DAYS = Body({"valid_from": "date", "valid_to": "date", "confirmed": "flag"})


def place_asked(session: Session, organisation: str | None, area: str | None) -> Place:
    """The place of an address; without one the nation.

    Raises
    ------
    NotFound
        No such organisation or province.
    """
    if organisation:
        found = place_of_organisation(session, organisation)
        if found is None:
            raise NotFound("organisation_not_found", {"organisation": organisation[:40]})
        return found
    if area:
        found = place_of_province(session, area[:2])
        if found is None:
            raise NotFound("account_area_unknown", {"area": area[:2]})
        return found
    return Place("nation", "", "")


def target_of(place: Place) -> Target:
    """The place for policy."""
    organisation = place.code if place.level == "organisation" else None
    return Target(organisation, place.province_code, place.amphoe_code)


def require_place(place: Place) -> None:
    """Who has access is told to those who work there or above: names of colleagues, no more than they need.

    Raises
    ------
    Forbidden
        ``forbidden``.
    """
    scope, target = policy.own_scope(current().actor), target_of(place)
    if not (scope.nation or (place.level != "nation" and scope.covers(target))):
        raise Forbidden("forbidden", {"action": policy.USER_ADMIN, "organisation_code": target.organisation_code})


def require_cookie() -> None:
    """Accounts are administered by people who have signed in, not by tokens.

    Raises
    ------
    Forbidden
        ``token_not_for_accounts``.
    """
    if not by_cookie():
        raise Forbidden("token_not_for_accounts")


def issues(session: Session, held: Access) -> bool:
    """True when the person of this request gives and takes this role."""
    actor = current().actor
    if actor.user_id == held.user_id:
        return False
    return policy.may_issue(actor, held.role, place_target(session, held.organisation_code, held.area_code))


def role_given(given: dict[str, Any]) -> NewRole:
    """A read body as a role."""
    return NewRole(
        given.get("role", ""),
        given.get("organisation"),
        given.get("area"),
        given.get("valid_from"),
        given.get("valid_to"),
    )

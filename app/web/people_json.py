"""Accounts for programs that run in a person's browser: who has access, issuing, roles, ends, hand-over.

Reading takes a token too; writing does not (:func:`app.web.people_request.require_cookie`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries.people import PAGE as ROWS
from app.queries.people import Access as Held
from app.queries.people import people_above, people_here, person, roles_of
from app.services import hand_over as handing
from app.services import people as service
from app.services import person_details as details
from app.services.hand_over import Order
from app.services.people import FirstPassword, hold_person
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body, read_body
from app.web.payloads import if_match, json_object
from app.web.people_request import (
    AREA,
    DAYS,
    ENDED,
    NEW,
    ORGANISATION,
    PAGE,
    ROLE,
    issues,
    place_asked,
    require_cookie,
    require_place,
    role_given,
)

blueprint = Blueprint("people_json", __name__)
PEOPLE = "/api/v1/people"
ONE = f"{PEOPLE}/<int:user_id>"
A_ROLE = f"{ONE}/roles/<int:membership_id>"
_IF_MATCH = {"If-Match": 'row_version of the person that you read, such as "u3"; without it 428, when stale 412'}
_NO_STORE = {"Cache-Control": "no-store"}
_CONFIRMED = Body({"confirmed": "flag"})
_DETAILS = Body({"display_name": "text", "email": "text"}, frozenset({"display_name"}))
_HAND_OVER = Body(
    {"successor": "whole", "closing": "text", "same_roles": "flag", "note": "text", "confirmed": "flag"},
    frozenset({"successor"}),
)
_RECEIPT = {
    "type": "object",
    "required": ["id", "row_version"],
    "properties": {"id": {"type": "integer"}, "row_version": {"type": "integer", "description": 'For If-Match: "u3"'}},
}
_FIRST = {
    "type": "object",
    "required": ["id", "username", "password", "until"],
    "properties": {
        "id": {"type": "integer"},
        "username": {"type": "string"},
        "password": {"type": "string", "description": "Good for one sign-in; told this once and kept nowhere"},
        "until": {"type": "string", "format": "date-time"},
        "row_version": {"type": "integer"},
    },
}
_LINE = {
    "type": "object",
    "required": ["id", "name", "role", "open"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "role": {"type": "string"},
        "organisation": {"type": ["string", "null"]},
        "area": {"type": ["string", "null"]},
        "valid_from": {"type": ["string", "null"], "format": "date"},
        "valid_to": {"type": ["string", "null"], "format": "date"},
        "open": {"type": "boolean"},
        "account": {"type": "object", "description": "For whoever gives this role: user name, last sign-in, factors"},
    },
}
_PLACE: dict[str, Any] = {
    "type": "object",
    "required": ["here", "above"],
    "properties": {"here": {"type": "array", "items": _LINE}, "above": {"type": "array", "items": _LINE}},
}
_PERSON = {
    "type": "object",
    "required": ["id", "name", "row_version", "roles"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "row_version": {"type": "integer"},
        "roles": {"type": "array", "items": _LINE},
    },
}
_HANDED = {
    "type": "object",
    "required": ["id", "moved", "told", "stayed"],
    "properties": {name: {"type": "integer"} for name in ("id", "moved", "told", "stayed", "row_version")},
}


@api_route(
    blueprint,
    PEOPLE,
    access=Access.SIGNED_IN,
    params=(ORGANISATION, AREA, ENDED, PAGE),
    summary="Who has access to an organisation, a province or the nation, and who reaches it from above",
    response=_PLACE,
)
def who(organisation: str | None, area: str | None, ended: bool, page: int) -> dict[str, Any]:
    """For those who work there or above; 50 a page."""
    with current().database.reading() as session:
        place = place_asked(session, organisation, area)
        require_place(place)
        here = people_here(session, place, ended=ended, page=page)[:ROWS]
        above = people_above(session, place, page=page)[:ROWS]
        return {"here": [_line(session, held) for held in here], "above": [_line(session, held) for held in above]}


@api_route(
    blueprint,
    PEOPLE,
    method="POST",
    access=Access.SIGNED_IN,
    summary="Issue an account with its role; the answer holds the first password, this once",
    response=_FIRST,
    status=201,
    body=NEW.schema(),
)
def issue() -> Any:
    """Of one person; never shared."""
    given = read_body(NEW, json_object())
    return _first(
        lambda session, actor: service.issue(
            session, actor, given["username"], given["display_name"], role_given(given), given.get("email")
        ),
        201,
    )


@api_route(
    blueprint,
    ONE,
    access=Access.SIGNED_IN,
    summary="A person with their roles, for whoever gives one of them",
    response=_PERSON,
)
def read_person(user_id: int) -> dict[str, Any]:
    """The version is for If-Match."""
    context = current()
    with context.database.reading() as session:
        hold_person(session, context.actor, user_id, lock=False)
        account = person(session, user_id)
        return {
            "id": account.id,
            "username": account.username,
            "name": account.display_name,
            "active": account.active,
            "row_version": account.row_version,
            "second_factor": account.second_factor,
            "first_password_until": account.first_password_until,
            "roles": [_line(session, held) for held in roles_of(session, user_id)],
        }


@api_route(
    blueprint,
    ONE,
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Another name to be shown and another mail address, or none; the old address is told",
    response=_RECEIPT,
    headers=_IF_MATCH,
    body=_DETAILS.schema(),
)
def change_details(user_id: int) -> dict[str, Any]:
    """For whoever administers the whole account."""
    version, given = if_match("u"), read_body(_DETAILS, json_object())
    return _acted(
        lambda session, actor: details.change_details(
            session, actor, user_id, given["display_name"], given.get("email"), version
        )
    )


@api_route(
    blueprint,
    f"{ONE}/first-password",
    method="POST",
    access=Access.SIGNED_IN,
    summary="A new first password for somebody who lost theirs; told this once",
    response=_FIRST,
    headers=_IF_MATCH,
)
def new_first_password(user_id: int) -> Any:
    """Their sessions end."""
    version = if_match("u")
    return _first(lambda session, actor: service.new_first_password(session, actor, user_id, version), 200)


@api_route(
    blueprint,
    f"{ONE}/second-factor",
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take a lost authenticator away; sessions and tokens end",
    response=_RECEIPT,
    headers=_IF_MATCH,
)
def reset_second_factor(user_id: int) -> dict[str, Any]:
    """A new one is set up at the next sign-in."""
    version = if_match("u")
    return _acted(lambda session, actor: service.reset_second_factor(session, actor, user_id, version))


@api_route(
    blueprint,
    f"{ONE}/disable",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Close an account at once: sessions and tokens end",
    response=_RECEIPT,
    headers=_IF_MATCH,
    body=_CONFIRMED.schema(),
)
def disable(user_id: int) -> dict[str, Any]:
    """``confirmed`` where an organisation is left without an executive."""
    version, given = if_match("u"), read_body(_CONFIRMED, json_object())
    confirmed = given.get("confirmed", False)
    return _acted(lambda session, actor: service.disable(session, actor, user_id, version, confirmed=confirmed))


@api_route(
    blueprint,
    f"{ONE}/enable",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Open an account again",
    response=_RECEIPT,
    headers=_IF_MATCH,
)
def enable(user_id: int) -> dict[str, Any]:
    """With the roles that have not ended."""
    version = if_match("u")
    return _acted(lambda session, actor: service.enable(session, actor, user_id, version))


@api_route(
    blueprint,
    f"{ONE}/roles",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Give a person a further role",
    response=_RECEIPT,
    headers=_IF_MATCH,
    body=ROLE.schema(),
)
def give_role(user_id: int) -> dict[str, Any]:
    """Or one that ended again."""
    version, role = if_match("u"), role_given(read_body(ROLE, json_object()))
    return _acted(lambda session, actor: service.give_role(session, actor, user_id, role, version))


@api_route(
    blueprint,
    A_ROLE,
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Set the days on which a role is held",
    response=_RECEIPT,
    headers=_IF_MATCH,
    body=DAYS.schema(),
)
def limit_role(user_id: int, membership_id: int) -> dict[str, Any]:
    """A day that is left out is open."""
    version, days = if_match("u"), read_body(DAYS, json_object())
    return _acted(
        lambda session, actor: service.limit_role(
            session,
            actor,
            user_id,
            membership_id,
            days.get("valid_from"),
            days.get("valid_to"),
            version,
            confirmed=days.get("confirmed", False),
        )
    )


@api_route(
    blueprint,
    A_ROLE,
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take a role away at once",
    response=_RECEIPT,
    headers=_IF_MATCH,
)
def end_role(user_id: int, membership_id: int) -> dict[str, Any]:
    """The last executive's goes on the page, where it is confirmed, or by its days with ``confirmed``."""
    version = if_match("u")
    return _acted(lambda session, actor: service.end_role(session, actor, user_id, membership_id, version))


@api_route(
    blueprint,
    f"{ONE}/hand-over",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Give a person's open work to a successor and end their roles or account: all of it or nothing",
    response=_HANDED,
    headers=_IF_MATCH,
    body=_HAND_OVER.schema(),
)
def hand_over(user_id: int) -> dict[str, Any]:
    """``closing``: ``account`` or ``roles``."""
    version, given = if_match("u"), read_body(_HAND_OVER, json_object())
    order = Order(
        given["successor"],
        given.get("closing", "account"),
        given.get("same_roles", False),
        given.get("note"),
        given.get("confirmed", False),
    )
    return _acted(lambda session, actor: handing.hand_over(session, actor, user_id, order, version))


def _line(session: Session, held: Held) -> dict[str, Any]:
    line: dict[str, Any] = {
        "id": held.user_id,
        "membership": held.membership_id,
        "name": held.display_name,
        "role": held.role,
        "organisation": held.organisation_code,
        "area": held.area_code,
        "valid_from": held.valid_from,
        "valid_to": held.valid_to,
        "open": held.open,
    }
    if issues(session, held):
        line["account"] = {
            "username": held.username,
            "active": held.active,
            "last_login_at": held.last_login_at,
            "second_factor": held.second_factor,
            "first_password_until": held.first_password_until,
            "sessions": held.sessions,
            "tokens": held.tokens,
            "row_version": held.row_version,
        }
    return line


def _first(act: Callable[[Session, Actor], FirstPassword], status: int) -> Any:
    require_cookie()
    context = current()
    with context.database.transaction(attribution()) as session:
        return asdict(act(session, context.actor)), status, _NO_STORE


def _acted(act: Callable[[Session, Actor], Any]) -> dict[str, Any]:
    require_cookie()
    context = current()
    with context.database.transaction(attribution()) as session:
        return asdict(act(session, context.actor))

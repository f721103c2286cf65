"""Who has access to an organisation, a province or the nation, and where accounts are issued."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.permissions import permissions
from app.errors import AppError, Conflict, InvalidInput
from app.queries.areas import children
from app.queries.people import (
    PAGE as ROWS,
)
from app.queries.people import (
    Place,
    organisations_below,
    people_above,
    people_here,
    person_by_username,
    provinces_below,
)
from app.services import people as service
from app.services.people import FirstPassword, NewRole
from app.web.context import attribution, current
from app.web.endpoint import Access, page_route
from app.web.money_body import all_at_once
from app.web.page_forms import go, read_typed_partly, refusals
from app.web.people_request import (
    ENDED,
    MISSING,
    NEW,
    PAGE,
    ROLE,
    issues,
    place_asked,
    require_place,
    role_given,
    target_of,
)
from app.web.people_words import does, role_word, why
from gis.problems import Problem

blueprint = Blueprint("people_pages", __name__)
OF_ORGANISATION = "/organisations/<organisation_code>/people"
OF_PROVINCE = "/provinces/<province_code>/people"
OF_NATION = "/people"
LISTED = (ENDED, MISSING, PAGE)


@page_route(blueprint, OF_ORGANISATION, access=Access.SIGNED_IN, params=LISTED)
def organisation_people(organisation_code: str, ended: bool, missing: bool, page: int) -> str:
    """Who has access to an organisation, and who reaches it from above."""
    return _page(organisation_code, None, ended=ended, page=page)


@page_route(blueprint, OF_PROVINCE, access=Access.SIGNED_IN, params=LISTED)
def province_people(province_code: str, ended: bool, missing: bool, page: int) -> str:
    """Who has access to a province, and which of its organisations have nobody."""
    return _page(None, province_code, ended=ended, missing=missing, page=page)


@page_route(blueprint, OF_NATION, access=Access.SIGNED_IN, params=LISTED)
def national_people(ended: bool, missing: bool, page: int) -> Any:
    """Who has access to the nation, and how provinces stand; whoever works elsewhere comes to their own place."""
    scope = policy.own_scope(current().actor)
    if not scope.nation and scope.organisations:
        return redirect(url_for(".organisation_people", organisation_code=min(scope.organisations)))
    if not scope.nation and scope.provinces:
        return redirect(url_for(".province_people", province_code=min(scope.provinces)))
    return _page(None, None, ended=ended, page=page)


@page_route(blueprint, OF_ORGANISATION, methods=("POST",), access=Access.SIGNED_IN)
def issue_in_organisation(organisation_code: str) -> Response:
    """Issue an account, or give a role to somebody who has one."""
    return _write(organisation_code, None)


@page_route(blueprint, OF_PROVINCE, methods=("POST",), access=Access.SIGNED_IN)
def issue_in_province(province_code: str) -> Response:
    """The same for a province."""
    return _write(None, province_code)


@page_route(blueprint, OF_NATION, methods=("POST",), access=Access.SIGNED_IN)
def issue_in_nation() -> Response:
    """The same for the nation."""
    return _write(None, None)


def address_of(place: Place) -> str:
    """Page of a place."""
    if place.level == "organisation":
        return url_for("people_pages.organisation_people", organisation_code=place.code)
    if place.level == "province":
        return url_for("people_pages.province_people", province_code=place.code)
    return url_for("people_pages.national_people")


def slip(first: FirstPassword, back: str) -> Response:
    """A first password, shown this once and to be printed; it is kept nowhere."""
    answer = Response(render_template("people/slip.html", first=first, back=back), mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _write(organisation: str | None, province: str | None) -> Response:
    context, form = current(), request.form
    with context.database.reading() as session:
        place = place_asked(session, organisation, province)
    require_place(place)
    act = _give if form.get("do") == "give" else _issue
    try:
        with context.database.transaction(attribution()) as session:
            made = act(session, context.actor, place, form)
    except (InvalidInput, Conflict) as error:
        return _again(error, organisation, province, form)
    if isinstance(made, FirstPassword):
        return slip(made, address_of(place))
    return go(url_for("person_page.person_page", user_id=made.id))


def _again(error: AppError, organisation: str | None, province: str | None, form: Any) -> Response:
    text = _page(organisation, province, problems=refusals(error), typed=form)
    return Response(text, 422 if isinstance(error, InvalidInput) else 409, mimetype="text/html")


def _issue(session: Session, actor: Actor, place: Place, form: Any) -> FirstPassword:
    given, unreadable = read_typed_partly(NEW, form)
    with all_at_once(unreadable):
        name, shown = given.get("username", ""), given.get("display_name", "")
        return service.issue(session, actor, name, shown, _placed(given, place), given.get("email"))


def _give(session: Session, actor: Actor, place: Place, form: Any) -> service.PersonReceipt:
    username = str(form.get("known", "")).strip()
    user_id = person_by_username(session, username)
    given, unreadable = read_typed_partly(ROLE, form)
    if user_id is None:
        nobody = Problem("person_not_named", where={"field": "known"}, values={"username": username[:64]})
        raise InvalidInput([nobody, *unreadable])
    with all_at_once(unreadable):
        return service.give_role(session, actor, user_id, _placed(given, place), None)


def _placed(given: dict[str, Any], place: Place) -> NewRole:
    """At the place of the page; of a district, at the amphoe that was chosen."""
    row = permissions().get(given.get("role", ""))
    amphoe = given.get("area") if row and row.scope == "district" else None
    organisation = place.code if place.level == "organisation" else None
    return role_given({**given, "organisation": organisation, "area": amphoe or place.province_code})


def _page(
    organisation: str | None,
    province: str | None,
    *,
    ended: bool = False,
    missing: bool = False,
    page: int = 1,
    problems: list[dict[str, Any]] | None = None,
    typed: Any = None,
) -> str:
    with current().database.reading() as session:
        place = place_asked(session, organisation, province)
        require_place(place)
        here = people_here(session, place, ended=ended, page=page)
        above = [] if ended else people_above(session, place)
        below = _below(session, place, missing=missing, page=page)
        return render_template(
            "people/place.html",
            place=place,
            address=address_of(place),
            here=here[:ROWS],
            above=above[:ROWS],
            below=below[:ROWS] if place.level == "province" else below,
            more=len(here) > ROWS or (place.level == "province" and len(below) > ROWS),
            above_too=_looks_above(place),
            mine={held.membership_id for held in (*here, *above) if issues(session, held)},
            roles=[(role, role_word(role)) for role in _roles_here(place)],
            amphoes=children(session, place.code) if place.level == "province" else [],
            ended=ended,
            missing=missing,
            page=page,
            problems=problems or [],
            typed=typed or {},
            does=does,
            why=why,
            role_word=role_word,
        )


def _roles_here(place: Place) -> list[str]:
    """Roles of this kind of place that the person gives."""
    kinds = {"organisation": ("organisation",), "province": ("province", "district"), "nation": ("nation",)}
    issued = policy.roles_issued(current().actor, target_of(place))
    return [role for role in issued if permissions()[role].scope in kinds[place.level]]


def _looks_above(place: Place) -> bool:
    """Whether the page of the place above opens for this person."""
    scope = policy.own_scope(current().actor)
    return scope.nation or (place.level == "organisation" and place.province_code in scope.provinces)


def _below(session: Session, place: Place, *, missing: bool, page: int) -> list[Any]:
    if place.level == "province":
        return list(organisations_below(session, place.code, page=page, missing=missing))
    return list(provinces_below(session)) if place.level == "nation" else []

"""One person: their roles, what an administrator does with the account, and the hand-over of their work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.history import records_history
from app.queries.history_rights import reader_of
from app.queries.people import (
    hand_over as find_hand_over,
)
from app.queries.people import (
    hand_overs,
    open_sessions,
    person,
    roles_of,
    successors,
)
from app.services import hand_over as handing
from app.services import people as service
from app.services.hand_over import Item, Order
from app.services.people import FirstPassword, hold_person
from app.services.person_details import change_details
from app.web.context import attribution, current, in_passing
from app.web.endpoint import Access, Param, page_route
from app.web.page_forms import posted, read_typed, refusals
from app.web.params import boolean, choice, integer_schema, string_schema, whole_number
from app.web.people_pages import slip
from app.web.people_request import DAYS, issues
from app.web.people_words import FATES, KIND_NAMES, device_words, does, role_word
from app.web.project_texts import change_lines

blueprint = Blueprint("person_page", __name__)
PERSON = "/people/<int:user_id>"
HISTORY = 50
SUCCESSOR = Param("successor", whole_number(1, 2**53), integer_schema(1, 2**53), "Who takes over")
CLOSING = Param(
    "closing", choice(*handing.CLOSINGS), string_schema(enum=list(handing.CLOSINGS)), "What ends", "account"
)
SAME_ROLES = Param("same_roles", boolean, {"type": "boolean"}, "True: the successor gets the same roles", False)
Act = Callable[[Session, Actor, int, Any, int], Any]


@page_route(blueprint, PERSON, access=Access.SIGNED_IN)
def person_page(user_id: int) -> Any:
    """For whoever gives at least one of the person's roles; one's own is elsewhere."""
    if current().actor.user_id == user_id:
        return redirect(url_for("accounts.account_page"))
    return _page(user_id)


@page_route(blueprint, PERSON, methods=("POST",), access=Access.SIGNED_IN)
def act_on_person(user_id: int) -> Response:
    """One act, named by the button."""
    form = request.form
    act = ACTS.get(form.get("do", ""))
    if act is None:
        raise NotFound("person_role_not_found")
    if form.get("do") == "password":
        return _first_password(user_id, form)
    return posted(
        lambda session, actor: act(session, actor, user_id, form, _version(form)),
        again=lambda problems: _page(user_id, problems, form),
        then=url_for(".person_page", user_id=user_id),
    )


@page_route(blueprint, f"{PERSON}/hand-over", access=Access.SIGNED_IN, params=(SUCCESSOR, CLOSING, SAME_ROLES))
def hand_over_page(user_id: int, successor: int | None, closing: str, same_roles: bool) -> str:
    """Who takes over; then what goes and what stays, before anything is done."""
    return _hand_over(user_id, Order(successor, closing, same_roles) if successor else None, closing)


@page_route(blueprint, f"{PERSON}/hand-over", methods=("POST",), access=Access.SIGNED_IN)
def hand_over(user_id: int) -> Response:
    """All of it or nothing."""
    form, order = request.form, _order(request.form)
    return posted(
        lambda session, actor: handing.hand_over(session, actor, user_id, order, _version(form)),
        again=lambda problems: _hand_over(user_id, order, order.closing, problems),
        then=lambda made: url_for(".hand_over_result", hand_over_id=made.id),
    )


@page_route(blueprint, "/hand-overs/<int:hand_over_id>", access=Access.SIGNED_IN)
def hand_over_result(hand_over_id: int) -> str:
    """What went: for the successor, and for those who give the roles of either."""
    context = current()
    with context.database.reading() as session:
        found = find_hand_over(session, hand_over_id)
        if found is None or not _may_see(session, context.actor, found):
            raise NotFound("hand_over_not_found")
    in_passing(lambda session: handing.note_seen(session, context.actor, hand_over_id))
    items = [Item(**item) for item in found.items]
    return render_template("people/handed.html", found=found, groups=_groups(items), fates=FATES, kinds=KIND_NAMES)


def _may_see(session: Session, actor: Actor, found: Any) -> bool:
    if actor.user_id in (found.to_user_id, found.made_by):
        return True
    return any(service.administers(session, actor, one) for one in (found.from_user_id, found.to_user_id))


def _first_password(user_id: int, form: Any) -> Response:
    context = current()
    try:
        with context.database.transaction(attribution()) as session:
            made: FirstPassword = service.new_first_password(session, context.actor, user_id, _version(form))
    except (InvalidInput, Conflict) as error:
        return Response(_page(user_id, refusals(error), form), 409, mimetype="text/html")
    return slip(made, url_for(".person_page", user_id=user_id))


def _limit(session: Session, actor: Actor, user_id: int, form: Any, version: int) -> Any:
    days = read_typed(DAYS, form)
    return service.limit_role(
        session,
        actor,
        user_id,
        _membership(form),
        days.get("valid_from"),
        days.get("valid_to"),
        version,
        confirmed=_confirmed(form),
    )


ACTS: Mapping[str, Act] = {
    "password": lambda session, actor, user_id, form, version: None,
    "second_factor": lambda session, actor, user_id, form, version: service.reset_second_factor(
        session, actor, user_id, version
    ),
    "limit": _limit,
    "end": lambda session, actor, user_id, form, version: service.end_role(
        session, actor, user_id, _membership(form), version, confirmed=_confirmed(form)
    ),
    "disable": lambda session, actor, user_id, form, version: service.disable(
        session, actor, user_id, version, confirmed=_confirmed(form)
    ),
    "details": lambda session, actor, user_id, form, version: change_details(
        session, actor, user_id, form.get("display_name", ""), form.get("email"), version
    ),
    "enable": lambda session, actor, user_id, form, version: service.enable(session, actor, user_id, version),
}


def _version(form: Any) -> int:
    text = str(form.get("row_version", ""))
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _membership(form: Any) -> int:
    text = str(form.get("membership", ""))
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _confirmed(form: Any) -> bool:
    return bool(form.get("confirmed"))


def _order(form: Any) -> Order:
    text = str(form.get("successor", ""))
    return Order(
        int(text) if text.isdecimal() and len(text) < 16 else 0,
        str(form.get("closing", "account")),
        bool(form.get("same_roles")),
        form.get("note") or None,
        _confirmed(form),
    )


def _page(user_id: int, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    actor = current().actor
    with current().database.reading() as session:
        hold_person(session, actor, user_id, lock=False)
        roles = roles_of(session, user_id)
        records = [("user_account", str(user_id)), *(("membership", str(held.membership_id)) for held in roles)]
        changes = records_history(session, records, reader_of(actor, accounts=True), limit=HISTORY)
        return render_template(
            "people/person.html",
            person=person(session, user_id),
            roles=roles,
            mine={held.membership_id for held in roles if issues(session, held)},
            whole=service.administers(session, actor, user_id),
            sessions=open_sessions(session, user_id),
            handed=hand_overs(session, user_id, received=False),
            changes=change_lines(session, changes),
            needs_second_factor=bool({held.role for held in roles if held.open} & policy.SECOND_FACTOR_ROLES),
            problems=problems or [],
            typed=typed or {},
            does=does,
            role_word=role_word,
            device_words=device_words,
        )


def _hand_over(user_id: int, order: Order | None, closing: str, problems: list[dict[str, Any]] | None = None) -> str:
    actor = current().actor
    with current().database.reading() as session:
        hold_person(session, actor, user_id, lock=False)
        items, refused = _previewed(session, actor, user_id, order)
        return render_template(
            "people/hand_over.html",
            person=person(session, user_id),
            successors=successors(session, user_id),
            whole=service.administers(session, actor, user_id),
            roles=(roles := [held for held in roles_of(session, user_id) if held.open and issues(session, held)]),
            role_names=[role_word(held.role) for held in roles],
            order=order,
            closing=closing,
            groups=_groups(items or []),
            ready=items is not None,
            problems=problems or refused,
            kinds=KIND_NAMES,
            fates=FATES,
        )


def _previewed(
    session: Session, actor: Actor, user_id: int, order: Order | None
) -> tuple[list[Item] | None, list[dict[str, Any]]]:
    if order is None:
        return None, []
    try:
        return handing.preview(session, actor, user_id, order), []
    except InvalidInput as error:
        return None, refusals(error)


def _groups(items: list[Item]) -> list[tuple[str, list[Item]]]:
    """By kind, in the order in which kinds are declared."""
    return [(kind.code, held) for kind in handing.KINDS if (held := [item for item in items if item.kind == kind.code])]

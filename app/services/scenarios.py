"""Scenarios of what to build or repair first: kept, shared and removed by their owners."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Visibility, visibility
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import Scenario
from app.queries.budget import data_as_of
from app.queries.scenarios import held_scenario
from app.services.heavy import heavy
from app.services.scenario_answers import ScenarioOrder, check_order, compute, plain
from gis.problems import Problem
from gis.thai import normalise

SHARES = ("owner", "organisation", "province", "staff")


def save(
    session: Session, actor: Actor, name: str, order: ScenarioOrder, *, note: str = "", shared_with: str = "owner"
) -> str:
    """Compute a scenario and keep it; returns its key.

    Raises
    ------
    Forbidden
        Only staff make scenarios: they are made of plans that are not public.
    InvalidInput
        Everything that is wrong with the name and the order.
    """
    _require_staff(actor)
    problems = [*_check_words(actor, name, note, shared_with), *check_order(session, order)]
    if problems:
        raise InvalidInput(problems)
    with heavy():
        answer = compute(session, order, visibility(actor))
    made = Scenario(
        key=secrets.token_urlsafe(15),
        name=normalise(name.strip()),
        note=normalise(note.strip()) or None,
        kind=order.question.kind,
        area_code=order.question.area,
        owner_id=actor.user_id,
        owner_name=actor.display_name,
        organisation_code=_organisation(actor),
        shared_with=shared_with,
        method=order.method,
        parameters=plain(order),
        summary=answer.summary,
        result=answer.result,
        data_as_of=data_as_of(session),
    )
    session.add(made)
    session.flush()
    return made.key


def change(
    session: Session, actor: Actor, key: str, *, name: str, note: str, shared_with: str, if_version: int | None = None
) -> None:
    """Another name, note or circle of readers; what was computed stays. Only its owner may.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        Not there or not for these eyes; not theirs; changed meanwhile; what is wrong.
    """
    held = _own(session, actor, key)
    if if_version is not None and held.row_version != if_version:
        raise Conflict("scenario_changed")
    problems = _check_words(actor, name, note, shared_with)
    if problems:
        raise InvalidInput(problems)
    held.name, held.note = normalise(name.strip()), normalise(note.strip()) or None
    held.shared_with, held.row_version = shared_with, held.row_version + 1
    session.flush()


def remove(session: Session, actor: Actor, key: str) -> None:
    """Take a scenario out of every list; its link then leads nowhere. Only its owner may."""
    held = _own(session, actor, key)
    held.removed_at, held.row_version = sa.func.now(), held.row_version + 1
    session.flush()


def _require_staff(actor: Actor) -> None:
    if visibility(actor) is not Visibility.STAFF or actor.user_id is None:
        raise Forbidden("scenario_staff_only")


def _own(session: Session, actor: Actor, key: str) -> Scenario:
    _require_staff(actor)
    held = held_scenario(session, actor, key)
    if held.owner_id != actor.user_id:
        raise Forbidden("scenario_not_yours", {"owner": held.owner_name})
    found = session.get(Scenario, held.id, with_for_update=True)
    if found is None:
        raise NotFound("scenario_not_found")
    return found


def _organisation(actor: Actor) -> str | None:
    return actor.organisation_codes[0] if actor.organisation_codes else None


def _check_words(actor: Actor, name: str, note: str, shared_with: str) -> list[Problem]:
    checks: list[tuple[str, bool, str, Mapping[str, Any]]] = [
        ("name", 1 <= len(name.strip()) <= 200, "scenario_name", {}),
        ("note", len(note) <= 2000, "scenario_note", {}),
        ("shared_with", shared_with in SHARES, "scenario_choice", {"allowed": ", ".join(SHARES)}),
        (
            "shared_with",
            shared_with != "organisation" or _organisation(actor) is not None,
            "scenario_no_organisation",
            {},
        ),
    ]
    return [
        Problem(code, where={"field": field}, values={"field": field, **values})
        for field, holds, code, values in checks
        if not holds
    ]

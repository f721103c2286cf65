"""Comments of a review on a project: on the whole, on one of its fields or figures, or on a vertex of its geometry.

A figure that has no review of its own (contracts, payments, what is approved outside a document) is queried so: the
comment waits until whoever enters the field has answered it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import InvalidInput
from app.queries.project_comments import ENTITY, field_of_comment
from app.services.project_locks import hold_project, mark_on_behalf
from app.services.review_comments import NewComment, add_comments, answer_comment, check_comments
from gis.problems import Problem

PLACE = "geometry"
# Field -> what whoever answers for it may do.
FIELDS: Mapping[str, tuple[str, ...]] = {
    PLACE: (policy.COORDINATES_WRITE,),
    **dict.fromkeys(
        ("length_m", "width_m", "area_m2", "surface_type_code", "work_nature_code", "water_source_type_code"),
        (policy.PROJECT_WRITE, policy.COORDINATES_WRITE),
    ),
    **dict.fromkeys(("name_th", "kind", "planned_baht", "strategy_code"), (policy.PROJECT_WRITE,)),
    **dict.fromkeys(
        ("budget_baht", "programme_code", "work_code", "expenditure_category_code"), (policy.BUDGET_WRITE,)
    ),
    "contracted_baht": (policy.CONTRACT_WRITE,),
    "disbursed_baht": (policy.DISBURSEMENT_WRITE,),
}
ANSWERERS = tuple(dict.fromkeys(action for actions in FIELDS.values() for action in actions))
_COUNTED = ("version", "segment", "vertex")
_DEGREES = {"lon": 180.0, "lat": 90.0}


def may_comment(actor: Actor, target: Target) -> bool:
    """Whoever verifies there."""
    return policy.may(actor, policy.COORDINATES_VERIFY, target)


def may_answer(actor: Actor, target: Target, field: str | None) -> bool:
    """Whoever enters the field; what is said of the whole is answered by whoever enters anything of it."""
    return any(policy.may(actor, action, target) for action in FIELDS.get(field or "", ANSWERERS))


def comment_on_project(
    session: Session,
    actor: Actor,
    project_code: str,
    text: str,
    *,
    field: str | None = None,
    place: Mapping[str, Any] | None = None,
) -> None:
    """Say something of a project, of a field, or of a place on its geometry.

    Raises
    ------
    NotFound, Forbidden
        No such project; not for this person to verify there.
    InvalidInput
        An empty or long text, an unknown field, ``comment_place``: no place at all.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.COORDINATES_VERIFY, project.target)
    field = PLACE if place is not None else field
    readable = None if place is None else _place(place)
    problems = check_comments([NewComment(text, field)], tuple(FIELDS))
    if place is not None and readable is None:
        problems.append(Problem("comment_place", where={"field": "place"}))
    if problems:
        raise InvalidInput(problems)
    add_comments(
        session, actor, ENTITY, str(project.id), project.organisation_code, [NewComment(text, field, readable)]
    )


def answer_on_project(session: Session, actor: Actor, project_code: str, comment_id: int, reply: str = "") -> None:
    """Mark a comment as answered, by whoever enters the field or by whoever verifies there.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project or open comment; not this person's to answer; words that cannot be kept.
    """
    project = hold_project(session, actor, project_code)
    field = field_of_comment(session, project.id, comment_id)
    if not (may_comment(actor, project.target) or may_answer(actor, project.target, field)):
        policy.require(actor, FIELDS.get(field or "", ANSWERERS)[0], project.target)
    mark_on_behalf(session, actor, project.organisation_code)
    answer_comment(session, actor, ENTITY, str(project.id), comment_id, project.organisation_code, reply)


def _place(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """A place on a geometry: degrees, and which vertex of which version it was."""
    degrees = {name: given.get(name) for name in _DEGREES}
    if not all(
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _DEGREES[name]
        for name, value in degrees.items()
    ):
        return None
    counted = {name: given[name] for name in _COUNTED if given.get(name) is not None}
    if not all(type(value) is int and 0 < value < 1_000_000 for value in counted.values()):
        return None
    return {**{name: round(float(value or 0), 7) for name, value in degrees.items()}, **counted}

"""The review desk for programs: a verdict on many, and comments on a project, its fields and its vertices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import COORDINATES_VERIFY, Visibility, own_scope, roles_for
from app.errors import Forbidden, InvalidInput
from app.queries.project_comments import ProjectComment, comments_on_project
from app.services.geometry_reviews import AT_ONCE, NOTE_LENGTH, VERDICTS, Seen, review_many
from app.services.project_comments import FIELDS, answer_on_project, comment_on_project, may_answer, may_comment
from app.services.project_locks import HeldProject, look_at_project
from app.services.review_comments import LONGEST
from app.web.change_words import field_name
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.geometry_json import PROBLEMS_SCHEMA, problems_json
from app.web.payloads import json_object
from gis.problems import Problem

blueprint = Blueprint("review", __name__)

_SEEN: Mapping[str, Any] = {
    "type": "object",
    "required": ["project", "version"],
    "properties": {
        "project": {"type": "string"},
        "version": {"type": "integer", "description": "Of the coordinates that were looked at"},
    },
}
_PLACE: Mapping[str, Any] = {
    "type": ["object", "null"],
    "required": ["lon", "lat"],
    "properties": {
        "lon": {"type": "number"},
        "lat": {"type": "number"},
        "segment": {"type": "integer"},
        "vertex": {"type": "integer"},
        "version": {"type": "integer"},
    },
}
_COMMENTS: Mapping[str, Any] = {
    "type": "object",
    "required": ["items", "may_comment"],
    "properties": {
        "may_comment": {"type": "boolean"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "field", "field_name", "text", "place", "by", "at", "open"],
                "properties": {
                    "id": {"type": "integer"},
                    "field": {"type": ["string", "null"]},
                    "field_name": {"type": ["string", "null"]},
                    "text": {"type": "string"},
                    "place": _PLACE,
                    "by": {"type": "string"},
                    "at": {"type": "string", "format": "date-time"},
                    "open": {"type": "boolean"},
                    "resolved_by": {"type": ["string", "null"]},
                    "may_answer": {"type": "boolean"},
                },
            },
        },
    },
}


def require_desk() -> Actor:
    """Whoever verifies somewhere, and whoever works for the whole nation: the department looks on.

    Raises
    ------
    Forbidden
        Everybody else.
    """
    actor = current().actor
    staff = policy.visibility(actor) is Visibility.STAFF
    if not (staff and (own_scope(actor).nation or actor.roles & set(roles_for(COORDINATES_VERIFY)))):
        raise Forbidden("forbidden", {"action": COORDINATES_VERIFY, "organisation_code": None})
    return actor


@api_route(
    blueprint,
    "/api/v1/review",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Verify or return the coordinates of many projects in one act, whole or not at all",
    response={
        "type": "object",
        "required": ["status", "done", "left_out", "receipt"],
        "properties": {
            "status": {"enum": list(VERDICTS)},
            "done": {"type": "array", "items": _SEEN},
            "left_out": PROBLEMS_SCHEMA,
            "receipt": {"type": ["string", "null"]},
        },
    },
    body={
        "type": "object",
        "required": ["status", "items"],
        "properties": {
            "status": {"enum": list(VERDICTS)},
            "note": {"type": ["string", "null"], "maxLength": NOTE_LENGTH},
            "items": {"type": "array", "minItems": 1, "maxItems": AT_ONCE, "items": _SEEN},
            "leave_out": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Projects that an earlier answer named as not possible, and that may be left out",
            },
        },
    },
)
def review() -> dict[str, Any]:
    """What was changed meanwhile, or is one's own, is named and nothing is written, unless it may be left out."""
    here = current()
    body = json_object()
    note, left_out = body.get("note"), body.get("leave_out") or []
    if not isinstance(left_out, list) or not all(isinstance(one, str) for one in left_out):
        raise InvalidInput([Problem("text_expected", where={"field": "leave_out"})])
    with here.database.transaction(attribution()) as session:
        made = review_many(
            session, here.actor, _seen(body.get("items")), str(body.get("status", "")),
            note=None if note is None else str(note), leave_out=left_out,
        )  # fmt: skip
    return {
        "status": made.status,
        "done": [{"project": one.project_code, "version": one.version} for one in made.done],
        "left_out": problems_json(made.left_out, here.language),
        "receipt": made.receipt,
    }


def _seen(given: Any) -> list[Seen]:
    found = []
    for one in given if isinstance(given, list) else []:
        code, version = (one.get("project"), one.get("version")) if isinstance(one, dict) else (None, None)
        if not isinstance(code, str) or type(version) is not int:
            raise InvalidInput([Problem("field_required", where={"field": "items"})])
        found.append(Seen(code, version))
    return found


@api_route(
    blueprint,
    "/api/v1/projects/<code>/comments",
    access=Access.SIGNED_IN,
    summary="What was said of a project in its review, the open ones first",
    response=_COMMENTS,
)
def comments(code: str) -> dict[str, Any]:
    """For staff; each with its field, or its place on the map."""
    return comments_of(code)


@api_route(
    blueprint,
    "/api/v1/projects/<code>/comments",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Say something of a project, of a field, or of a vertex of its geometry",
    status=201,
    response=_COMMENTS,
    body={
        "type": "object",
        "required": ["text"],
        "properties": {
            "text": {"type": "string", "maxLength": LONGEST},
            "field": {"enum": [*FIELDS, None]},
            "place": _PLACE,
        },
    },
)
def comment(code: str) -> tuple[dict[str, Any], int]:
    """It waits until whoever enters the field has answered."""
    here = current()
    body = json_object()
    field, place = body.get("field"), body.get("place")
    if place is not None and not isinstance(place, dict):
        raise InvalidInput([Problem("comment_place", where={"field": "place"})])
    with here.database.transaction(attribution()) as session:
        comment_on_project(
            session, here.actor, code, str(body.get("text") or ""), field=str(field) if field else None, place=place
        )
    return comments_of(code), 201


@api_route(
    blueprint,
    "/api/v1/projects/<code>/comments/<int:comment_id>/answer",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Mark a comment on a project as answered",
    response=_COMMENTS,
    body={"type": "object", "properties": {"text": {"type": ["string", "null"], "maxLength": LONGEST}}},
)
def answer(code: str, comment_id: int) -> dict[str, Any]:
    """With a word in reply where there is one."""
    here = current()
    reply = str(json_object().get("text") or "")
    with here.database.transaction(attribution()) as session:
        answer_on_project(session, here.actor, code, comment_id, reply)
    return comments_of(code)


def comments_of(code: str) -> dict[str, Any]:
    """Comments of a project, for staff."""
    here = current()
    with here.database.reading() as session:
        # First whether they may know of it at all: a refusal would tell.
        project = look_at_project(session, here.actor, code)
        if policy.visibility(here.actor) is not Visibility.STAFF:
            raise Forbidden("forbidden")
        found = comments_on_project(session, code)
    return {
        "may_comment": may_comment(here.actor, project.target),
        "items": [_comment_json(one, project) for one in found],
    }


def _comment_json(one: ProjectComment, project: HeldProject) -> dict[str, Any]:
    actor = current().actor
    answers = may_answer(actor, project.target, one.field) or may_comment(actor, project.target)
    return {
        "id": one.id,
        "field": one.field,
        "field_name": field_name(one.field, "project") if one.field else None,
        "text": one.text,
        "place": one.place,
        "by": one.by,
        "at": one.at,
        "open": one.resolved_at is None,
        "resolved_by": one.resolved_by,
        "may_answer": one.resolved_at is None and answers,
    }

"""Drafts of coordinates for the map: kept on the server, so that a closed browser loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from app.errors import InvalidInput
from app.services.drafts import LIMIT_BYTES, Draft, delete_draft, drafted_projects, get_draft, save_draft
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.payloads import json_object
from gis.problems import Problem

blueprint = Blueprint("drafts", __name__)

# The envelope comes on top of the content.
BODY_LIMIT_BYTES = LIMIT_BYTES + 64 * 1024
_DRAFT: Mapping[str, Any] = {
    "type": "object",
    "required": ["content", "base_version", "saved_at"],
    "properties": {
        "content": {"description": "Whatever the map keeps; at most 1 MB"},
        "base_version": {"type": "integer", "minimum": 0},
        "saved_at": {"type": "string", "format": "date-time"},
    },
}
_DRAFTED: Mapping[str, Any] = {
    "type": "object",
    "required": ["projects"],
    "properties": {"projects": {"type": "array", "items": {"type": "string"}}},
}
_BODY: Mapping[str, Any] = {
    "type": "object",
    "required": ["content", "base_version"],
    "properties": {"content": {}, "base_version": {"type": "integer", "minimum": 0}},
}


@api_route(
    blueprint,
    "/api/v1/drafts",
    access=Access.SIGNED_IN,
    summary="Projects of which you keep a draft",
    response=_DRAFTED,
)
def listed() -> dict[str, Any]:
    """Codes, the newest draft first: other people's drafts are nobody's business."""
    context = current()
    with context.database.reading() as session:
        return {"projects": drafted_projects(session, context.actor)}


@api_route(
    blueprint,
    "/api/v1/projects/<code>/draft",
    access=Access.SIGNED_IN,
    summary="Your own draft of a project's coordinates",
    response=_DRAFT,
)
def read(code: str) -> dict[str, Any] | Response:
    """204 when there is none: most projects have no draft, and that is no error."""
    context = current()
    with context.database.reading() as session:
        draft = get_draft(session, context.actor, code)
    return Response(status=204) if draft is None else _json(draft)


@api_route(
    blueprint,
    "/api/v1/projects/<code>/draft",
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Keep your draft, over the one before",
    response=_DRAFT,
    body=_BODY,
)
def write(code: str) -> dict[str, Any]:
    """Writes no version: a draft is nobody else's business."""
    body = json_object(BODY_LIMIT_BYTES)
    version = body.get("base_version")
    if "content" not in body or not isinstance(version, int) or isinstance(version, bool) or version < 0:
        missing = "base_version" if "content" in body else "content"
        raise InvalidInput([Problem("field_required", where={"field": missing})])
    context = current()
    with context.database.transaction(attribution()) as session:
        return _json(save_draft(session, context.actor, code, body["content"], version))


@api_route(
    blueprint,
    "/api/v1/projects/<code>/draft",
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Throw your draft away",
    response={},
    status=204,
)
def delete(code: str) -> Response:
    """204 also when there was none."""
    context = current()
    with context.database.transaction(attribution()) as session:
        delete_draft(session, context.actor, code)
    return Response(status=204)


def _json(draft: Draft) -> dict[str, Any]:
    return {
        "content": draft.content,
        "base_version": draft.base_version,
        "saved_at": draft.saved_at.isoformat(),
    }

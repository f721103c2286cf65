"""The change feed for programs: what changed since a cursor."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint

from app.auth.policy import visibility
from app.errors import Forbidden
from app.queries.changes import (
    KEPT,
    RESOURCES,
    Changed,
    Cursor,
    Eyes,
    changes_since,
    newest_cursor,
    oldest_cursor,
    read_cursor,
)
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.params import Unreadable, choice, integer_schema, string_schema, whole_number

blueprint = Blueprint("changes", __name__)
OLDEST = "oldest"


def _since(text: str) -> Cursor | str:
    found = OLDEST if text == OLDEST else read_cursor(text)
    if found is None:
        raise Unreadable("ค่า cursor จากหน้าก่อน หรือ oldest", "a cursor of an earlier answer, or oldest")
    return found


SINCE = Param(
    "since",
    _since,
    string_schema(maxLength=60),
    "Cursor of an earlier answer, or `oldest`. Without it only the cursor of now is told: ask for that first, take"
    " everything, then go on from it",
)
LIMIT = Param("limit", whole_number(1, 1000), integer_schema(1, 1000), "Records a page", 200)
RESOURCE = Param(
    "resource", choice(*RESOURCES), string_schema(enum=list(RESOURCES)), "Only these; all when absent", (), many=True
)
_ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["cursor", "at", "resource", "action", "project", "plan_version", "organisation", "href"],
    "properties": {
        "cursor": {"type": "string", "description": "Position of its last change; the feed can be resumed from it"},
        "at": {"type": "string", "format": "date-time"},
        "resource": {"enum": list(RESOURCES)},
        "action": {
            "enum": ["changed", "withdrawn"],
            "description": "withdrawn: removed, not published any more, or moved out of the areas of the token",
        },
        "project": {"type": ["string", "null"]},
        "plan_version": {"type": ["integer", "null"]},
        "organisation": {"type": ["string", "null"]},
        "fiscal_year_be": {"type": ["integer", "null"]},
        "href": {"type": ["string", "null"], "description": "Where it can be read as it is now"},
    },
}
_FEED: dict[str, Any] = {
    "type": "object",
    "required": ["items", "cursor", "more", "next", "complete_until", "kept_days"],
    "properties": {
        "items": {"type": "array", "items": _ITEM},
        "cursor": {"type": "string", "description": "Where to go on"},
        "more": {
            "type": "boolean",
            "description": "True: ask again at once; a page may be empty and have more behind it",
        },
        "next": {"type": "string"},
        "complete_until": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "When the log was last sealed with something new: what was committed before is in the feed",
        },
        "kept_days": {"type": "integer", "description": "A cursor that is older is answered with 410"},
    },
}


@api_route(
    blueprint,
    "/api/v1/changes",
    access=Access.PUBLIC,
    params=(SINCE, LIMIT, RESOURCE),
    summary="What changed since a cursor: each record once a page, without values; 410 when the cursor is too old",
    response=_FEED,
)
def read(since: Cursor | str | None, limit: int, resource: tuple[str, ...]) -> dict[str, Any]:
    """The public hears of published projects, agencies of sums, staff of everything."""
    context = current()
    eyes = _eyes(resource)
    with context.database.reading() as session:
        if since is None:
            return _answer([], newest_cursor(session), resource, limit)
        cursor = oldest_cursor(session) if isinstance(since, str) else since
        page = changes_since(session, cursor, eyes, limit)
    answer = _answer([_item(one) for one in page.items], page.cursor, resource, limit)
    return {**answer, "more": page.more, "complete_until": page.complete_until}


def _eyes(resource: tuple[str, ...]) -> Eyes:
    actor = current().actor
    wanted = frozenset(resource or RESOURCES)
    if actor.token is not None:
        missing = sorted(frozenset(resource) - actor.token.resources)
        if missing:
            allowed = ", ".join(sorted(actor.token.resources))
            raise Forbidden("token_scope", {"resource": ", ".join(missing), "allowed": allowed})
        wanted &= actor.token.resources
    return Eyes(visibility(actor), wanted, actor.token)


def _answer(items: list[dict[str, Any]], cursor: Cursor, resource: tuple[str, ...], limit: int) -> dict[str, Any]:
    narrowed = f"&resource={','.join(resource)}" if resource else ""
    return {
        "items": items,
        "cursor": str(cursor),
        "more": False,
        "next": f"/api/v1/changes?since={cursor}&limit={limit}{narrowed}",
        "complete_until": None,
        "kept_days": KEPT.days,
    }


def _item(one: Changed) -> dict[str, Any]:
    return {
        "cursor": str(one.cursor),
        "at": one.at,
        "resource": one.resource,
        "action": one.action,
        "project": one.project,
        "plan_version": one.plan_version,
        "organisation": one.organisation,
        "fiscal_year_be": one.fiscal_year_be,
        "href": _href(one),
    }


def _href(one: Changed) -> str | None:
    if one.action == "withdrawn":
        return None
    if one.resource == "plans":
        return f"/api/v1/plan-versions/{one.plan_version}"
    project = f"/api/v1/projects/{quote(one.project or '')}"
    return f"{project}/geometry" if one.resource == "geometries" else project

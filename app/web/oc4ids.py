"""Open standards: published projects as an OC4IDS project package."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, request

from app.queries.oc4ids import MOST_PROJECTS, VERSION, oc4ids_projects
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.params import integer_schema, whole_number
from app.web.project_params import FILTER_PARAMS, filter_of, query_of

blueprint = Blueprint("oc4ids", __name__)

AFTER = Param(
    "after", whole_number(0, 2**53), integer_schema(0, 2**53), "Where the page begins: from ``links.next``", 0
)
LIMIT = Param("limit", whole_number(1, MOST_PROJECTS), integer_schema(1, MOST_PROJECTS), "Projects a page", 100)
_PACKAGE: dict[str, Any] = {
    "type": "object",
    "required": ["uri", "publishedDate", "version", "publisher", "projects"],
    "properties": {
        "uri": {"type": "string"},
        "publishedDate": {"type": "string", "format": "date-time"},
        "version": {"type": "string"},
        "publisher": {"type": "object"},
        "projects": {"type": "array", "items": {"type": "object"}},
        "links": {"type": "object"},
    },
}


@api_route(
    blueprint,
    "/api/v1/oc4ids/projects",
    access=Access.PUBLIC,
    params=(*FILTER_PARAMS, LIMIT, AFTER),
    summary="Published projects as an OC4IDS 0.9 project package, a page at a time",
    response=_PACKAGE,
)
def read_package(**values: Any) -> dict[str, Any]:
    """What the public may see, whoever asks: the document is meant to be passed on."""
    narrowed = filter_of(values)
    with current().database.reading() as session:
        page = oc4ids_projects(session, narrowed, after=values["after"], limit=values["limit"])
    package = {
        "uri": request.url,
        "publishedDate": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": VERSION,
        "publisher": {"name": "e-Plan"},
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "projects": list(page.projects),
    }
    if page.next is not None:
        query = query_of(narrowed, limit=values["limit"], after=page.next)
        package["links"] = {"next": f"/api/v1/oc4ids/projects?{query}"}
    return package

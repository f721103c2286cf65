"""Projects for programs: lists by keyset, one project with everything about it, changes under If-Match."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import Visibility
from app.errors import NotFound
from app.queries.areas import bounds
from app.queries.geometries import current_geometry
from app.queries.history import project_history
from app.queries.history_rights import Reader, reader_of
from app.queries.project_detail import ProjectDetail, project_detail
from app.queries.project_filter import ProjectFilter
from app.queries.projects import MAX_LIMIT, Key, Order, ProjectRow, is_key, is_place, project_page, project_row
from app.services.projects import update_project
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.errors import BadParameters
from app.web.geometry_json import geometry_json
from app.web.json import json_response
from app.web.params import cursor, encode_cursor, integer_schema, string_schema, whole_number
from app.web.payloads import if_match, json_object
from app.web.project_json import (
    DETAIL_SCHEMA,
    PAGE_SCHEMA,
    change_json,
    detail_json,
    item_json,
    may_json,
    target_of,
)
from app.web.project_params import FILTER_PARAMS, SORT_PARAM, filter_of, order_of, query_of
from app.web.token_scope import note_rows, within_scope
from gis.problems import Problem

blueprint = Blueprint("projects", __name__)

CURSOR_PARAM = Param("cursor", cursor, string_schema(maxLength=2000), "Where the page begins: from ``next``")
LIMIT_PARAM = Param("limit", whole_number(1, MAX_LIMIT), integer_schema(1, MAX_LIMIT), "Projects a page", 50)


@api_route(
    blueprint,
    "/api/v1/projects",
    access=Access.PUBLIC,
    params=(*FILTER_PARAMS, SORT_PARAM, LIMIT_PARAM, CURSOR_PARAM),
    summary="Projects, a page at a time; all filters take several values",
    response=PAGE_SCHEMA,
)
def read_list(**values: Any) -> dict[str, Any]:
    """The public sees projects whose budget is approved."""
    narrowed, order = filter_of(values), order_of(values)
    context = current()
    key = readable_key(order, values["cursor"])
    require_place(narrowed, order)
    with context.database.reading() as session:
        sight = policy.visibility(context.actor)
        page = project_page(session, narrowed, sight=sight, order=order, limit=values["limit"], key=key)
    items = [within_scope(item_json(row)) for row in page.items]
    return {"items": items, "next": _next(narrowed, order, values["limit"], page.next)}


def _next(narrowed: ProjectFilter, order: Order, limit: int, key: Key | None) -> str | None:
    if key is None:
        return None
    return f"/api/v1/projects?{query_of(narrowed, sort=order, limit=limit, cursor=encode_cursor(key))}"


@api_route(
    blueprint,
    "/api/v1/projects/<code>",
    access=Access.PUBLIC,
    summary="One project: plan, budget, contracts, disbursements, specification, coordinates, history",
    response=DETAIL_SCHEMA,
    headers={"If-None-Match": "ETag of the project that you have; 304 when nothing changed"},
)
def read_one(code: str) -> Response:
    """Contractors who are natural persons are named to those who work with them only."""
    context = current()
    sight = policy.visibility(context.actor)
    with context.database.reading() as session:
        detail = found_detail(session, code)
        geometry = current_geometry(session, code, sight=sight)
        area = detail.row.area_code
        around = None if area is None or detail.row.bounds else bounds(session, area)
        history = []
        if sight is Visibility.STAFF:
            history = project_history(session, detail.row.id, reader()).items
    body = {
        **detail_json(detail),
        "area_bbox": around,
        "geometry": None if geometry is None else geometry_json(geometry, context.language),
        "may": may_json(context.actor, detail.row),
        "history": [change_json(change) for change in history],
    }
    note_rows(1)
    answer = json_response(within_scope(body))
    answer.set_etag(f"p{detail.row.row_version}")
    return cast(Response, answer.make_conditional(request))


@api_route(
    blueprint,
    "/api/v1/projects/<code>",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Change fields of a project",
    response=DETAIL_SCHEMA,
    body={"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}},
    headers={"If-Match": 'ETag of the project that you change, such as "p3"'},
)
def change(code: str) -> Response:
    """Which fields depends on the role; unknown ones are refused together."""
    version = if_match("p")
    changes = json_object()
    context = current()
    with context.database.transaction(attribution()) as session:
        update_project(session, context.actor, code, changes, if_match_version=version)
    return cast(Response, read_one(code=code))


def found_detail(session: Session, code: str) -> ProjectDetail:
    """The project with the eyes of this request.

    Raises
    ------
    NotFound
        ``project_not_found``.
    """
    context = current()
    sight = policy.visibility(context.actor)
    row = project_row(session, code, sight=sight)
    named = row is not None and sees_persons(row)
    detail = project_detail(session, code, sight=sight, names_of_persons=named, language=context.language)
    if detail is None:
        raise NotFound("project_not_found", {"project": code[:80]})
    return detail


def sees_persons(row: ProjectRow) -> bool:
    """True when this person works with the project's contractors, so that they may be named."""
    return policy.own_scope(current().actor).covers(target_of(row))


def reader() -> Reader:
    """The history with the eyes of this request."""
    return reader_of(current().actor)


def require_place(narrowed: ProjectFilter, order: Order) -> None:
    """Refuse an order by name over the whole country.

    Raises
    ------
    BadParameters
        ``sort_needs_place``.
    """
    if order == "name" and not is_place(narrowed):
        raise BadParameters([Problem("sort_needs_place", where={"field": "sort"})], code="invalid_parameters")


def readable_key(order: Order, key: Key | None) -> Key | None:
    """The key when it belongs to a list in this order.

    Raises
    ------
    BadParameters
        ``cursor_unreadable``.
    """
    if key is None or is_key(order, key):
        return key
    raise BadParameters([Problem("cursor_unreadable", where={"field": "cursor"})], code="invalid_parameters")

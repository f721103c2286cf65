"""Coordinates of a project for programs: read, write under If-Match, review, look back, check without writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Blueprint, Response, request
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from app.auth import policy
from app.errors import NotFound
from app.messages import sentence
from app.queries.geometries import current_geometry, geometry_versions
from app.services.geometries import GeometryReceipt, check_geometry, record_geometry, review_geometry
from app.web.context import attribution, current
from app.web.duplicate_json import NEIGHBOUR_SCHEMA, neighbour_json
from app.web.endpoint import Access, api_route
from app.web.errors import BadRequest
from app.web.geometry_json import (
    GEOJSON_SCHEMA,
    GEOMETRY_SCHEMA,
    PROBLEMS_SCHEMA,
    geometry_json,
    problems_json,
    read_geometry,
)
from app.web.json import json_response
from app.web.payloads import if_match, json_body, json_object
from gis import geojson
from gis.doctor.lines import Mend, explained, join_ends, mends
from gis.measure import area_text
from gis.problems import Problem

blueprint = Blueprint("geometries", __name__)

_IF_MATCH = {"If-Match": 'ETag of the version that you change, such as "g3"; "g0" when there is none yet'}
_REVIEW_BODY: Mapping[str, Any] = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"enum": ["SUBMITTED", "VERIFIED", "RETURNED"]},
        "note": {"type": ["string", "null"], "maxLength": 2000},
    },
}
_CHECK_BODY: Mapping[str, Any] = {
    "type": "object",
    "required": ["project", "geometry"],
    "properties": {"project": {"type": "string"}, "geometry": GEOJSON_SCHEMA},
}
_MEASURES: Mapping[str, Any] = {
    "type": "object",
    "required": ["length_m", "area_m2"],
    "properties": {
        "length_m": {"type": "number"},
        "area_m2": {"type": "number"},
        "surface_m2": {"type": ["number", "null"], "description": "Length times the width in the specification"},
    },
}
_OFFER: Mapping[str, Any] = {
    "type": "object",
    "required": ["kind", "message", "length_m", "lines"],
    "properties": {
        "kind": {"type": "string"},
        "message": {"type": "string"},
        "length_m": {"type": "number"},
        "lines": {"type": "array", "items": GEOJSON_SCHEMA, "description": "The segment afterwards; two when cut"},
    },
}
_CHECK_ANSWER: Mapping[str, Any] = {
    "type": "object",
    "required": ["length_m", "area_m2", "area_text", "segments", "problems", "neighbours"],
    "properties": {
        "length_m": {"type": "number"},
        "area_m2": {"type": "number"},
        "area_text": {"type": "string"},
        "segments": {"type": "array", "items": _MEASURES},
        "neighbours": {"type": "array", "items": NEIGHBOUR_SCHEMA, "description": "Works where the drawing is"},
        "problems": {
            **PROBLEMS_SCHEMA,
            "items": {
                **PROBLEMS_SCHEMA["items"],
                "properties": {**PROBLEMS_SCHEMA["items"]["properties"], "offers": {"type": "array", "items": _OFFER}},
            },
        },
    },
}


@api_route(
    blueprint,
    "/api/v1/projects/<code>/geometry",
    access=Access.PUBLIC,
    summary="Newest coordinates of a project",
    response=GEOMETRY_SCHEMA,
    headers={"If-None-Match": "ETag of the version that you have; 304 when it still stands"},
)
def read(code: str) -> Response:
    """The newest version with its ETag."""
    return cast(Response, _newest(code).make_conditional(request))


@api_route(
    blueprint,
    "/api/v1/projects/<code>/geometry",
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Add a version of a project's coordinates",
    response=GEOMETRY_SCHEMA,
    body={"content": {"application/geo+json": GEOJSON_SCHEMA, "application/json": GEOJSON_SCHEMA}},
    headers=_IF_MATCH,
)
def write(code: str) -> Response:
    """A bare geometry is kept as a draft; a Feature or FeatureCollection says more in its properties."""
    version = if_match("g")
    given = read_geometry(json_body())
    context = current()
    with context.database.transaction(attribution()) as session:
        receipt = record_geometry(
            session,
            context.actor,
            code,
            given.segments,
            if_match_version=version,
            status=given.status,
            source=given.source,
            original=given.original,
            original_epsg=given.original_epsg,
            note=given.note,
        )
    return _newest(code, receipt)


@api_route(
    blueprint,
    "/api/v1/projects/<code>/geometry/versions",
    access=Access.PUBLIC,
    summary="All versions of a project's coordinates, the newest first",
    response={
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": GEOMETRY_SCHEMA}, "next": {"type": "null"}},
    },
)
def versions(code: str) -> dict[str, Any]:
    """Versions are never overwritten; the public sees verified ones."""
    context = current()
    with context.database.reading() as session:
        found = geometry_versions(session, code, sight=policy.visibility(context.actor))
    if found is None:
        raise NotFound("project_not_found", {"project": code[:80]})
    return {"items": [geometry_json(view, context.language) for view in found], "next": None}


@api_route(
    blueprint,
    "/api/v1/projects/<code>/geometry/status",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Submit, verify or return the newest coordinates",
    response=GEOMETRY_SCHEMA,
    body=_REVIEW_BODY,
    headers=_IF_MATCH,
)
def review(code: str) -> Response:
    """The verdict is a version of its own with the same shape."""
    version = if_match("g")
    body = json_object()
    note = body.get("note")
    context = current()
    with context.database.transaction(attribution()) as session:
        receipt = review_geometry(
            session,
            context.actor,
            code,
            str(body.get("status", "")),
            if_match_version=version,
            note=None if note is None else str(note),
        )
    return _newest(code, receipt)


@api_route(
    blueprint,
    "/api/v1/geometry/check",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Measure and check coordinates without writing",
    response=_CHECK_ANSWER,
    body=_CHECK_BODY,
)
def check() -> dict[str, Any]:
    """What the write path would say, and the measures."""
    body = json_object()
    code = body.get("project")
    if not isinstance(code, str):
        raise BadRequest("field_required", {"field": "project"})
    given = read_geometry(body.get("geometry", body))
    context = current()
    with context.database.reading() as session:
        found = check_geometry(session, context.actor, code, given.segments)
    measures = zip(found.segment_lengths_m, found.segment_areas_m2, found.segment_surfaces_m2, strict=True)
    return {
        "length_m": found.length_m,
        "area_m2": found.area_m2,
        "area_text": area_text(found.area_m2),
        "segments": [
            {"length_m": length, "area_m2": area, "surface_m2": surface} for length, area, surface in measures
        ],
        "problems": _with_offers(problems_json(found.problems, context.language), found.problems, given.segments),
        "neighbours": [neighbour_json(one, context.language) for one in found.neighbours],
    }


def _with_offers(
    shown: list[dict[str, Any]], problems: Sequence[Problem], segments: Sequence[BaseGeometry]
) -> list[dict[str, Any]]:
    """What the coordinate doctor would do about each problem of a line, ready to be taken."""
    language = current().language
    mended: dict[int, list[Mend]] = {}
    for number in {int(problem.where.get("segment", 0)) for problem in problems}:
        segment = segments[number - 1] if 0 < number <= len(segments) else None
        if isinstance(segment, LineString):
            mended[number] = mends(segment)
    closed = join_ends(segments) if any(problem.code == "ends_apart" for problem in problems) else {}
    for line, problem in zip(shown, problems, strict=True):
        number = int(problem.where.get("segment", 0))
        found = explained(problem, mended.get(number, []))
        if problem.code == "ends_apart":
            found = [closed[number - 1]]
        line["offers"] = [
            {
                "kind": one.kind,
                "message": sentence(f"mend_{one.kind}", {}, language),
                "length_m": round(one.length_m, 1),
                "lines": [geojson.dump(part) for part in one.lines],
            }
            for one in found
        ]
    return shown


def _newest(code: str, receipt: GeometryReceipt | None = None) -> Response:
    context = current()
    with context.database.reading() as session:
        view = current_geometry(session, code, sight=policy.visibility(context.actor))
    if view is None:
        raise NotFound("project_not_found", {"project": code[:80]})
    body = geometry_json(view, context.language)
    if receipt is not None:
        body["receipt"] = receipt.receipt
    answer = json_response(body)
    answer.set_etag(f"g{view.version}")
    return answer

"""The report over stored coordinates: its page, its lists, and what people do about a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import COORDINATES_VERIFY, COORDINATES_WRITE, Target, Visibility
from app.errors import Forbidden, InvalidInput, NotFound
from app.messages import Language, fix, sentence
from app.queries.coordinate_findings import (
    MAX_LIMIT,
    FindingFilter,
    FindingView,
    findings_page,
)
from app.queries.organisations import organisation_names, organisations_in_area
from app.services import jobs
from app.services.coordinate_answers import (
    AT_ONCE,
    WITHDRAWABLE,
    FindingRef,
    all_alike,
    answer,
    reopen,
    take_offers,
    withdraw,
)
from app.services.coordinate_checks import KIND
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.jobs import JOB_SCHEMA, job_json
from app.web.params import (
    Unreadable,
    area_code,
    boolean,
    code,
    cursor,
    encode_cursor,
    integer_schema,
    organisation_code,
    string_schema,
    whole_number,
)
from app.web.payloads import json_object
from gis.problems import Problem

blueprint = Blueprint("coordinate_findings", __name__)

PAGE = 100


def _seat(text: str) -> str:
    found = area_code(text)
    if len(found) > 4:
        raise Unreadable("รหัสจังหวัด 2 หลัก หรืออำเภอ 4 หลัก", "a province (2 digits) or an amphoe (4)")
    return found


_PLACE = (
    Param("organisation", organisation_code, string_schema(maxLength=20), "Codes of organisations", (), many=True),
    Param("area", _seat, string_schema(pattern="^[0-9]{2}([0-9]{2})?$"), "Seat of the organisations", ""),
)
FILTER = (
    *_PLACE,
    Param("code", code, string_schema(maxLength=40), "Codes of problems", (), many=True),
    Param("answered", boolean, {"type": "boolean"}, "True: those that somebody said are right as they stand", False),
)
_OFFER: Mapping[str, Any] = {
    "type": "object",
    "required": ["kind", "message", "epsg", "score", "geometry"],
    "properties": {
        "kind": {"type": "string"},
        "message": {"type": "string"},
        "epsg": {"type": "integer"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "spread_m": {"type": "number"},
        "geometry": {"type": "object", "description": "GeoJSON, EPSG:4326"},
    },
}
FINDING_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["project", "code", "level", "message", "lon", "lat", "offers"],
    "properties": {
        "project": {"type": "string"},
        "name": {"type": "string"},
        "kind": {"type": "string"},
        "fiscal_year_be": {"type": "integer"},
        "organisation": {"type": "string"},
        "organisation_name": {"type": "string"},
        "geometry_status": {"type": "string"},
        "geometry_version": {"type": "integer"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "level": {"enum": ["error", "warning", "info"]},
        "message": {"type": "string"},
        "fix": {"type": "string"},
        "lon": {"type": "number"},
        "lat": {"type": "number"},
        "offers": {"type": "array", "items": _OFFER},
        "note": {"type": ["string", "null"]},
        "answered_by": {"type": ["string", "null"]},
        "answered_at": {"type": ["string", "null"], "format": "date-time"},
        "may": {
            "type": "object",
            "properties": {name: {"type": "boolean"} for name in ("mend", "withdraw", "answer")},
        },
    },
}
_REFS: Mapping[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": AT_ONCE,
    "items": {
        "type": "object",
        "required": ["project", "code"],
        "properties": {
            "project": {"type": "string"},
            "code": {"type": "string"},
            "offer": {"type": "integer", "minimum": 0, "description": "Which offer; 0 is the likeliest"},
        },
    },
}
_COUNT: Mapping[str, Any] = {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}


@api_route(
    blueprint,
    "/api/v1/coordinate-findings",
    access=Access.SIGNED_IN,
    params=(
        *FILTER,
        Param("limit", whole_number(1, MAX_LIMIT), integer_schema(1, MAX_LIMIT), "Findings a page", PAGE),
        Param("cursor", cursor, string_schema(maxLength=400), "Where the page begins: from ``next``"),
    ),
    summary="What looks wrong about stored coordinates, and how each was probably meant",
    response={
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": FINDING_SCHEMA},
            "next": {"type": ["string", "null"]},
        },
        "required": ["items", "next"],
    },
)
def read_list(limit: int, cursor: Any, **values: Any) -> dict[str, Any]:
    """A page for staff."""
    here = current()
    require_staff(here.actor)
    narrowed = FindingFilter(**values)
    after = None
    if cursor is not None:
        if [type(part) for part in cursor] != [str, int, str]:
            raise InvalidInput([Problem("cursor_unreadable", where={"field": "cursor"})])
        after = (cursor[0], cursor[1], cursor[2])
    with here.database.reading() as session:
        found = findings_page(session, narrowed, limit=limit, after=after)
    items = [finding_json(one, here.actor, here.language) for one in found[:limit]]
    more = None
    if len(found) > limit:
        query = {**query_of(narrowed), "limit": limit, "cursor": encode_cursor(list(found[limit - 1].key))}
        more = f"/api/v1/coordinate-findings?{urlencode(query)}"
    return {"items": items, "next": more}


@api_route(
    blueprint,
    "/api/v1/coordinate-findings/check",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Check the coordinates of an organisation, or of all with their seat in an area, in the background",
    status=202,
    response=JOB_SCHEMA,
    body={"type": "object", "properties": {"organisation": {"type": "string"}, "area": {"type": "string"}}},
)
def check() -> tuple[dict[str, Any], int]:
    """Whoever enters or verifies coordinates there may ask."""
    here = current()
    asked = json_object()
    organisation, area = asked.get("organisation") or None, asked.get("area") or None
    if not all(value is None or isinstance(value, str) for value in (organisation, area)):
        raise InvalidInput([Problem("text_expected", where={"field": "organisation"})])
    with here.database.transaction(attribution()) as session:
        targets = targets_of(session, organisation, area)
        if not all(may_any(here.actor, target, COORDINATES_WRITE, COORDINATES_VERIFY) for target in targets):
            policy.require(here.actor, COORDINATES_VERIFY, targets[0])
        parameters = {"organisations": [organisation] if organisation else None, "area": area}
        job = jobs.enqueue(session, KIND, _("ตรวจพิกัดที่เก็บไว้"), parameters, here.actor, lock=KIND)
        seen = jobs.visible_job(session, here.actor, job.id)
    return job_json(seen, here.language), 202


@api_route(
    blueprint,
    "/api/v1/coordinate-findings/mend",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take offered readings as the next version of their projects, all or nothing",
    response={
        "type": "object",
        "properties": {"projects": {"type": "array", "items": {"type": "string"}}, "receipt": {"type": "string"}},
        "required": ["projects"],
    },
    body={
        "type": "object",
        "properties": {
            "findings": _REFS,
            "alike": {
                "type": "object",
                "description": "Instead of ``findings``: all open ones of this kind, at most 500",
                "required": ["code", "kind"],
                "properties": {
                    "code": {"type": "string"},
                    "kind": {"type": "string", "description": "Kind of the likeliest offer"},
                    "epsg": {"type": "integer", "description": "Its coordinate system"},
                    "organisation": {"type": "string"},
                    "area": {"type": "string"},
                },
            },
        },
    },
)
def mend() -> dict[str, Any]:
    """The version before stays in the history, from where it can be taken back."""
    here = current()
    asked = json_object()
    with here.database.transaction(attribution()) as session:
        chosen = _alike(session, asked["alike"]) if "alike" in asked else _refs(asked)
        receipt = take_offers(session, here.actor, chosen)
    return {"projects": list(receipt.projects), "receipt": receipt.receipt}


@api_route(
    blueprint,
    "/api/v1/coordinate-findings/withdraw",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Make projects wait for coordinates again whose place is an office, or one point for many",
    response=_COUNT,
    body={"type": "object", "required": ["findings"], "properties": {"findings": _REFS}},
)
def take_away() -> dict[str, Any]:
    """The version before stays in the history, from where it can be taken back."""
    here = current()
    with here.database.transaction(attribution()) as session:
        return {"count": withdraw(session, here.actor, _refs(json_object()))}


@api_route(
    blueprint,
    "/api/v1/coordinate-findings/answer",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Say that coordinates are right as they stand, and why",
    response=_COUNT,
    body={
        "type": "object",
        "required": ["findings", "note"],
        "properties": {"findings": _REFS, "note": {"type": "string", "minLength": 1, "maxLength": 1000}},
    },
)
def say_right() -> dict[str, Any]:
    """Holds for the version that stands; a newer one is looked at anew."""
    here = current()
    asked = json_object()
    note = asked.get("note", "")
    if not isinstance(note, str):
        raise InvalidInput([Problem("text_expected", where={"field": "note"})])
    with here.database.transaction(attribution()) as session:
        return {"count": answer(session, here.actor, _refs(asked), note)}


@api_route(
    blueprint,
    "/api/v1/coordinate-findings/reopen",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take answers back",
    response=_COUNT,
    body={"type": "object", "required": ["findings"], "properties": {"findings": _REFS}},
)
def take_back() -> dict[str, Any]:
    """The log keeps that they were given."""
    here = current()
    with here.database.transaction(attribution()) as session:
        return {"count": reopen(session, here.actor, _refs(json_object()))}


def finding_json(one: FindingView, actor: Actor, language: Language) -> dict[str, Any]:
    """A finding in words, with what this person may do about it."""
    values = {**one.problem["where"], **one.problem["values"]}
    target = Target(one.organisation_code, one.province_code, one.amphoe_code)
    return {
        "project": one.project_code,
        "name": one.name_th,
        "kind": one.kind,
        "fiscal_year_be": one.fiscal_year_be,
        "organisation": one.organisation_code,
        "organisation_name": one.organisation_name,
        "geometry_status": one.geometry_status,
        "geometry_version": one.geometry_version,
        "code": one.code,
        "title": sentence(f"finding_{one.code}", {}, language),
        "level": one.level,
        "message": sentence(one.code, values, language),
        "fix": fix(one.code, values, language),
        "lon": one.lon,
        "lat": one.lat,
        "offers": [
            {
                "kind": offer["kind"],
                "message": sentence(offer["reason"], offer, language),
                "epsg": offer["epsg"],
                "score": offer["score"],
                "spread_m": offer["spread_m"],
                "geometry": offer["geometry"],
            }
            for offer in one.offered
        ],
        "note": one.note,
        "answered_by": one.answered_by,
        "answered_at": one.answered_at,
        "may": {
            "mend": policy.may(actor, COORDINATES_WRITE, target),
            "withdraw": one.code in WITHDRAWABLE and policy.may(actor, COORDINATES_WRITE, target),
            "answer": may_any(actor, target, COORDINATES_WRITE, COORDINATES_VERIFY),
        },
    }


def query_of(narrowed: FindingFilter) -> dict[str, str]:
    given = {
        "organisation": ",".join(narrowed.organisation),
        "area": narrowed.area,
        "code": ",".join(narrowed.code),
        "answered": "true" if narrowed.answered else "",
    }
    return {name: value for name, value in given.items() if value}


def targets_of(session: Session, organisation: str | None, area: str | None) -> list[Target]:
    """Where the report is about, for policy."""
    if organisation:
        one = organisation_names(session, [organisation]).get(organisation)
        if one is None:
            raise NotFound("organisation_not_found", {"organisation": organisation[:40]})
        return [Target(one.code, one.province_code, one.amphoe_code)]
    if area:
        found = organisations_in_area(session, area)
        if not found:
            raise NotFound("area_not_found", {"area": area[:10]})
        return [Target(one.code, one.province_code, one.amphoe_code) for one in found]
    return [policy.NATION]


def may_any(actor: Actor, target: Target, *actions: str) -> bool:
    return any(policy.may(actor, action, target) for action in actions)


def require_staff(actor: Actor) -> None:
    if policy.visibility(actor) is not Visibility.STAFF:
        raise Forbidden("forbidden", {"action": COORDINATES_VERIFY, "organisation_code": None})


def _refs(asked: Mapping[str, Any]) -> list[FindingRef]:
    given = asked.get("findings")
    sound = isinstance(given, list) and given and all(_is_ref(one) for one in given)
    if not sound or given is None:
        raise InvalidInput([Problem("field_required", where={"field": "findings"})])
    return [FindingRef(one["project"], one["code"], one.get("offer", 0)) for one in given]


def _is_ref(one: Any) -> bool:
    if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in ("project", "code")):
        return False
    offer = one.get("offer", 0)
    return isinstance(offer, int) and not isinstance(offer, bool)


def _alike(session: Session, asked: Any) -> list[FindingRef]:
    names = ("code", "kind", "organisation", "area")
    if not isinstance(asked, dict) or not all(isinstance(asked.get(name, ""), str) for name in names):
        raise InvalidInput([Problem("field_required", where={"field": "alike"})])
    if not asked.get("code") or not asked.get("kind"):
        raise InvalidInput([Problem("field_required", where={"field": "alike.code"})])
    organisation = asked.get("organisation", "")
    narrowed = FindingFilter(
        tuple(part for part in organisation.split(",") if part), asked.get("area", ""), (asked["code"],)
    )
    chosen = all_alike(session, narrowed, asked["kind"], asked.get("epsg"))
    if not chosen:
        raise InvalidInput([Problem("nothing_alike", where={"field": "alike"})])
    return chosen

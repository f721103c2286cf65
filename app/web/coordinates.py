"""Reading coordinates as people type and paste them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from flask import Blueprint
from shapely.geometry.base import BaseGeometry

from app.errors import InvalidInput
from app.messages import Language, sentence
from app.queries.organisations import territory_wkb
from app.services.doctor import CoordinateRow, OfferedReading, judge
from app.services.project_locks import look_at_project
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.geometry_json import PROBLEMS_SCHEMA, problems_json
from app.web.payloads import json_object
from gis import crs
from gis.coordinates import Reading, ReadText, parse_many, read
from gis.doctor import Places
from gis.problems import Problem

blueprint = Blueprint("coordinates", __name__)

TEXT_LIMIT = 200_000
OFFERED = 3
"""Readings of the doctor that are worth a look."""
_READING: Mapping[str, Any] = {
    "type": "object",
    "required": ["lon", "lat", "label", "epsg", "kind", "reason"],
    "properties": {
        "lon": {"type": "number"},
        "lat": {"type": "number"},
        "label": {"type": "string"},
        "epsg": {"type": "integer"},
        "kind": {"type": "string"},
        "reason": {"type": ["string", "null"]},
        "in_territory": {"type": ["boolean", "null"]},
    },
}
_READINGS: Mapping[str, Any] = {"type": "array", "items": _READING}
_ANSWER: Mapping[str, Any] = {
    "type": "object",
    "required": ["readings", "problems", "rows"],
    "properties": {
        "readings": _READINGS,
        "problems": PROBLEMS_SCHEMA,
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"row": {"type": "integer"}, "text": {"type": "string"}, "readings": _READINGS},
            },
        },
    },
}
_BODY: Mapping[str, Any] = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "maxLength": TEXT_LIMIT}, "project": {"type": "string"}},
}


@api_route(
    blueprint,
    "/api/v1/coordinates/parse",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Read typed or pasted coordinates in every way that they can be read",
    response=_ANSWER,
    body=_BODY,
)
def parse() -> dict[str, Any]:
    """``readings`` are those of the first point; several lines are a table of vertices in ``rows``.

    With a project, readings inside its organisation's territory come first; where a point has none, what the
    coordinate doctor takes the numbers for comes before them, with its reason.
    """
    text, code = _body()
    context = current()
    territory = _territory(code) if code else None
    near = None if territory is None else (territory.centroid.x, territory.centroid.y)
    # A single line that cannot be read is a heading to a table, but not to a person.
    rows = parse_many(text, near) or ([read(text, near)] if text.strip() else [])
    mended = _mended(rows, territory)
    answered = [
        {
            "row": row.row,
            "text": row.text,
            "readings": [
                *_offered(mended.get(row.row, ()), context.language),
                *_readings(row.readings, territory, context.language),
            ],
        }
        for row in rows
    ]
    problems = [Problem(p.code, p.level, {"row": row.row, **p.where}, p.values) for row in rows for p in row.problems]
    return {
        "readings": answered[0]["readings"] if answered else [],
        "problems": problems_json(problems or ([] if rows else [Problem("coordinates_missing")]), context.language),
        "rows": answered,
    }


def _body() -> tuple[str, str | None]:
    body = json_object()
    text, code = body.get("text"), body.get("project")
    if not isinstance(text, str):
        raise InvalidInput([Problem("field_required", where={"field": "text"})])
    if len(text) > TEXT_LIMIT:
        limits = {"limit": TEXT_LIMIT, "length": len(text)}
        raise InvalidInput([Problem("text_too_long", where={"field": "text"}, values=limits)])
    return text, code if isinstance(code, str) and code else None


def _territory(code: str) -> BaseGeometry | None:
    context = current()
    with context.database.reading() as session:
        wkb = territory_wkb(session, look_at_project(session, context.actor, code).organisation_code)
    return None if wkb is None else shapely.from_wkb(wkb)


def _mended(rows: Sequence[ReadText], territory: BaseGeometry | None) -> dict[int, tuple[OfferedReading, ...]]:
    """What the doctor takes those rows for that have no reading inside the territory."""
    if territory is None:
        return {}
    away = [
        CoordinateRow(row.row, text=row.text)
        for row in rows
        if not any(shapely.intersects_xy(territory, reading.lon, reading.lat) for reading in row.readings)
    ]
    places = Places([territory], tolerance_m=0)
    return {
        answer.row: tuple(reading for reading in answer.readings if reading.kind != "outside")[:OFFERED]
        for answer in judge(away, places, [0] * len(away))
    }


def _offered(readings: Sequence[OfferedReading], language: Language) -> list[dict[str, Any]]:
    return [
        {
            "lon": reading.lon,
            "lat": reading.lat,
            "label": _system(reading.epsg, language),
            "epsg": reading.epsg,
            "kind": reading.kind,
            "reason": sentence(reading.reason, reading.values, language),
            "in_territory": True,
        }
        for reading in readings
    ]


def _system(epsg: int, language: Language) -> str:
    operation = crs.operation(epsg)
    return operation.name_th if language == "th" else operation.name_en


def _readings(readings: list[Reading], territory: BaseGeometry | None, language: Language) -> list[dict[str, Any]]:
    def inside(reading: Reading) -> bool | None:
        return None if territory is None else bool(shapely.intersects_xy(territory, reading.lon, reading.lat))

    ordered = sorted(readings, key=lambda reading: inside(reading) is False)
    return [
        {
            "lon": reading.lon,
            "lat": reading.lat,
            "label": reading.label,
            "epsg": reading.epsg,
            "kind": reading.kind,
            "reason": sentence(reading.reason, {}, language) if reading.reason else None,
            "in_territory": inside(reading),
        }
        for reading in ordered
    ]

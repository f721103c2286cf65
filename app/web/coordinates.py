"""Reading coordinates as people type and paste them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from flask import Blueprint
from shapely.geometry.base import BaseGeometry

from app.errors import InvalidInput
from app.messages import Language, sentence
from app.queries.organisations import territory_wkb
from app.queries.roads import registered_road
from app.services.doctor import CoordinateRow, OfferedReading, judge, second_datum
from app.services.project_locks import look_at_project
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.geometry_json import GEOJSON_SCHEMA, PROBLEMS_SCHEMA, problems_json
from app.web.payloads import json_object
from gis import crs, geojson, measure
from gis.chainage import Chainage, chainage_text, place, read_chainage, section
from gis.coordinates import Reading, ReadText, parse_many, read
from gis.doctor import Places
from gis.pasted import link_in, town_of_plus_code
from gis.problems import Problem
from gis.thai import to_arabic_digits

blueprint = Blueprint("coordinates", __name__)

TEXT_LIMIT = 200_000
OFFERED = 3
"""Readings of the doctor that are worth a look."""
_THIRD_DECIMAL = re.compile(r"[.,]\d{3}")
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
        "offered": {"type": "boolean", "description": "What was probably meant, not what the numbers say"},
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
        "line": {
            "type": "object",
            "description": "What a text such as นค.ถ.28-003 กม. 1+200 - 2+450 tells of a registered road",
            "required": ["label", "length_m", "geometry"],
            "properties": {
                "label": {"type": "string"},
                "name": {"type": ["string", "null"]},
                "length_m": {"type": "number"},
                "geometry": GEOJSON_SCHEMA,
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
    """``readings`` are those of the first point; several lines are a table of vertices in ``rows``. Chainage along a
    registered road gives its ``line``, or the one place as a reading.

    With a project, readings inside its organisation's territory come first; where a point has none, what the
    coordinate doctor takes the numbers for comes before them, with its reason.
    """
    text, code = _body()
    context = current()
    if (along := read_chainage(text)) is not None:
        return _along(along)
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
                *_offered(mended.get(row.row, ()), territory, context.language),
                *_readings(row.readings, territory, context.language),
                *_offered(_in_other_datum(row, territory) if len(rows) == 1 else (), territory, context.language),
            ],
        }
        for row in rows
    ]
    problems = [
        Problem(p.code, p.level, {"row": row.row, **p.where}, p.values)
        for row in rows
        for p in (*row.problems, *_cautions(row))
    ]
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


def _along(given: Chainage) -> dict[str, Any]:
    """Chainage as a line, or as one place."""
    context = current()
    with context.database.reading() as session:
        road = registered_road(session, given.route_code)
    if road is None:
        missing = Problem("road_not_found", values={"route_code": given.route_code})
        return {"readings": [], "problems": problems_json([missing], context.language), "rows": []}
    label = f"{given.route_code} {chainage_text(given.start_m)}"
    if given.end_m is None:
        at = place(road.line, given.start_m)
        if isinstance(at, Problem):
            return {"readings": [], "problems": problems_json([at], context.language), "rows": []}
        reading = Reading(*at, crs.STORAGE_EPSG, "as_given", label)
        return {"readings": _readings([reading], None, context.language), "problems": [], "rows": []}
    part = section(road.line, given.start_m, given.end_m)
    if isinstance(part, Problem):
        return {"readings": [], "problems": problems_json([part], context.language), "rows": []}
    line = {
        "label": f"{label} – {chainage_text(given.end_m)}",
        "name": road.name_th,
        "length_m": round(measure.length_m(part), 2),
        "geometry": geojson.dump(part),
    }
    return {"readings": [], "problems": [], "rows": [], "line": line}


def _territory(code: str) -> BaseGeometry | None:
    context = current()
    with context.database.reading() as session:
        wkb = territory_wkb(session, look_at_project(session, context.actor, code).organisation_code)
    return None if wkb is None else shapely.from_wkb(wkb)


def _mended(rows: Sequence[ReadText], territory: BaseGeometry | None) -> dict[int, tuple[OfferedReading, ...]]:
    """What the doctor takes those rows for that have no reading inside the territory."""
    away = [
        row
        for row in rows
        if territory is not None
        and not any(shapely.intersects_xy(territory, reading.lon, reading.lat) for reading in row.readings)
    ]
    mended = _judged(away, territory) if territory is not None else {}
    # What is no place in Thailand at all may be one with a mistake in it, be it another organisation's.
    lost = [
        row for row in rows if not mended.get(row.row) and all(reading.kind == "outside" for reading in row.readings)
    ]
    return mended | _judged(lost, shapely.box(*crs.THAILAND_BOUNDS))


def _judged(rows: Sequence[ReadText], place: BaseGeometry) -> dict[int, tuple[OfferedReading, ...]]:
    given = [CoordinateRow(row.row, text=row.text) for row in rows]
    return {
        answer.row: tuple(reading for reading in answer.readings if reading.kind != "outside")[:OFFERED]
        for answer in judge(given, Places([place], tolerance_m=0), [0] * len(given))
    }


def _in_other_datum(row: ReadText, territory: BaseGeometry | None) -> Sequence[OfferedReading]:
    """The one reading of a text in metres as Indian 1975, for who knows that the numbers are old."""
    if len(row.readings) != 1:
        return ()
    (reading,) = row.readings
    if reading.kind == "outside" or not reading.label.startswith("UTM") or reading.epsg not in (32647, 32648):
        return ()
    if territory is not None and not shapely.intersects_xy(territory, reading.lon, reading.lat):
        return ()
    return second_datum(reading.lon, reading.lat, reading.epsg)


def _cautions(row: ReadText) -> list[Problem]:
    """What is worth a look although it could be read."""
    cautions = []
    if row.readings and _is_short(row):
        cautions.append(Problem("doctor_truncated", "warning"))
    if row.readings and (town := town_of_plus_code(row.text)):
        cautions.append(Problem("coordinates_town_not_looked_up", "warning", values={"town": town}))
    return cautions


def _is_short(row: ReadText) -> bool:
    """Degrees that were written with at most two decimals, both of them."""
    degrees = all(reading.label.startswith("0.000") and reading.kind != "outside" for reading in row.readings)
    return degrees and not _THIRD_DECIMAL.search(to_arabic_digits(row.text)) and link_in(row.text) is None


def _offered(
    readings: Sequence[OfferedReading], territory: BaseGeometry | None, language: Language
) -> list[dict[str, Any]]:
    return [
        {
            "lon": reading.lon,
            "lat": reading.lat,
            "label": _system(reading.epsg, language),
            "epsg": reading.epsg,
            "kind": reading.kind,
            "reason": sentence(reading.reason, reading.values, language),
            "in_territory": _lies_in(territory, reading.lon, reading.lat),
            "offered": True,
        }
        for reading in readings
    ]


def _system(epsg: int, language: Language) -> str:
    operation = crs.operation(epsg)
    return operation.name_th if language == "th" else operation.name_en


def _lies_in(territory: BaseGeometry | None, lon: float, lat: float) -> bool | None:
    return None if territory is None else bool(shapely.intersects_xy(territory, lon, lat))


def _readings(readings: list[Reading], territory: BaseGeometry | None, language: Language) -> list[dict[str, Any]]:
    def inside(reading: Reading) -> bool | None:
        return _lies_in(territory, reading.lon, reading.lat)

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

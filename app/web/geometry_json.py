"""Coordinates as programs get and give them: GeoJSON in, GeoJSON out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from app.errors import InvalidInput
from app.messages import Language
from app.queries.geometries import GeometryView
from app.web.errors import problem_lines
from gis import geojson
from gis.measure import area_text
from gis.problems import Problem

SOURCES = ("drawn", "typed", "api")

_NUMBER: Mapping[str, Any] = {"type": ["number", "null"]}
_TEXT: Mapping[str, Any] = {"type": ["string", "null"]}
GEOJSON_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"type": "string"}, "coordinates": {"type": "array"}},
    "description": "GeoJSON (RFC 7946), longitude and latitude of WGS 84",
}
PROBLEMS_SCHEMA: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["code", "level", "message", "fix", "where"],
        "properties": {
            "code": {"type": "string"},
            "level": {"enum": ["error", "warning", "info"]},
            "message": {"type": "string"},
            "fix": {"type": "string"},
            "where": {"type": "object"},
        },
    },
}
GEOMETRY_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["project", "version", "status", "geometry", "segments", "warnings"],
    "properties": {
        "project": {"type": "string"},
        "version": {"type": "integer", "description": "0 when there are no coordinates yet"},
        "status": {"enum": ["NONE", "DRAFT", "SUBMITTED", "RETURNED", "VERIFIED"]},
        "geometry": {"oneOf": [GEOJSON_SCHEMA, {"type": "null"}]},
        "segments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["seq", "geometry", "length_m", "area_m2"],
                "properties": {
                    "seq": {"type": "integer"},
                    "geometry": GEOJSON_SCHEMA,
                    "length_m": {"type": "number"},
                    "area_m2": {"type": "number"},
                },
            },
        },
        "length_m": _NUMBER,
        "area_m2": _NUMBER,
        "area_text": _TEXT,
        "source": _TEXT,
        "original": {"type": ["object", "null"]},
        "created_at": _TEXT,
        "created_by": _TEXT,
        "on_behalf_of": _TEXT,
        "note": _TEXT,
        "warnings": PROBLEMS_SCHEMA,
        "receipt": _TEXT,
    },
}


@dataclass(frozen=True)
class GivenGeometry:
    """What a body says.

    Parameters
    ----------
    segments
        Simple shapes in EPSG:4326.
    status, source, note, original, original_epsg
        As the write path takes them.
    """

    segments: list[BaseGeometry]
    status: str
    source: str
    note: str | None
    original: Mapping[str, Any] | None
    original_epsg: int | None


def read_geometry(document: Any) -> GivenGeometry:
    """A bare geometry, a Feature or a FeatureCollection with ``properties`` of its own.

    Raises
    ------
    InvalidInput
        Every fault of the document and of its properties.
    """
    parsed = geojson.parse(document)
    given = parsed.document_properties
    problems = parsed.errors
    source = given.get("source", "api")
    if source not in SOURCES:
        problems.append(_field("source", source, f"คำใดคำหนึ่งใน {', '.join(SOURCES)}", f"one of {', '.join(SOURCES)}"))
    note, original, epsg = given.get("note"), given.get("original"), given.get("original_epsg")
    if note is not None and not isinstance(note, str):
        problems.append(_field("note", note, "ข้อความ", "text"))
    if original is not None and not isinstance(original, Mapping):
        problems.append(_field("original", original, "วัตถุ JSON", "a JSON object"))
    if epsg is not None and (not isinstance(epsg, int) or isinstance(epsg, bool) or not 1024 <= epsg <= 998_999):
        problems.append(_field("original_epsg", epsg, "รหัส EPSG เช่น 32647", "an EPSG code such as 32647"))
    if problems:
        raise InvalidInput(problems)
    return GivenGeometry(parsed.geometries, str(given.get("status", "DRAFT")), source, note, original, epsg)


def _field(name: str, given: Any, expected_th: str, expected_en: str) -> Problem:
    values = {"given": str(given)[:80], "expected_th": expected_th, "expected_en": expected_en}
    return Problem("invalid_field", where={"field": name}, values=values)


def problems_json(problems: Sequence[Problem], language: Language) -> list[dict[str, Any]]:
    """Problems with their sentences and, kept together, their places."""
    lines = problem_lines(list(problems), language)
    return [
        {**{name: line[name] for name in ("code", "level", "message", "fix")}, "where": dict(problem.where)}
        for line, problem in zip(lines, problems, strict=True)
    ]


def geometry_json(view: GeometryView, language: Language) -> dict[str, Any]:
    """A version as programs get it."""
    return {
        "project": view.project_code,
        "version": view.version,
        "status": view.status,
        "geometry": geojson.dump_segments([s.geometry for s in view.segments]) if view.segments else None,
        "segments": [
            {
                "seq": segment.seq,
                "geometry": geojson.dump(segment.geometry),
                "length_m": segment.length_m,
                "area_m2": segment.area_m2,
            }
            for segment in view.segments
        ],
        "length_m": view.length_m,
        "area_m2": view.area_m2,
        "area_text": area_text(view.area_m2) if view.area_m2 else None,
        "source": view.source,
        "original": view.original,
        "original_epsg": view.original_epsg,
        "operation": view.operation,
        "note": view.note,
        "created_at": None if view.created_at is None else view.created_at.isoformat(),
        "created_by": view.created_by,
        "on_behalf_of": view.on_behalf_of,
        "warnings": problems_json(view.warnings, language),
    }

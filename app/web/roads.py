"""Registered roads for programs: the road itself, a section by chainage, the chainage of a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from app.errors import InvalidInput, NotFound
from app.queries.roads import RoadView, registered_road
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.geometry_json import GEOJSON_SCHEMA
from app.web.params import decimal_number
from gis import geojson, measure
from gis.chainage import chainage_at, chainage_text, section
from gis.problems import Problem
from gis.thai import canonical_route_code

blueprint = Blueprint("roads", __name__)

_METRES: Mapping[str, Any] = {"type": "number", "minimum": 0}
_ROAD: Mapping[str, Any] = {
    "type": "object",
    "required": ["route_code", "length_m", "geometry"],
    "properties": {
        "route_code": {"type": "string"},
        "name": {"type": ["string", "null"]},
        "organisation": {"type": ["string", "null"]},
        "length_m": {"type": "number"},
        "geometry": GEOJSON_SCHEMA,
    },
}
_metres = decimal_number(0, 1_000_000)


@api_route(
    blueprint,
    "/api/v1/roads/<route_code>",
    access=Access.PUBLIC,
    summary="A registered local highway by its route code, in any spelling",
    response=_ROAD,
)
def read(route_code: str) -> dict[str, Any]:
    """Lines run from the start of the road to its end."""
    return _json(_found(route_code))


@api_route(
    blueprint,
    "/api/v1/roads/<route_code>/section",
    access=Access.PUBLIC,
    params=(
        Param("from_m", _metres, _METRES, "Chainage of one end, metres", 0.0),
        Param("to_m", _metres, _METRES, "Chainage of the other end, metres; the end of the road without it"),
    ),
    summary="The part of a registered road between two chainages",
    response=_ROAD,
)
def read_section(route_code: str, from_m: float, to_m: float | None) -> dict[str, Any]:
    """In the direction in which the ends are given."""
    road = _found(route_code)
    part = section(road.line, from_m, road.length_m if to_m is None else to_m)
    if isinstance(part, Problem):
        raise InvalidInput([part])
    return {**_json(road), "length_m": round(measure.length_m(part), 2), "geometry": geojson.dump(part)}


@api_route(
    blueprint,
    "/api/v1/roads/<route_code>/chainage",
    access=Access.PUBLIC,
    params=(
        Param("lon", decimal_number(-180, 180), {"type": "number"}, "Longitude, degrees", 0.0),
        Param("lat", decimal_number(-90, 90), {"type": "number"}, "Latitude, degrees", 0.0),
    ),
    summary="Chainage of the place on a registered road that is nearest to a point",
    response={
        "type": "object",
        "required": ["chainage_m", "chainage", "offset_m"],
        "properties": {
            "chainage_m": {"type": "number"},
            "chainage": {"type": "string", "description": "Kilometres and metres, such as 1+200"},
            "offset_m": {"type": "number", "description": "How far from the road the point is"},
        },
    },
)
def read_chainage(route_code: str, lon: float, lat: float) -> dict[str, Any]:
    """Metres from the start of the road."""
    metres, offset = chainage_at(_found(route_code).line, lon, lat)
    return {"chainage_m": round(metres, 2), "chainage": chainage_text(metres), "offset_m": round(offset, 2)}


def _found(code: str) -> RoadView:
    canonical = canonical_route_code(code)
    if isinstance(canonical, Problem):
        raise InvalidInput([canonical])
    with current().database.reading() as session:
        road = registered_road(session, canonical)
    if road is None:
        raise NotFound("road_not_found", {"route_code": canonical})
    return road


def _json(road: RoadView) -> dict[str, Any]:
    return {
        "route_code": road.route_code,
        "name": road.name_th,
        "organisation": road.organisation_code,
        "length_m": round(road.length_m, 2),
        "geometry": geojson.dump(road.line),
    }

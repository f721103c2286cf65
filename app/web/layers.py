"""What can be seen on the map, and its features as GeoJSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.auth.policy import visibility
from app.queries.items import feature_page
from app.queries.narrowing import is_public
from app.services.layer_dictionary import layer_schema
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.errors import BadParameters
from app.web.json import dumps
from app.web.layer_filters import LAYER_PARAMS, item_narrowing, layer_named
from app.web.params import bbox, cursor, encode_cursor, integer_schema, limit, string_schema
from app.web.token_scope import note_rows
from gis.problems import Problem
from layers.base import VectorLayer
from layers.registry import LAYERS

blueprint = Blueprint("layers", __name__)
GEOJSON = "application/geo+json"

_TEXT = {"type": "string"}
_LAYER_SCHEMA = {
    "type": "object",
    "required": ["name", "title", "title_en", "geometry_type", "formats", "minzoom", "maxzoom", "legend", "fields"],
    "properties": {
        "name": _TEXT,
        "title": _TEXT,
        "title_en": _TEXT,
        "geometry_type": _TEXT,
        "formats": {"type": "array", "items": _TEXT},
        "minzoom": {"type": "integer"},
        "maxzoom": {"type": "integer"},
        "style_field": _TEXT,
        "filters": {"type": "array", "items": _TEXT},
        "legend": {"type": "array", "items": {"type": "object"}},
        "attribution": _TEXT,
        "licence": _TEXT,
        "fields": {"type": "array", "items": {"type": "object"}},
    },
}
PAGE_PARAMS = (
    Param("bbox", bbox, string_schema(), "West,south,east,north in degrees"),
    Param("limit", limit, integer_schema(1, 1000), "Features per page", 100),
    Param("cursor", cursor, string_schema(), "From the next link of the page before"),
)


@api_route(
    blueprint,
    "/api/v1/layers",
    access=Access.PUBLIC,
    summary="Layers of the map",
    response={
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": _LAYER_SCHEMA}, "next": {"type": "null"}},
    },
)
def layers() -> dict[str, Any]:
    """Every layer with what a map needs to draw it."""
    return {"items": [described(layer) for layer in LAYERS.values()], "next": None}


@api_route(
    blueprint,
    "/api/v1/layers/<name>/schema",
    access=Access.PUBLIC,
    summary="What the columns of a layer's CSV and XLSX mean, as a Table Schema",
    response={
        "type": "object",
        "required": ["fields"],
        "properties": {"fields": {"type": "array", "items": {"type": "object"}}},
    },
)
def schema(name: str) -> dict[str, Any]:
    """Every file of the layer names this address in its header ``Link``."""
    return layer_schema(layer_named(name))


@api_route(
    blueprint,
    "/api/v1/layers/<name>/items",
    access=Access.PUBLIC,
    params=(*PAGE_PARAMS, *LAYER_PARAMS),
    summary="Features of a layer",
    response={
        "content": {
            GEOJSON: {
                "type": "object",
                "required": ["type", "features", "next"],
                "properties": {
                    "type": {"const": "FeatureCollection"},
                    "features": {"type": "array", "items": {"type": "object"}},
                    "next": {"type": ["string", "null"]},
                },
            }
        }
    },
)
def items(
    name: str,
    bbox: tuple[float, float, float, float] | None,
    limit: int,
    cursor: tuple[Any, ...] | None,
    **filters: Any,
) -> Response:
    """A page of features that this person may see."""
    layer, context = layer_named(name), current()
    sight = visibility(context.actor)
    narrowing = item_narrowing(layer, filters, sight)
    with context.database.reading() as session:
        page = feature_page(
            session,
            layer,
            public=is_public(sight),
            narrowing=narrowing,
            bbox=bbox,
            after=_after(layer, cursor),
            limit=limit,
        )
    following = None if page.last is None else _following(encode_cursor([page.last]))
    answer = {
        "type": "FeatureCollection",
        "features": page.features,
        "next": following,
        "links": [] if following is None else [{"rel": "next", "href": following, "type": GEOJSON}],
    }
    note_rows(len(page.features))
    return Response(dumps(answer), mimetype=GEOJSON)


def described(layer: VectorLayer) -> dict[str, Any]:
    """JSON of a declaration."""
    return {
        "name": layer.name,
        "title": layer.title,
        "title_en": layer.title_en,
        "geometry_type": layer.geometry_type,
        "formats": list(layer.formats),
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "style_field": layer.style_field,
        "filters": list(layer.filters),
        "legend": [
            {"value": entry.value, "title": entry.title, "title_en": entry.title_en, "symbol": entry.symbol}
            for entry in layer.legend
        ],
        "attribution": layer.attribution,
        "licence": layer.licence,
        "fields": [
            {
                "name": field.name,
                "title": field.title,
                "title_en": field.title_en,
                "type": field.type,
                "tile_name": field.tile_name or None,
                "popup": field.popup,
            }
            for field in layer.fields
        ],
    }


def _after(layer: VectorLayer, cursor: tuple[Any, ...] | None) -> str | int | None:
    if cursor is None:
        return None
    wanted = int if layer.key_is_number else str
    if len(cursor) != 1 or type(cursor[0]) is not wanted:
        raise BadParameters(
            [
                Problem(
                    "invalid_parameter",
                    where={"field": "cursor"},
                    values={
                        "given": request.args.get("cursor", "")[:80],
                        "expected_th": "ค่าจากช่อง next ของหน้าก่อน",
                        "expected_en": "the value from the page before",
                    },
                )
            ],
            code="invalid_parameters",
        )
    key: str | int = cursor[0]
    return key


def _following(cursor: str) -> str:
    given = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return f"{request.path}?{urlencode([*given, ('cursor', cursor)])}"

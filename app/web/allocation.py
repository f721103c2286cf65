"""Where money goes: the analysis for programs, files and the page, and the works behind each number."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import orjson
import shapely
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.auth.policy import visibility
from app.queries.allocation import as_degrees, hexagons
from app.queries.allocation_table import baht
from app.queries.allocation_works import read_works
from app.services.allocation_file import write_allocation
from app.services.exports import export_dir
from app.services.heavy import heavy
from app.services.place_file import FORMATS
from app.services.unit_cost_file import write_unit_costs
from app.web.allocation_files import file_name, file_view, heading_of, part_of
from app.web.allocation_page import page_values, with_defaults
from app.web.allocation_payload import ALLOCATION_SCHEMA, allocation_json
from app.web.allocation_request import (
    COST_PARAMS,
    FILE_PARAMS,
    PAGE_PARAMS,
    PARAMS,
    Asked,
    allocation_view,
    asked_from,
    check_place,
    complete_view,
)
from app.web.allocation_texts import measure_head
from app.web.allocation_works import works_values
from app.web.budget_payload import SHAPES_SCHEMA
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.exports import sent_file
from app.web.params import choice, code, integer_schema, string_schema, whole_number
from app.web.unit_cost_payload import UNIT_COSTS_SCHEMA, unit_costs_json
from gis.writers import MEDIA_TYPES

blueprint = Blueprint("allocation", __name__)

FORMAT = Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "xlsx")
PLACE = Param("place", code, string_schema(maxLength=40), "The place whose works are listed", "")
LIMIT = Param("limit", whole_number(1, 1000), integer_schema(1, 1000), "Most works of an answer", 200)
OFFSET = Param("offset", whole_number(0, 100_000), integer_schema(0, 100_000), "Works to leave out before them", 0)
_FILE = {"type": "string", "format": "binary"}


@api_route(
    blueprint,
    "/api/v1/allocation",
    access=Access.PUBLIC,
    params=PARAMS,
    summary="Money by place, shared at borders, against people, roads, land or revenue, with Gini, Theil and clusters",
    response=ALLOCATION_SCHEMA,
)
def allocation_api(**values: Any) -> dict[str, Any]:
    """Places with their values, how evenly the money is spread, and where high and low lie together."""
    context = current()
    with context.database.reading() as session:
        view = complete_view(session, asked_from(values), visibility(context.actor))
    return allocation_json(view, context.language)


@api_route(
    blueprint,
    "/api/v1/allocation/hexagons",
    access=Access.PUBLIC,
    params=tuple(param for param in PARAMS if param.name in ("parent", "resolution")),
    summary="Outlines of the hexagons of an area, cut at its border (GeoJSON)",
    response=SHAPES_SCHEMA,
)
def allocation_hexagons(parent: str | None, resolution: int) -> dict[str, Any]:
    """H3 cells of an area."""
    context = current()
    with context.database.reading() as session:
        check_place(session, Asked(level="hexagon", parent=parent, resolution=resolution))
        with heavy():
            grid = hexagons(session, parent, resolution)
    outlines = shapely.set_precision(shapely.transform(grid.shapes, as_degrees), 1e-5)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": cell,
                "geometry": orjson.loads(text),
                "properties": {"code": cell, "name": "", "label": [round(at.x, 5), round(at.y, 5)]},
            }
            for cell, text, at in zip(
                grid.cells, shapely.to_geojson(outlines), shapely.point_on_surface(outlines), strict=True
            )
        ],
    }


@api_route(
    blueprint,
    "/api/v1/allocation/file",
    access=Access.PUBLIC,
    params=(*FILE_PARAMS, FORMAT),
    summary="What a view of the page shows as a file: places, two years with their change, all years, or the equity",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}},
)
def allocation_file(format: str, **values: Any) -> Response:
    """A view of an analysis, to take away."""
    context = current()
    path = export_dir(context.settings) / f"allocation-{secrets.token_hex(12)}.{format}"
    with context.database.reading() as session:
        view = file_view(session, asked_from(values), visibility(context.actor))
        heading = heading_of(session, view, context.language)
        write_allocation(
            session, context.actor, part_of(view), format, path,
            heading=heading, measure=measure_head(view.asked.measure), unplaced=_("ไม่ทราบพื้นที่"),
        )  # fmt: skip
    return sent_file(path, file_name(view, heading.title, format), format, remove=True)


@api_route(
    blueprint,
    "/api/v1/unit-costs",
    access=Access.PUBLIC,
    params=(*COST_PARAMS, LIMIT, OFFSET),
    summary="Price per kilometre of road or cubic metre of earth: medians of each kind, and each work beside its peers",
    response=UNIT_COSTS_SCHEMA,
)
def unit_costs_api(limit: int, offset: int, **values: Any) -> dict[str, Any]:
    """Prices of works, those that stand out first."""
    context = current()
    with context.database.reading() as session:
        view = allocation_view(session, replace(asked_from(values), view="costs"), visibility(context.actor))
    return unit_costs_json(view, limit, offset)


@api_route(
    blueprint,
    "/api/v1/unit-costs/file",
    access=Access.PUBLIC,
    params=(*COST_PARAMS, FORMAT),
    summary="Price per kilometre of road or cubic metre of earth of each work, beside its nearest peers",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}},
)
def unit_costs_file(format: str, **values: Any) -> Response:
    """Prices of works, those that stand out first, to take away."""
    context = current()
    path = export_dir(context.settings) / f"unit-costs-{secrets.token_hex(12)}.{format}"
    with context.database.reading() as session:
        view = allocation_view(session, replace(asked_from(values), view="costs"), visibility(context.actor))
        heading = heading_of(session, view, context.language)
    write_unit_costs(context.actor, view.costs, format, path, heading=heading)
    return sent_file(path, f"{heading.title}.{format}".replace(" ", "-"), format, remove=True)


@page_route(blueprint, "/analysis/allocation", access=Access.PUBLIC, params=PAGE_PARAMS)
def allocation_page(**values: Any) -> str:
    """The page; everything chosen is in the address, so that a view can be sent as a link."""
    context = current()
    with context.database.reading() as session:
        found = page_values(session, values, request.args, context.actor, context.language)
    return render_template("allocation/allocation.html", **found)


@page_route(blueprint, "/analysis/allocation/works", access=Access.PUBLIC, params=(*PAGE_PARAMS, PLACE))
def allocation_works_page(place: str, **values: Any) -> str:
    """The works behind a number, with what of each lies in the place."""
    context = current()
    sight = visibility(context.actor)
    with context.database.reading() as session:
        asked = replace(with_defaults(session, asked_from(values), request.args, context.actor), view="map")
        works = read_works(session, asked.level, place, asked.narrowed, sight)
        found = works_values(session, asked, place, works, context.language)
    return render_template("allocation/works.html", baht=baht, **found)

"""Rasters for programs and as a page: the list, values, zones, profiles and catchments."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response

from app.auth.policy import own_scope, visibility
from app.errors import InvalidInput
from app.queries.rasters import raster_dir
from app.queries.rasters import rasters as listed
from app.services.exports import export_dir
from app.services.raster_analyses import catchment_of, file_of, profiles_of, zones_of
from app.services.rasters import found_raster
from app.services.table_file import FORMATS, write_table
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.errors import BadParameters
from app.web.exports import sent_file
from app.web.params import choice, string_schema
from app.web.raster_json import (
    CATCHMENT_SCHEMA,
    LIST_SCHEMA,
    PROFILE_SCHEMA,
    UNITS,
    VALUE_SCHEMA,
    ZONES_SCHEMA,
    catchment_json,
    profile_json,
    raster_json,
    zones_json,
)
from app.web.raster_page import page, zone_about, zone_lines, zone_titles
from app.web.raster_params import AREA, BAND, LAT, LEVEL, LON, PAGE_PARAMS, PROJECT, RASTER
from gis.problems import Problem
from gis.writers import MEDIA_TYPES

blueprint = Blueprint("rasters", __name__)
FORMAT = Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "xlsx")
_FILE = {"type": "string", "format": "binary"}


@api_route(blueprint, "/api/v1/rasters", access=Access.PUBLIC, summary="Rasters of the catalogue", response=LIST_SCHEMA)
def list_rasters() -> dict[str, Any]:
    """Those of everybody, those open to all, and those of the provinces where this person works."""
    context = current()
    with context.database.reading() as session:
        found = listed(session, visibility(context.actor), own_scope(context.actor))
        return {"items": [raster_json(row) for row in found], "next": None}


@api_route(
    blueprint,
    "/api/v1/rasters/<raster_name>/value",
    access=Access.PUBLIC,
    params=(LON, LAT, BAND),
    summary="Value of a raster at a place; null where it holds nothing",
    response=VALUE_SCHEMA,
)
def value(raster_name: str, lon: float | None, lat: float | None, band: int) -> dict[str, Any]:
    """Heights between the pixels around; of classes and counts the pixel's own."""
    context = current()
    place = _place(lon, lat)
    folder = raster_dir(context.settings)
    with context.database.reading() as session:
        row = found_raster(session, context.actor, raster_name)
    file_of(row, folder)
    layer = row.layer(folder)
    if band > layer.bands:
        raise InvalidInput([Problem("raster_band_missing", values={"band": band, "count": layer.bands})])
    found = layer.value_at(*place, band=band)
    return {"raster": row.name, "lon": lon, "lat": lat, "value": found, "unit": UNITS.get(row.kind)}


@api_route(
    blueprint,
    "/api/v1/rasters/<raster_name>/zones",
    access=Access.PUBLIC,
    params=(LEVEL, AREA, BAND),
    summary="Statistics of a raster per area, with exact fractions of pixels",
    response=ZONES_SCHEMA,
)
def zones(raster_name: str, level: str, area: str, band: int) -> dict[str, Any]:
    """Sum, mean, least and greatest value, and how much of the area the raster covers."""
    context = current()
    with context.database.reading() as session:
        folder = raster_dir(context.settings)
        found = zones_of(session, context.actor, raster_name, level or "province", area, folder, band=band)
    return {"raster": raster_name, "level": found.level, "items": zones_json(found)}


@api_route(
    blueprint,
    "/api/v1/rasters/<raster_name>/zones/file",
    access=Access.PUBLIC,
    params=(LEVEL, AREA, BAND, FORMAT),
    summary="The same statistics as a table to take away",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}},
)
def zones_file(raster_name: str, level: str, area: str, band: int, format: str) -> Response:
    """The table of the page, with all of its columns."""
    context = current()
    with context.database.reading() as session:
        folder = raster_dir(context.settings)
        found = zones_of(session, context.actor, raster_name, level or "province", area, folder, band=band)
    path = export_dir(context.settings) / f"zones-{secrets.token_hex(12)}.{format}"
    title, about = found.row.title_th, zone_about(found)
    write_table(context.actor, zone_titles(found), zone_lines(found), format, path, title=title, about=about)
    return sent_file(path, f"{found.row.title_th}-{found.level}.{format}".replace(" ", "-"), format, remove=True)


@api_route(
    blueprint,
    "/api/v1/projects/<code>/profile",
    access=Access.PUBLIC,
    params=(RASTER,),
    summary="Heights and slopes along the lines of a project",
    response=PROFILE_SCHEMA,
)
def profile(code: str, raster: str) -> dict[str, Any]:
    """Along each line; of the finest heights that there are unless a raster is named."""
    context = current()
    with context.database.reading() as session:
        row, found = profiles_of(session, context.actor, code, raster, raster_dir(context.settings))
    return {"raster": row.name, "project": code, "lines": [profile_json(each) for each in found]}


@api_route(
    blueprint,
    "/api/v1/catchment",
    access=Access.PUBLIC,
    params=(RASTER, PROJECT, LON, LAT),
    summary="Ground from which water runs to a water source or a place",
    response=CATCHMENT_SCHEMA,
)
def catchment(raster: str, project: str, lon: float | None, lat: float | None) -> dict[str, Any]:
    """By the steepest of eight directions over heights whose hollows are filled."""
    context = current()
    place = None if project else _place(lon, lat)
    with context.database.reading() as session:
        folder = raster_dir(context.settings)
        row, found = catchment_of(session, context.actor, raster, folder, code=project, lonlat=place)
    return catchment_json(row, found)


def _place(lon: float | None, lat: float | None) -> tuple[float, float]:
    if lon is None or lat is None:
        missing = [name for name, given in (("lon", lon), ("lat", lat)) if given is None]
        raise BadParameters([Problem("field_required", where={"field": name}) for name in missing])
    return lon, lat


@page_route(blueprint, "/analysis/rasters", access=Access.PUBLIC, params=PAGE_PARAMS)
def rasters_page(**asked: Any) -> str:
    """The list, one raster on the map, and what is asked of it; all of it is in the address."""
    return page(asked)

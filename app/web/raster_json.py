"""Rasters, zones, profiles and catchments as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import shapely

from app.messages import sentence
from app.queries.rasters import RasterRow, raster_dir
from app.services.raster_analyses import Zones
from app.web.context import current
from gis.catchment import Catchment
from gis.geojson import dump
from gis.terrain import Profile

_TEXT = {"type": ["string", "null"]}
_NUMBER = {"type": ["number", "null"]}
RASTER_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["name", "title", "kind", "status"],
    "properties": {
        "name": {"type": "string"},
        "title": {"type": "string"},
        "kind": {"type": "string"},
        "status": {"enum": ["RECEIVED", "READY", "ASKS"]},
        "url": {"type": "string"},
        "job": {"type": ["integer", "null"]},
        "organisation": _TEXT,
        "open_to_all": {"type": "boolean"},
        "source": _TEXT,
        "licence": _TEXT,
        "as_of": {"type": ["string", "null"], "format": "date"},
        "bounds": {"type": ["array", "null"], "items": {"type": "number"}},
        "epsg": {"type": ["integer", "null"]},
        "pixel_m": _NUMBER,
        "width": {"type": ["integer", "null"]},
        "height": {"type": ["integer", "null"]},
        "bands": {"type": "array", "items": {"type": "object"}},
        "tiles": _TEXT,
        "maxzoom": {"type": ["integer", "null"]},
        "classes": {"type": "boolean"},
        "legend": {"type": "array", "items": {"type": "object"}},
    },
}
LIST_SCHEMA = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {"items": {"type": "array", "items": RASTER_SCHEMA}, "next": {"type": "null"}},
}
VALUE_SCHEMA = {
    "type": "object",
    "required": ["raster", "lon", "lat", "value"],
    "properties": {
        "raster": {"type": "string"},
        "lon": {"type": "number"},
        "lat": {"type": "number"},
        "value": _NUMBER,
        "unit": _TEXT,
    },
}
ZONES_SCHEMA = {
    "type": "object",
    "required": ["raster", "level", "items"],
    "properties": {
        "raster": {"type": "string"},
        "level": {"type": "string"},
        "items": {"type": "array", "items": {"type": "object"}},
    },
}
PROFILE_SCHEMA = {
    "type": "object",
    "required": ["raster", "project", "lines"],
    "properties": {
        "raster": {"type": "string"},
        "project": {"type": "string"},
        "lines": {"type": "array", "items": {"type": "object"}},
    },
}
CATCHMENT_SCHEMA = {
    "type": "object",
    "required": ["raster", "geometry", "area_m2", "touches_edge"],
    "properties": {
        "raster": {"type": "string"},
        "geometry": {"type": "object"},
        "area_m2": {"type": "number"},
        "sure_to_m2": {"type": "number"},
        "cells": {"type": "integer"},
        "cell_m": {"type": "number"},
        "touches_edge": {"type": "boolean"},
        "filled_cells": {"type": "integer"},
    },
}
UNITS = {"elevation": "m", "population": "people per pixel"}
"""What the numbers of a kind of raster are; of the others the file does not say it."""
MOST_POINTS = 400
"""Of a profile as it is sent: a chart of 400 px has no more."""


def raster_json(row: RasterRow) -> dict[str, Any]:
    """A raster of the catalogue."""
    facts = row.facts
    layer = None if facts is None else row.layer(raster_dir(current().settings))
    return {
        "name": row.name,
        "title": row.title_th,
        "kind": row.kind,
        "status": row.status,
        "url": f"/analysis/rasters?raster={row.name}",
        "job": row.job_id,
        "organisation": row.organisation_code,
        "open_to_all": row.open_to_all,
        "source": row.source,
        "licence": row.licence,
        "as_of": row.as_of,
        "bounds": None if facts is None else list(facts.bounds),
        "epsg": None if facts is None else facts.epsg,
        "pixel_m": None if facts is None else facts.pixel_m,
        "width": None if facts is None else facts.width,
        "height": None if facts is None else facts.height,
        "bands": [] if facts is None else [vars(band) for band in facts.bands],
        "tiles": None if facts is None else f"/tiles/raster/{row.name}/{{z}}/{{x}}/{{y}}.png",
        "maxzoom": None if layer is None else layer.maxzoom,
        "classes": layer is not None and layer.in_classes,
        "legend": [] if layer is None else [vars(stop) for stop in layer.legend(layer.look())],
    }


def zones_json(found: Zones) -> list[dict[str, Any]]:
    """Rows of statistics; a number that is not known is null, and its note says why."""
    shares: dict[str, list[dict[str, float]]] = {}
    if found.shares is not None:
        for zone, value, share, area_m2 in found.shares.itertuples(index=False):
            shares.setdefault(zone, []).append({"value": value, "share": share, "area_m2": area_m2})
    lines: list[dict[str, Any]] = []
    for code, row in zip(found.table.index, found.table.to_dict("records"), strict=True):
        line = {"code": code, **{str(name): _plain(value) for name, value in row.items()}}
        line["note_text"] = sentence(line["note"], {}, current().language) if line["note"] else ""
        if found.shares is not None:
            line["classes"] = shares.get(code, [])
        lines.append(line)
    return lines


def profile_json(found: Profile) -> dict[str, Any]:
    """A profile with its summary; thinned to what a chart shows."""
    step = max(1, math.ceil(len(found.distance_m) / MOST_POINTS))
    last = len(found.distance_m) - 1
    at = [*range(0, last, step), last]
    return {
        "length_m": found.length_m,
        "known_share": found.known_share,
        "lowest_m": found.lowest_m,
        "highest_m": found.highest_m,
        "climb_m": found.climb_m,
        "descent_m": found.descent_m,
        "steepest_percent": found.steepest_percent,
        "baseline_m": found.baseline_m,
        "by_slope": [
            {"from_percent": low, "to_percent": high, "length_m": length}
            for low, high, length in found.lengths_by_slope_m()
        ],
        "points": [
            {
                "distance_m": round(float(found.distance_m[i]), 1),
                "lon": round(float(found.lonlat[i, 0]), 7),
                "lat": round(float(found.lonlat[i, 1]), 7),
                "elevation_m": _plain(found.elevation_m[i]),
                "slope_percent": _plain(found.slope_percent[i]),
            }
            for i in at
        ],
    }


def catchment_json(row: RasterRow, found: Catchment) -> dict[str, Any]:
    """A catchment with its outline."""
    return {
        "raster": row.name,
        "geometry": dump(shapely.set_precision(found.outline, 1e-7)),
        "area_m2": found.area_m2,
        "sure_to_m2": found.sure_to_m2,
        "cells": found.cells,
        "cell_m": found.cell_m,
        "reach_m": found.reach_m,
        "touches_edge": found.touches_edge,
        "filled_cells": found.filled_cells,
    }


def _plain(value: Any) -> Any:
    """JSON knows no NaN: what is not known is null."""
    if isinstance(value, str):
        return value
    number = float(value)
    return number if math.isfinite(number) else None

"""The pale countryside under the projects: fields, woods, settlements, buildings, water and roads (EPSG:3857)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon

from app.services.demo.land import Land
from app.services.demo.plane import FloatArray, GeometryArray, blob, to_web_mercator

_FIELD_M = 330.0
_WOODS, _WATERS = 85, 170
_BUILDINGS_PER_VILLAGE = 34

Feature = tuple[str, str | None, str, bytes]
"""(class, name, reference, EWKB in EPSG:3857)."""


def background(rng: np.random.Generator, land: Land) -> Iterator[Feature]:
    """Every feature of the background."""
    woods = _patches(rng, land, _WOODS, 350, 1_500, 700)
    waters = _patches(rng, land, _WATERS, 45, 210, 380)
    yield from _features("field", _fields(rng, land, woods))
    yield from _features("wood", woods)
    yield from _features("settlement", np.array(land.settlements), [v.name_th for v in land.villages])
    yield from _features("building", _buildings(rng, land))
    yield from _features("stream", np.array([line for _, line in land.streams]), [name for name, _ in land.streams])
    yield from _features("water", waters)
    yield from _features("road", np.array([road.line for road in land.roads if road.kind != "track"]))
    yield from _features("state_road", np.array(land.state_roads))


def _features(class_: str, shapes: GeometryArray, names: list[str] | None = None) -> Iterator[Feature]:
    projected = shapely.set_srid(to_web_mercator(shapes), 3857)
    for number, wkb in enumerate(shapely.to_wkb(projected, include_srid=True)):
        yield class_, names[number] if names else None, f"{class_}-{number}", wkb


def _patches(
    rng: np.random.Generator, land: Land, number: int, small: float, large: float, away: float
) -> GeometryArray:
    """Rounded patches inside the province, away from the villages."""
    inner = land.province.shape.buffer(-large)
    shapely.prepare(inner)
    villages = shapely.STRtree([shapely.Point(v.x, v.y) for v in land.villages])
    west, south, east, north = inner.bounds
    patches: list[Polygon] = []
    while len(patches) < number:
        radius = float(rng.uniform(small, large) * rng.uniform(0.4, 1.0))
        patch = blob(rng, float(rng.uniform(west, east)), float(rng.uniform(south, north)), radius)
        near = villages.query(patch.centroid, predicate="dwithin", distance=radius + away)
        if not len(near) and inner.covers(patch.centroid):
            patches.append(patch)
    return np.array(patches)


def _fields(rng: np.random.Generator, land: Land, woods: GeometryArray) -> GeometryArray:
    """Parcels: the cells of a jittered grid that is turned from place to place, as land was once measured out."""
    west, south, east, north = land.province.shape.bounds
    xs, ys = np.meshgrid(np.arange(west, east, _FIELD_M), np.arange(south, north, _FIELD_M))
    points = np.column_stack((xs.ravel(), ys.ravel()))
    points[:, 0] += 0.35 * _FIELD_M * np.sin(points[:, 1] / 1_900.0)
    points[:, 1] += 0.35 * _FIELD_M * np.sin(points[:, 0] / 2_300.0)
    points += rng.uniform(-0.33, 0.33, points.shape) * _FIELD_M
    inside = shapely.contains_xy(land.province.shape, points[:, 0], points[:, 1])
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(points), ordered=True))[inside]
    wooded = shapely.STRtree(woods).query(shapely.centroid(cells), predicate="within")[0]
    keep = np.ones(len(cells), dtype=bool)
    keep[wooded] = False
    return cells[keep]


def _buildings(rng: np.random.Generator, land: Land) -> GeometryArray:
    """Houses beside the lanes of every village, in no particular order."""
    lanes: dict[int, list[LineString]] = {}
    for road in land.roads:
        if road.kind == "lane":
            lanes.setdefault(road.villages[0], []).append(road.line)
    chosen = np.concatenate(
        [rng.choice(np.array(lanes[v], dtype=object), _BUILDINGS_PER_VILLAGE) for v in range(len(land.villages))]
    )
    return _houses(rng, chosen)


def _houses(rng: np.random.Generator, lanes: GeometryArray) -> GeometryArray:
    """One rectangle beside each lane, along it."""
    number = len(lanes)
    at = rng.uniform(0.0, 0.95, number)
    here = shapely.get_coordinates(shapely.line_interpolate_point(lanes, at, normalized=True))
    there = shapely.get_coordinates(shapely.line_interpolate_point(lanes, at + 0.04, normalized=True))
    along: FloatArray = there - here
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    across = np.column_stack((-along[:, 1], along[:, 0])) * rng.choice([-1.0, 1.0], (number, 1))
    middle = here + across * rng.uniform(12, 34, (number, 1))
    length, width = along * rng.uniform(4, 9, (number, 1)), across * rng.uniform(3, 5.5, (number, 1))
    corners = np.stack([middle + length * a + width * b for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))], axis=1)
    return np.asarray(shapely.polygons(corners), dtype=object)

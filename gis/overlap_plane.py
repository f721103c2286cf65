"""The plane of a pair: metres from its middle, and back.

Over works of a few kilometres it agrees with geodesics within some centimetres a hundred metres, and what counts is a
tolerance of metres.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
GeometryArray = npt.NDArray[Any]

_GEOD = Geod(ellps="WGS84")
_COLLECTION = 7


def planar(left: GeometryArray, right: GeometryArray) -> tuple[GeometryArray, GeometryArray]:
    """Both sides of each pair (EPSG:4326) in metres from the pair's middle, of their highest dimension only.

    Of points and lines together the lines tell where a work is.
    """
    left, right = main_parts(left), main_parts(right)
    boxes = np.concatenate([shapely.bounds(left)[:, None], shapely.bounds(right)[:, None]], axis=1)
    with np.errstate(all="ignore"):
        middle = (np.fmin(*boxes[:, :, :2].swapaxes(0, 1)) + np.fmax(*boxes[:, :, 2:].swapaxes(0, 1))) / 2
    return _moved(left, middle), _moved(right, middle)


def _moved(shapes: GeometryArray, middle: FloatArray) -> GeometryArray:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    lat = np.radians(middle[owner, 1])
    eccentricity2, axis_m = _GEOD.es, _GEOD.a
    root = 1.0 - eccentricity2 * np.sin(lat) ** 2
    east_m = axis_m / np.sqrt(root) * np.cos(lat)
    north_m = axis_m * (1.0 - eccentricity2) / root**1.5
    metres = np.radians(xy - middle[owner]) * np.column_stack([east_m, north_m])
    moved: GeometryArray = shapely.set_coordinates(shapes.copy(), metres)
    return moved


def unmoved(part: BaseGeometry, shapes: GeometryArray) -> BaseGeometry:
    """A shape of the plane of a pair, back in EPSG:4326."""
    bounds = shapely.bounds(shapes)
    lon, lat = (bounds[:, :2].min(axis=0) + bounds[:, 2:].max(axis=0)) / 2
    ruler = _moved(np.array([shapely.Point(lon + 1e-3, lat + 1e-3)], dtype=object), np.array([[lon, lat]]))[0]
    return shapely.transform(part, lambda xy: xy * (1e-3 / np.array([ruler.x, ruler.y])) + (lon, lat))


def main_parts(shapes: GeometryArray) -> GeometryArray:
    """Flat shapes; of a collection the parts of the highest dimension."""
    flat = np.asarray(shapely.force_2d(np.asarray(shapes, dtype=object)), dtype=object).copy()
    for index in np.flatnonzero(shapely.get_type_id(flat) == _COLLECTION):
        parts = shapely.get_parts(shapely.get_parts(flat[index]))
        highest = shapely.get_dimensions(parts).max(initial=-1)
        flat[index] = shapely.union_all(parts[shapely.get_dimensions(parts) == highest]) if len(parts) else None
    return flat

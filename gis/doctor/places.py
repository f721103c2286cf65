"""Where points are claimed to lie: tambons, or the territories of organisations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis import crs

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

# One degree of latitude, near enough for "is it near" (5 to 21 degrees north).
METRES_PER_DEGREE = 110_600.0


class Places:
    """Polygons by number, ready for many questions.

    Parameters
    ----------
    polygons
        Polygons or multipolygons in EPSG:4326; valid.
    tolerance_m
        A point this far outside still counts as inside: limits on maps are not exact.
    """

    def __init__(self, polygons: Sequence[BaseGeometry], tolerance_m: float = 100.0) -> None:
        self.polygons = np.empty(len(polygons), dtype=object)
        self.polygons[:] = polygons
        self.tolerance_m = tolerance_m
        shapely.prepare(self.polygons)

    @cached_property
    def bounds(self) -> FloatArray:
        """West, south, east, north of each in degrees, tolerance included."""
        box = np.asarray(shapely.bounds(self.polygons), dtype=np.float64)
        margin = self.tolerance_m / METRES_PER_DEGREE * 1.1
        return np.asarray(box + np.array([-margin, -margin, margin, margin]), dtype=np.float64)

    @cached_property
    def middles(self) -> FloatArray:
        """Longitude and latitude of the middle of each."""
        points = shapely.centroid(self.polygons)
        return np.column_stack((shapely.get_x(points), shapely.get_y(points)))

    def windows(self, epsg: int) -> FloatArray:
        """The bounds of each in the numbers of a coordinate system: what cannot lie in them need not be converted."""
        if epsg not in self._windows:
            west, south, east, north = self.bounds.T
            middle = (west + east) / 2
            xs = np.column_stack((west, middle, east, west, middle, east))
            ys = np.column_stack((south, south, south, north, north, north))
            corners = crs.from_wgs84(np.column_stack((xs.ravel(), ys.ravel())), epsg)[0]
            x, y = corners[:, 0].reshape(-1, 6), corners[:, 1].reshape(-1, 6)
            self._windows[epsg] = np.column_stack((x.min(1), y.min(1), x.max(1), y.max(1)))
        return self._windows[epsg]

    @cached_property
    def _windows(self) -> dict[int, FloatArray]:
        return {}

    def may_hold(self, place: IntArray, x: FloatArray, y: FloatArray, epsg: int) -> BoolArray:
        """Coarse and fast: the numbers lie in the window of their place."""
        window = self.windows(epsg)[place]
        inside = (window[:, 0] <= x) & (x <= window[:, 2]) & (window[:, 1] <= y) & (y <= window[:, 3])
        return np.asarray(inside, dtype=np.bool_)

    def hold(self, place: IntArray, lonlat: FloatArray) -> BoolArray:
        """Each point lies in its place, or outside by no more than the tolerance."""
        box = self.bounds[place]
        lon, lat = lonlat[:, 0], lonlat[:, 1]
        held = (box[:, 0] <= lon) & (lon <= box[:, 2]) & (box[:, 1] <= lat) & (lat <= box[:, 3])
        rows = np.flatnonzero(held)
        held[rows] = shapely.contains_xy(self.polygons[place[rows]], lon[rows], lat[rows])
        near = rows[~held[rows]]
        if self.tolerance_m and len(near):
            held[near] = self._just_outside(place[near], lonlat[near])
        return np.asarray(held, dtype=np.bool_)

    def _just_outside(self, place: IntArray, lonlat: FloatArray) -> BoolArray:
        points = np.asarray(shapely.points(lonlat), dtype=object)
        # Degrees of longitude are the shorter ones: what is farther than this in them is farther in metres.
        reach = self.tolerance_m / METRES_PER_DEGREE / np.cos(np.radians(np.abs(lonlat[:, 1]).max())) * 1.02
        just = np.flatnonzero(shapely.dwithin(self.polygons[place], points, reach))
        near = np.zeros(len(place), dtype=np.bool_)
        near[just] = self._within(place[just], points[just])
        return near

    def _within(self, place: IntArray, points: npt.NDArray[np.object_]) -> BoolArray:
        nearest = shapely.get_coordinates(shapely.shortest_line(points, self.polygons[place])).reshape(-1, 2, 2)
        return distances_m(nearest[:, 0], nearest[:, 1]) <= self.tolerance_m


def distances_m(a: FloatArray, b: FloatArray) -> FloatArray:
    """Metres between points (lon, lat) on a plane that fits where they are: right to 1 % within 100 km."""
    step = a - b
    east = step[:, 0] * METRES_PER_DEGREE * np.cos(np.radians((a[:, 1] + b[:, 1]) / 2)) * 1.0065
    return np.asarray(np.hypot(east, step[:, 1] * METRES_PER_DEGREE), dtype=np.float64)

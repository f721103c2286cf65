"""Lengths and areas against ``geographiclib``, Karney's own implementation, on thousands of shapes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic

from gis import measure
from gis.crs import THAILAND_BOUNDS
from gis.doctor.places import FloatArray

SHAPES = 10_000
LIMIT = 1e-9
# What the last digit of a double of degrees is on the ground: nothing can be measured more finely.
LIMIT_M = 1e-8
# Areas are differences of strips that reach to the equator: two implementations of the algorithm differ by as much.
LIMIT_M2 = 1e-4


def wandering(rng: np.random.Generator, vertices: int) -> FloatArray:
    """A line somewhere in Thailand with legs from a metre to twenty kilometres."""
    west, south, east, north = THAILAND_BOUNDS
    start = rng.uniform((west, south), (east, north))
    leg_degrees = 10 ** rng.uniform(-5, -0.7)
    return np.vstack((start, start + np.cumsum(rng.normal(0, leg_degrees, (vertices - 1, 2)), axis=0)))


def test_ten_thousand_lengths() -> None:
    rng = np.random.default_rng(2569)
    lines = [wandering(rng, int(rng.integers(2, 8))) for _ in range(SHAPES)]
    ours = measure.lengths_m(np.array([shapely.LineString(xy) for xy in lines], dtype=object))
    for length, xy in zip(ours.tolist(), lines, strict=True):
        legs = zip(xy[:-1].tolist(), xy[1:].tolist(), strict=True)
        theirs = sum(Geodesic.WGS84.Inverse(y1, x1, y2, x2, Geodesic.DISTANCE)["s12"] for (x1, y1), (x2, y2) in legs)
        assert length == pytest.approx(theirs, rel=LIMIT, abs=LIMIT_M)


def test_ten_thousand_areas() -> None:
    rng = np.random.default_rng(2570)
    west, south, east, north = THAILAND_BOUNDS
    for _ in range(SHAPES):
        # A star-shaped pond of 20 m to 20 km: its ring crosses itself nowhere.
        corners = int(rng.integers(3, 9))
        angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
        radius = 10 ** rng.uniform(-4, -1) * rng.uniform(0.5, 1, corners)
        xy = (
            rng.uniform((west, south), (east, north))
            + np.column_stack((np.cos(angle), np.sin(angle))) * radius[:, None]
        )
        polygon = Geodesic.WGS84.Polygon()
        for lon, lat in xy.tolist():
            polygon.AddPoint(lat, lon)
        theirs = abs(polygon.Compute(False, True)[2])
        assert measure.area_m2(shapely.Polygon(xy)) == pytest.approx(theirs, rel=LIMIT, abs=LIMIT_M2)

"""Shape of the ground out of a raster of heights: shading, slope, profile of a road.

Heights are metres. Grids are arrays with rows from the north; NaN is no height.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from gis.measure import length_m, segment_lengths_m
from gis.rasters.facts import RasterError
from gis.rasters.placing import from_lonlat, pinned
from gis.rasters.reading import cell_size_m, open_raster, values_at

FloatArray = npt.NDArray[np.float64]
MOST_SAMPLES = 2_000
"""Places along a line at which the height is read."""
STEEP_PERCENT = (3.0, 6.0, 9.0, 12.0)
"""Limits of the classes of slope along a road."""


def gradients(heights: FloatArray, cell_x_m: float, cell_y_m: float) -> tuple[FloatArray, FloatArray]:
    """Rise per metre to the east and to the north (Horn 1981), NaN where a neighbour is missing.

    Examples
    --------
    >>> plane = np.add.outer(-0.5 * np.arange(4), 0.1 * np.arange(4)) * 10
    >>> east, north = gradients(plane, 10, 10)
    >>> round(float(east[1, 1]), 6), round(float(north[1, 1]), 6)
    (0.1, 0.5)
    """
    edge = np.pad(heights, 1, constant_values=np.nan)
    nw, n, ne = edge[:-2, :-2], edge[:-2, 1:-1], edge[:-2, 2:]
    w, e = edge[1:-1, :-2], edge[1:-1, 2:]
    sw, s, se = edge[2:, :-2], edge[2:, 1:-1], edge[2:, 2:]
    east = ((ne + 2 * e + se) - (nw + 2 * w + sw)) / (8 * cell_x_m)
    north = ((nw + 2 * n + ne) - (sw + 2 * s + se)) / (8 * cell_y_m)
    return east, north


def slope_percent(heights: FloatArray, cell_x_m: float, cell_y_m: float) -> FloatArray:
    """Steepest slope of each cell in percent (Horn 1981)."""
    east, north = gradients(heights, cell_x_m, cell_y_m)
    return 100 * np.hypot(east, north)


def hillshade(
    heights: FloatArray,
    cell_x_m: float,
    cell_y_m: float,
    *,
    azimuth_degrees: float = 315.0,
    altitude_degrees: float = 45.0,
    exaggeration: float = 1.0,
) -> FloatArray:
    """Light on the ground, 0 (away from the sun) to 1; level ground has the sine of the sun's altitude.

    Examples
    --------
    >>> round(float(hillshade(np.zeros((3, 3)), 10, 10)[1, 1]), 4)
    0.7071
    """
    east, north = gradients(heights, cell_x_m, cell_y_m)
    east, north = east * exaggeration, north * exaggeration
    azimuth, altitude = math.radians(azimuth_degrees), math.radians(altitude_degrees)
    towards = east * math.sin(azimuth) + north * math.cos(azimuth)
    light = (math.sin(altitude) - math.cos(altitude) * towards) / np.sqrt(1 + east**2 + north**2)
    lit: FloatArray = np.clip(light, 0, 1)
    return lit


@dataclass(frozen=True)
class Profile:
    """Heights along a line.

    Parameters
    ----------
    distance_m
        From the beginning, geodesic.
    lonlat
        n x 2, degrees.
    elevation_m
        NaN where the raster has no height.
    slope_percent
        Rise over ``baseline_m`` around each place, in the direction of the line; NaN near a gap.
    baseline_m
        Length over which a slope is taken: slopes between neighbouring pixels are noise.
    """

    distance_m: FloatArray
    lonlat: FloatArray
    elevation_m: FloatArray
    slope_percent: FloatArray
    baseline_m: float

    @property
    def length_m(self) -> float:
        """Length of the line on the ellipsoid."""
        return float(self.distance_m[-1])

    @property
    def known_share(self) -> float:
        """Share of the places that have a height, 0 to 1."""
        return float(np.isfinite(self.elevation_m).mean())

    @property
    def lowest_m(self) -> float | None:
        """Least height, ``None`` without any."""
        return float(np.nanmin(self.elevation_m)) if self.known_share else None

    @property
    def highest_m(self) -> float | None:
        """Greatest height, ``None`` without any."""
        return float(np.nanmax(self.elevation_m)) if self.known_share else None

    @property
    def steepest_percent(self) -> float | None:
        """Greatest slope up or down, ``None`` without any."""
        known = np.abs(self.slope_percent[np.isfinite(self.slope_percent)])
        return float(known.max()) if known.size else None

    @property
    def climb_m(self) -> float:
        """Sum of the rises."""
        return self._risen(1)

    @property
    def descent_m(self) -> float:
        """Sum of the falls."""
        return self._risen(-1)

    def _risen(self, sign: int) -> float:
        # Between places a baseline apart: the noise of single pixels would add up to a mountain.
        if len(self.distance_m) < 2:
            return 0.0
        step = max(1, round(self.baseline_m / (self.length_m / (len(self.distance_m) - 1) or 1)))
        at = np.unique([*range(0, len(self.elevation_m), step), len(self.elevation_m) - 1])
        steps = np.diff(self.elevation_m[at]) * sign
        return float(steps[np.isfinite(steps) & (steps > 0)].sum())

    def lengths_by_slope_m(self) -> list[tuple[float, float | None, float]]:
        """Lower limit, upper limit (percent) and length of each class of slope, up and down alike."""
        steep = np.abs(self.slope_percent)
        weights = np.gradient(self.distance_m) if len(self.distance_m) > 1 else np.zeros(1)
        weights = weights * (self.length_m / weights.sum() if weights.sum() else 0)
        found: list[tuple[float, float | None, float]] = []
        for low, high in pairwise((0.0, *STEEP_PERCENT, math.inf)):
            inside = (steep >= low) & (steep < high)
            found.append((low, None if math.isinf(high) else high, float(weights[inside].sum())))
        return found


def profile(path: Path, line: LineString, *, band: int = 1, most: int = MOST_SAMPLES) -> Profile:
    """Heights and slopes along a line (EPSG:4326), a place for each pixel it crosses but at most ``most``.

    Raises
    ------
    RasterError
        ``profile_no_line``: shorter than a metre; ``profile_outside``: no part of it has a height.
    """
    vertices = shapely.get_coordinates(line)
    lengths = segment_lengths_m(vertices) if len(vertices) > 1 else np.zeros(0)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    if along[-1] < 1.0:
        raise RasterError("profile_no_line")
    half = len(vertices) // 2
    with open_raster(path) as dataset:
        x, y = (float(each) for each in from_lonlat(vertices[half, 0], vertices[half, 1], pinned(dataset.crs).to_wkt()))
        pixel_m = math.sqrt(math.prod(cell_size_m(dataset, dataset.transform, x, y)))
    count = int(min(most, max(2, math.ceil(along[-1] / (pixel_m / 2)) + 1)))
    distance = np.linspace(0.0, along[-1], count)
    lonlat = np.column_stack([np.interp(distance, along, vertices[:, i]) for i in (0, 1)])
    heights = values_at(path, lonlat, band=band)
    if not np.isfinite(heights).any():
        raise RasterError("profile_outside")
    baseline = float(min(along[-1], max(100.0, 3 * pixel_m)))
    return Profile(distance, lonlat, heights, _slopes(distance, heights, baseline), baseline)


def _slopes(distance: FloatArray, heights: FloatArray, baseline: float) -> FloatArray:
    before = np.clip(distance - baseline / 2, 0, distance[-1])
    after = np.clip(distance + baseline / 2, 0, distance[-1])
    # NaN of a gap passes through the interpolation on purpose.
    rise = np.interp(after, distance, heights) - np.interp(before, distance, heights)
    return 100 * rise / np.maximum(after - before, 1e-9)


def lines_of(geometry: BaseGeometry) -> list[LineString]:
    """Lines of a shape, those that meet end to end joined, the longest first."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("LineString", "MultiLineString")]
    if not parts:
        return []
    merged = shapely.line_merge(MultiLineString([line for part in parts for line in shapely.get_parts(part)]))
    return sorted(shapely.get_parts(merged), key=lambda line: -length_m(line))

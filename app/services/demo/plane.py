"""The drawing plane of the generator: metres around the province's middle, and shapes that look grown, not drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Polygon
from shapely.ops import substring

FloatArray = npt.NDArray[np.float64]
GeometryArray = npt.NDArray[np.object_]

# x = 0 is 102°E, the border of UTM zones 47 and 48
CENTRE_LON, CENTRE_LAT = 102.0, 15.9
_PLANE = f"+proj=tmerc +lat_0={CENTRE_LAT} +lon_0={CENTRE_LON} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"
_TO_LONLAT = Transformer.from_crs(_PLANE, "+proj=longlat +ellps=WGS84 +no_defs", always_xy=True)
_RADIUS_M = 6_378_137.0


def to_lonlat(shapes: GeometryArray) -> GeometryArray:
    """Shapes of the plane in EPSG:4326, rounded to a centimetre so that shared vertices stay shared."""
    return shapely.transform(shapes, _lonlat)


def _lonlat(xy: FloatArray) -> FloatArray:
    lon, lat = _TO_LONLAT.transform(xy[:, 0], xy[:, 1])
    return np.round(np.column_stack((lon, lat)), 7)


def to_web_mercator(shapes: GeometryArray) -> GeometryArray:
    """Shapes of the plane in EPSG:3857, to the decimetre."""

    def project(xy: FloatArray) -> FloatArray:
        lon, lat = _TO_LONLAT.transform(xy[:, 0], xy[:, 1])
        x = np.radians(lon) * _RADIUS_M
        y = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) * _RADIUS_M
        return np.round(np.column_stack((x, y)), 1)

    return shapely.transform(shapes, project)


def wiggle(rng: np.random.Generator, line: LineString, roughness: float, levels: int) -> LineString:
    """The line with midpoints displaced, halving the step ``levels`` times; its ends stay."""
    xy = np.asarray(line.coords)
    for _ in range(levels):
        start, end = xy[:-1], xy[1:]
        across = np.column_stack((start[:, 1] - end[:, 1], end[:, 0] - start[:, 0]))
        middle = (start + end) / 2 + across * rng.normal(0.0, roughness, (len(start), 1)).clip(-0.3, 0.3)
        grown = np.empty((len(xy) + len(middle), 2))
        grown[0::2], grown[1::2] = xy, middle
        xy = grown
        roughness *= 0.75
    return LineString(xy)


def smooth(line: LineString, times: int = 2) -> LineString:
    """The line with its corners cut (Chaikin); its ends stay."""
    xy = np.asarray(line.coords)
    for _ in range(times):
        near = xy[:-1] * 0.75 + xy[1:] * 0.25
        far = xy[:-1] * 0.25 + xy[1:] * 0.75
        cut = np.empty((2 * len(near), 2))
        cut[0::2], cut[1::2] = near, far
        xy = np.vstack((xy[:1], cut, xy[-1:]))
    return LineString(xy)


def blob(rng: np.random.Generator, x: float, y: float, radius: float, corners: int = 14) -> Polygon:
    """A rounded patch of land or water with the mean radius given."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    phase = rng.uniform(0, 2 * np.pi, 3)
    stretch = rng.uniform(0.75, 1.3)
    radii = radius * (
        1
        + 0.18 * np.sin(2 * angles + phase[0])
        + 0.10 * np.sin(3 * angles + phase[1])
        + 0.05 * np.sin(5 * angles + phase[2])
    )
    px = x + radii * np.cos(angles) * stretch
    py = y + radii * np.sin(angles) / stretch
    return Polygon(np.column_stack((px, py)))


def part(line: LineString, start: float, end: float) -> LineString:
    """The piece of a line between two distances from its beginning."""
    return LineString(substring(line, start, end).coords)

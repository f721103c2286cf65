"""Chainage: places along a registered road as kilometres and metres from its beginning, "กม. 1+200".

Metres are geodesic, as everywhere. A registered road runs from its start to its end; a section keeps every vertex that
lies between its ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString

from gis import measure
from gis.measure import FloatArray
from gis.problems import Problem
from gis.thai import canonical_route_code, normalise, to_arabic_digits

# Signs and surveys end a little before or after the drawn end of a road: so much over is its end.
OVER_M = 50.0

_KM = r"(?:กม\.?\s*(?:ที่)?|กิโลเมตรที่|km\.?|sta\.?)?\s*"
_PLACE = r"(?:(?P<{0}_km>\d{{1,3}})\s*\+\s*(?P<{0}_m>\d{{1,3}}(?:\.\d+)?)|(?P<{0}>\d{{1,3}}\.\d+))"
_CHAINAGE = re.compile(
    rf"{_KM}{_PLACE.format('start')}(?:\s*(?:-|–|—|ถึง|to|/)\s*{_KM}{_PLACE.format('end')})?", re.IGNORECASE
)
_ROUTE = re.compile(r"[ก-ฮ]{2}\s*\.?\s*ถ\s*\.?\s*\d{1,3}\s*[-–]\s*\d{3,4}")


@dataclass(frozen=True)
class Chainage:
    """A stretch of a registered road, or one place on it.

    Parameters
    ----------
    route_code
        Canonical code of the road, ``นค.ถ.28-003``.
    start_m, end_m
        Metres from the beginning of the road; ``end_m`` is None for one place. An end before the start runs backwards.
    """

    route_code: str
    start_m: float
    end_m: float | None = None


def read_chainage(text: str) -> Chainage | None:
    """Chainage as people write it; None when the text is none.

    Examples
    --------
    >>> read_chainage("นค.ถ.๒๘-๐๐๓ กม. ๑+๒๐๐ - ๒+๔๕๐")
    Chainage(route_code='นค.ถ.28-003', start_m=1200.0, end_m=2450.0)
    >>> read_chainage("ชร.ถ.1-0098 กม.ที่ 0+500"), read_chainage("15.8, 102.03")
    (Chainage(route_code='ชร.ถ.1-0098', start_m=500.0, end_m=None), None)
    """
    plain = normalise(to_arabic_digits(text))
    route = _ROUTE.search(plain)
    if route is None:
        return None
    code = canonical_route_code(route[0])
    found = _CHAINAGE.search(plain[route.end() :])
    if isinstance(code, Problem) or found is None:
        return None
    start, end = (_metres(found, name) for name in ("start", "end"))
    return None if start is None else Chainage(code, start, end)


def _metres(found: re.Match[str], name: str) -> float | None:
    if found[f"{name}_km"] is not None:
        return float(found[f"{name}_km"]) * 1000 + float(found[f"{name}_m"])
    return None if found[name] is None else round(float(found[name]) * 1000, 3)


def chainage_text(metres: float) -> str:
    """``1+200``, to the nearest metre.

    Examples
    --------
    >>> chainage_text(1200.4), chainage_text(999.6)
    ('1+200', '1+000')
    """
    kilometres, rest = divmod(round(metres), 1000)
    return f"{kilometres}+{rest:03d}"


def section(road: LineString, start_m: float, end_m: float) -> LineString | Problem:
    """The part of a road (EPSG:4326) between two chainages, in the direction in which they are given.

    Returns
    -------
    LineString or Problem
        ``chainage_beyond_road`` when an end lies more than :data:`OVER_M` behind the road's, ``chainage_empty`` when
        both are one place.

    Examples
    --------
    >>> road = LineString([(102, 15), (102, 15.02)])
    >>> part = section(road, 500, 1500)
    >>> round(measure.length_m(part), 3)
    1000.0
    """
    xy = shapely.get_coordinates(road)
    along = np.concatenate(([0.0], np.cumsum(measure.segment_lengths_m(xy))))
    length = float(along[-1])
    low, high = sorted((start_m, end_m))
    if low < 0 or high > length + OVER_M:
        values = {"given": chainage_text(high if low >= 0 else low), "length": chainage_text(length)}
        return Problem("chainage_beyond_road", values=values)
    low, high = min(low, length), min(high, length)
    if high - low < 1:
        return Problem("chainage_empty", values={"given": chainage_text(low)})
    inside = (along > low + 1e-6) & (along < high - 1e-6)
    part = np.vstack((_at(xy, along, low), xy[inside], _at(xy, along, high)))
    return LineString(part if start_m <= end_m else part[::-1])


def place(road: LineString, metres: float) -> tuple[float, float] | Problem:
    """Longitude and latitude of one chainage; ``chainage_beyond_road`` as in :func:`section`."""
    xy = shapely.get_coordinates(road)
    along = np.concatenate(([0.0], np.cumsum(measure.segment_lengths_m(xy))))
    if not 0 <= metres <= along[-1] + OVER_M:
        values = {"given": chainage_text(metres), "length": chainage_text(float(along[-1]))}
        return Problem("chainage_beyond_road", values=values)
    lon, lat = _at(xy, along, min(metres, float(along[-1])))
    return float(lon), float(lat)


def chainage_at(road: LineString, lon: float, lat: float) -> tuple[float, float]:
    """Metres along the road of the place nearest to a point, and how far from the road the point is.

    Examples
    --------
    >>> metre, offset = chainage_at(LineString([(102, 15), (102, 15.02)]), 102.0001, 15.01)
    >>> round(metre), round(offset)
    (1106, 11)
    """
    xy = shapely.get_coordinates(road)
    along = np.concatenate(([0.0], np.cumsum(measure.segment_lengths_m(xy))))
    # On a plane of the point's own latitude: within a road's reach the nearest place is the same on the ellipsoid.
    scale = np.array([np.cos(np.radians(lat)), 1.0])
    a, b = xy[:-1] * scale, xy[1:] * scale
    point = np.array([lon, lat]) * scale
    leg = b - a
    squared = np.maximum((leg**2).sum(axis=1), 1e-30)
    share = np.clip(((point - a) * leg).sum(axis=1) / squared, 0, 1)
    nearest = a + share[:, None] * leg
    at = int(np.argmin(((nearest - point) ** 2).sum(axis=1)))
    foot = nearest[at] / scale
    offset = float(measure.segment_lengths_m(np.vstack((foot, (lon, lat))))[0])
    return float(along[at] + share[at] * (along[at + 1] - along[at])), offset


def _at(xy: FloatArray, along: FloatArray, metres: float) -> FloatArray:
    """Position of a chainage, along the geodesic of its leg."""
    leg = min(int(np.searchsorted(along, metres, side="right")) - 1, len(xy) - 2)
    if metres <= along[leg]:
        return np.asarray(xy[leg])
    if metres >= along[leg + 1]:
        return np.asarray(xy[leg + 1])
    (x1, y1), (x2, y2) = xy[leg].tolist(), xy[leg + 1].tolist()
    azimuth = measure.GEOD.inv(x1, y1, x2, y2)[0]
    lon, lat, _ = measure.GEOD.fwd(x1, y1, azimuth, float(metres - along[leg]))
    return np.array([lon, lat])

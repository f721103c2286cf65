"""Chainage: places along a registered road as kilometres and metres from its beginning, "กม. 1+200".

Metres are geodesic, as everywhere. A registered road runs from its start to its end; a section keeps every vertex that
lies between its ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

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
# A cell of a column of chainage needs no sign that it is one: "1+250", "1.250", "0 - 1,250 ม.".
_METRES_UNIT = r"ม\.?|เมตร|m\.?|metres?|meters?"
_CELL_PLACE = (
    r"(?:(?P<{0}_km>\d{{1,3}})\s*\+\s*(?P<{0}_m>\d{{1,3}}(?:\.\d+)?)"
    r"|(?P<{0}>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,6}}(?:\.\d+)?))"
    rf"\s*(?P<{{0}}_unit>กม\.?|กิโลเมตร|km\.?|{_METRES_UNIT})?"
)
_SIDE = r"(?:\s*\(?\s*(?:[lr]t|[lr]|cl|ซ้ายทาง|ขวาทาง|ด้านซ้าย(?:ทาง)?|ด้านขวา(?:ทาง)?)\.?\s*\)?)?"
_CELL = re.compile(
    rf"(?:ช่วง|ตั้งแต่|จาก)?\s*{_KM}{_CELL_PLACE.format('start')}{_SIDE}"
    rf"(?:\s*(?:-|–|—|~|ถึง|to)\s*{_KM}{_CELL_PLACE.format('end')}{_SIDE})?",
    re.IGNORECASE,
)
_IN_METRES = re.compile(rf"(?:^|[^a-zก-๙])(?:{_METRES_UNIT})\s*+(?:\)\s*+)?$", re.IGNORECASE)
# A local road is shorter than this: larger numbers without a sign are metres.
_LONGEST_KM = 100.0


@dataclass(frozen=True)
class Chainage:
    """A stretch of a registered road, or one place on it.

    Parameters
    ----------
    route_code
        Canonical code of the road, ``นค.ถ.28-003``; empty where only the chainage is told.
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


@lru_cache(maxsize=10_000)
def read_cell(text: str, unit_m: float = 1000.0) -> Chainage | None:
    """A cell of a column that holds chainage, with or without the code of the road; None when it is none.

    Parameters
    ----------
    unit_m
        Metres that a plain number counts: 1000 for ``1.250``, 1 for ``1250``; see :func:`unit_of`.

    Examples
    --------
    >>> read_cell("กม.๑+๒๕๐"), read_cell("0+000 - 1+250")
    (Chainage(route_code='', start_m=1250.0, end_m=None), Chainage(route_code='', start_m=0.0, end_m=1250.0))
    >>> read_cell("1.250"), read_cell("1,250", 1.0), read_cell("1 ต.ค. 68")
    (Chainage(route_code='', start_m=1250.0, end_m=None), Chainage(route_code='', start_m=1250.0, end_m=None), None)
    """
    plain = normalise(to_arabic_digits(text))
    route = _ROUTE.search(plain)
    code = "" if route is None else canonical_route_code(route[0])
    found = _CELL.fullmatch(plain[route.end() :].strip() if route else plain)
    if found is None or isinstance(code, Problem):
        return None
    start, end = (_cell_metres(found, name, unit_m) for name in ("start", "end"))
    return None if start is None else Chainage(code, start, end)


def _cell_metres(found: re.Match[str], name: str, unit_m: float) -> float | None:
    if found[f"{name}_km"] is not None:
        return round(float(found[f"{name}_km"]) * 1000 + float(found[f"{name}_m"]), 3)
    if found[name] is None:
        return None
    unit = (found[f"{name}_unit"] or "").lower()
    told = unit_m if not unit else 1000.0 if unit[0] == "ก" or unit[0] == "k" else 1.0
    return round(float(found[name].replace(",", "")) * told, 3)


def unit_of(names: Iterable[str], cells: Iterable[str]) -> float:
    """Metres that plain numbers of columns count: 1 where a name says metres or a number is too large for kilometres.

    Examples
    --------
    >>> unit_of(["km_from", "km_to"], ["0", "1.250"]), unit_of(["เริ่มต้น (ม.)"], ["0", "80"])
    (1000.0, 1.0)
    >>> unit_of(["กม.เริ่มต้น"], ["0", "1250", "0+500"])
    1.0
    """
    if any(_IN_METRES.search(name.replace("_", " ").strip()) for name in names):
        return 1.0
    read = (read_cell(cell, 1.0) for cell in cells if "+" not in cell)
    far = max((max(one.start_m, one.end_m or 0.0) for one in read if one is not None), default=0.0)
    return 1.0 if far >= _LONGEST_KM else 1000.0


def exact_text(metres: float) -> str:
    """``1+250`` with as many decimals as are told, to the millimetre.

    Examples
    --------
    >>> exact_text(1250), exact_text(80.5), exact_text(0)
    ('1+250', '0+080.5', '0+000')
    """
    kilometres, rest = divmod(round(metres, 3), 1000)
    return f"{kilometres:.0f}+{rest:07.3f}".rstrip("0").rstrip(".") if rest else f"{kilometres:.0f}+000"


def _metres(found: re.Match[str], name: str) -> float | None:
    if found[f"{name}_km"] is not None:
        return round(float(found[f"{name}_km"]) * 1000 + float(found[f"{name}_m"]), 3)
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


class MeasuredRoad:
    """A road with the chainage of its vertices, measured once for the many places that are looked up on it.

    Parameters
    ----------
    line
        EPSG:4326, from its start to its end.
    """

    def __init__(self, line: LineString) -> None:
        self._xy = shapely.get_coordinates(line)
        self._along = np.concatenate(([0.0], np.cumsum(measure.segment_lengths_m(self._xy))))
        self.length_m = float(self._along[-1])

    def section(self, start_m: float, end_m: float) -> LineString | Problem:
        """The part between two chainages; see :func:`section`."""
        low, high = sorted((start_m, end_m))
        if low < 0 or high > self.length_m + OVER_M:
            return self._beyond(high if low >= 0 else low)
        low, high = min(low, self.length_m), min(high, self.length_m)
        if high - low < 1:
            return Problem("chainage_empty", values={"given": chainage_text(low)})
        first, last = np.searchsorted(self._along, (low + 1e-6, high - 1e-6), side="right")
        inside = self._xy[first:last]
        part = np.vstack((_at(self._xy, self._along, low), inside, _at(self._xy, self._along, high)))
        return LineString(part if start_m <= end_m else part[::-1])

    def place(self, metres: float) -> tuple[float, float] | Problem:
        """Longitude and latitude of one chainage; see :func:`place`."""
        if not 0 <= metres <= self.length_m + OVER_M:
            return self._beyond(metres)
        lon, lat = _at(self._xy, self._along, min(metres, self.length_m))
        return float(lon), float(lat)

    def _beyond(self, metres: float) -> Problem:
        values = {"given": chainage_text(metres), "length": chainage_text(self.length_m)}
        return Problem("chainage_beyond_road", values=values)


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
    return MeasuredRoad(road).section(start_m, end_m)


def place(road: LineString, metres: float) -> tuple[float, float] | Problem:
    """Longitude and latitude of one chainage; ``chainage_beyond_road`` as in :func:`section`."""
    return MeasuredRoad(road).place(metres)


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

"""Points, one by one: plausible or not, and the readings that would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gis import crs
from gis.doctor.places import BoolArray, FloatArray, IntArray, Places, distances_m
from gis.doctor.supposed import COST, Kind, Supposed, suppositions

# What a point far from a thing it should be near costs, per kilometre and at most.
_NEAR_COST_PER_KM = 0.4
_NEAR_COST_MAX = 4.0
# Readings beyond this many of a row help nobody choose.
MAX_READINGS = 6
PLAUSIBLE, IMPLAUSIBLE, TRUNCATED, ZERO = "plausible", "implausible", "truncated", "zero"


@dataclass(frozen=True)
class GivenPoints:
    """Numbers as they were given, a row each.

    Parameters
    ----------
    x, y
        First number (easting or longitude) and second (northing or latitude) as claimed.
    epsg
        Coordinate system that they are said to be in.
    place
        Index of the claimed tambon or territory in the places; -1 where none is known.
    near
        Longitude and latitude of something the point should be near - the named village, the neighbouring project -
        ``nan`` where nothing is known; ``None`` when nothing is known of any.
    """

    x: FloatArray
    y: FloatArray
    epsg: IntArray
    place: IntArray
    near: FloatArray | None = None


@dataclass(frozen=True)
class Reading:
    """One way the numbers of a row may have been meant.

    Parameters
    ----------
    kind
        The mistake supposed; also the code of the sentence that tells it.
    lon, lat
        Where it would be, EPSG:4326.
    x, y, epsg
        The numbers as meant, and their coordinate system.
    axis
        Which number was wrong: 0 the first, 1 the second, 2 both.
    spread_m
        How far the readings of this kind lie apart: a lost digit can have been one of several.
    choices
        How many there are of this kind.
    cost
        Lower is likelier.
    """

    kind: Kind
    lon: float
    lat: float
    x: float
    y: float
    epsg: int
    axis: int
    spread_m: float
    choices: int
    cost: float


@dataclass(frozen=True)
class Diagnoses:
    """What was found, row by row.

    Parameters
    ----------
    verdicts
        ``plausible``; ``implausible``: not in the claimed place; ``truncated``: so few digits that a kilometre is open;
        ``zero``: no coordinates at all.
    lonlat
        Each row as given, in EPSG:4326; not finite where the numbers are no place on earth.
    readings
        The likelier first, by row; rows without any are absent.
    """

    verdicts: npt.NDArray[np.str_]
    lonlat: FloatArray
    readings: dict[int, list[Reading]] = field(default_factory=dict)


def diagnose(given: GivenPoints, places: Places) -> Diagnoses:
    """Judge points.

    A point is plausible when it lies in the place it is claimed for. With no place known only Thailand's bounds can
    speak against it. A datum that shifts a point inside its place cannot be seen here: see :func:`datum_evidence`.
    """
    count = len(given.x)
    lonlat = _converted(given.x, given.y, given.epsg)
    verdicts = np.full(count, PLAUSIBLE, dtype="<U11")
    zero = ~np.isfinite(given.x) | ~np.isfinite(given.y) | ((given.x == 0) | (given.y == 0))
    known = given.place >= 0
    sound = np.zeros(count, dtype=np.bool_)
    rows = np.flatnonzero(known & ~zero)
    sound[rows] = places.hold(given.place[rows], lonlat[rows])
    rows = np.flatnonzero(~known & ~zero)
    sound[rows] = _in_thailand(lonlat[rows])
    verdicts[~sound] = IMPLAUSIBLE
    verdicts[sound & is_truncated(given.x, given.y, given.epsg)] = TRUNCATED
    verdicts[zero] = ZERO
    wrong = np.flatnonzero(known & (verdicts == IMPLAUSIBLE))
    return Diagnoses(verdicts, lonlat, _readings(given, wrong, places))


def is_truncated(x: FloatArray, y: FloatArray, epsg: IntArray) -> BoolArray:
    """Both numbers were cut to about a kilometre: two decimals of a degree, or whole thousands of metres."""
    degrees = np.isin(epsg, (4326, 4240))
    unit = np.where(degrees, 0.01, 1000.0)
    with np.errstate(invalid="ignore"):
        cut = (np.abs(x / unit - np.round(x / unit)) < 1e-6) & (np.abs(y / unit - np.round(y / unit)) < 1e-6)
    return np.asarray(cut, dtype=np.bool_)


def _converted(x: FloatArray, y: FloatArray, epsg: IntArray) -> FloatArray:
    lonlat = np.full((len(x), 2), np.nan)
    for code in np.unique(epsg):
        rows = np.flatnonzero(epsg == code)
        lonlat[rows] = crs.to_wgs84(np.column_stack((x[rows], y[rows])), int(code))[0]
    return lonlat


def _in_thailand(lonlat: FloatArray) -> BoolArray:
    west, south, east, north = crs.THAILAND_BOUNDS
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return np.asarray((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north), dtype=np.bool_)


def _readings(given: GivenPoints, wrong: IntArray, places: Places) -> dict[int, list[Reading]]:
    held = [
        _that_hold(one, rows, given, places)
        for rows in (wrong[given.epsg[wrong] == code] for code in np.unique(given.epsg[wrong]))
        for one in suppositions(given.x[rows], given.y[rows], int(given.epsg[rows[0]]), given.place[rows], places)
    ]
    found = [candidates for candidates in held if len(candidates)]
    return _ranked(np.concatenate(found)) if found else {}


_HELD = np.dtype(
    [
        ("row", np.intp),
        ("kind", np.intp),
        ("axis", np.intp),
        ("epsg", np.intp),
        ("cost", np.float64),
        ("from_middle_m", np.float64),
        ("lon", np.float64),
        ("lat", np.float64),
        ("x", np.float64),
        ("y", np.float64),
    ]
)
_KINDS: tuple[Kind, ...] = tuple(COST)
_KIND_COST = np.array([COST[kind] for kind in _KINDS])
# A digit of either number is the same kind of mistake, but another reading.
_GROUP = ("row", "kind", "axis", "epsg")


def _that_hold(one: Supposed, rows: IntArray, given: GivenPoints, places: Places) -> npt.NDArray[Any]:
    """The candidates that lie in their place, with what speaks against each."""
    if not len(one.rows):
        return np.empty(0, _HELD)
    at = rows[one.rows]
    lonlat = crs.to_wgs84(np.column_stack((one.x, one.y)), one.epsg)[0]
    held = np.flatnonzero(places.hold(given.place[at], lonlat))
    lonlat, at = lonlat[held], at[held]
    found = np.empty(len(held), _HELD)
    found["row"] = at
    found["kind"], found["axis"], found["epsg"] = _KINDS.index(one.kind), one.axis, one.epsg
    found["cost"] = np.broadcast_to(one.cost, len(one.rows))[held] + _far_cost(lonlat, at, given)
    found["from_middle_m"] = distances_m(lonlat, places.middles[given.place[at]])
    found["lon"], found["lat"] = lonlat.T
    found["x"], found["y"] = one.x[held], one.y[held]
    return found


def _far_cost(lonlat: FloatArray, rows: IntArray, given: GivenPoints) -> FloatArray:
    if given.near is None:
        return np.zeros(len(rows))
    away_km = distances_m(lonlat, given.near[rows]) / 1000
    return np.nan_to_num(np.minimum(away_km * _NEAR_COST_PER_KM, _NEAR_COST_MAX))


def _ranked(held: npt.NDArray[Any]) -> dict[int, list[Reading]]:
    """One reading for each mistake that explains the row; of several digits that would do, one stands for all."""
    held = held[np.lexsort([held[name] for name in ("from_middle_m", "cost", "y", "x", *reversed(_GROUP))])]
    held = held[_begins(held, (*_GROUP, "x", "y"))]  # two ways to the same numbers are one
    held = held[np.lexsort([held[name] for name in ("from_middle_m", "cost", *reversed(_GROUP))])]
    first = np.flatnonzero(_begins(held, _GROUP))
    choices = np.diff(np.append(first, len(held)))
    best = np.repeat(first, choices)
    apart = distances_m(
        np.column_stack((held["lon"], held["lat"])), np.column_stack((held["lon"][best], held["lat"][best]))
    )
    spread = np.maximum.reduceat(apart, first)
    order = np.lexsort([held["epsg"][first], _KIND_COST[held["kind"][first]], held["cost"][first], held["row"][first]])
    readings: dict[int, list[Reading]] = {}
    for row, kind, axis, epsg, cost, _, lon, lat, x, y, spread_m, count in zip(
        *(held[name][first][order].tolist() for name in _HELD.names or ()),
        spread[order].tolist(),
        choices[order].tolist(),
        strict=True,
    ):
        own = readings.setdefault(row, [])
        if len(own) < MAX_READINGS:
            own.append(Reading(_KINDS[kind], lon, lat, x, y, epsg, axis, spread_m, count, cost))
    return readings


def _begins(held: npt.NDArray[Any], names: Sequence[str]) -> BoolArray:
    """Where a run of equal values begins; the array is sorted by these names."""
    begins = np.ones(len(held), dtype=np.bool_)
    begins[1:] = np.logical_or.reduce([held[name][1:] != held[name][:-1] for name in names])
    return begins

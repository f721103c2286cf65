"""Points, one by one: plausible or not, and the readings that would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
    found: dict[int, list[_Held]] = {}
    for code in np.unique(given.epsg[wrong]):
        rows = wrong[given.epsg[wrong] == code]
        for one in suppositions(given.x[rows], given.y[rows], int(code), given.place[rows], places):
            for held in _that_hold(one, rows, given, places):
                found.setdefault(held.row, []).append(held)
    return {row: _ranked(held) for row, held in found.items()}


@dataclass(frozen=True, slots=True)
class _Held:
    row: int
    kind: Kind
    axis: int
    cost: float
    lon: float
    lat: float
    x: float
    y: float
    epsg: int
    from_middle_m: float


def _that_hold(one: Supposed, rows: IntArray, given: GivenPoints, places: Places) -> Iterator[_Held]:
    """The candidates that lie in their place, with what speaks against each."""
    if not len(one.rows):
        return
    at = rows[one.rows]
    place = given.place[at]
    lonlat = crs.to_wgs84(np.column_stack((one.x, one.y)), one.epsg)[0]
    held = np.flatnonzero(places.hold(place, lonlat))
    if not len(held):
        return
    lonlat, at, place = lonlat[held], at[held], place[held]
    cost = np.broadcast_to(one.cost, len(one.rows))[held] + _far_cost(lonlat, at, given)
    middle = distances_m(lonlat, places.middles[place])
    yield from (
        _Held(row, one.kind, one.axis, weight, lon, lat, x, y, one.epsg, away)
        for row, weight, (lon, lat), x, y, away in zip(
            at.tolist(),
            cost.tolist(),
            lonlat.tolist(),
            one.x[held].tolist(),
            one.y[held].tolist(),
            middle.tolist(),
            strict=True,
        )
    )


def _far_cost(lonlat: FloatArray, rows: IntArray, given: GivenPoints) -> FloatArray:
    if given.near is None:
        return np.zeros(len(rows))
    away_km = distances_m(lonlat, given.near[rows]) / 1000
    return np.nan_to_num(np.minimum(away_km * _NEAR_COST_PER_KM, _NEAR_COST_MAX))


def _ranked(held: list[_Held]) -> list[Reading]:
    """One reading for each mistake that explains the row; of several digits that would do, one stands for all."""
    groups: dict[tuple[Kind, int, int], list[_Held]] = {}
    for one in held:
        # a digit of either number is the same kind of mistake, but another reading
        groups.setdefault((one.kind, one.axis, one.epsg), []).append(one)
    readings = []
    for (kind, axis, epsg), alike in groups.items():
        distinct = {(one.x, one.y): one for one in alike}
        first = min(distinct.values(), key=lambda one: (one.cost, one.from_middle_m))
        readings.append(
            Reading(
                kind=kind,
                lon=first.lon,
                lat=first.lat,
                x=first.x,
                y=first.y,
                epsg=epsg,
                axis=axis,
                spread_m=_spread(first, list(distinct.values())),
                choices=len(distinct),
                cost=first.cost,
            )
        )
    return sorted(readings, key=lambda reading: (reading.cost, COST[reading.kind], reading.epsg))[:MAX_READINGS]


def _spread(first: _Held, alike: list[_Held]) -> float:
    if len(alike) == 1:
        return 0.0
    there = np.array([(one.lon, one.lat) for one in alike])
    return float(distances_m(there, np.broadcast_to([first.lon, first.lat], there.shape)).max())

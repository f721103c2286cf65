"""Whole geometries that lie elsewhere: the one mistake that was made with all of their vertices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis import crs
from gis.doctor.places import IntArray, Places
from gis.doctor.points import MAX_READINGS, GivenPoints, diagnose
from gis.doctor.supposed import Kind, suppositions
from gis.segments import POINT

# What it costs to suppose that the mistake was made before the numbers came here.
_FOREIGN = 0.5


@dataclass(frozen=True)
class WholeReading:
    """A geometry as it was probably meant.

    Parameters
    ----------
    kind
        The mistake supposed; also the code of the sentence that tells it.
    epsg
        Coordinate system that the numbers are taken to be in.
    geometry
        Where it would be, EPSG:4326.
    cost
        Lower is likelier.
    spread_m
        How far the readings of this kind lie apart, for a digit that can have been one of several.
    """

    kind: Kind
    epsg: int
    geometry: BaseGeometry
    cost: float
    spread_m: float = 0.0


def whole_readings(
    geometries: npt.NDArray[Any], epsg: IntArray, place: IntArray, places: Places
) -> dict[int, list[WholeReading]]:
    """Readings that put every vertex of a geometry into its place, the likelier first; rows without any are absent.

    Parameters
    ----------
    geometries
        EPSG:4326, one a row, as they are stored.
    epsg
        Coordinate system that each was given in; the mistake was made in those numbers.
    place
        Index of the place where each should be.

    Examples
    --------
    >>> places = Places([shapely.box(102, 15, 103, 16)])
    >>> lines = np.array([shapely.LineString([(15.2, 102.1), (15.3, 102.2)])])
    >>> found = whole_readings(lines, np.array([4326]), np.array([0]), places)
    >>> [(r.kind, r.epsg, shapely.to_wkt(r.geometry, rounding_precision=1)) for r in found[0]][:1]
    [('swapped_lonlat', 4326, 'LINESTRING (102.1 15.2, 102.2 15.3)')]
    """
    found: dict[int, list[WholeReading]] = {}
    for code in np.unique(epsg):
        rows = np.flatnonzero((epsg == code) & ~shapely.is_missing(geometries))
        points = shapely.get_type_id(geometries[rows]) == POINT
        found |= _of_points(geometries, rows[points], int(code), place, places)
        found |= _of_shapes(geometries, rows[~points], int(code), place, places)
        if code == crs.STORAGE_EPSG:
            _add(found, _of_foreign(geometries, rows, place, places))
    return {row: _distinct(sorted(readings, key=lambda one: one.cost)) for row, readings in found.items()}


def _of_points(
    geometries: npt.NDArray[Any], rows: IntArray, epsg: int, place: IntArray, places: Places
) -> dict[int, list[WholeReading]]:
    numbers = crs.from_wgs84(shapely.get_coordinates(geometries[rows]), epsg)[0]
    given = GivenPoints(numbers[:, 0], numbers[:, 1], np.full(len(rows), epsg), place[rows])
    return {
        int(rows[row]): [
            WholeReading(one.kind, one.epsg, shapely.Point(one.lon, one.lat), one.cost, one.spread_m)
            for one in readings
        ]
        for row, readings in diagnose(given, places).readings.items()
    }


def _of_shapes(
    geometries: npt.NDArray[Any], rows: IntArray, epsg: int, place: IntArray, places: Places
) -> dict[int, list[WholeReading]]:
    lonlat, owner = shapely.get_coordinates(geometries[rows], return_index=True)
    if not len(lonlat):
        return {}
    numbers = crs.from_wgs84(lonlat, epsg)[0]
    size = np.bincount(owner, minlength=len(rows))
    found: dict[int, list[WholeReading]] = {}
    for one in suppositions(numbers[:, 0], numbers[:, 1], epsg, place[rows][owner], places):
        # Only what was done to both numbers of every vertex is a mistake of the whole.
        if one.axis != 2 or not len(one.rows):
            continue
        meant = crs.to_wgs84(np.column_stack((one.x, one.y)), one.epsg)[0]
        held = places.hold(place[rows][owner[one.rows]], meant)
        all_held = np.bincount(owner[one.rows[held]], minlength=len(rows)) == size
        for row in np.flatnonzero(all_held & (size > 0)):
            there = meant[held][owner[one.rows[held]] == row]
            shape = shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(geometries[rows[row]])), there)
            reading = WholeReading(one.kind, one.epsg, shape, float(np.min(one.cost)))
            found.setdefault(int(rows[row]), []).append(reading)
    return found


def _of_foreign(
    geometries: npt.NDArray[Any], rows: IntArray, place: IntArray, places: Places
) -> dict[int, list[WholeReading]]:
    """Degrees that somebody else made of metres, with the wrong zone: read back in either."""
    found: dict[int, list[WholeReading]] = {}
    for zone in (32647, 32648):
        for row, readings in _of_shapes(geometries, rows, zone, place, places).items():
            meant = [replace(one, cost=one.cost + _FOREIGN) for one in readings if one.kind == "wrong_zone"]
            _add(found, {row: meant} if meant else {})
    return found


def _add(found: dict[int, list[WholeReading]], more: dict[int, list[WholeReading]]) -> None:
    for row, readings in more.items():
        found.setdefault(row, []).extend(readings)


def _distinct(readings: list[WholeReading]) -> list[WholeReading]:
    """The likeliest of those that come to the same place."""
    kept: dict[tuple[float, ...], WholeReading] = {}
    for reading in readings:
        kept.setdefault(tuple(np.round(shapely.bounds(reading.geometry), 6)), reading)
    return list(kept.values())[:MAX_READINGS]

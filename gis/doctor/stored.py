"""What looks wrong about geometries that are stored, and how each was probably meant: the report of the doctor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from gis import crs, measure
from gis.checks import CheckContext, check_batch
from gis.doctor.batches import repeated
from gis.doctor.lines import explained, mends
from gis.doctor.places import FloatArray, IntArray, Places, distances_m
from gis.doctor.points import is_truncated
from gis.doctor.whole import whole_readings
from gis.problems import Problem
from gis.segments import POINT

# One point for so many works of one organisation is an office, a village's middle or a copied cell.
REPEATED_WORKS = 4
OFFICE_M = 10.0
# Limits of tambons are drawn by hand and roads begin on them: nearer than this is not elsewhere.
TAMBON_M = 500.0
_OFFERED = 3
_OUTSIDE = (
    "outside_thailand",
    "outside_thailand_swapped",
    "outside_thailand_metres",
    "outside_territory",
    "far_from_territory",
    "outside_tambon",
)


@dataclass(frozen=True)
class StoredGeometries:
    """Geometries of works as they are stored, a row each.

    Parameters
    ----------
    geometries
        EPSG:4326, none missing.
    epsg
        Coordinate system that each was given in.
    organisation
        Number of the organisation that each belongs to: what is repeated is asked within one.
    territory, tambon
        Index of the organisation's territory and of the tambon that the work is said to be in; -1 where not known.
    office
        Longitude and latitude of the organisation's office, ``nan`` where not known.
    contexts
        What is known of each work.
    """

    geometries: npt.NDArray[Any]
    epsg: IntArray
    organisation: IntArray
    territory: IntArray
    tambon: IntArray
    office: FloatArray
    contexts: Sequence[CheckContext]


@dataclass(frozen=True)
class Offer:
    """A geometry as it was probably meant.

    Parameters
    ----------
    kind, reason
        What is supposed to have gone wrong, or what is done about it; and the code of its sentence.
    geometry
        EPSG:4326.
    score
        1 for what needs no supposition, less the more has to be supposed.
    epsg
        Coordinate system that the numbers were taken to be in.
    spread_m
        How far the likely readings of this kind lie apart.
    """

    kind: str
    reason: str
    geometry: BaseGeometry
    score: float
    epsg: int = crs.STORAGE_EPSG
    spread_m: float = 0.0


@dataclass(frozen=True)
class Finding:
    """One thing that looks wrong: the problem, where it is (longitude, latitude), and what may have been meant."""

    problem: Problem
    location: tuple[float, float]
    offers: tuple[Offer, ...] = ()


def examine_stored(stored: StoredGeometries, places: Places) -> dict[int, list[Finding]]:
    """Everything that looks wrong, by row; rows that are sound are absent.

    A work is asked about its own place first, the tambon that it is said to be in, then about its organisation's
    territory. Repetition is only seen among the rows that are given together.
    """
    problems: dict[int, list[Problem]] = defaultdict(list, check_batch(stored.geometries, stored.contexts))
    for row, problem in _outside_tambon(stored, places, problems):
        problems[row].append(problem)
    for row, problem in _points(stored):
        problems[row].append(problem)
    elsewhere = [row for row, found in problems.items() if any(problem.code in _OUTSIDE for problem in found)]
    readings = _readings(stored, np.array(sorted(elsewhere), dtype=np.intp), places)
    return {row: _findings(stored.geometries[row], found, readings.get(row, ())) for row, found in problems.items()}


def _outside_tambon(
    stored: StoredGeometries, places: Places, problems: dict[int, list[Problem]]
) -> list[tuple[int, Problem]]:
    """Works away from the tambon they are said to be in, though not outside their organisation."""
    rows = np.flatnonzero(stored.tambon >= 0)
    rows = rows[~shapely.intersects(places.polygons[stored.tambon[rows]], stored.geometries[rows])]
    found = []
    for row in rows.tolist():
        if any(problem.code in _OUTSIDE or problem.is_error for problem in problems.get(row, ())):
            continue
        line = shapely.shortest_line(places.polygons[stored.tambon[row]], stored.geometries[row])
        distance_m = float(measure.length_m(line))
        if distance_m > TAMBON_M:
            lon, lat = shapely.get_coordinates(line)[1].tolist()
            where = {"lon": round(lon, 7), "lat": round(lat, 7)}
            found.append(
                (row, Problem("outside_tambon", "warning", where, {"distance_km": round(distance_m / 1000, 1)}))
            )
    return found


def _points(stored: StoredGeometries) -> list[tuple[int, Problem]]:
    """What only a point can be: an office, one point for many works, or numbers without their last digits."""
    rows = np.flatnonzero(shapely.get_type_id(stored.geometries) == POINT)
    if not len(rows):
        return []
    lonlat = shapely.get_coordinates(stored.geometries[rows])
    found: dict[int, Problem] = {}
    for row in rows[_cut(lonlat, stored.epsg[rows])].tolist():
        found[row] = Problem("doctor_truncated", "warning")
    for organisation in np.unique(stored.organisation[rows]):
        own = np.flatnonzero(stored.organisation[rows] == organisation)
        for alike in repeated(lonlat[own], works=REPEATED_WORKS):
            for row in rows[own[alike]].tolist():
                found[row] = Problem("doctor_repeated_point", "warning", values={"count": len(alike)})
    with np.errstate(invalid="ignore"):
        at_office = distances_m(lonlat, stored.office[rows]) <= OFFICE_M
    for row in rows[at_office].tolist():
        found[row] = Problem("doctor_office_point", "warning")
    return list(found.items())


def _cut(lonlat: FloatArray, epsg: IntArray) -> npt.NDArray[np.bool_]:
    cut = np.zeros(len(lonlat), dtype=np.bool_)
    for code in np.unique(epsg):
        rows = np.flatnonzero(epsg == code)
        numbers = crs.from_wgs84(lonlat[rows], int(code))[0]
        cut[rows] = is_truncated(numbers[:, 0], numbers[:, 1], epsg[rows])
    return cut


def _readings(stored: StoredGeometries, rows: IntArray, places: Places) -> dict[int, list[Offer]]:
    """How works that lie elsewhere were probably meant: in their tambon, else in the territory."""
    found: dict[int, list[Offer]] = {}
    for place in (stored.tambon, stored.territory):
        asked = np.array([row for row in rows.tolist() if place[row] >= 0 and row not in found], dtype=np.intp)
        for index, readings in whole_readings(
            stored.geometries[asked], stored.epsg[asked], place[asked], places
        ).items():
            found[int(asked[index])] = [
                Offer(
                    one.kind,
                    f"doctor_{one.kind}",
                    one.geometry,
                    round(exp(-one.cost / 2), 3),
                    one.epsg,
                    round(one.spread_m, 1),
                )
                for one in readings[:_OFFERED]
            ]
    return found


def _findings(geometry: BaseGeometry, problems: list[Problem], readings: Sequence[Offer]) -> list[Finding]:
    """One finding for each kind of problem: the first of several segments speaks for the others."""
    first = {problem.code: problem for problem in reversed(problems)}
    mended = mends(geometry) if isinstance(geometry, LineString) else []
    findings = []
    for problem in first.values():
        offers = tuple(readings) if problem.code in _OUTSIDE else ()
        offers += tuple(
            Offer(one.kind, f"mend_{one.kind}", _joined(one.lines), round(exp(-(rank + 1) / 2), 3))
            for rank, one in enumerate(explained(problem, mended)[: _OFFERED - len(offers)])
        )
        findings.append(Finding(problem, _location(problem, geometry), offers))
    return findings


def _joined(lines: Sequence[LineString]) -> BaseGeometry:
    return lines[0] if len(lines) == 1 else MultiLineString(list(lines))


def _location(problem: Problem, geometry: BaseGeometry) -> tuple[float, float]:
    if "lon" in problem.where:
        return float(problem.where["lon"]), float(problem.where["lat"])
    point = shapely.point_on_surface(geometry)
    return float(shapely.get_x(point)), float(shapely.get_y(point))

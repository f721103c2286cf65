"""Faults planted on purpose, so that whoever looks for them can be measured against a list."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.services.demo.chain import Chain
from app.services.demo.works import YEARS, Work, Works

_DUPLICATES, _WRONG_ZONE, _OFFICE, _WRONG_DATUM, _SWAPPED = 12, 5, 8, 5, 3
# one UTM zone is six degrees wide: the same numbers read in the neighbouring zone
ZONE_WIDTH_DEGREES = 6.0
# Indian 1975 numbers taken for WGS 84 in zone 47 lie this far off (coordinate_systems.json)
DATUM_SHIFT_M = (-333.0, 303.0)


@dataclass(frozen=True)
class Planted:
    """A planted fault.

    Parameters
    ----------
    kind
        ``duplicate``, ``wrong_zone``, ``office_point``, ``wrong_datum`` or ``swapped_lonlat``.
    project
        Code of the project with the fault.
    other
        Code of the other project, for a duplicate.
    """

    kind: str
    project: str
    other: str | None = None


@dataclass
class Faults:
    """Which works have which fault, by number."""

    duplicates: list[tuple[int, int]] = field(default_factory=list)
    wrong: dict[int, str] = field(default_factory=dict)

    @property
    def drawn(self) -> set[int]:
        """Works that must have coordinates for their fault to show."""
        return {number for pair in self.duplicates for number in pair} | set(self.wrong)


def plant(rng: np.random.Generator, maker: Works, works: list[Work]) -> tuple[list[Work], Faults]:
    """Works with the duplicates added, and the list of what was planted."""
    faults = Faults()
    local_roads = [
        work
        for work in works
        if work.kind == "road" and work.body is not maker.pao and (work.length_m or 0) > 500 and len(work.segments) == 1
    ]
    chosen = rng.choice(len(local_roads), _DUPLICATES + _WRONG_ZONE + _WRONG_DATUM, replace=False)
    picked = [local_roads[i] for i in chosen]
    twins = []
    for work in picked[:_DUPLICATES]:
        year = min(max(work.year + int(rng.integers(-1, 2)), YEARS[0]), YEARS[-1])
        twin = maker.twin(work, maker.pao, year)
        twins.append(twin)
        faults.duplicates.append((work.number, twin.number))
    for kind, works_of_kind in (
        ("wrong_zone", picked[_DUPLICATES : _DUPLICATES + _WRONG_ZONE]),
        ("wrong_datum", picked[_DUPLICATES + _WRONG_ZONE :]),
    ):
        faults.wrong |= {work.number: kind for work in works_of_kind}
    faults.wrong |= _at_office(works, faults)
    return works + twins, faults


def _at_office(works: list[Work], faults: Faults) -> dict[int, str]:
    """Eight works of one organisation with the office as their place, and three typed the wrong way round."""
    counts: dict[str, list[Work]] = {}
    for work in works:
        if work.number not in faults.drawn and work.year < YEARS[-1]:
            counts.setdefault(work.body.code, []).append(work)
    of_one = max(list(counts.values())[1:], key=len)
    wells = [work for work in works if work.source == "GROUNDWATER" and len(work.segments) == 1]
    swapped = [work for work in wells if work.number not in faults.drawn and work not in of_one[:_OFFICE]][:_SWAPPED]
    return {work.number: "office_point" for work in of_one[:_OFFICE]} | {w.number: "swapped_lonlat" for w in swapped}


def spoil(kind: str, work: Work, plane: BaseGeometry) -> BaseGeometry:
    """The shape of a fault in the plane; faults of degrees are spoiled by :func:`spoil_degrees`."""
    if kind == "office_point":
        return work.body.office
    if kind == "wrong_datum":
        return shapely.transform(plane, lambda xy: xy + np.array(DATUM_SHIFT_M))
    return plane


def spoil_degrees(kind: str, lonlat: BaseGeometry) -> BaseGeometry:
    """A shape in EPSG:4326 as it looks when its UTM numbers are read in the other zone."""
    if kind != "wrong_zone":
        return lonlat
    shift = -ZONE_WIDTH_DEGREES if lonlat.centroid.x >= 102.0 else ZONE_WIDTH_DEGREES
    return shapely.transform(lonlat, lambda xy: xy + np.array([shift, 0.0]))


def fault_statuses(kind: str, chain: Chain) -> tuple[str, ...]:
    """Geometry statuses that suit a fault: nobody has verified these."""
    if kind == "wrong_zone":
        return ("DRAFT",)
    if kind == "swapped_lonlat":
        return ("SUBMITTED", "RETURNED")
    return chain.coordinates if chain.geometry_status == "SUBMITTED" else ("SUBMITTED",)

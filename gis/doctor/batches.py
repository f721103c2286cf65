"""What a whole file shows and no single point can: one mistake made in every row, one point given for many works."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis import crs
from gis.doctor.places import FloatArray, IntArray, Places
from gis.doctor.points import GivenPoints
from gis.doctor.supposed import Kind, suppositions

# A mistake that explains at least this share of what is outside was made in the whole file.
_SHARE = 0.8
_ROWS_MIN = 3
# Beyond this a road is somebody else's, m.
_REFERENCE_M = 1_000.0
# A datum is decided when so many points lie so many times nearer to what they are drawn on, and most of them on it.
_TIMES_NEARER = 3.0
_REFERENCES_MIN = 8
# What a handheld receiver and a drawn middle line are apart: nearer, a point is on its road or at its pond.
ON_M = 40.0
_DATUMS = {4326: 4240, 4240: 4326, 32647: 24047, 24047: 32647, 32648: 24048, 24048: 32648}


@dataclass(frozen=True)
class UniformReading:
    """One reading for all rows of a file.

    Parameters
    ----------
    given_epsg
        Coordinate system that the rows are said to be in.
    kind, epsg, swapped
        The mistake; the coordinate system meant; whether the two numbers stand in each other's place.
    inside, inside_as_given, rows
        Rows that lie in their place when read so, when read as given, and altogether.
    """

    given_epsg: int
    kind: Kind
    epsg: int
    swapped: bool
    inside: int
    inside_as_given: int
    rows: int


@dataclass(frozen=True)
class DatumEvidence:
    """How near points lie to the roads or ponds that they are drawn on, in either datum.

    Parameters
    ----------
    median_m, other_median_m
        As given, and in the other datum.
    points
        Number of points that have something near in either.
    other_epsg
        The other datum's coordinate system.
    on, other_on
        Of these points, how many lie on something (within :data:`ON_M`), as given and in the other datum.
    """

    median_m: float
    other_median_m: float
    points: int
    other_epsg: int
    on: int = 0
    other_on: int = 0

    @property
    def decided(self) -> int | None:
        """The other coordinate system when the evidence is clear; ``None`` when the given one is, or nothing is."""
        nearer = self.other_median_m <= ON_M and self.other_median_m * _TIMES_NEARER < self.median_m
        clear = self.points >= _REFERENCES_MIN and nearer
        return self.other_epsg if clear else None


def uniform_readings(given: GivenPoints, places: Places) -> list[UniformReading]:
    """Readings of the whole file that put far more rows into their places than the numbers as given; the best first.

    The limit of an organisation decides here what it cannot decide for one point: of a file in the wrong datum the
    rows near the limit fall outside on one side, and all of them come in together.
    """
    known = np.flatnonzero(given.place >= 0)
    found = []
    for code in np.unique(given.epsg[known]):
        rows = known[given.epsg[known] == code]
        x, y, place = given.x[rows], given.y[rows], given.place[rows]
        lonlat = crs.to_wgs84(np.column_stack((x, y)), int(code))[0]
        as_given = places.hold(place, lonlat)
        outside = np.flatnonzero(~as_given)
        if len(outside) < _ROWS_MIN:
            continue
        for one in suppositions(x, y, int(code), place, places):
            if one.axis != 2 or not len(one.rows):
                continue
            meant = crs.to_wgs84(np.column_stack((one.x, one.y)), one.epsg)[0]
            held = one.rows[places.hold(place[one.rows], meant)]
            explained = np.isin(outside, held).mean()
            if explained >= _SHARE and len(held) > int(as_given.sum()):
                found.append(
                    UniformReading(
                        int(code), one.kind, one.epsg, one.swapped, len(held), int(as_given.sum()), len(rows)
                    )
                )
    return sorted(found, key=lambda reading: -reading.inside)


def datum_evidence(x: FloatArray, y: FloatArray, epsg: int, references: npt.NDArray[np.object_]) -> DatumEvidence:
    """Compare both datums by what the points should lie on.

    Parameters
    ----------
    x, y, epsg
        Points of one file in one coordinate system.
    references
        Known roads or ponds, EPSG:4326.
    """
    tree = shapely.STRtree(references)
    given = _nearest_m(tree, x, y, epsg)
    other = _nearest_m(tree, x, y, _DATUMS[epsg])
    near = np.minimum(given, other) <= _REFERENCE_M
    if not near.any():
        return DatumEvidence(float("inf"), float("inf"), 0, _DATUMS[epsg])
    return DatumEvidence(
        float(np.median(given[near])),
        float(np.median(other[near])),
        int(near.sum()),
        _DATUMS[epsg],
        int((given <= ON_M).sum()),
        int((other <= ON_M).sum()),
    )


def _nearest_m(tree: shapely.STRtree, x: FloatArray, y: FloatArray, epsg: int) -> FloatArray:
    lonlat = crs.to_wgs84(np.column_stack((x, y)), epsg)[0]
    points = shapely.points(lonlat)
    (asked, _), degrees = tree.query_nearest(points, return_distance=True, all_matches=False)
    metres = np.full(len(x), np.inf)
    metres[asked] = degrees * 110_600.0
    return metres


def repeated(lonlat: FloatArray, *, works: int = 3, within_m: float = 1.0) -> list[IntArray]:
    """Rows that give one and the same point for several works: an office, a village's middle, a copied cell.

    Parameters
    ----------
    lonlat
        One point a work, EPSG:4326.
    works
        How many works make it suspicious.
    """
    finite = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
    cells = np.round(lonlat[finite] * 110_600.0 / within_m).astype(np.int64)
    _, group, size = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    group = group.ravel()
    order = np.argsort(group, kind="stable")
    starts = np.r_[0, np.cumsum(size)]
    return [finite[order[starts[i] : starts[i + 1]]] for i in np.flatnonzero(size >= works)]

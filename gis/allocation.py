"""What part of a work lies in which area, and how its money is shared out to the satang.

A road that crosses a border belongs to both sides by the length that lies there, a pond by its area. Shapes are in a
metric, conformal system (the platform: EPSG:3857): within one work its scale is the same everywhere, so the fractions
are right although its metres are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

_COLLECTION = 7


@dataclass(frozen=True)
class Parts:
    """Which fraction of which work lies in which zone.

    Parameters
    ----------
    work, zone
        Positions in the arrays given.
    fraction
        Above 0 and at most 1; the fractions of one work sum to 1.
    outside
        Works that no zone touches.
    shapeless
        Works without a shape: missing or empty.
    """

    work: Integers
    zone: Integers
    fraction: Floats
    outside: Integers
    shapeless: Integers


def parts(works: Shapes, zones: Shapes) -> Parts:
    """Share every work among the zones that it lies in: lines by length, polygons by area, points by number.

    What lies in no zone at all (a river drawn across the border of the country) is shared like the rest of the work.
    A line that runs along a border, or a point on it, is shared evenly between the two sides.

    Parameters
    ----------
    works
        Points, lines, polygons, or collections, of which the parts of the highest dimension count. Broken polygons
        are mended first.
    zones
        Polygons that do not overlap, in the same metric system.

    Examples
    --------
    >>> halves = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> found = parts(np.array([shapely.LineString([(4, 5), (12, 5)])]), halves)
    >>> found.zone.tolist(), found.fraction.tolist()
    ([0, 1], [0.75, 0.25])
    """
    works = _measurable(np.asarray(works, dtype=object))
    zones = np.asarray(zones, dtype=object)
    shapeless = np.flatnonzero(shapely.is_missing(works) | shapely.is_empty(works))
    shapely.prepare(zones)
    work, zone = shapely.STRtree(zones).query(works, predicate="intersects")
    contained = shapely.contains(zones[zone], works[work])
    weight = np.ones(len(work))
    crossing = np.flatnonzero(~contained)
    if len(crossing):
        clipped = shapely.intersection(works[work[crossing]], zones[zone[crossing]])
        dimension = shapely.get_dimensions(works[work[crossing]])
        weight[crossing] = measure(clipped, dimension)
    # In this order a sum of floats is the same whatever tree the zones were found by.
    order = np.lexsort((zone, work))
    order = order[weight[order] > 0]
    work, zone, weight = work[order], zone[order], weight[order]
    whole = np.bincount(work, weight, minlength=len(works))
    found = np.zeros(len(works), dtype=bool)
    found[work] = True
    found[shapeless] = True
    return Parts(work, zone, weight / whole[work], np.flatnonzero(~found), shapeless)


def measure(shapes: Shapes, dimension: npt.NDArray[Any]) -> Floats:
    """Length of lines (dimension 1), area of polygons (2), number of points (0), in the units of the shapes."""
    sizes: Floats = np.select(
        [dimension == 2, dimension == 1],
        [shapely.area(shapes), shapely.length(shapes)],
        shapely.get_num_coordinates(shapes).astype(float),
    )
    return sizes


def split_satang(work: Integers, fraction: Floats, amount_satang: Integers) -> Integers:
    """Share whole satang by fractions so that the shares of a work sum exactly to its money (largest remainders).

    Parameters
    ----------
    work
        Work of each part; parts of one work need not stand together.
    fraction
        Weight of each part, 0 or more; only their ratios within a work count. Works whose weights are all 0 are shared
        evenly.
    amount_satang
        Money of the work of each part, the same in all of its parts, 0 or more.

    Raises
    ------
    ValueError
        Weights or money below zero, or not numbers.

    Examples
    --------
    >>> split_satang(np.array([0, 0, 0]), np.array([1.0, 1.0, 1.0]), np.array([100, 100, 100])).tolist()
    [34, 33, 33]
    """
    if len(work) == 0:
        return np.zeros(0, dtype=np.int64)
    if not np.isfinite(fraction).all() or (fraction < 0).any() or (amount_satang < 0).any():
        raise ValueError("weights and money are numbers of zero or more")
    _, key = np.unique(work, return_inverse=True)
    whole = np.bincount(key, fraction)
    even = (whole == 0)[key]
    weight = np.where(even, 1.0, fraction)
    exact = amount_satang * (weight / np.bincount(key, weight)[key])
    shares = np.minimum(np.floor(exact).astype(np.int64), amount_satang)
    # The remainder is counted in whole satang: what floats lose below one satang cannot get into the sum.
    total = np.zeros(len(whole), dtype=np.int64)
    np.maximum.at(total, key, amount_satang)
    given = np.zeros(len(whole), dtype=np.int64)
    np.add.at(given, key, shares)
    left = total - given
    order = np.lexsort((np.arange(len(key)), shares - exact, key))
    begin = np.searchsorted(key[order], np.arange(len(whole)))
    place = np.arange(len(order)) - begin[key[order]]
    count = np.bincount(key)
    # More than one satang each is left only of sums beyond 2^53; fewer than none likewise.
    each, rest = np.divmod(left, count)
    shares[order] += each[key[order]] + (place < rest[key[order]])
    return shares


def _measurable(works: Shapes) -> Shapes:
    broken = ~shapely.is_valid(works) & ~shapely.is_missing(works)
    if broken.any():
        works = works.copy()
        works[broken] = shapely.make_valid(works[broken])
    for at in np.flatnonzero(shapely.get_type_id(works) == _COLLECTION):
        works[at] = _highest(works[at])
    return works


def _highest(collection: shapely.Geometry) -> shapely.Geometry:
    members = shapely.get_parts(collection)
    while (shapely.get_type_id(members) == _COLLECTION).any():
        members = shapely.get_parts(members)
    dimension = shapely.get_dimensions(members)
    return shapely.union_all(members[dimension == dimension.max()]) if len(members) else collection

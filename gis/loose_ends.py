"""Ends of lines of one work that almost touch: where they are, and the lines with the gaps closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from gis import measure

TOUCHING_M, NEAR_M = 0.3, 5.0
"""Closer is drawn as touching; further apart is another place."""
PAIRS_MAX = 20_000
"""Where more ends than a road network has lie on one heap, the rest of them is not looked at."""
_TIPS_AT_ONCE = 16
_METRES_PER_DEGREE = 110_600.0


@dataclass(frozen=True)
class LooseEnd:
    """The end of a line and where it was meant to meet another.

    Parameters
    ----------
    segment, vertex
        Index (from 0) of the line, and of its end in it.
    other
        Index of the line that it almost meets.
    lon, lat
        Where that is: the other's end when one is as near, else the nearest place along it.
    gap_m
        Geodesic.
    """

    segment: int
    vertex: int
    other: int
    lon: float
    lat: float
    gap_m: float


def loose_ends(parts: Sequence[BaseGeometry]) -> list[LooseEnd]:
    """Ends within :data:`NEAR_M` of another line of the same work that do not touch it.

    Two lines side by side (drains along a road) are near at both ends of one and mean no junction. Of two ends that
    face each other the later line's is named.

    Parameters
    ----------
    parts
        Simple geometries, EPSG:4326; what is no line is passed over.

    Examples
    --------
    >>> road = [LineString([(102, 15), (102, 15.01)]), LineString([(102, 15.01002), (102, 15.02)])]
    >>> [(end.segment, end.vertex, end.other, round(end.gap_m, 1)) for end in loose_ends(road)]
    [(1, 0, 0, 2.2)]
    """
    lines = [number for number, part in enumerate(parts) if isinstance(part, LineString) and len(part.coords) > 1]
    if len(lines) < 2:
        return []
    shapes = np.array([parts[number] for number in lines], dtype=object)
    tips = np.concatenate((shapely.get_point(shapes, 0), shapely.get_point(shapes, -1)))
    owner = np.tile(np.arange(len(lines)), 2)
    tip, other = _near(tips, shapes, owner)
    along = shapely.line_interpolate_point(shapes[other], shapely.line_locate_point(shapes[other], tips[tip]))
    gaps = _distances_m(tips[tip], along)
    close = gaps <= NEAR_M
    tip, other, along, gaps = tip[close], other[close], along[close], gaps[close]
    # A road goes on from the other's end, not from beside it.
    ends = np.stack((other, other + len(lines)), axis=1)
    away = np.stack([_distances_m(tips[tip], tips[ends[:, side]]) for side in (0, 1)], axis=1)
    nearer = away.argmin(axis=1)
    met = np.where(away.min(axis=1) <= NEAR_M, np.take_along_axis(ends, nearer[:, None], axis=1)[:, 0], -1)
    near = set(zip(tip.tolist(), other.tolist(), strict=True))
    # An end that touches one line of a junction is not loose for being near the others.
    taken = set(tip[gaps < TOUCHING_M].tolist())
    found: dict[frozenset[int], LooseEnd] = {}
    for at in np.lexsort((-owner[tip], gaps)).tolist():
        end, target, meets = int(tip[at]), int(other[at]), int(met[at])
        beside = ((end + len(lines)) % (2 * len(lines)), target) in near
        pair = frozenset({end, meets if meets >= 0 else -1 - end})
        if end in taken or beside or pair in found:
            continue
        place = along[at] if meets < 0 else tips[meets]
        gap_m = float(gaps[at] if meets < 0 else away[at].min())
        vertex = 0 if end < len(lines) else int(shapely.get_num_points(shapes[owner[end]])) - 1
        found[pair] = LooseEnd(lines[owner[end]], vertex, lines[target], place.x, place.y, gap_m)
        taken.add(end)
    return sorted(found.values(), key=lambda end: (end.segment, end.vertex))


def _near(
    tips: npt.NDArray[Any], shapes: npt.NDArray[Any], owner: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pairs of an end and another line about as near as counts, looked for until there are :data:`PAIRS_MAX`."""
    tree = shapely.STRtree(shapes)
    found: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]] = []
    pairs = 0
    for start in range(0, len(tips), _TIPS_AT_ONCE):
        some = tips[start : start + _TIPS_AT_ONCE]
        tip, other = tree.query(some, predicate="dwithin", distance=2 * NEAR_M / _METRES_PER_DEGREE)
        tip = tip + start
        apart = owner[tip] != other
        found.append((tip[apart], other[apart]))
        pairs += int(apart.sum())
        if pairs >= PAIRS_MAX:
            break
    tip, other = (np.concatenate(column)[:PAIRS_MAX] for column in zip(*found, strict=True))
    return tip, other


def _distances_m(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Geodesic, pair by pair."""
    if not len(first):
        return np.empty(0)
    pairs = np.stack((shapely.get_coordinates(first), shapely.get_coordinates(second)), axis=1)
    return measure.lengths_m(np.asarray(shapely.linestrings(pairs), dtype=object))


def joined(parts: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The parts of a whole work with every loose end moved to where it was meant to meet; no other vertex moves."""
    moved = list(parts)
    for end in loose_ends(parts):
        xy = shapely.get_coordinates(moved[end.segment])
        xy[end.vertex] = end.lon, end.lat
        moved[end.segment] = LineString(xy)
    return moved

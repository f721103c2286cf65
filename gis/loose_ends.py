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
    tip, other = shapely.STRtree(shapes).query(tips, predicate="dwithin", distance=2 * NEAR_M / _METRES_PER_DEGREE)
    apart = owner[tip] != other
    tip, other = tip[apart], other[apart]
    along = shapely.line_interpolate_point(shapes[other], shapely.line_locate_point(shapes[other], tips[tip]))
    gaps = _distances_m(tips[tip], along)
    near = {(int(a), int(b)): (gap, to) for a, b, gap, to in zip(tip, other, gaps, along, strict=True) if gap <= NEAR_M}
    # An end that touches one line of a junction is not loose for being near the others.
    touching = {end for (end, _), (gap, _) in near.items() if gap < TOUCHING_M}
    found: dict[frozenset[int], LooseEnd] = {}
    taken: set[int] = set()
    for (end, target), (gap, to) in sorted(near.items(), key=lambda entry: (entry[1][0], -owner[entry[0][0]])):
        beside = ((end + len(lines)) % (2 * len(lines)), target) in near
        if end in touching or end in taken or beside:
            continue
        met = _end_of(tips, target, len(lines), tips[end])
        pair = frozenset({end, met if met is not None else -1 - end})
        if pair in found:
            continue
        place = to if met is None else tips[met]
        gap_m = float(gap if met is None else _distances_m(tips[[end]], tips[[met]])[0])
        vertex = 0 if end < len(lines) else shapely.get_num_points(shapes[owner[end]]) - 1
        found[pair] = LooseEnd(lines[owner[end]], int(vertex), lines[target], place.x, place.y, gap_m)
        taken.add(end)
    return sorted(found.values(), key=lambda end: (end.segment, end.vertex))


def _end_of(tips: npt.NDArray[Any], line: int, count: int, near: BaseGeometry) -> int | None:
    """The end of a line that is within reach of a place: a road goes on from its end, not from beside it."""
    ends = [line, line + count]
    away = _distances_m(tips[ends], np.array([near, near], dtype=object))
    return ends[int(away.argmin())] if away.min() <= NEAR_M else None


def _distances_m(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Geodesic, pair by pair."""
    if not len(first):
        return np.empty(0)
    pairs = np.stack((shapely.get_coordinates(first), shapely.get_coordinates(second)), axis=1)
    return measure.lengths_m(np.asarray(shapely.linestrings(pairs), dtype=object))


def joined(parts: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The parts with every loose end moved to where it was meant to meet; no other vertex moves."""
    moved = list(parts)
    for end in loose_ends(parts):
        xy = shapely.get_coordinates(moved[end.segment])
        xy[end.vertex] = end.lon, end.lat
        moved[end.segment] = LineString(xy)
    return moved

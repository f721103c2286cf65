"""Two works at one place: what they share on the ground, and which pairs of many lie close enough to be compared.

Metres are planar in a plane of each pair's own (:mod:`gis.overlap_plane`). Lines are compared by length (the part of
the one that lies within a tolerance of the other, a share of the shorter line), areas by area, points by distance.
What the measures *mean* is said by :mod:`gis.overlap_classes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis.overlap_plane import BoolArray, FloatArray, GeometryArray, IntArray, main_parts, planar, unmoved
from gis.overlap_works import LARGEST_TOLERANCE_M, REACH_M, TOLERANCE_M, Work

_POINT, _LINE, _AREA = 0, 1, 2
_STATIONS = 12
_SAME_LENGTH = 1e-6
_CLIP_SLACK_M = 0.01
_FEW_VERTICES, _MOST_WINDING, _PIECE = 200, 5.0, 8


@dataclass(frozen=True)
class PairMetrics:
    """Measures of pairs, one array entry a pair.

    Parameters
    ----------
    tolerance_m
        Within which two lines count as one, or two points as one place.
    left_m, right_m
        Lengths of the lines; 0 where the work is no line.
    shared_m
        Length of the part of the shorter line that lies within the tolerance of the other.
    shared_share
        ``shared_m`` of the shorter line; of areas the common part of the smaller; 1 for a point within the tolerance.
    longer_share
        The same of the longer line or the larger area.
    wide_share
        Share of the shorter line within :data:`REACH_M` of the other: what a survey that is off by 20 m still shares.
    distance_m
        Shortest distance; 0 where they touch.
    apart_m
        Mean distance from the other of the stretch of the shorter line that lies within twice the tolerance (of its
        nearest place, where none does): what keeps parallels apart.
    angle_deg
        Between the directions of two lines where they are nearest, 0 to 90; NaN for others.
    ends_apart_m
        Shortest distance between an end of the one line and an end of the other; NaN for others.
    end_to_line_m
        Shortest distance between an end of the one line and the other line anywhere: small where a road branches off.
    inside
        One lies wholly within the other, an area.
    left_dimension, right_dimension
        0 point, 1 line, 2 area; -1 for nothing.
    """

    tolerance_m: FloatArray
    left_m: FloatArray
    right_m: FloatArray
    shared_m: FloatArray
    shared_share: FloatArray
    longer_share: FloatArray
    wide_share: FloatArray
    distance_m: FloatArray
    apart_m: FloatArray
    angle_deg: FloatArray
    ends_apart_m: FloatArray
    end_to_line_m: FloatArray
    inside: BoolArray
    left_dimension: IntArray
    right_dimension: IntArray

    def __len__(self) -> int:
        return len(self.distance_m)

    def take(self, index: npt.NDArray[Any]) -> PairMetrics:
        """Some of the pairs."""
        return PairMetrics(**{each.name: getattr(self, each.name)[index] for each in fields(self)})


def tolerance_m(left: Sequence[Work], right: Sequence[Work]) -> FloatArray:
    """Tolerance of each pair: :data:`TOLERANCE_M`, widened where the coordinates of the two may be off by more.

    Errors of two sources are independent, so they add as squares.

    Examples
    --------
    >>> from dataclasses import replace
    >>> one = Work("a", "x", 2569, "road", "ถนน")
    >>> [round(float(t), 1) for t in tolerance_m([one, one], [one, replace(one, accuracy_m=30)])]
    [15.0, 30.4]
    """
    errors = np.array(
        [[_accuracy(a), _accuracy(b)] for a, b in zip(left, right, strict=True)], dtype=np.float64
    ).reshape(-1, 2)
    widened: FloatArray = np.clip(np.hypot(errors[:, 0], errors[:, 1]), TOLERANCE_M, LARGEST_TOLERANCE_M)
    return widened


def _accuracy(work: Work) -> float:
    return _UNKNOWN_ACCURACY_M if work.accuracy_m is None else work.accuracy_m


_UNKNOWN_ACCURACY_M = 5.0


def pair_metrics(
    left: GeometryArray, right: GeometryArray, tolerance_m: FloatArray | float = TOLERANCE_M
) -> PairMetrics:
    """Measures of each pair of two arrays of the same length (EPSG:4326).

    A geometry that is missing or empty is dimension -1 with nothing shared and an infinite distance. Invalid areas are
    measured as they are made valid.

    Examples
    --------
    >>> from shapely import LineString
    >>> one = LineString([(102, 15), (102.01, 15)])
    >>> two = LineString([(102.005, 15.00005), (102.02, 15.00005)])
    >>> found = pair_metrics(np.array([one]), np.array([two]))
    >>> [round(float(m[0])) for m in (found.left_m, found.right_m, found.shared_m, found.distance_m)]
    [1076, 1613, 552, 6]
    >>> round(float(found.shared_share[0]), 2)
    0.51
    """
    a, b = planar(left, right)
    within = np.broadcast_to(np.asarray(tolerance_m, dtype=np.float64), (len(a),)).copy()
    dimension_a, dimension_b = _dimensions(a), _dimensions(b)
    length_a, length_b = _lengths(a, dimension_a), _lengths(b, dimension_b)
    distance = np.nan_to_num(shapely.distance(a, b), nan=np.inf)
    shared, share, longer, wide = np.zeros((4, len(a)))
    lines = np.flatnonzero((dimension_a == _LINE) & (dimension_b == _LINE) & (distance <= within))
    shared[lines], share[lines], longer[lines] = _shared_lines(
        a[lines], b[lines], length_a[lines], length_b[lines], within[lines]
    )
    wide[lines] = share[lines]
    partly = np.flatnonzero((dimension_a == _LINE) & (dimension_b == _LINE) & (distance <= REACH_M) & (share < 1))
    wide[partly] = _shared_lines(
        a[partly], b[partly], length_a[partly], length_b[partly], np.maximum(within[partly], REACH_M)
    )[1]
    others = np.flatnonzero((np.minimum(dimension_a, dimension_b) >= 0) & (distance <= within))
    others = np.setdiff1d(others, lines, assume_unique=True)
    share[others], longer[others] = _shared_others(a[others], b[others], within[others])
    apart, angle, ends, end_line = _along(a, b, dimension_a, dimension_b, length_a, length_b, distance, within)
    return PairMetrics(
        within, length_a, length_b, shared, share, longer, wide, distance, apart, angle, ends, end_line,
        shapely.covers(a, b) & (dimension_a == _AREA) | shapely.covers(b, a) & (dimension_b == _AREA),
        dimension_a, dimension_b,
    )  # fmt: skip


def _dimensions(shapes: GeometryArray) -> IntArray:
    found: IntArray = shapely.get_dimensions(shapes).astype(np.int64)
    found[shapely.is_empty(shapes)] = -1
    return found


def _lengths(shapes: GeometryArray, dimension: IntArray) -> FloatArray:
    return np.where(dimension == _LINE, np.nan_to_num(shapely.length(shapes)), 0.0)


def _shared_lines(
    a: GeometryArray, b: GeometryArray, length_a: FloatArray, length_b: FloatArray, within: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Length of the shorter line within the tolerance of the longer, its share, and the share of the longer."""
    swap = length_b < length_a
    short, long = np.where(swap, b, a), np.where(swap, a, b)
    short_m, long_m = np.minimum(length_a, length_b), np.maximum(length_a, length_b)
    shared = shapely.length(shapely.intersection(short, _buffered(_beside(long, short, within), within)))
    shared_long = shapely.length(shapely.intersection(_beside(long, short, within), _buffered(short, within)))
    # Of two lines of one length neither is the shorter: the answer must not hang on the last digit of it.
    equal = long_m - short_m <= _SAME_LENGTH * long_m
    shared[equal] = shared_long[equal] = np.maximum(shared, shared_long)[equal]
    with np.errstate(invalid="ignore", divide="ignore"):
        share, longer = np.nan_to_num(shared / short_m), np.nan_to_num(shared_long / long_m)
    return shared, np.minimum(share, 1.0), np.minimum(longer, 1.0)


def _beside(long: GeometryArray, short: GeometryArray, within: FloatArray) -> GeometryArray:
    """What of each long line can lie within reach of the short one: its part in the box of that, grown by the reach.

    A buffer costs with the square of what winds, and one work may wind over a whole tambon.
    """
    grown = np.column_stack([within, within]) + _CLIP_SLACK_M
    boxes = shapely.bounds(short)
    boxes = np.column_stack([boxes[:, :2] - grown, boxes[:, 2:] + grown]).tolist()
    part: GeometryArray = np.empty(len(long), dtype=object)
    part[:] = [shapely.clip_by_rect(line, *box) for line, box in zip(long, boxes, strict=True)]
    return part


def _buffered(lines: GeometryArray, within: FloatArray) -> GeometryArray:
    """Areas within reach of each line. One that winds to and fro is buffered in short pieces, which are then joined."""
    areas: GeometryArray = np.full(len(lines), None, dtype=object)
    winds = _winds(lines)
    areas[~winds] = shapely.buffer(lines[~winds], within[~winds])
    for index in np.flatnonzero(winds):
        areas[index] = shapely.union_all(shapely.buffer(_pieces(lines[index]), within[index]))
    return areas


def _winds(lines: GeometryArray) -> BoolArray:
    """Of many vertices, and several times as long as its box is wide."""
    vertices = shapely.get_num_coordinates(lines)
    bounds = shapely.bounds(lines)
    wide = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    winds: BoolArray = (vertices > _FEW_VERTICES) & (shapely.length(lines) > _MOST_WINDING * wide)
    return winds


def _pieces(line: BaseGeometry) -> GeometryArray:
    """A line in stretches of some vertices each, every one beginning where the one before it ends."""
    found = [
        shapely.LineString(xy[start : start + _PIECE + 1])
        for xy in map(shapely.get_coordinates, shapely.get_parts(line))
        for start in range(0, max(len(xy) - 1, 1), _PIECE)
        if len(xy) > 1
    ]
    return np.array(found, dtype=object)


def _shared_others(a: GeometryArray, b: GeometryArray, within: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Share of the smaller and of the larger of two shapes, one of them a point or an area."""
    dimension_a, dimension_b = shapely.get_dimensions(a), shapely.get_dimensions(b)
    share, longer = np.ones((2, len(a)))
    areas = np.flatnonzero((dimension_a == _AREA) & (dimension_b == _AREA))
    common = shapely.area(shapely.intersection(a[areas], b[areas]))
    sizes = np.sort(np.column_stack([shapely.area(a[areas]), shapely.area(b[areas])]), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share[areas], longer[areas] = np.nan_to_num(common / sizes.T)
    mixed = np.flatnonzero(dimension_a + dimension_b == _LINE + _AREA)
    mixed = mixed[(dimension_a[mixed] == _LINE) | (dimension_b[mixed] == _LINE)]
    swap = dimension_b[mixed] == _LINE
    line, area = np.where(swap, b[mixed], a[mixed]), np.where(swap, a[mixed], b[mixed])
    inside = shapely.length(shapely.intersection(line, shapely.buffer(area, within[mixed])))
    share[mixed] = np.minimum(inside / np.maximum(shapely.length(line), 1e-9), 1.0)
    longer[mixed] = share[mixed]
    return share, longer


def _along(
    a: GeometryArray,
    b: GeometryArray,
    dimension_a: IntArray,
    dimension_b: IntArray,
    length_a: FloatArray,
    length_b: FloatArray,
    distance: FloatArray,
    within: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """How far apart two lines run, at which angle, and how far their ends lie from each other; NaN but for lines."""
    apart = distance.copy()
    angle, ends, end_line = np.full((3, len(a)), np.nan)
    at = np.flatnonzero((dimension_a == _LINE) & (dimension_b == _LINE))
    if not len(at):
        return apart, angle, ends, end_line
    swap = length_b[at] < length_a[at]
    short, long = np.where(swap, b[at], a[at]), np.where(swap, a[at], b[at])
    apart[at] = _mean_distance(short, long, 2 * within[at])
    near = shapely.buffer(shapely.shortest_line(short, long), 2 * within[at])
    turn = np.abs(_heading(shapely.intersection(short, near)) - _heading(shapely.intersection(long, near))) % 180.0
    angle[at] = np.minimum(turn, 180.0 - turn)
    ends_short, ends_long = shapely.boundary(short), shapely.boundary(long)
    ends[at] = shapely.distance(ends_short, ends_long)
    end_line[at] = np.fmin(shapely.distance(ends_short, long), shapely.distance(ends_long, short))
    return apart, angle, ends, end_line


def _mean_distance(short: GeometryArray, long: GeometryArray, reach: FloatArray) -> FloatArray:
    """Mean distance of stations along the shorter line from the longer, of those within reach of it."""
    station_m = np.maximum(shapely.length(short) / _STATIONS, 1e-3)
    stations, owner = shapely.get_coordinates(shapely.segmentize(short, station_m), return_index=True)
    away = shapely.distance(shapely.points(stations), long[owner])
    counted = away <= np.maximum(reach, shapely.distance(short, long) + 1e-6)[owner]
    total = np.bincount(owner[counted], away[counted], len(short))
    count = np.bincount(owner[counted], minlength=len(short))
    return np.where(count > 0, total / np.maximum(count, 1), shapely.distance(short, long))


def _heading(lines: GeometryArray) -> FloatArray:
    """Direction of each line from its first to its last vertex, degrees; NaN for nothing."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    heading = np.full(len(lines), np.nan)
    present, first, count = np.unique(owner, return_index=True, return_counts=True)
    leg = xy[first + count - 1] - xy[first]
    heading[present] = np.degrees(np.arctan2(leg[:, 1], leg[:, 0]))
    return heading


def find_pairs(
    shapes: GeometryArray, others: GeometryArray | None = None, reach_m: float = REACH_M
) -> tuple[IntArray, IntArray]:
    """Indexes of the pairs that lie within reach of each other, without a database.

    Parameters
    ----------
    shapes
        EPSG:4326; missing and empty ones are in no pair.
    others
        Compared with these; each pair of ``shapes`` once when left out.
    reach_m
        Metres.

    Examples
    --------
    >>> places = shapely.points([[102, 15], [102.0001, 15], [102.1, 15]])
    >>> [index.tolist() for index in find_pairs(places)]
    [[0], [1]]
    """
    left = np.asarray(shapes, dtype=object)
    right = left if others is None else np.asarray(others, dtype=object)
    i, j = shapely.STRtree(_boxes(right, reach_m)).query(_boxes(left, 0.0))
    if others is None:
        i, j = i[i < j], j[i < j]
    kept = np.zeros(len(i), dtype=bool)
    for start in range(0, len(i), _BLOCK):
        block = slice(start, start + _BLOCK)
        kept[block] = shapely.dwithin(*planar(left[i[block]], right[j[block]]), reach_m)
    order = np.lexsort((j[kept], i[kept]))
    return i[kept][order].astype(np.int64), j[kept][order].astype(np.int64)


_BLOCK = 20_000


def _boxes(shapes: GeometryArray, by_m: float) -> GeometryArray:
    """Boxes around shapes in degrees, wider by so many metres; None for nothing."""
    bounds = shapely.bounds(shapes)
    north = by_m / 110_500.0
    with np.errstate(invalid="ignore"):
        east = north / np.cos(np.radians(np.clip(np.abs(bounds[:, [1, 3]]).max(axis=1), 0, 89)))
    wide = bounds + np.column_stack([-east, np.full(len(bounds), -north), east, np.full(len(bounds), north)])
    boxes: GeometryArray = np.full(len(bounds), None, dtype=object)
    there = np.isfinite(wide).all(axis=1)
    boxes[there] = shapely.box(*wide[there].T)
    return boxes


def common_part(left: BaseGeometry, right: BaseGeometry, tolerance_m: float = TOLERANCE_M) -> BaseGeometry:
    """What two works (EPSG:4326) have in common, to be drawn: the stretch of the shorter line, the area, or the point.

    ``tolerance_m`` is the verdict's ``within_m``. Empty where they share nothing within it.

    Examples
    --------
    >>> from shapely import LineString
    >>> part = common_part(LineString([(102, 15), (102.01, 15)]), LineString([(102, 15), (102.005, 15)]))
    >>> [round(number, 6) for number in part.bounds]
    [102.0, 15.0, 102.005, 15.0]
    """
    shapes = main_parts(np.array([left, right], dtype=object))
    if shapely.is_missing(shapes).any() or shapely.is_empty(shapes).any():
        return shapely.GeometryCollection()
    flat = planar(shapes[:1], shapes[1:])
    one, two = flat[0][0], flat[1][0]
    dimensions = one.area > 0, two.area > 0
    if all(dimensions):
        return shapely.intersection(*shapes)
    smaller, larger = (two, one) if (two.length, dimensions[1]) < (one.length, dimensions[0]) else (one, two)
    if dimensions[0] != dimensions[1]:
        smaller, larger = (two, one) if dimensions[0] else (one, two)
    if not any(dimensions):
        near, within = np.array([smaller], dtype=object), np.array([float(tolerance_m)])
        area = _buffered(_beside(np.array([larger], dtype=object), near, within), within)[0]
    else:
        area = shapely.buffer(larger, tolerance_m)
    return unmoved(shapely.intersection(smaller, area), shapes)

"""What is checked before a geometry is written, whoever brings it: drawn, typed, imported or sent by a program.

Errors stop the write; warnings ask for a look and stay with the version. Every problem says where: ``segment`` and
``vertex`` count from 1, ``lon`` and ``lat`` are degrees. :func:`check_batch` gives exactly the answers of
:func:`check_segments`, fast enough for hundreds of thousands of rows: whole arrays are screened first and only rows
that fail the screen are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis import measure
from gis.crs import THAILAND_BOUNDS, in_thailand
from gis.loose_ends import loose_ends
from gis.problems import Problem
from gis.segments import LINE, POINT, POLYGON, RING, explode, split

GeometryType = Literal["Point", "LineString", "Polygon"]
FloatArray = npt.NDArray[np.float64]
GeometryArray = npt.NDArray[Any]
BoolArray = npt.NDArray[np.bool_]

MAX_VERTICES = 200_000
# Drawn and contracted length may differ by this share (domain notes 6.1: "ไม่น้อยกว่า" is a lower bound, surveyed).
LENGTH_TOLERANCE = 0.10
# A work this far outside its organisation's territory is a wrong coordinate, not a joint project.
FAR_FROM_TERRITORY_M = 20_000.0
ZERO_LENGTH_M = 0.01
ZERO_AREA_M2 = 0.01
# No road or canal is so short: two clicks in one place.
SHORT_LENGTH_M = 3.0
# A vertex whose two legs double back within this angle, both longer than the leg, is a slip of the hand.
SPIKE_COSINE = -np.cos(np.radians(5.0))
SPIKE_LEG_M = 2.0
# A leg this long, or much longer than its neighbours, is usually a vertex with a wrong digit.
JUMP_M = 5_000.0
JUMP_NEAR_M = 1_000.0
JUMP_FACTOR = 20.0
METRES_PER_DEGREE = 111_320.0

_TYPE_NAMES: dict[int, GeometryType] = {POINT: "Point", LINE: "LineString", RING: "LineString", POLYGON: "Polygon"}


@dataclass(frozen=True)
class CheckContext:
    """What is known about the project whose geometry is checked.

    Parameters
    ----------
    kind
        ``road``, ``water`` or ``other``. A road is always a line.
    expected_type
        What the kind of work is drawn as; None when anything will do.
    contract_length_m
        Length in the contract or the plan, compared with the sum of the drawn lines.
    territory
        Territory of the organisation (EPSG:4326); None when it is not known, then it is not compared.
    expected_segments
        Number of segments the project's specification has.
    """

    kind: str = "other"
    expected_type: GeometryType | None = None
    contract_length_m: float | None = None
    territory: BaseGeometry | None = None
    expected_segments: int | None = None

    @cached_property
    def wanted_type(self) -> GeometryType | None:
        """``expected_type``, and a line for every road."""
        return "LineString" if self.kind == "road" else self.expected_type


def expected_type(kind: str, geometry_words: str | None) -> GeometryType | None:
    """What a work is drawn as: a line for a road, for water the first word of its type's ``geometry``.

    Examples
    --------
    >>> expected_type("water", "Polygon (or Point)"), expected_type("water", "Point/Line/Polygon")
    ('Polygon', None)
    """
    if kind == "road":
        return "LineString"
    first = (geometry_words or "").split(" ")[0]
    return first if first in ("Point", "LineString", "Polygon") else None  # type: ignore[return-value]


def check_segments(segments: Sequence[BaseGeometry], context: CheckContext) -> list[Problem]:
    """All problems of the segments of one project.

    Parameters
    ----------
    segments
        Simple 2D geometries, EPSG:4326; a Multi or a collection among them is split.
    context
        What is known about the project.

    Examples
    --------
    >>> road = CheckContext(kind="road")
    >>> [p.code for p in check_segments([shapely.Point(102, 15)], road)]
    ['wrong_geometry_type']
    >>> [p.code for p in check_segments([shapely.LineString([(15, 102), (15, 102.1)])], road)]
    ['outside_thailand_swapped']
    """
    parts = [part for segment in segments for part in split(segment)]
    if not parts:
        return [Problem("geometry_empty")]
    problems: list[Problem] = []
    for number, part in enumerate(parts, start=1):
        problems += _Segment(part, number, context).problems()
    if not any(problem.is_error for problem in problems):
        problems += _whole(parts, context)
    return problems


class _Segment:
    """One simple geometry under examination."""

    def __init__(self, geometry: BaseGeometry, number: int, context: CheckContext) -> None:
        self.geometry = geometry
        self.number = number
        self.context = context
        self.type_id = int(shapely.get_type_id(geometry))
        self.coordinates = shapely.get_coordinates(geometry)

    def problem(self, code: str, level: Any = "error", vertex: int | None = None, **values: Any) -> Problem:
        where: dict[str, Any] = {"segment": self.number}
        if vertex is not None:
            lon, lat = self.coordinates[vertex]
            where |= {"vertex": vertex + 1}
            if abs(lon) <= 180 and abs(lat) <= 90:
                where |= {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}
        return Problem(code, level, where, values)

    def problems(self) -> list[Problem]:
        unusable = self.unusable()
        if unusable is not None:
            return [unusable]
        found = [self.type_problem(), self.territory_problem()]
        if self.type_id == POLYGON:
            found += [self.polygon_problem(), *self.vertex_problems()]
        elif self.type_id != POINT:
            found += [self.line_problem(), *self.vertex_problems()]
        return [problem for problem in found if problem is not None]

    def unusable(self) -> Problem | None:
        """The one error after which nothing else can be said."""
        if not len(self.coordinates):
            return self.problem("geometry_empty")
        if len(self.coordinates) > MAX_VERTICES:
            return self.problem("too_many_vertices", count=len(self.coordinates), limit=MAX_VERTICES)
        finite = np.isfinite(self.coordinates).all(axis=1)
        if not finite.all():
            return self.problem("not_finite", vertex=int(np.argmin(finite)))
        inside = _inside_thailand(self.coordinates)
        if not inside.all():
            return self.outside(int(np.argmin(inside)), int((~inside).sum()))
        return None

    def outside(self, vertex: int, count: int) -> Problem:
        x, y = (float(value) for value in self.coordinates[vertex])
        code = "outside_thailand"
        if in_thailand(y, x):
            code = "outside_thailand_swapped"
        elif abs(x) > 360 or abs(y) > 360:
            code = "outside_thailand_metres"
        return self.problem(code, vertex=vertex, x=round(x, 7), y=round(y, 7), count=count)

    def type_problem(self) -> Problem | None:
        wanted, given = self.context.wanted_type, _TYPE_NAMES[self.type_id]
        if wanted is None or wanted == given:
            return None
        # A road is a line; a canal given as a point has nothing to measure. Anything else is unusual, not impossible.
        wrong = self.context.kind == "road" or (wanted, given) == ("LineString", "Point")
        code, level = ("wrong_geometry_type", "error") if wrong else ("unexpected_geometry_type", "warning")
        return self.problem(code, level, given=given, expected=wanted)

    def territory_problem(self) -> Problem | None:
        territory = self.context.territory
        if territory is None or territory.is_empty:
            return None
        shapely.prepare(territory)
        if shapely.intersects(territory, self.geometry):
            if shapely.covers(territory, self.geometry) or not shapely.is_valid(self.geometry):
                return None
            return self.crossing_problem(territory)
        line = shapely.get_coordinates(shapely.shortest_line(territory, self.geometry))
        if not len(line):
            return None
        distance_m = float(measure.segment_lengths_m(line)[0])
        far = distance_m > FAR_FROM_TERRITORY_M
        return Problem(
            "far_from_territory" if far else "outside_territory",
            "error" if far else "warning",
            {"segment": self.number, "lon": round(float(line[1, 0]), 7), "lat": round(float(line[1, 1]), 7)},
            {"distance_km": round(distance_m / 1000, 1), "limit_km": FAR_FROM_TERRITORY_M / 1000},
        )

    def crossing_problem(self, territory: BaseGeometry) -> Problem | None:
        """Part of the segment is outside: how much of it."""
        outside = shapely.difference(self.geometry, territory)
        total, part = _extent(self.geometry), _extent(outside)
        if total <= 0 or part / total < 0.005:
            return None
        return self.problem("crosses_territory", "warning", share_percent=round(100 * part / total, 1))

    def polygon_problem(self) -> Problem | None:
        if not shapely.is_valid(self.geometry):
            return self.invalid_polygon()
        if measure.area_m2(self.geometry) < ZERO_AREA_M2:
            return self.problem("zero_area", vertex=0)
        return None

    def invalid_polygon(self) -> Problem:
        reason = str(shapely.is_valid_reason(self.geometry))
        name, _, place = reason.partition("[")
        code = "polygon_self_crossing" if "elf-intersection" in name else "polygon_invalid"
        if shapely.area(shapely.convex_hull(self.geometry)) == 0:
            code = "zero_area"
        where: dict[str, Any] = {"segment": self.number}
        if place:
            lon, lat = (float(value) for value in place.rstrip("]").split()[:2])
            where |= {"lon": round(lon, 7), "lat": round(lat, 7)}
        return Problem(code, "error", where, {"reason": name})

    def line_problem(self) -> Problem | None:
        if measure.length_m(self.geometry) < ZERO_LENGTH_M:
            return self.problem("zero_length", vertex=0)
        if measure.length_m(self.geometry) < SHORT_LENGTH_M:
            return self.problem("too_short", "warning", vertex=0, length_m=round(measure.length_m(self.geometry), 1))
        if not shapely.is_simple(self.geometry):
            return self.crossing_line()
        return None

    def crossing_line(self) -> Problem:
        """A line that meets itself: at the node where most of its pieces end."""
        pieces = shapely.get_parts(shapely.unary_union(self.geometry))
        ends = np.concatenate(
            [
                shapely.get_coordinates(shapely.get_point(pieces, 0)),
                shapely.get_coordinates(shapely.get_point(pieces, -1)),
            ]
        )
        nodes, count = np.unique(ends, axis=0, return_counts=True)
        lon, lat = nodes[np.argmax(count)]
        where = {"segment": self.number, "lon": round(float(lon), 7), "lat": round(float(lat), 7)}
        return Problem("line_self_crossing", "warning", where)

    def vertex_problems(self) -> list[Problem]:
        """Repeated vertices, spikes and jumps of a line or of an outer ring."""
        line = shapely.get_exterior_ring(self.geometry) if self.type_id == POLYGON else self.geometry
        xy = shapely.get_coordinates(line)
        legs = _Legs(xy, np.zeros(len(xy), dtype=np.intp))
        found = []
        repeated = np.flatnonzero(legs.repeated)
        if len(repeated):
            found.append(
                self.problem("duplicate_vertices", "warning", vertex=int(repeated[0]) + 1, count=len(repeated))
            )
        spikes = np.flatnonzero(legs.spikes)
        if len(spikes):
            found.append(self.problem("spike", "warning", vertex=int(spikes[0]) + 1, count=len(spikes)))
        jumps = np.flatnonzero(legs.jumps)
        if len(jumps):
            at = int(jumps[np.argmax(legs.length[jumps])])
            distance_m = float(measure.segment_lengths_m(xy[at : at + 2])[0])
            found.append(self.problem("long_jump", "warning", vertex=at + 1, distance_m=round(distance_m, 1)))
        return found


class _Legs:
    """Legs (vertex to next vertex) of one or many lines laid end to end.

    Parameters
    ----------
    xy
        Vertices, lon/lat, line after line.
    line
        For each vertex the number of its line, rising.
    """

    def __init__(self, xy: FloatArray, line: npt.NDArray[np.intp]) -> None:
        self.line = line
        self.within = line[1:] == line[:-1]
        step = np.diff(xy, axis=0) * METRES_PER_DEGREE
        # Metres within 1 %: enough for limits that are round numbers, and much cheaper than a geodesic.
        self.step = step * np.column_stack((np.cos(np.radians(xy[:-1, 1])), np.ones(len(step))))
        self.length = np.where(self.within, np.hypot(self.step[:, 0], self.step[:, 1]), 0.0)
        self.repeated: BoolArray = self.within & (self.length == 0)

    @property
    def spikes(self) -> BoolArray:
        """For each pair of legs: whether they double back. Index i is the vertex i + 1."""
        before, after = self.length[:-1], self.length[1:]
        dot = np.einsum("ij,ij->i", self.step[:-1], self.step[1:])
        back = dot < SPIKE_COSINE * before * after
        long = (before > SPIKE_LEG_M) & (after > SPIKE_LEG_M)
        return np.asarray(back & long & self.within[:-1] & self.within[1:])

    @property
    def jumps(self) -> BoolArray:
        """Legs over the limit, or over a lower limit and many times the mean of the line's other legs."""
        legs = self.line[1:]
        count = np.bincount(legs[self.within], minlength=int(self.line[-1]) + 1 if len(self.line) else 0)
        total = np.bincount(legs, weights=self.length, minlength=len(count))
        others = count[legs] - 1
        mean = np.divide(total[legs] - self.length, others, out=np.full(len(legs), np.inf), where=others > 0)
        unlike = (others > 0) & (self.length > JUMP_NEAR_M) & (self.length > JUMP_FACTOR * mean)
        return np.asarray((self.length > JUMP_M) | unlike)


def _whole(parts: Sequence[BaseGeometry], context: CheckContext) -> list[Problem]:
    """What can be said only of all segments together."""
    problems = []
    if context.expected_segments is not None and context.expected_segments != len(parts):
        problems.append(
            Problem(
                "segment_count_differs",
                "warning",
                values={"expected": context.expected_segments, "given": len(parts)},
            )
        )
    problems += _repeated_segments(parts)
    for end in loose_ends(parts):
        where = {"segment": end.segment + 1, "vertex": end.vertex + 1, "lon": end.lon, "lat": end.lat}
        problems.append(Problem("ends_apart", "warning", where, {"gap_m": round(end.gap_m, 1), "other": end.other + 1}))
    if context.contract_length_m:
        drawn_m = float(measure.lengths_m(np.array([*parts, None], dtype=object)[:-1]).sum())
        share = _length_difference(drawn_m, context.contract_length_m)
        if drawn_m > 0 and abs(share) > LENGTH_TOLERANCE:
            problems.append(
                Problem(
                    "length_differs",
                    "warning",
                    values={
                        "length_m": round(drawn_m, 1),
                        "contract_length_m": round(float(context.contract_length_m), 1),
                        "difference_percent": round(100 * share, 1),
                    },
                )
            )
    return problems


def _repeated_segments(parts: Sequence[BaseGeometry]) -> list[Problem]:
    first: dict[bytes, int] = {}
    problems = []
    for number, part in enumerate(parts if len(parts) > 1 else (), start=1):
        original = first.setdefault(shapely.to_wkb(shapely.normalize(part)), number)
        if original != number:
            problems.append(Problem("segment_repeated", "warning", {"segment": number}, {"same_as": original}))
    return problems


def _length_difference(drawn_m: float, contract_m: float) -> float:
    return (drawn_m - float(contract_m)) / float(contract_m)


def _extent(geometry: BaseGeometry) -> float:
    return measure.area_m2(geometry) or measure.length_m(geometry)


def _inside_thailand(xy: FloatArray) -> BoolArray:
    west, south, east, north = THAILAND_BOUNDS
    return np.asarray((xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north))


def check_batch(
    geometries: GeometryArray,
    contexts: CheckContext | Sequence[CheckContext],
    *,
    lengths_m: FloatArray | None = None,
) -> dict[int, list[Problem]]:
    """:func:`check_segments` for every row of an array, giving only the rows that have problems.

    Parameters
    ----------
    geometries
        One geometry a row, EPSG:4326; None, Multi and collections are allowed.
    contexts
        One for all rows, or one a row.
    lengths_m
        ``gis.measure.lengths_m(geometries)`` when the caller has it already.

    Returns
    -------
    dict
        Index of the row -> its problems, in rising order.

    Examples
    --------
    >>> rows = np.array([shapely.LineString([(102, 15), (102, 15.01)]), shapely.Point(102, 15), None])
    >>> {row: [p.code for p in found] for row, found in check_batch(rows, CheckContext(kind="road")).items()}
    {1: ['wrong_geometry_type'], 2: ['geometry_empty']}
    """
    geometries = np.asarray(geometries, dtype=object)
    of_row = _RowContexts(contexts, len(geometries))
    suspect = _screen(geometries, of_row, lengths_m)
    answers = {}
    for row in np.flatnonzero(suspect):
        problems = check_segments([] if geometries[row] is None else [geometries[row]], of_row[int(row)])
        if problems:
            answers[int(row)] = problems
    return answers


class _RowContexts:
    """One context for all rows, or one a row, seen as columns."""

    def __init__(self, contexts: CheckContext | Sequence[CheckContext], count: int) -> None:
        self.one = contexts if isinstance(contexts, CheckContext) else None
        self.many: Sequence[CheckContext] = () if isinstance(contexts, CheckContext) else contexts
        self.count = count
        if self.one is None and len(self.many) != count:
            raise ValueError(f"{count} geometries need {count} contexts, not {len(self.many)}")

    def __getitem__(self, row: int) -> CheckContext:
        return self.one if self.one is not None else self.many[row]

    def column(self, name: str, missing: float) -> FloatArray:
        """A number of every row's context."""
        if self.one is not None:
            value = getattr(self.one, name)
            return np.full(self.count, missing if value is None else float(value))
        values = (getattr(context, name) for context in self.many)
        return np.fromiter((missing if v is None else float(v) for v in values), np.float64, self.count)

    def wanted_type(self) -> npt.NDArray[np.int8]:
        """Type id each row should have, -1 for any."""
        ids = {None: -1, "Point": POINT, "LineString": LINE, "Polygon": POLYGON}
        if self.one is not None:
            return np.full(self.count, ids[self.one.wanted_type], dtype=np.int8)
        return np.fromiter((ids[context.wanted_type] for context in self.many), np.int8, self.count)

    def territories(self) -> list[tuple[BaseGeometry, BoolArray]]:
        """Each different territory with the rows it is for."""
        if self.one is not None:
            given = self.one.territory
            return [] if given is None else [(given, np.ones(self.count, dtype=bool))]
        keys = np.fromiter((id(context.territory) for context in self.many), np.int64, self.count)
        by_key = {id(context.territory): context.territory for context in self.many}
        return [(shape, keys == key) for key, shape in by_key.items() if shape is not None]


def _screen(geometries: GeometryArray, of_row: _RowContexts, lengths_m: FloatArray | None) -> BoolArray:
    """Rows that may have a problem: never misses one, may name a sound one."""
    count = len(geometries)
    parts, owner = explode(geometries)
    part_count = np.bincount(owner, minlength=count)
    suspect: BoolArray = part_count == 0
    # More than one segment: segments may repeat each other.
    suspect |= part_count > 1
    bad_part = _unusable_parts(parts)
    type_id = shapely.get_type_id(parts)
    type_id[type_id == RING] = LINE
    wanted = of_row.wanted_type()[owner]
    bad_part |= (wanted >= 0) & (wanted != type_id)
    usable = ~bad_part
    # Not asked of parts with infinite numbers: GEOS may not answer for them.
    bad_part[usable] |= ~shapely.is_valid(parts[usable])
    bad_part[usable] |= ~shapely.is_simple(parts[usable])
    bad_part |= _suspect_vertices(parts, type_id, usable)
    np.logical_or.at(suspect, owner[bad_part], True)
    if lengths_m is None:
        lengths_m = measure.lengths_m(geometries)
    suspect |= _suspect_size(geometries, lengths_m, parts, owner, type_id)
    suspect |= _suspect_context(of_row, lengths_m, part_count)
    for territory, rows in of_row.territories():
        shapely.prepare(territory)
        ask = np.flatnonzero(rows & ~suspect)
        suspect[ask] |= ~shapely.covers(territory, geometries[ask])
    return suspect


def _unusable_parts(parts: GeometryArray) -> BoolArray:
    bounds = shapely.bounds(parts)
    west, south, east, north = THAILAND_BOUNDS
    # NaN compares false, so an empty or broken part is never inside.
    inside = (bounds[:, 0] >= west) & (bounds[:, 1] >= south) & (bounds[:, 2] <= east) & (bounds[:, 3] <= north)
    coordinates, index = shapely.get_coordinates(parts, return_index=True)
    broken = np.zeros(len(parts), dtype=bool)
    broken[index[~np.isfinite(coordinates).all(axis=1)]] = True
    return np.asarray(~inside | broken | (shapely.get_num_coordinates(parts) > MAX_VERTICES))


def _suspect_vertices(parts: GeometryArray, type_id: npt.NDArray[Any], usable: BoolArray) -> BoolArray:
    """Parts with repeated vertices, spikes or jumps."""
    found = np.zeros(len(parts), dtype=bool)
    rows = np.flatnonzero(usable & (type_id != POINT))
    lines = parts[rows]
    polygon = type_id[rows] == POLYGON
    lines[polygon] = shapely.get_exterior_ring(lines[polygon])
    xy, index = shapely.get_coordinates(lines, return_index=True)
    if len(xy) < 2:
        return found
    legs = _Legs(xy, index)
    found[rows[index[1:][legs.repeated | legs.jumps]]] = True
    spikes = legs.spikes
    found[rows[index[1:-1][spikes]]] = True
    return found


def _suspect_size(
    geometries: GeometryArray,
    lengths_m: FloatArray,
    parts: GeometryArray,
    owner: npt.NDArray[np.intp],
    type_id: npt.NDArray[Any],
) -> BoolArray:
    """Rows with a line of hardly any length or a polygon without area."""
    suspect = np.zeros(len(geometries), dtype=bool)
    has_line = np.zeros(len(geometries), dtype=bool)
    has_line[owner[type_id == LINE]] = True
    suspect |= has_line & ~(lengths_m >= SHORT_LENGTH_M)
    polygons = type_id == POLYGON
    # Square degrees: 1e-10 is about 1.2 m² in Thailand, far above the limit in square metres.
    suspect[owner[polygons][~(shapely.area(parts[polygons]) >= 1e-10)]] = True
    return suspect


def _suspect_context(of_row: _RowContexts, lengths_m: FloatArray, part_count: npt.NDArray[Any]) -> BoolArray:
    """Rows whose length or number of segments is not what the project says."""
    contract = of_row.column("contract_length_m", np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.abs(lengths_m - contract) / contract
    segments = of_row.column("expected_segments", np.nan)
    # The margin keeps the screen on the safe side of rounding.
    return np.asarray(
        ((lengths_m > 0) & (share > LENGTH_TOLERANCE - 1e-9)) | (np.isfinite(segments) & (segments != part_count))
    )

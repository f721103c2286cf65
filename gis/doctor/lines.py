"""Lines: what was probably meant by one with a vertex too many, out of place or out of order.

The checks (:mod:`gis.checks`) say what is wrong with a line; here each wrong is answered with the line as it would be
without it. A mend never moves a sound vertex, and is offered only when the line is better for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from gis import measure
from gis.checks import JUMP_FACTOR, JUMP_M, JUMP_NEAR_M
from gis.doctor.places import FloatArray, Places
from gis.doctor.points import GivenPoints, Reading, diagnose
from gis.loose_ends import joined
from gis.problems import Problem

MendKind = Literal["drop_repeated", "drop_spike", "drop_jump", "reread_jump", "uncross", "cut_at_jump", "join_ends"]

# A vertex's neighbours on the line say where it should be, within this.
_AROUND_M = 2_000.0
_METRES_PER_DEGREE = 110_600.0
# Lines longer than this are not put in another order: the work grows with the square.
_UNCROSS_MAX = 2_000


@dataclass(frozen=True)
class Mend:
    """A line as it was probably meant.

    Parameters
    ----------
    kind
        What is done; also the code of the sentence that tells it.
    lines
        The line afterwards; two where it is cut.
    vertices
        Numbers (from 1) of the vertices in the line as given that are dropped, re-read or turned round.
    length_m
        Afterwards, geodesic.
    reading
        How the vertex was re-read.
    """

    kind: MendKind
    lines: tuple[LineString, ...]
    vertices: tuple[int, ...]
    length_m: float
    reading: Reading | None = None


def mends(line: LineString, *, epsg: int = 4326, given: FloatArray | None = None) -> list[Mend]:
    """What could be done about a line, the smallest change first; empty when nothing is wrong with its vertices.

    Parameters
    ----------
    line
        EPSG:4326.
    epsg, given
        The coordinate system and the numbers (N x 2) that the line was given in, when they were others: a wrong digit
        is looked for in the numbers that were typed.

    Examples
    --------
    >>> [(m.kind, m.vertices) for m in mends(LineString([(100, 15), (100, 15), (100, 15.001)]))]
    [('drop_repeated', (2,))]
    """
    xy = shapely.get_coordinates(line)
    if len(xy) < 2:
        return []
    numbers = xy if given is None else given
    found = [*_repeated(xy), *_crossings(xy, line), *_jumps(xy, numbers, epsg), *_spikes(xy)]
    distinct = {mend.lines: mend for mend in reversed(found)}  # a vertex far away is a spike too
    return [mend for mend in found if mend is distinct[mend.lines] and all(part.length > 0 for part in mend.lines)]


def join_ends(parts: Sequence[BaseGeometry]) -> dict[int, Mend]:
    """Segments (from 0) of a work that have loose ends, with those moved to the segments that they almost touch.

    Examples
    --------
    >>> road = [LineString([(102, 15), (102, 15.01)]), LineString([(102, 15.01002), (102, 15.02)])]
    >>> {segment: mend.lines[0].coords[0] for segment, mend in join_ends(road).items()}
    {1: (102.0, 15.01)}
    """
    found = {}
    for segment, (before, after) in enumerate(zip(parts, joined(parts), strict=True)):
        if after is not before:
            xy = shapely.get_coordinates(after)
            moved = np.flatnonzero((xy != shapely.get_coordinates(before)).any(axis=1)) + 1
            found[segment] = _mend("join_ends", [xy], moved.tolist())
    return found


def explained(problem: Problem, found: list[Mend]) -> list[Mend]:
    """The mends that answer a problem of :func:`gis.checks.check_segments`."""
    wanted = _ANSWERS.get(problem.code, ())
    return [mend for mend in found if mend.kind in wanted]


_ANSWERS: dict[str, tuple[MendKind, ...]] = {
    "duplicate_vertices": ("drop_repeated",),
    "spike": ("drop_spike",),
    "long_jump": ("reread_jump", "drop_jump", "cut_at_jump"),
    "line_self_crossing": ("uncross", "drop_spike"),
    "length_differs": ("reread_jump", "drop_jump", "drop_spike"),
    # One vertex that left the country is a jump that was noticed for something else.
    "outside_thailand": ("reread_jump", "drop_jump"),
    "outside_thailand_swapped": ("reread_jump", "drop_jump"),
    "outside_thailand_metres": ("reread_jump", "drop_jump"),
}


def _mend(kind: MendKind, parts: list[FloatArray], vertices: list[int], reading: Reading | None = None) -> Mend:
    lines = tuple(LineString(part) for part in parts)
    length = float(measure.lengths_m(np.array([*lines, None], dtype=object)[:-1]).sum())
    return Mend(kind, lines, tuple(vertices), length, reading)


def _repeated(xy: FloatArray) -> Iterator[Mend]:
    same = np.flatnonzero((np.diff(xy, axis=0) == 0).all(axis=1)) + 1
    left = np.delete(xy, same, axis=0)
    if len(same) and len(left) > 1:
        yield _mend("drop_repeated", [left], (same + 1).tolist())


def _steps_m(xy: FloatArray) -> FloatArray:
    steps = np.diff(xy, axis=0) * _METRES_PER_DEGREE
    return np.asarray(steps * np.column_stack((np.cos(np.radians(xy[:-1, 1])), np.ones(len(steps)))))


def _spikes(xy: FloatArray) -> Iterator[Mend]:
    """Vertices where the line turns back on itself: out to nowhere and home again."""
    steps = _steps_m(xy)
    length = np.hypot(steps[:, 0], steps[:, 1])
    dot = (steps[:-1] * steps[1:]).sum(axis=1)
    back = dot < -np.cos(np.radians(5.0)) * length[:-1] * length[1:]
    at = np.flatnonzero(back & (length[:-1] > 2) & (length[1:] > 2)) + 1
    left = np.delete(xy, at, axis=0)
    if len(at) and len(left) > 1:
        yield _mend("drop_spike", [left], (at + 1).tolist())


def _jumps(xy: FloatArray, numbers: FloatArray, epsg: int) -> Iterator[Mend]:
    steps = _steps_m(xy)
    length = np.hypot(steps[:, 0], steps[:, 1])
    usual = np.median(length)
    far = (length > JUMP_M) | ((length > JUMP_NEAR_M) & (length > JUMP_FACTOR * usual))
    if not far.any():
        return
    lonely = _lonely(far)
    if lonely:
        left = np.delete(xy, lonely, axis=0)
        reread = _reread(xy, numbers, epsg, lonely)
        if reread is not None:
            yield reread
        if len(left) > 1:
            yield _mend("drop_jump", [left], [at + 1 for at in lonely])
        return
    parts = [part for part in np.split(xy, np.flatnonzero(far) + 1) if len(part) > 1]
    if len(parts) > 1:
        yield _mend("cut_at_jump", parts, (np.flatnonzero(far) + 2).tolist())


def _lonely(far: np.ndarray) -> list[int]:
    """Vertices that are far from the one before and the one after: it is they that are wrong, not the line."""
    before, after = np.r_[True, far], np.r_[far, True]
    lonely = before & after
    for end, beside in ((0, 1), (len(far), len(far) - 1)):
        if lonely[end] and lonely[beside]:
            lonely[end] = False  # the one beside is far from both of its neighbours: it alone explains both legs
    at = np.flatnonzero(lonely)
    return at.tolist() if len(at) < (len(far) + 1) / 2 else []


def _reread(xy: FloatArray, numbers: FloatArray, epsg: int, lonely: list[int]) -> Mend | None:
    """The lonely vertices read as the point doctor reads them, their sound neighbours being the place."""
    sound = np.delete(xy, lonely, axis=0)
    if len(sound) < 2:
        return None
    reach = _AROUND_M / _METRES_PER_DEGREE
    place = Places([shapely.box(*(sound.min(axis=0) - reach), *(sound.max(axis=0) + reach))], tolerance_m=0)
    beside = np.array([_between(xy, at, lonely) for at in lonely])
    given = GivenPoints(
        numbers[lonely, 0],
        numbers[lonely, 1],
        np.full(len(lonely), epsg),
        np.zeros(len(lonely), dtype=np.intp),
        beside,
    )
    found = diagnose(given, place)
    if any(row not in found.readings for row in range(len(lonely))):
        return None
    mended = xy.copy()
    for row, at in enumerate(lonely):
        best = found.readings[row][0]
        mended[at] = best.lon, best.lat
    return _mend("reread_jump", [mended], [at + 1 for at in lonely], found.readings[0][0])


def _between(xy: FloatArray, at: int, lonely: list[int]) -> FloatArray:
    """Where a vertex is expected: half-way between its sound neighbours."""
    neighbours = [other for other in (at - 1, at + 1) if 0 <= other < len(xy) and other not in lonely]
    return np.asarray(xy[neighbours].mean(axis=0) if neighbours else xy.mean(axis=0))


def _crossings(xy: FloatArray, line: LineString) -> Iterator[Mend]:
    """Vertices in the wrong order: turning round the part between two legs that cross undoes the crossing."""
    if line.is_simple or len(xy) > _UNCROSS_MAX or len(xy) < 4:
        return
    order = np.arange(len(xy))
    for _ in range(len(xy)):
        pair = _first_crossing(xy[order])
        if pair is None:
            break
        first, second = pair
        order[first + 1 : second + 1] = order[first + 1 : second + 1][::-1]
    else:
        return
    moved = np.flatnonzero(order != np.arange(len(xy)))
    mended = xy[order]
    # A road may truly cross itself, a loop or a bridge: only a shorter line is what was meant.
    if len(moved) and LineString(mended).is_simple and _total_m(mended) < _total_m(xy):
        yield _mend("uncross", [mended], (moved + 1).tolist())


def _total_m(xy: FloatArray) -> float:
    steps = _steps_m(xy)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def _first_crossing(xy: FloatArray) -> tuple[int, int] | None:
    legs = np.asarray(shapely.linestrings(np.stack((xy[:-1], xy[1:]), axis=1)), dtype=object)
    tree = shapely.STRtree(legs)
    first, second = tree.query(legs, predicate="intersects")
    apart = second > first + 1
    if not apart.any():
        return None
    at = np.lexsort((second[apart], first[apart]))[0]
    return int(first[apart][at]), int(second[apart][at])

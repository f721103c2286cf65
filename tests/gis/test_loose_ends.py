"""Ends that almost touch."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from gis import measure
from gis.checks import CheckContext, check_batch, check_segments
from gis.loose_ends import NEAR_M, TOUCHING_M, joined, loose_ends

M = 1 / 110_600  # one metre of latitude in degrees, near enough


def line(*metres: tuple[float, float]) -> LineString:
    return LineString([(102 + x * M, 15 + y * M) for x, y in metres])


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        # One road in two parts with a gap: the later part's end is named, once.
        ([line((0, 0), (0, 500)), line((0, 502), (0, 900))], [(1, 0, 0)]),
        # The later part is drawn the other way round.
        ([line((0, 0), (0, 500)), line((0, 900), (0, 502))], [(1, 1, 0)]),
        # A side road that stops before the middle of the main road.
        ([line((0, 0), (0, 500)), line((3, 250), (300, 250))], [(1, 0, 0)]),
        # Already touching, or another place.
        ([line((0, 0), (0, 500)), line((0, 500), (0, 900))], []),
        ([line((0, 0), (0, 500)), line((0, 506), (0, 900))], []),
        ([line((0, 0), (0, 500)), line((0, 500.1), (0, 900))], []),
        # Drains on both sides of a road lie near each other all along.
        ([line((0, 0), (0, 500)), line((4, 0), (4, 500))], []),
        # Three that meet in one place, one of them not quite.
        ([line((0, 0), (0, 500)), line((0, 500), (300, 500)), line((0, 502), (0, 900))], [(2, 0, 0)]),
        # No lines, one line.
        ([Point(102, 15), line((0, 0), (0, 5))], []),
        ([line((0, 0), (0, 500), (2, 0))], []),
    ],
)
def test_which_end_is_loose(parts: list[BaseGeometry], found: list[tuple[int, int, int]]) -> None:
    assert [(end.segment, end.vertex, end.other) for end in loose_ends(parts)] == found


def test_joining_moves_only_the_loose_end_to_the_others_end() -> None:
    parts = [line((0, 0), (0, 500)), line((1, 502), (0, 900))]
    after = joined(parts)
    assert after[0].equals(parts[0])
    assert list(after[1].coords) == [parts[0].coords[-1], parts[1].coords[-1]]
    assert loose_ends(after) == []


def test_a_side_road_meets_the_main_road_at_the_nearest_place() -> None:
    after = joined([line((0, 0), (0, 500)), line((3, 250), (300, 250))])
    assert after[0].distance(Point(after[1].coords[0])) < 1e-12
    assert after[1].coords[0][1] == pytest.approx(15 + 250 * M, abs=1e-9)


@settings(deadline=None)
@given(gap=st.floats(0.4, 4.6), heading=st.integers(0, 359))
def test_a_gap_of_any_direction_is_measured_and_closed(gap: float, heading: int) -> None:
    lon, lat, _ = measure.GEOD.fwd(102.0, 15.005, heading, gap)
    beyond = measure.GEOD.fwd(lon, lat, heading, 200)
    back = measure.GEOD.fwd(102.0, 15.005, heading + 180, 200)
    parts = [LineString([back[:2], (102.0, 15.005)]), LineString([(lon, lat), beyond[:2]])]
    (end,) = loose_ends(parts)
    assert end.gap_m == pytest.approx(gap, abs=0.001)
    assert TOUCHING_M < end.gap_m < NEAR_M
    assert loose_ends(joined(parts)) == []


def test_the_checks_tell_it_and_the_screen_misses_none() -> None:
    parts = MultiLineString([line((0, 0), (0, 500)), line((0, 502), (0, 900))])
    (problem,) = check_segments([parts], CheckContext(kind="road"))
    assert (problem.code, problem.level, problem.values) == ("ends_apart", "warning", {"gap_m": 2.0, "other": 1})
    assert [p.code for p in check_batch([parts], CheckContext())[0]] == ["ends_apart"]


def test_two_clicks_in_one_place_are_too_short() -> None:
    (problem,) = check_segments([line((0, 0), (0, 2))], CheckContext(kind="road"))
    assert (problem.code, problem.level) == ("too_short", "warning")
    assert check_batch([line((0, 0), (0, 2)), line((0, 0), (0, 4))], CheckContext()).keys() == {0}


def test_a_heap_of_ends_costs_no_more_than_a_network() -> None:
    """Two thousand lines that stop short of one place: four million pairs of an end and a line."""
    star = []
    for n in range(2_000):
        lon, lat, _ = measure.GEOD.fwd(102.0, 15.0, n * 0.18, 2.0)
        far = measure.GEOD.fwd(102.0, 15.0, n * 0.18, 300.0)
        star.append(LineString([(lon, lat), far[:2]]))
    tracemalloc.start()
    ends = loose_ends(star)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ends
    assert peak < 60_000_000

"""Mends of lines: the road as it was meant comes out, and a sound road is left alone."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString

from gis import crs
from gis.checks import CheckContext, check_segments
from gis.doctor.lines import explained, mends

ROAD = [(102.0 + 0.001 * i, 15.0 + 0.0005 * i) for i in range(8)]
ROAD_M = 847.0


def changed(at: int, vertex: tuple[float, float]) -> LineString:
    return LineString([*ROAD[:at], vertex, *ROAD[at + 1 :]])


def test_a_sound_road_is_left_alone() -> None:
    assert mends(LineString(ROAD)) == []
    loop = LineString([(102, 15), (102.002, 15), (102.002, 15.002), (102.001, 15.002), (102.001, 14.998)])
    assert [mend.kind for mend in mends(loop)] in ([], ["uncross"])  # a true loop is offered as a question at most


@pytest.mark.parametrize("at", [0, 3, 7])
def test_a_vertex_with_its_numbers_exchanged_is_read_right(at: int) -> None:
    first, *_ = mends(changed(at, ROAD[at][::-1]))
    assert (first.kind, first.vertices, first.reading and first.reading.kind) == (
        "reread_jump",
        (at + 1,),
        "swapped_lonlat",
    )
    assert shapely.get_coordinates(first.lines[0]) == pytest.approx(np.array(ROAD))


def test_a_digit_lost_in_the_easting_of_one_vertex() -> None:
    """What was typed is looked at, not what it became."""
    numbers = crs.from_wgs84(np.array(ROAD), 32648)[0].round(2)
    numbers[4, 0] = float(f"{numbers[4, 0]:.2f}"[:1] + f"{numbers[4, 0]:.2f}"[2:])
    line = LineString(crs.to_wgs84(numbers, 32648)[0])
    first, *_ = mends(line, epsg=32648, given=numbers)
    assert (first.kind, first.reading and first.reading.kind) == ("reread_jump", "missing_digit")
    assert first.length_m == pytest.approx(ROAD_M, rel=0.02)


@pytest.mark.parametrize("at", [0, 1, 4, 7])
def test_a_vertex_far_away_can_be_left_out(at: int) -> None:
    kinds = {mend.kind: mend for mend in mends(changed(at, (ROAD[at][0] + 0.2, ROAD[at][1] + 0.3)))}
    assert kinds["drop_jump"].vertices == (at + 1,)
    assert kinds["drop_jump"].length_m < ROAD_M * 1.01


def test_out_to_nowhere_and_home_again() -> None:
    line = LineString([*ROAD[:4], (ROAD[3][0], ROAD[3][1] + 0.01), *ROAD[3:]])
    (spike,) = [mend for mend in mends(line) if mend.kind == "drop_spike"]
    assert spike.length_m == pytest.approx(ROAD_M, rel=0.01)


def test_vertices_in_the_wrong_order() -> None:
    crooked = [(102.0, 15.0), (102.001, 15.0), (102.001, 15.001), (102.0005, 14.9995)]
    (first, *_) = mends(LineString(crooked))
    assert first.kind == "uncross"
    assert first.lines[0].is_simple
    assert set(first.lines[0].coords) == set(crooked)


def test_two_roads_in_one_line_are_cut_apart() -> None:
    line = LineString([*ROAD, *[(x + 1, y) for x, y in ROAD]])
    (cut,) = mends(line)
    assert (cut.kind, len(cut.lines)) == ("cut_at_jump", 2)
    assert cut.length_m == pytest.approx(2 * ROAD_M, rel=0.01)


def test_each_problem_of_the_checks_finds_its_mends() -> None:
    line = changed(3, (ROAD[3][0] + 0.2, ROAD[3][1]))
    problems = {problem.code: problem for problem in check_segments([line], CheckContext("road"))}
    assert [mend.kind for mend in explained(problems["long_jump"], mends(line))][-1:] == ["drop_jump"]


def test_a_line_of_one_place_has_no_mend() -> None:
    assert mends(LineString([(102, 15), (102, 15)])) == []
    assert mends(LineString()) == []

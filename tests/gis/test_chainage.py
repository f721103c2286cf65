"""Chainage: reading it, cutting roads by it, finding it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from gis import chainage, measure
from gis.chainage import Chainage, chainage_at, chainage_text, place, read_chainage, section
from gis.problems import Problem

ROAD = LineString([(102.0, 15.0), (102.005, 15.003), (102.012, 15.004), (102.02, 15.01)])
LENGTH = measure.length_m(ROAD)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("นค.ถ.28-003 กม. 1+200 - 2+450", Chainage("นค.ถ.28-003", 1200, 2450)),
        ("นค.ถ. 28-003 กม.ที่ 1+200 ถึง กม.ที่ 2+450", Chainage("นค.ถ.28-003", 1200, 2450)),
        ("สทถ19-063 กม.๐+๐๐๐ – ๐+๘๕๐.๕", Chainage("สท.ถ.19-063", 0, 850.5)),
        ("ชร.ถ.1-0098 km 1.2-2.45", Chainage("ชร.ถ.1-0098", 1200, 2450)),
        ("ชร.ถ.1-0098 sta. 0+500", Chainage("ชร.ถ.1-0098", 500)),
        ("ชร.ถ.1-0098 กม. 2+000 - 1+000", Chainage("ชร.ถ.1-0098", 2000, 1000)),
        ("ชร.ถ.1-0098", None),
        ("กม. 1+200 - 2+450", None),
        ("15.808367, 102.03", None),
    ],
)
def test_reading(text: str, read: Chainage | None) -> None:
    assert read_chainage(text) == read


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_a_section_is_as_long_as_its_chainage_says(a: float, b: float) -> None:
    start, end = a * LENGTH, b * LENGTH
    part = section(ROAD, start, end)
    if isinstance(part, Problem):
        assert (part.code, abs(end - start) < 1) == ("chainage_empty", True)
        return
    assert measure.length_m(part) == pytest.approx(abs(end - start), abs=1e-3)
    first, last = part.coords[0], part.coords[-1]
    assert chainage_at(ROAD, *first)[0] == pytest.approx(start, abs=1e-2)
    assert chainage_at(ROAD, *last)[0] == pytest.approx(end, abs=1e-2)
    assert max(ROAD.distance(shapely.Point(vertex)) for vertex in part.coords) < 1e-6


def test_vertices_between_are_kept_and_the_whole_road_is_the_road() -> None:
    assert section(ROAD, 0, LENGTH).equals_exact(ROAD, 1e-9)
    assert section(ROAD, LENGTH, 0).equals_exact(ROAD.reverse(), 1e-9)
    middle = section(ROAD, 600, 1500)
    assert set(middle.coords[1:-1]) <= set(ROAD.coords)


def test_a_sign_a_little_beyond_the_end_is_the_end() -> None:
    assert section(ROAD, 100, LENGTH + 40).coords[-1] == pytest.approx(ROAD.coords[-1])
    for start, end in ((0, LENGTH + 60), (-5, 100)):
        beyond = section(ROAD, start, end)
        assert isinstance(beyond, Problem)
        assert beyond.code == "chainage_beyond_road"
    assert place(ROAD, LENGTH + 40) == pytest.approx(ROAD.coords[-1])
    assert isinstance(place(ROAD, LENGTH + 60), Problem)


def test_a_point_beside_the_road() -> None:
    """Straight north: the offset is the way to the east (1e-4 degrees of longitude at 15 N: 10.76 m)."""
    north = LineString([(102, 15), (102, 15.02)])
    metre, offset = chainage_at(north, 102.0001, 15.01)
    assert (metre, offset) == pytest.approx((1106.487, 10.757), abs=5e-3)


def test_a_repeated_vertex_is_no_trouble() -> None:
    road = LineString([(102, 15), (102, 15), (102, 15.01), (102, 15.01)])
    assert np.isfinite(shapely.get_coordinates(section(road, 0, 500))).all()
    assert chainage_at(road, 102, 15.005)[0] == pytest.approx(553.24, abs=0.01)


def test_words() -> None:
    assert [chainage_text(m) for m in (0, 5, 999.4, 12_345)] == ["0+000", "0+005", "0+999", "12+345"]
    assert chainage.OVER_M == 50


@given(st.integers(0, 99_999_999), st.sampled_from(["{}", "กม.{}", "กม.ที่ {}", "km {}", "{} LT", "STA.{} (RT)"]))
def test_a_cell_reads_what_is_written(millimetres: int, written: str) -> None:
    metres = millimetres / 1000
    text = chainage.exact_text(metres)
    assert chainage.read_cell(written.format(text)) == Chainage("", metres)
    assert chainage.read_cell(f"{text} - {text}") == Chainage("", metres, metres)


@pytest.mark.parametrize(
    ("text", "unit_m", "read"),
    [
        ("1.250", 1000, Chainage("", 1250)),
        ("1250", 1, Chainage("", 1250)),
        ("1,250 ม.", 1000, Chainage("", 1250)),
        ("1.25 กม.", 1, Chainage("", 1250)),
        ("0 - 1.25", 1000, Chainage("", 0, 1250)),
        ("ช่วง กม. ๐+๐๐๐ ถึง กม. ๑+๒๕๐", 1000, Chainage("", 0, 1250)),
        ("นค.ถ.28-003 0+000 - 1+250", 1000, Chainage("นค.ถ.28-003", 0, 1250)),
        ("-1.2", 1000, None),
        ("1/10/2568", 1000, None),
        ("2568-10-01", 1000, None),
        ("1+1250", 1000, None),
        ("หน้าวัด", 1000, None),
        ("", 1000, None),
        ("9" * 400, 1000, None),
    ],
)
def test_cells(text: str, unit_m: float, read: Chainage | None) -> None:
    assert chainage.read_cell(text, unit_m) == read


@pytest.mark.parametrize(
    ("names", "cells", "unit_m"),
    [
        (["km_from", "km_to"], ["0", "12.5"], 1000),
        (["km_from", "km_to"], ["0", "12.5", "1250"], 1),
        (["start_m", "end_m"], ["0", "80"], 1),
        (["ระยะเริ่มต้น (เมตร)"], ["80"], 1),
        (["กม."], ["3"], 1000),
        (["กม."], ["หน้าวัด", "1+250"], 1000),
    ],
)
def test_the_unit_of_plain_numbers(names: list[str], cells: list[str], unit_m: float) -> None:
    assert chainage.unit_of(names, cells) == unit_m

"""Lengths and areas against published geodesics and against Karney's algorithm."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from gis import measure

WGS84 = Geod(ellps="WGS84")


def test_one_degree_of_latitude() -> None:
    """WGS 84 meridian arc from the equator to 1 N: 110,574.3886 m (NIMA TR8350.2, meridian arc series). 1 mm."""
    line = shapely.LineString([(100, 0), (100, 1)])
    assert measure.length_m(line) == pytest.approx(110_574.3886, abs=1e-3)


def test_one_degree_of_the_equator() -> None:
    """2 pi a / 360 with a = 6,378,137 m. 1 mm."""
    assert measure.length_m(shapely.LineString([(100, 0), (101, 0)])) == pytest.approx(111_319.4908, abs=1e-3)


def test_area_of_a_cell() -> None:
    """Karney's own polygon area, holes taken off whatever their direction. 1e-6 m²."""
    outer = [(102, 15), (102.01, 15), (102.01, 15.01), (102, 15.01)]
    hole = [(102.002, 15.002), (102.004, 15.002), (102.004, 15.004), (102.002, 15.004)]
    areas = [abs(WGS84.polygon_area_perimeter(*zip(*ring, strict=True))[0]) for ring in (outer, hole)]
    for ring in (hole, hole[::-1]):
        assert measure.area_m2(shapely.Polygon(outer, [ring])) == pytest.approx(areas[0] - areas[1], abs=1e-6)


COORDINATES = st.tuples(st.floats(97.4, 105.6), st.floats(5.7, 20.4))


@settings(deadline=None)
@given(st.lists(COORDINATES, min_size=2, max_size=8), st.sampled_from([1.0, 0.1, 1e-3, 1e-6]))
def test_every_length_agrees_with_karney(points: list[tuple[float, float]], scale: float) -> None:
    """Short legs take the quick way, long ones Karney's: 2 µm a leg."""
    xy = (np.array(points) - points[0]) * scale + points[0]
    lengths = WGS84.inv(xy[:-1, 0], xy[:-1, 1], xy[1:, 0], xy[1:, 1])[2]
    assert measure.segment_lengths_m(xy) == pytest.approx(lengths, abs=2e-6)


def test_arrays_give_what_single_geometries_give() -> None:
    line = shapely.LineString([(102, 15), (102.01, 15.01), (102.02, 15)])
    box = shapely.box(102, 15, 102.01, 15.01)
    mixed = shapely.GeometryCollection([line, box, shapely.Point(102, 15), shapely.MultiLineString([line, line])])
    shapes = np.array([line, None, box, shapely.Point(1, 1), mixed, shapely.LineString(), shapely.MultiPolygon([box])])
    assert measure.lengths_m(shapes) == pytest.approx([measure.length_m(s) for s in shapes])
    assert measure.areas_m2(shapes) == pytest.approx([measure.area_m2(s) for s in shapes])
    assert measure.length_m(mixed) == pytest.approx(3 * measure.length_m(line))
    assert measure.area_m2(mixed) == pytest.approx(measure.area_m2(box))
    assert measure.length_m(box) == 0
    assert measure.length_m(None) == measure.area_m2(None) == 0


def test_perimeter_counts_all_rings() -> None:
    outer, hole = shapely.box(102, 15, 102.01, 15.01), shapely.box(102.002, 15.002, 102.004, 15.004)
    with_hole = shapely.Polygon(outer.exterior, [hole.exterior])
    expected = measure.length_m(outer.exterior) + measure.length_m(hole.exterior)
    assert measure.perimeter_m(with_hole) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("area", "text"),
    [
        (0, "0-0-0 ไร่"),
        (4, "0-0-1 ไร่"),
        (399.99, "0-1-0 ไร่"),
        (400, "0-1-0 ไร่"),
        (1599.999, "1-0-0 ไร่"),
        (1600, "1-0-0 ไร่"),
        (10_560, "6-2-40 ไร่"),
        (Decimal("10562.5"), "6-2-40.63 ไร่"),
        (1600 * 12345, "12,345-0-0 ไร่"),
    ],
)
def test_thai_units(area: float | Decimal, text: str) -> None:
    assert measure.area_text(area) == text


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_thai_units_add_up(area: Decimal) -> None:
    """Back to square metres within the half hundredth of a wa that is rounded away."""
    rai, ngan, wa = measure.rai_ngan_wa(area)
    assert abs(rai * 1600 + ngan * 400 + wa * 4 - area) <= Decimal("0.02")
    assert 0 <= ngan < 4
    assert 0 <= wa < 100


@pytest.mark.parametrize("area", [-1, float("nan"), float("inf")])
def test_no_area_no_units(area: float) -> None:
    with pytest.raises(ValueError, match="square metres"):
        measure.rai_ngan_wa(area)

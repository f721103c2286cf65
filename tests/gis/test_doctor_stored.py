"""Stored geometries: what looks wrong about each, and where it was probably meant to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis import crs
from gis.checks import CheckContext
from gis.doctor import Finding, Places, StoredGeometries, examine_stored

TERRITORY = shapely.box(101.9, 15.8, 102.1, 16.0)
TAMBON = shapely.box(101.9, 15.8, 102.0, 15.9)
ROAD = LineString([(101.95, 15.85), (101.96, 15.851), (101.97, 15.85)])
NOWHERE = (np.nan, np.nan)


def examined(*geometries: BaseGeometry, epsg: int = 4326, office: Any = NOWHERE, **context: Any) -> list[list[Finding]]:
    count = len(geometries)
    array = np.empty(count, dtype=object)
    array[:] = geometries
    stored = StoredGeometries(
        array,
        np.full(count, epsg),
        np.zeros(count, dtype=np.intp),
        np.zeros(count, dtype=np.intp),
        np.ones(count, dtype=np.intp),
        np.tile(np.array(office, dtype=np.float64), (count, 1)),
        [CheckContext(territory=TERRITORY, **context)] * count,
    )
    found = examine_stored(stored, Places([TERRITORY, TAMBON]))
    return [found.get(row, []) for row in range(count)]


def codes(found: list[Finding]) -> list[str]:
    return sorted(finding.problem.code for finding in found)


def moved(shape: BaseGeometry, given: int, said: int) -> BaseGeometry:
    """The shape as it is stored when its numbers in one system were said to be of another."""
    return crs.to_wgs84(crs.from_wgs84(shape, given)[0], said)[0]


def test_what_is_sound_is_not_listed() -> None:
    assert examined(ROAD, Point(101.95123, 15.85123)) == [[], []]


@pytest.mark.parametrize(
    ("shape", "epsg", "kind"),
    [
        (shapely.transform(ROAD, lambda xy: xy[:, ::-1]), 4326, "swapped_lonlat"),
        (moved(ROAD, 32648, 32647), 32647, "wrong_zone"),
        # Degrees that another program made of metres with the wrong zone: the numbers no longer say so.
        (moved(ROAD, 32648, 32647), 4326, "wrong_zone"),
        (moved(Point(101.95123, 15.85123), 32648, 32647), 32647, "wrong_zone"),
        (moved(Polygon([(102.098, 15.85), (102.0995, 15.85), (102.0995, 15.852)]), 24047, 32647), 32647, "wrong_datum"),
    ],
)
def test_a_mistake_of_the_whole_is_taken_back(shape: BaseGeometry, epsg: int, kind: str) -> None:
    ((first, *_),) = examined(shape, epsg=epsg)
    best = first.offers[0]
    assert (best.kind, best.reason) == (kind, f"doctor_{kind}")
    assert shapely.covers(TERRITORY, best.geometry)
    assert shapely.get_num_coordinates(best.geometry) == shapely.get_num_coordinates(shape)


def test_vertices_keep_their_order_and_their_holes() -> None:
    ring = [(101.95, 15.85), (101.96, 15.85), (101.96, 15.86), (101.95, 15.86)]
    hole = [(101.952, 15.852), (101.954, 15.852), (101.954, 15.854)]
    pond = Polygon(ring, [hole])
    ((first, *_),) = examined(shapely.transform(pond, lambda xy: xy[:, ::-1]))
    assert shapely.equals_exact(first.offers[0].geometry, pond, tolerance=1e-9)


def test_another_tambon_of_the_same_organisation() -> None:
    ((finding,),) = examined(shapely.transform(ROAD, lambda xy: xy + 0.1))
    assert finding.problem.code == "outside_tambon"
    assert finding.problem.values["distance_km"] == pytest.approx(6.3, abs=2)


def test_a_road_that_begins_on_the_limit_is_where_it_is_said_to_be() -> None:
    assert examined(LineString([(102.003, 15.85), (102.03, 15.85)])) == [[]]


def test_points_that_no_work_is_at() -> None:
    office = (101.95111, 15.85111)
    many = [Point(101.96222, 15.86222)] * 4
    found = examined(Point(office), *many, Point(101.97, 15.85), Point(101.973214, 15.851234), office=office)
    assert [codes(one) for one in found] == [
        ["doctor_office_point"],
        *[["doctor_repeated_point"]] * 4,
        ["doctor_truncated"],
        [],
    ]


def test_faults_of_lines_are_mended() -> None:
    spike = LineString([(101.95, 15.85), (101.96, 15.85), (101.965, 15.85), (101.96, 15.85), (101.96, 15.86)])
    jump = LineString([(101.95, 15.85), (101.951, 15.85), (102.09, 15.99), (101.952, 15.85), (101.953, 15.85)])
    for shape, code in ((spike, "spike"), (jump, "long_jump")):
        (found,) = examined(shape)
        mended = {finding.problem.code: finding.offers for finding in found}[code]
        assert mended and mended[0].reason.startswith("mend_")
        assert mended[0].geometry.length < shape.length


def test_a_length_that_is_not_the_contracts() -> None:
    ((finding,),) = examined(ROAD, contract_length_m=5_000)
    assert finding.problem.code == "length_differs"
    assert TAMBON.contains(Point(finding.location))


def test_what_lies_nowhere_near_is_listed_without_an_offer() -> None:
    ((first,),) = examined(Point(99.1234, 18.2345))
    assert first.problem.code == "far_from_territory"
    assert first.offers == ()

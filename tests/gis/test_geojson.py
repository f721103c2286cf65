"""Strict reading of RFC 7946 and writing it back."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis import geojson

LINE = [[102.0, 15.0], [102.01, 15.01]]
RING = [[102.0, 15.0], [102.01, 15.0], [102.01, 15.01], [102.0, 15.0]]


def codes(document: object) -> list[str]:
    return [problem.code for problem in geojson.parse(document).problems]


def test_every_type_becomes_simple_segments() -> None:
    document = {
        "type": "GeometryCollection",
        "geometries": [
            {"type": "Point", "coordinates": [102, 15]},
            {"type": "MultiPoint", "coordinates": [[102, 15], [103, 16]]},
            {"type": "LineString", "coordinates": LINE},
            {"type": "MultiLineString", "coordinates": [LINE, LINE]},
            {"type": "Polygon", "coordinates": [RING]},
            {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
        ],
    }
    found = geojson.parse(document)
    assert found.problems == []
    assert [shape.geom_type for shape in found.geometries] == [
        *["Point"] * 3,
        *["LineString"] * 3,
        *["Polygon"] * 3,
    ]


def test_features_follow_their_seq_and_keep_their_properties() -> None:
    document = {
        "type": "FeatureCollection",
        "properties": {"status": "DRAFT"},
        "features": [
            {"type": "Feature", "properties": {"seq": n}, "geometry": {"type": "Point", "coordinates": [100 + n, 15]}}
            for n in (3, 1, 2)
        ],
    }
    found = geojson.parse(document)
    assert [shape.x for shape in found.geometries] == [101, 102, 103]
    assert [properties["seq"] for properties in found.properties] == [1, 2, 3]
    assert found.document_properties == {"status": "DRAFT"}


def test_heights_are_dropped_and_said() -> None:
    found = geojson.parse({"type": "LineString", "coordinates": [[102, 15, 200], [102.1, 15, 210]]})
    assert not found.geometries[0].has_z
    assert [(problem.code, problem.level) for problem in found.problems] == [("geojson_z_dropped", "info")]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, ["geojson_not_an_object"]),
        ([], ["geojson_not_an_object"]),
        ({}, ["geojson_unknown_type"]),
        ({"type": "Circle"}, ["geojson_unknown_type"]),
        ({"type": "Point"}, ["geojson_bad_coordinates"]),
        ({"type": "Point", "coordinates": []}, ["geojson_bad_position"]),
        ({"type": "Point", "coordinates": ["102", 15]}, ["geojson_not_a_number"]),
        ({"type": "Point", "coordinates": [True, 15]}, ["geojson_not_a_number"]),
        ({"type": "Point", "coordinates": [None, 15]}, ["geojson_not_a_number"]),
        ({"type": "Point", "coordinates": [float("nan"), 15]}, ["not_finite"]),
        ({"type": "Point", "coordinates": [float("inf"), 15]}, ["not_finite"]),
        ({"type": "Point", "coordinates": [10**400, 15]}, ["not_finite"]),
        ({"type": "Point", "coordinates": [613053.1, 1530567.9]}, ["geojson_not_degrees"]),
        ({"type": "LineString", "coordinates": [[102, 15]]}, ["geojson_line_too_short"]),
        ({"type": "LineString", "coordinates": "x"}, ["geojson_bad_coordinates"]),
        ({"type": "Polygon", "coordinates": [RING[:-1]]}, ["geojson_ring_too_short"]),
        ({"type": "Polygon", "coordinates": [[*RING[:-1], [102.5, 15]]]}, ["geojson_ring_not_closed"]),
        ({"type": "Polygon", "coordinates": []}, ["geojson_bad_coordinates"]),
        ({"type": "MultiPoint", "coordinates": []}, ["geometry_empty"]),
        ({"type": "FeatureCollection", "features": []}, ["geometry_empty"]),
        ({"type": "FeatureCollection"}, ["geojson_bad_features"]),
        ({"type": "FeatureCollection", "features": [1]}, ["geojson_not_a_feature"]),
        ({"type": "Feature", "geometry": None, "properties": {}}, ["geometry_empty"]),
        (
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [102, 15]}, "properties": 3},
            ["geojson_bad_properties"],
        ),
        (
            {
                "type": "Point",
                "coordinates": [102, 15],
                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}},
            },
            ["geojson_crs_member"],
        ),
    ],
)
def test_what_is_refused(document: object, expected: list[str]) -> None:
    found = geojson.parse(document)
    assert [problem.code for problem in found.problems] == expected
    assert found.geometries == []
    assert found.errors


def test_the_old_crs_member_that_says_nothing_new() -> None:
    document = {
        "type": "Point",
        "coordinates": [102, 15],
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
    }
    found = geojson.parse(document)
    assert len(found.geometries) == 1
    assert codes(document) == ["geojson_crs_ignored"]


def test_all_faults_come_at_once_with_their_place() -> None:
    document = {"type": "LineString", "coordinates": [["a", 1], [102, 15], [102], [102, float("nan")]]}
    found = geojson.parse(document)
    assert [(p.code, p.where["path"]) for p in found.problems] == [
        ("geojson_not_a_number", "$.coordinates[0]"),
        ("geojson_bad_position", "$.coordinates[2]"),
        ("not_finite", "$.coordinates[3]"),
    ]


def test_depth_vertices_and_problems_have_limits() -> None:
    deep: dict[str, Any] = {"type": "Point", "coordinates": [102, 15]}
    for _ in range(geojson.MAX_DEPTH + 1):
        deep = {"type": "GeometryCollection", "geometries": [deep]}
    assert codes(deep) == ["geojson_too_deep"]
    long = {"type": "LineString", "coordinates": [[102, 15]] * (geojson.MAX_VERTICES + 1)}
    assert codes(long) == ["too_many_vertices"]
    many = {"type": "MultiPoint", "coordinates": [[102, 15]] * (geojson.MAX_SEGMENTS + 1)}
    assert codes(many) == ["geojson_too_many_segments"]
    bad = {"type": "LineString", "coordinates": [["x", 1]] * 1000}
    assert len(codes(bad)) == geojson.MAX_PROBLEMS


MEMBERS = st.sampled_from(["type", "coordinates", "geometries", "features", "geometry", "properties"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(MEMBERS, inner)
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["Point", "Polygon", "Feature", "FeatureCollection"]), "coordinates": inner}
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON)
def test_any_json_is_survived(document: object) -> None:
    found = geojson.parse(document)
    assert bool(found.geometries) != bool(found.errors)


def test_written_to_seven_decimals_counter_clockwise() -> None:
    clockwise = shapely.Polygon([(102, 15), (102, 15.123456789), (102.1, 15), (102, 15)])
    written = geojson.dump(clockwise)
    ring = written["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw
    assert [102.0, 15.1234568] in ring


LONLAT = st.tuples(st.floats(97.5, 105.5), st.floats(5.7, 20.4))


@settings(deadline=None)
@given(st.lists(LONLAT, min_size=2, max_size=20))
def test_a_line_survives_writing_and_reading(points: list[tuple[float, float]]) -> None:
    """1 cm: seven decimals are 0.6 cm at most."""
    line = shapely.LineString(points)
    (back,) = geojson.parse(orjson.loads(geojson.dump_text(line))).geometries
    assert shapely.get_coordinates(back) == pytest.approx(shapely.get_coordinates(line), abs=5.1e-8)


def test_segments_are_written_as_one_or_as_a_collection() -> None:
    point = shapely.Point(102, 15)
    assert geojson.dump_segments([point])["type"] == "Point"
    assert geojson.dump_segments([point, point])["type"] == "GeometryCollection"

"""What people paste from other programs: links, URIs, WKT, Plus Codes."""

from __future__ import annotations

import pytest

from gis.coordinates import parse, parse_many, read
from gis.pasted import plus_code

LAT, LON = 15.808367, 102.03


@pytest.mark.parametrize(
    "text",
    [
        # Google Maps: the pin of a place, not the middle of the map
        "https://www.google.com/maps/place/15%C2%B048'30.1%22N+102%C2%B001'48.0%22E/@15.9,102.2,17z/data=!3m1!4b1!4m4"
        "!3m3!8m2!3d15.808367!4d102.03",
        "https://www.google.com/maps/place/15%C2%B048'30.1%22N+102%C2%B001'48.0%22E",
        "https://www.google.co.th/maps/@15.808367,102.03,17z?hl=th",
        "https://www.google.com/maps?q=15.808367,102.03",
        "https://maps.google.com/maps?q=15.808367%2C102.03&z=17",
        "https://maps.google.com/?q=loc:15.808367+102.03",
        "https://www.google.com/maps/search/15.808367,+102.03?entry=tts",
        "https://www.google.com/maps/search/?api=1&query=15.808367%2C102.03",
        "https://www.google.com/maps/dir/?api=1&destination=15.808367,102.03",
        "https://www.google.com/maps/dir//15.808367,102.03/@15.9,102.2,15z",
        # a position shared in LINE
        "ตำแหน่งที่ตั้ง\n99 หมู่ 4 ต.หนองสาธิต 36110\nhttps://maps.google.com/maps?q=15.808367%2C102.03",
        # others
        "https://maps.apple.com/?ll=15.808367,102.03&q=Pin",
        "https://www.openstreetmap.org/?mlat=15.808367&mlon=102.03#map=17/15.9/102.2",
        "https://www.openstreetmap.org/#map=17/15.808367/102.03",
        "https://www.bing.com/maps?cp=15.808367~102.03&lvl=17",
        "https://line.me/R/nv/location/?lat=15.808367&lng=102.03",
        "15.808367, 102.030, 180",
        "15.808367 102.0300 182.5 m",
        "geo:15.808367,102.03",
        "geo:15.808367,102.03,120;crs=wgs84;u=35",
        "geo:0,0?q=15.808367,102.03(บ่อบาดาล)",
        "POINT(102.03 15.808367)",
        "POINT Z (102.03 15.808367 182.5)",
        "SRID=4326;POINT(102.03 15.808367)",
        "SRID=32648;POINT(181811.75 1749989.69)",
        "7P74R25J+82",
        "R25J+82 หนองสาธิต ชัยภูมิ",
        "r25j+82",
    ],
)
def test_a_position_from_another_program(text: str) -> None:
    (row,) = parse_many(text, near=(102.1, 15.9))
    (reading,) = row.readings
    assert (reading.kind, row.problems) == ("as_given", [])
    # A cell of a Plus Code is 14 m wide.
    assert (reading.lon, reading.lat) == pytest.approx((LON, LAT), abs=2e-4)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://maps.app.goo.gl/AbCdEfGh12345", "coordinates_short_link"),
        ("https://goo.gl/maps/AbCdEfGh", "coordinates_short_link"),
        ("https://www.google.com/maps/place/Nong+Sathit", "coordinates_link_without"),
        ("R25J+82 หนองสาธิต", "coordinates_short_plus_code"),
        ("849VCWC8+W9", "coordinates_outside"),
        ("https://maps.google.com/maps?q=48.8584,2.2945", "coordinates_outside"),
        ("x" * 500, "coordinates_too_long"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, code: str) -> None:
    for answer in (read(text), *parse_many(text)):
        assert [problem.code for problem in answer.problems] == [code]


def test_a_link_of_any_length_is_read() -> None:
    link = "https://www.google.com/maps/place/X/@15.9,102.2,17z/data=" + "!1s0x0" * 200 + "!3d15.808367!4d102.03"
    assert [round(reading.lat, 6) for reading in parse(link)] == [LAT]


def test_a_way_has_two_places() -> None:
    (row,) = parse_many("https://www.google.com/maps/dir/15.808367,102.03/15.9,102.1/@15.85,102.06,13z")
    assert [round(reading.lat, 6) for reading in row.readings] == [LAT, 15.9]
    assert [problem.code for problem in row.problems] == ["coordinates_ambiguous"]


def test_pairs_on_one_line_are_vertices() -> None:
    rows = parse_many("16.04219,101.91107 16.045,101.92; 16.05, 101.93")
    assert [(row.row, row.readings[0].lat) for row in rows] == [(1, 16.04219), (2, 16.045), (3, 16.05)]
    assert len(parse_many("16.04219,101.91107")) == 1


def test_vertices_of_a_geometry() -> None:
    rows = parse_many("LINESTRING(102.03 15.80, 102.04 15.81, 102.05 15.82)")
    assert [(round(row.readings[0].lon, 2), round(row.readings[0].lat, 2)) for row in rows] == [
        (102.03, 15.8),
        (102.04, 15.81),
        (102.05, 15.82),
    ]
    assert len(parse_many("POLYGON((102.03 15.80, 102.04 15.80, 102.04 15.81, 102.03 15.80))")) == 3
    utm = parse_many("SRID=32648;LINESTRING(181833 1748899, 181900 1748950)")
    assert [{reading.epsg for reading in row.readings} for row in utm] == [{32648}, {32648}]


def test_a_short_plus_code_is_the_nearest_one() -> None:
    """The cell is the one that puts the code nearest to the reference, not the reference's own."""
    near_edge = plus_code("X2XX+XX", near=(102.99, 15.99))
    assert near_edge is not None
    assert abs(near_edge.lon - 102.99) <= 0.5
    assert abs(near_edge.lat - 15.99) <= 0.5
    assert plus_code("8Q6QMG93+742") == plus_code("MG93+742", near=(135.5, 34.7))

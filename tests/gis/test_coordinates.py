"""Every notation of Thai practice, and that nothing ambiguous is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis import coordinates, crs
from gis.measure import GEOD

PLACE = (102.03, 15.808333)


def metres(reading: coordinates.Reading, lon: float, lat: float) -> float:
    return float(GEOD.inv(reading.lon, reading.lat, lon, lat)[2])


@pytest.mark.parametrize(
    "text",
    [
        "15.808333, 102.03",
        "102.03 15.808333",
        "15.808333 102.03",
        "(15.808333, 102.03)",
        "15,808333 102,03",
        "15,808333; 102,03",
        "๑๕.๘๐๘๓๓๓ ๑๐๒.๐๓",
        "N 15.808333 E 102.03",
        "15.808333N,102.03E",
        "102.03E 15.808333N",
        "15.808333° น. 102.03° อ.",
        "15°48'30\"น 102°01'48\"อ",
        "น 15°48'30\" อ 102°01'48\"",
        "๑๕.๘๐๘๓๓๓น ๑๐๒.๐๓อ",
        "lat 15.808333 lon 102.03",
        "Lat: 15.808333 Long: 102.03",
        "ละติจูด 15.808333 ลองจิจูด 102.03",
        "15°48'30\"N 102°01'48\"E",
        "15º 48’ 30” N, 102º 01’ 48” E",
        "15° 48.5' 102° 1.8'",
        "15 48 30 102 1 48",
        "15-48-30 N 102-01-48 E",
        "N15 48 30 E102 1 48",
        "๑๕ องศา ๔๘ ลิปดา ๓๐ ฟิลิปดา เหนือ ๑๐๒ องศา ๑ ลิปดา ๔๘ ฟิลิปดา ตะวันออก",
        "https://www.google.com/maps/@15.808333,102.03,17z",
        "https://maps.google.com/?q=15.808333,102.03",
    ],
)
def test_degrees(text: str) -> None:
    answer = coordinates.read(text)
    assert [reading.kind for reading in answer.readings] == ["as_given"], answer
    assert metres(answer.readings[0], *PLACE) < 0.2
    assert answer.problems == []


@pytest.mark.parametrize(
    ("text", "epsg"),
    [
        ("47N 673310 1520741", 32647),
        ("47P 0673310 1520741", 32647),
        ("UTM 47 P 673310 E 1520741 N", 32647),
        ("E 673310 N 1520741", 32647),
        ("N 1520741 E 673310", 32647),
        ("673,310 1,520,741", 32647),
        ("673310,1520741", 32647),
        ("673,310.00, 1,520,741.00", 32647),
        ("X=673310 Y=1520741", 32647),
        ("E 673310.00 ม. N 1520741.00 ม.", 32647),
        ("โซน 47 ๖๗๓๓๑๐ ๑๕๒๐๗๔๑", 32647),
        ("Indian 1975 47N 673310 1520741", 24047),
        ("EPSG:24047 673310 1520741", 24047),
    ],
)
def test_metres(text: str, epsg: int) -> None:
    (reading,) = coordinates.parse(text)
    expected, _ = crs.to_wgs84((673_310.0, 1_520_741.0), epsg)
    assert (reading.epsg, reading.kind) == (epsg, "as_given")
    assert metres(reading, *expected) < 0.01


def test_a_zone_that_is_not_given_is_not_guessed() -> None:
    answer = coordinates.read("E 400000 N 1700000")
    assert [reading.epsg for reading in answer.readings] == [32647, 32648]
    assert [problem.code for problem in answer.problems] == ["coordinates_ambiguous"]
    assert answer.is_ambiguous


def test_axes_that_are_not_named_are_not_guessed_in_the_far_south() -> None:
    kinds = [reading.kind for reading in coordinates.parse("700000 800000")]
    assert kinds == ["as_given", "swapped_en"]
    assert [reading.kind for reading in coordinates.parse("E700000 N800000")] == ["as_given"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("lat 102.03 lon 15.8", "swapped_lonlat"),
        ("1520741 673310", "swapped_en"),
        ("48N 673310 1520741", "wrong_zone"),
    ],
)
def test_what_had_to_be_supposed_is_said(text: str, kind: str) -> None:
    (reading,) = coordinates.parse(text)
    assert reading.kind == kind
    assert reading.reason


def test_mgrs_of_the_royal_gazette() -> None:
    """'VE ๒๐๔๕๐๘' is 48Q 420400 1950800 (tambon.blogspot.com, GPS and Thai UTM coordinates, Jan 2010). 1 cm."""
    expected, _ = crs.to_wgs84((420_400.0, 1_950_800.0), 32648)
    for text in ("VE ๒๐๔๕๐๘", "48Q VE 204508", "48QVE2040050800", "48Q VE 20400 50800"):
        (reading,) = coordinates.parse(text)
        assert metres(reading, *expected) < 0.01


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "coordinates_missing"),
        ("  \u200b ", "coordinates_missing"),
        ("ไม่มี", "coordinates_unreadable"),
        ("102.03", "coordinates_unreadable"),
        ("1 2 3", "coordinates_unreadable"),
        ("15°70'30\"N 102°01'48\"E", "coordinates_unreadable"),
        ("0 0", "coordinates_outside"),
        ("51.5, -0.12", "coordinates_outside"),
        ("9" * 500, "coordinates_too_long"),
    ],
)
def test_what_cannot_be_read(text: str, code: str) -> None:
    answer = coordinates.read(text)
    assert [problem.code for problem in answer.problems] == [code]
    assert all(reading.kind == "outside" for reading in answer.readings)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    answer = coordinates.read(text)
    assert answer.readings or answer.problems


@settings(deadline=None)
@given(st.floats(97.5, 105.5), st.floats(5.7, 20.4))
def test_a_place_is_found_again_in_every_notation(lon: float, lat: float) -> None:
    """Six decimals or centimetres: 0.2 m; the place is always among the readings."""
    zone = 47 if lon < 102 else 48
    (easting, northing), _ = crs.from_wgs84((lon, lat), 32600 + zone)
    minutes = [(int(v), (v - int(v)) * 60) for v in (lat, lon)]
    texts = [
        f"{lat:.6f}, {lon:.6f}",
        f"{lon:.6f} {lat:.6f}",
        f"{zone}N {easting:.2f} {northing:.2f}",
        " ".join(f"{degrees}°{min(rest, 59.999999):.6f}'" for degrees, rest in minutes),
    ]
    for text in texts:
        assert min(metres(reading, lon, lat) for reading in coordinates.parse(text)) < 0.2, text


def test_a_table_with_heading_names_and_a_bad_line() -> None:
    text = "จุด\tE\tN โซน 47\n1\t673310\t1520741\n\nหลัก กม. 2\t673400\t1520800\nไม่มี\nA3 673,500 1,520,900"
    rows = coordinates.parse_many(text)
    assert [row.row for row in rows] == [2, 4, 5, 6]
    assert [len(row.readings) for row in rows] == [1, 1, 0, 1]
    assert [problem.code for problem in rows[2].problems] == ["coordinates_unreadable"]


def test_the_heading_s_zone_decides_for_every_line() -> None:
    rows = coordinates.parse_many("E N zone 48\n400000 1700000\n400100 1700100")
    assert coordinates.common_epsg(rows) == (32648,)


def test_numbered_degrees() -> None:
    rows = coordinates.parse_many("1,15.8,102.03\n2,15.9,102.04")
    assert [round(row.readings[0].lat, 4) for row in rows] == [15.8, 15.9]


def test_one_system_for_all_rows() -> None:
    assert coordinates.common_epsg(coordinates.parse_many("400000 1700000\n673310 1520741")) == (32647,)
    assert coordinates.common_epsg(coordinates.parse_many("400000 1700000\nx y\n")) == ()


def test_a_table_has_an_end() -> None:
    rows = coordinates.parse_many("15.8 102.03\n" * (coordinates.MAX_ROWS + 5))
    assert [problem.code for problem in rows[-1].problems] == ["coordinates_too_many_rows"]
    assert len(rows) == coordinates.MAX_ROWS + 1

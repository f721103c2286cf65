"""The coordinate doctor: mistakes that people make, at places whose right numbers are known."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from bench import doctor as corpus
from gis import crs
from gis.doctor import GivenPoints, Places, datum_evidence, diagnose, repeated, uniform_readings
from gis.doctor.places import distances_m

# A village road in Chaiyaphum's east, just in zone 48: 15°48'30.12" N 102°01'48.00" E.
LON, LAT = 102.03, 15.808367
EASTING, NORTHING = (round(float(v), 2) for v in crs.from_wgs84((LON, LAT), 32648)[0])
TAMBON = shapely.box(101.99, 15.77, 102.07, 15.85)


def look(x: float, y: float, epsg: int, near: tuple[float, float] | None = None, polygon: object = TAMBON):
    given = GivenPoints(
        np.array([x], dtype=float),
        np.array([y], dtype=float),
        np.array([epsg]),
        np.array([0]),
        None if near is None else np.array([near]),
    )
    found = diagnose(given, Places([polygon]))
    return found.verdicts[0], found.readings.get(0, [])


@pytest.mark.parametrize(
    ("x", "y", "epsg", "kind"),
    [
        (LAT, LON, 4326, "swapped_lonlat"),
        (NORTHING, EASTING, 32648, "swapped_en"),
        (EASTING, NORTHING, 32647, "wrong_zone"),
        (EASTING, NORTHING, 4326, "wrong_notation"),
        (LON, LAT, 32648, "wrong_notation"),
        (102.0148, 15.483012, 4326, "dms_as_decimal"),
        (LON, 15808367, 4326, "missing_point"),
    ],
)
def test_the_mistake_is_named_first_and_the_place_is_right(x: float, y: float, epsg: int, kind: str) -> None:
    verdict, readings = look(x, y, epsg)
    assert verdict == "implausible"
    assert readings[0].kind == kind
    assert distances_m(np.array([[readings[0].lon, readings[0].lat]]), np.array([[LON, LAT]]))[0] < 2


def test_digits_of_an_easting() -> None:
    lost = float(str(EASTING).replace("8", "", 1))
    doubled = float(str(EASTING)[:2] + str(EASTING)[1:])
    for given, kind in ((lost, "missing_digit"), (doubled, "extra_digit")):
        verdict, readings = look(given, NORTHING, 32648)
        assert verdict == "implausible"
        assert (readings[0].kind, readings[0].axis) == (kind, 0)
        away = distances_m(np.array([[readings[0].lon, readings[0].lat]]), np.array([[LON, LAT]]))[0]
        assert away <= readings[0].spread_m * 1.01 + 1


def test_a_village_nearby_chooses_among_the_digits() -> None:
    """Where the third digit is lost, several fit the tambon; the named village says which."""
    given = float(f"{EASTING:.2f}"[:2] + f"{EASTING:.2f}"[3:])
    _, alone = look(given, NORTHING, 32648)
    _, beside = look(given, NORTHING, 32648, near=(LON, LAT))
    assert alone[0].choices == beside[0].choices > 1
    assert distances_m(np.array([[beside[0].lon, beside[0].lat]]), np.array([[LON, LAT]]))[0] < 100


def test_right_numbers_raise_no_alarm_and_few_digits_do() -> None:
    assert look(LON, LAT, 4326) == ("plausible", [])
    assert look(EASTING, NORTHING, 32648) == ("plausible", [])
    assert look(102.03, 15.81, 4326)[0] == "truncated"
    assert look(0, 0, 4326)[0] == "zero"
    assert look(float("nan"), LAT, 4326)[0] == "zero"


def test_numbers_that_fit_nowhere_have_no_reading() -> None:
    assert look(11.5, 48.1, 4326) == ("implausible", [])


def test_without_a_claimed_place_only_thailand_speaks() -> None:
    given = GivenPoints(np.array([LON, 11.5]), np.array([LAT, 48.1]), np.array([4326, 4326]), np.array([-1, -1]))
    assert diagnose(given, Places([TAMBON])).verdicts.tolist() == ["plausible", "implausible"]


def indian(lonlat: np.ndarray) -> np.ndarray:
    return crs.from_wgs84(lonlat, 24048)[0]


def test_a_file_in_the_other_datum_is_decided_by_its_limits() -> None:
    """Of points all over the tambon those near two of its sides fall outside; read in Indian 1975 all are inside."""
    rng = np.random.default_rng(1)
    lonlat = np.column_stack((rng.uniform(101.991, 102.069, 200), rng.uniform(15.771, 15.849, 200)))
    xy = indian(lonlat)
    given = GivenPoints(xy[:, 0], xy[:, 1], np.full(200, 32648), np.zeros(200, dtype=np.intp))
    best = uniform_readings(given, Places([TAMBON]))[0]
    assert (best.kind, best.epsg, best.swapped, best.inside) == ("wrong_datum", 24048, False, 200)
    assert best.inside_as_given < 200
    right = GivenPoints(*crs.from_wgs84(lonlat, 32648)[0].T, given.epsg, given.place)
    assert uniform_readings(right, Places([TAMBON])) == []


def test_known_roads_decide_a_datum_that_no_limit_shows() -> None:
    rng = np.random.default_rng(2)
    roads = shapely.linestrings([[(102.0, y), (102.06, y + 0.01)] for y in np.linspace(15.78, 15.83, 4)])
    on_roads = shapely.get_coordinates(
        shapely.line_interpolate_point(np.repeat(roads, 6), rng.random(6 * len(roads)), normalized=True)
    )
    xy = indian(on_roads)
    found = datum_evidence(xy[:, 0], xy[:, 1], 32648, roads)
    assert found.decided == 24048
    assert found.other_median_m < 2
    right = crs.from_wgs84(on_roads, 32648)[0]
    assert datum_evidence(right[:, 0], right[:, 1], 32648, roads).decided is None
    assert datum_evidence(xy[:3, 0], xy[:3, 1], 32648, roads).decided is None  # three points decide nothing


def test_one_point_for_many_works() -> None:
    lonlat = np.array([[LON, LAT], [LON + 0.01, LAT], [LON, LAT], [np.nan, np.nan], [LON, LAT], [LON + 0.01, LAT]])
    assert [group.tolist() for group in repeated(lonlat)] == [[0, 2, 4]]


def test_the_corpus_keeps_its_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of the documentation, on a small corpus over made-up tambons."""
    monkeypatch.delenv("EPLAN_BENCH_TAMBONS", raising=False)
    *_, total, _ = corpus.run(seed=7, cases=300)
    assert total["found_%"] >= 99
    assert total["first_%"] >= 95
    assert total["alarms_%"] <= 0.5

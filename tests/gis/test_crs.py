"""Pinned operations: the published test vector, round trips, what numbers can be."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from gis import crs
from gis.measure import GEOD

EPSG_CODES = sorted(crs.OPERATIONS)


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(*a, *b)[2])


def test_indian_1975_meets_the_published_point() -> None:
    """One mark in both datums (geomatics-tech.blogspot.com, Indian-Thailand 1975 UTM, 2011): 2 m asked, 0.3 m met."""
    indian, _ = crs.to_wgs84((673_310.690, 1_520_741.207), 24047)
    published, _ = crs.to_wgs84((672_978.171, 1_521_044.256), 32647)
    assert metres_between(indian, published) < 0.3


def test_the_choice_of_proj_would_miss_it() -> None:
    """Why nothing here asks PROJ for a way: its own is about 189 m off (domain notes 7.3)."""
    chosen = Transformer.from_crs(24047, 4326, always_xy=True).transform(673_310.690, 1_520_741.207)
    published, _ = crs.to_wgs84((672_978.171, 1_521_044.256), 32647)
    assert metres_between(chosen, published) > 100


@pytest.mark.parametrize("epsg", [32647, 32648])
def test_utm_is_the_utm_of_the_registry(epsg: int) -> None:
    """Same datum on both sides: PROJ's own transformation is exact. 1 µm."""
    registry = Transformer.from_crs(epsg, 4326, always_xy=True).transform(400_000, 1_700_000)
    ours, _ = crs.to_wgs84((400_000.0, 1_700_000.0), epsg)
    assert metres_between(ours, registry) < 1e-6


@pytest.mark.parametrize("epsg", [24047, 24048, 4240])
def test_ignoring_the_datum_is_hundreds_of_metres(epsg: int) -> None:
    point = (101.5, 15.5)
    given_numbers, _ = crs.from_wgs84(point, epsg)
    as_if_wgs84 = given_numbers if epsg == 4240 else crs.to_wgs84(given_numbers, epsg - 24000 + 32600)[0]
    assert 300 < metres_between(point, as_if_wgs84) < 600


@settings(deadline=None)
@given(st.floats(97.4, 105.6), st.floats(5.7, 20.4), st.sampled_from(EPSG_CODES))
def test_there_and_back(lon: float, lat: float, epsg: int) -> None:
    """1 cm, for every system and both zones: across datums the ellipsoidal height is left aside on both ways."""
    there, operation = crs.from_wgs84((lon, lat), epsg)
    back, same = crs.to_wgs84(there, epsg)
    assert operation == same == crs.operation(epsg).id
    assert metres_between((lon, lat), back) < 0.01


def test_geometries_arrays_and_numbers_agree() -> None:
    line = shapely.LineString([(673_000, 1_520_000), (673_500, 1_520_500)])
    converted, _ = crs.to_wgs84(line, 24047)
    many, _ = crs.to_wgs84(np.array([line, None, shapely.Point(673_000, 1_520_000)], dtype=object), 24047)
    numbers, _ = crs.to_wgs84(shapely.get_coordinates(line), 24047)
    assert shapely.equals_exact(many[0], converted)
    assert many[1] is None
    assert shapely.get_coordinates(converted) == pytest.approx(numbers)
    assert (many[2].x, many[2].y) == pytest.approx(tuple(numbers[0]))


def test_unknown_systems_are_refused() -> None:
    with pytest.raises(crs.UnsupportedCrsError) as caught:
        crs.to_wgs84((0.0, 0.0), 3857)
    assert caught.value.epsg == 3857


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((101.1, 15.0, 102.3, 16.2), (4326, 4240)),
        ((400_000, 1_700_000, 410_000, 1_710_000), (32647, 32648, 24047, 24048)),
        ((673_310, 1_520_741, 673_311, 1_520_742), (32647, 24047)),
        ((181_814, 1_741_000, 190_000, 1_749_000), (32648, 24048)),
        ((700_000, 1_500_000, 1_212_663, 2_000_000), (32647, 24047)),
        ((15.0, 101.1, 16.2, 102.3), ()),
        ((0, 0, 0, 0), ()),
        ((float("nan"), 0, 1, 1), ()),
    ],
)
def test_candidates(bounds: crs.Bounds, expected: tuple[int, ...]) -> None:
    assert crs.candidates(bounds) == expected


@settings(deadline=None)
@given(st.floats(97.5, 105.5), st.floats(5.7, 20.4), st.sampled_from([24047, 24048, 32647, 32648]))
def test_the_true_system_is_always_a_candidate(lon: float, lat: float, epsg: int) -> None:
    zone_west = epsg in (24047, 32647)
    if zone_west != (lon < 102):
        return
    # Inside the zone and inside Thailand's easting range of that zone.
    (x, y), _ = crs.from_wgs84((lon, lat), epsg)
    easting = crs.operation(epsg).easting_m
    northing = crs.operation(epsg).northing_m
    assert easting is not None
    assert northing is not None
    if easting[0] <= x <= easting[1] and northing[0] <= y <= northing[1]:
        assert epsg in crs.candidates((x, y, x, y))


def test_browser_definitions_carry_the_same_shift() -> None:
    definitions = crs.proj4_definitions()
    for epsg in (24047, 24048, 4240):
        assert "+towgs84=204.4798,837.8940,294.7765" in definitions[f"EPSG:{epsg}"]
        ellipsoid = CRS.from_proj4(definitions[f"EPSG:{epsg}"]).ellipsoid
        assert ellipsoid is not None
        assert ellipsoid.semi_major_metre == pytest.approx(6_377_276.345)


def test_no_geopandas_on_the_tile_path() -> None:
    import subprocess
    import sys

    code = "import gis.crs, gis.measure, sys; sys.exit('geopandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

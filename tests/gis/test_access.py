"""Access: against geodesics and brute force, islands, rasters with known sums, and what has no answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin

from gis.access import (
    land_of,
    lonlat,
    mercator,
    nearest,
    people_of_raster,
    reach,
    water_points,
)
from gis.measure import GEOD

LON = st.floats(101.9, 102.1)
LAT = st.floats(15.9, 16.1)
PLACES = st.lists(st.tuples(LON, LAT), min_size=1, max_size=12)


def points(places: list[tuple[float, float]]) -> np.ndarray:
    return mercator(shapely.points(np.array(places)))


@settings(max_examples=60)
@given(PLACES, PLACES, st.floats(100, 5000))
def test_nearest_and_reach_are_those_of_all_geodesics(
    places: list[tuple[float, float]], works: list[tuple[float, float]], within_m: float
) -> None:
    every = np.array([[GEOD.inv(*one, *other)[2] for other in works] for one in places])
    found = nearest(points(places), points(works))
    # The nearest on the map may be another that lies as near: its distance is what counts.
    assert found.distance_m == pytest.approx(every.min(axis=1), rel=0.005, abs=0.01)
    pairs = reach(points(works), points(places), within_m)
    clear = np.abs(every - within_m) > 0.01
    told = np.zeros_like(every, dtype=bool)
    told[pairs.place, pairs.work] = True
    assert (told == (every <= within_m))[clear].all()


def test_coordinates_go_there_and_back() -> None:
    there = np.array([[97.4, 5.7], [102.0, 15.8], [105.6, 20.4]])
    assert lonlat(shapely.get_coordinates(mercator(shapely.points(there)))) == pytest.approx(there, abs=1e-9)


def test_what_has_no_shape_is_not_known() -> None:
    places = np.array([None, shapely.Point(), shapely.Point(float("nan"), 1), *points([(102, 16)])], dtype=object)
    works = np.array([None, shapely.LineString(), *mercator([shapely.LineString([(102, 16.01), (102.1, 16.01)])])])
    found = nearest(places, works)
    assert found.placed.tolist() == [False, False, False, True]
    assert found.work.tolist() == [-1, -1, -1, 2]
    assert np.isnan(found.distance_m[:3]).all()
    assert not found.within(1e9)[:3].any()
    nowhere = nearest(points([(102, 16)]), np.array([], dtype=object))
    assert nowhere.work.tolist() == [-1]
    assert not nowhere.within(1e9).any()
    assert len(reach(works, places, 0).work) == 0


def test_a_work_of_several_shapes_is_as_near_as_the_nearest_of_them() -> None:
    pond, pipe = shapely.box(102.0, 16.0, 102.01, 16.01), shapely.LineString([(102.01, 16.0), (102.05, 16.0)])
    works = mercator(np.array([shapely.GeometryCollection([pond, pipe]), shapely.MultiPoint([(103, 16), (102.2, 16)])]))
    villages = points([(102.005, 16.005), (102.05, 16.001), (102.2, 16.0)])
    found = nearest(villages, works)
    assert found.work.tolist() == [0, 0, 1]
    assert found.distance_m == pytest.approx([0, 110.7, 0], abs=0.1)
    assert reach(works, villages, 200).place.tolist() == [0, 1, 2]


def test_a_road_across_the_water_is_no_road() -> None:
    mainland, island = shapely.box(101, 15, 102, 16), shapely.box(102.01, 15.4, 102.1, 15.5)
    neighbour = shapely.box(100, 15, 101, 16)
    land = mercator(np.array([neighbour, mainland, island]))
    villages = points([(101.99, 15.45), (102.015, 15.45)])
    roads = mercator(np.array([shapely.LineString([(101.99, 15.44), (101.99, 15.46)])]))
    of_villages, of_roads = land_of(land, villages), land_of(land, roads)
    assert of_villages.tolist() == [0, 1]
    assert of_roads.tolist() == [0]
    plain = nearest(villages, roads)
    found = nearest(villages, roads, place_land=of_villages, work_land=of_roads)
    assert plain.within(3_000).tolist() == [True, True]
    assert found.within(3_000).tolist() == [True, False]
    assert found.work.tolist() == [0, -1]
    pairs = reach(roads, villages, 3_000, work_land=of_roads, place_land=of_villages)
    assert pairs.place.tolist() == [0]


def test_water_points_share_people_and_a_broken_one_tells_who_would_gain() -> None:
    villages = points([(102.0, 16.0), (102.1, 16.0), (102.2, 16.0)])
    people = np.array([300.0, 200.0, np.nan])
    # Two working wells equally far from the first village, a broken one beside the second, one where nobody is counted.
    wells = points([(102.0, 16.005), (102.0, 15.995), (102.1, 16.001), (102.2, 16.0)])
    found = water_points(villages, people, wells, np.array([True, True, False, True]), np.array([100.0, 0, 500, 500]))
    assert found.local_people == pytest.approx([300, 300, 200, 0])
    assert found.users == pytest.approx([150, 150, 200, 0], abs=0.1)
    assert found.crucialness == pytest.approx([0.5, 0.5, 1, np.nan], abs=1e-3, nan_ok=True)
    assert found.pressure == pytest.approx([1.5, np.nan, np.nan, 0], abs=1e-2, nan_ok=True)
    assert found.unserved_people == pytest.approx([0, 0, 200, 0])


@given(PLACES, PLACES, st.data())
@settings(max_examples=40)
def test_users_of_working_points_are_everybody_within_reach(
    places: list[tuple[float, float]], wells: list[tuple[float, float]], data: st.DataObject
) -> None:
    people = np.array(data.draw(st.lists(st.integers(0, 900), min_size=len(places), max_size=len(places))), dtype=float)
    working = np.ones(len(wells), dtype=bool)
    found = water_points(points(places), people, points(wells), working, np.full(len(wells), 500.0), 3_000)
    served = np.isin(np.arange(len(places)), reach(points(wells), points(places), 3_000).place)
    assert found.users.sum() == pytest.approx(people[served].sum())


def write(path: Path, values: np.ndarray, **more: object) -> str:
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "height": values.shape[0], "width": values.shape[1],
        "crs": "EPSG:32648", "transform": from_origin(180_000, 1_770_000, 1000, 1000), "nodata": -1.0, **more,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(values.astype("float32"), 1)
    return str(path)


def test_people_of_a_raster_are_shared_by_exact_fractions_and_sum_to_the_whole(tmp_path: Path) -> None:
    values = np.arange(1, 101, dtype=float).reshape(10, 10)
    values[0, 0], values[0, 1] = -1.0, np.nan
    path = write(tmp_path / "people.tif", values)
    import geopandas as gpd

    halves = gpd.GeoSeries(
        [shapely.box(180_000, 1_760_000, 184_300, 1_770_000), shapely.box(184_300, 1_760_000, 190_000, 1_770_000)],
        crs=32648,
    ).to_crs(4326)
    found = people_of_raster(path, np.array(halves, dtype=object))
    everybody = np.nansum(values[values > 0])
    left = np.nansum(np.where(values[:, :4] > 0, values[:, :4], 0)) + 0.3 * values[:, 4].sum()
    of_area = np.bincount(found["area"], weights=found["people"])
    # Straight edges of the projection bend a little in degrees.
    assert of_area.sum() == pytest.approx(everybody, rel=1e-4)
    assert of_area[0] == pytest.approx(left, rel=2e-3)
    assert (found["lon"].min() > 101.9, found["lat"].max() < 16.1) == (True, True)


@pytest.mark.parametrize(
    ("why", "more", "value"),
    [
        ("raster_crs_missing", {"crs": None}, 1.0),
        ("raster_rotated", {"transform": rasterio.Affine(1000, 100, 180_000, 100, -1000, 1_770_000)}, 1.0),
        ("raster_negative", {}, -5.0),
    ],
)
def test_a_raster_that_cannot_be_counted_says_why(
    tmp_path: Path, why: str, more: dict[str, object], value: float
) -> None:
    path = write(tmp_path / "odd.tif", np.full((4, 4), value), **more)
    with pytest.raises(ValueError, match=why):
        people_of_raster(path, np.array([shapely.box(101.9, 15.9, 102.2, 16.1)], dtype=object))


def test_a_raster_of_nothing_has_nobody(tmp_path: Path) -> None:
    path = write(tmp_path / "empty.tif", np.full((4, 4), -1.0))
    found = people_of_raster(path, np.array([shapely.box(101.9, 15.9, 102.2, 16.1)], dtype=object))
    assert [len(column) for column in found.values()] == [0, 0, 0, 0]

"""Known answers on analytic ground, whatever the grid it comes on: in metres, in degrees, turned."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from affine import Affine
from shapely.geometry import LineString, Point, box

from gis.catchment import catchment
from gis.crs import from_wgs84, to_wgs84
from gis.measure import area_m2
from gis.rasters.limits import RasterLimits
from gis.rasters.loading import take_in
from gis.rasters.reading import values_at
from gis.terrain import profile, slope_percent
from gis.zonal import zonal_statistics

EAST_M, NORTH_M = 605_000.0, 1_695_000.0
"""The middle of everything, zone 47."""
Ground = Callable[[npt.NDArray[Any], npt.NDArray[Any]], npt.NDArray[Any]]
GRIDS = ("metres", "degrees", "turned")


def plane(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Rises by 4 % to the east and 3 % to the north: 5 % in all."""
    return 500 + 0.04 * (x - EAST_M) + 0.03 * (y - NORTH_M)


def cone(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """300 m at its top, 10 % everywhere."""
    return 300 - 0.1 * np.hypot(x - EAST_M, y - NORTH_M)


def valley(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A V whose bed falls to the west, along the middle of a row of pixels; its sides are steeper than its bed."""
    return 100 + 0.08 * np.abs(y - NORTH_M - 10) + 0.01 * (x - EAST_M)


def given(path: Path, ground: Ground, grid: str) -> Path:
    """The ground of a square of 6 km as a GeoTIFF of this grid, pixels of 20 m."""
    side, cell, crs = 300, 20.0, "EPSG:32647"
    lie = Affine.translation(EAST_M, NORTH_M)
    if grid == "turned":
        side, lie = 430, lie @ Affine.rotation(30)
    lie = lie @ Affine.scale(cell, -cell) @ Affine.translation(-side / 2, -side / 2)
    if grid == "degrees":
        lon, lat = to_wgs84((EAST_M, NORTH_M), 32647)[0]
        lie = Affine(cell / 107_400, 0, lon, 0, -cell / 110_650, lat) @ Affine.translation(-side / 2, -side / 2)
        crs = "EPSG:4326"
    column, row = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    x, y = lie @ (column.ravel(), row.ravel())
    if grid == "degrees":
        x, y = from_wgs84(np.column_stack((x, y)), 32647)[0].T
    with rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32", crs=crs, transform=lie
    ) as file:
        file.write(ground(x, y).reshape(side, side).astype("float32"), 1)
    return path


def kept(tmp_path: Path, ground: Ground, grid: str) -> Path:
    made = tmp_path / "made.tif"
    take_in(given(tmp_path / "given.tif", ground, grid), made, epsg=None, limits=RasterLimits())
    return made


def geodesic(shape: Any) -> Any:
    return to_wgs84(shape, 32647)[0]


@pytest.mark.parametrize("grid", GRIDS)
def test_values_and_slope_of_a_plane(tmp_path: Path, grid: str) -> None:
    made = kept(tmp_path, plane, grid)
    places = [(EAST_M + dx, NORTH_M + dy) for dx in (-1500, 37, 1200) for dy in (-900, 11, 1700)]
    found = values_at(made, [geodesic(place) for place in places])
    wanted = [float(plane(np.array(x), np.array(y))) for x, y in places]
    # A turned raster is laid north up with the value of the pixel below: half a pixel's diagonal at 5 %.
    assert found == pytest.approx(wanted, abs=0.75 if grid == "turned" else 0.01)
    line = geodesic(LineString([(EAST_M - 1000, NORTH_M), (EAST_M + 1000, NORTH_M)]))
    along = profile(made, line)
    assert along.highest_m - along.lowest_m == pytest.approx(80, abs=1.5 if grid == "turned" else 0.1)
    assert along.climb_m == pytest.approx(80, rel=0.05) and along.descent_m == pytest.approx(0, abs=1)
    # Scale of the projection and noise of what was turned aside, it is 4 % all along.
    assert along.steepest_percent == pytest.approx(4, rel=0.35 if grid == "turned" else 0.01)


@pytest.mark.parametrize("grid", GRIDS)
def test_zones_of_a_plane_and_a_cone(tmp_path: Path, grid: str) -> None:
    """The mean of a plane is that of its middle; of a cone in a disc a third below its top."""
    places = (
        Point(EAST_M, NORTH_M).buffer(1500, quad_segs=64),
        box(EAST_M - 700, NORTH_M + 300, EAST_M + 500, NORTH_M + 900),
    )
    zones = gpd.GeoDataFrame(geometry=[geodesic(each) for each in places], index=["disc", "box"], crs="EPSG:4326")
    table = zonal_statistics(kept(tmp_path, plane, grid), zones)
    assert list(table["note"]) == ["", ""] and table["covered_share"].to_numpy() == pytest.approx(1, abs=1e-6)
    assert table.loc["disc", "mean"] == pytest.approx(500, abs=0.1)
    assert table.loc["box", "mean"] == pytest.approx(500 - 4 + 18, abs=0.1)
    assert table.loc["disc", "area_m2"] == pytest.approx(area_m2(zones.geometry["disc"]), rel=1e-4)
    table = zonal_statistics(kept(tmp_path, cone, grid), zones)
    assert table.loc["disc", "mean"] == pytest.approx(300 - 150 * 2 / 3, abs=0.2)
    assert table.loc["disc", "max"] == pytest.approx(300, abs=2)
    assert table.loc["disc", "min"] == pytest.approx(150, abs=3)


def test_a_cone_is_as_steep_everywhere_and_a_road_over_it_goes_up_and_down(tmp_path: Path) -> None:
    made = kept(tmp_path, cone, "metres")
    with rasterio.open(made) as dataset:
        steep = slope_percent(dataset.read(1).astype(float), 20, 20)
    away = np.hypot(*(np.mgrid[0:300, 0:300] - 149.5)) * 20
    assert steep[(away > 300) & np.isfinite(steep)] == pytest.approx(10, rel=0.01)
    over = profile(made, geodesic(LineString([(EAST_M - 1500, NORTH_M), (EAST_M + 1500, NORTH_M)])))
    assert (over.climb_m, over.descent_m) == pytest.approx((150, 150), abs=2)
    level = [(EAST_M + 1200 * math.cos(a), NORTH_M + 1200 * math.sin(a)) for a in np.linspace(0, 6.2, 400)]
    around = profile(made, geodesic(LineString(level)))
    assert around.highest_m - around.lowest_m < 0.3


@pytest.mark.parametrize("grid", ["metres", "degrees"])
def test_the_catchment_of_a_pond_in_a_valley_is_all_above_it(tmp_path: Path, grid: str) -> None:
    made = kept(tmp_path, valley, grid)
    found = catchment(made, geodesic(Point(EAST_M - 1000, NORTH_M + 10)), snap_m=100)
    # The sides lead straight down: water that reaches the bed above the pond comes from above it.
    assert found.touches_edge and found.filled_cells == 0
    assert found.area_m2 == pytest.approx(4_000 * 6_000, rel=0.15)
    above = geodesic(box(EAST_M - 400, NORTH_M - 2_500, EAST_M + 2_500, NORTH_M + 2_500))
    below = geodesic(box(EAST_M - 2_900, NORTH_M - 2_500, EAST_M - 1_900, NORTH_M + 2_500))
    assert found.outline.buffer(1e-4).covers(above)
    assert not found.outline.intersects(below)

"""Rasters: taken in whatever they are, and known answers on analytic ground."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint
from shapely.geometry import LineString, Point, Polygon, box

from gis.catchment import catchment_on, snapped
from gis.measure import area_m2
from gis.rasters.facts import CrsUnknown, RasterError
from gis.rasters.limits import RasterLimits
from gis.rasters.loading import take_in
from gis.rasters.process import load_raster
from gis.rasters.reading import Grid, grid_around, values_at
from gis.terrain import gradients, hillshade, lines_of, profile, slope_percent
from gis.zonal import class_shares, zonal_statistics
from tests.conftest import ROOT

REAL = ROOT.parent / "shared" / "data" / "rasters"
UTM = "EPSG:32647"
WEST, NORTH = 600_000.0, 1_700_000.0


def write(path: Path, values: Any, *, cell: float = 10.0, crs: str | None = UTM, **more: Any) -> Path:
    """A GeoTIFF with its north-west corner at a round place of zone 47."""
    bands = values if values.ndim == 3 else values[None]
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "width": bands.shape[2],
        "height": bands.shape[1],
        "count": bands.shape[0],
        "dtype": bands.dtype,
        "transform": Affine(cell, 0, WEST, 0, -cell, NORTH),
        **({"crs": crs} if crs else {}),
        **more,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(bands)
    return path


def taken(tmp_path: Path, values: Any, **more: Any) -> Path:
    made = tmp_path / "made.tif"
    take_in(write(tmp_path / "given.tif", values, **more), made, epsg=None, limits=RasterLimits())
    return made


def lonlat(x: float, y: float) -> tuple[float, float]:
    from gis.crs import to_wgs84

    point, _ = to_wgs84((x, y), 32647)
    return point


def geodesic(shape: Any) -> Any:
    from gis.crs import to_wgs84

    return to_wgs84(shape, 32647)[0]


def test_a_raster_is_kept_as_it_is(tmp_path: Path) -> None:
    values = np.arange(600 * 700, dtype="int32").reshape(600, 700)
    values[0, 0] = -1
    path = write(tmp_path / "given.tif", values, nodata=-1)
    facts = load_raster(path, tmp_path / "made.tif")
    assert (facts.width, facts.height, facts.epsg, facts.nodata) == (700, 600, 32647, "-1")
    band = facts.bands[0]
    assert (band.minimum, band.maximum, band.valid) == (1, 600 * 700 - 1, 600 * 700 - 1)
    assert facts.pixel_m == pytest.approx(10, rel=1e-3)
    with rasterio.open(tmp_path / "made.tif") as made:
        assert np.array_equal(made.read(1), values)
        assert made.overviews(1)
        assert made.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert [each.name for each in tmp_path.iterdir()] != [] and not list(tmp_path.glob("load-*"))


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("all-nodata.tif", "raster_all_nodata"),
        ("corrupt.tif", "raster_damaged"),
        ("float32.tif", "raster_without_crs"),
        ("rotated.tif", "raster_without_crs"),
        ("alpha.tif", ""),
        ("goes.tif", ""),
        ("test_esri_wkt.tif", ""),
    ],
)
@pytest.mark.realdata
def test_cases_of_rasterio(tmp_path: Path, name: str, outcome: str) -> None:
    path = REAL / "rasterio" / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    if not outcome:
        facts = take_in(path, tmp_path / "made.tif", epsg=None, limits=RasterLimits())
        assert facts.bands and [w.code for w in facts.warnings] == ["raster_outside_thailand"]
        return
    with pytest.raises(RasterError) as refused:
        take_in(path, tmp_path / "made.tif", epsg=None, limits=RasterLimits())
    assert refused.value.problem.code == outcome


def test_without_a_crs_it_asks_and_the_answer_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "given.tif", np.ones((4, 4), "uint8"), crs=None)
    with pytest.raises(CrsUnknown) as asked:
        load_raster(path, tmp_path / "made.tif")
    assert asked.value.candidates == (32647, 24047)
    assert "EPSG:32647" in asked.value.problem.values["candidates"]
    assert not (tmp_path / "made.tif").exists()
    assert load_raster(path, tmp_path / "made.tif", epsg=32647).epsg == 32647


def test_turned_rasters_lie_north_up_with_their_own_values(tmp_path: Path) -> None:
    values = np.array([[1, 2], [3, 4]], dtype="float32")
    upside_down = Affine(10, 0, WEST, 0, 10, NORTH - 20)
    made = taken(tmp_path, values, transform=upside_down)
    with rasterio.open(made) as file:
        assert np.array_equal(file.read(1), values[::-1])
        assert file.transform == Affine(10, 0, WEST, 0, -10, NORTH)
    quarter = Affine.translation(WEST, NORTH) @ Affine.rotation(30) @ Affine.scale(10, -10)
    made = taken(tmp_path, np.kron(values, np.ones((20, 20))).astype("uint8"), transform=quarter)
    with rasterio.open(made) as file:
        assert file.transform.b == file.transform.d == 0
    x, y = quarter @ (10.0, 30.0)
    assert values_at(made, [lonlat(x, y)], method="nearest")[0] == 3
    points = [GroundControlPoint(r, c, WEST + 10 * c, NORTH - 10 * r) for r, c in ((0, 0), (0, 2), (2, 0), (2, 2))]
    made = taken(tmp_path, values, transform=Affine.identity(), gcps=points)
    assert values_at(made, [lonlat(WEST + 15, NORTH - 5)], method="nearest")[0] == 2


def test_refusals(tmp_path: Path) -> None:
    def code(path: Path, **more: Any) -> str:
        with pytest.raises(RasterError) as refused:
            load_raster(path, tmp_path / "made.tif", **more)
        return refused.value.problem.code

    (tmp_path / "text.tif").write_text("no raster")
    assert code(tmp_path / "text.tif") == "raster_not_geotiff"
    one = write(tmp_path / "one.tif", np.ones((4, 4), "uint8"))
    assert code(one, limits=RasterLimits(values=15)) == "raster_too_large"
    assert code(one, limits=RasterLimits(bytes=10)) == "raster_file_too_large"
    assert code(one, epsg=999_999) == "raster_crs_unknown"
    picture = write(tmp_path / "picture.tif", np.ones((3, 4, 4), "uint8"))
    assert code(picture, heights=True) == "raster_no_heights"
    assert load_raster(picture, tmp_path / "made.tif").bands
    palette = write(tmp_path / "palette.tif", np.ones((4, 4), "uint8"), photometric="palette")
    assert code(palette, heights=True) == "raster_no_heights"
    assert load_raster(one, tmp_path / "made.tif", heights=True).bands  # low ground fits into a byte
    nan = write(tmp_path / "nan.tif", np.full((4, 4), np.nan, "float32"))
    assert code(nan) == "raster_all_nodata"


def test_indian_1975_has_its_pinned_shift(tmp_path: Path) -> None:
    """PROJ alone would be 189 m off: more than a pixel here."""
    from gis.crs import to_wgs84

    values = np.arange(100, dtype="float32").reshape(10, 10)
    made = taken(tmp_path, values, crs="EPSG:24047")
    place, _ = to_wgs84((WEST + 35.0, NORTH - 25.0), 24047)
    assert values_at(made, [place], method="nearest")[0] == 23


def test_values_between_pixels_and_beside_nothing(tmp_path: Path) -> None:
    values = np.add.outer(np.zeros(600), np.arange(700.0)).astype("float32")
    values[300, 300] = np.nan
    made = taken(tmp_path, values)
    at = [lonlat(WEST + 5005.0 + 2.5, NORTH - 105), lonlat(WEST + 3005, NORTH - 3005), lonlat(WEST - 100, NORTH)]
    found = values_at(made, at)
    assert found[0] == pytest.approx(500.25, abs=1e-3)
    assert np.isnan(found[1:]).all()
    # the neighbour of the hole leans on what is known
    assert values_at(made, [lonlat(WEST + 3015, NORTH - 3005)])[0] == pytest.approx(301, abs=0.01)


def test_zones_of_a_checkerboard(tmp_path: Path) -> None:
    values = (np.add.outer(np.arange(40), np.arange(40)) % 2).astype("uint8")
    made = taken(tmp_path, values)
    zones = gpd.GeoDataFrame(
        geometry=[
            geodesic(box(WEST + 100, NORTH - 300, WEST + 300, NORTH - 100)),
            geodesic(box(WEST + 5, NORTH - 25, WEST + 25, NORTH - 5)),
            geodesic(box(WEST - 100, NORTH - 100, WEST + 100, NORTH)),
            geodesic(box(WEST - 500, NORTH - 100, WEST - 400, NORTH)),
            Polygon(),
            None,
        ],
        index=["whole", "fractions", "half", "outside", "empty", "missing"],
        crs="EPSG:4326",
    )
    table = zonal_statistics(made, zones)
    assert list(table["note"]) == ["", "", "zone_partial", "zone_outside", "zone_invalid", "zone_invalid"]
    assert table.loc["whole", "sum"] == pytest.approx(200, rel=1e-4)
    assert table.loc["whole", "mean"] == pytest.approx(0.5, abs=1e-4)
    assert table.loc["fractions", "pixels"] == pytest.approx(4, rel=1e-3)
    assert table.loc["fractions", "sum"] == pytest.approx(2, rel=1e-2)
    assert table.loc["half", "covered_share"] == pytest.approx(0.5, rel=1e-3)
    # what is not known is never a zero
    assert table.loc[["outside", "empty", "missing"], ["sum", "mean"]].isna().all().all()
    assert table.loc["whole", "area_m2"] == pytest.approx(40_000, rel=2e-3)
    shares = class_shares(made, zones)
    assert shares.groupby("zone")["share"].sum().to_numpy() == pytest.approx(1)
    with pytest.raises(RasterError):
        zonal_statistics(made, zones, band=2)


def test_slope_and_shade_of_a_plane() -> None:
    heights = np.add.outer(-3.0 * np.arange(20), 4.0 * np.arange(20))
    east, north = gradients(heights, 100, 100)
    assert east[5, 5] == pytest.approx(0.04) and north[5, 5] == pytest.approx(0.03)
    assert slope_percent(heights, 100, 100)[1:-1, 1:-1] == pytest.approx(5.0)
    assert np.isnan(slope_percent(heights, 100, 100)[0, 0])
    # the sun stands in the north-west: a slope that faces it is lighter than level ground
    facing = np.add.outer(np.arange(5.0), np.arange(5.0)) * 10
    assert hillshade(facing, 10, 10)[2, 2] > 0.75 > hillshade(-facing, 10, 10)[2, 2]


def test_profile_of_a_plane(tmp_path: Path) -> None:
    columns = np.arange(400.0)
    made = taken(tmp_path, np.add.outer(np.zeros(400), columns * 0.5).astype("float32"))
    begin, end = lonlat(WEST + 500, NORTH - 2000), lonlat(WEST + 3500, NORTH - 2000)
    found = profile(made, LineString([begin, end]))
    assert found.length_m == pytest.approx(3000, rel=1e-3)
    assert np.nanmax(np.abs(found.slope_percent - 5)) < 0.01
    assert found.climb_m == pytest.approx(150, rel=1e-3) and found.descent_m == pytest.approx(0, abs=0.1)
    assert found.lengths_by_slope_m()[1][2] == pytest.approx(found.length_m, rel=1e-6)
    # A road shorter than the length that slopes are taken over; JSON knows no numbers of NumPy.
    short = profile(made, LineString([begin, lonlat(WEST + 560, NORTH - 2000)]))
    assert type(short.baseline_m) is float and short.baseline_m == pytest.approx(60, rel=1e-3)
    outside = LineString([lonlat(WEST - 900, NORTH), lonlat(WEST - 500, NORTH)])
    with pytest.raises(RasterError, match="profile_outside"):
        profile(made, outside)
    assert lines_of(Point(0, 0)) == []


def _grid(heights: Any, cell: float) -> Grid:
    from rasterio.crs import CRS

    return Grid(heights, Affine(cell, 0, WEST, 0, -cell, NORTH), CRS.from_string(UTM).to_wkt(), cell, cell)


def test_catchment_of_a_bowl_is_the_circle_of_its_rim() -> None:
    size, cell, rim = 201, 10.0, 600.0
    middle = size // 2
    row, column = np.mgrid[0:size, 0:size]
    heights = 100 - np.abs(np.hypot(row - middle, column - middle) * cell - rim) / 10
    pond = Point(lonlat(WEST + (middle + 0.5) * cell, NORTH - (middle + 0.5) * cell))
    found = catchment_on(_grid(heights, cell), pond)
    assert found.area_m2 == pytest.approx(math.pi * rim**2, rel=0.02)
    assert not found.touches_edge and found.filled_cells == 0
    assert found.area_m2 == pytest.approx(area_m2(found.outline))


def test_water_passes_hollows_and_flats_and_stops_at_the_divide() -> None:
    """A roof whose gutter falls to the west, with a hollow in it and a flat before the pond."""
    size, cell = 61, 10.0
    row, column = np.mgrid[0:size, 0:size].astype(float)
    heights = 50 + np.abs(row - 30) * 2 + column * 0.5
    heights[:, 40:] = 50 + np.abs(row[:, 40:] - 30) * 2 + 20 - (column[:, 40:] - 40) * 0.5
    heights[29:32, 20:24] -= 8
    heights[30, 8:14] = heights[30, 8]
    pond = Point(lonlat(WEST + 5.5 * cell, NORTH - 30.5 * cell))
    found = catchment_on(_grid(heights, cell), pond)
    # everything upstream of the pond up to the divide, the hollow's cells included; nothing beyond
    inside = geodesic(box(WEST + 15 * cell, NORTH - 33 * cell, WEST + 38 * cell, NORTH - 28 * cell))
    beyond = geodesic(box(WEST + 42 * cell, NORTH - 33 * cell, WEST + 60 * cell, NORTH - 28 * cell))
    assert found.outline.buffer(1e-7).covers(inside) and not found.outline.intersects(beyond)
    assert found.filled_cells > 0 and found.touches_edge


def test_a_finger_beside_the_stream_is_moved_into_it() -> None:
    size, cell = 61, 10.0
    row, column = np.mgrid[0:size, 0:size].astype(float)
    grid = _grid(50 + np.abs(row - 30) * 2 + column * 0.5, cell)
    beside = Point(lonlat(WEST + 20.5 * cell, NORTH - 33.5 * cell))
    moved = snapped(grid, beside, 50)
    assert moved.distance(Point(lonlat(WEST + 16.5 * cell, NORTH - 30.5 * cell))) < 2e-4
    assert catchment_on(grid, moved).cells > 500 > 100 > catchment_on(grid, beside).cells


def test_a_window_is_read_coarser_rather_than_larger(tmp_path: Path) -> None:
    made = taken(tmp_path, np.add.outer(np.arange(900.0), np.zeros(900)).astype("float32"))
    grid = grid_around(made, *lonlat(WEST + 4500, NORTH - 4500), 4000, most_cells=10_000)
    assert grid.values.size <= 10_000
    assert grid.cell_x_m == pytest.approx(80, rel=0.05)
    with pytest.raises(RasterError, match="raster_not_here"):
        grid_around(made, 99.0, 10.0, 100, most_cells=100)

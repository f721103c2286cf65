"""Rasters read in windows: values at points, and a grid around a place.

Only files that :mod:`gis.rasters.process` has made are opened here: tiled, with pyramids, north up. Memory is bounded
by the window, never by the file.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.errors import RasterioIOError
from rasterio.windows import Window

from gis.measure import GEOD
from gis.rasters.facts import RasterError
from gis.rasters.placing import from_lonlat, pinned, to_lonlat

# The skipped drivers of gis.gdal are those of two builds of GDAL; each misses some, which is nobody's concern.
logging.getLogger("rasterio._env").setLevel(logging.ERROR)
FloatArray = npt.NDArray[np.float64]
BLOCK = 512
CACHE_MB = 64
"""What GDAL keeps of decoded blocks in a process."""
# No file beside the raster is looked for, none is written, and nothing is fetched.
ENVIRONMENT: dict[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_CACHEMAX": CACHE_MB,
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
}
Method = Literal["bilinear", "nearest"]


@contextmanager
def open_raster(path: Path) -> Iterator[Any]:
    """A kept raster, open for the length of the block.

    Raises
    ------
    RasterError
        ``raster_damaged``: it cannot be opened or read.
    """
    with rasterio.Env(**ENVIRONMENT):
        try:
            with rasterio.open(path, driver="GTiff") as dataset:
                yield dataset
        except RasterioIOError as error:
            raise RasterError("raster_damaged", reason=str(error)[-200:]) from error


def cell_size_m(dataset: Any, transform: Affine, x: float, y: float) -> tuple[float, float]:
    """Width and height in metres (geodesic) of a cell of ``transform`` at a place in the raster's own coordinates."""
    half_x, half_y = abs(transform.a) / 2, abs(transform.e) / 2
    crs = pinned(dataset.crs).to_wkt()
    lon, lat = to_lonlat([x - half_x, x + half_x, x, x], [y, y, y - half_y, y + half_y], crs)
    _, _, metres = GEOD.inv([lon[0], lon[2]], [lat[0], lat[2]], [lon[1], lon[3]], [lat[1], lat[3]])
    return float(metres[0]), float(metres[1])


def values_at(path: Path, lonlat: npt.ArrayLike, *, band: int = 1, method: Method = "bilinear") -> FloatArray:
    """Values of a raster at points.

    Parameters
    ----------
    lonlat
        n x 2, degrees (EPSG:4326).
    method
        ``bilinear`` between the middles of the four nearest pixels (heights); ``nearest`` the pixel itself (classes,
        counts).

    Returns
    -------
    ndarray
        n values; NaN outside the raster and where its own pixel holds nothing. Of the four neighbours those that
        hold nothing have no weight.
    """
    points = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    found = np.full(len(points), np.nan)
    if not len(points):
        return found
    with open_raster(path) as dataset:
        x, y = from_lonlat(points[:, 0], points[:, 1], pinned(dataset.crs).to_wkt())
        column, row = ~dataset.transform @ (x, y)
        with np.errstate(invalid="ignore"):
            inside = (column >= 0) & (column < dataset.width) & (row >= 0) & (row < dataset.height)
        chosen = np.flatnonzero(inside)
        if not len(chosen):
            return found
        blocks = (row[chosen] // BLOCK).astype(np.int64) * (dataset.width // BLOCK + 1) + column[chosen] // BLOCK
        order = np.argsort(blocks, kind="stable")
        _, starts = np.unique(blocks[order], return_index=True)
        for part in np.split(chosen[order], starts[1:]):
            found[part] = _in_block(dataset, band, column[part], row[part], method)
    return found


def _in_block(dataset: Any, band: int, column: FloatArray, row: FloatArray, method: Method) -> FloatArray:
    left, top = max(0, int(column.min()) - 1), max(0, int(row.min()) - 1)
    right, bottom = min(dataset.width, int(column.max()) + 3), min(dataset.height, int(row.max()) + 3)
    values = read_valid(dataset, band, Window(left, top, right - left, bottom - top))
    own: FloatArray = values[row.astype(int) - top, column.astype(int) - left]
    if method == "nearest":
        return own
    across, down = column - 0.5 - left, row - 0.5 - top
    total, weights = np.zeros(len(column)), np.zeros(len(column))
    for step_down in (0, 1):
        for step_across in (0, 1):
            i, j = np.floor(down).astype(int) + step_down, np.floor(across).astype(int) + step_across
            weight = np.abs(1 - step_down - (down - np.floor(down))) * np.abs(
                1 - step_across - (across - np.floor(across))
            )
            near = values[np.clip(i, 0, values.shape[0] - 1), np.clip(j, 0, values.shape[1] - 1)]
            known = np.isfinite(near)
            total += np.where(known, near, 0) * weight
            weights += np.where(known, weight, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        between: FloatArray = np.where(np.isfinite(own), total / weights, np.nan)
    return between


def read_valid(
    dataset: Any, band: int, window: Window, shape: tuple[int, int] | None = None, *, average: bool = True
) -> FloatArray:
    """A window as doubles; NaN where there is nothing (nodata, masked, NaN and infinities alike)."""
    resampling = Resampling.average if average else Resampling.nearest
    try:
        read = dataset.read(band, window=window, out_shape=shape, masked=True, resampling=resampling)
    except RasterioIOError as error:
        raise RasterError("raster_damaged", reason=str(error)[-200:]) from error
    values: FloatArray = np.ma.filled(read.astype(np.float64), np.nan)
    values[~np.isfinite(values)] = np.nan
    return values * float(dataset.scales[band - 1]) + float(dataset.offsets[band - 1])


@dataclass(frozen=True)
class Grid:
    """A window of a raster.

    Parameters
    ----------
    values
        Rows from the north; NaN where there is nothing.
    transform
        From column and row to the raster's own coordinates.
    crs
        WKT of those coordinates, Indian 1975 with its pinned shift.
    cell_x_m, cell_y_m
        Width and height of a cell in metres in the middle of the window.
    """

    values: FloatArray
    transform: Affine
    crs: str
    cell_x_m: float
    cell_y_m: float


def grid_around(path: Path, lon: float, lat: float, reach_m: float, *, band: int = 1, most_cells: int) -> Grid:
    """The square of ``reach_m`` metres to each side of a place, read coarser where it has more than ``most_cells``.

    Raises
    ------
    RasterError
        ``raster_not_here``: the place lies outside the raster.
    """
    with open_raster(path) as dataset:
        x, y = (float(each) for each in from_lonlat(lon, lat, pinned(dataset.crs).to_wkt()))
        column, row = ~dataset.transform @ (x, y)
        if not (0 <= column < dataset.width and 0 <= row < dataset.height):
            raise RasterError("raster_not_here")
        width_m, height_m = cell_size_m(dataset, dataset.transform, x, y)
        across, down = math.ceil(reach_m / width_m), math.ceil(reach_m / height_m)
        left, top = max(0, int(column) - across), max(0, int(row) - down)
        right, bottom = min(dataset.width, int(column) + across + 1), min(dataset.height, int(row) + down + 1)
        window = Window(left, top, right - left, bottom - top)
        coarser = max(1.0, math.sqrt(window.width * window.height / most_cells))
        shape = max(3, int(window.height / coarser)), max(3, int(window.width / coarser))
        if coarser == 1.0:
            shape = int(window.height), int(window.width)
        values = read_valid(dataset, band, window, shape)
        scale = Affine.scale(window.width / shape[1], window.height / shape[0])
        transform = dataset.transform @ Affine.translation(left, top) @ scale
        cell_x_m, cell_y_m = cell_size_m(dataset, transform, x, y)
        return Grid(values, transform, pinned(dataset.crs).to_wkt(), cell_x_m, cell_y_m)

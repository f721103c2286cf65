"""Heights of the fictional province, and a flood along its streams: GeoTIFFs made by the seed, like everything else."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.features import rasterize
from scipy import ndimage

from app.services.demo.land import make_land
from app.services.demo.people import SEED
from app.services.demo.plane import to_lonlat

_CELL_DEG = 0.0006
_EDGE_DEG = 0.02
_METRES_OF_A_DEGREE = 108_500.0
_FLOOD_M = 2.4
SOURCE = "ข้อมูลสาธิต สร้างด้วยโปรแกรม ไม่ใช่พื้นที่จริง"


def rasters() -> Iterator[tuple[str, str, str, bytes]]:
    """File, title, kind and content of each."""
    ground, flood, lie = _surfaces()
    yield "demo-dem.tif", "ความสูงภูมิประเทศ (สาธิต)", "elevation", _geotiff(ground, lie)
    yield "demo-flood.tif", "ความลึกน้ำท่วม เมตร (สาธิต)", "flood", _geotiff(flood, lie)


def _surfaces() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], Affine]:
    land = make_land(np.random.default_rng(SEED))
    west, south, east, north = to_lonlat(np.array([land.province.shape]))[0].buffer(_EDGE_DEG).bounds
    shape = round((north - south) / _CELL_DEG), round((east - west) / _CELL_DEG)
    lie = Affine(_CELL_DEG, 0, west, 0, -_CELL_DEG, north)
    streams = to_lonlat(np.array([line for _, line in land.streams]))
    beds = rasterize(((line, 1) for line in streams), out_shape=shape, transform=lie, all_touched=True)
    away_m = ndimage.distance_transform_edt(beds == 0) * (_CELL_DEG * _METRES_OF_A_DEGREE)
    rng = np.random.default_rng(SEED)
    hills = sum(_waves(rng, shape, side) * height for side, height in ((60, 16.0), (18, 4.0), (5, 0.8)))
    row, column = np.mgrid[0 : shape[0], 0 : shape[1]]
    tilt = 205 - 45 * column / shape[1] - 15 * row / shape[0]
    valley = 34 * (1 - np.exp(-away_m / 3_200))
    # Streams keep their beds: hills rise with the distance from them.
    ground = tilt + valley + np.maximum(hills, -0.6 * valley) * np.clip(away_m / 1_500, 0, 1)
    depth = _FLOOD_M - valley - np.abs(hills) * 0.05
    return ground.astype("float32"), np.where(depth > 0.1, depth, np.nan).astype("float32"), lie


def _waves(rng: np.random.Generator, shape: tuple[int, int], side: int) -> npt.NDArray[np.float64]:
    noise: npt.NDArray[np.float64] = ndimage.gaussian_filter(rng.normal(size=shape), side, mode="nearest")
    noise /= noise.std()
    return noise


def _geotiff(values: npt.NDArray[np.float32], lie: Affine) -> bytes:
    made = io.BytesIO()
    with rasterio.open(
        made,
        "w",
        driver="GTiff",
        width=values.shape[1],
        height=values.shape[0],
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=lie,
        nodata=float("nan"),
        compress="deflate",
    ) as file:
        file.write(np.round(values, 1), 1)
    return made.getvalue()

"""Between the coordinate system of a raster and degrees: the one place of it, with the pinned shift of Indian 1975.

A raster may come in any system there is, not only in those of :mod:`gis.crs`. Where its datum is Indian 1975 the shift
is the one published; PROJ's own choice lands 189 m beside.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from pyproj import Transformer
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import CRSError
from rasterio.vrt import WarpedVRT
from shapely.geometry.base import BaseGeometry

from gis.crs import WITH_SHIFT, wkt_with_shift

FloatArray = npt.NDArray[np.float64]
Shapes = TypeVar("Shapes", BaseGeometry, npt.NDArray[Any])


def pinned(crs: CRS) -> CRS:
    """The coordinate system, Indian 1975 with its pinned shift."""
    try:
        epsg = crs.to_epsg()
    except CRSError:
        return crs
    return CRS.from_wkt(wkt_with_shift(epsg)) if epsg in WITH_SHIFT else crs


def known_epsg(epsg: int) -> bool:
    """True when there is a coordinate system of this number."""
    try:
        return bool(CRS.from_epsg(epsg))
    except CRSError:
        return False


def lonlat_under(x: float, y: float, epsg: int) -> tuple[float, float] | None:
    """Where a place of a raster would lie in degrees if its numbers were of this system; ``None`` off the earth.

    Examples
    --------
    >>> lonlat_under(102.0, 16.0, 4326)
    (102.0, 16.0)
    >>> lonlat_under(102.0, 1_600_000.0, 4326) is None
    True
    """
    lon, lat = to_lonlat([x], [y], pinned(CRS.from_epsg(epsg)).to_wkt())
    if not (abs(lon[0]) <= 180 and abs(lat[0]) <= 90):
        return None
    return float(lon[0]), float(lat[0])


def to_lonlat(x: npt.ArrayLike, y: npt.ArrayLike, crs: str) -> tuple[FloatArray, FloatArray]:
    """Coordinates of a raster to degrees; infinite where they are not on the earth.

    Parameters
    ----------
    crs
        WKT of :func:`pinned`.
    """
    lon, lat = _transformer(crs, "EPSG:4326").transform(x, y)
    return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)


def from_lonlat(lon: npt.ArrayLike, lat: npt.ArrayLike, crs: str) -> tuple[FloatArray, FloatArray]:
    """Degrees to coordinates of a raster."""
    x, y = _transformer("EPSG:4326", crs).transform(lon, lat)
    return np.asarray(x, dtype=float), np.asarray(y, dtype=float)


def shapes_to_lonlat(shapes: Shapes, crs: str) -> Shapes:
    """Shapes in the coordinates of a raster to degrees."""
    made: Shapes = shapely.transform(shapes, lambda xy: np.column_stack(to_lonlat(xy[:, 0], xy[:, 1], crs)))
    return made


def shapes_from_lonlat(shapes: Shapes, crs: str) -> Shapes:
    """Shapes in degrees to the coordinates of a raster."""
    made: Shapes = shapely.transform(shapes, lambda xy: np.column_stack(from_lonlat(xy[:, 0], xy[:, 1], crs)))
    return made


def on_the_map(dataset: Any, lie: Affine, side_px: int, *, nearest: bool) -> WarpedVRT:
    """A raster laid on a square of the map (EPSG:3857), read from its pyramids."""
    return WarpedVRT(
        dataset,
        src_crs=pinned(dataset.crs),
        crs="EPSG:3857",
        transform=lie,
        width=side_px,
        height=side_px,
        resampling=Resampling.nearest if nearest else Resampling.bilinear,
    )


def laid_north_up(dataset: Any, crs: CRS, **options: Any) -> WarpedVRT:
    """A raster in its own coordinate system, each new pixel with the value of the one under its middle."""
    return WarpedVRT(dataset, src_crs=crs, crs=crs, resampling=Resampling.nearest, **options)


@lru_cache(maxsize=64)
def _transformer(given: str, wanted: str) -> Transformer:
    return Transformer.from_crs(given, wanted, always_xy=True)

"""Zonal statistics against exactextract itself, and tiles, over a raster of heights and made-up tambons.

Rounds are interleaved; both read the same file and areas and their sums are compared in every round, so a fast wrong
answer cannot win. exactextract is given areas that lie in the raster's system already, which ours have to be brought
to: that, checking and the table are what the ratio shows.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely.affinity
from affine import Affine
from exactextract import exact_extract

from gis.rasters.limits import BY_COMMAND
from gis.rasters.process import load_raster
from gis.zonal import STATISTICS, zonal_statistics
from layers.base import Tile
from layers.raster import RasterLayer

ROUNDS = 5
WEST, NORTH, CELL = 101.0, 16.5, 0.0003
SIDE = 3_000
ZONES = 40
LIMIT = 1.5


def run(**options: Any) -> list[dict[str, Any]]:
    """Seconds and their ratio.

    Parameters
    ----------
    options
        ``rounds`` (default 5), ``side`` in pixels (default 3000), ``zones`` along a side (default 40).
    """
    rounds, side = int(options.get("rounds", ROUNDS)), int(options.get("side", SIDE))
    zones = _zones(side, int(options.get("zones", ZONES)))
    with tempfile.TemporaryDirectory(prefix="zonal-") as name:
        path = _raster(Path(name), side)
        return [_zonal(path, zones, rounds, side), _tiles(path, side)]


def _zonal(path: Path, zones: Any, rounds: int, side: int) -> dict[str, Any]:
    ours, theirs, streamed = [], [], []
    zonal_statistics(path, zones)
    for _ in range(rounds):
        seconds, mine = _timed(lambda: zonal_statistics(path, zones))
        ours.append(seconds)
        seconds, raw = _timed(lambda: exact_extract(path, zones, list(STATISTICS), output="pandas"))
        theirs.append(seconds)
        more = {"output": "pandas", "strategy": "raster-sequential"}
        streamed.append(_timed(partial(exact_extract, path, zones, list(STATISTICS), **more))[0])
        if not np.allclose(mine["sum"], raw["sum"], rtol=1e-9):
            raise AssertionError("sums differ")
    found, peer, best = (statistics.median(each) for each in (ours, theirs, streamed))
    return {
        "what": "zonal statistics",
        "pixels": side * side,
        "areas": len(zones),
        "ours_s": found,
        "exactextract_s": peer,
        "exactextract_streamed_s": best,
        "ratio": found / peer,
        "ratio_to_streamed": found / best,
        "within": found / min(peer, best) <= LIMIT,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def _tiles(path: Path, side: int) -> dict[str, Any]:
    bounds = (WEST, NORTH - side * CELL, WEST + side * CELL, NORTH)
    layer = RasterLayer(
        name="x", title="x", kind="elevation", path=path, bounds=bounds, pixel_m=33.0, bands=1, low=0.0, high=500.0
    )
    look = layer.look(shade=True)
    taken = []
    for zoom in (7, 9, 11, 13):
        x = int((WEST + side * CELL / 2 + 180) / 360 * (1 << zoom))
        latitude = np.radians(NORTH - side * CELL / 2)
        y = int((1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2 * (1 << zoom))
        tile = Tile(zoom, x, y)
        taken += [_timed(partial(layer.png, tile, look))[0] * 1000 for _ in range(5)]
    return {"what": "shaded tile", "median_ms": statistics.median(taken), "worst_ms": max(taken)}


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    answer = work()
    return time.perf_counter() - begin, answer


def _raster(folder: Path, side: int) -> Path:
    across = np.linspace(0, 30, side)
    heights = (250 + 100 * np.add.outer(np.sin(across), np.cos(across * 1.3))).astype("float32")
    given = folder / "given.tif"
    with rasterio.open(
        given, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32", crs="EPSG:4326",
        transform=Affine(CELL, 0, WEST, 0, -CELL, NORTH),
    ) as file:  # fmt: skip
        file.write(heights, 1)
    load_raster(given, folder / "made.tif", limits=BY_COMMAND)
    return folder / "made.tif"


def _zones(side: int, count: int) -> Any:
    """Cells of a grid with wavy sides, about as many corners as a tambon has."""
    width = side * CELL / count
    corners = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    reach = width * 0.48 * (1 + 0.08 * np.sin(corners * 9))
    ring = np.column_stack((reach * np.cos(corners), reach * np.sin(corners)))
    shapes = [
        shapely.affinity.translate(shapely.Polygon(ring), WEST + (i + 0.5) * width, NORTH - (j + 0.5) * width)
        for i in range(count)
        for j in range(count)
    ]
    return gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")

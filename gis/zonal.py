"""Statistics of a raster per area, every pixel counted with the exact fraction of it that lies inside.

A rule of middles of pixels loses a tenth of the people of a small tambon; the fractions are those of exactextract.
The functions take and give tables, so they run over all areas at once, in batches, or in the partitions of a cluster.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from exactextract import exact_extract

from gis.measure import areas_m2
from gis.rasters.facts import RasterError
from gis.rasters.placing import pinned, shapes_from_lonlat
from gis.rasters.reading import open_raster

CELLS_IN_MEMORY = 16_000_000
"""Pixels that are held at once: 128 MB of doubles; a larger area is read in parts."""
STATISTICS = ("count", "sum", "mean", "min", "max", "stdev")
COLUMNS = ("area_m2", "pixels", "covered_share", "sum", "mean", "min", "max", "stdev", "note")
# A straight side of an area is bent in another coordinate system: longer ones get points in between (degrees).
_LONGEST_SIDE = 0.05
# What floating point and the bend of sides leave of a whole.
_WHOLE = 0.999
_NOWHERE = shapely.box(1e30, 1e30, 2e30, 2e30)
Frame = Any
"""A GeoDataFrame: geopandas has no types."""


def zonal_statistics(path: Path, zones: Frame, *, band: int = 1, most_cells: int = CELLS_IN_MEMORY) -> pd.DataFrame:
    """Statistics of a raster in areas.

    Parameters
    ----------
    path
        A kept raster (:mod:`gis.rasters.process`).
    zones
        GeoDataFrame of polygons in EPSG:4326; its index names the areas.
    band
        Number of the band, from 1.
    most_cells
        Pixels in memory at once.

    Returns
    -------
    DataFrame
        By the index of ``zones``: ``area_m2`` (geodesic); ``pixels``, the sum of fractions of pixels that hold a
        value; ``covered_share`` of the area that they cover, 0 to 1; ``sum``, ``mean``, ``min``, ``max``, ``stdev`` of
        the values weighted by the fractions, NaN where there is no value (never 0); ``note``, empty or why:
        ``zone_invalid`` (an empty or broken shape: nothing is computed), ``zone_outside`` (no value at all),
        ``zone_partial`` (less than 99.9 % covered: a sum is then of the covered part only).

    Raises
    ------
    RasterError
        ``raster_band_missing``; ``raster_damaged``.
    """
    with open_raster(path) as dataset:
        if not 1 <= band <= dataset.count:
            raise RasterError("raster_band_missing", band=band, count=dataset.count)
        made = _extracted(dataset, zones, band, list(STATISTICS), most_cells)
        pixel = abs(dataset.transform.a * dataset.transform.e)
    table = made.frame
    found = pd.DataFrame(index=zones.index, columns=list(COLUMNS), dtype=float)
    found["note"] = ""
    found["area_m2"] = areas_m2(zones.geometry.to_numpy())
    found.loc[~made.sound, "note"] = "zone_invalid"
    if len(table):
        at = zones.index[made.sound]
        known = (table["count"] > 0).to_numpy()
        found.loc[at, "pixels"] = table["count"].to_numpy(dtype=float)
        found.loc[at, "covered_share"] = np.clip(table["count"].to_numpy(dtype=float) * pixel / made.planar, 0, 1)
        for name in STATISTICS[1:]:
            found.loc[at, name] = np.where(known, table[name].to_numpy(dtype=float), np.nan)
        share = found.loc[at, "covered_share"].to_numpy()
        found.loc[at, "note"] = np.where(~known, "zone_outside", np.where(share < _WHOLE, "zone_partial", ""))
    return found


def class_shares(path: Path, zones: Frame, *, band: int = 1, most_cells: int = CELLS_IN_MEMORY) -> pd.DataFrame:
    """How much of each area every class of a raster takes.

    Returns
    -------
    DataFrame
        Columns ``zone`` (index of ``zones``), ``value``, ``share`` (of the pixels of the area that hold a value; the
        shares of an area sum to 1) and ``area_m2`` (that share of the covered part of the geodesic area). Areas
        without any value have no rows.
    """
    with open_raster(path) as dataset:
        if not 1 <= band <= dataset.count:
            raise RasterError("raster_band_missing", band=band, count=dataset.count)
        made = _extracted(dataset, zones, band, ["count", "unique", "frac"], most_cells)
        pixel = abs(dataset.transform.a * dataset.transform.e)
    table = made.frame
    lengths = [len(each) for each in table["unique"]] if len(table) else []
    at = zones.index[made.sound]
    shares = np.concatenate([*table["frac"], []]) if len(table) else np.array([])
    values = np.concatenate([*table["unique"], []]) if len(table) else np.array([])
    area = areas_m2(zones.geometry.to_numpy()[made.sound]) if len(table) else np.array([])
    covered = np.clip(table["count"].to_numpy(dtype=float) * pixel / made.planar, 0, 1) if len(table) else area
    return pd.DataFrame(
        {
            "zone": np.repeat(np.asarray(at), lengths),
            "value": values.astype(float),
            "share": shares.astype(float),
            "area_m2": np.repeat(area * covered, lengths) * shares.astype(float),
        }
    )


class _Extracted:
    """What exactextract says of the sound areas, and their size in square units of the raster."""

    def __init__(self, frame: pd.DataFrame, sound: Any, planar: Any) -> None:
        self.frame, self.sound, self.planar = frame, sound, planar


def _extracted(dataset: Any, zones: Frame, band: int, operations: list[str], most_cells: int) -> _Extracted:
    shapes = zones.geometry.to_numpy()
    sound = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes)) & shapely.is_valid(shapes)
    sound &= shapely.get_dimensions(shapes) == 2
    if not sound.any():
        return _Extracted(pd.DataFrame(), sound, np.array([]))
    crs = pinned(dataset.crs)
    chosen = zones.loc[sound, [zones.geometry.name]]
    if crs.to_epsg() != 4326:
        bent = shapely.segmentize(chosen.geometry.to_numpy(), _LONGEST_SIDE)
        laid = shapes_from_lonlat(bent, crs.to_wkt())
        # Where the system of the raster has no place for an area, the raster has nothing for it either.
        on_it = np.isfinite(shapely.bounds(laid)).all(axis=1)
        laid[~on_it] = _NOWHERE
        chosen = chosen.set_geometry(laid)
    planar = np.maximum(shapely.area(chosen.geometry.to_numpy()), 1e-12)
    # Compared with the raster's own name of the system, which has no pinned shift.
    chosen = chosen.set_crs(dataset.crs.to_wkt(), allow_override=True)
    frame = exact_extract(
        _OneBand(dataset, band),
        chosen,
        operations,
        output="pandas",
        # Each block of the file is decoded once for all areas that it meets, not once for each of them.
        strategy="raster-sequential",
        max_cells_in_memory=most_cells,
    )
    return _Extracted(frame, sound, planar)


def _OneBand(dataset: Any, band: int) -> Any:  # noqa: N802 - stands for a class of exactextract
    from exactextract.raster import RasterioRasterSource

    return RasterioRasterSource(dataset, band, name="value")

"""Analyses of one piece of the country: what a worker of a cluster does with the files of its piece.

A piece is a GeoParquet file of works, places or areas that lie near each other. What crosses the edge of a piece is
found because a worker also reads the files *beside* it, as far as the analysis reaches; each pair and each place is
told by one piece only. The functions know no cluster: called one after the other in one process they give the same
rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from gis.access import nearest
from gis.allocation import parts
from gis.measure import FloatArray
from gis.overlap import find_pairs
from gis.overlap_classes import WARRANTY_YEARS, compare
from gis.overlap_works import REACH_M, Work
from gis.zonal import class_shares, zonal_statistics

Frame = Any
"""A GeoDataFrame: geopandas has no types."""

WORK_COLUMNS = (
    "id", "organisation", "organisation_name", "fiscal_year_be", "kind", "name", "budget_baht", "surface",
    "water_source", "nature", "starts_on", "ends_on", "route_code", "start_m", "end_m", "gives_to", "gets_from",
    "joint", "plan_line", "accuracy_m",
)  # fmt: skip
"""Columns of a file of works beside ``number`` (unique, orders the two of a pair) and ``geometry``."""
PAIR_COLUMNS = ("a", "b", "class", "score", "shared_m", "shared_share", "reasons")
_METRES_A_DEGREE = 110_500.0
_BLOCK = 4_000


def read_beside(own: Path, beside: Sequence[Path], reach_m: float) -> tuple[Frame, Frame]:
    """A piece, and the rows of the pieces beside it that lie within reach of its box."""
    frame = gpd.read_parquet(own)
    if not len(frame):
        return frame, frame
    west, south, east, north = frame.total_bounds
    dy = reach_m / _METRES_A_DEGREE
    dx = dy / float(np.cos(np.radians(min(89.0, max(abs(south), abs(north))))))
    box = shapely.box(west - dx, south - dy, east + dx, north + dy)
    near = [other[other.geometry.intersects(box)] for other in map(gpd.read_parquet, beside)]
    near = [other for other in near if len(other)]
    return frame, pd.concat(near, ignore_index=True) if near else frame.iloc[:0]


def pairs_of_piece(
    own: Path, beside: Sequence[Path], reach_m: float = REACH_M, warranty_years: int = WARRANTY_YEARS
) -> pd.DataFrame:
    """Pairs of works of which the one with the smaller number lies in this piece.

    Parameters
    ----------
    own, beside
        Files of works with :data:`WORK_COLUMNS`, ``number`` and ``geometry``.
    reach_m, warranty_years
        As :func:`gis.overlap.find_pairs` and :func:`gis.overlap_classes.compare`.

    Returns
    -------
    DataFrame
        :data:`PAIR_COLUMNS` with the reasons as JSON, sorted by the numbers of the two.
    """
    frame, others = read_beside(own, beside, reach_m)
    if not len(frame):
        return pd.DataFrame(columns=list(PAIR_COLUMNS))
    whole: Frame = pd.concat([frame, others], ignore_index=True)
    numbers, inside = whole["number"].to_numpy(), np.arange(len(whole)) < len(frame)
    i, j = find_pairs(whole.geometry.to_numpy(), reach_m=reach_m)
    swap = numbers[i] > numbers[j]
    first, second = np.where(swap, j, i), np.where(swap, i, j)
    kept = inside[first]
    first, second = first[kept], second[kept]
    order = np.lexsort((numbers[second], numbers[first]))
    first, second = first[order], second[order]
    used = np.union1d(first, second)
    works = dict(zip(used.tolist(), _works(whole.iloc[used]), strict=True))
    return pd.DataFrame(_compared(works, first, second, warranty_years), columns=list(PAIR_COLUMNS))


def _compared(
    works: dict[int, Work], first: Any, second: Any, warranty_years: int
) -> Iterator[tuple[str, str, str, float, float, float, str]]:
    for start in range(0, len(first), _BLOCK):
        left = [works[n] for n in first[start : start + _BLOCK].tolist()]
        right = [works[n] for n in second[start : start + _BLOCK].tolist()]
        for a, b, verdict in zip(left, right, compare(left, right, warranty_years), strict=True):
            reasons = orjson.dumps([reason.as_dict() for reason in verdict.reasons], default=str).decode()
            yield a.id, b.id, verdict.class_, verdict.score, verdict.shared_m, verdict.shared_share, reasons


def _works(frame: Frame) -> Iterator[Work]:
    """Rows as works; what is missing in the file is missing in the work."""
    columns = [frame[name].tolist() for name in WORK_COLUMNS]
    for shape, *values in zip(frame.geometry.to_numpy(), *columns, strict=True):
        given = dict(zip(WORK_COLUMNS, values, strict=True))
        for name in ("fiscal_year_be", "budget_baht", "starts_on", "ends_on", "start_m", "end_m", "accuracy_m"):
            given[name] = None if pd.isna(given[name]) else given[name]
        for name in WORK_COLUMNS:
            if name not in given or (given[name] is None and isinstance(Work.__dataclass_fields__[name].default, str)):
                given[name] = ""
        if given["fiscal_year_be"] is not None:
            given["fiscal_year_be"] = int(given["fiscal_year_be"])
        if given["budget_baht"] is not None:
            given["budget_baht"] = Decimal(str(given["budget_baht"]))
        yield Work(geometry=shape, **given)


def nearest_of_piece(
    own: Path, works: Sequence[tuple[Path, tuple[float, float, float, float]]], reach_m: float = 5_000.0
) -> pd.DataFrame:
    """The nearest work of every place of a piece, as :func:`gis.access.nearest` finds it among all of them.

    Parameters
    ----------
    own
        File of places with a point (EPSG:3857): ``number``, ``land``.
    works
        Every file of works (``number``, ``land``, a shape in EPSG:3857) and the box of what is in it.
    reach_m
        How far around its box is looked at first, in units of the map. A work that lies nearer than what was looked at
        is the nearest of all; for places without one, more is read.

    Returns
    -------
    DataFrame
        ``number`` of the place, ``work`` (number; -1: none on its land) and ``distance_m`` (geodesic), by number.
    """
    frame = gpd.read_parquet(own).sort_values("number", ignore_index=True)
    table = pd.DataFrame({"number": frame["number"].to_numpy(), "work": np.int64(-1), "distance_m": np.nan})
    open_ = np.arange(len(frame))
    while len(open_):
        places = frame.iloc[open_]
        points = places.geometry.to_numpy()
        box = shapely.box(*places.total_bounds).buffer(reach_m).envelope
        beside = [path for path, bounds in works if box.intersects(shapely.box(*bounds))]
        near = _numbered(beside, box)
        shapes = near.geometry.to_numpy()
        found = nearest(points, shapes, place_land=places["land"].to_numpy(), work_land=near["land"].to_numpy())
        far = np.full(len(places), np.inf)
        some = found.work >= 0
        far[some] = shapely.distance(points[some], shapes[found.work[some]])
        everything = box.contains(shapely.box(*_around(works))) if works else True
        told = (far <= reach_m) | everything
        at = open_[told & some]
        table.loc[at, "work"] = near["number"].to_numpy()[found.work[told & some]]
        table.loc[at, "distance_m"] = found.distance_m[told & some]
        open_ = open_[~told]
        reach_m *= 4
    return table


def parts_of_piece(own: Path, zones: Sequence[Path]) -> pd.DataFrame:
    """What fraction of each work of a piece lies in which zone, as :func:`gis.allocation.parts` tells it.

    Parameters
    ----------
    own
        File of works: ``number`` and a shape (EPSG:3857).
    zones
        Files of zones with ``number`` that may meet them.

    Returns
    -------
    DataFrame
        ``work``, ``zone`` (numbers; zone -1: in none of them, -2: it has no shape) and ``fraction``.
    """
    frame = gpd.read_parquet(own).sort_values("number", ignore_index=True)
    near = _numbered(zones, shapely.box(*frame.total_bounds))
    found = parts(frame.geometry.to_numpy(), near.geometry.to_numpy())
    number = frame["number"].to_numpy()
    none = [np.full(len(found.outside), -1), np.full(len(found.shapeless), -2)]
    return pd.DataFrame(
        {
            "work": number[np.concatenate([found.work, found.outside, found.shapeless])],
            "zone": np.concatenate([near["number"].to_numpy()[found.zone], *none]),
            "fraction": np.concatenate([found.fraction, np.zeros(len(none[0]) + len(none[1]))]),
        }
    )


def _numbered(paths: Sequence[Path], box: Any) -> Frame:
    """Rows of files that meet a box, by their number."""
    read = [frame[frame.geometry.intersects(box)] for frame in map(gpd.read_parquet, paths)]
    if not read:
        return gpd.GeoDataFrame({"number": np.empty(0, int), "land": np.empty(0, int)}, geometry=[], crs=3857)
    return pd.concat(read, ignore_index=True).sort_values("number", ignore_index=True)


def _around(works: Sequence[tuple[Path, tuple[float, float, float, float]]]) -> FloatArray:
    boxes = np.array([bounds for _, bounds in works])
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def zones_of_piece(own: Path, raster: Path, band: int = 1, classes: bool = False) -> pd.DataFrame:
    """Statistics of a raster, or shares of its classes, in the areas (``number``) of a piece; see :mod:`gis.zonal`."""
    frame = gpd.read_parquet(own).set_index("number").sort_index()
    if classes:
        return class_shares(raster, frame, band=band)
    return zonal_statistics(raster, frame, band=band).rename_axis("zone").reset_index()

"""Analyses of one piece of the country: what a worker of a cluster does with the files of its piece.

A piece is a GeoParquet file (EPSG:4326) of works, villages or areas that lie near each other. What crosses the edge of
a piece is found because a worker also reads the files *beside* it, as far as the analysis reaches; each pair and each
place is told by one piece only. The functions know no cluster: called one after the other in one process they give the
same rows.
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

from gis.access import mercator, nearest
from gis.overlap import REACH_M, Work, find_pairs
from gis.overlap_classes import WARRANTY_YEARS, compare
from gis.zonal import zonal_statistics

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


def access_of_piece(own: Path, works: Sequence[Path], within_m: float) -> pd.DataFrame:
    """Whether the villages of a piece have a work within reach.

    Parameters
    ----------
    own
        File of villages: ``code``, ``people`` and a point.
    works
        Files of works that lie in this piece or beside it.
    within_m
        Geodesic metres.

    Returns
    -------
    DataFrame
        ``code``, ``people``, ``placed`` (False: nothing can be said), ``within``, and ``distance_m`` to the nearest
        work of those within reach (NaN beyond), sorted by code.
    """
    frame, near = read_beside(own, works, within_m * 1.02)
    found = nearest(mercator(frame.geometry.to_numpy()), mercator(near.geometry.to_numpy()))
    within = found.within(within_m)
    table = pd.DataFrame(
        {
            "code": frame["code"].to_numpy(),
            "people": frame["people"].to_numpy(),
            "placed": found.placed,
            "within": within,
            "distance_m": np.where(within, found.distance_m, np.nan),
        }
    )
    return table.sort_values("code", ignore_index=True)


def zones_of_piece(own: Path, raster: Path, band: int = 1) -> pd.DataFrame:
    """Statistics of a raster in the areas (``code``) of a piece; see :func:`gis.zonal.zonal_statistics`."""
    frame = gpd.read_parquet(own).set_index("code")
    table = zonal_statistics(raster, frame, band=band)
    return table.rename_axis("code").reset_index().sort_values("code", ignore_index=True)

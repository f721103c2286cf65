"""Analyses of the whole country in pieces, on the processors of this machine or on a cluster (Dask).

What is stored is written as spatially partitioned GeoParquet; the functions of :mod:`gis.partitions` run over the
pieces, each with what lies beside it. A piece whose worker dies is done again by another one. The folder of the pieces
has to be one that every worker sees under the same path. See ``docs/decisions/0029-the-nation-in-pieces.md``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import dask_geopandas
import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely
from distributed import Client, LocalCluster, as_completed
from sqlalchemy.orm import Session

from app.errors import Unavailable
from app.queries.copied import copied
from app.queries.nation import WORKS_IN_ORDER, WORKS_PARAMETERS, WORKS_SCHEMA, accuracy_of
from app.services.jobs import Progress, Silent
from gis.overlap_classes import WARRANTY_YEARS
from gis.overlap_works import REACH_M
from gis.partitions import pairs_of_piece

ROWS_A_PIECE = 25_000
"""Works of a piece: some 30 MB as a worker holds them, some seconds of its time."""
STEP_WRITING, STEP_PIECES = "nation_step_writing", "nation_step_pieces"
LOCAL = "local"
_RETRIES = 3
CONNECT_S = 20
Frame = Any
"""A GeoDataFrame: geopandas has no types."""


@dataclass(frozen=True)
class Pieces:
    """Files of one kind and the boxes of what is in them (in the system of the files), in the same order."""

    paths: tuple[Path, ...]
    boxes: Any

    @classmethod
    def in_folder(cls, folder: Path) -> Pieces:
        """Those that a folder holds; the boxes are those that the files themselves tell."""
        paths = tuple(sorted(folder.glob("*.parquet")))
        if not paths:
            return cls((), gpd.GeoSeries([], crs=4326))
        with dask.config.set({"dataframe.convert-string": False}):
            frame = dask_geopandas.read_parquet([os.fspath(path) for path in paths])
        return cls(paths, frame.spatial_partitions.reset_index(drop=True))

    def beside(self, number: int, reach_m: float) -> list[Path]:
        """Files that may hold something within reach of a piece, without itself."""
        return [self.paths[n] for n in self.near(self.boxes.iloc[number], reach_m) if n != number]

    def near(self, shape: Any, reach_m: float) -> list[int]:
        """Numbers of the pieces within reach of a shape."""
        # A degree of longitude is never longer than one of latitude: looked at is too much rather than too little.
        west, south, east, north = shape.bounds
        units = reach_m / 110_500.0 * 2 if self.boxes.crs.is_geographic else reach_m * 2
        box = shapely.box(west - units, south - units, east + units, north + units)
        return [int(n) for n in shapely.STRtree(self.boxes.to_numpy()).query(box, predicate="intersects")]


@contextmanager
def pieces_folder(folder: Path | None = None) -> Iterator[Path]:
    """An empty folder below ``folder`` (or the machine's temporary one) that goes with the work."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pieces-", dir=folder) as name:
        yield Path(name)


def write_works(
    session: Session, folder: Path, *, rows: int = ROWS_A_PIECE, progress: Progress | None = None
) -> Pieces:
    """Stored works with a place as pieces; memory is that of one piece."""
    watch = progress or Silent()
    kept: list[pa.RecordBatch] = []
    count = written = 0
    with copied(session, WORKS_IN_ORDER, WORKS_PARAMETERS, WORKS_SCHEMA) as batches:
        for batch in batches:
            kept.append(batch)
            count += batch.num_rows
            while count >= rows:
                table = pa.Table.from_batches(kept).combine_chunks()
                _write_piece(table.slice(0, rows), folder, written)
                written += 1
                watch.step(written * rows, None, STEP_WRITING)
                rest = table.slice(rows)
                kept, count = rest.to_batches(), rest.num_rows
    if count:
        _write_piece(pa.Table.from_batches(kept), folder, written)
    return Pieces.in_folder(folder)


def _write_piece(table: pa.Table, folder: Path, number: int) -> None:
    frame = table.to_pandas()
    shapes = shapely.from_wkb(frame.pop("geometry").to_numpy())
    frame["accuracy_m"] = accuracy_of(frame.pop("source"))
    _to_parquet(gpd.GeoDataFrame(frame, geometry=shapes, crs=4326), folder, number)


def write_frame(frame: Frame, folder: Path, *, rows: int = ROWS_A_PIECE) -> Pieces:
    """A table that is in memory already as pieces of neighbours; rows without a place come last."""
    placed = frame[~(frame.geometry.is_empty | frame.geometry.isna())]
    ordered = placed.iloc[placed.geometry.hilbert_distance().argsort(kind="stable")] if len(placed) else placed
    whole = pd.concat([ordered, frame.drop(ordered.index)])
    for number, start in enumerate(range(0, len(whole), rows)):
        _to_parquet(whole.iloc[start : start + rows], folder, number)
    return Pieces.in_folder(folder)


def _to_parquet(frame: Frame, folder: Path, number: int) -> None:
    frame.to_parquet(folder / f"{number:06d}.parquet", index=False)


@contextmanager
def cluster(scheduler: str, workers: int | None = None) -> Iterator[Client]:
    """Where pieces are worked on: at the address of a scheduler, or in processes of this machine (``local``).

    Raises
    ------
    Unavailable
        ``cluster_unreachable``.
    """
    if scheduler != LOCAL:
        try:
            client = Client(scheduler, timeout=CONNECT_S)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TimeoutError) as error:
            raise Unavailable("cluster_unreachable", {"address": scheduler[:100]}) from error
        with client:
            yield client
        return
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers or os.cpu_count() or 1,
            threads_per_worker=1,
            host="127.0.0.1",
            # No page of Dask: any free port, and not beyond this machine.
            dashboard_address="127.0.0.1:0",
        ) as local,
        Client(local) as client,  # type: ignore[no-untyped-call]
    ):
        yield client


def duplicates_in_pieces(
    client: Client, works: Pieces, *, warranty_years: int = WARRANTY_YEARS, progress: Progress | None = None
) -> pd.DataFrame:
    """All pairs of works within reach of each other, as :func:`gis.partitions.pairs_of_piece` tells them."""
    asked = [(path, works.beside(n, REACH_M), REACH_M, warranty_years) for n, path in enumerate(works.paths)]
    return done_in_pieces(client, pairs_of_piece, asked, progress)


def done_in_pieces(
    client: Client,
    function: Callable[..., pd.DataFrame],
    asked: Sequence[tuple[Any, ...]],
    progress: Progress | None,
) -> pd.DataFrame:
    """What the function says of every piece, in the order of the pieces whoever finished first."""
    watch = progress or Silent()
    watch.step(0, len(asked), STEP_PIECES)
    futures = [client.submit(function, *values, pure=False, retries=_RETRIES) for values in asked]
    numbers = {future.key: number for number, future in enumerate(futures)}
    found: dict[int, pd.DataFrame] = {}
    try:
        for future, table in as_completed(futures, with_results=True):  # type: ignore[no-untyped-call]
            found[numbers[future.key]] = table
            future.release()
            watch.step(len(found), len(asked), STEP_PIECES)
    finally:
        client.cancel(futures)  # type: ignore[no-untyped-call]
    tables = [found[number] for number in sorted(found) if len(found[number])]
    return pd.concat(tables, ignore_index=True) if tables else next(iter(found.values()), pd.DataFrame())

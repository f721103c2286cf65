"""Functions of ``gis/`` done piece by piece on a cluster: they take and give the same, whoever calls them.

An analysis that looks for the nearest, shares works among zones or takes statistics of a raster is given these in the
place of the plain ones; everything else of it stays as it is. See ``docs/decisions/0029-the-nation-in-pieces.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from distributed import Client

from app.services.jobs import Progress
from app.services.nation import Pieces, cluster, done_in_pieces, pieces_folder, write_frame
from gis.access import IntArray, Nearest, usable
from gis.allocation import Parts, Shapes
from gis.measure import GeometryArray
from gis.partitions import nearest_of_piece, parts_of_piece, zones_of_piece

PLACES_A_PIECE = 5_000
ZONES_A_PIECE = 200
"""Areas are few and large: a raster takes seconds for so many."""
Frame = Any
"""A GeoDataFrame: geopandas has no types."""


@dataclass(frozen=True)
class InPieces:
    """Where pieces are worked on, and the folder for them that every worker sees.

    Parameters
    ----------
    rows
        Of a piece, for all of them; None: as many as suit each.
    """

    client: Client
    folder: Path
    progress: Progress | None = None
    rows: int | None = None

    def nearest(
        self,
        places: GeometryArray,
        works: GeometryArray,
        *,
        place_land: IntArray | None = None,
        work_land: IntArray | None = None,
    ) -> Nearest:
        """As :func:`gis.access.nearest`."""
        by_land = place_land is not None and work_land is not None
        of_places = place_land if by_land and place_land is not None else np.zeros(len(places), dtype=np.int64)
        of_works = work_land if by_land and work_land is not None else np.zeros(len(works), dtype=np.int64)
        placed, sound = usable(places), usable(works)
        # A place on land without any work has none: nobody needs to look for it everywhere.
        asked = placed & np.isin(of_places, of_works[sound])
        found = Nearest(np.full(len(places), -1, dtype=np.int64), np.full(len(places), np.nan), placed)
        if asked.any():
            of = self._written("places", places, asked, PLACES_A_PIECE, land=of_places)
            near = self._written("works", works, sound, None, land=of_works)
            boxes = [(path, tuple(box.bounds)) for path, box in zip(near.paths, near.boxes, strict=True)]
            table = self._done(nearest_of_piece, [(path, boxes) for path in of.paths])
            number = table["number"].to_numpy()
            found.work[number] = table["work"].to_numpy()
            found.distance_m[number] = table["distance_m"].to_numpy()
        return found

    def parts(self, works: Shapes, zones: Shapes) -> Parts:
        """As :func:`gis.allocation.parts`."""
        shaped, sound = usable(works), usable(zones)
        none = np.zeros(0, dtype=np.int64)
        if not shaped.any():
            return Parts(none, none, np.zeros(0), none, np.flatnonzero(~shaped))
        of = self._written("works", works, shaped, None)
        within = self._written("zones", zones, sound, ZONES_A_PIECE)
        near = [[within.paths[n] for n in within.near(box, 0.0)] for box in of.boxes]
        table = self._done(parts_of_piece, list(zip(of.paths, near, strict=True)))
        table = table.sort_values(["work", "zone"], ignore_index=True)
        work, zone = table["work"].to_numpy(np.int64), table["zone"].to_numpy(np.int64)
        shapeless = np.concatenate([np.flatnonzero(~shaped), work[zone == -2]])
        shared = zone >= 0
        fraction = table["fraction"].to_numpy(float)
        return Parts(work[shared], zone[shared], fraction[shared], work[zone == -1], np.sort(shapeless))

    def zones(self, raster: Path, areas: Frame, *, band: int = 1, classes: bool = False) -> pd.DataFrame:
        """As :func:`gis.zonal.zonal_statistics`, or as :func:`gis.zonal.class_shares`."""
        shapes = gpd.GeoDataFrame({"number": range(len(areas))}, geometry=areas.geometry.to_numpy(), crs=areas.crs)
        pieces = write_frame(shapes, self._folder("areas"), rows=self.rows or ZONES_A_PIECE)
        table = self._done(zones_of_piece, [(path, raster, band, classes) for path in pieces.paths])
        table = table.sort_values("zone", kind="stable", ignore_index=True)
        code = areas.index.to_numpy()[table["zone"].to_numpy(np.int64)]
        if classes:
            return table.assign(zone=code)
        return table.drop(columns="zone").set_index(pd.Index(code, name=areas.index.name))

    def _written(
        self, name: str, shapes: Shapes, chosen: np.ndarray[Any, Any], rows: int | None, **columns: IntArray
    ) -> Pieces:
        """Chosen shapes (EPSG:3857) with their positions as pieces."""
        number = np.flatnonzero(chosen)
        values = {"number": number, **{name: column[number] for name, column in columns.items()}}
        frame = gpd.GeoDataFrame(values, geometry=np.asarray(shapes, dtype=object)[number], crs=3857)
        size = self.rows or rows
        return write_frame(frame, self._folder(name), **({"rows": size} if size else {}))

    def _folder(self, name: str) -> Path:
        made = self.folder / f"{name}-{sum(1 for _ in self.folder.iterdir())}"
        made.mkdir()
        return made

    def _done(self, function: Callable[..., pd.DataFrame], asked: list[tuple[Any, ...]]) -> pd.DataFrame:
        return done_in_pieces(self.client, function, asked, self.progress)


@contextmanager
def in_pieces(scheduler: str, folder: Path | None = None, progress: Progress | None = None) -> Iterator[InPieces]:
    """A cluster to work on, at the address of a scheduler or here (``local``)."""
    with pieces_folder(folder) as kept, cluster(scheduler) as client:
        yield InPieces(client, kept, progress)

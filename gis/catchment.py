"""Catchment above a pond: the ground from which water runs to it, out of a raster of heights (D8).

Heights are metres. Grids are arrays with rows from the north; NaN is no height.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from rasterio import features
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from gis.measure import area_m2
from gis.rasters.facts import RasterError
from gis.rasters.placing import from_lonlat, shapes_from_lonlat, shapes_to_lonlat, to_lonlat
from gis.rasters.reading import Grid, grid_around

FloatArray = npt.NDArray[np.float64]
MOST_CELLS = 300_000
"""Cells of a grid through which water is led; a larger window is read coarser."""
REACHES_M = (2_000.0, 4_000.0, 8_000.0, 16_000.0, 32_000.0)
"""Windows around a pond that are tried, half a side each, until the catchment does not touch the edge."""
_NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


@dataclass(frozen=True)
class Catchment:
    """The ground from which water runs to a pond.

    Parameters
    ----------
    outline
        Polygon or MultiPolygon in EPSG:4326, along the edges of cells; the pond's own cells belong to it.
    area_m2
        Of the outline, geodesic.
    cells, cell_m
        Number of cells, and their side in metres.
    reach_m
        Half a side of the window that was looked at.
    touches_edge
        True when the catchment may go on beyond the window or the raster: the area is then the least it can be.
    filled_cells
        Cells of the catchment that lay in depressions and were filled for the water to pass: artefacts of the raster
        mostly, but also real hollows and ponds.
    """

    outline: BaseGeometry
    area_m2: float
    cells: int
    cell_m: float
    reach_m: float
    touches_edge: bool
    filled_cells: int

    @property
    def sure_to_m2(self) -> float:
        """About how far the area may be wrong: each cell of its edge may lie to either side of the true divide."""
        return math.sqrt(self.cells) * self.cell_m**2


def catchment(
    path: Path, pond: BaseGeometry, *, band: int = 1, most_cells: int = MOST_CELLS, snap_m: float = 0.0
) -> Catchment:
    """Catchment above a pond (a point, line or polygon in EPSG:4326), by the steepest of eight directions (D8).

    Depressions are filled (Barnes, Lehman & Mulla 2014); over flats water takes the way by which the fill reached
    them. The window grows until the catchment does not touch its edge, to 32 km at most, read coarser so that it never
    has more than ``most_cells``.

    Parameters
    ----------
    snap_m
        A point is moved to the cell through which the most water runs within so many metres.

    Raises
    ------
    RasterError
        ``raster_not_here``: the pond lies outside the raster or where it has no height.
    """
    if snap_m and isinstance(pond, Point):
        grid = grid_around(path, pond.x, pond.y, REACHES_M[0], band=band, most_cells=most_cells)
        pond = snapped(grid, pond, snap_m)
    found = _looked(path, pond, REACHES_M[0], band, most_cells)
    for reach_m in REACHES_M[1:]:
        if not found.touches_edge:
            break
        found = _looked(path, pond, reach_m, band, most_cells)
    return found


def _looked(path: Path, pond: BaseGeometry, reach_m: float, band: int, most_cells: int) -> Catchment:
    middle = pond.representative_point()
    grid = grid_around(path, middle.x, middle.y, reach_m, band=band, most_cells=most_cells)
    return catchment_on(grid, pond, reach_m)


def catchment_on(grid: Grid, pond: BaseGeometry, reach_m: float = math.nan) -> Catchment:
    """The same on one grid; see :func:`catchment`."""
    laid = shapes_from_lonlat(pond, grid.crs)
    seeds = features.rasterize(
        [(laid, 1)], out_shape=grid.values.shape, transform=grid.transform, all_touched=True, dtype="uint8"
    ).astype(bool)
    seeds &= np.isfinite(grid.values)
    if not seeds.any():
        raise RasterError("raster_not_here")
    filled, receiver = flow(grid.values, grid.cell_x_m, grid.cell_y_m, seeds)
    inside = upstream(receiver, seeds)
    outline = _outline(inside, grid)
    return Catchment(
        outline,
        area_m2(outline),
        int(inside.sum()),
        math.sqrt(grid.cell_x_m * grid.cell_y_m),
        reach_m,
        bool((inside & _near_edge(grid.values)).any()),
        int((inside & (filled > grid.values)).sum()),
    )


def snapped(grid: Grid, place: Point, within_m: float) -> Point:
    """The cell near a place through which the most water runs: a finger on a map seldom meets the bed of a stream."""
    nothing = np.zeros(grid.values.shape, dtype=bool)
    _, receiver, order = _led(grid.values, grid.cell_x_m, grid.cell_y_m, nothing)
    gathered = [1] * receiver.size
    to = receiver.tolist()
    # Against the order of the flood every cell comes before the one that it gives its water to.
    for cell in reversed(order):
        if to[cell] != cell:
            gathered[to[cell]] += gathered[cell]
    x, y = from_lonlat(place.x, place.y, grid.crs)
    column, row = (int(each) for each in ~grid.transform @ (float(x), float(y)))
    rows, columns = grid.values.shape
    down, across = math.ceil(within_m / grid.cell_y_m), math.ceil(within_m / grid.cell_x_m)
    near = [
        i * columns + j
        for i in range(max(0, row - down), min(rows, row + down + 1))
        for j in range(max(0, column - across), min(columns, column + across + 1))
        if math.hypot((i - row) * grid.cell_y_m, (j - column) * grid.cell_x_m) <= within_m
        and np.isfinite(grid.values[i, j])
    ]
    if not near:
        return place
    row, column = divmod(max(near, key=lambda cell: gathered[cell]), columns)
    x, y = grid.transform @ (column + 0.5, row + 0.5)
    lon, lat = to_lonlat(x, y, grid.crs)
    return Point(float(lon), float(lat))


def flow(
    heights: FloatArray, cell_x_m: float, cell_y_m: float, outlets: npt.NDArray[np.bool_]
) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Heights with depressions filled, and the cell to which each gives its water.

    Parameters
    ----------
    outlets
        Cells where water stays (a pond). Cells at the edge of the heights let it out as well.

    Returns
    -------
    tuple
        Filled heights; flat index of the receiver of each cell, its own for outlets and cells without height.
    """
    filled, receiver, _ = _led(heights, cell_x_m, cell_y_m, outlets)
    return filled, receiver


def _led(
    heights: FloatArray, cell_x_m: float, cell_y_m: float, outlets: npt.NDArray[np.bool_]
) -> tuple[FloatArray, npt.NDArray[np.int64], list[int]]:
    """As :func:`flow`, with the cells in the order in which the flood came to them."""
    rows, columns = heights.shape
    flat = heights.ravel()
    order: list[int] = []
    begin = (outlets | _edge(heights)) & np.isfinite(heights)
    queue = [(float(flat[i]), n, int(i)) for n, i in enumerate(np.flatnonzero(begin))]
    heapq.heapify(queue)
    done = (begin | ~np.isfinite(heights)).ravel().tolist()
    levels, given = flat.tolist(), list(range(flat.size))
    number = len(queue)
    while queue:
        level, _, cell = heapq.heappop(queue)
        order.append(cell)
        row, column = divmod(cell, columns)
        for down, across in _NEIGHBOURS:
            i, j = row + down, column + across
            if not (0 <= i < rows and 0 <= j < columns):
                continue
            near = i * columns + j
            if done[near]:
                continue
            done[near] = True
            given[near] = cell
            number += 1
            if levels[near] < level:
                levels[near] = level
            heapq.heappush(queue, (levels[near], number, near))
    filled = np.array(levels).reshape(rows, columns)
    steepest = _steepest(filled, cell_x_m, cell_y_m)
    # Where nothing around is lower - in a filled hollow, on a flat - water follows the fill back to where it came from.
    receiver = np.where(steepest >= 0, steepest, np.array(given, dtype=np.int64))
    still = begin.ravel() | ~np.isfinite(heights).ravel()
    receiver[still] = np.flatnonzero(still)
    return filled, receiver, order


def _steepest(filled: FloatArray, cell_x_m: float, cell_y_m: float) -> npt.NDArray[np.int64]:
    """Flat index of the neighbour down the steepest slope; -1 where no neighbour is lower."""
    rows, columns = filled.shape
    padded = np.pad(filled, 1, constant_values=np.nan)
    index = np.pad(np.arange(filled.size).reshape(rows, columns), 1, constant_values=-1)
    best = np.zeros(filled.shape)
    chosen = np.full(filled.shape, -1, dtype=np.int64)
    for down, across in _NEIGHBOURS:
        part = slice(1 + down, 1 + down + rows), slice(1 + across, 1 + across + columns)
        away = math.hypot(down * cell_y_m, across * cell_x_m)
        with np.errstate(invalid="ignore"):
            fall = (filled - padded[part]) / away
            better = fall > best
        best[better], chosen[better] = fall[better], index[part][better]
    return chosen.ravel()


def upstream(receiver: npt.NDArray[np.int64], seeds: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Cells whose water comes to one of the seeds, the seeds included."""
    to = receiver.copy()
    at = np.flatnonzero(seeds)
    to[at] = at
    while True:
        # Each round doubles the distance looked ahead.
        further = to[to]
        if np.array_equal(further, to):
            break
        to = further
    inside: npt.NDArray[np.bool_] = seeds.ravel()[to].reshape(seeds.shape)
    return inside


def _edge(heights: FloatArray) -> npt.NDArray[np.bool_]:
    """Cells beside the outside of the window or a cell without height: nobody knows what lies beyond."""
    known = np.pad(np.isfinite(heights), 1, constant_values=False)
    rows, columns = heights.shape
    whole = np.ones(heights.shape, dtype=bool)
    for down, across in _NEIGHBOURS:
        whole &= known[1 + down : 1 + down + rows, 1 + across : 1 + across + columns]
    return np.isfinite(heights) & ~whole


def _near_edge(heights: FloatArray) -> npt.NDArray[np.bool_]:
    """The edge and the cells beside it: edge cells give their own water away, so a catchment stops next to them."""
    edge = np.pad(_edge(heights), 1)
    rows, columns = heights.shape
    near = np.zeros(heights.shape, dtype=bool)
    for down, across in ((0, 0), *_NEIGHBOURS):
        near |= edge[1 + down : 1 + down + rows, 1 + across : 1 + across + columns]
    return near


def _outline(inside: npt.NDArray[np.bool_], grid: Grid) -> BaseGeometry:
    parts = features.shapes(inside.astype("uint8"), mask=inside, connectivity=4, transform=grid.transform)
    whole = shapely.union_all([shape(part) for part, _ in parts])
    return shapes_to_lonlat(whole, grid.crs)

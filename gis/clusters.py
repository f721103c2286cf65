"""Where high and low values lie together: neighbours, Moran's I, LISA, Gi*, and what of it is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse
from scipy.stats import false_discovery_control

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Reason = Literal["too_few", "constant", "no_neighbours"]

FEWEST = 8
"""With fewer places no arrangement is rare enough to be told from chance."""
ALPHA = 0.01
"""False discovery rate where nothing else is asked for."""
PERMUTATIONS = 99_999
_EXACT_UP_TO = 300
_WHOLE_MAP_PERMUTATIONS = 999
_SEED = 2569


@dataclass(frozen=True)
class Clusters:
    """Spatial statistics of one map.

    Parameters
    ----------
    reason
        Why there are none: too few places with a value and a neighbour, all values equal, nobody has a neighbour.
    moran_i, moran_p
        Of the whole map; expected is ``-1 / (n - 1)``. ``moran_p`` is two-sided.
    places
        One row per value given, in order: ``kind`` (``HH`` high among high, ``LL``, ``HL``, ``LH``; ``none`` = no more
        than chance; ``island``; ``unknown``), ``local_i``, ``gi_z`` (Gi*, standard deviations), ``p`` (two-sided,
        conditional permutations), ``q`` (Benjamini-Hochberg), ``hot`` (1 hot spot, -1 cold spot, 0 neither).
    """

    reason: Reason | None
    counted: int
    islands: int
    unknown: int
    moran_i: float | None
    moran_p: float | None
    alpha: float
    places: pd.DataFrame


def touching(shapes: npt.NDArray[np.object_], within_m: float = 0.0) -> sparse.csr_array:
    """Neighbours: polygons that touch, also in one point (queen), or lie nearer than ``within_m``.

    Parameters
    ----------
    shapes
        Polygons in a metric system; missing or empty ones have no neighbours.
    within_m
        Gap that still counts, for outlines that were simplified one by one.
    """
    given = np.asarray(shapes, dtype=object)
    shapely.prepare(given)
    tree = shapely.STRtree(given)
    if within_m > 0:
        one, other = tree.query(given, predicate="dwithin", distance=within_m)
    else:
        one, other = tree.query(given, predicate="intersects")
    return adjacency(len(given), one, other)


def adjacency(size: int, one: Integers, other: Integers) -> sparse.csr_array:
    """Symmetric neighbours from pairs of positions; nobody is a neighbour of itself."""
    keep = one != other
    pairs = sparse.coo_array((np.ones(int(keep.sum())), (one[keep], other[keep])), shape=(size, size)).tocsr()
    both = pairs + pairs.T
    both.data[:] = 1.0
    return sparse.csr_array(both)


def nearest(x_m: Floats, y_m: Floats, count: int = 6) -> sparse.csr_array:
    """Neighbours of points: the nearest few, made mutual; places at one spot are neighbours of each other."""
    from scipy.spatial import cKDTree

    places = np.column_stack([x_m, y_m])
    count = min(count, len(places) - 1)
    if count < 1:
        return adjacency(len(places), np.zeros(0, np.int64), np.zeros(0, np.int64))
    _, found = cKDTree(places).query(places, k=count + 1)
    one = np.repeat(np.arange(len(places)), count + 1)
    return adjacency(len(places), one, found.ravel())


def covering(holder: Integers, area: Integers, area_neighbours: sparse.csr_array, holders: int) -> sparse.csr_array:
    """Neighbours of organisations that have no outline of their own: they cover the same area, or areas that touch.

    Parameters
    ----------
    holder, area
        Pairs: the organisation at this position covers, wholly or in part, the area at that position.
    area_neighbours
        Neighbours of the areas.
    holders
        How many organisations there are; who covers nothing has no neighbours.
    """
    shape = (holders, area_neighbours.shape[0])
    covers = sparse.coo_array((np.ones(len(holder)), (holder, area)), shape=shape).tocsr()
    reach = covers @ (area_neighbours + sparse.eye_array(area_neighbours.shape[0], format="csr"))
    met = sparse.coo_array(reach @ covers.T)
    return adjacency(holders, met.row.astype(np.int64), met.col.astype(np.int64))


def hexagons_touching(cells: Sequence[str]) -> sparse.csr_array:
    """Neighbours of H3 cells of one resolution."""
    import h3

    position = {cell: at for at, cell in enumerate(cells)}
    pairs = [
        (at, position[near]) for cell, at in position.items() for near in h3.grid_disk(cell, 1) if near in position
    ]
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return adjacency(len(cells), one, other)


def size_biased_mean(amounts: npt.ArrayLike) -> float:
    """Sum of squares over sum: the unit in which money behaves like a count.

    Money of an area is a random number of works of random size. Its variance is that of a Poisson count times this
    size, so an empirical-Bayes rate, made for counts, is right for money in this unit and in no other.

    Examples
    --------
    >>> size_biased_mean([100, 100]), size_biased_mean([])
    (100.0, 1.0)
    """
    given = np.asarray(amounts, dtype=float)
    given = given[np.isfinite(given) & (given > 0)]
    return float((given**2).sum() / given.sum()) if len(given) else 1.0


def clusters(
    values: npt.ArrayLike,
    neighbours: sparse.csr_array,
    *,
    base: npt.ArrayLike | None = None,
    unit: float = 1.0,
    alpha: float = ALPHA,
    permutations: int = PERMUTATIONS,
    seed: int = _SEED,
) -> Clusters:
    """Moran's I, LISA and Gi* of the places of a map.

    A place is called a hot or cold spot, or part of a cluster, only when two things hold: the whole map differs from
    chance (Moran's I, two-sided), and the place still does after the correction for having looked at all places
    (false discovery rate of Benjamini and Hochberg). On maps of pure noise nothing remains.

    Parameters
    ----------
    values
        One per place; NaN = unknown. With ``base``, the numerator of a rate.
    neighbours
        From :func:`touching`, :func:`nearest`, :func:`covering` or :func:`hexagons_touching`.
    base
        Denominator of a rate (people). The rate is standardised by empirical Bayes (Assunção and Reis 1999, as in
        ``esda.Moran_Local_Rate``), so that a place with few people is not extreme by their fewness. Places whose base
        is 0 are unknown.
    unit
        Size of one event of the numerator, see :func:`size_biased_mean`.
    alpha
        False discovery rate, and level of the test of the whole map.
    permutations
        Conditional permutations of a place.
    seed
        The same seed gives the same answer.

    Notes
    -----
    Statistics are ``esda``'s. Its 999 permutations cannot say less than 0.002, which no correction over thousands of
    places lets through; the reference distribution is therefore drawn here, from 99,999 permutations. Up to 300 places
    each place is left out of its own permutations; beyond that it may take part, which makes p larger, never smaller,
    for a high value among high ones.
    """
    given = np.asarray(values, dtype=float)
    if base is not None:
        below = np.asarray(base, dtype=float)
        given = np.where(np.nan_to_num(below) > 0, given, np.nan)
    known = np.isfinite(given)
    among = neighbours[known][:, known]
    degree = np.asarray((among != 0).sum(axis=1)).ravel()
    kind = np.where(known, "none", "unknown").astype(object)
    kind[np.flatnonzero(known)[degree == 0]] = "island"
    counted = np.flatnonzero(known)[degree > 0]
    table = pd.DataFrame(
        {"kind": kind, "local_i": np.nan, "gi_z": np.nan, "p": np.nan, "q": np.nan, "hot": np.zeros(len(given), int)}
    )
    islands, unknown = int((kind == "island").sum()), int((~known).sum())

    def without(reason: Reason) -> Clusters:
        return Clusters(reason, len(counted), islands, unknown, None, None, alpha, table)

    if known.any() and len(counted) == 0:
        return without("no_neighbours")
    if len(counted) < FEWEST:
        return without("too_few")
    y = given[counted]
    if base is not None:
        y = _rates(y / unit, np.asarray(base, dtype=float)[counted])
    if np.ptp(y) <= 1e-12 * max(1.0, float(np.abs(y).max())):
        return without("constant")
    graph = among[degree > 0][:, degree > 0]
    whole, local, gi = _statistics(y, graph, seed)
    p = _permutation_p(y, graph, permutations, seed)
    q = false_discovery_control(p)
    moran_p = min(1.0, 2 * float(whole.p_sim))
    sure = (q <= alpha) & (moran_p <= alpha)
    table.loc[counted, ["local_i", "gi_z", "p", "q"]] = np.column_stack([local.Is, gi, p, q])
    names = np.array(["none", "HH", "LH", "LL", "HL"], dtype=object)
    table.loc[counted, "kind"] = np.where(sure, names[local.q], "none")
    table.loc[counted, "hot"] = np.where(sure, np.sign(gi), 0).astype(int)
    return Clusters(None, len(counted), islands, unknown, float(whole.I), moran_p, alpha, table)


def _rates(events: Floats, base: Floats) -> Floats:
    from esda.smoothing import assuncao_rate

    with np.errstate(invalid="ignore", divide="ignore"):
        rates = np.asarray(assuncao_rate(events, base), dtype=float)
    known: Floats = np.nan_to_num(rates)
    return known


def _statistics(y: Floats, graph: sparse.csr_array, seed: int) -> tuple[Any, Any, Floats]:
    from esda.getisord import G_Local
    from esda.moran import Moran, Moran_Local
    from libpysal.graph import Graph

    weights = Graph.from_sparse(graph.tocoo())
    # esda's global test draws from numpy's global state; it is put back, so that nobody else's numbers change.
    state = np.random.get_state()
    np.random.seed(seed)
    try:
        whole = Moran(y, weights, permutations=_WHOLE_MAP_PERMUTATIONS)
        local = Moran_Local(y, weights, permutations=0)
        # Gi* wants values above zero; moving all of them changes no standard score.
        star = G_Local(y - y.min() + 1.0, weights, transform="B", permutations=0, star=True)
    finally:
        np.random.set_state(state)
    return whole, local, np.asarray(star.Zs, dtype=float)


def _permutation_p(y: Floats, graph: sparse.csr_array, permutations: int, seed: int) -> Floats:
    """Two-sided p of each place's sum of neighbours among sums of as many others drawn without replacement."""
    draw = np.random.default_rng(seed)
    z = (y - y.mean()) / y.std()
    size = len(z)
    degree = np.diff(graph.indptr)
    observed = graph @ z
    if size <= _EXACT_UP_TO:
        order = _draws(draw, size - 1, int(degree.max()), permutations)
        p = np.empty(size)
        for at in range(size):
            others = np.delete(z, at)
            sums = others[order[:, : degree[at]]].sum(axis=1)
            p[at] = _two_sided(np.sort(sums), observed[at : at + 1])[0]
        return p
    sums = z[_draws(draw, size, int(degree.max()), permutations)]
    np.cumsum(sums, axis=1, out=sums)
    p = np.empty(size)
    for count in np.unique(degree):
        these = degree == count
        p[these] = _two_sided(np.sort(sums[:, count - 1]), observed[these])
    return p


def _two_sided(sums: Floats, observed: Floats) -> Floats:
    # A sum that equals the observed one up to rounding is as extreme as it.
    slack = 1e-9 * max(1.0, float(np.abs(sums[[0, -1]]).max()))
    above = len(sums) - np.searchsorted(sums, observed - slack, side="left")
    below = np.searchsorted(sums, observed + slack, side="right")
    tail: Floats = (np.minimum(above, below) + 1) / (len(sums) + 1)
    both: Floats = np.minimum(1.0, 2 * tail)
    return both


def _draws(draw: np.random.Generator, size: int, count: int, permutations: int) -> Integers:
    """``permutations`` rows of ``count`` different positions below ``size``."""
    if count * 3 > size:
        return np.argsort(draw.random((permutations, size)), axis=1)[:, :count]
    rows: Integers = draw.integers(0, size, (permutations, count))
    while True:
        inside = np.sort(rows, axis=1)
        twice = np.flatnonzero((inside[:, 1:] == inside[:, :-1]).any(axis=1))
        if not len(twice):
            return rows
        rows[twice] = draw.integers(0, size, (len(twice), count))

"""LISA, Gi* and their correction: planted clusters are found, noise gives none, what cannot be told is stated."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from shapely.geometry import box

from gis.clusters import adjacency, clusters, covering, hexagons_touching, nearest, size_biased_mean, touching

SIDE = 20
GRID = np.array([box(x, y, x + 1, y + 1) for y in range(SIDE) for x in range(SIDE)], dtype=object)
QUEEN = touching(GRID)


def test_neighbours_of_a_grid() -> None:
    assert np.bincount(np.diff(QUEEN.indptr)).tolist() == [0, 0, 0, 4, 0, 72, 0, 0, 324]
    apart = np.array([box(0, 0, 1, 1), box(1.5, 0, 2, 1)], dtype=object)
    assert (touching(apart).nnz, touching(apart, within_m=0.6).nnz) == (0, 2)


@pytest.mark.parametrize("heavy", [False, True])
def test_pure_noise_has_no_hot_spot(heavy: bool) -> None:
    for seed in range(6):
        noise = np.random.default_rng(seed).normal(size=SIDE * SIDE)
        found = clusters(np.exp(1.5 * noise) if heavy else noise, QUEEN, permutations=9_999)
        assert (found.places["hot"] == 0).all() and (found.places["kind"] == "none").all(), seed


@pytest.mark.parametrize(("side", "maps"), [(5, 30), (10, 20)])
def test_the_stated_rate_of_calls_on_noise_holds(side: int, maps: int) -> None:
    """At the default rate of 1 %, places are called on about one of a hundred maps of pure noise."""
    grid = touching(np.array([box(x, y, x + 1, y + 1) for y in range(side) for x in range(side)], dtype=object))
    called = 0
    for seed in range(maps):
        draw = np.random.default_rng([side, seed])
        people = draw.integers(300, 20_000, side * side)
        noise = draw.lognormal(0, 1.2, side * side)
        rates = draw.poisson(people / 800).astype(float)
        for found in (
            clusters(noise, grid, permutations=4_999, seed=seed),
            clusters(rates, grid, base=people, permutations=4_999, seed=seed),
        ):
            called += bool(
                (found.places["hot"] != 0).any() or found.places["kind"].isin(["HH", "LL", "HL", "LH"]).any()
            )
    assert called <= 1, called


def test_a_planted_cluster_is_found_where_it_is() -> None:
    values = np.random.default_rng(3).normal(size=SIDE * SIDE)
    planted = np.array([6 <= x < 11 and 6 <= y < 11 for y in range(SIDE) for x in range(SIDE)])
    found = clusters(values + 4 * planted, QUEEN, alpha=0.05)
    hot = (found.places["hot"] == 1).to_numpy()
    assert hot[planted].mean() > 0.8
    assert (hot & ~planted).sum() <= 20  # places beside it have hot neighbours too
    assert (found.places.loc[planted, "kind"] == "HH").mean() > 0.8
    assert found.moran_i is not None and found.moran_i > 0.3


def test_statistics_and_p_are_those_of_esda() -> None:
    from esda.moran import Moran_Local, Moran_Local_Rate
    from libpysal.graph import Graph

    draw = np.random.default_rng(5)
    people = draw.integers(200, 20_000, SIDE * SIDE)
    works = draw.poisson(people / 500).astype(float)
    graph = Graph.from_sparse(QUEEN.tocoo())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Moran_Local(works, graph, permutations=999, seed=1)
        rate = Moran_Local_Rate(works, people, graph, permutations=999, seed=1)
    mine = clusters(works, QUEEN).places
    assert np.allclose(mine["local_i"], plain.Is)
    assert np.corrcoef(mine["p"], np.minimum(1, 2 * plain.p_sim))[0, 1] > 0.99
    assert np.allclose(clusters(works, QUEEN, base=people).places["local_i"], rate.Is)


def test_islands_unknown_and_constant_maps_are_stated() -> None:
    values = np.random.default_rng(7).normal(size=SIDE * SIDE + 1)
    apart = touching(np.append(GRID, box(100, 100, 101, 101)))
    values[5] = np.nan
    found = clusters(values, apart, permutations=999)
    assert (found.islands, found.unknown, found.counted) == (1, 1, SIDE * SIDE - 1)
    assert found.places["kind"].iloc[-1] == "island" and found.places["kind"].iloc[5] == "unknown"
    assert clusters(np.ones(SIDE * SIDE), QUEEN).reason == "constant"
    assert clusters(values[:4], touching(GRID[:4])).reason == "too_few"
    assert clusters(values[:20], adjacency(20, np.zeros(0, int), np.zeros(0, int))).reason == "no_neighbours"
    nobody = np.where(np.arange(SIDE * SIDE) == 3, 0, 100)
    assert clusters(values[:-1], QUEEN, base=nobody, permutations=999).places["kind"].iloc[3] == "unknown"


def test_a_village_with_one_work_is_no_hot_spot_of_rates() -> None:
    draw = np.random.default_rng(11)
    people = np.full(SIDE * SIDE, 10_000)
    people[:60] = 30  # a corner of hamlets: one work there is a huge rate
    works = draw.poisson(people / 1000).astype(float)
    found = clusters(works, QUEEN, base=people)
    assert (found.places["hot"] == 0).all()


def test_organisations_are_neighbours_through_the_areas_they_cover() -> None:
    row = touching(GRID[:3])  # three tambons side by side
    # 0 and 1 share the first, 2 covers the last: neighbours of nobody but through the middle, which 1 covers too
    found = covering(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 2]), row, 3).toarray()
    assert found.tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_other_neighbours() -> None:
    import h3

    middle = h3.latlng_to_cell(16, 102, 6)
    assert np.diff(hexagons_touching(h3.grid_disk(middle, 1)).indptr).tolist().count(6) == 1
    at_one_spot = nearest(np.array([0.0, 0.0, 50.0]), np.zeros(3), 1)
    assert at_one_spot[0, 1] == 1 and nearest(np.zeros(1), np.zeros(1)).nnz == 0
    assert size_biased_mean([1, 3]) == 2.5

"""Shares of works that cross borders: by length or area, and to the satang."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPoint, Point, Polygon, box

from gis.allocation import parts, split_satang

WEST, EAST = box(0, 0, 10, 10), box(10, 0, 20, 10)


def shares(*works: object) -> dict[int, dict[int, float]]:
    found = parts(np.array(works, dtype=object), np.array([WEST, EAST], dtype=object))
    told: dict[int, dict[int, float]] = {}
    for work, zone, fraction in zip(found.work, found.zone, found.fraction, strict=True):
        told.setdefault(int(work), {})[int(zone)] = round(float(fraction), 9)
    return told


def test_a_line_is_shared_by_length_a_pond_by_area_points_by_number() -> None:
    assert shares(
        LineString([(4, 5), (12, 5)]),
        box(9, 0, 13, 10),
        MultiPoint([(1, 1), (2, 2), (11, 1)]),
        LineString([(1, 1), (2, 2)]),
    ) == {0: {0: 0.75, 1: 0.25}, 1: {0: 0.25, 1: 0.75}, 2: {0: 0.666666667, 1: 0.333333333}, 3: {0: 1.0}}


def test_what_lies_on_the_border_is_shared_evenly() -> None:
    assert shares(LineString([(10, 1), (10, 9)]), Point(10, 5)) == {0: {0: 0.5, 1: 0.5}, 1: {0: 0.5, 1: 0.5}}


def test_a_line_that_only_touches_the_border_belongs_to_its_side() -> None:
    assert shares(LineString([(5, 5), (10, 5)])) == {0: {0: 1.0}}


def test_what_leaves_all_zones_is_shared_like_its_rest() -> None:
    assert shares(LineString([(5, 5), (5, 30)])) == {0: {0: 1.0}}


def test_of_a_collection_the_highest_dimension_tells_where_it_is() -> None:
    well_and_pipe = GeometryCollection([Point(15, 5), LineString([(1, 1), (9, 1)])])
    assert shares(well_and_pipe) == {0: {0: 1.0}}


def test_shapeless_broken_and_outside_works_are_told_apart() -> None:
    bow = Polygon([(1, 1), (5, 5), (5, 1), (1, 5)])
    found = parts(np.array([None, Point(), bow, Point(50, 50)], dtype=object), np.array([WEST, EAST], dtype=object))
    assert (found.shapeless.tolist(), found.outside.tolist(), found.work.tolist()) == ([0, 1], [3], [2])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**13),
            st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=8),
        ),
        max_size=20,
    )
)
def test_shares_always_sum_to_the_whole(works: list[tuple[int, list[float]]]) -> None:
    work = np.array([i for i, (_, weights) in enumerate(works) for _ in weights], dtype=np.int64)
    weight = np.array([w for _, weights in works for w in weights])
    money = np.array([amount for amount, weights in works for _ in weights], dtype=np.int64)
    shares = split_satang(work, weight, money)
    assert all(shares[work == i].sum() == amount for i, (amount, _) in enumerate(works))
    exact = [
        amount * w / sum(weights) if sum(weights) else amount / len(weights)
        for amount, weights in works
        for w in weights
    ]
    assert all(abs(share - e) <= 1 + e * 1e-12 for share, e in zip(shares, exact, strict=True))


def test_shares_over_real_cuts_sum_to_the_money() -> None:
    draw = np.random.default_rng(1)
    zones = np.array([box(x, y, x + 10, y + 10) for x in range(0, 60, 10) for y in range(0, 60, 10)], dtype=object)
    works = np.array([LineString(draw.uniform(0, 60, (6, 2))) for _ in range(300)], dtype=object)
    found = parts(works, zones)
    money = draw.integers(1, 10**9, len(works))
    got = split_satang(found.work, found.fraction, money[found.work])
    assert got.sum() == money.sum()
    assert np.allclose(np.bincount(found.work, found.fraction), 1)
    clipped = shapely.length(shapely.intersection(works[found.work], zones[found.zone]))
    assert np.allclose(found.fraction, clipped / shapely.length(works[found.work]))

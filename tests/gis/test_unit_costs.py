"""Outliers of price: found against neighbours of the same surface, stated where nothing can be said."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.unit_costs import outliers, prices_by_kind


def test_a_dear_road_among_its_neighbours_of_the_same_surface() -> None:
    draw = np.random.default_rng(2)
    kind = np.repeat(["RC", "LATERITE"], 60)
    x = draw.uniform(0, 1e5, 120)
    unit = np.where(kind == "RC", 3e6, 4e5) * np.exp(draw.normal(0, 0.15, 120))
    length = draw.uniform(0.2, 4, 120)
    cost = unit * length
    cost[7], cost[100] = cost[7] * 4, cost[100] / 5
    found = outliers(cost, length, kind, x, x[::-1])
    assert found.index[found["state"] == "high"].tolist() == [7]
    assert found.index[found["state"] == "low"].tolist() == [100]
    assert abs(found["typical"].iloc[100] / 4e5 - 1) < 0.3


def test_prices_that_differ_by_region_are_compared_within_theirs() -> None:
    draw = np.random.default_rng(4)
    x = np.concatenate([draw.uniform(0, 1e4, 50), draw.uniform(9e5, 9.1e5, 50)])
    unit = np.repeat([1e6, 4e6], 50) * np.exp(draw.normal(0, 0.1, 100))
    found = outliers(unit, np.ones(100), ["AC"] * 100, x, np.zeros(100))
    assert (found["state"] != "usual").sum() <= 2  # against the whole country nearly all of them would be odd
    assert np.abs(np.log(found["typical"] / np.repeat([1e6, 4e6], 50))).max() < 0.2


def test_what_cannot_be_compared_is_stated() -> None:
    found = outliers([0, 5, np.nan, 7], [1, 0, 1, 1], ["RC", "RC", "RC", None], [0, 1, 2, np.nan], [0, 0, 0, 0])
    assert found["state"].tolist() == ["no_cost", "no_quantity", "no_cost", "few_peers"]
    same = outliers([1e6] * 12, [1] * 12, ["RC"] * 12, [0.0] * 12, [0.0] * 12)
    assert (same["state"] == "usual").all() and (same["z"] == 0).all()


def test_a_median_of_fewer_than_eight_works_is_not_told() -> None:
    works = pd.DataFrame({"type_code": ["RC"] * 8 + ["AC"] * 7, "unit_cost": [float(n) for n in range(1, 16)]})
    found = prices_by_kind(works)
    assert found["works"].to_dict() == {"RC": 8, "AC": 7}
    assert found.loc["RC", "middle"] == 4.5 and found.loc["AC", ["lower", "middle", "upper"]].isna().all()
    assert list(found.index) == ["RC", "AC"]


def test_it_is_told_of_how_many_works_a_median_is() -> None:
    places = [*range(30), np.nan]
    found = outliers([1e6] * 31, [1] * 31, ["RC"] * 31, places, [0] * 31)
    assert found["peers"].tolist() == [20] * 30 + [31]

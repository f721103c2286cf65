"""Gini, Lorenz and Theil against published values and against the library over every single person."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.equity import equity


def test_figures_known_by_hand() -> None:
    assert equity([1, 1, 1, 1]).gini == pytest.approx(0)
    assert equity([0, 0, 0, 1]).gini == pytest.approx(0.75)
    found = equity([1, 3], groups=["a", "b"])
    assert found.theil == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))
    assert (found.between, found.within) == (pytest.approx(found.theil), pytest.approx(0))
    assert found.one_member == ("b", "a")
    assert found.lorenz.tolist() == [[0, 0], [0.5, 0.25], [1, 1]]


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 9), st.sampled_from("abc")), min_size=2, max_size=15))
def test_weighted_figures_are_the_library_s_over_single_persons(places: list[tuple[int, int, str]]) -> None:
    from inequality.gini import Gini
    from inequality.theil import TheilD

    per_head, people, groups = map(np.array, zip(*places, strict=True))
    if per_head.sum() == 0:
        assert equity(per_head * people, people=people).reason == "no_money"
        return
    found = equity(per_head * people, people=people, groups=list(groups))
    each = np.repeat(per_head, people).astype(float)
    library = TheilD(each, np.repeat(groups, people))
    assert found.gini == pytest.approx(Gini(each).g, abs=1e-9)
    assert found.theil == pytest.approx(float(library.T), abs=1e-9)
    assert found.between == pytest.approx(float(np.squeeze(library.bg)), abs=1e-9)
    assert found.between + found.within == pytest.approx(found.theil)
    inside = sum(group.money_share * group.theil for group in found.groups)
    assert inside == pytest.approx(found.within, abs=1e-9)


def test_what_cannot_be_told_is_stated() -> None:
    assert equity([]).reason == "no_places"
    assert equity([np.nan, np.nan]).left_out == 2
    assert equity([5.0]).reason == "one_place"
    assert equity([0.0, 0.0]).reason == "no_money"
    assert equity([1, 2, 3], people=[10, 0, 10]).left_out == 1
    with pytest.raises(ValueError, match="below zero"):
        equity([-1, 2])

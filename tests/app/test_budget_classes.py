"""Classing: every value in the class whose bounds hold it, bounds that read well, few values, zeros, nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.queries.classes import METHODS, RAMP, ZERO_COLOUR, Method, classify, roundest

money = st.decimals(min_value=0, max_value=10**10, places=2)


@given(st.lists(st.none() | money, max_size=150), st.sampled_from(METHODS), st.integers(3, 6))
def test_every_value_lies_in_its_class_and_no_class_is_empty(
    values: list[Decimal | None], method: Method, classes: int
) -> None:
    found = classify(values, method, classes)
    for value, position in zip(values, found.assigned, strict=True):
        if value is None:
            assert position is None
            continue
        assert position is not None
        one = found.classes[position]
        assert one.lower <= value
        assert value < one.upper if one.upper else value == 0 or one.upper is None
    counts = [sum(1 for position in found.assigned if position == n) for n in range(len(found.classes))]
    assert counts == [one.count for one in found.classes]
    assert all(counts)
    positive = [one for one in found.classes if one.upper != 0]
    assert len(positive) <= classes
    assert [one.upper for one in positive] == [one.lower for one in positive[1:]] + ([None] if positive else [])


@given(money.filter(bool), money.filter(bool))
def test_a_bound_is_above_the_one_class_and_not_above_the_other(a: Decimal, b: Decimal) -> None:
    low, high = sorted((a, b))
    if low == high:
        return
    assert low < roundest(low, high) <= high


def test_the_design_example_reads_as_drawn() -> None:
    values = [640, 780, 905, 1015, 1130, 1240, 1395, 1475, 1690, 1810, 2050, 2260, 2540, 2890, 3320, 3715]
    found = classify([Decimal(value) for value in values], "natural_breaks", 6)
    assert [one.colour for one in found.classes] == list(RAMP)
    # Bounds are multiples of a hundred at least: nobody reads 1,132.
    assert all(one.lower % 100 == 0 for one in found.classes)


def test_quantiles_put_as_many_areas_in_each_class() -> None:
    found = classify([Decimal(n) for n in range(1, 61)], "quantiles", 6)
    assert [one.count for one in found.classes] == [10] * 6


def test_zero_is_its_own_class_and_unknown_belongs_to_none() -> None:
    found = classify([Decimal(0), None, Decimal(0), Decimal(5)])
    assert [(one.lower, one.upper, one.count) for one in found.classes] == [(0, 0, 2), (5, None, 1)]
    assert found.classes[0].colour == ZERO_COLOUR
    assert found.assigned == (0, None, 0, 1)


@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_nothing_known_has_no_classes(values: list[Decimal | None]) -> None:
    assert classify(values).classes == ()


@pytest.mark.parametrize("method", METHODS)
def test_few_distinct_values_make_few_classes(method: Method) -> None:
    found = classify([Decimal(5), Decimal(5), Decimal(9)], method, 6)
    assert [one.count for one in found.classes] == [2, 1]


def test_the_same_values_always_give_the_same_classes() -> None:
    values = [Decimal((n * 7919) % 100_003) for n in range(928)]
    assert classify(values, "natural_breaks") == classify(list(values), "natural_breaks")

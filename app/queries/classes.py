"""Classing of a choropleth's values: where the classes begin, what they are coloured, what the legend says.

Zero is a class of its own (nothing was spent there), an unknown value belongs to none. Bounds are the roundest numbers
that fit between two neighbouring values of different classes: the legend reads well and no area changes its class.
"""

from __future__ import annotations

import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt

Method = Literal["quantiles", "natural_breaks"]
METHODS: tuple[Method, ...] = ("quantiles", "natural_breaks")
MIN_CLASSES, MAX_CLASSES, DEFAULT_CLASSES = 3, 6, 6

ZERO_COLOUR = "#FFFFFF"
RAMP = ("#F6F1DC", "#BCD6BA", "#78B5AC", "#3B8CA5", "#235C8E", "#1B2D63")
"""Sequential ramp for money, counts and per head: steps that stay apart in the three colour-vision simulations."""

# Fisher and Jenks' exact breaks cost the square of the number of values; above this many, evenly spaced order
# statistics stand for all of them (the ends always included), and the breaks apply to every value.
_EXACT_UP_TO = 120


@dataclass(frozen=True)
class ValueClass:
    """One class of a legend.

    Parameters
    ----------
    lower
        Smallest value that belongs to it.
    upper
        First value that no longer does; ``None`` for the highest class. The zero class has ``lower == upper == 0``.
    colour
        Fill, ``#RRGGBB``.
    count
        Areas in it.
    """

    lower: Decimal
    upper: Decimal | None
    colour: str
    count: int


@dataclass(frozen=True)
class Classing:
    """Classes, lowest first, and the class of every value.

    Parameters
    ----------
    classes
        Lowest first; empty when no value is known.
    assigned
        Position in ``classes`` for each value in the order given; ``None`` where the value is unknown.
    """

    classes: tuple[ValueClass, ...]
    assigned: tuple[int | None, ...]


def classify(
    values: Sequence[Decimal | None], method: Method = "quantiles", classes: int = DEFAULT_CLASSES
) -> Classing:
    """Class values that are zero or more.

    Parameters
    ----------
    values
        Value of each area; ``None`` = unknown.
    method
        ``quantiles`` (as many areas in each class) or ``natural_breaks`` (Fisher-Jenks).
    classes
        Classes wanted above zero; fewer come out when there are fewer distinct values.

    Returns
    -------
    Classing
        Empty classes never occur.

    Examples
    --------
    >>> found = classify([Decimal(0), Decimal(120), Decimal(340), None], classes=2)
    >>> [(str(c.lower), str(c.upper), c.count) for c in found.classes]
    [('0', '0', 1), ('100', '200', 1), ('200', 'None', 1)]
    >>> found.assigned
    (0, 1, 2, None)
    """
    positive = sorted(value for value in values if value is not None and value > 0)
    lowers = _round_bounds(_groups(positive, method, classes))
    found: list[ValueClass] = []
    zeros = sum(1 for value in values if value == 0)
    if zeros:
        found.append(ValueClass(Decimal(0), Decimal(0), ZERO_COLOUR, zeros))
    for position, lower in enumerate(lowers):
        upper = lowers[position + 1] if position + 1 < len(lowers) else None
        end = len(positive) if upper is None else bisect_left(positive, upper)
        count = end - bisect_left(positive, lower)
        found.append(ValueClass(lower, upper, _colour(position, len(lowers)), count))
    offset = 1 if zeros else 0
    assigned = tuple(
        None if value is None else 0 if value == 0 else offset + _position(lowers, value) for value in values
    )
    return Classing(tuple(found), assigned)


def _groups(positive: list[Decimal], method: Method, wanted: int) -> list[list[Decimal]]:
    """The sorted values, cut into classes none of which is empty; equal values stay together."""
    distinct = sorted(set(positive))
    if len(distinct) <= wanted:
        return [[value] for value in distinct]
    bins = _upper_bounds(np.array([float(value) for value in positive]), method, wanted)
    groups: list[list[Decimal]] = [[] for _ in range(len(bins) + 1)]
    for value in distinct:
        groups[int(np.searchsorted(bins, float(value), side="left"))].append(value)
    return [group for group in groups if group]


def _upper_bounds(values: npt.NDArray[np.float64], method: Method, wanted: int) -> npt.NDArray[np.float64]:
    """Largest value of each class but the last."""
    # Imported here: it brings pandas, scipy and scikit-learn, as much again as the rest of the web server together.
    import mapclassify

    with warnings.catch_warnings():
        # Too few distinct values for a class is no accident here: empty classes are left out afterwards.
        warnings.simplefilter("ignore", UserWarning)
        if method == "quantiles":
            bins = mapclassify.Quantiles(values, k=wanted).bins
        else:
            bins = mapclassify.FisherJenks(_representatives(values), k=wanted).bins
    upper: npt.NDArray[np.float64] = np.unique(np.asarray(bins, dtype=np.float64))[:-1]
    return upper


def _representatives(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if len(values) <= _EXACT_UP_TO:
        return values
    positions = np.linspace(0, len(values) - 1, _EXACT_UP_TO).round().astype(int)
    found: npt.NDArray[np.float64] = values[positions]
    return found


def _round_bounds(groups: list[list[Decimal]]) -> list[Decimal]:
    """Lower bound of each class: the roundest number above the class before and not above its own smallest value."""
    lowers: list[Decimal] = []
    below = Decimal(0)
    for group in groups:
        lowers.append(roundest(below, group[0]))
        below = group[-1]
    return lowers


def roundest(above: Decimal, up_to: Decimal) -> Decimal:
    """The number with the coarsest step (1, 2 or 5 times a power of ten) in ``above < n <= up_to``.

    Examples
    --------
    >>> roundest(Decimal("1178.25"), Decimal("1240"))
    Decimal('1200')
    >>> roundest(Decimal(0), Decimal("642"))
    Decimal('500')
    """
    exponent = up_to.adjusted()
    lowest = min(int(up_to.as_tuple().exponent), 0)
    while exponent >= lowest:
        for factor in (5, 2, 1):
            step = Decimal(factor).scaleb(exponent)
            candidate = up_to // step * step
            if above < candidate:
                return candidate.quantize(Decimal(1).scaleb(min(exponent, 0)))
        exponent -= 1
    return up_to


def _position(lowers: Sequence[Decimal], value: Decimal) -> int:
    return bisect_right(lowers, value) - 1


def _colour(position: int, total: int) -> str:
    """Colours spread over the whole ramp, so that few classes still stand apart."""
    if total == 1:
        return RAMP[len(RAMP) // 2]
    return RAMP[round(position * (len(RAMP) - 1) / (total - 1))]

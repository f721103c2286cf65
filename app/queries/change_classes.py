"""Classes of a difference between two years: as many below zero as above, zero in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from app.queries.classes import roundest

DIVERGING = ("#8C4A0C", "#CF8A3C", "#F1D3A6", "#F3F3F1", "#C8C6E4", "#8379B9", "#4A2F86")
"""Loss to gain; steps that stay apart in the three colour-vision simulations."""


@dataclass(frozen=True)
class ChangeClass:
    """One class of a difference: ``lower`` <= difference < ``upper``; ``None`` = open. Both 0: no difference."""

    lower: Decimal | None
    upper: Decimal | None
    colour: str
    count: int


def classify_changes(values: Sequence[float]) -> tuple[tuple[ChangeClass, ...], tuple[int | None, ...]]:
    """Classes of differences, the largest loss first, and the class of each; NaN belongs to none.

    The bounds are the same on both sides of zero, at thirds of the sizes of the differences.

    Examples
    --------
    >>> classes, of = classify_changes([-30.0, 0.0, 1.0, 12.0, float("nan")])
    >>> of, [one.count for one in classes]
    ((0, 3, 4, 6, None), [1, 0, 0, 1, 1, 0, 1])
    """
    given = np.asarray(values, dtype=float)
    sizes = np.abs(given[np.isfinite(given) & (given != 0)])
    if not len(sizes):
        inner, outer = Decimal(1), Decimal(2)
    else:
        low, high = (Decimal(repr(float(np.quantile(sizes, share)))) for share in (1 / 3, 2 / 3))
        inner = roundest(Decimal(0), low)
        outer = roundest(inner, high) if high > inner else inner * 2
    bounds = np.array([-float(outer), -float(inner)]), np.array([float(inner), float(outer)])
    below, above = np.searchsorted(bounds[0], given, side="right"), 4 + np.searchsorted(bounds[1], given, side="right")
    assigned = np.where(given < 0, below, np.where(given > 0, above, 3))
    found = tuple(int(one) if np.isfinite(value) else None for one, value in zip(assigned, given, strict=True))
    edges = (None, -outer, -inner, Decimal(0), Decimal(0), inner, outer, None)
    classes = tuple(
        ChangeClass(edges[at], edges[at + 1], colour, sum(one == at for one in found))
        for at, colour in enumerate(DIVERGING)
    )
    return classes, found

"""How evenly money is spread over places or people: Lorenz curve, Gini, Theil between and within groups."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Reason = Literal["no_places", "one_place", "no_money"]


@dataclass(frozen=True)
class Group:
    """One group of the decomposition.

    Parameters
    ----------
    places
        Members with a value; 1 = nothing can differ inside.
    people_share, money_share
        Of all members with a value.
    theil
        Theil's T inside the group.
    """

    name: Hashable
    places: int
    people_share: float
    money_share: float
    theil: float


@dataclass(frozen=True)
class Equity:
    """Inequality of some places.

    Parameters
    ----------
    reason
        Why there is no figure: no place has a value, only one has, or nothing was spent anywhere.
    gini
        0 = everybody gets the same, towards 1 = one place gets all.
    lorenz
        Cumulated share of people (of places without weights) and of money, from (0, 0) to (1, 1).
    theil, between, within
        Theil's T, and its parts between and within the groups; ``between + within == theil``. Without groups no parts.
    groups
        One for each group, largest share of the money first.
    one_member
        Names of groups with a single member: they have no inside.
    left_out
        Places without a value or without people.
    """

    places: int
    left_out: int
    reason: Reason | None
    gini: float | None
    lorenz: Floats
    theil: float | None
    between: float | None
    within: float | None
    groups: tuple[Group, ...]
    one_member: tuple[Hashable, ...]


def equity(
    values: npt.ArrayLike, *, people: npt.ArrayLike | None = None, groups: Sequence[Hashable] | None = None
) -> Equity:
    """Inequality of money per place, or per person.

    Parameters
    ----------
    values
        Money of each place (baht), 0 or more; NaN = unknown, the place is left out and counted.
    people
        Weight of each place: then a person is the unit, the curve is over people and the figures are of money per
        head. Places without people are left out and counted. ``None``: each place counts once.
    groups
        Group (province) of each place for Theil's decomposition; ``None`` = all in one.

    Raises
    ------
    ValueError
        Money below zero: no share of a total can be told.

    Notes
    -----
    Without people the figures come from ``inequality``. It knows no weights; with people the same definitions are
    used on shares: G = 1 - sum (x_i - x_(i-1)) (y_i + y_(i-1)) over the Lorenz curve and T = sum s_i ln (s_i / p_i)
    (Theil 1967), which equal the library's figures over every single person.

    Examples
    --------
    >>> found = equity([0, 0, 0, 100])
    >>> found.gini, equity([5, 5, 5]).gini, equity([0, 0]).reason
    (0.75, 0.0, 'no_money')
    """
    money = np.asarray(values, dtype=float)
    weight = np.ones(len(money)) if people is None else np.nan_to_num(np.asarray(people, dtype=float))
    names = np.zeros(len(money), dtype=object) if groups is None else np.array(list(groups), dtype=object)
    known = np.isfinite(money) & (weight > 0)
    money, weight, names = money[known], weight[known], names[known]
    left_out = int((~known).sum())
    if (money < 0).any():
        raise ValueError("money below zero has no share of a total")
    reason: Reason | None = None
    if len(money) == 0:
        reason = "no_places"
    elif money.sum() == 0:
        reason = "no_money"
    elif len(money) == 1:
        reason = "one_place"
    if reason is not None:
        return Equity(len(money), left_out, reason, None, np.zeros((0, 2)), None, None, None, (), ())
    lorenz = lorenz_curve(money, weight)
    gini = _library_gini(money) if people is None else _area_gini(lorenz)
    theil, between, parts = _theil(money, weight, names)
    return Equity(
        places=len(money),
        left_out=left_out,
        reason=None,
        gini=gini,
        lorenz=lorenz,
        theil=theil,
        between=None if groups is None else between,
        within=None if groups is None else theil - between,
        groups=parts,
        one_member=tuple(part.name for part in parts if part.places == 1) if groups is not None else (),
    )


def lorenz_curve(money: Floats, weight: Floats) -> Floats:
    """Cumulated shares of weight and money, poorest per weight first; (n + 1) x 2 from (0, 0) to (1, 1)."""
    order = np.argsort(money / weight, kind="stable")
    across = np.concatenate([[0.0], np.cumsum(weight[order])])
    up = np.concatenate([[0.0], np.cumsum(money[order])])
    return np.column_stack([across / across[-1], up / up[-1]])


def _library_gini(money: Floats) -> float:
    # Imported here: the library brings matplotlib, which takes a second that only this figure needs.
    from inequality.gini import Gini

    return max(0.0, float(Gini(money).g))


def _area_gini(lorenz: Floats) -> float:
    across, up = lorenz.T
    return max(0.0, float(1 - np.sum(np.diff(across) * (up[1:] + up[:-1]))))


def _theil(money: Floats, weight: Floats, names: npt.NDArray[np.object_]) -> tuple[float, float, tuple[Group, ...]]:
    keys, position = np.unique(names.astype(str), return_inverse=True)
    first = {key: name for key, name in zip(names.astype(str), names, strict=True)}
    money_share, people_share = money / money.sum(), weight / weight.sum()
    terms = _plogr(money_share, money_share / people_share)
    group_money, group_people = np.bincount(position, money_share), np.bincount(position, people_share)
    between = _plogr(group_money, group_money / group_people)
    count = np.bincount(position)
    inside_share = money_share / np.where(group_money[position] > 0, group_money[position], 1)
    inside = np.bincount(
        position, _plogr(inside_share, inside_share / (people_share / group_people[position])), minlength=len(keys)
    )
    parts = [
        Group(first[key], int(count[i]), float(group_people[i]), float(group_money[i]), max(0.0, float(inside[i])))
        for i, key in enumerate(keys)
    ]
    parts.sort(key=lambda part: (-part.money_share, str(part.name)))
    total = max(0.0, float(terms.sum()))
    return total, min(total, max(0.0, float(between.sum()))), tuple(parts)


def _plogr(share: npt.NDArray[Any], ratio: npt.NDArray[Any]) -> Floats:
    """``share * ln(ratio)``, whose limit at a share of 0 is 0."""
    terms: Floats = share * np.log(np.where(share > 0, ratio, 1.0))
    return terms

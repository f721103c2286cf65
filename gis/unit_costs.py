"""Works that cost more or less than their like: the price of a kilometre or a cubic metre against neighbours."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]

PEERS: Final = 20
FEWEST_PEERS: Final = 8
"""Works beside which a price is judged, and of which a median is told."""
LIMIT: Final = 3.5
"""Robust z beyond which a value is called an outlier (Iglewicz and Hoaglin 1993)."""
_NORMAL: Final = 1.4826
"""Median absolute deviation to standard deviation of a normal distribution."""
_NARROWEST: Final = 0.05
"""Spread of the logarithm below which prices count as one price: 5 %."""


def outliers(
    cost_baht: npt.ArrayLike,
    quantity: npt.ArrayLike,
    kind: npt.ArrayLike,
    x_m: npt.ArrayLike,
    y_m: npt.ArrayLike,
    *,
    peers: int = PEERS,
    limit: float = LIMIT,
) -> pd.DataFrame:
    """Price per unit of each work, beside that of the nearest works of the same kind.

    Parameters
    ----------
    cost_baht
        Money of the work.
    quantity
        Kilometres or cubic metres.
    kind
        What makes works alike: the surface of a road, the type of a water source.
    x_m, y_m
        A place of the work in a metric system; NaN = not known, the work is beside all of its kind.
    peers
        Nearest works of the kind that it is measured against.
    limit
        Robust z at which a work is an outlier.

    Returns
    -------
    DataFrame
        In the order given: ``unit_cost`` (baht per unit), ``typical`` (median of the peers), ``peers`` (how many),
        ``z`` (deviation of the logarithm in robust standard deviations), ``state``: ``usual``, ``high``, ``low``, or
        why nothing can be said: ``no_cost``, ``no_quantity``, ``few_peers``.

    Notes
    -----
    Prices are compared as logarithms: twice as dear is as far as half as dear. Median and MAD instead of mean and
    standard deviation, because the outliers looked for would widen the latter. The MAD is never taken below 5 %.

    Examples
    --------
    >>> found = outliers([1e6] * 9 + [9e6], [1] * 10, ["RC"] * 10, range(10), [0] * 10)
    >>> found["state"].tolist()[-2:], round(float(found["typical"].iloc[-1]))
    (['usual', 'high'], 1000000)
    """
    cost, amount = np.asarray(cost_baht, dtype=float), np.asarray(quantity, dtype=float)
    kinds = np.asarray(kind, dtype=object).astype(str)
    places = np.column_stack([np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)])
    priced, measured = np.nan_to_num(cost) > 0, np.nan_to_num(amount) > 0
    state = np.where(priced, np.where(measured, "few_peers", "no_quantity"), "no_cost").astype(object)
    sound = priced & measured
    unit_cost = np.full(len(cost), np.nan)
    unit_cost[sound] = cost[sound] / amount[sound]
    typical, z, count = np.full(len(cost), np.nan), np.full(len(cost), np.nan), np.zeros(len(cost), dtype=int)
    for name in np.unique(kinds[sound]):
        these = np.flatnonzero(sound & (kinds == name))
        count[these] = min(peers, len(these) - 1)
        if len(these) <= FEWEST_PEERS:
            continue
        logs = np.log(unit_cost[these])
        middle, spread, count[these] = _beside(logs, places[these], min(peers, len(these) - 1))
        typical[these] = np.exp(middle)
        z[these] = (logs - middle) / spread
    judged = np.isfinite(z)
    state[judged] = np.select([z[judged] > limit, z[judged] < -limit], ["high", "low"], "usual")
    return pd.DataFrame({"unit_cost": unit_cost, "typical": typical, "peers": count, "z": z, "state": state})


def prices_by_kind(works: pd.DataFrame) -> pd.DataFrame:
    """How many works of each kind have a price, and its quartiles, the dearest kind first.

    Parameters
    ----------
    works
        ``type_code`` and ``unit_cost`` of each work, as :func:`outliers` gives it.

    Returns
    -------
    DataFrame
        By kind: ``works``, ``lower``, ``middle``, ``upper``. Of fewer than :data:`FEWEST_PEERS` works no quartile is
        given (NaN): a single dear work would move it. Kinds without quartiles come last.
    """
    priced = works[works["unit_cost"].notna()].groupby("type_code")["unit_cost"]
    found = pd.DataFrame(
        {
            "works": priced.size(),
            "lower": priced.quantile(0.25),
            "middle": priced.quantile(0.5),
            "upper": priced.quantile(0.75),
        }
    )
    few = found["works"] < FEWEST_PEERS
    found.loc[few, ["lower", "middle", "upper"]] = np.nan
    return found.sort_values(["middle", "works"], ascending=False, na_position="last")


def _beside(logs: Floats, places: Floats, peers: int) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Median and robust spread of the nearest others, of all where a place is not known; and of how many."""
    placed = np.isfinite(places).all(axis=1)
    middle = np.full(len(logs), np.median(logs))
    spread = np.full(len(logs), np.median(np.abs(logs - middle[0])))
    count = np.full(len(logs), len(logs), dtype=np.int64)
    if placed.sum() > peers:
        own = logs[placed]
        _, near = cKDTree(places[placed]).query(places[placed], k=peers + 1)
        # Several works at one spot: the work itself need not come first among them.
        itself = near == np.arange(len(own))[:, None]
        itself[~itself.any(axis=1), -1] = True
        others = own[near[~itself].reshape(len(own), peers)]
        middle[placed] = np.median(others, axis=1)
        spread[placed] = np.median(np.abs(others - middle[placed][:, None]), axis=1)
        count[placed] = peers
    return middle, np.maximum(spread * _NORMAL, _NARROWEST), count

"""What may have gone wrong between a place and the numbers in a row: every supposition, for many rows at once.

A supposition takes the numbers of rows back to what they were before the mistake. Only those that can lie in the
claimed place at all come out; numbers are compared in their own coordinate system, so nearly nothing is converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gis.doctor.places import BoolArray, FloatArray, IntArray, Places

Kind = Literal[
    "as_given",
    "swapped_lonlat",
    "swapped_en",
    "wrong_zone",
    "wrong_datum",
    "wrong_notation",
    "dms_as_decimal",
    "missing_point",
    "extra_digit",
    "missing_digit",
]

# How little each supposition costs: one common mistake explains more than a rare one, two less than either.
COST: dict[Kind, float] = {
    "as_given": 0.0,
    "swapped_lonlat": 1.0,
    "swapped_en": 1.0,
    "wrong_zone": 1.0,
    "wrong_notation": 1.0,
    "wrong_datum": 2.0,
    "missing_point": 3.0,
    "dms_as_decimal": 3.0,
    "extra_digit": 4.0,
    "missing_digit": 5.0,
}
# A digit behind the point is less likely to be at fault when the other number does not say so.
_UNEVEN = 1.5
_GEOGRAPHIC = (4326, 4240)
_UTM = (32647, 32648, 24047, 24048)
_INDIAN = (4240, 24047, 24048)


@dataclass(frozen=True)
class Supposed:
    """Candidates: the numbers of some rows as they may have been meant.

    Parameters
    ----------
    rows
        Index of the row of each candidate.
    kind, cost
        What was supposed; added-up cost of it, for all or for each.
    axis
        Which number was changed: 0 the first, 1 the second, 2 both.
    x, y, epsg
        The numbers as meant and their coordinate system.
    swapped
        The first number was given second.
    """

    rows: IntArray
    kind: Kind
    cost: float | FloatArray
    axis: int
    x: FloatArray
    y: FloatArray
    epsg: int
    swapped: bool = False


def suppositions(x: FloatArray, y: FloatArray, epsg: int, place: IntArray, places: Places) -> Iterator[Supposed]:
    """Every supposition about rows that are claimed to be in ``epsg`` and to lie in ``place``."""
    yield from _other_systems(x, y, epsg, place, places)
    if epsg in _GEOGRAPHIC:
        yield from _dms_as_decimal(x, y, epsg, place, places)
    for axis in (0, 1):
        yield from _digits(x, y, epsg, place, places, axis)


def _other_systems(x: FloatArray, y: FloatArray, epsg: int, place: IntArray, places: Places) -> Iterator[Supposed]:
    """The same numbers, first and second exchanged or not, in any coordinate system."""
    for other in (*_GEOGRAPHIC, *_UTM):
        kind, cost = _difference(epsg, other)
        if other != epsg:
            rows = np.flatnonzero(places.may_hold(place, x, y, other))
            yield Supposed(rows, kind, cost, 2, x[rows], y[rows], other)
        swap: Kind = "swapped_lonlat" if other in _GEOGRAPHIC else "swapped_en"
        told = swap if kind in ("as_given", "wrong_datum") else kind
        rows = np.flatnonzero(places.may_hold(place, y, x, other))
        yield Supposed(rows, told, cost + COST[swap], 2, y[rows], x[rows], other, swapped=True)


def _difference(epsg: int, other: int) -> tuple[Kind, float]:
    kind: Kind = "as_given"
    cost = 0.0
    if (epsg in _GEOGRAPHIC) != (other in _GEOGRAPHIC):
        kind, cost = "wrong_notation", COST["wrong_notation"]
    elif epsg in _UTM and epsg % 100 != other % 100:
        kind, cost = "wrong_zone", COST["wrong_zone"]
    if (epsg in _INDIAN) != (other in _INDIAN):
        kind = "wrong_datum" if kind == "as_given" else kind
        cost += COST["wrong_datum"]
    return kind, cost


def _dms_as_decimal(x: FloatArray, y: FloatArray, epsg: int, place: IntArray, places: Places) -> Iterator[Supposed]:
    """``15.4830`` typed for 15 degrees 48 minutes 30 seconds, or ``15.485`` for 15 degrees 48.5 minutes."""
    for read, rarer in ((_from_dms, 0.0), (_from_dm, 0.3)):
        lon, lat = read(x), read(y)
        # Who types degrees and minutes does so twice; the other number as it stands is the rarer case.
        for axis, supposed_x, supposed_y, alone in ((2, lon, lat, 0.0), (0, lon, y, 0.5), (1, x, lat, 0.5)):
            rows = np.flatnonzero(places.may_hold(place, supposed_x, supposed_y, epsg))
            cost = COST["dms_as_decimal"] + rarer + alone
            yield Supposed(rows, "dms_as_decimal", cost, axis, supposed_x[rows], supposed_y[rows], epsg)


def _from_dms(value: FloatArray) -> FloatArray:
    degrees = np.floor(value)
    # The digits as they were typed: 0.4830 is not quite 0.4830 in binary.
    after = np.round((value - degrees) * 100, 6)
    minutes = np.floor(after)
    seconds = np.round((after - minutes) * 100, 4)
    return np.where((minutes < 60) & (seconds < 60), degrees + minutes / 60 + seconds / 3600, np.nan)


def _from_dm(value: FloatArray) -> FloatArray:
    degrees = np.floor(value)
    minutes = np.round((value - degrees) * 100, 6)
    return np.where(minutes < 60, degrees + minutes / 60, np.nan)


def _digits(x: FloatArray, y: FloatArray, epsg: int, place: IntArray, places: Places, axis: int) -> Iterator[Supposed]:
    """A digit too many or too few in one of the two numbers, or its decimal point lost; the other one is right."""
    window = places.windows(epsg)[place]
    other = y if axis == 0 else x
    sound = (window[:, 1 - axis] <= other) & (other <= window[:, 3 - axis])
    value = x if axis == 0 else y
    rows = np.flatnonzero(sound & np.isfinite(value) & (value > 0))
    if not len(rows):
        return
    low, high = window[rows, axis], window[rows, 2 + axis]
    wrong = value[rows]
    degrees = epsg in _GEOGRAPHIC
    longer = np.sign(decimals(wrong) - decimals(other[rows])) if degrees else np.zeros(len(rows))
    for kind, supposed, behind_point in _rewritten(wrong, degrees):
        inside: BoolArray = (low <= supposed) & (supposed <= high)
        found = np.flatnonzero(inside)
        if not len(found):
            continue
        at = rows[found]
        meant = supposed[found]
        first, second = (meant, y[at]) if axis == 0 else (x[at], meant)
        cost = np.full(len(found), COST[kind])
        if behind_point:
            # Both numbers come from one instrument: who has a digit too many behind the point has the longer one.
            cost += _UNEVEN * ((longer[found] < 1) if kind == "extra_digit" else (longer[found] > -1))
        yield Supposed(at, kind, cost, axis, first, second, epsg)


def decimals(value: FloatArray) -> FloatArray:
    """Number of decimals that the numbers were written with, up to 8; noughts at the end are not seen.

    Examples
    --------
    >>> decimals(np.array([100.0, 15.5, 15.483012])).tolist()
    [0.0, 1.0, 6.0]
    """
    needed = np.full(len(value), 8.0)
    for places in range(7, -1, -1):
        scaled = value * 10.0**places
        needed[np.abs(scaled - np.round(scaled)) < 1e-5] = places
    return needed


def _rewritten(value: FloatArray, degrees: bool) -> Iterator[tuple[Kind, FloatArray, bool]]:
    """The numbers with one digit put in or taken out at every place, or with a decimal point put in.

    The last member tells whether the digit stands behind the point.
    """
    for place in range(4 if degrees else 8):
        step = 10.0**place
        head, tail = np.floor(value / step), np.mod(value, step)
        yield "extra_digit", np.floor(head / 10) * step + tail, False
        for digit in range(10):
            yield "missing_digit", (head * 10 + digit) * step + tail, False
    if not degrees:
        return
    for place in range(4):
        step = 10.0**-place
        head = np.floor(np.round(value / step, 6)) * step
        tail = value - head
        next_head = np.floor(np.round(value / (step / 10), 6)) * (step / 10)
        yield "extra_digit", head + (value - next_head) * 10, True
        for digit in range(10):
            yield "missing_digit", head + digit * step / 10 + tail / 10, True
    whole = np.where(value == np.floor(value), value, np.nan)
    for place in range(1, 9):
        yield "missing_point", whole / 10.0**place, False

"""The coordinate doctor on a seeded corpus: what it finds, what it reads first, what it alarms for nothing, how fast.

Every kind of mistake is made at places all over Thailand, the claimed tambon known. ``EPLAN_BENCH_TAMBONS`` names a
file with the real tambons (anything with polygons in EPSG:4326); without it the country is cut into made-up ones of
the same size. A mistake that leaves a point inside its tambon cannot be seen by anybody who knows only that: such
cases are counted apart (``hidden``), never left out silently.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet
import pyogrio
import shapely

from gis import crs
from gis.doctor import GivenPoints, Places, diagnose
from gis.doctor.places import FloatArray, IntArray, distances_m

SEED = 2569
CASES_EACH = 2_000
# A reading is right when it names the mistake and lies no farther from the truth than this beyond its own spread.
RIGHT_M = 100.0
# Made-up tambons, when no file of real ones is given: about 7,000 of 9 km.
_CELL_DEGREES = 0.085


@dataclass(frozen=True)
class Truth:
    """Places that are right: the tambon of each, longitude and latitude."""

    place: IntArray
    lonlat: FloatArray
    utm: FloatArray
    zone: IntArray


Numbers = tuple[FloatArray, FloatArray, IntArray]
Maker = Callable[[Truth, np.random.Generator], Numbers]


def tambons() -> npt.NDArray[Any]:
    """Polygons of the tambons, real or made up."""
    path = os.environ.get("EPLAN_BENCH_TAMBONS", "")
    if not path:
        return _made_up()
    if Path(path).suffix == ".parquet":
        column = pyarrow.parquet.read_table(path).column("geometry")
        shapes = shapely.from_wkb(column.to_numpy())
    else:
        shapes = pyogrio.read_dataframe(path).geometry.to_numpy()
    return np.asarray(shapely.make_valid(shapes), dtype=object)


def _made_up() -> npt.NDArray[Any]:
    west, south, east, north = crs.THAILAND_BOUNDS
    corners = np.stack(
        np.meshgrid(np.arange(west, east, _CELL_DEGREES), np.arange(south, north, _CELL_DEGREES)), axis=-1
    ).reshape(-1, 2)
    return np.asarray(shapely.box(*corners.T, *(corners + _CELL_DEGREES).T), dtype=object)


def truths(polygons: npt.NDArray[Any], count: int, rng: np.random.Generator) -> Truth:
    """Points spread over the tambons, each inside its own."""
    place = rng.integers(0, len(polygons), count)
    lonlat = np.full((count, 2), np.nan)
    missing = np.arange(count)
    box = shapely.bounds(polygons)
    while len(missing):
        low, high = box[place[missing], :2], box[place[missing], 2:]
        tried = low + rng.random((len(missing), 2)) * (high - low)
        inside = shapely.contains_xy(polygons[place[missing]], tried[:, 0], tried[:, 1])
        lonlat[missing[inside]] = tried[inside]
        missing = missing[~inside]
    lonlat = np.round(lonlat, 6)
    zone = np.where(lonlat[:, 0] < crs.ZONE_BOUNDARY_LON, 32647, 32648)
    return Truth(place, lonlat, np.round(_in(lonlat, zone), 2), zone)


def _in(lonlat: FloatArray, epsg: IntArray) -> FloatArray:
    numbers = np.empty_like(lonlat)
    for code in np.unique(epsg):
        rows = epsg == code
        numbers[rows] = crs.from_wgs84(lonlat[rows], int(code))[0]
    return numbers


def _degrees(truth: Truth) -> IntArray:
    return np.full(len(truth.place), 4326)


def right_degrees(truth: Truth, rng: np.random.Generator) -> Numbers:
    """No mistake."""
    return truth.lonlat[:, 0], truth.lonlat[:, 1], _degrees(truth)


def right_utm(truth: Truth, rng: np.random.Generator) -> Numbers:
    """No mistake."""
    return truth.utm[:, 0], truth.utm[:, 1], truth.zone


def swapped_lonlat(truth: Truth, rng: np.random.Generator) -> Numbers:
    """Latitude first."""
    return truth.lonlat[:, 1], truth.lonlat[:, 0], _degrees(truth)


def swapped_en(truth: Truth, rng: np.random.Generator) -> Numbers:
    """Northing first."""
    return truth.utm[:, 1], truth.utm[:, 0], truth.zone


def wrong_zone(truth: Truth, rng: np.random.Generator) -> Numbers:
    """The other zone's code with the right numbers."""
    return truth.utm[:, 0], truth.utm[:, 1], 32647 + 32648 - truth.zone


def wrong_notation(truth: Truth, rng: np.random.Generator) -> Numbers:
    """Metres where degrees are said to be."""
    return truth.utm[:, 0], truth.utm[:, 1], _degrees(truth)


def dms_as_decimal(truth: Truth, rng: np.random.Generator) -> Numbers:
    """15 degrees 48 minutes 30.12 seconds typed as 15.483012."""

    def typed(value: FloatArray) -> FloatArray:
        hundredths = np.round(value * 360_000).astype(np.int64)
        degrees, rest = np.divmod(hundredths, 360_000)
        minutes, seconds = np.divmod(rest, 6_000)
        return degrees + minutes / 100 + seconds / 1_000_000

    return typed(truth.lonlat[:, 0]), typed(truth.lonlat[:, 1]), _degrees(truth)


def missing_point(truth: Truth, rng: np.random.Generator) -> Numbers:
    """100523412 for 100.523412."""
    return np.round(truth.lonlat[:, 0] * 1e6), truth.lonlat[:, 1], _degrees(truth)


def _one_number(change: Callable[[str, np.random.Generator], str], lonlat: bool) -> Maker:
    def make(truth: Truth, rng: np.random.Generator) -> Numbers:
        numbers = (truth.lonlat if lonlat else truth.utm).copy()
        axis = rng.integers(0, 2, len(numbers))
        for row, column in enumerate(axis.tolist()):
            text = f"{numbers[row, column]:.6f}" if lonlat else f"{numbers[row, column]:.2f}"
            numbers[row, column] = float(change(text, rng))
        return numbers[:, 0], numbers[:, 1], _degrees(truth) if lonlat else truth.zone

    make.__doc__ = change.__doc__
    return make


def _without_digit(text: str, rng: np.random.Generator) -> str:
    """One digit before the point, or the first behind it, is not there."""
    point = text.index(".")
    end = point + 2 if point < 4 else point
    places = [i for i in range(end) if i != point and not (i == 0 and text[1] == "0")]
    at = places[rng.integers(0, len(places))]
    return text[:at] + text[at + 1 :]


def _with_digit(text: str, rng: np.random.Generator) -> str:
    """One digit before the point is there twice, or another stands beside it."""
    at = int(rng.integers(1, text.index(".") + 1))
    digit = text[at - 1] if rng.random() < 0.5 else str(rng.integers(0, 10))
    return text[:at] + digit + text[at:]


def wrong_datum(truth: Truth, rng: np.random.Generator) -> Numbers:
    """Numbers of Indian 1975 said to be WGS 84: the limits of a tambon show it only near them."""
    numbers = np.round(_in(truth.lonlat, truth.zone - 8600), 2)
    return numbers[:, 0], numbers[:, 1], truth.zone


def truncated(truth: Truth, rng: np.random.Generator) -> Numbers:
    """Two decimals."""
    return np.round(truth.lonlat[:, 0], 2), np.round(truth.lonlat[:, 1], 2), _degrees(truth)


# Name in the table -> how it is made, and the kind that has to come first.
KINDS: dict[str, tuple[Maker, str]] = {
    "swapped_lonlat": (swapped_lonlat, "swapped_lonlat"),
    "swapped_en": (swapped_en, "swapped_en"),
    "wrong_zone": (wrong_zone, "wrong_zone"),
    "wrong_notation": (wrong_notation, "wrong_notation"),
    "dms_as_decimal": (dms_as_decimal, "dms_as_decimal"),
    "missing_point": (missing_point, "missing_point"),
    "missing_digit_utm": (_one_number(_without_digit, lonlat=False), "missing_digit"),
    "missing_digit_degrees": (_one_number(_without_digit, lonlat=True), "missing_digit"),
    "extra_digit_utm": (_one_number(_with_digit, lonlat=False), "extra_digit"),
    "extra_digit_degrees": (_one_number(_with_digit, lonlat=True), "extra_digit"),
    "truncated": (truncated, "truncated"),
    "wrong_datum": (wrong_datum, "wrong_datum"),
}
CORRECT = {"correct_degrees": right_degrees, "correct_utm": right_utm}
# What one point inside its tambon cannot show; its row is in the table, not in the sums.
APART = ("wrong_datum",)


def run(seed: int = SEED, cases: int = CASES_EACH) -> list[dict[str, Any]]:
    """The table: a row each kind, then the sums."""
    rng = np.random.default_rng(seed)
    polygons = tambons()
    places = Places(list(polygons))
    table = [_of_kind(name, truths(polygons, cases, rng), places, rng) for name in KINDS]
    counted = [row for row in table if row["kind"] not in APART]
    for name, make in CORRECT.items():
        truth = truths(polygons, 5 * cases, rng)
        found = diagnose(_given(make(truth, rng), truth), places)
        table.append({"kind": name, "cases": 5 * cases, "alarms": int((found.verdicts != "plausible").sum())})
    correct = table[-len(CORRECT) :]
    total = sum(row["cases"] for row in counted)
    table.append(
        {
            "kind": "all",
            "cases": total,
            "hidden": sum(row["hidden"] for row in counted),
            "found_%": 100 * sum(row["found"] for row in counted) / total,
            "first_%": 100 * sum(row["first"] for row in counted) / total,
            "alarms_%": 100 * sum(row["alarms"] for row in correct) / sum(row["cases"] for row in correct),
        }
    )
    return [*table, _speed(polygons, places, rng)]


def _given(numbers: Numbers, truth: Truth) -> GivenPoints:
    return GivenPoints(*numbers, truth.place)


def _of_kind(name: str, truth: Truth, places: Places, rng: np.random.Generator) -> dict[str, Any]:
    make, wanted = KINDS[name]
    given = _given(make(truth, rng), truth)
    begin = time.perf_counter()
    found = diagnose(given, places)
    seconds = time.perf_counter() - begin
    alarmed = found.verdicts != "plausible"
    inside = np.flatnonzero(~alarmed)
    first = listed = 0
    spreads = []
    for row in range(len(truth.place)):
        if found.verdicts[row] == "truncated" or wanted == "truncated":
            first += int(wanted == "truncated" and bool(alarmed[row]))
            continue
        right = [
            reading.kind == wanted
            and distances_m(np.array([[reading.lon, reading.lat]]), truth.lonlat[row : row + 1])[0]
            <= RIGHT_M + 1.01 * reading.spread_m
            for reading in found.readings.get(row, ())
        ]
        first += bool(right and right[0])
        listed += any(right)
        if right and right[0]:
            spreads.append(found.readings[row][0].spread_m)
    return {
        "kind": name,
        "cases": len(truth.place),
        "hidden": len(inside),
        "found": int(alarmed.sum()),
        "first": first,
        "found_%": 100 * float(alarmed.mean()),
        "first_%": 100 * first / len(truth.place),
        "listed": listed,
        "spread_m": float(np.median(spreads)) if spreads else None,
        "per_s": len(truth.place) / seconds,
    }


def _speed(polygons: npt.NDArray[Any], places: Places, rng: np.random.Generator) -> dict[str, Any]:
    """Coordinates a second of a file in which one row of twenty is wrong, as files are."""
    truth = truths(polygons, 200_000, rng)
    x, y, epsg = (array.copy() for array in right_utm(truth, rng))
    wrong = rng.choice(len(x), len(x) // 20, replace=False)
    x[wrong], y[wrong] = y[wrong], x[wrong].copy()
    begin = time.perf_counter()
    diagnose(GivenPoints(x, y, epsg, truth.place), places)
    return {"kind": "speed", "cases": len(x), "per_s": len(x) / (time.perf_counter() - begin)}


if __name__ == "__main__":
    for line in run():
        print(line)

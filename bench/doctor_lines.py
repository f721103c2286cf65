"""The coordinate doctor on lines: seeded roads with one fault each, what is found and whether the road comes back.

A road is right again when the first mend that answers the fault has every vertex of the road as it was (the faulty one
may be left out where no reading can bring it back), within a metre. ``listed`` counts those where it is any of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString

from gis import crs
from gis.checks import CheckContext, check_batch
from gis.doctor.lines import explained, mends
from gis.doctor.places import FloatArray
from gis.measure import lengths_m

SEED = 2569
CASES_EACH = 2_000
CORRECT = 10_000
RIGHT_M = 1.0
Fault = Callable[[FloatArray, np.random.Generator], FloatArray]


def roads(count: int, rng: np.random.Generator) -> list[FloatArray]:
    """Roads in UTM, metres: 8 to 30 vertices 30 to 120 m apart that wind as roads do."""
    made = []
    for _ in range(count):
        vertices = int(rng.integers(8, 31))
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.18, vertices - 1))
        step = np.column_stack((np.cos(heading), np.sin(heading))) * rng.uniform(30, 120, (vertices - 1, 1))
        start = np.array([rng.uniform(400_000, 560_000), rng.uniform(900_000, 2_000_000)])
        made.append(np.round(np.vstack((start, start + np.cumsum(step, axis=0))), 2))
    return made


def repeated_vertex(xy: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One vertex twice."""
    at = int(rng.integers(0, len(xy)))
    return np.insert(xy, at, xy[at], axis=0)


def spike(xy: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Out 10 to 60 m and back by the same way."""
    at = int(rng.integers(1, len(xy) - 1))
    away = rng.uniform(0, 2 * np.pi)
    tip = xy[at] + np.array([np.cos(away), np.sin(away)]) * rng.uniform(10, 60)
    return np.insert(xy, at + 1, [tip, xy[at]], axis=0)


def swapped_vertex(xy: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Easting and northing of one vertex exchanged."""
    at = int(rng.integers(0, len(xy)))
    return np.vstack((xy[:at], xy[at][::-1], xy[at + 1 :]))


def wrong_digit(xy: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One digit of one vertex's thousands to hundred thousands lost."""
    numbers = xy.copy()
    at, axis = int(rng.integers(0, len(xy))), int(rng.integers(0, 2))
    text = f"{numbers[at, axis]:.2f}"
    place = int(rng.integers(0, text.index(".") - 3))
    numbers[at, axis] = float(text[:place] + text[place + 1 :])
    return numbers


def wrong_order(xy: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Two to five vertices in the middle the other way round."""
    size = int(rng.integers(2, 6))
    at = int(rng.integers(1, len(xy) - size))
    return np.vstack((xy[:at], xy[at : at + size][::-1], xy[at + size :]))


def self_crossing(xy: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The same, where the line crosses itself for it."""
    for _ in range(200):
        mixed = wrong_order(xy, rng)
        if not LineString(mixed).is_simple:
            break
    return mixed


# Name -> how it is made, and the problems of :mod:`gis.checks` that tell it.
FAULTS: dict[str, tuple[Fault, tuple[str, ...]]] = {
    "repeated_vertex": (repeated_vertex, ("duplicate_vertices",)),
    "spike": (spike, ("spike", "line_self_crossing")),
    "swapped_vertex": (swapped_vertex, ("long_jump",)),
    "wrong_digit": (wrong_digit, ("long_jump",)),
    "self_crossing": (self_crossing, ("line_self_crossing",)),
    "wrong_order": (wrong_order, ("line_self_crossing",)),
}


def run(seed: int = SEED, cases: int = CASES_EACH) -> list[dict[str, Any]]:
    """The table: a row each fault, the false alarms, and how many lines a second."""
    rng = np.random.default_rng(seed)
    table = [_of_fault(name, roads(cases, rng), rng) for name in FAULTS]
    sound = [_lonlat(xy) for xy in roads(CORRECT, rng)]
    lines = np.array([LineString(xy) for xy in sound], dtype=object)
    lengths = lengths_m(lines)
    # The contract's length is that of the road, give or take what surveys differ by.
    contexts = [CheckContext("road", contract_length_m=float(m)) for m in lengths * rng.uniform(0.95, 1.05, CORRECT)]
    begin = time.perf_counter()
    alarmed = check_batch(lines, contexts)
    seconds = time.perf_counter() - begin
    table.append({"fault": "sound", "cases": CORRECT, "alarms_%": 100 * len(alarmed) / CORRECT})
    for name, factor in (("half_the_contract", 0.5), ("twice_the_contract", 2.0)):
        asked = [CheckContext("road", contract_length_m=float(m)) for m in lengths / factor]
        found = sum(any(p.code == "length_differs" for p in all_) for all_ in check_batch(lines, asked).values())
        table.append({"fault": name, "cases": CORRECT, "found_%": 100 * found / CORRECT})
    return [*table, {"fault": "speed", "cases": CORRECT, "per_s": CORRECT / seconds}]


def _lonlat(xy: FloatArray) -> FloatArray:
    return np.asarray(crs.to_wgs84(xy, 32647)[0])


def _of_fault(name: str, given: list[FloatArray], rng: np.random.Generator) -> dict[str, Any]:
    make, codes = FAULTS[name]
    found = first = listed = 0
    for xy in given:
        faulty = make(xy, rng)
        line = LineString(_lonlat(faulty))
        problems = [p for p in check_batch(np.array([line]), CheckContext("road")).get(0, []) if _tells(p.code, codes)]
        found += bool(problems)
        offers = mends(line, epsg=32647, given=faulty)
        answers = [mend for problem in problems for mend in explained(problem, offers)]
        right = [_is_road(mend.lines, xy) for mend in answers]
        first += bool(right and right[0])
        listed += any(right)
    return {
        "fault": name,
        "cases": len(given),
        "found_%": 100 * found / len(given),
        "first_%": 100 * first / len(given),
        "listed_%": 100 * listed / len(given),
    }


def _tells(code: str, codes: tuple[str, ...]) -> bool:
    # A vertex that left the country is found as that.
    return code in codes or code.startswith("outside_thailand")


def _is_road(lines: tuple[LineString, ...], road: FloatArray) -> bool:
    """Every vertex of the mended line is one of the road's, and at most one of these is missing."""
    mended = crs.from_wgs84(shapely.get_coordinates(list(lines)), 32647)[0]
    apart = np.hypot(*(mended[:, None] - road[None]).transpose(2, 0, 1))
    return bool((apart.min(axis=1) <= RIGHT_M).all() and (apart.min(axis=0) <= RIGHT_M).sum() >= len(road) - 1)


if __name__ == "__main__":
    for row in run():
        print(row)

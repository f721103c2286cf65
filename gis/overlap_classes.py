"""What a pair of works is: funded twice, continued, repaired, upgraded, joint, crossing, or only near.

Two questions are asked one after the other. *Is it one place?* is answered by how the shapes lie (:mod:`gis.overlap`)
and what the names, the money, the routes and the years say, as one number of odds whose weights were fitted on seeded
sets (``bench/duplicates.py``, with other seeds than it measures on). *Then what is the one work to the other?* is
answered by rules that people use: a grant is no second payment, a later repair after the warranty is a repair, a better
surface is an upgrade, the next phase is a continuation; what is none of these is one work twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gis.overlap import PairMetrics, pair_metrics, tolerance_m
from gis.overlap_facts import FEATURES, Facts, facts_of_all, features, one_water, years_apart
from gis.overlap_plane import FloatArray
from gis.overlap_reasons import KEEPS_UP, MENDS, Pair, stretches, verdict_of, years_between
from gis.overlap_works import REACH_M, SOMEBODY, PairClass, Reason, Verdict, Work
from gis.work_names import grant_is_with

RULES = 3
"""Counted up when pairs would be told otherwise than before: everything that is stored is then compared again."""
WARRANTY_YEARS = 2
"""Years in which the contractor mends defects himself; a repair before they are over wants an explanation."""

WEIGHTS: Mapping[str, float] = {
    "line": -0.46,
    "line_near": 2.96,
    "line_wide": 2.42,
    "line_apart": -1.1,
    "line_far": -2.04,
    "line_turned": -1.46,
    "line_short_of_half": -1.13,
    "area": -1.51,
    "area_share": 2.94,
    "area_apart": -4.76,
    "spot": -0.58,
    "spot_apart": -2.58,
    "spot_inside": 1.24,
    "name_core": 1.0,
    "name_whole": 0.47,
    "village_same": 0.3,
    "village_differs": -1.48,
    "soi_same": 0.22,
    "soi_differs": -2.24,
    "soi_one_sided": -0.25,
    "ordinal_differs": -3.0,
    "house_differs": -0.21,
    "route_same": 2.0,
    "route_differs": -2.0,
    "number_alike": 2.15,
    "length_same": 1.13,
    "length_differs": -0.44,
    "money_same": 0.5,
    "money_near": 0.64,
    "money_far": -0.3,
    "water_same": 3.59,
    "water_differs": -3.68,
    "kind_differs": -0.7,
    "noun_differs": -7.78,
    "ends_differ": -2.25,
}
BIAS = -2.55

SURFACE_RANKS = {
    "EARTH": 1, "LATERITE": 2, "CRUSHED": 3, "PARA": 4, "ST": 4, "CAPE": 4, "BLOCK": 4, "AC": 5, "RC": 5,
}  # fmt: skip
_END_SHARE = 0.35
"""Two lines that follow each other share at most so much of the shorter one, where they meet."""
_BESIDE_SHARE, _BESIDE_M = 0.85, 80.0
"""Where they meet they run near each other for a short way only; for longer they run side by side."""
_ENDS_APART_M = 25.0
_TURNED_DEG = 25.0
_ACROSS_DEG, _CROSSED_SHARE = 35.0, 0.5
_TURNED_OFF_DEG = 65.0
"""A line that goes on in another direction than this is another road, unless it has the first one's name."""
_ONWARD_DEG, _ONWARD_LIKE = 40.0, 0.6
"""Without a name that says so, only what goes straight on, is called nearly the same and is of another year goes on."""
_LIKE, _ALIKE_AT_ALL = 0.72, 0.3
_GOOD_SHARE, _MOSTLY = 0.6, 0.8
_GRANT_YEARS = 1
"""A grant is spent in its year or the next."""
_LIFE_YEARS = 12
"""After so many years the whole work is built again."""


def compare(left: Sequence[Work], right: Sequence[Work], warranty_years: int = WARRANTY_YEARS) -> list[Verdict]:
    """Measure and classify pairs of works; both sequences have one entry a pair."""
    one, two = (np.empty(len(left), dtype=object) for _ in range(2))
    one[:], two[:] = [work.geometry for work in left], [work.geometry for work in right]
    return classify(left, right, pair_metrics(one, two, tolerance_m(left, right)), warranty_years)


def classify(
    left: Sequence[Work], right: Sequence[Work], metrics: PairMetrics, warranty_years: int = WARRANTY_YEARS
) -> list[Verdict]:
    """Classify pairs that were measured already, in their order."""
    one, two = facts_of_all(left), facts_of_all(right)
    metrics = _by_chainage(left, right, one, two, metrics)
    evidence = features(left, right, one, two, metrics)
    odds = odds_of(evidence)
    columns = {name: getattr(metrics, name).tolist() for name in metrics.__dataclass_fields__}
    found = []
    for index, (a, b, f, g) in enumerate(zip(left, right, one, two, strict=True)):
        said = {name: value for name, value in zip(FEATURES, evidence[index].tolist(), strict=True) if value}
        measured = {name: column[index] for name, column in columns.items()}
        found.append(_verdict(Pair(a, b, f, g, said, measured, float(odds[index]), warranty_years)))
    return found


def odds_of(evidence: FloatArray) -> FloatArray:
    """Logarithm of the odds that each pair is one place."""
    weights = np.array([WEIGHTS.get(name, 0.0) for name in FEATURES])
    odds: FloatArray = evidence @ weights + BIAS
    return odds


def _by_chainage(
    left: Sequence[Work], right: Sequence[Work], one: Sequence[Facts], two: Sequence[Facts], metrics: PairMetrics
) -> PairMetrics:
    """Measures of pairs on one registered road, by their chainage: it says more than two drawings of the road."""
    pairs = enumerate(zip(left, right, one, two, strict=True))
    told = {index: found for index, pair in pairs if (found := stretches(*pair))}
    if not told:
        return metrics
    changed = {
        name: getattr(metrics, name).copy()
        for name in (
            *("shared_m", "shared_share", "longer_share", "wide_share", "distance_m", "apart_m", "ends_apart_m"),
            *("end_to_line_m", "angle_deg", "left_m", "right_m", "left_dimension", "right_dimension"),
        )
    }
    for index, ((low_a, high_a), (low_b, high_b)) in told.items():
        a_m, b_m = high_a - low_a, high_b - low_b
        shared = max(0.0, min(high_a, high_b) - max(low_a, low_b))
        gap = max(0.0, max(low_a, low_b) - min(high_a, high_b))
        ends = min(abs(x - y) for x in (low_a, high_a) for y in (low_b, high_b))
        values = {
            "shared_m": shared, "shared_share": shared / min(a_m, b_m), "longer_share": shared / max(a_m, b_m),
            "wide_share": shared / min(a_m, b_m), "distance_m": gap, "apart_m": gap, "ends_apart_m": ends,
            "end_to_line_m": ends, "angle_deg": 0.0, "left_m": a_m, "right_m": b_m,
            "left_dimension": 1, "right_dimension": 1,
        }  # fmt: skip
        for name, value in values.items():
            changed[name][index] = value
    return replace(metrics, **changed)


# --- the rules -----------------------------------------------------------------------------------------------------


def _verdict(pair: Pair) -> Verdict:
    same = 1.0 / (1.0 + math.exp(-max(min(pair.odds, 30.0), -30.0)))
    follows = _continues(pair)
    if follows is not None:
        return verdict_of(pair, "continuation", follows[0], follows[1])
    if same < 0.5 or not _is_place(pair):
        return _apart(pair, min(same, 0.49))
    for rule in (_joint, _next_phase, _upgrade, _repair):
        found = rule(pair)
        if found is not None:
            class_, sure, reasons = found
            return verdict_of(pair, class_, same * sure, reasons)
    return verdict_of(pair, "same_work", max(same * _twice(pair), 0.5), ())


def _is_place(pair: Pair) -> bool:
    """What no name makes up for: lines must share a good part, and a point says little of where a road is."""
    name = pair.said.get("name_core", 0.0)
    if pair.lines:
        wide = pair.measured["wide_share"]
        if _crosses(pair.measured):
            return False
        return bool(wide >= _END_SHARE and (wide >= _GOOD_SHARE or name >= _LIKE))
    if _stands_on(pair):
        return False
    roads = "water" not in (pair.left.kind, pair.right.kind)
    # The office's coordinates, or one point for all works of a year.
    return not roads or name >= _LIKE


def _stands_on(pair: Pair) -> bool:
    """A weir or a pumping station on the water that another work dredges, by whatever name of the water both go."""
    dimensions = {pair.measured["left_dimension"], pair.measured["right_dimension"]}
    if 1 not in dimensions or len(dimensions) == 1:
        return False
    waters = [facts.water_named or facts.water for facts in (pair.one, pair.two)]
    return (all(waters) and not one_water(*waters)) or {pair.one.nature, pair.two.nature} == {"BUILD", "DREDGE"}


def _crosses(at: Mapping[str, Any]) -> bool:
    """Two lines at an angle that leave each other as fast as straight ones would, whatever they are called."""
    if not at["angle_deg"] >= _ACROSS_DEG or at["shared_share"] >= _CROSSED_SHARE:
        return False
    beside_m = at["wide_share"] * min(at["left_m"], at["right_m"])
    return bool(beside_m <= 1.3 * 2 * max(REACH_M, at["tolerance_m"]) / math.sin(math.radians(at["angle_deg"])))


Found = tuple[PairClass, float, tuple[Reason, ...]]


def _continues(pair: Pair) -> tuple[float, tuple[Reason, ...]] | None:
    """End to end: the one begins where the other ends, and is not another road by its name or its direction."""
    at = pair.measured
    if not pair.lines or not at["ends_apart_m"] <= max(_ENDS_APART_M, at["tolerance_m"]):
        return None
    if at["shared_share"] > _END_SHARE or at["longer_share"] > _END_SHARE:
        return None
    beside_m = at["wide_share"] * min(at["left_m"], at["right_m"])
    if at["wide_share"] > _END_SHARE and (at["wide_share"] > _BESIDE_SHARE or beside_m > _BESIDE_M):
        return None
    if any(against in pair.said for against in ("soi_differs", "route_differs", "noun_differs")):
        return None
    named = _named_as_one(pair)
    onward = not at["angle_deg"] > _TURNED_OFF_DEG
    if not named and not _goes_straight_on(pair):
        return None
    sure = 0.55 + 0.2 * onward + 0.25 * named - 0.05 * (at["ends_apart_m"] > _ENDS_APART_M / 2)
    return min(sure, 0.99), (Reason("overlap_ends_meet", {"distance_m": round(at["ends_apart_m"])}),)


def _named_as_one(pair: Pair) -> bool:
    """One name, or one that says that there is more of it: a phase, "goes on from"."""
    said = pair.said
    if "ends_differ" in said:
        return False
    if _phases_differ(pair) or pair.one.goes_on or pair.two.goes_on:
        return "village_differs" not in said or said.get("name_core", 0.0) >= _LIKE
    villages = pair.one.parts.villages
    between = villages.bit_count() > 1 and villages == pair.two.parts.villages
    return "village_differs" not in said and (said.get("name_core", 0.0) >= _LIKE or "soi_same" in said or between)


def _goes_straight_on(pair: Pair) -> bool:
    """Nearly one name, the same direction, another year: roads that only meet in a village do not have all of these.

    Water that meets is one water: the same direction and a name that is not quite another are enough.
    """
    said, turned = pair.said, pair.measured["angle_deg"]
    name = said.get("name_core", 0.0)
    if "village_differs" in said:
        return False
    if pair.left.kind == pair.right.kind == "water":
        return not turned > _TURNED_OFF_DEG and (name > _ALIKE_AT_ALL or "village_same" in said)
    if said.get("soi_one_sided") or "ends_differ" in said or not years_apart(pair.left, pair.right):
        return False
    return not turned > _ONWARD_DEG and bool(pair.one.core and pair.two.core) and name >= _ONWARD_LIKE


def _phases_differ(pair: Pair) -> bool:
    p, q = pair.one.parts.phases, pair.two.parts.phases
    return bool(p and q and not p & q)


def _joint(pair: Pair) -> Found | None:
    """Declared, or the money of the one is the grant that the other spends: paid once."""
    a, b = pair.left, pair.right
    if a.joint and a.joint == b.joint:
        return "joint", 1.0, (Reason("overlap_joint_declared"),)
    if a.organisation == b.organisation or pair.gap_years > _GRANT_YEARS:
        return None
    for giver, receiver, says, gets in ((a, b, pair.one.gives, pair.two.gets), (b, a, pair.two.gives, pair.one.gets)):
        said = says and grant_is_with(giver.name, receiver.organisation_name or receiver.organisation)
        said |= gets and grant_is_with(receiver.name, giver.organisation_name or giver.organisation)
        if said or _means(giver.gives_to, receiver) or _means(receiver.gets_from, giver):
            values = {
                "giver": _called(giver), "receiver": _called(receiver),
                "giver_work": giver.id, "receiver_work": receiver.id,
            }  # fmt: skip
            return "joint", 0.97, (Reason("overlap_grant", values),)
    if pair.one.joint or pair.two.joint:
        return "joint", 0.9, (Reason("overlap_joint_named"),)
    return None


def _means(said: str, work: Work) -> bool:
    """Whether a recorded giver or receiver is the organisation of a work."""
    return bool(said) and said in (SOMEBODY, work.organisation, work.organisation_name)


def _called(work: Work) -> str:
    return work.organisation_name or work.organisation


def _next_phase(pair: Pair) -> Found | None:
    """Another phase of what is planned as one, or the same line of the plan in another year."""
    p, q = pair.one.parts.phases, pair.two.parts.phases
    # "ช่วงที่ 2" beside a work without a number: the second stretch, where not most of it is the first one.
    follows = bool(p) != bool(q) and not (p | q) & 0b11 and pair.measured["shared_share"] < _MOSTLY
    if _phases_differ(pair) or follows:
        return "continuation", 0.7 if follows else 0.9, (Reason("overlap_phase_differs"),)
    if pair.left.plan_line and pair.left.plan_line == pair.right.plan_line and pair.gap_years > 0:
        return "continuation", 0.95, (Reason("overlap_same_plan_line"),)
    return None


def _upgrade(pair: Pair) -> Found | None:
    """A better surface in a later year."""
    before, after = pair.earlier[1].surface, pair.later[1].surface
    better = SURFACE_RANKS.get(after, 0) > SURFACE_RANKS.get(before, 9)
    if not better or pair.gap_years <= 0:
        return None
    values = {
        "before": SURFACE_NAMES[before], "after": SURFACE_NAMES[after],
        "before_en": before.lower(), "after_en": after.lower(), "years": years_between(pair),
    }  # fmt: skip
    return "upgrade", 0.97, (Reason("overlap_upgrade", values),)


SURFACE_NAMES = {
    "EARTH": "ดิน", "LATERITE": "ลูกรัง", "CRUSHED": "หินคลุก", "PARA": "พาราแอสฟัลต์", "ST": "ลาดยาง", "CAPE": "เคพซีล",
    "BLOCK": "ตัวหนอน", "AC": "แอสฟัลต์", "RC": "คอนกรีต",
}  # fmt: skip


def _repair(pair: Pair) -> Found | None:
    """Mended, or kept up as works are every few years."""
    first, last = pair.earlier[1].nature, pair.later[1].nature
    gap, warranty = pair.gap_years, pair.warranty_years
    values = {"years": years_between(pair), "warranty": warranty}
    if gap >= warranty and gap > 0 and (last in MENDS or last in KEEPS_UP):
        return "repair", 0.96, (Reason("overlap_repair", values),)
    if gap >= _LIFE_YEARS:
        return "repair", 0.8, (Reason("overlap_rebuilt", values),)
    if gap > 0 and last in MENDS and first not in MENDS | KEEPS_UP:
        return "repair", 0.75, (Reason("overlap_repair_in_warranty", values),)
    return None


def _twice(pair: Pair) -> float:
    """How sure one place means one work twice, when no rule says otherwise."""
    sure = 1.0
    before, after = pair.one.surface, pair.two.surface
    if before and after and before != after:
        sure *= 0.85
    if pair.said.get("water_differs"):
        sure *= 0.7
    if bool(pair.one.parts.phases) != bool(pair.two.parts.phases):
        sure *= 0.8
    return sure


def _apart(pair: Pair, same: float) -> Verdict:
    """Not one place: two lines that meet at an angle cross or branch off; all others lie near each other."""
    at = pair.measured
    meets = pair.lines and at["distance_m"] <= at["tolerance_m"]
    if meets and at["angle_deg"] >= _TURNED_DEG and at["shared_share"] < _CROSSED_SHARE:
        values = {"angle_deg": round(at["angle_deg"])}
        branches = at["end_to_line_m"] <= at["tolerance_m"]
        reason = Reason("overlap_branches" if branches else "overlap_crosses", values)
        return verdict_of(pair, "crossing", 1.0 - same, (reason,))
    return verdict_of(pair, "near", 1.0 - same, ())

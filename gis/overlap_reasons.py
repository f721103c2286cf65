"""Why a pair of works is what it is: the pair with all that is known of it, and the reasons that are told to people.

A reason speaks for the class, against it, or stands beside it; :func:`speaks` says which.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from gis.overlap_facts import Facts, money_differs, route_of, years_apart
from gis.overlap_works import REACH_M, PairClass, Reason, Verdict, Work

MENDS = frozenset(("REPAIR", "REBUILD", "OVERLAY"))
"""Natures that mend what is there, whatever was said of the first work."""
KEEPS_UP = frozenset(("IMPROVE", "DREDGE"))
"""Natures that come back every few years."""

_TOUCH_M, _APART_SAID_M = 0.5, 5.0
_AREA = 2
ONE_PLACE = frozenset(("same_work", "repair", "upgrade", "joint"))
"""Classes of two works at one place."""
_HALF = 0.5

Voice = Literal["for", "against", "beside"]
_DIFFER = frozenset(
    f"overlap_{what}_differs" for what in ("name", "village", "soi", "ordinal", "house", "route", "water", "kind")
) | {"overlap_phase_one_sided"}
_ALIKE = frozenset(
    ("overlap_name_same", "overlap_name_near", "overlap_village_same", "overlap_soi_same", "overlap_route_same",
     "overlap_length_same", "overlap_water_same", "overlap_budget_same", "overlap_budget_near")
)  # fmt: skip
_BESIDE = frozenset(
    ("overlap_apart", "overlap_distance", "overlap_no_place", "overlap_organisation_same",
     "overlap_organisation_differs", "overlap_year_same", "overlap_years_apart", "overlap_budget_differs")
)  # fmt: skip
_SHARED = frozenset(("overlap_shared_length", "overlap_shared_wide", "overlap_shared_area", "overlap_inside"))
_OF_ONE_MONEY = {
    "overlap_year_same": "for", "overlap_years_apart": "against", "overlap_budget_differs": "against",
}  # fmt: skip
"""Said of one work twice: money and year that agree with it."""


def speaks(code: str, class_: str) -> Voice:
    """Whether a reason speaks for the class that a pair was told, or against it.

    Examples
    --------
    >>> speaks("overlap_budget_differs", "same_work"), speaks("overlap_budget_differs", "repair")
    ('against', 'beside')
    >>> speaks("overlap_name_same", "near"), speaks("overlap_village_differs", "near")
    ('against', 'for')
    """
    if class_ in ("near", "crossing"):
        if code in _ALIKE or code in _SHARED:
            return "against"
        return "beside" if code in _BESIDE - {"overlap_distance"} else "for"
    if code in _DIFFER:
        return "against"
    if class_ == "same_work" and code in _OF_ONE_MONEY:
        return "against" if _OF_ONE_MONEY[code] == "against" else "for"
    return "beside" if code in _BESIDE else "for"


@dataclass(frozen=True)
class Pair:
    """One pair with all that is known of it; ``later`` is the later one, or the right one of the same year."""

    left: Work
    right: Work
    one: Facts
    two: Facts
    said: Mapping[str, float]
    measured: Mapping[str, Any]
    odds: float
    warranty_years: int

    @property
    def swapped(self) -> bool:
        """The left one is the later."""
        return _when(self.left) > _when(self.right)

    @property
    def earlier(self) -> tuple[Work, Facts]:
        return (self.right, self.two) if self.swapped else (self.left, self.one)

    @property
    def later(self) -> tuple[Work, Facts]:
        return (self.left, self.one) if self.swapped else (self.right, self.two)

    @property
    def gap_years(self) -> float:
        """Years between the two: from the end of the one to the begin of the other where both days are known."""
        first, last = self.earlier[0], self.later[0]
        if first.ends_on is not None and last.starts_on is not None and last.starts_on >= first.ends_on:
            return (last.starts_on - first.ends_on).days / 365.25
        return float(years_apart(first, last) or 0)

    @property
    def lines(self) -> bool:
        return bool(self.measured["left_dimension"] == self.measured["right_dimension"] == 1)


def _when(work: Work) -> tuple[int, str]:
    day = work.starts_on or work.ends_on
    return (work.fiscal_year_be or 0, day.isoformat() if day else "")


def stretches(a: Work, b: Work, f: Facts, g: Facts) -> tuple[tuple[float, float], tuple[float, float]] | None:
    if f.stretch is None or g.stretch is None or not route_of(a, f) or route_of(a, f) != route_of(b, g):
        return None
    return f.stretch, g.stretch


def years_between(pair: Pair) -> int:
    return years_apart(pair.left, pair.right) or round(pair.gap_years)


def verdict_of(pair: Pair, class_: PairClass, score: float, first: tuple[Reason, ...]) -> Verdict:
    """A pair of a class with its measures and every reason, those that make the class first."""
    at = pair.measured
    wide = pair.lines and class_ in ONE_PLACE and at["shared_share"] < _HALF <= at["wide_share"]
    shared_m, share = at["shared_m"], at["shared_share"]
    if wide:
        share = at["wide_share"]
        shared_m = share * min(at["left_m"], at["right_m"])
    reasons = [*first, *_of_shapes(pair, wide), *_of_names(pair), *_of_money(pair), *_of_years(pair)]
    if class_ == "same_work":
        reasons += _why_no_repair(pair)
    codes = {reason.code: reason for reason in reversed(reasons)}
    kept = tuple(codes[code] for code in dict.fromkeys(reason.code for reason in reasons))
    within_m = max(REACH_M, at["tolerance_m"]) if wide else at["tolerance_m"]
    return Verdict(class_, round(min(max(score, 0.0), 1.0), 3), round(shared_m, 1), round(share, 3), kept, within_m)


def _of_shapes(pair: Pair, wide: bool) -> list[Reason]:
    at = pair.measured
    if pair.lines:
        return _of_lines(pair, wide)
    if at["left_dimension"] == at["right_dimension"] == _AREA and at["shared_share"] > 0:
        return [Reason("overlap_shared_area", {"percent": round(100 * at["shared_share"])})]
    if at["inside"]:
        return [Reason("overlap_inside")]
    if at["distance_m"] == math.inf:
        return [Reason("overlap_no_place")]
    code = "overlap_touches" if at["distance_m"] < _TOUCH_M else "overlap_distance"
    return [Reason(code, {"distance_m": round(at["distance_m"])})]


def _of_lines(pair: Pair, wide: bool) -> list[Reason]:
    at = pair.measured
    apart = Reason("overlap_apart", {"apart_m": round(at["apart_m"])})
    if stretches(pair.left, pair.right, pair.one, pair.two):
        route = pair.left.route_code or pair.right.route_code or pair.one.parts.route
        return [Reason("overlap_chainage", {"route": route, "shared_m": round(at["shared_m"])})]
    if wide:
        metres = at["wide_share"] * min(at["left_m"], at["right_m"])
        values = {"shared_m": round(metres), "percent": round(100 * at["wide_share"]), "within_m": round(REACH_M)}
        return [Reason("overlap_shared_wide", values), apart]
    if at["shared_m"] >= 1:
        values = {"shared_m": round(at["shared_m"]), "percent": round(100 * at["shared_share"])}
        return [Reason("overlap_shared_length", values), *([apart] if at["apart_m"] > _APART_SAID_M else [])]
    if at["wide_share"] >= _HALF:
        return [Reason("overlap_alongside", {"apart_m": round(at["apart_m"])})]
    return [Reason("overlap_distance", {"distance_m": round(at["distance_m"])})]


_SAID = (
    ("village_same", "overlap_village_same"), ("village_differs", "overlap_village_differs"),
    ("soi_same", "overlap_soi_same"), ("soi_differs", "overlap_soi_differs"),
    ("ordinal_differs", "overlap_ordinal_differs"), ("house_differs", "overlap_house_differs"),
    ("route_same", "overlap_route_same"), ("route_differs", "overlap_route_differs"),
    ("length_same", "overlap_length_same"), ("water_same", "overlap_water_same"),
    ("water_differs", "overlap_water_differs"), ("kind_differs", "overlap_kind_differs"),
)  # fmt: skip


def _of_names(pair: Pair) -> list[Reason]:
    name = pair.said.get("name_core", 0.0)
    found = []
    if pair.one.core and pair.two.core:
        code = "overlap_name_same" if name >= 0.97 else "overlap_name_near" if name >= 0.6 else "overlap_name_differs"
        found.append(Reason(code, {"percent": round(100 * name)}))
    if bool(pair.one.parts.phases) != bool(pair.two.parts.phases):
        found.append(Reason("overlap_phase_one_sided"))
    return found + [Reason(code) for feature, code in _SAID if pair.said.get(feature)]


def _of_money(pair: Pair) -> list[Reason]:
    if pair.said.get("money_same"):
        return [Reason("overlap_budget_same", {"amount_baht": _plain_baht(pair.left.budget_baht)})]
    differs = money_differs(pair.left, pair.right)
    if differs is None:
        return []
    percent = round(100 * (1 - math.exp(-differs)))
    return [
        Reason("overlap_budget_near" if pair.said.get("money_near") else "overlap_budget_differs", {"percent": percent})
    ]


def _plain_baht(amount: Decimal | None) -> float | int:
    baht = float(amount or 0)
    return int(baht) if baht.is_integer() else baht


def _of_years(pair: Pair) -> list[Reason]:
    a, b = pair.left, pair.right
    found = [
        Reason("overlap_organisation_same" if a.organisation == b.organisation else "overlap_organisation_differs")
    ]
    apart = years_apart(a, b)
    if apart == 0:
        return [Reason("overlap_year_same", {"year": a.fiscal_year_be}), *found]
    if apart:
        values = {"years": apart, "earlier": pair.earlier[0].fiscal_year_be, "later": pair.later[0].fiscal_year_be}
        return [Reason("overlap_years_apart", values), *found]
    return found


def _why_no_repair(pair: Pair) -> list[Reason]:
    """Of one work twice in two years, or one that is said to mend: people ask why it is not held for a repair."""
    years = years_between(pair)
    natures = {pair.later[1].nature} if years else {pair.one.nature, pair.two.nature}
    if natures & (MENDS | KEEPS_UP):
        if not years:
            return [Reason("overlap_mended_at_once")]
        return [Reason("overlap_within_warranty", {"years": years, "warranty": pair.warranty_years})]
    return [Reason("overlap_not_mended")] if years else []

"""What the record of a work says beside its shape, read once and compared pair by pair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from gis.name_parts import NameParts, bits, parts_of
from gis.overlap import PairMetrics
from gis.overlap_plane import FloatArray
from gis.overlap_works import Work
from gis.thai import search_key
from gis.work_names import (
    chainage_in_name,
    kind_of_work,
    nature_in_name,
    road_ends,
    roadside_noun,
    says_continued,
    says_grant,
    says_grant_received,
    says_joint,
    surface_in_name,
    telling_words,
    water_source_in_name,
)

# How far apart two records of one water work lie, by what it is, metres: wells and tanks stand close together, a weir
# or a waterworks is as large as a yard.
_SAME_PLACE_M = {
    "GROUNDWATER": 25.0,
    "SHALLOW_WELL": 20.0,
    "TANK": 20.0,
    "PUMP": 30.0,
    "GW_BANK": 25.0,
    "WEIR": 35.0,
    "GATE": 35.0,
    "VILLAGE_WATERWORKS": 40.0,
}
_ANY_PLACE_M = 30.0
_WATER_GROUPS = {
    "POND": "storage", "RESERVOIR": "storage", "WETLAND": "storage", "WEIR": "control", "GATE": "control",
    "CANAL_DREDGE": "channel", "IRRIG_CANAL": "channel", "GROUNDWATER": "groundwater", "SHALLOW_WELL": "groundwater",
    "GW_BANK": "groundwater", "VILLAGE_WATERWORKS": "supply", "PIPE": "pipe", "TANK": "tank", "PUMP": "pump",
}  # fmt: skip
_SAME_HOUSE, _NEARLY_SAME = 75.0, 84.0
_SAME_END = 62.0
_LENGTH_SAME = 0.02
_LEAST_STRETCH_M = 1.0
# Of two names of which one says nothing but common words, nothing is known.
_NO_NAME = {"name_core": 0.55, "name_part": 0.6}
_ORDINAL = re.compile(r"(?:จุด|บ่อ|แห่ง|ตัว|ลูก|สระ)ที่ ?([0-9]{1,2})(?![0-9])")
_MONEY_SAME, _MONEY_NEAR, _MONEY_FAR = 0.01, 0.12, 1.1

FEATURES = (
    "line", "line_near", "line_wide", "line_apart", "line_far", "line_turned", "line_short_of_half",
    "area", "area_share", "area_apart", "spot", "spot_apart", "spot_inside",
    "name_core", "name_core_low", "name_whole", "name_part", "village_same", "village_differs", "soi_same",
    "soi_differs", "soi_one_sided", "ordinal_differs", "house_same", "house_differs", "route_same",
    "route_differs", "number_alike", "length_same", "length_differs", "money_same", "money_near", "money_far",
    "year_same", "year_apart",
    "water_same", "water_differs", "kind_differs", "noun_differs", "ends_differ",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a record says.

    Parameters
    ----------
    parts, core
        The name taken apart, and the words of it that tell this work from others.
    nature, surface, water
        Codes: of the record, else of the name; ``""`` for neither.
    water_named
        Kind of water source by the name alone.
    ordinals
        Numbers of what there are several of in one place, as bits: ``จุดที่ 2``, ``บ่อที่ 3``.
    noun
        Road, bridge, drain and the like, where the name begins with one of them.
    ends
        Places between which a road runs by its name, or the one that it leads to.
    stretch
        Metres from and to along its registered road: of the record, else of the name; ``None`` for neither.
    gives, gets, joint, goes_on
        Said by the name: money given to another organisation, got from another, works done together, or one
        phase of several.
    """

    parts: NameParts
    core: str
    nature: str
    surface: str
    water: str
    water_named: str
    ordinals: int
    noun: str
    ends: tuple[str, ...]
    stretch: tuple[float, float] | None
    gives: bool
    gets: bool
    joint: bool
    goes_on: bool


def facts_of(work: Work) -> Facts:
    """Facts of one work."""
    parts = parts_of(work.name)
    named = water_source_in_name(work.name) if work.kind != "road" else ""
    ordinals = bits(int(digits) for digits in _ORDINAL.findall(search_key(work.name)))
    return Facts(
        parts,
        telling_words(parts.words),
        work.nature if work.nature not in ("", "SUBSIDY") else nature_in_name(work.name),
        (work.surface or surface_in_name(work.name)) if work.kind != "water" else "",
        (work.water_source or named) if work.kind != "road" else "",
        named,
        ordinals,
        roadside_noun(work.name) if work.kind != "water" else "",
        road_ends(work.name) if work.kind != "water" else (),
        _stretch(work),
        says_grant(work.name) or work.nature == "SUBSIDY",
        says_grant_received(work.name),
        says_joint(work.name),
        parts.phases != 0 or says_continued(work.name),
    )


def _stretch(work: Work) -> tuple[float, float] | None:
    found = chainage_in_name(work.name) if "+" in work.name else None
    if work.start_m is not None and work.end_m is not None:
        found = (min(work.start_m, work.end_m), max(work.start_m, work.end_m))
    return found if found is not None and found[1] - found[0] >= _LEAST_STRETCH_M else None


def route_of(work: Work, facts: Facts) -> str:
    """Code of its registered road without signs: of the record, else of the name; ``""`` for none."""
    return _plain(work.route_code or facts.parts.route)


def facts_of_all(works: Sequence[Work]) -> list[Facts]:
    """Facts of many works, each different one read once."""
    known: dict[int, Facts] = {}
    return [known.get(id(work)) or known.setdefault(id(work), facts_of(work)) for work in works]


def features(
    left: Sequence[Work], right: Sequence[Work], one: Sequence[Facts], two: Sequence[Facts], metrics: PairMetrics
) -> FloatArray:
    """One line of :data:`FEATURES` per pair: what speaks for or against one place."""
    found = _shape_features(metrics, one, two)
    rows = [_said(a, b, f, g) for a, b, f, g in zip(left, right, one, two, strict=True)]
    for name in FEATURES:
        if name not in found:
            found[name] = np.array([row.get(name, 0.0) for row in rows], dtype=np.float64)
    return np.column_stack([found[name] for name in FEATURES]) if len(rows) else np.empty((0, len(FEATURES)))


def _shape_features(metrics: PairMetrics, one: Sequence[Facts], two: Sequence[Facts]) -> dict[str, FloatArray]:
    line = (metrics.left_dimension == 1) & (metrics.right_dimension == 1)
    area = (metrics.left_dimension == 2) & (metrics.right_dimension == 2)
    spot = ~line & ~area
    apart = np.minimum(metrics.apart_m, 80.0)
    near = np.minimum(metrics.distance_m, 80.0)
    scale = np.array([_place_m(f.water, g.water) for f, g in zip(one, two, strict=True)], dtype=np.float64)
    turned = np.nan_to_num(np.sin(np.radians(metrics.angle_deg)))
    return {
        "line": line * 1.0,
        "line_near": line * metrics.shared_share,
        "line_wide": line * metrics.wide_share,
        "line_apart": line * apart / 10.0,
        "line_far": line * np.clip(apart - 20.0, 0.0, 40.0) / 10.0,
        "line_turned": line * turned,
        "line_short_of_half": line * np.clip(0.5 - metrics.wide_share, 0.0, 0.5),
        "area": area * 1.0,
        "area_share": area * metrics.shared_share,
        "area_apart": area * near / 10.0,
        "spot": spot * 1.0,
        "spot_apart": spot * np.minimum(near / np.where(scale > 0, scale, _ANY_PLACE_M), 3.0),
        "spot_inside": (spot & metrics.inside) * 1.0,
    }


def _place_m(one: str, two: str) -> float:
    return max(_SAME_PLACE_M.get(one, 0.0), _SAME_PLACE_M.get(two, 0.0)) or _ANY_PLACE_M


def _said(a: Work, b: Work, f: Facts, g: Facts) -> dict[str, float]:
    """Features of what the two records say."""
    found = _names(f, g) | _numbers(f, g) | _money(a, b) | _years(a, b) | _water(f, g)
    routes = route_of(a, f), route_of(b, g)
    if all(routes):
        found["route_same" if routes[0] == routes[1] else "route_differs"] = 1.0
    if a.kind != b.kind:
        found["kind_differs"] = 1.0
    if _nouns_differ(a, b, f, g):
        found["noun_differs"] = 1.0
    if _ends_differ(f, g):
        found["ends_differ"] = 1.0
    return found


def _nouns_differ(a: Work, b: Work, f: Facts, g: Facts) -> bool:
    """A road that was entered as "other" is still called a road; the bridge on it, also entered as a road, is not."""
    if f.noun and g.noun:
        return f.noun != g.noun
    return a.kind != b.kind and kind_of_work(a.name) != kind_of_work(b.name)


def _ends_differ(f: Facts, g: Facts) -> bool:
    """Two roads that run between different places by their names, though they may begin at the same one.

    A lane with a number is no road that is named after where it leads; between villages 3 and 4 is not between 3 and 7.
    """
    villages = f.parts.villages, g.parts.villages
    if all(one.bit_count() > 1 for one in villages) and villages[0] != villages[1]:
        return True
    if not f.ends or not g.ends:
        return bool((f.ends and g.parts.sois) or (g.ends and f.parts.sois))
    few, more = sorted((f.ends, g.ends), key=len)
    fits = [min(map(_alike, few, more)), min(map(_alike, few, more[::-1]))]
    return max(fits) < _SAME_END


def _alike(one: str, two: str) -> float:
    """0 to 100; of a name that was cut off its beginning counts."""
    return 100.0 if one.startswith(two) or two.startswith(one) else fuzz.ratio(one, two)


def _names(f: Facts, g: Facts) -> dict[str, float]:
    found = {"name_whole": fuzz.ratio(f.parts.words, g.parts.words) / 100, **_NO_NAME}
    if f.core and g.core:
        core = fuzz.ratio(f.core, g.core) / 100
        part = fuzz.partial_ratio(f.core, g.core) / 100 if min(len(f.core), len(g.core)) > 3 else core
        found |= {"name_core": core, "name_core_low": max(0.0, 0.5 - core), "name_part": part}
    one, two = f.parts.house, g.parts.house
    if one and two:
        alike = max(fuzz.ratio(one, two), fuzz.partial_ratio(one, two)) >= _SAME_HOUSE
        found["house_same" if alike else "house_differs"] = 1.0
    return found


def _numbers(f: Facts, g: Facts) -> dict[str, float]:
    p, q = f.parts, g.parts
    found: dict[str, float] = {}
    for name, x, y in (
        ("village", p.villages, q.villages),
        ("soi", p.sois, q.sois),
        ("ordinal", f.ordinals, g.ordinals),
    ):
        if x and y:
            found[f"{name}_same" if x & y else f"{name}_differs"] = 1.0
    found["soi_one_sided"] = float(bool(p.sois) != bool(q.sois))
    if p.numbers and q.numbers:
        found["number_alike"] = (p.numbers & q.numbers).bit_count() / (p.numbers | q.numbers).bit_count()
    if p.length_m and q.length_m:
        same = abs(p.length_m - q.length_m) <= _LENGTH_SAME * max(p.length_m, q.length_m)
        found["length_same" if same else "length_differs"] = 1.0
    return found


def _water(f: Facts, g: Facts) -> dict[str, float]:
    """The same kind by the record or by the name: the one of the two may be misspelt or not recorded."""
    if not f.water or not g.water:
        return {}
    if one_water(f.water, g.water) or (f.water_named and one_water(f.water_named, g.water_named)):
        return {"water_same": 1.0}
    misread = fuzz.ratio(f.parts.words, g.parts.words) >= _NEARLY_SAME
    return {} if misread else {"water_differs": 1.0}


def one_water(one: str, two: str) -> bool:
    """Whether two kinds of water sources may be names of one."""
    return one == two or _WATER_GROUPS.get(one) == _WATER_GROUPS.get(two, "-")


def _plain(route: str) -> str:
    return route.replace(".", "").replace(" ", "")


def money_differs(a: Work, b: Work) -> float | None:
    """Difference of two budgets as the logarithm of their ratio; None where one is not known."""
    if not a.budget_baht or not b.budget_baht or a.budget_baht <= 0 or b.budget_baht <= 0:
        return None
    return abs(float(np.log(float(a.budget_baht) / float(b.budget_baht))))


def _money(a: Work, b: Work) -> dict[str, float]:
    differs = money_differs(a, b)
    if differs is None:
        return {}
    if differs <= _MONEY_NEAR:
        return {"money_near": 1.0, "money_same": float(differs <= _MONEY_SAME)}
    return {"money_far": 1.0} if differs >= _MONEY_FAR else {}


def years_apart(a: Work, b: Work) -> int | None:
    """Fiscal years between two works; None where one is not known."""
    if a.fiscal_year_be is None or b.fiscal_year_be is None:
        return None
    return abs(a.fiscal_year_be - b.fiscal_year_be)


def _years(a: Work, b: Work) -> dict[str, float]:
    apart = years_apart(a, b)
    if apart is None:
        return {}
    return {"year_same": 1.0} if apart == 0 else {"year_apart": min(apart, 5) / 5}

"""Parts of the answer of a scenario as plain JSON values: works, villages, areas, what the reader has to know."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import shapely

from app.queries.access_ground import Ground
from app.queries.candidates import Candidates
from app.queries.work_costs import WorkCost
from gis import access as reach_of
from gis.access import BoolArray
from gis.coverage import Choice
from gis.measure import FloatArray, GeometryArray
from gis.problems import Problem


def works_json(
    left: Ground, offered: Candidates, chosen: Choice, pairs: reach_of.Reach, cost: WorkCost | None
) -> list[dict[str, Any]]:
    """Chosen works in their order, with the running sum of their costs and where each cost is from."""
    if not chosen.chosen:
        return []
    shapes = shapely.transform(offered.shape[list(chosen.chosen)], reach_of.lonlat)
    reached = np.bincount(pairs.work, minlength=len(offered))
    running = np.cumsum([int(offered.cost_baht[each]) for each in chosen.chosen])
    return [
        {
            "rank": rank,
            "code": offered.code[each],
            "name": offered.name_th[each],
            "organisation_code": offered.organisation_code[each],
            "act": offered.act[each],
            "source": offered.source[each],
            "cost_baht": int(offered.cost_baht[each]),
            "cost_from": "budget" if cost is None or offered.code[each] else "median" if cost.count else "typed",
            "total_baht": int(running[rank - 1]),
            "people": round(gain, 1),
            "villages": int(reached[each]),
            "geometry": shapely.geometry.mapping(shapely.set_precision(shape, 1e-6)),
        }
        for rank, (each, gain, shape) in enumerate(zip(chosen.chosen, chosen.gain_people, shapes, strict=True), start=1)
    ]


def villages_json(
    base: Ground, before_m: FloatArray, after_m: FloatArray, gained: BoolArray, lost: BoolArray
) -> list[dict[str, Any]]:
    """Villages whose access changes, the largest first."""
    changed = np.flatnonzero(gained | lost)
    people = np.nan_to_num(base.villages.people, nan=0.0)
    changed = changed[np.lexsort((changed, -people[changed]))]
    spots = _spots(base.villages.point[changed])
    return [
        {
            "code": base.villages.code[i],
            "name": base.villages.name_th[i],
            "people": _rounded(base.villages.people[i]),
            "before_m": _rounded(before_m[i]),
            "after_m": _rounded(after_m[i]),
            "change": "gain" if gained[i] else "loss",
            "lon": round(float(spots[n][0]), 6),
            "lat": round(float(spots[n][1]), 6),
        }
        for n, i in enumerate(int(each) for each in changed)
    ]


def areas_json(
    base: Ground, people: FloatArray, before: BoolArray, after: BoolArray, digits: int
) -> list[dict[str, Any]]:
    """Areas one level down: shares before and after, and who gains and loses in each."""
    length = min(digits + 2, 8)
    codes = np.array([code[:length] for code in base.villages.code], dtype=str)
    placed = base.today.placed
    found = []
    for code in np.unique(codes):
        here = codes == code
        known = float(people[here & placed].sum())
        gain, loss = here & after & ~before, here & before & ~after
        found.append(
            {
                "code": str(code),
                "people": round(float(people[here].sum()), 1),
                "gained": round(float(people[gain].sum()), 1),
                "lost": round(float(people[loss].sum()), 1),
                "villages_gained": int(gain.sum()),
                "villages_lost": int(loss.sum()),
                "share_before": float(people[here & before].sum()) / known if known else None,
                "share_after": float(people[here & after].sum()) / known if known else None,
            }
        )
    return sorted(found, key=lambda row: (-row["gained"], -row["lost"], row["code"]))


def notes(base: Ground, offered: Candidates, chosen: Choice) -> list[Problem]:
    """What the reader of an answer has to know."""
    people = np.nan_to_num(base.villages.people, nan=0.0)
    placed = base.today.placed
    stranded = placed & (base.today.work < 0)
    found: list[tuple[str, Mapping[str, Any], bool]] = [
        (
            f"scenario_{chosen.status}",
            {},
            chosen.status in ("no_people", "no_candidates", "no_budget", "nothing_to_gain"),
        ),
        ("scenario_without_cost", {"count": offered.without_cost}, offered.without_cost > 0),
        ("scenario_grants", {"count": offered.grants}, offered.grants > 0),
        ("access_no_people", {}, people.sum() == 0),
        ("access_unplaced", _unplaced(placed, people), bool((~placed).any())),
        ("access_loose", {"count": int(base.villages.loose.sum())}, bool(base.villages.loose.any())),
        ("access_estimated", {"count": int(base.villages.estimated.sum())}, bool(base.villages.estimated.any())),
        (
            "access_islands",
            {"count": int(stranded.sum())},
            bool(base.village_land is not None and base.works.working.any() and stranded.any()),
        ),
    ]
    return [Problem(code, "info", values=values) for code, values, holds in found if holds]


def _unplaced(placed: BoolArray, people: FloatArray) -> dict[str, Any]:
    return {"count": int((~placed).sum()), "people": round(float(people[~placed].sum()))}


def _spots(points: GeometryArray) -> FloatArray:
    return reach_of.lonlat(shapely.get_coordinates(points)) if len(points) else np.empty((0, 2))


def _rounded(value: float | Decimal) -> float | None:
    return round(float(value), 1) if np.isfinite(float(value)) else None

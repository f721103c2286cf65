"""What to build or repair first for a budget, computed: works, who gains and who loses against today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.errors import InvalidInput
from app.queries import candidates as works_to_choose
from app.queries.access_ground import KINDS, AccessQuestion, Ground, ground
from app.queries.areas import area_names
from app.queries.candidates import Candidates
from app.queries.work_costs import NEW_TYPES, WorkCost
from app.services.scenario_costs import cost_note, cost_of_new
from app.services.scenario_parts import areas_json, notes, villages_json, works_json
from gis import access as reach_of
from gis.access import BoolArray
from gis.coverage import Choice, Method, Task, cover
from gis.measure import FloatArray
from gis.problems import Problem

ACTS = ("both", "rehabilitate", "build")
SOURCES = ("planned", "new", "both")
METHODS: tuple[Method, ...] = ("greedy", "exact")
LONGEST_S = 20
LARGEST_BUDGET_BAHT = 10**12
MAX_CLOSED = 200


@dataclass(frozen=True)
class ScenarioOrder:
    """A question about what comes first.

    Parameters
    ----------
    question
        Kind, area, distance and what counts; ``closed`` are works taken out of use by the scenario.
    budget_baht
        What may be spent, whole baht.
    acts
        ``rehabilitate``, ``build`` or ``both``.
    sources
        ``planned`` projects with coordinates, ``new`` works at villages without access, or ``both``.
    unit_cost_baht
        Of a new water source or a kilometre of new road; None: the median of the works that are stored.
    new_type
        Type of water source, or surface, that is offered as new; empty: the usual one.
    method
        ``greedy`` or ``exact``.
    seconds
        Time for the proof of ``exact``.
    """

    question: AccessQuestion
    budget_baht: int
    acts: str = "both"
    sources: str = "both"
    unit_cost_baht: int | None = None
    method: Method = "greedy"
    seconds: int = 5
    new_type: str = ""

    @property
    def offers_new(self) -> bool:
        """Whether new works are offered beside planned ones."""
        return self.sources in ("new", "both") and self.acts != "rehabilitate"

    @property
    def type_of_new(self) -> str:
        """Type that is offered as new."""
        return self.new_type or NEW_TYPES[self.question.kind][0]


@dataclass(frozen=True)
class Answer:
    """What was computed: figures for lists and everything else, plain JSON values."""

    summary: dict[str, Any]
    result: dict[str, Any]


def check_order(session: Session, order: ScenarioOrder, *, nation: bool = False) -> list[Problem]:
    """Everything that is wrong with an order, each with its field."""
    question = order.question
    is_place = len(question.area) <= 6 and question.area in area_names(session, [question.area])
    checks: list[tuple[str, bool, str, Mapping[str, Any]]] = [
        ("kind", question.kind in KINDS, "scenario_choice", {"allowed": ", ".join(KINDS)}),
        ("area", is_place or (nation and not question.area), "scenario_area", {}),
        ("within_m", 100 <= question.within_m <= 20_000, "scenario_distance", {"least": 100, "most": 20_000}),
        ("budget_baht", 0 < order.budget_baht <= LARGEST_BUDGET_BAHT, "scenario_budget", {}),
        (
            "unit_cost_baht",
            order.unit_cost_baht is None
            or order.sources == "planned"
            or 0 < order.unit_cost_baht <= LARGEST_BUDGET_BAHT,
            "scenario_unit_cost",
            {},
        ),
        (
            "new_type",
            order.new_type in ("", *NEW_TYPES.get(question.kind, ())),
            "scenario_choice",
            {"allowed": ", ".join(NEW_TYPES.get(question.kind, ()))},
        ),
        ("acts", order.acts in ACTS, "scenario_choice", {"allowed": ", ".join(ACTS)}),
        ("sources", order.sources in SOURCES, "scenario_choice", {"allowed": ", ".join(SOURCES)}),
        ("method", order.method in METHODS, "scenario_choice", {"allowed": ", ".join(METHODS)}),
        ("seconds", 1 <= order.seconds <= LONGEST_S, "scenario_seconds", {"most": LONGEST_S}),
        ("closed", len(question.closed) <= MAX_CLOSED, "scenario_closed_many", {"most": MAX_CLOSED}),
    ]
    problems = [
        Problem(code, where={"field": name}, values={"field": name, **values})
        for name, holds, code, values in checks
        if not holds
    ]
    missing = _unknown_projects(session, question.closed[:MAX_CLOSED], question.kind)
    if missing:
        values = {"codes": ", ".join(missing[:10])}
        problems.append(Problem("scenario_closed_unknown", where={"field": "closed"}, values=values))
    return problems


def compute(session: Session, order: ScenarioOrder, sight: Visibility, *, nation: bool = False) -> Answer:
    """Choose works for the budget and tell who gains and who loses against today.

    Today is every work that counts, without what the scenario takes out of use. An area without people, without
    candidates or without anything to gain has an answer that says so.

    Parameters
    ----------
    nation
        True where the question may be about the nation (command line).

    Raises
    ------
    InvalidInput
        Everything that is wrong with the order.
    """
    problems = check_order(session, order, nation=nation)
    if problems:
        raise InvalidInput(problems)
    cost = None
    if order.offers_new:
        area, kind = order.question.area, order.question.kind
        cost = cost_of_new(session, kind, order.type_of_new, area, order.unit_cost_baht)
    base = ground(session, replace(order.question, closed=()), sight)
    closed = set(order.question.closed)
    standing = base.works.working & np.array([code not in closed for code in base.works.code], dtype=bool)
    left = _with_standing(base, standing)
    open_ = left.today.placed & ~left.has_access
    offered = _candidates(session, left, open_, ~base.works.working, order, cost)
    pairs = reach_of.reach(
        offered.shape,
        base.villages.point,
        order.question.within_m,
        work_land=_lands(left, offered),
        place_land=base.village_land,
    )
    unserved = np.where(open_, np.nan_to_num(base.villages.people, nan=0.0), 0.0)
    task = Task(unserved, offered.cost_baht, pairs.work, pairs.place, order.budget_baht)
    chosen = cover(task, order.method, order.seconds)
    alternatives = [_alternative(task, offered, act) for act in ACTS] if order.acts == "both" else []
    after = _reached_after(left, offered, chosen, pairs)
    told = notes(base, offered, chosen)
    stand = zip(base.works.code, base.works.working, strict=True)
    idle = sorted(closed - {code for code, works in stand if works})
    if idle:
        told.append(Problem("scenario_closed_without_effect", "warning", values={"codes": ", ".join(idle[:10])}))
    if cost is not None:
        told.append(cost_note(session, order.question.kind, cost))
    return _answer(base, left, after, offered, chosen, pairs, order, alternatives, cost, told)


def order_from(parameters: Mapping[str, Any]) -> ScenarioOrder:
    """The order behind a kept scenario, to be asked again."""
    question = dict(parameters["question"])
    question["closed"] = tuple(question.get("closed", ()))
    rest = {name: value for name, value in parameters.items() if name != "question"}
    return ScenarioOrder(AccessQuestion(**question), **rest)


def plain(order: ScenarioOrder) -> dict[str, Any]:
    """The order as it is kept, to be asked again with :func:`order_from`."""
    found = asdict(order)
    found["question"]["closed"] = list(order.question.closed)
    return found


def _unknown_projects(session: Session, codes: tuple[str, ...], kind: str) -> list[str]:
    if not codes:
        return []
    known = set(
        session.scalars(
            sa.text("SELECT code FROM project WHERE code = ANY(:codes) AND kind = :kind"),
            {"codes": list(codes), "kind": kind},
        )
    )
    return [code for code in codes if code not in known]


def _with_standing(base: Ground, standing: BoolArray) -> Ground:
    if bool((standing == base.works.working).all()):
        return base
    shapes = base.works.shape.copy()
    shapes[~standing] = None
    today = reach_of.nearest(base.villages.point, shapes, place_land=base.village_land, work_land=base.work_land)
    return replace(base, works=replace(base.works, working=standing), today=today)


def _candidates(
    session: Session, left: Ground, open_: BoolArray, broken: BoolArray, order: ScenarioOrder, cost: WorkCost | None
) -> Candidates:
    parts = []
    if order.sources in ("planned", "both"):
        parts.append(works_to_choose.planned(session, replace(left, question=order.question)))
    if cost is not None:
        parts.append(works_to_choose.new_works(left, open_, broken, cost.baht))
    if not parts:
        parts.append(works_to_choose.nothing())
    found = works_to_choose.together(*parts)
    if order.acts == "both":
        return found
    return found.only(np.array([act == order.acts for act in found.act], dtype=bool))


def _lands(left: Ground, offered: Candidates) -> Any:
    if left.village_land is None or left.land is None:
        return None
    return reach_of.land_of(left.land, offered.shape, left.land_joined_m)


def _alternative(task: Task, offered: Candidates, act: str) -> dict[str, Any]:
    """The same budget spent on one act only: repair against building, people for a million baht."""
    kept = np.array([act in ("both", each) for each in offered.act], dtype=bool)
    number = np.cumsum(kept) - 1
    pairs = kept[task.work] if len(task.work) else np.empty(0, dtype=bool)
    found = cover(
        Task(task.people, task.cost_baht[kept], number[task.work[pairs]], task.place[pairs], task.budget_baht)
    )
    return {
        "act": act,
        "candidates": int(kept.sum()),
        "works": len(found.chosen),
        "people": round(found.people, 1),
        "cost_baht": found.cost_baht,
        "people_per_million_baht": round(found.people / found.cost_baht * 1e6, 1) if found.cost_baht else None,
        "status": found.status,
    }


def _reached_after(left: Ground, offered: Candidates, chosen: Choice, pairs: reach_of.Reach) -> FloatArray:
    """Metres to the nearest work when the chosen ones stand; NaN where there is none."""
    metres = left.today.distance_m.copy()
    built = np.isin(pairs.work, chosen.chosen)
    best = np.full(len(metres), np.inf)
    np.minimum.at(best, pairs.place[built], pairs.distance_m[built])
    found: FloatArray = np.where(np.isfinite(best), np.fmin(metres, best), metres)
    return found


def _answer(
    base: Ground,
    left: Ground,
    after_m: FloatArray,
    offered: Candidates,
    chosen: Choice,
    pairs: reach_of.Reach,
    order: ScenarioOrder,
    alternatives: list[dict[str, Any]],
    cost: WorkCost | None,
    told: list[Problem],
) -> Answer:
    people = np.nan_to_num(base.villages.people, nan=0.0)
    within, before_m = order.question.within_m, base.today.distance_m
    before = base.has_access
    after: BoolArray = np.nan_to_num(after_m, nan=np.inf) <= within
    gained, lost = after & ~before, before & ~after
    placed = base.today.placed
    known = float(people[placed].sum())
    summary = {
        "people": round(float(people.sum()), 1),
        "people_unknown": round(float(people[~placed].sum()), 1),
        "people_with_before": round(float(people[before].sum()), 1),
        "people_with_after": round(float(people[after].sum()), 1),
        "share_before": float(people[before].sum()) / known if known else None,
        "share_after": float(people[after].sum()) / known if known else None,
        "people_gained": round(float(people[gained].sum()), 1),
        "people_lost": round(float(people[lost].sum()), 1),
        "villages_gained": int(gained.sum()),
        "villages_lost": int(lost.sum()),
        "works": len(chosen.chosen),
        "candidates": len(offered),
        "cost_baht": chosen.cost_baht,
        "budget_baht": order.budget_baht,
        "reached_people": round(chosen.people, 1),
        "bound_people": round(chosen.bound_people, 1),
        "gap": round(chosen.gap, 4),
        "status": chosen.status,
        "seconds": round(chosen.seconds, 2),
        "population_year_be": base.villages.population_year_be,
        "unit_cost_baht": cost.baht if cost else None,
        "unit_cost_of_works": cost.count if cost else None,
    }
    result = {
        "works": works_json(left, offered, chosen, pairs, cost),
        "villages": villages_json(base, before_m, after_m, gained, lost),
        "areas": areas_json(base, people, before, after, len(order.question.area)),
        "alternatives": alternatives,
        "notes": [problem.as_dict() for problem in told],
    }
    return Answer(summary, result)

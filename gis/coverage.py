"""What to build or repair first: the most people within reach for a budget (maximal coverage under a budget).

Two methods on the same task. *Greedy* takes the work with the most new people per baht, again and again: explained in
a sentence, done in milliseconds, and never told without how far from the best it may be. *Exact* proves the best
choice, or says how near it came when its time was up (OR-tools CP-SAT).
"""

from __future__ import annotations

import heapq
import math
import time
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from gis.access import BoolArray, IntArray
from gis.measure import FloatArray

Method = Literal["greedy", "exact"]
Status = Literal["optimal", "time_up", "heuristic", "nothing_to_gain", "no_candidates", "no_budget", "no_people"]
SOLVER_S = 5.0
# People are counted in tenths by the solver, which knows whole numbers only.
_TENTHS = 10
_SEED = 1
# So many pairs are relaxed within a tenth of a second: greedy then tells the better bound too.
_QUICKLY_RELAXED = 5_000


@dataclass(frozen=True)
class Task:
    """Candidates with their costs and the people each would bring within reach.

    Parameters
    ----------
    people
        People of each place who are without access today, not negative; NaN counts as nobody.
    cost_baht
        Cost of each candidate in whole baht, not negative.
    work, place
        Pairs: this candidate reaches that place.
    budget_baht
        What may be spent.
    """

    people: FloatArray
    cost_baht: IntArray
    work: IntArray
    place: IntArray
    budget_baht: int

    def __post_init__(self) -> None:
        if len(self.work) != len(self.place):
            raise ValueError("work and place are pairs: they are of equal length")
        if (np.asarray(self.cost_baht) < 0).any() or (np.nan_to_num(self.people) < 0).any():
            raise ValueError("costs and people are not negative")


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Parameters
    ----------
    chosen
        Candidates in the order in which to do them: each has the most new people per baht after those before it.
    gain_people
        New people of each in that order; they sum to ``people``.
    people, cost_baht
        Of all of them.
    bound_people
        No choice for the budget reaches more than these.
    status
        ``optimal``: proven best; ``time_up``: best found in the time; ``heuristic``: greedy; else why nothing was
        chosen.
    seconds
        Time it took.
    """

    method: Method
    chosen: tuple[int, ...]
    gain_people: tuple[float, ...]
    people: float
    cost_baht: int
    bound_people: float
    status: Status
    seconds: float

    @property
    def gap(self) -> float:
        """How far the best possible may lie above, as a part of it: 0 is proven best."""
        return max(0.0, (self.bound_people - self.people) / self.bound_people) if self.bound_people > 0 else 0.0


def cover(task: Task, method: Method = "greedy", seconds: float = SOLVER_S) -> Choice:
    """Choose candidates within the budget so that the most people come within reach.

    A task without candidates, budget, people or anything to gain has a stated empty answer.

    Parameters
    ----------
    method
        ``greedy`` or ``exact``.
    seconds
        Time for the proof of ``exact``.

    Examples
    --------
    >>> task = Task(np.array([90.0, 60, 60]), np.array([100, 60, 60]), np.array([0, 1, 1, 2, 2]),
    ...             np.array([0, 0, 1, 0, 2]), budget_baht=120)
    >>> cover(task, "exact").people
    210.0
    """
    begun = time.perf_counter()
    people = np.nan_to_num(np.asarray(task.people, dtype=np.float64), nan=0.0)
    why = _nothing(task, people)
    if why is not None:
        return Choice(method, (), (), 0.0, 0, 0.0, why, time.perf_counter() - begun)
    reached = _lists(task, people)
    quick = _greedy(task, people, reached)
    bound = min(_online_bound(task, people, reached, ()), _online_bound(task, people, reached, quick))
    chosen, status = quick, "heuristic"
    if method == "greedy" and len(task.work) <= _QUICKLY_RELAXED:
        bound = min(bound, _relaxed(task, _groups(task, people), SOLVER_S)[0])
    if method == "exact":
        chosen, status, bound = _exact(task, people, quick, bound, seconds)
    spent = int(sum(int(task.cost_baht[each]) for each in chosen))
    order, gains = _lazily(task, people, reached, spent, per_baht=True, among=chosen)
    total = float(sum(gains))
    return Choice(
        method,
        order,
        gains,
        total,
        int(sum(int(task.cost_baht[each]) for each in order)),
        max(bound, total),
        status,  # type: ignore[arg-type]
        time.perf_counter() - begun,
    )


def _nothing(task: Task, people: FloatArray) -> Status | None:
    if not len(task.cost_baht):
        return "no_candidates"
    if people.sum() == 0:
        return "no_people"
    affordable = np.asarray(task.cost_baht) <= task.budget_baht
    if task.budget_baht <= 0 or not affordable.any():
        return "no_budget"
    if people[task.place[affordable[task.work]]].sum() == 0:
        return "nothing_to_gain"
    return None


def _lists(task: Task, people: FloatArray) -> list[IntArray]:
    """Inhabited places of every candidate."""
    inhabited = people[task.place] > 0
    work, place = np.asarray(task.work)[inhabited], np.asarray(task.place)[inhabited]
    order = np.argsort(work, kind="stable")
    ends = np.searchsorted(work[order], np.arange(len(task.cost_baht) + 1))
    places = place[order]
    return [np.unique(places[ends[i] : ends[i + 1]]) for i in range(len(task.cost_baht))]


def _greedy(task: Task, people: FloatArray, reached: list[IntArray]) -> tuple[int, ...]:
    """The better of most new people per baht and most new people at once.

    The first alone can be arbitrarily bad (one cheap hamlet before a dear town). The second begins with the best single
    work, so that the better of the two reaches at least (1 - 1/e) / 2 of the best (Khuller, Moss, Naor 1999), in
    practice 0.95 and more; the bound says how far it may be this time.
    """
    both = [_lazily(task, people, reached, int(task.budget_baht), per_baht=each) for each in (True, False)]
    return max(both, key=lambda found: sum(found[1]))[0]


def _lazily(
    task: Task,
    people: FloatArray,
    reached: list[IntArray],
    budget_baht: int,
    *,
    per_baht: bool,
    among: tuple[int, ...] | None = None,
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Greedy order and gains; a gain is computed anew only when it comes to the top, because gains never grow."""
    left, open_ = budget_baht, people.copy()
    costs = np.asarray(task.cost_baht)

    def rank(each: int) -> float:
        gain = float(open_[reached[each]].sum())
        return gain / max(int(costs[each]), 1) if per_baht else gain

    candidates = range(len(costs)) if among is None else among
    heap = [(-rank(each), each) for each in candidates if len(reached[each]) and costs[each] <= left]
    heapq.heapify(heap)
    chosen: list[int] = []
    gains: list[float] = []
    while heap:
        _, each = heapq.heappop(heap)
        now = -rank(each)
        if costs[each] > left or now == 0:
            continue
        if heap and (now, each) > heap[0]:
            heapq.heappush(heap, (now, each))
            continue
        chosen.append(each)
        gains.append(float(open_[reached[each]].sum()))
        left -= int(costs[each])
        open_[reached[each]] = 0.0
    return tuple(chosen), tuple(gains)


def _online_bound(task: Task, people: FloatArray, reached: list[IntArray], chosen: tuple[int, ...]) -> float:
    """No choice reaches more than a first choice and then the best by the baht of what it leaves, in parts of works.

    Coverage is submodular: what a work adds to any choice is at most what it adds to a part of it.
    """
    open_ = people.copy()
    held = 0.0
    if chosen:
        covered = np.unique(np.concatenate([reached[each] for each in chosen]))
        held = float(open_[covered].sum())
        open_[covered] = 0.0
    gains = np.array([float(open_[places].sum()) for places in reached])
    costs = np.asarray(task.cost_baht, dtype=np.float64)
    usable = (gains > 0) & (costs <= task.budget_baht)
    gains, costs = gains[usable], costs[usable]
    order = np.argsort(-(gains / np.maximum(costs, 1e-9)), kind="stable")
    gains, costs = gains[order], costs[order]
    spent = np.cumsum(costs)
    whole = int(np.searchsorted(spent, task.budget_baht, side="right"))
    bound = held + float(gains[:whole].sum())
    if whole < len(gains):
        before = float(spent[whole - 1]) if whole else 0.0
        bound += float(gains[whole]) * (task.budget_baht - before) / float(costs[whole])
    reachable = np.unique(np.concatenate([reached[each] for each in np.flatnonzero(usable)] or [np.empty(0, int)]))
    return min(bound, held + float(open_[reachable].sum()))


def _exact(
    task: Task, people: FloatArray, quick: tuple[int, ...], bound: float, seconds: float
) -> tuple[tuple[int, ...], str, float]:
    """CP-SAT on the places that the same candidates reach, added up; begun with the better of the greedy answer and
    of greedy among the works that the relaxation to parts of works (HiGHS) takes, and bounded by it."""
    from ortools.sat.python import cp_model

    begun = time.perf_counter()
    groups = _groups(task, people)
    costs = np.asarray(task.cost_baht)
    relaxed, in_parts = _relaxed(task, groups, seconds / 2)
    bound = min(bound, relaxed)
    guided = _lazily(task, people, _lists(task, people), int(task.budget_baht), per_baht=True, among=in_parts)[0]
    quick = max((quick, guided), key=lambda chosen: _value(task, people, chosen))
    useful = sorted({each for members, _ in groups for each in members})
    model = cp_model.CpModel()
    built = {each: model.new_bool_var(f"w{each}") for each in useful}
    terms, weights = [], []
    for number, (members, inhabitants) in enumerate(groups):
        reached = built[members[0]] if len(members) == 1 else model.new_bool_var(f"p{number}")
        if len(members) > 1:
            model.add_bool_or([built[each] for each in members]).only_enforce_if(reached)
        terms.append(reached)
        weights.append(round(inhabitants * _TENTHS))
    model.add(
        cp_model.LinearExpr.weighted_sum(list(built.values()), [int(costs[e]) for e in built]) <= task.budget_baht
    )
    model.add(cp_model.LinearExpr.weighted_sum(terms, weights) <= math.ceil(bound * _TENTHS) + len(groups))
    model.maximize(cp_model.LinearExpr.weighted_sum(terms, weights))
    first = set(quick)
    for each, variable in built.items():
        model.add_hint(variable, each in first)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds - (time.perf_counter() - begun), 0.5)
    solver.parameters.random_seed = _SEED
    solver.parameters.num_workers = 4
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return quick, "time_up", bound
    chosen = tuple(each for each, variable in built.items() if solver.boolean_value(variable))
    proven = min(bound, solver.best_objective_bound / _TENTHS)
    if status == cp_model.OPTIMAL:
        return chosen, "optimal", 0.0
    reached_people = solver.objective_value / _TENTHS
    return (quick if _value(task, people, quick) > reached_people else chosen), "time_up", proven


def _value(task: Task, people: FloatArray, chosen: tuple[int, ...]) -> float:
    return float(people[np.unique(np.asarray(task.place)[np.isin(task.work, chosen)])].sum())


def _relaxed(task: Task, groups: list[tuple[tuple[int, ...], float]], seconds: float) -> tuple[float, tuple[int, ...]]:
    """People reached when works may be done in parts: a bound for whole ones, and the works that it takes some of.

    Infinite and empty when the time does not suffice.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    count, costs = len(groups), np.asarray(task.cost_baht, dtype=np.float64)
    useful = np.array(sorted({each for members, _ in groups for each in members}), dtype=np.int64)
    column = {int(each): count + i for i, each in enumerate(useful)}
    rows = [i for i, (members, _) in enumerate(groups) for _ in members]
    works = [column[each] for members, _ in groups for each in members]
    # Of a group at most what the works that reach it do; all works together within the budget.
    left = csr_array(
        (
            np.concatenate([np.ones(count), -np.ones(len(rows)), costs[useful]]),
            (
                np.concatenate([np.arange(count), rows, np.full(len(useful), count)]),
                np.concatenate([np.arange(count), works, np.arange(count, count + len(useful))]),
            ),
        ),
        shape=(count + 1, count + len(useful)),
    )
    right = np.zeros(count + 1)
    right[-1] = task.budget_baht
    worth = np.concatenate([[-inhabitants for _, inhabitants in groups], np.zeros(len(useful))])
    found = linprog(worth, A_ub=left, b_ub=right, bounds=(0, 1), method="highs", options={"time_limit": seconds})
    if found.status != 0:
        return math.inf, ()
    taken = useful[found.x[count:] > 1e-6]
    # A millionth more than the solver's answer: it is one only within its tolerance.
    return float(-found.fun) * (1 + 1e-6) + 1e-6, tuple(int(each) for each in taken)


def _groups(task: Task, people: FloatArray) -> list[tuple[tuple[int, ...], float]]:
    """Places by the affordable candidates that reach them, with the people of those that the same ones reach."""
    affordable = np.asarray(task.cost_baht) <= task.budget_baht
    kept: BoolArray = affordable[task.work] & (people[task.place] > 0)
    pairs: npt.NDArray[np.int64] = np.unique(np.column_stack([task.place[kept], task.work[kept]]), axis=0)
    places, starts = np.unique(pairs[:, 0], return_index=True)
    summed: dict[tuple[int, ...], float] = {}
    for place, members in zip(places, np.split(pairs[:, 1], starts[1:]), strict=True):
        key = tuple(int(each) for each in members)
        summed[key] = summed.get(key, 0.0) + float(people[place])
    return list(summed.items())

"""Coverage under a budget: exact equals every choice tried, greedy lies between its promise and the bound."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coverage import Task, cover


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    places, works = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    pairs = draw(st.sets(st.tuples(st.integers(0, works - 1), st.integers(0, places - 1)), max_size=25))
    return Task(
        np.array(draw(st.lists(st.integers(0, 900), min_size=places, max_size=places)), dtype=float),
        np.array(draw(st.lists(st.integers(0, 50), min_size=works, max_size=works))),
        np.array([work for work, _ in sorted(pairs)], dtype=np.int64),
        np.array([place for _, place in sorted(pairs)], dtype=np.int64),
        draw(st.integers(0, 120)),
    )


def best(task: Task) -> float:
    most = 0.0
    for size in range(len(task.cost_baht) + 1):
        for chosen in itertools.combinations(range(len(task.cost_baht)), size):
            if sum(task.cost_baht[list(chosen)]) <= task.budget_baht:
                reached = np.unique(task.place[np.isin(task.work, chosen)])
                most = max(most, float(task.people[reached].sum()))
    return most if task.budget_baht > 0 else 0.0


@settings(max_examples=120)
@given(tasks())
def test_greedy_keeps_its_promise_and_its_bound(task: Task) -> None:
    most, found = best(task), cover(task)
    assert most * (1 - 1 / np.e) / 2 - 1e-6 <= found.people <= most + 1e-6
    assert found.bound_people >= most - 1e-6
    assert found.cost_baht <= max(task.budget_baht, 0)
    assert sum(found.gain_people) == pytest.approx(found.people)
    assert len(set(found.chosen)) == len(found.chosen)


@settings(max_examples=25)
@given(tasks())
def test_exact_is_the_best_of_all_choices(task: Task) -> None:
    found = cover(task, "exact", seconds=20)
    assert found.people == pytest.approx(best(task))
    assert found.gap == pytest.approx(0, abs=1e-9)


def test_exact_beats_greedy_where_greedy_is_misled() -> None:
    # The work with the most people per baht spends what the two others need together.
    task = Task(np.array([90.0, 60, 60]), np.array([65, 60, 60]), np.array([0, 1, 2]), np.array([0, 1, 2]), 120)
    greedy, exact = cover(task), cover(task, "exact")
    assert (greedy.people, exact.people, exact.status) == (90, 120, "optimal")
    assert greedy.bound_people >= 120
    assert greedy.gap > 0


@pytest.mark.parametrize(
    ("status", "people", "costs", "pairs", "budget"),
    [
        ("no_candidates", [5.0], [], [], 10),
        ("no_people", [0.0, np.nan], [1], [(0, 0), (0, 1)], 10),
        ("no_budget", [5.0], [1], [(0, 0)], 0),
        ("no_budget", [5.0], [11], [(0, 0)], 10),
        ("nothing_to_gain", [0.0, 5.0], [1, 11], [(0, 0), (1, 1)], 10),
    ],
)
@pytest.mark.parametrize("method", ["greedy", "exact"])
def test_nothing_to_do_is_a_stated_answer(
    method: str, status: str, people: list[float], costs: list[int], pairs: list[tuple[int, int]], budget: int
) -> None:
    work, place = (np.array([pair[i] for pair in pairs], dtype=np.int64) for i in (0, 1))
    found = cover(Task(np.array(people), np.array(costs, dtype=np.int64), work, place, budget), method)  # type: ignore[arg-type]
    assert (found.status, found.chosen, found.people, found.gap) == (status, (), 0.0, 0.0)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Task(np.array([1.0]), np.array([-1]), np.array([0]), np.array([0]), 1)
    with pytest.raises(ValueError, match="equal length"):
        Task(np.array([1.0]), np.array([1]), np.array([0, 0]), np.array([0]), 1)

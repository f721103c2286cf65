"""``eplan test``: all processors for everything, no workers for what a person chose."""

from __future__ import annotations

import pytest

from app.cli.test import MOST_WORKERS, distribution


@pytest.mark.parametrize(
    "arguments",
    [(), ("-x",), ("-v", "--durations=9"), ("tests/gis",), ("--color=yes",), ("-p", "no:randomly"), ("--maxfail", "3")],
)
def test_many_tests_are_spread_over_the_processors(arguments: tuple[str, ...]) -> None:
    assert distribution(arguments, 2) == ["--numprocesses=2"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("tests/gis/test_crs.py",),
        ("tests/gis/test_crs.py::test_candidates", "-v"),
        ("-k", "utm"),
        ("-kutm",),
        ("-m", "not browser"),
        ("--lf",),
        ("--deselect=tests/gis",),
        ("--pdb",),
        ("-n", "3"),
        ("-n0",),
        ("--numprocesses=3",),
        ("-p", "no:xdist"),
        ("--version",),
    ],
)
def test_what_a_person_chose_runs_without_workers(arguments: tuple[str, ...]) -> None:
    assert distribution(arguments, 2) == []


def test_one_processor_needs_no_worker_and_many_are_not_all_used() -> None:
    assert distribution((), 1) == []
    assert distribution((), 64) == [f"--numprocesses={MOST_WORKERS}"]

"""``eplan test``: every test of the project on all processors; the last line is pytest's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from app.settings import ROOT

MOST_WORKERS = 8
"""More would wait for the one that runs the browser."""

# Options that choose a few tests, talk to a person or say themselves how to distribute.
_ALONE = {
    *("-h", "-k", "-m", "-n", "-s", "-V", "--capture", "--co", "--collect-only", "--deselect", "--dist", "--fixtures"),
    *("--help", "--last-failed", "--lf", "--markers", "--numprocesses", "--pdb", "--stepwise", "--sw", "--trace"),
    *("--version", "no:xdist", "-pno:xdist"),
}


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run all tests (PostGIS, browser, front end). ARGUMENTS go to pytest."""
    os.chdir(ROOT)
    # A developer's own database or settings must never reach a test.
    environment = {k: v for k, v in os.environ.items() if k == "EPLAN_TEST_SERVER" or not k.startswith("EPLAN_")}
    environment.pop("DATABASE_URL", None)
    # Tests start hundreds of interpreters: without bytecode each would compile the platform again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    pytest = [sys.executable, "-m", "pytest", *distribution(arguments, len(os.sched_getaffinity(0))), *arguments]
    os.execve(sys.executable, pytest, environment)  # noqa: S606  no shell wanted


def distribution(arguments: tuple[str, ...], processors: int) -> list[str]:
    """Options that spread the tests over the processors; none where a few tests are chosen, which start faster alone.

    Parameters
    ----------
    arguments
        What a person gave to pytest.
    processors
        How many this process may use.
    """
    if processors < 2 or any(map(_chooses, arguments)):
        return []
    return [f"--numprocesses={min(processors, MOST_WORKERS)}"]


def _chooses(argument: str) -> bool:
    option = argument if argument.startswith("--") else argument[:2] if argument.startswith("-") else ""
    return bool({argument, option.split("=")[0]} & _ALONE) or Path(argument.split("::")[0]).is_file()

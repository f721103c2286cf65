"""The first weeks of a simulated fiscal year: every figure of the platform equals what is reckoned beside it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from simulation import clock
from tests.conftest import ROOT

# The whole year takes minutes: ./eplan simulate. These weeks have entries, empty saves, late ones, reminders that are
# refused, mail that is held over night, a mailbox that is none, reports that are signed, and a round of evaluation.
STORY = ("--seed", "2571", "--organisations", "2", "--days", "70")


@pytest.mark.long
def test_the_first_weeks_of_a_year_are_what_was_reckoned() -> None:
    if clock.library() is None:
        pytest.skip("libfaketime is not installed: apt-get install faketime")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EPLAN_")}
    run = subprocess.run(
        [sys.executable, "-m", "simulation", *STORY, "--var", str(ROOT / "var" / "test" / "simulation")],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
    )
    assert run.returncode == 0, f"{run.stdout[-3000:]}\n{run.stderr[-6000:]}"

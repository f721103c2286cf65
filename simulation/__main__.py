"""``python -m simulation``: a fiscal year simulated day by day, every figure reckoned twice."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from simulation import clock

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """0 when every figure is equal, 1 when one is not, 2 where the clock cannot be set."""
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=2571, help="another seed tells another year")
    parser.add_argument("--organisations", type=int, default=6, choices=range(1, 9), metavar="1..8")
    parser.add_argument("--days", type=int, help="stop after so many days from 1 October")
    parser.add_argument("--var", type=Path, default=ROOT / "var" / "simulation", help="where its database cluster lies")
    given = parser.parse_args(arguments)
    library = clock.library()
    if library is None:
        print("libfaketime is not installed: apt-get install faketime", file=sys.stderr)
        return 2
    if not clock.is_set():
        # /tmp: the account that PostgreSQL runs as must be able to read the clock, wherever the checkout lies.
        folder = Path(tempfile.mkdtemp(prefix="eplan-clock-"))
        folder.chmod(0o755)
        clock.start_again(library, folder / "clock", ["-m", "simulation", *arguments])
    try:
        return run(given)
    finally:
        shutil.rmtree(clock.folder(), ignore_errors=True)


def run(given: argparse.Namespace) -> int:
    """In the process whose clock can be set."""
    from simulation.running import simulate
    from simulation.year import Story

    began = time.monotonic()
    story = Story(given.seed, given.organisations, days=given.days)
    comparison = simulate(
        story, given.var, lambda line: print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True)
    )
    print()
    for name, number in sorted(comparison.book.tally.items()):
        print(f"{name:38} {number:>9,}")
    for one in comparison.differences[:60]:
        print(one, file=sys.stderr)
    print()
    print(comparison.table())
    span = f"{story.first} to {story.last}, {time.monotonic() - began:.0f} s"
    print(f"seed {story.seed}, {story.organisations} organisations, {span}")
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``eplan simulate``: a fiscal year of a small province, day by day; a program of its own beside the platform."""

from __future__ import annotations

import os
import sys

import click

from app.settings import ROOT


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Simulate a fiscal year and reckon every figure twice (--seed N, --days N, --organisations N)."""
    os.chdir(ROOT)
    # Nothing of a real installation: the simulation makes its own database and its own settings.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EPLAN_")}
    environment.pop("DATABASE_URL", None)
    os.execve(sys.executable, [sys.executable, "-m", "simulation", *arguments], environment)  # noqa: S606  no shell wanted

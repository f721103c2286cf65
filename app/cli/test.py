"""``eplan test``: every test of the project; the last line is pytest's."""

from __future__ import annotations

import os
import sys

import click

from app.settings import ROOT


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run all tests (PostGIS, browser, front end). ARGUMENTS go to pytest."""
    os.chdir(ROOT)
    # A developer's own database or settings must never reach a test.
    environment = {k: v for k, v in os.environ.items() if k == "EPLAN_TEST_SERVER" or not k.startswith("EPLAN_")}
    environment.pop("DATABASE_URL", None)
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *arguments], environment)  # noqa: S606  no shell wanted

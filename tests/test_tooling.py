"""Linters, types and the front end's own tests, as part of the one test command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _run(*command: str, cwd: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"


def test_ruff() -> None:
    _run(sys.executable, "-m", "ruff", "check", ".")


def test_ruff_format() -> None:
    _run(sys.executable, "-m", "ruff", "format", "--check", ".")


@pytest.mark.long
@pytest.mark.timeout(600)
def test_mypy() -> None:
    _run(sys.executable, "-m", "mypy")


@pytest.mark.long
def test_front_end_types_and_lint() -> None:
    _run("npm", "run", "--silent", "check", cwd=ROOT / "static")


@pytest.mark.long
def test_front_end_units() -> None:
    _run("npm", "run", "--silent", "test", cwd=ROOT / "static")

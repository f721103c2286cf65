"""The day of the product is Thailand's, wherever the server stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_today_is_thailands() -> None:
    script = "import app, time; print(time.strftime('%z', time.localtime(1_790_000_000)))"
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, cwd=ROOT, env=os.environ | {"TZ": "UTC"}, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "+0700"

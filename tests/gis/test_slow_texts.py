"""Texts made to keep a reader busy: together they took hours before, and have the processor for ten seconds here."""

from __future__ import annotations

import resource
import subprocess
import sys

READ_ALL = r"""
from app.services.imports.naming import name_column
from gis.chainage import unit_of
from gis.pasted import from_link, from_wkt
from gis.thai import canonical_route_code, normalise

tone, vowel, blanks = "\u0e48", "\u0e31", " " * 40_000
normalise((tone + vowel) * 20_000)
normalise(tone * 40_000 + vowel)
canonical_route_code((tone + vowel) * 20_000)
from_link("/place/" * 20_000)
from_link("?q=1" + blanks)
from_wkt("POINT(POINT" + blanks)
from_wkt("POINT" + blanks + "x")
unit_of(["ม" + blanks + "x"], [])
name_column(["ชื่อ"], {"ชื่อ": ["กข" + "/." * 15_000] * 8})
"""


def test_no_text_keeps_a_reader_busy() -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))

    done = subprocess.run([sys.executable, "-c", READ_ALL], preexec_fn=limited, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")

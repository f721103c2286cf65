"""One operation per coordinate system, whoever carries it out: the server, the browser's proj4 and the database."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gis import crs
from gis.doctor.places import FloatArray

ROOT = Path(__file__).resolve().parents[2]
POINTS = 10_000
LIMIT_M = 0.01
# Reads [[epsg, definition, numbers]] and writes the same points in degrees, as the pages' own proj4 makes them.
_SCRIPT = """
import { readFileSync } from "node:fs";
import proj4 from "proj4";
const asked = JSON.parse(readFileSync(0, "utf8"));
const wgs84 = asked.wgs84;
process.stdout.write(JSON.stringify(asked.numbers.map((xy) => proj4(asked.definition, wgs84, xy))));
"""


def numbers_of(epsg: int) -> tuple[FloatArray, FloatArray]:
    """Points all over Thailand, in the system and in degrees as the server has them."""
    west, south, east, north = crs.THAILAND_BOUNDS
    rng = np.random.default_rng(epsg)
    lonlat = np.column_stack((rng.uniform(west, east, POINTS), rng.uniform(south, north, POINTS)))
    numbers = crs.from_wgs84(lonlat, epsg)[0]
    return numbers, crs.to_wgs84(numbers, epsg)[0]


def apart_m(a: FloatArray, b: FloatArray) -> float:
    """The greatest distance between points and their like, metres."""
    step = (a - b) * 111_320.0
    return float(np.hypot(step[:, 0] * np.cos(np.radians(a[:, 1])), step[:, 1]).max())


@pytest.mark.parametrize("epsg", sorted(crs.OPERATIONS))
def test_the_browser_agrees(epsg: int) -> None:
    numbers, expected = numbers_of(epsg)
    definitions = crs.proj4_definitions()
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", _SCRIPT],
        input=json.dumps(
            {
                "definition": definitions[f"EPSG:{epsg}"],
                "wgs84": definitions["EPSG:4326"],
                "numbers": numbers.tolist(),
            }
        ),
        cwd=ROOT / "static",
        text=True,
        capture_output=True,
        check=True,
    )
    assert apart_m(np.array(json.loads(done.stdout)), expected) < LIMIT_M


@pytest.mark.parametrize("epsg", sorted(crs.OPERATIONS))
def test_the_database_agrees(session: Session, epsg: int) -> None:
    """Given the same definition; nothing in the project asks the database for it (see ``test_architecture``)."""
    numbers, expected = numbers_of(epsg)
    definitions = crs.proj4_definitions()
    # As one geometry: the database works an operation out anew for every call that names it in words.
    transformed = session.scalar(
        sa.text("SELECT ST_AsBinary(ST_Transform(ST_GeomFromWKB(:points), :definition, :wgs84))"),
        {
            "points": shapely.to_wkb(shapely.multipoints(numbers)),
            "definition": definitions[f"EPSG:{epsg}"],
            "wgs84": definitions["EPSG:4326"],
        },
    )
    found = shapely.get_coordinates(shapely.from_wkb(bytes(transformed)))
    assert apart_m(found, expected) < LIMIT_M

"""Export of some 170,000 roads in every format, beside ogr2ogr in the same run: seconds, and memory of the process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy as sa

from app.auth.policy import Visibility
from app.queries.narrowing import for_items
from app.settings import ROOT
from bench.ground import Ground, ground
from layers.registry import LAYERS

LAYER = "roads"
FEW = {"fiscal_year": [2565], "area": [str(code) for code in range(10, 28)]}
MANY = {"fiscal_year": [2565, 2566]}
# Format -> largest ratio to ogr2ogr; the others are only told.
TARGETS = {"geojson": 0.5, "gpkg": 1.0, "shp": 1.0, "fgb": 1.3, "kml": None, "csv": None, "xlsx": None, "parquet": None}
DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "shp": "ESRI Shapefile", "fgb": "FlatGeobuf", "kml": "KML"}
ENDINGS = {"shp": "zip"}
MEMORY_MB = 400

# The service itself in a process of its own, which tells its time and its largest memory.
CHILD = """
import json, resource, sys, time
from pathlib import Path
from app.auth.actor import SYSTEM_ACTOR
from app.db import Database
from app.services import exports
from app.settings import Settings
url, format, path, filters = sys.argv[1:]
database = Database(Settings(database_url=url, statement_timeout_ms=0))
wanted = exports.order("roads", format, json.loads(filters))
begin = time.perf_counter()
with database.reading() as session:
    written = exports.write_file(session, SYSTEM_ACTOR, wanted, Path(path))
seconds = time.perf_counter() - begin
print(json.dumps([seconds, written.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def ours(at: Ground, format: str, filters: dict[str, Any], folder: Path) -> tuple[float, int, float]:
    """Seconds, rows and MB."""
    path = folder / f"ours.{ENDINGS.get(format, format)}"
    command = [sys.executable, "-c", CHILD, at.libpq, format, str(path), json.dumps(filters)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    path.unlink()
    seconds, rows, megabytes = json.loads(done.stdout)
    return seconds, rows, megabytes


def theirs(at: Ground, format: str, filters: dict[str, Any], folder: Path) -> float:
    """Seconds of ogr2ogr for the same statement; a shapefile is zipped as ours is."""
    layer = LAYERS[LAYER]
    given = {name: tuple(value) for name, value in filters.items()}
    request = layer.export_request(public=False, narrowing=for_items(layer, given, Visibility.STAFF))
    sql = request.sql.replace("ST_AsBinary(g.geom) AS geometry", "g.geom AS geometry")
    compiled = sa.text(sql).compile(dialect=sa.create_engine(at.url).dialect)
    with psycopg2.connect(at.libpq) as connection, connection.cursor() as cursor:
        literal = cursor.mogrify(str(compiled), dict(request.params)).decode()
        address = " ".join(f"{key}={value}" for key, value in connection.get_dsn_parameters().items() if key in _KEYS)
    begin = time.perf_counter()
    path = folder / f"theirs.{format}"
    command = ["ogr2ogr", "-f", DRIVERS[format], str(path), f"PG:{address}", "-sql", literal, "-nln", LAYER]
    subprocess.run(command, check=True, capture_output=True)
    if format == "shp":
        parts = [str(part) for part in folder.glob("theirs.*")]
        subprocess.run(["zip", "-1", "-q", str(folder / "theirs.zip"), *parts], check=True)
    seconds = time.perf_counter() - begin
    for part in folder.glob("theirs*"):
        part.unlink()
    return seconds


_KEYS = ("host", "port", "user", "dbname")


def run(formats: tuple[str, ...] = tuple(TARGETS), rounds: int = 2, **options: Any) -> list[dict[str, Any]]:
    """One line a format; the better of the rounds on both sides."""
    at = ground(**options)
    lines = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for format in formats:
            few = ours(at, format, FEW, folder)
            mine = [ours(at, format, MANY, folder) for _ in range(rounds)]
            best = min(seconds for seconds, _, _ in mine)
            line: dict[str, Any] = {"format": format, "rows": mine[0][1], "seconds": best}
            if format in DRIVERS:
                line["ogr2ogr_s"] = min(theirs(at, format, MANY, folder) for _ in range(rounds))
                line["ratio"] = best / line["ogr2ogr_s"]
                line["target"] = TARGETS[format]
            line |= {"MB": max(mb for _, _, mb in mine), "rows_few": few[1], "MB_few": few[2], "MB_target": MEMORY_MB}
            lines.append(line)
    return lines


if __name__ == "__main__":
    for row in run():
        print(row)

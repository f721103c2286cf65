"""The report over a million stored geometries: seconds, memory, and against only reading them.

The report looks at every work whole - territory, tambon, vertices, contract, neighbours that repeat it - and asks the
doctor about those that lie elsewhere. ``read_s`` is the raw limit: the same rows taken out by COPY and made into
geometries, and nothing asked of them. The transaction is rolled back.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import subprocess
import sys
import time
from typing import Any

import pyarrow as pa
import shapely
import sqlalchemy as sa

from app.db import Database
from app.queries.copied import copied
from app.services.coordinate_checks import SCHEMA, WORKS, check_coordinates, scope_of
from app.settings import Settings
from bench.ground import ground

LIMIT_S = 180
_CHUNK = 200


def run(**_options: Any) -> list[dict[str, Any]]:
    """Each in a process of its own, so that the memory is its own."""
    url = ground().url
    read, report = (_child(what, url) for what in ("read", "report"))
    return [
        {
            "projects": report["projects"],
            "report_s": report["seconds"],
            "read_s": read["seconds"],
            "ratio": report["seconds"] / read["seconds"],
            "findings": report["findings"],
            "memory_mb": report["memory_mb"],
            "within": report["seconds"] < LIMIT_S,
        }
    ]


def _child(what: str, url: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.check_coordinates", what, url], capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _main(what: str, url: str) -> None:
    database = Database(dataclasses.replace(Settings.from_environment(), statement_timeout_ms=0), url)
    begin = time.perf_counter()
    answer = _report(database) if what == "report" else _read(database)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**answer, "seconds": time.perf_counter() - begin, "memory_mb": round(peak)}))


def _report(database: Database) -> dict[str, Any]:
    with database.engine.connect() as connection, sa.orm.Session(connection) as session:
        receipt = check_coordinates(session)
        session.rollback()
    return {"projects": receipt.projects, "findings": sum(receipt.findings.values())}


def _read(database: Database) -> dict[str, Any]:
    rows = 0
    with database.reading() as session:
        codes = [code for code, _ in scope_of(session, None, None)]
        for start in range(0, len(codes), _CHUNK):
            with copied(session, WORKS, {"codes": codes[start : start + _CHUNK]}, SCHEMA) as batches:
                table = pa.Table.from_batches(list(batches), SCHEMA)
            rows += len(shapely.from_wkb(table.column("geom").to_numpy()))
    return {"projects": rows, "findings": 0}


if __name__ == "__main__":
    _main(*sys.argv[1:])

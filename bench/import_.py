"""Import of 20,000 and 200,000 roads against ``ogr2ogr`` with COPY: seconds, ratio, peak memory.

``./eplan bench import`` makes seeded files (a zipped CP874 shapefile in UTM 47N, GeoJSON), then interleaves, each in
a process of its own: ``ogr2ogr`` into a fresh table (COPY, primary key, spatial index), our staging (every check
included), and our acceptance (projects, coordinates, change log, read models), which ``ogr2ogr`` has no part for.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

SIZES = (20_000, 200_000)
ROUNDS = 3
ORGANISATION = "D00000IM"
# Kanchanaburi to Khon Kaen: all of it in zone 47, all of it in Thailand.
WEST, SOUTH, EAST, NORTH = 99.4, 14.2, 101.6, 17.6
_WORKS = ("ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้าน", "ซ่อมสร้างถนนลาดยาง สายบ้าน", "ปรับปรุงถนนลูกรัง บ้าน")
_PLACES = ("หนองสาธิต", "โนนสว่าง", "ดอนไผ่", "ห้วยทอง", "คลองแวง", "ท่ามะค่า")
_SURFACES = ("คสล.", "แอสฟัลต์", "ลูกรัง", "หินคลุก")


def roads(count: int, seed: int = 2569) -> pa.Table:
    """Seeded roads of 5 to 40 vertices in lon/lat with what a file of an LAO says about them."""
    rng = np.random.default_rng(seed)
    vertices = rng.integers(5, 41, count)
    owner = np.repeat(np.arange(count), vertices)
    heading = np.repeat(rng.uniform(0, 2 * np.pi, count), vertices) + rng.normal(0, 0.25, len(owner))
    step = np.column_stack((np.cos(heading), np.sin(heading))) * rng.uniform(0.0002, 0.0006, (len(owner), 1))
    first = np.r_[0, np.cumsum(vertices)[:-1]]
    step[first] = np.column_stack((rng.uniform(WEST, EAST, count), rng.uniform(SOUTH, NORTH, count)))
    xy = np.cumsum(step, axis=0)
    xy -= np.repeat(xy[first] - step[first], vertices, axis=0)
    lines = shapely.linestrings(xy, indices=owner)
    picks = rng.integers(0, 1 << 30, count)
    names = [
        f"{_WORKS[p % 3]}{_PLACES[p // 3 % 6]} ถึงบ้าน{_PLACES[p // 18 % 6]} หมู่ที่ {p // 108 % 20 + 1} ช่วงที่ {n}"
        for n, p in enumerate(picks.tolist())
    ]
    return pa.table(
        {
            "geometry": pa.array(shapely.to_wkb(lines), pa.binary()),
            "NAME": names,
            "SURF": [_SURFACES[p % 4] for p in picks.tolist()],
            "WIDTH": np.round(rng.choice([3.0, 4.0, 5.0, 6.0], count), 2),
            "BUDGET": np.round(rng.uniform(5e4, 9e6, count), -2),
            "OBJECTID": np.arange(1, count + 1),
        }
    )


def write_files(folder: Path, count: int) -> dict[str, Path]:
    """The two files; kept between runs."""
    geojson, shapefile = folder / f"roads_{count}.geojson", folder / f"roads_{count}.zip"
    if geojson.exists() and shapefile.exists():
        return {"geojson": geojson, "shapefile": shapefile}
    table = roads(count)
    if not geojson.exists():
        pyogrio.write_arrow(
            table,
            geojson,
            driver="GeoJSON",
            geometry_name="geometry",
            geometry_type="LineString",
            crs="EPSG:4326",
            layer_options={"COORDINATE_PRECISION": "7"},
        )
    from gis import crs

    lines = shapely.from_wkb(table.column("geometry").to_numpy())
    metres = crs.from_wgs84(lines, 32647)[0]
    utm = table.set_column(0, "geometry", pa.array(shapely.to_wkb(metres), pa.binary()))
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        pyogrio.write_arrow(
            utm,
            Path(temporary) / "roads.shp",
            driver="ESRI Shapefile",
            geometry_name="geometry",
            geometry_type="LineString",
            crs="EPSG:32647",
            encoding="CP874",
        )
        with zipfile.ZipFile(shapefile, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for part in sorted(Path(temporary).iterdir()):
                if part.suffix != ".cpg":  # as such files come: the encoding has to be found out
                    archive.write(part, part.name)
    return {"geojson": geojson, "shapefile": shapefile}


_GDAL_SETTINGS = ("GDAL_", "OGR_", "CPL_", "PROJ_", "SHAPE_")


def _timed(command: list[str], environment: dict[str, str]) -> tuple[float, float, float, str]:
    """Seconds, seconds of processor, peak memory in MB and output of a child process."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - read after the process has ended
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    # The largest size in ``usage`` counts what the process was before it became the command, and no child of it.
    peak = 0.0
    while True:
        peak = max(peak, _memory_mb(process.pid))
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        time.sleep(0.03)
    seconds = time.perf_counter() - started
    out.seek(0)
    text = out.read().decode(errors="replace")
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{command[0]} failed:\n{text[-2000:]}")
    return seconds, usage.ru_utime + usage.ru_stime, peak, text


def _memory_mb(pid: int) -> float:
    """Memory of the process and of the one that reads for it, pages that they share counted once; 0 at their end."""
    memory = 0.0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                memory = int(line.split()[1]) / 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            memory += sum(_memory_mb(int(child)) for child in (task / "children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        pass
    return memory


def _ogr2ogr(source: Path, kind: str, url: str, count: int) -> tuple[float, float, float]:
    path = f"/vsizip/{source}" if kind == "shapefile" else str(source)
    encoding = ["-oo", "ENCODING=CP874"] if kind == "shapefile" else []
    command = [
        *("ogr2ogr", "-f", "PostgreSQL", _pg(url), path, "-nln", "bench_ogr2ogr"),
        *("-t_srs", "EPSG:4326", "-lco", "GEOMETRY_NAME=geom", "-gt", "unlimited", *encoding),
    ]
    # Reading files of strangers, the platform sets GDAL up in its environment: not for the tool beside it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_GDAL_SETTINGS)}
    _forget(url)
    seconds, processor, peak, _ = _timed(command, {**environment, "PG_USE_COPY": "YES"})
    _read_all(url, count)
    return seconds, processor, peak


def _forget(url: str) -> None:
    """ogr2ogr can fail and still end well: what an earlier run brought in must not stand for this one's."""
    import psycopg2

    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_ogr2ogr")


def _read_all(url: str, count: int) -> None:
    """Refuse a comparison with a run that did not bring in every feature."""
    import psycopg2

    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_ogr2ogr')")
        (table,) = cursor.fetchone()
        if table is None:
            raise RuntimeError("ogr2ogr made no table")
        cursor.execute("SELECT count(*) FROM bench_ogr2ogr")
        (found,) = cursor.fetchone()
    if found != count:
        raise RuntimeError(f"ogr2ogr brought in {found} of {count} features")


def _pg(url: str) -> str:
    import psycopg2.extensions

    given = psycopg2.extensions.parse_dsn(url)
    return "PG:" + " ".join(f"{name}='{value}'" for name, value in given.items())


def prepare(url: str, organisation: str = ORGANISATION) -> None:
    """An organisation whose territory holds all the roads."""
    import psycopg2

    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO area (code, level, name_th, fictional) VALUES ('98', 'province', 'ทดสอบนำเข้า', true)"
            " ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            "INSERT INTO organisation (code, type_code, name_th, full_name_th, province_code, territory, fictional)"
            " VALUES (%s, 'PAO', 'ทดสอบนำเข้า', 'องค์การบริหารส่วนจังหวัดทดสอบนำเข้า', '98',"
            " ST_Multi(ST_Segmentize(ST_MakeEnvelope(99, 14, 102, 18, 4326), 0.02)), true) ON CONFLICT DO NOTHING",
            (organisation,),
        )


def child(arguments: list[str]) -> None:
    """In a process of its own: stage (and accept) a file; prints seconds of each step and the peak memory."""
    path, accept, organisation = Path(arguments[0]), arguments[1] == "accept", arguments[2]
    from app.auth.actor import SYSTEM_ACTOR
    from app.cli.context import database, settings
    from app.db import SYSTEM, upload_dir
    from app.services import imports
    from app.services.jobs import Silent

    folder, db = upload_dir(settings()), database()
    times = {}
    started = time.perf_counter()
    with path.open("rb") as stream:
        received = imports.Received.keep(stream, path.name, folder)
    with db.transaction(SYSTEM) as session:
        batch_id = imports.receive(
            session, SYSTEM_ACTOR, received, organisation_code=organisation, fiscal_year_be=2569, kind="road"
        ).id
    with db.transaction(SYSTEM) as session:
        batch = imports.stage(session, SYSTEM_ACTOR, batch_id, folder, Silent())
        found = batch.row_count, batch.error_count, batch.encoding, batch.epsg
    times["stage"] = time.perf_counter() - started
    times["stage_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if accept:
        started = time.perf_counter()
        with db.transaction(SYSTEM) as session:
            imports.accept(session, SYSTEM_ACTOR, batch_id, Silent())
        times["accept"] = time.perf_counter() - started
    else:
        with db.transaction(SYSTEM) as session:
            imports.cancel(session, SYSTEM_ACTOR, batch_id)
    times["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (folder / received.stored_name).unlink()
    print(json.dumps({**times, "found": found}))


def _ours(source: Path, url: str, folder: Path, organisation: str = ORGANISATION, *, accept: bool) -> dict[str, Any]:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "EPLAN_VAR_DIR": str(folder / "var"),
        "PYTHONPATH": str(Path.cwd()),
    }
    command = [sys.executable, "-m", "bench.import_", "child", str(source), "accept" if accept else "stage"]
    command.append(organisation)
    seconds, processor, peak, text = _timed(command, environment)
    report: dict[str, Any] = json.loads(text.strip().splitlines()[-1])
    return {**report, "process": seconds, "cpu": processor, "mb": peak}


def run(
    url: str | None = None, sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS, accept: bool = True
) -> list[dict[str, Any]]:
    """Compare; one row per file.

    Parameters
    ----------
    url
        libpq address of a migrated database with code lists; a new one when not given.
    """
    from app.cli.context import settings
    from bench.ground import empty

    url = url or empty("eplan_bench_import").libpq
    folder = settings().var_dir / "bench" / "import"
    folder.mkdir(parents=True, exist_ok=True)
    prepare(url)
    has_ogr = shutil.which("ogr2ogr") is not None
    table = []
    for count in sizes:
        for kind, path in write_files(folder, count).items():
            ours, theirs = [], []
            for _ in range(rounds):
                if has_ogr:
                    theirs.append(_ogr2ogr(path, kind, url, count))
                ours.append(_ours(path, url, folder, accept=False))
            stage = statistics.median(one["process"] for one in ours)
            reference = statistics.median(one[0] for one in theirs) if theirs else None
            row: dict[str, Any] = {
                "file": kind,
                "features": count,
                "ogr2ogr_s": reference,
                "stage_s": stage,
                "ratio": stage / reference if reference else None,
                "ogr2ogr_cpu_s": statistics.median(one[1] for one in theirs) if theirs else None,
                "stage_cpu_s": statistics.median(one["cpu"] for one in ours),
                "ogr2ogr_mb": max(one[2] for one in theirs) if theirs else None,
                "stage_mb": max(one["mb"] for one in ours),
            }
            if accept:
                # Its projects are new only to an organisation that has none.
                owner = f"B{time.time_ns() // 10**6 % 10**9:09d}"
                prepare(url, owner)
                whole = _ours(path, url, folder, owner, accept=True)
                row |= {"accept_s": whole["accept"], "accept_mb": whole["mb"]}
            table.append(row)
    return table


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(sys.argv[2:])
    else:
        print(json.dumps(run(), indent=1))

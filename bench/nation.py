"""What the nation costs in pieces: all pairs of 0.1, 0.3, 1 and 3 million works on a cluster of two processes.

Seeded works (two thirds roads, one third wells and ponds, a tenth of them an earlier work recorded again) are written
as the pieces that ``./eplan analyse duplicates --scheduler local`` would write from the database, and compared by the
same functions. They lie around 75,000 places whatever their number is, as more years do: a nation does not grow.

``EPLAN_BENCH_WORKS=100000,300000,1000000,3000000 ./eplan bench nation`` asks for other sizes than the first two.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from app.services.nation import ROWS_A_PIECE, Pieces, cluster, duplicates_in_pieces
from gis.measure import FloatArray
from gis.partitions import WORK_COLUMNS

SIZES = (100_000, 300_000)
PROCESSES = 2
PLACES = 75_000
SEED = 2569
WEST, SOUTH, EAST, NORTH = 98.5, 6.5, 104.5, 19.5
_SPREAD = 0.006
"""Degrees: works of a village lie some 700 m around it."""
_ROADS = ("ก่อสร้างถนนคอนกรีตเสริมเหล็ก", "ปรับปรุงถนนลูกรัง", "ซ่อมแซมถนนแอสฟัลท์ติก", "เสริมผิวจราจร")
_WATERS = ("เจาะบ่อบาดาล", "ขุดสระเก็บน้ำ", "ก่อสร้างระบบประปาหมู่บ้าน")
_SURFACES, _SOURCES = ("RC", "LATERITE", "AC"), ("GROUNDWATER", "POND", "VILLAGE_WATERWORKS")


def run(**options: Any) -> list[dict[str, Any]]:
    """Seconds, processor seconds and peak memory by number of works, and how they grow with it.

    Parameters
    ----------
    options
        ``sizes`` (default: ``EPLAN_BENCH_WORKS``, else 0.1 and 0.3 million), ``processes`` (default 2).
    """
    asked = os.environ.get("EPLAN_BENCH_WORKS", "")
    sizes = options.get("sizes") or [int(each) for each in asked.split(",") if each] or SIZES
    rows = []
    for size in sizes:
        rows.append(_measured(int(size), int(options.get("processes", PROCESSES))))
        # Millions take an hour: what is known is told before the next size begins.
        print(rows[-1], flush=True)
    if len(rows) < 2:
        return rows
    works = np.log([row["works"] for row in rows])
    grown = {
        name: float(np.polyfit(works, np.log([row[name] for row in rows]), 1)[0])
        for name in ("pairs", "seconds", "processor_s")
    }
    return [*rows, {"works": "grows with the power of works", **grown}]


def _measured(count: int, processes: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="nation-") as name:
        begun = time.perf_counter()
        pieces = write(Path(name), count)
        written = time.perf_counter() - begun
        _forget_peak()
        with cluster("local", workers=processes) as client:
            own, begun = _processor_s(), time.perf_counter()
            table = duplicates_in_pieces(client, pieces)
            seconds = time.perf_counter() - begun
            workers = list(client.run(_used).values())
    return {
        "works": count,
        "pieces": len(pieces.paths),
        "pairs": len(table),
        "same_work": int((table["class"] == "same_work").sum()),
        "seconds": seconds,
        "processor_s": _processor_s() - own + sum(spent for spent, _ in workers),
        "peak_of_a_process_mb": round(max(peak for _, peak in workers)),
        "peak_of_the_client_mb": round(_peak_mb()),
        "writing_s": written,
    }


def _used() -> tuple[float, float]:
    return _processor_s(), _peak_mb()


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> float:
    """Most memory that this process held at once."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _forget_peak() -> None:
    """Count the peak of this process anew."""
    Path("/proc/self/clear_refs").write_text("5")


def write(folder: Path, count: int, seed: int = SEED) -> Pieces:
    """Seeded works as pieces of neighbours, a piece in memory at a time."""
    random = np.random.default_rng(seed)
    places = gpd.GeoSeries(shapely.points(random.uniform((WEST, SOUTH), (EAST, NORTH), (PLACES, 2))), crs=4326)
    ordered = shapely.get_coordinates(places.iloc[places.hilbert_distance().argsort(kind="stable")].to_numpy())
    # As many works as are asked, in the order of their villages, whose numbers of works differ.
    of_place = np.sort(random.integers(0, PLACES, count))
    for number, start in enumerate(range(0, count, ROWS_A_PIECE)):
        chosen = of_place[start : start + ROWS_A_PIECE]
        frame = _works(np.random.default_rng((seed, number)), ordered[chosen], chosen, start)
        frame.to_parquet(folder / f"{number:06d}.parquet", index=False)
    return Pieces.in_folder(folder)


def _works(random: np.random.Generator, around: FloatArray, place: Any, first: int) -> Any:
    count = len(place)
    at = around + random.normal(0, _SPREAD, (count, 2))
    is_road = random.random(count) < 2 / 3
    which = random.integers(0, 3, count)
    shapes = np.array(list(_shapes(random, at, is_road)), dtype=object)
    years, moo = random.integers(2563, 2571, count), random.integers(1, 15, count)
    baht = np.round(np.exp(random.normal(13, 0.8, count)), -3)
    # A tenth is the work before it, recorded again some metres beside and a year later.
    again = np.flatnonzero((random.random(count) < 0.1) & (np.arange(count) > 0))
    place = place.copy()
    for n in again.tolist():
        shift = random.normal(0, 5e-5, 2)
        shapes[n] = shapely.transform(shapes[n - 1], lambda xy, by=shift: xy + by)
        for column in (is_road, which, moo, place):
            column[n] = column[n - 1]
        years[n], baht[n] = years[n - 1] + 1, baht[n - 1] * random.uniform(0.9, 1.1)
    values: dict[str, Any] = dict.fromkeys(WORK_COLUMNS, "")
    values |= {
        "number": np.arange(first, first + count),
        "id": [f"W{number:07d}" for number in range(first, first + count)],
        "organisation": [f"D{number // 12:07d}" for number in place.tolist()],
        "fiscal_year_be": years,
        "kind": np.where(is_road, "road", "water"),
        "name": [
            f"{(_ROADS if road else _WATERS)[kind]} บ้าน{number} หมู่ที่ {moo_}"
            for road, kind, number, moo_ in zip(is_road, which, place, moo, strict=True)
        ],
        "budget_baht": [f"{amount:.2f}" for amount in baht],
        "surface": np.where(is_road, np.array(_SURFACES)[which], ""),
        "water_source": np.where(is_road, "", np.array(_SOURCES)[which]),
        "starts_on": None,
        "ends_on": None,
        "start_m": np.nan,
        "end_m": np.nan,
        "accuracy_m": 5.0,
    }
    return gpd.GeoDataFrame(values, geometry=shapes, crs=4326)


def _shapes(random: np.random.Generator, at: FloatArray, is_road: Any) -> Iterator[Any]:
    """Roads of some 600 m in six bends, wells as points and ponds as circles of eight corners."""
    headings = random.uniform(0, 2 * np.pi, (len(at), 1)) + random.normal(0, 0.25, (len(at), 6)).cumsum(axis=1)
    steps = np.stack([np.cos(headings), np.sin(headings)], axis=2) * random.uniform(5e-4, 1.5e-3, (len(at), 1, 1))
    roads = np.concatenate([at[:, None, :], at[:, None, :] + steps.cumsum(axis=1)], axis=1)
    lines = shapely.linestrings(roads)
    ponds = shapely.buffer(shapely.points(at), 3e-4, quad_segs=2)
    spots = shapely.points(at)
    for n in range(len(at)):
        yield lines[n] if is_road[n] else ponds[n] if n % 2 else spots[n]

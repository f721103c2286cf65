"""Access of the nation's villages: the nearest road of each through a tree in memory and through PostGIS' own index.

Both answer the same question over the same roads of the benchmark database: which village has one within 2 km. The
villages are the real points where ``EPLAN_BENCH_VILLAGES`` names them (GeoParquet with ``lon`` and ``lat``), else as
many random ones. A round counts only when both agree. Coverage is measured on the villages that are left without.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.ground import ground
from gis.access import mercator, nearest, reach
from gis.coverage import Task, cover
from gis.measure import FloatArray, GeometryArray

ROUNDS = 3
WITHIN_M = 2000.0
VILLAGES = 75_000
# Decided to a metre; where an ellipsoid and PostGIS' sphere of the map differ there is nothing to compare.
_NEAR_THE_LIMIT_M = 20.0

_WORKS = "SELECT ST_AsBinary(geom) FROM read_project_feature WHERE kind = 'road' AND status = 'DISBURSED_FULL'"
_POSTGIS = """
SELECT v.n, EXISTS (
    SELECT 1 FROM read_project_feature f WHERE f.kind = 'road' AND f.status = 'DISBURSED_FULL'
    AND f.geom && ST_Expand(v.geom, :within * v.units) AND ST_DWithin(f.geom, v.geom, :within * v.units)
) AS near
FROM (SELECT n, ST_SetSRID(ST_Point(x, y), 3857) AS geom, cosh(y / 6378137) AS units
      FROM unnest(CAST(:x AS float8[]), CAST(:y AS float8[])) WITH ORDINALITY AS p(x, y, n)) AS v
"""


def run(**options: Any) -> list[dict[str, Any]]:
    """Seconds of the nation's access and of choosing what to build for those without.

    Parameters
    ----------
    options
        ``rounds`` (default 3).
    """
    rounds = int(options.get("rounds", ROUNDS))
    points = mercator(_villages())
    engine = sa.create_engine(ground().url, connect_args={"options": "-c jit=off"})
    with Session(engine) as session:
        ours, theirs = [], []
        for _ in range(rounds):
            begun = time.perf_counter()
            works = _works(session)
            read = time.perf_counter()
            found = nearest(points, works)
            ours.append((read - begun, time.perf_counter() - read))
            begun = time.perf_counter()
            near = _postgis(session, points)
            theirs.append(time.perf_counter() - begun)
            clear = np.abs(np.nan_to_num(found.distance_m, nan=np.inf) - WITHIN_M) > _NEAR_THE_LIMIT_M
            if not (found.within(WITHIN_M) == near)[clear].all():
                raise RuntimeError("the tree and PostGIS do not agree")
    engine.dispose()
    reading, computing = (statistics.median(each[i] for each in ours) for i in (0, 1))
    postgis = statistics.median(theirs)
    rows = [
        {
            "what": f"nearest of {len(works):,} roads, {len(points):,} villages",
            "seconds": reading + computing,
            "reading_s": reading,
            "postgis_s": postgis,
            "ratio": (reading + computing) / postgis,
        }
    ]
    return [*rows, *_coverage(points[~found.within(WITHIN_M)])]


def _coverage(without: GeometryArray) -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    people = rng.integers(100, 1500, len(without)).astype(np.float64)
    costs = rng.integers(300_000, 4_000_000, len(without))
    pairs = reach(without, without, WITHIN_M)
    rows = []
    for budget in (50_000_000, 1_000_000_000):
        task = Task(people, costs, pairs.work, pairs.place, budget)
        greedy, exact = cover(task), cover(task, "exact", seconds=20)
        for found in (greedy, exact):
            rows.append(
                {
                    "what": f"{found.method}, {len(without):,} candidates, {budget / 1e6:,.0f} million baht",
                    "seconds": found.seconds,
                    "people": round(found.people),
                    "gap_percent": 100 * found.gap,
                    "of_exact": found.people / exact.people,
                }
            )
    return rows


def _villages() -> FloatArray:
    path = os.environ.get("EPLAN_BENCH_VILLAGES")
    if path:
        table = pq.read_table(path, columns=["lon", "lat"])
        return shapely.points(table["lon"].to_numpy(), table["lat"].to_numpy())
    rng = np.random.default_rng(3)
    return shapely.points(rng.uniform(98.5, 104.5, VILLAGES), rng.uniform(6.5, 19.5, VILLAGES))


def _works(session: Session) -> GeometryArray:
    return shapely.from_wkb(np.array([bytes(wkb) for wkb in session.scalars(sa.text(_WORKS))], dtype=object))


def _postgis(session: Session, points: GeometryArray) -> np.ndarray:
    xy = shapely.get_coordinates(points)
    rows = session.execute(
        sa.text(_POSTGIS), {"x": xy[:, 0].tolist(), "y": xy[:, 1].tolist(), "within": WITHIN_M}
    ).all()
    near = np.zeros(len(points), dtype=bool)
    for row in rows:
        near[row.n - 1] = row.near
    return near

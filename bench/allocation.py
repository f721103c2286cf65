"""Money of a million works over the tambons, exact to the satang, and clusters of every organisation.

Shares: the reading that the page and the command use, beside the raw PostGIS query that clips all shapes in parallel
and does not round; both totals are compared in every round. The first cutting of all works is timed once: afterwards
only works whose shape changed are cut. Clusters: all that ``gis.clusters`` does, beside ``esda.Moran_Local`` alone.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.allocation import read_shares
from app.queries.budget import BudgetFilter
from app.services.work_parts import cut_works
from bench.ground import ground
from gis.clusters import clusters, nearest

ROUNDS = 3
ORGANISATIONS = 7849
CUTTERS = 2
BOUNDARIES = os.environ.get("EPLAN_BENCH_BOUNDARIES", "")
"""File of real outlines, as ``./eplan load areas`` takes it; else tambons of simple outlines are made."""
_PARALLEL = (
    "SET jit = off; SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0;"
    " SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET work_mem = '256MB'"
)
# As a person would write it: every shape clipped, sums in floating point. What lies inside needs no clipping here too.
_RAW = """
    SELECT sum(baht), count(*) FROM (
        SELECT a.code, sum(f.budget_baht::float8 * CASE
                   WHEN ST_Contains(a.geom, f.geom) THEN 1
                   WHEN ST_Dimension(f.geom) = 2 THEN ST_Area(ST_Intersection(f.geom, a.geom)) / ST_Area(f.geom)
                   WHEN ST_Dimension(f.geom) = 1 THEN ST_Length(ST_Intersection(f.geom, a.geom)) / ST_Length(f.geom)
                   ELSE 1 END) AS baht
        FROM read_area_shape_22 a
        JOIN read_project_feature f ON a.geom && f.geom AND ST_Intersects(a.geom, f.geom)
        WHERE a.level = 'tambon' GROUP BY 1
    ) AS shared"""


def run(**options: Any) -> list[dict[str, Any]]:
    """Seconds and ratios.

    Parameters
    ----------
    options
        ``rounds`` (default 3).
    """
    rounds = int(options.get("rounds", ROUNDS))
    return [*_shares(rounds), _clusters(rounds)]


def _shares(rounds: int) -> list[dict[str, Any]]:
    at = ground(boundaries=BOUNDARIES)
    engine = sa.create_engine(at.url)
    with Session(engine) as session, session.begin():
        session.execute(sa.text("DELETE FROM read_work_part"))
    begin = time.perf_counter()
    cutters = [threading.Thread(target=_cut, args=(engine,)) for _ in range(CUTTERS)]
    for one in cutters:
        one.start()
    for one in cutters:
        one.join()
    first = time.perf_counter() - begin
    with engine.begin() as connection:
        connection.execute(sa.text("ANALYZE read_work_part"))
    ours, raw = [], []
    with Session(engine) as session:
        session.execute(sa.text(_PARALLEL))
        for _ in range(rounds):
            begin = time.perf_counter()
            found = read_shares(session, "tambon", None, BudgetFilter(), Visibility.STAFF)
            ours.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            whole = session.execute(sa.text(_RAW)).one()
            raw.append(time.perf_counter() - begin)
            _same(session, found.frame, float(whole[0]))
    engine.dispose()
    seconds, peer = statistics.median(ours), statistics.median(raw)
    return [
        {
            "works": at.projects,
            "outlines": "real" if BOUNDARIES else "simple",
            "case": "exact shares over the tambons",
            "seconds": seconds,
            "raw_parallel_seconds": peer,
            "ratio": seconds / peer,
            "across_borders": found.crossing,
        },
        {
            "works": at.projects,
            "case": "cutting every work for the first time, and the shares of them",
            "seconds": first + seconds,
            "raw_parallel_seconds": peer,
            "ratio": (first + seconds) / peer,
        },
    ]


def _cut(engine: sa.Engine) -> None:
    last: int | None = 0
    while last is not None:
        with Session(engine) as session, session.begin():
            last = cut_works(session, after=last)


def _same(session: Session, frame: Any, raw_baht: float) -> None:
    """The exact shares sum to the money of all projects; the raw ones nearly, but for works partly outside."""
    every = int(session.scalar(sa.text("SELECT (100 * sum(budget_baht))::bigint FROM project")) or 0)
    if int(frame["satang"].sum()) != every:
        raise AssertionError(f"{int(frame['satang'].sum())} satang shared of {every}")
    placed = float(frame.loc[frame["code"] != "", "satang"].sum()) / 100
    if abs(placed - raw_baht) > 0.01 * placed:
        raise AssertionError(f"{placed} and {raw_baht} baht over the tambons")


def _clusters(rounds: int) -> dict[str, Any]:
    from esda.moran import Moran_Local
    from libpysal.graph import Graph

    draw = np.random.default_rng(2569)
    x, y = draw.uniform(0, 8e5, ORGANISATIONS), draw.uniform(0, 1.6e6, ORGANISATIONS)
    people = draw.integers(800, 30_000, ORGANISATIONS)
    hot = np.hypot(x - 4e5, y - 8e5) < 6e4
    money = draw.gamma(2, people * np.where(hot, 2500, 700))
    neighbours = nearest(x, y)
    esda = Graph.from_sparse(neighbours.tocoo())
    clusters(money, neighbours, base=people, unit=1e6, permutations=999)  # imports
    ours, peer = [], []
    for _ in range(rounds):
        begin = time.perf_counter()
        found = clusters(money, nearest(x, y), base=people, unit=1e6)
        ours.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        Moran_Local(money / people, esda, permutations=999, keep_simulations=False, seed=1)
        peer.append(time.perf_counter() - begin)
    spots = (found.places["hot"] == 1).to_numpy()
    seconds, other = statistics.median(ours), statistics.median(peer)
    return {
        "case": f"neighbours, Moran, LISA, Gi*, FDR of {ORGANISATIONS:,} organisations",
        "seconds": seconds,
        "esda_lisa_999_seconds": other,
        "ratio": seconds / other,
        "planted_found": float(spots[hot].mean()),
        "elsewhere": float(spots[~hot].mean()),
    }

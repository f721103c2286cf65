"""Duplicates: right and wrong by class on labelled, seeded sets; candidates of all pairs and of one, against PostGIS.

``python -m bench.duplicates fit`` fits the weights of ``gis/overlap_classes.py`` on sets with other seeds than those
measured here; ``python -m bench.duplicates sets [SEED ...]`` prints the table of some seeds as it stands in
``docs/developers/duplicates.md``, and ``bare [SEED ...]`` the same of works that have only the columns of a file.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import psycopg2
import sqlalchemy as sa
from scipy.optimize import minimize
from sqlalchemy.orm import Session

from app.queries.duplicates import ALL_PAIRS, LEAST_SHARE, neighbours_of_project
from app.services.duplicate_pairs import pairs_of_project
from app.services.duplicates import refresh
from bench.duplicate_set import APART, LabelledSet, make
from bench.ground import Ground, ground
from gis.overlap import PairMetrics, find_pairs, pair_metrics, tolerance_m
from gis.overlap_classes import classify
from gis.overlap_facts import FEATURES, facts_of_all, features
from gis.overlap_works import CLASSES, REACH_M, Verdict, Work

FIT_SEEDS = (11, 12, 13)
SEEDS = (2569, 2570, 2571, 2572, 2573)
VILLAGES = 2_000
LEAST_KNOWN = 0.5
_ONE_PLACE = frozenset(("same_work", "repair", "upgrade", "joint"))
_BESIDE = ("near", "crossing")
FloatArray = np.ndarray[Any, np.dtype[np.float64]]


def candidates(made: LabelledSet) -> tuple[list[tuple[int, int]], list[Work], list[Work], PairMetrics]:
    """Pairs of a set that lie within reach, and their measures."""
    shapes = np.empty(len(made.works), dtype=object)
    shapes[:] = [work.geometry for work in made.works]
    i, j = find_pairs(shapes)
    left, right = [made.works[n] for n in i], [made.works[n] for n in j]
    pairs = list(zip(i.tolist(), j.tolist(), strict=True))
    return pairs, left, right, pair_metrics(shapes[i], shapes[j], tolerance_m(left, right))


def judged(made: LabelledSet) -> dict[tuple[int, int], Verdict]:
    """Verdict of every pair within reach."""
    pairs, left, right, metrics = candidates(made)
    return dict(zip(pairs, classify(left, right, metrics), strict=True))


def table(made: LabelledSet, found: dict[tuple[int, int], Verdict], kind: str = "") -> list[dict[str, Any]]:
    """Recall and precision of each class; ``kind`` for works of one kind only.

    Pairs without a label are ``near`` or ``crossing``, which are not told apart there; neither are they of those that
    are labelled ``apart``.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for pair in found.keys() | made.pairs.keys():
        if kind and made.works[pair[0]].kind != kind:
            continue
        told = found[pair].class_ if pair in found else "near"
        true = made.pairs.get(pair, "unlabelled")
        counted[true, told] += 1
    rows = []
    for class_ in (*CLASSES, APART):
        labelled = sum(n for (true, _), n in counted.items() if true == class_)
        right = sum(counted[class_, said] for said in (class_, *(_BESIDE if class_ == APART else ())))
        told = right if class_ == APART else sum(n for (_, said), n in counted.items() if said == class_)
        if class_ in _BESIDE:
            told -= counted["unlabelled", class_] + counted[APART, class_]
        wrong = (said for said in CLASSES if said != class_ and not (class_ == APART and said in _BESIDE))
        taken = {said: counted[class_, said] for said in wrong if counted[class_, said]}
        rows.append({
            "kind": kind or "all", "class": class_, "labelled": labelled, "right": right,
            "recall_%": 100 * right / max(labelled, 1), "told": told, "precision_%": 100 * right / max(told, 1),
            "taken_for": " ".join(f"{said} {n}" for said, n in taken.items()),
        })  # fmt: skip
    return rows


def sets(
    seeds: tuple[int, ...] = SEEDS, villages: int = VILLAGES, least_known: float = LEAST_KNOWN
) -> list[dict[str, Any]]:
    """Tables of several seeds, roads and water; ``least_known`` of the works have only the columns of a file."""
    rows = []
    for seed in seeds:
        made = make(seed, villages, least_known)
        found = judged(made)
        rows += [{"seed": seed, **row} for kind in ("road", "water") for row in table(made, found, kind)]
    return rows


def markdown(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The tables of all seeds as the one table of the documentation, each share with that of the worst seed."""
    yield "| works | class | labelled | recall % (worst seed) | told | precision % (worst seed) | taken for |"
    yield "|---|---|--:|--:|--:|--:|---|"
    for kind, class_ in dict.fromkeys((row["kind"], row["class"]) for row in rows):
        seeds = [row for row in rows if (row["kind"], row["class"]) == (kind, class_)]
        labelled, right, told = (sum(row[name] for row in seeds) for name in ("labelled", "right", "told"))
        if not labelled:
            continue
        taken: Counter[str] = Counter()
        for row in seeds:
            said = row["taken_for"].split()
            taken.update(dict(zip(said[::2], map(int, said[1::2]), strict=True)))
        shares = [
            f"{100 * right / max(whole, 1):.1f} ({min(row[share] for row in seeds):.1f})"
            for whole, share in ((labelled, "recall_%"), (told, "precision_%"))
        ]
        precision = "" if class_ == APART else shares[1]
        others = ", ".join(f"`{said}` {n}" for said, n in taken.most_common())
        yield f"| {kind} | `{class_}` | {labelled:,} | {shares[0]} | {told:,} | {precision} | {others} |"


# What the sets do not have, or have by chance, is set by hand.
_BY_HAND = {
    "route_same": 2.0,
    "route_differs": -2.0,
    "kind_differs": -0.7,
    "ordinal_differs": -3.0,
    "money_same": 0.5,
    "name_core": 1.0,
    "village_same": 0.3,
}
_BOTH_WAYS = frozenset(("line", "area", "spot", "spot_inside"))
_AGAINST = ("_differs", "_differ", "_low", "_far", "_apart", "_turned", "_short_of_half", "_one_sided")


def _limits(name: str) -> tuple[float | None, float | None]:
    """Evidence for one place never counts against it, nor the other way round, whatever a set says by chance."""
    if name in _BY_HAND:
        return _BY_HAND[name], _BY_HAND[name]
    if name in _BOTH_WAYS:
        return None, None
    return (None, 0.0) if name.endswith(_AGAINST) else (0.0, None)


def fit(villages: int = 2_500, ridge: float = 1.0) -> dict[str, float]:
    """Weights by penalised maximum likelihood."""
    blocks, truths = [], []
    for seed in FIT_SEEDS:
        made = make(seed, villages)
        pairs, left, right, metrics = candidates(made)
        values = features(left, right, facts_of_all(left), facts_of_all(right), metrics)
        true = [made.pairs.get(pair, APART) for pair in pairs]
        kept = [n for n, class_ in enumerate(true) if class_ != "continuation"]
        blocks.append(values[kept])
        truths.append(np.array([true[n] in _ONE_PLACE for n in kept]))
    values, target = np.concatenate(blocks), np.concatenate(truths)
    values = np.column_stack([values, np.ones(len(values))])

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        odds = values @ weights
        likelihood = (target * odds - np.logaddexp(0.0, odds)).sum()
        gradient = values.T @ (target - 1 / (1 + np.exp(-odds))) - ridge * weights
        return -likelihood + 0.5 * ridge * float(weights @ weights), -gradient

    names = [*FEATURES, "bias"]
    limits = [_limits(name) if name != "bias" else (None, None) for name in names]
    start = np.array([_BY_HAND.get(name, 0.0) for name in names])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": 500}).x
    return {name: round(float(weight), 2) for name, weight in zip(names, best, strict=True)}


# The rule of length as one would write it: half of the shorter line within 15 m of the other. IS TRUE keeps the planner
# of this statement, too, from the primary key.
PEER = """
SELECT a.project_id, b.project_id
FROM read_project_feature a
JOIN read_project_feature b ON ST_DWithin(a.geom, b.geom, 15 / cos(radians((a.south + a.north) / 2)))
    AND (a.project_id < b.project_id) IS TRUE
WHERE a.drawn_length_m > 0 AND b.drawn_length_m > 0 AND a.kind = b.kind
  AND a.status NOT IN ('CANCELLED', 'DEFERRED') AND b.status NOT IN ('CANCELLED', 'DEFERRED')
  AND CASE WHEN ST_Length(a.geom) <= ST_Length(b.geom)
           THEN ST_Length(ST_Intersection(a.geom, ST_Buffer(b.geom, 15 / cos(radians((a.south + a.north) / 2)))))
                >= 0.5 * ST_Length(a.geom)
           ELSE ST_Length(ST_Intersection(b.geom, ST_Buffer(a.geom, 15 / cos(radians((a.south + a.north) / 2)))))
                >= 0.5 * ST_Length(b.geom) END
"""
_LINES = " AND a.drawn_length_m > 0 AND b.drawn_length_m > 0 AND a.kind = b.kind"
ROUNDS, ONES, CHANGES = 2, 300, 1_000


def _ours(reach_m: float, share: float, narrowed: str = "") -> str:
    return (ALL_PAIRS + narrowed).replace(":reach", str(reach_m)).replace(":share", str(share))


def _copied(cursor: Any, statement: str) -> tuple[float, set[bytes]]:
    """Seconds, and the pairs as lines."""
    rows = io.BytesIO()
    begin = time.perf_counter()
    cursor.copy_expert(f"COPY ({statement}) TO STDOUT", rows)
    return time.perf_counter() - begin, set(rows.getvalue().splitlines())


def candidate_step(at: Ground, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """All pairs of the lines by the same rule as the peer, and as the platform asks for them (all kinds, wider)."""
    statements = {
        "length rule, 15 m, half (peer)": PEER,
        "ours, 15 m, half, and end to end": _ours(15.0, 0.5, _LINES),
        "ours as used: 40 m, 0.3, every kind": _ours(REACH_M, LEAST_SHARE),
    }
    seconds: dict[str, list[float]] = {name: [] for name in statements}
    found: dict[str, set[bytes]] = {}
    connection = psycopg2.connect(at.libpq, options="-c jit=off")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FILTER (WHERE drawn_length_m > 0), count(*) FROM read_project_feature")
        lines, works = cursor.fetchone()
        for _ in range(rounds):
            for name, statement in statements.items():
                took, found[name] = _copied(cursor, statement)
                seconds[name].append(took)
    connection.close()
    names = list(statements)
    base = seconds[names[0]]
    return [
        {
            "step": name, "works": works if n == 2 else lines, "pairs": len(found[name]),
            "not_found": len(found[names[0]] - found[name]), "seconds": statistics.median(seconds[name]),
            "ratio": statistics.median(a / b for a, b in zip(seconds[name], base, strict=True)),
            "client_MB": _peak_mb(),
        }
        for n, name in enumerate(names)
    ]  # fmt: skip


def one_against_all(at: Ground, count: int = ONES) -> list[dict[str, Any]]:
    """One stored work against all: the statement, and with the verdicts on what it finds; milliseconds."""
    engine = sa.create_engine(at.url, connect_args={"options": "-c jit=off"})
    with Session(engine) as session:
        sample = sa.text(
            "SELECT project_id FROM read_project_feature TABLESAMPLE SYSTEM (1) REPEATABLE (2569) WHERE kind = 'road'"
            " ORDER BY md5(project_id::text) LIMIT :count"
        )
        times: dict[str, list[float]] = {"candidates": [], "with verdicts": []}
        for project_id in session.scalars(sample, {"count": count}).all():
            for name, ask in (("candidates", neighbours_of_project), ("with verdicts", pairs_of_project)):
                begin = time.perf_counter()
                ask(session, project_id)
                times[name].append(1000 * (time.perf_counter() - begin))
    engine.dispose()
    return [
        {"step": f"one against {at.projects:,}: {name}", "p50_ms": float(np.percentile(taken, 50)),
         "p95_ms": float(np.percentile(taken, 95))}
        for name, taken in times.items()
    ]  # fmt: skip


def _peak_mb() -> int:
    """Most memory that this process has held; unlike ``ru_maxrss`` nothing of the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024


def refreshes(at: Ground, changes: int = CHANGES) -> list[dict[str, Any]]:
    """Everything compared for the first time, again with nothing changed, and after so many works were moved.

    Each in a process of its own, so that its memory is its own. What is written is undone: the ground stays as it was.
    """
    rows = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as apart:
        rows += apart.submit(_first_refresh, at, changes).result()
    return rows


# Another metre to the north, as somebody who draws a road again would have it.
_MOVE = """
UPDATE read_project_feature f SET geom = ST_Translate(f.geom, 0, 1), geometry_version = f.geometry_version + 1
WHERE f.project_id IN (
    SELECT project_id FROM read_project_feature ORDER BY md5(project_id::text || 'moved') LIMIT :count
)
"""


def _first_refresh(at: Ground, changes: int) -> list[dict[str, Any]]:
    engine = sa.create_engine(at.url, connect_args={"options": "-c jit=off"})
    rows = []
    with Session(engine) as session:
        session.execute(sa.text("DELETE FROM duplicate_work"))
        steps = {"everything, the first time": None, "nothing changed": None, f"{changes:,} works moved": _MOVE}
        for step, before in steps.items():
            if before is not None:
                session.execute(sa.text(before), {"count": changes})
            began = time.perf_counter()
            receipt = refresh(session)
            rows.append({
                "step": f"refresh: {step}", "works": receipt.works, "compared": receipt.compared,
                "pairs": receipt.pairs, "seconds": time.perf_counter() - began,
                "client_MB": _peak_mb(),
            })  # fmt: skip
        one = session.scalars(sa.text("SELECT min(project_id) FROM read_project_feature")).one()
        session.execute(sa.text(_MOVE.replace("ORDER BY md5", "WHERE project_id = :one ORDER BY md5")),
                        {"count": 1, "one": one})  # fmt: skip
        began = time.perf_counter()
        refresh(session, only=[one])
        rows.append({"step": "refresh: one work whose coordinates were saved", "seconds": time.perf_counter() - began})
        session.rollback()
    engine.dispose()
    return rows


def run() -> list[dict[str, Any]]:
    """Candidates of all pairs, one work against all, the refreshes, and the tables of the labelled sets.

    ``EPLAN_BENCH_PROJECTS`` is how many works there are; one million when not said.
    """
    at = ground()
    told = [*candidate_step(at), *one_against_all(at), *refreshes(at)]
    seeds = sets(SEEDS if at.projects >= FULL else SEEDS[:1])
    return [*told, *seeds]


FULL = 1_000_000
"""From so many works on the labelled sets are told whole, too."""


if __name__ == "__main__":
    if sys.argv[1:2] == ["fit"]:
        for feature, weight in fit().items():
            print(f'    "{feature}": {weight},')
    else:
        which, *seeds = sys.argv[1:] or ["sets"]
        known = 1.0 if which == "bare" else LEAST_KNOWN
        print(*markdown(sets(tuple(map(int, seeds)) or SEEDS, least_known=known)), sep="\n")

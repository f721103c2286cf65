"""Works at one place, found and kept: whatever changed since the last time is compared again.

What is found is computed and never decided. What people said of a pair stays as long as both works lie where they lay;
when the shape of one changes the pair is open again, and the history tells why. A pair that is no more is removed,
unless somebody has said something of it: then it has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import orjson
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import SYSTEM
from app.queries.duplicates import IntArray, candidate_pairs, works
from app.services import duplicate_renewal
from app.services.coordinate_checks import NIGHT
from app.services.jobs import Progress, Silent
from gis.overlap import PairMetrics, common_part, pair_metrics, tolerance_m
from gis.overlap_classes import RULES, classify
from gis.overlap_works import Reason, Verdict, Work

KIND = duplicate_renewal.ALL_KIND
STEP = "comparing_works"
PAIRS_AT_ONCE = 4_000
_LOCK = 23105
ADDRESS = "/duplicates"


@dataclass(frozen=True)
class RefreshReceipt:
    """What was done.

    Parameters
    ----------
    works
        Works that lie somewhere and are not cancelled.
    compared
        Those of them that changed since the last time, and those that are gone.
    pairs
        Pairs that were found among these.
    ended
        Pairs that are no more.
    reopened
        Pairs that somebody had answered, and whose works lie elsewhere now.
    """

    works: int
    compared: int
    pairs: int
    ended: int
    reopened: int


# What of a project can change what a pair is; money that was paid cannot. Works that are cancelled are in no pair.
_NOW = """
CREATE TEMPORARY TABLE duplicate_now ON COMMIT DROP AS
SELECT f.project_id, f.geometry_version,
       CAST(md5(ROW(p.name_th, p.kind, p.organisation_code, p.fiscal_year_be, p.budget_baht, p.planned_baht,
                    p.contracted_baht, p.surface_type_code, p.water_source_type_code, p.work_nature_code,
                    p.route_code, p.plan_project_id, {rules})::text) AS uuid) AS facts
FROM read_project_feature f JOIN project p ON p.id = f.project_id
WHERE p.status NOT IN ('CANCELLED', 'DEFERRED') {some}
"""
_CHANGED = """
SELECT coalesce(n.project_id, w.project_id)
FROM duplicate_now n FULL JOIN (SELECT * FROM duplicate_work f WHERE true {some}) w USING (project_id)
WHERE (n.geometry_version, n.facts) IS DISTINCT FROM (w.geometry_version, w.facts)
ORDER BY 1
"""
_REMEMBER = """
WITH gone AS (
    DELETE FROM duplicate_work f
    WHERE NOT EXISTS (SELECT FROM duplicate_now n WHERE n.project_id = f.project_id) {some}
)
INSERT INTO duplicate_work AS w (project_id, geometry_version, facts)
SELECT project_id, geometry_version, facts FROM duplicate_now
ON CONFLICT (project_id) DO UPDATE
SET geometry_version = excluded.geometry_version, facts = excluded.facts, compared_at = excluded.compared_at
WHERE (w.geometry_version, w.facts) IS DISTINCT FROM (excluded.geometry_version, excluded.facts)
"""
_SOME = "AND f.project_id = ANY(:only)"
_KEEP = """
INSERT INTO duplicate_pair AS d
    (project_a, project_b, class, score, shared_m, shared_share, distance_m, reasons, common, geometry_version_a,
     geometry_version_b, shape_a, shape_b, computed_at)
SELECT r.a, r.b, r.class, r.score, r.shared_m, r.shared_share, r.distance_m, r.reasons,
       CASE WHEN r.common <> '' THEN ST_GeomFromWKB(decode(r.common, 'hex'), 4326) END,
       a.geometry_version, b.geometry_version, CAST(md5(ST_AsBinary(a.geom)) AS uuid),
       CAST(md5(ST_AsBinary(b.geom)) AS uuid), :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(a bigint, b bigint, class text, score float, shared_m float,
                                                   shared_share float, distance_m float, reasons jsonb, common text)
JOIN read_project_feature a ON a.project_id = r.a
JOIN read_project_feature b ON b.project_id = r.b
ON CONFLICT (project_a, project_b) DO UPDATE SET
    class = excluded.class, score = excluded.score, shared_m = excluded.shared_m,
    shared_share = excluded.shared_share, distance_m = excluded.distance_m, reasons = excluded.reasons,
    common = excluded.common, geometry_version_a = excluded.geometry_version_a,
    geometry_version_b = excluded.geometry_version_b, shape_a = excluded.shape_a, shape_b = excluded.shape_b,
    computed_at = excluded.computed_at, ended_at = NULL,
    row_version = d.row_version + CAST(
        d.ended_at IS NOT NULL OR (d.class, d.score, d.shape_a, d.shape_b)
        IS DISTINCT FROM (excluded.class, excluded.score, excluded.shape_a, excluded.shape_b) AS integer)
"""
# Of what was looked at, everything that was not found again.
_STALE = "d.computed_at < :at AND d.ended_at IS NULL AND (d.project_a = ANY(:projects) OR d.project_b = ANY(:projects))"
_SAID = "EXISTS (SELECT FROM duplicate_decision e WHERE e.pair_id = d.id)"
# What was said while drawing holds for the shape that is stored next.
_ADOPT = """
UPDATE duplicate_pair SET decided_a = coalesce(decided_a, shape_a), decided_b = coalesce(decided_b, shape_b)
WHERE status <> 'open' AND computed_at = :at AND (decided_a IS NULL OR decided_b IS NULL)
"""
_REOPEN = """
WITH moved AS (
    UPDATE duplicate_pair d
    SET status = 'open', answer = NULL, answered_for = NULL, decided_a = NULL, decided_b = NULL,
        row_version = d.row_version + 1
    FROM duplicate_pair o, project a, project b
    WHERE o.id = d.id AND a.id = d.project_a AND b.id = d.project_b
      AND d.status <> 'open' AND d.computed_at = :at AND (d.decided_a <> d.shape_a OR d.decided_b <> d.shape_b)
    RETURNING d.id, d.project_a, d.project_b,
              concat_ws(', ', CASE WHEN o.decided_a <> o.shape_a THEN a.code END,
                              CASE WHEN o.decided_b <> o.shape_b THEN b.code END) AS codes
)
INSERT INTO duplicate_decision (pair_id, project_a, project_b, act, status, note, created_by_name)
SELECT id, project_a, project_b, 'reopen', 'open', codes, :name FROM moved
"""


def refresh(
    session: Session,
    progress: Progress | None = None,
    changed_only: bool = True,
    only: Sequence[int] | None = None,
) -> RefreshReceipt:
    """Compare the works that changed since the last time with everything, or all with all.

    Parameters
    ----------
    session
        Open session of a transaction.
    changed_only
        False: everything is compared anew.
    only
        Numbers of projects: no others are asked whether they changed. It is then no comparison of everything, and not
        written down as one.

    Raises
    ------
    app.services.jobs.Cancelled
        The progress said so.
    """
    progress = progress or Silent()
    # One at a time: two would write the same pairs.
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    at = session.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    some, values = ("", {}) if only is None else (_SOME, {"only": list(only)})
    session.execute(sa.text("DROP TABLE IF EXISTS pg_temp.duplicate_now"))
    session.execute(sa.text(_NOW.format(some=some, rules=RULES)), values)
    total = session.execute(sa.text("SELECT count(*) FROM duplicate_now")).scalar_one()
    asked = _CHANGED.format(some=some) if changed_only else "SELECT project_id FROM duplicate_now"
    changed = list(session.scalars(sa.text(asked), values if changed_only else {}))
    # With most of it changed, the statement for all pairs is the faster one: it runs in parallel.
    whole = only is None and 2 * len(changed) > total
    pairs = np.concatenate([np.empty((0, 2), np.int64), *candidate_pairs(session, None if whole else changed)])
    if whole and changed_only:
        pairs = pairs[np.isin(pairs, changed).any(axis=1)]
    # In the order of the first work: its neighbours come together, and it is read once or twice.
    found = _compare(session, pairs[np.lexsort(pairs.T[::-1])], at, progress)
    if not changed_only:
        changed += session.scalars(
            sa.text(
                "SELECT unnest(ARRAY[project_a, project_b]) FROM duplicate_pair"
                " WHERE shape_a IS NOT NULL AND shape_b IS NOT NULL"
            )
        )
    ended, reopened = _settle(session, changed, at)
    session.execute(sa.text(_REMEMBER.format(some=some)), values)
    if only is None:
        session.execute(
            sa.text("INSERT INTO duplicate_refresh (works, compared, pairs) VALUES (:works, :compared, :pairs)"),
            {"works": total, "compared": len(changed), "pairs": found},
        )
    return RefreshReceipt(total, len(changed), found, ended, reopened)


_STORED = """
SELECT a.code AS a_code, a.organisation_code AS a_organisation, a.fiscal_year_be AS a_year, a.kind AS a_kind,
       a.name_th AS a_name, b.code AS b_code, b.organisation_code AS b_organisation, b.fiscal_year_be AS b_year,
       b.kind AS b_kind, b.name_th AS b_name, d.class AS computed, d.score, d.shared_m, d.shared_share, d.reasons
FROM duplicate_pair d JOIN project a ON a.id = d.project_a JOIN project b ON b.id = d.project_b
WHERE d.ended_at IS NULL ORDER BY d.score DESC, d.id
"""


def stored_pairs(session: Session) -> Iterator[list[tuple[Work, Work, Verdict]]]:
    """Every pair that stands as it was computed, the surest first, some thousand at a time; works without shapes."""
    rows = session.execute(sa.text(_STORED), execution_options={"stream_results": True, "yield_per": PAIRS_AT_ONCE})
    for batch in rows.partitions(PAIRS_AT_ONCE):
        yield [
            (
                Work(row.a_code, row.a_organisation, row.a_year, row.a_kind, row.a_name),
                Work(row.b_code, row.b_organisation, row.b_year, row.b_kind, row.b_name),
                Verdict(
                    row.computed,
                    row.score,
                    row.shared_m,
                    row.shared_share,
                    tuple(Reason(reason["code"], reason["values"]) for reason in row.reasons),
                ),
            )
            for row in batch
        ]


def is_due(session: Session) -> bool:
    """True at night when the works were not compared since the last night."""
    return bool(
        session.scalar(
            sa.text(
                "SELECT extract(hour FROM now() AT TIME ZONE 'Asia/Bangkok') BETWEEN :first AND :last"
                " AND EXISTS (SELECT FROM read_project_feature)"
                " AND coalesce((SELECT max(finished_at) FROM duplicate_refresh) < now() - interval '20 hours', true)"
            ),
            {"first": NIGHT[0], "last": NIGHT[1]},
        )
    )


def _compare(session: Session, pairs: IntArray, at: datetime, progress: Progress) -> int:
    progress.step(0, len(pairs), STEP)
    found = 0
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        batch = pairs[start : start + PAIRS_AT_ONCE]
        known = works(session, [int(one) for one in np.unique(batch)])
        rows = list(compared(known, batch))
        found += len(rows)
        if rows:
            given = orjson.dumps(rows, default=str, option=orjson.OPT_SERIALIZE_NUMPY).decode()
            session.execute(sa.text(_KEEP), {"rows": given, "at": at})
        progress.step(min(start + PAIRS_AT_ONCE, len(pairs)), len(pairs), STEP)
    return found


def compared(known: dict[int, Work], pairs: IntArray) -> Iterator[dict[str, Any]]:
    """What each pair is, as it is stored; a pair one of whose works is not known is passed over."""
    there = [(a, b) for a, b in pairs.tolist() if a in known and b in known]
    left, right = [known[a] for a, _ in there], [known[b] for _, b in there]
    if not there:
        return
    metrics = measured(left, right)
    for number, ((a, b), verdict) in enumerate(zip(there, classify(left, right, metrics), strict=True)):
        if not np.isfinite(metrics.distance_m[number]):
            continue  # the coordinates of one were taken back in this moment
        yield {
            "a": a,
            "b": b,
            **_plain(verdict),
            "distance_m": float(metrics.distance_m[number]),
            "common": common_hex(left[number], right[number], verdict.within_m) if verdict.shared_share > 0 else "",
        }


def measured(left: Sequence[Work], right: Sequence[Work]) -> PairMetrics:
    """Measures of pairs of works, each within the tolerance of their sources."""
    a, b = (np.array([work.geometry for work in side], dtype=object) for side in (left, right))
    return pair_metrics(a, b, tolerance_m(left, right))


def common_hex(left: Work, right: Work, within_m: float) -> str:
    """The part that both works have, as hexadecimal WKB; empty where they have none."""
    if left.geometry is None or right.geometry is None:
        return ""
    part = common_part(left.geometry, right.geometry, within_m)
    return "" if part.is_empty else shapely.to_wkb(shapely.force_2d(part), hex=True)


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "class": verdict.class_,
        "score": verdict.score,
        "shared_m": verdict.shared_m,
        "shared_share": verdict.shared_share,
        "reasons": [reason.as_dict() for reason in verdict.reasons],
    }


def _settle(session: Session, changed: Sequence[int], at: datetime) -> tuple[int, int]:
    values = {"projects": list(changed), "at": at, "name": SYSTEM.name}

    def done(statement: str) -> int:
        result: Any = session.execute(sa.text(statement), values)
        return int(result.rowcount)

    ended = done(f"DELETE FROM duplicate_pair d WHERE {_STALE} AND NOT {_SAID}")
    ended += done(f"UPDATE duplicate_pair d SET ended_at = :at, row_version = row_version + 1 WHERE {_STALE}")
    reopened = done(_REOPEN)
    done(_ADOPT)
    return ended, reopened

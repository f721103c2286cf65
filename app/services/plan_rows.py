"""Rows of plan lines in an open version: made from the row in force, written, ended, restored, added; set by set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.plan_lines import COLUMNS, PlanLine
from app.queries.plans import VersionHead
from app.services.plan_cells import year_of

_IDS = ("local_strategy_id", "local_tactic_id")

_COPY = f"""
WITH made AS (
    INSERT INTO plan_project (plan_version_id, previous_id, change, {", ".join(COLUMNS)}, attributes)
    SELECT :version, l.id, 'CHANGED', {", ".join(f"l.{column}" for column in COLUMNS)}, l.attributes
    FROM plan_project l WHERE l.id = ANY(:ids)
    RETURNING id, previous_id, origin_id
), amounts AS (
    INSERT INTO plan_project_amount (plan_project_id, fiscal_year_be, amount_baht)
    SELECT m.id, a.fiscal_year_be, a.amount_baht
    FROM made m JOIN plan_project_amount a ON a.plan_project_id = m.previous_id
)
SELECT origin_id, id FROM made
"""
# Two versions that change one line at a time would each promulgate a line that does not know of the other's.
_ELSEWHERE = """
SELECT l.origin_id, v.number FROM plan_project l JOIN plan_version v ON v.id = l.plan_version_id
WHERE l.origin_id = ANY(:origins) AND l.removed_at IS NULL AND v.status IN ('DRAFT', 'PROPOSED', 'RETURNED')
  AND v.id <> :version
"""


def held_elsewhere(session: Session, held: VersionHead, lines: Sequence[PlanLine]) -> dict[int, str]:
    """Lines that another open version changes, by origin, with the number of that version."""
    others = [line.origin_id for line in lines if line.version_id != held.id]
    if not others:
        return {}
    rows = session.execute(sa.text(_ELSEWHERE), {"origins": others, "version": held.id})
    return {row.origin_id: row.number for row in rows}


def own_rows(session: Session, held: VersionHead, lines: Sequence[PlanLine]) -> dict[int, int]:
    """Row of each line in the open version; made from the row in force where there is none yet."""
    rows = {line.origin_id: line.id for line in lines if line.version_id == held.id}
    others = [line.id for line in lines if line.version_id != held.id]
    if not others:
        return rows
    made = session.execute(sa.text(_COPY), {"version": held.id, "ids": others})
    return rows | {row.origin_id: row.id for row in made}


_RECORD = ", ".join(
    f"{c} {'integer' if c in ('line_number', 'page') else 'bigint' if c in _IDS else 'text'}" for c in COLUMNS
)
_UPDATE = f"""
UPDATE plan_project l SET {", ".join(f"{c} = r.{c}" for c in COLUMNS)}
FROM json_to_recordset(CAST(:rows AS json)) AS r(id bigint, {_RECORD})
WHERE l.id = r.id
"""
_AMOUNTS = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(CAST(:amounts AS json)) AS r(id bigint, year integer, baht numeric)
), gone AS (
    DELETE FROM plan_project_amount a USING given g
    WHERE g.baht IS NULL AND a.plan_project_id = g.id AND a.fiscal_year_be = g.year
)
INSERT INTO plan_project_amount AS a (plan_project_id, fiscal_year_be, amount_baht)
SELECT id, year, baht FROM given WHERE baht IS NOT NULL
ON CONFLICT (plan_project_id, fiscal_year_be) DO UPDATE SET amount_baht = excluded.amount_baht
WHERE a.amount_baht <> excluded.amount_baht
"""


def write_rows(
    session: Session,
    rows: Mapping[int, int],
    lines: Mapping[int, PlanLine],
    values: Mapping[int, Mapping[str, str | None]],
) -> None:
    """Write cells, by line and column, into the rows of the open version."""
    records, amounts = [], []
    for origin, changed in values.items():
        line = lines[origin]
        texts = {key: value for key, value in changed.items() if year_of(key) is None}
        # An amount that changes is a change of the line: its number of writing moves on as well.
        records.append({"id": rows[origin], **{c: getattr(line, c) for c in COLUMNS}, **texts})
        amounts += [
            {"id": rows[origin], "year": year_of(key), "baht": value}
            for key, value in changed.items()
            if year_of(key) is not None
        ]
    if records:
        session.execute(sa.text(_UPDATE), {"rows": _json(records)})
    if amounts:
        session.execute(sa.text(_AMOUNTS), {"amounts": _json(amounts)})


def end_rows(
    session: Session,
    rows: Mapping[int, int],
    lines: Mapping[int, PlanLine],
    leaving: Sequence[int],
    held: VersionHead,
) -> None:
    """A line that the open version brought is taken back; one that was in force is withdrawn by it."""
    own = [rows[o] for o in leaving if lines[o].version_id == held.id and lines[o].change == "NEW"]
    others = [rows[o] for o in leaving if rows[o] not in own]
    if own:
        session.execute(sa.text("UPDATE plan_project SET removed_at = now() WHERE id = ANY(:ids)"), {"ids": own})
    if others:
        session.execute(
            sa.text("UPDATE plan_project SET change = 'WITHDRAWN', merged_into_id = NULL WHERE id = ANY(:ids)"),
            {"ids": others},
        )


def merge_rows(
    session: Session,
    rows: Mapping[int, int],
    lines: Mapping[int, PlanLine],
    merging: Mapping[int, int],
    held: VersionHead,
) -> None:
    """Lines go into others, by origin. One that the open version brought leaves no trace: no book ever had it."""
    own = [o for o in merging if lines[o].version_id == held.id and lines[o].change == "NEW"]
    end_rows(session, rows, lines, own, held)
    others = [o for o in merging if o not in own]
    if others:
        session.execute(
            sa.text(
                "UPDATE plan_project l SET change = 'MERGED', merged_into_id = m.target"
                " FROM unnest(CAST(:ids AS bigint[]), CAST(:targets AS bigint[])) AS m(id, target) WHERE l.id = m.id"
            ),
            {"ids": [rows[o] for o in others], "targets": [merging[o] for o in others]},
        )


def restore_rows(session: Session, held: VersionHead, origins: Sequence[int]) -> None:
    """Put lines back that this version had taken out."""
    if origins:
        session.execute(
            sa.text(
                "UPDATE plan_project SET removed_at = NULL, merged_into_id = NULL,"
                " change = CASE WHEN previous_id IS NULL THEN 'NEW' ELSE 'CHANGED' END"
                " WHERE plan_version_id = :version AND origin_id = ANY(:origins)"
                " AND (removed_at IS NOT NULL OR change IN ('WITHDRAWN', 'MERGED'))"
            ),
            {"version": held.id, "origins": list(origins)},
        )


_INSERT = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r(n integer, amounts json, {_RECORD})
), numbered AS MATERIALIZED (
    SELECT g.*, nextval(pg_get_serial_sequence('plan_project', 'id')) AS id,
           row_number() OVER (PARTITION BY g.local_strategy_id, g.programme_code ORDER BY g.n) + coalesce((
               SELECT max(l.line_number) FROM plan_project l JOIN plan_version v ON v.id = l.plan_version_id
               WHERE v.plan_id = :plan AND l.form = g.form AND l.removed_at IS NULL
                 AND l.local_strategy_id IS NOT DISTINCT FROM g.local_strategy_id
                 AND l.programme_code IS NOT DISTINCT FROM g.programme_code), 0) AS number
    FROM given g
), made AS (
    INSERT INTO plan_project (id, plan_version_id, {", ".join(COLUMNS)})
    SELECT id, :version, {", ".join("number" if c == "line_number" else c for c in COLUMNS)} FROM numbered ORDER BY n
), amounts AS (
    INSERT INTO plan_project_amount (plan_project_id, fiscal_year_be, amount_baht)
    SELECT r.id, a.year, a.baht FROM numbered r
    CROSS JOIN LATERAL json_to_recordset(r.amounts) AS a(year integer, baht numeric)
)
SELECT n, id FROM numbered ORDER BY n
"""


def insert_rows(
    session: Session, plan_id: int, held: VersionHead, form: str, fresh: Sequence[tuple[str, Mapping[str, str | None]]]
) -> dict[str, int]:
    """Add lines; their numbers by the writer's key. They stand at the end of their strategy and programme."""
    if not fresh:
        return {}
    rows = []
    for n, (_, values) in enumerate(fresh):
        amounts = [
            {"year": year_of(k), "baht": v} for k, v in values.items() if year_of(k) is not None and v is not None
        ]
        texts = {k: v for k, v in values.items() if year_of(k) is None}
        rows.append({"n": n, "form": form, "amounts": amounts, **texts})
    made = session.execute(sa.text(_INSERT), {"rows": _json(rows), "version": held.id, "plan": plan_id})
    return {fresh[row.n][0]: int(row.id) for row in made}


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, default=lambda value: str(value) if isinstance(value, Decimal) else value).decode()

"""Completeness of the nation: 7,849 organisations x 13 topics from the kept counts, against counting the records.

A database of its own with two fiscal years of entries. ``records_ms`` is what a design without kept counts pays for the
same table; both tables are compared in every round, so a fast wrong answer cannot win.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.queries.completeness import Scope, Table, completeness_table, organisations_page
from app.queries.owed import debts, missing_items
from app.services.calendar import open_year
from app.services.completeness import BATCH, recount, refresh, refresh_own
from bench.ground import Ground, empty, served, staff_token

ROUNDS = 5
ORGANISATIONS = 7849
PROVINCES = 76
YEARS = (2569, 2570)
YEAR = 2570
DAY = date(2027, 5, 20)
PAGE_LIMIT_MS = 500
RECOUNT_LIMIT_S = 60

# Rows as the services leave them; triggers are off while they are written, the sums are said with them.
_FILL = (
    "INSERT INTO area (code, level, name_th) SELECT lpad((n + 10)::text, 2, '0'), 'province', 'จังหวัด ' || n"
    " FROM generate_series(1, :provinces) n",
    "INSERT INTO organisation (code, type_code, name_th, full_name_th, province_code)"
    " SELECT 'B' || lpad(n::text, 7, '0'), 'SAO', 'แห่งที่ ' || n, 'องค์การบริหารส่วนตำบลแห่งที่ ' || n,"
    " lpad((n % :provinces + 11)::text, 2, '0') FROM generate_series(1, :organisations) n",
    "INSERT INTO organisation_profile (organisation_code, address, postcode, office_phone, staff_count)"
    " SELECT code, '99 หมู่ 1', '36000', '044123456', 40 FROM organisation WHERE right(code, 1) <> '0'",
    "INSERT INTO organisation_population (organisation_code, year_be, male, female, households)"
    " SELECT code, y, 3000, 3100, 1900 FROM organisation, generate_series(2568, 2569) y WHERE right(code, 1) <> '1'",
    "INSERT INTO plan (organisation_code, plan_period_id, name_th, vision)"
    " SELECT o.code, p.id, p.name_th, 'ตำบลน่าอยู่ คู่เกษตร' FROM organisation o, plan_period p WHERE p.start_be = 2566",
    "INSERT INTO plan_version (plan_id, plan_period_id, seq, status, change_types, number, fiscal_year_be,"
    " promulgated_on)"
    " SELECT id, plan_period_id, 1, 'PROMULGATED', '{}', '1', 2566, '2023-01-01' FROM plan",
    "INSERT INTO local_strategy (plan_id, code, name_th, national_strategy_code)"
    " SELECT id, n::text, 'ยุทธศาสตร์', '2' FROM plan, generate_series(1, 5) n",
    "INSERT INTO local_tactic (local_strategy_id, code, name_th) SELECT id, '1', 'กลยุทธ์' FROM local_strategy"
    " WHERE id % 9 > 0",
    "INSERT INTO plan_project (plan_version_id, origin_id, form, name_th, local_strategy_id, objective, target,"
    " indicator, expected_result, department) SELECT v.id, n, 'ผ.02', 'โครงการ ' || n, s.id, 'ก', 'ข', 'ค',"
    " CASE WHEN n % 7 > 0 THEN 'ง' END, 'กองช่าง' FROM plan_version v"
    " JOIN local_strategy s ON s.plan_id = v.plan_id AND s.code = '1', generate_series(1, 12) n",
    "INSERT INTO project (code, name_th, kind, organisation_code, fiscal_year_be, status, plan_project_id,"
    " planned_baht, budget_baht, contracted_baht, geometry_status)"
    " SELECT (y % 100) || '-' || n.organisation_code || '-' || l.id, l.name_th,"
    " CASE WHEN l.id % 3 = 0 THEN 'water' ELSE 'road' END, n.organisation_code, y, 'CONTRACTED', l.id, 500000, "
    " 500000 * (l.id % 4 > 0)::int,"
    " 400000 * (l.id % 4 > 1)::int, CASE WHEN l.id % 5 > 1 THEN 'SUBMITTED' ELSE 'NONE' END"
    " FROM plan_project l JOIN plan_version v ON v.id = l.plan_version_id JOIN plan n ON n.id = v.plan_id,"
    " unnest(ARRAY[2569, 2570]) y",
    "INSERT INTO appropriation (project_id, fund_source_code, amount_baht, in_force)"
    " SELECT id, 'OWN', budget_baht, true FROM project WHERE budget_baht > 0",
    "INSERT INTO contract (project_id, number, amount_baht, signed_on, end_on) SELECT id, '1', contracted_baht,"
    " make_date(fiscal_year_be - 544, 11, 15), make_date(fiscal_year_be - 543, 6, 30) FROM project"
    " WHERE contracted_baht > 0",
    "INSERT INTO contract_instalment (contract_id, project_id, seq, amount_baht, due_on)"
    " SELECT id, project_id, n, amount_baht / 2, signed_on + n * 90 FROM contract, generate_series(1, 2) n",
    "INSERT INTO disbursement (project_id, appropriation_id, contract_id, amount_baht, paid_on)"
    " SELECT c.project_id, a.id, c.id, c.amount_baht / 2, c.signed_on + 100"
    " FROM contract c JOIN appropriation a ON a.project_id = c.project_id WHERE c.id % 3 > 0",
    "INSERT INTO finance_month (organisation_code, fiscal_year_be, month, item_code, amount_baht)"
    " SELECT o.code, y, m, i, 1000 FROM organisation o, unnest(ARRAY[2569, 2570]) y, generate_series(1, 12) m,"
    " unnest(ARRAY['R1', 'R8', 'E1', 'S1']) i WHERE y = 2569 OR m < 7",
    "INSERT INTO budget_document (organisation_code, fiscal_year_be, kind, number, title, status, council_approved_on,"
    " prepared_by_name, approved_on, approved_by_name)"
    " SELECT code, y, 'ANNUAL', '1', 'ข้อบัญญัติ', 'APPROVED', make_date(y - 544, 9, 1),"
    " 'bench', make_date(y - 544, 9, 20), 'bench'"
    " FROM organisation, unnest(ARRAY[2569, 2570]) y WHERE right(code, 1) <> '2'",
)
_RECORDS = """
SELECT o.province_code, i.topic, count(*), count(*) FILTER (WHERE i.done)
FROM completeness_item i
JOIN completeness_owing w USING (organisation_code, fiscal_year_be)
JOIN organisation o ON o.code = i.organisation_code
JOIN calendar_task t ON t.fiscal_year_be = i.fiscal_year_be AND t.topic = i.topic AND t.removed_at IS NULL
     AND i.period BETWEEN t.period_from AND t.period_to AND t.opens_on <= :day
WHERE i.fiscal_year_be = :year GROUP BY 1, 2
"""


def run(**options: Any) -> list[dict[str, Any]]:
    """Milliseconds of the nation's table, of one organisation's count, and seconds of the full recount.

    Parameters
    ----------
    options
        ``rounds`` (default 5).
    """
    at = empty("eplan_bench_completeness")
    engine = sa.create_engine(at.url, connect_args={"options": "-c jit=off -c timezone=Asia/Bangkok"})
    rounds = int(options.get("rounds", ROUNDS))
    _fill(engine)
    rows = [_recount(engine)]
    with Session(engine) as session:
        rows += [_table(session, group, rounds) for group in ("province", "organisation")]
        rows += [_one(engine, rounds), _lists(session, rounds)]
    rows += _web(at, rounds)
    engine.dispose()
    return rows


def _fill(engine: sa.Engine) -> None:
    asked = {"provinces": PROVINCES, "organisations": ORGANISATIONS}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        for statement in _FILL:
            needed = {name: value for name, value in asked.items() if f":{name}" in statement}
            connection.execute(sa.text(statement), needed)
            # What follows joins what was just written.
            connection.execute(sa.text("ANALYZE"))
        connection.execute(sa.text("SET session_replication_role = DEFAULT"))
    with Session(engine) as session, session.begin():
        for year in YEARS:
            open_year(session, SYSTEM_ACTOR, year, today=DAY)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))


def _recount(engine: sa.Engine) -> dict[str, Any]:
    begin = time.perf_counter()
    with Session(engine) as session, session.begin():
        changed = recount(session)
    seconds = time.perf_counter() - begin
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE completeness_cell"))
        connection.execute(sa.text("VACUUM ANALYZE completeness_day"))
        items = connection.scalar(sa.text("SELECT sum(wanted) FROM completeness_cell"))
    return {
        "what": "full recount of the nation",
        "organisations": ORGANISATIONS,
        "cells": changed,
        "things": int(items or 0),
        "seconds": seconds,
        "within": seconds < RECOUNT_LIMIT_S,
    }


def _table(session: Session, group: Any, rounds: int) -> dict[str, Any]:
    kept, records = [], []
    for _ in range(rounds):
        kept_ms, table = _timed(lambda: _read(session, group))
        kept.append(kept_ms)
    for _ in range(2):
        records_ms, found = _timed(lambda: session.execute(sa.text(_RECORDS), {"day": DAY, "year": YEAR}).all())
        records.append(records_ms)
    whole = table.total.whole
    if (whole.wanted, whole.done) != (sum(row[2] for row in found), sum(row[3] for row in found)):
        raise AssertionError(f"{whole} is not what the records say")
    kept_ms, records_ms = statistics.median(kept), statistics.median(records)
    return {
        "what": f"table by {group}",
        "rows": len(table.rows),
        "reading_ms": kept_ms,
        "records_ms": records_ms,
        "ratio": records_ms / kept_ms,
        "within": kept_ms < PAGE_LIMIT_MS,
    }


def _read(session: Session, group: Any) -> Table:
    if group == "organisation":
        return organisations_page(session, YEAR, DAY, limit=100, offset=0)
    return completeness_table(session, Scope(), YEAR, group, DAY)


def _one(engine: sa.Engine, rounds: int) -> dict[str, Any]:
    """What a person waits for who reads their own organisation after entering something, and a batch of the worker."""
    own, batch = [], []
    note = "INSERT INTO completeness_dirty SELECT code FROM organisation ORDER BY md5(code || :salt) LIMIT :n"
    for number in range(rounds):
        with Session(engine) as session, session.begin():
            session.execute(sa.text(note), {"salt": str(number), "n": 1})
            code = session.scalar(sa.text("SELECT organisation_code FROM completeness_dirty"))
            own_ms, _done = _timed(lambda session=session, code=code: refresh_own(session, code))
            own.append(own_ms)
            session.execute(sa.text(note), {"salt": str(number), "n": BATCH})
            batch_ms, counted = _timed(lambda session=session: refresh(session, wait=True))
            batch.append(batch_ms / counted)
    return {
        "what": "count one organisation again",
        "own_ms": statistics.median(own),
        "in_a_batch_ms": statistics.median(batch),
    }


def _lists(session: Session, rounds: int) -> dict[str, Any]:
    owed, missing = [], []
    for _ in range(rounds):
        owed_ms, found = _timed(lambda: debts(session, Scope(areas=("12",)), DAY))
        owed.append(owed_ms)
        one = found.items[0]
        missing_ms, _items = _timed(
            lambda one=one: missing_items(session, one.organisation_code, one.fiscal_year_be, one.topic, DAY)
        )
        missing.append(missing_ms)
    return {
        "what": "owed in a province, missing of one",
        "owed": found.total,
        "owed_ms": statistics.median(owed),
        "missing_ms": statistics.median(missing),
    }


def _web(at: Ground, rounds: int) -> list[dict[str, Any]]:
    token = staff_token(at)
    rows = []
    with served(at) as port:
        for by in ("province", "organisation"):
            address = f"/api/v1/completeness?fiscal_year={YEAR}&by={by}"
            _request(port, token, address)
            times = [_timed(lambda address=address: _request(port, token, address))[0] for _ in range(rounds)]
            rows.append(
                {
                    "what": f"through the web, by {by}",
                    "web_ms": statistics.median(times),
                    "web_worst_ms": max(times),
                    "within": statistics.median(times) < PAGE_LIMIT_MS,
                }
            )
    return rows


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = work()
    return (time.perf_counter() - begin) * 1000, result


def _request(port: int, token: str, address: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", address, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status} {body[:300]!r}")
    return len(json.loads(body)["items"])

"""A plan of 2,000 lines through the web server: opening ผ.02, pasting 500 cells, one cell, comparing two versions.

``./eplan bench plan_sheet`` makes an organisation with such a plan in a fresh database. Each line says how long the
server took in the middle of the rounds, and how often that is the raw limit of the same run: the same rows written as
JSON by PostgreSQL alone, or the same cells written by one plain UPSERT.
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
from app.db import SYSTEM, attribute
from app.queries.plan_forms import FORMS
from app.queries.plans import versions_of
from app.services.plan_sheet import change_sheet
from app.services.plans import create_plan
from app.services.sheets import NewRow, SheetChanges
from bench.ground import empty, served, staff_token

LINES, CELLS, ROUNDS = 2_000, 500, 7
OPEN_TARGET_MS, PASTE_TARGET_MS = 500, 1_000
_RAW_READ = """
SELECT json_agg(r) FROM (
    SELECT l.*, (SELECT json_object_agg(a.fiscal_year_be, a.amount_baht) FROM plan_project_amount a
                 WHERE a.plan_project_id = l.id) AS amounts
    FROM plan_project l WHERE l.plan_version_id = :version ORDER BY l.line_number) r
"""
_RAW_WRITE = """
INSERT INTO plan_project_amount (plan_project_id, fiscal_year_be, amount_baht)
SELECT id, 2568, :amount FROM plan_project WHERE plan_version_id = :version ORDER BY id LIMIT :cells
ON CONFLICT (plan_project_id, fiscal_year_be) DO UPDATE SET amount_baht = excluded.amount_baht
"""


def run(**_options: Any) -> list[dict[str, Any]]:
    """One line a question."""
    at = empty("eplan_bench_plan")
    engine = sa.create_engine(at.url)
    with Session(engine) as session, session.begin():
        attribute(session, SYSTEM)
        version = _plan(session)
    token = staff_token(at, "LAO_PLANNER", "06100101")
    with served(at) as port:
        ask = _Asker(port, token)
        form = f"/api/v1/plan-versions/{version}/forms/p02"
        sheet = ask("GET", form)
        opened = _middle(lambda: ask("GET", form))
        rows = [row["id"] for row in sheet["rows"]][:CELLS]
        pasted, single = [], []
        for n in range(ROUNDS):
            pasted.append(_timed(lambda n=n: ask("POST", f"{form}/changes", _paste(rows, "y2567", n))))
            single.append(_timed(lambda n=n: ask("POST", f"{form}/changes", _paste(rows[:1], "y2566", n))))
        compared = _middle(lambda: ask("GET", f"/api/v1/plan-versions/{version}/comparison"))
    raw_read, raw_write = _raw(engine, version)
    return [
        _line(f"open ผ.02 of {LINES} lines", opened, raw_read, OPEN_TARGET_MS),
        _line(f"paste {CELLS} cells", statistics.median(pasted), raw_write, PASTE_TARGET_MS),
        _line("write one cell", statistics.median(single), raw_write, PASTE_TARGET_MS),
        _line("compare with the empty plan", compared, raw_read, 5_000),
    ]


def _plan(session: Session) -> int:
    """An organisation whose open plan has so many lines; the version."""
    session.execute(sa.text("INSERT INTO area (code, level, name_th) VALUES ('10', 'province', 'ทดสอบ')"))
    session.execute(
        sa.text(
            "INSERT INTO organisation (code, type_code, name_th, full_name_th, province_code)"
            " VALUES ('06100101', 'SAO', 'ทดสอบ', 'องค์การบริหารส่วนตำบลทดสอบ', '10')"
        )
    )
    period = session.scalar(sa.text("SELECT id FROM plan_period WHERE start_be = 2566 AND end_be = 2570"))
    plan = create_plan(session, SYSTEM_ACTOR, "06100101", int(period or 0))
    strategies = [
        session.scalar(
            sa.text("INSERT INTO local_strategy (plan_id, code, name_th) VALUES (:p, :c, :n) RETURNING id"),
            {"p": plan, "c": str(n), "n": f"ยุทธศาสตร์ {n}"},
        )
        for n in range(1, 6)
    ]
    [version] = versions_of(session, plan)
    programmes = ("00310", "00320", "00240")
    text = "เพื่อให้ประชาชนสัญจรสะดวกและปลอดภัย " * 2
    lines = [
        NewRow(
            str(n),
            {
                "name_th": f"ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านหนองแวง หมู่ที่ {n % 20} ช่วงที่ {n}",
                "objective": text,
                "target": f"กว้าง 5.00 ม. ยาว {n} ม. หนา 0.15 ม.",
                "indicator": "ระยะทาง",
                "expected_result": text,
                "department": "กองช่าง",
                f"y{2566 + n % 5}": str(100_000 + n * 100),
                f"y{2566 + (n + 1) % 5}": str(50_000 + n * 100),
            },
            f"{strategies[n % 5]}:{programmes[n % 3]}",
        )
        for n in range(LINES)
    ]
    outcome = change_sheet(session, SYSTEM_ACTOR, version.id, FORMS["ผ.02"], SheetChanges(inserts=lines))
    if not outcome.clean:
        raise RuntimeError(outcome.problems[:3])
    return version.id


class _Asker:
    """One open connection with a token."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __call__(self, method: str, address: str, body: Any = None) -> Any:
        """The answer; anything but 200 ends the benchmark."""
        self._connection.request(method, address, json.dumps(body) if body is not None else None, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {text[:300]!r}")
        return json.loads(text)


_held: dict[str, str | None] = {}


def _paste(rows: list[str], column: str, n: int) -> dict[str, Any]:
    """Cells of one column; every round writes another amount over the one before."""
    value = f"{n + 1}000.00"
    changes = [{"row": row, "column": column, "base": _held.get(f"{row}/{column}"), "value": value} for row in rows]
    _held.update({f"{row}/{column}": value for row in rows})
    return {"changes": changes}


def _raw(engine: sa.Engine, version: int) -> tuple[float, float]:
    def read() -> None:
        with engine.connect() as connection:
            connection.scalar(sa.text(_RAW_READ), {"version": version})

    def write() -> None:
        with engine.begin() as connection:
            amount = int(time.time() * 1000) % 1_000_000
            connection.execute(sa.text(_RAW_WRITE), {"version": version, "amount": amount, "cells": CELLS})

    return _middle(read), _middle(write)


def _middle(do: Callable[[], Any]) -> float:
    return statistics.median(_timed(do) for _ in range(ROUNDS))


def _timed(do: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - begin)


def _line(what: str, took_ms: float, raw_ms: float, target_ms: int) -> dict[str, Any]:
    return {
        "what": what,
        "ms": round(took_ms, 1),
        "raw_ms": round(raw_ms, 1),
        "ratio": round(took_ms / raw_ms, 2),
        "target_ms": target_ms,
        "measured_on": date.today().isoformat(),
    }

"""The budget map over a million projects: through the web server, the reading alone, and the same sums from the rows.

Medians of interleaved rounds, uncached. ``sum of the rows`` is what a design without rolled-up money would pay; its
total is compared with the rolled-up one in every round, so a fast wrong answer cannot win.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.budget import DIGITS, BudgetFilter, Level, differences, read_budget
from bench.ground import ground, served, staff_token

ROUNDS = 5
LIMIT_MS = 300
YEAR = 2569
CASES: tuple[tuple[str, Level, BudgetFilter], ...] = (
    ("77 provinces, one year", "province", BudgetFilter(fiscal_year=(YEAR,))),
    ("77 provinces, all years", "province", BudgetFilter()),
    ("928 amphoe, one year", "amphoe", BudgetFilter(fiscal_year=(YEAR,))),
    ("928 amphoe, all years", "amphoe", BudgetFilter()),
    ("928 amphoe, one year, road, one fund", "amphoe", BudgetFilter((YEAR,), ("road",), (), ("OWN",))),
    ("928 amphoe, one year, two strategies", "amphoe", BudgetFilter((YEAR,), strategy=("1", "2"))),
)


def run(**options: Any) -> list[dict[str, Any]]:
    """Milliseconds of the national views.

    Parameters
    ----------
    options
        ``rounds`` (default 5).
    """
    at = ground()
    rounds = int(options.get("rounds", ROUNDS))
    token = staff_token(at)
    engine = sa.create_engine(at.url, connect_args={"options": "-c jit=off"})
    rows: list[dict[str, Any]] = []
    with served(at) as port, Session(engine) as session:
        for title, level, narrowed in CASES:
            rows.append(
                {"projects": at.projects, "view": title, **_case(session, port, token, level, narrowed, rounds)}
            )
        rows.append({"view": "cells that differ from the rows", "differences": len(differences(session))})
    engine.dispose()
    return rows


def _case(session: Session, port: int, token: str, level: Level, narrowed: BudgetFilter, rounds: int) -> dict[str, Any]:
    through_web, reading, summing = [], [], []
    _request(port, token, level, narrowed)  # code lists, connections
    for _ in range(rounds):
        web_ms, web_count = _timed(lambda: _request(port, token, level, narrowed))
        read_ms, read_count = _timed(lambda: _read(session, level, narrowed))
        sum_ms, sum_count = _timed(lambda: _sum_of_rows(session, level, narrowed))
        if not web_count == read_count == sum_count:
            raise AssertionError(f"{web_count}, {read_count} and {sum_count} projects for one view")
        through_web.append(web_ms)
        reading.append(read_ms)
        summing.append(sum_ms)
    found = statistics.median(through_web)
    return {
        "web_ms": found,
        "web_worst_ms": max(through_web),
        "reading_ms": statistics.median(reading),
        "rows_ms": statistics.median(summing),
        "within": found < LIMIT_MS,
    }


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    begin = time.perf_counter()
    count = work()
    return (time.perf_counter() - begin) * 1000, count


def _request(port: int, token: str, level: Level, narrowed: BudgetFilter) -> int:
    query = {
        "level": level,
        "fiscal_year": ",".join(map(str, narrowed.fiscal_year)),
        "kind": ",".join(narrowed.kind),
        "fund_source": ",".join(narrowed.fund_source),
        "strategy": ",".join(narrowed.strategy),
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    address = "/api/v1/budget?" + urlencode({name: value for name, value in query.items() if value})
    connection.request("GET", address, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status} {body[:300]!r}")
    return int(json.loads(body)["total"]["project_count"])


def _read(session: Session, level: Level, narrowed: BudgetFilter) -> int:
    return read_budget(session, level, None, narrowed, Visibility.STAFF).total.projects


def _sum_of_rows(session: Session, level: Level, narrowed: BudgetFilter) -> int:
    """The naive design: every matching project, every time."""
    with_fund = (
        ""
        if not narrowed.fund_source
        else (" AND EXISTS (SELECT FROM appropriation a WHERE a.project_id = p.id AND a.fund_source_code = ANY(:fund))")
    )
    rows = session.execute(
        sa.text(
            f"SELECT left(p.area_code, {DIGITS[level]}), count(*), sum(p.budget_baht), sum(p.disbursed_baht)"
            " FROM project p WHERE (:year = '{}' OR p.fiscal_year_be = ANY(:year ::int[]))"
            " AND (:kind = '{}' OR p.kind = ANY(:kind ::text[]))"
            f" AND (:strategy = '{{}}' OR p.strategy_code = ANY(:strategy ::text[])){with_fund} GROUP BY 1"
        ),
        {
            "year": _array(narrowed.fiscal_year),
            "kind": _array(narrowed.kind),
            "strategy": _array(narrowed.strategy),
            "fund": list(narrowed.fund_source),
        },
    )
    return sum(int(row[1]) for row in rows)


def _array(values: tuple[Any, ...]) -> str:
    return "{" + ",".join(map(str, values)) + "}"

"""The funnel over a million projects: through the web server, the reading alone, and the same GROUP BY over the rows.

Medians of interleaved rounds, uncached. ``rows_ms`` is what a design without rolled-up numbers would pay for the
present state; its total is compared with the rolled-up one in every round, so a fast wrong answer cannot win.
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
from app.queries.funnel import OWN_FORMS, GroupBy, differences, funnel
from app.queries.project_filter import STAGES, ProjectFilter, conditions
from bench.ground import ground, served, staff_token

ROUNDS = 5
LIMIT_MS = 300
YEAR = 2569
OWN = ProjectFilter(fiscal_year=(YEAR,), plan_form=OWN_FORMS)
CASES: tuple[tuple[str, GroupBy, ProjectFilter, int | None], ...] = (
    ("77 provinces, one year", "province", OWN, None),
    ("77 provinces, all years, all forms", "province", ProjectFilter(), None),
    ("77 provinces, one year, end of Q2", "province", OWN, 2),
    ("928 amphoe, one year", "amphoe", OWN, None),
    ("strategies, all years", "strategy", ProjectFilter(plan_form=OWN_FORMS), None),
    ("programmes, one year, one strategy", "programme", ProjectFilter((), (YEAR,), strategy=("2",)), None),
    (
        "77 provinces, one strategy and programme",
        "province",
        ProjectFilter(strategy=("2",), programme=("00310",)),
        None,
    ),
    ("quarters, one year", "quarter", OWN, None),
)
_COLUMNS: dict[str, str] = {
    "province": "left(p.area_code, 2)",
    "amphoe": "left(p.area_code, 4)",
    "strategy": "p.strategy_code",
    "programme": "p.programme_code",
    "quarter": "p.fiscal_year_be",
}


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
        for title, group_by, narrowed, at_quarter in CASES:
            found = _case(session, port, token, (group_by, narrowed, at_quarter), rounds)
            rows.append({"projects": at.projects, "view": title, **found})
        rows.append({"view": "cells that differ from the rows", "differences": len(differences(session))})
    engine.dispose()
    return rows


def _case(
    session: Session, port: int, token: str, asked: tuple[GroupBy, ProjectFilter, int | None], rounds: int
) -> dict[str, Any]:
    group_by, narrowed, at_quarter = asked
    through_web, reading, summing = [], [], []
    _request(port, token, group_by, narrowed, at_quarter)  # code lists, connections
    for _ in range(rounds):
        web_ms, web_count = _timed(lambda: _request(port, token, group_by, narrowed, at_quarter))
        read_ms, read_count = _timed(lambda: _read(session, group_by, narrowed, at_quarter))
        sum_ms, sum_count = _timed(lambda: _sum_of_rows(session, group_by, narrowed))
        if not web_count == read_count == sum_count:
            raise AssertionError(f"{web_count}, {read_count} and {sum_count} projects for one view")
        through_web.append(web_ms)
        reading.append(read_ms)
        summing.append(sum_ms)
    found, rows_ms = statistics.median(through_web), statistics.median(summing)
    read_ms = statistics.median(reading)
    return {
        "web_ms": found,
        "web_worst_ms": max(through_web),
        "reading_ms": read_ms,
        "rows_ms": rows_ms,
        "ratio": rows_ms / read_ms,
        "within": found < LIMIT_MS,
    }


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    begin = time.perf_counter()
    count = work()
    return (time.perf_counter() - begin) * 1000, count


def _request(port: int, token: str, group_by: GroupBy, narrowed: ProjectFilter, at_quarter: int | None) -> int:
    query = {
        "group_by": group_by,
        "at_quarter": str(at_quarter or ""),
        "fiscal_year": ",".join(map(str, narrowed.fiscal_year)),
        "strategy": ",".join(narrowed.strategy),
        "programme": ",".join(narrowed.programme),
        "plan_form": ",".join(narrowed.plan_form) or "all",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    address = "/api/v1/funnel?" + urlencode({name: value for name, value in query.items() if value})
    connection.request("GET", address, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status} {body[:300]!r}")
    return int(json.loads(body)["total"]["planned"]["project_count"])


def _read(session: Session, group_by: GroupBy, narrowed: ProjectFilter, at_quarter: int | None) -> int:
    planned = funnel(session, narrowed, group_by, Visibility.STAFF, at_quarter).total["planned"]
    return planned.projects if planned else 0


def _sum_of_rows(session: Session, group_by: GroupBy, narrowed: ProjectFilter) -> int:
    """The naive design: every matching project, every time; only the present state, which is the cheaper question."""
    found = conditions(narrowed, Visibility.STAFF)
    reached = "funnel_stage(p.status, p.budget_baht, p.contracted_baht, p.disbursed_baht)"
    counts = ", ".join(f"count(*) FILTER (WHERE stage >= {number}) AS {name}" for number, name in enumerate(STAGES, 1))
    rows = session.execute(
        sa.text(
            f"SELECT code, {counts}, sum(planned_baht), sum(budget_baht) FILTER (WHERE stage >= 3),"
            " sum(greatest(contracted_baht, disbursed_baht)) FILTER (WHERE stage >= 4),"
            " sum(disbursed_baht) FILTER (WHERE stage >= 5), sum(disbursed_baht) FILTER (WHERE stage >= 6)"
            f" FROM (SELECT {_COLUMNS[group_by]} AS code, {reached} AS stage, planned_baht, budget_baht,"
            f" contracted_baht, disbursed_baht FROM project p WHERE {found.where}) AS p GROUP BY 1"
        ),
        found.parameters,
    )
    return sum(int(row.planned) for row in rows)

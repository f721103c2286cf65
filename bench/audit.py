"""Sealing a million lines of the change log, and proving them: seconds, memory, and against only reading them.

``read_s`` is the raw limit: the same lines written as the text that is hashed, and its length added up. Memory is the
highest private memory of the process and, where the server is on this machine, of its connection.
"""

from __future__ import annotations

import dataclasses
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.db import Database
from app.queries.audit import LINE, verify
from app.services.audit import seal
from app.settings import Settings
from bench.ground import empty

LINES = 1_000_000
LIMIT_S = 120

# As an import writes them: a project, its appropriation, its coordinates.
FILL = """
INSERT INTO change_log (user_id, user_name, request_id, entity, entity_key, project_id, action, after)
SELECT 1, 'นักวิเคราะห์นโยบายและแผน', 'R-7F3K-' || lpad((n / 3000)::text, 4, '0'),
    (ARRAY['project', 'appropriation', 'project_geometry'])[1 + n % 3], n::text, n / 3, 'insert',
    jsonb_build_object('id', n, 'code', '70-D0699' || n, 'kind', 'road', 'name_th',
        'ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนนสว่าง หมู่ที่ ' || n % 20, 'status', 'BUDGET_APPROVED', 'width_m', 5.000,
        'length_m', n % 3000, 'area_code', '990101', 'attributes', '{}'::jsonb, 'created_at', now(), 'route_code', NULL,
        'organisation_code', 'D0699', 'fiscal_year_be', 2570, 'source', 'import', 'source_ref', n::text)
FROM generate_series(1, :lines) n
"""


def run(**_options: Any) -> list[dict[str, Any]]:
    """One line: everything sealed from nothing, then proved."""
    ground = empty("eplan_bench_audit")
    settings = dataclasses.replace(Settings.from_environment(), statement_timeout_ms=0, application_role="none")
    database = Database(settings, ground.url)
    with database.transaction() as session:
        session.execute(sa.text(FILL), {"lines": LINES})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE change_log"))
    read_s, _ = _timed(database, _read)
    seal_s, _ = _timed(database, None)
    verify_s, server_mb = _timed(database, _verify)
    database.dispose()
    return [
        {
            "lines": LINES,
            "seal_s": seal_s,
            "verify_s": verify_s,
            "read_s": read_s,
            "ratio": verify_s / read_s,
            "client_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "server_mb": server_mb,
            "within": verify_s < LIMIT_S,
        }
    ]


def _timed(database: Database, ask: Callable[[sa.orm.Session], None] | None) -> tuple[float, int | None]:
    begin = time.perf_counter()
    if ask is None:
        sealed: Any = True
        while sealed:
            with database.transaction() as session:
                sealed = seal(session)
        return time.perf_counter() - begin, None
    with database.reading() as session:
        watch = _Watch(int(session.scalar(sa.text("SELECT pg_backend_pid()")) or 0))
        ask(session)
        return time.perf_counter() - begin, watch.end()


def _read(session: sa.orm.Session) -> None:
    session.scalar(sa.text(f"SELECT sum(length({LINE})) FROM change_log c"))


def _verify(session: sa.orm.Session) -> None:
    report = verify(session)
    if not report.holds or report.rows != LINES:
        raise RuntimeError(f"the proof does not hold: {report}")


class _Watch:
    """Looks at the private memory of a server process, twenty times a second."""

    def __init__(self, process: int) -> None:
        self._status = Path(f"/proc/{process}/status")
        self._peak_kb = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while self._status.exists() and not self._ending.wait(0.05):
            for line in self._status.read_text(encoding="ascii").splitlines():
                if line.startswith("RssAnon:"):
                    self._peak_kb = max(self._peak_kb, int(line.split()[1]))

    def end(self) -> int | None:
        """Highest memory seen, MB; ``None`` where the server is on another machine."""
        self._ending.set()
        self._thread.join()
        return round(self._peak_kb / 1024) or None

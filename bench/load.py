"""A working day: 200 people who read without an account and 50 who write, at once, on the web server of ``eplan up``.

A reader opens pages as people do, one after another with some seconds between (``THINK_S``); a writer is signed in
with a session of their own, opens a project, and saves a change of it or a version of its drawing. Every kind is told
with the milliseconds from the first byte sent to the last byte read, and every answer that was not the one expected is
an error. The client takes processor too: it runs on the same cores.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import create_app
from app.auth.sessions import start_session
from app.cli.demo import ensure_demo
from app.db import Database
from app.models import Membership, UserAccount
from app.settings import Settings
from bench.ground import Ground, empty, ground, served

READERS = int(os.environ.get("EPLAN_BENCH_READERS", "200"))
WRITERS = int(os.environ.get("EPLAN_BENCH_WRITERS", "50"))
SECONDS = float(os.environ.get("EPLAN_BENCH_SECONDS", "60"))
THINK_S = float(os.environ.get("EPLAN_BENCH_THINK_S", "4"))
"""Mean pause of a reader between two pages; a writer takes twice as long, for people type."""
TARGET_MS = 500
WORDS = ("ถนน", "คอนกรีต", "แหล่งน้ำ", "หมู่ 4", "ลำเหมือง", "สาธิต", "ลูกรัง", "ขุดลอก")


@dataclass
class Measured:
    """What everybody saw, by kind."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, took_ms: float, error: str | None) -> None:
        """Note one answer."""
        with self.lock:
            self.ms[kind].append(took_ms)
            if error:
                self.errors[kind].append(error)


@dataclass(frozen=True)
class Place:
    """What there is to read, and whose works are written."""

    codes: list[str]
    organisations: list[str]
    tiles: list[str]
    works: list[tuple[str, str]]


class Browser:
    """One person with one open connection."""

    def __init__(self, port: int, measured: Measured, headers: dict[str, str] | None = None) -> None:
        self._port, self._measured, self._headers = port, measured, headers or {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(
        self, kind: str, method: str, path: str, body: Any = None, wanted: tuple[int, ...] = (200,), **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes] | None:
        """The answer, measured; ``None`` when there was none."""
        began, error = time.perf_counter(), None
        data = None if body is None else json.dumps(body)
        told = {**self._headers, **headers} | ({"Content-Type": "application/json"} if data else {})
        found = None
        try:
            self._connection.request(method, path, data, told)
            answer = self._connection.getresponse()
            found = (answer, answer.read())
            if answer.status not in wanted:
                error = f"{answer.status} {path} {found[1][:160].decode(errors='replace')}"
        except (OSError, http.client.HTTPException) as fault:
            error = f"{type(fault).__name__} {path}"
            self._connection.close()
        self._measured.add(kind, 1000 * (time.perf_counter() - began), error)
        return None if error else found


def run() -> list[dict[str, Any]]:
    """One line a kind, and one of everything together."""
    at = _ground()
    place, cookies = _place(at), _sessions(at)
    measured, over = Measured(), threading.Event()
    with served(at) as port:
        for warm in ("/map", "/projects", "/public", f"/organisations/{place.organisations[0]}"):
            Browser(port, Measured()).ask("warm", "GET", warm)
        people = [_thread(_read, Browser(port, measured), place, over, n) for n in range(READERS)]
        people += [_thread(_write, Browser(port, measured, cookies[n]), place, over, n) for n in range(len(cookies))]
        load_before, used = os.getloadavg()[0], _processor_s(port, at)
        time.sleep(SECONDS)
        over.set()
        for person in people:
            person.join(90)
        used = _processor_s(port, at) - used
    lines = [_line(kind, measured.ms[kind], measured.errors[kind]) for kind in sorted(measured.ms)]
    everything = [ms for each in measured.ms.values() for ms in each]
    together = _line("together", everything, [e for each in measured.errors.values() for e in each])
    together["per_s"] = round(len(everything) / SECONDS, 1)
    # What an answer costs the web server and the database does not depend on who else uses the machine.
    together["processor_ms"] = round(1000 * used / len(everything), 1)
    together["load_before"] = round(load_before, 1)
    return [*lines, together]


def _read(browser: Browser, place: Place, over: threading.Event, seed: int) -> None:
    chance = random.Random(seed)
    kinds: list[tuple[str, Callable[[], str], tuple[int, ...]]] = [
        ("map page", lambda: "/map", (200,)),
        ("tile", lambda: chance.choice(place.tiles), (200, 204)),
        ("tile", lambda: chance.choice(place.tiles), (200, 204)),
        ("tile", lambda: chance.choice(place.tiles), (200, 204)),
        ("project list", lambda: f"/projects?fiscal_year={chance.choice((2568, 2569, 2570))}", (200,)),
        ("project page", lambda: f"/projects/{quote(chance.choice(place.codes))}", (200,)),
        ("search", lambda: f"/api/v1/projects?q={quote(chance.choice(WORDS))}&limit=20", (200,)),
        ("LAO page", lambda: f"/organisations/{chance.choice(place.organisations)}", (200,)),
        ("public front", lambda: "/public", (200,)),
        ("public project", lambda: f"/public/projects/{quote(chance.choice(place.codes))}", (200,)),
        ("public LAO", lambda: f"/public/organisations/{chance.choice(place.organisations)}", (200,)),
        ("public search", lambda: f"/public/search?q={quote(chance.choice(WORDS))}", (200,)),
    ]
    over.wait(chance.uniform(0, THINK_S * 2))
    while not over.is_set():
        kind, path, wanted = chance.choice(kinds)
        browser.ask(kind, "GET", path(), wanted=wanted)
        over.wait(chance.uniform(0, THINK_S * 2))


def _write(browser: Browser, place: Place, over: threading.Event, number: int) -> None:
    chance = random.Random(10_000 + number)
    mine = [work for work in place.works[number::WRITERS]]
    over.wait(chance.uniform(0, THINK_S * 4))
    while not over.is_set():
        code, shape = chance.choice(mine)
        (_save_project if chance.random() < 0.5 else _save_geometry)(
            browser, chance, f"/api/v1/projects/{quote(code)}", shape
        )
        over.wait(chance.uniform(0, THINK_S * 4))


def _save_project(browser: Browser, chance: random.Random, address: str, _shape: str) -> None:
    found = browser.ask("open a project", "GET", address)
    if found is not None:
        etag = found[0].getheader("ETag") or ""
        change = {"width_m": chance.randint(30, 80) / 10}
        browser.ask("save a project", "PATCH", address, change, **{"If-Match": etag})


def _save_geometry(browser: Browser, chance: random.Random, address: str, shape: str) -> None:
    found = browser.ask("open a drawing", "GET", f"{address}/geometry")
    if found is not None:
        etag = found[0].getheader("ETag") or ""
        line = json.loads(shape)
        line["coordinates"] = [[x + chance.uniform(-2e-5, 2e-5), y] for x, y in line["coordinates"]]
        browser.ask("save a drawing", "PUT", f"{address}/geometry", line, **{"If-Match": etag})


def _processor_s(port: int, at: Ground) -> float:
    """Processor time so far of the web server's processes and of its connections, where they run on this machine."""
    name = sa.make_url(at.url).database or ""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            is_web = "granian" in command and f"--port {port} " in command
            if is_web or (command.startswith("postgres:") and f" {name} " in command):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def _thread(act: Callable[..., None], *given: Any) -> threading.Thread:
    made = threading.Thread(target=act, args=given, daemon=True)
    made.start()
    return made


def _line(kind: str, each: list[float], errors: list[str]) -> dict[str, Any]:
    line: dict[str, Any] = {
        "kind": kind,
        "answers": len(each),
        "p50_ms": round(statistics.median(each), 1),
        "p95_ms": round(float(np.quantile(each, 0.95)), 1),
        "max_ms": round(max(each), 1),
        "errors": len(errors),
        "target": f"p95 < {TARGET_MS} ms, no errors",
    }
    return line | ({"first_error": errors[0]} if errors else {})


def _ground() -> Ground:
    """The demonstration, made anew; ``EPLAN_BENCH_DATABASE`` names a larger one."""
    if os.environ.get("EPLAN_BENCH_DATABASE"):
        return ground()
    at = empty("eplan_bench_load")
    database = Database(_settings(at))
    ensure_demo(database)
    database.dispose()
    return at


def _settings(at: Ground) -> Settings:
    return Settings(
        database_url=at.url,
        secret_key="benchmark-" + "x" * 32,
        password_salt="benchmark",  # noqa: S106 - no secret: nobody signs in here
        application_role="none",
        statement_timeout_ms=0,
    )


_TILES = """
SELECT DISTINCT z, floor((lon + 180) / 360 * 2 ^ z)::int AS x,
       floor((1 - ln(tan(radians(lat)) + 1 / cos(radians(lat))) / pi()) / 2 * 2 ^ z)::int AS y
FROM (SELECT ST_X(ST_Centroid(g.geom)) AS lon, ST_Y(ST_Centroid(g.geom)) AS lat FROM project_geometry g
      WHERE NOT ST_IsEmpty(g.geom) LIMIT 2000) c
CROSS JOIN (VALUES (8), (10), (12), (13), (14)) AS zooms (z)
LIMIT 1500
"""
_WORKS = """
SELECT p.code, ST_AsGeoJSON(ST_GeometryN(g.geom, 1), 7) AS shape, p.organisation_code
FROM project p JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
WHERE p.kind = 'road' AND p.geometry_status IN ('DRAFT', 'SUBMITTED', 'VERIFIED')
  AND p.status NOT IN ('CANCELLED', 'CLOSED')
  AND GeometryType(ST_GeometryN(g.geom, 1)) = 'LINESTRING' AND ST_NumGeometries(g.geom) = 1
  -- The demonstration has drawings outside of Thailand, which nobody could save again.
  AND g.geom @ ST_MakeEnvelope(97.3, 5.6, 105.7, 20.5, 4326)
ORDER BY p.id LIMIT 2000
"""


def _place(at: Ground) -> Place:
    engine = sa.create_engine(at.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        published = "status NOT IN ('PLANNED', 'BUDGET_REQUESTED', 'CANCELLED', 'DEFERRED')"
        codes = connection.scalars(sa.text(f"SELECT code FROM project WHERE {published} ORDER BY id LIMIT 3000")).all()
        organisations = connection.scalars(
            sa.text("SELECT DISTINCT organisation_code FROM project ORDER BY 1 LIMIT 200")
        ).all()
        tiles = [
            f"/tiles/{layer}/{row.z}/{row.x}/{row.y}.mvt"
            for row in connection.execute(sa.text(_TILES))
            for layer in ("projects", "roads")
        ]
        works = [(row.code, row.shape) for row in connection.execute(sa.text(_WORKS))]
    engine.dispose()
    return Place(list(codes), list(organisations), tiles, works)


def _sessions(at: Ground) -> list[dict[str, str]]:
    """Officers who may write every work, each signed in with a session of their own: headers of their browsers."""
    settings = _settings(at)
    database = Database(settings)
    app = create_app(settings, database)
    keys = []
    with database.transaction() as session:
        provinces = session.scalars(
            sa.text("SELECT DISTINCT left(area_code, 2) FROM project WHERE area_code <> ''")
        ).all()
        for number in range(WRITERS):
            keys.append(start_session(session, _officer(session, number, list(provinces))))
    headers = [_headers(app, key) for key in keys]
    database.dispose()
    return headers


def _officer(session: Session, number: int, provinces: list[str]) -> int:
    unique = f"bench-{os.getpid()}-{number}"
    user = UserAccount(username=unique, display_name=f"ผู้บันทึก {number}", fs_uniquifier=unique)
    session.add(user)
    session.flush()
    session.add_all(Membership(user_id=user.id, role_code="PROV_OFFICER", area_code=code) for code in provinces)
    session.flush()
    return user.id


def _headers(app: Any, key: str) -> dict[str, str]:
    """The cookie that signing in would set, and the token that a page would carry."""
    from flask import session as cookie
    from flask_wtf.csrf import generate_csrf

    with app.test_request_context():
        token = generate_csrf()
        held = {"_user_id": key, "_fresh": True, "_permanent": True, "csrf_token": cookie["csrf_token"]}
        signed = app.session_interface.get_signing_serializer(app).dumps(held)
    name = app.config["SESSION_COOKIE_NAME"]
    return {"Cookie": f"{name}={signed}", "X-CSRFToken": token, "Accept": "application/json"}


if __name__ == "__main__":
    for row in run():
        print(row)

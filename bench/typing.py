"""What typed coordinates cost from key to answer: the address that the map asks, through the web server.

The page waits 80 ms for the next key before it asks; what is told here comes on top, without the line.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from typing import Any

import sqlalchemy as sa

from bench.ground import ground, served, staff_token

ROUNDS = 30
LIMIT_MS = 100
TEXTS = (
    "15.808367, 102.03",
    "15°48'30.1\"น 102°01'48.0\"อ",
    "48Q 181811.75 1749989.69",
    "E ๑๘๑๘๑๑ N ๑๗๔๙๙๘๙",
    "VE 204508",
    "https://www.google.com/maps/@15.808367,102.03,17z",
    "5.9, 101.85",
    "18181 1749989",
    "\n".join(f"{i}\t{181_811 + 10 * i}\t{1_749_989 + 7 * i}" for i in range(200)),
)


def run(**_options: Any) -> list[dict[str, Any]]:
    """Milliseconds of each notation, with the territory of an organisation to judge by."""
    at = ground()
    token = staff_token(at)
    engine = sa.create_engine(at.url)
    with engine.connect() as connection:
        project = str(connection.scalar(sa.text("SELECT code FROM project ORDER BY id LIMIT 1")))
    engine.dispose()
    rows = []
    with served(at) as port:
        for text in TEXTS:
            spent = [_ask(port, token, text, project) for _ in range(ROUNDS + 1)][1:]
            title = f"table of {text.count(chr(10)) + 1}" if "\n" in text else text
            middle, worst = statistics.median(spent), sorted(spent)[int(len(spent) * 0.95) - 1]
            rows.append({"text": title, "p50_ms": middle, "p95_ms": worst, "within": worst < LIMIT_MS})
    return rows


def _ask(port: int, token: str, text: str, project: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    begin = time.perf_counter()
    body = json.dumps({"text": text, "project": project})
    connection.request("POST", "/api/v1/coordinates/parse", body, headers)
    answer = connection.getresponse()
    given = answer.read()
    spent = (time.perf_counter() - begin) * 1000
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {given[:300]!r}")
    return spent

"""The list of a million projects through the web server: first page, following pages, search as you type."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from typing import Any
from urllib.parse import quote

import numpy as np

from bench.ground import ground, served, staff_token

PAGES_TARGET_MS, SEARCH_TARGET_MS = 100, 300
FIRST_PAGES = {
    "first page": "",
    "first page, one year": "fiscal_year=2569",
    "first page, one organisation": "organisation=01001010",
    "first page, one province": "area=10",
    "first page, by budget": "sort=budget",
    "first page, one province by name": "sort=name&area=10",
    "first page, kind and status": "kind=water&status=CONTRACTED",
}
# As a person types it: letter by letter, a rare word, two words, a code, a word that is nowhere, the name of an
# organisation, a kind of organisation beside a rare word, a village.
TYPED = ("ห", "หน", "หนอ", "หนอง", "หนองแวง", "บาดาล หนองบัว", "B0123456", "ไม่มีคำนี้เลย")
TYPED += ("10-1-1", "อบต.ตัวอย่าง", "อบต. 10-1-1", "บาดาล หมู่ที่ 4", "หมู่ 99")
ROUNDS = 5
FOLLOWING_PAGES = 30


def run(**options: Any) -> list[dict[str, Any]]:
    """One line a question: middle and 95th percentile of milliseconds."""
    at = ground(**options)
    with served(at) as port:
        ask = Asker(port, staff_token(at))
        ask("limit=1")
        lines = [
            _line(what, [ask(query)[0] for _ in range(ROUNDS)], PAGES_TARGET_MS) for what, query in FIRST_PAGES.items()
        ]
        lines += [_line(f"following pages{kind}", _walk(ask, query), PAGES_TARGET_MS) for kind, query in _WALKS]
        for word in TYPED:
            took = [ask(f"q={quote(word)}")[0] for _ in range(ROUNDS)]
            lines.append(_line(f"search {word}", took, SEARCH_TARGET_MS))
    return lines


_WALKS = ((", newest", ""), (", one province by name", "sort=name&area=10"), (", one status", "status=CONTRACTED"))


class Asker:
    """A signed-in member of staff with one open connection."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, query: str) -> tuple[float, str | None]:
        """Milliseconds, and the address of the next page."""
        return self.at(f"/api/v1/projects?{query}")

    def at(self, address: str) -> tuple[float, str | None]:
        """The same for a whole address."""
        begin = time.perf_counter()
        self._connection.request("GET", address, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        took = 1000 * (time.perf_counter() - begin)
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {body[:200]!r}")
        following: str | None = json.loads(body)["next"]
        return took, following


def _walk(ask: Asker, query: str) -> list[float]:
    _, following = ask(query)
    each = []
    while following is not None and len(each) < FOLLOWING_PAGES:
        took, following = ask.at(following)
        each.append(took)
    return each


def _line(what: str, each: list[float], target: int) -> dict[str, Any]:
    return {
        "what": what,
        "p50_ms": statistics.median(each),
        "p95_ms": float(np.quantile(each, 0.95)),
        "target": f"< {target} ms",
    }


if __name__ == "__main__":
    for row in run():
        print(row)

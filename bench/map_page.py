"""The map page in a real browser with the demonstration data: milliseconds until its tiles are drawn, and bytes.

Every round is a fresh browser profile, so nothing is cached there; the first round also finds the server cold.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from app.cli.demo import ensure_demo
from app.db import Database
from app.settings import Settings
from bench.ground import Ground, empty, served

ROUNDS = 5
LIMIT_MS = 3000
LIMIT_KB = 350
SIZES = {"1366x768": (1366, 768), "390x844": (390, 844)}
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def run(rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """One row a screen size; ``kB`` is what came over the line, compressed, until the tiles were drawn."""
    at = empty("eplan_bench_demo")
    _fill(at)
    table = []
    with served(at) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        for size, (width, height) in SIZES.items():
            loads = [_load(browser, f"http://127.0.0.1:{port}/map", width, height) for _ in range(rounds)]
            table.append(
                {
                    "screen": size,
                    "first_ms": loads[0][0],
                    "ready_ms": statistics.median(ms for ms, _, _ in loads),
                    "worst_ms": max(ms for ms, _, _ in loads),
                    "kB_page": max(page for _, page, _ in loads),
                    "kB_tiles": max(tiles for _, _, tiles in loads),
                    "within": all(ms < LIMIT_MS and page < LIMIT_KB for ms, page, _ in loads),
                }
            )
        browser.close()
    return table


def _fill(at: Ground) -> None:
    database = Database(
        Settings(
            database_url=at.url,
            secret_key="benchmark-" + "x" * 32,
            password_salt="benchmark-salt",  # noqa: S106 - no secret: nobody signs in here
            application_role="none",
            statement_timeout_ms=0,
        )
    )
    ensure_demo(database)
    database.dispose()


def _load(browser: Browser, url: str, width: int, height: int) -> tuple[float, float, float]:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="th-TH")
    page = context.new_page()
    received = _received(page)
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    # The page forbids texts that become code, so the browser cannot be told to wait by itself.
    while not page.evaluate("() => Boolean(window.__map?.ready)"):
        time.sleep(0.01)
    ms = (time.perf_counter() - started) * 1000
    tiles = sum(size for address, size in received.values() if "/tiles/" in address)
    whole = sum(size for _, size in received.values())
    context.close()
    return ms, (whole - tiles) / 1000, tiles / 1000


def _received(page: Page) -> dict[str, tuple[str, float]]:
    """Address and bytes over the line of every request, as the browser's debugger counts them."""
    addresses: dict[str, str] = {}
    received: dict[str, tuple[str, float]] = {}
    client = page.context.new_cdp_session(page)
    client.on("Network.requestWillBeSent", lambda told: addresses.update({told["requestId"]: told["request"]["url"]}))
    client.on(
        "Network.loadingFinished",
        lambda told: received.update(
            {told["requestId"]: (addresses.get(told["requestId"], ""), told["encodedDataLength"])}
        ),
    )
    client.send("Network.enable")
    return received


if __name__ == "__main__":
    for row in run():
        print(row)

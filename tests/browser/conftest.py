"""The real site for the browser: granian and the worker on a clone of the demonstration database, and Chromium."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy.dialects import postgresql

from app.cli.demo import ensure_demo
from app.db import Database, libpq_url
from app.settings import Settings
from tests.conftest import ROOT, _maintenance, cloned_database, kept_database

SECRETS = {
    "EPLAN_SECRET_KEY": "browser-test-key-" + "x" * 32,
    "EPLAN_PASSWORD_SALT": "browser-test-salt",
    "EPLAN_SECOND_FACTOR": "optional",
}

PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>

START_S = 180
"""A busy machine takes its time to start the site; a process that ends says so at once."""

PATIENCE_S = 60
"""How long a page may take for what a test waits for: another worker may keep the other processor busy."""

expect.set_options(timeout=PATIENCE_S * 1000)

# Chromium needs no network of its own here; without these it looks up its maker's hosts at every start.
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class LiveServer:
    """A running site."""

    url: str
    database_url: str
    users: dict[str, dict[str, str]]
    var_dir: Path

    def password(self, username: str) -> str:
        """Password of a demonstration account."""
        return self.users[username]["password"]


def _demo_fingerprint(template: str) -> str:
    digest = hashlib.sha256(template.encode())
    for path in sorted([*(ROOT / "app" / "services").rglob("*.py"), *(ROOT / "gis").rglob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def demo_template(server_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Database with the demonstration data; kept between runs while what makes it is the same.

    Its comment holds the accounts with their passwords: they belong together, and to nobody else.
    """

    def fill(url: str) -> None:
        database = Database(
            Settings(
                database_url=url,
                secret_key=SECRETS["EPLAN_SECRET_KEY"],
                password_salt=SECRETS["EPLAN_PASSWORD_SALT"],
                var_dir=tmp_path_factory.mktemp("demo"),
                statement_timeout_ms=0,
                application_role="none",
            )
        )
        users = ensure_demo(database)
        database.dispose()
        assert users, "the demonstration generator made no accounts"
        accounts = sa.literal(json.dumps([user.as_dict() for user in users])).compile(
            dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
        )
        name = sa.make_url(url).database
        with _maintenance(server_url).connect() as connection:
            connection.exec_driver_sql(f'COMMENT ON DATABASE "{name}" IS {accounts}')

    return kept_database(server_url, f"eplan_demo_{_demo_fingerprint(template_database)}", fill, template_database)


def _accounts(server_url: str, database: str) -> dict[str, dict[str, str]]:
    with _maintenance(server_url).connect() as connection:
        text = connection.scalar(
            sa.text("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :n"), {"n": database}
        )
    return {user["username"]: user for user in json.loads(text)}


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, processes: list[subprocess.Popen[bytes]], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the site did not come up:\n{log.read_text(errors='replace')[-4000:]}")


def _die_with_parent() -> None:
    """Tests that were killed (Ctrl-C ends their workers so) leave no site behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with its children: granian's worker outlives a granian that was killed."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


@pytest.fixture(scope="session")
def live_server(server_url: str, demo_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Web server and worker as ``./eplan up`` runs them."""
    var_dir = tmp_path_factory.mktemp("live")
    port = free_port()
    log = var_dir / "server.log"
    name = f"eplan_live_{os.getpid()}"
    with cloned_database(server_url, demo_template, name) as url:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("EPLAN_")} | SECRETS
        environment |= {"DATABASE_URL": libpq_url(url), "EPLAN_VAR_DIR": str(var_dir)}
        granian = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1"]
        commands = [
            [
                *granian,
                "--port",
                str(port),
                "--workers",
                "1",
                "--blocking-threads",
                "4",
                "--workers-kill-timeout",
                "5",
                "--no-ws",
                "app.wsgi:application",
            ],
            [sys.executable, "-m", "app.jobs.worker"],
        ]
        with log.open("ab") as output:
            processes = [
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    preexec_fn=_die_with_parent,
                )
                for command in commands
            ]
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address + "/readyz", processes, log)
            yield LiveServer(address, url, _accounts(server_url, demo_template), var_dir)
        finally:
            for process in processes:
                _end(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    executable = shutil.which("chromium")
    assert executable, "Chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        yield launched
        launched.close()


class Visitor:
    """Opens pages at a given size and notes every request that would leave for another host."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self._browser, self.server = browser, server
        self._contexts: list[BrowserContext] = []
        self.foreign: list[str] = []

    def open(self, width: int = 1366, height: int = 768, *, touch: bool = False) -> Page:
        """A fresh page (own cookies) that speaks Thai."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            locale="th-TH",
            timezone_id="Asia/Bangkok",
            has_touch=touch,
            base_url=self.server.url,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        context.on("request", self._note)
        self._contexts.append(context)
        return context.new_page()

    def sign_in(self, page: Page, username: str) -> Page:
        """Sign in as a person would."""
        page.goto("/login")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", self.server.password(username))
        page.click("button[type=submit]:visible")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(self.server.url).netloc:
            self.foreign.append(request.url)

    def close(self) -> None:
        """Close every page that was opened."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """A person with a browser; the test fails when any page asked another host for anything."""
    person = Visitor(browser, live_server)
    yield person
    person.close()
    assert person.foreign == []


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A page of 1366x768."""
    return visitor.open()


def map_is_ready(page: Page) -> bool:
    """Whether the page's map shows what it has to; no page at all, between two, is not ready."""
    try:
        return bool(page.evaluate("() => Boolean(window.__map?.ready)"))
    except PlaywrightError as error:
        if "context was destroyed" in error.message:
            return False
        raise


def axe_violations(page: Page) -> list[str]:
    """Accessibility violations (WCAG 2.2 A and AA) of the page as it stands, one line each."""
    if not page.evaluate("() => 'axe' in window"):
        # through the debugger, not a script tag: the site's content security policy stays as strict as it is
        page.evaluate((ROOT / "static" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(
        "async (tags) => (await axe.run(document, {runOnly: tags})).violations",
        ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    )
    return [
        f"{violation['id']}: {violation['help']} -> {[node['target'] for node in violation['nodes']][:3]}"
        for violation in found
    ]

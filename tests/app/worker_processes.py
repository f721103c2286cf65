"""Real worker processes on a database of the test's own: what they do is committed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.db import Database
from app.queries.jobs import get_job
from app.settings import Settings
from tests.conftest import ROOT, cloned_database

WAIT_S = 150.0

# What the worker of these tests can do besides the platform's own jobs.
HANDLERS = """
import os, time
import sqlalchemy as sa
from app.errors import InvalidInput
from app.jobs.registry import handler
from gis.problems import Problem

@handler("slow_insert")
def slow_insert(run):
    with run.database.transaction(run.attribution) as session:
        for number in range(run.parameters["rows"]):
            session.execute(
                sa.text("INSERT INTO area (code, level, name_th) VALUES (:c, 'province', 'x')"), {"c": str(10 + number)}
            )
            run.progress.step(number + 1, run.parameters["rows"], "เพิ่มพื้นที่")
            time.sleep(run.parameters.get("pause", 0.2))
    return {"rows": run.parameters["rows"]}

@handler("refuse")
def refuse(run):
    raise InvalidInput([Problem("name_missing", where={"row": 7})], "import_has_errors")

@handler("break")
def break_(run):
    raise RuntimeError("a fault of the program")

@handler("poison")
def poison(run):
    os._exit(9)
"""


@pytest.fixture
def own_database(server_url: str, template_database: str) -> Iterator[str]:
    """A database of the test's own: a real worker commits."""
    with cloned_database(server_url, template_database, f"eplan_jobs_{uuid.uuid4().hex[:12]}") as url:
        yield url


@pytest.fixture
def own_settings(own_database: str, tmp_path: Path) -> Settings:
    """Settings for the application and its worker on that database."""
    return Settings(
        database_url=own_database,
        owner_database_url=own_database,
        secret_key="test-only-key-" + "x" * 32,
        password_salt="test-only-salt",
        second_factor="optional",
        var_dir=tmp_path / "var",
    )


@pytest.fixture
def committed(own_settings: Settings) -> Iterator[Database]:
    """The application's database on real transactions."""
    database = Database(own_settings)
    yield database
    database.dispose()


class Workers:
    """Real worker processes of one test."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        (folder / "job_handlers_of_the_test.py").write_text(HANDLERS, encoding="utf-8")
        (folder / "run_worker.py").write_text(
            "import sys\nfrom app.jobs import registry, worker\n"
            "registry.MODULES = ('app.jobs.imports', 'app.jobs.checks', 'app.jobs.rasters',"
            " 'job_handlers_of_the_test')\n"
            "sys.exit(worker.main())\n",
            encoding="utf-8",
        )
        self._folder = folder
        self._environment = {
            **os.environ,
            "DATABASE_URL": settings.database_url.replace("+psycopg2", ""),
            "EPLAN_VAR_DIR": str(settings.var_dir),
            "EPLAN_SECRET_KEY": settings.secret_key,
            "EPLAN_PASSWORD_SALT": settings.password_salt,
            "PYTHONPATH": f"{ROOT}:{folder}",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """One more worker."""
        log = (self._folder / "worker.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, str(self._folder / "run_worker.py")],
            env=self._environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        self.running.append(process)
        return process

    @property
    def log(self) -> str:
        """What they said."""
        return (self._folder / "worker.log").read_text(encoding="utf-8")

    def stop(self) -> None:
        """All of them, by force."""
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture
def workers(own_settings: Settings, tmp_path: Path) -> Iterator[Workers]:
    """Starts workers; none outlives the test."""
    started = Workers(own_settings, tmp_path)
    yield started
    started.stop()


def until(condition: Callable[[], Any], what: str, seconds: float = WAIT_S) -> Any:
    """Wait for a condition, and say which one did not come true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def state(database: Database, job_id: int) -> Any:
    """The job as its owner sees it."""
    with database.reading() as session:
        return get_job(session, job_id)

"""Background jobs: in the queue with their data, run by a real worker, never half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.db import Database
from app.errors import Forbidden, NotFound
from app.jobs import worker
from app.jobs.queue import enqueue
from app.models import BackgroundJob
from app.queries.jobs import get_job, worker_alive
from app.services import jobs
from app.settings import Settings
from tests import factories
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
            session.execute(sa.text("INSERT INTO area (code, level, name_th) VALUES (:c, 'province', 'x')"), {"c": str(10 + number)})
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
            "registry.MODULES = ('app.jobs.imports', 'job_handlers_of_the_test')\nsys.exit(worker.main())\n",
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


def put(database: Database, kind: str, **parameters: Any) -> int:
    with database.transaction() as session:
        return enqueue(session, kind, "งานทดสอบ", parameters, SYSTEM_ACTOR).id


def state(database: Database, job_id: int) -> Any:
    with database.reading() as session:
        return get_job(session, job_id)


def areas(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(sa.text("SELECT count(*) FROM area")) or 0


def test_a_job_exists_only_with_its_data(committed: Database) -> None:
    with pytest.raises(RuntimeError), committed.transaction() as session:
        enqueue(session, "slow_insert", "x", {}, SYSTEM_ACTOR)
        raise RuntimeError("the data was refused")
    with committed.reading() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM background_job")) == 0
        assert session.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_worker_runs_a_job_and_tells_how_far_it_is(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "slow_insert", rows=8, pause=0.25)
    with committed.reading() as session:
        assert not worker_alive(session)
    workers.start()
    seen = until(lambda: (j := state(committed, job_id)).progress_done and j, "progress")
    assert seen.status == "RUNNING"
    assert seen.progress_total == 8
    assert areas(committed) == 0, "the work's own transaction is still open"
    done = until(lambda: (j := state(committed, job_id)).status == "DONE" and j, "the end")
    assert (done.result, done.percent, done.attempts) == ({"rows": 8}, 100, 1)
    assert areas(committed) == 8
    with committed.reading() as session:
        assert worker_alive(session)


def test_expected_errors_keep_their_code_and_problems(committed: Database, workers: Workers) -> None:
    refused, broken = put(committed, "refuse"), put(committed, "break")
    workers.start()
    job = until(lambda: (j := state(committed, refused)).status == "FAILED" and j, "the refusal")
    assert job.error["code"] == "import_has_errors"
    assert job.error["problems"][0]["where"] == {"row": 7}
    job = until(lambda: (j := state(committed, broken)).status == "FAILED" and j, "the failure")
    assert job.error == {"code": "job_failed", "values": {"reference": broken}}
    assert "a fault of the program" in workers.log


def test_cancel_undoes_everything(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "slow_insert", rows=60, pause=0.1)
    workers.start()
    until(lambda: state(committed, job_id).progress_done > 2, "progress")
    with committed.transaction() as session:
        session.execute(sa.update(BackgroundJob).where(BackgroundJob.id == job_id).values(cancel_requested=True))
    job = until(lambda: (j := state(committed, job_id)).status == "CANCELLED" and j, "the cancellation")
    assert job.error["code"] == "job_cancelled"
    assert areas(committed) == 0


def test_killed_worker_leaves_nothing_and_the_next_one_finishes(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "slow_insert", rows=20, pause=0.2)
    first = workers.start()
    until(lambda: state(committed, job_id).progress_done > 3, "progress")
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert areas(committed) == 0
    workers.start()
    job = until(lambda: (j := state(committed, job_id)).status == "DONE" and j, "the second worker's end")
    assert job.attempts == 2
    assert areas(committed) == 20


def test_stopped_worker_undoes_and_hands_over(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "slow_insert", rows=25, pause=0.2)
    first = workers.start()
    until(lambda: state(committed, job_id).progress_done > 2, "progress")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=20) == 0
    assert areas(committed) == 0
    assert state(committed, job_id).status == "WAITING"
    workers.start()
    job = until(lambda: (j := state(committed, job_id)).status == "DONE" and j, "the second worker's end")
    assert job.attempts == 1, "being told to stop is not counted against the job"
    assert areas(committed) == 25


def test_lost_database_connection_is_all_or_nothing(committed: Database, workers: Workers, own_database: str) -> None:
    job_id = put(committed, "slow_insert", rows=20, pause=0.2)
    workers.start()
    until(lambda: state(committed, job_id).progress_done > 3, "progress")
    engine = sa.create_engine(own_database, poolclass=sa.NullPool)
    with engine.connect() as superuser:
        superuser.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND query LIKE 'INSERT INTO area%'"
            )
        )
    engine.dispose()
    job = until(lambda: (j := state(committed, job_id)).status == "DONE" and j, "the second attempt")
    assert job.attempts == 2
    assert areas(committed) == 20


def test_job_that_kills_its_workers_is_given_up(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "poison")
    for _ in range(jobs.MAX_ATTEMPTS):
        workers.start().wait(timeout=WAIT_S)
    workers.start()
    job = until(lambda: (j := state(committed, job_id)).status == "FAILED" and j, "giving up")
    assert job.error == {"code": "job_gave_up", "values": {"attempts": jobs.MAX_ATTEMPTS}}


def test_running_job_is_no_orphan(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "slow_insert", rows=30, pause=0.2)
    workers.start()
    until(lambda: state(committed, job_id).progress_done > 20, "some seconds of work")
    assert worker.recover_orphans(committed) == []
    assert state(committed, job_id).attempts == 1


def test_only_the_owner_sees_and_cancels(session: Session) -> None:
    organisation = factories.make_organisation(session)
    owner = factories.actor_for(factories.make_user(session, "LAO_ENGINEER", organisation=organisation))
    other = factories.actor_for(factories.make_user(session, "LAO_PLANNER", organisation=organisation))
    central = factories.actor_for(factories.make_user(session, "DLA_CENTRAL"))
    job = enqueue(session, "export", "ส่งออก", {}, owner)
    with pytest.raises(NotFound):
        jobs.visible_job(session, other, job.id)
    with pytest.raises(Forbidden):
        jobs.cancel(session, central, job.id)
    assert [found.id for found in jobs.visible_jobs(session, owner)] == [job.id]
    assert jobs.cancel(session, owner, job.id).status == "CANCELLED"
    assert jobs.start(session, job.id) is None, "a cancelled job is not started"

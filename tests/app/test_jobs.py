"""Background jobs: in the queue with their data, run by a real worker, never half done."""

from __future__ import annotations

import signal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.db import Database
from app.errors import Forbidden, NotFound
from app.jobs import upkeep
from app.jobs.queue import enqueue
from app.models import BackgroundJob
from app.queries.jobs import worker_alive
from app.services import jobs
from tests import factories
from tests.app.worker_processes import WAIT_S, Workers, state, until


def put(database: Database, kind: str, **parameters: Any) -> int:
    with database.transaction() as session:
        return enqueue(session, kind, "งานทดสอบ", parameters, SYSTEM_ACTOR).id


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


@pytest.mark.long
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


@pytest.mark.long
def test_stopped_worker_undoes_and_hands_over(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "slow_insert", rows=25, pause=0.2)
    first = workers.start()
    until(lambda: state(committed, job_id).progress_done > 2, "progress")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=WAIT_S) == 0
    assert areas(committed) == 0
    assert state(committed, job_id).status == "WAITING"
    workers.start()
    job = until(lambda: (j := state(committed, job_id)).status == "DONE" and j, "the second worker's end")
    assert job.attempts == 1, "being told to stop is not counted against the job"
    assert areas(committed) == 25


@pytest.mark.long
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


@pytest.mark.long
def test_job_that_kills_its_workers_is_given_up(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "poison")
    for _ in range(jobs.MAX_ATTEMPTS):
        workers.start().wait(timeout=WAIT_S)
    workers.start()
    job = until(lambda: (j := state(committed, job_id)).status == "FAILED" and j, "giving up")
    assert job.error == {"code": "job_gave_up", "values": {"attempts": jobs.MAX_ATTEMPTS}}


@pytest.mark.long
def test_running_job_is_no_orphan(committed: Database, workers: Workers) -> None:
    job_id = put(committed, "slow_insert", rows=30, pause=0.2)
    workers.start()
    until(lambda: state(committed, job_id).progress_done > 20, "some seconds of work")
    assert upkeep.recover_orphans(committed) == []
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

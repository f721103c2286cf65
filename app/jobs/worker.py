"""The worker process: ``python -m app.jobs.worker``.

Stops cleanly on SIGTERM and SIGINT: running jobs are undone at their next step and wait for the next worker. Jobs whose
worker was killed are found by their free advisory lock and brought back within seconds.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import signal
import sys
import threading

import procrastinate
import sqlalchemy as sa

from app.db import Database, upload_dir
from app.jobs import runner
from app.jobs.cutting import cut_all_works
from app.jobs.progress import Interrupted, StopsWith
from app.jobs.queue import LOCK_CLASS, QUEUE, TASK, application
from app.jobs.sealing import seal_log
from app.queries.rasters import raster_dir
from app.services import duplicates
from app.services.attachment_files import attachment_dir, sweep
from app.services.budget_rollup import compact_budget, compact_funnel
from app.services.coordinate_checks import check_coordinates, is_due
from app.services.imports.receiving import sweep_uploads
from app.services.rasters import sweep as sweep_rasters
from app.settings import Settings

log = logging.getLogger(__name__)

CONCURRENCY = 2
HEARTBEAT_S = 5.0
STALLED_S = 30.0
LOOK_FOR_ORPHANS_EVERY_S = 3.0
COMPACT_BUDGET_EVERY_S = 20.0
CUT_WORKS_EVERY_S = 30.0
SEAL_LOG_EVERY_S = 60.0
LOOK_FOR_NIGHT_EVERY_S = 600.0
SWEEP_PICTURES_EVERY_S = 6 * 3600.0
RETRY_WAIT_S = 2
GRACE_S = 20.0

# In 'doing', nobody holds the job's lock, and not started in this very moment (between fetching and locking).
ORPHANS = """
UPDATE procrastinate_jobs j SET status = 'todo', worker_id = NULL, attempts = attempts + 1
WHERE j.status = 'doing' AND j.task_name = :task
  AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started'
                  AND e.at > clock_timestamp() - interval '3 seconds')
  AND NOT EXISTS (SELECT FROM pg_locks l
                  WHERE l.locktype = 'advisory' AND l.classid::bigint = :class
                    AND l.objid::bigint = (j.args->>'job_id')::bigint
                    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
RETURNING (j.args->>'job_id')::bigint
"""


def recover_orphans(database: Database) -> list[int]:
    """Put jobs whose worker died back into the queue.

    Returns
    -------
    list of int
        Their numbers. The rows of ``background_job`` are left alone: the next start counts the attempt.
    """
    with database.transaction() as session:
        return list(session.scalars(sa.text(ORPHANS), {"task": TASK, "class": LOCK_CLASS}))


async def _look_for_orphans(database: Database) -> None:
    while True:
        try:
            found = await asyncio.to_thread(recover_orphans, database)
            if found:
                log.warning("jobs of a lost worker wait again: %s", found)
        except sa.exc.SQLAlchemyError:
            log.exception("could not look for orphaned jobs; trying again")
        await asyncio.sleep(LOOK_FOR_ORPHANS_EVERY_S)


async def _compact_budget(database: Database) -> None:
    while True:
        try:
            await asyncio.to_thread(_compact_once, database)
        except sa.exc.SQLAlchemyError:
            log.exception("could not fold the changes of the budget into its cells; trying again")
        await asyncio.sleep(COMPACT_BUDGET_EVERY_S)


def _compact_once(database: Database) -> None:
    with database.transaction() as session:
        compact_budget(session)
        compact_funnel(session)


async def _cut_works(database: Database, stopping: threading.Event) -> None:
    while True:
        try:
            await asyncio.to_thread(cut_all_works, database, stopping)
        except sa.exc.SQLAlchemyError:
            log.exception("could not cut works at the borders of tambons; trying again")
        await asyncio.sleep(CUT_WORKS_EVERY_S)


async def _seal_log(database: Database, settings: Settings) -> None:
    while True:
        try:
            made = await asyncio.to_thread(seal_log, database, settings)
            if made:
                # The system's log is one more place that the owner of the tables does not own.
                head, _ = made[-1]
                log.info("change log sealed: block %s %s", head.number, head.sha256)
        except (sa.exc.SQLAlchemyError, OSError):
            log.exception("could not seal the change log; trying again")
        await asyncio.sleep(SEAL_LOG_EVERY_S)


async def _check_coordinates(database: Database, stopping: threading.Event) -> None:
    while True:
        try:
            await asyncio.to_thread(_check_when_due, database, stopping)
        except Interrupted:
            return
        except sa.exc.SQLAlchemyError:
            log.exception("could not check the stored coordinates; trying again")
        await asyncio.sleep(LOOK_FOR_NIGHT_EVERY_S)


def _check_when_due(database: Database, stopping: threading.Event) -> None:
    with database.transaction() as session:
        if is_due(session):
            receipt = check_coordinates(session, progress=StopsWith(stopping))
            log.info("coordinates of %s projects checked", receipt.projects)


async def _compare_works(database: Database, stopping: threading.Event) -> None:
    while True:
        try:
            await asyncio.to_thread(_compare_when_due, database, stopping)
        except Interrupted:
            return
        except sa.exc.SQLAlchemyError:
            log.exception("could not compare the works at one place; trying again")
        await asyncio.sleep(LOOK_FOR_NIGHT_EVERY_S)


def _compare_when_due(database: Database, stopping: threading.Event) -> None:
    with database.transaction() as session:
        if duplicates.is_due(session):
            receipt = duplicates.refresh(session, StopsWith(stopping))
            log.info("%s works compared, %s pairs at one place", receipt.compared, receipt.pairs)


async def _sweep_pictures(database: Database, settings: Settings) -> None:
    while True:
        try:
            await asyncio.to_thread(_sweep_once, database, settings)
        except (sa.exc.SQLAlchemyError, OSError):
            log.exception("could not remove files that no row names; trying again")
        await asyncio.sleep(SWEEP_PICTURES_EVERY_S)


def _sweep_once(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        removed = sweep(session, attachment_dir(settings))
    if removed:
        log.info("%s picture files that no row names removed", removed)
    with database.transaction() as session:
        removed = sweep_uploads(session, upload_dir(settings))
    if removed:
        log.info("%s uploads that no import needs removed", removed)
    with database.transaction() as session:
        removed = sweep_rasters(session, raster_dir(settings))
    if removed:
        log.info("%s rasters that no row names removed", removed)


async def work(settings: Settings) -> None:
    """Fetch and run jobs until told to stop."""
    # A job's statements may take long; the limit of web requests is not theirs.
    settings = dataclasses.replace(settings, statement_timeout_ms=0)
    database = Database(settings)
    stopping = threading.Event()
    queue = application(settings)

    @queue.task(
        name=TASK,
        queue=QUEUE,
        retry=procrastinate.RetryStrategy(wait=RETRY_WAIT_S, retry_exceptions={Interrupted, runner.DatabaseLost}),
    )
    def run_background_job(job_id: int) -> None:
        runner.run(database, settings, job_id, stopping)

    async with queue.open_async():
        upkeep = [asyncio.create_task(task(database)) for task in (_look_for_orphans, _compact_budget)]
        upkeep.append(asyncio.create_task(_check_coordinates(database, stopping)))
        upkeep.append(asyncio.create_task(_compare_works(database, stopping)))
        upkeep.append(asyncio.create_task(_cut_works(database, stopping)))
        upkeep.append(asyncio.create_task(_sweep_pictures(database, settings)))
        upkeep.append(asyncio.create_task(_seal_log(database, settings)))
        worker = asyncio.create_task(
            queue.run_worker_async(
                queues=[QUEUE],
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                shutdown_graceful_timeout=GRACE_S,
                delete_jobs="successful",
                fetch_job_polling_interval=2.0,
            )
        )
        _stop_on_signals(worker, stopping)
        try:
            await worker
        except asyncio.CancelledError:
            log.info("worker stopped")
        finally:
            for task in upkeep:
                task.cancel()
            database.dispose()


def _stop_on_signals(worker: asyncio.Task[None], stopping: threading.Event) -> None:
    def stop() -> None:
        stopping.set()
        worker.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def main() -> int:
    """Entry point of ``python -m app.jobs.worker``."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    asyncio.run(work(Settings.from_environment()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

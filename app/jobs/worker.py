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
from typing import Any

import procrastinate

from app.db import Database
from app.errors import ReadOnly
from app.jobs import runner
from app.jobs.progress import Interrupted
from app.jobs.queue import QUEUE, TASK, application
from app.jobs.upkeep import DUTIES, Site, keep_up
from app.settings import Settings

log = logging.getLogger(__name__)

CONCURRENCY = 2
HEARTBEAT_S = 5.0
STALLED_S = 30.0
RETRY_WAIT_S = 2
READ_ONLY_WAIT_S = 60
GRACE_S = 20.0


class Again(procrastinate.BaseRetryStrategy):
    """What was interrupted or lost the database comes back at once, what may not write now in a minute at most."""

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> procrastinate.RetryDecision | None:
        """When the job is to be tried again; ``None`` when it is over."""
        if isinstance(exception, ReadOnly):
            return procrastinate.RetryDecision(retry_in={"seconds": min(exception.retry_after_s, READ_ONLY_WAIT_S)})
        if isinstance(exception, (Interrupted, runner.DatabaseLost)):
            return procrastinate.RetryDecision(retry_in={"seconds": RETRY_WAIT_S})
        return None


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
        retry=Again(),
    )
    def run_background_job(job_id: int) -> None:
        runner.run(database, settings, job_id, stopping)

    async with queue.open_async():
        site = Site(database, settings, stopping)
        upkeep = [asyncio.create_task(keep_up(duty, site)) for duty in DUTIES]
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

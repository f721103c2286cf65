"""What the worker does again and again beside the jobs that people ask for: one line of :data:`DUTIES` each."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import Database, upload_dir
from app.jobs.cutting import cut_all_works
from app.jobs.mailing import send_mail
from app.jobs.progress import Interrupted, StopsWith
from app.jobs.queue import LOCK_CLASS, TASK
from app.jobs.sealing import seal_log
from app.queries.rasters import raster_dir
from app.services import completeness, digests, duplicates, standing_orders
from app.services.attachment_files import attachment_dir, sweep
from app.services.budget_rollup import compact_budget, compact_funnel
from app.services.calendar import open_due_years
from app.services.coordinate_checks import check_coordinates, is_due
from app.services.imports.receiving import sweep_uploads
from app.services.questions import forget_contacts
from app.services.rasters import sweep as sweep_rasters
from app.services.subscriptions import tell_subscribers
from app.settings import Settings

log = logging.getLogger(__name__)
NIGHT_S = 600.0
"""How often to look whether the night has come."""

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


@dataclass(frozen=True)
class Site:
    """Where the worker works, and whether it has been told to stop."""

    database: Database
    settings: Settings
    stopping: threading.Event


@dataclass(frozen=True)
class Duty:
    """One thing to be done every so often.

    Parameters
    ----------
    what
        Ends the sentence "could not ...".
    every_s
        Seconds between the end of one time and the next.
    act
        Does it, in a thread of its own.
    """

    what: str
    every_s: float
    act: Callable[[Site], None]


async def keep_up(duty: Duty, site: Site) -> None:
    """Do it for as long as the worker lives; what failed is tried again the next time."""
    while True:
        try:
            await asyncio.to_thread(duty.act, site)
        except Interrupted:
            return
        except (sa.exc.SQLAlchemyError, OSError):
            log.exception("could not %s; trying again", duty.what)
        await asyncio.sleep(duty.every_s)


def recover_orphans(database: Database) -> list[int]:
    """Put jobs whose worker died back into the queue.

    Returns
    -------
    list of int
        Their numbers. The rows of ``background_job`` are left alone: the next start counts the attempt.
    """
    with database.transaction() as session:
        return list(session.scalars(sa.text(ORPHANS), {"task": TASK, "class": LOCK_CLASS}))


def _recover_orphans(site: Site) -> None:
    if found := recover_orphans(site.database):
        log.warning("jobs of a lost worker wait again: %s", found)


def _compact_sums(site: Site) -> None:
    with site.database.transaction() as session:
        compact_budget(session)
        compact_funnel(session)


def _cut_works(site: Site) -> None:
    cut_all_works(site.database, site.stopping)


def _seal_log(site: Site) -> None:
    if made := seal_log(site.database, site.settings):
        # The system's log is one more place that the owner of the tables does not own.
        head, _ = made[-1]
        log.info("change log sealed: block %s %s", head.number, head.sha256)


def _check_coordinates(site: Site) -> None:
    with site.database.transaction() as session:
        if is_due(session):
            receipt = check_coordinates(session, progress=StopsWith(site.stopping))
            log.info("coordinates of %s projects checked", receipt.projects)


def _compare_works(site: Site) -> None:
    with site.database.transaction() as session:
        if duplicates.is_due(session):
            receipt = duplicates.refresh(session, StopsWith(site.stopping))
            log.info("%s works compared, %s pairs at one place", receipt.compared, receipt.pairs)


def _count_completeness(site: Site) -> None:
    """A transaction a batch, as many as it takes: whoever writes meanwhile is counted in the next one."""
    counted = completeness.BATCH
    while counted == completeness.BATCH and not site.stopping.is_set():
        with site.database.transaction() as session:
            counted = completeness.refresh(session)


def _send_mail(site: Site) -> None:
    if count := send_mail(site.database, site.settings, site.stopping):
        log.info("%s mails sent", count)


def _write_digests(site: Site) -> None:
    """A transaction a batch: whoever is written to once is thought of for the day."""
    people = digests.BATCH
    while people == digests.BATCH and not site.stopping.is_set():
        with site.database.transaction() as session:
            people, _posted = digests.send_digests(session, site.settings)


def _tell_subscribers(site: Site) -> None:
    """Nothing is told while nobody has said where the site is: a link without its beginning leads nowhere."""
    with site.database.transaction() as session:
        forget_contacts(session)
        if site.settings.public_url:
            told = tell_subscribers(session, secret_key=site.settings.secret_key, site=site.settings.public_url)
            if told.mails:
                log.info("news of places for %s subscribers", told.mails)


def _open_calendar(site: Site) -> None:
    with site.database.transaction() as session:
        if opened := open_due_years(session):
            log.info("calendar opened for the fiscal years %s", opened)


def _order_files(site: Site) -> None:
    with site.database.transaction() as session:
        if due := standing_orders.enqueue_due(session):
            log.info("%s files of standing orders are due", len(due))


def _sweep_files(site: Site) -> None:
    sweeps: tuple[tuple[str, Callable[[Session], int]], ...] = (
        ("picture files", lambda session: sweep(session, attachment_dir(site.settings))),
        ("uploads", lambda session: sweep_uploads(session, upload_dir(site.settings))),
        ("rasters", lambda session: sweep_rasters(session, raster_dir(site.settings))),
        ("files of standing orders", lambda session: standing_orders.sweep(session, site.settings)),
    )
    for kind, remove in sweeps:
        with site.database.transaction() as session:
            removed = remove(session)
        if removed:
            log.info("%s %s that no row names removed", removed, kind)


DUTIES = (
    Duty("look for orphaned jobs", 3.0, _recover_orphans),
    Duty("fold the changes of the budget into its cells", 20.0, _compact_sums),
    Duty("count what is entered", 5.0, _count_completeness),
    Duty("open the calendar of the fiscal year", 3600.0, _open_calendar),
    Duty("send the mail", 10.0, _send_mail),
    Duty("write the digests of the day", 120.0, _write_digests),
    Duty("tell those who follow a place", 900.0, _tell_subscribers),
    Duty("cut works at the borders of tambons", 30.0, _cut_works),
    Duty("seal the change log", 60.0, _seal_log),
    Duty("check the stored coordinates", NIGHT_S, _check_coordinates),
    Duty("compare the works at one place", NIGHT_S, _compare_works),
    Duty("order the files that are due", 60.0, _order_files),
    Duty("remove files that no row names", 6 * 3600.0, _sweep_files),
)

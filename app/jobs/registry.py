"""Which function does which kind of job: one thin handler per service call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from app.auth.actor import Actor
from app.db import Attribution, Database
from app.services.jobs import Progress
from app.settings import Settings

MODULES = (
    "app.jobs.imports",
    "app.jobs.exports",
    "app.jobs.checks",
    "app.jobs.matching",
    "app.jobs.prints",
    "app.jobs.reports",
    "app.jobs.rasters",
    "app.jobs.extents",
    "app.jobs.evaluations",
    "app.jobs.standing_orders",
)


@dataclass(frozen=True)
class JobRun:
    """What a handler gets.

    Parameters
    ----------
    actor
        The person who asked, with what they may do now (not what they might when they asked).
    attribution
        For ``database.transaction(...)``; on-behalf marking is the handler's, from its own data.
    """

    job_id: int
    kind: str
    parameters: Mapping[str, Any]
    actor: Actor
    attribution: Attribution
    database: Database
    settings: Settings
    progress: Progress


Handler = Callable[[JobRun], Mapping[str, Any]]
_HANDLERS: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for jobs of ``kind``; what it returns is the job's ``result``.

    A handler must be idempotent: a worker that is killed leaves the job to be run again from the start.
    """

    def register(function: Handler) -> Handler:
        _HANDLERS[kind] = function
        return function

    return register


def find(kind: str) -> Handler:
    """The handler of a kind of job.

    Raises
    ------
    KeyError
        No module of :data:`MODULES` registers it.
    """
    for module in MODULES:
        import_module(module)
    return _HANDLERS[kind]

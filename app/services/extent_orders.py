"""Extents ordered of a raster: outlined by the worker with nothing of the database held, written down at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.models import BackgroundJob
from app.models.raster import HazardExtent
from app.services import jobs
from app.services.extents import ExtentForm, raster_to_outline

KIND = "extent_outline"
"""Kind of background job."""
STEP = "extent_step_outlining"


@dataclass(frozen=True)
class ExtentOrder:
    """What a job has to make: the ground where a raster's values are ``threshold`` or more."""

    raster: str
    threshold: float
    form: ExtentForm


def enqueue(session: Session, actor: Actor, order: ExtentOrder, title: str) -> int:
    """The job that makes an extent, in the caller's transaction.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        Everything that can be told before the raster is read; see :func:`app.services.extents.raster_to_outline`.
    """
    raster_to_outline(session, actor, order.raster, order.form)
    return jobs.enqueue(session, KIND, title, _plain(order), actor).id


def order_from(parameters: Mapping[str, Any]) -> ExtentOrder:
    """The order of a job."""
    form = dict(parameters["form"])
    form["as_of"] = date.fromisoformat(form["as_of"]) if form["as_of"] else None
    return ExtentOrder(parameters["raster"], float(parameters["threshold"]), ExtentForm(**form))


def ordered(session: Session, job_id: int) -> ExtentOrder | None:
    """What was ordered of a job of this kind, for the form that is shown again when it failed."""
    job = session.get(BackgroundJob, job_id)
    return order_from(job.parameters) if job is not None and job.kind == KIND else None


def name_of(job_id: int) -> str:
    """Name of the extent of a job: a job that is run again finds what it made before."""
    return f"extent-job-{job_id}"


def is_made(session: Session, name: str) -> bool:
    """True when the job has done its work, whatever became of the extent since."""
    return bool(session.scalar(sa.select(sa.exists().where(HazardExtent.name == name))))


def _plain(order: ExtentOrder) -> dict[str, Any]:
    found = asdict(order)
    found["form"]["as_of"] = order.form.as_of.isoformat() if order.form.as_of else None
    return found

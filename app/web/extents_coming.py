"""Extents on their way: what the page of exposure tells of jobs that make them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import NotFound
from app.queries.jobs import JobView, get_job
from app.services import jobs
from app.services.extent_orders import KIND, ordered
from app.web.context import language
from app.web.jobs import job_json


def coming_extents(session: Session, actor: Actor, job_id: int | None) -> dict[str, Any]:
    """The actor's jobs that run, and the one of the address.

    Returns
    -------
    dict
        ``done``: where the result of the job of the address is; else ``jobs`` to be shown, and ``said`` for the form
        when that job failed.
    """
    asked = _job(session, actor, job_id)
    if asked is not None and asked.status == "DONE" and asked.result:
        return {"done": str(asked.result["url"])}
    numbers = jobs.unfinished(session, actor, KIND)
    found = [job for number in numbers if (job := get_job(session, number)) is not None]
    made: dict[str, Any] = {}
    if asked is not None and not asked.running:
        found.insert(0, asked)
        made["said"] = _said(session, asked.id)
    return {**made, "jobs": [{**job_json(job, language()), "running": job.running} for job in found]}


def _job(session: Session, actor: Actor, job_id: int | None) -> JobView | None:
    try:
        job = jobs.visible_job(session, actor, job_id) if job_id is not None else None
    except NotFound:
        return None
    return job if job is not None and job.kind == KIND else None


def _said(session: Session, job_id: int) -> dict[str, Any]:
    order = ordered(session, job_id)
    if order is None:
        return {}
    form = order.form
    return {
        "title": form.title,
        "raster": order.raster,
        "threshold": f"{order.threshold:g}",
        "organisation": form.organisation_code or "",
        "source": form.source or "",
        "as_of": form.as_of.isoformat() if form.as_of else "",
        "open_to_all": form.open_to_all,
    }

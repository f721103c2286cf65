"""Background jobs: their list, one of them, cancelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template

from app.messages import Language, sentence
from app.queries.jobs import JobView
from app.services import jobs
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.errors import problem_lines
from app.web.paging import CURSOR, newest_first, page_of
from app.web.params import integer_schema, whole_number
from gis.problems import Problem

blueprint = Blueprint("jobs", __name__)

_NULLABLE_INTEGER: Mapping[str, Any] = {"type": ["integer", "null"]}
JOB_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "kind": {"type": "string"},
        "title": {"type": "string"},
        "status": {"enum": ["WAITING", "RUNNING", "DONE", "FAILED", "CANCELLED"]},
        "progress_done": {"type": "integer"},
        "progress_total": _NULLABLE_INTEGER,
        "progress_step": {"type": ["string", "null"]},
        "remaining_seconds": _NULLABLE_INTEGER,
        "result": {"type": ["object", "null"]},
        "error": {"type": ["object", "null"]},
        "cancel_requested": {"type": "boolean"},
        "created_at": {"type": "string", "format": "date-time"},
        "finished_at": {"type": ["string", "null"], "format": "date-time"},
    },
    "required": ["id", "kind", "title", "status", "progress_done", "progress_total"],
}


def job_json(job: JobView, language: Language) -> dict[str, Any]:
    """A job as programs get it: its step and its error in words."""
    return {
        "id": job.id,
        "kind": job.kind,
        "title": job.title,
        "status": job.status,
        "progress_done": job.progress_done,
        "progress_total": job.progress_total,
        "progress_step": sentence(job.progress_step, {}, language) if job.progress_step else None,
        "percent": job.percent,
        "remaining_seconds": job.remaining_seconds,
        "result": job.result,
        "error": _error_json(job.error, language),
        "cancel_requested": job.cancel_requested,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def _error_json(error: Mapping[str, Any] | None, language: Language) -> dict[str, Any] | None:
    if error is None:
        return None
    problems = [Problem(p["code"], p["level"], p["where"], p["values"]) for p in error.get("problems", ())]
    first = problem_lines([Problem(error["code"], values=error["values"])], language)[0]
    return {
        "code": error["code"],
        "message": first["message"],
        "fix": first["fix"],
        "errors": problem_lines(problems, language),
    }


@api_route(
    blueprint,
    "/api/v1/jobs",
    access=Access.SIGNED_IN,
    params=(
        Param("limit", whole_number(1, 200), integer_schema(1, 200), "Jobs on a page", 50),
        CURSOR,
    ),
    summary="My background jobs, newest first",
    response=page_of(JOB_SCHEMA),
)
def list_(limit: int, cursor: int | None) -> dict[str, Any]:
    """List of one's own jobs."""
    return newest_first("/api/v1/jobs", limit, cursor, visible=jobs.visible_jobs, as_json=job_json)


@api_route(
    blueprint,
    "/api/v1/jobs/<int:job_id>",
    access=Access.SIGNED_IN,
    summary="One background job",
    response=JOB_SCHEMA,
)
def one(job_id: int) -> dict[str, Any]:
    """Progress of one job; asked once a second while it runs."""
    here = current()
    with here.database.reading() as session:
        return job_json(jobs.visible_job(session, here.actor, job_id), here.language)


@api_route(
    blueprint,
    "/api/v1/jobs/<int:job_id>/cancel",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Ask a job to stop; what it has done is undone",
    response=JOB_SCHEMA,
)
def cancel(job_id: int) -> dict[str, Any]:
    """Cancel."""
    here = current()
    with here.database.transaction() as session:
        return job_json(jobs.cancel(session, here.actor, job_id), here.language)


@page_route(blueprint, "/jobs", access=Access.SIGNED_IN)
def page() -> str:
    """งานเบื้องหลัง."""
    here = current()
    with here.database.reading() as session:
        found = jobs.visible_jobs(session, here.actor)
    return render_template("jobs/list.html", jobs=[job_json(job, here.language) for job in found])

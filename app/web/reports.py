"""GIS reports: choosing what is in one, ordering it, and taking its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.errors import InvalidInput, NotFound
from app.queries.areas import area_names
from app.queries.jobs import JobView
from app.queries.project_filter import ProjectFilter
from app.services import exports, jobs
from app.services.gis_reports import orders
from app.services.gis_reports.orders import MEDIA_TYPES, MOST, WITH_SHEETS, ReportOrder
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.exports import sent_file
from app.web.filters import file_size
from app.web.jobs import JOB_SCHEMA, job_json
from app.web.page_forms import go, refusals
from app.web.params import choice, string_schema, text_q
from app.web.place_filters import check_places
from app.web.project_list import area_label, filter_choices, own_filter, removable_chips
from app.web.project_params import FILTER_NAMES, FILTER_PARAMS, filter_of, query_of
from gis.thai import format_thai_date

blueprint = Blueprint("reports", __name__)

CODES = Param("project", text_q, string_schema(maxLength=60), "Codes of projects: only these", (), many=True)
FORMAT = Param("format", choice(*MOST), string_schema(enum=list(MOST)), "Form of the report", "pdf")
_JOB = {"type": "object", "required": ["job"], "properties": {"job": JOB_SCHEMA}}
_FILE = {"type": "string", "format": "binary"}
_ORDERS_SHOWN = 5
_SELECTS = ("area", "organisation")


@page_route(blueprint, "/reports", access=Access.SIGNED_IN, params=(*FILTER_PARAMS, CODES))
def page(project: tuple[str, ...], **values: Any) -> Response:
    """What a report would hold, and its forms; a bare address begins with the person's own place."""
    narrowed = filter_of(values)
    if not request.args:
        narrowed = own_filter(current().actor)
    return _page(narrowed, project, [])


@page_route(blueprint, "/reports", methods=("POST",), access=Access.SIGNED_IN, params=(*FILTER_PARAMS, CODES))
def order(project: tuple[str, ...], **values: Any) -> Response:
    """Order one; beside the form it shows how far it is."""
    narrowed, format_ = filter_of(values), request.form.get("format", "")
    if format_ not in MOST:
        return _page(narrowed, project, [{"message": _("เลือกรูปแบบของรายงาน"), "fix": "", "field": "format"}], 422)
    context = current()
    try:
        with context.database.transaction(attribution()) as session:
            wanted = _wanted(session, narrowed, project, format_, request.form.get("title", ""))
            job_id = orders.enqueue(session, context.actor, wanted).id
    except InvalidInput as error:
        return _page(narrowed, project, refusals(error), 422)
    flash(_("กำลังทำรายงาน เสร็จแล้วดาวน์โหลดได้ที่หน้านี้"))
    return go(f"{url_for('reports.page')}?{_query(narrowed, project)}#job-{job_id}")


@api_route(
    blueprint,
    "/api/v1/reports",
    method="POST",
    access=Access.SIGNED_IN,
    params=(*FILTER_PARAMS, CODES, FORMAT),
    summary="Order a GIS report of the projects that the filters leave, as a background job",
    response=_JOB,
    status=202,
)
def order_by_program(project: tuple[str, ...], format: str, **values: Any) -> Any:
    """The job that makes the report."""
    context = current()
    with context.database.transaction(attribution()) as session:
        wanted = _wanted(session, filter_of(values), project, format, "")
        job_id = orders.enqueue(session, context.actor, wanted).id
        job = jobs.visible_job(session, context.actor, job_id)
    return {"job": job_json(job, context.language)}, 202, {"Location": f"/api/v1/jobs/{job_id}"}


@api_route(
    blueprint,
    "/api/v1/reports/<int:job_id>/file",
    access=Access.SIGNED_IN,
    summary="File of a finished report",
    response={"content": {media_type.split(";")[0]: _FILE for media_type in MEDIA_TYPES.values()}},
)
def report_file(job_id: int) -> Response:
    """The file that a job has made, for its owner."""
    context = current()
    with context.database.reading() as session:
        job = jobs.visible_job(session, context.actor, job_id)
    if job.kind != orders.KIND or not job.result:
        raise NotFound("export_not_done", {"job": job_id})
    path = exports.kept_file(context.settings, str(job.result["file"]))
    return sent_file(path, str(job.result["name"]), str(job.result["format"]))


def _wanted(session: Session, narrowed: ProjectFilter, codes: tuple[str, ...], format_: str, title: str) -> ReportOrder:
    words = _words(session, narrowed, codes)
    filters = {
        field.name: _plain(getattr(narrowed, field.name))
        for field in fields(ProjectFilter)
        if getattr(narrowed, field.name) not in (None, (), "")
    }
    title = title.strip()[:200] or _("รายงาน GIS %(what)s", what=" ".join(words[:3]) or _("ทุกโครงการ"))
    address = f"{request.host_url}reports?{_query(narrowed, codes)}".rstrip("?")
    return ReportOrder(format_, filters, codes, title, tuple(words), address, current().request_id)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _query(narrowed: ProjectFilter, codes: tuple[str, ...]) -> str:
    """Of the same choice; a place of nowhere is said, so that it is not the own one."""
    query = query_of(narrowed, **({"project": ",".join(codes)} if codes else {}))
    return query or "area="


def _words(session: Session, narrowed: ProjectFilter, codes: tuple[str, ...]) -> list[str]:
    chips = removable_chips(session, replace(narrowed, area=()), "newest")
    words = [area_label(area) for area in area_names(session, narrowed.area).values()]
    words += [str(chip.label) for chip in chips]
    quick = {"road": _("ถนน"), "water": _("แหล่งน้ำ"), "other": _("อื่น ๆ")}
    words += [str(quick[kind]) for kind in narrowed.kind]
    words += [f"“{narrowed.q}”"] if narrowed.q else []
    return words + list(codes[:3])


def _page(
    narrowed: ProjectFilter, codes: tuple[str, ...], problems: list[dict[str, Any]], status: int = 200
) -> Response:
    context = current()
    require(context.actor, EXPORT, NATION)
    with context.database.reading() as session:
        data = _page_values(session, context.actor, narrowed, codes)
    html = render_template("reports/page.html", **data, problems=problems)
    return Response(html, status=status, mimetype="text/html")


def _page_values(session: Session, actor: Actor, narrowed: ProjectFilter, codes: tuple[str, ...]) -> Mapping[str, Any]:
    check_places(session, narrowed.area, narrowed.organisation)
    count = orders.count_of(session, actor, ReportOrder("pdf", _given(narrowed), codes))
    return {
        "narrowed": narrowed,
        "codes": codes,
        "count": count,
        "most": MOST,
        "with_sheets": WITH_SHEETS,
        "orders": _orders(session, actor),
        "query": _query(narrowed, codes),
        "words": _words(session, narrowed, codes),
        "choices": filter_choices(session, actor, narrowed, "newest"),
        "selects": _SELECTS,
        "held": [name for name in FILTER_NAMES if name not in (*_SELECTS, "fiscal_year", "kind", "status")],
    }


def _orders(session: Session, actor: Actor) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """The person's latest reports, and of their files how large they are and until when they are kept."""
    found = [job for job in jobs.visible_jobs(session, actor) if job.kind == orders.KIND][:_ORDERS_SHOWN]
    return [(job_json(job, current().language), _kept(job)) for job in found]


def _kept(job: JobView) -> dict[str, Any] | None:
    if not job.result or job.finished_at is None:
        return None
    until = job.finished_at + timedelta(days=exports.KEPT_DAYS)
    size = file_size(int(job.result.get("bytes", 0)))
    about = _("%(size)s เก็บถึง %(day)s", size=size, day=format_thai_date(until.date()))
    return {"expired": until < datetime.now(UTC), "days": exports.KEPT_DAYS, "about": about}


def _given(narrowed: ProjectFilter) -> dict[str, Any]:
    return {field.name: getattr(narrowed, field.name) for field in fields(ProjectFilter)}

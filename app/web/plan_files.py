"""Forms and announcements of a plan as files: XLSX to work in, PDF to print."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from flask import Blueprint, Response, request, url_for

from app.errors import NotFound
from app.queries.codelists import code_list
from app.queries.plan_forms import SUMMARY, SUMMARY_SLUG
from app.queries.plan_sheet import plan_sheet, plan_summary
from app.services import exports, jobs, print_orders, printing
from app.services.plan_workbook import writing
from app.services.plan_workbook.writing import file_stem, write_form, write_summary
from app.services.print_orders import ACTIONS, ANNOUNCEMENT, FORM, PrintOrder
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.errors import TooLarge
from app.web.jobs import job_json
from app.web.json import json_response
from app.web.page_forms import go
from app.web.params import choice, string_schema
from app.web.plan_forms import OF, found_form
from app.web.plans import VERSION, found_version
from gis.thai import ZONE

blueprint = Blueprint("plan_files", __name__)

MEDIA_TYPES = {"xlsx": writing.MEDIA_TYPE, "pdf": printing.MEDIA_TYPE}
FORMAT = Param("format", choice("xlsx", "pdf"), string_schema(enum=["xlsx", "pdf"]), "Format of the file", "xlsx")
PAPER = Param("paper", choice("a4", "a3"), string_schema(enum=["a4", "a3"]), "Paper, landscape", "a4")
_FILE = {"type": "string", "format": "binary"}


@api_route(
    blueprint,
    f"{VERSION}/forms/<slug>/file",
    access=Access.PUBLIC,
    params=(FORMAT, PAPER, OF),
    summary="A form of a version in its official layout: XLSX (can be sent back) or PDF; 202 with a background job when"
    f" it has more than {print_orders.DIRECT_ROWS} printed rows",
    response={"content": {media_type: _FILE for media_type in MEDIA_TYPES.values()}},
)
def form_file(version_id: int, slug: str, format: str, paper: str, of: str) -> Response:
    """p01 is the summary of the form named by ``of``."""
    if format == "pdf":
        # What a person opens in a browser: it stands in the foot of the sheets.
        page = url_for("plan_pages.sheet_page", version_id=version_id, slug=slug, of=None if of == "p02" else of)
        return pdf_answer(PrintOrder(FORM, version_id, slug, of, paper, _address(page), current().request_id))
    now = datetime.now(ZONE)
    with current().database.reading() as session:
        head, held = found_version(session, version_id)
        if slug == SUMMARY_SLUG:
            code, content = SUMMARY, write_summary(plan_summary(session, head, held, found_form(of)), now, paper=paper)
        else:
            sheet = plan_sheet(session, head, held, found_form(slug))
            code = sheet.form.code
            content = write_form(sheet, code_list(session, "budget_programme"), now, paper=paper)
    return file_answer(content, file_stem(code, head, held), format)


@api_route(
    blueprint,
    f"{VERSION}/announcement",
    access=Access.PUBLIC,
    params=(PAPER,),
    summary="The announcement of a version with every change before and after, as PDF; 202 with a background job when"
    " it is long",
    response={"content": {printing.MEDIA_TYPE: _FILE}},
)
def announcement(version_id: int, paper: str) -> Response:
    """Against the version in force before it."""
    address = _address(url_for("plan_pages.version_page", version_id=version_id))
    receipt = current().request_id
    return pdf_answer(PrintOrder(ANNOUNCEMENT, version_id, paper=paper, address=address, receipt=receipt))


@api_route(
    blueprint,
    "/api/v1/prints/<int:job_id>/file",
    access=Access.SIGNED_IN,
    summary="PDF of a finished printing job",
    response={"content": {printing.MEDIA_TYPE: _FILE}},
)
def printed_file(job_id: int) -> Response:
    """The file that a job has made, for its owner."""
    context = current()
    with context.database.reading() as session:
        job = jobs.visible_job(session, context.actor, job_id)
    if job.kind != print_orders.KIND or not job.result:
        raise NotFound("export_not_done", {"job": job_id})
    path = exports.kept_file(context.settings, str(job.result["file"]))
    return file_answer(path.read_bytes(), str(job.result["name"]).removesuffix(".pdf"), "pdf")


def actions_pdf(action_plan_id: int, slug: str, paper: str) -> Response:
    """A form of an action plan as PDF, or the job that prints it."""
    page = url_for("action_plan_pages.action_sheet_page", action_plan_id=action_plan_id, action_slug=slug)
    address = _address(page)
    return pdf_answer(PrintOrder(ACTIONS, action_plan_id, slug, "p02", paper, address, current().request_id))


def pdf_answer(wanted: PrintOrder) -> Response:
    """A short page as PDF at once; a long one as the job that prints it: a person is taken there, a program told.

    Raises
    ------
    TooLarge
        ``print_too_large`` for a visitor, who has no jobs.
    """
    context = current()
    with context.database.reading() as session:
        laid_out = print_orders.laid_out(session, context.actor, wanted)
    if laid_out.short:
        # Nothing of the database is held while the printer works.
        return file_answer(print_orders.printed(context.settings, laid_out), laid_out.stem, "pdf")
    if not context.actor.signed_in:
        raise TooLarge("print_too_large", {"rows": len(laid_out.page.rows), "limit": print_orders.DIRECT_ROWS})
    with context.database.transaction(attribution()) as session:
        job_id = print_orders.enqueue(session, context.actor, wanted, f"{laid_out.stem}.pdf")
        job = jobs.visible_job(session, context.actor, job_id)
    if "text/html" in request.headers.get("Accept", ""):
        return go(url_for("jobs.page", _anchor=f"job-{job_id}"))
    answer = json_response({"job": job_json(job, context.language)}, 202)
    answer.headers["Location"] = f"/api/v1/jobs/{job_id}"
    return answer


def file_answer(content: bytes, stem: str, format: str) -> Response:
    """A file to keep; its name is Thai (RFC 6266 and 8187), with a plain one for the oldest programs."""
    answer = Response(content, mimetype=MEDIA_TYPES[format])
    name = quote(f"{stem}.{format}")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"plan.{format}\"; filename*=UTF-8''{name}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _address(path: str) -> str:
    return request.host_url.rstrip("/") + path

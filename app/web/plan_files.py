"""Forms and announcements of a plan as files: XLSX to work in, PDF to print."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from app.queries.codelists import code_list
from app.queries.plan_compare import base_of, compare_versions
from app.queries.plan_forms import SUMMARY, SUMMARY_SLUG
from app.queries.plan_sheet import plan_sheet, plan_summary
from app.queries.plans import strategies_of, versions_of
from app.services import printing
from app.services.plan_print import Page, Printing, announcement_page, form_page, page_html, summary_page
from app.services.plan_workbook import writing
from app.services.plan_workbook.labels import Labels, choice_labels
from app.services.plan_workbook.writing import file_stem, write_form, write_summary
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.params import choice, string_schema
from app.web.plan_forms import OF, found_form
from app.web.plans import VERSION, found_version

blueprint = Blueprint("plan_files", __name__)

MEDIA_TYPES = {"xlsx": writing.MEDIA_TYPE, "pdf": printing.MEDIA_TYPE}
FORMAT = Param("format", choice("xlsx", "pdf"), string_schema(enum=["xlsx", "pdf"]), "Format of the file", "xlsx")
PAPER = Param("paper", choice("a4", "a3"), string_schema(enum=["a4", "a3"]), "Paper, landscape", "a4")
_FILE = {"type": "string", "format": "binary"}
_BANGKOK = ZoneInfo("Asia/Bangkok")


@api_route(
    blueprint,
    f"{VERSION}/forms/<slug>/file",
    access=Access.PUBLIC,
    params=(FORMAT, PAPER, OF),
    summary="A form of a version in its official layout: XLSX (can be sent back) or PDF",
    response={"content": {media_type: _FILE for media_type in MEDIA_TYPES.values()}},
)
def form_file(version_id: int, slug: str, format: str, paper: str, of: str) -> Response:
    """p01 is the summary of the form named by ``of``."""
    context, print_as = current(), print_order(paper, f"/api/v1/plan-versions/{version_id}/forms/{slug}")
    page: Page
    with context.database.reading() as session:
        head, held = found_version(session, version_id)
        if slug == SUMMARY_SLUG:
            code, summary = SUMMARY, plan_summary(session, head, held, found_form(of))
            content = write_summary(summary, print_as.as_of, paper=paper) if format == "xlsx" else b""
            page = summary_page(summary, print_as)
        else:
            sheet = plan_sheet(session, head, held, found_form(slug))
            code, programmes = sheet.form.code, code_list(session, "budget_programme")
            content = write_form(sheet, programmes, print_as.as_of, paper=paper) if format == "xlsx" else b""
            page = form_page(sheet, choice_labels(sheet.strategies, programmes), print_as)
    # Nothing of the database is held while the printer works.
    return file_answer(content or printed(page), file_stem(code, head, held), format)


@api_route(
    blueprint,
    f"{VERSION}/announcement",
    access=Access.PUBLIC,
    params=(PAPER,),
    summary="The announcement of a version with every change before and after, as PDF",
    response={"content": {printing.MEDIA_TYPE: _FILE}},
)
def announcement(version_id: int, paper: str) -> Response:
    """Against the version in force before it."""
    with current().database.reading() as session:
        head, held = found_version(session, version_id)
        differences = compare_versions(session, base_of(versions_of(session, head.id), held), held.id)
        labels = labels_of(session, head.id)
        print_as = print_order(paper, f"/api/v1/plan-versions/{version_id}/comparison")
        page = announcement_page(head, held, differences, labels, print_as)
    return file_answer(printed(page), file_stem("ประกาศ", head, held), "pdf")


def printed(page: Page) -> bytes:
    """A page as PDF."""
    return printing.print_page(page_html(page), tagged=page.tagged)


def labels_of(session: Session, plan_id: int) -> Labels:
    """Words for the codes in the forms of a plan."""
    return choice_labels(strategies_of(session, plan_id), code_list(session, "budget_programme"))


def file_answer(content: bytes, stem: str, format: str) -> Response:
    """A file to keep; its name is Thai (RFC 6266 and 8187), with a plain one for the oldest programs."""
    answer = Response(content, mimetype=MEDIA_TYPES[format])
    name = quote(f"{stem}.{format}")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"plan.{format}\"; filename*=UTF-8''{name}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def print_order(paper: str, path: str) -> Printing:
    """Who prints what now, with the address where the same is to be seen."""
    address: Any = request.host_url.rstrip("/") + path
    return Printing(datetime.now(_BANGKOK), address, current().request_id, paper)

"""The funnel from plan to last payment: one answer for programs, files and the page."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, render_template, request

from app.auth.policy import visibility
from app.queries.funnel import Funnel
from app.queries.project_filter import STAGES
from app.services.exports import export_dir
from app.services.funnel_file import FORMATS, write_funnel
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.exports import sent_file
from app.web.funnel_page import file_lines, file_titles, page_title, page_values
from app.web.funnel_request import PAGE_PARAMS, PARAMS, FunnelView, ListAddresses, asked_from, funnel_view
from app.web.params import choice, string_schema
from gis.writers import MEDIA_TYPES

blueprint = Blueprint("funnel", __name__)

_NUMBER_OR_NULL = {"type": ["number", "null"]}
_FIGURES = {
    "type": "object",
    "description": "Figures by stage; a stage that is not for the eyes that ask is null",
    "properties": {
        stage: {
            "type": ["object", "null"],
            "properties": {
                "project_count": {"type": "integer"},
                "baht": {"type": "number"},
                "percent_of_plan": _NUMBER_OR_NULL,
                "percent_of_step": _NUMBER_OR_NULL,
                "percent_of_plan_baht": _NUMBER_OR_NULL,
                "percent_of_step_baht": _NUMBER_OR_NULL,
                "projects": {"type": "string", "description": "Address of the list with these projects"},
            },
        }
        for stage in STAGES
    },
}
FUNNEL_SCHEMA = {
    "type": "object",
    "properties": {
        "group_by": {"type": "string"},
        "at_quarter": {"type": ["integer", "null"]},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": ["string", "null"]},
                    "name": {"type": "string"},
                    "stages": _FIGURES,
                },
                "required": ["code", "name", "stages"],
            },
        },
        "total": _FIGURES,
        "years": {"type": "array", "items": {"type": "integer"}},
        "data_as_of": {"type": ["string", "null"], "format": "date-time"},
    },
    "required": ["group_by", "at_quarter", "rows", "total", "years"],
}


@api_route(
    blueprint,
    "/api/v1/funnel",
    access=Access.PUBLIC,
    params=PARAMS,
    summary="Project-years and baht in each stage from plan to last payment, by group, with the total",
    response=FUNNEL_SCHEMA,
)
def funnel_api(**values: Any) -> dict[str, Any]:
    """Rows of a grouping; the public sees the stages from the approval on."""
    context = current()
    with context.database.reading() as session:
        view = funnel_view(session, asked_from(values), visibility(context.actor))
    return _json(view, context.language)


FORMAT = Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "xlsx")
_FILE = {"type": "string", "format": "binary"}


@api_route(
    blueprint,
    "/api/v1/funnel/file",
    access=Access.PUBLIC,
    params=(*PARAMS, FORMAT),
    summary="The same rows as a table to take away",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}},
)
def funnel_file(format: str, **values: Any) -> Response:
    """The table of a view, to take away."""
    context = current()
    path = export_dir(context.settings) / f"funnel-{secrets.token_hex(12)}.{format}"
    with context.database.reading() as session:
        view = funnel_view(session, asked_from(values), visibility(context.actor))
    title = page_title(view.asked)
    write_funnel(context.actor, file_lines(view), file_titles(view.asked), format, path, title=title)
    return sent_file(path, f"{title}.{format}".replace(" ", "-"), format, remove=True)


@page_route(blueprint, "/funnel", access=Access.PUBLIC, params=PAGE_PARAMS)
def funnel_page(**values: Any) -> Response:
    """The page; every filter is in the address, so a view can be sent as a link."""
    context = current()
    with context.database.reading() as session:
        found = page_values(session, values, request.args, context.actor)
    answer = Response(render_template("funnel/funnel.html", **found), mimetype="text/html")
    # A form that is sent as one chooses names its empty fields too; the address is kept fit to be sent on.
    answer.headers["HX-Push-Url"] = found["here"]
    return answer


def _json(view: FunnelView, language: str) -> dict[str, Any]:
    asked, addresses = view.asked, ListAddresses(view.asked)

    def figures(one: Funnel, code: str | None, total: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lists = addresses.of_total() if total else addresses.of_row(code)
        for stage, figure in zip(STAGES, one.figures, strict=True):
            found[stage] = figure and {
                "project_count": figure.projects,
                "baht": figure.baht,
                "percent_of_plan": one.of_plan(stage, "projects"),
                "percent_of_step": one.of_step(stage, "projects"),
                "percent_of_plan_baht": one.of_plan(stage, "baht"),
                "percent_of_step_baht": one.of_step(stage, "baht"),
                "projects": lists[stage],
            }
        return found

    return {
        "group_by": asked.group_by,
        "at_quarter": asked.at_quarter,
        "rows": [
            {"code": row.code, "name": row.name(language), "stages": figures(row.funnel, row.code)}
            for row in view.reading.rows
        ],
        "total": figures(view.reading.total, None, total=True),
        "years": list(view.years),
        "data_as_of": view.data_as_of,
    }

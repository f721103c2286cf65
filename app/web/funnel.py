"""The funnel from plan to last payment: one answer for programs, files and the page."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, render_template, request

from app.auth.policy import visibility
from app.services.exports import export_dir
from app.services.funnel_file import FORMATS, write_funnel
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.exports import sent_file
from app.web.funnel_page import file_lines, file_titles, page_title, page_values
from app.web.funnel_payload import FUNNEL_SCHEMA, funnel_json
from app.web.funnel_request import PAGE_PARAMS, PARAMS, asked_from, funnel_view
from app.web.params import choice, string_schema
from gis.writers import MEDIA_TYPES

blueprint = Blueprint("funnel", __name__)


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
    return funnel_json(view, context.language)


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

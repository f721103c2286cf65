"""The budget map: one answer for map, chart and table, and the page that shows them."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.auth.policy import visibility
from app.queries.budget import LEVELS
from app.queries.budget_shapes import budget_shapes
from app.queries.budget_table import MEASURES
from app.queries.classes import DEFAULT_CLASSES, MAX_CLASSES, METHODS, MIN_CLASSES
from app.services.budget_file import write_budget
from app.services.exports import export_dir
from app.services.place_file import FORMATS, Heading
from app.web.budget_page import page_values
from app.web.budget_payload import BUDGET_SCHEMA, SHAPES_SCHEMA, budget_json
from app.web.budget_request import asked_from, budget_view
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.exports import sent_file
from app.web.json import json_response
from app.web.params import choice, integer_schema, string_schema, whole_number
from app.web.place_filters import FILTERS, PAGE_YEARS, PARENT, YEARS, about_lines
from app.web.place_words import level_name
from gis.writers import MEDIA_TYPES

blueprint = Blueprint("budget", __name__)

PLACE = (
    Param("level", choice(*LEVELS), string_schema(enum=list(LEVELS)), "What a row is", "province"),
    PARENT,
)
CLASSING = (
    Param("measure", choice(*MEASURES), string_schema(enum=list(MEASURES)), "What is mapped", "budget"),
    Param("method", choice(*METHODS), string_schema(enum=list(METHODS)), "How values are classed", "natural_breaks"),
    Param(
        "classes",
        whole_number(MIN_CLASSES, MAX_CLASSES),
        integer_schema(MIN_CLASSES, MAX_CLASSES),
        "Classes above zero",
        DEFAULT_CLASSES,
    ),
)
PARAMS = (*PLACE, *CLASSING, YEARS, *FILTERS)

PAGE_PARAMS = (*PLACE, *CLASSING, PAGE_YEARS, *FILTERS)


@api_route(
    blueprint,
    "/api/v1/budget",
    access=Access.PUBLIC,
    params=PARAMS,
    summary="Money by area or organisation: rows, classes, total, all from one reading",
    response=BUDGET_SCHEMA,
    headers={"If-None-Match": "ETag of an earlier answer: 304 when nothing changed"},
)
def budget(**values: Any) -> Response:
    """Rows of a level under a parent, classed and ranked."""
    context = current()
    with context.database.reading() as session:
        view = budget_view(session, asked_from(values), visibility(context.actor))
    return _tagged(budget_json(view, context.language))


@api_route(
    blueprint,
    "/api/v1/budget/shapes",
    access=Access.PUBLIC,
    params=PLACE,
    summary="Outlines of the same rows, simplified for a map of that extent (GeoJSON)",
    response=SHAPES_SCHEMA,
    headers={"If-None-Match": "ETag of an earlier answer: 304 when nothing changed"},
)
def shapes(level: Any, parent: str | None) -> Response:
    """Outlines of the places of a level under a parent."""
    context = current()
    with context.database.reading() as session:
        features = budget_shapes(session, level, parent, context.language)
    return _tagged({"type": "FeatureCollection", "features": features})


FORMAT = Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "xlsx")
_FILE = {"type": "string", "format": "binary"}


@api_route(
    blueprint,
    "/api/v1/budget/file",
    access=Access.PUBLIC,
    params=(*PARAMS, FORMAT),
    summary="The same rows as a file: a spreadsheet with a place for each, or outlines for a GIS",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}},
)
def file(format: str, **values: Any) -> Response:
    """The table of a view, to take away."""
    context = current()
    path = export_dir(context.settings) / f"budget-{secrets.token_hex(12)}.{format}"
    with context.database.reading() as session:
        view = budget_view(session, asked_from(values), visibility(context.actor))
        write_budget(
            session,
            context.actor,
            view.table,
            view.asked.level,
            format,
            path,
            heading=Heading(
                _("งบประมาณราย%(level)s", level=level_name(view.asked.level)),
                about_lines(session, view.path, view.asked.narrowed, view.data_as_of, context.language),
                context.language,
            ),
            unplaced=_("ไม่ทราบ%(level)s", level=level_name(view.asked.level)),
        )
    years = "-".join(str(year) for year in view.asked.narrowed.fiscal_year) or _("ทุกปีงบ")
    name = f"{_('งบประมาณ')}-{view.asked.parent or 'TH'}-{years}.{format}".replace(" ", "-")
    return sent_file(path, name, format, remove=True)


@page_route(blueprint, "/budget", access=Access.PUBLIC, params=PAGE_PARAMS)
def budget_page(**values: Any) -> str:
    """The page; its first view is in it, so that it can be read without scripts and before they run."""
    context = current()
    with context.database.reading() as session:
        found = page_values(session, values, request.args, context.actor, context.language)
    return render_template("budget/budget.html", **found)


def _tagged(document: dict[str, Any]) -> Response:
    """JSON with an ETag of its content: a view asked for again costs no transfer."""
    answer = json_response(document)
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:24])
    answer.make_conditional(request)
    return answer

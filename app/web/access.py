"""Access of people to roads and water: one answer for programs, files and the page."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, render_template, request

from app.queries.codelists import choices
from app.services.access_file import FORMATS, PARTS, write_access
from app.services.exports import export_dir
from app.web.access_page import QUESTION, about_lines, access_json, answer, page_title, page_values, question_from
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.exports import sent_file
from app.web.params import choice, string_schema
from gis.writers import MEDIA_TYPES

blueprint = Blueprint("access", __name__)

_COUNT, _NUMBER = {"type": "integer"}, {"type": "number"}
_NUMBER_OR_NULL = {"type": ["number", "null"]}
_SUMS = {
    "people": _NUMBER,
    "people_with": _NUMBER,
    "people_without": _NUMBER,
    "people_unknown": _NUMBER,
    "villages": _COUNT,
    "villages_without": _COUNT,
    "villages_unknown": _COUNT,
    "share_with": _NUMBER_OR_NULL,
}
_OBJECTS = {"type": "array", "items": {"type": "object"}}
ACCESS_SCHEMA = {
    "type": "object",
    "properties": {
        "kind": {"type": "string"},
        "area": {"type": ["string", "null"]},
        "within_m": _NUMBER,
        "population_year_be": {"type": ["integer", "null"]},
        "data_as_of": {"type": ["string", "null"], "format": "date-time"},
        "works": _COUNT,
        "total": {"type": "object", "properties": _SUMS},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"code": {"type": "string"}, "name": {"type": "string"}, **_SUMS},
            },
        },
        "villages": {**_OBJECTS, "description": "Without access or of unknown place, the first thousand by people"},
        "water_points": {**_OBJECTS, "description": "Those that do not work first, then by likely users"},
        "notes": _OBJECTS,
    },
    "required": ["kind", "within_m", "total", "rows", "villages", "water_points", "notes"],
}
_FILE = {"type": "string", "format": "binary"}
_FILE_PARAMS = (
    Param("part", choice(*PARTS), string_schema(enum=list(PARTS)), "What a row is", "villages"),
    Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "xlsx"),
)


@api_route(
    blueprint,
    "/api/v1/access",
    access=Access.PUBLIC,
    params=QUESTION,
    summary="People with and without a road or a water source within reach, by area and village",
    response=ACCESS_SCHEMA,
)
def access_api(**values: Any) -> dict[str, Any]:
    """The public's answer counts published works only."""
    context = current()
    with context.database.reading() as session:
        return access_json(answer(session, question_from(values), context.actor), context.language)


@api_route(
    blueprint,
    "/api/v1/access/file",
    access=Access.PUBLIC,
    params=(*QUESTION, *_FILE_PARAMS),
    summary="Areas, villages or water points of the same answer as a file",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}},
)
def access_file(part: Any, format: str, **values: Any) -> Response:
    """The table of a view, to take away."""
    context, question = current(), question_from(values)
    path = export_dir(context.settings) / f"access-{secrets.token_hex(12)}.{format}"
    with context.database.reading() as session:
        view = answer(session, question, context.actor)
        about = about_lines(session, question, view, context.actor)
        types = dict(choices(session, "water_source_type", context.language))
    title, words = page_title(question), context.language
    write_access(context.actor, view, part, format, path, title=title, about=about, types=types, language=words)
    return sent_file(path, f"{title}-{question.area or 'TH'}-{part}.{format}".replace(" ", "-"), format, remove=True)


@page_route(blueprint, "/analysis/access", access=Access.PUBLIC, params=QUESTION)
def access_page(**values: Any) -> Response:
    """The page; every filter is in the address, so a view can be sent as a link."""
    context = current()
    with context.database.reading() as session:
        found = page_values(session, values, request.args, context.actor)
    answered = Response(render_template("analysis/access.html", **found), mimetype="text/html")
    answered.headers["HX-Push-Url"] = found["here"]
    return answered

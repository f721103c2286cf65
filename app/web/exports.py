"""Taking layers away as files: at once when small, as a background job when not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, url_for

from app.errors import InvalidInput, NotFound
from app.services import exports, jobs
from app.services.exports import ExportOrder
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.errors import TooLarge
from app.web.jobs import JOB_SCHEMA, job_json
from app.web.layer_filters import LEVEL
from app.web.params import Unreadable, choice, integer_schema, string_schema, whole_number
from app.web.payloads import json_object
from app.web.project_params import FILTER_PARAMS
from app.web.token_scope import note_rows
from gis.problems import Problem
from gis.writers import FORMATS, MEDIA_TYPES
from layers.registry import LAYERS

blueprint = Blueprint("exports", __name__)
_CHUNK = 256 * 1024

FORMAT = Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "geojson")
LAYER = Param("layer", choice(*LAYERS), string_schema(enum=list(LAYERS)), "Layer", "projects")
EPSG = Param("epsg", whole_number(1, 1_000_000), integer_schema(1, 1_000_000), "Coordinate system of the file", 4326)
ORDER_PARAMS = (LAYER, FORMAT, EPSG, *FILTER_PARAMS, LEVEL)
_FILE = {"type": "string", "format": "binary"}
_ANSWER = {"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}}
_JOB = {"type": "object", "required": ["job"], "properties": {"job": JOB_SCHEMA}}
_BODY: Mapping[str, Any] = {
    "type": "object",
    "required": ["layer", "format"],
    "properties": {
        "layer": LAYER.schema,
        "format": FORMAT.schema,
        "epsg": EPSG.schema,
        "filters": {"type": "object", "description": "Filters of the layer, as in the query of the list of projects"},
    },
    "additionalProperties": False,
}


@api_route(
    blueprint,
    "/api/v1/exports",
    access=Access.PUBLIC,
    params=ORDER_PARAMS,
    summary=f"File of a layer; 202 with a background job when it has more than {exports.DIRECT_ROWS} rows",
    response=_ANSWER,
)
def export(layer: str, format: str, epsg: int, **filters: Any) -> Any:
    """The file at once, or the job that makes it."""
    return _file_or_job(exports.order(layer, format, filters, epsg))


@api_route(
    blueprint,
    "/api/v1/exports",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Order a file of a layer as a background job",
    body=_BODY,
    response=_JOB,
    status=202,
)
def order_export() -> Any:
    """The job that makes the file."""
    return _job(_order(json_object()))


@api_route(
    blueprint,
    "/api/v1/exports/<int:job_id>/file",
    access=Access.SIGNED_IN,
    summary="File of a finished export",
    response=_ANSWER,
)
def exported_file(job_id: int) -> Response:
    """The file that a job has made, for its owner."""
    context = current()
    with context.database.reading() as session:
        job = jobs.visible_job(session, context.actor, job_id)
    if job.kind != "export" or not job.result:
        raise NotFound("export_not_done", {"job": job_id})
    path = exports.kept_file(context.settings, str(job.result["file"]))
    answer = sent_file(path, str(job.result["name"]), str(job.result["format"]))
    # Files that were made before results named the layer go without.
    return _with_dictionary(answer, str(job.result["layer"])) if "layer" in job.result else answer


def _file_or_job(wanted: ExportOrder) -> Any:
    context = current()
    with context.database.reading() as session:
        if exports.is_small(session, context.actor, wanted):
            path = exports.new_path(context.settings, wanted)
            note_rows(exports.write_file(session, context.actor, wanted, path).rows)
            answer = sent_file(path, wanted.file_name, wanted.format, remove=True)
            return _with_dictionary(answer, wanted.layer)
    if not context.actor.signed_in or context.actor.token is not None:
        raise TooLarge("export_too_large", {"features": exports.DIRECT_ROWS})
    return _job(wanted)


def _with_dictionary(answer: Response, layer: str) -> Response:
    """Say where it stands what the columns mean, for programs and for people (RFC 8288, as CSV on the Web does)."""
    schema = url_for("layers.schema", name=layer)
    page = url_for("open_data.dictionary_page", _anchor=f"layer-{layer}")
    answer.headers["Link"] = f'<{schema}>; rel="describedby", <{page}>; rel="describedby"; type="text/html"'
    return answer


def _job(wanted: ExportOrder) -> tuple[dict[str, Any], int, dict[str, str]]:
    context = current()
    with context.database.transaction(attribution()) as session:
        job_id = exports.enqueue(session, context.actor, wanted).id
        job = jobs.visible_job(session, context.actor, job_id)
    return {"job": job_json(job, context.language)}, 202, {"Location": f"/api/v1/jobs/{job.id}"}


_MORE = {"zip": "application/zip", "pdf": "application/pdf", "html": "text/html; charset=utf-8"}


def sent_file(path: Path, name: str, format: str, *, remove: bool = False) -> Response:
    """The file in pieces. Its name is Thai (RFC 6266 and 8187), with a plain one for the oldest programs."""
    file = path.open("rb")
    size = os.fstat(file.fileno()).st_size
    if remove:
        path.unlink()
    plain = path.name.rsplit("-", 1)[0] + path.suffix
    answer = Response(iter(lambda: file.read(_CHUNK), b""), mimetype={**MEDIA_TYPES, **_MORE}[format])
    answer.call_on_close(file.close)
    answer.headers["Content-Length"] = str(size)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _order(body: Mapping[str, Any]) -> ExportOrder:
    """The order of a body; what cannot be read is told all at once.

    Raises
    ------
    InvalidInput
        Unknown members, unreadable values.
    """
    readers = {param.name: param for param in ORDER_PARAMS}
    given = {name: body[name] for name in ("layer", "format", "epsg") if name in body}
    filters = body.get("filters") or {}
    problems = [
        Problem("export_unknown_field", where={"field": name}) for name in body if name not in _BODY["properties"]
    ]
    if not isinstance(filters, dict):
        problems.append(_unreadable("filters", filters, Unreadable("วัตถุ JSON", "a JSON object")))
        filters = {}
    values: dict[str, Any] = {"layer": LAYER.default, "format": FORMAT.default, "epsg": EPSG.default}
    for name, value in {**filters, **given}.items():
        param = readers.get(name)
        try:
            if param is None or (name in filters and name in values):
                problems.append(Problem("export_unknown_field", where={"field": name}))
            elif param.many:
                texts = value if isinstance(value, list) else str(value).split(",")
                values[name] = tuple(param.parse(str(text)) for text in texts)
            else:
                text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
                values[name] = param.parse(text.lower() if isinstance(value, bool) else text)
        except Unreadable as error:
            problems.append(_unreadable(name, value, error))
    if problems:
        raise InvalidInput(problems)
    return exports.order(values.pop("layer"), values.pop("format"), values, values.pop("epsg"))


def _unreadable(name: str, value: Any, error: Unreadable) -> Problem:
    expected = {"expected_th": error.expected_th, "expected_en": error.expected_en}
    return Problem("invalid_field", where={"field": name}, values={"given": str(value)[:80], **expected})

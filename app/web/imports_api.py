"""Imports for programs: receive, look, mend, accept. The pages are in ``imports_page``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import upload_dir
from app.errors import InvalidInput, NotFound
from app.jobs.imports import enqueue_accept, enqueue_stage, enqueue_undo
from app.messages import Language, sentence
from app.queries.imports import (
    BatchView,
    Differences,
    Level,
    MatchView,
    OfferGroup,
    OfferView,
    RowView,
    choices_of,
    differences_of,
    features,
    get_row,
    list_rows,
    matches_of,
    offer_groups,
    offers_of,
    problem_groups,
    problem_texts,
)
from app.services import imports
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.errors import problem_lines
from app.web.params import (
    Unreadable,
    bbox,
    choice,
    code,
    encode_cursor,
    integer_schema,
    number_cursor,
    string_schema,
    whole_number,
)
from app.web.payloads import json_object
from gis.problems import Problem

blueprint = Blueprint("imports", __name__)

BATCH_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "status": {"enum": ["RECEIVED", "STAGING", "STAGED", "ACCEPTING", "ACCEPTED", "FAILED", "CANCELLED", "UNDONE"]},
        "organisation": {"type": "string"},
        "fiscal_year_be": {"type": "integer"},
        "kind": {"enum": ["road", "water", "other"]},
        "file_name": {"type": "string"},
        "format": {"type": ["string", "null"]},
        "encoding": {"type": ["string", "null"]},
        "epsg": {"type": ["integer", "null"]},
        "column_map": {"type": "object", "additionalProperties": {"type": "string"}},
        "detected": {"type": "object"},
        "row_count": {"type": "integer"},
        "ok_count": {"type": "integer"},
        "warning_count": {"type": "integer"},
        "error_count": {"type": "integer"},
        "acceptable": {"type": "boolean"},
        "problems": {"type": "array", "items": {"type": "object"}},
        "job": {"type": ["integer", "null"]},
    },
    "required": ["id", "status", "organisation", "row_count", "error_count", "acceptable", "problems"],
}
ROW_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "row": {"type": "integer"},
        "level": {"enum": ["ok", "warning", "error"]},
        "project": {"type": ["string", "null"]},
        "values": {"type": "object"},
        "raw": {"type": "object"},
        "choice": {"type": ["string", "null"], "description": "What a person said: code of a project, or new"},
        "matches": {
            "type": "array",
            "description": "Projects that the row may mean, the likeliest first",
            "items": {
                "type": "object",
                "properties": {
                    "project": {"type": "string"},
                    "name": {"type": "string"},
                    "fiscal_year_be": {"type": "integer"},
                    "budget_baht": {"type": "number"},
                    "geometry_status": {"type": "string"},
                    "score": {"type": "number", "description": "0 to 1"},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        "differences": {
            "type": "array",
            "description": "What the row says otherwise than its stored project; only what is taken changes it",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "taken": {"type": "boolean"},
                    "given": {"type": "string"},
                    "stored": {"description": "The stored value; GeoJSON for the field geometry"},
                    "version": {"type": "integer", "description": "Stored version of the coordinates, 0: none"},
                    "status": {"type": "string"},
                    "moved_m": {"type": ["number", "null"]},
                    "given_length_m": {"type": "number"},
                    "stored_length_m": {"type": ["number", "null"]},
                },
                "required": ["field", "taken"],
            },
        },
        "offer": {
            "type": ["object", "null"],
            "description": "What the coordinate doctor takes the shape for: as given, as offered, and whether taken",
            "properties": {
                "code": {"type": "string", "description": "Code of the problem that it answers"},
                "mended": {"type": "boolean"},
                "given": {"type": ["object", "null"]},
                "offered": {"type": ["object", "null"], "description": "null: better without coordinates"},
            },
        },
        "problems": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["row", "level", "values", "problems"],
}

ROWS_CHANGED: Mapping[str, Any] = {
    "type": "object",
    "properties": {"rows": {"type": "integer"}, "import": BATCH_SCHEMA},
    "required": ["rows", "import"],
}


def _page(of: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": of}, "next": {"type": ["string", "null"]}},
        "required": ["items", "next"],
    }


def plain_problems(problems: Any, language: Language) -> list[dict[str, Any]]:
    """Stored problems in words."""
    return problem_lines([Problem(p["code"], p["level"], p["where"], p["values"]) for p in problems], language)


def batch_json(batch: BatchView, language: Language) -> dict[str, Any]:
    """An import as programs and the page get it."""
    detected = {name: value for name, value in batch.detected.items() if name not in ("asked", "edits", "mended")}
    return {
        "id": batch.id,
        "status": batch.status,
        "organisation": batch.organisation_code,
        "organisation_name": batch.organisation_name,
        "fiscal_year_be": batch.fiscal_year_be,
        "kind": batch.kind,
        "file_name": batch.file_name,
        "file_bytes": batch.file_bytes,
        "format": batch.format,
        "layer": batch.layer,
        "encoding": batch.encoding,
        "epsg": batch.epsg,
        "column_map": dict(batch.column_map),
        "detected": detected,
        "row_count": batch.row_count,
        "ok_count": batch.ok_count,
        "warning_count": batch.warning_count,
        "error_count": batch.error_count,
        "acceptable": batch.acceptable,
        "problems": plain_problems(batch.problems, language),
        "created_by": batch.created_by_name,
        "on_behalf_of": batch.on_behalf_of,
        "created_at": batch.created_at,
        "accepted_at": batch.accepted_at,
        "undone_at": batch.undone_at,
        "undone_by": batch.undone_by_name,
        "job": batch.job_id,
        "url": f"/imports/{batch.id}",
    }


def rows_json(session: Session, batch_id: int, rows: Sequence[RowView], language: Language) -> list[dict[str, Any]]:
    """Rows as programs and the page get them, with the shapes and projects that are offered for each."""
    numbers = [row.row_number for row in rows]
    offers, matches = offers_of(session, batch_id, numbers), matches_of(session, batch_id, numbers)
    choices, differences = choices_of(session, batch_id, numbers), differences_of(session, batch_id, numbers)
    return [
        {
            **_row_json(row, offers.get(row.row_number), language),
            "choice": (choices[row.row_number] or imports.NEW) if row.row_number in choices else None,
            "matches": [_match_json(match, language) for match in matches.get(row.row_number, ())],
            "differences": _differences_json(differences.get(row.row_number)),
        }
        for row in rows
    ]


def _differences_json(found: Differences | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    fields = [{"field": d.field, "given": d.given, "stored": d.stored, "taken": False} for d in found.fields]
    shape = found.shape
    if shape is None:
        return fields
    entry = {
        "field": "geometry",
        "taken": True,
        "version": shape.version,
        "status": shape.status,
        "moved_m": None if shape.moved_m is None else round(shape.moved_m, 1),
        "given_length_m": round(shape.given_length_m, 1),
        "stored_length_m": shape.stored_length_m,
        "stored": None if shape.stored is None else json.loads(shape.stored),
    }
    return [entry, *fields]


def _match_json(match: MatchView, language: Language) -> dict[str, Any]:
    return {
        "project": match.code,
        "name": match.name,
        "fiscal_year_be": match.fiscal_year_be,
        "budget_baht": match.budget_baht,
        "geometry_status": match.geometry_status,
        "score": match.score,
        "reasons": [sentence(reason["code"], reason, language) for reason in match.reasons],
    }


def _row_json(row: RowView, offer: OfferView | None, language: Language) -> dict[str, Any]:
    return {
        "row": row.row_number,
        "level": row.level,
        "project": row.project_code,
        "values": dict(row.values),
        "raw": dict(row.raw),
        "has_geometry": row.has_geometry,
        "offer": None if offer is None else _offer_json(offer),
        "problems": plain_problems(row.problems, language),
    }


def _offer_json(offer: OfferView) -> dict[str, Any]:
    return {
        "code": offer.code,
        "mended": offer.mended,
        "given": None if offer.given is None else json.loads(offer.given),
        "offered": None if offer.offered is None else json.loads(offer.offered),
    }


def _present(batch_id: int) -> dict[str, Any]:
    here = current()
    with here.database.reading() as session:
        return batch_json(imports.visible_batch(session, here.actor, batch_id), here.language)


@api_route(
    blueprint,
    "/api/v1/imports",
    access=Access.SIGNED_IN,
    params=(
        Param("limit", whole_number(1, 100), integer_schema(1, 100), "Imports on a page", 25),
        Param("cursor", number_cursor, string_schema(), "From the page before"),
    ),
    summary="Imports of my organisations, newest first",
    response=_page(BATCH_SCHEMA),
)
def list_(limit: int, cursor: int | None) -> dict[str, Any]:
    """List."""
    here = current()
    with here.database.reading() as session:
        found = imports.visible_batches(session, here.actor, limit=limit, before_id=cursor)
    more = f"/api/v1/imports?limit={limit}&cursor={encode_cursor([found[-1].id])}" if len(found) == limit else None
    return {"items": [batch_json(batch, here.language) for batch in found], "next": more}


def _form_number(name: str, problems: list[Problem], *, required: bool = False) -> int | None:
    text = request.form.get(name, "").strip()
    if not text and not required:
        return None
    try:
        return whole_number(1, 999_999)(text)
    except Unreadable as error:
        problems.append(
            Problem(
                "invalid_parameter",
                where={"field": name},
                values={"given": text[:80] or "–", "expected_th": error.expected_th, "expected_en": error.expected_en},
            )
        )
        return None


@api_route(
    blueprint,
    "/api/v1/imports",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Send a file; it is read and checked in the background, nothing becomes a project yet",
    status=202,
    response=BATCH_SCHEMA,
    body={
        "content": {
            "multipart/form-data": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "organisation": {"type": "string"},
                    "fiscal_year": {"type": "integer"},
                    "kind": {"enum": ["road", "water", "other"]},
                    "epsg": {"type": "integer"},
                    "encoding": {"type": "string"},
                    "layer": {"type": "string"},
                },
                "required": ["file", "organisation", "fiscal_year", "kind"],
            }
        }
    },
)
def send() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Receive a file and have it staged."""
    batch_id = receive_upload()
    return _present(batch_id), 202, {"Location": f"/api/v1/imports/{batch_id}"}


def receive_upload() -> int:
    """The uploaded file as a new batch with its staging in the queue; its number."""
    here = current()
    problems: list[Problem] = []
    fiscal_year = _form_number("fiscal_year", problems, required=True)
    epsg = _form_number("epsg", problems)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        problems.append(Problem("import_file_missing", where={"field": "file"}))
    if problems or upload is None or fiscal_year is None:
        raise InvalidInput(problems)
    folder = upload_dir(here.settings)
    received = imports.Received.keep(upload.stream, upload.filename or "", folder)
    organisation = request.form.get("organisation", "").strip()
    try:
        with here.database.transaction(attribution(organisation or None)) as session:
            batch = imports.receive(
                session,
                here.actor,
                received,
                organisation_code=organisation,
                fiscal_year_be=fiscal_year,
                kind=request.form.get("kind", "").strip(),
                epsg=epsg,
                encoding=request.form.get("encoding", "").strip()[:40] or None,
                layer=request.form.get("layer", "").strip()[:200] or None,
            )
            enqueue_stage(session, here.actor, batch, _("ตรวจไฟล์ %(name)s", name=received.file_name))
            return batch.id
    except BaseException:
        (folder / received.stored_name).unlink(missing_ok=True)  # refused: nothing of it is kept
        raise


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>",
    access=Access.SIGNED_IN,
    summary="One import: what was found in the file and how many rows are good",
    response=BATCH_SCHEMA,
)
def one(batch_id: int) -> dict[str, Any]:
    """Look."""
    return _present(batch_id)


_CHOICES: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "column_map": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        "epsg": {"type": "integer"},
        "encoding": {"type": "string"},
        "layer": {"type": "string"},
    },
    "additionalProperties": False,
}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Change how the file is read (columns, coordinate system, encoding, layer); it is checked again",
    status=202,
    response=BATCH_SCHEMA,
    body=_CHOICES,
)
def change(batch_id: int) -> tuple[dict[str, Any], int]:
    """Other choices: staged again in the background."""
    here = current()
    asked = _choices(json_object())
    with here.database.transaction(attribution()) as session:
        batch = imports.remap(session, here.actor, batch_id, **asked)
        enqueue_stage(session, here.actor, batch, _("ตรวจไฟล์ %(name)s ใหม่", name=batch.file_name))
    return _present(batch_id), 202


_TYPES: Mapping[str, type] = {"column_map": dict, "epsg": int, "encoding": str, "layer": str}


def _choices(body: Mapping[str, Any]) -> dict[str, Any]:
    problems = []
    for name, value in body.items():
        if name not in _TYPES:
            problems.append(Problem("unknown_parameter", where={"field": name}, values={"allowed": ", ".join(_TYPES)}))
        elif not isinstance(value, _TYPES[name]) or isinstance(value, bool) or not _plain_map(value):
            values = {"given": str(value)[:80], "expected_th": "ค่าตามเอกสาร", "expected_en": "a value as documented"}
            problems.append(Problem("invalid_parameter", where={"field": name}, values=values))
    if problems:
        raise InvalidInput(problems)
    asked = dict(body)
    if "column_map" in asked:
        asked["columns"] = asked.pop("column_map")
    return asked


def _plain_map(value: Any) -> bool:
    return not isinstance(value, dict) or all(v is None or isinstance(v, str) for v in value.values())


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>",
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Give the file up; nothing of it was saved",
    response=BATCH_SCHEMA,
)
def give_up(batch_id: int) -> dict[str, Any]:
    """Cancel."""
    here = current()
    with here.database.transaction(attribution()) as session:
        imports.cancel(session, here.actor, batch_id)
    return _present(batch_id)


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/accept",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Accept every row of the file, or none: answers 422 with every problem while one row has an error",
    status=202,
    response=BATCH_SCHEMA,
)
def accept(batch_id: int) -> tuple[dict[str, Any], int]:
    """Have the batch accepted in the background; an accepted one answers 200 again."""
    here = current()
    with here.database.transaction(attribution()) as session:
        batch = imports.held_batch(session, here.actor, batch_id)
        if batch.status == "ACCEPTED":
            status = 200
        else:
            imports.ready_to_accept(batch)
            imports.refuse_errors(session, batch)
            enqueue_accept(session, here.actor, batch, _("รับไฟล์ %(name)s", name=batch.file_name))
            status = 202
    return _present(batch_id), status


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/undo",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take an accepted import back as a whole: answers 422 with every project that was changed since",
    status=202,
    response=BATCH_SCHEMA,
)
def undo(batch_id: int) -> tuple[dict[str, Any], int]:
    """Have the batch undone in the background; an undone one answers 200 again."""
    here = current()
    with here.database.transaction(attribution()) as session:
        batch = imports.held_batch(session, here.actor, batch_id)
        if batch.status == "UNDONE":
            status = 200
        else:
            imports.ready_to_undo(session, here.actor, batch)
            enqueue_undo(session, here.actor, batch, _("เลิกทำการนำเข้า %(name)s", name=batch.file_name))
            status = 202
    return _present(batch_id), status


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/rows",
    access=Access.SIGNED_IN,
    params=(
        Param(
            "level",
            choice("all", "error", "warning", "ok", "known", "different"),
            {"enum": ["all", "error", "warning", "ok", "known", "different"]},
            "Which rows; known = rows of projects that exist, different = rows that say otherwise than these",
            "all",
        ),
        Param("code", code, string_schema(), "Rows with this problem"),
        Param("limit", whole_number(1, 500), integer_schema(1, 500), "Rows on a page", 100),
        Param("cursor", number_cursor, string_schema(), "From the page before"),
    ),
    summary="Rows of the file as they were read, with their problems",
    response=_page(ROW_SCHEMA),
)
def rows(batch_id: int, level: Level, code: str | None, limit: int, cursor: int | None) -> dict[str, Any]:
    """A page of rows."""
    here = current()
    after = -1 if cursor is None else cursor
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        found = list_rows(session, batch_id, level=level, code=code, after=after, limit=limit)
        items = rows_json(session, batch_id, found, here.language)
    more = None
    if len(found) == limit:
        after_last = encode_cursor([found[-1].row_number])
        more = f"/api/v1/imports/{batch_id}/rows?level={level}&limit={limit}&cursor={after_last}"
        more += f"&code={code}" if code else ""
    return {"items": items, "next": more}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/rows/<int:row_number>",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Put other text into cells of one row, or say which project it means; the row is checked again",
    response=ROW_SCHEMA,
    body={
        "oneOf": [
            {
                "type": "object",
                "properties": {"values": {"type": "object", "additionalProperties": {"type": "string"}}},
                "required": ["values"],
            },
            {
                "type": "object",
                "properties": {
                    "project": {
                        "type": ["string", "null"],
                        "description": "Code of a project, new, or null to leave it to the file",
                    }
                },
                "required": ["project"],
                "additionalProperties": False,
            },
        ]
    },
)
def mend(batch_id: int, row_number: int) -> dict[str, Any]:
    """Mend a row."""
    here = current()
    given = json_object()
    cells, project = given.get("values"), given.get("project", False)
    with here.database.transaction(attribution()) as session:
        if project is None or isinstance(project, str):
            imports.choose_project(session, here.actor, batch_id, row_number, project)
        elif isinstance(cells, dict) and all(isinstance(text, str) for text in cells.values()):
            imports.edit_row(session, here.actor, batch_id, row_number, cells)
        else:
            raise InvalidInput([Problem("field_required", where={"field": "values"})])
    with here.database.reading() as session:
        row = get_row(session, batch_id, row_number)
        if row is None:
            raise NotFound("import_row_not_found", {"row": row_number})
        (shown,) = rows_json(session, batch_id, [row], here.language)
        batch = imports.visible_batch(session, here.actor, batch_id)
    return {**shown, "import": batch_json(batch, here.language)}


_SAME_TEXT: Mapping[str, Any] = {
    "type": "object",
    "title": "Put other text into one field of every row that has the same problem and says the same",
    "properties": {
        "code": {"type": "string", "description": "Code of the problem"},
        "field": {"type": "string"},
        "text": {"type": "string", "description": "What the cells say now"},
        "value": {"type": "string", "description": "What they shall say"},
    },
    "required": ["code", "field", "text", "value"],
    "additionalProperties": False,
}
_SAME_OFFER: Mapping[str, Any] = {
    "type": "object",
    "title": "Give every row with one problem the shape that is offered for it, or the one as given back",
    "properties": {
        "code": {"type": "string", "description": "Code of the problem, as in offers"},
        "mended": {"type": "boolean"},
    },
    "required": ["code", "mended"],
    "additionalProperties": False,
}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/rows",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Mend every row like this: the same text in the same field, or the shape that the doctor offers",
    response=ROWS_CHANGED,
    body={"oneOf": [_SAME_TEXT, _SAME_OFFER]},
)
def mend_all(batch_id: int) -> dict[str, Any]:
    """Mend all rows with one problem."""
    here = current()
    given = json_object()
    with here.database.transaction(attribution()) as session:
        if "mended" in given:
            code, mended = _required(given, {"code": str, "mended": bool})
            rows = imports.mend_shapes(session, here.actor, batch_id, code, mended)
        else:
            texts = _required(given, dict.fromkeys(_SAME_TEXT["required"], str))
            rows = imports.edit_rows(session, here.actor, batch_id, *texts)
    return {"rows": rows, "import": _present(batch_id)}


def _required(given: Mapping[str, Any], types: Mapping[str, type]) -> list[Any]:
    missing = [name for name, wanted in types.items() if not isinstance(given.get(name), wanted)]
    if missing:
        raise InvalidInput([Problem("field_required", where={"field": name}) for name in missing])
    return [given[name] for name in types]


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/matches",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take the suggested project for every undecided row where it is clear and scores at least so much",
    response=ROWS_CHANGED,
    body={
        "type": "object",
        "properties": {"at_least": {"type": "number", "minimum": 0, "maximum": 1}},
        "required": ["at_least"],
        "additionalProperties": False,
    },
)
def take_matches(batch_id: int) -> dict[str, Any]:
    """Accept all suggestions above a score."""
    here = current()
    at_least = json_object().get("at_least")
    if isinstance(at_least, bool) or not isinstance(at_least, (int, float)) or not 0 <= at_least <= 1:
        raise InvalidInput([Problem("field_required", where={"field": "at_least"})])
    with here.database.transaction(attribution()) as session:
        rows = imports.take_matches(session, here.actor, batch_id, float(at_least))
    return {"rows": rows, "import": _present(batch_id)}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/problems/<code>/texts",
    access=Access.SIGNED_IN,
    summary="What the cells with one problem say, most frequent first",
    response={
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"type": "object"}}},
        "required": ["items"],
    },
)
def problem_cells(batch_id: int, code: str) -> dict[str, Any]:
    """Texts to mend in all their rows at once."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        found = problem_texts(session, batch_id, code)
    return {"items": [{"field": one.field, "text": one.text, "rows": one.rows} for one in found]}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/problems",
    access=Access.SIGNED_IN,
    summary="Problems of the rows in groups",
    response={
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"type": "object"}}},
        "required": ["items"],
    },
)
def problems(batch_id: int) -> dict[str, Any]:
    """Groups, errors first."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        groups = problem_groups(session, batch_id)
    return {
        "items": [
            {
                "code": group.code,
                "level": group.level,
                "rows": group.rows,
                "first_rows": group.first_rows,
                "example": plain_problems([group.example], here.language)[0],
            }
            for group in groups
        ]
    }


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/offers",
    access=Access.SIGNED_IN,
    summary="Shapes that the coordinate doctor offers, by the problem that they answer, and how many rows took them",
    response={
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"type": "object"}}},
        "required": ["items"],
    },
)
def offers(batch_id: int) -> dict[str, Any]:
    """What can be mended in all rows at once."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        groups = offer_groups(session, batch_id)
    return {"items": [offer_group_json(group, here.language) for group in groups]}


def offer_group_json(group: OfferGroup, language: Language) -> dict[str, Any]:
    """Rows with one offer, with its sentence."""
    (example,) = plain_problems([group.example], language)
    return {
        "code": group.code,
        "rows": group.rows,
        "mended": group.mended,
        "first_rows": list(group.first_rows),
        "example": example,
    }


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/features",
    access=Access.SIGNED_IN,
    params=(
        Param("bbox", bbox, string_schema(), "West,south,east,north in degrees"),
        Param("limit", whole_number(1, 5000), integer_schema(1, 5000), "Features at most", 2000),
    ),
    summary="Shapes of the rows for the map, simplified; left_out says how many are not among them",
    response={"application/geo+json": {"type": "object"}},
)
def shapes(batch_id: int, bbox: tuple[float, float, float, float] | None, limit: int) -> Response:
    """What will happen, on the map."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        found = features(session, batch_id, bbox=bbox, limit=limit)
    return Response(found.collection, mimetype="application/geo+json")

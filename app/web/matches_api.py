"""Matching with outside files for programs: send a list, look at its rows, say which project each belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from app.db import upload_dir
from app.errors import InvalidInput
from app.jobs.matching import enqueue_compare
from app.messages import Language, fix, sentence
from app.queries.matches import STATES, MatchBatchView, MatchRowView, State, match_rows
from app.services.imports import Received
from app.services.matching import batches, deciding
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.imports_present import page_of, plain_problems
from app.web.params import choice, encode_cursor, integer_schema, number_cursor, string_schema, whole_number
from app.web.payloads import json_object
from gis.problems import Problem

blueprint = Blueprint("matches", __name__)

BATCH: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "url": {"type": "string"},
        "kind": {"enum": ["egp", "payment"]},
        "organisation": {"type": ["string", "null"]},
        "province": {"type": ["string", "null"]},
        "place": {"type": "string"},
        "file": {"type": "string"},
        "status": {"enum": ["RECEIVED", "READY", "FAILED", "CANCELLED"]},
        "rows": {"type": "integer"},
        "skipped": {"type": "integer"},
        "projects": {"type": "integer"},
        "undecided": {"type": "integer"},
        "accepted": {"type": "integer"},
        "none": {"type": "integer"},
        "columns": {"type": "object"},
        "problems": {"type": "array", "items": {"type": "object"}},
        "created_by": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
        "job": {"type": ["integer", "null"]},
    },
}
ROW: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "row": {"type": "integer"},
        "values": {"type": "object"},
        "problems": {"type": "array", "items": {"type": "object"}},
        "state": {"enum": ["undecided", "accepted", "none"]},
        "project": {"type": ["string", "null"]},
        "project_name": {"type": ["string", "null"]},
        "decided_by": {"type": ["string", "null"]},
        "decided_at": {"type": ["string", "null"], "format": "date-time"},
        "suggestions": {
            "type": "array",
            "maxItems": 5,
            "items": {
                "type": "object",
                "properties": {
                    "rank": {"type": "integer"},
                    "project": {"type": "string"},
                    "name": {"type": "string"},
                    "organisation_name": {"type": "string"},
                    "fiscal_year_be": {"type": "integer"},
                    "budget_baht": {"type": "number"},
                    "contracted_baht": {"type": "number"},
                    "disbursed_baht": {"type": "number"},
                    "score": {"type": "number", "minimum": 0, "maximum": 1},
                    "reasons": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "code": {"type": "string"},
                                "for": {"type": ["boolean", "null"]},
                                "text": {"type": "string"},
                            },
                        },
                    },
                },
            },
        },
    },
}
_DECIDED: Mapping[str, Any] = {
    "type": "object",
    "properties": {"rows": {"type": "array", "items": {"type": "integer"}}, "batch": BATCH},
}


def batch_json(batch: MatchBatchView, language: Language) -> dict[str, Any]:
    """A file as programs get it."""
    return {
        "id": batch.id,
        "url": f"/matches/{batch.id}",
        "kind": batch.kind,
        "organisation": batch.organisation_code,
        "province": batch.province_code,
        "place": batch.place_name,
        "file": batch.file_name,
        "status": batch.status,
        "rows": batch.row_count,
        "skipped": batch.skipped_count,
        "projects": batch.project_count,
        "undecided": batch.undecided_count,
        "accepted": batch.accepted_count,
        "none": batch.none_count,
        "columns": dict(batch.columns),
        "problems": plain_problems(batch.problems, language),
        "created_by": batch.created_by_name,
        "created_at": batch.created_at.isoformat(),
        "job": batch.job_id,
    }


def row_json(row: MatchRowView, language: Language) -> dict[str, Any]:
    """A row with its suggestions, the reasons in words."""
    return {
        "row": row.number,
        "values": dict(row.values),
        "problems": [
            {
                **problem,
                "message": sentence(problem["code"], problem["values"], language),
                "fix": fix(problem["code"], problem["values"], language),
            }
            for problem in row.problems
        ],
        "state": row.state,
        "project": row.project_code,
        "project_name": row.project_name,
        "decided_by": row.decided_by_name,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "suggestions": [
            {
                "rank": one.rank,
                "project": one.code,
                "name": one.name,
                "organisation_name": one.organisation_name,
                "fiscal_year_be": one.fiscal_year_be,
                "budget_baht": float(one.budget_baht),
                "contracted_baht": float(one.contracted_baht),
                "disbursed_baht": float(one.disbursed_baht),
                "score": one.score,
                "reasons": [
                    {
                        "code": reason["code"],
                        "for": reason["for"],
                        "text": sentence(reason["code"], reason["values"], language),
                    }
                    for reason in one.reasons
                ],
            }
            for one in row.suggestions
        ],
    }


@api_route(
    blueprint,
    "/api/v1/matches",
    access=Access.SIGNED_IN,
    params=(
        Param("limit", whole_number(1, 100), integer_schema(1, 100), "Files on a page", 25),
        Param("cursor", number_cursor, string_schema(), "From the page before"),
    ),
    summary="Lists of contracts and payments of the places where I write these, newest first",
    response=page_of(BATCH),
)
def list_(limit: int, cursor: int | None) -> dict[str, Any]:
    """List."""
    here = current()
    with here.database.reading() as session:
        found = batches.visible_batches(session, here.actor, limit=limit, before_id=cursor)
    more = f"/api/v1/matches?limit={limit}&cursor={encode_cursor([found[-1].id])}" if len(found) == limit else None
    return {"items": [batch_json(batch, here.language) for batch in found], "next": more}


@api_route(
    blueprint,
    "/api/v1/matches",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Send a list of contracts (egp) or payments; it is compared in the background, no record is made",
    status=202,
    response=BATCH,
    body={
        "content": {
            "multipart/form-data": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "kind": {"enum": ["egp", "payment"]},
                    "organisation": {"type": "string", "description": "Code; or province"},
                    "province": {"type": "string", "description": "Two digits; or organisation"},
                },
                "required": ["file", "kind"],
            }
        }
    },
)
def send() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Receive a file and have it compared."""
    batch_id = receive_upload()
    return present(batch_id), 202, {"Location": f"/api/v1/matches/{batch_id}"}


def receive_upload() -> int:
    """The uploaded file as a new batch with its comparison in the queue; its number."""
    here = current()
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise InvalidInput([Problem("import_file_missing", where={"field": "file"})])
    organisation, province = _place()
    folder = upload_dir(here.settings)
    received = Received.keep(upload.stream, upload.filename, folder)
    try:
        with here.database.transaction(attribution(organisation or None)) as session:
            batch = batches.receive(
                session,
                here.actor,
                received,
                kind=request.form.get("kind", "").strip(),
                organisation_code=organisation or None,
                province_code=province or None,
            )
            enqueue_compare(session, here.actor, batch, _("เทียบไฟล์ %(name)s", name=received.file_name))
            return batch.id
    except BaseException:
        (folder / received.stored_name).unlink(missing_ok=True)  # refused: nothing of it is kept
        raise


def _place() -> tuple[str, str]:
    """Codes of the organisation and the province, of which one is empty; the page's list has both in one field."""
    field, _colon, code = request.form.get("place", "").strip()[:40].partition(":")
    given = {name: request.form.get(name, "").strip()[:20] for name in ("organisation", "province")}
    if field in given and code:
        given[field] = code
    return given["organisation"], given["province"]


def present(batch_id: int) -> dict[str, Any]:
    """The file as it is now."""
    here = current()
    with here.database.reading() as session:
        return batch_json(batches.visible_batch(session, here.actor, batch_id), here.language)


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>",
    access=Access.SIGNED_IN,
    summary="One list and how far it is decided",
    response=BATCH,
)
def one(match_id: int) -> dict[str, Any]:
    """Look."""
    return present(match_id)


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>",
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Give the list up; refused while a row of it is accepted",
    response=BATCH,
)
def give_up(match_id: int) -> dict[str, Any]:
    """Cancel."""
    here = current()
    with here.database.transaction(attribution()) as session:
        batches.cancel(session, here.actor, match_id)
    return present(match_id)


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>/rows",
    access=Access.SIGNED_IN,
    params=(
        Param("state", choice(*STATES), {"enum": list(STATES)}, "Which rows", "all"),
        Param("limit", whole_number(1, 200), integer_schema(1, 200), "Rows on a page", 50),
        Param("cursor", number_cursor, string_schema(), "From the page before"),
    ),
    summary="Rows of the list, each with the five projects that it most likely belongs to and the reasons",
    response=page_of(ROW),
)
def rows(match_id: int, state: State, limit: int, cursor: int | None) -> dict[str, Any]:
    """A page of rows."""
    here = current()
    with here.database.reading() as session:
        batches.visible_batch(session, here.actor, match_id)
        after = -1 if cursor is None else cursor
        found = match_rows(session, match_id, state=state, after=after, limit=limit)
    more = None
    if len(found) == limit:
        more = f"/api/v1/matches/{match_id}/rows?state={state}&limit={limit}&cursor={encode_cursor([found[-1].number])}"
    return {"items": [row_json(row, here.language) for row in found], "next": more}


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>/rows/<int:row_number>",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Say which project the row belongs to; null says that none fits",
    response=ROW,
    body={
        "type": "object",
        "properties": {"project": {"type": ["string", "null"], "description": "Code of a project"}},
        "required": ["project"],
        "additionalProperties": False,
    },
)
def decide(match_id: int, row_number: int) -> dict[str, Any]:
    """Decide about a row."""
    here = current()
    project = json_object().get("project", False)
    if project is not None and not isinstance(project, str):
        raise InvalidInput([Problem("field_required", where={"field": "project"})])
    with here.database.transaction(attribution()) as session:
        deciding.decide(session, here.actor, match_id, row_number, project)
    with here.database.reading() as session:
        (row,) = match_rows(session, match_id, rows=[row_number])
    return {**row_json(row, here.language), "batch": present(match_id)}


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>/accept",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Accept the best suggestion of every undecided row that is at least so sure",
    response=_DECIDED,
    body={
        "type": "object",
        "properties": {"at_least": {"type": "number", "minimum": 0.5, "maximum": 1}},
        "required": ["at_least"],
        "additionalProperties": False,
    },
)
def accept(match_id: int) -> dict[str, Any]:
    """Accept all above a confidence."""
    here = current()
    at_least = json_object().get("at_least")
    if isinstance(at_least, bool) or not isinstance(at_least, (int, float)) or not 0.5 <= at_least <= 1:
        raise InvalidInput([Problem("field_required", where={"field": "at_least"})])
    with here.database.transaction(attribution()) as session:
        accepted = deciding.accept_sure(session, here.actor, match_id, float(at_least))
    return {"rows": accepted, "batch": present(match_id)}


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>/undo",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take back what was said of some rows",
    response=_DECIDED,
    body={
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"type": "integer"}, "maxItems": deciding.UNDO_ROWS_MAX}},
        "required": ["rows"],
        "additionalProperties": False,
    },
)
def undo(match_id: int) -> dict[str, Any]:
    """Take back."""
    here = current()
    given = json_object().get("rows")
    if not isinstance(given, list) or len(given) > deciding.UNDO_ROWS_MAX or not all(map(_is_row, given)):
        raise InvalidInput([Problem("field_required", where={"field": "rows"})])
    with here.database.transaction(attribution()) as session:
        deciding.undo(session, here.actor, match_id, given)
    return {"rows": given, "batch": present(match_id)}


def _is_row(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31

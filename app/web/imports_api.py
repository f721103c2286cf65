"""Imports for programs: send a file, change how it is read, accept it, undo it. Its rows are in ``import_rows_api``,
what was found in them in ``import_findings_api``, the pages in ``imports_page``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.jobs.imports import enqueue_accept, enqueue_stage, enqueue_undo
from app.services import imports
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.imports_present import BATCH_SCHEMA, batch_json, present_batch
from app.web.paging import list_params, newest_first, page_of
from app.web.params import Unreadable, whole_number
from app.web.payloads import json_object
from app.web.received import file_form, kept_upload
from gis.problems import Problem

blueprint = Blueprint("imports", __name__)


@api_route(
    blueprint,
    "/api/v1/imports",
    access=Access.SIGNED_IN,
    params=list_params("Imports"),
    summary="Imports of my organisations, newest first",
    response=page_of(BATCH_SCHEMA),
)
def list_(limit: int, cursor: int | None) -> dict[str, Any]:
    """List."""
    return newest_first("/api/v1/imports", limit, cursor, visible=imports.visible_batches, as_json=batch_json)


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
    body=file_form(
        ("organisation", "fiscal_year", "kind"),
        organisation={"type": "string"},
        fiscal_year={"type": "integer"},
        kind={"enum": ["road", "water", "other"]},
        epsg={"type": "integer"},
        encoding={"type": "string"},
        layer={"type": "string"},
    ),
)
def send() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Receive a file and have it staged."""
    batch_id = receive_upload()
    return present_batch(batch_id), 202, {"Location": f"/api/v1/imports/{batch_id}"}


def receive_upload() -> int:
    """The uploaded file as a new batch with its staging in the queue; its number."""
    problems: list[Problem] = []
    fiscal_year = _form_number("fiscal_year", problems, required=True)
    epsg = _form_number("epsg", problems)
    organisation = request.form.get("organisation", "").strip()

    def receive(session: Session, actor: Actor, received: imports.Received) -> int:
        batch = imports.receive(
            session,
            actor,
            received,
            organisation_code=organisation,
            fiscal_year_be=fiscal_year or 0,
            kind=request.form.get("kind", "").strip(),
            epsg=epsg,
            encoding=request.form.get("encoding", "").strip()[:40] or None,
            layer=request.form.get("layer", "").strip()[:200] or None,
        )
        enqueue_stage(session, actor, batch, _("ตรวจไฟล์ %(name)s", name=received.file_name))
        return batch.id

    return kept_upload(receive, organisation or None, problems)


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>",
    access=Access.SIGNED_IN,
    summary="One import: what was found in the file and how many rows are good",
    response=BATCH_SCHEMA,
)
def one(batch_id: int) -> dict[str, Any]:
    """Look."""
    return present_batch(batch_id)


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
    return present_batch(batch_id), 202


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
    return present_batch(batch_id)


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
    return present_batch(batch_id), status


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
    return present_batch(batch_id), status

"""Files of record sheets: downloaded, sent, looked at, decided on, accepted; for programs and as pages."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.auth import policy
from app.errors import InvalidInput
from app.messages import Language
from app.queries.record_sheets import record_rows
from app.services.record_files.comparing import is_money, labels_of, titles_of
from app.services.record_files.writing import MEDIA_TYPE, write_records
from app.services.record_uploads import (
    StagedRecords,
    accept_records,
    check_may_send,
    decide_records,
    discard_records,
    receive_records,
    stage_records,
    staged_records,
)
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route, page_route
from app.web.errors import problem_lines
from app.web.history import saved_note
from app.web.payloads import json_object
from app.web.plan_uploads import decisions_of_body
from app.web.received import file_form
from app.web.record_sheets import RULE, found_sheet
from app.web.staged_json import DIFFERENCE_SCHEMA, Words, staged_json
from gis.problems import Problem

blueprint = Blueprint("record_uploads", __name__)

UPLOAD = "/api/v1/record-uploads/<int:record_upload_id>"
PAGE = "/organisations/<organisation_code>/sheets/<sheet_name>/<int:year_be>/uploads"
FORMATS = ".xlsx,.csv"
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "sheet", "status", "counts", "acceptable", "problems", "cells", "inserts", "removals"],
    "properties": {
        "id": {"type": "integer"},
        "url": {"type": "string"},
        "organisation": {"type": "string"},
        "sheet": {"type": "string"},
        "year_be": {"type": "integer"},
        "file_name": {"type": "string"},
        **DIFFERENCE_SCHEMA,
    },
}


def _upload_json(staged: StagedRecords, language: Language) -> dict[str, Any]:
    head, sheet, thai = staged.head, staged.sheet, language == "th"
    words = Words(titles_of(sheet, thai=thai), labels_of(sheet, thai=thai), lambda key: is_money(sheet, key))
    return {
        **staged_json(head, staged.difference, words, language),
        "api": f"/api/v1/record-uploads/{head.id}",
        "url": f"/record-uploads/{head.id}",
        "organisation": staged.owner.code,
        "organisation_name": staged.owner.full_name_th,
        "sheet": sheet.name,
        "sheet_name": sheet.title_th if thai else sheet.title_en,
        "year_be": head.year_be,
    }


@api_route(
    blueprint,
    f"{RULE}/workbook",
    access=Access.SIGNED_IN,
    summary="A sheet of records as an Excel workbook that can be filled in and sent back",
    response={"content": {MEDIA_TYPE: {"type": "string", "format": "binary"}}},
)
def download(organisation_code: str, sheet_name: str, year_be: int) -> Response:
    """For staff, as the sheet on the screen."""
    context = current()
    with context.database.reading() as session:
        sheet, owner = found_sheet(session, organisation_code, sheet_name)
        rows = record_rows(session, sheet, organisation_code, year_be)
    content = write_records(sheet, organisation_code, owner.full_name_th, year_be, rows, datetime.now(UTC))
    answer = Response(content, mimetype=MEDIA_TYPE)
    name = quote(f"{sheet.title_th} {owner.full_name_th} {year_be}.xlsx")
    plain = f"{sheet.name}-{organisation_code}-{year_be}.xlsx"
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@api_route(
    blueprint,
    f"{RULE}/uploads",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Send a file (XLSX, CSV) of a sheet; it is compared with what stands, nothing is written",
    response=_SCHEMA,
    status=201,
    body=file_form(),
)
def send(organisation_code: str, sheet_name: str, year_be: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A sheet that was downloaded here, or an office's own table."""
    upload_id = _received(organisation_code, sheet_name, year_be)
    return _present(upload_id), 201, {"Location": f"/api/v1/record-uploads/{upload_id}"}


def _received(organisation_code: str, sheet_name: str, year_be: int) -> int:
    context = current()
    with context.database.reading() as session:
        sheet, _owner = found_sheet(session, organisation_code, sheet_name)
        check_may_send(session, context.actor, sheet, organisation_code, year_be)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput([Problem("import_file_missing", where={"field": "file"})])
    with tempfile.TemporaryDirectory(prefix="record-upload-") as folder:
        book = receive_records(sent.stream, sent.filename, Path(folder))
    with context.database.transaction(attribution(organisation_code)) as session:
        return stage_records(session, context.actor, sheet, organisation_code, year_be, book)


def _present(upload_id: int) -> dict[str, Any]:
    context = current()
    with context.database.reading() as session:
        return _upload_json(staged_records(session, context.actor, upload_id), context.language)


@api_route(blueprint, UPLOAD, access=Access.SIGNED_IN, summary="What a sent file would do now", response=_SCHEMA)
def read(record_upload_id: int) -> dict[str, Any]:
    """Cell by cell, against what stands at this moment."""
    return _present(record_upload_id)


@api_route(
    blueprint,
    UPLOAD,
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Choose between the file (mine) and what stands (theirs), difference by difference",
    response=_SCHEMA,
    body={
        "type": "object",
        "required": ["decisions"],
        "additionalProperties": False,
        "properties": {"decisions": {"type": "object", "additionalProperties": {"enum": ["mine", "theirs", None]}}},
    },
)
def decide(record_upload_id: int) -> dict[str, Any]:
    """By the keys of the differences; ``null`` takes a choice back."""
    context, given = current(), decisions_of_body(json_object())
    with context.database.transaction(attribution()) as session:
        return _upload_json(decide_records(session, context.actor, record_upload_id, given), context.language)


@api_route(
    blueprint,
    f"{UPLOAD}/accept",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write everything that a sent file would do, or nothing",
    response=_SCHEMA,
)
def accept(record_upload_id: int) -> dict[str, Any]:
    """Everything that keeps it from being written is told at once."""
    context = current()
    with context.database.transaction(attribution()) as session:
        staged = accept_records(session, context.actor, record_upload_id)
        return {**_upload_json(staged, context.language), "receipt": context.request_id}


@api_route(blueprint, UPLOAD, method="DELETE", access=Access.SIGNED_IN, summary="Give a sent file up", response=_SCHEMA)
def give_up(record_upload_id: int) -> dict[str, Any]:
    """Nothing of the sheet changes."""
    context = current()
    with context.database.transaction(attribution()) as session:
        discard_records(session, context.actor, record_upload_id)
        return _upload_json(staged_records(session, context.actor, record_upload_id), context.language)


@page_route(blueprint, PAGE, access=Access.SIGNED_IN)
def send_page(organisation_code: str, sheet_name: str, year_be: int) -> str:
    """Choose a file for the sheet."""
    return _send_page(organisation_code, sheet_name, year_be, [])


def _send_page(organisation_code: str, sheet_name: str, year_be: int, problems: list[dict[str, Any]]) -> str:
    context = current()
    with context.database.reading() as session:
        sheet, owner = found_sheet(session, organisation_code, sheet_name)
        target = policy.Target(owner.code, owner.province_code, owner.amphoe_code)
    return render_template(
        "record_uploads/send.html",
        title=sheet.title_th if context.language == "th" else sheet.title_en,
        owner=owner,
        year=year_be,
        address=request.path,
        workbook=f"/api/v1/organisations/{organisation_code}/sheets/{sheet_name}/{year_be}/workbook",
        back=url_for(
            "record_sheets.records_page",
            organisation_code=organisation_code,
            sheet_name=sheet_name,
            fiscal_year=year_be,
        ),
        may_send=policy.may(context.actor, sheet.action, target),
        problems=problems,
        formats=FORMATS,
    )


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN)
def send_form(organisation_code: str, sheet_name: str, year_be: int) -> Any:
    """The form without its script; what came of it is shown on a page of its own."""
    try:
        upload_id = _received(organisation_code, sheet_name, year_be)
    except InvalidInput as error:
        problems = problem_lines(error.problems, current().language)
        return Response(_send_page(organisation_code, sheet_name, year_be, problems), 422, mimetype="text/html")
    return redirect(url_for("record_uploads.upload_page", record_upload_id=upload_id), 303)


@page_route(blueprint, "/record-uploads/<int:record_upload_id>", access=Access.SIGNED_IN)
def upload_page(record_upload_id: int) -> str:
    """The difference to look at, choose in, and accept."""
    upload = _present(record_upload_id)
    back = url_for(
        "record_sheets.records_page",
        organisation_code=upload["organisation"],
        sheet_name=upload["sheet"],
        fiscal_year=upload["year_be"],
    )
    return render_template(
        "compare_file.html",
        upload=upload,
        title=_("เปรียบเทียบไฟล์กับที่มีอยู่"),
        what=f"{upload['sheet_name']} · {upload['year_be']} · {upload['organisation_name']}",
        back=back,
        back_words=_("กลับไปตาราง"),
        foreign=_("ไฟล์นี้ไม่ได้ดาวน์โหลดจากระบบ จับคู่ด้วยชื่อรายการ"),
        address=f"/record-uploads/{record_upload_id}",
    )


@page_route(blueprint, "/record-uploads/<int:record_upload_id>", methods=("POST",), access=Access.SIGNED_IN)
def decide_form(record_upload_id: int) -> Any:
    """The page's form without its script: accept with what was chosen, or give up."""
    context, given = current(), request.form
    choices = {
        name.removeprefix("choice-"): value
        for name, value in given.items()
        if name.startswith("choice-") and value in ("mine", "theirs")
    }
    try:
        with context.database.transaction(attribution()) as session:
            if given.get("act") == "discard":
                discard_records(session, context.actor, record_upload_id)
            else:
                decide_records(session, context.actor, record_upload_id, choices)
                accept_records(session, context.actor, record_upload_id)
        flash(saved_note(context.request_id))
    except InvalidInput as error:
        for line in problem_lines(error.problems[:5], context.language):
            flash(f"{line['message']} {line['fix']}")
    return redirect(url_for("record_uploads.upload_page", record_upload_id=record_upload_id), 303)

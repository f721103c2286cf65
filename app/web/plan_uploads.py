"""Workbooks of plan forms: sent, looked at, decided on, accepted; for programs and as a page."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import InvalidInput
from app.queries.plans import VersionHead
from app.services.plan_uploads import (
    accept_upload,
    check_may_send,
    decide_upload,
    discard_upload,
    receive_workbook,
    stage_workbook,
    staged_upload,
)
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route, page_route
from app.web.errors import problem_lines
from app.web.payloads import json_object
from app.web.plan_forms import found_form
from app.web.plan_texts import version_name
from app.web.plan_upload_json import UPLOAD_SCHEMA, upload_json
from app.web.plans import VERSION
from app.web.received import file_form
from gis.problems import Problem

blueprint = Blueprint("plan_uploads", __name__)

UPLOAD = "/api/v1/plan-uploads/<int:upload_id>"


@api_route(
    blueprint,
    f"{VERSION}/forms/<slug>/uploads",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Send a workbook of a form; it is compared with what stands, nothing is written",
    response=UPLOAD_SCHEMA,
    status=201,
    body=file_form(),
)
def send_workbook(version_id: int, slug: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A form that was downloaded here, or a municipality's own plan in Excel."""
    context, upload_id = current(), received(version_id, slug)
    with context.database.reading() as session:
        answer = upload_json(session, staged_upload(session, context.actor, upload_id), context.language)
    return answer, 201, {"Location": f"/api/v1/plan-uploads/{upload_id}"}


@page_route(blueprint, "/plan-versions/<int:version_id>/uploads", methods=("POST",), access=Access.SIGNED_IN)
def send_workbook_page(version_id: int) -> Any:
    """The form of the version's page; what came of it is shown on a page of its own."""
    try:
        upload_id = received(version_id, request.form.get("slug", ""))
    except InvalidInput as error:
        for line in problem_lines(error.problems, current().language):
            flash(f"{line['message']} {line['fix']}")
        return redirect(url_for("plan_pages.version_page", version_id=version_id), 303)
    return redirect(url_for("plan_uploads.upload_page", upload_id=upload_id), 303)


def received(version_id: int, slug: str) -> int:
    """The workbook of this request, staged; its number.

    Raises
    ------
    InvalidInput
        No file, or one that cannot be read as a form; every reason.
    """
    context, form = current(), found_form(slug)
    with context.database.reading() as session:
        check_may_send(session, context.actor, version_id)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput([Problem("import_file_missing", where={"field": "file"})])
    with tempfile.TemporaryDirectory(prefix="plan-upload-") as folder:
        workbook = receive_workbook(sent.stream, sent.filename, Path(folder))
    with context.database.transaction(attribution()) as session:
        return stage_workbook(session, context.actor, version_id, form, workbook)


@api_route(
    blueprint, UPLOAD, access=Access.SIGNED_IN, summary="What an uploaded workbook would do now", response=UPLOAD_SCHEMA
)
def read_upload(upload_id: int) -> dict[str, Any]:
    """Cell by cell, against what stands at this moment."""
    context = current()
    with context.database.reading() as session:
        return upload_json(session, staged_upload(session, context.actor, upload_id), context.language)


@api_route(
    blueprint,
    UPLOAD,
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Choose between the workbook (mine) and what stands (theirs), difference by difference",
    response=UPLOAD_SCHEMA,
    body={
        "type": "object",
        "required": ["decisions"],
        "additionalProperties": False,
        "properties": {
            "decisions": {"type": "object", "additionalProperties": {"enum": ["mine", "theirs", None]}},
        },
    },
)
def decide_on_upload(upload_id: int) -> dict[str, Any]:
    """By the keys of the differences; ``null`` takes a choice back."""
    context, given = current(), decisions_of_body(json_object())
    with context.database.transaction(attribution()) as session:
        staged = decide_upload(session, context.actor, upload_id, given)
        return upload_json(session, staged, context.language)


@api_route(
    blueprint,
    f"{UPLOAD}/accept",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write everything that an uploaded workbook would do, or nothing",
    response=UPLOAD_SCHEMA,
)
def accept(upload_id: int) -> dict[str, Any]:
    """Everything that keeps it from being written is told at once."""
    context = current()
    with context.database.transaction(attribution()) as session:
        staged = accept_upload(session, context.actor, upload_id)
        return {**upload_json(session, staged, context.language), "receipt": context.request_id}


@api_route(
    blueprint,
    UPLOAD,
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Give an uploaded workbook up",
    response=UPLOAD_SCHEMA,
)
def give_up(upload_id: int) -> dict[str, Any]:
    """Nothing of the plan changes."""
    context = current()
    with context.database.transaction(attribution()) as session:
        discard_upload(session, context.actor, upload_id)
        return upload_json(session, staged_upload(session, context.actor, upload_id), context.language)


@page_route(blueprint, "/plan-uploads/<int:upload_id>", access=Access.SIGNED_IN)
def upload_page(upload_id: int) -> str:
    """The difference to look at, choose in, and accept."""
    context = current()
    with context.database.reading() as session:
        staged = staged_upload(session, context.actor, upload_id)
        upload = upload_json(session, staged, context.language)
    return render_template(
        "compare_file.html",
        upload=upload,
        closed=_why_closed(staged.version),
        title=_("เปรียบเทียบไฟล์กับแผน"),
        what=f"{upload['form']} {upload['form_name']} · {upload['version_number']} · {upload['organisation_name']}",
        back=url_for("plan_pages.version_page", version_id=upload["version"]),
        back_words=_("กลับไปแผนฉบับนี้"),
        foreign=_("ไฟล์นี้ไม่ได้ดาวน์โหลดจากระบบ จับคู่ด้วยชื่อโครงการ"),
    )


def _why_closed(version: VersionHead) -> str:
    """Why a file cannot be taken in any more; nothing while it can."""
    name = version_name(version)
    reasons = {
        "PROPOSED": _("%(name)s เสนอแล้ว ตารางปิดอยู่ รับไฟล์นี้ได้อีกเมื่อฉบับนี้ถูกส่งกลับแก้ไข", name=name),
        "PROMULGATED": _("%(name)s ประกาศใช้แล้ว รับไฟล์นี้ไม่ได้ เปิดฉบับใหม่แล้วส่งไฟล์อีกครั้ง", name=name),
        "DISCARDED": _("%(name)s เลิกทำแล้ว รับไฟล์นี้ไม่ได้ ส่งไฟล์เข้าฉบับที่ยังเปิดอยู่", name=name),
    }
    return str(reasons.get(version.status, ""))


def decisions_of_body(body: Mapping[str, Any]) -> dict[str, str | None]:
    """Choices by the names of differences.

    Raises
    ------
    InvalidInput
        There are none.
    """
    given = body.get("decisions")
    if not isinstance(given, dict) or not all(isinstance(each, str | None) for each in given.values()):
        raise InvalidInput([Problem("field_required", where={"field": "decisions"})])
    return given

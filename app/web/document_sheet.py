"""The table of a budget document for programs and people: read, saved whole or not at all, shown in the grid."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.budget_reviews import DocumentLine, DocumentRow, get_document
from app.queries.codelists import code_list
from app.queries.document_sheet import FROZEN, STORED, area_of, document_rows, document_sheet
from app.queries.fiscal_years import is_closed
from app.queries.record_sheets import written
from app.services.document_sheet import change_document_rows
from app.services.money_rules import organisation_target
from app.web.budget_words import DOCUMENT_KIND_NAMES
from app.web.context import attribution, current
from app.web.desk_texts import pill_of, turn_of
from app.web.endpoint import Access, api_route, page_route
from app.web.organisation_money import require_staff
from app.web.payloads import json_object
from app.web.sheet_json import CHANGED_SCHEMA, CHANGES_BODY, SHEET_SCHEMA, changes_of, column_json, saved_json

blueprint = Blueprint("document_sheet", __name__)

_RULE = "/api/v1/budget-documents/<int:document_id>/sheet"


@api_route(
    blueprint,
    _RULE,
    access=Access.SIGNED_IN,
    summary="The table of a budget document: a row per project and fund source (staff)",
    response=SHEET_SCHEMA,
)
def read_rows(document_id: int) -> dict[str, Any]:
    """Columns with their choices, and every row."""
    with current().database.reading() as session:
        return _sheet_json(session, found_document(session, document_id))


@api_route(
    blueprint,
    f"{_RULE}/changes",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write cells, add rows by project code, take rows out and put them back: the whole save or nothing of it",
    response=CHANGED_SCHEMA,
    body=CHANGES_BODY,
)
def save_rows(document_id: int) -> dict[str, Any]:
    """``written`` is false when nothing was: ``problems`` and ``conflicts`` say which cells have to be mended."""
    context, changes = current(), changes_of(json_object())
    with context.database.transaction(attribution()) as session:
        require_staff(session)
        outcome = change_document_rows(session, context.actor, document_id, changes)
        touched = outcome.touched
        rows = [_row_json(session, row) for row in document_rows(session, document_id) if str(row.id) in touched]
        now = datetime.now(UTC)
        answer = saved_json(outcome, rows, outcome.removed, context.request_id, now, context.language)
        return {**answer, "written": outcome.clean}


@page_route(blueprint, "/budget-documents/<int:document_id>/table", access=Access.SIGNED_IN)
def table_page(document_id: int) -> str:
    """The grid of a document's appropriations."""
    with current().database.reading() as session:
        row = found_document(session, document_id)
    back = url_for("budget_document_pages.document_page", document_id=document_id)
    return render_template(
        "sheets/sheet.html",
        sheet_title=f"{DOCUMENT_KIND_NAMES[row.kind]} {row.number}",
        phone_heading=_("งบ %(number)s", number=row.number),
        sheet_url=f"/api/v1/budget-documents/{document_id}/sheet",
        back_url=back,
        tabs=[],
        pill=pill_of(row),
        actions=[{"label": _("กลับไปเอกสาร"), "icon": "left", "kind": "plain", "href": back}],
    )


def found_document(session: Session, document_id: int) -> DocumentRow:
    """A document, for the staff.

    Raises
    ------
    Forbidden, NotFound
        Not a member of staff; no such document.
    """
    require_staff(session)
    row = get_document(session, document_id)
    if row is None:
        raise NotFound("budget_document_not_found", {"id": document_id})
    return row


def _sheet_json(session: Session, row: DocumentRow) -> dict[str, Any]:
    context = current()
    target = organisation_target(session, row.organisation_code)
    closed = is_closed(session, row.organisation_code, row.fiscal_year_be)
    editable = turn_of(context.actor, row, target, closed=closed).write
    sheet, lines = document_sheet(session, row.kind), document_rows(session, row.id)
    return {
        "title": row.title,
        "editable": editable,
        "why_read_only": None if editable else _why_read_only(row, closed=closed),
        "whole": True,
        "columns": [
            column_json(column, context.language, editable=editable, frozen=column.key in FROZEN)
            for column in sheet.columns
        ],
        "groups": [],
        "rows": [_row_json(session, line) for line in lines],
        "as_of": max((line.updated_at for line in lines), default=datetime.now(UTC)),
        "undo_hint": None,
    }


def _why_read_only(row: DocumentRow, *, closed: bool) -> str:
    if closed:
        return str(_("ปีงบประมาณปิดแล้ว ดูได้อย่างเดียว"))
    if row.removed:
        return str(_("เอกสารถูกนำออกแล้ว นำกลับมาก่อนจึงแก้ได้"))
    if row.status == "SUBMITTED":
        return str(_("ส่งขออนุมัติแล้ว ต้องส่งกลับก่อนจึงแก้ได้"))
    if row.status == "APPROVED":
        return str(_("อนุมัติแล้ว เปลี่ยนเงินด้วยการโอนงบประมาณ"))
    return str(_("ดูได้อย่างเดียว: แก้ได้โดยบุคลากรด้านการวางแผนของหน่วยงาน"))


def _row_json(session: Session, line: DocumentLine) -> dict[str, Any]:
    language = current().language
    known = code_list(session, "budget_programme")
    programme = line.programme_code if line.programme_code in known else None
    return {
        "id": str(line.id),
        "group": "",
        "version": str(line.row_version),
        "cells": {
            "project": line.project,
            "project_name": line.project_name,
            "area": area_of(session, programme, language),
            **{name: written(getattr(line, name)) for name in STORED},
        },
        "problems": [],
        "href": f"/projects/{line.project}?tab=budget",
        "locked": False,
    }

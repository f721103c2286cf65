"""Sheets of records for programs and people: revenue, expenditure, statistics, grants, communities."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import Target, Visibility
from app.errors import NotFound
from app.messages import Language
from app.queries.organisations import OrganisationName
from app.queries.organisations import organisation as find_organisation
from app.queries.record_sheets import SHEETS, RecordRow, RecordSheet, record_rows, written
from app.services.money_rules import check_open_year
from app.services.record_sheets import change_records, keeps_money
from app.web.context import attribution, chosen_fiscal_year_be, current, current_fiscal_year_be
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.errors import problem_lines
from app.web.params import fiscal_year, integer_schema
from app.web.payloads import json_object
from app.web.sheet_json import CHANGED_SCHEMA, CHANGES_BODY, SHEET_SCHEMA, changes_of, column_json, saved_json
from gis.problems import Problem

blueprint = Blueprint("record_sheets", __name__)

_FROZEN = ("name", "name_th", "village_number", "kind")
RULE = "/api/v1/organisations/<organisation_code>/sheets/<sheet_name>/<int:year_be>"
YEAR = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.)")


@api_route(
    blueprint,
    RULE,
    access=Access.SIGNED_IN,
    summary="A sheet of an organisation and year: revenue, expenditure, statistics, grants or communities",
    response=SHEET_SCHEMA,
)
def read_records(organisation_code: str, sheet_name: str, year_be: int) -> dict[str, Any]:
    """For staff."""
    context = current()
    with context.database.reading() as session:
        sheet, owner = found_sheet(session, organisation_code, sheet_name)
        rows = record_rows(session, sheet, organisation_code, year_be)
        closed = check_open_year(session, organisation_code, year_be) if keeps_money(sheet) else []
        return _sheet_json(sheet, owner, rows, context.language, closed)


@api_route(
    blueprint,
    f"{RULE}/changes",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write cells, add lines, take lines out and put them back, in one save",
    response=CHANGED_SCHEMA,
    body=CHANGES_BODY,
)
def save_records(organisation_code: str, sheet_name: str, year_be: int) -> dict[str, Any]:
    """What cannot be written comes back with its reason; the rest is written."""
    context, changes = current(), changes_of(json_object())
    with context.database.transaction(attribution()) as session:
        sheet, _owner = found_sheet(session, organisation_code, sheet_name)
        outcome = change_records(session, context.actor, sheet, organisation_code, year_be, changes)
        rows = record_rows(session, sheet, organisation_code, year_be)
        touched = [_row_json(sheet, row) for row in rows if row.id in outcome.touched]
        return saved_json(outcome, touched, outcome.removed, context.request_id, datetime.now(UTC), context.language)


@page_route(
    blueprint,
    "/organisations/<organisation_code>/sheets/<sheet_name>",
    access=Access.SIGNED_IN,
    params=(YEAR,),
)
def records_page(organisation_code: str, sheet_name: str, fiscal_year: int | None) -> str:
    """The grid of one sheet; the year is in the address."""
    context = current()
    year = fiscal_year or chosen_fiscal_year_be() or current_fiscal_year_be()
    with context.database.reading() as session:
        sheet, owner = found_sheet(session, organisation_code, sheet_name)
    thai = context.language == "th"
    tabs = [
        (
            each.title_th if thai else each.title_en,
            url_for(
                "record_sheets.records_page",
                organisation_code=organisation_code,
                sheet_name=each.name,
                fiscal_year=year,
            ),
            each.name == sheet_name,
        )
        for each in SHEETS.values()
    ]
    title = sheet.title_th if thai else sheet.title_en
    return render_template(
        "sheets/sheet.html",
        sheet_title=_("%(title)s ปี %(year)s", title=title, year=year),
        phone_heading=_("%(title)s · %(year)s", title=title, year=year),
        sheet_url=f"/api/v1/organisations/{organisation_code}/sheets/{sheet_name}/{year}",
        back_url=f"/organisations/{organisation_code}",
        back_words=owner.name(context.language),
        tabs=tabs,
        pill=None,
        actions=_actions(organisation_code, sheet, year, owner),
        owner=owner,
    )


def _actions(organisation_code: str, sheet: RecordSheet, year_be: int, owner: OrganisationName) -> list[dict[str, str]]:
    """The sheet as a file, there and back."""
    api = f"/api/v1/organisations/{organisation_code}/sheets/{sheet.name}/{year_be}"
    actions = [{"label": _("ดาวน์โหลด Excel"), "href": f"{api}/workbook", "icon": "download", "kind": "plain"}]
    target = Target(owner.code, owner.province_code, owner.amphoe_code)
    if policy.may(current().actor, sheet.action, target):
        href = f"/organisations/{organisation_code}/sheets/{sheet.name}/{year_be}/uploads"
        actions.append({"label": _("ส่งไฟล์กลับ"), "href": href, "icon": "upload", "kind": "plain"})
    return actions


def found_sheet(session: Session, organisation_code: str, sheet_name: str) -> tuple[RecordSheet, OrganisationName]:
    """A sheet and whose it is.

    Raises
    ------
    NotFound
        ``sheet_not_found`` (also for accounts that see what is published only), ``organisation_not_found``.
    """
    if policy.visibility(current().actor) is not Visibility.STAFF:
        raise NotFound("sheet_not_found", {"sheet": sheet_name[:40], "allowed": ", ".join(SHEETS)})
    owner = find_organisation(session, organisation_code)
    if owner is None:
        raise NotFound("organisation_not_found", {"organisation": organisation_code[:40]})
    if sheet_name not in SHEETS:
        raise NotFound("sheet_not_found", {"sheet": sheet_name[:40], "allowed": ", ".join(SHEETS)})
    return SHEETS[sheet_name], owner


def _sheet_json(
    sheet: RecordSheet, owner: OrganisationName, rows: list[RecordRow], language: Language, closed: list[Problem]
) -> dict[str, Any]:
    thai = language == "th"
    target = Target(owner.code, owner.province_code, owner.amphoe_code)
    editable = policy.may(current().actor, sheet.action, target) and not closed
    reason = "ดูได้อย่างเดียว: แก้ได้โดยผู้รับผิดชอบของหน่วยงาน" if thai else "Read only: written by the organisation's staff"
    if closed:
        (told,) = problem_lines(closed, language)
        reason = f"{told['message']} · {told['fix']}"
    return {
        "title": sheet.title_th if thai else sheet.title_en,
        "editable": editable,
        "why_read_only": None if editable else reason,
        "fixed_rows": sheet.section is not None,
        "columns": [
            column_json(column, language, editable=editable, frozen=column.key in _FROZEN) for column in sheet.columns
        ],
        "groups": [],
        "rows": [_row_json(sheet, row) for row in rows],
        "as_of": max((row.updated_at for row in rows if row.updated_at), default=None),
        "undo_hint": None,
    }


def _row_json(sheet: RecordSheet, row: RecordRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "group": "",
        "version": str(row.version),
        "cells": {column.key: written(row.values[column.key]) for column in sheet.columns},
        "problems": [],
        "href": None,
        "locked": False,
    }

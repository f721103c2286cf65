"""Action plans as JSON: issues, and their forms as the grid reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.messages import Language
from app.queries.action_plans import (
    COLUMNS,
    FORM_NAMES,
    MONTHS,
    ActionLine,
    ActionPlanHead,
    ActionSummaryRow,
    month_key,
    month_year_be,
)
from app.queries.codelists import choices, code_list
from app.services.sheets import SheetOutcome
from app.web.sheet_json import saved_json

# What a month or a flag shows when it is set; the grid knows it by this sign, and sets it with the space bar.
_MARK = "●"
_MONTH_PX = 42
_TYPES = {"amount_baht": "money", "programme_code": "choice", "other_agency": "choice"}


def action_plan_json(head: ActionPlanHead) -> dict[str, Any]:
    """One issue."""
    return {
        "id": head.id,
        "organisation": head.organisation_code,
        "fiscal_year_be": head.fiscal_year_be,
        "number": head.number,
        "title": head.title,
        "status": head.status,
        "promulgated_on": head.promulgated_on,
        "document": head.document,
        "prepared_by": head.prepared_by_name,
        "approved_by": head.approved_by_name,
    }


def action_sheet_json(
    session: Session, head: ActionPlanHead, form: str, lines: Sequence[ActionLine], actor: Actor, language: Language
) -> dict[str, Any]:
    """A form as the grid reads it; a month is a choice of one mark or none."""
    editable = head.status == "DRAFT" and policy.may(actor, policy.PLAN_WRITE, head.target)
    programmes = code_list(session, "budget_programme")
    groups = {_group(line): line for line in reversed(lines)}
    return {
        "title": f"{form} {FORM_NAMES[form]}",
        "editable": editable,
        "why_read_only": None if editable else _why_read_only(head, language),
        "columns": _columns(session, head, editable, language),
        "groups": [
            {
                "key": key,
                "title": line.strategy or "",
                "note": programmes[line.programme_code].name(language) if line.programme_code else "",
            }
            for key, line in reversed(groups.items())
        ],
        "rows": [action_row_json(line) for line in lines],
        "as_of": head.updated_at,
        "undo_hint": None,
    }


def _why_read_only(head: ActionPlanHead, language: Language) -> str:
    if head.status == "DRAFT":
        words = ("ดูได้อย่างเดียว: แก้ได้โดยบุคลากรด้านการวางแผนของหน่วยงาน", "Read only: planners of the organisation write it")
    else:
        words = ("ประกาศใช้แล้ว แก้ได้โดยเปิดฉบับใหม่", "In force: open a new issue to change it")
    return words[0] if language == "th" else words[1]


def _group(line: ActionLine) -> str:
    """``:programme:strategy``; strategies of action plans are words, the plan that they come from may be another."""
    return f":{line.programme_code or ''}:{line.strategy or ''}"


def _columns(session: Session, head: ActionPlanHead, editable: bool, language: Language) -> list[dict[str, Any]]:
    """The months stand before what the heads of the groups say already, so that a year fits on a screen."""
    marks = [{"value": "1", "label": _MARK}]
    found = []
    for key, (title_th, title_en, width, most) in COLUMNS.items():
        options = None
        if key == "programme_code":
            pairs = choices(session, "budget_programme", language)
            options = [{"value": code, "label": name} for code, name in pairs]
        elif key == "other_agency":
            options = marks
        column = {"key": key, "title": title_th if language == "th" else title_en, "type": _TYPES.get(key, "text")}
        found.append(
            {
                **column,
                "width": width,
                "frozen": key == "name_th",
                "editable": editable,
                "required": key == "name_th",
                "max_length": most or None,
                "choices": options,
                "total": key == "amount_baht",
                "help": None,
            }
        )
    before = next(at for at, column in enumerate(found) if column["key"] == "other_agency")
    months = [_month(head, n, editable, marks) for n in range(1, len(MONTHS) + 1)]
    return [*found[:before], *months, *found[before:]]


def _month(head: ActionPlanHead, n: int, editable: bool, marks: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "key": month_key(n),
        "title": MONTHS[n - 1],
        "type": "choice",
        "width": _MONTH_PX,
        "frozen": False,
        "editable": editable,
        "required": False,
        "max_length": None,
        "choices": marks,
        "total": False,
        "help": f"{MONTHS[n - 1]} {month_year_be(head.fiscal_year_be, n)}",
    }


def action_row_json(line: ActionLine) -> dict[str, Any]:
    """A line as the grid reads it."""
    keys = (*COLUMNS, *(month_key(n) for n in range(1, len(MONTHS) + 1)))
    return {
        "id": str(line.id),
        "group": _group(line),
        "version": f"{line.id}.{line.row_version}",
        "cells": {key: line.value(key) for key in keys},
        "problems": [],
        "href": None if line.project_code is None else f"/projects/{line.project_code}",
        "locked": False,
        "change": None,
    }


def action_outcome_json(
    lines: Sequence[ActionLine], outcome: SheetOutcome, receipt: str, at: datetime, language: Language
) -> dict[str, Any]:
    """What became of a save."""
    rows = [action_row_json(line) for line in lines if str(line.id) in outcome.touched]
    return saved_json(outcome, rows, outcome.removed, receipt, at, language)


def action_summary_json(rows: Sequence[ActionSummaryRow]) -> dict[str, Any]:
    """ผด.01."""
    return {"rows": [asdict(row) for row in rows]}

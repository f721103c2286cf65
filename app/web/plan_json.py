"""Plans, versions, forms and comparisons as JSON, and the schemas of these documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Visibility
from app.messages import Language
from app.queries.codelists import choices, code_name
from app.queries.plan_comments import PlanComment, comments_of_version
from app.queries.plan_compare import LineDifference
from app.queries.plan_forms import FormColumn
from app.queries.plan_sheet import KIND_NAMES, Sheet, SheetRow, Summary
from app.queries.plans import PathStep, PlanHead, Strategy, VersionHead
from app.services.plan_cells import NOT_TYPED, written
from app.services.plan_comments import may_comment
from app.services.sheets import SheetOutcome
from app.web.sheet_json import saved_json

OBJECT: Mapping[str, Any] = {"type": "object"}
LIST: Mapping[str, Any] = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": OBJECT}},
}
PLAN_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "organisation", "name", "years", "versions", "strategies"],
    "properties": {
        "id": {"type": "integer"},
        "organisation": {"type": "string"},
        "name": {"type": "string"},
        "vision": {"type": ["string", "null"]},
        "mission": {"type": ["string", "null"]},
        "goals": {"type": ["string", "null"]},
        "years": {"type": "array", "items": {"type": "integer"}},
        "versions": {"type": "array", "items": OBJECT},
        "strategies": {"type": "array", "items": OBJECT},
    },
}
VERSION_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "plan", "status", "number", "change_types", "clauses", "path"],
    "properties": {
        "id": {"type": "integer"},
        "plan": {"type": "integer"},
        "seq": {"type": ["integer", "null"]},
        "status": {"enum": ["DRAFT", "PROPOSED", "RETURNED", "PROMULGATED", "DISCARDED"]},
        "number": {"type": "string"},
        "fiscal_year_be": {"type": "integer"},
        "change_types": {"type": "array", "items": {"type": "string"}},
        "clauses": {"type": "array", "items": {"type": "string"}},
        "path": {"type": "array", "items": OBJECT},
    },
}


def plan_json(head: PlanHead, versions: Sequence[VersionHead], strategies: Sequence[Strategy]) -> dict[str, Any]:
    """A plan with its versions and strategies."""
    return {
        "id": head.id,
        "organisation": head.organisation_code,
        "name": head.name_th,
        "vision": head.vision,
        "mission": head.mission,
        "goals": head.goals,
        "years": list(head.years_be),
        "versions": [version_json(version) for version in versions],
        "strategies": [strategy_json(strategy) for strategy in strategies],
    }


def version_json(of: VersionHead, path: Sequence[PathStep] = ()) -> dict[str, Any]:
    """A version, with its path where it is told."""
    return {
        "id": of.id,
        "plan": of.plan_id,
        "seq": of.seq,
        "status": of.status,
        "number": of.number,
        "fiscal_year_be": of.fiscal_year_be,
        "change_types": list(of.change_types),
        "clauses": list(of.clauses),
        "reason": of.reason,
        "document": of.document,
        "promulgated_on": of.promulgated_on,
        "years": list(of.years_be),
        "lines": of.lines,
        "prepared_by": of.prepared_by_name,
        "approved_by": of.approved_by_name,
        "path": [
            {
                "step": step.step.code,
                "name": step.step.name_th,
                "required": step.step.required,
                "clauses": list(step.step.clauses),
                "result": None if step.taken is None else step.taken.result,
                "decided_on": None if step.taken is None else step.taken.decided_on,
                "reference": None if step.taken is None else step.taken.reference,
                "note": None if step.taken is None else step.taken.note,
            }
            for step in path
        ],
    }


def strategy_json(strategy: Strategy) -> dict[str, Any]:
    """A strategy with its tactics and what it serves."""
    return asdict(strategy)


def sheet_json(session: Session, sheet: Sheet, actor: Actor, language: Language) -> dict[str, Any]:
    """A form as the grid reads it."""
    editable = sheet.version.editable and policy.may(actor, policy.PLAN_WRITE, sheet.plan.target)
    return {
        "title": f"{sheet.form.code} {sheet.form.name_th}",
        "editable": editable,
        "why_read_only": None if editable else _why_read_only(sheet, language),
        "columns": [_column_json(session, sheet, column, editable, language) for column in sheet.columns],
        "groups": [
            {"key": group.key, "title": group.title(language), "note": group.note(language)} for group in sheet.groups
        ],
        "rows": [row_json(session, sheet, row, language) for row in sheet.rows],
        "comments": comments_json(_comments(session, sheet, actor)),
        "may_comment": sheet.version.open and may_comment(actor, sheet.plan.target),
        "as_of": sheet.version.updated_at,
        "undo_hint": None,
    }


def _comments(session: Session, sheet: Sheet, actor: Actor) -> list[PlanComment]:
    """What is said of an open version is for staff; once it is in force nothing is left to say."""
    if not sheet.version.open or policy.visibility(actor) is not Visibility.STAFF:
        return []
    return comments_of_version(session, sheet.version.id)


def _why_read_only(sheet: Sheet, language: Language) -> str:
    if sheet.version.editable:
        words = ("ดูได้อย่างเดียว: แก้ได้โดยบุคลากรด้านการวางแผนของหน่วยงาน", "Read only: planners of the organisation write it")
    elif sheet.version.status == "PROPOSED":
        words = ("เสนอแล้ว กำลังพิจารณา ต้องส่งกลับก่อนจึงแก้ได้", "Proposed: it has to be returned before it can be changed")
    elif sheet.version.status == "DISCARDED":
        words = ("ฉบับนี้เลิกแล้ว", "This version was given up")
    else:
        words = ("ประกาศใช้แล้ว แก้ได้โดยเปิดฉบับใหม่", "In force: open a new version to change it")
    return words[0] if language == "th" else words[1]


def _column_json(
    session: Session, sheet: Sheet, column: FormColumn, editable: bool, language: Language
) -> dict[str, Any]:
    typed = column.key not in NOT_TYPED
    outside = column.year_be is not None and column.year_be not in sheet.version.years_be
    return {
        "key": column.key,
        "title": column.title_th if language == "th" else column.title_en,
        "type": column.type,
        "width": column.width_px,
        "frozen": column.key in ("line_number", "name_th"),
        "editable": editable and typed,
        "required": column.required,
        "max_length": column.max_length,
        "choices": _choices(session, sheet, column.key, language) if column.type == "choice" else None,
        "total": column.year_be is not None,
        "help": _help(column, language, outside=outside),
    }


def _help(column: FormColumn, language: Language, *, outside: bool) -> str | None:
    if outside:
        return "ปีนอกแผน: ลบออกได้เท่านั้น" if language == "th" else "Outside the plan: can only be emptied"
    if column.year_be is None:
        return None
    thai = "ว่างหรือขีดคือไม่ทำในปีนี้ 0 คือทำโดยไม่ใช้งบประมาณ"
    return thai if language == "th" else "Empty or a dash: not in this year; 0: carried out without money"


def _choices(session: Session, sheet: Sheet, key: str, language: Language) -> list[dict[str, str]]:
    if key == "kind":
        pairs = [(code, names[0] if language == "th" else names[1]) for code, names in KIND_NAMES.items()]
    elif key == "programme_code":
        pairs = choices(session, "budget_programme", language)
    elif key == "local_strategy_id":
        pairs = [(str(s.id), f"{s.code} {s.name_th}") for s in sheet.strategies]
    else:
        pairs = [(str(t.id), f"{s.code}.{t.code} {t.name_th}") for s in sheet.strategies for t in s.tactics]
    return [{"value": value, "label": label} for value, label in pairs]


def row_json(session: Session, sheet: Sheet, row: SheetRow, language: Language) -> dict[str, Any]:
    """A line as the grid reads it."""
    cells: dict[str, Any] = {}
    for column in sheet.columns:
        value = row.value(column.key)
        if column.type == "status":
            cells[column.key] = None if value is None else _status(session, str(value), language)
        elif column.type == "readonly":
            cells[column.key] = value
        else:
            cells[column.key] = written(value)
    first = row.projects[0].code if row.projects else None
    return {
        "id": str(row.line.origin_id),
        "group": row.group,
        "version": f"{row.line.id}.{row.line.row_version}",
        "cells": cells,
        "problems": [],
        "href": None if first is None else f"/projects/{first}",
        "locked": row.line.ended,
        "change": row.line.change if row.touched else None,
    }


def _status(session: Session, code: str, language: Language) -> dict[str, str]:
    return {
        "code": code,
        "label": code_name(session, "geometry_status", code, language) or code,
        "glyph": code.lower(),
    }


def outcome_json(
    session: Session, sheet: Sheet, outcome: SheetOutcome, receipt: str, at: Any, language: Language
) -> dict[str, Any]:
    """What became of a save, with every touched line as it stands now."""
    named = {*outcome.touched, *outcome.removed}
    rows = [row_json(session, sheet, row, language) for row in sheet.rows if str(row.line.origin_id) in named]
    standing = {str(row.line.origin_id) for row in sheet.rows if not row.line.ended}
    return saved_json(outcome, rows, [row for row in outcome.removed if row not in standing], receipt, at, language)


def summary_json(summary: Summary, language: Language) -> dict[str, Any]:
    """ผ.01: counts and baht per strategy, programme and year."""

    def row(of: Any) -> dict[str, Any]:
        return {
            "strategy": of.group.title(language),
            "programme": of.group.note(language),
            "years": {str(year): asdict(cell) for year, cell in of.years.items()},
            "total": asdict(of.total),
        }

    return {
        "form": summary.form.code,
        "years": list(summary.years_be),
        "rows": [row(of) for of in summary.rows],
        "total": row(summary.total),
    }


def difference_json(difference: LineDifference) -> dict[str, Any]:
    """What happened to one line."""
    line = difference.after or difference.before
    return {
        "row": str(difference.origin_id),
        "kind": difference.kind,
        "form": None if line is None else line.form,
        "name": difference.name,
        "essential": difference.essential,
        "merged_into": None if difference.merged_into is None else difference.merged_into.name_th,
        "fields": [asdict(field) for field in difference.fields],
    }


def comments_json(comments: Sequence[PlanComment]) -> list[dict[str, Any]]:
    """Comments as programs get them; ``row`` is the line's name in the sheet."""
    return [
        {
            "id": comment.id,
            "row": None if comment.origin_id is None else str(comment.origin_id),
            "column": comment.column,
            "line": comment.line_name,
            "form": comment.form,
            "text": comment.text,
            "by": comment.by,
            "at": comment.at,
            "answered_at": comment.resolved_at,
            "answered_by": comment.resolved_by,
        }
        for comment in comments
    ]

"""What an uploaded workbook would do, as JSON; the page draws the same document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.messages import Language
from app.queries.codelists import code_list
from app.queries.plans import strategies_of
from app.services.plan_cells import year_of
from app.services.plan_uploads import StagedUpload
from app.services.plan_workbook.comparing import CellDifference, NewDifference, RemovalDifference
from app.services.plan_workbook.labels import Labels, choice_labels
from app.web.errors import problem_lines

UPLOAD_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "version", "form", "status", "counts", "acceptable", "problems", "cells", "inserts", "removals"],
    "properties": {
        "id": {"type": "integer"},
        "version": {"type": "integer"},
        "form": {"type": "string"},
        "file_name": {"type": "string"},
        "status": {"enum": ["STAGED", "ACCEPTED", "DISCARDED"]},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "acceptable": {"type": "boolean"},
        "problems": {"type": "array", "items": {"type": "object"}},
        "cells": {"type": "array", "items": {"type": "object"}},
        "inserts": {"type": "array", "items": {"type": "object"}},
        "removals": {"type": "array", "items": {"type": "object"}},
    },
}


def upload_json(session: Session, staged: StagedUpload, language: Language) -> dict[str, Any]:
    """The upload with every difference, in words where codes would say nothing."""
    head, difference = staged.head, staged.difference
    labels = choice_labels(strategies_of(session, staged.plan.id), code_list(session, "budget_programme"))
    titles = {
        c.key: c.title_th if language == "th" else c.title_en for c in staged.form.columns(staged.version.years_be)
    }
    remarks = difference.remarks
    return {
        "id": head.id,
        "version": head.plan_version_id,
        "plan": staged.plan.id,
        "version_number": staged.version.number,
        "organisation": staged.plan.organisation_code,
        "organisation_name": staged.plan.organisation_name,
        "form": head.form,
        "slug": staged.form.slug,
        "form_name": staged.form.name_th if language == "th" else staged.form.name_en,
        "file_name": head.file_name,
        "file_sha256": head.file_sha256,
        "file_bytes": head.file_bytes,
        "status": head.status,
        "ours": bool(head.original["ours"]),
        "downloaded_at": head.original["as_of"],
        "lines": head.original["lines"],
        "sent_by": head.created_by_name,
        "sent_at": head.created_at,
        "decided_by": head.decided_by_name,
        "decided_at": head.decided_at,
        "result": head.result,
        "counts": difference.counts,
        "acceptable": difference.acceptable,
        "already": difference.untouched,
        "problems": [
            {**line, "title": titles.get(str(line.get("column")))}
            for line in problem_lines(difference.problems, language)
        ],
        "cells": [_cell(cell, titles, labels, remarks.get(str(cell.row), ())) for cell in difference.cells],
        "inserts": [_insert(line, titles, labels) for line in difference.inserts],
        "removals": [_removal(line) for line in difference.removals],
    }


def _shown(labels: Labels, column: str, value: str | None) -> str | None:
    if value is not None and year_of(column) is not None:
        whole = f"{float(value):,.2f}"
        return whole.removesuffix(".00")
    return None if value is None else labels.get(column, {}).get(value, value)


def _cell(cell: CellDifference, titles: Mapping[str, str], labels: Labels, remarks: Sequence[str]) -> dict[str, Any]:
    return {
        "key": cell.key,
        "row": str(cell.row),
        "name": cell.name,
        "column": cell.column,
        "title": titles.get(cell.column, cell.column.removeprefix("y")),
        "sheet": cell.sheet,
        "address": cell.address,
        "base": _shown(labels, cell.column, cell.base),
        "yours": _shown(labels, cell.column, cell.yours),
        "theirs": _shown(labels, cell.column, cell.theirs),
        "conflict": cell.conflict,
        "choice": cell.choice,
        "by": cell.by,
        "at": cell.at,
        "remarks": list(remarks),
    }


def _insert(line: NewDifference, titles: Mapping[str, str], labels: Labels) -> dict[str, Any]:
    return {
        "key": line.key,
        "sheet": line.sheet,
        "sheet_row": line.sheet_row,
        "name": line.name,
        "cells": [
            {"column": column, "title": titles.get(column, column), "value": _shown(labels, column, value)}
            for column, value in line.cells.items()
            if value is not None and column != "name_th"
        ],
        "choice": line.choice,
        "remarks": list(line.remarks),
    }


def _removal(line: RemovalDifference) -> dict[str, Any]:
    return {
        "key": line.key,
        "row": str(line.row),
        "name": line.name,
        "conflict": line.conflict,
        "choice": line.choice,
    }

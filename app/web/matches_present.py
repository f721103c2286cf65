"""Lists of contracts and payments, their rows, and what became of them, as programs and pages get them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages import Language, sentence
from app.queries.matches import MatchBatchView, MatchRowView
from app.services.matching.deciding import Done
from app.web.change_words import field_name
from app.web.context import current
from app.web.errors import problem_lines
from app.web.imports_present import plain_problems

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
        "refused": {"type": "integer", "description": "Undecided rows that no record could be made of"},
        "columns": {"type": "object"},
        "problems": {"type": "array", "items": {"type": "object"}},
        "created_by": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
        "job": {"type": ["integer", "null"]},
    },
}
RECORD: Mapping[str, Any] = {
    "type": ["object", "null"],
    "description": "What became of an accepted row",
    "properties": {
        "outcome": {"enum": ["MADE", "FILLED", "SAME"]},
        "contract": {"type": ["integer", "null"]},
        "disbursement": {"type": ["integer", "null"]},
        "number": {"type": ["string", "null"]},
        "amount_baht": {"type": "number"},
        "gone": {"type": "boolean", "description": "Taken out or reversed since"},
        "url": {"type": "string"},
        "text": {"type": "string"},
        "notes": {"type": "array", "items": {"type": "string"}},
        "filled": {"type": "array", "items": {"type": "object"}},
        "differences": {"type": "array", "items": {"type": "object"}},
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
        "receipt": {"type": ["string", "null"]},
        "refused": {"type": "array", "items": {"type": "object"}, "description": "Why no record could be made of it"},
        "record": RECORD,
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
DONE: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "rows": {"type": "array", "items": {"type": "integer"}},
        "refused": {"type": "array", "items": {"type": "object"}, "description": "Rows left, each with its reasons"},
        "next": {"type": ["integer", "null"], "description": "Row to go on after"},
        "receipt": {"type": "string"},
        "batch": BATCH,
    },
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
        "refused": batch.refused_count,
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
        "problems": plain_problems(row.problems, language),
        "state": row.state,
        "project": row.project_code,
        "project_name": row.project_name,
        "decided_by": row.decided_by_name,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "receipt": row.receipt,
        "refused": plain_problems(row.refused or (), language),
        "record": _record(row, language),
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


def _record(row: MatchRowView, language: Language) -> dict[str, Any] | None:
    if row.outcome is None:
        return None
    payment = row.disbursement_id is not None
    code = f"match_{'payment' if payment else 'contract'}_{row.outcome.lower()}"
    details = row.details
    return {
        "outcome": row.outcome,
        "contract": row.contract_id,
        "disbursement": row.disbursement_id,
        "number": row.record_number,
        "amount_baht": float(row.record_baht or 0),
        "gone": row.gone,
        "url": f"/projects/{row.project_code}?tab={'disbursements' if payment else 'contracts'}",
        "text": sentence(code, {"number": row.record_number or "–", "amount_baht": row.record_baht}, language),
        "notes": [sentence(each, {}, language) for each in details.get("notes", ())],
        "filled": [
            {"field": name, "title": field_name(name), "now": each["now"]}
            for name, each in details.get("filled", {}).items()
        ],
        "differences": [{**each, "title": field_name(each["field"])} for each in details.get("differences", ())],
    }


def done_json(done: Done, batch: dict[str, Any]) -> dict[str, Any]:
    """What became of many rows."""
    here = current()
    return {
        "rows": sorted(done.rows),
        "refused": [
            {"row": one.row, "problems": problem_lines(list(one.problems), here.language)} for one in done.refused
        ],
        "next": done.next,
        "receipt": here.request_id,
        "batch": batch,
    }

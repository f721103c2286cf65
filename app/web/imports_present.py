"""Imports as programs and the pages get them: batches, rows, problems and offers in words, and their schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.messages import Language, sentence
from app.queries.import_differences import Differences, differences_of
from app.queries.import_matches import MatchView, choices_of, matches_of
from app.queries.import_offers import OfferGroup, OfferView, offers_of
from app.queries.import_pictures import RowPicture, pictures_of
from app.queries.import_rows import RowView
from app.queries.imports import BatchView
from app.services import imports
from app.services.imports.pictures import ATTACH_ONLY, SET_ASIDE
from app.web.context import current
from app.web.errors import problem_lines
from gis.problems import Problem

_OF_PHOTOGRAPHS = frozenset({ATTACH_ONLY, SET_ASIDE})
BATCH_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "status": {"enum": ["RECEIVED", "STAGING", "STAGED", "ACCEPTING", "ACCEPTED", "FAILED", "CANCELLED", "UNDONE"]},
        "organisation": {"type": "string"},
        "fiscal_year_be": {"type": "integer"},
        "kind": {"enum": ["road", "water", "other"]},
        "file_name": {"type": "string"},
        "format": {"type": ["string", "null"]},
        "encoding": {"type": ["string", "null"]},
        "epsg": {"type": ["integer", "null"]},
        "column_map": {"type": "object", "additionalProperties": {"type": "string"}},
        "detected": {"type": "object"},
        "row_count": {"type": "integer"},
        "ok_count": {"type": "integer"},
        "warning_count": {"type": "integer"},
        "error_count": {"type": "integer"},
        "acceptable": {"type": "boolean"},
        "problems": {"type": "array", "items": {"type": "object"}},
        "job": {"type": ["integer", "null"]},
    },
    "required": ["id", "status", "organisation", "row_count", "error_count", "acceptable", "problems"],
}
ROW_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "row": {"type": "integer"},
        "level": {"enum": ["ok", "warning", "error"]},
        "project": {"type": ["string", "null"]},
        "values": {"type": "object"},
        "raw": {"type": "object"},
        "choice": {"type": ["string", "null"], "description": "What a person said: code of a project, or new"},
        "matches": {
            "type": "array",
            "description": "Projects that the row may mean, the likeliest first",
            "items": {
                "type": "object",
                "properties": {
                    "project": {"type": "string"},
                    "name": {"type": "string"},
                    "fiscal_year_be": {"type": "integer"},
                    "budget_baht": {"type": "number"},
                    "geometry_status": {"type": "string"},
                    "score": {"type": "number", "description": "0 to 1"},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        "differences": {
            "type": "array",
            "description": "What the row says otherwise than its stored project; only what is taken changes it",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "taken": {"type": "boolean"},
                    "given": {"type": "string"},
                    "stored": {"description": "The stored value; GeoJSON for the field geometry"},
                    "version": {"type": "integer", "description": "Stored version of the coordinates, 0: none"},
                    "status": {"type": "string"},
                    "moved_m": {"type": ["number", "null"]},
                    "given_length_m": {"type": "number"},
                    "stored_length_m": {"type": ["number", "null"]},
                },
                "required": ["field", "taken"],
            },
        },
        "offer": {
            "type": ["object", "null"],
            "description": "What the coordinate doctor takes the shape for: as given, as offered, and whether taken",
            "properties": {
                "code": {"type": "string", "description": "Code of the problem that it answers"},
                "mended": {"type": "boolean"},
                "given": {"type": ["object", "null"]},
                "offered": {"type": ["object", "null"], "description": "null: better without coordinates"},
            },
        },
        "photo": {
            "type": ["object", "null"],
            "description": "The photograph that the row came from; attached to its project by accepting the file",
            "properties": {
                "file_name": {"type": "string"},
                "taken_at": {"type": ["string", "null"]},
                "thumbnail": {"type": "string"},
            },
        },
        "attach_only": {"type": "boolean", "description": "The row gives its project no coordinates, only its picture"},
        "problems": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["row", "level", "values", "problems"],
}
ROWS_CHANGED: Mapping[str, Any] = {
    "type": "object",
    "properties": {"rows": {"type": "integer"}, "import": BATCH_SCHEMA},
    "required": ["rows", "import"],
}


def plain_problems(problems: Any, language: Language) -> list[dict[str, Any]]:
    """Stored problems in words."""
    return problem_lines([Problem(p["code"], p["level"], p["where"], p["values"]) for p in problems], language)


def batch_json(batch: BatchView, language: Language) -> dict[str, Any]:
    """An import as programs and the page get it."""
    detected = {
        name: value for name, value in batch.detected.items() if name not in ("asked", "edits", "mended", "mended_rows")
    }
    return {
        "id": batch.id,
        "status": batch.status,
        "organisation": batch.organisation_code,
        "organisation_name": batch.organisation_name,
        "fiscal_year_be": batch.fiscal_year_be,
        "kind": batch.kind,
        "file_name": batch.file_name,
        "file_bytes": batch.file_bytes,
        "format": batch.format,
        "layer": batch.layer,
        "encoding": batch.encoding,
        "epsg": batch.epsg,
        "column_map": dict(batch.column_map),
        "detected": detected,
        "row_count": batch.row_count,
        "ok_count": batch.ok_count,
        "warning_count": batch.warning_count,
        "error_count": batch.error_count,
        "acceptable": batch.acceptable,
        "problems": plain_problems(batch.problems, language),
        "created_by": batch.created_by_name,
        "on_behalf_of": batch.on_behalf_of,
        "created_at": batch.created_at,
        "accepted_at": batch.accepted_at,
        "undone_at": batch.undone_at,
        "undone_by": batch.undone_by_name,
        "job": batch.job_id,
        "url": f"/imports/{batch.id}",
    }


def present_batch(batch_id: int) -> dict[str, Any]:
    """The import as it is now, for who asks."""
    here = current()
    with here.database.reading() as session:
        return batch_json(imports.visible_batch(session, here.actor, batch_id), here.language)


def rows_json(session: Session, batch_id: int, rows: Sequence[RowView], language: Language) -> list[dict[str, Any]]:
    """Rows as programs and the page get them, with the shapes and projects that are offered for each."""
    numbers = [row.row_number for row in rows]
    offers, matches = offers_of(session, batch_id, numbers), matches_of(session, batch_id, numbers)
    choices, differences = choices_of(session, batch_id, numbers), differences_of(session, batch_id, numbers)
    pictures = pictures_of(session, batch_id, numbers)
    return [
        {
            **_row_json(row, offers.get(row.row_number), language),
            "choice": (choices[row.row_number] or imports.NEW) if row.row_number in choices else None,
            "matches": [_match_json(match, language) for match in matches.get(row.row_number, ())],
            "differences": _differences_json(differences.get(row.row_number)),
            "photo": _photo_json(batch_id, row.row_number, pictures.get(row.row_number)),
        }
        for row in rows
    ]


def _row_json(row: RowView, offer: OfferView | None, language: Language) -> dict[str, Any]:
    return {
        "row": row.row_number,
        "level": row.level,
        "project": row.project_code,
        "values": {name: value for name, value in row.values.items() if name not in _OF_PHOTOGRAPHS},
        "attach_only": bool(row.values.get(ATTACH_ONLY)),
        "raw": dict(row.raw),
        "has_geometry": row.has_geometry,
        "offer": None if offer is None else _offer_json(offer),
        "problems": plain_problems(row.problems, language),
    }


def _photo_json(batch_id: int, row_number: int, picture: RowPicture | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    return {
        "file_name": picture.file_name,
        "taken_at": None if picture.taken_at is None else picture.taken_at.isoformat(),
        "thumbnail": f"/api/v1/imports/{batch_id}/rows/{row_number}/thumbnail",
    }


def _offer_json(offer: OfferView) -> dict[str, Any]:
    return {
        "code": offer.code,
        "mended": offer.mended,
        "given": None if offer.given is None else json.loads(offer.given),
        "offered": None if offer.offered is None else json.loads(offer.offered),
    }


def _match_json(match: MatchView, language: Language) -> dict[str, Any]:
    return {
        "project": match.code,
        "name": match.name,
        "fiscal_year_be": match.fiscal_year_be,
        "budget_baht": match.budget_baht,
        "geometry_status": match.geometry_status,
        "score": match.score,
        "reasons": [sentence(reason["code"], reason, language) for reason in match.reasons],
    }


def _differences_json(found: Differences | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    fields = [{"field": d.field, "given": d.given, "stored": d.stored, "taken": False} for d in found.fields]
    shape = found.shape
    if shape is None:
        return fields
    entry = {
        "field": "geometry",
        "taken": True,
        "version": shape.version,
        "status": shape.status,
        "moved_m": None if shape.moved_m is None else round(shape.moved_m, 1),
        "given_length_m": round(shape.given_length_m, 1),
        "stored_length_m": shape.stored_length_m,
        "stored": None if shape.stored is None else json.loads(shape.stored),
    }
    return [entry, *fields]


def offer_group_json(group: OfferGroup, language: Language) -> dict[str, Any]:
    """Rows with one offer, with its sentence."""
    (example,) = plain_problems([group.example], language)
    return {
        "code": group.code,
        "rows": group.rows,
        "mended": group.mended,
        "first_rows": list(group.first_rows),
        "example": example,
    }

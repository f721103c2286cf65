"""Pairs of works at one place as programs and pages get them: in words, with what this person may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

import shapely
from flask_babel import gettext as _

from app.messages import Language, sentence
from app.models.duplicate import ACTS, ANSWERS, CLASSES, STATUSES
from app.queries.duplicate_views import QUIET, DecisionView, PairFilter, PairView, PairWork, Stake
from app.services.duplicate_drawing import DrawnNeighbour
from gis import geojson
from gis.overlap_reasons import Voice, speaks

_TEXT: Mapping[str, Any] = {"type": ["string", "null"]}
_MOMENT: Mapping[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_WORK: Mapping[str, Any] = {
    "type": "object",
    "required": ["project", "name", "organisation", "fiscal_year_be", "money_baht"],
    "properties": {
        "project": {"type": "string"},
        "name": {"type": "string"},
        "kind": {"enum": ["road", "water", "other"]},
        "organisation": {"type": "string"},
        "organisation_name": {"type": "string"},
        "fiscal_year_be": {"type": "integer"},
        "status": {"type": "string"},
        "money_baht": {"type": "number", "description": "Approved budget, or the plan's while nothing is approved"},
        "budget_baht": {"type": "number"},
        "contracted_baht": {"type": "number"},
        "disbursed_baht": {"type": "number"},
        "geometry_version": {"type": "integer"},
    },
}
PAIR_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "class", "held_for", "score", "shared_m", "shared_share", "status", "reasons", "works"],
    "properties": {
        "id": {"type": "integer"},
        "class": {"enum": list(CLASSES), "description": "What was computed"},
        "held_for": {"enum": [*CLASSES, "different"], "description": "The answer where there is one, else the class"},
        "title": {"type": "string"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "shared_m": {"type": "number"},
        "shared_share": {"type": "number"},
        "distance_m": {"type": "number"},
        "at_stake_baht": {"type": "number"},
        "status": {"enum": [*STATUSES, QUIET], "description": "quiet: nobody is asked for an answer"},
        "answer": {"enum": [*ANSWERS, None]},
        "answered_for": _TEXT,
        "answered_by": _TEXT,
        "answered_at": _MOMENT,
        "reasons": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "speaks": {"enum": ["for", "against", "beside"], "description": "For the class or against it"},
                    "values": {"type": "object"},
                },
            },
        },
        "grant": {
            "type": ["object", "null"],
            "description": "Project whose money is a grant, and the project that it pays: one money",
            "properties": {"giver": {"type": "string"}, "receiver": {"type": "string"}},
        },
        "works": {"type": "array", "items": _WORK, "minItems": 2, "maxItems": 2},
        "computed_at": {"type": "string", "format": "date-time"},
        "ended_at": _MOMENT,
        "url": {"type": "string"},
    },
}
DECISION_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "act", "status", "created_at", "created_by"],
    "properties": {
        "id": {"type": "integer"},
        "act": {"enum": list(ACTS)},
        "answer": {"enum": [*ANSWERS, None]},
        "status": {"enum": list(STATUSES)},
        "note": _TEXT,
        "document": _TEXT,
        "picture": {**_TEXT, "description": "Address of the picture that shows it"},
        "paper": {
            "type": ["object", "null"],
            "description": "The paper itself, a PDF",
            "required": ["name", "bytes", "url"],
            "properties": {"name": {"type": "string"}, "bytes": {"type": "integer"}, "url": {"type": "string"}},
        },
        "organisation": _TEXT,
        "created_at": {"type": "string", "format": "date-time"},
        "created_by": {"type": "string"},
        "on_behalf_of": _TEXT,
    },
}
_SHAPE: Mapping[str, Any] = {"type": ["object", "null"], "description": "GeoJSON, EPSG:4326"}
ONE_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": [*PAIR_SCHEMA["required"], "decisions", "may"],
    "properties": {
        **PAIR_SCHEMA["properties"],
        "geometries": {"type": "array", "items": _SHAPE, "minItems": 2, "maxItems": 2},
        "common": _SHAPE,
        "decisions": {"type": "array", "items": DECISION_SCHEMA},
        "may": {"type": "array", "items": {"enum": [act for act in ACTS if act != "reopen"]}},
        "receipt": {"type": "string"},
    },
}

NEIGHBOUR_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["project", "name", "class", "title", "score", "shared_m", "shared_share", "distance_m", "reasons"],
    "properties": {
        "project": {"type": "string"},
        "name": {"type": "string"},
        "organisation": {"type": "string"},
        "organisation_name": {"type": "string"},
        "fiscal_year_be": {"type": ["integer", "null"]},
        "money_baht": {"type": ["number", "null"]},
        "class": {"enum": list(CLASSES)},
        "title": {"type": "string"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "shared_m": {"type": "number"},
        "shared_share": {"type": "number"},
        "distance_m": {"type": "number"},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "common": _SHAPE,
        "status": {"enum": [*STATUSES, None]},
        "answer": {"enum": [*ANSWERS, None]},
        "answered_by": _TEXT,
        "answered_at": _MOMENT,
        "url": {**_TEXT, "description": "Page of the pair where it is kept"},
    },
}


def class_names() -> dict[str, str]:
    """Words of the classes and answers."""
    return {
        "same_work": _("งานเดียวกัน"),
        "repair": _("ซ่อมของเดิม"),
        "upgrade": _("ยกระดับผิวทาง"),
        "continuation": _("ต่อเนื่องกัน"),
        "joint": _("ทำร่วมกัน"),
        "crossing": _("ตัดกัน"),
        "near": _("อยู่ใกล้กัน"),
        "different": _("คนละงาน"),
    }


def status_names() -> dict[str, str]:
    """Words of the statuses."""
    return {
        "open": _("รอคำตอบ"),
        "answered": _("ตอบแล้ว"),
        "appealed": _("อุทธรณ์"),
        "confirmed": _("จังหวัดยืนยัน"),
        QUIET: _("ไม่ต้องตอบ"),
    }


def act_names() -> dict[str, str]:
    """Words of the steps, as they are told afterwards."""
    return {
        "answer": _("ตอบว่า"),
        "confirm": _("ยืนยันว่า"),
        "return": _("ส่งกลับให้ตอบใหม่"),
        "appeal": _("อุทธรณ์ว่า"),
        "uphold": _("รับอุทธรณ์ เปลี่ยนเป็น"),
        "dismiss": _("ไม่รับอุทธรณ์ คงเป็น"),
        "reopen": _("เปิดใหม่เพราะพิกัดเปลี่ยน"),
    }


def reason_lines(reasons: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
    """Reasons as sentences."""
    return [sentence(reason["code"], reason["values"], language) for reason in reasons]


def reason_voices(view: PairView, language: Language) -> list[tuple[Voice, str]]:
    """Reasons of a pair as sentences: what speaks for its class, then what speaks against it, then the rest."""
    told = [(speaks(one["code"], view.class_), sentence(one["code"], one["values"], language)) for one in view.reasons]
    order: tuple[Voice, ...] = ("for", "against", "beside")
    return sorted(told, key=lambda one: order.index(one[0]))


def work_json(work: PairWork) -> dict[str, Any]:
    """One of the two works."""
    return {
        "project": work.code,
        "name": work.name_th,
        "kind": work.kind,
        "organisation": work.organisation_code,
        "organisation_name": work.organisation_name,
        "fiscal_year_be": work.fiscal_year_be,
        "status": work.status,
        "money_baht": float(work.money_baht),
        "budget_baht": float(work.budget_baht),
        "contracted_baht": float(work.contracted_baht),
        "disbursed_baht": float(work.disbursed_baht),
        "geometry_version": work.geometry_version,
    }


def pair_json(view: PairView, language: Language) -> dict[str, Any]:
    """A pair as it stands in a list."""
    return {
        "id": view.id,
        "class": view.class_,
        "held_for": view.held,
        "title": class_names()[view.held],
        "score": round(view.score, 4),
        "shared_m": round(view.shared_m, 1),
        "shared_share": round(view.shared_share, 4),
        "distance_m": round(view.distance_m, 1),
        "at_stake_baht": float(view.at_stake_baht),
        "status": view.status,
        "answer": view.answer,
        "answered_for": view.answered_for,
        "answered_by": view.answered_by,
        "answered_at": view.answered_at,
        "reasons": [
            {
                "code": reason["code"],
                "message": sentence(reason["code"], reason["values"], language),
                "speaks": speaks(reason["code"], view.class_),
                "values": reason["values"],
            }
            for reason in view.reasons
        ],
        "grant": None if view.grant is None else {"giver": view.grant[0].code, "receiver": view.grant[1].code},
        "works": [work_json(view.a), work_json(view.b)],
        "computed_at": view.computed_at,
        "ended_at": view.ended_at,
        "url": f"/duplicates/{view.id}",
    }


def neighbour_json(one: DrawnNeighbour, language: Language) -> dict[str, Any]:
    """A work where somebody is drawing."""
    verdict = one.verdict
    return {
        "project": one.project_code,
        "name": one.name_th,
        "organisation": one.organisation_code,
        "organisation_name": one.organisation_name,
        "fiscal_year_be": one.fiscal_year_be,
        "money_baht": None if one.money_baht is None else float(one.money_baht),
        "class": verdict.class_,
        "title": class_names()[verdict.class_],
        "score": round(verdict.score, 4),
        "shared_m": round(verdict.shared_m, 1),
        "shared_share": round(verdict.shared_share, 4),
        "distance_m": round(one.distance_m, 1),
        "reasons": [sentence(reason.code, reason.values, language) for reason in verdict.reasons],
        "common": geojson.dump(shapely.from_wkb(one.common)) if one.common else None,
        "status": one.status,
        "answer": one.answer,
        "answered_by": one.answered_by,
        "answered_at": one.answered_at,
        "url": None if one.pair_id is None else f"/duplicates/{one.pair_id}",
    }


def decision_json(view: DecisionView) -> dict[str, Any]:
    """A step of a pair."""
    return {
        "id": view.id,
        "act": view.act,
        "answer": view.answer,
        "status": view.status,
        "note": view.note,
        "document": view.document,
        "picture": picture_address(view),
        "paper": None
        if view.file_sha256 is None
        else {"name": view.file_name, "bytes": view.file_bytes, "url": paper_address(view)},
        "organisation": view.organisation_code,
        "created_at": view.created_at,
        "created_by": view.created_by_name,
        "on_behalf_of": view.on_behalf_of,
    }


def picture_address(view: DecisionView) -> str | None:
    """Where the picture of a step is."""
    if view.attachment_id is None or view.attachment_project is None:
        return None
    return f"/api/v1/projects/{view.attachment_project}/attachments/{view.attachment_id}/picture"


def paper_address(view: DecisionView) -> str | None:
    """Where the paper of a step is."""
    if view.file_sha256 is None:
        return None
    return f"/api/v1/duplicates/{view.pair_id}/decisions/{view.id}/paper"


def stake_json(stake: Stake) -> dict[str, Any]:
    """What may be spent twice, and what was confirmed."""
    told: dict[str, Any] = {"pairs": stake.pairs, "works": stake.works, "baht": float(stake.baht)}
    return told if stake.confirmed is None else told | {"confirmed": stake_json(stake.confirmed)}


def query_of(narrowed: PairFilter, **more: Any) -> str:
    """The filter as a query string, and further parameters; empty ones are left out."""
    given: dict[str, str] = {}
    for field in fields(PairFilter):
        value = getattr(narrowed, field.name)
        name = field.name.rstrip("_")
        if isinstance(value, tuple) and value:
            given[name] = ",".join(map(str, value))
        elif isinstance(value, float):
            given[name] = f"{value:g}"
        elif value is True:
            given[name] = "true"
    given |= {name: str(value) for name, value in more.items() if value not in (None, "")}
    return urlencode(given, safe=",")

"""Projects as programs get them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.queries.history import Change
from app.queries.project_detail import PlanLink, ProjectDetail
from app.queries.projects import ProjectRow

_NUMBER: Mapping[str, Any] = {"type": ["number", "null"]}
_TEXT: Mapping[str, Any] = {"type": ["string", "null"]}
_LIST: Mapping[str, Any] = {"type": "array", "items": {"type": "object"}}
ITEM_PROPERTIES: Mapping[str, Any] = {
    "code": {"type": "string"},
    "name": {"type": "string"},
    "kind": {"enum": ["road", "water", "other"]},
    "organisation": {"type": "string"},
    "organisation_name": {"type": "string"},
    "fiscal_year_be": {"type": "integer"},
    "status": {"type": "string"},
    "geometry_status": {"enum": ["NONE", "DRAFT", "SUBMITTED", "RETURNED", "VERIFIED"]},
    "budget_baht": {"type": "number"},
    "contracted_baht": {"type": "number"},
    "disbursed_baht": {"type": "number"},
    "area_code": _TEXT,
    "area_name": _TEXT,
    "surface_type": _TEXT,
    "water_source_type": _TEXT,
    "work_nature": _TEXT,
    "length_m": _NUMBER,
    "width_m": _NUMBER,
    "geometry_type": {"enum": ["LineString", "Point", "Polygon"]},
    "bbox": {"type": ["array", "null"], "items": {"type": "number"}},
    "fund_budget_baht": {**_NUMBER, "description": "Part from the fund sources narrowed to; null without"},
    "fund_disbursed_baht": {**_NUMBER, "description": "The same of what is disbursed"},
    "updated_at": {"type": "string", "format": "date-time"},
}
ITEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": list(ITEM_PROPERTIES),
    "properties": ITEM_PROPERTIES,
}
PAGE_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {"items": {"type": "array", "items": ITEM_SCHEMA}, "next": _TEXT},
}
DETAIL_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": [*ITEM_PROPERTIES, "plan", "appropriations", "contracts", "disbursements", "segments", "may"],
    "properties": {
        **ITEM_PROPERTIES,
        "route_code": _TEXT,
        "location_text": _TEXT,
        "plan": {"type": ["object", "null"]},
        "appropriations": _LIST,
        "contracts": _LIST,
        "disbursements": _LIST,
        "segments": _LIST,
        "geometry": {"type": ["object", "null"]},
        "area_bbox": {
            "type": ["array", "null"],
            "items": {"type": "number"},
            "description": "Extent of the area of a project without coordinates",
        },
        "may": {"type": "object", "additionalProperties": {"type": "boolean"}},
        "history": _LIST,
        "row_version": {"type": "integer"},
    },
}
CHANGE_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "at", "by", "on_behalf_of", "entity", "key", "project", "action", "before", "after", "receipt"],
    "properties": {
        "id": {"type": "integer"},
        "at": {"type": "string", "format": "date-time"},
        "by": {"type": "string"},
        "on_behalf_of": {**_TEXT, "description": "Organisation for which it was entered"},
        "entity": {"type": "string", "description": "Kind of record: project, contract, plan_project ..."},
        "key": {"type": "string", "description": "Which record of its kind"},
        "project": {**_TEXT, "description": "Code of the project that it belongs to"},
        "action": {"enum": ["insert", "update", "delete"]},
        "before": {"type": "object", "description": "Fields that changed, as they were"},
        "after": {"type": "object", "description": "The same fields as they became"},
        "receipt": _TEXT,
    },
}
MAY: Mapping[str, str] = {
    "edit_geometry": policy.COORDINATES_WRITE,
    "verify": policy.COORDINATES_VERIFY,
    "attach": policy.ATTACHMENT_WRITE,
    "write_project": policy.PROJECT_WRITE,
    "write_budget": policy.BUDGET_WRITE,
    "write_contract": policy.CONTRACT_WRITE,
    "write_disbursement": policy.DISBURSEMENT_WRITE,
}


def target_of(row: ProjectRow) -> Target:
    """Where a project lies, for policy."""
    return Target(row.organisation_code, row.province_code, row.amphoe_code)


def may_json(actor: Actor, row: ProjectRow) -> dict[str, bool]:
    """What the person may do to the project; the services ask again."""
    return {name: policy.may(actor, action, target_of(row)) for name, action in MAY.items()}


def item_json(row: ProjectRow) -> dict[str, Any]:
    """A project as lists give it."""
    return {
        "code": row.code,
        "name": row.name_th,
        "kind": row.kind,
        "organisation": row.organisation_code,
        "organisation_name": row.organisation_name,
        "fiscal_year_be": row.fiscal_year_be,
        "status": row.status,
        "geometry_status": row.geometry_status,
        "budget_baht": row.budget_baht,
        "contracted_baht": row.contracted_baht,
        "disbursed_baht": row.disbursed_baht,
        "area_code": row.area_code,
        "area_name": row.area_name,
        "surface_type": row.surface_type,
        "water_source_type": row.water_source_type,
        "work_nature": row.work_nature,
        "length_m": row.length_m,
        "width_m": row.width_m,
        "geometry_type": row.geometry_type,
        "fund_budget_baht": row.fund_budget_baht,
        "fund_disbursed_baht": row.fund_disbursed_baht,
        "bbox": row.bounds,
        "updated_at": row.updated_at.isoformat(),
    }


def detail_json(detail: ProjectDetail) -> dict[str, Any]:
    """A project with its plan, money and specification."""
    return {
        **item_json(detail.row),
        "row_version": detail.row.row_version,
        "route_code": detail.route_code,
        "location_text": detail.location_text,
        "plan": None if detail.plan is None else _plan(detail.plan),
        "appropriations": [_plain(row) for row in detail.appropriations],
        "contracts": [_plain(row) for row in detail.contracts],
        "disbursements": [_plain(row) for row in detail.disbursements],
        "segments": [_plain(row) for row in detail.segments],
    }


def _plan(plan: PlanLink) -> dict[str, Any]:
    amounts = [{"fiscal_year_be": year, "amount_baht": amount} for year, amount in plan.amounts]
    return {**_plain(plan), "amounts": amounts}


def _plain(row: Any) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in row.__dataclass_fields__}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def change_json(change: Change) -> dict[str, Any]:
    """A line of the history; see :data:`CHANGE_SCHEMA`."""
    return {
        "id": change.id,
        "at": change.at.isoformat(),
        "by": change.by,
        "on_behalf_of": change.on_behalf_of,
        "entity": change.entity,
        "key": change.key,
        "project": change.project_code,
        "action": change.action,
        "before": change.before,
        "after": change.after,
        "receipt": change.receipt,
    }

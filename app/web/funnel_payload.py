"""The funnel as JSON, and what the OpenAPI document says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.queries.funnel import Funnel
from app.queries.project_filter import STAGES
from app.web.funnel_request import FunnelView, ListAddresses

_NUMBER_OR_NULL = {"type": ["number", "null"]}
FIGURES_SCHEMA = {
    "type": "object",
    "description": "Figures by stage; a stage that is not for the eyes that ask is null",
    "properties": {
        stage: {
            "type": ["object", "null"],
            "properties": {
                "project_count": {"type": "integer"},
                "baht": {"type": "number"},
                "percent_of_plan": _NUMBER_OR_NULL,
                "percent_of_step": _NUMBER_OR_NULL,
                "percent_of_plan_baht": _NUMBER_OR_NULL,
                "percent_of_step_baht": _NUMBER_OR_NULL,
                "projects": {"type": "string", "description": "Address of the list with these projects"},
            },
        }
        for stage in STAGES
    },
}
FUNNEL_SCHEMA = {
    "type": "object",
    "properties": {
        "group_by": {"type": "string"},
        "at_quarter": {"type": ["integer", "null"]},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": ["string", "null"]},
                    "name": {"type": "string"},
                    "stages": FIGURES_SCHEMA,
                },
                "required": ["code", "name", "stages"],
            },
        },
        "total": FIGURES_SCHEMA,
        "years": {"type": "array", "items": {"type": "integer"}},
        "data_as_of": {"type": ["string", "null"], "format": "date-time"},
    },
    "required": ["group_by", "at_quarter", "rows", "total", "years"],
}


def funnel_json(view: FunnelView, language: str) -> dict[str, Any]:
    """A view as programs get it."""
    asked, addresses = view.asked, ListAddresses(view.asked)
    return {
        "group_by": asked.group_by,
        "at_quarter": asked.at_quarter,
        "rows": [
            {
                "code": row.code,
                "name": row.name(language),
                "stages": stages_json(row.funnel, addresses.of_row(row.code)),
            }
            for row in view.reading.rows
        ],
        "total": stages_json(view.reading.total, addresses.of_total()),
        "years": list(view.years),
        "data_as_of": view.data_as_of,
    }


def stages_json(one: Funnel, lists: Mapping[str, str]) -> dict[str, Any]:
    """Figures by stage, each with the address of its projects; a stage that is not for these eyes is null."""
    return {
        stage: figure
        and {
            "project_count": figure.projects,
            "baht": figure.baht,
            "percent_of_plan": one.of_plan(stage, "projects"),
            "percent_of_step": one.of_step(stage, "projects"),
            "percent_of_plan_baht": one.of_plan(stage, "baht"),
            "percent_of_step_baht": one.of_step(stage, "baht"),
            "projects": lists[stage],
        }
        for stage, figure in zip(STAGES, one.figures, strict=True)
    }

"""The budget map's answers as JSON, and what the OpenAPI document says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages import Language
from app.queries.areas import AreaName
from app.queries.budget import BELOW, Level, Sums
from app.queries.budget_table import BudgetRow, BudgetTable
from app.queries.classes import ValueClass
from app.web.budget_request import BudgetView

_NUMBER: Mapping[str, Any] = {"type": "number"}
_NUMBER_OR_NULL: Mapping[str, Any] = {"type": ["number", "null"]}
_INTEGER_OR_NULL: Mapping[str, Any] = {"type": ["integer", "null"]}
_SUMS: Mapping[str, Any] = {
    "project_count": {"type": "integer"},
    "budget_baht": _NUMBER,
    "disbursed_baht": _NUMBER,
}
BUDGET_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "measure": {"enum": ["budget", "disbursed", "count", "per_head"]},
        "level": {"enum": ["province", "amphoe", "tambon", "organisation"]},
        "parent": {"type": ["string", "null"]},
        "path": {"type": "array", "items": {"type": "object"}},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "name": {"type": "string"},
                    **_SUMS,
                    "population": _INTEGER_OR_NULL,
                    "per_head_baht": _NUMBER_OR_NULL,
                    "value": _NUMBER_OR_NULL,
                    "class": _INTEGER_OR_NULL,
                    "rank": _INTEGER_OR_NULL,
                    "outside": {"type": "boolean"},
                    "drill": {"type": ["object", "null"]},
                },
                "required": ["code", "name", "budget_baht", "disbursed_baht", "project_count", "value", "class"],
            },
        },
        "total": {"type": "object", "properties": _SUMS},
        "unplaced": {"type": "object", "properties": _SUMS},
        "average": _NUMBER_OR_NULL,
        "classes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "lower": _NUMBER,
                    "upper": _NUMBER_OR_NULL,
                    "colour": {"type": "string"},
                    "count": {"type": "integer"},
                },
                "required": ["lower", "upper", "colour", "count"],
            },
        },
        "years": {"type": "array", "items": {"type": "integer"}},
        "data_as_of": {"type": ["string", "null"], "format": "date-time"},
        "population_year_be": _INTEGER_OR_NULL,
    },
    "required": ["measure", "level", "parent", "rows", "total", "unplaced", "classes", "years"],
}
SHAPES_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["type", "features"],
}


def budget_json(view: BudgetView, language: Language) -> dict[str, Any]:
    """A view as programs and the page get it."""
    asked, table = view.asked, view.table
    return {
        "measure": asked.measure,
        "method": asked.method,
        "level": asked.level,
        "parent": asked.parent,
        "path": [_step(area, language) for area in view.path],
        "filters": {
            name: list(getattr(asked.narrowed, name))
            for name in ("fiscal_year", "kind", "status", "fund_source", "strategy")
        },
        "rows": [_row(row, asked.level, language) for row in table.rows],
        "total": _total(table),
        "unplaced": _sums(table.unplaced),
        "average": table.average,
        "classes": [_value_class(one) for one in table.classes],
        "years": list(view.years),
        "data_as_of": view.data_as_of,
        "population_year_be": table.population_year_be,
    }


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "project_count": sums.projects,
        "budget_baht": sums.budget_baht,
        "disbursed_baht": sums.disbursed_baht,
    }


def _total(table: BudgetTable) -> dict[str, Any]:
    return {
        **_sums(table.total),
        "population": table.population,
        "per_head_baht": table.total_per_head_baht,
    }


def _row(row: BudgetRow, level: Level, language: Language) -> dict[str, Any]:
    below = BELOW.get(level)
    return {
        "code": row.place.code,
        "name": row.place.name(language),
        **_sums(row.place.sums),
        "population": row.place.population,
        "per_head_baht": row.per_head_baht,
        "value": row.value,
        "class": row.value_class,
        "rank": row.rank,
        "outside": row.place.outside,
        "drill": None if below is None or row.place.outside else {"level": below, "parent": row.place.code},
    }


def _value_class(one: ValueClass) -> dict[str, Any]:
    return {"lower": one.lower, "upper": one.upper, "colour": one.colour, "count": one.count}


def _step(area: AreaName, language: Language) -> dict[str, Any]:
    return {"code": area.code, "level": area.level, "name": area.name(language), "fictional": area.fictional}

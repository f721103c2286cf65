"""Prices of works as JSON, and what the OpenAPI document says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from app.web.allocation_request import AllocationView
from gis.unit_costs import FEWEST_PEERS, prices_by_kind

_NUMBER_OR_NULL: Mapping[str, Any] = {"type": ["number", "null"]}
_STATES = ("high", "low", "usual", "few_peers", "no_quantity", "no_cost")
_KINDS: Mapping[str, str] = {"lower": "lower_quartile", "middle": "median", "upper": "upper_quartile"}
_TEXTS = ("code", "name_th", "organisation", "type_code")
_NUMBERS: Mapping[str, str] = {
    "baht": "budget_baht", "quantity": "quantity", "unit_cost": "unit_cost_baht", "typical": "peers_median_baht",
    "z": "z", "lon": "lon", "lat": "lat",
}  # fmt: skip
UNIT_COSTS_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "unit": {"enum": ["km", "m3"]},
        "works": {"type": "integer", "description": "Of the question, whatever the limit"},
        "states": {"type": "object", "properties": {name: {"type": "integer"} for name in _STATES}},
        "fewest_peers": {"type": "integer", "description": "Works below which no median is given"},
        "kinds": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type_code": {"type": "string"},
                    "works": {"type": "integer"},
                    **dict.fromkeys(_KINDS.values(), _NUMBER_OR_NULL),
                },
            },
        },
        "items": {
            "type": "array",
            "description": "The furthest from their peers first",
            "items": {
                "type": "object",
                "properties": {
                    **{key: {"type": "string"} for key in _TEXTS},
                    "fiscal_year": {"type": "integer"},
                    **dict.fromkeys(_NUMBERS.values(), _NUMBER_OR_NULL),
                    "peers": {"type": "integer"},
                    "state": {"enum": list(_STATES)},
                },
            },
        },
        "data_as_of": {"type": ["string", "null"], "format": "date-time"},
    },
    "required": ["unit", "works", "states", "kinds", "items"],
}


def unit_costs_json(view: AllocationView, limit: int, offset: int) -> dict[str, Any]:
    """Prices of a view, ``limit`` works from ``offset`` on."""
    works: pd.DataFrame = view.costs
    counts = works["state"].value_counts()
    return {
        "unit": view.asked.unit,
        "works": len(works),
        "states": {name: int(counts.get(name, 0)) for name in _STATES},
        "fewest_peers": FEWEST_PEERS,
        "kinds": [
            {
                "type_code": str(code),
                "works": int(row["works"]),
                **{said: _known(row[name]) for name, said in _KINDS.items()},
            }
            for code, row in prices_by_kind(works).iterrows()
        ],
        "items": [
            {
                **{name: str(row[name]) for name in _TEXTS},
                "fiscal_year": int(row["year"]),
                **{said: _known(row[name]) for name, said in _NUMBERS.items()},
                "peers": int(row["peers"]),
                "state": row["state"],
            }
            for row in works.iloc[offset : offset + limit].to_dict("records")
        ],
        "data_as_of": view.data_as_of,
    }


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)

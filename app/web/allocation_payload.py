"""The analysis of allocation as JSON, and what the OpenAPI document says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from app.messages import Language
from app.queries.allocation_table import MEASURES, baht, total_value
from app.web.allocation_request import AllocationView
from gis.clusters import Clusters
from gis.equity import Equity

_NUMBER: Mapping[str, Any] = {"type": "number"}
_NUMBER_OR_NULL: Mapping[str, Any] = {"type": ["number", "null"]}
_TEXT_OR_NULL: Mapping[str, Any] = {"type": ["string", "null"]}
_PLACE_COLUMNS = ("people", "households", "road_km", "rai", "revenue", "value")
ALLOCATION_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "level": {"type": "string"},
        "parent": _TEXT_OR_NULL,
        "measure": {"enum": list(MEASURES)},
        "years": {"type": "array", "items": {"type": "integer"}},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "name": {"type": "string"},
                    "province": _TEXT_OR_NULL,
                    "works": {"type": "integer"},
                    "budget_baht": _NUMBER,
                    **{name: _NUMBER_OR_NULL for name in _PLACE_COLUMNS},
                    "reason": _TEXT_OR_NULL,
                    "cluster": {"enum": ["HH", "LL", "HL", "LH", "none", "island", "unknown"]},
                    "local_i": _NUMBER_OR_NULL,
                    "gi_z": _NUMBER_OR_NULL,
                    "q": _NUMBER_OR_NULL,
                },
                "required": ["code", "name", "works", "budget_baht", "value", "reason", "cluster"],
            },
        },
        "unplaced": {"type": "object"},
        "total": {"type": "object"},
        "equity": {"type": "object"},
        "clusters": {"type": "object"},
        "data_as_of": {"type": ["string", "null"], "format": "date-time"},
    },
    "required": ["level", "measure", "years", "rows", "unplaced", "total", "equity", "clusters"],
}


def allocation_json(view: AllocationView, language: Language) -> dict[str, Any]:
    """A complete view as programs get it."""
    found, spread, spots = view.found, view.equity, view.clusters
    if found is None or spread is None or spots is None:
        raise TypeError("only a complete view is an answer")
    table = found.table.join(spots.places.set_index(found.table.index)[["kind", "local_i", "gi_z", "q"]])
    return {
        "level": found.level,
        "parent": found.parent,
        "measure": found.measure,
        "years": list(found.years),
        "rows": [
            {
                "code": row["code"],
                "name": found.name(row["code"], language),
                "province": _known(row["province"]),
                "works": int(row["works"]),
                "budget_baht": baht(row["satang"]),
                **{name: _known(row[name]) for name in (*_PLACE_COLUMNS, "local_i", "gi_z", "q")},
                "reason": row["reason"] or None,
                "cluster": row["kind"],
            }
            for row in table.to_dict("records")
        ],
        "unplaced": {"works": found.unplaced_works, "budget_baht": baht(found.unplaced_satang)},
        "total": {
            "works": found.total_works,
            "works_across_borders": found.crossing,
            "budget_baht": baht(found.total_satang),
            "value": total_value(found),
        },
        "equity": _equity(spread),
        "clusters": _clusters(spots),
        "data_as_of": view.data_as_of,
    }


def _known(value: Any) -> Any:
    return None if pd.isna(value) else value


def _equity(spread: Equity) -> dict[str, Any]:
    return {
        "reason": spread.reason,
        "places": spread.places,
        "left_out": spread.left_out,
        "gini": spread.gini,
        "theil": spread.theil,
        "between_provinces": spread.between,
        "within_provinces": spread.within,
        "provinces": [
            {
                "name": str(group.name),
                "places": group.places,
                "people_share": group.people_share,
                "money_share": group.money_share,
                "theil": group.theil,
            }
            for group in spread.groups
        ],
        "one_place_provinces": [str(name) for name in spread.one_member],
        "lorenz": spread.lorenz.round(6).tolist(),
    }


def _clusters(spots: Clusters) -> dict[str, Any]:
    return {
        "reason": spots.reason,
        "counted": spots.counted,
        "without_neighbours": spots.islands,
        "unknown": spots.unknown,
        "moran_i": spots.moran_i,
        "moran_p": spots.moran_p,
        "false_discovery_rate": spots.alpha,
        "hot": int((spots.places["hot"] == 1).sum()),
        "cold": int((spots.places["hot"] == -1).sum()),
    }

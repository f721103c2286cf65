"""The overview as JSON, and what the OpenAPI document says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import visibility
from app.queries.budget import data_as_of
from app.queries.dashboard import Coordinates
from app.queries.funnel import funnel
from app.web.context import language
from app.web.dashboard_page import Reading, coordinates_of
from app.web.dashboard_place import Names, below
from app.web.funnel_payload import FIGURES_SCHEMA, stages_json
from app.web.funnel_request import Asked, ListAddresses

_COORDINATES = {
    "type": "object",
    "properties": {"project_count": {"type": "integer"}, "verified_count": {"type": "integer"}},
}
_LINE = {"code": {"type": ["string", "null"]}, "name": {"type": "string"}, "stages": FIGURES_SCHEMA}
OVERVIEW_SCHEMA = {
    "type": "object",
    "properties": {
        "place": {"type": "string"},
        "area": {"type": "array", "items": {"type": "string"}},
        "organisation": {"type": "array", "items": {"type": "string"}},
        "fiscal_year": {"type": "integer"},
        "has_projects": {"type": "boolean", "description": "False for a year without any project of the place"},
        "total": FIGURES_SCHEMA,
        "coordinates": _COORDINATES,
        "years": {
            "type": "array",
            "items": {"type": "object", "properties": {"fiscal_year": {"type": "integer"}, "stages": FIGURES_SCHEMA}},
        },
        "group_by": {"type": "string", "description": "What a row is: one level under the place"},
        "rows": {"type": "array", "items": {"type": "object", "properties": {**_LINE, "coordinates": _COORDINATES}}},
        "data_as_of": {"type": ["string", "null"], "format": "date-time"},
    },
    "required": ["place", "fiscal_year", "has_projects", "total", "coordinates", "years", "group_by", "rows"],
}


def overview_json(session: Session, reading: Reading, actor: Actor) -> dict[str, Any]:
    """The numbers of the page, each with the address of its projects."""
    sight, narrowed, year = visibility(actor), reading.of_year.narrowed, reading.year
    group_by = below(narrowed)
    rows = funnel(session, narrowed, group_by, sight)
    coordinates = coordinates_of(session, narrowed, group_by, sight)
    of_row = ListAddresses(Asked(group_by, narrowed=narrowed))
    of_year = ListAddresses(Asked("fiscal_year", narrowed=replace(narrowed, fiscal_year=())))
    return {
        "place": Names(session, narrowed).title,
        "area": list(narrowed.area),
        "organisation": list(narrowed.organisation),
        "fiscal_year": year,
        "has_projects": reading.found,
        "total": stages_json(rows.total, of_row.of_total()),
        "coordinates": _coordinates(coordinates.of_year(year)),
        "years": [
            {"fiscal_year": one, "stages": stages_json(total, of_year.of_row(str(one)))}
            for one, total in sorted(reading.years.items())
        ],
        "group_by": group_by,
        "rows": [
            {
                "code": row.code,
                "name": row.name(language()),
                "stages": stages_json(row.funnel, of_row.of_row(row.code)),
                "coordinates": _coordinates(coordinates.of_row(year, row.code)),
            }
            for row in rows.rows
        ],
        "data_as_of": data_as_of(session),
    }


def _coordinates(counted: Coordinates) -> dict[str, int]:
    return {"project_count": counted.projects, "verified_count": counted.verified}

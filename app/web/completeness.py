"""Completeness for programs: the table of a place, what is owed today, and the missing things of an organisation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request

from app.queries.completeness import Row
from app.queries.figures import returned_figures
from app.queries.owed import debts, missing_items
from app.services.money_rules import organisation_target
from app.web.completeness_words import debt_line, items_address, missing
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.figure_words import figure_address
from app.web.monitoring_page import table_of
from app.web.monitoring_request import (
    AREA,
    BY,
    ORGANISATION,
    PAGE,
    PAGE_ROWS,
    STATE,
    TOPIC,
    YEAR,
    Asked,
    asked_from,
    check_place,
    freshen,
    require_reader,
    require_rows,
    today,
)
from app.web.organisation_money import ITEMS

blueprint = Blueprint("completeness", __name__)

_CELL = {
    "type": "object",
    "required": ["state", "wanted", "done"],
    "properties": {
        "state": {"enum": ["complete", "partly", "late", "not_due"]},
        "wanted": {"type": "integer", "description": "Things to be entered by now"},
        "done": {"type": "integer"},
        "percent": {"type": ["integer", "null"]},
        "late_days": {"type": ["integer", "null"]},
        "organisations": {"type": "integer", "description": "With anything to be entered by now"},
        "complete": {"type": "integer"},
        "partly": {"type": "integer"},
        "late": {"type": "integer"},
    },
}
_ROW = {
    "type": "object",
    "required": ["code", "name", "organisations", "percent", "topics"],
    "properties": {
        "code": {"type": "string"},
        "name": {"type": "string"},
        "organisations": {"type": "integer"},
        "percent": {"type": ["integer", "null"]},
        "topics": {"type": "object", "additionalProperties": _CELL},
    },
}
_TABLE: dict[str, Any] = {
    "type": "object",
    "required": ["fiscal_year_be", "day", "by", "items", "total"],
    "properties": {
        "fiscal_year_be": {"type": "integer"},
        "day": {"type": "string", "format": "date"},
        "by": {"enum": ["province", "amphoe", "organisation"]},
        "items": {"type": "array", "items": _ROW},
        "total": _ROW,
        "late_organisations": {"type": "integer", "description": "With anything overdue"},
        "next": {"type": ["string", "null"]},
    },
}
_DEBTS: dict[str, Any] = {
    "type": "object",
    "required": ["items", "total", "late", "returned", "next"],
    "properties": {
        "items": {"type": "array", "items": {"type": "object"}},
        "total": {"type": "integer"},
        "late": {"type": "integer"},
        "returned": {
            "type": "array",
            "items": {"type": "object"},
            "description": "Figures that a reviewer returned, the longest waiting first",
        },
        "next": {"type": ["string", "null"]},
    },
}


@api_route(
    blueprint,
    "/api/v1/completeness",
    access=Access.SIGNED_IN,
    params=(YEAR, AREA, ORGANISATION, BY, PAGE),
    summary="How complete everybody's entries of a fiscal year are, by place and topic, the least complete first",
    response=_TABLE,
)
def read_table(**values: Any) -> dict[str, Any]:
    """Bangkok is no organisation of the register: it stands in no row."""
    require_reader()
    freshen(values["organisation"])
    with current().database.reading() as session:
        asked = asked_from(session, values, request.args)
        check_place(session, asked)
        by = "organisation" if asked.organisation else asked.by
        table = table_of(session, asked, today())
    more = asked.page * PAGE_ROWS < table.count
    return {
        "fiscal_year_be": asked.year_be,
        "day": today(),
        "by": by,
        "items": [row_json(row) for row in table.rows],
        "total": row_json(table.total),
        "late_organisations": table.late,
        "next": f"/api/v1/completeness?{_query(asked)}" if more else None,
    }


@api_route(
    blueprint,
    "/api/v1/today",
    access=Access.SIGNED_IN,
    params=(YEAR, AREA, ORGANISATION, TOPIC, STATE, PAGE),
    summary="What is owed today, the longest overdue first (staff); without a place one's own",
    response=_DEBTS,
)
def read_today(state: Any, **values: Any) -> dict[str, Any]:
    """Of every fiscal year that has a calendar, or of one."""
    require_rows()
    year, day = values["fiscal_year"], today()
    with current().database.reading() as session:
        asked = asked_from(session, values, request.args)
        check_place(session, asked)
        start = (asked.page - 1) * PAGE_ROWS
        topics = [asked.topic] if asked.topic else ()
        found = debts(
            session, asked.scope, day, topics=topics, year_be=year, state=state, limit=PAGE_ROWS, offset=start
        )
        items = [
            {**asdict(debt), "text": debt_line(debt), "address": items_address(debt.organisation_code,
             debt.fiscal_year_be, debt.topic)} for debt in found.items
        ]  # fmt: skip
        returned, _count = returned_figures(session, asked.scope, day, year_be=year)
    return {
        "items": items,
        "total": found.total,
        "late": found.late,
        "returned": [
            {**asdict(one), "address": figure_address(one.project_code, one.figure, one.figure_id)} for one in returned
        ],
        "next": f"/api/v1/today?{_query(asked)}" if start + PAGE_ROWS < found.total else None,
    }


@api_route(
    blueprint,
    "/api/v1/organisations/<organisation>/missing",
    access=Access.SIGNED_IN,
    params=(YEAR, Param("topic", TOPIC.parse, TOPIC.schema, TOPIC.description, "LAO_DATA")),
    summary="What an organisation has not entered of a topic, each thing with the page where it is entered (staff)",
    response=ITEMS,
)
def read_missing(organisation: str, fiscal_year: int | None, topic: str) -> dict[str, Any]:
    """Of the running fiscal year, or of one."""
    require_rows()
    freshen(organisation)
    with current().database.reading() as session:
        organisation_target(session, organisation)
        asked = asked_from(session, {"fiscal_year": fiscal_year, "organisation": organisation, "topic": topic}, {})
        found = missing_items(session, organisation, asked.year_be, asked.topic or topic, today())
    lines = [missing(item, today()) for item in found]
    return {
        "items": [
            {**asdict(line.item), "text": line.what, "address": line.address, "days_late": line.days_late}
            for line in lines
        ]
    }


def row_json(row: Row) -> dict[str, Any]:
    """A row as programs see it."""
    return {
        "code": row.code,
        "name": row.name(current().language),
        "organisations": row.organisations,
        "percent": row.whole.percent,
        "topics": {
            topic: {**asdict(cell), "state": cell.state, "percent": cell.percent} for topic, cell in row.cells.items()
        },
    }


def _query(asked: Asked) -> str:
    return asked.query(page=asked.page + 1, view="table")

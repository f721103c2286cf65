"""The review desk: coordinates that wait, chosen with keys or boxes, verified or returned together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import COORDINATES_VERIFY, Target
from app.messages import sentence
from app.queries.areas import area_names
from app.queries.review_desk import (
    PAGE_ROWS,
    ReviewFilter,
    WaitingRow,
    waiting_findings,
    waiting_organisations,
    waiting_page,
    waiting_years,
)
from app.services.geometry_reviews import entered_by
from app.services.project_comments import FIELDS, PLACE
from app.web.change_words import field_name
from app.web.context import current
from app.web.endpoint import Access, Param, page_route
from app.web.json import dumps
from app.web.monitoring_request import AREA
from app.web.params import choice, code, fiscal_year, integer_schema, organisation_code, string_schema, whole_number
from app.web.place_filters import check_places
from app.web.project_list import kind_names
from app.web.review import blueprint, require_desk
from app.web.review_place import begins_at, places

__all__ = ["blueprint"]

AGES = (7, 15, 30)
_PARAMS = (
    AREA,
    Param("organisation", organisation_code, string_schema(maxLength=20), "Codes of organisations", (), many=True),
    Param("kind", choice("road", "water", "other"), string_schema(enum=["road", "water", "other"]), "Kind of work"),
    Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.)"),
    Param("finding", code, string_schema(maxLength=40), "Finding of the coordinate doctor; any, none"),
    Param("days", whole_number(1, 3650), integer_schema(1, 3650), "Waiting at least so many days"),
    Param("page", whole_number(1, 1000), integer_schema(1, 1000), "Page of the list", 1),
)


@page_route(blueprint, "/review", access=Access.SIGNED_IN, params=_PARAMS)
def page(area: str | None, fiscal_year: int | None, page: int, **narrowing: Any) -> str:
    """What waits, the oldest first; it begins with the person's own province."""
    actor = require_desk()
    with current().database.reading() as session:
        place = area or ("" if "area" in request.args else begins_at(session, actor))
        narrowed = ReviewFilter(area=place or None, year_be=fiscal_year, **narrowing)
        check_places(session, (place,) if place else ())
        rows, count = waiting_page(session, narrowed, page=page)
        own = entered_by(session, actor, [row.project_id for row in rows])
        values = _choices(session, narrowed)
        choices = places(session, actor, place)
        name = area_names(session, [place])[place].name(current().language) if place else str(_("ทั่วประเทศ"))
    return render_template(
        "review/desk.html",
        narrowed=narrowed,
        place=name,
        places=choices,
        rows=rows,
        count=count,
        own=own,
        page=page,
        pages=-(-count // PAGE_ROWS),
        may={row.project_code for row in rows if policy.may(actor, COORDINATES_VERIFY, _target(row))},
        finding_names={finding: _finding(finding) for row in rows for finding in row.findings},
        address=lambda **changes: _address(narrowed, **changes),
        data=_data(rows, own),
        **values,
    )


def _target(row: WaitingRow) -> Target:
    return Target(row.organisation_code, row.province_code, row.amphoe_code)


def _finding(finding: str) -> str:
    return sentence(f"finding_{finding}", {}, current().language)


def _choices(session: Session, narrowed: ReviewFilter) -> dict[str, Any]:
    found = [(name, f"{_finding(name)} ({number})") for name, number in waiting_findings(session, narrowed)]
    return {
        "organisations": waiting_organisations(session, narrowed.area),
        "year_choices": [(year, year) for year in waiting_years(session, narrowed.area)],
        "kinds": kind_names(),
        "findings": [("any", _("มีข้อสังเกต")), ("none", _("ไม่มีข้อสังเกต")), *found],
        "ages": [(days, _("%(n)s วันขึ้นไป", n=days)) for days in AGES],
        "fields": [("", _("ทั้งโครงการ")), (PLACE, _("พิกัด (เลือกจุดบนแผนที่)"))]
        + [(name, field_name(name, "project")) for name in FIELDS if name != PLACE],
    }


def _address(narrowed: ReviewFilter, *, page: int = 1, **changes: Any) -> str:
    held = replace(narrowed, **changes)
    pairs: dict[str, Any] = {
        "area": held.area or "",
        "organisation": ",".join(held.organisation),
        "kind": held.kind,
        "fiscal_year": held.year_be,
        "finding": held.finding,
        "days": held.days,
        "page": page if page > 1 else None,
    }
    return "/review?" + urlencode({k: v for k, v in pairs.items() if v or k == "area"})


def _data(rows: list[WaitingRow], own: frozenset[int]) -> str:
    """For the script of the page: shapes and versions."""
    items = [
        {
            "project": row.project_code,
            "version": row.version,
            "name": row.name_th,
            "shape": orjson.loads(row.shape) if row.shape else None,
            "own": row.project_id in own,
        }
        for row in rows
    ]
    return dumps({"items": items}).decode().replace("<", "\\u003c")

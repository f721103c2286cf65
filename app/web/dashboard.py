"""One page for whoever decides: few figures of a place and a year, each opening its rows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from app.web.context import current
from app.web.dashboard_page import page_values, reading_of
from app.web.dashboard_payload import OVERVIEW_SCHEMA, overview_json
from app.web.dashboard_place import BY
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.params import area_code, choice, fiscal_year, integer_schema, organisation_code, string_schema

blueprint = Blueprint("dashboard", __name__)

PARAMS = (
    Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.); without it the newest begun"),
    Param("area", area_code, string_schema(pattern="^([0-9]{2}){1,3}$"), "Provinces, amphoes, tambons", (), many=True),
    Param("organisation", organisation_code, string_schema(maxLength=40), "Codes of organisations", (), many=True),
    Param("by", choice(*BY), string_schema(enum=list(BY)), "What the second chart compares", "kind"),
)


@api_route(
    blueprint,
    "/api/v1/overview",
    access=Access.SIGNED_IN,
    params=PARAMS,
    summary="The overview of a place and a year: every stage of the money, coordinates, the years before, rows below",
    response=OVERVIEW_SCHEMA,
)
def overview_api(**values: Any) -> dict[str, Any]:
    """The numbers of the page; without area and organisation those of the caller's own place, ``area=`` the nation."""
    context = current()
    with context.database.reading() as session:
        return overview_json(session, reading_of(session, values, request.args, context.actor), context.actor)


@page_route(blueprint, "/dashboard", access=Access.SIGNED_IN, params=PARAMS)
def page(**values: Any) -> Response:
    """The page; a bare address opens the person's own place, every filter is in the address."""
    context = current()
    with context.database.reading() as session:
        found = page_values(session, values, request.args, context.actor)
    answer = Response(render_template("dashboard/dashboard.html", **found), mimetype="text/html")
    answer.headers["HX-Push-Url"] = found["here"]
    return answer

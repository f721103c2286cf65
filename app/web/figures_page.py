"""Figures on the review desk: what organisations entered, verified or returned together; the address for programs."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask_babel import gettext as _

from app.auth import policy
from app.auth.policy import COORDINATES_VERIFY, Target
from app.errors import InvalidInput
from app.queries.areas import area_names
from app.queries.figures import FIELD_OF, PAGE_ROWS, WAITING, FigureFilter, figures_page, organisations_of
from app.services.figure_reviews import SeenFigure, review_figures
from app.services.geometry_reviews import AT_ONCE, NOTE_LENGTH, VERDICTS
from app.web.change_words import field_name
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.figure_words import figure_address, figure_names, state_names
from app.web.geometry_json import PROBLEMS_SCHEMA, problems_json
from app.web.monitoring_request import AREA
from app.web.page_forms import posted
from app.web.params import choice, fiscal_year, integer_schema, organisation_code, string_schema, whole_number
from app.web.payloads import json_object
from app.web.place_filters import check_places
from app.web.review import require_desk
from app.web.review_page import blueprint
from app.web.review_place import begins_at, places
from gis.problems import Problem

__all__ = ["blueprint"]

PAGE = "/review/figures"
STATES = ("WAITING", *WAITING, "RETURNED", "VERIFIED")
_PARAMS = (
    AREA,
    Param("organisation", organisation_code, string_schema(maxLength=20), "Code of an organisation"),
    Param("figure", choice(*FIELD_OF), string_schema(enum=list(FIELD_OF)), "Kind of figure"),
    Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.)"),
    Param("state", choice(*STATES), string_schema(enum=list(STATES)), "What stands of a figure", "WAITING"),
    Param("page", whole_number(1, 10_000), integer_schema(1, 10_000), "Page of the list", 1),
)
_ITEM = {
    "type": "object",
    "required": ["figure", "id", "amount_baht"],
    "properties": {
        "figure": {"enum": list(FIELD_OF), "description": "project: the plan's money of the project's year"},
        "id": {"type": "integer"},
        "amount_baht": {"type": ["number", "string"], "description": "That was looked at"},
    },
}


@page_route(blueprint, PAGE, access=Access.SIGNED_IN, params=_PARAMS)
def figures(**asked: Any) -> str:
    """What waits, the newest year first; it begins with the person's own province."""
    return _page(asked, [])


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN, params=_PARAMS)
def decide_figures(**asked: Any) -> Response:
    """Verify or return what was chosen; what cannot be done is named above the list."""
    require_desk()
    form = request.form
    left_out = [key for text in form.getlist("leave_out") for key in text.split(",")]
    return posted(
        lambda session, actor: review_figures(
            session, actor, [_seen(text) for text in form.getlist("chosen")], form.get("decision", ""),
            note=form.get("note"), leave_out=left_out,
        ),
        again=lambda problems: _page(asked, problems),
        then=_address(asked),
    )  # fmt: skip


@api_route(
    blueprint,
    "/api/v1/review/figures",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Verify or return many figures (plan, budget, contract, payment) in one act, whole or not at all",
    response={
        "type": "object",
        "required": ["status", "done", "left_out", "receipt"],
        "properties": {
            "status": {"enum": list(VERDICTS)},
            "done": {"type": "array", "items": {"type": "string"}, "description": "Such as contract-12"},
            "left_out": PROBLEMS_SCHEMA,
            "receipt": {"type": ["string", "null"]},
        },
    },
    body={
        "type": "object",
        "required": ["status", "items"],
        "properties": {
            "status": {"enum": list(VERDICTS)},
            "note": {"type": ["string", "null"], "maxLength": NOTE_LENGTH, "description": "Why they are returned"},
            "items": {"type": "array", "minItems": 1, "maxItems": AT_ONCE, "items": _ITEM},
            "leave_out": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Figures that an earlier answer named as not possible, and that may be left out",
            },
        },
    },
)
def review_of_figures() -> dict[str, Any]:
    """A figure that is another one by now, or one's own entry, is named, and nothing is written unless left out."""
    require_desk()
    here, body = current(), json_object()
    items, left_out, note = body.get("items"), body.get("leave_out") or [], body.get("note")
    if not isinstance(left_out, list) or not all(isinstance(one, str) for one in left_out):
        raise InvalidInput([Problem("text_expected", where={"field": "leave_out"})])
    chosen = [_seen_json(one) for one in (items if isinstance(items, list) else [])]
    with here.database.transaction(attribution()) as session:
        made = review_figures(
            session, here.actor, chosen, str(body.get("status", "")),
            note=None if note is None else str(note), leave_out=left_out,
        )  # fmt: skip
    return {
        "status": made.verdict,
        "done": list(made.done),
        "left_out": problems_json(made.left_out, here.language),
        "receipt": made.receipt,
    }


def _seen_json(given: Any) -> SeenFigure:
    one = given if isinstance(given, dict) else {}
    return _figure(str(one.get("figure")), one.get("id"), str(one.get("amount_baht")))


def _seen(text: str) -> SeenFigure:
    """A box of the page: ``contract-12:480000.00``."""
    key, _sep, amount = text.partition(":")
    figure, _sep, number = key.partition("-")
    return _figure(figure, int(number) if number.isdecimal() and len(number) < 18 else None, amount)


def _figure(figure: str, number: Any, amount: str) -> SeenFigure:
    try:
        seen = Decimal(amount[:20])
    except InvalidOperation:
        seen = None
    if type(number) is not int or abs(number) >= 10**18 or seen is None or not seen.is_finite():
        raise InvalidInput([Problem("field_required", where={"field": "chosen"})])
    return SeenFigure(figure[:20], number, seen)


def _page(asked: dict[str, Any], problems: list[dict[str, Any]]) -> str:
    actor, page = require_desk(), asked["page"]
    with current().database.reading() as session:
        area = asked["area"] or begins_at(session, actor)
        check_places(session, (area,) if area else (), (asked["organisation"],) if asked["organisation"] else ())
        narrowed = FigureFilter(
            area, asked["organisation"], asked["figure"], asked["fiscal_year"], asked["state"] or "WAITING"
        )
        rows, counts = figures_page(session, narrowed, page=page)
        count = sum(counts.get(one, 0) for one in (WAITING if narrowed.state == "WAITING" else (narrowed.state,)))
        names = area_names(session, [area])
        may = {
            row.key
            for row in rows
            if actor.user_id not in row.writers and policy.may(actor, COORDINATES_VERIFY, _target(row))
        }
        return render_template(
            "review/figures.html",
            asked=asked, narrowed=narrowed, rows=rows, count=count, page=page, pages=-(-count // PAGE_ROWS),
            place=names[area].name(current().language) if area in names else area,
            places=places(session, actor, area), organisations=organisations_of(session, area),
            may=may, own={row.key for row in rows if actor.user_id in row.writers},
            kinds=figure_names(), states=_state_choices(counts), state_words=state_names(),
            field_name=lambda row: field_name(row.field, "project"), address_of=figure_address,
            address=lambda **changes: _address({**asked, "area": area, **changes}),
            problems=problems, typed=request.form, chosen=set(request.form.getlist("chosen")),
            refused=sorted({line["figure"] for line in problems if "figure" in line}), note_length=NOTE_LENGTH,
        )  # fmt: skip


def _target(row: Any) -> Target:
    return Target(row.organisation_code, row.province_code, row.amphoe_code)


def _state_choices(counts: dict[str, int]) -> list[tuple[str, str]]:
    every = {**counts, "WAITING": sum(counts.get(one, 0) for one in WAITING)}
    words = {"WAITING": str(_("รอตรวจ")), **state_names()}
    return [(state, f"{words[state]} ({every.get(state, 0):,})") for state in STATES]


def _address(asked: dict[str, Any]) -> str:
    held = {k: v for k, v in asked.items() if v and not (k == "page" and v == 1) and (k, v) != ("state", "WAITING")}
    return f"{PAGE}?{urlencode(held)}" if held else PAGE

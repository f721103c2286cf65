"""Scenarios: what to build or repair first, kept, shared, compared and taken away."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries.areas import area_names
from app.queries.scenarios import ScenarioHead, held_scenario, scenarios
from app.services.exports import export_dir
from app.services.scenario_file import FORMATS, write_answer
from app.services.scenarios import change, remove, save
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.exports import sent_file
from app.web.page_forms import posted, read_typed
from app.web.params import area_code, choice, code, string_schema
from app.web.place_filters import check_places
from app.web.scenario_forms import (
    CHANGE,
    compare_values,
    form_values,
    method_names,
    read_order,
    require_staff,
    said_at_first,
    said_of,
    scenario_values,
    share_names,
    status_words,
)

blueprint = Blueprint("scenario_pages", __name__)

PAGE = "/analysis/scenarios"
_KEY = string_schema()
_HEAD_SCHEMA = {"type": "object", "properties": {"key": {"type": "string"}, "summary": {"type": "object"}}}


@page_route(blueprint, PAGE, access=Access.SIGNED_IN)
def list_page() -> str:
    """Scenarios that the person may open."""
    context = current()
    require_staff(context.actor)
    with context.database.reading() as session:
        found = scenarios(session, context.actor)
    return render_template(
        "analysis/scenarios.html",
        scenarios=found,
        method_names=method_names(),
        share_names=share_names(),
        status_words=status_words,
    )


@page_route(
    blueprint,
    f"{PAGE}/new",
    access=Access.SIGNED_IN,
    params=(
        Param("kind", choice("road", "water"), string_schema(), "Roads or water sources", "water"),
        Param("area", area_code, string_schema(), "Area", ""),
        Param("again", code, _KEY, "Key of a scenario to ask again", ""),
    ),
)
def new_page(kind: str, area: str, again: str) -> str:
    """The form."""
    context = current()
    require_staff(context.actor)
    with context.database.reading() as session:
        if again:
            said = said_of(held_scenario(session, context.actor, again))
        else:
            check_places(session, (area,) if area else ())
            said = said_at_first(session, context.actor, kind, area)
        return _form(session, context.actor, said)


@page_route(blueprint, f"{PAGE}/new", methods=("POST",), access=Access.SIGNED_IN)
def make() -> Response:
    """Compute and keep it."""
    form = request.form
    require_staff(current().actor)

    def act(session: Session, actor: Actor) -> str:
        words, order = read_order(form)
        return save(session, actor, words["name"], order, note=words["note"], shared_with=words["shared_with"])

    return posted(act, again=lambda problems: _again(form, problems), then=lambda key: f"{PAGE}/{key}")


@page_route(blueprint, f"{PAGE}/<scenario_key>", access=Access.SIGNED_IN)
def scenario_page(scenario_key: str) -> str:
    """One scenario, for whom it is shared with."""
    return _page(scenario_key)


@page_route(blueprint, f"{PAGE}/<scenario_key>", methods=("POST",), access=Access.SIGNED_IN)
def change_scenario(scenario_key: str) -> Response:
    """Name, note and readers, or take it away."""
    form, key = request.form, scenario_key

    def act(session: Session, actor: Actor) -> None:
        if form.get("do") == "remove":
            return remove(session, actor, key)
        given = read_typed(CHANGE, form)
        return change(
            session,
            actor,
            key,
            name=given["name"],
            note=given.get("note", ""),
            shared_with=given.get("shared_with", "owner"),
            if_version=given.get("row_version"),
        )

    gone = form.get("do") == "remove"
    return posted(act, again=lambda problems: _page(key, problems, form), then=PAGE if gone else f"{PAGE}/{key}")


@page_route(
    blueprint,
    f"{PAGE}/compare",
    access=Access.SIGNED_IN,
    params=(
        Param("first", code, _KEY, "Key of a scenario", ""),
        Param("second", code, _KEY, "Key of another scenario", ""),
    ),
)
def compare_page(first: str, second: str) -> str:
    """Two scenarios side by side."""
    context = current()
    with context.database.reading() as session:
        both = [held_scenario(session, context.actor, key) for key in (first, second)]
        return render_template("analysis/compare.html", **compare_values(session, *both))


@page_route(
    blueprint,
    f"{PAGE}/<scenario_key>/file",
    access=Access.SIGNED_IN,
    params=(Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "xlsx"),),
)
def scenario_file(scenario_key: str, format: str) -> Response:
    """The scenario with method, parameters and data date, to take away."""
    context = current()
    with context.database.reading() as session:
        held = held_scenario(session, context.actor, scenario_key)
        areas = area_names(session, [area["code"] for area in held.result["areas"]])
    path = export_dir(context.settings) / f"scenario-{secrets.token_hex(12)}.{format}"
    about = {
        "name": held.name,
        "note": held.note,
        "owner": held.owner_name,
        "computed_at": held.created_at.isoformat(),
        "data_as_of": held.data_as_of.isoformat() if held.data_as_of else None,
        "area_name": held.area_name,
        "link": url_for(".scenario_page", scenario_key=held.key, _external=True),
    }
    names = {code: area.name("th") for code, area in areas.items()}
    write_answer(context.actor, held.summary, held.result, held.parameters, format, path, about=about, names=names)
    return sent_file(path, f"{held.name}.{format}".replace(" ", "-").replace("/", "-"), format, remove=True)


@api_route(
    blueprint,
    "/api/v1/scenarios",
    access=Access.SIGNED_IN,
    summary="Scenarios that you may open, your own first",
    response={"type": "object", "properties": {"items": {"type": "array", "items": _HEAD_SCHEMA}}},
)
def list_api() -> dict[str, Any]:
    """Heads only."""
    context = current()
    require_staff(context.actor)
    with context.database.reading() as session:
        return {"items": [_head(one) for one in scenarios(session, context.actor)], "next": None}


@api_route(
    blueprint,
    "/api/v1/scenarios/<scenario_key>",
    access=Access.SIGNED_IN,
    summary="One scenario: parameters, method, works, who gains and who loses",
    response=_HEAD_SCHEMA,
)
def scenario_api(scenario_key: str) -> dict[str, Any]:
    """With everything that was computed."""
    context = current()
    with context.database.reading() as session:
        held = held_scenario(session, context.actor, scenario_key)
    return {**_head(held), "note": held.note, "result": held.result}


def _head(one: ScenarioHead) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "kind": one.kind,
        "area": one.area_code,
        "owner": one.owner_name,
        "shared_with": one.shared_with,
        "method": one.method,
        "parameters": one.parameters,
        "summary": one.summary,
        "data_as_of": one.data_as_of,
        "created_at": one.created_at,
    }


def _again(form: Mapping[str, str], problems: list[dict[str, Any]]) -> str:
    context = current()
    with context.database.reading() as session:
        return _form(session, context.actor, form, problems)


def _form(session: Session, actor: Actor, said: Mapping[str, str], problems: list[dict[str, Any]] | None = None) -> str:
    values = form_values(session, actor, said)
    return render_template("analysis/new_scenario.html", said=said, problems=problems or [], **values)


def _page(key: str, problems: list[dict[str, Any]] | None = None, said: Mapping[str, str] | None = None) -> str:
    context = current()
    with context.database.reading() as session:
        held = held_scenario(session, context.actor, key)
        values = scenario_values(session, context.actor, held)
    typed = said or {"name": held.name, "note": held.note or "", "shared_with": held.shared_with}
    return render_template("analysis/scenario.html", said=typed, problems=problems or [], **values)

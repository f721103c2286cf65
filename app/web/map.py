"""The map: for everybody to look, with the list and the drawing tools for those who enter coordinates."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import COORDINATES_WRITE, own_scope, roles_for
from app.queries import areas, organisations
from app.queries.codelists import choices, code_list
from app.web.context import current
from app.web.endpoint import Access, page_route
from app.web.shell import fiscal_years
from gis.crs import proj4_definitions

blueprint = Blueprint("map", __name__)
Bounds = tuple[float, float, float, float]


@page_route(blueprint, "/map", access=Access.PUBLIC)
def workbench() -> Any:
    """The workbench. Everything in its address (position, filters, project) is read by the page itself."""
    context = current()
    with context.database.reading() as session:
        data = _page_data(session, context.actor, context.language)
    return render_template("map/index.html", data=data, draws=data["draws"])


def _page_data(session: Session, actor: Actor, language: str) -> dict[str, Any]:
    """What the page needs before it asks the API for anything."""
    return {
        "signed_in": actor.signed_in,
        "username": actor.username,
        "draws": draws(actor),
        "organisations": list(actor.organisation_codes),
        "own_filter": _own_filter(actor),
        "home": _home(session, actor),
        "proj4": proj4_definitions(),
        "statuses": [{"code": code, "name": name} for code, name in choices(session, "project_status", language)],
        "surfaces": _surfaces(session, language),
        "fiscal_years": fiscal_years(),
    }


def _surfaces(session: Session, language: str) -> dict[str, str]:
    """Short names of road surfaces for narrow columns: the abbreviation where practice has one."""
    short = {}
    for code, entry in code_list(session, "road_surface_type").items():
        abbreviation = str(entry.attributes.get("abbr_th") or "").split(" / ")[0]
        word = entry.name(language).split(" (")[0].split("/")[0].strip()
        short[code] = abbreviation if abbreviation and language == "th" else word
    return short


def draws(actor: Actor) -> bool:
    """True when a role of the actor enters coordinates somewhere."""
    return bool(actor.roles & set(roles_for(COORDINATES_WRITE)))


def _own_filter(actor: Actor) -> dict[str, str]:
    """Parameters of the list of projects that keep it to where the actor works."""
    scope = own_scope(actor)
    if scope.nation:
        return {}
    if scope.organisations:
        return {"organisation": ",".join(sorted(scope.organisations))}
    codes = sorted(scope.provinces | scope.amphoes)
    return {"area": ",".join(codes)} if codes else {}


def _home(session: Session, actor: Actor) -> Bounds | None:
    """Where the map begins: the person's organisation or area, else every province there is."""
    scope = own_scope(actor)
    for code in actor.organisation_codes:
        found = organisations.bounds(session, code)
        if found:
            return found
    for code in sorted(scope.amphoes) + sorted(scope.provinces):
        found = areas.bounds(session, code)
        if found:
            return found
    return areas.bounds_of_all(session)

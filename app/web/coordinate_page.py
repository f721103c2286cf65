"""The page of the coordinate report: a map, what was found by kind and place, and the work list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import COORDINATES_VERIFY, COORDINATES_WRITE, own_scope
from app.messages import Language, sentence
from app.queries.areas import area_names
from app.queries.coordinate_findings import (
    CodeCount,
    FindingFilter,
    OrganisationFindings,
    finding_counts,
    findings_by_organisation,
    findings_page,
    last_checked,
)
from app.queries.organisations import organisation_names
from app.web.context import current
from app.web.coordinate_findings import (
    FILTER,
    PAGE,
    blueprint,
    finding_json,
    may_any,
    query_of,
    require_staff,
    targets_of,
)
from app.web.endpoint import Access, page_route
from app.web.params import encode_cursor

__all__ = ["blueprint"]

_PLACES = 60


@page_route(blueprint, "/coordinates", access=Access.SIGNED_IN, params=FILTER)
def page(**values: Any) -> str:
    """The work list: kinds, places, findings; without a place it begins where the person works."""
    here = current()
    require_staff(here.actor)
    asked = FindingFilter(**values)
    narrowed = asked if asked.organisation or asked.area else _own(here.actor, asked)
    lang = here.language
    with here.database.reading() as session:
        counts = finding_counts(session, narrowed)
        found = findings_page(session, narrowed, limit=PAGE)
        places = [] if len(narrowed.organisation) == 1 else findings_by_organisation(session, narrowed, limit=_PLACES)
        checked_at, projects = last_checked(session, narrowed)
        targets = targets_of(
            session, narrowed.organisation[0] if narrowed.organisation else None, narrowed.area or None
        )
        title = _place_name(session, narrowed, lang)
    items = [finding_json(one, here.actor, lang) for one in found[:PAGE]]
    may_check = all(may_any(here.actor, target, COORDINATES_WRITE, COORDINATES_VERIFY) for target in targets)
    return render_template(
        "coordinates/findings.html",
        narrowed=narrowed,
        place=title,
        counts=[_count_json(one, lang) for one in counts],
        items=items,
        more=f"/api/v1/coordinate-findings?{urlencode({**query_of(narrowed), 'limit': PAGE})}&cursor="
        + encode_cursor(list(found[PAGE - 1].key))
        if len(found) > PAGE
        else None,
        places=[_place_json(one, lang) for one in places],
        checked_at=checked_at,
        projects=projects,
        may_check=may_check,
        may_mend=all(may_any(here.actor, target, COORDINATES_WRITE) for target in targets),
        link=lambda **changes: "/coordinates?" + urlencode(query_of(narrowed) | changes),
    )


def _count_json(one: CodeCount, language: Language) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": sentence(f"finding_{one.code}", {}, language),
        "level": one.level,
        "open": one.open,
        "answered": one.answered,
        "offers": [
            {
                "kind": offer.kind,
                "epsg": offer.epsg,
                "message": sentence(offer.reason, {"epsg": offer.epsg}, language),
                "count": offer.count,
            }
            for offer in one.offers
            # A datum is half a kilometre: of one work alone it is a guess, and no button for many of them.
            if offer.kind != "wrong_datum"
        ],
    }


def _place_json(one: OrganisationFindings, language: Language) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name_en if language == "en" and one.name_en else one.name_th,
        "projects": one.projects,
        "open": one.open,
        "errors": one.errors,
        "checked_at": one.checked_at,
    }


def _own(actor: Actor, asked: FindingFilter) -> FindingFilter:
    scope = own_scope(actor)
    area = next(iter(sorted(scope.amphoes | scope.provinces)), "") if not scope.organisations else ""
    return FindingFilter(tuple(sorted(scope.organisations)), area, asked.code, asked.answered)


def _place_name(session: Session, narrowed: FindingFilter, language: Language) -> str:
    if narrowed.organisation:
        names = organisation_names(session, narrowed.organisation)
        return ", ".join(names[code].name(language) for code in narrowed.organisation if code in names)
    if narrowed.area:
        names_of_areas = area_names(session, [narrowed.area])
        return names_of_areas[narrowed.area].name(language) if narrowed.area in names_of_areas else narrowed.area
    return str(_("ทั่วประเทศ"))

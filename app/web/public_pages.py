"""The pages of the public: the first one, a work, an organisation, an area, search, and what is near."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.codelists import code_list
from app.queries.project_filter import ProjectFilter
from app.queries.public import PAGE, public_list, public_project, works_near
from app.queries.public_map import picture_around, picture_of_area, picture_of_organisation, picture_of_project
from app.queries.public_places import (
    announcements_of,
    completeness_of,
    middle_of,
    name_of_area,
    organisations_of_area,
    parts_of_area,
    public_organisation,
    sums_of,
    years_of,
)
from app.queries.public_questions import questions_of, tally_of
from app.queries.public_search import find_places
from app.services.questions import ANSWER_WITHIN
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, Param, page_route
from app.web.evaluation_words import round_words
from app.web.params import choice, fiscal_year, integer_schema, string_schema, text_q, village_or_area, whole_number
from app.web.public_site import public_html
from app.web.public_words import (
    KINDS,
    STAGES,
    classes_of,
    ended_on,
    lacking_words,
    missing_of,
    standing,
    steps_of,
    steps_of_sums,
)

blueprint = Blueprint("public_pages", __name__)

NEAR_KM = (1, 3, 5, 10, 20)
STEP_DEGREES = 0.005
"""A position is never taken finer than this (about 500 m)."""
YEAR = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.)")
Q = Param("q", text_q, string_schema(maxLength=200), "Words", "")
KIND = Param("kind", choice(*KINDS), string_schema(), "Kind of work")
AFTER = Param(
    "after", whole_number(0, 2**53), integer_schema(0, 2**53), "Number of the last work of the page before", 0
)
AREA = Param("area", village_or_area, string_schema(), "Area whose middle is the place")
KM = Param("km", choice(*map(str, NEAR_KM)), string_schema(), "Kilometres around it", "5")


def names(session: Session) -> dict[str, Any]:
    """Names of codes that public pages use."""
    language = current().language
    return {
        "status": {code: row.name(language) for code, row in code_list(session, "project_status").items()},
        "surface": {code: row.name(language) for code, row in code_list(session, "road_surface_type").items()},
        "water": {code: row.name(language) for code, row in code_list(session, "water_source_type").items()},
        "kind": KINDS,
    }


def front_page() -> Response:
    """Where a visitor begins: search, what is near, and the map."""
    return public_html("public/front.html", (), _front)


@page_route(blueprint, "/public", access=Access.PUBLIC)
def front() -> Response:
    """The same at its own address, for people who are signed in."""
    return front_page()


def _front(session: Session) -> dict[str, Any]:
    provinces = parts_of_area(session, None)
    code = provinces[0].code if len(provinces) == 1 else None
    parts = parts_of_area(session, code) if code else provinces
    return {
        "parts": parts,
        "classes": classes_of(parts),
        "picture": picture_of_area(session, code),
        "works": sum(place.works for place in provinces),
        "place": name_of_area(session, code) if code else "",
        "newest": public_list(session, ProjectFilter(), limit=5).items,
        "names": names(session),
        "code": code,
    }


@page_route(blueprint, "/public/projects/<code>", access=Access.PUBLIC)
def project_page(code: str) -> Response:
    """A published work."""
    return project_answer(code)


def project_answer(code: str) -> Response:
    """A published work, for everybody."""
    return public_html("public/project.html", (code,), lambda session: _project(session, code))


def _project(session: Session, code: str) -> dict[str, Any]:
    project, today = public_project(session, code), date.today()
    if project is None:
        raise NotFound("project_not_found", {"project": code[:80]})
    organisation = public_organisation(session, project.row.organisation_code)
    known = names(session)
    return {
        "project": project,
        "row": project.row,
        "organisation": organisation,
        "standing": standing(project.row, project, known["status"], today),
        "steps": steps_of(project),
        "missing": missing_of(project, today),
        "ended": ended_on(project, today) is not None,
        "picture": picture_of_project(session, project.row.id),
        "names": known,
        "stages": STAGES,
        "photo_of": {photo.stage: photo for photo in project.photos},
        "tally": tally_of(session, project_id=project.row.id),
        "within": ANSWER_WITHIN.days,
        "questions": questions_of(session, project_id=project.row.id, limit=10),
    }


@page_route(blueprint, "/public/organisations/<organisation_code>", access=Access.PUBLIC, params=(YEAR, KIND, AFTER))
def organisation_page(organisation_code: str, fiscal_year: int | None, kind: str | None, after: int) -> Response:
    """An organisation: its money, its works, what is missing, what it announced."""
    key = (organisation_code, fiscal_year, kind, after)
    return public_html(
        "public/organisation.html",
        key,
        lambda session: _organisation(session, organisation_code, fiscal_year, kind, after),
    )


def _organisation(session: Session, code: str, year: int | None, kind: str | None, after: int) -> dict[str, Any]:
    organisation = public_organisation(session, code)
    if organisation is None:
        raise NotFound("organisation_not_found", {"organisation": code[:20]})
    narrowed = ProjectFilter(organisation=(code,), fiscal_year=(year,) if year else (), kind=(kind,) if kind else ())
    sums = sums_of(session, organisation=code, year=year)
    owed_year = year or current_fiscal_year_be()
    return {
        "organisation": organisation,
        "year": year,
        "kind": kind,
        "years": years_of(session, code),
        "sums": sums,
        "steps": steps_of_sums(sums),
        "page": public_list(session, narrowed, after=after),
        "after": after,
        "picture": picture_of_organisation(session, code),
        "owed_year": owed_year,
        "lacking": lacking_words(completeness_of(session, code, owed_year), date.today()),
        "announcements": announcements_of(session, code),
        "round_words": round_words,
        "names": names(session),
        "tally": tally_of(session, organisation=code),
        "within": ANSWER_WITHIN.days,
        "questions": questions_of(session, organisation=code, limit=5),
    }


@page_route(blueprint, "/public/areas/<area>", access=Access.PUBLIC)
def area_page(area: str) -> Response:
    """A province, amphoe or tambon: what lies in it."""
    if not (area.isascii() and area.isdecimal() and len(area) in (2, 4, 6)):
        raise NotFound("area_not_found", {"area": area[:10]})
    return public_html("public/area.html", (area,), lambda session: _area(session, area))


def _area(session: Session, code: str) -> dict[str, Any]:
    name = name_of_area(session, code)
    if name is None:
        raise NotFound("area_not_found", {"area": code})
    parts = parts_of_area(session, code) if len(code) < 6 else []
    return {
        "code": code,
        "name": name,
        "parts": parts,
        # Works are drawn on plain ground, numbers of them as classes: both at once could not be read.
        "classes": classes_of(parts) if len(code) == 2 else None,
        "picture": picture_of_area(session, code),
        "organisations": organisations_of_area(session, code),
        "page": public_list(session, ProjectFilter(area=(code,))),
        "sums": sums_of(session, area=code) if len(code) > 2 else None,
        "names": names(session),
    }


@page_route(blueprint, "/public/search", access=Access.PUBLIC, params=(Q, KIND, YEAR, AFTER))
def search_page(q: str, kind: str | None, fiscal_year: int | None, after: int) -> Response:
    """Works, places and codes by words."""

    def read(session: Session) -> dict[str, Any]:
        narrowed = ProjectFilter(q=q, kind=(kind,) if kind else (), fiscal_year=(fiscal_year,) if fiscal_year else ())
        organisations, areas = find_places(session, q) if not after else ([], [])
        return {
            "q": q,
            "kind": kind,
            "year": fiscal_year,
            "after": after,
            "organisations": organisations,
            "areas": areas,
            "page": public_list(session, narrowed, after=after, limit=PAGE),
            "names": names(session),
        }

    return public_html("public/search.html", (q, kind, fiscal_year, after), read)


@page_route(blueprint, "/public/near", access=Access.PUBLIC, params=(AREA, KM, Q))
def near_page(area: str | None, km: str, q: str) -> str:
    """What is near a place that is chosen by its name, or near the person, who is asked by the browser."""
    with current().database.reading() as session:
        middle = middle_of(session, area) if area else None
        if area and middle is None:
            raise NotFound("area_not_found", {"area": area})
        return _near(session, middle, int(km), area, q)


@page_route(blueprint, "/public/near", methods=("POST",), access=Access.PUBLIC)
def near_me() -> str:
    """What is near the person. The position comes in the body, which no log holds, and is rounded before it is sent and
    again here; it is used for this one answer."""
    try:
        lat, lon = (round(float(request.form[name]) / STEP_DEGREES) * STEP_DEGREES for name in ("lat", "lon"))
        km = int(request.form.get("km", "5"))
    except (KeyError, ValueError, OverflowError):
        abort(400)
    if not (5 <= lat <= 21 and 97 <= lon <= 106 and km in NEAR_KM):
        abort(400)
    with current().database.reading() as session:
        return _near(session, (_("ตำแหน่งของคุณ (ประมาณ)"), lon, lat), km, None, "")


def _near(session: Session, middle: tuple[str, float, float] | None, km: int, area: str | None, q: str) -> str:
    found = works_near(session, middle[1], middle[2], km) if middle else []
    return render_template(
        "public/near.html",
        middle=middle,
        found=found,
        picture=picture_around(session, middle[1], middle[2], km) if middle and found else None,
        km=km,
        kms=NEAR_KM,
        area=area,
        q=q,
        places=find_places(session, q)[1] if q else [],
        names=names(session),
        step=STEP_DEGREES,
        # Only a place that was chosen by name is written into an address that can be followed.
        follow=f"near:{middle[2]:.2f},{middle[1]:.2f},{km}" if middle and area else "",
    )

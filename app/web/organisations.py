"""General information of an organisation: its page, its forms, and the same for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Visibility
from app.errors import InvalidInput, NotFound
from app.queries.organisation_profile import (
    OrganisationProfile,
    PopulationYear,
    communities_of,
    organisation_profile,
    population_years,
    profile_changes,
)
from app.queries.plans import plans_of
from app.queries.workload import workload_of
from app.services.organisation_profile import FIELDS, PopulationEntry, save_population, update_profile
from app.web.context import attribution, current, current_fiscal_year_be
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.json import json_response
from app.web.money_body import Body, all_at_once, read_partly
from app.web.page_forms import posted, read_typed_partly
from app.web.params import choice, fiscal_year, integer_schema, string_schema
from app.web.payloads import if_match, json_object
from app.web.project_texts import change_lines
from app.web.projects import reader
from gis.problems import Problem

blueprint = Blueprint("organisations", __name__)

RULE = "/api/v1/organisations/<organisation_code>"
EDIT = Param("edit", choice("profile", "population"), string_schema(), "Part that is written")
YEAR = Param("year", fiscal_year, integer_schema(2540, 2640), "Year (B.E.) of people that is missing")
_CHANGES = 5
_MOST_YEARS = 200
_PROFILE = Body(
    {
        "address": "text",
        "postcode": "text",
        "office_phone": "text",
        "office_email": "text",
        "website": "text",
        "founded_on": "date",
        "area_km2": "area_km2",
        "council_members": "whole",
        "staff_count": "whole",
        "general_condition": "text",
    }
)
_NUMBERS = Body({"male": "whole", "female": "whole", "households": "whole", "source": "text"})
_POPULATION = Body({}, lists={"years": Body({"year_be": "whole", **_NUMBERS.fields}, frozenset({"year_be"}))})
_NULLABLE = {"type": ["integer", "null"]}
PROFILE_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["code", "name", "type", "population"],
    "properties": {
        "code": {"type": "string"},
        "name": {"type": "string"},
        "type": {"type": "string"},
        "territory_km2": {"type": ["number", "string", "null"]},
        **{name: {"type": ["number", "string", "null"]} for name in FIELDS},
        "population": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["year_be"],
                "properties": {
                    "year_be": {"type": "integer"},
                    "male": _NULLABLE,
                    "female": _NULLABLE,
                    "households": _NULLABLE,
                    "source": {"type": ["string", "null"]},
                    "version": {"type": "integer", "description": "For If-Match: population and this number"},
                },
            },
        },
    },
}


@api_route(
    blueprint, RULE, access=Access.PUBLIC, summary="General information of an organisation", response=PROFILE_SCHEMA
)
def read_organisation(organisation_code: str) -> Response:
    """Its office, size and people year by year; no names of persons."""
    with current().database.reading() as session:
        return _answer(session, organisation_code)


@api_route(
    blueprint,
    RULE,
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Write general information of an organisation; null empties a field",
    response=PROFILE_SCHEMA,
    body=_PROFILE.schema(),
    headers={"If-Match": 'ETag of what you change, such as "profile3"; "profile0" while nothing is said'},
)
def change_organisation(organisation_code: str) -> Response:
    """By its planners, and officers on its behalf."""
    number, body, context = if_match("profile"), json_object(), current()
    given, unreadable = read_partly(_PROFILE, body)
    changes = {**dict.fromkeys(body.keys() & set(FIELDS)), **given}
    with context.database.transaction(attribution()) as session, all_at_once(unreadable):
        update_profile(session, context.actor, organisation_code, changes, if_match_version=number)
        return _answer(session, organisation_code)


@api_route(
    blueprint,
    f"{RULE}/population/<int:year_be>",
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Write people and households of a year; nothing in any of them takes the year out",
    response=PROFILE_SCHEMA,
    body=_NUMBERS.schema(),
    headers={"If-Match": 'Version of the year, such as "population2"; "population0" for a new one'},
)
def put_population(organisation_code: str, year_be: int) -> Response:
    """As the organisation counts them itself."""
    number, context = if_match("population"), current()
    given, unreadable = read_partly(_NUMBERS, json_object())
    entry = PopulationEntry(year_be=year_be, row_version=number, **given)
    with context.database.transaction(attribution()) as session, all_at_once(unreadable):
        save_population(session, context.actor, organisation_code, [entry])
        return _answer(session, organisation_code)


@page_route(blueprint, "/organisations/<organisation_code>", access=Access.PUBLIC, params=(EDIT, YEAR))
def organisation_page(organisation_code: str, edit: str | None, year: int | None) -> str:
    """ข้อมูลทั่วไปของ อปท.; with the year of people that is to be entered."""
    return _page(organisation_code, edit, wanted=year)


@page_route(blueprint, "/organisations/<organisation_code>", methods=("POST",), access=Access.SIGNED_IN)
def write_organisation(organisation_code: str) -> Response:
    """Write the facts, or the numbers of people of several years."""
    form = request.form
    part = "population" if form.get("part") == "population" else "profile"

    def act(session: Session, actor: Actor) -> None:
        if part == "population":
            _write_years(session, actor, organisation_code, form)
            return
        given, unreadable = read_typed_partly(_PROFILE, form)
        seen = form.get("row_version", 0, int)
        with all_at_once(unreadable):
            update_profile(session, actor, organisation_code, {**dict.fromkeys(FIELDS), **given}, if_match_version=seen)

    return posted(
        act,
        again=lambda problems: _page(organisation_code, part, problems, form),
        then=url_for("organisations.organisation_page", organisation_code=organisation_code),
    )


def _write_years(session: Session, actor: Actor, code: str, form: Mapping[str, str]) -> None:
    """Numbers of the form; whatever is wrong with any line of it is told with that line."""
    seen = {
        form.get(f"years-{row}-year_be", ""): form.get(f"years-{row}-row_version", "")
        for row in range(_MOST_YEARS)
        if f"years-{row}-row_version" in form
    }
    given, unreadable = read_typed_partly(_POPULATION, form)
    entries = {
        row: PopulationEntry(**year, row_version=_number(seen.get(str(year["year_be"]), "")))
        for row, year in enumerate(given["years"], start=1)
        if "year_be" in year
    }
    # The form offers years that nobody has to fill in.
    rows = [row for row, entry in entries.items() if entry.row_version or entry.told]
    with all_at_once(unreadable):
        try:
            save_population(session, actor, code, [entries[row] for row in rows])
        except InvalidInput as error:
            raise InvalidInput([_of_line(problem, rows) for problem in error.problems], error.code) from error


def _of_line(problem: Problem, rows: list[int]) -> Problem:
    """A problem with the line of the form instead of the place among the lines that were filled in."""
    place = problem.where.get("row")
    return replace(problem, where={**problem.where, "row": rows[place - 1]}) if isinstance(place, int) else problem


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def found_profile(session: Session, code: str) -> OrganisationProfile:
    """One organisation.

    Raises
    ------
    NotFound
        ``organisation_not_found``.
    """
    found = organisation_profile(session, code)
    if found is None:
        raise NotFound("organisation_not_found", {"organisation": code[:40]})
    return found


def _page(
    code: str,
    edit: str | None,
    problems: list[dict[str, Any]] | None = None,
    form: Any = None,
    wanted: int | None = None,
) -> str:
    context = current()
    staff = policy.visibility(context.actor) is Visibility.STAFF
    with context.database.reading() as session:
        profile = found_profile(session, code)
        years = population_years(session, code)
        may = policy.may(context.actor, policy.PROFILE_WRITE, profile.target)
        changes = profile_changes(session, code, reader(), limit=_CHANGES) if staff else []
        return render_template(
            "organisations/profile.html",
            profile=profile,
            years=years,
            communities=communities_of(session, code),
            plans=plans_of(session, code, drafts=staff),
            work=workload_of(session, [code], None) if staff else None,
            history=change_lines(session, changes, whole=True),
            staff=staff,
            may=may,
            edit=edit if may else None,
            on_behalf=policy.enters_on_behalf(context.actor, code),
            fields=_typed_fields(profile, form),
            rows=_typed_years(years, form, wanted) if edit == "population" else [],
            problems=problems or [],
        )


def _typed_fields(profile: OrganisationProfile, form: Any) -> dict[str, str]:
    """What stands in the form: what was typed, else what is stored."""
    if form is not None and "row_version" in form:
        return {name: str(form.get(name, "")) for name in (*FIELDS, "row_version")}
    values = {name: getattr(profile, name) for name in FIELDS}
    return {**{name: "" if value is None else str(value) for name, value in values.items()}, **_version(profile)}


def _version(profile: OrganisationProfile) -> dict[str, str]:
    return {"row_version": str(profile.row_version)}


def _typed_years(years: list[PopulationYear], form: Any, wanted: int | None) -> list[dict[str, str]]:
    """Lines of the form: the years that stand and the one that is wanted, else the newest that is missing; or just
    what was typed."""
    names = ("year_be", "male", "female", "households", "source", "row_version")
    if form is not None:
        rows = [n for n in range(_MOST_YEARS) if f"years-{n}-row_version" in form]
        return [{name: form.get(f"years-{n}-{name}", "") for name in names} for n in rows]
    told = {year.year_be for year in years}
    newest = wanted or current_fiscal_year_be() - 1
    lines = [{"year_be": _text(newest if newest not in told else None), "row_version": "0"}]
    lines += [{name: _text(getattr(year, name)) for name in names} for year in years]
    lines += [{"row_version": "0"}] * (newest not in told)
    return [dict.fromkeys(names, "") | line for line in lines]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _answer(session: Session, code: str) -> Response:
    profile = found_profile(session, code)
    years = population_years(session, code)
    answer = json_response(
        {
            "code": profile.code,
            "name": profile.full_name_th,
            "name_en": profile.name_en,
            "type": profile.type_code,
            "province": profile.province_code,
            "amphoe": profile.amphoe_code,
            "territory_km2": profile.territory_km2,
            "tambons": [{"name": name, "partly": partly} for name, partly in profile.tambons],
            **{name: getattr(profile, name) for name in FIELDS},
            "updated_at": profile.updated_at,
            "population": [
                {
                    "year_be": year.year_be,
                    "male": year.male,
                    "female": year.female,
                    "households": year.households,
                    "source": year.source,
                    "version": year.row_version,
                }
                for year in years
            ],
        },
        200,
    )
    answer.set_etag(f"profile{profile.row_version}")
    return answer

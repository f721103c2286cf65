"""Classification checks: what is recorded beside what the name and the neighbours suggest, decided by a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import COORDINATES_VERIFY, Target, Visibility, own_scope
from app.errors import Forbidden
from app.messages import sentence
from app.queries.areas import area_names
from app.queries.classification import OF_LINE, Check, checks_of, classified_lines, decided
from app.queries.codelists import code_name
from app.services.classification import NOTE_LENGTH, Decision, decide, may_decide
from app.services.money_rules import organisation_target
from app.web.change_words import field_name
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, Param, page_route
from app.web.figures_page import blueprint
from app.web.monitoring_request import AREA
from app.web.page_forms import posted
from app.web.params import choice, fiscal_year, integer_schema, organisation_code, string_schema, whole_number
from app.web.project_list import kind_names
from app.web.review_place import begins_at, places
from gis.work_classes import ASPECTS

__all__ = ["blueprint"]

PAGE_ROWS = 50
_LISTS: Mapping[str, Any] = {
    "work_nature": "work_nature",
    "surface_type": "road_surface_type",
    "water_source_type": "water_source_type",
    "programme": "budget_programme",
    "work": "budget_work",
    "expenditure": "expenditure_category",
    "strategy": "national_strategy",
}
_PARAMS = (
    AREA,
    Param("organisation", organisation_code, string_schema(maxLength=20), "Code of an organisation"),
    Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.); without it the running one"),
    Param("aspect", choice(*ASPECTS), string_schema(enum=list(ASPECTS)), "What is classified"),
    Param("page", whole_number(1, 1000), integer_schema(1, 1000), "Page of the list", 1),
)


@page_route(blueprint, "/review/classification", access=Access.SIGNED_IN, params=_PARAMS)
def classification(**asked: Any) -> str:
    """What speaks against what is recorded, the surest first."""
    return _page(asked, [])


@page_route(blueprint, "/review/classification", methods=("POST",), access=Access.SIGNED_IN, params=_PARAMS)
def classify(**asked: Any) -> Response:
    """Accept, keep or ask; the reason of a refusal stands above the list."""
    _require_staff()
    form = request.form
    act = form.get("decision", "")
    said = Decision(
        form.get("project", ""), form.get("aspect", ""), form.get("line", type=int), act,  # type: ignore[arg-type]
        form.get("code", ""), form.get("version", 0, type=int) or 0, form.get("note", ""),
    )  # fmt: skip
    return posted(
        lambda session, actor: decide(session, actor, said),
        again=lambda problems: _page(asked, problems),
        then=_address(asked),
    )


def _require_staff() -> Actor:
    actor = current().actor
    if policy.visibility(actor) is not Visibility.STAFF:
        raise Forbidden("forbidden")
    return actor


def _page(asked: Mapping[str, Any], problems: list[dict[str, Any]]) -> str:
    actor = _require_staff()
    year, page = asked["fiscal_year"] or current_fiscal_year_be(), asked["page"]
    with current().database.reading() as session:
        area, organisation = _place(session, actor, asked)
        lines = classified_lines(session, area=area[:2], year_be=year)
        settled = decided(session, list({line.project_id for line in lines}))
        every = [check for check in checks_of(lines, settled) if _inside(check, area, organisation)]
        checks = [check for check in every if asked["aspect"] in (None, check.aspect)]
        shown = checks[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        names = area_names(session, [area])
        return render_template(
            "review/classification.html",
            checks=[_shown(session, actor, check) for check in shown],
            count=len(checks), page=page, pages=-(-len(checks) // PAGE_ROWS), problems=problems, typed=request.form,
            place=names[area].name(current().language) if area in names else area,
            year=year, area=area, organisation=organisation, aspect=asked["aspect"], lines=len(lines),
            places=places(session, actor, area),
            organisations=_organisations(lines, area),
            aspects=[(one, _aspect(one), sum(check.aspect == one for check in every)) for one in ASPECTS],
            address=lambda **changes: _address({**asked, **changes}), note_length=NOTE_LENGTH,
        )  # fmt: skip


def _place(session: Session, actor: Actor, asked: Mapping[str, Any]) -> tuple[str, str | None]:
    """Province or amphoe, and organisation: as asked, else where the person works, or where most waits."""
    scope = own_scope(actor)
    organisation = asked["organisation"]
    if not asked["area"] and not organisation and scope.organisations:
        organisation = min(scope.organisations)
    if organisation and not asked["area"]:
        return organisation_target(session, organisation).province_code or "", organisation
    return asked["area"] or begins_at(session, actor), organisation


def _inside(check: Check, area: str, organisation: str | None) -> bool:
    line = check.line
    return organisation in (None, line.organisation_code) and area in (line.province_code, line.amphoe_code)


def _organisations(lines: Any, area: str) -> list[tuple[str, str]]:
    found = {
        line.organisation_code: line.organisation_name
        for line in lines
        if area in (line.province_code, line.amphoe_code)
    }
    return sorted(found.items(), key=lambda one: one[1])


def _address(asked: Mapping[str, Any]) -> str:
    return "/review/classification?" + urlencode({k: v for k, v in asked.items() if v and (k != "page" or v > 1)})


def _aspect(aspect: str) -> str:
    words: dict[str, Callable[[], str]] = {
        "kind": lambda: field_name("kind", "project"),
        "programme": lambda: field_name("programme_code"),
        "work": lambda: field_name("work_code"),
        "expenditure": lambda: field_name("expenditure_category_code"),
        "strategy": lambda: field_name("strategy_code"),
    }
    return words.get(aspect, lambda: field_name(f"{aspect}_code"))()


def _shown(session: Session, actor: Actor, check: Check) -> dict[str, Any]:
    line, language = check.line, current().language
    target = Target(line.organisation_code, line.province_code, line.amphoe_code)

    def name(code: Any) -> str:
        if not code:
            return str(_("ไม่ได้บันทึก"))
        if check.aspect == "kind":
            return kind_names().get(str(code), str(code))
        return code_name(session, _LISTS[check.aspect], str(code), language) or str(code)

    reasons = [
        sentence(
            one.code, {**one.values, **({"code": name(one.values["code"])} if "code" in one.values else {})}, language
        )
        for one in check.suggestion.reasons
    ]
    return {
        "check": check,
        "line": line,
        "aspect": _aspect(check.aspect),
        "recorded": name(check.recorded),
        "choices": [(code, name(code)) for code in check.suggestion.codes],
        "percent": round(100 * check.suggestion.confidence),
        "reasons": reasons,
        "version": line.line_version if check.aspect in OF_LINE else line.project_version,
        "may_decide": may_decide(actor, check.aspect, target),
        "may_ask": policy.may(actor, COORDINATES_VERIFY, target),
        "writable": check.aspect != "strategy",
        "behalf": policy.enters_on_behalf(actor, line.organisation_code),
    }

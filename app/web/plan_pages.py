"""Pages of plans: the state of plans in a place, one plan, its versions with their path, and their forms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import OwnScope
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.areas import children
from app.queries.codelists import choices
from app.queries.organisations import organisation as find_organisation
from app.queries.plan_comments import PlanComment, comments_of_version, open_comments
from app.queries.plan_compare import base_of, compare_versions
from app.queries.plan_forms import FORMS, SUMMARY, SUMMARY_NAME, SUMMARY_SLUG
from app.queries.plan_sheet import plan_summary
from app.queries.plan_uploads import waiting_uploads
from app.queries.plans import (
    PlanHead,
    VersionHead,
    alignment_options,
    path_of,
    periods,
    plan_overview,
    plans_of,
    steps_taken,
    versions_of,
    words_in_use,
)
from app.services.plan_checks import NewVersion, proposal_problems
from app.services.plan_comments import may_comment
from app.services.plan_versions import discard_version, open_version, propose_version, record_step
from app.services.plans import create_plan, update_plan
from app.services.strategies import MOST_TACTICS, StrategyWords, remove_strategy, save_strategy
from app.web.alignment import framework_names
from app.web.context import attribution, current, current_fiscal_year_be
from app.web.endpoint import Access, Param, page_route
from app.web.errors import problem_lines, status_of
from app.web.history import saved_note
from app.web.page_forms import go, refusals
from app.web.params import area_code, choice, integer_schema, organisation_code, string_schema, whole_number
from app.web.plan_forms import found_form
from app.web.plan_texts import change_names, column_titles, difference_lines, version_name, version_pills
from app.web.plans import DECISION, decision_of, found_plan, found_version, sees_drafts, shown_plan
from gis.problems import Problem
from gis.thai import to_arabic_digits

blueprint = Blueprint("plan_pages", __name__)

ORGANISATION = Param("organisation", organisation_code, string_schema(), "Organisation whose plans are shown")
AREA = Param("area", area_code, string_schema(), "Province or amphoe whose organisations are listed")
PERIOD = Param("period", whole_number(1, 2**31), integer_schema(1, 2**31), "Plan period")
AGAINST = Param("against", whole_number(1, 2**53), integer_schema(1, 2**53), "Version to compare with")
EDIT = Param("edit", whole_number(0, 2**53), integer_schema(0, 2**53), "Strategy that is written; 0 adds one")
OF = Param("of", choice(*(f.slug for f in FORMS.values())), string_schema(), "Form that is summed up", "p02")
_TACTICS = 12


@page_route(blueprint, "/plans", access=Access.PUBLIC, params=(ORGANISATION, AREA, PERIOD))
def list_page(organisation: str | None, area: str | None, period: int | None) -> Any:
    """An organisation's plans; for whoever looks after many, how far each of them is."""
    context = current()
    own = policy.own_scope(context.actor)
    if organisation is None and area is None and len(own.organisations) == 1 and not (own.provinces or own.nation):
        [organisation] = own.organisations
    with context.database.reading() as session:
        if organisation is not None:
            return render_template("plans/organisation.html", **_organisation_values(session, organisation))
        return render_template("plans/list.html", **_place_values(session, area, period, own))


def _organisation_values(session: Session, code: str) -> dict[str, Any]:
    found = find_organisation(session, code)
    if found is None:
        raise NotFound("organisation_not_found", {"organisation": code})
    plans = [shown_plan(session, plan)[0] for plan in plans_of(session, code, drafts=sees_drafts())]
    taken = {(plan.start_be, plan.end_be) for plan in plans}
    target = policy.Target(code, found.province_code, found.amphoe_code)
    return {
        "organisation": code,
        "name": found.full_name_th,
        "plans": [(plan, _visible(versions_of(session, plan.id))) for plan in plans],
        "free": [period for period in periods(session) if (period.start_be, period.end_be) not in taken],
        "may": policy.may(current().actor, policy.PLAN_WRITE, target),
        "pills": version_pills(),
        "version_name": version_name,
    }


def _place_values(session: Session, area: str | None, period: int | None, own: OwnScope) -> dict[str, Any]:
    known = periods(session)
    current_one = next((p for p in known if p.status == "current"), known[0])
    chosen = next((p for p in known if p.id == period), current_one)
    scope = _scope_of(area) if area else own
    asks_place = scope.nation or scope == OwnScope()
    return {
        "rows": [] if asks_place else plan_overview(session, chosen.id, scope, drafts=sees_drafts()),
        "asks_place": asks_place,
        "provinces": children(session, None),
        "area": area,
        "periods": known,
        "chosen": chosen,
        "pills": version_pills(),
    }


@page_route(blueprint, "/plans", methods=("POST",), access=Access.SIGNED_IN)
def begin() -> Any:
    """Begin the plan of an organisation."""
    context, organisation = current(), request.form.get("organisation", "")
    try:
        with context.database.transaction(attribution()) as session:
            made = create_plan(session, context.actor, organisation, request.form.get("plan_period_id", 0, int))
    except InvalidInput as error:
        return _refused(error)
    flash(_("เริ่มแผนแล้ว ใบรับเลขที่ %(receipt)s", receipt=context.request_id))
    return go(url_for("plan_pages.plan_page", plan_id=made))


@page_route(blueprint, "/plans/<int:plan_id>", access=Access.PUBLIC, params=(EDIT,))
def plan_page(plan_id: int, edit: int | None) -> str:
    """One plan: what it wants, its strategies, and its versions."""
    return _plan_page(plan_id, edit)


@page_route(blueprint, "/plans/<int:plan_id>", methods=("POST",), access=Access.SIGNED_IN)
def write_plan(plan_id: int) -> Any:
    """Write vision, mission and goals."""
    context = current()
    changes = {name: request.form.get(name, "").strip() or None for name in ("vision", "mission", "goals")}
    try:
        with context.database.transaction(attribution()) as session:
            version = request.form.get("row_version", 0, int)
            update_plan(session, context.actor, plan_id, changes, if_match_version=version)
    except (InvalidInput, Conflict) as error:
        return _again(error, lambda problems: _plan_page(plan_id, None, problems, request.form))
    return _saved("plan_pages.plan_page", plan_id=plan_id)


@page_route(blueprint, "/plans/<int:plan_id>/strategies", methods=("POST",), access=Access.SIGNED_IN)
def write_strategy(plan_id: int) -> Any:
    """Add a strategy, write one again, or take one out."""
    context, form = current(), request.form
    strategy, seen = form.get("strategy", 0, int) or None, form.get("row_version", None, int)
    try:
        with context.database.transaction(attribution()) as session:
            if form.get("remove") and strategy is not None:
                remove_strategy(session, context.actor, plan_id, strategy, if_match_version=seen)
            else:
                save_strategy(
                    session,
                    context.actor,
                    plan_id,
                    _strategy_words(form),
                    strategy_id=strategy,
                    if_match_version=seen,
                )
    except (InvalidInput, Conflict) as error:
        return _again(error, lambda problems: _plan_page(plan_id, strategy or 0, problems, form))
    return _saved("plan_pages.plan_page", plan_id=plan_id)


@page_route(blueprint, "/plans/<int:plan_id>/versions", methods=("POST",), access=Access.SIGNED_IN)
def begin_version(plan_id: int) -> Any:
    """Open an addition, a change, a correction or a review."""
    context, form = current(), request.form
    new = NewVersion(
        tuple(form.getlist("change_types")),
        form.get("number", ""),
        _year(form.get("fiscal_year_be", "")),
        form.get("reason", "").strip() or None,
        form.get("plan_period_id", None, int),
    )
    try:
        with context.database.transaction(attribution()) as session:
            made = open_version(session, context.actor, plan_id, new)
    except InvalidInput as error:
        return _again(error, lambda problems: _plan_page(plan_id, None, problems, form, opening=True))
    flash(_("เปิดฉบับแล้ว ใบรับเลขที่ %(receipt)s", receipt=context.request_id))
    return go(url_for("plan_pages.sheet_page", version_id=made, slug="p02"))


@page_route(blueprint, "/plan-versions/<int:version_id>", access=Access.PUBLIC, params=(AGAINST,))
def version_page(version_id: int, against: int | None) -> str:
    """Where a version stands on its path, and what it changes."""
    return _version_page(version_id, against)


@page_route(blueprint, "/plan-versions/<int:version_id>", methods=("POST",), access=Access.SIGNED_IN)
def act_on_version(version_id: int) -> Any:
    """Propose a version, give it up, or record a decision on it."""
    context, form = current(), request.form
    seen = form.get("row_version", 0, int)
    try:
        with context.database.transaction(attribution()) as session:
            if form.get("do") == "propose":
                propose_version(session, context.actor, version_id, if_match_version=seen)
                _require_sure(session, version_id, form)
            elif form.get("do") == "discard":
                discard_version(session, context.actor, version_id, if_match_version=seen)
            else:
                record_step(
                    session,
                    context.actor,
                    version_id,
                    decision_of({name: form.get(name) for name in DECISION.fields}),
                    if_match_version=seen,
                )
    except (InvalidInput, Conflict) as error:
        return _again(error, lambda problems: _version_page(version_id, None, problems, form))
    return _saved("plan_pages.version_page", version_id=version_id)


def _require_sure(session: Session, version_id: int, form: Any) -> None:
    """Files and comments that wait keep no version back, but whoever proposes it has seen that they do."""
    if not form.get("sure") and (waiting_uploads(session, version_id) or open_comments(session, version_id)):
        raise InvalidInput([Problem("confirmation_missing", where={"field": "sure"})])


@page_route(blueprint, "/plan-versions/<int:version_id>/<slug>", access=Access.PUBLIC, params=(OF,))
def sheet_page(version_id: int, slug: str, of: str) -> str:
    """A form of a version: the grid, or the summary ผ.01."""
    with current().database.reading() as session:
        head, held = found_version(session, version_id)
        common = {
            "head": head,
            "version": held,
            "tabs": [(code, _sheet(version_id, form), form == slug) for code, form in _slugs()],
            "pill": version_pills()[held.status].named(version_name(held)),
            "version_name": version_name(held),
        }
        if slug == SUMMARY_SLUG:
            summary = plan_summary(session, head, held, found_form(of))
            return render_template("plans/summary.html", **_summary_values(version_id, of), summary=summary, **common)
    return render_template("sheets/sheet.html", **_sheet_values(head, held, slug), **common)


def _summary_values(version_id: int, of: str) -> dict[str, Any]:
    here = _sheet(version_id, SUMMARY_SLUG)
    forms = [(form.code, f"{here}?of={form.slug}", form.slug == of) for form in FORMS.values()]
    return {"forms": forms, "name": SUMMARY_NAME}


def _sheet_values(head: PlanHead, held: VersionHead, slug: str) -> dict[str, Any]:
    years, form = f"{held.start_be}–{held.end_be}", found_form(slug)
    back = url_for("plan_pages.version_page", version_id=held.id)
    address = f"/api/v1/plan-versions/{held.id}/forms/{slug}"
    files = [
        {"label": "Excel", "icon": "download", "kind": "plain", "href": f"{address}/file?format=xlsx"},
        {"label": "PDF", "icon": "print", "kind": "plain", "href": f"{address}/file?format=pdf"},
    ]
    if held.editable and policy.may(current().actor, policy.PLAN_WRITE, head.target):
        last = {"label": _("เสนอแผน"), "icon": "right", "kind": "primary", "href": back}
    else:
        last = {"label": _("เส้นทางและการเปลี่ยนแปลง"), "icon": "list", "kind": "plain", "href": back}
    return {
        "sheet_title": _("แผนพัฒนาท้องถิ่น %(years)s", years=years),
        "phone_heading": _("แผน %(years)s · %(form)s", years=years, form=form.code),
        "sheet_url": address,
        "back_url": back,
        "of_plan": True,
        "actions": [*files, last],
    }


def _plan_page(
    plan_id: int,
    edit: int | None,
    problems: list[dict[str, Any]] | None = None,
    form: Any = None,
    *,
    opening: bool = False,
) -> str:
    context = current()
    with context.database.reading() as session:
        head, strategies = shown_plan(session, found_plan(session, plan_id))
        edited = next((s for s in strategies if s.id == edit), None)
        versions = _visible(versions_of(session, plan_id))
        return render_template(
            "plans/plan.html",
            head=head,
            versions=versions,
            strategies=strategies,
            edited=edited,
            edit=edit,
            in_use=words_in_use(session, plan_id),
            may=policy.may(context.actor, policy.PLAN_WRITE, head.target),
            options=alignment_options(session, head) if edit is not None else [],
            frameworks=framework_names(),
            nationals=choices(session, "national_strategy", context.language),
            types=choices(session, "plan_change_type", context.language),
            period_options=[
                (str(p.id), f"{p.start_be}–{p.end_be}")
                for p in periods(session)
                if p.start_be <= head.start_be and p.end_be > head.end_be
            ],
            number=_next_number(versions),
            year=min(max(current_fiscal_year_be(), head.start_be), head.end_be),
            tactics=max(_TACTICS, len(edited.tactics) + 2 if edited else 0),
            pills=version_pills(),
            version_name=version_name,
            problems=problems or [],
            form=form or {},
            opening=opening,
        )


def version_page_again(version_id: int, problems: list[dict[str, Any]], form: Any) -> str:
    """The page of a version with what was refused, and what was typed."""
    return _version_page(version_id, None, problems, form)


def _version_page(
    version_id: int, against: int | None, problems: list[dict[str, Any]] | None = None, form: Any = None
) -> str:
    context = current()
    with context.database.reading() as session:
        head, held = found_version(session, version_id)
        versions = _visible(versions_of(session, head.id))
        before = against if any(v.id == against for v in versions) else base_of(versions, held)
        base = next((v for v in versions if v.id == before), None)
        differences = compare_versions(session, before, version_id)
        path = path_of(session, head, held)
        planner = policy.may(context.actor, policy.PLAN_WRITE, head.target)
        may_propose = held.editable and planner
        return render_template(
            "plans/version.html",
            head=head,
            version=held,
            versions=[v for v in versions if v.id != version_id and v.status == "PROMULGATED"],
            before=base,
            path=path,
            step_names={
                each.step.code: each.step.name_th if context.language == "th" else each.step.name_en for each in path
            },
            due=next((step for step in path if not step.passed and step.step.required), None),
            taken=steps_taken(session, version_id) if sees_drafts() else [],
            differences=difference_lines(session, held, base, differences, context.language),
            missing=problem_lines(proposal_problems(session, head, held), context.language) if may_propose else [],
            may_propose=may_propose,
            planner=planner,
            comments=comments_of_version(session, version_id) if sees_drafts() else [],
            waiting_files=waiting_uploads(session, version_id) if planner and held.open else [],
            may_comment=held.open and may_comment(context.actor, head.target),
            cell_of=_cell_of,
            titles=column_titles(held, context.language),
            may_decide={
                step.step.code: policy.may(
                    context.actor,
                    policy.PLAN_APPROVE if step.step.code == "EXECUTIVE" else policy.PLAN_WRITE,
                    head.target,
                )
                for step in path
            },
            forms=[(code, _sheet(version_id, slug)) for code, slug in _slugs()],
            changes=change_names(),
            pills=version_pills(),
            version_name=version_name,
            problems=problems or [],
            form=form or {},
        )


def _strategy_words(form: Any) -> StrategyWords:
    tactics = tuple(
        (form.get(f"tactic_{n}_code", ""), name, form.get(f"tactic_{n}_indicator", "").strip() or None)
        for n in range(1, MOST_TACTICS + 2)
        if (name := form.get(f"tactic_{n}_name", "").strip())
    )
    return StrategyWords(
        form.get("code", ""),
        form.get("name_th", ""),
        form.get("goal", "").strip() or None,
        form.get("national_strategy_code") or None,
        tuple(int(n) for n in form.getlist("serves") if n.isdecimal()),
        tactics,
    )


def _next_number(versions: list[VersionHead]) -> str:
    """The number that the next version probably has: one more than those of this fiscal year."""
    year = current_fiscal_year_be()
    return f"ครั้งที่ {sum(v.fiscal_year_be == year and v.change_types != () for v in versions) + 1}/{year}"


def _year(text: str) -> int:
    plain = to_arabic_digits(text).strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) == 4 else 0


def _visible(versions: list[VersionHead]) -> list[VersionHead]:
    return [v for v in versions if v.status == "PROMULGATED" or sees_drafts()]


def _slugs() -> list[tuple[str, str]]:
    return [(SUMMARY, SUMMARY_SLUG), *((form.code, form.slug) for form in FORMS.values())]


def _sheet(version_id: int, slug: str) -> str:
    return url_for("plan_pages.sheet_page", version_id=version_id, slug=slug)


def _cell_of(version_id: int, comment: PlanComment) -> str | None:
    """Where the line of a comment stands in its form; ``None`` for a comment on the whole version."""
    if comment.origin_id is None or comment.form not in FORMS:
        return None
    column = f"&column={comment.column}" if comment.column else ""
    return f"{_sheet(version_id, FORMS[comment.form].slug)}?row={comment.origin_id}{column}"


def _scope_of(area: str) -> OwnScope:
    if len(area) == 2:
        return OwnScope(provinces=frozenset({area}))
    return OwnScope(amphoes=frozenset({area[:4]}))


def _again(error: InvalidInput | Conflict, page: Any) -> Response:
    """The page with what was typed and what has to be mended; nothing is lost."""
    return Response(page(refusals(error)), status=int(status_of(error)), mimetype="text/html")


def _refused(error: InvalidInput) -> Any:
    for line in refusals(error):
        flash(f"{line['message']} · {line['fix']}")
    return go(request.referrer or "/plans")


def _saved(endpoint: str, **values: Any) -> Response:
    flash(saved_note(current().request_id))
    return go(url_for(endpoint, **values))

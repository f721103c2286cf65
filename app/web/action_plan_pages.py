"""Pages of action plans: issues by year, one issue with its way into force, and its forms."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import InvalidInput, NotFound
from app.queries.action_plans import (
    FORM_NAMES,
    SLUGS,
    SUMMARY,
    ActionLine,
    ActionPlanHead,
    action_lines,
    action_plans_of,
    action_summary,
)
from app.queries.organisations import organisation
from app.services.action_plans import begin_action_plan, discard_action_plan, promulgate_action_plan
from app.web.action_plans import action_form, found_action_plan, visible
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, page_route
from app.web.money_body import Body
from app.web.page_forms import posted, read_typed
from app.web.plan_texts import Pill, version_pills
from gis.problems import Problem
from gis.thai import to_arabic_digits

blueprint = Blueprint("action_plan_pages", __name__)

_PROMULGATION = Body({"promulgated_on": "date", "document": "text"}, frozenset({"promulgated_on"}))


@page_route(blueprint, "/organisations/<organisation_code>/action-plans", access=Access.PUBLIC)
def list_page(organisation_code: str) -> str:
    """Issues of every year, and a form that begins one."""
    return _list_page(organisation_code)


@page_route(blueprint, "/organisations/<organisation_code>/action-plans", methods=("POST",), access=Access.SIGNED_IN)
def begin_action_page(organisation_code: str) -> Response:
    """Begin an issue with every project of the year that has approved money."""
    form = request.form
    return posted(
        lambda session, actor: begin_action_plan(session, actor, organisation_code, _year(form)),
        again=lambda problems: _list_page(organisation_code, problems, form),
        then=lambda made: url_for("action_plan_pages.action_sheet_page", action_plan_id=made, action_slug="pd02"),
    )


@page_route(blueprint, "/action-plans/<int:action_plan_id>", access=Access.PUBLIC)
def action_page(action_plan_id: int) -> str:
    """One issue: what is in it, what is missing, and how it comes into force."""
    return _action_page(action_plan_id)


@page_route(blueprint, "/action-plans/<int:action_plan_id>", methods=("POST",), access=Access.SIGNED_IN)
def act_on_action_plan(action_plan_id: int) -> Response:
    """Bring an issue into force, or give it up."""
    form = request.form
    seen, discards = form.get("row_version", 0, int), form.get("do") == "discard"
    with current().database.reading() as session:
        owner = found_action_plan(session, action_plan_id).organisation_code

    def act(session: Session, actor: Actor) -> None:
        if discards:
            if not form.get("sure"):
                raise InvalidInput([Problem("confirmation_missing", where={"field": "sure"})])
            discard_action_plan(session, actor, action_plan_id, if_match_version=seen)
            return
        given = read_typed(_PROMULGATION, form)
        promulgate_action_plan(
            session, actor, action_plan_id, given["promulgated_on"], given.get("document"), if_match_version=seen
        )

    if discards:
        then = url_for("action_plan_pages.list_page", organisation_code=owner)
    else:
        then = url_for("action_plan_pages.action_page", action_plan_id=action_plan_id)
    return posted(act, again=lambda problems: _action_page(action_plan_id, problems, form), then=then)


@page_route(blueprint, "/action-plans/<int:action_plan_id>/<action_slug>", access=Access.PUBLIC)
def action_sheet_page(action_plan_id: int, action_slug: str) -> str:
    """ผด.02 and ผด.02/1 as grids with twelve months, ผด.01 as their summary."""
    form = action_form(action_slug)
    with current().database.reading() as session:
        head = found_action_plan(session, action_plan_id)
        common = {
            "head": head,
            "tabs": [(code, _sheet(action_plan_id, slug), slug == action_slug) for slug, code in SLUGS.items()],
            "pill": action_pills()[head.status],
            "actions": _actions(head, action_slug),
            "back_url": url_for("action_plan_pages.action_page", action_plan_id=action_plan_id),
        }
        if form == SUMMARY:
            rows = action_summary(session, action_lines(session, action_plan_id))
            by_strategy = [(name, list(inside)) for name, inside in groupby(rows, key=lambda row: row.strategy)]
            return render_template(
                "action_plans/summary.html", rows=rows, by_strategy=by_strategy, name=FORM_NAMES[SUMMARY], **common
            )
    return render_template(
        "sheets/sheet.html",
        sheet_title=_("แผนการดำเนินงาน %(year)s", year=head.fiscal_year_be),
        phone_heading=_("ดำเนินงาน %(year)s · %(form)s", year=head.fiscal_year_be, form=form),
        sheet_url=f"/api/v1/action-plans/{action_plan_id}/forms/{action_slug}",
        **common,
    )


def _actions(head: ActionPlanHead, slug: str) -> list[dict[str, str]]:
    file = f"/api/v1/action-plans/{head.id}/forms/{slug}/file"
    back = url_for("action_plan_pages.action_page", action_plan_id=head.id)
    return [
        {"label": "Excel", "icon": "download", "kind": "plain", "href": f"{file}?format=xlsx"},
        {"label": "PDF", "icon": "print", "kind": "plain", "href": f"{file}?format=pdf"},
        {"label": _("ตรวจและประกาศใช้"), "icon": "right", "kind": "primary", "href": back}
        if head.status == "DRAFT"
        else {"label": _("ฉบับนี้"), "icon": "list", "kind": "plain", "href": back},
    ]


def action_pills() -> Mapping[str, Pill]:
    """States of an action plan in the language of the page."""
    pills = version_pills()
    return {status: pills[status] for status in ("DRAFT", "PROMULGATED", "DISCARDED")}


def _list_page(organisation_code: str, problems: list[dict[str, Any]] | None = None, form: Any = None) -> str:
    context = current()
    with context.database.reading() as session:
        owner = organisation(session, organisation_code)
        if owner is None:
            raise NotFound("organisation_not_found", {"organisation": organisation_code[:40]})
        issues = [head for head in action_plans_of(session, organisation_code) if visible(head)]
    target = Target(owner.code, owner.province_code, owner.amphoe_code)
    return render_template(
        "action_plans/list.html",
        owner=owner,
        years=[(year, list(heads)) for year, heads in groupby(issues, key=lambda head: head.fiscal_year_be)],
        drafts={head.fiscal_year_be for head in issues if head.status == "DRAFT"},
        newest=current_fiscal_year_be(),
        may=policy.may(context.actor, policy.PLAN_WRITE, target),
        pills=action_pills(),
        problems=problems or [],
        form=form or {},
    )


def _action_page(action_plan_id: int, problems: list[dict[str, Any]] | None = None, form: Any = None) -> str:
    actor = current().actor
    with current().database.reading() as session:
        head = found_action_plan(session, action_plan_id)
        lines = action_lines(session, action_plan_id)
    unplanned = [line for line in lines if not line.months]
    return render_template(
        "action_plans/action_plan.html",
        head=head,
        forms=[(code, _sheet(action_plan_id, slug), FORM_NAMES[code]) for slug, code in SLUGS.items()],
        counts={form: _counted(lines, form) for form in ("ผด.02", "ผด.02/1")},
        unplanned=[(line, _cell(action_plan_id, line)) for line in unplanned],
        may=head.status == "DRAFT" and policy.may(actor, policy.PLAN_WRITE, head.target),
        may_promulgate=head.status == "DRAFT" and policy.may(actor, policy.PLAN_APPROVE, head.target),
        prepared_it=actor.user_id is not None and actor.user_id == head.prepared_by,
        pill=action_pills()[head.status],
        problems=problems or [],
        form=form or {},
    )


def _counted(lines: list[ActionLine], form: str) -> tuple[int, Any]:
    """Activities of a form and their baht."""
    inside = [line for line in lines if line.form == form]
    return len(inside), sum((line.amount_baht or 0 for line in inside), 0)


def _cell(action_plan_id: int, line: ActionLine) -> str:
    slug = next(slug for slug, code in SLUGS.items() if code == line.form)
    return f"{_sheet(action_plan_id, slug)}?row={line.id}&column=m01"


def _sheet(action_plan_id: int, slug: str) -> str:
    return url_for("action_plan_pages.action_sheet_page", action_plan_id=action_plan_id, action_slug=slug)


def _year(form: Mapping[str, str]) -> int:
    plain = to_arabic_digits(form.get("fiscal_year", "")).strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) == 4 else 0

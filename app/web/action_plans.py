"""Action plans (แผนการดำเนินงาน) for programs: issues of a year, forms, saves, promulgation, files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound
from app.queries.action_plans import (
    SLUGS,
    SUMMARY,
    ActionPlanHead,
    action_lines,
    action_plan,
    action_plans_of,
    action_summary,
)
from app.queries.codelists import code_list
from app.services.action_plan_print import lines_page, summary_page, write_page
from app.services.action_plans import begin_action_plan, change_action_sheet, promulgate_action_plan
from app.services.plan_print import Page, Printing
from app.web.action_plan_json import (
    action_outcome_json,
    action_plan_json,
    action_sheet_json,
    action_summary_json,
)
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route
from app.web.json import json_response
from app.web.payloads import if_match, json_object
from app.web.plan_files import FORMAT, MEDIA_TYPES, PAPER, actions_pdf, file_answer
from app.web.plan_json import LIST, OBJECT
from app.web.plans import sees_drafts
from app.web.sheet_json import CHANGED_SCHEMA, CHANGES_BODY, changes_of
from gis.problems import Problem
from gis.thai import ZONE, parse_thai_date

blueprint = Blueprint("action_plans", __name__)

ACTION_PLAN = "/api/v1/action-plans/<int:action_plan_id>"
OF_ORGANISATION = "/api/v1/organisations/<organisation_code>/action-plans"


@api_route(
    blueprint,
    OF_ORGANISATION,
    access=Access.PUBLIC,
    summary="Action plans of an organisation, newest first",
    response=LIST,
)
def list_action_plans(organisation_code: str) -> dict[str, Any]:
    """Issues that are not in force are told to staff only."""
    with current().database.reading() as session:
        found = action_plans_of(session, organisation_code)
    return {"items": [action_plan_json(head) for head in found if visible(head)]}


@api_route(
    blueprint,
    OF_ORGANISATION,
    method="POST",
    access=Access.SIGNED_IN,
    summary="Begin an issue of the action plan of a year, with every project that has approved money",
    response=OBJECT,
    status=201,
    body={"type": "object", "required": ["fiscal_year"], "properties": {"fiscal_year": {"type": "integer"}}},
)
def begin_actions(organisation_code: str) -> Response:
    """A later issue goes on with what the one in force says."""
    year, context = json_object().get("fiscal_year"), current()
    if isinstance(year, bool) or not isinstance(year, int):
        raise InvalidInput([Problem("field_required", where={"field": "fiscal_year"})])
    with context.database.transaction(attribution()) as session:
        made = begin_action_plan(session, context.actor, organisation_code, year)
        return _tagged(found_action_plan(session, made), 201)


@api_route(blueprint, ACTION_PLAN, access=Access.PUBLIC, summary="One action plan", response=OBJECT)
def read_actions(action_plan_id: int) -> Response:
    """With the ETag that its promulgation asks for."""
    with current().database.reading() as session:
        return _tagged(found_action_plan(session, action_plan_id))


@api_route(
    blueprint,
    f"{ACTION_PLAN}/promulgate",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Bring an action plan into force",
    response=OBJECT,
    body={
        "type": "object",
        "required": ["promulgated_on"],
        "additionalProperties": False,
        "properties": {"promulgated_on": {"type": "string"}, "document": {"type": ["string", "null"]}},
    },
    headers={"If-Match": 'ETag of the action plan, such as "action3"'},
)
def promulgate_actions(action_plan_id: int) -> Response:
    """By the executive."""
    number, body, context = if_match("action"), json_object(), current()
    day = parse_thai_date(body.get("promulgated_on"))
    if not isinstance(day, date):
        raise InvalidInput([Problem(day.code, where={"field": "promulgated_on"}, values=day.values)])
    document = str(body["document"]).strip()[:1000] or None if body.get("document") else None
    with context.database.transaction(attribution()) as session:
        promulgate_action_plan(session, context.actor, action_plan_id, day, document, if_match_version=number)
        return _tagged(found_action_plan(session, action_plan_id))


@api_route(
    blueprint,
    f"{ACTION_PLAN}/forms/<action_slug>",
    access=Access.PUBLIC,
    summary="A form of an action plan: pd01 is the summary, pd02 and pd02-1 have a line an activity",
    response=OBJECT,
)
def read_action_form(action_plan_id: int, action_slug: str) -> dict[str, Any]:
    """Months are counted from October: m01 to m12."""
    context, form = current(), action_form(action_slug)
    with context.database.reading() as session:
        head = found_action_plan(session, action_plan_id)
        if form == SUMMARY:
            return action_summary_json(action_summary(session, action_lines(session, action_plan_id)))
        lines = action_lines(session, action_plan_id, form)
        return action_sheet_json(session, head, form, lines, context.actor, context.language)


@api_route(
    blueprint,
    f"{ACTION_PLAN}/forms/<action_slug>/changes",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write cells, add lines and take lines out, in one save",
    response=CHANGED_SCHEMA,
    body=CHANGES_BODY,
)
def save_action_form(action_plan_id: int, action_slug: str) -> dict[str, Any]:
    """As the forms of a plan."""
    body, context, form = json_object(), current(), action_form(action_slug)
    changes, whole = changes_of(body), body.get("whole") is True
    if form == SUMMARY:
        raise NotFound("plan_form_not_found", {"form": action_slug, "allowed": "pd02, pd02-1"})
    with context.database.transaction(attribution()) as session:
        outcome = change_action_sheet(session, context.actor, action_plan_id, form, changes, whole=whole)
        lines = action_lines(session, action_plan_id, form)
        return action_outcome_json(lines, outcome, context.request_id, datetime.now(UTC), context.language)


@api_route(
    blueprint,
    f"{ACTION_PLAN}/forms/<action_slug>/file",
    access=Access.PUBLIC,
    params=(FORMAT, PAPER),
    summary="A form of an action plan in its official layout: XLSX or PDF",
    response={"content": {media_type: {"type": "string", "format": "binary"} for media_type in MEDIA_TYPES.values()}},
)
def action_file(action_plan_id: int, action_slug: str, format: str, paper: str) -> Response:
    """The first three months lie in the calendar year before."""
    if format == "pdf":
        return actions_pdf(action_plan_id, action_slug, paper)
    form, order = action_form(action_slug), Printing(datetime.now(ZONE))
    with current().database.reading() as session:
        head = found_action_plan(session, action_plan_id)
        page: Page
        if form == SUMMARY:
            page = summary_page(head, action_summary(session, action_lines(session, action_plan_id)), order)
        else:
            lines = action_lines(session, action_plan_id, form)
            page = lines_page(head, form, lines, code_list(session, "budget_programme"), order)
    stem = f"{form} {head.organisation_name} {head.fiscal_year_be}".replace("/", "-")
    return file_answer(write_page(page, paper=paper), stem, format)


def action_form(slug: str) -> str:
    """The form that an address names.

    Raises
    ------
    NotFound
        ``plan_form_not_found``.
    """
    form = SLUGS.get(slug)
    if form is None:
        raise NotFound("plan_form_not_found", {"form": slug[:40], "allowed": ", ".join(SLUGS)})
    return form


def visible(head: ActionPlanHead) -> bool:
    """Everybody sees what is in force, staff what is being made; what was given up is shown to nobody."""
    return head.status == "PROMULGATED" or (head.status == "DRAFT" and sees_drafts())


def found_action_plan(session: Session, action_plan_id: int) -> ActionPlanHead:
    """An issue with the eyes of this request.

    Raises
    ------
    NotFound
        ``action_plan_not_found``.
    """
    head = action_plan(session, action_plan_id)
    if head is None or not visible(head):
        raise NotFound("action_plan_not_found", {"plan": action_plan_id})
    return head


def _tagged(head: ActionPlanHead, status: int = 200) -> Response:
    answer = json_response(action_plan_json(head), status)
    answer.set_etag(f"action{head.row_version}")
    return answer

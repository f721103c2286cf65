"""Forms of a plan for programs: the sheet of a version, its saves, and what differs between two versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from app.errors import NotFound
from app.queries.plan_compare import base_of, compare_versions
from app.queries.plan_forms import FORMS, SUMMARY_SLUG, PlanForm, form_by_slug
from app.queries.plan_sheet import plan_sheet, plan_summary
from app.queries.plans import versions_of
from app.services.plan_sheet import change_sheet
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.params import choice, integer_schema, string_schema, whole_number
from app.web.payloads import json_object
from app.web.plan_json import (
    LIST,
    OBJECT,
    difference_json,
    outcome_json,
    sheet_json,
    summary_json,
)
from app.web.plans import VERSION, found_version
from app.web.sheet_json import CHANGED_SCHEMA, CHANGES_BODY, changes_of

blueprint = Blueprint("plan_forms", __name__)

SLUGS = tuple(form.slug for form in FORMS.values())
OF = Param("of", choice(*SLUGS), string_schema(enum=list(SLUGS)), "Form that ผ.01 sums up", "p02")
AGAINST = Param("against", whole_number(1, 2**53), integer_schema(1, 2**53), "Version to compare with")


@api_route(
    blueprint,
    f"{VERSION}/comparison",
    access=Access.PUBLIC,
    params=(AGAINST,),
    summary="What differs from another version of the plan; from the one in force before it when none is named",
    response=LIST,
)
def compare(version_id: int, against: int | None) -> dict[str, Any]:
    """New, changed, moved, merged and withdrawn projects, field by field."""
    with current().database.reading() as session:
        head, of = found_version(session, version_id)
        before = base_of(versions_of(session, head.id), of)
        if against is not None:
            other_head, other = found_version(session, against)
            if other_head.id != head.id:
                raise NotFound("plan_version_not_found", {"version": against})
            before = other.id
        return {"items": [difference_json(d) for d in compare_versions(session, before, version_id)]}


@api_route(
    blueprint,
    f"{VERSION}/forms/<slug>",
    access=Access.PUBLIC,
    params=(OF,),
    summary="A form of a version: p01 is the summary, p02, p02-1, p02-2 and p03 have a line a project",
    response=OBJECT,
)
def read_form(version_id: int, slug: str, of: str) -> dict[str, Any]:
    """The sums of one form never hold those of another."""
    context = current()
    with context.database.reading() as session:
        head, held = found_version(session, version_id)
        if slug == SUMMARY_SLUG:
            return summary_json(plan_summary(session, head, held, found_form(of)), context.language)
        return sheet_json(session, plan_sheet(session, head, held, found_form(slug)), context.actor, context.language)


@api_route(
    blueprint,
    f"{VERSION}/forms/<slug>/changes",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write cells, add lines, take lines out and put them back, in one save",
    response=CHANGED_SCHEMA,
    body=CHANGES_BODY,
)
def save_form(version_id: int, slug: str) -> dict[str, Any]:
    """What cannot be written comes back with its reason; the rest is written. With ``whole`` it is all or nothing."""
    body, context, form = json_object(), current(), found_form(slug)
    changes, whole = changes_of(body), body.get("whole") is True
    with context.database.transaction(attribution()) as session:
        outcome = change_sheet(session, context.actor, version_id, form, changes, whole=whole)
        head, held = found_version(session, version_id)
        sheet = plan_sheet(session, head, held, form)
        now = datetime.now(UTC)
        return outcome_json(session, sheet, outcome, context.request_id, now, context.language)


def found_form(slug: str) -> PlanForm:
    """The form that an address names.

    Raises
    ------
    NotFound
        ``plan_form_not_found``.
    """
    form = form_by_slug(slug)
    if form is None:
        raise NotFound("plan_form_not_found", {"form": slug[:40], "allowed": ", ".join((SUMMARY_SLUG, *SLUGS))})
    return form

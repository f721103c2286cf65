"""The page of a budget document: what it says, its rows, where it stands, and what the person may do to it now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from app.queries.budget_reviews import comments_on, lines_of_document
from app.queries.codelists import choices
from app.queries.fiscal_years import is_closed
from app.queries.on_behalf import mark_of_record
from app.queries.organisations import organisation as find_organisation
from app.services import money_rules
from app.services.budget_documents import TABLE
from app.services.money_rules import organisation_target
from app.web.budget_documents import DOCUMENTS
from app.web.budget_words import DOCUMENT_KIND_NAMES
from app.web.context import current
from app.web.desk_texts import DOCUMENT_FIELD_NAMES, in_words, pill_of, turn_of
from app.web.document_sheet import found_document
from app.web.endpoint import Access, page_route
from app.web.filters import thai_date
from app.web.page_forms import posted
from app.web.reviewed_pages import acting

blueprint = Blueprint("budget_document_pages", __name__)

PAGE = "/budget-documents/<int:document_id>"
SHOWN_ROWS = 200


@page_route(blueprint, PAGE, access=Access.SIGNED_IN)
def document_page(document_id: int) -> str:
    """One document."""
    return _page(document_id)


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN)
def act_on_document(document_id: int) -> Response:
    """Change it, send it in, decide on it, take it out or bring it back."""
    form = request.form
    return posted(
        lambda session, actor: acting(DOCUMENTS, document_id, form)(session, actor),
        again=lambda problems: _page(document_id, problems, form),
        then=url_for(".document_page", document_id=document_id),
    )


def _page(document_id: int, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    context = current()
    with context.database.reading() as session:
        row = found_document(session, document_id)
        target = organisation_target(session, row.organisation_code)
        closed = is_closed(session, row.organisation_code, row.fiscal_year_be)
        return render_template(
            "desk/document.html",
            row=row,
            owner=find_organisation(session, row.organisation_code),
            turn=turn_of(context.actor, row, target, closed=closed),
            closed=closed,
            pill=pill_of(row),
            mark=mark_of_record(session, TABLE, document_id),
            kind=DOCUMENT_KIND_NAMES[row.kind],
            lines=lines_of_document(session, document_id, limit=SHOWN_ROWS),
            rows_count=row.rows,
            comments=comments_on(session, TABLE, str(document_id)),
            field_names=DOCUMENT_FIELD_NAMES,
            funds=dict(choices(session, "fund_source", context.language)),
            programmes=dict(choices(session, "budget_programme", context.language)),
            categories=dict(choices(session, "expenditure_category", context.language)),
            problems=in_words(problems or []),
            doing=(typed or {}).get("do", ""),
            typed=typed or {},
            approval_day=thai_date(money_rules.today()),
            said={
                name: thai_date(value) if name.endswith("_on") and value else value or ""
                for name, value in ((name, getattr(row, name)) for name in DOCUMENTS.fields.fields)
            },
        )

"""Budget documents for programs: prepared, sent in, approved or returned; every change under If-Match."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.queries.budget_reviews import documents_of, get_document, lines_of_document
from app.services import budget_documents as service
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body
from app.web.organisation_money import ITEMS, ORGANISATION, RECEIPT, YEAR, require_staff, written
from app.web.reviewed import ReviewedRoutes, declare

blueprint = Blueprint("budget_documents", __name__)

DOCUMENT = "/api/v1/budget-documents/<int:document_id>"
FIELDS = Body(
    {
        "number": "text",
        "title": "text",
        "submitted_on": "date",
        "council_session": "text",
        "council_approved_on": "date",
        "in_force_on": "date",
        "document": "text",
    },
    frozenset({"number", "title"}),
)
NEW = Body({"fiscal_year_be": "whole", "kind": "text", **FIELDS.fields}, FIELDS.required | {"fiscal_year_be", "kind"})
APPROVAL = Body({"approved_on": "date", "in_force_on": "date"}, frozenset({"approved_on"}))

DOCUMENTS = ReviewedRoutes(
    word="budget document",
    table=service.TABLE,
    rule=DOCUMENT,
    letter="b",
    one=get_document,
    lines=("appropriations", lines_of_document),
    fields=FIELDS,
    approval=APPROVAL,
    change=lambda session, actor, document_id, given, version: service.change_document(
        session, actor, document_id, service.DocumentFields(**given), if_match_version=version
    ),
    submit=service.submit_document,
    approve=service.approve_document,
    send_back=service.return_document,
    remove=service.remove_document,
    restore=service.restore_document,
)
declare(blueprint, DOCUMENTS)


@api_route(
    blueprint,
    f"{ORGANISATION}/budget-documents",
    access=Access.SIGNED_IN,
    params=(YEAR,),
    summary="Budget documents of an organisation, the newest year first (staff)",
    response=ITEMS,
)
def read_list(organisation: str, fiscal_year: int | None) -> dict[str, Any]:
    """Removed drafts too, marked."""
    with current().database.reading() as session:
        require_staff(session, organisation)
        return {"items": [asdict(row) for row in documents_of(session, organisation, fiscal_year)]}


@api_route(
    blueprint,
    f"{ORGANISATION}/budget-documents",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Begin a budget document (kind ANNUAL, SUPPLEMENTARY, ACCUMULATED, RESERVE, SPECIFIC_GRANT, LOAN, ...)",
    response=RECEIPT,
    status=201,
    body=NEW.schema(),
)
def create(organisation: str) -> dict[str, Any]:
    """A draft: its money counts when it is approved."""
    return written(
        NEW,
        lambda session, actor, given: service.create_document(
            session,
            actor,
            organisation,
            given.pop("fiscal_year_be"),
            given.pop("kind"),
            service.DocumentFields(**given),
        ),
    )

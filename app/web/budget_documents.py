"""Budget documents for programs: prepared, sent in, approved or returned; every change under If-Match."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.errors import NotFound
from app.queries.budget_reviews import comments_on, documents_of, get_document, lines_of_document
from app.services import budget_documents as service
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body
from app.web.organisation_money import (
    COMMENTS,
    ITEMS,
    OBJECT,
    ORGANISATION,
    RECEIPT,
    YEAR,
    acted,
    comments_of,
    require_staff,
    written,
)
from app.web.payloads import if_match

blueprint = Blueprint("budget_documents", __name__)

DOCUMENT = "/api/v1/budget-documents/<int:document_id>"
_VERSION = {"If-Match": 'row_version of the document that you read, such as "b3"; without it 428, when stale 412'}
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


@api_route(
    blueprint,
    DOCUMENT,
    access=Access.SIGNED_IN,
    summary="One budget document with its appropriations and the comments of its review (staff)",
    response=OBJECT,
)
def read_one(document_id: int) -> dict[str, Any]:
    """Open comments come first."""
    with current().database.reading() as session:
        require_staff(session)
        row = get_document(session, document_id)
        if row is None:
            raise NotFound("budget_document_not_found", {"id": document_id})
        return {
            **asdict(row),
            "appropriations": [asdict(line) for line in lines_of_document(session, document_id)],
            "comments": [asdict(one) for one in comments_on(session, service.TABLE, str(document_id))],
        }


@api_route(
    blueprint,
    DOCUMENT,
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Change what a draft or returned document says of itself",
    response=RECEIPT,
    body=FIELDS.schema(),
    headers=_VERSION,
)
def change(document_id: int) -> dict[str, Any]:
    """Every field is given again."""
    version = if_match("b")
    return written(
        FIELDS,
        lambda session, actor, given: service.change_document(
            session, actor, document_id, service.DocumentFields(**given), if_match_version=version
        ),
    )


@api_route(
    blueprint,
    DOCUMENT,
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take a draft out; it can be brought back",
    response=RECEIPT,
    headers=_VERSION,
)
def remove(document_id: int) -> dict[str, Any]:
    """With its appropriations."""
    version = if_match("b")
    return acted(lambda session, actor: service.remove_document(session, actor, document_id, if_match_version=version))


@api_route(
    blueprint,
    f"{DOCUMENT}/restore",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Bring a removed draft back",
    response=RECEIPT,
)
def restore(document_id: int) -> dict[str, Any]:
    """Unless its number was given to another."""
    return acted(lambda session, actor: service.restore_document(session, actor, document_id))


@api_route(
    blueprint,
    f"{DOCUMENT}/submit",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Send a document in for approval",
    response=RECEIPT,
    headers=_VERSION,
)
def submit(document_id: int) -> dict[str, Any]:
    """Its planned projects become ones whose budget is requested."""
    version = if_match("b")
    return acted(lambda session, actor: service.submit_document(session, actor, document_id, if_match_version=version))


@api_route(
    blueprint,
    f"{DOCUMENT}/approve",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Approve a document that another person prepared and sent in",
    response=RECEIPT,
    body=APPROVAL.schema(),
    headers=_VERSION,
)
def approve(document_id: int) -> dict[str, Any]:
    """Its money may be spent from now on."""
    version = if_match("b")
    return written(
        APPROVAL,
        lambda session, actor, given: service.approve_document(
            session, actor, document_id, **given, if_match_version=version
        ),
    )


@api_route(
    blueprint,
    f"{DOCUMENT}/return",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Return a document with comments on its fields",
    response=RECEIPT,
    body=COMMENTS.schema(),
    headers=_VERSION,
)
def send_back(document_id: int) -> dict[str, Any]:
    """At least one comment says what has to be mended."""
    version = if_match("b")
    return written(
        COMMENTS,
        lambda session, actor, given: service.return_document(
            session, actor, document_id, comments_of(given), if_match_version=version
        ),
    )

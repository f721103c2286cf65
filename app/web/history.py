"""Histories for programs, and the receipt: everything that was changed in one go, by its number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.auth import policy
from app.auth.policy import Visibility
from app.errors import Forbidden, NotFound
from app.queries.history import HistoryPage, project_history, receipt_changes, record_history
from app.queries.projects import project_row
from app.web.context import current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.params import encode_cursor, integer_schema, number_cursor, string_schema, text_q, whole_number
from app.web.project_json import CHANGE_SCHEMA, change_json
from app.web.project_texts import change_lines
from app.web.projects import reader
from app.web.receipts import read_receipt

blueprint = Blueprint("history", __name__)

PAGE = 100
FIELD = Param("field", text_q, string_schema(maxLength=200), "Only changes of this field, such as ``length_m``")
LIMIT = Param("limit", whole_number(1, 500), integer_schema(1, 500), "Changes a page", PAGE)
CURSOR = Param("cursor", number_cursor, string_schema(maxLength=2000), "Where the page begins: from ``next``")
_PAGE_SCHEMA = {
    "type": "object",
    "required": ["items", "next", "hidden"],
    "properties": {
        "items": {"type": "array", "items": CHANGE_SCHEMA},
        "next": {"type": ["string", "null"]},
        "hidden": {"type": "integer", "description": "Changes of a receipt, of records that you may not read"},
    },
}


def require_staff() -> None:
    """Refuse everybody who does not work for an organisation, a province or the department.

    Raises
    ------
    Forbidden
        ``forbidden``.
    """
    if policy.visibility(current().actor) is not Visibility.STAFF:
        raise Forbidden("forbidden")


def saved_note(receipt: str) -> Markup:
    """What a page says after saving, its receipt as a link."""
    link = Markup('<a href="/receipts/{0}">{0}</a>').format(receipt)
    return escape(_("บันทึกแล้ว ใบรับเลขที่ %(receipt)s", receipt="{}")).format(link)


@api_route(
    blueprint,
    "/api/v1/projects/<code>/history",
    access=Access.SIGNED_IN,
    params=(FIELD, LIMIT, CURSOR),
    summary="Who changed what of a project, its money, coordinates and pictures; the newest first",
    response=_PAGE_SCHEMA,
)
def of_project(code: str, field: str | None, limit: int, cursor: int | None) -> dict[str, Any]:
    """For the staff; contractors are named to those who work with them."""
    context = current()
    with context.database.reading() as session:
        row = project_row(session, code, sight=policy.visibility(context.actor))
        if row is None:
            raise NotFound("project_not_found", {"project": code[:80]})
        require_staff()
        page = project_history(session, row.id, reader(), field=field or None, limit=limit, before=cursor)
    return _page_json(page, f"/api/v1/projects/{code}/history", field=field, limit=limit)


@api_route(
    blueprint,
    "/api/v1/history/<entity>/<key>",
    access=Access.SIGNED_IN,
    params=(FIELD, LIMIT, CURSOR),
    summary="Who changed what of one record, by its kind and key; the newest first",
    response=_PAGE_SCHEMA,
)
def of_record(entity: str, key: str, field: str | None, limit: int, cursor: int | None) -> dict[str, Any]:
    """Kind and key are those that a history or a receipt told; the values of accounts are for who administers them."""
    require_staff()
    with current().database.reading() as session:
        page = record_history(session, entity, key, reader(), field=field or None, limit=limit, before=cursor)
    if not page.items and not page.hidden and cursor is None and not field:
        raise NotFound("no_history", {"entity": entity[:80], "key": key[:80]})
    return _page_json(page, f"/api/v1/history/{entity}/{key}", field=field, limit=limit)


@api_route(
    blueprint,
    "/api/v1/receipts/<receipt>",
    access=Access.SIGNED_IN,
    params=(LIMIT, CURSOR),
    summary="Everything that was changed under a receipt, in the order in which it was done",
    response=_PAGE_SCHEMA,
)
def of_receipt(receipt: str, limit: int, cursor: int | None) -> dict[str, Any]:
    """The number comes with every answer to a change (``X-Request-Id``)."""
    page = _found(receipt, limit, cursor)
    return _page_json(page, f"/api/v1/receipts/{receipt}", limit=limit)


@page_route(blueprint, "/receipts/<receipt>", access=Access.SIGNED_IN, params=(CURSOR,))
def receipt_page(receipt: str, cursor: int | None) -> str:
    """Who, when, for whom, and every record with its fields before and after."""
    page = _found(receipt, PAGE, cursor)
    with current().database.reading() as session:
        lines = change_lines(session, page.items, whole=True)
    return render_template(
        "receipts/receipt.html",
        receipt=read_receipt(receipt) or receipt,
        lines=lines,
        first=lines[0] if lines else None,
        hidden=page.hidden,
        further=cursor is not None,
        next=None if page.next is None else f"?cursor={encode_cursor([page.next])}",
    )


def _found(receipt: str, limit: int, cursor: int | None) -> HistoryPage:
    require_staff()
    number = read_receipt(receipt)
    with current().database.reading() as session:
        page = receipt_changes(session, number or receipt, reader(), limit=limit, after=cursor)
    if not page.items and not page.hidden:
        raise NotFound("receipt_not_found", {"receipt": receipt[:40]})
    return page


def _page_json(page: HistoryPage, address: str, **query: Any) -> dict[str, Any]:
    given = {name: value for name, value in query.items() if value}
    following = None
    if page.next is not None:
        following = f"{address}?{urlencode({**given, 'cursor': encode_cursor([page.next])})}"
    return {"items": [change_json(change) for change in page.items], "next": following, "hidden": page.hidden}

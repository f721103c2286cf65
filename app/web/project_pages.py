"""Pages of projects: the list with its filters in the address, one project with its tabs, and its small forms."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import Visibility
from app.errors import Conflict, InvalidInput
from app.queries.geometries import geometry_versions
from app.queries.history import changed_fields, project_fields, project_history
from app.queries.projects import ProjectRow, is_place, project_count, project_page
from app.services import exports
from app.services.geometries import review_geometry
from app.services.history import restore_value
from app.services.project_money import record_appropriation, record_contract, record_disbursement
from app.services.projects import editable_fields
from app.web.attachment_json import photos_data
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, page_route
from app.web.errors import problem_lines, status_of
from app.web.history import CURSOR, FIELD, PAGE, saved_note
from app.web.page_forms import go, refusals
from app.web.params import choice, encode_cursor, integer_schema, string_schema, whole_number
from app.web.project_forms import MONEY_FORMS, read_form
from app.web.project_json import may_json, target_of
from app.web.project_list import code_names, filter_choices, removable_chips, why_empty
from app.web.project_params import FILTER_NAMES, FILTER_PARAMS, SORT_PARAM, filter_of, order_of, query_of
from app.web.project_texts import Restoring, change_lines, difference, field_names
from app.web.projects import CURSOR_PARAM, found_detail, readable_key, reader, require_place
from app.web.receipts import read_receipt
from gis.writers import FORMATS

blueprint = Blueprint("project_pages", __name__)

PAGE_ROWS = 50
TABS = ("map", "plan", "budget", "contracts", "disbursements", "photos", "history")
TAB = Param("tab", choice(*TABS), string_schema(enum=list(TABS)), "Part of the page", "map")
VERSION = Param("version", whole_number(1, 10**6), integer_schema(1, 10**6), "Version of the coordinates shown")
PHOTO = Param("photo", whole_number(1, 2**53), integer_schema(1, 2**53), "Picture to begin with")
COMPARE = Param("compare", whole_number(1, 10**6), integer_schema(1, 10**6), "Version to compare with")


@page_route(blueprint, "/projects", access=Access.PUBLIC, params=(*FILTER_PARAMS, SORT_PARAM, CURSOR_PARAM))
def list_page(**values: Any) -> Response:
    """The list; every filter is in the address, so a view can be sent as a link."""
    narrowed, order = filter_of(values), order_of(values)
    number = read_receipt(narrowed.q)
    if number is not None and policy.visibility(current().actor) is Visibility.STAFF:
        return go(url_for("history.receipt_page", receipt=number))
    if order == "name" and not is_place(narrowed):
        order = "newest"
    require_place(narrowed, order)
    context = current()
    sight = policy.visibility(context.actor)
    with context.database.reading() as session:
        key = readable_key(order, values["cursor"])
        page = project_page(session, narrowed, sight=sight, order=order, limit=PAGE_ROWS, key=key)
        data = {
            "page": page,
            "chips": removable_chips(session, narrowed, order),
            "choices": filter_choices(session, context.actor, narrowed, order),
            "empty": why_empty(session, narrowed, sight) if not page.items else None,
        }
    data |= {
        "narrowed": narrowed,
        "order": order,
        "by_name": is_place(narrowed),
        "query": lambda **more: query_of(replace(narrowed, **_of_filter(more)), **{"sort": order, **_beside(more)}),
        "cursor": encode_cursor,
        "formats": FORMATS,
    }
    answer = Response(render_template("projects/list.html", **data), mimetype="text/html")
    # A form that is sent as one types names its empty fields too; the address is kept fit to be sent on.
    answer.headers["HX-Push-Url"] = f"/projects?{query_of(narrowed, sort=order)}".rstrip("?")
    return answer


def _of_filter(more: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in more.items() if name in FILTER_NAMES}


def _beside(more: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in more.items() if name not in FILTER_NAMES}


@page_route(blueprint, "/projects/count", access=Access.PUBLIC, params=FILTER_PARAMS)
def count(**values: Any) -> str:
    """How many projects there are, asked for after the page is there: counting may take longer than showing."""
    context = current()
    with context.database.reading() as session:
        found, complete = project_count(session, filter_of(values), sight=policy.visibility(context.actor))
    return render_template("projects/count.html", count=found, complete=complete)


@page_route(blueprint, "/projects/download", methods=("POST",), access=Access.SIGNED_IN, params=FILTER_PARAMS)
def download(**values: Any) -> Response:
    """The list as a file: at once when it is small, else made in the background."""
    narrowed, context = filter_of(values), current()
    chosen = request.form.get("format", "")
    wanted = exports.order(
        "projects", chosen, {field.name: getattr(narrowed, field.name) for field in fields(narrowed)}
    )
    with context.database.reading() as session:
        small = exports.is_small(session, context.actor, wanted)
    if small:
        return go(f"/api/v1/exports?layer=projects&format={chosen}&{query_of(narrowed)}")
    with context.database.transaction(attribution()) as session:
        exports.enqueue(session, context.actor, wanted)
    flash(_("กำลังเตรียมไฟล์ ดูความคืบหน้าและรับไฟล์ได้ที่นี่"))
    return go(url_for("jobs.page"))


@page_route(blueprint, "/projects/<code>", access=Access.PUBLIC, params=(TAB, VERSION, COMPARE, PHOTO, FIELD, CURSOR))
def project_page_view(code: str, tab: str, **part: Any) -> str:
    """One project; the tabs are addresses, so they work without scripts."""
    return _project_page(code, tab, **part)


@page_route(blueprint, "/projects/<code>/review", methods=("POST",), access=Access.SIGNED_IN)
def review(code: str) -> Any:
    """Submit, verify or return the newest coordinates."""
    context = current()
    try:
        with context.database.transaction(attribution()) as session:
            receipt = review_geometry(
                session,
                context.actor,
                code,
                request.form.get("status", ""),
                if_match_version=int(request.form.get("version", type=int) or 0),
                note=request.form.get("note") or None,
            )
    except (InvalidInput, Conflict) as error:
        return _again(code, "map", error)
    flash(saved_note(receipt.receipt or context.request_id))
    return go(url_for("project_pages.project_page_view", code=code))


@page_route(
    blueprint, "/projects/<code>/<any(budget,contracts,disbursements):tab>", methods=("POST",), access=Access.SIGNED_IN
)
def record_money(code: str, tab: str) -> Any:
    """Add an appropriation, a contract or a payment."""
    context = current()
    record: Any = {
        "budget": record_appropriation,
        "contracts": record_contract,
        "disbursements": record_disbursement,
    }[tab]
    try:
        new = read_form(MONEY_FORMS[tab], request.form)
        with context.database.transaction(attribution()) as session:
            record(session, context.actor, code, new)
    except InvalidInput as error:
        return _again(code, tab, error)
    flash(saved_note(context.request_id))
    return go(url_for("project_pages.project_page_view", code=code, tab=tab))


@page_route(blueprint, "/projects/<code>/restore", methods=("POST",), access=Access.SIGNED_IN)
def restore(code: str) -> Any:
    """Give a field the value that it had before a change; written down as a new change."""
    context = current()
    change, version = (request.form.get(name, 0, type=int) for name in ("change", "version"))
    name = request.form.get("name", "")
    try:
        with context.database.transaction(attribution()) as session:
            restore_value(session, context.actor, code, change or 0, name, if_match_version=version or 0)
    except (InvalidInput, Conflict) as error:
        return _again(code, "history", error)
    flash(saved_note(context.request_id))
    return go(url_for("project_pages.project_page_view", code=code, tab="history"))


def _again(code: str, tab: str, error: InvalidInput | Conflict) -> Response:
    """The page with what was typed and what has to be mended; nothing is lost."""
    html = _project_page(code, tab, problems=refusals(error), form=request.form)
    return Response(html, status=int(status_of(error)), mimetype="text/html")


def _project_page(
    code: str,
    tab: str,
    *,
    version: int | None = None,
    compare: int | None = None,
    photo: int | None = None,
    field: str | None = None,
    cursor: int | None = None,
    problems: list[dict[str, Any]] | None = None,
    form: Any = None,
) -> str:
    context = current()
    sight = policy.visibility(context.actor)
    with context.database.reading() as session:
        detail = found_detail(session, code)
        versions = geometry_versions(session, code, sight=sight) or []
        staff = sight is Visibility.STAFF
        if tab == "photos" and not staff:
            tab = "map"
        return render_template(
            "projects/project.html",
            detail=detail,
            row=detail.row,
            versions=versions,
            shown=next((v for v in versions if v.version == version), versions[0] if versions else None),
            compared=next((v for v in versions if v.version == compare), None),
            **(_history(session, detail.row, field, cursor) if staff and tab == "history" else {}),
            may=(may := may_json(context.actor, detail.row)),
            photos=photos_data(session, detail.row, may=may, staff=staff, removed=tab == "photos", begin=photo),
            staff=staff,
            tab=tab,
            names=code_names(session),
            difference=difference,
            warnings_of=lambda view: problem_lines(list(view.warnings), context.language),
            problems=problems or [],
            form=form or {},
            formats=FORMATS,
        )


def _history(session: Session, row: ProjectRow, field: str | None, cursor: int | None) -> dict[str, Any]:
    page = project_history(session, row.id, reader(), field=field or None, limit=PAGE, before=cursor)
    editable = editable_fields(current().actor, target_of(row))
    restoring = Restoring(editable, project_fields(session, row.id) if editable else {})
    lines = change_lines(session, page.items, restoring=restoring)
    if field:
        lines = [replace(line, fields=tuple(each for each in line.fields if each.name == field)) for line in lines]
    there = changed_fields(session, row.id)
    return {
        "changes": lines,
        "field": field or "",
        "field_choices": [(name, word) for name, word in field_names().items() if name in there or name == field],
        "older": None if page.next is None else encode_cursor([page.next]),
    }

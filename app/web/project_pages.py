"""Pages of projects: the list with its filters in the address, one project with its tabs, and its small forms."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from app.auth import policy
from app.auth.policy import Visibility
from app.queries.projects import is_place, project_count, project_page
from app.services import exports
from app.services.geometries import review_geometry
from app.services.history import restore_value
from app.services.project_comments import answer_on_project
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, page_route
from app.web.history import CURSOR, FIELD
from app.web.money_forms import DOINGS
from app.web.page_forms import go, posted
from app.web.params import choice, encode_cursor, integer_schema, string_schema, text_q, whole_number
from app.web.place_filters import check_places
from app.web.project_list import filter_choices, removable_chips, why_empty
from app.web.project_params import FILTER_NAMES, FILTER_PARAMS, SORT_PARAM, filter_of, order_of, query_of
from app.web.project_tabs import TABS, Opened, Part, project_html
from app.web.projects import CURSOR_PARAM, readable_key, require_place
from app.web.public_pages import project_answer
from app.web.receipts import read_receipt
from gis.writers import FORMATS

blueprint = Blueprint("project_pages", __name__)

PAGE_ROWS = 50
TAB = Param("tab", choice(*TABS), string_schema(enum=list(TABS)), "Part of the page", "map")
DO = Param("do", choice(*DOINGS), string_schema(enum=list(DOINGS)), "Form that is open on the tab")
OF = Param("of", whole_number(1, 2**53), integer_schema(1, 2**53), "Row that the form is about")
UNDER = Param("under", text_q, string_schema(maxLength=200), "Contract and instalment that a payment begins with")
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
        check_places(session, narrowed.area, narrowed.organisation)
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


@page_route(
    blueprint,
    "/projects/<code>",
    access=Access.PUBLIC,
    params=(TAB, DO, OF, UNDER, VERSION, COMPARE, PHOTO, FIELD, CURSOR),
)
def project_page_view(code: str, tab: str, do: str | None, of: int | None, under: str | None, **part: Any) -> Any:
    """One project; the tabs, and the forms on them, are addresses, so they work without scripts. A visitor begins with
    the public page."""
    if not current().actor.signed_in and "tab" not in request.args:
        return project_answer(code)
    return project_html(code, tab, Opened(do or "", of, under or ""), Part(**part))


@page_route(blueprint, "/projects/<code>/review", methods=("POST",), access=Access.SIGNED_IN)
def review(code: str) -> Any:
    """Submit, verify or return the newest coordinates."""
    version = request.form.get("version", 0, type=int) or 0
    status, note = request.form.get("status", ""), request.form.get("note") or None
    return posted(
        lambda session, actor: review_geometry(session, actor, code, status, if_match_version=version, note=note),
        again=lambda problems: _again(code, "map", problems),
        then=url_for("project_pages.project_page_view", code=code),
    )


@page_route(
    blueprint,
    "/projects/<code>/comments/<int:comment_id>/answer",
    methods=("POST",),
    access=Access.SIGNED_IN,
    params=(TAB,),
)
def answer(code: str, comment_id: int, tab: str) -> Any:
    """What a reviewer said is mended, with a word where there is one."""
    reply = request.form.get("reply", "")
    return posted(
        lambda session, actor: answer_on_project(session, actor, code, comment_id, reply),
        again=lambda problems: _again(code, "map", problems),
        then=url_for("project_pages.project_page_view", code=code, tab=tab),
    )


@page_route(blueprint, "/projects/<code>/restore", methods=("POST",), access=Access.SIGNED_IN)
def restore(code: str) -> Any:
    """Give a field the value that it had before a change; written down as a new change."""
    change, version = (request.form.get(name, 0, type=int) or 0 for name in ("change", "version"))
    name = request.form.get("name", "")
    return posted(
        lambda session, actor: restore_value(session, actor, code, change, name, if_match_version=version),
        again=lambda problems: _again(code, "history", problems),
        then=url_for("project_pages.project_page_view", code=code, tab="history"),
    )


def _again(code: str, tab: str, problems: list[dict[str, Any]]) -> str:
    """The page with what was typed and what has to be mended; nothing is lost."""
    return project_html(code, tab, Opened(typed=request.form, problems=problems))

"""Files that are made again and again: ordered on a page, fetched there and by tokens of the data service."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.auth.policy import DATA_SERVICE, EXPORT, NATION, may, require
from app.errors import InvalidInput
from app.queries.data_dictionary import TABLES
from app.queries.data_service import agencies
from app.queries.standing_orders import Copy, Standing, orders_of
from app.services import standing_orders as service
from app.services.data_service import parse_areas
from app.services.standing_order_changes import wanted_of
from app.services.standing_orders import EVERY, NewOrder
from app.web.context import attribution, current, language
from app.web.endpoint import Access, api_route, page_route
from app.web.errors import problem_lines
from app.web.exports import sent_file
from app.web.page_forms import go, refusals
from app.web.token_scope import note_rows
from gis.problems import Problem
from gis.thai import to_arabic_digits
from gis.writers import FORMATS, MEDIA_TYPES
from layers.registry import LAYERS

blueprint = Blueprint("standing_orders", __name__)

PAGE = "/standing-orders"
FILE = "/api/v1/standing-orders/<int:order_id>/copies/<copy_id>/file"
EVERY_WORDS = {"day": lazy_gettext("ทุกวัน"), "week": lazy_gettext("ทุกสัปดาห์"), "month": lazy_gettext("ทุกเดือน")}
_FILE = {"type": "string", "format": "binary"}
_NULLABLE = {"type": ["string", "null"]}
_COPY = {
    "type": "object",
    "required": ["id", "due_at", "made_at", "bytes", "sha256", "error", "url"],
    "properties": {
        "id": {"type": "integer"},
        "due_at": {"type": "string", "format": "date-time"},
        "made_at": {**_NULLABLE, "format": "date-time"},
        "rows": {"type": ["integer", "null"]},
        "bytes": {"type": ["integer", "null"]},
        "sha256": _NULLABLE,
        "error": {**_NULLABLE, "description": "Why there is no file"},
        "url": _NULLABLE,
    },
}
ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "title", "kind", "format", "every", "keep", "next_at", "copies", "latest"],
    "properties": {
        "id": {"type": "integer"},
        "title": {"type": "string"},
        "kind": {"enum": ["layer", "report", "tables"]},
        "name": {"type": "string", "description": "Layer or table; of a report nothing"},
        "format": {"type": "string"},
        "areas": {"type": "array", "items": {"type": "string"}},
        "fiscal_years": {"type": "array", "items": {"type": "integer"}},
        "every": {"enum": list(EVERY)},
        "keep": {"type": "integer"},
        "next_at": {"type": "string", "format": "date-time"},
        "latest": {"type": "string", "description": "Address of the newest file, always the same"},
        "copies": {"type": "array", "items": _COPY},
    },
}
_ORDERS: dict[str, Any] = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": ORDER}},
}


@api_route(
    blueprint,
    "/api/v1/standing-orders",
    access=Access.SIGNED_IN,
    summary="Files that are made for this account again and again, each with the copies that are kept",
    response=_ORDERS,
)
def list_orders() -> dict[str, Any]:
    """One's own; of a token those inside its areas."""
    context = current()
    with context.database.reading() as session:
        found = [one for one in orders_of(session, context.actor.user_id) if service.may_see(context.actor, one)]
    return {"items": [order_json(one) for one in found]}


@api_route(
    blueprint,
    FILE,
    access=Access.SIGNED_IN,
    summary="A file of a standing order by the number of its copy, or `latest`; its ETag is its SHA-256",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}},
    headers={"If-None-Match": "ETag of the file that you have; 304 when it is still the newest"},
)
def copy_file(order_id: int, copy_id: str) -> Response:
    """Fetched by programs at night."""
    context = current()
    with context.database.reading() as session:
        found = service.visible(session, context.actor, order_id)
    copy = service.copy_of(found, copy_id)
    path = service.kept_file(context.settings, copy)
    answer = sent_file(path, str(copy.name), str(copy.format))
    answer.set_etag(str(copy.sha256))
    if request.if_none_match.contains(str(copy.sha256)):
        answer.close()
        return cast(Response, answer.make_conditional(request))
    note_rows(copy.rows or 0)
    return answer


@page_route(blueprint, PAGE, access=Access.SIGNED_IN)
def page() -> str:
    """One's own orders; the department sees everybody's."""
    return _page({}, [])


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN)
def order() -> Response:
    """Order one; the first copy is made at once."""
    context = current()
    try:
        with context.database.transaction(attribution()) as session:
            service.order(session, context.actor, _wanted(request.form))
    except InvalidInput as error:
        return Response(_page(request.form, refusals(error)), 422, mimetype="text/html")
    flash(_("สั่งแล้ว ไฟล์แรกกำลังทำ"))
    return go(url_for(".page"))


@page_route(blueprint, f"{PAGE}/<int:order_id>/end", methods=("POST",), access=Access.SIGNED_IN)
def end(order_id: int) -> Response:
    """End an order; its files go with it."""
    context = current()
    with context.database.transaction(attribution()) as session:
        service.end(session, context.actor, order_id)
    flash(_("เลิกไฟล์ตามกำหนดแล้ว"))
    return go(url_for(".page"))


def _wanted(form: Any) -> NewOrder:
    kind, _colon, name = form.get("what", "").partition(":")
    years = parse_areas(to_arabic_digits(form.get("fiscal_years", "")))
    unreadable = [year for year in years if not (year.isdecimal() and len(year) == 4)]
    if unreadable:
        values = {
            "given": unreadable[0][:40],
            "expected_th": "ปี พ.ศ. เช่น 2569",
            "expected_en": "a year B.E., like 2569",
        }
        raise InvalidInput([Problem("invalid_field", where={"field": "fiscal_years"}, values=values)])
    keep = to_arabic_digits(form.get("keep", "")).strip()
    return NewOrder(
        title=form.get("title", ""),
        kind=kind,
        name=name,
        format="zip" if kind == "tables" else form.get("format", ""),
        areas=parse_areas(to_arabic_digits(form.get("areas", ""))),
        fiscal_years=tuple(int(year) for year in years),
        every=form.get("every", ""),
        keep=int(keep) if keep.isdecimal() and len(keep) < 6 else 0,
        username=form.get("username", ""),
    )


def _page(typed: Any, problems: list[dict[str, Any]]) -> str:
    context = current()
    require(context.actor, EXPORT, NATION)
    department = may(context.actor, DATA_SERVICE, NATION)
    with context.database.reading() as session:
        found = orders_of(session, None if department else context.actor.user_id)
        holders = agencies(session) if department else []
    return render_template(
        "data_service/orders.html",
        orders=[(one, [(copy, _why(copy)) for copy in one.copies]) for one in found],
        holder_options=[(one.username, f"{one.display_name} ({one.username})") for one in holders],
        department=department,
        typed=typed or {"every": "day", "keep": "5", "what": "layer:projects", "format": "gpkg"},
        problems=problems,
        whats=_whats(),
        formats=[(name, name.upper()) for name in (*FORMATS, "pdf", "html")],
        every_words=EVERY_WORDS,
        size=_size,
    )


def _whats() -> list[tuple[str, Any]]:
    """What can be ordered, in words."""
    thai = language() == "th"
    layers = [(f"layer:{one.name}", one.title if thai else one.title_en) for one in LAYERS.values()]
    tables = [(f"tables:{one.name}", one.title_th if thai else one.title_en) for one in TABLES.values()]
    told = [(code, _("ตารางเปิด: %(name)s", name=name)) for code, name in tables]
    return [*layers, ("report:", _("รายงาน GIS")), *told]


def _why(copy: Copy) -> str:
    """Why there is no file, in words."""
    if copy.error is None:
        return ""
    line = problem_lines([Problem(copy.error["code"], values=copy.error.get("values") or {})], language())[0]
    return f"{line['message']} {line['fix']}".strip()


def _size(count: int | None) -> str:
    if count is None:
        return "–"
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} kB"


def order_json(one: Standing) -> dict[str, Any]:
    """An order as programs see it."""
    wanted = wanted_of(one)
    base = f"/api/v1/standing-orders/{one.id}/copies"
    return {
        "id": one.id,
        "title": one.title,
        "kind": one.kind,
        "name": wanted.name,
        "format": service.format_of(one),
        "areas": list(wanted.areas),
        "fiscal_years": list(wanted.fiscal_years),
        "every": one.every,
        "keep": one.keep,
        "next_at": one.next_at,
        "latest": f"{base}/latest/file",
        "copies": [
            {
                "id": copy.id,
                "due_at": copy.due_at,
                "made_at": copy.made_at,
                "rows": copy.rows,
                "bytes": copy.bytes,
                "sha256": copy.sha256,
                "error": _why(copy) or None,
                "url": f"{base}/{copy.id}/file" if copy.file else None,
            }
            for copy in one.copies
        ],
    }

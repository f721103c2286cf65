"""Tokens of the data service: the department gives and ends them, and everybody sees what theirs took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.data_service import RESOURCES
from app.auth.policy import DATA_SERVICE, NATION, may, require
from app.errors import InvalidInput, NotFound
from app.queries.data_service import (
    agencies,
    data_token_count,
    data_tokens,
    one_data_token,
    use_by_day,
    use_today,
)
from app.services import data_service as service
from app.services.accounts import IssuedToken
from app.services.data_service import NewDataToken
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.page_forms import go, refusals
from app.web.params import integer_schema, whole_number
from gis.thai import to_arabic_digits

blueprint = Blueprint("data_service", __name__)

RESOURCE_NAMES = {
    "projects": lazy_gettext("โครงการ"),
    "geometries": lazy_gettext("พิกัด"),
    "money": lazy_gettext("ยอดเงิน"),
    "plans": lazy_gettext("แผนพัฒนา"),
    "changes": lazy_gettext("รายการเปลี่ยนแปลง"),
    "exports": lazy_gettext("ไฟล์ตามกำหนด (รวมพิกัดและยอดเงิน)"),
    "other": lazy_gettext("อื่น ๆ"),
}
PAGE_ROWS = 50
PAGE = Param("page", whole_number(1, 10_000), integer_schema(1, 10_000), "Page of the list", 1)
_NUMBER = {"type": ["integer", "null"]}
_QUOTA = {"type": "object", "properties": {"limit": _NUMBER, "left": _NUMBER}}
_USE = {
    "type": "object",
    "required": ["resources", "areas", "quotas", "resets_at", "days"],
    "properties": {
        "resources": {"type": "array", "items": {"enum": list(RESOURCES)}},
        "areas": {"type": "array", "items": {"type": "string"}, "description": "Empty: the whole country"},
        "quotas": {"type": "object", "properties": {"requests": _QUOTA, "rows": _QUOTA}},
        "resets_at": {"type": "string", "format": "date-time"},
        "days": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["day", "resource", "requests", "rows", "bytes", "refused"],
                "properties": {
                    "day": {"type": "string", "format": "date"},
                    "resource": {"type": "string"},
                    "requests": {"type": "integer"},
                    "rows": {"type": "integer"},
                    "bytes": {"type": "integer"},
                    "refused": {"type": "integer"},
                },
            },
        },
    },
}


@page_route(blueprint, "/data-service", access=Access.SIGNED_IN, params=(PAGE,))
def tokens_page(page: int) -> str:
    """Tokens of all agencies, for the department."""
    return _page(page)


@page_route(blueprint, "/data-service", methods=("POST",), access=Access.SIGNED_IN, params=(PAGE,))
def give(page: int) -> Response:
    """Give a token, with a new account for a program where one is wanted; its secret is shown this once."""
    context = current()
    require(context.actor, DATA_SERVICE, NATION)
    try:
        with context.database.transaction(attribution()) as session:
            issued = _give(session, context.actor, request.form)
    except InvalidInput as error:
        return Response(_page(page, typed=request.form, problems=refusals(error)), 422, mimetype="text/html")
    answer = Response(_page(page, issued=issued), mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page_route(blueprint, "/data-service/tokens/<int:data_token_id>", access=Access.SIGNED_IN)
def token_page(data_token_id: int) -> str:
    """What a token reaches and took, for the department and for its agency."""
    context = current()
    with context.database.reading() as session:
        token = one_data_token(session, data_token_id)
        if token is None or not service.may_see(context.actor, token.user_id):
            raise NotFound("token_not_found")
        days = use_by_day(session, data_token_id)
    department = may(context.actor, DATA_SERVICE, NATION)
    return render_template("data_service/token.html", token=token, days=days, department=department, **_words())


@page_route(blueprint, "/data-service/tokens/<int:data_token_id>/revoke", methods=("POST",), access=Access.SIGNED_IN)
def end(data_token_id: int) -> Response:
    """End a token, as the department or as its agency."""
    context = current()
    with context.database.transaction(attribution()) as session:
        service.revoke(session, context.actor, data_token_id)
    flash(_("ยกเลิกโทเคนแล้ว"), "ok")
    return go(url_for(".token_page", data_token_id=data_token_id))


@api_route(
    blueprint,
    "/api/v1/me/use",
    access=Access.SIGNED_IN,
    summary="What this token of the data service reaches, what is left of it today and what it took in 31 days",
    response=_USE,
)
def own_use() -> dict[str, Any]:
    """For programs of agencies: their account may have no page to look at."""
    context = current()
    scope = context.actor.token
    if scope is None:
        raise NotFound("token_not_found")
    with context.database.reading() as session:
        quotas = service.quotas_of(scope, use_today(session, scope.token_id))
        days = use_by_day(session, scope.token_id)
    return {
        "resources": [one for one in RESOURCES if one in scope.resources],
        "areas": list(scope.areas),
        "quotas": {q.name: {"limit": q.limit, "left": None if q.left is None else max(0, q.left)} for q in quotas},
        "resets_at": service.resets_at(),
        "days": [
            {name: getattr(one, name) for name in ("day", "resource", "requests", "rows", "bytes", "refused")}
            for one in days
        ],
    }


def _give(session: Session, actor: Actor, form: Any) -> IssuedToken:
    username = form.get("username", "")
    if not username and form.get("new_username", "").strip():
        username = service.make_account(session, actor, form["new_username"], form.get("display_name", ""))
    wanted = NewDataToken(
        username=username,
        name=form.get("name", ""),
        resources=tuple(form.getlist("resources")),
        areas=service.parse_areas(to_arabic_digits(form.get("areas", ""))),
        days=_whole(form, "days"),
        requests_per_day=_whole(form, "requests_per_day"),
        rows_per_day=_whole(form, "rows_per_day"),
    )
    return service.issue(session, actor, wanted)


def _whole(form: Mapping[str, str], name: str) -> int:
    """A number that a person typed; what is none is refused as out of range."""
    text = to_arabic_digits(form.get(name, "")).replace(",", "").strip()
    return int(text) if text.isdecimal() and len(text) < 12 else 0


def _page(
    page: int,
    *,
    issued: IssuedToken | None = None,
    typed: Any = None,
    problems: list[dict[str, Any]] | None = None,
) -> str:
    context = current()
    require(context.actor, DATA_SERVICE, NATION)
    with context.database.reading() as session:
        total = data_token_count(session)
        tokens = data_tokens(session, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
        holders = agencies(session)
    return render_template(
        "data_service/page.html",
        tokens=tokens,
        holders=holders,
        issued=issued,
        typed=typed or {"days": "365", "requests_per_day": "5000", "rows_per_day": "1000000"},
        chosen=typed.getlist("resources") if typed else ["projects", "changes"],
        problems=problems or [],
        page=page,
        pages=max(1, -(-total // PAGE_ROWS)),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"resource_names": RESOURCE_NAMES, "now": datetime.now(UTC)}

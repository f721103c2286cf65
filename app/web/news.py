"""ข่าว: what the department and the provinces tell; read by its audience, written by who may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.queries.areas import children
from app.queries.codelists import code_list
from app.queries.news import NewsItem, news_item, news_page, news_readers
from app.services import news as service
from app.services.news import BODY_LENGTH, TITLE_LENGTH, NewNews
from app.web.context import attribution, current, in_passing
from app.web.endpoint import Access, Param, page_route
from app.web.filters import thai_date
from app.web.monitoring_request import today
from app.web.page_forms import go, refusals
from app.web.params import choice, integer_schema, string_schema, whole_number
from gis.problems import Problem
from gis.thai import parse_thai_date

blueprint = Blueprint("news", __name__)

PAGE_ROWS = 20
VIEW = Param(
    "view", choice("for_me", "written"), string_schema(enum=["for_me", "written"]), "For me, or mine", "for_me"
)
PAGE = Param("page", whole_number(1, 1000), integer_schema(1, 1000), "Page of the list", 1)


def may_write(actor: Actor) -> bool:
    """Whether the person writes news anywhere."""
    return bool(actor.roles & set(policy.roles_for(policy.NEWS_WRITE)))


@page_route(blueprint, "/news", access=Access.PUBLIC, params=(VIEW, PAGE))
def list_page(view: str, page: int) -> str:
    """News for this person, pinned ones first; for who writes it also drafts and past ones."""
    actor, start = current().actor, (page - 1) * PAGE_ROWS
    written = view == "written" and may_write(actor)
    with current().database.reading() as session:
        items, total = news_page(session, actor, today(), written=written, limit=PAGE_ROWS, offset=start)
        return render_template(
            "news/list.html", items=items, total=total, page=page, more=start + PAGE_ROWS < total, written=written,
            may_write=may_write(actor), audience=lambda item: _audience(session, item), today=today(),
        )  # fmt: skip


@page_route(blueprint, "/news/<int:news_id>", access=Access.PUBLIC)
def item_page(news_id: int) -> str:
    """One piece of news; opening it is reading it."""
    actor = current().actor

    def note(session: Session) -> None:
        found = news_item(session, actor, news_id, today())
        if found is not None and found.state == "PUBLISHED":
            service.note_news_read(session, actor, news_id)

    in_passing(note)
    with current().database.reading() as session:
        found = news_item(session, actor, news_id, today())
        if found is None:
            raise NotFound("news_not_found", {"news": news_id})
        writes = policy.may(actor, policy.NEWS_WRITE, found.target)
        return render_template(
            "news/item.html", item=found, writes=writes, readers=news_readers(session, news_id) if writes else (),
            audience=_audience(session, found), today=today(),
        )  # fmt: skip


@page_route(blueprint, "/news/new", access=Access.SIGNED_IN)
def new_page() -> str:
    """A draft."""
    return _form_page(None, {"valid_from": thai_date(today())}, [])


@page_route(blueprint, "/news/new", methods=("POST",), access=Access.SIGNED_IN)
def write_new() -> Response:
    """Keep the draft, or publish it at once."""
    return _write(None)


@page_route(blueprint, "/news/<int:news_id>/edit", access=Access.SIGNED_IN)
def edit_page(news_id: int) -> str:
    """What is written, to be changed."""
    return _form_page(news_id, None, [])


@page_route(blueprint, "/news/<int:news_id>/edit", methods=("POST",), access=Access.SIGNED_IN)
def write_item(news_id: int) -> Response:
    """Change, publish or withdraw it."""
    return _write(news_id)


def _write(news_id: int | None) -> Response:
    form, context = request.form, current()
    _require_writer()
    try:
        with context.database.transaction(attribution()) as session:
            made = _act(session, context.actor, news_id, form)
    except (InvalidInput, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return Response(_form_page(news_id, form, refusals(error)), status=status, mimetype="text/html")
    flash({"PUBLISHED": _("เผยแพร่แล้ว"), "WITHDRAWN": _("ถอนข่าวแล้ว")}.get(made.state, _("เก็บร่างแล้ว")))
    return go(url_for(".item_page", news_id=made.id))


def _act(session: Session, actor: Actor, news_id: int | None, form: Any) -> service.NewsReceipt:
    version = form.get("row_version", "")
    given = int(version) if version.isdecimal() and len(version) < 10 else None
    if form.get("do") == "withdraw" and news_id is not None:
        return service.set_state(session, actor, news_id, "WITHDRAWN", if_match_version=given)
    made = service.write_news(session, actor, typed(form), news_id=news_id, if_match_version=given)
    return service.set_state(session, actor, made.id, "PUBLISHED") if form.get("do") == "publish" else made


def typed(form: Any) -> NewNews:
    """The form as a record.

    Raises
    ------
    InvalidInput
        Days that cannot be read.
    """
    days: dict[str, date | None] = {}
    problems = []
    for name in ("valid_from", "valid_to"):
        text = form.get(name, "").strip()
        read = parse_thai_date(text) if text else None
        if isinstance(read, Problem):
            problems.append(Problem(read.code, read.level, {"field": name}, read.values))
        else:
            days[name] = read
    if problems:
        raise InvalidInput(problems)
    return NewNews(
        title=form.get("title", ""),
        body=form.get("body", ""),
        valid_from=days["valid_from"] or today(),
        valid_to=days["valid_to"],
        roles=form.getlist("roles"),
        provinces=[one for one in form.getlist("provinces") if one],
        types=form.getlist("types"),
        pinned=bool(form.get("pinned")),
    )


def _require_writer() -> None:
    if not may_write(current().actor):
        raise Forbidden("forbidden", {"action": policy.NEWS_WRITE, "roles": list(policy.roles_for(policy.NEWS_WRITE))})


def _form_page(news_id: int | None, form: Any, problems: list[dict[str, Any]]) -> str:
    _require_writer()
    actor, word = current().actor, current().language
    with current().database.reading() as session:
        held = news_item(session, actor, news_id, today()) if news_id is not None else None
        if news_id is not None and held is None:
            raise NotFound("news_not_found", {"news": news_id})
        if held is not None:
            policy.require(actor, policy.NEWS_WRITE, held.target)
        chosen = {name: _chosen(form, held, name) for name in ("roles", "types", "provinces")}
        return render_template(
            "news/edit.html", item=held, form=form if form is not None else _begins_with(held), problems=problems,
            chosen=chosen, home=held.province_code if held else service.home_of_writer(actor),
            roles=[(code, one.name(word)) for code, one in code_list(session, "role").items()],
            types=[(code, one.name(word)) for code, one in code_list(session, "lao_type").items() if code != "AGENCY"],
            provinces=[(one.code, one.name(word)) for one in children(session, None, "province")],
            title_length=TITLE_LENGTH, body_length=BODY_LENGTH,
        )  # fmt: skip


def _chosen(form: Any, held: NewsItem | None, name: str) -> list[str]:
    if form is not None and hasattr(form, "getlist"):
        return list(form.getlist(name))
    return list(getattr(held, name)) if held else []


def _begins_with(held: NewsItem | None) -> Mapping[str, str]:
    if held is None:
        return {}
    return {
        "title": held.title,
        "body": held.body,
        "valid_from": thai_date(held.valid_from),
        "valid_to": thai_date(held.valid_to) if held.valid_to else "",
        "pinned": "on" if held.pinned else "",
        "row_version": str(held.row_version),
    }


def _audience(session: Session, item: NewsItem) -> str:
    """Whom it is for, in words."""
    word = current().language
    roles, types = code_list(session, "role"), code_list(session, "lao_type")
    parts = [_("จ.%(name)s", name=item.province_name)] if item.province_name else []
    parts += [roles[code].name(word) for code in item.roles if code in roles]
    parts += [types[code].name(word) for code in item.types if code in types]
    if not item.province_name and item.provinces:
        parts.append(_("%(n)s จังหวัด", n=len(item.provinces)))
    return " · ".join(parts) or _("ผู้ใช้ระบบทุกคน")

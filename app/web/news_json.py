"""News for programs: read by its audience, written by who may."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.auth import policy
from app.errors import NotFound
from app.queries.news import NewsItem, news_item, news_page, news_readers
from app.services import news as service
from app.services.news import NewNews
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body
from app.web.monitoring_request import today
from app.web.news import PAGE, PAGE_ROWS, VIEW, may_write
from app.web.organisation_money import acted, written
from app.web.payloads import if_match, json_object

blueprint = Blueprint("news_json", __name__)

RULE = "/api/v1/news"
ONE = f"{RULE}/<int:news_id>"
FIELDS = Body(
    {
        "title": "text",
        "body": "text",
        "valid_from": "date",
        "valid_to": "date",
        "roles": "text",
        "provinces": "text",
        "types": "text",
        "pinned": "flag",
        "province": "text",
    },
    frozenset({"title", "body"}),
)
STATE = Body({"state": "text"}, frozenset({"state"}))
_NEWS = {
    "type": "object",
    "required": ["id", "title", "body", "valid_from", "pinned", "state"],
    "properties": {
        "id": {"type": "integer"},
        "title": {"type": "string"},
        "body": {"type": "string"},
        "valid_from": {"type": "string", "format": "date"},
        "valid_to": {"type": ["string", "null"], "format": "date"},
        "pinned": {"type": "boolean"},
        "state": {"enum": ["DRAFT", "PUBLISHED", "WITHDRAWN"]},
        "read_at": {"type": ["string", "null"]},
        "readers": {"type": "integer", "description": "How many have opened it; told to who may edit it"},
        "row_version": {"type": "integer", "description": 'For If-Match: "n" and this number'},
    },
}
_RECEIPT = {
    "type": "object",
    "required": ["id", "state", "row_version"],
    "properties": {"id": {"type": "integer"}, "state": {"type": "string"}, "row_version": {"type": "integer"}},
}
_IF_MATCH = {"If-Match": 'row_version of the news that you read, such as "n3"; without it 428, when stale 412'}


def news_json(item: NewsItem) -> dict[str, Any]:
    """A piece of news as programs see it; who may not edit it is not told how many have read it."""
    told = asdict(item)
    if not policy.may(current().actor, policy.NEWS_WRITE, item.target):
        told.pop("readers")
    return told


@api_route(
    blueprint,
    RULE,
    access=Access.PUBLIC,
    params=(VIEW, PAGE),
    summary="News for the person, pinned ones first; view=written for who writes it: drafts and past ones too",
    response={
        "type": "object",
        "required": ["items", "total", "next"],
        "properties": {
            "items": {"type": "array", "items": _NEWS},
            "total": {"type": "integer"},
            "next": {"type": ["string", "null"]},
        },
    },
)
def read_news(view: str, page: int) -> dict[str, Any]:
    """A page of twenty; a visitor gets what is for the public."""
    actor, start = current().actor, (page - 1) * PAGE_ROWS
    written_ones = view == "written" and may_write(actor)
    with current().database.reading() as session:
        items, total = news_page(session, actor, today(), written=written_ones, limit=PAGE_ROWS, offset=start)
    following = f"{RULE}?view={view}&page={page + 1}" if start + PAGE_ROWS < total else None
    return {"items": [news_json(item) for item in items], "total": total, "next": following}


@api_route(
    blueprint, ONE, access=Access.PUBLIC, summary="One piece of news, for its writer with its readers", response=_NEWS
)
def read_item(news_id: int) -> dict[str, Any]:
    """Reading it here does not mark it as read."""
    actor = current().actor
    with current().database.reading() as session:
        found = news_item(session, actor, news_id, today())
        if found is None:
            raise NotFound("news_not_found", {"news": news_id})
        told = news_json(found)
        if "readers" in told:
            told["read_by"] = [{"name": name, "read_at": at} for name, at in news_readers(session, news_id)]
    return told


@api_route(
    blueprint,
    RULE,
    method="POST",
    access=Access.SIGNED_IN,
    summary="Write a draft (roles, provinces, types: codes separated by commas; none means everybody who works here)",
    response=_RECEIPT,
    status=201,
    body=FIELDS.schema(),
)
def write_news() -> dict[str, Any]:
    """The department for everybody, a province for its own."""
    return written(FIELDS, lambda session, actor, given: service.write_news(session, actor, _new(given)))


@api_route(
    blueprint,
    ONE,
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Write a piece of news anew; its state stays",
    response=_RECEIPT,
    body=FIELDS.schema(),
    headers=_IF_MATCH,
)
def rewrite_news(news_id: int) -> dict[str, Any]:
    """What is not named is empty."""
    version = if_match("n")
    return written(
        FIELDS,
        lambda session, actor, given: service.write_news(
            session, actor, _new(given), news_id=news_id, if_match_version=version
        ),
    )


@api_route(
    blueprint,
    f"{ONE}/state",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Publish (PUBLISHED) or withdraw (WITHDRAWN) a piece of news",
    response=_RECEIPT,
    body=STATE.schema(),
)
def set_state(news_id: int) -> dict[str, Any]:
    """Who may write it."""
    state = str(json_object(limit_bytes=1024).get("state", ""))
    return acted(lambda session, actor: service.set_state(session, actor, news_id, state))


def _new(given: dict[str, Any]) -> NewNews:
    codes = {name: _codes(given.get(name, "")) for name in ("roles", "provinces", "types")}
    return NewNews(**{"valid_from": today(), **given, **codes})


def _codes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))

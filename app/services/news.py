"""Writing news: drafted, published, withdrawn; the department's for everybody, a province's for its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, NotFound
from app.queries.codelists import code_list
from app.queries.news import NewsItem, news_item
from app.services.money_rules import check_text, refuse
from gis.problems import Problem

TITLE_LENGTH = 200
BODY_LENGTH = 20_000


@dataclass(frozen=True)
class NewNews:
    """As its writer says it; no roles, provinces or types: everybody who works here."""

    title: str
    body: str
    valid_from: date
    valid_to: date | None = None
    roles: Sequence[str] = ()
    provinces: Sequence[str] = ()
    types: Sequence[str] = ()
    pinned: bool = False
    province: str | None = None


@dataclass(frozen=True)
class NewsReceipt:
    """The piece of news, its state and version."""

    id: int
    state: str
    row_version: int


def home_of_writer(actor: Actor) -> str | None:
    """Province for which a person writes news; none where it is the nation."""
    scope = policy.scope_of(actor, policy.NEWS_WRITE)
    return None if scope.nation else min(scope.provinces, default=None)


def write_news(
    session: Session, actor: Actor, new: NewNews, *, news_id: int | None = None, if_match_version: int | None = None
) -> NewsReceipt:
    """Write a draft, or change what is written; what is published stays so.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such news for this person; not a writer for this place; somebody changed it first.
    InvalidInput
        Everything wrong with it: no title or text, too long, days reversed, an unknown audience.
    """
    held = _held(session, actor, news_id, if_match_version) if news_id is not None else None
    province = held.province_code if held else new.province or home_of_writer(actor)
    policy.require(actor, policy.NEWS_WRITE, Target(None, province, None))
    refuse(_check(session, new, province))
    values: dict[str, Any] = {
        "province": province,
        "title": " ".join(new.title.split()),
        "body": new.body.strip(),
        "roles": list(new.roles),
        "provinces": [province] if province else list(new.provinces),
        "types": list(new.types),
        "valid_from": new.valid_from,
        "valid_to": new.valid_to,
        "pinned": new.pinned,
        "me": actor.user_id,
        "name": actor.display_name,
        "id": news_id,
    }
    return NewsReceipt(*session.execute(sa.text(_UPDATE if held else _INSERT), values).one())


def set_state(
    session: Session, actor: Actor, news_id: int, state: str, *, if_match_version: int | None = None
) -> NewsReceipt:
    """Publish (``PUBLISHED``) or withdraw (``WITHDRAWN``). Errors as of :func:`write_news`."""
    _held(session, actor, news_id, if_match_version)
    if state not in ("PUBLISHED", "WITHDRAWN"):
        refuse([Problem("unknown_code", where={"field": "state"}, values={"given": state[:40]})])
    statement = """
        UPDATE news SET state = :state, published_at = CASE WHEN :state = 'PUBLISHED' THEN coalesce(published_at, now())
               ELSE published_at END, row_version = row_version + 1, updated_at = now()
        WHERE id = :id RETURNING id, state, row_version"""
    return NewsReceipt(*session.execute(sa.text(statement), {"id": news_id, "state": state}).one())


def note_news_read(session: Session, actor: Actor, news_id: int) -> None:
    """Write down that a person opened it."""
    if actor.user_id is not None:
        session.execute(
            sa.text("INSERT INTO news_read (news_id, user_id) VALUES (:news, :me) ON CONFLICT DO NOTHING"),
            {"news": news_id, "me": actor.user_id},
        )


_INSERT = """
INSERT INTO news (province_code, title, body, roles, provinces, types, valid_from, valid_to, pinned, created_by,
                  created_by_name)
VALUES (:province, :title, :body, :roles, :provinces, :types, :valid_from, :valid_to, :pinned, :me, :name)
RETURNING id, state, row_version
"""
_UPDATE = """
UPDATE news SET title = :title, body = :body, roles = :roles, provinces = :provinces, types = :types,
       valid_from = :valid_from, valid_to = :valid_to, pinned = :pinned, row_version = row_version + 1,
       updated_at = now()
WHERE id = :id RETURNING id, state, row_version
"""


def _held(session: Session, actor: Actor, news_id: int, given: int | None) -> NewsItem:
    found = news_item(session, actor, news_id, date.today())
    if found is None:
        raise NotFound("news_not_found", {"news": news_id})
    policy.require(actor, policy.NEWS_WRITE, found.target)
    version = session.scalar(sa.text("SELECT row_version FROM news WHERE id = :id FOR UPDATE"), {"id": news_id})
    if given is not None and given != version:
        raise Conflict("record_changed", {"version": version})
    return found


def _check(session: Session, new: NewNews, province: str | None) -> list[Problem]:
    problems = [
        *check_text("title", new.title, required=True, limit=TITLE_LENGTH),
        *check_text("body", new.body, required=True, limit=BODY_LENGTH),
    ]
    if new.valid_to is not None and new.valid_to < new.valid_from:
        values = {"earliest": new.valid_from.isoformat()}
        problems.append(Problem("days_reversed", where={"field": "valid_to"}, values=values))
    for name, given, known in (
        ("roles", new.roles, set(code_list(session, "role"))),
        ("types", new.types, set(code_list(session, "lao_type"))),
        ("provinces", new.provinces, _provinces(session)),
    ):
        for code in [code for code in given if code not in known][:3]:
            problems.append(Problem("unknown_code", where={"field": name}, values={"given": code[:80]}))
    if province and any(code != province for code in new.provinces):
        problems.append(Problem("news_own_province", where={"field": "provinces"}))
    return problems


def _provinces(session: Session) -> set[str]:
    return set(session.scalars(sa.text("SELECT code FROM area WHERE level = 'province'")))

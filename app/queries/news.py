"""News as a person may read it, and for who writes it the drafts and who has read what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target, Visibility

PUBLIC = "PUBLIC"
MOST_UNREAD = 100

# Published, valid today, and for this person; without an audience for all who work here, not for the public.
VISIBLE = """(n.state = 'PUBLISHED' AND n.valid_from <= :today AND coalesce(n.valid_to, :today) >= :today
    AND CASE WHEN cardinality(n.roles) = 0 THEN :inside ELSE n.roles && CAST(:roles AS text[]) END
    AND (:everywhere OR cardinality(n.provinces) = 0 OR n.provinces && CAST(:provinces AS text[]))
    AND (:everywhere OR cardinality(n.types) = 0 OR n.types && CAST(:types AS text[]) OR NOT :of_organisation))"""
_WRITTEN = "(:nation OR n.province_code = ANY(CAST(:own AS text[])))"
_COLUMNS = """n.id, n.province_code, a.name_th AS province_name, n.title, n.body, n.roles, n.provinces, n.types,
    n.valid_from, n.valid_to, n.pinned, n.state, n.published_at, n.created_by_name, n.updated_at, n.row_version"""


@dataclass(frozen=True)
class NewsItem:
    """A piece of news; ``read_at`` is the reader's, ``readers`` how many have read it."""

    id: int
    province_code: str | None
    province_name: str | None
    title: str
    body: str
    roles: Sequence[str]
    provinces: Sequence[str]
    types: Sequence[str]
    valid_from: date
    valid_to: date | None
    pinned: bool
    state: str
    published_at: datetime | None
    created_by_name: str
    updated_at: datetime
    row_version: int
    read_at: datetime | None
    readers: int

    @property
    def target(self) -> Target:
        """Whose it is, for policy."""
        return Target(None, self.province_code, None)


def reader_values(session: Session | sa.Connection, actor: Actor, today: date) -> dict[str, Any]:
    """Values of :data:`VISIBLE`: what kind of reader the person is."""
    scope = policy.own_scope(actor)
    of_organisations: Sequence[Any] = ()
    if scope.organisations:
        of_organisations = session.execute(
            sa.text("SELECT province_code, type_code FROM organisation WHERE code = ANY(:codes)"),
            {"codes": sorted(scope.organisations)},
        ).all()
    provinces = {row.province_code for row in of_organisations} | scope.provinces | {a[:2] for a in scope.amphoes}
    writer = policy.scope_of(actor, policy.NEWS_WRITE)
    return {
        "today": today,
        "me": actor.user_id,
        "inside": policy.visibility(actor) is not Visibility.PUBLIC,
        "roles": sorted(actor.roles | {PUBLIC}) if actor.signed_in else [PUBLIC],
        "everywhere": scope.nation,
        "provinces": sorted(provinces),
        "types": sorted({row.type_code for row in of_organisations}),
        "of_organisation": bool(scope.organisations) or policy.visibility(actor) is Visibility.PUBLIC,
        "nation": writer.nation,
        "own": sorted(writer.provinces),
    }


def news_page(
    session: Session, actor: Actor, today: date, *, written: bool = False, limit: int = 20, offset: int = 0
) -> tuple[list[NewsItem], int]:
    """News for a person, pinned ones and the newest first; ``written``: what they may edit, also drafts and past."""
    which = _WRITTEN if written else VISIBLE
    values = {**reader_values(session, actor, today), "limit": limit, "offset": offset}
    total = session.scalar(sa.text(f"SELECT count(*) FROM news n WHERE {which}"), values) or 0
    order = "n.updated_at DESC, n.id DESC" if written else "n.pinned DESC, n.published_at DESC, n.id DESC"
    return _items(session, f"{which} ORDER BY {order} LIMIT :limit OFFSET :offset", values), total


def news_item(session: Session, actor: Actor, news_id: int, today: date) -> NewsItem | None:
    """One piece of news that the person may read or edit."""
    values = {**reader_values(session, actor, today), "id": news_id}
    found = _items(session, f"n.id = :id AND ({VISIBLE} OR {_WRITTEN})", values)
    return found[0] if found else None


def unread_news(connection: Session | sa.Connection, actor: Actor, today: date) -> int:
    """How many pieces of news the person has not opened."""
    if actor.user_id is None:
        return 0
    statement = (
        f"SELECT count(*) FROM (SELECT FROM news n WHERE {VISIBLE} AND NOT EXISTS"
        f" (SELECT FROM news_read r WHERE r.news_id = n.id AND r.user_id = :me) LIMIT {MOST_UNREAD}) AS u"
    )
    return int(connection.scalar(sa.text(statement), reader_values(connection, actor, today)) or 0)


def news_readers(session: Session, news_id: int, limit: int = 500) -> list[tuple[str, datetime]]:
    """Who has read it, the latest first; for who may edit it."""
    rows = session.execute(
        sa.text(
            "SELECT u.display_name, r.read_at FROM news_read r JOIN user_account u ON u.id = r.user_id"
            " WHERE r.news_id = :id ORDER BY r.read_at DESC, u.id LIMIT :limit"
        ),
        {"id": news_id, "limit": limit},
    )
    return [(row[0], row[1]) for row in rows]


def _items(session: Session, which: str, values: dict[str, Any]) -> list[NewsItem]:
    rows = session.execute(
        sa.text(
            f"""SELECT {_COLUMNS},
            (SELECT r.read_at FROM news_read r WHERE r.news_id = n.id AND r.user_id = :me),
            (SELECT count(*) FROM news_read r WHERE r.news_id = n.id)::integer
            FROM news n LEFT JOIN area a ON a.code = n.province_code WHERE {which}"""
        ),
        values,
    )
    return [NewsItem(*row) for row in rows]

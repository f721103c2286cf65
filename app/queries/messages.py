"""Threads as a person may read them: lists, one thread with its messages, who has read what, what is unread.

:data:`IN_SCOPE` is the one condition under which somebody reads a thread; every statement here holds it, and
``policy.MESSAGE_READ`` says the same of a single thread.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from gis.thai import search_words, village_pattern, village_spellings

Side = Literal["ORGANISATION", "PROVINCE", "DEPARTMENT"]
SIDES: tuple[Side, ...] = ("ORGANISATION", "PROVINCE", "DEPARTMENT")
MOST_WORDS = 8
MOST_UNREAD = 100
MOST_MESSAGES = 500

IN_SCOPE = (
    "(:nation OR t.organisation_code = ANY(:organisations) OR t.province_code = ANY(:provinces)"
    " OR t.amphoe_code = ANY(:amphoes))"
)
_UNREAD = "EXISTS (SELECT FROM message_unread r WHERE r.user_id = :me AND r.thread_id = t.id)"
_AWAITS = (
    "t.state = 'OPEN' AND ((t.addressed_to = 'ORGANISATION' AND t.organisation_code = ANY(:organisations))"
    " OR (t.addressed_to = 'PROVINCE' AND t.province_code = ANY(:provinces))"
    " OR (t.addressed_to = 'DEPARTMENT' AND :nation))"
)
_NAME = (
    "CASE WHEN y.code = 'SPECIAL' THEN o.full_name_th ELSE coalesce(y.attributes ->> 'abbr_th', '') || o.name_th END"
)
_COLUMNS = f"""t.id, t.subject, t.organisation_code, {_NAME} AS organisation_name, t.province_code,
    a.name_th AS province_name, t.amphoe_code, t.topic, t.record_kind, t.record_key, t.record_name, t.asked_by,
    t.addressed_to, t.sides, t.state, t.assigned_to, u.display_name AS assigned_name, t.general_answer_id, t.created_by,
    t.created_by_name, t.created_at, t.last_message_id, t.last_at,
    {_UNREAD} AS unread"""
_FROM = """message_thread t
    JOIN area a ON a.code = t.province_code
    LEFT JOIN organisation o ON o.code = t.organisation_code
    LEFT JOIN lao_type y ON y.code = o.type_code
    LEFT JOIN user_account u ON u.id = t.assigned_to"""


@dataclass(frozen=True)
class Thread:
    """A matter in a list. ``organisation_name`` is none where a province and the department talk."""

    id: int
    subject: str
    organisation_code: str | None
    organisation_name: str | None
    province_code: str
    province_name: str
    amphoe_code: str | None
    topic: str | None
    record_kind: str | None
    record_key: str | None
    record_name: str | None
    asked_by: Side
    addressed_to: Side
    sides: Sequence[Side]
    state: str
    assigned_to: int | None
    assigned_name: str | None
    general_answer_id: int | None
    created_by: int | None
    created_by_name: str
    created_at: datetime
    last_message_id: int
    last_at: datetime
    unread: bool

    @property
    def target(self) -> Target:
        """Where it lies, for policy."""
        return Target(self.organisation_code, self.province_code, self.amphoe_code)


@dataclass(frozen=True)
class MessageFile:
    """A picture or a PDF that came with a message."""

    id: int
    message_id: int
    file_name: str
    sha256: str
    stored_name: str
    media_type: str
    byte_count: int


@dataclass(frozen=True)
class Line:
    """A message or an event of a thread; ``readers`` have read it, apart from who wrote it; ``files`` came with it."""

    id: int
    side: Side
    author_id: int | None
    author_name: str
    text: str | None
    event: str | None
    detail: str | None
    created_at: datetime
    readers: Sequence[tuple[str, datetime]] = ()
    files: Sequence[MessageFile] = ()


@dataclass(frozen=True)
class Answer:
    """A question and the answer to it that is of use to everybody; nothing says who asked."""

    thread_id: int
    subject: str
    topic: str | None
    question: str
    answer: str
    answered_by: Side
    answered_at: datetime


@dataclass(frozen=True)
class ThreadFilter:
    """What narrows a list; ``awaits``: their side has to answer."""

    state: str | None = None
    q: str = ""
    topic: str | None = None
    organisation: str | None = None
    record: tuple[str, str] | None = None
    unread: bool = False
    awaits: bool = False
    mine: bool = False


@dataclass(frozen=True)
class ThreadPage:
    """A page of a list and how many there are."""

    items: Sequence[Thread]
    total: int


@dataclass(frozen=True)
class Writer:
    """Somebody to whom a matter can be given."""

    id: int
    name: str


def scope_values(actor: Actor) -> dict[str, Any]:
    """Values of :data:`IN_SCOPE`: where the person reads messages."""
    scope = policy.scope_of(actor, policy.MESSAGE_READ)
    return {
        "nation": scope.nation,
        "organisations": sorted(scope.organisations),
        "provinces": sorted(scope.provinces),
        "amphoes": sorted(scope.amphoes),
        "me": actor.user_id,
    }


def side_of(actor: Actor, target: Target) -> Side | None:
    """For whom the person writes in a matter; none where they only read."""
    scope = policy.scope_of(actor, policy.MESSAGE_WRITE)
    if target.organisation_code is not None and target.organisation_code in scope.organisations:
        return "ORGANISATION"
    if target.province_code in scope.provinces:
        return "PROVINCE"
    return "DEPARTMENT" if scope.nation else None


def threads(
    session: Session, actor: Actor, narrowed: ThreadFilter | None = None, *, limit: int = 50, offset: int = 0
) -> ThreadPage:
    """Matters that the person may read, the last written first."""
    asked = narrowed or ThreadFilter()
    sql, values = _conditions(asked)
    where = " AND ".join([IN_SCOPE, *sql])
    values = {**scope_values(actor), **values, "limit": limit, "offset": offset}
    total = session.scalar(sa.text(f"SELECT count(*) FROM message_thread t WHERE {where}"), values) or 0
    statement = (
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE {where} ORDER BY t.last_at DESC, t.id DESC LIMIT :limit OFFSET :offset"
    )
    return ThreadPage([Thread(**row._mapping) for row in session.execute(sa.text(statement), values)], total)


def thread(session: Session, actor: Actor, thread_id: int, *, lock: bool = False) -> Thread | None:
    """One matter; none where there is none that the person may read."""
    end = " FOR UPDATE OF t" if lock else ""
    row = session.execute(
        sa.text(f"SELECT {_COLUMNS} FROM {_FROM} WHERE t.id = :id AND {IN_SCOPE}{end}"),
        {**scope_values(actor), "id": thread_id},
    ).one_or_none()
    return Thread(**row._mapping) if row else None


def lines(session: Session, thread_id: int, *, limit: int = MOST_MESSAGES) -> list[Line]:
    """Messages and events of a thread that was read with :func:`thread`, the first first, with who read each when."""
    rows = session.execute(
        sa.text(
            "SELECT id, side, author_id, author_name, text, event, detail, created_at FROM"
            " (SELECT * FROM message WHERE thread_id = :id ORDER BY id DESC LIMIT :limit) m ORDER BY id"
        ),
        {"id": thread_id, "limit": limit},
    ).all()
    reads = session.execute(
        sa.text(
            "SELECT r.user_id, u.display_name, r.message_id, r.read_at FROM message_read r"
            " JOIN user_account u ON u.id = r.user_id WHERE r.thread_id = :id ORDER BY r.read_at"
        ),
        {"id": thread_id},
    ).all()
    sent = files_of(session, thread_id)
    return [
        Line(
            **row._mapping,
            readers=_readers(row.id, row.author_id, reads),
            files=[one for one in sent if one.message_id == row.id],
        )
        for row in rows
    ]


def files_of(session: Session, thread_id: int) -> list[MessageFile]:
    """Files of a thread that was read with :func:`thread`, in the order in which they were sent."""
    rows = session.execute(
        sa.text(
            "SELECT f.* FROM message m JOIN message_file f ON f.message_id = m.id WHERE m.thread_id = :id ORDER BY f.id"
        ),
        {"id": thread_id},
    )
    return [MessageFile(**row._mapping) for row in rows]


def _readers(message_id: int, author_id: int | None, reads: Sequence[Any]) -> list[tuple[str, datetime]]:
    """Of each person the first time that they had read as far."""
    first: dict[int, tuple[str, datetime]] = {}
    for read in reads:
        if read.message_id >= message_id and read.user_id != author_id:
            first.setdefault(read.user_id, (read.display_name, read.read_at))
    return list(first.values())


def unread_count(connection: sa.Connection | Session, actor: Actor) -> int:
    """Matters of the person's own with something new, a hundred at most."""
    if actor.user_id is None:
        return 0
    statement = (
        "SELECT count(*) FROM (SELECT FROM message_unread r JOIN message_thread t ON t.id = r.thread_id"
        f" WHERE r.user_id = :me AND {IN_SCOPE} LIMIT {MOST_UNREAD}) AS u"
    )
    return int(connection.scalar(sa.text(statement), scope_values(actor)) or 0)


def awaiting_count(session: Session, actor: Actor) -> int:
    """Questions that wait for the person's side."""
    statement = f"SELECT count(*) FROM message_thread t WHERE {IN_SCOPE} AND {_AWAITS}"
    return int(session.scalar(sa.text(statement), scope_values(actor)) or 0)


def general_answers(
    session: Session, q: str = "", topic: str | None = None, *, limit: int = 20, offset: int = 0
) -> tuple[list[Answer], int]:
    """Answers that are of use to everybody, the newest first; of a thread only its first question and that answer."""
    sql = ["t.general_answer_id IS NOT NULL"]
    values: dict[str, Any] = {"limit": limit, "offset": offset, "topic": topic}
    if topic:
        sql.append("t.topic = :topic")
    for number, word in enumerate(search_words(q)[:MOST_WORDS]):
        # Not the record's name: it would tell by its hits who asked.
        parts = [_holds(column, number, word) for column in ("thai_search(t.subject)", "f.search", "m.search")]
        sql.append("(" + " OR ".join(f"({holds})" for holds, _given in parts) + ")")
        values |= parts[0][1]
    joined = """message_thread t JOIN message m ON m.id = t.general_answer_id
        JOIN LATERAL (SELECT text, search FROM message WHERE thread_id = t.id AND text IS NOT NULL
                      ORDER BY id LIMIT 1) f ON true"""
    where = " AND ".join(sql)
    total = session.scalar(sa.text(f"SELECT count(*) FROM {joined} WHERE {where}"), values) or 0
    rows = session.execute(
        sa.text(
            "SELECT t.id, t.subject, t.topic, f.text AS question, m.text AS answer, m.side, m.created_at"
            f" FROM {joined} WHERE {where} ORDER BY m.created_at DESC, t.id LIMIT :limit OFFSET :offset"
        ),
        values,
    )
    return [Answer(*row) for row in rows], total


def writers_of_side(session: Session, side: Side, target: Target, limit: int = 200) -> list[Writer]:
    """Persons who write for a side of a matter, by name."""
    roles = list(policy.roles_for(policy.MESSAGE_WRITE))
    where = {
        "ORGANISATION": "m.organisation_code = :organisation",
        "PROVINCE": "m.area_code = :province",
        "DEPARTMENT": "r.scope = 'nation'",
    }[side]
    rows = session.execute(
        sa.text(
            f"""SELECT DISTINCT u.id, u.display_name FROM user_account u JOIN membership m ON m.user_id = u.id
            JOIN role r ON r.code = m.role_code
            WHERE u.active AND m.role_code = ANY(:roles) AND {where}
              AND coalesce(m.valid_from, current_date) <= current_date
              AND coalesce(m.valid_to, current_date) >= current_date
            ORDER BY u.display_name LIMIT :limit"""
        ),
        {"roles": roles, "organisation": target.organisation_code, "province": target.province_code, "limit": limit},
    )
    return [Writer(*row) for row in rows]


def readers_among(session: Session, people: Collection[int], target: Target) -> set[int]:
    """Of some persons those who may read a matter today: who has left its places is told of it no more."""
    rows = session.scalars(
        sa.text(
            """SELECT DISTINCT m.user_id FROM membership m JOIN role r ON r.code = m.role_code
            WHERE m.user_id = ANY(:people) AND m.role_code = ANY(:roles)
              AND coalesce(m.valid_from, current_date) <= current_date
              AND coalesce(m.valid_to, current_date) >= current_date
              AND (r.scope = 'nation' OR m.organisation_code = :organisation OR m.area_code IN (:province, :amphoe))"""
        ),
        {
            "people": list(people),
            "roles": list(policy.roles_for(policy.MESSAGE_READ)),
            "organisation": target.organisation_code,
            "province": target.province_code,
            "amphoe": target.amphoe_code,
        },
    )
    return set(rows)


def _conditions(asked: ThreadFilter) -> tuple[list[str], dict[str, Any]]:
    sql: list[str] = []
    values: dict[str, Any] = {}
    known: Mapping[str, Any] = {"state": asked.state, "topic": asked.topic, "organisation_code": asked.organisation}
    for column, value in known.items():
        if value:
            sql.append(f"t.{column} = :{column}")
            values[column] = value
    if asked.record:
        sql.append("t.record_kind = :kind AND t.record_key = :key")
        values |= {"kind": asked.record[0], "key": asked.record[1]}
    if asked.unread:
        sql.append(_UNREAD)
    if asked.awaits:
        sql.append(_AWAITS)
    if asked.mine:
        sql.append("(t.assigned_to = :me OR t.created_by = :me)")
    for number, word in enumerate(search_words(asked.q)[:MOST_WORDS]):
        # Every word somewhere in the thread: its subject, its record, any of its messages.
        of_thread, given = _holds("s.search", number, word)
        of_message, _same = _holds("m.search", number, word)
        sql.append(
            f"t.id IN (SELECT s.id FROM message_thread s WHERE {of_thread}"
            f" UNION ALL SELECT m.thread_id FROM message m WHERE {of_message})"
        )
        values |= given
    return sql, values


def _holds(column: str, number: int, word: str) -> tuple[str, dict[str, str]]:
    """Condition under which a text has a word, and its values; a village number in any of its spellings, whole."""
    spellings = village_spellings(word)
    names = {f"w{number}_{n}": f"%{_literal(one)}%" for n, one in enumerate(spellings or (word,))}
    likes = " OR ".join(f"{column} LIKE :{name}" for name in names)
    if not spellings:
        return likes, names
    return f"({likes}) AND {column} ~ :w{number}", {**names, f"w{number}": village_pattern(spellings)}


def _literal(word: str) -> str:
    """A word in which nothing is a pattern."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")

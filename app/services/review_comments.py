"""Comments of a review: on any record, on one of its fields or on the whole, open until somebody resolves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from gis.problems import Problem
from gis.thai import normalise

LONGEST = 2_000
MOST = 100


@dataclass(frozen=True)
class NewComment:
    """What somebody says of a record, of one of its fields, or of a place on its geometry."""

    text: str
    field: str | None = None
    place: Mapping[str, Any] | None = None


def check_comments(comments: Sequence[NewComment], fields: Sequence[str] = ()) -> list[Problem]:
    """Comments that can be kept; ``fields`` are those that the record has (any when empty)."""
    problems = []
    if len(comments) > MOST:
        values: dict[str, Any] = {"minimum": 0, "maximum": MOST}
        problems.append(Problem("number_out_of_range", where={"field": "comments"}, values=values))
    for row, comment in enumerate(comments, start=1):
        where = {"field": "text", "row": row}
        if not comment.text.strip():
            problems.append(Problem("field_required", where=where))
        elif len(comment.text) > LONGEST:
            values = {"limit": LONGEST, "length": len(comment.text)}
            problems.append(Problem("text_too_long", where=where, values=values))
        if fields and comment.field is not None and comment.field not in fields:
            values = {"given": comment.field[:80]}
            problems.append(Problem("unknown_code", where={"field": "field", "row": row}, values=values))
    return problems


def add_comments(
    session: Session, actor: Actor, entity: str, entity_key: str, organisation_code: str, comments: Sequence[NewComment]
) -> None:
    """Keep checked comments on a record."""
    add_many(session, actor, entity, [(entity_key, organisation_code, comment) for comment in comments])


def add_many(session: Session, actor: Actor, entity: str, said: Sequence[tuple[str, str, NewComment]]) -> list[int]:
    """Keep checked comments on several records of a kind (key, organisation, comment); their numbers in that order."""
    rows = [
        {"key": key, "organisation": organisation, "field": c.field, "text": normalise(c.text), "place": c.place}
        for key, organisation, c in said
    ]
    numbers = session.scalars(
        sa.text(
            "INSERT INTO review_comment (entity, entity_key, field, organisation_code, text, place, created_by,"
            " created_by_name) SELECT :entity, r.key, r.field, r.organisation, r.text, r.place, :user, :name"
            " FROM ROWS FROM (json_to_recordset(CAST(:rows AS json))"
            " AS (key text, organisation text, field text, text text, place jsonb)) WITH ORDINALITY AS"
            " r(key, organisation, field, text, place, n) ORDER BY r.n RETURNING id"
        ),
        {
            "entity": entity,
            "rows": orjson.dumps(rows).decode(),
            "user": actor.user_id,
            "name": actor.display_name,
        },
    )
    return sorted(numbers)


def answer_comment(
    session: Session, actor: Actor, entity: str, entity_key: str, comment_id: int, organisation_code: str, words: str
) -> None:
    """Mark an open comment as answered; ``words`` in reply, where there are any, stand beside it, answered as well.

    Raises
    ------
    NotFound, InvalidInput
        ``comment_not_found``, also of one that is answered already; what :func:`check_comments` tells of the words.
    """
    words = words.strip()
    if problems := check_comments([NewComment(words)]) if words else []:
        raise InvalidInput(problems)
    known = {"entity": entity, "key": entity_key, "user": actor.user_id}
    answered = session.execute(
        sa.text(
            "UPDATE review_comment SET resolved_at = now(), resolved_by = :user WHERE id = :id AND entity = :entity"
            " AND entity_key = :key AND resolved_at IS NULL RETURNING field"
        ),
        {**known, "id": comment_id},
    ).one_or_none()
    if answered is None:
        raise NotFound("comment_not_found", {"comment": comment_id})
    if words:
        # A reply asks for nothing: it is answered from the beginning.
        session.execute(
            sa.text(
                "INSERT INTO review_comment (entity, entity_key, field, organisation_code, text, created_by,"
                " created_by_name, resolved_at, resolved_by)"
                " VALUES (:entity, :key, :field, :organisation, :text, :user, :name, now(), :user)"
            ),
            {
                **known,
                "field": answered.field,
                "organisation": organisation_code,
                "text": normalise(words),
                "name": actor.display_name,
            },
        )


def resolve_comments(session: Session, actor: Actor, entity: str, entity_key: str) -> None:
    """Close the open comments of a record: it has been mended and sent in again, or approved."""
    session.execute(
        sa.text(
            "UPDATE review_comment SET resolved_at = now(), resolved_by = :user"
            " WHERE entity = :entity AND entity_key = :key AND resolved_at IS NULL"
        ),
        {"entity": entity, "key": entity_key, "user": actor.user_id},
    )

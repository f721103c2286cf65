"""Questions of citizens as everybody may see them, from the public views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Said:
    """A message of a question: the question itself, an answer, or the question asked again."""

    kind: str
    body: str
    said_on: date


@dataclass(frozen=True)
class PublicQuestion:
    """A question that somebody has looked at; a hidden one has a reason and no messages."""

    id: int
    project_code: str | None
    project_name: str | None
    state: str
    asked_on: date
    due_on: date
    hidden_reason: str | None
    messages: tuple[Said, ...]


@dataclass(frozen=True)
class Tally:
    """How many questions are published, and how many of them are answered."""

    asked: int
    answered: int
    hidden: int


def tally_of(session: Session, *, project_id: int | None = None, organisation: str | None = None) -> Tally:
    """Counts of a work or of an organisation with all its works."""
    where, values = _whose(project_id, organisation)
    row = session.execute(
        sa.text(
            "SELECT count(*) FILTER (WHERE q.state <> 'HIDDEN') AS asked,"
            " count(*) FILTER (WHERE q.state = 'ANSWERED') AS answered,"
            f" count(*) FILTER (WHERE q.state = 'HIDDEN') AS hidden FROM public_question q WHERE {where}"
        ),
        values,
    ).one()
    return Tally(**row._mapping)


def questions_of(
    session: Session, *, project_id: int | None = None, organisation: str | None = None, limit: int = 10
) -> list[PublicQuestion]:
    """Questions with what was said, the newest first."""
    where, values = _whose(project_id, organisation)
    rows = session.execute(
        sa.text(
            "SELECT q.id, q.project_code, q.project_name, q.state, q.asked_on, q.due_on, q.hidden_reason"
            f" FROM public_question q WHERE {where} ORDER BY q.asked_on DESC, q.id DESC LIMIT :limit"
        ),
        {**values, "limit": limit},
    ).all()
    said: dict[int, list[Said]] = {row.id: [] for row in rows}
    for row in session.execute(
        sa.text(
            "SELECT question_id, kind, body, said_on FROM public_message WHERE question_id = ANY(:ids) ORDER BY id"
        ),
        {"ids": list(said)},
    ):
        said[row.question_id].append(Said(row.kind, row.body, row.said_on))
    return [PublicQuestion(**row._mapping, messages=tuple(said[row.id])) for row in rows]


def _whose(project_id: int | None, organisation: str | None) -> tuple[str, dict[str, Any]]:
    if project_id is not None:
        return "q.project_id = :project", {"project": project_id}
    return "q.organisation_code = :organisation", {"organisation": organisation}

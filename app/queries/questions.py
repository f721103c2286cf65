"""Questions of citizens as those read them who publish, hide and answer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import OwnScope, Target

PAGE = 30
Shown = Literal["pending", "waiting", "open", "late", "appealed", "answered", "hidden", "all"]
SHOWN: tuple[Shown, ...] = ("pending", "waiting", "open", "late", "appealed", "answered", "hidden", "all")
# An appeal is the province's to decide: whoever does not is not late with it.
_PENDING = "(q.state IN ('WAITING', 'OPEN') OR (q.state = 'APPEALED' AND :decides))"
_STATES = {
    "pending": _PENDING,
    "waiting": "q.state = 'WAITING'",
    "open": "q.state = 'OPEN'",
    "late": f"{_PENDING} AND q.due_on < :today",
    "appealed": "q.state = 'APPEALED'",
    "answered": "q.state = 'ANSWERED'",
    "hidden": "q.state = 'HIDDEN'",
    "all": "true",
}


@dataclass(frozen=True)
class Message:
    """What was said, by whom of the staff, and whether everybody sees it."""

    id: int
    kind: str
    body: str
    shown: bool
    at: datetime
    by_name: str | None


@dataclass(frozen=True)
class QuestionView:
    """A question with everything that was said of it; never with the address of who asked."""

    id: int
    organisation_code: str
    organisation_name: str
    province_code: str
    amphoe_code: str | None
    project_code: str | None
    project_name: str | None
    state: str
    asked_at: datetime
    due_on: date
    answered_at: datetime | None
    reopened_at: datetime | None
    hidden_reason: str | None
    row_version: int
    messages: tuple[Message, ...] = ()

    @property
    def target(self) -> Target:
        """Where the organisation lies."""
        return Target(self.organisation_code, self.province_code, self.amphoe_code)

    @property
    def pending(self) -> bool:
        """Whether somebody has to do something."""
        return self.state in ("WAITING", "OPEN", "APPEALED")


_SELECT = """
SELECT q.id, q.organisation_code, o.full_name_th AS organisation_name, o.province_code, o.amphoe_code,
       p.code AS project_code, p.name_th AS project_name, q.state, q.asked_at, q.due_on, q.answered_at, q.reopened_at,
       q.hidden_reason, q.row_version
FROM citizen_question q JOIN organisation o ON o.code = q.organisation_code LEFT JOIN project p ON p.id = q.project_id
"""


def question_view(session: Session, question_id: int) -> QuestionView | None:
    """One question with its messages."""
    row = session.execute(sa.text(f"{_SELECT} WHERE q.id = :id"), {"id": question_id}).one_or_none()
    return None if row is None else _with_messages(session, [row])[0]


def question_page(
    session: Session,
    scope: OwnScope,
    shown: Shown,
    *,
    today: date,
    decides: bool,
    after: int = 0,
    organisation: str | None = None,
) -> list[QuestionView]:
    """Questions of where somebody works, those that are due first; one more than a page when there are more.
    ``decides`` counts appeals to what is pending."""
    where, values = _inside(scope, organisation)
    rows = session.execute(
        sa.text(
            f"{_SELECT} WHERE {where} AND {_STATES[shown]}"
            " ORDER BY q.state IN ('WAITING', 'OPEN', 'APPEALED') DESC,"
            " CASE WHEN q.state IN ('WAITING', 'OPEN', 'APPEALED') THEN q.due_on END, q.asked_at DESC, q.id DESC"
            " OFFSET :after LIMIT :limit"
        ),
        {**values, "today": today, "decides": decides, "after": after, "limit": PAGE + 1},
    ).all()
    return _with_messages(session, rows)


def question_counts(
    session: Session, scope: OwnScope, *, today: date, decides: bool, organisation: str | None = None
) -> dict[str, int]:
    """How many there are of each of :data:`SHOWN`."""
    where, values = _inside(scope, organisation)
    counts = ", ".join(f"count(*) FILTER (WHERE {sql}) AS {name}" for name, sql in _STATES.items() if name != "all")
    row = session.execute(
        sa.text(f'SELECT {counts}, count(*) AS "all" FROM citizen_question q JOIN organisation o'
                f" ON o.code = q.organisation_code WHERE {where}"),
        {**values, "today": today, "decides": decides},
    ).one()  # fmt: skip
    return {name: int(count) for name, count in row._mapping.items()}


def _inside(scope: OwnScope, organisation: str | None) -> tuple[str, dict[str, Any]]:
    values = {
        "organisations": sorted(scope.organisations),
        "provinces": sorted(scope.provinces),
        "amphoes": sorted(scope.amphoes),
        "organisation": organisation,
    }
    own = (
        "true"
        if scope.nation
        else "(o.code = ANY(CAST(:organisations AS text[])) OR o.province_code = ANY(CAST(:provinces AS text[]))"
        " OR o.amphoe_code = ANY(CAST(:amphoes AS text[])))"
    )
    used = {} if scope.nation else values
    return f"{own} AND (CAST(:organisation AS text) IS NULL OR o.code = :organisation)", {
        **used,
        "organisation": organisation,
    }


def _with_messages(session: Session, rows: Sequence[Any]) -> list[QuestionView]:
    said: dict[int, list[Message]] = {row.id: [] for row in rows}
    for row in session.execute(
        sa.text(
            "SELECT question_id, id, kind, body, shown, at, by_name FROM citizen_message"
            " WHERE question_id = ANY(:ids) ORDER BY id"
        ),
        {"ids": list(said)},
    ):
        values = dict(row._mapping)
        said[values.pop("question_id")].append(Message(**values))
    return [QuestionView(**row._mapping, messages=tuple(said[row.id])) for row in rows]

"""The officers' calendar of a fiscal year: what is due when, and who said so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

MONTHLY = "FINANCE"
MILESTONE = "EVALUATION"

_TASKS = """
SELECT t.id, t.fiscal_year_be, t.topic, t.period_from, t.period_to, t.name_th, t.name_en, t.opens_on, t.due_on,
       t.check_until, t.owner_role, t.officer_enters, t.source, t.reason, t.row_version, t.updated_at
FROM calendar_task t JOIN completeness_topic p ON p.code = t.topic
WHERE t.fiscal_year_be = ANY(:years) AND t.removed_at IS NULL
ORDER BY t.fiscal_year_be, t.due_on, p.seq, t.period_from
"""
_CHANGES = """
SELECT l.at, l.user_name AS by, l.action, l.request_id AS receipt,
       coalesce(l.after ->> 'name_th', t.name_th) AS name_th, l.before, l.after
FROM change_log l JOIN calendar_task t ON t.id = l.entity_key::bigint
WHERE l.entity = 'calendar_task' AND t.fiscal_year_be = :year
  AND (l.action <> 'insert' OR l.after ->> 'reason' IS NOT NULL)
ORDER BY l.id DESC LIMIT :limit
"""


@dataclass(frozen=True)
class Task:
    """One matter of a year.

    Parameters
    ----------
    period_from, period_to
        0 is the whole year, 1 to 12 its months from October.
    opens_on, due_on, check_until
        From when on it is entered, by when it is due, and until when the province checks.
    officer_enters
        The officer of the province enters what an organisation cannot.
    source
        Row of the letter it follows, or what the department said.
    reason
        Why it was last amended.
    """

    id: int
    fiscal_year_be: int
    topic: str
    period_from: int
    period_to: int
    name_th: str
    name_en: str | None
    opens_on: date
    due_on: date
    check_until: date | None
    owner_role: str
    officer_enters: bool
    source: str | None
    reason: str | None
    row_version: int
    updated_at: datetime

    def name(self, language: str = "th") -> str:
        """Its name in ``language``."""
        return (self.name_en if language == "en" else None) or self.name_th


@dataclass(frozen=True)
class TaskChange:
    """An amendment as the log of changes tells it: fields that changed with what they were and are."""

    at: datetime
    by: str
    action: str
    receipt: str | None
    name_th: str
    before: dict[str, object] | None
    after: dict[str, object] | None


@dataclass(frozen=True)
class Phase:
    """A part of the year: what is due by its last day. ``checked``: the province checks what was due before it."""

    begins_on: date
    ends_on: date
    topics: tuple[str, ...]
    fiscal_year_be: int
    checked: bool = False


def calendar_tasks(session: Session, *years_be: int) -> list[Task]:
    """Tasks of the years, the first due first."""
    return [Task(**row._mapping) for row in session.execute(sa.text(_TASKS), {"years": list(years_be)})]


def calendar_years(session: Session) -> list[int]:
    """Fiscal years that have a calendar, the newest first."""
    return list(
        session.scalars(
            sa.text("SELECT DISTINCT fiscal_year_be FROM calendar_task WHERE removed_at IS NULL ORDER BY 1 DESC")
        )
    )


def calendar_changes(session: Session, year_be: int, limit: int = 50) -> list[TaskChange]:
    """What was amended of a year, the newest first; the opening of the year itself is not told task by task."""
    return [TaskChange(**row._mapping) for row in session.execute(sa.text(_CHANGES), {"year": year_be, "limit": limit})]


def phases(tasks: Sequence[Task], begins_on: date, ends_on: date) -> list[Phase]:
    """The year in parts, each ending on a day on which something is due or its check ends.

    Parameters
    ----------
    tasks
        Of this fiscal year and of the one before, whose last things are due in this one.
    begins_on, ends_on
        The fiscal year.
    """
    ends: dict[tuple[date, int, bool], list[str]] = {}
    for task in _of_the_band(tasks):
        if begins_on <= task.due_on <= ends_on:
            ends.setdefault((task.due_on, task.fiscal_year_be, False), []).append(task.topic)
        if task.check_until and begins_on <= task.check_until <= ends_on:
            ends.setdefault((task.check_until, task.fiscal_year_be, True), []).append(task.topic)
    found: list[Phase] = []
    for (day, year, checked), topics in sorted(ends.items()):
        if found and found[-1].ends_on == day:
            # On one day what is due is told; that something is checked until then is not told beside it.
            if found[-1].fiscal_year_be == year and found[-1].checked and not checked:
                found[-1] = Phase(found[-1].begins_on, day, tuple(dict.fromkeys(topics)), year)
            continue
        begins = date.fromordinal(found[-1].ends_on.toordinal() + 1) if found else begins_on
        found.append(Phase(begins, day, tuple(dict.fromkeys(topics)), year, checked))
    return found


def _of_the_band(tasks: Iterable[Task]) -> Iterable[Task]:
    """Matters of a part of the year; what comes every month and announcements stand below the band."""
    return (task for task in tasks if task.topic not in (MONTHLY, MILESTONE))

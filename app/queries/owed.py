"""What is owed on a day, coordinates that wait for the province, and the missing things themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.completeness import DUE, NAMES, Scope, parameters, scope_sql

DebtState = Literal["late", "due"]
MOST_ITEMS = 500


@dataclass(frozen=True)
class Debt:
    """What an organisation owes of one task of the calendar."""

    organisation_code: str
    organisation_name: str
    task_id: int
    fiscal_year_be: int
    topic: str
    name_th: str
    name_en: str | None
    period_from: int
    period_to: int
    missing: int
    due_on: date
    days_late: int
    owner_role: str
    officer_enters: bool

    @property
    def late(self) -> bool:
        """True when its day has passed."""
        return self.days_late > 0


@dataclass(frozen=True)
class Debts:
    """A page of them, the longest overdue first, and how many there are."""

    items: Sequence[Debt]
    total: int
    late: int


@dataclass(frozen=True)
class Awaiting:
    """Coordinates of an organisation that wait for the province, and since when."""

    organisation_code: str
    organisation_name: str
    fiscal_year_be: int
    projects: int
    days: int


@dataclass(frozen=True)
class Item:
    """One thing that is missing.

    Parameters
    ----------
    record, field
        What it hangs on and which part of it, as the view ``completeness_item`` says them.
    name_th
        Name of the project, strategy or document.
    age_days
        Since it was to be entered: since its task opened, or since its record came about after that.
    """

    organisation_code: str
    fiscal_year_be: int
    topic: str
    period: int
    record: str
    field: str
    name_th: str | None
    due_on: date | None
    owner_role: str | None
    age_days: int


def debts(
    session: Session,
    scope: Scope,
    today: date,
    *,
    topics: Sequence[str] = (),
    year_be: int | None = None,
    state: DebtState | None = None,
    first: Sequence[str] = (),
    limit: int = 50,
    offset: int = 0,
) -> Debts:
    """What is owed on a day, of every fiscal year that has a calendar.

    Parameters
    ----------
    topics, year_be, state
        Only these; ``due`` is what is open and not late yet.
    first
        Topics that stand before the others: a person's own.
    """
    asked = {
        **parameters(scope, year_be, today),
        "topics": list(topics) or None,
        "state": state,
        "first": list(first),
        "limit": limit,
        "offset": offset,
    }
    rows = session.execute(sa.text(_DEBTS.format(scope=scope_sql(scope, "c.organisation_code"))), asked).all()
    items = [Debt(*row[:-2]) for row in rows if row.organisation_code is not None]
    return Debts(items, rows[0].total if rows else 0, rows[0].overdue if rows else 0)


# The counts come on a row of their own when the page is beyond the last.
_DEBTS = f"""
WITH owed AS (
    SELECT c.organisation_code, t.id, t.fiscal_year_be, t.topic, t.name_th, t.name_en, t.period_from, t.period_to,
           sum(c.wanted - c.done)::integer AS missing, t.due_on,
           greatest(CAST(:today AS date) - t.due_on, 0) AS days_late,
           t.owner_role, t.officer_enters
    FROM calendar_task t
    JOIN completeness_cell c ON c.fiscal_year_be = t.fiscal_year_be AND c.topic = t.topic
         AND c.period BETWEEN t.period_from AND t.period_to
    WHERE t.removed_at IS NULL AND t.opens_on <= CAST(:today AS date) AND c.done < c.wanted AND {{scope}}
      AND (CAST(:year AS integer) IS NULL OR t.fiscal_year_be = :year)
      AND (CAST(:topics AS text[]) IS NULL OR t.topic = ANY (:topics))
      AND (CAST(:state AS text) IS NULL OR (:state = 'late') = (t.due_on < CAST(:today AS date)))
    GROUP BY c.organisation_code, t.id
), page AS (
    SELECT * FROM owed
    ORDER BY topic <> ALL (:first), due_on, missing DESC, organisation_code, id LIMIT :limit OFFSET :offset
)
SELECT p.organisation_code, {NAMES} AS organisation_name, p.id, p.fiscal_year_be, p.topic, p.name_th, p.name_en,
       p.period_from, p.period_to, p.missing, p.due_on, p.days_late, p.owner_role, p.officer_enters, n.total, n.overdue
FROM (SELECT count(*)::integer AS total, (count(*) FILTER (WHERE days_late > 0))::integer AS overdue FROM owed) n
LEFT JOIN (page p JOIN organisation o ON o.code = p.organisation_code JOIN lao_type y ON y.code = o.type_code) ON true
ORDER BY p.topic <> ALL (:first), p.due_on, p.missing DESC, p.organisation_code, p.id
"""


def awaiting_review(session: Session, scope: Scope, today: date, limit: int = 50) -> tuple[list[Awaiting], int]:
    """Coordinates that were sent in and that the province has not looked at, the longest waiting first; and of how
    many organisations and years there are any."""
    statement = f"""
        SELECT p.organisation_code, {NAMES} AS name, p.fiscal_year_be, count(*)::integer,
               greatest(CAST(:today AS date) - min(g.created_at)::date, 0), count(*) OVER ()
        FROM project p
        JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
        JOIN organisation o ON o.code = p.organisation_code JOIN lao_type y ON y.code = o.type_code
        WHERE p.geometry_status = 'SUBMITTED' AND {scope_sql(scope, "p.organisation_code")}
        GROUP BY p.organisation_code, o.code, y.code, p.fiscal_year_be ORDER BY min(g.created_at) LIMIT :limit"""
    asked = {**parameters(scope, None, today), "limit": limit}
    rows = session.execute(sa.text(statement), asked).all()
    return [Awaiting(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def missing_items(
    session: Session, organisation_code: str, year_be: int, topic: str, today: date, limit: int = MOST_ITEMS
) -> list[Item]:
    """What an organisation has not entered of a topic, the first due first; of what is not open yet nothing."""
    statement = f"""
        WITH {DUE}
        SELECT i.organisation_code, i.fiscal_year_be, i.topic, i.period, i.record, i.field, i.name_th, d.due_on,
               d.owner_role, greatest(CAST(:today AS date) - greatest(i.since, d.opens_on), 0)
        FROM completeness_item i JOIN due d ON (d.topic, d.period) = (i.topic, i.period)
        WHERE i.organisation_code = :organisation AND i.fiscal_year_be = :year AND i.topic = :topic AND NOT i.done
          AND d.opens_on <= CAST(:today AS date)
        ORDER BY d.due_on, i.since NULLS FIRST, i.record, i.field LIMIT :limit"""
    asked = {"organisation": organisation_code, "year": year_be, "topic": topic, "today": today, "limit": limit}
    return [Item(*row) for row in session.execute(sa.text(statement), asked)]


def first_items(session: Session, found: Sequence[Debt], today: date, per_debt: int = 3) -> dict[int, list[Item]]:
    """Of debts of one organisation the first missing things, by the number of the task."""
    items: dict[int, list[Item]] = {}
    for debt in found:
        missing = missing_items(session, debt.organisation_code, debt.fiscal_year_be, debt.topic, today)
        inside = [item for item in missing if debt.period_from <= item.period <= debt.period_to]
        items[debt.task_id] = inside[:per_debt]
    return items

"""How much of what has to be entered is there: counts by place and topic, and how they came about.

A state is never stored: it follows from the counts (``completeness_cell``) and the calendar on the day of reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.calendar import calendar_tasks

Group = Literal["province", "amphoe", "organisation"]
GROUPS: tuple[Group, ...] = ("province", "amphoe", "organisation")
State = Literal["complete", "partly", "late", "not_due"]
STATES: tuple[State, ...] = ("complete", "partly", "late", "not_due")


@dataclass(frozen=True)
class Scope:
    """Whose entries: everybody's without anything, else of areas (2 or 4 digits) or organisations."""

    areas: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()

    @property
    def nation(self) -> bool:
        """True when nothing narrows."""
        return not self.areas and not self.organisations


@dataclass(frozen=True)
class Cell:
    """A place and a topic.

    Parameters
    ----------
    organisations
        With anything that is to be entered by now.
    complete, partly, late
        Of them: everything is there; not yet and not late; something is overdue.
    wanted, done
        Things to be entered by now, and those that are there.
    late_days
        Of what is overdue longest.
    """

    organisations: int = 0
    complete: int = 0
    partly: int = 0
    late: int = 0
    wanted: int = 0
    done: int = 0
    late_days: int | None = None

    @property
    def state(self) -> State:
        """Late when anything is, complete when everything is there, not due while nothing is wanted."""
        if not self.wanted:
            return "not_due"
        if self.late:
            return "late"
        return "complete" if self.done == self.wanted else "partly"

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down: 100 means everything; ``None`` while nothing is wanted."""
        return 100 * self.done // self.wanted if self.wanted else None

    def __add__(self, other: Cell) -> Cell:
        days = [one for one in (self.late_days, other.late_days) if one is not None]
        return Cell(
            self.organisations + other.organisations,
            self.complete + other.complete,
            self.partly + other.partly,
            self.late + other.late,
            self.wanted + other.wanted,
            self.done + other.done,
            max(days, default=None),
        )


NOTHING = Cell()


@dataclass(frozen=True)
class Row:
    """A place with its topics; ``organisations`` are those that owe entries in the year at all."""

    code: str
    name_th: str
    name_en: str | None
    organisations: int
    cells: Mapping[str, Cell]

    @property
    def whole(self) -> Cell:
        """Things of all topics; the counts of organisations mean nothing across topics."""
        return sum(self.cells.values(), NOTHING)

    def name(self, language: str = "th") -> str:
        """Name in ``language``; Thai where there is no other."""
        return (self.name_en if language == "en" else None) or self.name_th


@dataclass(frozen=True)
class Table:
    """Rows of a scope, the least complete first, and their sum.

    Parameters
    ----------
    late
        Organisations with anything overdue.
    count
        Rows that there are; a page has fewer.
    """

    rows: Sequence[Row]
    total: Row
    late: int
    count: int


@dataclass(frozen=True)
class TrendDay:
    """Counts of a scope at the end of a day."""

    day: date
    wanted: int
    done: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down."""
        return 100 * self.done // self.wanted if self.wanted else None


DUE = """
due AS MATERIALIZED (
    SELECT t.topic, p.period::smallint AS period, t.opens_on, t.due_on, t.owner_role
    FROM calendar_task t CROSS JOIN LATERAL generate_series(t.period_from::integer, t.period_to::integer) AS p (period)
    WHERE t.fiscal_year_be = :year AND t.removed_at IS NULL
)"""
NAMES = """
CASE WHEN y.code = 'SPECIAL' THEN o.full_name_th ELSE coalesce(y.attributes->>'abbr_th', '') || o.name_th END"""
# Nothing of a topic without a task is due.
# The open parts of the year are told to the planner one by one: it then joins by them and sorts nothing.
_OPEN = """
WITH due AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:periods AS smallint[]), CAST(:days AS date[]))
        AS d (topic, period, due_on)
)"""
_CELLS = f"""{_OPEN}, one AS MATERIALIZED (
    SELECT c.organisation_code, c.topic, sum(c.wanted) AS wanted, sum(c.done) AS done,
           max(CAST(:today AS date) - d.due_on)
               FILTER (WHERE c.done < c.wanted AND d.due_on < CAST(:today AS date)) AS late_days
    FROM completeness_cell c JOIN due d USING (topic, period)
    WHERE c.fiscal_year_be = :year AND {{scope}}
    GROUP BY c.organisation_code, c.topic
)
SELECT {{code}} AS code, one.topic, count(*)::integer AS organisations,
       (count(*) FILTER (WHERE one.done = one.wanted))::integer AS complete,
       (count(*) FILTER (WHERE one.done < one.wanted AND one.late_days IS NULL))::integer AS partly,
       (count(one.late_days))::integer AS late,
       sum(one.wanted)::integer AS wanted, sum(one.done)::integer AS done, max(one.late_days)::integer AS late_days
FROM one {{organisation}} GROUP BY 1, 2
UNION ALL
SELECT NULL, NULL, count(DISTINCT organisation_code)::integer, 0, 0, 0, 0, 0, NULL FROM one WHERE late_days IS NOT NULL
"""
_FEWEST = f"""{_OPEN}, whole AS (
    SELECT c.organisation_code, sum(c.done)::float / sum(c.wanted) AS share
    FROM completeness_cell c JOIN due d USING (topic, period) WHERE c.fiscal_year_be = :year GROUP BY 1
)
SELECT o.organisation_code FROM completeness_owing o LEFT JOIN whole USING (organisation_code)
WHERE o.fiscal_year_be = :year ORDER BY whole.share NULLS LAST, 1 LIMIT :limit OFFSET :offset
"""
# A hundred thousand groups of the nation fit into it; without it they go through the disk.
_MEMORY = "SET LOCAL work_mem = '32MB'"
_ROWS: Mapping[Group, str] = {
    "organisation": f"""
        SELECT o.code, {NAMES} AS name_th, o.name_en, 1 AS organisations
        FROM completeness_owing w JOIN organisation o ON o.code = w.organisation_code
        JOIN lao_type y ON y.code = o.type_code
        WHERE w.fiscal_year_be = :year AND {{scope}} ORDER BY o.name_th COLLATE "th-x-icu", o.code""",
    "amphoe": """
        SELECT coalesce(o.amphoe_code, o.province_code) AS code, min(a.name_th) AS name_th, min(a.name_en) AS name_en,
               count(*)::integer AS organisations
        FROM completeness_owing w JOIN organisation o ON o.code = w.organisation_code
        LEFT JOIN area a ON a.code = coalesce(o.amphoe_code, o.province_code)
        WHERE w.fiscal_year_be = :year AND {scope} GROUP BY 1 ORDER BY 1""",
    "province": """
        SELECT o.province_code AS code, min(a.name_th) AS name_th, min(a.name_en) AS name_en,
               count(*)::integer AS organisations
        FROM completeness_owing w JOIN organisation o ON o.code = w.organisation_code
        LEFT JOIN area a ON a.code = o.province_code
        WHERE w.fiscal_year_be = :year AND {scope} GROUP BY 1 ORDER BY 1""",
}
_CODES: Mapping[Group, str] = {
    "organisation": "one.organisation_code",
    # An organisation over several amphoes (อบจ.) stands beside them under its province.
    "amphoe": "coalesce(o.amphoe_code, o.province_code)",
    "province": "o.province_code",
}


def completeness_table(session: Session, scope: Scope, year_be: int, group: Group, today: date) -> Table:
    """Rows of a fiscal year as they stand on a day, the least complete first."""
    cells, late = _cells(session, scope, year_be, group, today)
    asked = parameters(scope, year_be, today)
    places = session.execute(sa.text(_ROWS[group].format(scope=scope_sql(scope, "o.code"))), asked)
    rows = [Row(p.code, p.name_th or p.code, p.name_en, p.organisations, cells.get(p.code, {})) for p in places]
    rows.sort(key=_completeness)
    return Table(rows, _sum(rows), late, len(rows))


def organisations_page(session: Session, year_be: int, today: date, *, limit: int, offset: int) -> Table:
    """A page of all organisations of the nation, the least complete first, with the sum of all of them."""
    whole = completeness_table(session, Scope(), year_be, "province", today)
    asked = {**_open_parts(session, year_be, today), "limit": limit, "offset": offset}
    codes = tuple(session.scalars(sa.text(_FEWEST), asked))
    page = completeness_table(session, Scope(organisations=codes), year_be, "organisation", today) if codes else whole
    return Table(page.rows if codes else (), whole.total, whole.late, whole.total.organisations)


def _cells(
    session: Session, scope: Scope, year_be: int, group: Group, today: date
) -> tuple[dict[str, dict[str, Cell]], int]:
    """Cells by place and topic, and how many organisations have anything overdue."""
    asked = {**parameters(scope, year_be, today), **_open_parts(session, year_be, today)}
    joined = "" if group == "organisation" else "JOIN organisation o ON o.code = one.organisation_code"
    narrowed = scope_sql(scope, "c.organisation_code")
    statement = _CELLS.format(scope=narrowed, code=_CODES[group], organisation=joined)
    session.execute(sa.text(_MEMORY))
    cells: dict[str, dict[str, Cell]] = {}
    late = 0
    for row in session.execute(sa.text(statement), asked):
        if row.code is None:
            late = row.organisations
        else:
            cells.setdefault(row.code, {})[row.topic] = Cell(*row[2:])
    return cells, late


def _open_parts(session: Session, year_be: int, today: date) -> dict[str, Any]:
    """Topics and months of a year that are to be entered by now, each with the day on which it is due."""
    tasks = [task for task in calendar_tasks(session, year_be) if task.opens_on <= today]
    parts = [(task, period) for task in tasks for period in range(task.period_from, task.period_to + 1)]
    return {
        "year": year_be,
        "today": today,
        "topics": [task.topic for task, _period in parts],
        "periods": [period for _task, period in parts],
        "days": [task.due_on for task, _period in parts],
    }


def trend(session: Session, scope: Scope, year_be: int, until: date, *, topics: Sequence[str] = ()) -> list[TrendDay]:
    """Counts of a scope on every day on which they changed, what is not open yet left out of each day."""
    statement = f"""
        WITH {DUE}, moved AS (
            SELECT greatest(c.day, d.opens_on) AS day,
                   c.wanted - lag(c.wanted, 1, 0) OVER cell AS wanted, c.done - lag(c.done, 1, 0) OVER cell AS done
            FROM completeness_day c JOIN due d USING (topic, period)
            WHERE c.fiscal_year_be = :year AND {scope_sql(scope, "c.organisation_code")}
              AND (CAST(:topics AS text[]) IS NULL OR c.topic = ANY (:topics))
            WINDOW cell AS (PARTITION BY c.organisation_code, c.topic, c.period ORDER BY c.day)
        )
        SELECT day, (sum(sum(wanted)) OVER days)::integer, (sum(sum(done)) OVER days)::integer
        FROM moved WHERE day <= CAST(:today AS date) GROUP BY day WINDOW days AS (ORDER BY day) ORDER BY day"""
    asked = {**parameters(scope, year_be, until), "topics": list(topics) or None}
    return [TrendDay(*row) for row in session.execute(sa.text(statement), asked)]


def parameters(scope: Scope, year_be: int | None, today: date) -> dict[str, Any]:
    """What :func:`scope_sql` and :data:`DUE` ask for."""
    return {
        "year": year_be,
        "today": today,
        "codes": list(scope.organisations),
        "provinces": [code for code in scope.areas if len(code) == 2],
        "amphoes": [code for code in scope.areas if len(code) == 4],
    }


def scope_sql(scope: Scope, column: str) -> str:
    """Condition on the code of an organisation; nothing to look up where everybody's are read."""
    if scope.nation:
        return "true"
    if scope.organisations and not scope.areas:
        return f"{column} = ANY (:codes)"
    return (
        f"{column} IN (SELECT s.code FROM organisation s WHERE s.province_code = ANY (:provinces)"
        " OR s.amphoe_code = ANY (:amphoes) OR s.code = ANY (:codes))"
    )


def _completeness(row: Row) -> tuple[bool, float]:
    whole = row.whole
    return (not whole.wanted, whole.done / whole.wanted if whole.wanted else 1.0)


def _sum(rows: Sequence[Row]) -> Row:
    cells: dict[str, Cell] = {}
    for row in rows:
        for topic, cell in row.cells.items():
            cells[topic] = cells.get(topic, NOTHING) + cell
    return Row("", "", None, sum(row.organisations for row in rows), cells)

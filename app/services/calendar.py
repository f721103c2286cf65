"""The officers' calendar: a fiscal year is opened from the rules that hold in it, and amended by the department.

The rules are ``app/codelists/calendar_rules.csv``: rows of the letters, with the fiscal years in which each holds. Days
are months of the fiscal year (1 = October); 13 is the October after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import SYSTEM_ACTOR, Actor
from app.auth.policy import NATION
from app.errors import NotFound
from app.queries.calendar import Task, calendar_tasks, calendar_years
from app.queries.codelists import code_list
from app.services.codelists import read_list
from app.services.money_rules import (
    LONG_TEXT_LENGTH,
    TEXT_LENGTH,
    check_text,
    first_day,
    last_day,
    refuse,
    require_version,
    values_of,
)
from gis.problems import Problem
from gis.thai import fiscal_year_be

_LAST_QUARTER = 10
_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class NewTask:
    """A matter as the department says it; see :class:`app.queries.calendar.Task`."""

    topic: str
    name_th: str
    opens_on: date
    due_on: date
    period_from: int = 0
    period_to: int | None = None
    name_en: str | None = None
    check_until: date | None = None
    officer_enters: bool = False
    source: str | None = None


@dataclass(frozen=True)
class Opened:
    """The year, and how many tasks were written: none when it was open."""

    fiscal_year_be: int
    tasks: int


@dataclass(frozen=True)
class TaskReceipt:
    """The task that was written, and its version."""

    id: int
    row_version: int


@dataclass(frozen=True)
class Rule:
    """A row of the file."""

    topic: str
    period_from: int
    period_to: int
    opens_month: int
    due_month: int
    check_month: int | None
    officer_enters: bool
    name_th: str
    name_en: str
    letter_row: str
    valid_from_be: int
    valid_to_be: int | None

    def holds_in(self, year_be: int) -> bool:
        """True when the rule is of this fiscal year."""
        return self.valid_from_be <= year_be <= (self.valid_to_be or year_be)


@cache
def rules() -> tuple[Rule, ...]:
    """Every row of the file."""
    return tuple(
        Rule(
            topic=line["topic"],
            period_from=int(line["period_from"]),
            period_to=int(line["period_to"]),
            opens_month=int(line["opens_month"]),
            due_month=int(line["due_month"]),
            check_month=int(line["check_month"]) if line["check_month"] else None,
            officer_enters=line["officer_enters"] == "yes",
            name_th=line["name_th"],
            name_en=line["name_en"],
            letter_row=line["letter_row"],
            valid_from_be=int(line["valid_from_be"]),
            valid_to_be=int(line["valid_to_be"]) if line["valid_to_be"] else None,
        )
        for line in read_list("calendar_rules.csv")
    )


def first_year() -> int:
    """The first fiscal year of which the rules know anything."""
    return min(rule.valid_from_be for rule in rules())


def month_begins(year_be: int, month: int) -> date:
    """First day of a month of a fiscal year; 13 is the October after it."""
    begins = first_day(year_be)
    months = begins.month - 1 + month - 1
    return date(begins.year + months // 12, months % 12 + 1, 1)


def month_ends(year_be: int, month: int) -> date:
    """Last day of a month of a fiscal year."""
    return month_begins(year_be, month + 1) - timedelta(days=1)


def open_year(session: Session, actor: Actor, year_be: int, *, today: date | None = None) -> Opened:
    """Write the tasks of a fiscal year from the rules that hold in it; a year that has a calendar is left alone.

    Raises
    ------
    Forbidden
        Not the department.
    InvalidInput
        A year before the data begins, or later than the next one.
    """
    policy.require(actor, policy.CALENDAR_WRITE, NATION)
    refuse(_check_year(year_be, today or date.today()))
    _one_at_a_time(session, year_be)
    if session.scalar(sa.text("SELECT EXISTS (SELECT FROM calendar_task WHERE fiscal_year_be = :y)"), {"y": year_be}):
        return Opened(year_be, 0)
    owners = {code: topic.attributes["owner_role"] for code, topic in code_list(session, "completeness_topic").items()}
    lines = [
        _columns(year_be, _of_rule(rule, year_be), owners[rule.topic], None)
        for rule in rules()
        if rule.holds_in(year_be)
    ]
    session.execute(sa.text(_INSERT), lines)
    return Opened(year_be, len(lines))


def open_due_years(session: Session, *, today: date | None = None) -> list[int]:
    """Open the running year, and in its last quarter the next one; years that were opened now."""
    day = today or date.today()
    running = fiscal_year_be(day)
    wanted = [running, running + 1] if day >= month_begins(running, _LAST_QUARTER) else [running]
    missing = [year for year in wanted if year not in calendar_years(session)]
    return [year for year in missing if open_year(session, SYSTEM_ACTOR, year, today=day).tasks]


def add_task(
    session: Session, actor: Actor, year_be: int, task: NewTask, reason: str, *, today: date | None = None
) -> TaskReceipt:
    """Add a matter to the calendar of a year.

    Raises
    ------
    Forbidden
        Not the department.
    InvalidInput
        Everything that is wrong with it at once: no reason, an unknown topic, due before it opens, days that are not of
        the year, a topic and part of the year that another task tells of.
    """
    policy.require(actor, policy.CALENDAR_WRITE, NATION)
    refuse([*_check_year(year_be, today or date.today()), *_check(session, year_be, task, reason)])
    owner = code_list(session, "completeness_topic")[task.topic].attributes["owner_role"]
    return _written(session, _INSERT, _columns(year_be, task, owner, reason))


def amend_task(
    session: Session,
    actor: Actor,
    task_id: int,
    changes: Mapping[str, Any],
    reason: str,
    *,
    if_match_version: int | None = None,
) -> TaskReceipt:
    """Change a task; its former days stay in the history.

    Parameters
    ----------
    changes
        Fields of :class:`NewTask` with their new values; the topic stays.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such task; not the department; somebody changed it first.
    InvalidInput
        As of :func:`add_task`.
    """
    held = _held(session, actor, task_id, if_match_version)
    fields = {name: getattr(held, name) for name in NewTask.__dataclass_fields__}
    task = replace(NewTask(**fields), **{name: value for name, value in changes.items() if name != "topic"})
    refuse(_check(session, held.fiscal_year_be, task, reason, besides=task_id))
    columns = _columns(held.fiscal_year_be, task, held.owner_role, reason)
    return _written(session, _UPDATE, {**columns, "id": task_id})


def remove_task(
    session: Session, actor: Actor, task_id: int, reason: str, *, if_match_version: int | None = None
) -> TaskReceipt:
    """Take a task out of its year: nothing of its topic and part of the year is due any more.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As of :func:`amend_task`.
    InvalidInput
        No reason.
    """
    _held(session, actor, task_id, if_match_version)
    refuse(check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH))
    return _written(session, _REMOVE, {"id": task_id, "reason": reason.strip()})


_COLUMNS = (
    "topic", "period_from", "period_to", "name_th", "name_en", "opens_on", "due_on", "check_until", "owner_role",
    "officer_enters", "source", "reason",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO calendar_task (fiscal_year_be, {', '.join(_COLUMNS)})"
    f" VALUES (:fiscal_year_be, {', '.join(f':{name}' for name in _COLUMNS)})"
)
_UPDATE = (
    f"UPDATE calendar_task SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)},"
    " row_version = row_version + 1, updated_at = now() WHERE id = :id"
)
_REMOVE = (
    "UPDATE calendar_task SET removed_at = now(), reason = :reason, row_version = row_version + 1, updated_at = now()"
    " WHERE id = :id"
)
_OVERLAP = """
SELECT name_th FROM calendar_task
WHERE fiscal_year_be = :year AND topic = :topic AND removed_at IS NULL AND id <> :besides
  AND int4range(period_from, period_to, '[]') && int4range(:first, :last, '[]')
ORDER BY period_from LIMIT 1
"""


def _of_rule(rule: Rule, year_be: int) -> NewTask:
    return NewTask(
        topic=rule.topic,
        name_th=rule.name_th,
        name_en=rule.name_en,
        opens_on=month_begins(year_be, rule.opens_month),
        due_on=month_ends(year_be, rule.due_month),
        check_until=month_ends(year_be, rule.check_month) if rule.check_month else None,
        period_from=rule.period_from,
        period_to=rule.period_to,
        officer_enters=rule.officer_enters,
        source=rule.letter_row or None,
    )


def _columns(year_be: int, task: NewTask, owner_role: str, reason: str | None) -> dict[str, Any]:
    until = task.period_from if task.period_to is None else task.period_to
    said = {"owner_role": owner_role, "period_to": until, "reason": reason and reason.strip()}
    return {**values_of(task), **said, "fiscal_year_be": year_be}


def _held(session: Session, actor: Actor, task_id: int, given: int | None) -> Task:
    policy.require(actor, policy.CALENDAR_WRITE, NATION)
    year = session.scalar(
        sa.text("SELECT fiscal_year_be FROM calendar_task WHERE id = :id AND removed_at IS NULL FOR UPDATE"),
        {"id": task_id},
    )
    if year is None:
        raise NotFound("calendar_task_not_found", {"task": task_id})
    held = next(task for task in calendar_tasks(session, year) if task.id == task_id)
    require_version(session, "calendar_task", task_id, held.row_version, given)
    return held


def _written(session: Session, statement: str, values: Mapping[str, Any]) -> TaskReceipt:
    row = session.execute(sa.text(f"{statement} RETURNING id, row_version"), dict(values)).one()
    return TaskReceipt(row.id, row.row_version)


def _one_at_a_time(session: Session, year_be: int) -> None:
    """Whoever writes in the calendar of a year waits for who does: what they see of it is what stands."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('calendar', :year))"), {"year": year_be})


def _check_year(year_be: int, today: date) -> list[Problem]:
    first, last = first_year(), fiscal_year_be(today) + 1
    if first <= year_be <= last:
        return []
    values = {"fiscal_year_be": year_be, "first": first, "last": last}
    return [Problem("calendar_year_outside", where={"field": "fiscal_year"}, values=values)]


def _check(session: Session, year_be: int, task: NewTask, reason: str | None, besides: int = 0) -> list[Problem]:
    problems = [
        *check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH),
        *check_text("name_th", task.name_th, required=True),
        *check_text("name_en", task.name_en),
        *check_text("source", task.source, limit=TEXT_LENGTH),
        *_check_days(year_be, task),
    ]
    last = task.period_from if task.period_to is None else task.period_to
    if task.topic not in code_list(session, "completeness_topic"):
        problems.append(Problem("unknown_code", where={"field": "topic"}, values={"given": task.topic[:80]}))
    if not 0 <= task.period_from <= last <= 12:
        problems.append(Problem("calendar_period", where={"field": "period_to"}))
        return problems
    _one_at_a_time(session, year_be)
    asked = {"year": year_be, "topic": task.topic, "besides": besides, "first": task.period_from, "last": last}
    other = session.scalar(sa.text(_OVERLAP), asked)
    if other is not None:
        problems.append(Problem("calendar_overlap", where={"field": "period_from"}, values={"name": other}))
    return problems


def _check_days(year_be: int, task: NewTask) -> Sequence[Problem]:
    problems = []
    if task.due_on < task.opens_on:
        values = {"earliest": task.opens_on.isoformat()}
        problems.append(Problem("days_reversed", where={"field": "due_on"}, values=values))
    if task.check_until is not None and task.check_until < task.due_on:
        values = {"earliest": task.due_on.isoformat()}
        problems.append(Problem("days_reversed", where={"field": "check_until"}, values=values))
    earliest, latest = first_day(year_be) - _YEAR, last_day(year_be) + _YEAR
    for name in ("opens_on", "due_on", "check_until"):
        day = getattr(task, name)
        if day is not None and not earliest <= day <= latest:
            values = {"earliest": earliest.isoformat(), "latest": latest.isoformat()}
            problems.append(Problem("day_too_far", where={"field": name}, values=values))
    return problems

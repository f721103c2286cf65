"""The calendar of a fiscal year as a band: its parts by what is due at their end, announcements, and today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.queries.calendar import MILESTONE, MONTHLY, Phase, Task, calendar_tasks, phases
from app.services.money_rules import first_day, last_day
from app.web.completeness_words import Topic, month_of, task_name, topics
from app.web.filters import thai_date


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


@dataclass(frozen=True)
class Block:
    """A part of the calendar's band, in percent of the year."""

    left: float
    width: float
    text: str
    title: str
    now: bool


@dataclass(frozen=True)
class Band:
    """The calendar of a year as a band: months, parts, announcements, what comes every month, and today."""

    months: Sequence[tuple[float, str, bool]]
    blocks: Sequence[Block]
    marks: Sequence[tuple[float, str]]
    monthly: str
    today: float | None
    today_text: str
    days_left: int | None
    gone: float

    @property
    def now(self) -> Block | None:
        """The part that is running."""
        return next((block for block in self.blocks if block.now), None)


def calendar_band(session: Session, year_be: int, today: date) -> Band:
    """The calendar of a fiscal year, with the last things of the year before."""
    begins, ends = first_day(year_be), last_day(year_be)
    tasks = calendar_tasks(session, year_be - 1, year_be)
    known = topics(session)
    parts = phases(tasks, begins, ends)
    now = next((part for part in parts if part.begins_on <= today <= part.ends_on), None)
    months = [date(begins.year + (begins.month + n - 1) // 12, (begins.month + n - 1) % 12 + 1, 1) for n in range(12)]
    every_month = any(task.topic == MONTHLY and task.fiscal_year_be == year_be for task in tasks)
    return Band(
        months=[
            (_percent(day, begins, ends), month_of(day), (day.year, day.month) == (today.year, today.month))
            for day in months
        ],
        blocks=[_block(part, year_be, begins, ends, part is now, known) for part in parts],
        marks=_marks(tasks, year_be, begins, ends),
        monthly=known[MONTHLY].name if every_month else "",
        today=_percent(today, begins, ends) if begins <= today <= ends else None,
        today_text=_("วันนี้ %(day)s", day=_short(today)),
        days_left=(now.ends_on - today).days if now else None,
        gone=round(100 * ((today - now.begins_on).days + 1) / ((now.ends_on - now.begins_on).days + 1), 1)
        if now
        else 0,
    )


def _percent(day: date, begins: date, ends: date) -> float:
    return round(100 * (day - begins).days / ((ends - begins).days + 1), 3)


def _block(part: Phase, year_be: int, begins: date, ends: date, now: bool, known: Mapping[str, Topic]) -> Block:
    left = _percent(part.begins_on, begins, ends)
    width = 100 * ((part.ends_on - part.begins_on).days + 1) / ((ends - begins).days + 1)
    text = _text(part, year_be, known)
    title = _("%(what)s ถึง %(day)s", what=text, day=thai_date(part.ends_on))
    return Block(left, round(width, 3), text, title, now)


def _text(part: Phase, year_be: int, known: Mapping[str, Topic]) -> str:
    if part.fiscal_year_be != year_be:
        return _("ปิดข้อมูลปี %(year)s", year=part.fiscal_year_be)
    words = " ".join(known[code].short for code in part.topics)
    return _("ตรวจ %(what)s", what=words) if part.checked else words


def _marks(tasks: Sequence[Task], year_be: int, begins: date, ends: date) -> list[tuple[float, str]]:
    return [
        (_percent(task.due_on, begins, ends), f"{_short(task.due_on)} {task_name(task)}")
        for task in tasks
        if task.topic == MILESTONE and task.fiscal_year_be == year_be and begins <= task.due_on <= ends
    ]


def _short(day: date) -> str:
    return thai_date(day).rsplit(" ", 1)[0]

"""The law of both sides, read once more with arithmetic of this module's own: the calendar, holidays, who owns what.

No import of the platform: its files of rules are data that the department decides.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from simulation.book import Book

RULES = Path(__file__).resolve().parent.parent / "app" / "codelists"
TOPICS = (
    "LAO_DATA", "POPULATION", "VISION", "STRATEGY", "PLAN", "PLAN_CHANGE", "BUDGET", "CONTRACT", "DISBURSEMENT",
    "FINANCE", "GRANT_GENERAL", "GRANT_SPECIFIC", "COORDINATES", "EVALUATION",
)  # fmt: skip
OWNER = {
    **dict.fromkeys(TOPICS[:7], "LAO_PLANNER"),
    **dict.fromkeys(TOPICS[7:12], "LAO_FINANCE"),
    "COORDINATES": "LAO_ENGINEER",
    "EVALUATION": "LAO_PLANNER",
}
WRITERS = ("LAO_PLANNER", "LAO_FINANCE", "LAO_ENGINEER", "LAO_EXECUTIVE", "PROV_OFFICER", "PROV_HEAD", "DLA_CENTRAL")


@dataclass(frozen=True)
class Task:
    """A matter of the calendar, its days told by the rules or by the department."""

    year: int
    topic: str
    first: int
    last: int
    opens_on: date
    due_on: date

    @property
    def key(self) -> tuple[int, str, int]:
        """Its name."""
        return (self.year, self.topic, self.first)


def month(year: int, number: int) -> tuple[date, date]:
    """First and last day of a month of a fiscal year: 1 is October, 13 the October after it."""
    years, months = divmod(8 + number, 12)
    first = date(year - 544 + years, months + 1, 1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, after - timedelta(days=1)


@cache
def lines(name: str, folder: Path = RULES) -> tuple[dict[str, str], ...]:
    """Lines of a file of rules."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def tasks(book: Book, year: int) -> tuple[Task, ...]:
    """Matters of a fiscal year."""
    return _tasks(year, frozenset(book.moved.items()))


@cache
def _tasks(year: int, moved: frozenset[tuple[tuple[int, str, int], date]]) -> tuple[Task, ...]:
    found = []
    for line in lines("calendar_rules.csv"):
        if not int(line["valid_from_be"]) <= year <= int(line["valid_to_be"] or 9999):
            continue
        first, last = int(line["period_from"]), int(line["period_to"])
        opens_on, due_on = month(year, int(line["opens_month"]))[0], month(year, int(line["due_month"]))[1]
        due_on = dict(moved).get((year, line["topic"], first), due_on)
        found.append(Task(year, line["topic"], first, last, opens_on, due_on))
    return tuple(found)


@cache
def holidays(year: int) -> frozenset[date]:
    """Days of a year on which offices are closed, what falls on a weekend made up: a list kept here by hand."""
    named = []
    for line in lines("holidays.csv", Path(__file__).parent):
        parts = [int(part) for part in line["day"].split("-")]
        if len(parts) == 2:
            named.append(date(year, *parts))
        elif parts[0] == year:
            named.append(date(*parts))
    closed = set(named)
    for day in sorted(named):
        if day.weekday() < 5:
            continue
        while day.weekday() >= 5 or day in closed:
            day += timedelta(days=1)
        closed.add(day)
    return frozenset(closed)


def works_on(day: date) -> bool:
    """True on a working day."""
    return day.weekday() < 5 and day not in holidays(day.year)

"""How complete everything must be, reckoned from the book: a second, slower and plainer way to every number.

No import of the platform. Everything is counted anew from the facts whenever it is asked; nothing is carried forward
but the counts at the end of each day (:func:`close_day`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from simulation.book import Book, Office, Work
from simulation.rules import Task, month, tasks


def _says(text: object, at_least: int = 1) -> bool:
    return isinstance(text, str) and len(text.strip()) >= at_least


def _number(value: object) -> bool:
    return isinstance(value, int | Decimal) and value > 0


def items(book: Book, office: Office, year: int) -> Iterator[tuple[str, int, bool]]:
    """Each single thing that an organisation has to enter in a year: its topic, its month (0 the year), whether it is
    there."""
    told = office.profile
    yield from (("LAO_DATA", 0, done) for done in (
        _says(told.get("address"), 5),
        _says(told.get("postcode"), 5),
        _says(told.get("office_phone"), 5),
        "@" in str(told.get("office_email") or ""),
        _number(told.get("area_km2")),
        _number(told.get("council_members")),
        _number(told.get("staff_count")),
        _says(told.get("general_condition"), 20),
    ))  # fmt: skip
    people = office.population.get(year - 1, (None, None, None))
    yield from (("POPULATION", 0, _number(count)) for count in people)
    yield from _of_the_plan(office, year)
    yield from _of_money(office, year)
    for number in range(1, 13):
        # A sheet of a month is there when one of its items says a number; grants are told in the sheet of revenue.
        for sheet in ("RGP", "E", "S"):
            yield "FINANCE", number, any((year, number, item) in office.finance for item in sheet)
    yield from _of_grants(office, year)
    yield from (
        ("COORDINATES", 0, work.place in ("SUBMITTED", "VERIFIED"))
        for work in projects(office, year)
        if work.kind in ("road", "water")
    )
    for task in tasks(book, year):
        if task.topic == "EVALUATION":
            yield (
                "EVALUATION",
                task.first,
                any(one.announced_on for one in office.results if (one.year, one.period) == (year, task.first)),
            )


def projects(office: Office, year: int) -> list[Work]:
    """Works of a year that a promulgated plan made projects."""
    return [work for work in office.works if work.project and work.year == year]


def _of_the_plan(office: Office, year: int) -> Iterator[tuple[str, int, bool]]:
    plan = office.plan if office.plan and office.plan.first <= year <= office.plan.last else None
    yield "VISION", 0, plan is not None and _says(plan.vision, 10)
    strategies = plan.strategies if plan else []
    yield from (("STRATEGY", 0, one.tactic and one.serves) for one in strategies)
    if not strategies:
        yield "STRATEGY", 0, False
    yield "PLAN", 0, plan is not None and plan.promulgated
    yield from (("PLAN", 0, all(text.strip() for text in work.texts.values())) for work in projects(office, year))
    yield from (("PLAN_CHANGE", 0, one.promulgated) for one in office.changes if one.year == year)


def _of_money(office: Office, year: int) -> Iterator[tuple[str, int, bool]]:
    yield "BUDGET", 0, any(one.approved and one.council_on for one in office.ordinances if one.year == year)
    for work in projects(office, year):
        if work.money is None:
            continue
        yield "BUDGET", 0, work.money == "approved"
        if work.money == "approved":
            yield "CONTRACT", 12, work.contract is not None
        if work.contract is None:
            continue
        until = Decimal(0)
        for one in work.contract.instalments:
            until += one.baht
            yield "DISBURSEMENT", _month_of(one.due_on, year), work.contract.paid >= until


def _month_of(day: date, year: int) -> int:
    return next((number for number in range(1, 13) if day <= month(year, number)[1]), 12)


def _of_grants(office: Office, year: int) -> Iterator[tuple[str, int, bool]]:
    here = [one for one in office.grants if one.year == year]
    for one in here:
        arrived = one.received is not None and (one.received == 0 or one.received_on is not None)
        yield one.kind, 0, one.allotted is not None and bool(one.letter.strip()) and arrived
    # Money that is told as revenue and of which no letter is on record.
    for letter, kind in (("G", "GRANT_GENERAL"), ("P", "GRANT_SPECIFIC")):
        told = any(of == year and item == letter and baht > 0 for (of, _m, item), baht in office.finance.items())
        if told and not any(one.kind == kind for one in here):
            yield kind, 0, False


def cells(book: Book, office: Office, year: int) -> dict[tuple[str, int], tuple[int, int]]:
    """(wanted, done) by topic and month."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for topic, number, done in items(book, office, year):
        wanted, have = found.get((topic, number), (0, 0))
        found[topic, number] = wanted + 1, have + done
    return found


def close_day(book: Book, day: date) -> None:
    """Keep the counts of the evening where they are others than before."""
    for office in book.offices.values():
        for year in book.years:
            now = cells(book, office, year)
            known = {key[2:] for key in book.counts if key[:2] == (office.code, year)}
            for topic, number in {*now, *known}:
                kept = book.counts.setdefault((office.code, year, topic, number), [])
                wanted, done = now.get((topic, number), (0, 0))
                if (kept[-1][1:] if kept else (0, 0)) != (wanted, done):
                    kept.append((day, wanted, done))


def counts_on(book: Book, key: tuple[str, int, str, int], day: date) -> tuple[int, int]:
    """(wanted, done) as they stood in the evening of a day."""
    return next(((w, d) for since, w, d in reversed(book.counts.get(key, [])) if since <= day), (0, 0))


@dataclass
class State:
    """A topic of one or several organisations on a day."""

    organisations: int = 0
    complete: int = 0
    partly: int = 0
    late: int = 0
    wanted: int = 0
    done: int = 0
    late_days: int | None = None

    def add(self, other: State) -> None:
        """Take another place's into this one."""
        for name in ("organisations", "complete", "partly", "late", "wanted", "done"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        days = [one for one in (self.late_days, other.late_days) if one is not None]
        self.late_days = max(days) if days else None

    @property
    def name(self) -> str:
        """In one word."""
        if not self.wanted:
            return "not_due"
        return "late" if self.late else "complete" if self.done == self.wanted else "partly"

    @property
    def percent(self) -> int | None:
        """Rounded down."""
        return self.done * 100 // self.wanted if self.wanted else None


def states(book: Book, office: Office, year: int, day: date) -> dict[str, State]:
    """Topics of an organisation with anything to be entered by now."""
    now = cells(book, office, year)
    found: dict[str, State] = {}
    for task in tasks(book, year):
        if task.opens_on > day:
            continue
        for number in range(task.first, task.last + 1):
            wanted, done = now.get((task.topic, number), (0, 0))
            if not wanted:
                continue
            state = found.setdefault(task.topic, State(organisations=1))
            state.wanted += wanted
            state.done += done
            if done < wanted and task.due_on < day:
                state.late_days = max(state.late_days or 0, (day - task.due_on).days)
    for state in found.values():
        state.late = int(state.late_days is not None)
        state.complete = int(state.done == state.wanted)
        state.partly = 1 - state.late - state.complete
    return found


@dataclass(frozen=True)
class Debt:
    """What an organisation owes of a task."""

    office: str
    task: Task
    missing: int
    days_late: int


def debts(book: Book, offices: Iterable[Office], day: date) -> list[Debt]:
    """Everything that is owed on a day, of every year whose calendar is open."""
    found = []
    for office in offices:
        for year in book.years:
            now = cells(book, office, year)
            for task in tasks(book, year):
                wanted = sum(now.get((task.topic, n), (0, 0))[0] for n in range(task.first, task.last + 1))
                done = sum(now.get((task.topic, n), (0, 0))[1] for n in range(task.first, task.last + 1))
                if task.opens_on <= day and done < wanted:
                    found.append(Debt(office.code, task, wanted - done, max((day - task.due_on).days, 0)))
    return found


def trend(book: Book, year: int, until: date) -> dict[date, tuple[int, int]]:
    """Wanted and done of the province on each day, of what was open on it."""
    opens = {(t.topic, n): t.opens_on for t in tasks(book, year) for n in range(t.first, t.last + 1)}
    found: dict[date, tuple[int, int]] = {}
    day = month(year, 1)[0]
    while day <= until:
        wanted = done = 0
        for key in book.counts:
            if key[1] == year and key[2:] in opens and opens[key[2:]] <= day:
                more = counts_on(book, key, day)
                wanted, done = wanted + more[0], done + more[1]
        found[day] = wanted, done
        day += timedelta(days=1)
    return found

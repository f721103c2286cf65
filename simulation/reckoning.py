"""The figures that must come out, reckoned from the book: a second, slower and plainer way to every number.

No import of the platform. Its files of rules (what is due in which month, points) are the law of both sides
and are read here once more, with arithmetic of this module's own. Everything is counted anew from the facts whenever it
is asked; nothing is carried forward but the counts at the end of each day (:func:`close_day`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from simulation.book import Book, Letter, Office, Person, Result, Thread, Work

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
WEEK = timedelta(days=7)


# --- the calendar ----------------------------------------------------------------------------------------------------


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
def _lines(name: str, folder: Path = RULES) -> tuple[dict[str, str], ...]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def tasks(book: Book, year: int) -> tuple[Task, ...]:
    """Matters of a fiscal year."""
    return _tasks(year, frozenset(book.moved.items()))


@cache
def _tasks(year: int, moved: frozenset[tuple[tuple[int, str, int], date]]) -> tuple[Task, ...]:
    found = []
    for line in _lines("calendar_rules.csv"):
        if not int(line["valid_from_be"]) <= year <= int(line["valid_to_be"] or 9999):
            continue
        first, last = int(line["period_from"]), int(line["period_to"])
        opens_on, due_on = month(year, int(line["opens_month"]))[0], month(year, int(line["due_month"]))[1]
        due_on = dict(moved).get((year, line["topic"], first), due_on)
        found.append(Task(year, line["topic"], first, last, opens_on, due_on))
    return tuple(found)


# --- what is to be entered and what is there -------------------------------------------------------------------------


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


# --- mail and messages -----------------------------------------------------------------------------------------------


@cache
def holidays(year: int) -> frozenset[date]:
    """Days of a year on which offices are closed, what falls on a weekend made up: a list kept here by hand."""
    named = []
    for line in _lines("holidays.csv", Path(__file__).parent):
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


def is_quiet(person: Person, clock: time) -> bool:
    """Whether somebody is not to be disturbed."""
    if person.quiet_from <= person.quiet_until:
        return person.quiet_from <= clock < person.quiet_until
    return not person.quiet_until <= clock < person.quiet_from


def free_at(person: Person, moment: datetime) -> datetime:
    """When mail may reach somebody: minute by minute from then on."""
    while not works_on(moment.date()) or is_quiet(person, moment.time()):
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return moment


def post(book: Book, person: Person, kind: str, key: str, moment: datetime, says: str = "") -> bool:
    """A mail that somebody has to get; not twice for one reason."""
    if person.mailbox is None or f"{kind}:{key}" in book.posted:
        return False
    book.posted.add(f"{kind}:{key}")
    waits = free_at(person, moment) if kind == "message" else moment
    book.letters.append(Letter(person.mailbox, kind, key, waits, says))
    return True


def deliver(book: Book, moment: datetime, refused: set[str]) -> None:
    """The postman goes: what is free arrives, what has no mailbox never does."""
    for letter in book.letters:
        if letter.arrived is None and not letter.refused and letter.free_at <= moment:
            if letter.mailbox in refused:
                letter.refused = True
            else:
                letter.arrived = moment


def side_of(book: Book, person: Person) -> str:
    """For whom somebody speaks."""
    return "ORGANISATION" if person.office else "DEPARTMENT" if person.role == "DLA_CENTRAL" else "PROVINCE"


def writes(book: Book, thread: Thread, author: Person, moment: datetime, *, told: Iterable[Person]) -> int:
    """Somebody writes: it is new for everybody whose matter it is, and mail goes to those who want it."""
    side = side_of(book, author)
    thread.sides.add(side)
    for one in book.people.values():
        same = thread.office == one.office if one.office else True
        if one is not author and one.role in WRITERS and same and side_of(book, one) in thread.sides:
            thread.new_for.add(one.key)
    thread.new_for.discard(author.key)
    thread.wrote.add(author.key)
    key = f"{thread.id}:%s:{moment.date()}"
    return sum(
        post(book, one, "message", key % one.key, moment) for one in told if one is not author and one.on_message
    )


def asked_people(book: Book, thread: Thread, author: Person) -> list[Person]:
    """To whom an ordinary message is told by mail: who wrote before, and whoever speaks for the side that is asked."""
    side = side_of(book, author)
    found = [
        one
        for one in book.people.values()
        if one.key in thread.wrote
        or (
            thread.addressed_to != side
            and one.role in WRITERS
            and side_of(book, one) == thread.addressed_to != "DEPARTMENT"
            and (one.office in (None, thread.office))
        )
    ]
    return [one for one in found if one is not author]


def digest_due(book: Book, person: Person, moment: datetime) -> tuple[bool, str | None]:
    """Whether somebody is thought of at this moment, and the numbers of their digest: what is owed, and what of it is
    late. None for who gets none."""
    day = moment.date()
    if not works_on(day) or person.digest == "off" or person.mailbox is None:
        return False, None
    if person.digest_on == day or is_quiet(person, moment.time()):
        return False, None
    monday = day - timedelta(days=day.weekday())
    first = not any(works_on(monday + timedelta(days=n)) for n in range(day.weekday()))
    if person.digest == "weekly" and not first:
        return True, None
    owed = owes(book, person, day)
    if not owed and not any(person.key in thread.new_for for thread in book.threads):
        return True, None
    return True, f"{len(owed)}/{sum(one.days_late > 0 for one in owed)}"


def owes(book: Book, person: Person, day: date) -> list[Debt]:
    """What is somebody's to enter, or to follow."""
    if person.office is None:
        return debts(book, book.offices.values(), day) if person.of_province else []
    own = debts(book, [book.offices[person.office]], day)
    return [one for one in own if person.role in ("LAO_PLANNER", OWNER[one.task.topic])]


# --- rounds of evaluation --------------------------------------------------------------------------------------------


def clocks(task: Task, result: Result | None, day: date) -> list[tuple[str, str, date | None, int | None]]:
    """The three legal periods of a yearly round on a day: fifteen days to announce, thirty to hang, the year's end."""
    submitted, announced = (result.submitted_on, result.announced_on) if result else (None, None)
    return [
        _period("announce", submitted and submitted + timedelta(days=15), announced, day),
        _hanging(result.posted if result else [], day),
        _period("year_end", task.due_on, announced, day),
    ]


def _period(name: str, until: date | None, done_on: date | None, day: date) -> tuple[str, str, date | None, int | None]:
    if until is None:
        return name, "waiting", None, None
    if done_on is not None:
        return name, "done_late" if done_on > until else "done", until, max((done_on - until).days, 0)
    return name, "late" if day > until else "running", until, abs((day - until).days)


def _hanging(posted: list[tuple[date, date | None]], day: date) -> tuple[str, str, date | None, int | None]:
    best: tuple[int, tuple[str, str, date | None, int | None]] | None = None
    for since, until in posted:
        end = since + timedelta(days=30)
        if until is not None and until < end:
            way = 2, ("post", "late", end, (end - until).days)
        elif day <= end:
            way = 1, ("post", "running", end, (end - day).days)
        else:
            way = 0, ("post", "done", end, 0)
        if best is None or (way[0], way[1][3]) < (best[0], best[1][3]):
            best = way
    return best[1] if best else ("post", "waiting", None, None)


# --- reports of the day ----------------------------------------------------------------------------------------------


def report_state(book: Book, officer: str, day: date, today: date) -> str:
    """How the report of a day stands: until the next working day to send it."""
    report = book.reports.get((officer, day))
    if day > today:
        return "to_come"
    if report is not None:
        return {"SENT": "sent", "SIGNED": "signed", "RETURNED": "returned"}[report.state]
    if not works_on(day):
        return "free"
    return "late" if today > report_due(day) else "unsent"


def report_due(day: date) -> date:
    """Last day on which the report of a day is in time: the next working day."""
    day += timedelta(days=1)
    while not works_on(day):
        day += timedelta(days=1)
    return day


# --- the score -------------------------------------------------------------------------------------------------------

Points = dict[str, tuple[int, int]]


def measures(book: Book, year: int, day: date) -> Points:
    """(wanted, done) of each criterion that the system measures."""
    due = {(t.topic, n): t.due_on for t in tasks(book, year) for n in range(t.first, t.last + 1)}
    begun = min((kept[0][0] for key, kept in book.counts.items() if key[1] == year and kept), default=day)
    points: Points = dict.fromkeys(("ITEMS_ON_TIME", "PLAN_ON_TIME"), (0, 0))
    for key, kept in book.counts.items():
        until = due.get(key[2:])
        if key[1] != year or until is None or not kept or not begun <= until < day:
            continue
        wanted, now = kept[-1][1:]
        if not wanted or key[2] == "COORDINATES":
            continue
        then = min(now, counts_on(book, key, until)[1])
        name, more = (
            ("PLAN_ON_TIME", (1, int(then == wanted))) if key[2] == "PLAN" else ("ITEMS_ON_TIME", (wanted, then))
        )
        points[name] = points[name][0] + more[0], points[name][1] + more[1]
    placed = [
        work.place == "VERIFIED"
        for office in book.offices.values()
        for work in projects(office, year)
        if work.money == "approved" and work.kind in ("road", "water")
    ]
    points["COORDINATES_VERIFIED"] = len(placed), sum(placed)
    points["RETURNED_ANSWERED"] = _returned(book, year, day, 15)
    answered = [
        one.decision == "CONFIRMED"
        for one in book.entries
        if _in_year(one.day, year) and (one.decision is not None or one.day + timedelta(days=30) < day)
    ]
    points["ON_BEHALF_CONFIRMED"] = len(answered), sum(answered)
    points["DUPLICATES_DECIDED"] = 0, 0
    return points


def _in_year(day: date, year: int) -> bool:
    return month(year, 1)[0] <= day <= month(year, 12)[1]


def _returned(book: Book, year: int, day: date, days: int) -> tuple[int, int]:
    wanted = done = 0
    for place, one in enumerate(book.sent):
        if one.status != "RETURNED" or not _in_year(one.day, year):
            continue
        until = one.day + timedelta(days=days)
        later = [other for other in book.sent[place + 1 :] if other.work is one.work]
        answers = [
            other.day
            for other in later
            if other.status == "VERIFIED" or (other.status == "SUBMITTED" and other.shape != one.shape)
        ]
        in_time = bool(answers) and answers[0] <= until
        if in_time or until < day:
            wanted, done = wanted + 1, done + in_time
    return wanted, done


def formula() -> dict[str, Decimal]:
    """Points of the criteria that the system measures."""
    return {one["code"]: Decimal(one["points"]) for one in _lines("score_formulas.csv") if one["part"] == "SYSTEM"}


def earned(points: Decimal, wanted: int, done: int) -> Decimal | None:
    """To the hundredth, half upwards."""
    if not wanted:
        return None
    return (points * done / wanted).quantize(Decimal("0.01"), ROUND_HALF_UP)


def system_points(found: Points) -> Decimal | None:
    """Of fifty; what could not be measured is left out of both sides."""
    rows = [(of, earned(of, *found[code])) for code, of in formula().items() if found[code][0]]
    whole = sum((of for of, _got in rows), Decimal(0))
    if not whole:
        return None
    got = sum((one or Decimal(0) for _of, one in rows), Decimal(0))
    return (50 * got / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)

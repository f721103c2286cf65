"""Legal clocks of the rounds, reports of the day and the yearly score: reckoned from the book, without the platform."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from simulation.book import Book, Result
from simulation.reckoning import counts_on, projects
from simulation.rules import Task, lines, month, tasks, works_on

# --- rounds of evaluation ---


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


# --- reports of the day ---


def report_state(book: Book, officer: str, day: date, today: date) -> str:
    """How the report of a day stands: until the next working day to send it."""
    report = book.reports.get((officer, day))
    if day > today:
        return "to_come"
    if report is not None:
        return {"SENT": "sent", "SIGNED": "signed", "RETURNED": "returned"}[report.state]
    # A call that was written down begins a report.
    begun = any(one.act == "calls" and (one.officer, one.day) == (officer, day) for one in book.said)
    if not works_on(day):
        return "draft" if begun else "free"
    if today > report_due(day):
        return "late"
    return "draft" if begun else "unsent"


def report_due(day: date) -> date:
    """Last day on which the report of a day is in time: the next working day."""
    day += timedelta(days=1)
    while not works_on(day):
        day += timedelta(days=1)
    return day


# --- the score ---

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
    return {one["code"]: Decimal(one["points"]) for one in lines("score_formulas.csv") if one["part"] == "SYSTEM"}


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

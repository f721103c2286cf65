"""Whose mail has to arrive when, and for whom a matter is new: reckoned from the book, without the platform."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from simulation.book import Book, Letter, Person, Thread
from simulation.reckoning import Debt, debts
from simulation.rules import OWNER, WRITERS, works_on

WEEK = timedelta(days=7)


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

"""What the people of the simulated province did, written down by the simulation itself.

Facts only, as a clerk would note them beside the machine: what stands in which form, who sent what, when. Nothing here
reads the platform's database or code; :mod:`simulation.reckoning` works the expected figures out of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal


@dataclass(eq=False)
class Person:
    """Somebody with an account. ``mailbox``: their address; ``refused``: its server takes nothing for them."""

    key: str
    role: str
    office: str | None = None
    mailbox: str | None = None
    refused: bool = False
    digest: str = "daily"
    on_message: bool = True
    quiet_from: time = time(18)
    quiet_until: time = time(8)
    digest_on: date | None = None
    id: int = 0

    @property
    def of_province(self) -> bool:
        """Works in the provincial office."""
        return self.role in ("PROV_OFFICER", "PROV_HEAD")


@dataclass
class Instalment:
    """A payment that falls due."""

    baht: Decimal
    due_on: date


@dataclass
class Contract:
    """A contract with its instalments and what is paid of it."""

    instalments: list[Instalment]
    paid: Decimal = Decimal(0)


@dataclass(eq=False)
class Work:
    """A line of the plan in one year, from promulgation on a project."""

    name: str
    kind: str
    year: int
    baht: Decimal
    texts: dict[str, str]
    code: str = ""
    project: bool = False
    money: str | None = None
    contract: Contract | None = None
    place: str | None = None


@dataclass
class Strategy:
    """A strategy of the plan."""

    tactic: bool
    serves: bool


@dataclass
class Plan:
    """The development plan and its years."""

    first: int
    last: int
    vision: str = ""
    strategies: list[Strategy] = field(default_factory=list)
    promulgated: bool = False


@dataclass(eq=False)
class Change:
    """A change of the plan that was begun."""

    year: int
    promulgated: bool = False


@dataclass
class Ordinance:
    """The annual budget."""

    year: int
    approved: bool = False
    council_on: date | None = None


@dataclass(eq=False)
class Grant:
    """A grant with its letter."""

    year: int
    kind: str
    letter: str = ""
    allotted: Decimal | None = None
    received: Decimal | None = None
    received_on: date | None = None


@dataclass(eq=False)
class Result:
    """The result of a round of evaluation."""

    year: int
    period: int
    submitted_on: date | None = None
    announced_on: date | None = None
    posted: list[tuple[date, date | None]] = field(default_factory=list)


@dataclass(eq=False)
class Office:
    """A local organisation and what stands in its forms."""

    code: str
    amphoe: str | None
    profile: dict[str, object] = field(default_factory=dict)
    population: dict[int, tuple[int | None, int | None, int | None]] = field(default_factory=dict)
    plan: Plan | None = None
    works: list[Work] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    ordinances: list[Ordinance] = field(default_factory=list)
    finance: dict[tuple[int, int, str], Decimal] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


@dataclass(eq=False)
class Thread:
    """A matter: who takes part, who wrote, for whom it is new. ``office`` is none between province and department."""

    office: str
    sides: set[str]
    asked_by: str
    addressed_to: str
    state: str = "OPEN"
    wrote: set[str] = field(default_factory=set)
    new_for: set[str] = field(default_factory=set)
    id: int = 0


@dataclass(eq=False)
class Letter:
    """A mail that has to arrive: not before ``free_at``; ``arrived`` when the server took it. ``says``: its numbers."""

    mailbox: str
    kind: str
    key: str
    free_at: datetime
    says: str = ""
    arrived: datetime | None = None
    refused: bool = False


@dataclass
class Entry:
    """Something that an officer entered for an organisation, and what that said of it."""

    receipt: str
    office: str
    officer: str
    day: date
    decision: str | None = None


@dataclass
class Sent:
    """A version of coordinates: who sees it last decides what became of the one before."""

    work: Work
    office: str
    status: str
    day: date
    shape: int


@dataclass
class Report:
    """An officer's report of a day; it says what was done before it was sent."""

    officer: str
    day: date
    sent_at: datetime
    state: str = "SENT"


@dataclass
class Said:
    """An act of an officer as their report has to count it: a record that is written twice in a day is one."""

    officer: str
    day: date
    office: str
    act: str
    records: frozenset[str]
    at: datetime
    topic: str | None = None
    receipt: str | None = None


@dataclass
class Book:
    """Everything that was written down."""

    offices: dict[str, Office] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    years: list[int] = field(default_factory=list)
    moved: dict[tuple[int, str, int], date] = field(default_factory=dict)
    threads: list[Thread] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    posted: set[str] = field(default_factory=set)
    reminded: dict[tuple[str, int, str, int], datetime] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    reports: dict[tuple[str, date], Report] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    marks: dict[str, Decimal] = field(default_factory=dict)
    counts: dict[tuple[str, int, str, int], list[tuple[date, int, int]]] = field(default_factory=dict)
    tally: dict[str, int] = field(default_factory=dict)

    def note(self, what: str, number: int = 1) -> None:
        """Count something that happened."""
        self.tally[what] = self.tally.get(what, 0) + number

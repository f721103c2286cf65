"""The year: mornings with their mail, acts in their hours, the worker's night, and a comparison on chosen evenings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from simulation import reckoning, rules
from simulation.agenda import AFTERNOON, EVENINGS, MORNING, Agenda
from simulation.book import Book, Person
from simulation.clock import ZONE
from simulation.compare import Comparison
from simulation.offices import OfficeYear
from simulation.post import deliver, digest_due, post
from simulation.rules import month, works_on
from simulation.site import Site
from simulation.talk import Talk
from simulation.world import PROVINCE, settle

ROUNDS = (time(8, 30), time(12, 30), time(17, 30))
NIGHT = time(23, 30)
REPORTS = time(16, 45)
OVERTIME = 40
"""Days after the fiscal year: what is due in October, the points, the end of the year."""
COUNTED = ("count what is entered",)


@dataclass
class Story:
    """What is asked for: a seed, so many organisations, so many days of a fiscal year (B.E.)."""

    seed: int = 2571
    organisations: int = 6
    year: int = 2571
    days: int | None = None

    @property
    def first(self) -> date:
        """Its first day."""
        return month(self.year, 1)[0]

    @property
    def last(self) -> date:
        """Its last day."""
        whole = month(self.year, 12)[1] + timedelta(days=OVERTIME)
        return whole if self.days is None else min(whole, self.first + timedelta(days=self.days - 1))


class Year:
    """One run."""

    def __init__(self, site: Site, story: Story, say: Callable[[str], None]) -> None:
        self.site, self.story, self.say = site, story, say
        site.clock.set(datetime.combine(story.first, time(6), ZONE))
        self.book = Book()
        places = settle(site, self.book, story.seed, story.organisations)
        self.agenda = Agenda(story.seed, story.first - timedelta(days=1))
        self.chance = self.agenda.chance
        self.talk = Talk(site, self.book, places)
        self.comparison = Comparison(site, self.book, story.year)
        people = self.book.people
        self.officers = (people["officer-a"], people["officer-b"])
        self.head, self.department = people["head"], people["department"]
        self.refused: set[str] = set()
        self.outage = False
        self.offices = [
            OfficeYear(self.talk, self.agenda, office, number, story.year)
            for number, office in enumerate(self.book.offices.values())
        ]

    def run(self) -> Comparison:
        """Every day of it."""
        for person in self.book.people.values():
            self.talk.wishes(person)
        self._prepare()
        day = self.story.first
        while day <= self.story.last:
            self._day(day)
            day += timedelta(days=1)
        self.comparison.whole_year(self.story.last)
        return self.comparison

    # --- a day ---

    def _day(self, day: date) -> None:
        self.agenda.today = day
        self._open_years(day)
        for hour in sorted({*ROUNDS, *EVENINGS, *self.agenda.hours(day)}):
            moment = datetime.combine(day, hour, ZONE)
            self.site.clock.set(moment)
            acts = self.agenda.take(day, hour)
            for act in acts:
                act()
            if hour in ROUNDS and (works_on(day) or hour == ROUNDS[0]):
                self._round(moment)
        self._round(datetime.combine(day, NIGHT, ZONE), night=True)
        reckoning.close_day(self.book, day)
        if self._is_checked(day):
            self.comparison.evening(day, whole=_ends_month(day) or day == self.story.last)
            self.say(f"{day}: {self.comparison.total} figures compared, {len(self.comparison.differences)} differ")

    def _round(self, moment: datetime, *, night: bool = False) -> None:
        """The worker goes round; the book says what mail has to come of it."""
        self.site.work(moment, night=night)
        for person in self.book.people.values():
            thought_of, says = digest_due(self.book, person, moment)
            if thought_of:
                person.digest_on = moment.date()
            if says is not None:
                post(self.book, person, "digest", f"{person.key}:{moment.date()}", moment, says)
        if not self.outage:
            deliver(self.book, moment, self.refused)
        self.comparison.mail(moment)

    def _is_checked(self, day: date) -> bool:
        """The end of every month and the last day; of a whole year an evening more of each that the seed chooses."""
        chosen = 4 + (self.story.seed + 7 * day.month) % 21
        return _ends_month(day) or day == self.story.last or (self.story.days is None and day.day == chosen)

    def _open_years(self, day: date) -> None:
        """The calendar of a year opens with it, that of the next one in July."""
        year = self.story.year
        self.book.years = [year] if day < month(year, 10)[0] else [year, year + 1]

    # --- what is put on the agenda before the year begins ---

    def _prepare(self) -> None:
        for office in self.offices:
            office.begin()
            for _ in range(4):
                self.agenda.on(
                    self.story.first + timedelta(days=self.chance.randint(5, 330)),
                    partial(office.ask, self.officers),
                )
        self._new_address()
        self._no_mailbox()
        first, year = self.story.first, self.story.year
        self.agenda.on(month(year, 5)[0] + timedelta(days=12), self._outage)
        self.agenda.on(month(year, 6)[0] + timedelta(days=20), self._move_budget)
        for place, officer in enumerate(self.officers):
            self._every(first + timedelta(days=5 + place), 7, partial(self._remind, officer, place))
            self._every(first + timedelta(days=40 + place), 7, partial(self._review, officer), AFTERNOON)
            self._every(first + timedelta(days=75 + 5 * place), 11, partial(self._on_behalf, officer))
            self._every(first, 1, partial(self._report, officer, place), REPORTS)
        self._every(first + timedelta(days=4), 7, self._sign, AFTERNOON)
        self._end_of_year()

    def _every(self, day: date, days: int, act: Callable[[], None], hour: time = MORNING) -> None:
        """Again and again on working days; an hour later every other time, for what may be done once in seven days."""
        count = 0
        while day <= self.story.last:
            if works_on(day):
                later = time(hour.hour + count % 2, hour.minute) if days == 7 else hour
                self.agenda.exactly(day, act, later)
                count += 1
            day += timedelta(days=days)

    def _new_address(self) -> None:
        """Somebody gives an address of their own and confirms it by the code that comes."""
        who = next((p for p in self.book.people.values() if p.office and p.mailbox is None), None)
        if who is not None:
            address = f"own-{who.key}@example.org"
            day = self.story.first + timedelta(days=14)
            self.agenda.exactly(day, lambda: self.talk.give_address(who, address))
            self.agenda.exactly(day + timedelta(days=1), lambda: self.talk.confirm_address(who, address), time(9))

    def _no_mailbox(self) -> None:
        """Somebody's address is no more."""
        who = next((p for p in self.book.people.values() if p.office and p.mailbox and p.digest == "daily"), None)
        if who is not None and who.mailbox:
            self.refused.add(who.mailbox)
            self.site.mail.refusals[who.mailbox] = "550 5.1.1 no such mailbox"

    def _outage(self) -> None:
        """The mail server takes nothing for two days; nothing is lost."""
        busy = {p.mailbox: "451 4.3.0 later" for p in self.book.people.values() if p.mailbox}
        kept = {one: "550 5.1.1 no such mailbox" for one in self.refused}
        self.site.mail.refusals.update({one: word for one, word in busy.items() if one and one not in kept})
        self.outage = True

        def over() -> None:
            self.site.mail.refusals.clear()
            self.site.mail.refusals.update(kept)
            self.outage = False

        self.agenda.exactly(self.agenda.today + timedelta(days=2), over, time(7))

    def _move_budget(self) -> None:
        """The department gives everybody another month for the ordinance."""
        task = next(one for one in rules.tasks(self.book, self.story.year) if one.topic == "BUDGET")
        self.talk.move(self.department, task, month(self.story.year, 8)[1])

    # --- the provincial office ---

    def _remind(self, officer: Person, place: int) -> None:
        """Monday's list: the organisations of an officer with anything overdue, some of them in the evening again."""
        self.site.work(datetime.now(ZONE), COUNTED)
        for number, office in enumerate(self.offices):
            if number % 2 != place:
                continue
            owed = reckoning.debts(self.book, [office.office], self.talk.today)
            if not any(one.days_late for one in owed):
                continue
            self._press(officer, office)
            self.talk.call(officer, office.office, self.talk.today)
            if self.chance.random() < 0.3:
                who = self.head if self.chance.random() < 0.5 else officer
                later = self.talk.today + timedelta(days=self.chance.randint(0, 5))
                # Never the same minute of two weeks: seven days are over then or not by a breath.
                hour = EVENINGS[later.toordinal() // 7 % 2]
                self.agenda.exactly(later, partial(self._press, who, office), hour)

    def _press(self, who: Person, office: OfficeYear) -> None:
        self.site.work(datetime.now(ZONE), COUNTED)
        owed = reckoning.debts(self.book, [office.office], self.talk.today)
        pressed = self.talk.remind(who, office.office)
        for name, answered, reckoned in zip(
            ("reminders sent", "reminder mails", "reminders refused"), pressed.answered, pressed.reckoned, strict=True
        ):
            self.comparison.equal(name, f"{office.office.code} {self.talk.now:%Y-%m-%d %H:%M}", answered, reckoned)
        self.book.note("reminders sent", pressed.reckoned[0])
        self.book.note("reminders refused (7 days)", pressed.reckoned[2])
        office.reminded({one.task.topic for one in owed})

    def _review(self, officer: Person) -> None:
        """Coordinates that wait, but for the officer's own."""
        for office in self.offices:
            for work in office.office.works:
                if work.place != "SUBMITTED" or self.chance.random() < 0.2:
                    continue
                if any(one.officer == officer.key and one.receipt in self._own(work.code) for one in self.book.entries):
                    continue
                back = self.chance.random() < 0.3
                self.talk.review(officer, office.office, work, "RETURNED" if back else "VERIFIED")
                self.book.note("coordinates returned" if back else "coordinates verified")
                if back:
                    office.mend(work)

    def _own(self, code: str) -> set[str]:
        """Receipts of coordinates of a work that officers entered."""
        return {
            one.receipt or ""
            for one in self.book.said
            if one.topic == "COORDINATES" and any(record.startswith(f"COORDINATES:{code}:") for record in one.records)
        }

    def _on_behalf(self, officer: Person) -> None:
        """Who was reminded in vain: the officer enters it, and the executive says whether it is so."""
        self.site.work(datetime.now(ZONE), COUNTED)
        for office in self.chance.sample(self.offices, k=min(2, len(self.offices))):
            of, year = office.office, self.story.year
            before = len(self.book.entries)
            late = {one.task.topic: one for one in reckoning.debts(self.book, [of], self.talk.today) if one.days_late}
            if "FINANCE" in late:
                number = late["FINANCE"].task.first
                amounts = {one: Decimal(7_000) for one in "RES" if (year, number, one) not in of.finance}
                if late["FINANCE"].task.year == year:
                    self.talk.finance(officer, of, year, number, amounts)
            elif "POPULATION" in late and late["POPULATION"].task.year == year:
                self.talk.population(officer, of, year - 1, (2000, 2100, 900))
            elif "LAO_DATA" in late:
                self.talk.profile(officer, of, {"staff_count": 30, "council_members": 12})
            if "COORDINATES" in late:
                open_ones = [w for w in reckoning.projects(of, year) if w.kind != "other" and w.place is None]
                if open_ones:
                    self.talk.place(officer, of, open_ones[0])
            for entry in self.book.entries[before:]:
                decision = self.chance.choices(("CONFIRMED", "DENIED", None), (7, 2, 1))[0]
                if decision is not None:
                    self.agenda.after(2, 45, partial(self.talk.decide, office.executive, entry, decision), AFTERNOON)

    def _report(self, officer: Person, place: int) -> None:
        """The report of the day; one of the two officers forgets now and then."""
        day = self.talk.today
        if place == 1 and self.chance.random() < 0.15:
            if self.chance.random() < 0.7:
                self.agenda.after(1, 6, lambda: self.talk.send_report(officer, day), REPORTS)
            return
        self.talk.send_report(officer, day)

    def _sign(self) -> None:
        """Fridays: the head signs what was sent, and sends one back now and then."""
        for report in self.book.reports.values():
            if report.state == "SENT" and report.day < self.talk.today:
                good = self.chance.random() > 0.05
                self.talk.judge_report(self.head, report, sign=good)
                if not good:
                    officer = self.book.people[report.officer]
                    self.agenda.after(1, 4, partial(self.talk.send_report, officer, report.day), REPORTS)

    # --- the end of the year ---

    def _end_of_year(self) -> None:
        year, after = self.story.year, month(self.story.year, 13)[0]
        given = {"ADVICE": "12.5", "ANALYSIS": "11", "TASKS": "9.25", "CONDUCT": "10"}

        def mark() -> None:
            for criterion, points in given.items():
                self.talk.mark(self.head, PROVINCE, year, criterion, Decimal(points))

        def appeal() -> None:
            one = self.talk.appeal(self.officers[0], PROVINCE, year, "ANALYSIS")
            two = self.talk.appeal(self.officers[1], PROVINCE, year, "ITEMS_ON_TIME")
            self.agenda.after(2, 5, lambda: answer(one, two))

        def answer(one: int, two: int) -> None:
            self.talk.answer_appeal(self.head, PROVINCE, year, one, "UPHELD", points=Decimal("13.5"))
            self.book.marks["ANALYSIS"] = Decimal("13.5")
            self.talk.answer_appeal(self.department, PROVINCE, year, two, "DISMISSED")

        self.agenda.on(after + timedelta(days=5), mark)
        self.agenda.on(after + timedelta(days=8), appeal)
        self.agenda.on(month(year, 13)[1] + timedelta(days=3), self._finalise)

    def _finalise(self) -> None:
        self.comparison.final_expected(self.talk.today)
        self.talk.finalise(self.department, PROVINCE, self.story.year)


def _ends_month(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month

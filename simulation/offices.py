"""What an organisation does in its year: in time, late, only when it was reminded, or half.

Every habit is drawn from the seed. A thing that waits for a reminder stands in ``waiting`` until somebody presses
เตือน; an empty save is a save of blanks and dashes, which must count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from simulation.agenda import AFTERNOON, MORNING, NOON, Agenda
from simulation.book import Change, Grant, Instalment, Office, Person, Work
from simulation.reckoning import projects
from simulation.rules import month
from simulation.talk import Talk

HABITS = ("punctual", "mixed", "late", "sleepy", "mixed", "punctual", "late", "mixed")
WORDS = {
    "objective": "เพื่อให้สัญจรสะดวก", "target": "1 สาย", "indicator": "ร้อยละ 80",
    "expected_result": "ประชาชนสัญจรสะดวก", "department": "กองช่าง",
}  # fmt: skip
KINDS = ("road", "road", "water", "other", "road")
NAMES = {"road": "ก่อสร้างถนน คสล. สายที่", "water": "ขุดลอกหนองน้ำ แห่งที่", "other": "ก่อสร้างศาลาเอนกประสงค์ หลังที่"}
NOTHING = {"address": "-", "office_phone": None, "general_condition": "ไม่มี", "council_members": 0, "staff_count": None}


class OfficeYear:
    """The year of one organisation."""

    def __init__(self, talk: Talk, agenda: Agenda, office: Office, number: int, year: int) -> None:
        self.talk, self.agenda, self.office, self.year = talk, agenda, office, year
        self.number = number
        self.habit = HABITS[number % len(HABITS)]
        self.chance = agenda.chance
        self.waiting: list[tuple[str, Callable[[], None]]] = []
        people = talk.book.people
        self.planner, self.finance_officer, self.engineer, self.executive = (
            people[f"{role}-{number + 1}"] for role in ("planner", "finance", "engineer", "executive")
        )

    # --- when things are done ---

    def _habit(self) -> str:
        """Of one thing: mostly the organisation's own."""
        ways = {
            "punctual": ("early", "early", "early", "early", "late"),
            "mixed": ("early", "early", "late", "reminded", "early"),
            "late": ("early", "late", "late", "reminded", "early"),
            "sleepy": ("reminded", "reminded", "late", "never", "early"),
        }
        return self.chance.choice(ways[self.habit])

    def plan_for(
        self, topic: str, opens_on: date, due_on: date, act: Callable[[], None], *, never: bool = True
    ) -> None:
        """Put an act where the habit has it."""
        habit = self._habit()
        if habit == "never" and not never:
            habit = "reminded"
        hour = self.chance.choice((MORNING, NOON, AFTERNOON))
        if habit == "early":
            self.agenda.on(
                opens_on + timedelta(days=self.chance.randint(0, max((due_on - opens_on).days - 4, 0))), act, hour
            )
        elif habit == "late":
            self.agenda.on(due_on + timedelta(days=self.chance.randint(1, 40)), act, hour)
        else:
            self.waiting.append((topic, act) if habit == "reminded" else ("", act))

    def reminded(self, topics: set[str]) -> None:
        """Somebody pressed เตือน: what waited for it is done within days."""
        for one in [one for one in self.waiting if one[0] in topics]:
            self.waiting.remove(one)
            self.agenda.after(1, 9, one[1])

    # --- the year ---

    def begin(self) -> None:
        """Everything that the calendar asks for."""
        year = self.year
        first = month(year, 1)[0]
        if self.chance.random() < 0.5:
            self.agenda.on(first + timedelta(days=self.chance.randint(1, 20)), self._nothing)
        self.plan_for("LAO_DATA", *_until(year, 1, 2), self._profile)
        self.plan_for("POPULATION", *_until(year, 1, 2), self._population)
        self.plan_for("VISION", *_until(year, 2, 4), self._plan, never=False)
        for number in range(1, 13):
            self.plan_for("FINANCE", *_until(year, number + 1, number + 1), self._finance(number))
        self.plan_for("EVALUATION", first, month(year, 3)[1], self._result, never=False)
        self.agenda.on(first + timedelta(days=self.chance.randint(30, 90)), self._grant)

    def _nothing(self) -> None:
        """Empty saves."""
        self.talk.profile(self.planner, self.office, NOTHING)
        self.talk.population(self.planner, self.office, self.year - 1, (0, 0, None))
        self.talk.book.note("empty saves", 2)

    def _profile(self) -> None:
        parts = {
            "address": f"{self.number + 1} หมู่ 1 ตำบลสาธิต", "postcode": "99110", "office_phone": "02-000-0000",
            "office_email": f"office{self.number + 1}@example.org", "area_km2": Decimal("41.50"),
            "council_members": 12, "staff_count": 38, "general_condition": "พื้นที่ราบลุ่ม ประชากรส่วนใหญ่ทำนา",
        }  # fmt: skip
        if self.chance.random() < 0.5:
            left = self.chance.sample(sorted(parts), 3)
            self.talk.profile(self.planner, self.office, {k: v for k, v in parts.items() if k not in left})
            rest = {k: v for k, v in parts.items() if k in left}
            self.agenda.after(3, 50, lambda: self.talk.profile(self.planner, self.office, rest))
        else:
            self.talk.profile(self.planner, self.office, parts)

    def _population(self) -> None:
        self.talk.population(self.planner, self.office, self.year - 1, (2100 + self.number, 2240, 1310))

    def _finance(self, number: int) -> Callable[[], None]:
        def enter() -> None:
            amounts: dict[str, Decimal | None] = {
                letter: Decimal(10_000 * number + self.number)
                for letter in self.chance.choice(("RES", "RES", "RE", "S"))
            }
            if number in (3, 8) and self.chance.random() < 0.6:
                amounts["G"] = Decimal(250_000)
            if number == 5 and self.chance.random() < 0.4:
                amounts["P"] = Decimal(900_000)
            if self.chance.random() < 0.1:
                self.talk.finance(self.finance_officer, self.office, self.year, number, {"R": None})
                self.talk.book.note("empty saves")
            self.talk.finance(self.finance_officer, self.office, self.year, number, amounts)
            rest = {letter: Decimal(5_000) for letter in "RES" if letter not in amounts}
            if rest and self.chance.random() < 0.8:
                self.agenda.after(
                    2, 40, lambda: self.talk.finance(self.finance_officer, self.office, self.year, number, dict(rest))
                )

        return enter

    def _grant(self) -> None:
        kind = self.chance.choice(("GRANT_GENERAL", "GRANT_SPECIFIC"))
        grant = Grant(self.year, kind, allotted=Decimal(250_000))
        self.talk.grant(self.finance_officer, self.office, grant)
        if self.chance.random() < 0.8:
            self.agenda.after(
                10, 150,
                lambda: self.talk.mend_grant(
                    self.finance_officer, self.office, grant, "มท 0810.6/ว 1", Decimal(250_000), self.talk.today
                ),
            )  # fmt: skip
        if self.chance.random() < 0.4:
            self.agenda.after(40, 150, self._grant)

    # --- plan, budget, contracts, payments ---

    def _plan(self) -> None:
        self.talk.begin_plan(self.planner, self.office, self.year, "ตำบลน่าอยู่ คมนาคมสะดวก น้ำไม่แล้ง")
        self.talk.strategy(self.planner, self.office, tactic=True, serves=True)
        if self.chance.random() < 0.5:
            self.talk.strategy(self.planner, self.office, tactic=False, serves=self.chance.random() < 0.5)
            if self.chance.random() < 0.8:
                self.agenda.after(5, 80, lambda: self.talk.mend_strategy(self.planner, self.office, 1))
        self.agenda.after(3, 12, self._lines)

    def _work(self) -> Work:
        kind = KINDS[(len(self.office.works) + self.number) % len(KINDS)]
        name = f"{NAMES[kind]} {len(self.office.works) + 1} หมู่ {self.number + 1}"
        texts = dict(WORDS)
        if self.chance.random() < 0.25:
            texts["department"] = ""
        return Work(name, kind, self.year, Decimal(self.chance.randint(20, 90) * 10_000), texts)

    def _lines(self) -> None:
        works: list[Work] = []
        for _ in range(self.chance.randint(3, 5)):
            work = self._work()
            work.name = work.name.replace("หมู่", f"ช่วง {len(works) + 1} หมู่")
            work.kind = KINDS[(len(works) + self.number) % len(KINDS)]
            works.append(work)
        # One of them is a work of the next year: nothing is to be entered for it now.
        works[-1].year += self.chance.random() < 0.5
        self.talk.lines(self.planner, self.office, works)
        self.agenda.after(5, 30, self._promulgate)

    def _promulgate(self) -> None:
        self.talk.promulgate(self.planner, self.executive, self.office)
        first, last = month(self.year, 4)[0], month(self.year, 6)[1]
        self.plan_for("BUDGET", first, last, self._budget, never=False)
        for work in projects(self.office, self.year):
            if work.kind != "other":
                self.plan_for("COORDINATES", self.agenda.today, month(self.year, 6)[1], self._placer(work))
        if self.chance.random() < 0.5:
            self.agenda.after(30, 120, self._change)

    def _change(self) -> None:
        change = self.talk.begin_change(self.planner, self.office, self.year)
        self.talk.lines(self.planner, self.office, [self._work()])
        if self.chance.random() < 0.7:
            self.agenda.after(10, 60, lambda: self._promulgate_change(change))

    def _promulgate_change(self, change: Change) -> None:
        before = set(map(id, projects(self.office, self.year)))
        self.talk.promulgate(self.planner, self.executive, self.office, change)
        for work in projects(self.office, self.year):
            if id(work) not in before and work.kind != "other":
                self.plan_for("COORDINATES", self.agenda.today, month(self.year, 10)[1], self._placer(work))
        if any(not work.texts["department"] for work in projects(self.office, self.year)):
            self.agenda.after(5, 40, self._correct)

    def _correct(self) -> None:
        wrong = [work for work in self.office.works if work.project and not work.texts["department"]]
        change = self.talk.begin_correction(self.planner, self.office, self.year)
        self.talk.mend_lines(self.planner, self.office, wrong)

        def decide() -> None:
            self.talk.promulgate(self.planner, self.executive, self.office, change)
            for work in wrong:
                work.texts["department"] = "กองช่าง"

        self.agenda.after(3, 20, decide)

    def _budget(self) -> None:
        works = [work for work in projects(self.office, self.year) if work.money is None]
        if not works:
            return
        if len(works) > 2 and self.chance.random() < 0.4:
            works = works[:-1]
        document = self.talk.begin_budget(self.planner, self.office, self.year, works)
        self.agenda.after(3, 15, lambda: self._send_budget(document, again=self.chance.random() < 0.4))

    def _send_budget(self, document: int, *, again: bool) -> None:
        self.talk.send_budget(self.planner, document, self.talk.today)
        if again:
            self.agenda.after(2, 10, lambda: self._return_budget(document))
        else:
            self.agenda.after(2, 20, lambda: self._approve_budget(document))

    def _return_budget(self, document: int) -> None:
        self.talk.return_budget(self.executive, document)
        self.agenda.after(2, 20, lambda: self._send_budget(document, again=False))

    def _approve_budget(self, document: int) -> None:
        self.talk.approve_budget(self.executive, self.office, document)
        for work in projects(self.office, self.year):
            if work.money == "approved":
                self.plan_for("CONTRACT", self.agenda.today, month(self.year, 9)[1], self._signer(work))

    def _signer(self, work: Work) -> Callable[[], None]:
        def sign() -> None:
            if self.talk.today > month(self.year, 12)[1]:
                return  # the money of the year is over
            half = (work.baht / 2).quantize(Decimal("0.01"))
            today, last = self.talk.today, month(self.year, 12)[1]
            first = min(today + timedelta(days=self.chance.randint(20, 60)), last)
            second = min(first + timedelta(days=self.chance.randint(20, 60)), last)
            due = [Instalment(half, first), Instalment(work.baht - half, second)]
            self.talk.contract(self.finance_officer, self.office, work, due)
            for number, one in enumerate(due):
                self.plan_for("DISBURSEMENT", one.due_on, one.due_on + timedelta(days=25), self._payer(work, number))

        return sign

    def _payer(self, work: Work, number: int) -> Callable[[], None]:
        def pay() -> None:
            assert work.contract is not None
            if self.talk.today > month(self.year, 12)[1]:
                return
            baht = work.contract.instalments[number].baht
            if self.chance.random() < 0.15:
                # A part of it: an instalment that is not paid whole is not paid.
                part = (baht / 3).quantize(Decimal("0.01"))
                self.talk.pay(self.finance_officer, self.office, work, part)
                self.agenda.after(5, 30, lambda: self._pay_rest(work, baht - part))
            else:
                self.talk.pay(self.finance_officer, self.office, work, baht)

        return pay

    def _pay_rest(self, work: Work, baht: Decimal) -> None:
        if self.talk.today <= month(self.year, 12)[1]:
            self.talk.pay(self.finance_officer, self.office, work, baht)

    # --- coordinates ---

    def _placer(self, work: Work) -> Callable[[], None]:
        def draw() -> None:
            if work.place is None:
                self.talk.place(self.engineer, self.office, work)

        return draw

    def mend(self, work: Work) -> None:
        """Coordinates came back with a comment."""
        if self.chance.random() < 0.1:
            return  # never
        again = self.chance.random() < 0.25
        self.agenda.after(2, 35, lambda: self._mended(work, again=again))

    def _mended(self, work: Work, *, again: bool) -> None:
        if work.place == "RETURNED":
            self.talk.place(self.engineer, self.office, work, again=again)

    # --- the round of evaluation ---

    def _result(self) -> None:
        number = self.talk.propose_result(self.planner, self.office, self.year, 0)
        self.agenda.after(1, 10, lambda: self._submit(number))

    def _submit(self, number: int) -> None:
        self.talk.submit_result(self.executive, self.office, number, self.talk.today)
        self.agenda.after(1, 25, lambda: self._announce(number))

    def _announce(self, number: int) -> None:
        self.talk.announce_result(self.executive, self.office, number)
        until = self.agenda.today + timedelta(days=self.chance.choice((20, 30, 45)))
        if self.chance.random() < 0.7:
            self.agenda.after(1, 5, lambda: self.talk.post_result(self.planner, self.office, number, until))

    # --- questions ---

    def ask(self, officers: tuple[Person, Person]) -> None:
        """A question to the province, answered by one of its officers and thanked for."""
        thread = self.talk.ask(self.planner, self.office, f"สอบถามการกรอกข้อมูล ครั้งที่ {self.talk.book.tally['acts']}")
        answering = self.chance.choice(officers)

        def answer() -> None:
            self.talk.open(answering, thread)
            self.talk.reply(answering, thread)
            if self.chance.random() < 0.6:
                self.agenda.after(1, 6, lambda: self.talk.open(self.planner, thread))
            if self.chance.random() < 0.4:
                self.agenda.after(7, 12, lambda: self.talk.reply(self.planner, thread), AFTERNOON)

        self.agenda.after(1, 12, answer)


def _until(year: int, opens: int, due: int) -> tuple[date, date]:
    return month(year, opens)[0], month(year, due)[1]

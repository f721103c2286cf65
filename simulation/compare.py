"""What the platform answers beside what was reckoned: every figure counts, every difference is kept."""

from __future__ import annotations

import email.utils
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.queries.completeness import Scope
from app.queries.completeness import trend as app_trend
from app.queries.notifications import mail_sums
from simulation import judging, reckoning, rules
from simulation.book import Book, Office
from simulation.clock import ZONE
from simulation.reckoning import State
from simulation.site import Site
from simulation.world import PROVINCE

MOST_UNREAD = 100
"""The platform counts no further."""


@dataclass(frozen=True)
class Difference:
    """A figure of the platform that is not the reckoned one."""

    what: str
    where: str
    answered: Any
    reckoned: Any

    def __str__(self) -> str:
        return f"{self.what} | {self.where}: platform {self.answered!r}, reckoned {self.reckoned!r}"


@dataclass
class Comparison:
    """Counts of compared figures by kind, and the differences."""

    site: Site
    book: Book
    year: int
    compared: Counter[str] = field(default_factory=Counter)
    equal_ones: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    mails_seen: int = 0
    final: dict[str, Any] | None = None

    @property
    def total(self) -> int:
        """How many figures."""
        return self.compared.total()

    def equal(self, what: str, where: str, answered: Any, reckoned: Any) -> None:
        """One figure."""
        self.compared[what] += 1
        if answered == reckoned:
            self.equal_ones[what] += 1
        else:
            self.differences.append(Difference(what, where, answered, reckoned))

    # --- every round of the worker ---

    def mail(self, moment: datetime) -> None:
        """What the mail server took in this round: for whom, of which kind, with which numbers, and nothing else."""
        fresh = self.site.mail.taken[self.mails_seen :]
        self.mails_seen = len(self.site.mail.taken)
        answered = Counter((one.recipients[0], *_kind(str(one.message["Subject"]))) for one in fresh)
        reckoned = Counter((one.mailbox, one.kind, one.says) for one in self.book.letters if one.arrived == moment)
        for key in {*answered, *reckoned}:
            self.equal(f"mail: {key[1]}", f"{moment:%Y-%m-%d %H:%M} {key}", answered[key], reckoned[key])

    # --- chosen evenings ---

    def evening(self, day: date, *, whole: bool) -> None:
        """What is counted as it stands on this evening; ``whole``: thing by thing and report by report too."""
        for year in self.book.years:
            self._table(year, day)
            self._rounds(year, day)
        self._debts(day)
        self._unread(day)
        self._outbox(day)
        self._month(day)
        self._score(day)
        if whole:
            self._missing(day)
            for officer in ("officer-a", "officer-b"):
                for number in range(1, day.day + 1):
                    self._report(officer, day.replace(day=number))

    def _table(self, year: int, day: date) -> None:
        """Completeness by organisation, amphoe and province, with its sums."""
        head = self.book.people["head"].id
        own = {code: reckoning.states(self.book, office, year, day) for code, office in self.book.offices.items()}
        for by in ("organisation", "amphoe"):
            answer = self.site.get(head, f"/api/v1/completeness?area={PROVINCE}&fiscal_year={year}&by={by}")
            places = _grouped(self.book, own) if by == "amphoe" else own
            self.equal(
                "rows of tables", f"{day} {year} {by}", sorted(r["code"] for r in answer["items"]), sorted(places)
            )
            for row in answer["items"]:
                self._row(f"{day} {year} {row['code']}", row, places.get(row["code"], {}))
            total: dict[str, State] = _grouped(self.book, own, everybody=True)[PROVINCE]
            self._row(f"{day} {year} total by {by}", answer["total"], total)
            late = sum(any(one.late for one in topics.values()) for topics in own.values())
            self.equal("late organisations", f"{day} {year}", answer["late_organisations"], late)

    def _row(self, where: str, row: dict[str, Any], topics: dict[str, State]) -> None:
        self.equal("topics of a row", where, sorted(row["topics"]), sorted(topics))
        whole = State()
        for topic, state in topics.items():
            whole.add(state)
            cell = row["topics"].get(topic, {})
            self.equal("states", f"{where} {topic}", cell.get("state"), state.name)
            for name in ("wanted", "done", "percent", "late_days", "organisations", "complete", "partly", "late"):
                what = "days late" if name == "late_days" else "counts of completeness"
                self.equal(what, f"{where} {topic} {name}", cell.get(name), getattr(state, name))
        self.equal("counts of completeness", f"{where} percent", row["percent"], whole.percent)

    def _debts(self, day: date) -> None:
        """ค้างวันนี้ of the province, matter by matter."""
        head, found, page = self.book.people["head"].id, {}, 1
        while True:
            answer = self.site.get(head, f"/api/v1/today?area={PROVINCE}&page={page}")
            for one in answer["items"]:
                key = (one["organisation_code"], one["fiscal_year_be"], one["topic"], one["period_from"])
                found[key] = (one["missing"], one["days_late"])
            if not answer["next"]:
                break
            page += 1
        owed = reckoning.debts(self.book, self.book.offices.values(), day)
        mine = {(one.office, *one.task.key): (one.missing, one.days_late) for one in owed}
        self.equal("debts", f"{day} total", answer["total"], len(owed))
        self.equal("debts", f"{day} late", answer["late"], sum(one.days_late > 0 for one in owed))
        for key in {*found, *mine}:
            self.equal("debts", f"{day} {key}", found.get(key), mine.get(key))

    def _missing(self, day: date) -> None:
        """The missing things of three organisations, others each month, thing by thing."""
        head = self.book.people["head"].id
        codes = [*self.book.offices, *self.book.offices]
        place = 3 * day.month % len(self.book.offices)
        for code in dict.fromkeys(codes[place : place + 3]):
            office = self.book.offices[code]
            for topic in rules.TOPICS:
                open_parts = {
                    number
                    for task in rules.tasks(self.book, self.year)
                    if task.topic == topic and task.opens_on <= day
                    for number in range(task.first, task.last + 1)
                }
                things = reckoning.items(self.book, office, self.year)
                missing = sum(not done for of, number, done in things if of == topic and number in open_parts)
                address = f"/api/v1/organisations/{code}/missing?fiscal_year={self.year}&topic={topic}"
                self.equal(
                    "missing things", f"{day} {code} {topic}", len(self.site.get(head, address)["items"]), missing
                )

    def _unread(self, day: date) -> None:
        """What is new for each person."""
        for person in self.book.people.values():
            told = self.site.get(person.id, "/api/v1/events")
            number = min(sum(person.key in thread.new_for for thread in self.book.threads), MOST_UNREAD)
            answered = re.search(r'"messages":(\d+)', told)
            self.equal("unread matters", f"{day} {person.key}", answered and int(answered[1]), number)
        with self.site.database.reading() as session:
            states = {row.id: row.state for row in session.execute(sa.text("SELECT id, state FROM message_thread"))}
        for thread in self.book.threads:
            self.equal("states of matters", f"{day} {thread.id}", states.pop(thread.id, None), thread.state)
        self.equal("matters nobody began", f"{day}", states, {})

    def _outbox(self, day: date) -> None:
        """Mail that waits for the end of somebody's quiet hours or for the server, and what it never takes."""
        with self.site.database.reading() as session:
            sums = mail_sums(session)
        waiting = sum(one.arrived is None and not one.refused for one in self.book.letters)
        self.equal("mail held", f"{day}", sums.waiting, waiting)

    def _month(self, day: date) -> None:
        """The month of both officers: how each report stands."""
        head = self.book.people["head"].id
        answer = self.site.get(head, f"/api/v1/daily-reports?month={day.year + 543}-{day.month:02d}")
        names = {person.id: person.key for person in self.book.people.values()}
        for line in answer["items"]:
            officer, when = names[line["officer"]], date.fromisoformat(line["day"])
            where = f"{day} {officer} {when}"
            self.equal("reports of a day", where, line["state"], judging.report_state(self.book, officer, when, day))
            report = self.book.reports.get((officer, when))
            late = report is not None and report.sent_at.date() > judging.report_due(when)
            self.equal("reports sent late", where, line["sent_late"], late)

    def _report(self, officer: str, day: date) -> None:
        """A report: what was done for whom."""
        reader = self.book.people["head"].id
        content = self.site.get(reader, f"/api/v1/daily-reports/{self.book.people[officer].id}/{day}")["content"]
        report = self.book.reports.get((officer, day))
        sealed = report is not None and report.state in ("SENT", "SIGNED")
        mine = [
            one
            for one in self.book.said
            if (one.officer, one.day) == (officer, day) and not (sealed and report and one.at > report.sent_at)
        ]
        offices = {one.office for one in mine}
        self.equal(
            "organisations of a report", f"{officer} {day}", {o["code"] for o in content["organisations"]}, offices
        )
        for told in content["organisations"]:
            here = [one for one in mine if one.office == told["code"]]
            where = f"{officer} {day} {told['code']}"
            for act in ("entered", "verified", "returned", "figures", "decided", "commented", "reminded", "other"):
                records = {record for one in here if one.act == act for record in one.records}
                self.equal("acts in reports", f"{where} {act}", told[act], len(records))
            self.equal(
                "acts in reports", f"{where} receipts", told["receipts"], len({o.receipt for o in here} - {None})
            )
            self.equal("acts in reports", f"{where} calls", len(told["calls"]), sum(one.act == "calls" for one in here))
            topics: dict[str, set[str]] = {}
            for one in here:
                if one.topic:
                    topics.setdefault(one.topic, set()).update(one.records)
            answered = {one["topic"]: one["records"] for one in told["topics"]}
            self.equal(
                "acts in reports", f"{where} topics", answered, {t: len(records) for t, records in topics.items()}
            )

    def _rounds(self, year: int, day: date) -> None:
        """Legal clocks of the rounds of every organisation."""
        head = self.book.people["head"].id
        for code, office in self.book.offices.items():
            answer = self.site.get(head, f"/api/v1/organisations/{code}/evaluations?fiscal_year={year}")
            asked = [one for one in rules.tasks(self.book, year) if one.topic == "EVALUATION"]
            self.equal(
                "rounds", f"{day} {code} {year}", [one["period"] for one in answer["items"]], [t.first for t in asked]
            )
            for line, task in zip(answer["items"], asked, strict=False):
                result = next((o for o in office.results if (o.year, o.period) == (year, task.first)), None)
                for clock, mine in zip(line["clocks"], judging.clocks(task, result, day), strict=True):
                    name, state, due_on, days = mine
                    where = f"{day} {code} {year} {name}"
                    self.equal("clocks of rounds", f"{where} state", (clock["name"], clock["state"]), (name, state))
                    self.equal("clocks of rounds", f"{where} due", clock["due_on"], due_on and due_on.isoformat())
                    self.equal("clocks of rounds", f"{where} days", clock["days"], days)

    def _score(self, day: date) -> None:
        """Figures and points as they stand, or as they were kept."""
        answer = self.site.get(self.book.people["head"].id, f"/api/v1/scores/{PROVINCE}?fiscal_year={self.year}")
        mine = self.final or self._expected(day)
        self._points(f"{day}", answer, mine)
        self.equal("scores final", f"{day}", answer["finalised_at"] is not None, self.final is not None)
        for figure in answer["figures"]:
            address = f"/api/v1/scores/{PROVINCE}/rows?fiscal_year={self.year}&criterion={figure['criterion']}"
            rows = self.site.get(self.book.people["head"].id, address)
            self.equal("rows of scores", f"{day} {figure['criterion']}", rows["total"], figure["rows"])

    def _points(self, where: str, answer: dict[str, Any], mine: dict[str, Any]) -> None:
        self.equal("criteria", where, [one["criterion"] for one in answer["figures"]], list(mine["points"]))
        for figure in answer["figures"]:
            code = figure["criterion"]
            wanted, done = mine["points"].get(code, (0, 0))
            self.equal("score figures", f"{where} {code} wanted", figure["wanted"], wanted)
            self.equal("score figures", f"{where} {code} done", figure["done"], done)
            got = judging.earned(judging.formula()[code], wanted, done)
            self.equal("score points", f"{where} {code}", figure["earned"], None if got is None else float(got))
        for name in ("system", "province", "total"):
            got = mine[name]
            self.equal("score totals", f"{where} {name}", answer[name], None if got is None else float(got))

    def _expected(self, day: date) -> dict[str, Any]:
        found = judging.measures(self.book, self.year, day)
        points = {code: found[code] for code in judging.formula()}
        system = judging.system_points(points)
        province = sum(self.book.marks.values(), Decimal(0)) if len(self.book.marks) == 4 else None
        total = None if system is None or province is None else system + province
        return {"points": points, "system": system, "province": province, "total": total}

    def final_expected(self, day: date) -> None:
        """What a sheet that is ended on this day has to keep for ever."""
        reckoning.close_day(self.book, day)
        self.final = self._expected(day)

    # --- the whole year ---

    def whole_year(self, last: date) -> None:
        """The trend of every day, and that nothing was lost."""
        with self.site.database.reading() as session:
            answered = {
                one.day: (one.wanted, one.done) for one in app_trend(session, Scope(areas=(PROVINCE,)), self.year, last)
            }
            log = session.scalar(sa.text("SELECT count(*) FROM reminder"))
            kept = session.scalar(sa.text("SELECT count(*) FROM completeness_dirty"))
            drift = session.execute(sa.text(_DRIFT)).scalar_one()
        before = (0, 0)
        for day, counts in reckoning.trend(self.book, self.year, last).items():
            before = answered.get(day, before)
            self.equal("days of the trend", f"{day}", before, counts)
        self.equal("reminders kept", "whole run", log, self.book.tally.get("reminders sent", 0))
        self.equal("organisations waiting to be counted", "whole run", kept, 0)
        self.equal("counts that differ from the records", "whole run", drift, 0)
        lost = [one for one in self.book.letters if one.arrived is None and not one.refused]
        overdue = [one for one in lost if one.free_at < datetime.now(ZONE) - timedelta(days=1)]
        self.equal("mail lost", "whole run", len(overdue), 0)
        ids = [email.utils.unquote(str(one.message["Message-ID"])) for one in self.site.mail.taken]
        self.equal("mail sent twice", "whole run", len(ids) - len(set(ids)), 0)

    def table(self) -> str:
        """Kinds of figures, how many were compared and how many were equal."""
        lines = [f"{'figures':38} {'compared':>9} {'equal':>9}"]
        for what in sorted(self.compared):
            lines.append(f"{what:38} {self.compared[what]:>9,} {self.equal_ones[what]:>9,}")
        lines.append(f"{'all':38} {self.total:>9,} {self.equal_ones.total():>9,}")
        return "\n".join(lines)


# The platform's own full count beside what its triggers kept.
_DRIFT = """
SELECT count(*) FROM (
    SELECT organisation_code, fiscal_year_be, topic, period, count(*) AS wanted, count(*) FILTER (WHERE done) AS done
    FROM completeness_item GROUP BY 1, 2, 3, 4
) i FULL JOIN completeness_cell c USING (organisation_code, fiscal_year_be, topic, period)
WHERE (i.wanted, i.done) IS DISTINCT FROM (c.wanted, c.done)
"""


def _kind(subject: str) -> tuple[str, str]:
    """What a mail is by its subject, and the numbers of a digest."""
    if "ยืนยันที่อยู่อีเมล" in subject:
        return "confirm", ""
    if "ข้อความใหม่" in subject:
        return "message", ""
    told = re.search(r"ค้าง (\d+) รายการ ช้า (\d+)", subject)
    return "digest", f"{told[1]}/{told[2]}" if told else "unreadable"


def _grouped(book: Book, own: dict[str, dict[str, State]], *, everybody: bool = False) -> dict[str, dict[str, State]]:
    """States of organisations added up by amphoe, or all together; who lies in no amphoe stands with the province."""
    found: dict[str, dict[str, State]] = {PROVINCE: {}} if everybody else {}
    for code, topics in own.items():
        office: Office = book.offices[code]
        place = PROVINCE if everybody else office.amphoe or PROVINCE
        group = found.setdefault(place, {})
        for topic, state in topics.items():
            group.setdefault(topic, State()).add(state)
    return found

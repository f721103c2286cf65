"""What people say to each other: reminders, questions and answers, reports of the day, rounds, points and appeals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.queries import messages as message_queries
from app.queries.evaluations import result
from app.services import daily_reports, evaluation_postings, evaluations, messages, notification_settings, scores
from app.services.calendar import amend_task
from app.services.daily_reports import NewCall
from app.services.evaluation_files import record_files, sealed_content
from app.services.evaluation_postings import NewPosting
from app.services.evaluation_print import result_workbook
from app.services.evaluations import Remarks
from app.services.messages import NewThread
from app.services.notification_settings import Wishes
from app.services.reminders import Reminded, remind
from app.services.sealed import keep_file, sealed_dir
from simulation import post, reckoning, rules
from simulation.book import Letter, Office, Person, Report, Result, Thread
from simulation.clock import ZONE
from simulation.papers import Papers

PAPER = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Pressed:
    """A reminder: what the platform said of it, and what the book says."""

    answered: tuple[int, int, int]
    reckoned: tuple[int, int, int]


class Talk(Papers):
    """The same people, talking."""

    @property
    def now(self) -> datetime:
        """This moment."""
        return datetime.now(ZONE)

    # --- wishes and addresses ---

    def wishes(self, who: Person) -> None:
        """How somebody wants to be told."""
        given = Wishes(who.digest, who.on_message, f"{who.quiet_from:%H:%M}", f"{who.quiet_until:%H:%M}")
        self.do(who, notification_settings.save, given)

    def give_address(self, who: Person, address: str) -> None:
        """Another address, which counts when its code comes back."""
        self.do(who, notification_settings.give_address, address)
        self.book.letters.append(Letter(address, "confirm", f"{who.key}:{address}", self.now))

    def confirm_address(self, who: Person, address: str) -> None:
        """The code that came by mail, read from the mail itself."""
        mail = next(one for one in reversed(self.site.mail.taken) if one.recipients == [address])
        code = re.search(r"\b(\d{6})\b", mail.text)
        assert code is not None
        assert self.do(who, notification_settings.confirm_address, code[1]).answer
        who.mailbox = address

    # --- reminders ---

    def remind(self, who: Person, office: Office) -> Pressed:
        """เตือน, beside everything that an organisation owes."""
        owed = [one for one in reckoning.debts(self.book, [office], self.today)]
        ids = {one.task.key: self.task_id(*one.task.key) for one in owed}
        before = self.book.reminded
        ago = self.now - post.WEEK
        waits = [one for one in owed if before.get((office.code, *one.task.key), ago) > ago]
        due = [one for one in owed if one not in waits]
        answer = self._pressed(who, office, list(ids.values()))
        mails = 0
        for year, topic in dict.fromkeys((one.task.year, one.task.topic) for one in due):
            thread = self._thread(office, f"{office.code}:{year}:{topic}")
            told = [
                one for one in self.book.people.values() if one.office == office.code and one.role == rules.OWNER[topic]
            ]
            thread.state = "OPEN"
            mails += post.writes(self.book, thread, who, self.now, told=told)
        for one in due:
            before[office.code, *one.task.key] = self.now
            self.said(who, office, "reminded", frozenset({f"{one.task.key} {self.now:%H:%M}"}))
        return Pressed((answer.debts, answer.mails, answer.waiting), (len(due), mails, len(waits)))

    def _pressed(self, who: Person, office: Office, tasks: Sequence[int]) -> Reminded:
        try:
            answer: Reminded = self.do(who, remind, office.code, tasks, self.today).answer
        except InvalidInput:
            return Reminded(office.code, 0, 0, 0)
        return answer

    def task_id(self, year: int, topic: str, first: int) -> int:
        """Number of a matter of the calendar."""
        return int(
            self.read(
                "SELECT id FROM calendar_task WHERE fiscal_year_be = :y AND topic = :t AND period_from = :p"
                " AND removed_at IS NULL",
                y=year, t=topic, p=first,
            )
        )  # fmt: skip

    def _thread(self, office: Office, key: str) -> Thread:
        """The one matter of a head of reporting in a year."""
        number = int(self.read("SELECT id FROM message_thread WHERE record_key = :key", key=key))
        found = next((one for one in self.book.threads if one.id == number), None)
        if found is None:
            found = Thread(office.code, {"ORGANISATION", "PROVINCE"}, "PROVINCE", "ORGANISATION", id=number)
            self.book.threads.append(found)
        return found

    # --- questions ---

    def ask(self, who: Person, office: Office, subject: str) -> Thread:
        """A question of an organisation to its province."""
        answer = self.do(who, messages.ask, NewThread(subject, "ต้องกรอกยอดใดในช่องนี้", office.code)).answer
        thread = Thread(office.code, {"ORGANISATION", "PROVINCE"}, "ORGANISATION", "PROVINCE", id=answer.thread)
        self.book.threads.append(thread)
        self._told(thread, who)
        return thread

    def reply(self, who: Person, thread: Thread) -> None:
        """An answer, or a further question."""
        self.do(who, messages.reply, thread.id, "ดูคำอธิบายในคู่มือ หน้า 4")
        thread.state = "OPEN" if post.side_of(self.book, who) == thread.asked_by else "ANSWERED"
        self._told(thread, who)

    def _told(self, thread: Thread, who: Person) -> None:
        told = post.asked_people(self.book, thread, who)
        post.writes(self.book, thread, who, self.now, told=told)

    def open(self, who: Person, thread: Thread) -> None:
        """Somebody opens a matter and has read it."""

        def read(session: Session, actor: Actor) -> None:
            found = message_queries.thread(session, actor, thread.id)
            assert found is not None
            messages.note_read(session, actor, found)

        self.do(who, read)
        thread.new_for.discard(who.key)

    # --- reports of the day ---

    def call(self, who: Person, office: Office, day: date) -> None:
        """A call to an organisation, written down by hand."""
        self.do(who, daily_reports.add_call, who.id, day, NewCall(office.code, "CALL", "ติดตามข้อมูลที่ค้าง"))
        self.said(who, office, "calls", frozenset({f"{self.book.tally['acts']}"}))

    def send_report(self, who: Person, day: date) -> None:
        """The report of a day."""
        self.do(who, daily_reports.send, who.id, day)
        self.book.reports[who.key, day] = Report(who.key, day, self.now)

    def judge_report(self, head: Person, report: Report, *, sign: bool) -> None:
        """The head of the province signs it, or sends it back."""
        officer = self.book.people[report.officer]
        version = self.read(
            "SELECT row_version FROM daily_report WHERE officer_id = :o AND day = :d ORDER BY version DESC LIMIT 1",
            o=officer.id, d=report.day,
        )  # fmt: skip
        if sign:
            self.do(head, daily_reports.sign, officer.id, report.day, if_match_version=version)
        else:
            self.do(
                head, daily_reports.give_back, officer.id, report.day, "ขอรายละเอียดการติดตาม", if_match_version=version
            )
        report.state = "SIGNED" if sign else "RETURNED"

    # --- rounds of evaluation ---

    def propose_result(self, planner: Person, office: Office, year: int, period: int) -> int:
        """The planner prepares the result, and the executive gets it."""
        number = int(self.do(planner, evaluations.begin, office.code, year, period).answer.id)
        remarks = Remarks(self.today, "ครั้งที่ 1", "ผลการดำเนินงานเป็นไปตามแผน")
        self._result(planner, evaluations.save_remarks, number, remarks)
        self._result(planner, evaluations.propose, number)
        office.results.append(Result(year, period))
        self._print(number)
        return number

    def _print(self, number: int) -> None:
        """The files of the result. The workbook is the real one; printing through a browser is another test's."""
        with self.site.database.transaction() as session:
            held = result(session, number)
            assert held is not None
            content = result_workbook(sealed_content(session, held), str(held.content_sha256))
            folder = sealed_dir(self.site.settings)
            made = {"pdf": PAPER, "xlsx": content}
            record_files(
                session, number, {n: (keep_file(folder, data, f".{n}"), len(data)) for n, data in made.items()}
            )

    def submit_result(self, executive: Person, office: Office, number: int, on: date) -> None:
        """It goes to the council and the committee."""
        self._result(executive, evaluations.submit, number, on, "ที่ 1")
        office.results[-1].submitted_on = on

    def announce_result(self, executive: Person, office: Office, number: int) -> None:
        """It is announced, and posted by the platform in the same moment."""
        address = f"https://eplan.example/evaluations/{number}"
        self._result(executive, evaluation_postings.announce, number, self.today, address=address)
        office.results[-1].announced_on = self.today
        office.results[-1].posted.append((self.today, None))

    def post_result(self, planner: Person, office: Office, number: int, until: date) -> None:
        """It hangs on the board as well."""
        self.do(planner, evaluation_postings.post, number, NewPosting("BOARD", "บอร์ดหน้าสำนักงาน", self.today, until))
        office.results[-1].posted.append((self.today, until))

    def _result(self, who: Person, act: Callable[..., object], number: int, *given: object, **named: object) -> None:
        version = self.read("SELECT row_version FROM evaluation_result WHERE id = :id", id=number)
        self.do(who, act, number, *given, if_match_version=version, **named)

    # --- the department ---

    def move(self, who: Person, task: rules.Task, due_on: date) -> None:
        """The department moves a day of the calendar."""
        self.do(who, amend_task, self.task_id(*task.key), {"due_on": due_on}, "เลื่อนตามหนังสือสั่งการ")
        self.book.moved[task.key] = due_on

    # --- the score ---

    def mark(self, head: Person, province: str, year: int, criterion: str, points: Decimal) -> None:
        """Points of the province."""
        self.do(
            head, scores.give_points, province, year,
            criterion=criterion, points=points, remark="ตามผลการปฏิบัติงาน", today=self.today,
        )  # fmt: skip
        self.book.marks[criterion] = points

    def appeal(self, officer: Person, province: str, year: int, criterion: str) -> int:
        """An officer says that it is too little."""
        self.do(officer, scores.appeal, province, year, criterion=criterion, reason="มีผลงานที่ไม่ได้นับ", today=self.today)
        return int(self.read("SELECT max(id) FROM score_appeal"))

    def answer_appeal(self, who: Person, province: str, year: int, appeal: int, outcome: str, **more: Any) -> None:
        """What became of it."""
        self.do(
            who,
            scores.answer_appeal,
            province,
            year,
            appeal,
            outcome=outcome,
            answer="พิจารณาแล้ว",
            today=self.today,
            **more,
        )

    def finalise(self, who: Person, province: str, year: int) -> None:
        """The department ends the year."""
        self.do(who, scores.finalise, province, year, today=self.today)

"""What people of the province do: each act goes through the platform's own service, and is written into the book."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa
from shapely.geometry import LineString
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.loading import actor_by_id
from app.db import Attribution
from app.queries import plans as plan_queries
from app.queries.plan_forms import FORMS
from app.queries.plan_paths import approval_path
from app.queries.record_sheets import GRANTS, SHEETS
from app.services import appropriations, contracts, disbursements, geometries, organisation_profile
from app.services.budget_documents import DocumentFields, approve_document, create_document, return_document
from app.services.budget_documents import submit_document as submit
from app.services.contract_terms import Instalment as DueInstalment
from app.services.contract_terms import set_instalments
from app.services.on_behalf import decide_on_behalf
from app.services.organisation_profile import PopulationEntry
from app.services.plan_checks import Decision, NewVersion
from app.services.plan_sheet import change_sheet
from app.services.plan_versions import open_version, propose_version, record_step
from app.services.plans import create_plan, update_plan
from app.services.record_sheets import change_records
from app.services.review_comments import NewComment
from app.services.sheets import CellChange, NewRow, SheetChanges
from app.services.strategies import StrategyWords, save_strategy
from simulation.book import (
    Book,
    Change,
    Contract,
    Entry,
    Grant,
    Instalment,
    Office,
    Ordinance,
    Person,
    Plan,
    Said,
    Sent,
    Strategy,
    Work,
)
from simulation.clock import ZONE
from simulation.site import Site

Answer = TypeVar("Answer")
SHEET_OF = {"R": ("revenue", "R1"), "E": ("expenditure", "E510000"), "S": ("statistics", "S1"), "G": ("revenue", "R8"),
            "P": ("revenue", "R9")}  # fmt: skip
COLUMNS = ("objective", "target", "indicator", "expected_result", "department")
_receipts = itertools.count(1)


@dataclass
class Done:
    """What a service answered, and the receipt under which it wrote."""

    answer: Any
    receipt: str


class Hands:
    """Everybody's hands; ``places`` says where each organisation's roads lie."""

    def __init__(self, site: Site, book: Book, places: Mapping[str, tuple[float, float]]) -> None:
        self.site = site
        self.book = book
        self.places = places
        self._shapes = itertools.count(1)

    # --- how an act is done ---

    def do(self, who: Person, act: Callable[..., Answer], *given: Any, **named: Any) -> Done:
        """Call a service as somebody, in a transaction that says so."""
        receipt = f"sim-{next(_receipts):06d}"
        with self.site.database.transaction(Attribution(who.id, who.key, request_id=receipt)) as session:
            self.book.note("acts")
            return Done(act(session, self.actor(session, who), *given, **named), receipt)

    @staticmethod
    def actor(session: Session, who: Person) -> Actor:
        """Somebody as the platform knows them today."""
        found = actor_by_id(session, who.id)
        assert found is not None
        return found

    def read(self, statement: str, **values: Any) -> Any:
        """A number that the next act needs, as a page would carry it."""
        with self.site.database.reading() as session:
            return session.scalar(sa.text(statement), values)

    @property
    def today(self) -> date:
        """Today."""
        return datetime.now(ZONE).date()

    def entered(self, who: Person, office: Office, done: Done, topic: str, *records: object) -> None:
        """Note it when an officer entered it for the organisation; ``records`` tell them apart."""
        if who.office is None and records:
            self.book.entries.append(Entry(done.receipt, office.code, who.key, self.today))
            names = frozenset(f"{topic}:{one}" for one in records)
            self.book.said.append(Said(who.key, self.today, office.code, "entered", names, topic, done.receipt))

    # --- the profile and the people ---

    def profile(self, who: Person, office: Office, changes: Mapping[str, Any]) -> None:
        """Fields of the profile; what is empty or says nothing is typed as well."""
        version = self.read("SELECT row_version FROM organisation_profile WHERE organisation_code = :o", o=office.code)
        done = self.do(
            who, organisation_profile.update_profile, office.code, changes, if_match_version=int(version or 0)
        )
        office.profile.update(changes)
        self.entered(who, office, done, "LAO_DATA", office.code)

    def population(
        self, who: Person, office: Office, year: int, counts: tuple[int | None, int | None, int | None]
    ) -> None:
        """Men, women and households of a year."""
        version = self.read(
            "SELECT row_version FROM organisation_population WHERE organisation_code = :o AND year_be = :y",
            o=office.code, y=year,
        )  # fmt: skip
        entry = PopulationEntry(year, *counts, row_version=int(version or 0))
        done = self.do(who, organisation_profile.save_population, office.code, [entry])
        office.population[year] = counts
        self.entered(who, office, done, "POPULATION", year)

    # --- the plan ---

    def begin_plan(self, who: Person, office: Office, first: int, vision: str) -> None:
        """A plan of five years with its vision."""
        period = self.read("SELECT id FROM plan_period WHERE start_be = :first AND end_be = :first + 4", first=first)
        plan_id = self.do(who, create_plan, office.code, period).answer
        version = self.read("SELECT row_version FROM plan WHERE id = :id", id=plan_id)
        self.do(who, update_plan, plan_id, {"vision": vision}, if_match_version=version)
        office.plan = Plan(first, first + 4, vision)

    def strategy(self, who: Person, office: Office, *, tactic: bool, serves: bool) -> None:
        """A strategy, with a tactic and the strategy of the nation that it serves, or without."""
        assert office.plan is not None
        number = str(len(office.plan.strategies) + 1)
        tactics = (("1", "พัฒนาโครงสร้างพื้นฐานให้ทั่วถึง", None),) if tactic else ()
        words = StrategyWords(
            number, f"ยุทธศาสตร์ที่ {number}", national_strategy_code="2" if serves else None, tactics=tactics
        )
        self.do(who, save_strategy, self._plan_id(office), words)
        office.plan.strategies.append(Strategy(tactic, serves))

    def mend_strategy(self, who: Person, office: Office, place: int) -> None:
        """What was missing of a strategy."""
        assert office.plan is not None
        number = str(place + 1)
        row = self.read(
            "SELECT row_to_json(s) FROM local_strategy s WHERE plan_id = :plan AND code = :code",
            plan=self._plan_id(office), code=number,
        )  # fmt: skip
        words = StrategyWords(
            number, row["name_th"], national_strategy_code="2", tactics=(("1", "พัฒนาโครงสร้างพื้นฐานให้ทั่วถึง", None),)
        )
        self.do(
            who, save_strategy, self._plan_id(office), words, strategy_id=row["id"], if_match_version=row["row_version"]
        )
        office.plan.strategies[place] = Strategy(True, True)

    def lines(self, who: Person, office: Office, works: Sequence[Work]) -> None:
        """Works into the form ผ.02 of the open version."""
        strategy = self.read(
            "SELECT id FROM local_strategy WHERE plan_id = :plan ORDER BY code LIMIT 1", plan=self._plan_id(office)
        )
        rows = [
            NewRow(
                f"k{number}",
                {"name_th": work.name, "kind": work.kind, f"y{work.year}": str(work.baht), **work.texts},
                f"{strategy}:00310",
            )
            for number, work in enumerate(works)
        ]
        outcome = self.do(
            who, change_sheet, self._version(office).id, FORMS["ผ.02"], SheetChanges(inserts=rows), whole=True
        ).answer
        assert outcome.clean, outcome
        office.works += works

    def promulgate(self, planner: Person, executive: Person, office: Office, change: Change | None = None) -> None:
        """The open version through every step of its path."""
        version = self._version(office)
        self.do(planner, propose_version, version.id, if_match_version=version.row_version)
        with self.site.database.reading() as session:
            plan = plan_queries.plan(session, self._plan_id(office))
        assert plan is not None and office.plan is not None
        for step in approval_path(version.change_types, plan.lao_type):
            decision = Decision(step.code, "PASSED", self.today, f"ที่ {version.id}/{self.today.year + 543}")
            held = self._version(office, version.id)
            by = executive if step.code == "EXECUTIVE" else planner
            self.do(by, record_step, version.id, decision, if_match_version=held.row_version)
        office.plan.promulgated = True
        if change is not None:
            change.promulgated = True
        for work in office.works:
            if not work.project:
                work.code = self.read(
                    "SELECT code FROM project WHERE organisation_code = :o AND name_th = :name AND fiscal_year_be = :y",
                    o=office.code, name=work.name, y=work.year,
                )  # fmt: skip
                work.project = True

    def begin_change(self, who: Person, office: Office, year: int) -> Change:
        """A change of the plan: works are added."""
        number = f"ครั้งที่ {len(office.changes) + 1}/{year}"
        self.do(who, open_version, self._plan_id(office), NewVersion(("ADD",), number, year))
        change = Change(year)
        office.changes.append(change)
        return change

    def mend_lines(self, who: Person, office: Office, works: Sequence[Work]) -> None:
        """Words that were missing in the plan, by a correction that the executive has still to promulgate."""
        version_id = self._version(office).id
        for work in works:
            origin = self.read(
                "SELECT l.origin_id FROM project p JOIN plan_project l ON l.id = p.plan_project_id"
                " WHERE p.code = :code",
                code=work.code,
            )
            cells = [CellChange(str(origin), key, None, "กองช่าง") for key, text in work.texts.items() if not text]
            outcome = self.do(
                who, change_sheet, version_id, FORMS["ผ.02"], SheetChanges(cells=cells), whole=True
            ).answer
            assert outcome.clean, outcome

    def begin_correction(self, who: Person, office: Office, year: int) -> Change:
        """A correction of the plan."""
        number = f"แก้ไขที่ {len(office.changes) + 1}/{year}"
        self.do(who, open_version, self._plan_id(office), NewVersion(("CORRECT",), number, year))
        change = Change(year)
        office.changes.append(change)
        return change

    def _plan_id(self, office: Office) -> int:
        assert office.plan is not None
        return int(
            self.read(
                "SELECT n.id FROM plan n JOIN plan_period p ON p.id = n.plan_period_id"
                " WHERE organisation_code = :o AND p.start_be = :first",
                o=office.code, first=office.plan.first,
            )
        )  # fmt: skip

    def _version(self, office: Office, version_id: int | None = None) -> plan_queries.VersionHead:
        with self.site.database.reading() as session:
            versions = plan_queries.versions_of(session, self._plan_id(office))
        found = [v for v in versions if (v.id == version_id if version_id else v.status in ("DRAFT", "RETURNED"))]
        return found[0]

    # --- money ---

    def begin_budget(self, who: Person, office: Office, year: int, works: Sequence[Work]) -> int:
        """The annual budget with money for works; its number."""
        fields = DocumentFields(f"{len(office.ordinances) + 1}/{year}", f"งบประมาณรายจ่ายประจำปี {year}")
        document = self.do(who, create_document, office.code, year, "ANNUAL", fields).answer.id
        office.ordinances.append(Ordinance(year))
        for work in works:
            new = appropriations.NewAppropriation(work.baht, "OWN", "00310", budget_document_id=document)
            self.do(who, appropriations.record_appropriation, work.code, new)
            work.money = "asked"
        return int(document)

    def send_budget(self, who: Person, document: int, council_on: date) -> None:
        """The council passed it: it is sent to the executive."""
        row = self._document(document)
        fields = DocumentFields(row["number"], row["title"], council_approved_on=council_on)
        from app.services.budget_documents import change_document

        done = self.do(who, change_document, document, fields, if_match_version=row["row_version"]).answer
        self.do(who, submit, document, if_match_version=done.row_version)

    def return_budget(self, who: Person, document: int) -> None:
        """The executive sends it back."""
        comments = [NewComment("ยอดรวมไม่ตรงกับมติสภา")]
        self.do(who, return_document, document, comments, if_match_version=self._document(document)["row_version"])

    def approve_budget(self, who: Person, office: Office, document: int) -> None:
        """The executive approves it: its money may be spent."""
        row = self._document(document)
        self.do(who, approve_document, document, self.today, if_match_version=row["row_version"])
        ordinance = next(one for one in office.ordinances if one.year == row["fiscal_year_be"])
        ordinance.approved, ordinance.council_on = True, date.fromisoformat(row["council_approved_on"])
        for work in office.works:
            if work.money == "asked" and work.year == ordinance.year:
                work.money = "approved"

    def _document(self, document: int) -> dict[str, Any]:
        return dict(self.read("SELECT row_to_json(d) FROM budget_document d WHERE id = :id", id=document))

    def contract(self, who: Person, office: Office, work: Work, due: Sequence[Instalment]) -> None:
        """A contract over all the money of a work, with its instalments."""
        whole = sum((one.baht for one in due), Decimal(0))
        new = contracts.NewContract(f"{work.code}/ส", whole, self.today, "บริษัท สาธิตการโยธา จำกัด")
        first = self.do(who, contracts.record_contract, work.code, new)
        version = self.read("SELECT row_version FROM contract WHERE id = :id", id=first.answer.id)
        parts = [DueInstalment(one.baht, one.due_on) for one in due]
        second = self.do(who, set_instalments, work.code, first.answer.id, parts, if_match_version=version)
        work.contract = Contract(list(due))
        self.entered(who, office, first, "CONTRACT", work.code)
        # The contract is written once more, with the number of its instalments.
        self.entered(who, office, second, "CONTRACT", work.code, *(f"{work.code}:{n}" for n in range(len(parts))))

    def pay(self, who: Person, office: Office, work: Work, baht: Decimal) -> None:
        """A payment of a contract."""
        assert work.contract is not None
        ids = self.read(
            "SELECT json_build_array(a.id, c.id) FROM project p JOIN appropriation a ON a.project_id = p.id"
            " JOIN contract c ON c.project_id = p.id WHERE p.code = :code",
            code=work.code,
        )
        new = disbursements.NewDisbursement(baht, self.today, ids[0], ids[1])
        done = self.do(who, disbursements.record_disbursement, work.code, new)
        work.contract.paid += baht
        self.entered(who, office, done, "DISBURSEMENT", next(_receipts))

    def finance(
        self, who: Person, office: Office, year: int, number: int, amounts: Mapping[str, Decimal | None]
    ) -> None:
        """Items of a month of the fiscal year; an empty cell is an empty cell. Each sheet is a save of its own."""
        for letter, baht in amounts.items():
            sheet, item = SHEET_OF[letter]
            before = office.finance.get((year, number, letter))
            change = CellChange(
                item, f"m{number}", None if before is None else f"{before:.2f}", "" if baht is None else f"{baht:.2f}"
            )
            done = self.do(who, change_records, SHEETS[sheet], office.code, year, SheetChanges(cells=[change]))
            assert done.answer.clean, done.answer
            if baht is None:
                office.finance.pop((year, number, letter), None)
            else:
                office.finance[year, number, letter] = baht
                self.entered(who, office, done, "FINANCE", f"{year}:{number}:{letter}")

    def grant(self, who: Person, office: Office, grant: Grant) -> None:
        """A grant as far as it is known."""
        cells = {"kind": grant.kind, "name_th": f"เงินอุดหนุน {len(office.grants) + 1}", **self._of_grant(grant)}
        done = self.do(who, change_records, GRANTS, office.code, grant.year, SheetChanges(inserts=[NewRow("g", cells)]))
        assert done.answer.clean, done.answer
        office.grants.append(grant)
        self.entered(who, office, done, grant.kind, id(grant))

    def mend_grant(self, who: Person, office: Office, grant: Grant, letter: str, received: Decimal, on: date) -> None:
        """Its letter and what arrived of it."""
        row = self.read(
            "SELECT id FROM grant_allotment WHERE organisation_code = :o AND name_th = :name",
            o=office.code, name=f"เงินอุดหนุน {office.grants.index(grant) + 1}",
        )  # fmt: skip
        before = self._of_grant(grant)
        grant.letter, grant.received, grant.received_on = letter, received, on
        after = self._of_grant(grant)
        cells = [
            CellChange(str(row), key, before.get(key), value)
            for key, value in after.items()
            if value != before.get(key)
        ]
        done = self.do(who, change_records, GRANTS, office.code, grant.year, SheetChanges(cells=cells))
        assert done.answer.clean, done.answer
        self.entered(who, office, done, grant.kind, id(grant))

    @staticmethod
    def _of_grant(grant: Grant) -> dict[str, str | None]:
        return {
            "letter": grant.letter or None,
            "allotted_baht": None if grant.allotted is None else f"{grant.allotted:.2f}",
            "received_baht": None if grant.received is None else f"{grant.received:.2f}",
            "received_on": grant.received_on.isoformat() if grant.received_on else None,
        }

    # --- coordinates ---

    def place(self, who: Person, office: Office, work: Work, *, again: bool = False) -> None:
        """Coordinates sent in; ``again``: the very shape that was sent back."""
        before = [one.shape for one in self.book.sent if one.work is work]
        shape = before[-1] if again else next(self._shapes)
        west, south = self.places[office.code]
        y = south + 0.0004 * shape
        line = LineString([(west, y), (west + 0.006, y + 0.0001)])
        version = self.read("SELECT geometry_version FROM project WHERE code = :code", code=work.code)
        done = self.do(who, geometries.record_geometry, work.code, [line], if_match_version=version, status="SUBMITTED")
        self._placed(office, work, "SUBMITTED", shape)
        self.entered(who, office, done, "COORDINATES", f"{work.code}:{shape}:{done.receipt}")

    def review(self, who: Person, office: Office, work: Work, verdict: str) -> None:
        """The province verifies them or sends them back with a comment."""
        version = self.read("SELECT geometry_version FROM project WHERE code = :code", code=work.code)
        note = "แนวไม่ตรงกับถนนจริง ขอให้วัดใหม่" if verdict == "RETURNED" else None
        self.do(who, geometries.review_geometry, work.code, verdict, if_match_version=version, note=note)
        shape = next(one.shape for one in reversed(self.book.sent) if one.work is work)
        self._placed(office, work, verdict, shape)
        self.book.said.append(
            Said(
                who.key,
                self.today,
                office.code,
                verdict.lower(),
                frozenset({f"{work.code}:{verdict}:{shape}:{version}"}),
            )
        )

    def _placed(self, office: Office, work: Work, status: str, shape: int) -> None:
        work.place = status
        self.book.sent.append(Sent(work, office.code, status, self.today, shape))

    # --- entries on behalf ---

    def decide(self, who: Person, entry: Entry, decision: str) -> None:
        """The organisation stands by what was entered for it, or does not."""
        comment = "ตัวเลขไม่ตรงกับเอกสาร" if decision == "DENIED" else None
        self.do(who, decide_on_behalf, entry.office, entry.receipt, decision, comment)
        entry.decision = decision

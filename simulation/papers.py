"""The papers of an organisation: its plan and what changes it, its budget, contracts and payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.queries import plans as plan_queries
from app.queries.plan_forms import FORMS
from app.queries.plan_paths import approval_path
from app.services import appropriations, contracts, disbursements
from app.services.budget_documents import (
    DocumentFields,
    approve_document,
    change_document,
    create_document,
    return_document,
)
from app.services.budget_documents import submit_document as submit
from app.services.contract_terms import Instalment as DueInstalment
from app.services.contract_terms import set_instalments
from app.services.plan_checks import Decision, NewVersion
from app.services.plan_sheet import change_sheet
from app.services.plan_versions import open_version, propose_version, record_step
from app.services.plans import create_plan, update_plan
from app.services.review_comments import NewComment
from app.services.sheets import CellChange, NewRow, SheetChanges
from app.services.strategies import StrategyWords, save_strategy
from simulation.book import (
    Change,
    Contract,
    Instalment,
    Office,
    Ordinance,
    Person,
    Plan,
    Strategy,
    Work,
)
from simulation.hands import Hands


class Papers(Hands):
    """The same hands, at the papers."""

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
        # Two equal payments of a day differ by their voucher; without it the second would be the first, pressed twice.
        voucher = f"ฎ {self.book.tally['acts']}"
        new = disbursements.NewDisbursement(baht, self.today, ids[0], ids[1], voucher_number=voucher)
        done = self.do(who, disbursements.record_disbursement, work.code, new)
        work.contract.paid += baht
        self.entered(who, office, done, "DISBURSEMENT", done.receipt)

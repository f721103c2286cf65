"""Days that cannot be, numbers and texts that only look like something, and what is said of a contract later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.messages import fix, sentence
from app.messages.money import MESSAGES
from app.models import Project
from app.queries.record_sheets import SHEETS
from app.services import money_rules
from app.services.appropriations import NewAppropriation, record_appropriation
from app.services.budget_documents import DocumentFields, create_document
from app.services.budget_transfers import TransferFields, TransferLine, create_transfer
from app.services.carry_overs import NewCarryOver, record_carry_over
from app.services.contract_terms import (
    Instalment,
    NewAmendment,
    NewPenalty,
    amend_contract,
    record_penalty,
    set_instalments,
)
from app.services.contracts import NewContract, change_contract, record_contract
from app.services.disbursements import reverse_disbursement
from app.services.fiscal_years import close_year
from app.services.progress import NewProgress, report_progress
from app.services.record_sheets import change_records
from app.services.sheets import SheetChanges
from gis.thai import parse_thai_date
from tests import factories as make
from tests.app.money_world import PAID, SIGNED, People, budget, codes, contract, make_people, pay, version_of

TODAY = date(2026, 11, 21)
TOMORROW = date(2026, 11, 22)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def project(session: Session, people: People) -> Project:
    return make.make_project(session, people.organisation, status="PLANNED")


def test_what_is_done_was_done(
    session: Session, people: People, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money_rules, "today", lambda: TODAY)
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    payment = pay(session, people, project, 10, source, number)
    finance, code = people.finance, project.code
    acts = {
        "paid_on": lambda: pay(session, people, project, 10, source, number, on=TOMORROW),
        "signed_on": lambda: record_contract(session, finance, code, NewContract("2", Decimal(1), TOMORROW)),
        "reversal": lambda: reverse_disbursement(session, finance, code, payment, TOMORROW, "ผิด"),
        "amendment": lambda: amend_contract(
            session, finance, code, number, NewAmendment(TOMORROW, "เพิ่ม", Decimal(1)), if_match_version=1
        ),
        "accepted_on": lambda: set_instalments(
            session, finance, code, number, [Instalment(Decimal(900), accepted_on=TOMORROW)], if_match_version=1
        ),
    }
    with pytest.raises(InvalidInput) as huge:
        pay(session, people, project, 10, source, number, instalment=2**40)
    assert codes(huge) == ["number_out_of_range"]
    for act in acts.values():
        with pytest.raises(InvalidInput) as early:
            act()
        assert codes(early) == ["day_in_future"]
    (problem,) = early.value.problems
    assert sentence(problem.code, problem.values, "en").endswith("21 Nov 2026")
    assert sentence(problem.code, problem.values, "th").endswith("21 พ.ย. 2569")
    far = [Instalment(Decimal(900), due_on=date(2058, 1, 1))]
    with pytest.raises(InvalidInput) as planned:
        set_instalments(session, finance, code, number, far, if_match_version=1)
    assert codes(planned) == ["day_too_far"]


def test_money_is_not_kept_for_ever(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    new = NewCarryOver(source, Decimal(1), date(2029, 10, 1), None, "มติ", date(2027, 9, 1))
    with pytest.raises(InvalidInput) as long:
        record_carry_over(session, people.finance, project.code, new)
    assert codes(long) == ["carry_over_too_long"]


def test_days_of_documents(session: Session, people: People) -> None:
    old = DocumentFields("1", "ข้อบัญญัติ", submitted_on=date(1996, 12, 31))
    backwards = DocumentFields("1", "ข้อบัญญัติ", council_approved_on=date(2026, 9, 2), in_force_on=date(2026, 9, 1))
    for fields, field in ((old, "submitted_on"), (backwards, "in_force_on")):
        with pytest.raises(InvalidInput) as wrong:
            create_document(session, people.planner, people.organisation, 2570, "ANNUAL", fields)
        assert [(p.code, p.where["field"]) for p in wrong.value.problems] == [("days_reversed", field)]
    assert getattr(parse_thai_date("0001-01-01"), "code", "") == "date_impossible"


def test_a_contract_is_signed_before_it_is_paid(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    parts = [Instalment(Decimal(900))]
    set_instalments(session, people.finance, project.code, number, parts, if_match_version=1)
    pay(session, people, project, 10, source, number)

    def change(new: NewContract) -> None:
        version = version_of(session, "contract", number)
        change_contract(session, people.finance, project.code, number, new, if_match_version=version)

    with pytest.raises(InvalidInput) as late:
        change(NewContract("1/2570", Decimal(900), PAID.replace(day=19)))
    assert codes(late) == ["contract_after_what_followed"]
    change(NewContract("1/2570", Decimal(900), SIGNED, "นายสมชาย ใจดี", contractor_is_person=True))
    change(NewContract("1/2570", Decimal(900), SIGNED, "นายสมชาย ใจดีมาก"))
    row = session.execute(
        sa.text("SELECT contractor_is_person, instalments FROM contract WHERE id = :id"), {"id": number}
    )
    assert tuple(row.one()) == (True, 1), "a person stays one, and instalments are not lost"


def test_a_number_is_given_once_in_whichever_digits(session: Session, people: People, project: Project) -> None:
    budget(session, people, project, 1000)
    contract(session, people, project, 100, "1/2570")
    with pytest.raises(InvalidInput) as second:
        contract(session, people, project, 50, "๑/๒๕๗๐")
    create_document(session, people.planner, people.organisation, 2570, "LOAN", DocumentFields("1/2570", "เงินกู้"))
    with pytest.raises(InvalidInput) as document:
        again = DocumentFields("๑/๒๕๗๐\u200b", "เงินกู้")
        create_document(session, people.planner, people.organisation, 2570, "LOAN", again)
    assert (codes(second), codes(document)) == (["contract_number_taken"], ["number_taken"])


@pytest.mark.parametrize("nothing", ["\u200b", " \u2060", "\u3164", "\u00a0\ufeff"])
def test_what_nobody_sees_is_nothing(session: Session, people: People, project: Project, nothing: str) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    with pytest.raises(InvalidInput) as document:
        fields = DocumentFields(nothing, nothing)
        create_document(session, people.planner, people.organisation, 2570, "LOAN", fields)
    with pytest.raises(InvalidInput) as signed:
        record_contract(session, people.finance, project.code, NewContract(nothing, Decimal(1), SIGNED))
    with pytest.raises(InvalidInput) as kept:
        new = NewCarryOver(source, Decimal(1), date(2028, 3, 31), None, nothing, date(2027, 9, 1))
        record_carry_over(session, people.finance, project.code, new)
    with pytest.raises(InvalidInput) as amended:
        amend = NewAmendment(SIGNED, nothing, Decimal(1))
        amend_contract(session, people.finance, project.code, number, amend, if_match_version=1)
    with pytest.raises(InvalidInput) as punished:
        record_penalty(session, people.finance, project.code, number, NewPenalty(1, Decimal(1), nothing))
    with pytest.raises(InvalidInput) as bare:
        money = NewAppropriation(Decimal(1), "OWN", legal_reference=nothing, approved_on=SIGNED)
        record_appropriation(session, people.planner, project.code, money)
    assert codes(document) == ["field_required"] * 2
    assert (codes(signed), codes(kept)) == (["contract_number_missing"], ["carry_over_unapproved"])
    assert codes(amended) == codes(punished) == codes(bare) == ["field_required"]


def test_a_second_click_writes_nothing(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    penalty = NewPenalty(3, Decimal(5), "ช้า")
    reserve = NewCarryOver(source, Decimal(5), date(2028, 3, 31), number)
    report = NewProgress(PAID, Decimal(5), "ลงหิน")
    for act in (
        lambda: record_penalty(session, people.finance, project.code, number, penalty),
        lambda: record_carry_over(session, people.finance, project.code, reserve),
        lambda: report_progress(session, people.engineer, project.code, report, today=TODAY),
    ):
        act()
        with pytest.raises(InvalidInput) as again:
            act()
        assert codes(again) == ["money_repeated"]


def test_a_change_of_description_moves_no_money(session: Session, people: People, project: Project) -> None:
    source, target = (budget(session, people, project, 1000, legal_reference=each) for each in "กข")
    lines = [TransferLine(source, Decimal(-5), "ก"), TransferLine(target, Decimal(5), "ข")]
    with pytest.raises(InvalidInput) as moved:
        fields = TransferFields("1", "DESCRIPTION", "แก้คำชี้แจง")
        create_transfer(session, people.planner, people.organisation, 2570, fields, lines)
    assert codes(moved) == ["description_moves_money"]


def test_a_closed_year_is_closed_for_its_sheets(session: Session, people: People) -> None:
    close_year(session, people.finance, people.organisation, 2570)
    for name in ("revenue", "expenditure", "grants"):
        with pytest.raises(InvalidInput) as closed:
            change_records(session, people.finance, SHEETS[name], people.organisation, 2570, SheetChanges())
        assert codes(closed) == ["fiscal_year_closed"]


def test_every_refusal_of_money_says_what_to_do() -> None:
    assert [code for code, told in MESSAGES.items() if not (told.fix_th and told.fix_en)] == []
    told = fix("contract_before_budget", {}, "th")
    assert "พ.ศ. 2563" in told

"""Every rule of money says what it refuses and what would be allowed; the database refuses the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, InvalidInput
from app.messages import MESSAGES, fix, sentence
from app.models import Project
from app.services.appropriations import (
    NewAppropriation,
    change_appropriation,
    record_appropriation,
    remove_appropriation,
    restore_appropriation,
)
from app.services.carry_overs import NewCarryOver, record_carry_over, remove_carry_over
from app.services.contract_terms import (
    Instalment,
    NewAmendment,
    NewPenalty,
    amend_contract,
    record_penalty,
    set_instalments,
)
from app.services.contracts import NewContract, change_contract, record_contract, remove_contract, restore_contract
from app.services.disbursements import NewDisbursement, record_disbursement, reverse_disbursement
from app.services.money_rules import require_version
from app.services.project_status import correct_status, edges, move_status, path
from tests import factories as make
from tests.app.money_world import (
    APPROVED,
    PAID,
    SIGNED,
    People,
    budget,
    codes,
    contract,
    make_people,
    pay,
    steps_of,
    version_of,
)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def project(session: Session, people: People) -> Project:
    return make.make_project(session, people.organisation, status="PLANNED")


def told(error: pytest.ExceptionInfo[InvalidInput]) -> str:
    """Everything that a Thai reader is told, and the same in English exists."""
    lines = []
    for problem in error.value.problems:
        assert problem.code in MESSAGES
        known = {**problem.where, **problem.values}
        lines += [sentence(problem.code, known, "th"), fix(problem.code, known, "th")]
        assert "–" not in sentence(problem.code, known, "en"), (problem.code, known)
    return " ".join(lines)


# --- the chain and its status ----------------------------------------------------------------------------------------


def test_the_status_walks_every_edge_on_its_way(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    of = contract(session, people, project, 900)
    pay(session, people, project, 900, source, of)
    assert steps_of(session, project) == [
        ("PLANNED", "BUDGET_APPROVED", False),
        ("BUDGET_APPROVED", "CONTRACTED", False),
        ("CONTRACTED", "DISBURSED_FULL", False),
    ]
    session.refresh(project)
    assert (project.budget_baht, project.contracted_baht, project.disbursed_baht) == (1000, 900, 900)


def test_a_payment_taken_back_is_two_rows_and_a_recorded_correction(
    session: Session, people: People, project: Project
) -> None:
    source = budget(session, people, project, 1000)
    payment = pay(session, people, project, 1000, source)
    back = reverse_disbursement(session, people.finance, project.code, payment, PAID, "จ่ายผิดโครงการ")
    session.refresh(project)
    assert (project.status, project.disbursed_baht, back.status) == ("BUDGET_APPROVED", 0, "BUDGET_APPROVED")
    assert steps_of(session, project)[-1] == ("DISBURSED_FULL", "BUDGET_APPROVED", True)
    assert pay(session, people, project, 1000, source), "the same may be entered again"
    with pytest.raises(InvalidInput) as twice:
        reverse_disbursement(session, people.finance, project.code, payment, PAID, " ")
    assert codes(twice) == ["field_required", "disbursement_reversed_already"]


def test_the_shortest_way_goes_through_no_status_that_a_person_chooses(session: Session) -> None:
    graph = edges(session)
    assert path(graph, "PLANNED", "DISBURSED_FULL") == ("BUDGET_APPROVED", "CONTRACTED", "DISBURSED_FULL")
    assert path(graph, "DISBURSING", "CONTRACTED") == ()
    assert path(graph, "CLOSED", "DISBURSING") == ()


def test_only_edges_are_followed_and_corrections_are_recorded(
    session: Session, people: People, project: Project
) -> None:
    with pytest.raises(InvalidInput) as refused:
        move_status(session, people.finance, project.code, "CLOSED", None, if_match_version=1)
    assert codes(refused) == ["status_not_reachable"]
    assert "BUDGET_REQUESTED" in told(refused)
    with pytest.raises(Forbidden):
        move_status(session, people.finance, project.code, "DEFERRED", None, if_match_version=1)
    moved = move_status(session, people.planner, project.code, "DEFERRED", "รองบ", if_match_version=1)
    with pytest.raises(Conflict):
        move_status(session, people.planner, project.code, "PLANNED", None, if_match_version=1)
    with pytest.raises(Forbidden):
        correct_status(session, people.planner, project.code, "PLANNED", "ผิด", if_match_version=moved.row_version)
    with pytest.raises(InvalidInput) as silent:
        correct_status(session, people.executive, project.code, "PLANNED", " ", if_match_version=moved.row_version)
    assert codes(silent) == ["field_required"]
    correct_status(session, people.executive, project.code, "CANCELLED", "ซ้ำ", if_match_version=moved.row_version)
    assert steps_of(session, project)[-1] == ("DEFERRED", "CANCELLED", True)
    with pytest.raises(sa.exc.IntegrityError, match="status_not_reachable"), session.begin_nested():
        session.execute(sa.text("UPDATE project SET status = 'CLOSED' WHERE id = :id"), {"id": project.id})
    for statement in ("DELETE FROM project_status_change", "UPDATE project_status_change SET reason = 'x'"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(sa.text(statement))


def test_a_project_with_money_is_not_cancelled(session: Session, people: People, project: Project) -> None:
    budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    session.refresh(project)
    with pytest.raises(InvalidInput) as refused:
        move_status(session, people.planner, project.code, "CANCELLED", "", if_match_version=project.row_version)
    assert codes(refused) == ["field_required", "status_with_money"]
    assert "900.00" in told(refused)
    remove_contract(session, people.finance, project.code, number, if_match_version=1)
    session.refresh(project)
    assert (project.status, project.contracted_baht) == ("BUDGET_APPROVED", 0)
    move_status(session, people.planner, project.code, "CANCELLED", "ซ้ำ", if_match_version=project.row_version)
    with pytest.raises(InvalidInput) as closed:
        budget(session, people, project, 5, legal_reference="x")
    assert codes(closed) == ["project_not_open"]


# --- amounts, dates, room --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("0", "amount_out_of_range"),
        ("-1", "amount_out_of_range"),
        ("123456789012", "amount_out_of_range"),
        ("NaN", "amount_out_of_range"),
        ("Infinity", "amount_out_of_range"),
        ("1.001", "amount_too_precise"),
    ],
)
def test_amounts_that_cannot_be(session: Session, people: People, project: Project, amount: str, code: str) -> None:
    budget(session, people, project, 1000)
    with pytest.raises(InvalidInput) as refused:
        record_contract(session, people.finance, project.code, NewContract("1", Decimal(amount), SIGNED))
    assert code in codes(refused)


def test_every_problem_of_a_contract_at_once(session: Session, people: People, project: Project) -> None:
    budget(session, people, project, 1000, approved_on=date(2026, 10, 20))
    bad = NewContract(
        " ",
        Decimal("1000.01"),
        date(2026, 10, 5),
        start_on=date(2026, 12, 1),
        end_on=date(2026, 11, 1),
        kind="FORCE_ACCOUNT",
        contractor_name="บริษัท",
        procurement_method_code="E_BIDDING",
    )
    with pytest.raises(InvalidInput) as refused:
        record_contract(session, people.finance, project.code, bad)
    assert set(codes(refused)) == {
        "contract_number_missing",
        "contract_period_reversed",
        "method_not_of_kind",
        "force_account_with_contractor",
        "contract_before_budget",
        "contract_over_budget",
    }
    assert "1,000.00" in told(refused)


@pytest.mark.parametrize("day", [date(2026, 9, 30), date(2027, 10, 1)])
def test_a_day_outside_the_fiscal_year(session: Session, people: People, project: Project, day: date) -> None:
    source = budget(session, people, project, 1000)
    with pytest.raises(InvalidInput) as signed:
        record_contract(session, people.finance, project.code, NewContract("1", Decimal(1), day))
    with pytest.raises(InvalidInput) as paid:
        pay(session, people, project, 1, source, on=day)
    assert codes(signed) == codes(paid) == ["day_outside_fiscal_year"]
    assert "2570" in told(paid) and "30 ก.ย." in told(paid)


def test_bound_money_is_not_paid_away(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    contract(session, people, project, 900)
    with pytest.raises(InvalidInput) as bound:
        pay(session, people, project, 101, source)
    assert codes(bound) == ["disbursement_of_bound_money"]
    assert "100.00" in told(bound)
    pay(session, people, project, 100, source)
    with pytest.raises(InvalidInput) as paid:
        contract(session, people, project, 1, "2/2570")
    assert codes(paid) == ["contract_over_unpaid"]
    assert "100.00" in told(paid)


def test_the_database_refuses_the_same(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    of = contract(session, people, project, 900)
    other = make.make_project(session, people.organisation, budget_baht=50)
    insert = "INSERT INTO disbursement (project_id, appropriation_id, contract_id, amount_baht, paid_on) VALUES "
    refused = {
        f"INSERT INTO contract (project_id, number, amount_baht, signed_on) VALUES ({project.id}, '2', 101, now())": (
            "contract_over_budget"
        ),
        f"{insert} ({project.id}, {source}, NULL, 1001, '2026-11-18')": "disbursement_over_budget",
        f"{insert} ({project.id}, {source}, {of}, 901, '2026-11-18')": "disbursement_over_contract",
        f"{insert} ({other.id}, {source}, NULL, 1, '2026-11-18')": "payment_of_another_project",
        f"UPDATE appropriation SET amount_baht = 899 WHERE id = {source}": "contract_over_budget",
        f"UPDATE appropriation SET removed_at = now() WHERE id = {source}": "contract_over_budget",
    }
    for statement, rule in refused.items():
        with pytest.raises(sa.exc.IntegrityError, match=rule) as error, session.begin_nested():
            session.execute(sa.text(statement))
        assert error.value.orig.pgcode == "23EPL"  # type: ignore[union-attr]
    for statement in (
        "DELETE FROM disbursement",
        "UPDATE disbursement SET amount_baht = 1",
        "UPDATE appropriation SET transferred_baht = 1",
        "UPDATE contract SET amended_baht = 1",
    ):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(sa.text(statement))


# --- changes under If-Match ------------------------------------------------------------------------------------------


def test_a_stale_change_tells_base_and_theirs(session: Session, people: People, project: Project) -> None:
    new = NewAppropriation(Decimal(1000), "OWN", legal_reference="ข้อบัญญัติ 9", approved_on=APPROVED)
    source = record_appropriation(session, people.planner, project.code, new).id
    change = replace(new, amount_baht=Decimal(1200), legal_reference="ข้อบัญญัติ 1")
    change_appropriation(session, people.planner, project.code, source, change, if_match_version=1)
    change_appropriation(
        session,
        people.planner,
        project.code,
        source,
        replace(change, amount_baht=Decimal(1300), fund_source_code="LOAN"),
        if_match_version=2,
    )
    with pytest.raises(Conflict) as stale:
        change_appropriation(session, people.planner, project.code, source, change, if_match_version=1)
    values = stale.value.values
    assert values["version"] == 3
    assert values["values"] == {
        "amount_baht": {"base": 1000.00, "theirs": 1300.00},
        "fund_source_code": {"base": "OWN", "theirs": "LOAN"},
        "legal_reference": {"base": "ข้อบัญญัติ 9", "theirs": "ข้อบัญญัติ 1"},
    }
    with pytest.raises(Conflict) as second:
        require_version(session, "appropriation", source, 3, 2)
    assert set(second.value.values["values"]) == {"amount_baht", "fund_source_code"}


def test_money_is_taken_out_and_brought_back(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    with pytest.raises(InvalidInput) as bound:
        remove_appropriation(session, people.planner, project.code, source, if_match_version=2)
    assert codes(bound) == ["appropriation_below_bound"]
    remove_contract(session, people.finance, project.code, number, if_match_version=1)
    gone = remove_appropriation(session, people.planner, project.code, source, if_match_version=2)
    session.refresh(project)
    assert (gone.status, project.budget_baht) == ("PLANNED", 0)
    with pytest.raises(InvalidInput) as early:
        restore_contract(session, people.finance, project.code, number)
    assert codes(early) == ["budget_missing"]
    assert restore_appropriation(session, people.planner, project.code, source).status == "BUDGET_APPROVED"
    assert restore_contract(session, people.finance, project.code, number).status == "CONTRACTED"
    session.refresh(project)
    assert (project.budget_baht, project.contracted_baht) == (1000, 900)


def test_a_contract_is_put_right_within_the_budget(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    pay(session, people, project, 500, source, number)
    for amount, rule in ((1001, "contract_over_budget"), (499, "contract_below_paid")):
        with pytest.raises(InvalidInput) as refused:
            change_contract(
                session,
                people.finance,
                project.code,
                number,
                NewContract("1", Decimal(amount), SIGNED),
                if_match_version=1,
            )
        assert codes(refused) == [rule]
    whole = NewContract("1", Decimal(500), SIGNED)
    changed = change_contract(session, people.finance, project.code, number, whole, if_match_version=1)
    assert changed.status == "DISBURSED_FULL"


# --- after the signature ---------------------------------------------------------------------------------------------


def test_amendments_instalments_and_penalties(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)

    def amend(change: int | str, version: int, end: date | None = None) -> str:
        new = NewAmendment(date(2026, 12, 1), "งานเพิ่ม", Decimal(change), end)
        return amend_contract(session, people.finance, project.code, number, new, if_match_version=version).status

    with pytest.raises(InvalidInput) as over:
        amend("100.01", 1)
    assert codes(over) == ["contract_over_budget"]
    assert "100.00" in told(over)
    amend(50, 1, date(2027, 5, 31))
    row = session.execute(sa.text("SELECT final_baht, extended_to FROM contract WHERE id = :id"), {"id": number}).one()
    assert tuple(row) == (950, date(2027, 5, 31))

    def part(*amounts: int) -> None:
        parts = [Instalment(Decimal(amount)) for amount in amounts]
        version = version_of(session, "contract", number)
        set_instalments(session, people.finance, project.code, number, parts, if_match_version=version)

    with pytest.raises(InvalidInput) as differ:
        part(400, 500)
    assert codes(differ) == ["instalments_differ"]
    assert "50.00" in told(differ)
    part(400, 550)
    pay(session, people, project, 400, source, number, instalment=1)
    for amount, instalment, rule in ((1, 1, "disbursement_over_instalment"), (1, 3, "instalment_not_found")):
        with pytest.raises(InvalidInput) as refused:
            pay(session, people, project, amount, source, number, instalment=instalment)
        assert codes(refused) == [rule]
    with pytest.raises(InvalidInput) as paid:
        part(300, 650)
    assert codes(paid) == ["instalment_below_paid"]
    with pytest.raises(InvalidInput) as below:
        amend(-551, version_of(session, "contract", number))
    assert codes(below) == ["contract_below_paid"]
    assert amend(-550, version_of(session, "contract", number)) == "DISBURSED_FULL"
    assert amend(10, version_of(session, "contract", number)) == "DISBURSING"
    assert steps_of(session, project)[-1] == ("DISBURSED_FULL", "DISBURSING", True)
    penalty = NewPenalty(3, Decimal("1500.00"), "ส่งงานล่าช้า", Decimal("0.1"))
    assert record_penalty(session, people.finance, project.code, number, penalty).id


def test_money_carried_over_keeps_its_year(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    pay(session, people, project, 300, source, number)

    def carry(amount: int, until: date = date(2028, 3, 31), of: int | None = number, **more: object) -> int:
        new = NewCarryOver(source, Decimal(amount), until, of, **more)  # type: ignore[arg-type]
        return record_carry_over(session, people.finance, project.code, new).id

    with pytest.raises(InvalidInput) as wrong:
        carry(701, date(2027, 9, 30), None)
    assert set(codes(wrong)) == {"carry_over_over_budget", "carry_over_unapproved", "carry_over_within_year"}
    with pytest.raises(InvalidInput) as over:
        carry(601)
    assert codes(over) == ["carry_over_over_contract"]
    assert "600.00" in told(over)
    reserve = carry(400)
    session.refresh(project)
    assert (project.status, project.fiscal_year_be) == ("CARRIED_OVER", 2570)
    with pytest.raises(InvalidInput) as late:
        pay(session, people, project, 1, source, number, on=date(2028, 4, 1))
    assert codes(late) == ["day_outside_fiscal_year"]
    with pytest.raises(InvalidInput) as more:
        pay(session, people, project, 401, source, number, on=date(2028, 1, 15))
    assert codes(more) == ["disbursement_over_reserve"]
    assert "400.00" in told(more)
    pay(session, people, project, 400, source, number, on=date(2028, 1, 15))
    with pytest.raises(InvalidInput) as used:
        remove_carry_over(session, people.finance, project.code, reserve, if_match_version=1)
    assert codes(used) == ["carry_over_used"]


def test_coordinates_are_not_held_up_by_money(session: Session, people: People, project: Project) -> None:
    make.make_geometry(session, project)
    session.refresh(project)
    assert project.geometry_version == 1 and project.budget_baht == 0
    assert budget(session, people, make.make_project(session, people.organisation, status="PLANNED"), 10)


def test_who_pays_and_who_appropriates(session: Session, people: People, project: Project) -> None:
    with pytest.raises(Forbidden):
        record_appropriation(session, people.finance, project.code, NewAppropriation(Decimal(1), "OWN"))
    source = budget(session, people, project, 10)
    for actor in (people.planner, people.executive, people.engineer):
        with pytest.raises(Forbidden):
            record_disbursement(session, actor, project.code, NewDisbursement(Decimal(1), PAID, source))

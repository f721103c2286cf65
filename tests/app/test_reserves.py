"""What is paid after the year comes out of what was carried over, once: in the services and in the database."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound
from app.models import Project
from app.services.appropriations import NewAppropriation, change_appropriation
from app.services.budget_transfers import TransferFields, TransferLine, create_transfer
from app.services.carry_overs import NewCarryOver, record_carry_over, remove_carry_over
from app.services.contract_terms import NewAmendment, amend_contract
from app.services.contracts import NewContract, change_contract, record_contract, remove_contract
from app.services.disbursements import reverse_disbursement
from app.services.project_status import correct_status
from tests import factories as make
from tests.app.money_world import (
    APPROVED,
    SIGNED,
    People,
    budget,
    codes,
    contract,
    make_people,
    pay,
)

LATE = date(2027, 11, 10)
UNTIL = date(2028, 3, 31)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def project(session: Session, people: People) -> Project:
    return make.make_project(session, people.organisation, status="PLANNED")


def carry(
    session: Session, people: People, project: Project, source: int, amount: int, of: int | None = None, **more: object
) -> int:
    said = {} if of else {"legal_reference": "มติสภา", "approved_on": date(2027, 9, 1)}
    new = NewCarryOver(source, Decimal(amount), UNTIL, of, **{**said, **more})  # type: ignore[arg-type]
    return record_carry_over(session, people.finance, project.code, new).id


def test_money_that_came_back_after_the_year_makes_no_room(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    of = contract(session, people, project, 900)
    payment = pay(session, people, project, 100, source, of)
    carry(session, people, project, source, 50, of)
    reverse_disbursement(session, people.finance, project.code, payment, LATE, "จ่ายผิด")
    with pytest.raises(InvalidInput) as over:
        pay(session, people, project, 150, source, of, on=LATE)
    assert codes(over) == ["disbursement_over_reserve"]
    assert over.value.problems[0].values["room_baht"] == "50.00"
    late = pay(session, people, project, 50, source, of, on=LATE)
    reverse_disbursement(session, people.finance, project.code, late, LATE, "จ่ายผิด")
    assert pay(session, people, project, 50, source, of, on=LATE), "what was paid late and came back may be paid again"


def test_a_reserve_is_used_once(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    first, second = (contract(session, people, project, 200, number) for number in ("1", "2"))
    bound = carry(session, people, project, source, 100, first)
    free = carry(session, people, project, source, 50)
    pay(session, people, project, 50, source, second, on=LATE)
    with pytest.raises(InvalidInput) as twice:
        pay(session, people, project, 101, source, first, on=LATE)
    assert codes(twice) == ["disbursement_over_reserve"]
    assert twice.value.problems[0].values["room_baht"] == "100.00"
    pay(session, people, project, 100, source, first, on=LATE)
    for reserve in (bound, free):
        with pytest.raises(InvalidInput) as used:
            remove_carry_over(session, people.finance, project.code, reserve, if_match_version=1)
        assert codes(used) == ["carry_over_used"]


def test_what_is_carried_over_is_not_taken_away(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    other = budget(session, people, make.make_project(session, people.organisation, status="PLANNED"), 10)
    carry(session, people, project, source, 900)
    less = NewAppropriation(Decimal(899), "OWN", legal_reference="มติ", approved_on=APPROVED)
    with pytest.raises(InvalidInput) as lowered:
        change_appropriation(session, people.planner, project.code, source, less, if_match_version=2)
    lines = [TransferLine(source, Decimal(-101)), TransferLine(other, Decimal(101))]
    with pytest.raises(InvalidInput) as moved:
        create_transfer(
            session, people.planner, people.organisation, 2570, TransferFields("1", "TRANSFER", "เหลือจ่าย"), lines
        )
    assert (codes(lowered), codes(moved)) == (["appropriation_below_reserved"], ["transfer_takes_reserved_money"])
    assert moved.value.problems[0].values["room_baht"] == "100.00"


def test_a_contract_after_the_year_binds_what_is_free_of_the_reserves(
    session: Session, people: People, project: Project
) -> None:
    source = budget(session, people, project, 1000)
    carry(session, people, project, source, 100)
    pay(session, people, project, 40, source, on=LATE)

    def sign(amount: int, number: str = "ก") -> int:
        new = NewContract(number, Decimal(amount), LATE)
        return record_contract(session, people.finance, project.code, new).id

    with pytest.raises(InvalidInput) as over:
        sign(61)
    assert codes(over) == ["contract_over_reserve"]
    assert over.value.problems[0].values["room_baht"] == "60.00"
    number = sign(60)
    with pytest.raises(InvalidInput) as more:
        change = NewAmendment(LATE, "งานเพิ่ม", Decimal(1))
        amend_contract(session, people.finance, project.code, number, change, if_match_version=1)
    with pytest.raises(InvalidInput) as bound:
        pay(session, people, project, 1, source, on=LATE)
    assert (codes(more), codes(bound)) == (["contract_over_reserve"], ["disbursement_over_reserve"])
    assert pay(session, people, project, 60, source, number, on=LATE)


def test_the_database_counts_reserves_too(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    of = contract(session, people, project, 500)
    carry(session, people, project, source, 100, of)
    free = carry(session, people, project, source, 30)
    pay(session, people, project, 120, source, of, on=LATE)
    paid = "INSERT INTO disbursement (project_id, appropriation_id, contract_id, amount_baht, paid_on)"
    kept = (
        "INSERT INTO carry_over (project_id, appropriation_id, amount_baht, obligated, until_on, legal_reference,"
        f" approved_on, created_by_name) VALUES ({project.id}, {source}"
    )
    refused = {
        f"{paid} VALUES ({project.id}, {source}, {of}, 11, '2027-11-10')": "disbursement_over_reserve",
        f"{paid} VALUES ({project.id}, {source}, NULL, 11, '2027-11-10')": "disbursement_over_reserve",
        f"UPDATE carry_over SET removed_at = now() WHERE id = {free}": "disbursement_over_reserve",
        f"UPDATE appropriation SET amount_baht = 120 WHERE id = {source}": "appropriation_below_reserved",
        f"{kept}, 871, false, '2028-03-31', 'มติ', '2027-09-01', 'x')": "appropriation_below_reserved",
        "INSERT INTO contract (project_id, number, amount_baht, signed_on)"
        f" VALUES ({project.id}, 'ข', 11, '2027-11-10')": "contract_over_reserve",
    }
    # the budget is no obstacle to what the reserves forbid
    budget(session, people, project, 5000, legal_reference="มติ 2")
    for statement, rule in refused.items():
        with pytest.raises(sa.exc.IntegrityError, match=rule) as error, session.begin_nested():
            session.execute(sa.text(statement))
        assert error.value.orig.pgcode == "23EPL"  # type: ignore[union-attr]


def test_whatever_is_done_no_baht_is_paid_without_a_reserve(session: Session, people: People, project: Project) -> None:
    """The services say before what the database would refuse: none of a random life meets the trigger."""
    rng = random.Random(7)
    sources = [budget(session, people, project, 400, legal_reference=f"มติ {n}") for n in range(2)]
    numbers = [contract(session, people, project, 150, f"{n}") for n in range(3)]
    reserves: list[int] = []
    payments: list[int] = []
    done = 0
    for step in range(160):
        source, of = rng.choice(sources), rng.choice([*numbers, None])
        amount, day = rng.randrange(1, 60), date(2027, 9, 25) + timedelta(days=rng.randrange(0, 30))
        until = date(2027, 10, 5) + timedelta(days=rng.randrange(0, 40))
        act = rng.choice(("carry", "pay", "pay", "pay", "reverse", "release", "sign"))
        try:
            if act == "carry":
                new = NewCarryOver(source, Decimal(amount), until, of, "มติ", date(2027, 9, 1))
                reserves.append(record_carry_over(session, people.finance, project.code, new).id)
            elif act == "pay":
                more = {"voucher_number": f"ฎ.{step}"}
                payments.append(pay(session, people, project, amount, source, of, on=day, **more))
            elif act == "reverse" and payments:
                reverse_disbursement(session, people.finance, project.code, rng.choice(payments), LATE, "ผิด")
            elif act == "release" and reserves:
                remove_carry_over(session, people.finance, project.code, rng.choice(reserves), if_match_version=1)
            elif act == "sign":
                signed = NewContract(f"ห{step}", Decimal(amount), day)
                numbers.append(record_contract(session, people.finance, project.code, signed).id)
            done += 1
        except (InvalidInput, Conflict, NotFound):
            continue
    assert done > 60
    late, kept = (
        session.scalar(
            sa.text(f"SELECT coalesce(sum(amount_baht), 0) FROM {table} WHERE project_id = :id"), {"id": project.id}
        )
        for table in ("late_payment", "(SELECT * FROM carry_over WHERE removed_at IS NULL) AS standing")
    )
    assert 0 < late <= kept


def test_a_project_that_is_closed_takes_nothing(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    payment = pay(session, people, project, 900, source, number)
    session.refresh(project)
    correct_status(session, people.executive, project.code, "CLOSED", "จบงาน", if_match_version=project.row_version)
    finance, code = people.finance, project.code
    changed = NewContract("1/2570", Decimal(900), SIGNED)
    acts = (
        lambda: amend_contract(
            session, finance, code, number, NewAmendment(SIGNED, "เพิ่ม", Decimal(1)), if_match_version=1
        ),
        lambda: change_contract(session, finance, code, number, changed, if_match_version=1),
        lambda: remove_contract(session, finance, code, number, if_match_version=1),
        lambda: reverse_disbursement(session, finance, code, payment, SIGNED.replace(month=12), "ผิด"),
        lambda: carry(session, people, project, source, 10),
        lambda: change_appropriation(
            session, people.planner, code, source, NewAppropriation(Decimal(1000), "LOAN"), if_match_version=2
        ),
    )
    for act in acts:
        with pytest.raises(InvalidInput) as closed:
            act()
        assert "project_not_open" in codes(closed)

"""No money counts on the word of one person: who wrote an amount does not confirm or approve it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.errors import Forbidden, InvalidInput
from app.models import Project
from app.services.appropriations import (
    NewAppropriation,
    change_appropriation,
    confirm_appropriation,
    record_appropriation,
)
from app.services.budget_documents import DocumentFields, approve_document, create_document, submit_document
from app.services.budget_transfers import (
    TransferFields,
    TransferLine,
    approve_transfer,
    change_transfer,
    create_transfer,
    submit_transfer,
)
from app.services.contracts import NewContract, record_contract
from app.services.fiscal_years import close_year, confirm_reopening, request_reopening
from tests import factories as make
from tests.app.conftest import SignIn
from tests.app.money_world import PAID, SIGNED, People, budget, codes, contract, make_people, version_of, writing

MONEY = NewAppropriation(Decimal(1000), "OWN", legal_reference="มติ 1", approved_on=date(2026, 10, 20))


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def project(session: Session, people: People) -> Project:
    return make.make_project(session, people.organisation, status="PLANNED")


def test_money_without_a_document_counts_when_another_confirms(
    session: Session, people: People, project: Project
) -> None:
    both = replace(people.planner, grants=people.planner.grants + people.executive.grants)
    with pytest.raises(InvalidInput) as bare:
        record_appropriation(session, both, project.code, NewAppropriation(Decimal(1000), "OWN"))
    assert codes(bare) == ["field_required", "field_required"]
    source = record_appropriation(session, both, project.code, MONEY).id
    session.refresh(project)
    assert (project.status, project.budget_baht) == ("PLANNED", 0)
    with pytest.raises(InvalidInput) as early:
        contract(session, people, project, 1)
    assert codes(early) == ["budget_missing"]
    with pytest.raises(InvalidInput) as own:
        confirm_appropriation(session, both, project.code, source, if_match_version=1)
    assert codes(own) == ["four_eyes_amounts"]
    with pytest.raises(Forbidden):
        confirm_appropriation(session, people.finance, project.code, source, if_match_version=1)
    confirm_appropriation(session, people.executive, project.code, source, if_match_version=1)
    session.refresh(project)
    assert (project.status, project.budget_baht) == ("BUDGET_APPROVED", 1000)
    with pytest.raises(InvalidInput) as again:
        confirm_appropriation(session, people.executive, project.code, source, if_match_version=2)
    more = replace(MONEY, amount_baht=Decimal(1001))
    with pytest.raises(InvalidInput) as raised:
        change_appropriation(session, people.planner, project.code, source, more, if_match_version=2)
    assert (codes(again), codes(raised)) == (["appropriation_not_waiting"], ["appropriation_in_force"])
    for statement in (
        f"UPDATE appropriation SET in_force = true WHERE id = {source}",
        f"UPDATE appropriation SET confirmed_by = created_by WHERE id = {source}",
        "INSERT INTO appropriation (project_id, fund_source_code, amount_baht, created_by)"
        f" VALUES ({project.id}, 'OWN', 1, {people.planner.user_id})",
    ):
        with pytest.raises(sa.exc.DBAPIError, match=r"permission|four_eyes|confirmed"), session.begin_nested():
            session.execute(sa.text(statement))


def test_a_contract_waits_for_the_earliest_day_that_is_known(
    session: Session, people: People, project: Project
) -> None:
    budget(session, people, project, 1000, approved_on=MONEY.approved_on)
    make.make_appropriation(session, project, 5, legal_reference="ปีก่อน ๆ ไม่บอกวัน")
    with pytest.raises(InvalidInput) as early:
        record_contract(session, people.finance, project.code, NewContract("1", Decimal(1), date(2026, 10, 19)))
    assert codes(early) == ["contract_before_budget"]


def test_who_wrote_an_amount_of_a_document_does_not_approve_it(
    session: Session, people: People, project: Project
) -> None:
    both = replace(people.executive, grants=people.planner.grants + people.executive.grants)
    ordinance = DocumentFields("1/2570", "ข้อบัญญัติ")
    document = create_document(
        session, writing(session, people.planner), people.organisation, 2570, "ANNUAL", ordinance
    ).id
    new = NewAppropriation(Decimal(1000), "OWN", budget_document_id=document)
    source = record_appropriation(session, people.planner, project.code, new).id
    more = replace(new, amount_baht=Decimal(9_000_000))
    assert version_of(session, "budget_document", document) == 2, "its rows are a part of it"
    change_appropriation(session, writing(session, both), project.code, source, more, if_match_version=1)
    assert version_of(session, "budget_document", document) == 3
    submit_document(session, writing(session, people.planner), document, if_match_version=3)
    with pytest.raises(InvalidInput) as own:
        approve_document(session, writing(session, both), document, SIGNED, if_match_version=4)
    assert codes(own) == ["four_eyes_amounts"]
    other = make.actor_for(make.make_user(session, "LAO_EXECUTIVE", organisation="D9901001"))
    assert approve_document(session, writing(session, other), document, SIGNED, if_match_version=4).status == "APPROVED"


def test_who_wrote_a_line_of_a_transfer_does_not_approve_it(session: Session, people: People, project: Project) -> None:
    both = replace(people.executive, grants=people.planner.grants + people.executive.grants)
    source, target = budget(session, people, project, 1000), budget(session, people, project, 0)
    fields = TransferFields("1", "TRANSFER", "เหลือจ่าย")

    def lines(amount: int) -> list[TransferLine]:
        return [TransferLine(source, Decimal(-amount)), TransferLine(target, Decimal(amount))]

    planner = writing(session, people.planner)
    made = create_transfer(session, planner, people.organisation, 2570, fields, lines(1)).id
    change_transfer(session, writing(session, both), made, fields, lines(900), if_match_version=1)
    sent = submit_transfer(session, writing(session, people.planner), made, if_match_version=2)
    with pytest.raises(InvalidInput) as own:
        approve_transfer(session, writing(session, both), made, PAID, if_match_version=sent.row_version)
    assert codes(own) == ["four_eyes_amounts"]


def test_a_year_is_not_reopened_by_outsiders_alone(session: Session, people: People) -> None:
    organisation = people.organisation
    close_year(session, people.finance, organisation, 2569)
    officers = [make.actor_for(make.make_user(session, "PROV_OFFICER", area="99")) for _ in range(2)]
    until = date.today()
    asked = request_reopening(session, officers[0], organisation, 2569, "แก้ยอด", until)
    with pytest.raises(InvalidInput) as outside:
        confirm_reopening(session, officers[1], organisation, 2569, if_match_version=asked.row_version)
    assert codes(outside) == ["reopening_from_outside"]
    opened = confirm_reopening(session, people.executive, organisation, 2569, if_match_version=asked.row_version)
    assert not opened.closed


def test_the_page_offers_to_confirm(
    app: Flask, session: Session, sign_in: SignIn, people: People, project: Project
) -> None:
    source = record_appropriation(session, people.planner, project.code, MONEY).id
    session.commit()
    accounts = {
        name: session.get_one(make.UserAccount, getattr(people, name).user_id) for name in ("planner", "executive")
    }
    address = f"/projects/{project.code}?tab=budget&do=confirm&of={source}"
    planner = sign_in(app.test_client(), accounts["planner"])
    assert "รอผู้อื่นยืนยัน" in planner.get(address).text and "/confirm" not in planner.get(address).text
    executive = sign_in(app.test_client(), accounts["executive"])
    assert f"/budget/{source}/confirm" in executive.get(address).text
    answer = executive.post(f"/projects/{project.code}/budget/{source}/confirm", data={"row_version": "1"})
    assert answer.status_code == 303
    session.refresh(project)
    assert project.budget_baht == 1000

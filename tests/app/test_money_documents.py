"""Budget documents and transfers: four eyes, what they do to projects, what they refuse; closed years; on behalf."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import attribute
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import Project
from app.queries.budget import differences
from app.queries.budget_reviews import comments_on, get_document, lines_of_transfer
from app.queries.fiscal_years import entered_on_behalf, fiscal_years_of
from app.services import money_rules
from app.services.appropriations import NewAppropriation, record_appropriation
from app.services.budget_documents import (
    DocumentFields,
    approve_document,
    change_document,
    create_document,
    remove_document,
    restore_document,
    return_document,
    submit_document,
)
from app.services.budget_transfers import (
    TransferFields,
    TransferLine,
    approve_transfer,
    change_transfer,
    create_transfer,
    return_transfer,
    submit_transfer,
)
from app.services.fiscal_years import close_year, confirm_reopening, request_reopening
from app.services.on_behalf import decide_on_behalf
from app.services.progress import NewProgress, report_progress
from app.services.projects import NewProject, create_projects
from app.services.review_comments import NewComment
from tests import factories as make
from tests.app.money_world import PAID, People, budget, codes, contract, make_people, pay, steps_of, version_of

ORDINANCE = DocumentFields("1/2570", "ข้อบัญญัติงบประมาณรายจ่าย พ.ศ. 2570")
APPROVED = date(2026, 9, 25)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def project(session: Session, people: People) -> Project:
    return make.make_project(session, people.organisation, status="PLANNED")


def draft(session: Session, people: People, kind: str = "ANNUAL", number: str = "1/2570") -> int:
    fields = replace(ORDINANCE, number=number)
    return create_document(session, people.planner, people.organisation, 2570, kind, fields).id


def money(document: int, amount: int = 1000, fund: str = "OWN") -> NewAppropriation:
    return NewAppropriation(Decimal(amount), fund, "00310", "00312", budget_document_id=document)


def test_money_counts_when_another_person_approves(session: Session, people: People, project: Project) -> None:
    document = draft(session, people)
    record_appropriation(session, people.planner, project.code, money(document))
    session.refresh(project)
    assert (project.status, project.budget_baht) == ("PLANNED", 0)
    with pytest.raises(InvalidInput) as early:
        contract(session, people, project, 1)
    assert codes(early) == ["budget_missing"]
    sent = submit_document(session, people.planner, document, if_match_version=2)
    session.refresh(project)
    assert (sent.status, project.status, project.budget_baht) == ("SUBMITTED", "BUDGET_REQUESTED", 0)
    assert session.scalar(sa.text("SELECT count(*) FROM read_budget_share")) == 0
    with pytest.raises(InvalidInput) as frozen:
        record_appropriation(session, people.planner, project.code, money(document, 5))
    assert codes(frozen) == ["document_not_open"]
    with pytest.raises(Forbidden):
        approve_document(session, people.planner, document, APPROVED, if_match_version=3)
    approve_document(session, people.executive, document, APPROVED, date(2026, 10, 1), if_match_version=3)
    session.refresh(project)
    assert (project.status, project.budget_baht) == ("BUDGET_APPROVED", 1000)
    assert steps_of(session, project) == [
        ("PLANNED", "BUDGET_REQUESTED", False),
        ("BUDGET_REQUESTED", "BUDGET_APPROVED", False),
    ]
    assert differences(session) == []
    found = get_document(session, document)
    assert found and (found.approved_by_name, found.projects, found.amount_baht) == (
        people.executive.display_name,
        1,
        1000,
    )


def test_four_eyes_also_on_behalf(session: Session, people: People, project: Project) -> None:
    """Who holds both roles, or prepares for the organisation, still needs a second person."""
    both = replace(people.planner, grants=people.planner.grants + people.executive.grants)
    document = create_document(session, both, people.organisation, 2570, "ANNUAL", ORDINANCE).id
    record_appropriation(session, both, project.code, money(document))
    submit_document(session, both, document, if_match_version=2)
    with pytest.raises(InvalidInput) as same:
        approve_document(session, both, document, APPROVED, if_match_version=3)
    assert codes(same) == ["four_eyes"]
    officer = replace(people.officer, grants=people.officer.grants + people.executive.grants)
    second = create_document(session, officer, people.organisation, 2570, "LOAN", ORDINANCE).id
    record_appropriation(session, officer, project.code, money(second, fund="LOAN"))
    submit_document(session, officer, second, if_match_version=2)
    with pytest.raises(InvalidInput) as behalf:
        return_document(session, officer, second, [NewComment("x")], if_match_version=3)
    assert codes(behalf) == ["four_eyes"]
    with pytest.raises(sa.exc.IntegrityError, match="four_eyes"), session.begin_nested():
        session.execute(
            sa.text(
                "UPDATE budget_document SET status = 'APPROVED', approved_by = prepared_by, approved_by_name = 'x',"
                " approved_on = now() WHERE id = :id"
            ),
            {"id": second},
        )


def test_returned_with_a_comment_on_a_field(session: Session, people: People, project: Project) -> None:
    document = draft(session, people)
    record_appropriation(session, people.planner, project.code, money(document))
    submit_document(session, people.planner, document, if_match_version=2)
    with pytest.raises(InvalidInput) as silent:
        return_document(session, people.executive, document, [], if_match_version=3)
    assert codes(silent) == ["return_without_comment"]
    comment = NewComment("ชื่อไม่ตรงกับมติสภา", "title")
    return_document(session, people.executive, document, [comment], if_match_version=3)
    session.refresh(project)
    assert project.status == "PLANNED"
    (said,) = comments_on(session, "budget_document", str(document))
    assert (said.field, said.by, said.resolved_at) == ("title", people.executive.display_name, None)
    mended = replace(ORDINANCE, title="ข้อบัญญัติงบประมาณรายจ่าย ประจำปี 2570")
    with pytest.raises(Conflict) as stale:
        change_document(session, people.planner, document, mended, if_match_version=3)
    assert set(stale.value.values["values"]) >= {"status"}
    change_document(session, people.planner, document, mended, if_match_version=4)
    submit_document(session, people.planner, document, if_match_version=5)
    (said,) = comments_on(session, "budget_document", str(document))
    assert said.resolved_at is not None


@pytest.mark.parametrize(
    ("kind", "fund", "allowed"),
    [
        ("ANNUAL", "OWN", True),
        ("ANNUAL", "GRANT_GENERAL", True),
        ("ANNUAL", "GRANT_SPECIFIC", False),
        ("ANNUAL", "TRANSFER", False),
        ("SUPPLEMENTARY", "ACCUMULATED", False),
        ("ACCUMULATED", "ACCUMULATED", True),
        ("SPECIFIC_GRANT", "GRANT_SPECIFIC", True),
        ("SPECIFIC_GRANT", "GRANT_GENERAL", False),
        ("LOAN", "OWN", False),
    ],
)
def test_a_document_brings_money_of_its_kind(
    session: Session, people: People, project: Project, kind: str, fund: str, allowed: bool
) -> None:
    document = draft(session, people, kind)
    if allowed:
        assert record_appropriation(session, people.planner, project.code, money(document, fund=fund))
        return
    with pytest.raises(InvalidInput) as refused:
        record_appropriation(session, people.planner, project.code, money(document, fund=fund))
    assert codes(refused) == ["fund_not_of_document"]
    assert refused.value.problems[0].values["allowed"]


def test_what_a_document_refuses(session: Session, people: People, project: Project) -> None:
    document = draft(session, people)
    with pytest.raises(InvalidInput) as empty:
        submit_document(session, people.planner, document, if_match_version=1)
    assert codes(empty) == ["document_empty"]
    with pytest.raises(InvalidInput) as taken:
        draft(session, people)
    assert codes(taken) == ["number_taken"]
    other = make.make_project(session, people.organisation, status="PLANNED", fiscal_year_be=2569)
    with pytest.raises(InvalidInput) as year:
        record_appropriation(session, people.planner, other.code, replace(money(document), work_code="00111"))
    assert codes(year) == ["document_of_another_year", "work_of_another_programme"]
    wrong = replace(
        ORDINANCE,
        number=" ",
        title="ก" * 1001,
        submitted_on=date(2026, 8, 15),
        council_approved_on=date(2026, 8, 1),
    )
    with pytest.raises(InvalidInput) as several:
        create_document(session, people.planner, people.organisation, 2700, "GIFT", wrong)
    assert set(codes(several)) == {
        "fiscal_year_out_of_range",
        "unknown_code",
        "field_required",
        "text_too_long",
        "days_reversed",
    }
    remove_document(session, people.planner, document, if_match_version=1)
    with pytest.raises(InvalidInput) as removed:
        record_appropriation(session, people.planner, project.code, money(document))
    assert codes(removed) == ["document_not_found"]
    assert restore_document(session, people.planner, document).status == "DRAFT"
    with pytest.raises(NotFound):
        submit_document(session, people.planner, 2**40, if_match_version=1)


# --- transfers -------------------------------------------------------------------------------------------------------


def transfer(session: Session, people: People, *lines: tuple[int, int], number: str = "1/2570") -> int:
    fields = TransferFields(number, "TRANSFER", "เงินเหลือจ่าย", "ประกาศโอน 1/2570")
    given = [TransferLine(source, Decimal(amount)) for source, amount in lines]
    return create_transfer(session, people.planner, people.organisation, 2570, fields, given).id


def test_money_moves_when_another_person_approves(session: Session, people: People, project: Project) -> None:
    other = make.make_project(session, people.organisation, status="PLANNED")
    source, target = budget(session, people, project, 1000), budget(session, people, other, 0)
    session.refresh(other)
    assert other.status == "PLANNED"
    number = transfer(session, people, (source, -400), (target, 400))
    submit_transfer(session, people.planner, number, if_match_version=1)
    session.refresh(project)
    assert project.budget_baht == 1000
    with pytest.raises(InvalidInput) as frozen:
        change_transfer(session, people.planner, number, TransferFields("1", "TRANSFER", "x"), [], if_match_version=2)
    assert codes(frozen) == ["transfer_not_open"]
    with pytest.raises(InvalidInput) as same:
        approve_transfer(
            session,
            replace(people.planner, grants=people.executive.grants),
            number,
            PAID,
            if_match_version=2,
        )
    assert codes(same) == ["four_eyes"]
    approve_transfer(session, people.executive, number, PAID, if_match_version=2)
    session.refresh(project)
    session.refresh(other)
    assert (project.budget_baht, other.budget_baht, other.status) == (600, 400, "BUDGET_APPROVED")
    assert differences(session) == []
    with pytest.raises(InvalidInput) as over:
        contract(session, people, project, 601)
    assert codes(over) == ["contract_over_budget"]


def test_what_a_transfer_refuses(session: Session, people: People, project: Project) -> None:
    other = make.make_project(session, people.organisation, status="PLANNED")
    last_year = make.make_project(session, people.organisation, status="PLANNED", fiscal_year_be=2569)
    source, target = budget(session, people, project, 1000), budget(session, people, other, 100)
    old = budget(session, people, last_year, 100)
    contract(session, people, project, 700)
    for lines, rules in (
        ([(source, -100), (target, 99)], ["transfer_unbalanced"]),
        ([(source, -100), (source, 100)], ["transfer_line_repeated"]),
        ([(source, 0), (target, 0)], ["transfer_line_of_nothing"] * 2),
        ([], ["transfer_empty"]),
        ([(source, -301), (target, 301)], ["transfer_takes_bound_money"]),
        ([(source, -1001), (target, 1001)], ["transfer_takes_paid_money"]),
        ([(old, -1), (target, 1)], ["transfer_line_elsewhere"]),
        ([(2**40, -1), (target, 1)], ["appropriation_not_found"]),
    ):
        with pytest.raises(InvalidInput) as refused:
            transfer(session, people, *lines)
        assert codes(refused) == rules, lines
    number = transfer(session, people, (source, -300), (target, 300))
    submit_transfer(session, people.planner, number, if_match_version=1)
    contract(session, people, project, 1, "2/2570")
    with pytest.raises(InvalidInput) as meanwhile:
        approve_transfer(session, people.executive, number, PAID, if_match_version=2)
    assert codes(meanwhile) == ["transfer_takes_bound_money"]
    assert meanwhile.value.problems[0].values["room_baht"] == "299.00"
    with pytest.raises(sa.exc.IntegrityError, match="contract_over_budget"), session.begin_nested():
        session.execute(
            sa.text(
                "UPDATE budget_transfer SET status = 'APPROVED', approved_by_name = 'x', approved_by = :u"
                " WHERE id = :id"
            ),
            {"id": number, "u": people.executive.user_id},
        )
    return_transfer(session, people.executive, number, [NewComment("ลดยอด", "lines")], if_match_version=2)
    fields = TransferFields("1/2570", "TRANSFER", "เงินเหลือจ่าย")
    change_transfer(
        session,
        people.planner,
        number,
        fields,
        [TransferLine(source, Decimal(-200)), TransferLine(target, Decimal(200))],
        if_match_version=3,
    )
    assert [line.amount_baht for line in lines_of_transfer(session, number)] == [-200, 200]


def test_money_outside_the_ordinance_stays_in_its_fund(session: Session, people: People, project: Project) -> None:
    others = [make.make_project(session, people.organisation, status="PLANNED") for _ in range(3)]
    own, general, grant, second = (
        budget(session, people, of, 1000, fund=fund)
        for of, fund in zip(
            [project, *others], ("OWN", "GRANT_GENERAL", "GRANT_SPECIFIC", "GRANT_SPECIFIC"), strict=True
        )
    )
    with pytest.raises(InvalidInput) as mixed:
        transfer(session, people, (grant, -100), (own, 100))
    assert {p.code: p.values["difference_baht"] for p in mixed.value.problems} == {
        "transfer_fund_unbalanced": "-100.00",
        "transfer_ordinance_unbalanced": "100.00",
    }
    number = transfer(session, people, (grant, -100), (second, 100), (own, -50), (general, 50))
    assert submit_transfer(session, people.planner, number, if_match_version=1).status == "SUBMITTED"


def test_the_database_keeps_lines_balanced(session: Session, people: People, project: Project) -> None:
    other = make.make_project(session, people.organisation, status="PLANNED")
    source, target = budget(session, people, project, 1000), budget(session, people, other, 100)
    number = transfer(session, people, (source, -100), (target, 100))
    with pytest.raises(sa.exc.IntegrityError, match="transfer_unbalanced"), session.begin_nested():
        session.execute(
            sa.text("UPDATE budget_transfer_line SET amount_baht = 99 WHERE appropriation_id = :a"), {"a": target}
        )
        session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    submit_transfer(session, people.planner, number, if_match_version=1)
    with pytest.raises(sa.exc.IntegrityError, match="transfer_not_open"), session.begin_nested():
        session.execute(sa.text("UPDATE budget_transfer_line SET note = 'x'"))


# --- closed years ----------------------------------------------------------------------------------------------------


def test_a_year_is_closed_when_it_is_over(session: Session, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money_rules, "today", lambda: date(2027, 9, 30))
    with pytest.raises(InvalidInput) as caught:
        close_year(session, people.finance, people.organisation, 2570)
    assert [problem.code for problem in caught.value.problems] == ["fiscal_year_running"]
    monkeypatch.setattr(money_rules, "today", lambda: date(2027, 10, 1))
    assert close_year(session, people.finance, people.organisation, 2570).closed


def test_nothing_of_money_is_written_in_a_closed_year(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    with pytest.raises(Forbidden):
        close_year(session, people.planner, people.organisation, 2570)
    closed = close_year(session, people.finance, people.organisation, 2570)
    with pytest.raises(InvalidInput) as again:
        close_year(session, people.finance, people.organisation, 2570)
    assert codes(again) == ["fiscal_year_closed"]
    road = NewProject(people.organisation, 2570, "road", "ถนน", budget_baht=Decimal(5), row=7)
    for refused in (
        lambda: budget(session, people, project, 5, legal_reference="x"),
        lambda: contract(session, people, project, 5, "2/2570"),
        lambda: pay(session, people, project, 5, source, number),
        lambda: draft(session, people),
        lambda: create_projects(session, people.planner, [road]),
    ):
        with pytest.raises(InvalidInput) as error:
            refused()
        assert codes(error) == ["fiscal_year_closed"]
        assert error.value.problems[0].values["fiscal_year_be"] == 2570
    for statement in (
        f"UPDATE appropriation SET amount_baht = 2000 WHERE id = {source}",
        f"INSERT INTO disbursement (project_id, appropriation_id, amount_baht, paid_on)"
        f" VALUES ({project.id}, {source}, 1, now())",
        f"UPDATE contract SET number = 'x' WHERE id = {number}",
        f"UPDATE project SET status = 'DISBURSING' WHERE id = {project.id}",
    ):
        with pytest.raises(sa.exc.IntegrityError, match="fiscal_year_closed"), session.begin_nested():
            session.execute(sa.text(statement))
    make.make_geometry(session, project)  # coordinates are not money
    assert create_projects(session, people.planner, [replace(road, budget_baht=None)])
    (year,) = fiscal_years_of(session, people.organisation)
    assert (year.closed, year.budget_baht, year.row_version) == (True, 1000, closed.row_version)


def test_reopening_takes_two_people(session: Session, people: People, project: Project) -> None:
    source = budget(session, people, project, 1000)
    close_year(session, people.finance, people.organisation, 2570)
    until = date.today() + timedelta(days=10)
    with pytest.raises(InvalidInput) as nobody:
        confirm_reopening(session, people.executive, people.organisation, 2570, if_match_version=1)
    assert codes(nobody) == ["reopening_not_requested"]
    with pytest.raises(InvalidInput) as wrong:
        request_reopening(session, people.finance, people.organisation, 2570, "", until + timedelta(days=900))
    assert codes(wrong) == ["field_required", "reopening_day"]
    asked = request_reopening(session, people.finance, people.organisation, 2570, "เบิกค้าง", until)
    assert asked.closed
    with pytest.raises(InvalidInput) as same:
        confirm_reopening(session, people.finance, people.organisation, 2570, if_match_version=asked.row_version)
    assert codes(same) == ["four_eyes"]
    opened = confirm_reopening(session, people.executive, people.organisation, 2570, if_match_version=asked.row_version)
    assert (opened.closed, opened.reopened_until) == (False, until)
    assert pay(session, people, project, 5, source)
    close_year(session, people.finance, people.organisation, 2570)
    with pytest.raises(InvalidInput) as closed:
        pay(session, people, project, 6, source)
    assert codes(closed) == ["fiscal_year_closed"]


def test_a_year_waits_for_what_was_sent_in(session: Session, people: People, project: Project) -> None:
    document = draft(session, people)
    record_appropriation(session, people.planner, project.code, money(document))
    submit_document(session, people.planner, document, if_match_version=2)
    with pytest.raises(InvalidInput) as waiting:
        close_year(session, people.finance, people.organisation, 2570)
    assert codes(waiting) == ["fiscal_year_waiting"]
    with pytest.raises(InvalidInput) as future:
        close_year(session, people.finance, people.organisation, 2600)
    assert codes(future) == ["fiscal_year_not_begun"]


# --- on behalf and progress ------------------------------------------------------------------------------------------


def test_the_organisation_says_whether_it_stands_by_it(session: Session, people: People, project: Project) -> None:
    officer = session.get_one(make.UserAccount, people.officer.user_id)
    attribute(session, make.attribution_of(officer, None))
    request = str(session.scalar(sa.text("SELECT current_setting('eplan.request_id')")))
    record_appropriation(session, people.officer, project.code, NewAppropriation(Decimal(0), "OWN"))
    (entered,) = entered_on_behalf(session, people.organisation, only_open=True)
    assert (entered.request_id, entered.projects, entered.decision) == (request, [project.code], None)
    with pytest.raises(Forbidden):
        decide_on_behalf(session, people.officer, people.organisation, request, "CONFIRMED", None)
    with pytest.raises(InvalidInput) as silent:
        decide_on_behalf(session, people.executive, people.organisation, request, "DENIED", "")
    assert codes(silent) == ["field_required"]
    decide_on_behalf(session, people.executive, people.organisation, request, "DENIED", "ไม่ใช่ของเรา")
    with pytest.raises(Conflict):
        decide_on_behalf(session, people.executive, people.organisation, request, "CONFIRMED", None)
    with pytest.raises(NotFound):
        decide_on_behalf(session, people.executive, people.organisation, "R-NONE-0000", "CONFIRMED", None)
    assert entered_on_behalf(session, people.organisation, only_open=True) == []
    (decided,) = entered_on_behalf(session, people.organisation, only_open=False)
    assert (decided.decision, decided.comment) == ("DENIED", "ไม่ใช่ของเรา")


def test_progress_is_reported_by_those_who_see_it(session: Session, people: People, project: Project) -> None:
    day = date(2026, 11, 20)
    assert report_progress(session, people.engineer, project.code, NewProgress(day, Decimal("37.5")), today=day)
    wrong = NewProgress(day + timedelta(days=1), Decimal(101), attachments=(2**40,))
    with pytest.raises(InvalidInput) as refused:
        report_progress(session, people.engineer, project.code, wrong, today=day)
    assert codes(refused) == ["number_out_of_range", "day_in_future", "attachment_not_free"]
    with pytest.raises(Forbidden):
        report_progress(session, people.planner, project.code, NewProgress(day, Decimal(1)), today=day)


def test_versions_grow_with_every_change(session: Session, people: People) -> None:
    document = draft(session, people)
    change_document(session, people.planner, document, replace(ORDINANCE, title="ใหม่"), if_match_version=1)
    assert version_of(session, "budget_document", document) == 2

"""The budget desk: pages without a script, the table of a document, several carry-overs, what officers entered."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import SYSTEM, Attribution, attribute
from app.errors import InvalidInput
from app.models import Project, UserAccount
from app.queries.budget_desk import desk_tasks, unspent_money
from app.queries.budget_reviews import get_document, lines_of_document
from app.services import money_rules
from app.services.budget_documents import DocumentFields, create_document, submit_document
from app.services.carry_overs import NewCarryOver, record_carry_overs
from app.services.contracts import NewContract, record_contract
from app.services.document_sheet import change_document_rows
from app.services.on_behalf import decide_entries
from app.services.sheets import CellChange, NewRow, SheetChanges, SheetOutcome
from gis.thai import format_thai_date
from tests import factories as make
from tests.app.conftest import SignIn
from tests.app.money_world import PAID, SIGNED, People, budget, codes, contract, make_people, pay
from tests.statements import counted

LAST = date(2027, 9, 30)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def projects(session: Session, people: People) -> list[Project]:
    return [
        make.make_project(session, people.organisation, status="PLANNED", planned_baht=1000 * n) for n in range(1, 4)
    ]


@pytest.fixture
def document(session: Session, people: People) -> int:
    fields = DocumentFields("1/2570", "ข้อบัญญัติงบประมาณรายจ่าย พ.ศ. 2570")
    return create_document(session, people.planner, people.organisation, 2570, "ANNUAL", fields).id


def save(session: Session, actor: Actor, document: int, **changes: Any) -> SheetOutcome:
    return change_document_rows(session, actor, document, SheetChanges(**changes))


def rows(session: Session, document: int) -> list[tuple[str, str, Decimal]]:
    return [(row.project, row.fund_source_code, row.amount_baht) for row in lines_of_document(session, document)]


def told(outcome: SheetOutcome) -> list[tuple[str, Any, Any]]:
    return [(p.code, p.where.get("row"), p.where.get("column")) for p in outcome.problems]


class TestTable:
    def test_pasted_codes_become_rows_with_the_money_of_the_plan(
        self, session: Session, people: People, projects: list[Project], document: int
    ) -> None:
        pasted = [NewRow(f"n{n}", {"project": f" {project.code.lower()} "}) for n, project in enumerate(projects)]
        with counted(session) as seen:
            assert save(session, people.planner, document, inserts=pasted).clean
        assert len(seen) <= 14
        assert rows(session, document) == [(p.code, "OWN", 1000 * n) for n, p in enumerate(projects, start=1)]
        found = get_document(session, document)
        assert found and (found.rows, found.amount_baht, found.row_version) == (3, 6000, 2)
        assert session.scalar(sa.text("SELECT sum(budget_baht) FROM project")) == 0

    def test_one_wrong_cell_keeps_everything_back(
        self, session: Session, people: People, projects: list[Project], document: int
    ) -> None:
        fresh = [
            NewRow("a", {"project": projects[0].code, "amount_baht": "๕๐๐"}),
            NewRow("b", {"project": "70-X-9999"}),
            NewRow("c", {"project": projects[1].code, "fund_source_code": "LOAN"}),
            NewRow("d", {"project": projects[1].code, "amount_baht": "ห้า"}),
            NewRow("e", {"project": projects[2].code, "programme_code": "00110", "work_code": "00312"}),
            NewRow("f", {"project": projects[0].code}),
        ]
        outcome = save(session, people.planner, document, inserts=fresh)
        assert sorted(told(outcome)) == [
            ("amount_unreadable", "d", "amount_baht"),
            ("choice_unknown", "c", "fund_source_code"),
            ("document_row_repeated", "a", "project"),
            ("document_row_repeated", "f", "project"),
            ("project_not_of_document", "b", "project"),
            ("work_of_another_programme", "e", "work_code"),
        ]
        assert rows(session, document) == [] and not outcome.touched
        names = {key: cells["project_name"] for key, cells in outcome.found.items()}
        assert names["a"] == names["f"] == projects[0].name_th and "b" not in names, "right codes get their names"

    def test_two_people_in_one_cell(
        self, session: Session, people: People, projects: list[Project], document: int
    ) -> None:
        made = save(session, people.planner, document, inserts=[NewRow("a", {"project": projects[0].code})])
        row = made.inserted["a"]
        change = CellChange(row, "amount_baht", "1000.00", "1,500.50")
        assert save(session, people.planner, document, cells=[change]).touched == {row}
        late = [
            CellChange(row, "amount_baht", "1000.00", "2000"),
            CellChange(row, "legal_reference", None, "ข้อ 4"),
            CellChange(row, "project", projects[0].code, projects[1].code),
        ]
        outcome = save(session, people.planner, document, cells=late)
        [conflict] = outcome.conflicts
        assert (conflict.base, conflict.yours, conflict.theirs) == ("1000.00", "2000.00", "1500.50")
        assert told(outcome) == [("document_row_project", row, "project")]
        [line] = lines_of_document(session, document)
        assert (line.amount_baht, line.legal_reference) == (Decimal("1500.50"), None)

    def test_a_row_goes_and_comes_back_and_none_without_money_is_sent_in(
        self, session: Session, people: People, projects: list[Project], document: int
    ) -> None:
        fresh = [
            NewRow("a", {"project": projects[0].code}),
            NewRow("b", {"project": projects[1].code, "work_code": "00312"}),
        ]
        made = save(session, people.planner, document, inserts=fresh).inserted
        assert lines_of_document(session, document)[1].programme_code == "00310"
        assert save(session, people.planner, document, removals=[made["a"]]).removed == [made["a"]]
        assert len(rows(session, document)) == 1
        save(session, people.planner, document, restores=[made["a"], "x"])
        save(session, people.planner, document, cells=[CellChange(made["a"], "amount_baht", "1000.00", "-")])
        with pytest.raises(InvalidInput) as empty:
            submit_document(session, people.planner, document, if_match_version=5)
        assert codes(empty) == ["appropriation_of_nothing"]
        save(session, people.planner, document, removals=[made["a"]])
        submit_document(session, people.planner, document, if_match_version=6)
        with pytest.raises(InvalidInput) as frozen:
            save(session, people.planner, document, removals=[made["b"]])
        assert codes(frozen) == ["document_not_open"]


class TestCarryingOver:
    def test_several_are_carried_over_or_none(self, session: Session, people: People, projects: list[Project]) -> None:
        first, second, _ = projects
        pots = [budget(session, people, project, 1000, approved_on=date(2026, 10, 1)) for project in (first, second)]
        agreement = contract(session, people, first, 800)
        pay(session, people, first, 300, pots[0], agreement, PAID)
        left = unspent_money(session, people.organisation, 2570)
        assert [(row.project, row.contract_number, row.amount_baht) for row in left] == [
            (first.code, "1/2570", 500),
            (first.code, None, 200),
            (second.code, None, 1000),
        ]
        until = date(2028, 3, 31)
        bound = NewCarryOver(pots[0], Decimal(500), until, agreement)
        free = NewCarryOver(pots[1], Decimal(1001), until, legal_reference="มติสภา", approved_on=date(2027, 9, 1))
        with pytest.raises(InvalidInput) as refused, session.begin_nested():
            record_carry_overs(session, people.finance, [(first.code, bound), (second.code, free)])
        assert [(p.code, p.where["row"]) for p in refused.value.problems] == [("carry_over_over_budget", 2)]
        assert session.scalar(sa.text("SELECT count(*) FROM carry_over")) == 0
        record_carry_overs(session, people.finance, [(first.code, bound)])
        left = unspent_money(session, people.organisation, 2570)
        assert [(row.project, row.amount_baht) for row in left] == [(first.code, 200), (second.code, 1000)]


@pytest.fixture
def browsers(
    app: Flask, sign_in: SignIn, session: Session, people: People, projects: list[Project]
) -> dict[str, FlaskClient]:
    session.commit()
    made = {}
    for name in ("planner", "finance", "executive"):
        person = session.get(UserAccount, getattr(people, name).user_id)
        assert person is not None
        made[name] = sign_in(app.test_client(), person)
    return made


def seen_version(page: str) -> str:
    found = re.search(r'name="row_version" value="(\d+)"', page)
    assert found is not None, page
    return found[1]


class TestPages:
    def test_a_document_goes_its_way_by_forms_alone(
        self, session: Session, people: People, projects: list[Project], browsers: dict[str, FlaskClient]
    ) -> None:
        planner, executive = browsers["planner"], browsers["executive"]
        assert planner.get("/money").location == f"/organisations/{people.organisation}/money"
        desk = f"/organisations/{people.organisation}/money?fiscal_year=2570"
        assert "ยังไม่มีเอกสารงบประมาณ" in planner.get(desk).text
        begin = {"fiscal_year_be": "2570", "kind": "ANNUAL", "number": "1/2570", "title": "ข้อบัญญัติ"}
        begin_url = f"/organisations/{people.organisation}/money/documents"
        refused = planner.post(begin_url, data={**begin, "submitted_on": "32 ส.ค. 2569"})
        assert refused.status_code == 422 and 'value="ข้อบัญญัติ"' in refused.text
        url = planner.post(begin_url, data=begin).location
        page = planner.get(url).text
        assert "ยังไม่มีโครงการในเอกสาร" in page
        late = {**begin, "do": "save", "row_version": seen_version(page)}
        assert planner.post(url, data={**late, "title": "ข้อบัญญัติงบประมาณ"}).status_code == 303
        second = planner.post(url, data={**late, "title": "อีกชื่อ"})
        assert second.status_code in (409, 412) and 'value="อีกชื่อ"' in second.text and "คนอื่นแก้เป็น" in second.text
        api = f"/api/v1{url}/sheet"
        sheet = planner.get(api).get_json()
        assert sheet["editable"] and sheet["whole"] and sheet["columns"][1]["type"] == "readonly"
        sent = planner.post(f"{api}/changes", json={"inserts": [{"key": "a", "cells": {"project": projects[0].code}}]})
        answer = sent.get_json()
        assert answer["written"] and answer["rows"][0]["cells"]["project_name"] == projects[0].name_th
        assert (
            planner.post(url, data={"do": "submit", "row_version": seen_version(planner.get(url).text)}).status_code
            == 303
        )
        assert "ผู้เสนออนุมัติเองไม่ได้" in planner.get(url).text or "อนุมัติเองไม่ได้" in planner.get(url).text
        page = executive.get(desk).text
        assert "พิจารณา" in page and url in page
        page = executive.get(url).text
        seen = {"row_version": seen_version(page)}
        assert executive.post(url, data={"do": "return", **seen}).status_code == 422
        comment = {"comments-1-field": "title", "comments-1-text": "ใส่ชื่อเต็ม"}
        assert executive.post(url, data={"do": "return", **seen, **comment}).status_code == 303
        assert "ใส่ชื่อเต็ม" in planner.get(url).text
        planner.post(url, data={"do": "submit", "row_version": seen_version(planner.get(url).text)})
        page = executive.get(url).text
        assert f'value="{format_thai_date(money_rules.today())}"' in page, "the day of approval begins with today"
        seen = {"row_version": seen_version(page)}
        approved = executive.post(url, data={"do": "approve", **seen, "approved_on": "๒๐ ก.ย. ๒๕๖๙"})
        assert approved.status_code == 303
        session.refresh(projects[0])
        assert (projects[0].status, projects[0].budget_baht) == ("BUDGET_APPROVED", 1000)
        assert not planner.get(api).get_json()["editable"]

    def test_a_transfer_keeps_what_was_typed_until_it_sums_to_zero(
        self, session: Session, people: People, projects: list[Project], browsers: dict[str, FlaskClient]
    ) -> None:
        pots = [budget(session, people, project, 1000) for project in projects[:2]]
        session.commit()
        planner, url = (
            browsers["planner"],
            f"/organisations/{people.organisation}/budget-transfers/new?fiscal_year=2570",
        )
        page = planner.get(url).text
        assert all(f'name="amount-{pot}"' in page for pot in pots)
        head = {"do": "save", "kind": "TRANSFER", "number": "1/2570", "reason": "ราคาสูงขึ้น"}
        lines = {f"amount-{pots[0]}": "−๖๐๐", f"amount-{pots[1]}": "500"}
        refused = planner.post(url, data={**head, **lines})
        assert refused.status_code == 422 and 'value="−๖๐๐"' in refused.text and "ต่างกัน" in refused.text
        refused = planner.post(url, data={**head, f"amount-{pots[0]}": "-1,600", f"amount-{pots[1]}": "1600"})
        assert refused.status_code == 422 and f"wrong-{pots[0]}" in refused.text
        made = planner.post(url, data={**head, **lines, f"amount-{pots[1]}": "600"})
        assert made.status_code == 303
        page = planner.get(made.location).text
        assert 'value="-600.00"' in page and 'data-balanced="true"' in page
        assert planner.post(made.location, data={"do": "remove", "row_version": seen_version(page)}).status_code == 303
        removed = planner.get(f"/organisations/{people.organisation}/money?fiscal_year=2570&state=REMOVED").text
        assert "ราคาสูงขึ้น" in removed
        assert planner.post(made.location, data={"do": "restore", "row_version": "0"}).status_code == 303

    def test_of_a_large_year_lines_are_asked_for_by_project(
        self,
        monkeypatch: pytest.MonkeyPatch,
        session: Session,
        people: People,
        projects: list[Project],
        browsers: dict[str, FlaskClient],
    ) -> None:
        monkeypatch.setattr("app.web.budget_transfer_pages.SHOWN_WITHOUT_ASKING", 1)
        pots = [budget(session, people, project, 1000) for project in projects[:2]]
        session.commit()
        planner = browsers["planner"]
        url = f"/organisations/{people.organisation}/budget-transfers/new?fiscal_year=2570"
        assert f"amount-{pots[0]}" not in planner.get(url).text
        asked = {"do": "add", "reason": "เหลือจ่าย", "codes": f"{projects[0].code.lower()}\n70-X-0001"}
        page = planner.post(url, data=asked).text
        assert f'name="amount-{pots[0]}"' in page and f"amount-{pots[1]}" not in page
        assert "70-X-0001" in page and 'value="เหลือจ่าย"' in page
        more = {"do": "add", "codes": projects[1].code, f"amount-{pots[0]}": "-5", "shown": [str(pots[0]), "๙" * 30]}
        page = planner.post(url, data=more).text
        assert f'name="amount-{pots[1]}"' in page and 'value="-5"' in page

    def test_a_year_is_closed_and_opened_again_by_two(self, people: People, browsers: dict[str, FlaskClient]) -> None:
        finance, executive = browsers["finance"], browsers["executive"]
        url = f"/organisations/{people.organisation}/money/years/2570"
        desk = f"/organisations/{people.organisation}/money?fiscal_year=2570"
        assert finance.post(url, data={"do": "close"}).status_code == 303
        assert "ปิดปีแล้ว" in finance.get(desk).text
        late = finance.post(url, data={"do": "ask", "reason": "เบิกค้าง", "until_on": "1 ม.ค. 2700"})
        assert late.status_code == 422 and "เบิกค้าง" in late.text
        until = (date.today() + timedelta(days=9)).isoformat()
        assert finance.post(url, data={"do": "ask", "reason": "เบิกค้าง", "until_on": until}).status_code == 303
        assert "ผู้ขอยืนยันเองไม่ได้" in finance.get(desk).text
        page = executive.get(desk).text
        confirm = {"do": "confirm", "row_version": seen_version(page)}
        assert finance.post(url, data=confirm).status_code == 422
        assert executive.post(url, data=confirm).status_code == 303
        assert "เปิดชั่วคราว" in executive.get(desk).text
        assert finance.post(url.replace("2570", "999999"), data={"do": "close"}).status_code == 422

    def test_money_is_carried_over_from_one_form(
        self, session: Session, people: People, projects: list[Project], browsers: dict[str, FlaskClient]
    ) -> None:
        pots = [budget(session, people, project, 1000) for project in projects[:2]]
        session.commit()
        finance, url = browsers["finance"], f"/organisations/{people.organisation}/carry-overs?fiscal_year=2570"
        chosen = [f"{pot}-0" for pot in pots]
        form = {"chosen": chosen, "until_on": "31 มี.ค. 2571", **{f"amount-{key}": "400" for key in chosen}}
        refused = finance.post(url, data=form)
        assert refused.status_code == 422 and refused.text.count(" checked></td>") == 2
        assert "เลือก 2 รายการ รวม 800.00 บาท" in refused.text, "without a script, too"
        approval = {"legal_reference": "มติสภา", "approved_on": "1 ก.ย. 2570"}
        assert finance.post(url, data={**form, **approval}).status_code == 303
        page = finance.get(url).text
        assert page.count("พับตกไป</summary>") == 2
        carry = re.search(r"/carry-overs/(\d+)\?", page)
        assert carry is not None
        back = f"/organisations/{people.organisation}/carry-overs/{carry[1]}?fiscal_year=2570"
        assert finance.post(back, data={"project": projects[0].code, "row_version": "1"}).status_code == 303

    def test_what_officers_entered_is_decided_on(
        self, session: Session, people: People, projects: list[Project], browsers: dict[str, FlaskClient]
    ) -> None:
        for receipt in ("R-AAAA-0001", "R-AAAA-0002", "R-AAAA-0003"):
            who = Attribution(people.officer.user_id, people.officer.display_name, people.organisation, receipt)
            attribute(session, who)
            session.execute(
                sa.text("UPDATE project SET name_th = name_th || '.' WHERE id = :id"), {"id": projects[0].id}
            )
        pot = budget(session, people, projects[1], 1000)
        attribute(session, replace(who, request_id="R-AAAA-0004"))
        signed = NewContract("๑๒/๒๕๗๐", Decimal(700), SIGNED, "หจก. สาธิตก่อสร้าง")
        record_contract(session, people.officer, projects[1].code, signed)
        attribute(session, SYSTEM)
        session.commit()
        assert pot and desk_tasks(session, [people.organisation], people.executive.user_id).entered == 4
        executive, url = browsers["executive"], f"/organisations/{people.organisation}/on-behalf"
        told = " ".join(executive.get(url).text.split())
        for fact in ("บันทึกสัญญา</a>", "700.00 บาท", "เลขที่ 12/2570", "หจก. สาธิตก่อสร้าง", "4 พ.ย. 2569"):
            assert fact in told, fact
        mark = executive.get(f"/projects/{projects[1].code}?tab=contracts").text
        assert f"กรอกแทนโดย {people.officer.display_name} รอยืนยัน" in mark and "/on-behalf#R-AAAA-0004" in mark
        assert "บันทึกแทนรอยืนยัน" in executive.get("/").text
        assert "R-AAAA-0001" in executive.get(url).text
        silent = executive.post(url, data={"decision": "DENIED", "chosen": ["R-AAAA-0001"]})
        assert silent.status_code == 422 and " checked></td>" in silent.text
        both = {"decision": "DENIED", "comment": "ไม่ใช่ของเรา", "chosen": ["R-AAAA-0001", "R-AAAA-0002"]}
        assert executive.post(url, data=both).status_code == 303
        assert executive.post(url, data=both).status_code == 409
        for receipt in ("R-AAAA-0003", "R-AAAA-0004"):
            assert executive.post(url, data={"one": receipt}).status_code == 303
        assert "รอยืนยัน" not in executive.get(f"/projects/{projects[1].code}?tab=contracts").text
        assert "ไม่มีรายการรอยืนยัน" in executive.get(url).text
        assert "ไม่ใช่ของเรา" in executive.get(f"{url}?decided=true").text
        with pytest.raises(InvalidInput) as nothing:
            decide_entries(session, people.executive, people.organisation, [], "CONFIRMED", None)
        assert codes(nothing) == ["on_behalf_count"]

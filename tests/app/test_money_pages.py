"""Forms of a project's money and facts on its page: what each does, and what happens when somebody was quicker."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import Contract, Project
from app.queries.project_money import DisbursementRow
from app.services.progress import NewProgress, report_progress
from app.services.projects import update_project
from app.web.money_present import quarter_of, quarters
from tests import factories as make
from tests.app.conftest import SignIn
from tests.app.money_world import People, budget, contract, make_people, version_of


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def project(session: Session, people: People) -> Project:
    return make.make_project(session, people.organisation, status="PLANNED", width_m=4)


@pytest.fixture
def finance(client: FlaskClient, session: Session, people: People, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, make.make_user(session, "LAO_FINANCE", organisation=people.organisation))


def page(client: FlaskClient, project: Project, query: str) -> str:
    answer = client.get(f"/projects/{project.code}?{query}")
    assert answer.status_code == 200, answer.text[:400]
    return answer.text


def send(client: FlaskClient, project: Project, path: str, form: Mapping[str, object], status: int = 303) -> str:
    answer = client.post(f"/projects/{project.code}/{path}", data=form)
    assert answer.status_code == status, answer.text[:4000]
    return answer.text


def fields_of(text: str) -> dict[str, str]:
    """What a browser would send of the form that is open: inputs, ticked boxes, chosen options and texts."""
    inner = text.split('id="form"', 1)[1].split("</form>", 1)[0]
    sent = {}
    for tag in re.findall(r"<input [^>]*>", inner):
        given = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if given.get("type") not in ("checkbox", "radio") or " checked" in tag:
            sent[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select [^>]*?name="([^"]+)".*?>(.*?)</select>', inner, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = html.unescape(chosen[1]) if chosen else ""
    for name, value in re.findall(r'<textarea [^>]*?name="([^"]+)".*?>(.*?)</textarea>', inner, re.S):
        sent[name] = html.unescape(value)
    return sent


def test_the_life_of_a_contract_is_told_and_written_on_its_tab(
    session: Session, people: People, project: Project, finance: FlaskClient
) -> None:
    budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    row = f"contracts/{number}"
    form = fields_of(page(finance, project, f"tab=contracts&do=amend&of={number}"))
    form |= {"amount_change_baht": "−๑๐๐", "new_end_on": "31 มี.ค. 2570", "reason": "ลดงาน"}
    send(finance, project, f"{row}/amend", form)
    told = page(finance, project, "tab=contracts")
    assert "<del>900.00</del> → 800.00" in told and "31 มี.ค. 2570" in told and "ลดงาน" in told
    form = fields_of(page(finance, project, f"tab=contracts&do=instalments&of={number}"))
    parts = {
        "instalments-1-amount_baht": "300",
        "instalments-3-amount_baht": "500",
        "instalments-3-work_percent": "100",
    }
    wrong = send(finance, project, f"{row}/instalments", {**form, **parts, "instalments-3-amount_baht": "499"}, 422)
    assert 'value="499"' in wrong and 'value="300"' in wrong, "what was typed is kept"
    send(finance, project, f"{row}/instalments", form | parts)
    late = {"days": "๓", "rate_percent": "0.10 %", "compute": "1"}
    asked = finance.post(f"/projects/{project.code}/{row}/penalty", data=late)
    assert asked.status_code == 200 and fields_of(asked.text)["amount_baht"] == "2.40", "3 days x 0.10 % of 800"
    send(finance, project, f"{row}/penalty", {"days": "3", "amount_baht": "2.40", "reason": "ส่งงานช้า"})
    told = page(finance, project, "tab=contracts")
    assert "งวดที่ 2" in told and "ส่งงานช้า" in told and f"under={number}-1" in told
    # the first open instalment is offered with its open amount
    form = fields_of(page(finance, project, "tab=disbursements&do=add"))
    assert (form["under"], form["amount_baht"]) == (f"{number}-1", "300.00")
    send(finance, project, "disbursements", form | {"paid_on": "18 พ.ย. 2569"})
    paid = session.execute(sa.text("SELECT id, contract_id, instalment FROM disbursement")).one()
    assert (paid.contract_id, paid.instalment) == (number, 1)
    silent = send(finance, project, f"disbursements/{paid.id}/reverse", {"paid_on": "19 พ.ย. 2569"}, 422)
    assert 'id="error-reason"' in silent
    back = {"paid_on": "19 พ.ย. 2569", "reason": "จ่ายผิดงวด"}
    send(finance, project, f"disbursements/{paid.id}/reverse", back)
    told = page(finance, project, "tab=disbursements")
    assert "<del>300.00</del>" in told and "−300.00" in told and "จ่ายผิดงวด" in told
    told = page(finance, project, "tab=history")
    assert "คืนรายการเบิกจ่าย" in told and "300.00 บาท · 18 พ.ย. 2569" in told and "จ่ายผิดงวด" in told
    penalty = session.scalar(sa.text("SELECT id FROM contract_penalty"))
    send(finance, project, f"penalties/{penalty}/remove", {"reason": "นับวันผิด"})
    told = page(finance, project, "tab=contracts")
    assert "“นับวันผิด”" in told and "2.40" not in told.split("removed-penalties")[0]
    send(finance, project, f"penalties/{penalty}/restore", {})
    assert "removed-penalties" not in page(finance, project, "tab=contracts")


def test_money_is_taken_out_and_brought_back(
    session: Session, people: People, project: Project, finance: FlaskClient
) -> None:
    budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    asked = page(finance, project, f"tab=contracts&do=remove&of={number}")
    assert "นำกลับได้" in asked
    send(finance, project, f"contracts/{number}/remove", fields_of(asked))
    assert session.get_one(Contract, number).removed_at is not None
    typed = {"row_version": "1", "signed_on": "1 ธ.ค. 2569", "reason": "ขยายเวลาเพราะฝน", "new_end_on": "1 มี.ค. 2570"}
    late = send(finance, project, f"contracts/{number}/amend", typed, 404)
    assert "ถูกนำออกไปแล้ว" in late and "ขยายเวลาเพราะฝน" in late
    told = page(finance, project, "tab=contracts")
    assert "ยังไม่มีสัญญา" in told and f"/contracts/{number}/restore" in told
    send(finance, project, f"contracts/{number}/restore", {})
    session.expire_all()
    assert project.contracted_baht == 900
    reserve = fields_of(page(finance, project, "tab=budget&do=reserve"))
    assert reserve["contract_id"] == str(number) and reserve["amount_baht"] == "900.00"
    send(finance, project, "reserves", reserve | {"until_on": "31 มี.ค. 2571"})
    kept = session.scalar(sa.text("SELECT id FROM carry_over"))
    send(
        finance,
        project,
        f"reserves/{kept}/remove",
        fields_of(page(finance, project, f"tab=budget&do=release&of={kept}")),
    )
    assert "ยังไม่กันเงิน" in page(finance, project, "tab=budget")
    send(finance, project, f"budget/{number}/amend", {}, 404)


def test_a_correction_that_comes_second_is_laid_side_by_side(
    session: Session, people: People, project: Project, finance: FlaskClient
) -> None:
    budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    mine = fields_of(page(finance, project, f"tab=contracts&do=change&of={number}"))
    theirs = mine | {"amount_baht": "850", "egp_number": "69109123456"}
    send(finance, project, f"contracts/{number}/change", theirs)
    mine |= {"amount_baht": "๘๗๐", "contractor_name": "หจก. สาธิต"}
    conflict = send(finance, project, f"contracts/{number}/change", mine, 409)
    assert "900.00" in conflict and "๘๗๐" in conflict and "850.00" in conflict
    radios = re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)"[^>]*?( checked)?>', conflict)
    chosen = {name: value for name, value, checked in radios if checked}
    assert chosen == {"egp_number": "69109123456", "contractor_name": "หจก. สาธิต"}, "one side only: chosen beforehand"
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', conflict))
    hidden = {name: html.unescape(value) for name, value in hidden.items()}
    assert hidden["choose"] == "amount_baht"
    # nobody chose what both changed: asked again, nothing written
    again = send(finance, project, f"contracts/{number}/change", hidden | chosen, 409)
    assert "ยังไม่ได้เลือกทุกช่อง" in again and "๘๗๐" in again
    send(finance, project, f"contracts/{number}/change", hidden | chosen | {"amount_baht": "๘๗๐"})
    session.expire_all()
    row = session.get_one(Contract, number)
    assert (row.amount_baht, row.egp_number, row.contractor_name) == (870, "69109123456", "หจก. สาธิต")


def test_a_conflict_tells_nothing_to_who_may_not_see_rows_of_money(
    client: FlaskClient, session: Session, people: People, project: Project, sign_in: SignIn
) -> None:
    budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    public = sign_in(client, make.make_user(session, "PUBLIC"))
    for path in (f"contracts/{number}/change", "facts", "status"):
        answer = send(public, project, path, {"choose": "amount_baht", "row_version": "1"}, 403)
        assert "900.00" not in answer


def test_what_was_read_before_somebody_amended_is_asked_again(
    session: Session, people: People, project: Project, finance: FlaskClient
) -> None:
    budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    form = {"row_version": "1", "signed_on": "1 ธ.ค. 2569", "reason": "งานเพิ่ม", "amount_change_baht": "50"}
    send(finance, project, f"contracts/{number}/amend", form)
    conflict = send(finance, project, f"contracts/{number}/amend", form, 409)
    assert "แก้ไขเพิ่มเติมแล้ว" in conflict and "ที่คุณพิมพ์ไว้" in conflict and 'value="งานเพิ่ม"' in conflict


def test_facts_of_a_project_are_changed_and_their_conflicts_chosen(
    client: FlaskClient, session: Session, people: People, project: Project, sign_in: SignIn
) -> None:
    planner = sign_in(client, make.make_user(session, "LAO_PLANNER", organisation=people.organisation))
    mine = fields_of(page(planner, project, "tab=facts&do=edit"))
    assert (mine["width_m"], mine["name_th"]) == ("4", project.name_th)
    # money makes another version, too: nobody touched these fields, so nobody is asked
    budget(session, people, project, 1000)
    assert version_of(session, "project", project.id) > int(mine["row_version"])
    send(planner, project, "facts", mine | {"width_m": "๔.๕"})
    stale = mine | {"row_version": "1", "width_m": "6", "location_text": "หน้าวัด"}
    conflict = send(planner, project, "facts", stale, 409)
    assert "แก้ชนกัน" in conflict and "หน้าวัด" in conflict and "4.5" in conflict
    wrong = send(
        planner, project, "facts", fields_of(page(planner, project, "tab=facts&do=edit")) | {"width_m": "x"}, 422
    )
    assert 'id="error-width_m"' in wrong and 'value="x"' in wrong
    engineer = people.engineer
    row_version = version_of(session, "project", project.id)
    update_project(session, engineer, project.code, {"length_m": 100}, if_match_version=row_version)
    assert "100" in page(planner, project, "tab=facts")


def test_the_status_moves_only_where_the_money_allows_and_is_corrected_for_the_record(
    client: FlaskClient, session: Session, people: People, project: Project, sign_in: SignIn
) -> None:
    budget(session, people, project, 1000)
    executive = sign_in(client, make.make_user(session, "LAO_EXECUTIVE", organisation=people.organisation))
    version = version_of(session, "project", project.id)
    assert "แก้สถานะ" in page(executive, project, "tab=status")
    silent = {"row_version": version, "status": "PROCURING", "correction": "1"}
    assert 'id="error-reason"' in send(executive, project, "status", silent, 422)
    deferred = send(executive, project, "status", silent | {"status": "DEFERRED", "reason": "เลื่อน"}, 422)
    assert "อนุมัติแล้ว" in deferred
    send(executive, project, "status", silent | {"reason": "เลื่อนตามมติสภา"})
    told = page(executive, project, "tab=status")
    assert "เลื่อนตามมติสภา" in told and "pill-warn" in told.split("steps-title")[2]
    late = send(executive, project, "status", silent | {"reason": "ซ้ำ"}, 409)
    assert 'value="ซ้ำ"' in late


def test_progress_is_drawn_over_the_contract_and_a_late_contract_is_noticed(
    session: Session, people: People, project: Project, finance: FlaskClient
) -> None:
    budget(session, people, project, 1000)
    number = contract(session, people, project, 900)
    session.execute(
        sa.update(Contract).where(Contract.id == number).values(signed_on=date(2025, 11, 4), end_on=date(2026, 1, 31))
    )
    report_progress(session, people.engineer, project.code, NewProgress(date(2025, 12, 1), Decimal(30)))
    told = page(finance, project, "tab=progress")
    assert "<polyline" in told and "งานยังไม่เสร็จ" in told and f"do=penalty&amp;of={number}" in told
    send(finance, project, "progress", {"reported_on": "2 มี.ค. 2569", "percent": "๑๐๐"})
    done = page(finance, project, "tab=progress")
    assert "100" in done and "งานยังไม่เสร็จ" not in done
    [wrong, first] = re.findall(r"do=remove&amp;of=(\d+)#form", done)
    assert 'id="error-reason"' in send(finance, project, f"progress/{wrong}/remove", {}, 422)
    send(finance, project, f"progress/{wrong}/remove", {"reason": "พิมพ์ร้อยละผิด"})
    less = page(finance, project, "tab=progress")
    assert "“พิมพ์ร้อยละผิด”" in less and "งานยังไม่เสร็จ" in less and f"of={first}#form" in less
    assert "พิมพ์ร้อยละผิด" in page(finance, project, "tab=history")
    send(finance, project, f"progress/{wrong}/restore", {})
    assert "งานยังไม่เสร็จ" not in page(finance, project, "tab=progress")
    assert 'id="error-percent"' in send(
        finance, project, "progress", {"reported_on": "2 มี.ค. 2569", "percent": "101"}, 422
    )


def test_payments_are_summed_by_quarter_of_the_fiscal_year(session: Session, people: People, project: Project) -> None:
    def payment(day: date, amount: int) -> DisbursementRow:
        return DisbursementRow(1, 1, None, None, day, None, Decimal(amount), None, None, None, None)

    paid = [payment(date(2026, 10, 1), 10), payment(date(2027, 1, 31), 5), payment(date(2027, 10, 2), 1)]
    assert [(q.number, q.amount_baht, q.total_baht) for q in quarters(paid[:2], 2570)] == [
        (1, 10, 10),
        (2, 5, 15),
        (3, 0, None),
        (4, 0, None),
    ]
    assert [q.number for q in quarters(paid, 2570)] == [1, 2, 3, 4, 0]
    assert quarter_of(date(2027, 9, 30), 2570) == 4

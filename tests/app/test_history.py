"""Histories, receipts and bringing a former value back: what they tell, to whom, and how it is written down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.policy import OwnScope
from app.db import Attribution, attribute
from app.models import ChangeLog, Organisation, Project, UserAccount
from app.queries.history import project_history, record_history
from app.queries.history_rights import ACCOUNTS, ALL_STAFF, NARROWER, OF_THEIR_OWNER, Reader
from app.web.change_words import field_name, is_technical
from app.web.receipts import new_receipt, read_receipt
from tests import factories as make
from tests.app.conftest import SignIn

NATION = Reader(OwnScope(nation=True))
ELSEWHERE = Reader(OwnScope())


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def project(session: Session, organisation: Organisation) -> Project:
    return make.make_project(session, organisation, status="BUDGET_APPROVED", width_m=4)


def person(session: Session, role: str = "LAO_PLANNER", **place: Any) -> UserAccount:
    return make.make_user(session, role, **(place or {"organisation": "D9901001"}))


def patch(client: FlaskClient, project: Project, changes: Mapping[str, Any]) -> str:
    """Change fields as a program does; the receipt."""
    tag = client.get(f"/api/v1/projects/{project.code}").headers["ETag"]
    answer = client.patch(f"/api/v1/projects/{project.code}", json=changes, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    return answer.headers["X-Request-Id"]


def changes_of(session: Session, project: Project) -> list[ChangeLog]:
    statement = sa.select(ChangeLog).where(ChangeLog.project_id == project.id, ChangeLog.entity == "project")
    return list(session.scalars(statement.order_by(ChangeLog.id)))


# --- receipts --------------------------------------------------------------------------------------------------------


def test_a_receipt_is_read_however_it_was_typed() -> None:
    receipt = new_receipt()
    for typed in (receipt, f" {receipt.lower()} ", receipt.replace("-", ""), receipt.replace("-", " ")):
        assert read_receipt(typed) == receipt
    assert read_receipt("r-7f3k-๒๐๙๑") == "R-7F3K-2091"
    for other in ("", "R-7F3K", "R-7F1K-2091", "R-7F3K-20911", "ถนน R-7F3K-2091"):
        assert read_receipt(other) is None


def test_a_receipt_finds_its_change_again(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    planner = person(session)
    sign_in(client, planner)
    receipt = patch(client, project, {"width_m": 5, "location_text": "หน้าวัด"})
    html = client.get(f"/receipts/{receipt}").text
    assert planner.display_name in html and f"/projects/{project.code}?tab=history" in html
    assert "<del>4.0 ม.</del> → 5.0 ม." in html and "หน้าวัด" in html
    [line] = client.get(f"/api/v1/receipts/{receipt}").json["items"]
    assert line["before"] == {"width_m": 4.0, "location_text": None} and line["project"] == project.code
    assert client.get(f"/receipts/{receipt.lower().replace('-', '')}").status_code == 200
    found = client.get(f"/projects?q={receipt}")
    assert (found.status_code, found.headers["Location"]) == (303, f"/receipts/{receipt}")


def test_an_unknown_receipt_is_not_found(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session))
    assert client.get("/receipts/R-7F3K-2091").status_code == 404
    assert client.get("/api/v1/receipts/x%00y").status_code in (400, 404)
    answer = client.get("/api/v1/receipts/R-7F3K-2091")
    assert (answer.status_code, answer.json["code"]) == (404, "receipt_not_found")


def test_for_whom_it_was_entered_stands_on_the_receipt(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session, "PROV_OFFICER", area="99"))
    receipt = patch(client, project, {"width_m": 5})
    html = client.get(f"/receipts/{receipt}").text
    assert re.search(r"<dt>บันทึกแทน</dt><dd>[^<]*หนองสาธิต</dd>", html)


def test_a_large_receipt_is_read_page_by_page(
    client: FlaskClient, session: Session, organisation: Organisation, sign_in: SignIn
) -> None:
    attribute(session, Attribution(None, "นำเข้า", request_id="R-AAAA-0001"))
    projects = [make.make_project(session, organisation, name_th=f"สาย {n}") for n in range(7)]
    sign_in(client, person(session))
    session.execute(sa.text("SELECT set_config('eplan.request_id', '', true)"))
    address: str | None = "/api/v1/receipts/R-AAAA-0001?limit=3"
    items: list[Any] = []
    while address:
        page = client.get(address).json
        assert len(page["items"]) <= 3
        items += page["items"]
        address = page["next"]
    assert [i["project"] for i in items if i["entity"] == "project"] == [p.code for p in projects]
    assert [i["id"] for i in items] == sorted(i["id"] for i in items)


def test_saving_on_a_page_gives_a_receipt_to_open(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session))
    answer = client.post(
        f"/projects/{project.code}/budget",
        data={
            "amount_baht": "1000",
            "fund_source_code": "OWN",
            "legal_reference": "ข้อบัญญัติ",
            "approved_on": "1 ต.ค. 2569",
        },
        follow_redirects=True,
    )
    receipt = re.search(r'data-toast>[^<]*<a href="/receipts/(R-[^"]+)">', answer.text)
    assert receipt is not None
    html = client.get(f"/receipts/{receipt[1]}").text
    assert "บันทึกงบประมาณ" in html and "1,000.00 บาท" in html


def test_contractors_and_accounts_are_named_to_those_who_work_with_them(session: Session, project: Project) -> None:
    make.make_appropriation(session, project, 1000)
    make.make_contract(session, project, 1000, contractor_name="นายสาธิต ใจดี")
    named = [c.after.get("contractor_name") for c in project_history(session, project.id, NATION).items]
    assert "นายสาธิต ใจดี" in named
    assert all("contractor_name" not in c.after for c in project_history(session, project.id, ELSEWHERE).items)
    account = person(session)
    [made] = record_history(session, "user_account", str(account.id), NATION).items
    assert made.action == "insert" and made.after == {}
    [seen] = record_history(session, "user_account", str(account.id), Reader(OwnScope(), accounts=True)).items
    assert seen.after["username"] == account.username and "password" not in seen.after


# --- histories -------------------------------------------------------------------------------------------------------


def test_the_history_of_one_field(client: FlaskClient, session: Session, project: Project, sign_in: SignIn) -> None:
    sign_in(client, person(session))
    for changes in ({"width_m": 5}, {"location_text": "หน้าวัด"}, {"width_m": 6, "location_text": "หลังวัด"}):
        patch(client, project, changes)
    widths = client.get(f"/api/v1/projects/{project.code}/history?field=width_m").json
    assert [(i["before"].get("width_m"), i["after"]["width_m"]) for i in widths["items"]] == [(5, 6), (4, 5), (None, 4)]
    html = client.get(f"/projects/{project.code}?tab=history&field=width_m").text
    listed = html.split('class="history"')[1]
    assert "6.0 ม." in listed and "หลังวัด" not in listed
    assert re.search(r'<option value="width_m" selected>', html) and '<option value="route_code">' not in html


def test_the_history_is_paged(client: FlaskClient, session: Session, project: Project, sign_in: SignIn) -> None:
    sign_in(client, person(session))
    for width in (5, 6, 7):
        patch(client, project, {"width_m": width})
    address: str | None = f"/api/v1/projects/{project.code}/history?field=width_m&limit=2"
    widths: list[float] = []
    while address:
        page = client.get(address).json
        widths += [item["after"]["width_m"] for item in page["items"]]
        address = page["next"]
    assert widths == [7, 6, 5, 4]
    assert client.get(f"/api/v1/projects/{project.code}/history?cursor=x").status_code == 400


def test_any_record_has_a_history(client: FlaskClient, session: Session, project: Project, sign_in: SignIn) -> None:
    sign_in(client, person(session))
    of_organisation = client.get(f"/api/v1/history/organisation/{project.organisation_code}").json["items"]
    assert [item["action"] for item in of_organisation] == ["insert"]
    assert client.get("/api/v1/history/organisation/none").status_code == 404
    assert client.get("/api/v1/history/nothing/1").status_code == 404


# --- bringing back ---------------------------------------------------------------------------------------------------


def restore(client: FlaskClient, project: Project, change: int, name: str, version: int) -> Any:
    data = {"change": str(change), "name": name, "version": str(version)}
    return client.post(f"/projects/{project.code}/restore", data=data)


def test_a_value_is_brought_back_as_a_new_change(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session))
    patch(client, project, {"width_m": 5.25})
    patch(client, project, {"width_m": 6})
    before = changes_of(session, project)
    html = client.get(f"/projects/{project.code}?tab=history").text
    assert html.count("history-restore") == 2
    answer = restore(client, project, before[-1].id, "width_m", project_version(session, project))
    assert answer.status_code == 303
    lines = changes_of(session, project)
    assert lines[:-1] == before and lines[-1].before == {"width_m": 6.0} and lines[-1].after == {"width_m": 5.25}
    html = client.get(f"/projects/{project.code}?tab=history").text
    assert html.count("history-restore") == 2, "what stands again is not offered"


def project_version(session: Session, project: Project) -> int:
    session.expire_all()
    return project.row_version


def test_nothing_is_brought_back_over_somebody_elses_change(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session))
    patch(client, project, {"width_m": 5})
    [*_, change] = changes_of(session, project)
    stale = project_version(session, project) - 1
    answer = restore(client, project, change.id, "width_m", stale)
    assert answer.status_code == 409 and "note-bad" in answer.text
    assert len(changes_of(session, project)) == len([*_, change])


def test_what_is_not_right_any_more_is_refused_with_reasons(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session))
    patch(client, project, {"surface_type_code": None})
    [*_, change] = changes_of(session, project)
    patch(client, project, {"kind": "water"})
    answer = restore(client, project, change.id, "surface_type_code", project_version(session, project))
    assert answer.status_code == 422 and "note-bad" in answer.text


def test_only_changes_of_this_project_and_its_own_fields(
    client: FlaskClient, session: Session, organisation: Organisation, project: Project, sign_in: SignIn
) -> None:
    other = make.make_project(session, organisation, width_m=9)
    sign_in(client, person(session))
    patch(client, other, {"width_m": 8})
    patch(client, project, {"width_m": 5})
    version = project_version(session, project)
    [*_, of_other] = changes_of(session, other)
    [*_, own] = changes_of(session, project)
    assert restore(client, project, of_other.id, "width_m", version).status_code == 404
    assert restore(client, project, own.id, "name_th", version).status_code == 404
    assert restore(client, project, 2**62, "width_m", version).status_code == 404
    assert restore(client, project, 2**80, "width_m", version).status_code == 404


def test_an_engineer_brings_back_the_work_and_not_the_plan(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session))
    patch(client, project, {"width_m": 5, "name_th": "ถนนสายใหม่"})
    sign_in(client, person(session, "LAO_ENGINEER"))
    html = client.get(f"/projects/{project.code}?tab=history").text
    assert html.count("history-restore") == 1
    [*_, change] = changes_of(session, project)
    assert restore(client, project, change.id, "name_th", project_version(session, project)).status_code == 422
    sign_in(client, person(session, "LAO_FINANCE"))
    assert "history-restore" not in client.get(f"/projects/{project.code}?tab=history").text
    assert restore(client, project, change.id, "width_m", project_version(session, project)).status_code == 403


def test_no_field_is_told_by_the_name_of_its_column(session: Session) -> None:
    """Receipts leave nothing out: every column that the log holds has a name in words or is the program's own."""
    held = session.execute(
        sa.text(
            """
            SELECT DISTINCT t.tgrelid ::regclass ::text AS entity, a.attname AS field
            FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid AND f.proname = 'log_changes'
            JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum > 0 AND NOT a.attisdropped
                AND a.atttypid <> 'geometry' ::regtype
            WHERE log_form(t.tgrelid ::regclass ::text, jsonb_build_object(a.attname, 0)) <> '{}'
            """
        )
    ).all()
    assert len(held) > 100
    assert [row for row in held if not is_technical(row.field) and field_name(row.field, row.entity) == row.field] == []


# --- who reads which lines -------------------------------------------------------------------------------------------


def test_every_logged_table_has_one_rule_of_who_reads_its_lines(session: Session) -> None:
    statement = """
        SELECT DISTINCT t.tgrelid ::regclass ::text FROM pg_trigger t
        JOIN pg_proc f ON f.oid = t.tgfoid WHERE f.proname = 'log_changes'
    """
    logged = sorted(session.scalars(sa.text(statement)))
    assert sorted([*ALL_STAFF, *ACCOUNTS, *NARROWER, *OF_THEIR_OWNER]) == logged


JUDGED = {
    "score_sheet": "INSERT INTO score_sheet (fiscal_year_be, province_code) VALUES (2570, '99') RETURNING id",
    "score_mark": "INSERT INTO score_mark (sheet_id, criterion, points, remark, marked_by, marked_by_name)"
    " VALUES (:score_sheet, 'ADVICE', 12, 'ลับ', :officer, 'x') RETURNING id",
    "score_appeal": "INSERT INTO score_appeal (sheet_id, criterion, reason, created_by, created_by_name)"
    " VALUES (:score_sheet, 'ADVICE', 'ลับ', :officer, 'x') RETURNING id",
    "daily_report": "INSERT INTO daily_report (officer_id, officer_name, province_code, day, version, remarks)"
    " VALUES (:officer, 'x', '99', '2026-11-20', 1, 'ลับ') RETURNING id",
    "officer_call": "INSERT INTO officer_call (officer_id, day, organisation_code, kind, subject)"
    " VALUES (:officer, '2026-11-20', 'D9901001', 'CALL', 'ลับ') RETURNING id",
}


def test_a_receipt_shows_only_what_one_may_read(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    """Scores and daily reports are read by those who judge and are judged; the others hear how much there is."""
    officer = person(session, "PROV_OFFICER", area="99")
    attribute(session, Attribution(officer.id, "ก", request_id="R-AAAA-0002"))
    keys: dict[str, Any] = {"officer": officer.id}
    for entity, statement in JUDGED.items():
        keys[entity] = session.scalar(sa.text(statement), keys)
    asked = session.scalar(sa.text("SELECT count(*) FROM change_log WHERE request_id = 'R-AAAA-0002'"))
    assert asked == len(JUDGED)
    attribute(session, Attribution(officer.id, "ก", request_id="R-AAAA-0003"))
    project.location_text = "ข้างวัด"
    session.execute(sa.text("UPDATE score_mark SET points = 13"))
    session.flush()
    session.execute(sa.text("SELECT set_config('eplan.request_id', '', true)"))

    readers = {"officer": officer, "head": person(session, "PROV_HEAD", area="99")}
    for who in readers.values():
        sign_in(client, who)
        page = client.get("/api/v1/receipts/R-AAAA-0002").json
        assert ({one["entity"] for one in page["items"]}, page["hidden"]) == (set(JUDGED), 0)
        assert "ไม่มีสิทธิ์ดู" not in client.get("/receipts/R-AAAA-0003").text
    others = [person(session, role) for role in ("LAO_PLANNER", "LAO_FINANCE", "LAO_ENGINEER", "LAO_EXECUTIVE")]
    for who in others:
        sign_in(client, who)
        page = client.get("/api/v1/receipts/R-AAAA-0002").json
        assert (page["items"], page["hidden"]) == ([], len(JUDGED)), who.username
        shown = client.get("/receipts/R-AAAA-0002")
        assert shown.status_code == 200 and "ลับ" not in shown.text
        assert f"มี {len(JUDGED)} รายการที่คุณไม่มีสิทธิ์ดู" in shown.text
        both = client.get("/receipts/R-AAAA-0003").text
        assert "ข้างวัด" in both and "มีอีก 1 รายการที่คุณไม่มีสิทธิ์ดู" in both
        for entity in JUDGED:
            assert client.get(f"/api/v1/history/{entity}/{keys[entity]}").json["items"] == []
    # Whoever advises the department reads what officers do, and judges nobody.
    sign_in(client, person(session, "CENTRAL_ANALYST", area=None))
    page = client.get("/api/v1/receipts/R-AAAA-0002").json
    assert ({one["entity"] for one in page["items"]}, page["hidden"]) == ({"daily_report", "officer_call"}, 3)


def test_a_citizens_question_is_read_where_it_is_answered(
    client: FlaskClient, session: Session, project: Project
) -> None:
    code = project.organisation_code
    key = session.scalar(
        sa.text("INSERT INTO citizen_question (organisation_code, project_id, due_on) VALUES (:code, :project, :due)"
                " RETURNING id"),
        {"code": code, "project": project.id, "due": "2026-12-20"},
    )  # fmt: skip
    here = Reader(OwnScope(organisations=frozenset({code})))
    assert len(record_history(session, "citizen_question", str(key), here).items) == 1
    assert record_history(session, "citizen_question", str(key), ELSEWHERE).items == []
    entities = {change.entity for change in project_history(session, project.id, ELSEWHERE).items}
    assert "project" in entities and "citizen_question" not in entities


def test_a_table_without_a_rule_is_read_at_its_own_place_or_by_nobody(
    session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queries.history_rights.ALL_STAFF", ALL_STAFF - {"project", "area"})
    here = Reader(OwnScope(provinces=frozenset({"99"})))
    assert record_history(session, "project", str(project.id), here).items
    assert record_history(session, "project", str(project.id), ELSEWHERE).items == []
    areas = record_history(session, "area", "99", NATION)
    assert areas.items == [] and record_history(session, "area", "99", NATION).hidden == areas.hidden

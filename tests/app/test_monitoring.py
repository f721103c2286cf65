"""The pages and addresses of monitoring: one's own place first, every number opens its rows, nothing for the public."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import Organisation
from app.queries.owed import Item
from app.web import completeness as completeness_json
from app.web import home, monitoring
from app.web.completeness_words import address_of
from tests import factories as make
from tests.app.completeness_world import YEAR, counted, opened
from tests.app.conftest import SignIn

LATER = date(2026, 12, 10)


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (monitoring, completeness_json, home):
        monkeypatch.setattr(module, "today", lambda: LATER)


@pytest.fixture
def organisation(session: Session) -> Organisation:
    made = make.make_organisation(session)
    make.make_organisation(session, "D9902001", name_th="ไกล", amphoe_code="9902", tambon_codes=())
    opened(session, YEAR)
    return made


def signed(client: FlaskClient, sign_in: SignIn, session: Session, role: str, **where: Any) -> FlaskClient:
    return sign_in(client, make.make_user(session, role, **where))


ADDRESS = f"fiscal_year={YEAR}"


def test_the_officer_sees_the_province_with_days_late_and_what_is_owed(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    signed(client, sign_in, session, "PROV_OFFICER", area="99")
    page = client.get(f"/monitoring?{ADDRESS}").text
    assert "โต๊ะงานจังหวัด" in page and "อบต.หนองสาธิต" in page
    assert "อบต.หนองสาธิต ข้อมูล อปท.: ช้า 10 วัน · 0 จาก 8 รายการ" in page
    assert f"/monitoring/items?organisation={organisation.code}&amp;fiscal_year={YEAR}&amp;topic=LAO_DATA" in page
    # The calendar does not tell an officer to enter these; the rows say the same.
    assert ">บันทึกแทน<" not in page and ">ดูรายการ<" in page and "ดูทั้ง" in page
    session.execute(sa.text("UPDATE calendar_task SET officer_enters = true"))
    session.commit()
    assert ">บันทึกแทน<" in client.get(f"/monitoring?{ADDRESS}").text
    grouped = client.get(f"/monitoring?{ADDRESS}&area=99&by=amphoe").text
    assert "ช้า (อปท.)" in grouped and "/monitoring/owed?area=9901" in grouped
    assert client.get(f"/monitoring?{ADDRESS}&view=map").text.count("monitoring-data") == 1
    assert (
        "polyline" in client.get(f"/monitoring?{ADDRESS}&view=trend").text
        or "ยังไม่มีวันที่" in client.get(f"/monitoring?{ADDRESS}&view=trend").text
    )


def test_staff_of_an_organisation_see_their_topics_and_go_to_the_field(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    signed(client, sign_in, session, "LAO_ENGINEER", organisation=organisation)
    road = make.make_project(session, organisation, fiscal_year_be=YEAR)
    page = client.get(f"/monitoring?{ADDRESS}").text
    # What was just entered is counted before it is read.
    assert "ความครบถ้วนของเรา" in page and "ดูที่ขาด 1 รายการ" in page
    listed = client.get(f"/monitoring/items?{ADDRESS}&organisation={organisation.code}&topic=COORDINATES").text
    assert f'href="/map?project={road.code}"' in listed
    first = client.get("/").text
    assert first.index("พิกัดโครงการถนน") < first.index("ข้อมูลทั่วไปของ อปท.")
    assert f'href="/map?project={road.code}"' in first


def test_a_head_that_there_is_not_is_not_another(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    signed(client, sign_in, session, "LAO_PLANNER", organisation=organisation.code)
    page = client.get(f"/monitoring/items?organisation={organisation.code}&topic=NOPE")
    assert page.status_code == 404
    assert "NOPE" in page.text


def test_another_organisation_is_not_called_ours(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    signed(client, sign_in, session, "LAO_PLANNER", organisation=organisation.code)
    assert "ความครบถ้วนของเรา" in client.get(f"/monitoring?{ADDRESS}").text
    other = client.get(f"/monitoring?{ADDRESS}&organisation=D9902001").text
    assert "ความครบถ้วนของเรา" not in other
    assert re.search(r"<h1[^>]*>ความครบถ้วนของ [^<]*ไกล</h1>", other)


def test_what_is_owed_is_one_number_everywhere(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    project = make.make_project(session, organisation, fiscal_year_be=YEAR, status="BUDGET_APPROVED")
    make.make_geometry(session, project, make.line(), status="SUBMITTED")
    signed(client, sign_in, session, "PROV_OFFICER", area="99")
    pages = [client.get(address).text for address in ("/", f"/monitoring?{ADDRESS}", "/monitoring/owed?area=99")]
    counts = [re.search(r"ค้างวันนี้</h2>.*?(\d+) รายการ|</h2><span class=\"small muted\">(\d+) รายการ", page, re.S)
              for page in pages]  # fmt: skip
    assert len({found[1] or found[2] for found in counts if found}) == 1 and all(counts)
    assert "รอตรวจ 1" in pages[0]


def test_a_year_without_a_calendar_says_so(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    signed(client, sign_in, session, "DLA_CENTRAL")
    page = client.get("/monitoring?fiscal_year=2560").text
    assert "ปีงบ 2560 ยังไม่มีปฏิทิน" in page and f"fiscal_year={YEAR}" in page


def test_the_nation_has_rows_of_provinces_without_bangkok(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    signed(client, sign_in, session, "DLA_CENTRAL")
    page = client.get(f"/monitoring?{ADDRESS}").text
    assert "โต๊ะงานประเทศ" in page and "กรุงเทพมหานครไม่อยู่ในระบบนี้" in page
    answer = client.get(f"/api/v1/completeness?{ADDRESS}").json
    assert [(row["code"], row["organisations"]) for row in answer["items"]] == [("99", 2)]
    cell = answer["total"]["topics"]["LAO_DATA"]
    assert (cell["state"], cell["late"], cell["wanted"], cell["late_days"]) == ("late", 2, 16, 10)
    assert answer["late_organisations"] == 2 and answer["next"] is None


def test_programs_read_what_is_owed_and_what_is_missing(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    signed(client, sign_in, session, "PROV_OFFICER", area="99")
    answer = client.get("/api/v1/today?state=late").json
    assert client.get("/api/v1/today").json["total"] > answer["total"] == answer["late"] == len(answer["items"]) > 0
    assert {item["days_late"] > 0 for item in answer["items"]} == {True}
    narrowed = client.get(f"/api/v1/today?topic=VISION&area=9902&{ADDRESS}").json
    assert [(item["organisation_code"], item["missing"]) for item in narrowed["items"]] == [("D9902001", 1)]
    missing = client.get(f"/api/v1/organisations/{organisation.code}/missing?{ADDRESS}&topic=LAO_DATA").json["items"]
    assert len(missing) == 8
    postcode = next(item for item in missing if item["field"] == "postcode")
    assert postcode["address"] == f"/organisations/{organisation.code}?edit=profile#f-postcode"
    assert (postcode["text"], postcode["days_late"]) == ("ยังไม่ได้กรอก รหัสไปรษณีย์", 10)
    for address in ("/api/v1/today", "/api/v1/completeness", "/monitoring", "/monitoring/owed", "/monitoring/items"):
        assert client.get(f"{address}?organisation=nobody").status_code == 404


def test_the_file_has_a_line_for_each_row(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    signed(client, sign_in, session, "PROV_HEAD", area="99")
    answer = client.get(f"/monitoring/file?{ADDRESS}&area=99&format=csv")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {line[0] for line in lines[1:]} == {"D9901001", "D9902001"}
    assert lines[0][:4] == ["รหัส", "ชื่อ", "จำนวน อปท.", "ครบ (ร้อยละ)"] and len(lines[0]) == 4 + 14 * 4
    assert lines[1][4:8] == ["ช้า", "0", "8", "10"]
    assert client.get(f"/monitoring/file?{ADDRESS}&format=xlsx").data[:2] == b"PK"


def test_partner_agencies_see_counts_and_the_public_nothing(
    client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    assert client.get("/monitoring").status_code in (302, 401)
    signed(client, sign_in, session, "PARTNER_AGENCY")
    page = client.get(f"/monitoring?{ADDRESS}&area=99")
    assert page.status_code == 200 and "/monitoring/items" not in page.text and "ค้างวันนี้" not in page.text
    assert client.get("/api/v1/today").status_code == 403
    signed(client, sign_in, session, "PUBLIC")
    assert client.get("/monitoring").status_code == 403
    assert "/monitoring" not in client.get("/projects").text


@pytest.mark.parametrize(
    ("record", "field", "address"),
    [
        ("profile", "address", "/organisations/D1?edit=profile#f-address"),
        ("population:2569", "male", "/organisations/D1?edit=population&year=2569#people-2569-male"),
        ("plan", "vision", "/plans?organisation=D1"),
        ("plan:7", "vision", "/plans/7#plan-vision"),
        ("plan:7", "strategy", "/plans/7?edit=0#strategy-form"),
        ("plan:7", "tactic:3", "/plans/7?edit=3#strategy-form"),
        ("plan:7", "promulgated", "/plans/7"),
        ("version:5", "promulgated", "/plan-versions/5"),
        ("documents", "ordinance", "/organisations/D1/money?fiscal_year=2570"),
        ("document:4", "approved", "/budget-documents/4"),
        ("project:70-1", "in_force", "/projects/70-1?tab=budget"),
        ("project:70-1", "objective", "/projects/70-1?tab=plan"),
        ("project:70-1", "contract", "/projects/70-1?tab=contracts&do=add#form"),
        ("project:70-1", "payment:8:0", "/projects/70-1?tab=disbursements&do=add&under=8#form"),
        ("project:70-1", "payment:8:2", "/projects/70-1?tab=disbursements&do=add&under=8-2#form"),
        ("project:70-1", "coordinates", "/map?project=70-1"),
        ("finances", "R:3", "/organisations/D1/sheets/revenue?fiscal_year=2570"),
        ("grant:2", "letter", "/organisations/D1/sheets/grants?fiscal_year=2570"),
        ("grants", "allotment", "/organisations/D1/sheets/grants?fiscal_year=2570"),
    ],
)
def test_every_missing_thing_has_the_page_where_it_is_entered(record: str, field: str, address: str) -> None:
    item = Item("D1", YEAR, "X", 0, record, field, None, None, None, 0)
    assert address_of(item) == address


def test_these_pages_exist(client: FlaskClient, sign_in: SignIn, session: Session, organisation: Organisation) -> None:
    """What the list links to opens: an address that moved would lead nowhere."""
    signed(client, sign_in, session, "LAO_PLANNER", organisation=organisation)
    road = make.make_project(session, organisation, fiscal_year_be=YEAR, budget_baht=100)
    plan = make.make_plan_line(session, organisation)
    counted(session)
    for topic in ("LAO_DATA", "POPULATION", "VISION", "STRATEGY", "BUDGET", "CONTRACT", "FINANCE", "COORDINATES"):
        found = client.get(f"/api/v1/organisations/{organisation.code}/missing?{ADDRESS}&topic={topic}").json["items"]
        assert found, topic
        for address in {item["address"] for item in found}:
            assert client.get(address).status_code == 200, address
    assert road.code and plan.id

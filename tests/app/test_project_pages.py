"""Pages of projects: what stands on them, for whom, and what their forms do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.models import Organisation, PlanVersion, Project, UserAccount
from app.queries.history import Change
from app.queries.project_detail import project_detail
from app.web.project_texts import change_lines
from tests import factories as make
from tests.app.conftest import SignIn


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def project(session: Session, organisation: Organisation) -> Project:
    line = make.make_plan_line(session, organisation, programme_code="00310")
    return make.make_project(
        session,
        organisation,
        status="BUDGET_APPROVED",
        budget_baht=4_850_000,
        plan_project_id=line.id,
        length_m=430,
        segments=({"length_m": 430, "width_m": 5, "surface_type_code": "RC"},),
    )


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def person(session: Session, role: str, **place: Any) -> UserAccount:
    if not place:
        place = {"organisation": "D9901001"}
    return make.make_user(session, role, **place)


def test_the_list_shows_rows_filters_and_downloads(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    html = page(sign_in(client, person(session, "LAO_ENGINEER")), "/projects?kind=road&fiscal_year=2570")
    assert project.name_th in html
    assert "4,850,000" in html
    assert "อบต.หนองสาธิต" in html
    assert "ยังไม่มีพิกัด" in html
    assert "ปีงบ 2570" in html
    for name in ("GeoJSON", "GeoPackage", "Shapefile", "KML", "CSV", "XLSX", "FlatGeobuf", "GeoParquet"):
        assert name in html


def test_the_list_pages_both_ways(client: FlaskClient, session: Session, organisation: Organisation) -> None:
    for number in range(60):
        make.make_project(session, organisation, name_th=f"ถนนสาย {number:03d}")
    first = page(client, "/projects")
    assert 'rel="next"' in first and 'rel="prev"' not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = page(client, following)
    assert 'rel="prev"' in second and 'rel="next"' not in second
    assert second.count('scope="row"') == 10
    assert "60 โครงการ" in page(client, "/projects/count")


def test_a_view_can_be_sent_as_a_link(client: FlaskClient, session: Session, project: Project) -> None:
    make.make_project(session, kind="water", name_th="ขุดสระแหล่งน้ำ", water_source_type_code="POND")
    html = page(client, "/projects?q=แหล่งนํ้า&kind=water&sort=budget")
    assert "ขุดสระแหล่งน้ำ" in html and project.name_th not in html
    assert 'value="แหล่งนํ้า"' in html
    assert page(client, "/projects?sort=name"), "an order that needs a place falls back on a page"


def options_of(html: str, field: str) -> dict[str, str]:
    select = html.split(f'id="by-{field}"')[1].split("</select>")[0]
    return {value: word for value, word in re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)', select)}


def test_places_to_choose_are_those_around_the_person(
    client: FlaskClient, session: Session, organisation: Organisation, sign_in: SignIn
) -> None:
    make.make_organisation(session, "D9902001", name_th="ดงเค็ง", amphoe_code="9902", tambon_codes=("990201",))
    make.make_organisation(
        session, "D9801001", name_th="ไกลโพ้น", province_code="98", amphoe_code="9801", tambon_codes=("980101",)
    )
    public = page(client, "/projects")
    assert {"98", "99"} <= set(options_of(public, "area")) and "9901" not in options_of(public, "area")
    assert "เลือกจังหวัดก่อน" in public
    chosen = page(client, "/projects?area=98")
    assert {"98", "99", "9801"} <= set(options_of(chosen, "area"))
    assert set(options_of(chosen, "organisation")) == {"D9801001"}
    engineer = sign_in(client, person(session, "LAO_ENGINEER"))
    own = page(engineer, "/projects")
    assert set(options_of(own, "area")) == {"99", "9901", "9902"}
    assert set(options_of(own, "organisation")) == {"D9901001", "D9902001"}
    narrowed = page(engineer, "/projects?area=9902&organisation=D9801001")
    assert set(options_of(narrowed, "organisation")) == {"D9902001", "D9801001"}
    assert 'value="9902" selected' in narrowed and 'value="D9801001" selected' in narrowed
    assert 'type="hidden" name="organisation"' not in narrowed


def test_the_three_kinds_of_nothing(client: FlaskClient, session: Session, organisation: Organisation) -> None:
    assert "ยังไม่มีโครงการ" in page(client, "/projects?organisation=D9901001")
    placed = make.make_project(session, organisation)
    make.make_geometry(session, placed, status="VERIFIED")
    assert "ไม่มีงานค้าง" in page(client, "/projects?organisation=D9901001&awaiting=true")
    filtered = page(client, "/projects?q=ไม่มีคำนี้")
    assert "ไม่มีโครงการที่ตรงกับตัวกรอง" in filtered and "มี 1 โครงการเมื่อไม่กรอง" in filtered


@pytest.mark.parametrize("path", ["/projects?fiscal_year=x", "/projects?cursor=zz"])
def test_an_address_that_cannot_be_read_is_said_so(client: FlaskClient, path: str) -> None:
    page(client, path, 400)


def test_one_project_tells_its_chain(client: FlaskClient, session: Session, project: Project, sign_in: SignIn) -> None:
    contract = make.make_contract(session, project, 4_620_000)
    budget = make.make_appropriation(session, project, 1)
    make.make_disbursement(session, budget, 1, contract=contract, instalment=1)
    make.make_geometry(session, project, status="SUBMITTED")
    sign_in(client, person(session, "LAO_ENGINEER"))
    html = page(client, f"/projects/{project.code}")
    for text in ("5,200,000", "4,850,001", "4,620,000", "เลขที่ 12/2570", "4 พ.ย. 2569", "เงินเหลือจ่าย 230,001"):
        assert text in html, text
    assert f"/map?project={project.code}&amp;edit=1" in html
    assert "รุ่น 1" in html and "ผ.02 หน้า 41 ลำดับ 7" in html
    assert "พัฒนาโครงสร้างพื้นฐาน" in page(client, f"/projects/{project.code}?tab=plan")
    assert "4,850,000.00" in page(client, f"/projects/{project.code}?tab=budget")
    assert "บริษัท สาธิตการโยธา จำกัด" in page(client, f"/projects/{project.code}?tab=contracts")
    assert "18 พ.ย. 2569" in page(client, f"/projects/{project.code}?tab=disbursements")
    history = page(client, f"/projects/{project.code}?tab=history")
    assert "บันทึกสัญญา" in history and "พิกัดรุ่น 1: ส่งตรวจ" in history


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("2/2569", "เพิ่มเติม 2/2569"),
        ("ครั้งที่ 1/2569", "เพิ่มเติม ครั้งที่ 1/2569"),
        ("เพิ่มเติมและเปลี่ยนแปลง ครั้งที่ 1/2569", "เพิ่มเติมและเปลี่ยนแปลง ครั้งที่ 1/2569"),
    ],
)
def test_the_version_of_a_plan_says_the_kind_of_change_once(
    session: Session, project: Project, number: str, shown: str
) -> None:
    with make.as_owner(session):
        session.execute(sa.update(PlanVersion).values(number=number))
    detail = project_detail(session, project.code, sight=Visibility.STAFF, names_of_persons=True)
    assert detail is not None and detail.plan is not None and detail.plan.version == shown


def test_the_history_tells_no_length_of_a_point(app: Flask, session: Session) -> None:
    def fields(length_m: float) -> dict[str, str]:
        after = {"version": 1, "status": "SUBMITTED", "length_m": length_m}
        change = Change(datetime.now(UTC), "ทดสอบ", None, "project_geometry", "insert", {}, after, None)
        with app.test_request_context():
            [line] = change_lines(session, [change])
        return {field.label: field.after for field in line.fields}

    assert fields(0) == {}
    assert fields(262.5) == {"ความยาว": "262.5 ม."}


def test_a_project_without_anything_still_has_a_page(
    client: FlaskClient, session: Session, organisation: Organisation, sign_in: SignIn
) -> None:
    bare = make.make_project(session, organisation, status="PLANNED", kind="other")
    sign_in(client, person(session, "LAO_PLANNER"))
    for tab in ("map", "plan", "budget", "contracts", "disbursements", "history"):
        html = page(client, f"/projects/{bare.code}?tab={tab}")
        assert "%" not in html.split("project-funnel")[1].split("</section>")[0].replace("width:0%", "")
    assert "ยังไม่มีพิกัด" in page(client, f"/projects/{bare.code}")
    page(client, "/projects/70-X-0001", 404)


def test_visitors_see_what_is_published(client: FlaskClient, session: Session, project: Project) -> None:
    planned = make.make_project(session, status="PLANNED")
    make.make_geometry(session, project, status="SUBMITTED")
    html = page(client, f"/projects/{project.code}")
    assert "ยังไม่มีพิกัด" in html and "ประวัติ" not in html
    assert "บัญชีนี้เห็นยอดรวม" in page(client, f"/projects/{project.code}?tab=contracts")
    page(client, f"/projects/{planned.code}", 404)


# --- forms -----------------------------------------------------------------------------------------------------------


def test_money_is_typed_as_people_type_it(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session, "LAO_FINANCE"))
    form = {"number": "12/2570", "amount_baht": "๔,๖๒๐,๐๐๐", "signed_on": "4 พ.ย. 2569"}
    answer = client.post(f"/projects/{project.code}/contracts", data=form)
    assert answer.status_code == 303
    session.refresh(project)
    assert (project.contracted_baht, project.status) == (4_620_000, "CONTRACTED")
    html = page(client, f"/projects/{project.code}?tab=contracts")
    assert "4,620,000.00" in html and 'ใบรับเลขที่ <a href="/receipts/R-' in html


def test_every_fault_of_a_form_comes_back_beside_its_field(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session, "LAO_FINANCE"))
    form = {"amount_baht": "ห้าแสน", "signed_on": "31 ก.พ. 2569", "end_on": "x", "contractor_name": "บริษัท ก"}
    answer = client.post(f"/projects/{project.code}/contracts", data=form)
    assert answer.status_code == 422
    for field in ("number", "amount_baht", "signed_on", "end_on"):
        assert f'id="error-{field}"' in answer.text
    assert 'value="ห้าแสน"' in answer.text and 'value="บริษัท ก"' in answer.text
    over = client.post(
        f"/projects/{project.code}/contracts",
        data={"number": "1", "amount_baht": "5,000,000", "signed_on": "4/11/2569"},
    )
    assert over.status_code == 422 and "เกินงบที่อนุมัติ" in over.text


def test_forms_are_for_those_who_may(client: FlaskClient, session: Session, project: Project, sign_in: SignIn) -> None:
    sign_in(client, person(session, "LAO_ENGINEER"))
    assert "บันทึกสัญญา</button>" not in page(client, f"/projects/{project.code}?tab=contracts")
    form = {"number": "1", "amount_baht": "1", "signed_on": "4/11/2569"}
    assert client.post(f"/projects/{project.code}/contracts", data=form).status_code == 403


def test_review_on_the_page(client: FlaskClient, session: Session, project: Project, sign_in: SignIn) -> None:
    make.make_geometry(session, project, status="SUBMITTED")
    sign_in(client, person(session, "PROV_OFFICER", area="99"))
    assert "ตรวจพิกัดรุ่น 1" in page(client, f"/projects/{project.code}")
    url = f"/projects/{project.code}/review"
    silent = client.post(url, data={"status": "RETURNED", "version": "1"})
    assert silent.status_code == 422 and "ต้องบอกเหตุผล" in silent.text
    assert client.post(url, data={"status": "VERIFIED", "version": "1"}).status_code == 303
    verified = page(client, f"/projects/{project.code}")
    assert "ที่มา: วาดบนแผนที่" in verified and "บันทึกแทน" not in verified
    session.refresh(project)
    assert project.geometry_status == "VERIFIED"
    stale = client.post(url, data={"status": "RETURNED", "version": "1", "note": "ช้าไป"})
    assert stale.status_code == 409 and "ถูกแก้ไปก่อน" in stale.text and "ช้าไป" in stale.text


def test_returned_work_is_sent_in_again_without_a_word_of_returning(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    make.make_geometry(session, project, status="RETURNED")
    sign_in(client, person(session, "PROV_OFFICER", area="99"))
    html = page(client, f"/projects/{project.code}")
    assert "ส่งตรวจรุ่น 1" in html and "ส่งกลับแก้ไขต้องบอก" not in html


def test_downloading_asks_for_a_known_format(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, person(session, "LAO_ENGINEER"))
    small = client.post("/projects/download?kind=road", data={"format": "gpkg"})
    assert small.status_code == 303
    assert small.location == "/api/v1/exports?layer=projects&format=gpkg&kind=road"
    assert client.post("/projects/download", data={"format": "exe"}).status_code == 422


def test_pages_in_english_have_the_same_rows(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation="D9901001", language="en"))
    html = page(client, f"/projects/{project.code}?tab=budget")
    assert 'lang="en"' in html and "Own revenue" in html

"""Pages of plans without a script: begun, described, opened, proposed, decided; what was typed is never lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import UserAccount
from app.services.plan_comments import comment_on_version
from tests.app.conftest import SignIn
from tests.app.plan_world import PlanWorld, make_plan_world


@pytest.fixture
def world(session: Session) -> PlanWorld:
    return make_plan_world(session, type_code="SUBDISTRICT_MUNI")


def browser_of(app: Flask, sign_in: SignIn, session: Session, user_id: int | None) -> FlaskClient:
    person = session.get(UserAccount, user_id)
    assert person is not None
    return sign_in(app.test_client(), person)


@pytest.fixture
def desk(app: Flask, sign_in: SignIn, session: Session, world: PlanWorld) -> FlaskClient:
    return browser_of(app, sign_in, session, world.planner.user_id)


def seen_version(page: str) -> str:
    """Number of writing that the forms of a version's page carry."""
    found = re.search(r'name="row_version" value="(\d+)"', page)
    assert found is not None, page
    return found[1]


def test_a_planner_finds_their_plan_and_a_visitor_only_what_is_in_force(
    desk: FlaskClient, client: FlaskClient, world: PlanWorld
) -> None:
    assert "ฉบับแรก" in desk.get("/plans").text
    page = desk.get(f"/plans/{world.plan_id}").text
    assert "ร่าง" in page and "โครงสร้างพื้นฐาน" in page
    assert "ฉบับแรก" not in client.get(f"/plans/{world.plan_id}").text
    assert client.get(f"/plan-versions/{world.version_id}").status_code == 404
    assert "เลือกจังหวัดก่อน" in client.get("/plans").text
    assert "องค์การ" in client.get("/plans?area=99").text or "เทศบาล" in client.get("/plans?area=99").text


def test_a_plan_that_waits_stands_on_the_first_page_of_whoever_it_waits_for(
    app: Flask, sign_in: SignIn, session: Session, desk: FlaskClient, world: PlanWorld
) -> None:
    executive = browser_of(app, sign_in, session, world.executive.user_id)
    address = f'href="/plan-versions/{world.version_id}"'
    assert address in desk.get("/").text
    assert address not in executive.get("/").text
    session.execute(sa.text("UPDATE plan_version SET status = 'PROPOSED' WHERE id = :id"), {"id": world.version_id})
    assert address not in desk.get("/").text
    assert address in executive.get("/").text


def test_vision_is_written_and_a_second_writer_loses_nothing(desk: FlaskClient, world: PlanWorld) -> None:
    page = desk.get(f"/plans/{world.plan_id}").text
    seen = seen_version(page)
    first = desk.post(f"/plans/{world.plan_id}", data={"row_version": seen, "vision": "เมืองน่าอยู่"})
    assert first.status_code == 303
    late = desk.post(f"/plans/{world.plan_id}", data={"row_version": seen, "vision": "เมืองสะอาด", "mission": "ก\nข"})
    assert late.status_code in (409, 412)
    assert "เมืองสะอาด" in late.text and "ถูกแก้ไปก่อน" in late.text


def test_a_strategy_is_added_mended_and_removed(desk: FlaskClient, world: PlanWorld) -> None:
    url = f"/plans/{world.plan_id}/strategies"
    refused = desk.post(url, data={"code": "1", "name_th": "ซ้ำ", "tactic_1_code": "1", "tactic_1_name": "ขุดลอก"})
    assert refused.status_code == 422 and "ซ้ำ" in refused.text and "ขุดลอก" in refused.text
    tactic = {"tactic_1_code": "1", "tactic_1_name": "ขุดลอก", "tactic_1_indicator": "ร้อยละ 80"}
    assert desk.post(url, data={"code": "2", "name_th": "แหล่งน้ำ", **tactic}).status_code == 303
    page = desk.get(f"/plans/{world.plan_id}").text
    assert "กลยุทธ์ 2.1 ขุดลอก" in page
    identity = re.search(r"edit=(\d+)#strategy-form[^>]*>แก้ไข</a></div>\s*<ul>", page)
    assert identity is not None
    form = desk.get(f"/plans/{world.plan_id}?edit={identity[1]}").text
    assert 'value="แหล่งน้ำ"' in form and "หมุดหมาย" in form and 'value="ร้อยละ 80"' in form
    assert desk.post(url, data={"strategy": identity[1], "remove": "1"}).status_code == 409, "not seen, not removed"
    seen = re.search(r'name="strategy" value="\d+"><input type="hidden" name="row_version" value="(\d+)"', form)
    assert seen is not None
    assert desk.post(url, data={"strategy": identity[1], "remove": "1", "row_version": seen[1]}).status_code == 303
    assert "ขุดลอก" not in desk.get(f"/plans/{world.plan_id}").text


def test_what_is_missing_stands_beside_the_way_to_it(desk: FlaskClient, world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน", y2570=None)
    page = desk.get(f"/plan-versions/{world.version_id}").text
    assert "เสนอแผน (เหลือ 1)" in page
    assert f"/p02?row={origin}&amp;column=y2566" in page


def test_a_version_goes_its_way_by_forms_alone(
    desk: FlaskClient, app: Flask, sign_in: SignIn, session: Session, world: PlanWorld
) -> None:
    world.line("ก่อสร้างถนน")
    url = f"/plan-versions/{world.version_id}"
    hall = browser_of(app, sign_in, session, world.executive.user_id)

    def act(browser: FlaskClient, **data: str) -> int:
        seen = seen_version(desk.get(url).text) if "row_version" not in data else data["row_version"]
        return browser.post(url, data={"row_version": seen, **data}).status_code

    assert act(desk, do="propose") == 303
    seen = str(world.version().row_version)
    later = {"row_version": seen, "step": "SUPPORT_COMMITTEE", "result": "PASSED"}
    page = desk.post(url, data={**later, "decided_on": "32 ม.ค. 2569", "reference": "ครั้งที่ 4/2568"})
    assert page.status_code == 422 and "ครั้งที่ 4/2568" in page.text
    for step, browser in (("SUPPORT_COMMITTEE", desk), ("DEVELOPMENT_COMMITTEE", desk), ("EXECUTIVE", hall)):
        seen = str(world.version().row_version)
        assert act(browser, row_version=seen, step=step, result="PASSED", decided_on="1 ต.ค. 2568") == 303
    assert world.version().status == "PROMULGATED"
    page = desk.get(url).text
    assert "โครงการใหม่" in page and "ก่อสร้างถนน" in page
    page = desk.get(f"/plans/{world.plan_id}?edit={world.strategy_id}").text
    assert "เปิดฉบับใหม่" in page and "?edit=0" not in page
    assert re.search(r'name="name_th"[^>]* readonly', page) and 'name="remove"' not in page, "as the service has it"


def test_what_still_waits_is_told_before_a_version_is_proposed_and_its_file_waits_with_it(
    desk: FlaskClient, session: Session, world: PlanWorld, tmp_path: Path
) -> None:
    from tests.app.test_plan_uploads import send
    from tests.app.test_plan_workbook import workbook_of

    world.line("ก่อสร้างถนน")
    url = f"/plan-versions/{world.version_id}"
    upload = f"/plan-uploads/{send(world, workbook_of(world), tmp_path).head.id}"
    comment_on_version(session, world.executive, world.version_id, "ขอให้ทบทวน")
    page = desk.get(url).text
    assert "รอการรับ 1 ไฟล์" in page and upload in page and "รอตอบ 1 เรื่อง" in page
    assert 'id="accept"' in desk.get(upload).text and url in desk.get(upload).text

    seen = seen_version(page)
    asked = desk.post(url, data={"row_version": seen, "do": "propose"})
    assert asked.status_code == 422 and "ยังไม่ได้ยืนยัน" in asked.text and world.version().status == "DRAFT"
    assert desk.post(url, data={"row_version": seen, "do": "propose", "sure": "1"}).status_code == 303
    assert upload in desk.get(url).text, "still waiting, still found"
    page = desk.get(upload).text
    assert 'id="accept"' not in page and "เสนอแล้ว ตารางปิดอยู่" in page and f'href="{url}"' in page


def test_a_new_version_is_opened_and_what_was_typed_comes_back_when_it_is_refused(
    desk: FlaskClient, world: PlanWorld
) -> None:
    world.line("ก่อสร้างถนน")
    world.promulgate()
    url = f"/plans/{world.plan_id}/versions"
    refused = desk.post(url, data={"number": "ครั้งที่ 7/2569", "fiscal_year_be": "๒๕๖๙", "reason": "ภัยแล้ง"})
    assert refused.status_code == 422 and "ครั้งที่ 7/2569" in refused.text and "ภัยแล้ง" in refused.text
    form = {"number": "ครั้งที่ 7/2569", "fiscal_year_be": "๒๕๖๙", "change_types": ["ADD", "CHANGE"]}
    opened = desk.post(url, data=form)
    assert opened.status_code == 303 and opened.headers["Location"].endswith("/p02")
    assert "เพิ่มเติม เปลี่ยนแปลง ครั้งที่ 7/2569" in desk.get(f"/plans/{world.plan_id}").text


def test_the_summary_adds_up(desk: FlaskClient, world: PlanWorld) -> None:
    world.line("ก", y2569="1,000", y2570="500")
    page = desk.get(f"/plan-versions/{world.version_id}/p01").text
    assert "1,500" in page and "แผนงานอุตสาหกรรมและการโยธา" in page


def test_a_province_sees_who_has_no_plan_first(app: Flask, sign_in: SignIn, session: Session, world: PlanWorld) -> None:
    from tests import factories

    factories.make_organisation(session, "D9901002", name_th="ไร้แผน", tambon_codes=("990102",))
    world.line("ก่อสร้างถนน")
    world.promulgate()
    officer = factories.make_user(session, "PROV_OFFICER", area="99")
    page = sign_in(app.test_client(), officer).get("/plans").text
    assert page.index("ไร้แผน") < page.index("ฉบับแรก")
    assert session.scalar(sa.text("SELECT count(*) FROM plan")) == 1

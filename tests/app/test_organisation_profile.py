"""What an organisation says of itself: written by form and by program, never over somebody else's writing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput
from app.models import UserAccount
from app.queries.organisation_profile import organisation_profile, population_years
from app.services.organisation_profile import PopulationEntry, save_population, update_profile
from app.web.change_words import field_name
from tests import factories
from tests.app.conftest import SignIn

CODE = "D9901001"


@pytest.fixture
def planner(session: Session) -> Actor:
    factories.make_organisation(session, CODE)
    return factories.actor_for(factories.make_user(session, "LAO_PLANNER", organisation=CODE))


@pytest.fixture
def desk(app: Flask, sign_in: SignIn, session: Session, planner: Actor) -> FlaskClient:
    person = session.get(UserAccount, planner.user_id)
    assert person is not None
    return sign_in(app.test_client(), person)


def test_facts_are_written_once_and_the_second_writer_is_told(session: Session, planner: Actor) -> None:
    first = {"address": "1 หมู่ 2", "postcode": "๓๔๐๐๐", "website": "www.example.go.th", "area_km2": Decimal("41.50")}
    version = update_profile(session, planner, CODE, first, if_match_version=0)
    stands = organisation_profile(session, CODE)
    assert stands is not None
    assert (stands.postcode, stands.website) == ("34000", "https://www.example.go.th")
    assert (stands.area_km2, stands.row_version) == (Decimal("41.50"), version)
    with pytest.raises(Conflict, match="profile_changed"):
        update_profile(session, planner, CODE, {"address": "ที่อื่น"}, if_match_version=0)
    assert update_profile(session, planner, CODE, {"postcode": None}, if_match_version=version) > version


def test_every_fault_of_the_facts_comes_at_once(session: Session, planner: Actor) -> None:
    wrong = {
        "postcode": "3400",
        "office_phone": "โทรหาปลัด",
        "office_email": "ไม่มี",
        "founded_on": date(2500, 1, 1),
        "area_km2": Decimal(90_000),
        "council_members": 900,
        "mayor": "ชื่อคน",
    }
    with pytest.raises(InvalidInput) as caught:
        update_profile(session, planner, CODE, wrong, if_match_version=0)
    assert {p.where["field"] for p in caught.value.problems} == set(wrong)


def test_people_are_counted_by_year_and_a_year_can_be_taken_out_again(session: Session, planner: Actor) -> None:
    save_population(session, planner, CODE, [PopulationEntry(2568, 100, 110, 60), PopulationEntry(2569, 101, 111, 61)])
    newest, older = population_years(session, CODE)
    assert (newest.year_be, newest.people, older.households) == (2569, 212, 60)
    with pytest.raises(Conflict, match="population_changed"):
        save_population(session, planner, CODE, [PopulationEntry(2569, 1, 1, 1)])
    save_population(session, planner, CODE, [PopulationEntry(2568, row_version=older.row_version)])
    assert [year.year_be for year in population_years(session, CODE)] == [2569]
    save_population(session, planner, CODE, [PopulationEntry(2568, 1, 2, 3)])
    assert [year.year_be for year in population_years(session, CODE)] == [2569, 2568]
    with pytest.raises(InvalidInput) as caught:
        save_population(
            session, planner, CODE, [PopulationEntry(2499, -1), PopulationEntry(2567), PopulationEntry(2567)]
        )
    assert [p.code for p in caught.value.problems] == [
        "number_out_of_range",
        "number_out_of_range",
        "population_year_twice",
    ]


def test_the_page_is_written_without_a_script_and_loses_nothing(desk: FlaskClient, client: FlaskClient) -> None:
    url = f"/organisations/{CODE}"
    assert "ยังไม่มีจำนวนประชากร" in desk.get(url).text
    form = {
        "part": "profile",
        "row_version": "0",
        "address": "99 หมู่ 4",
        "founded_on": "19 ม.ค. 2539",
        "area_km2": "๔๑.๕",
    }
    refused = desk.post(url, data={**form, "postcode": "12"})
    assert refused.status_code == 422 and "99 หมู่ 4" in refused.text and "ตัวเลข 5 หลัก" in refused.text
    assert desk.post(url, data=form).status_code == 303
    page = desk.get(url).text
    assert "19 ม.ค. 2539" in page and "41.50 ตร.กม." in page and "แก้ไขล่าสุด" in page
    stale = desk.post(url, data={**form, "address": "ที่ใหม่"})
    assert stale.status_code == 409 and "ที่ใหม่" in stale.text
    people = {"part": "population", "years-1-row_version": "0", "years-1-year_be": "๒๕๖๘", "years-1-male": "1,204"}
    people |= {"years-1-female": "1300", "years-2-row_version": "0", "years-2-year_be": "2567"}
    assert desk.post(url, data=people).status_code == 303
    page = client.get(url).text
    assert "2,504" in page and '<th scope="row">2567' not in page and "แก้ไขล่าสุด" not in page


def test_what_cannot_be_read_and_what_cannot_be_comes_together_in_words_of_the_field(desk: FlaskClient) -> None:
    url = f"/organisations/{CODE}"
    form = {"part": "profile", "row_version": "0", "area_km2": "กว้างมาก", "postcode": "12", "founded_on": "เมื่อวาน"}
    refused = desk.post(url, data=form)
    assert refused.status_code == 422
    assert "อ่านพื้นที่ไม่ได้: กว้างมาก" in refused.text and "ตารางกิโลเมตร" in refused.text
    assert "รหัสไปรษณีย์ใช้ไม่ได้" in refused.text and "จำนวนเงิน" not in refused.text
    answer = desk.patch(f"/api/v1{url}", json={"area_km2": "x", "postcode": "1"}, headers={"If-Match": '"profile0"'})
    assert {error["field"] for error in answer.json["errors"]} == {"area_km2", "postcode"}
    people = {"part": "population"}
    for row, (year, male) in enumerate((("2568", ""), ("2499", "7"), ("2567", "หลายคน")), start=1):
        people |= {f"years-{row}-row_version": "0", f"years-{row}-year_be": year, f"years-{row}-male": male}
    lines = desk.post(url, data=people)
    assert lines.status_code == 422 and "จำนวนเต็ม" in lines.text and "2500" in lines.text
    assert desk.post(url, data={"part": "profile", "row_version": "0", "area_km2": "๔๑.๕ ตร.กม."}).status_code == 303


def test_an_officer_writes_on_behalf(app: Flask, sign_in: SignIn, session: Session, planner: Actor) -> None:
    officer = factories.make_user(session, "PROV_OFFICER", area="99")
    client = sign_in(app.test_client(), officer)
    url = f"/api/v1/organisations/{CODE}"
    answer = client.patch(url, json={"staff_count": 41}, headers={"If-Match": client.get(url).headers["ETag"]})
    assert (answer.status_code, answer.json["staff_count"], answer.headers["ETag"]) == (200, 41, '"profile1"')
    late = client.put(f"{url}/population/2569", json={"male": 5}, headers={"If-Match": '"population0"'})
    assert late.json["population"][0]["male"] == 5
    behalf = sa.text("SELECT DISTINCT on_behalf_of FROM change_log WHERE entity LIKE 'organisation_p%'")
    assert session.scalars(behalf).all() == [CODE]
    # What the organisation is asked to stand by is told, field by field.
    asked = client.get(f"/organisations/{CODE}/on-behalf").text
    for field, value in ((field_name("staff_count"), "41"), (field_name("male"), "5")):
        assert f"{field} {value}" in asked or f"{field} – → {value}" in asked, field


def test_a_missing_year_of_people_stands_in_the_form(
    app: Flask, sign_in: SignIn, session: Session, planner: Actor
) -> None:
    officer = factories.make_user(session, "PROV_OFFICER", area="99")
    client = sign_in(app.test_client(), officer)
    page = client.get(f"/organisations/{CODE}?edit=population&year=2566").text
    assert 'name="years-1-year_be" aria-label="ปี พ.ศ. แถวที่ 1" value="2566"' in page
    assert 'id="people-2566-female"' in page
    assert "คุณบันทึกแทน" in page

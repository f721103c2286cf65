"""The overview: its figures are those of the funnel and of the budget map, and each opens the rows behind it."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.app.conftest import SignIn
from tests.factories import (
    as_owner,
    make_appropriation,
    make_disbursement,
    make_geometry,
    make_organisation,
    make_pair,
    make_project,
    make_province,
    make_tambon,
    make_user,
)

FIGURE = re.compile(
    r'<a class="dashboard-figure" href="([^"]*)">\s*<span class="dashboard-title">([^<]*)</span>\s*'
    r"<strong[^>]*>([^<]*)(?:<small>[^<]*</small>)?</strong>\s*"
    r'<span class="small">([^<]*)</span>\s*<span class="small muted">([^<]*)</span>'
)


@pytest.fixture
def world(session: Session) -> Session:
    """Two organisations of two amphoes; 2569 and 2570, one work that is verified, and two that may be one."""
    for code in ("990101", "990201"):
        make_tambon(session, code)
    here = make_organisation(session)
    there = make_organisation(session, "D9902001", amphoe_code="9902", tambon_codes=("990201",))
    made = []
    for organisation, area, year, baht in (
        (here, "990101", 2569, 400),
        (here, "990101", 2570, 600),
        (here, "990101", 2570, 200),
        (there, "990201", 2570, 1_000),
    ):
        project = make_project(
            session, organisation, status="DISBURSING", area_code=area, fiscal_year_be=year, kind="road"
        )
        begun = year - 544
        money = make_appropriation(session, project, baht, approved_on=date(begun, 10, 1))
        with as_owner(session):
            make_disbursement(session, money, baht // 4, paid_on=date(begun, 11, 18))
        made.append(project)
    make_geometry(session, made[1], status="VERIFIED")
    make_pair(session, made[1], made[2])
    return session


@pytest.fixture
def officer(client: FlaskClient, sign_in: SignIn, world: Session) -> FlaskClient:
    return sign_in(client, make_user(world, "PROV_OFFICER", area="99"))


def figures(page: str) -> dict[str, tuple[str, str, str, str]]:
    """Title -> address, value, note, change."""
    return {
        title: (html.unescape(address), value.strip(), note, change)
        for address, title, value, note, change in FIGURE.findall(page)
    }


def count_of(client: FlaskClient, address: str) -> int:
    answer = client.get(address.replace("/projects?", "/api/v1/projects?") + "&limit=200")
    assert answer.status_code == 200, answer.text
    return len(answer.json["items"])


def test_figures_are_those_of_the_funnel_and_the_budget_map(officer: FlaskClient) -> None:
    answer = officer.get("/dashboard")
    assert answer.headers["HX-Push-Url"] == "/dashboard?area=99&fiscal_year=2570"
    found = figures(answer.text)
    stages = officer.get("/api/v1/funnel?area=99&fiscal_year=2570").json["total"]
    budget = officer.get("/api/v1/budget?level=amphoe&parent=99&fiscal_year=2570").json["total"]
    assert found["โครงการ"][1] == f"{stages['planned']['project_count']:,}" == f"{budget['project_count']:,}" == "3"
    assert found["งบประมาณที่อนุมัติ"][1] == f"{stages['approved']['baht']:,.0f}" == "1,800"
    assert Decimal(str(budget["budget_baht"])) == 1800 and Decimal(str(budget["disbursed_baht"])) == 450
    assert found["เบิกจ่าย"][1] == f"{stages['disbursing']['baht']:,.0f}" == "450"
    assert found["งบประมาณที่อนุมัติ"][3] == "เพิ่ม 350.0 % จากปีงบ 2569"
    assert found["พิกัดตรวจสอบแล้ว"][1] == "33.3 %"
    stake = officer.get("/api/v1/duplicates/summary?area=99&fiscal_year=2570").json
    assert found["เงินที่อาจซ้ำ"][1] == "200" and "1 คู่" in found["เงินที่อาจซ้ำ"][2], stake


def test_before_the_first_comparison_no_figure_is_told(officer: FlaskClient, world: Session) -> None:
    world.execute(sa.text("DELETE FROM duplicate_pair"))
    page = officer.get("/dashboard").text
    shown = page[page.index("เงินที่อาจซ้ำ") :][:600]
    assert "ยังไม่เคยเทียบ" in shown and 'action="/duplicates/check"' in shown and "เท่ากับปีงบ" not in shown
    listed = officer.get("/duplicates").text
    assert "ยังไม่เคยเทียบ" in listed and "dup-tabs" not in listed and "ไม่พบเงินที่อาจซ้ำ" not in listed
    world.execute(sa.text("INSERT INTO duplicate_refresh (works, compared, pairs) VALUES (4, 4, 0)"))
    assert "เงินที่อาจซ้ำ" in figures(officer.get("/dashboard").text)
    assert "ไม่พบงานที่อยู่ที่เดียวกัน" in officer.get("/duplicates").text


def test_every_count_opens_as_many_projects(officer: FlaskClient) -> None:
    page = officer.get("/dashboard?area=99&fiscal_year=2570").text
    found = figures(page)
    assert count_of(officer, found["โครงการ"][0]) == 3
    assert count_of(officer, found["พิกัดตรวจสอบแล้ว"][0]) == 1
    assert officer.get(found["เงินที่อาจซ้ำ"][0]).status_code == 200
    table = page[page.index("dashboard-table") :]
    counts = re.findall(r'<a href="(/projects\?[^"]*(?:stage=planned|VERIFIED))">([\d,]+)</a>', table)
    assert [number for _address, number in counts] == ["1", "2", "1", "3", "1"]  # amphoes by budget, then the total
    for address, number in counts:
        assert count_of(officer, html.unescape(address)) == int(number)


def test_a_planner_begins_with_the_own_organisation(client: FlaskClient, sign_in: SignIn, world: Session) -> None:
    planner = sign_in(client, make_user(world, "LAO_PLANNER", organisation="D9901001"))
    assert planner.get("/dashboard").headers["HX-Push-Url"] == "/dashboard?organisation=D9901001&fiscal_year=2570"
    # the nation is asked for in so many words; another province takes its organisations with it
    assert planner.get("/dashboard?area=").headers["HX-Push-Url"] == "/dashboard?area=&fiscal_year=2570"
    make_province(world, "98")
    moved = planner.get("/dashboard?area=98&organisation=D9901001&by=programme").headers["HX-Push-Url"]
    assert moved.startswith("/dashboard?area=98&fiscal_year=") and moved.endswith("&by=programme")


def test_who_is_no_staff_sees_what_is_published(client: FlaskClient, sign_in: SignIn, world: Session) -> None:
    make_project(world, "D9901001", status="PLANNED", area_code="990101", fiscal_year_be=2570, kind="road")
    page = sign_in(client, make_user(world, "PUBLIC")).get("/dashboard?area=99&fiscal_year=2570").text
    found = figures(page)
    assert found["โครงการ"][1] == "3" and "เงินที่อาจซ้ำ" not in found
    assert "stage=planned" not in page
    assert count_of(client, found["พิกัดตรวจสอบแล้ว"][0]) == 1


def test_nothing_there_says_what_to_do(officer: FlaskClient) -> None:
    page = officer.get("/dashboard?area=99&fiscal_year=2560").text
    assert "ไม่มีโครงการใน" in page and 'href="/dashboard?area=99&amp;fiscal_year=2570"' in page
    later = officer.get("/dashboard?area=99&fiscal_year=2599").text
    assert "ไม่มีโครงการใน" in later and 'href="/dashboard?area=99&amp;fiscal_year=2570"' in later
    assert officer.get("/dashboard?fiscal_year=ปีนี้&by=colour").status_code == 400


@pytest.mark.parametrize(("asked", "said"), [("area=77", "ไม่พบพื้นที่รหัส 77"), ("organisation=NONE", "ไม่พบ อปท. รหัส NONE")])
def test_a_place_that_is_not_there_is_said_and_leads_back(officer: FlaskClient, asked: str, said: str) -> None:
    answer = officer.get(f"/dashboard?{asked}")
    assert answer.status_code == 404
    assert said in answer.text and 'href="/dashboard"' in answer.text and "ไม่พบหน้านี้" not in answer.text
    assert officer.get(f"/api/v1/overview?{asked}").status_code == 404


@pytest.mark.parametrize(
    "page", ["/monitoring", "/funnel", "/duplicates", "/projects", "/reports", "/analysis/scenarios/new"]
)
def test_no_page_takes_an_area_that_is_none_for_an_empty_one(officer: FlaskClient, page: str) -> None:
    answer = officer.get(f"{page}?area=77")
    assert answer.status_code == 404 and "ไม่พบพื้นที่รหัส 77" in answer.text and f'href="{page}"' in answer.text


def test_numbers_of_the_public_say_what_they_leave_out(officer: FlaskClient, world: Session, sign_in: SignIn) -> None:
    said = "นับเฉพาะงานที่เผยแพร่แล้ว"
    pages = ["/dashboard?area=99&fiscal_year=2570", "/analysis/allocation", "/analysis/access", "/funnel"]
    assert [page for page in pages if said in officer.get(page).text] == []
    citizen = sign_in(officer.application.test_client(), make_user(world, "PUBLIC"))
    assert [page for page in pages if said not in citizen.get(page).text] == []


def test_an_organisation_of_another_amphoe_does_not_empty_the_page(officer: FlaskClient, session: Session) -> None:
    """Who narrows to an amphoe in the form still sends the organisation of the former place."""
    [(code, amphoe)] = session.execute(
        sa.text("SELECT code, amphoe_code FROM organisation WHERE amphoe_code IS NOT NULL ORDER BY code LIMIT 1")
    ).all()
    other = "9902" if amphoe == "9901" else "9901"
    kept = officer.get(f"/api/v1/overview?organisation={code}&area={amphoe}&fiscal_year=2570").json
    dropped = officer.get(f"/api/v1/overview?organisation={code}&area={other}&fiscal_year=2570").json
    assert (kept["organisation"], dropped["organisation"]) == ([code], []) and dropped["area"] == [other]


def test_programs_get_the_numbers_of_the_page(officer: FlaskClient) -> None:
    told = officer.get("/api/v1/overview?area=99&fiscal_year=2570").json
    stages = officer.get("/api/v1/funnel?area=99&fiscal_year=2570").json["total"]
    assert told["has_projects"] and told["total"] == stages and told["area"] == ["99"]
    assert told["coordinates"] == {"project_count": 3, "verified_count": 1}
    assert [one["fiscal_year"] for one in told["years"]] == [2569, 2570]
    assert {row["code"] for row in told["rows"]} == {"9901", "9902"} and told["group_by"] == "amphoe"
    assert sum(row["stages"]["approved"]["baht"] for row in told["rows"]) == stages["approved"]["baht"]
    assert sum(row["coordinates"]["verified_count"] for row in told["rows"]) == 1
    empty = officer.get("/api/v1/overview?area=99&fiscal_year=2599").json
    assert empty["has_projects"] is False and empty["rows"] == []

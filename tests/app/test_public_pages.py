"""Pages for everybody: they say what the records say, cost little to read, and keep nobody's position."""

from __future__ import annotations

import gzip
import logging
import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.models import Contract, Project
from app.queries.funnel import funnel
from app.queries.project_filter import ProjectFilter
from app.queries.public import public_project
from app.queries.public_places import Lacking, sums_of
from app.queries.public_search import find_places
from app.web.public_site import PageCache
from app.web.public_words import ended_on, lacking_words, missing_of, standing, steps_of
from tests import factories as make
from tests.app.conftest import SignIn
from tests.statements import counted

TODAY = date(2026, 11, 20)


@pytest.fixture
def road(session: Session) -> Project:
    """A work half way, with everything."""
    organisation = make.make_organisation(session)
    line = make.make_plan_line(session, organisation, amounts={2570: 5_200_000})
    made = make.make_project(
        session,
        organisation,
        fiscal_year_be=2570,
        status="DISBURSING",
        name_th="ถนนคอนกรีต บ้านโนนสว่าง ม.4",
        plan_project_id=line.id,
        area_code="990101",
    )
    money = make.make_appropriation(session, made, 4_850_000, legal_reference="ข้อบัญญัติ ปี 2570")
    contract: Contract = make.make_contract(
        session, made, 4_620_000, number="12/2570", signed_on=date(2026, 11, 4), end_on=date(2027, 3, 2), instalments=3
    )
    make.make_disbursement(session, money, 1_386_000, contract=contract, instalment=1)
    make.make_geometry(session, made, make.line(), status="VERIFIED")
    session.execute(
        sa.text(
            "INSERT INTO progress_report (project_id, reported_on, percent, created_by_name)"
            " VALUES (:id, '2026-11-18', 45, 'ช่าง')"
        ),
        {"id": made.id},
    )
    session.commit()
    return made


def test_the_four_steps_are_the_projects_money(app: Flask, session: Session, road: Project) -> None:
    project = public_project(session, road.code)
    assert project is not None
    with app.test_request_context():
        steps = steps_of(project)
    assert [step.baht for step in steps] == [5_200_000, 4_850_000, 4_620_000, 1_386_000]
    assert [step.share for step in steps] == ["100 %", "93.3 % ของแผน", "95.3 % ของงบ", "30.0 % ของสัญญา"]
    assert [round(step.width, 1) for step in steps] == [100.0, 93.3, 88.8, 26.7]


def test_the_headline(app: Flask, session: Session, road: Project) -> None:
    project = public_project(session, road.code)
    assert project is not None
    with app.test_request_context():
        told = standing(project.row, project, {}, TODAY)
        assert (told.title, told.note, told.late) == (
            "กำลังก่อสร้าง 45 %",
            "สัญญาสิ้นสุด 2 มี.ค. 2570 (เหลือ 102 วัน)",
            False,
        )
        assert standing(project.row, project, {}, date(2027, 3, 5)).late
        assert [what for what, _since in missing_of(project, TODAY)] == ["ภาพก่อนดำเนินการ"]


def test_the_page_of_a_work(client: FlaskClient, road: Project) -> None:
    page = client.get(f"/public/projects/{road.code}")
    assert page.status_code == 200
    for words in ("5,200,000", "4,850,000", "4,620,000", "1,386,000", "ขยายแผนที่", "ถามคำถาม", "12/2570"):
        assert words in page.text
    assert '<path class="w-halo"' in page.text
    # A visitor who opens the staff's address begins with the same page; its tabs are still there.
    assert client.get(f"/projects/{road.code}").text == page.text
    assert "project-tabs" in client.get(f"/projects/{road.code}?tab=plan").text


@pytest.mark.parametrize("year", [None, 2570, 2569])
def test_the_sums_of_an_organisation_are_those_of_the_funnel(session: Session, road: Project, year: int | None) -> None:
    other = make.make_project(session, road.organisation_code, fiscal_year_be=2569, status="DISBURSED_FULL")
    money = make.make_appropriation(session, other, 300_000)
    make.make_disbursement(session, money, 300_000, paid_on=date(2026, 3, 2))  # without a contract
    planned = make.make_project(session, road.organisation_code, fiscal_year_be=2570, status="PLANNED")
    make.make_appropriation(session, planned, 7)
    session.flush()
    sums = sums_of(session, organisation=road.organisation_code, year=year)
    narrowed = ProjectFilter(organisation=(road.organisation_code,), fiscal_year=(year,) if year else ())
    told = funnel(session, narrowed, "kind", Visibility.PUBLIC).total
    for stage, baht in (
        ("approved", sums.budget_baht),
        ("contracted", sums.contracted_baht),
        ("disbursing", sums.disbursed_baht),
    ):
        figure = told[stage]
        assert figure is not None
        assert figure.baht == baht, stage
    assert told["approved"] is not None
    assert told["approved"].projects == sums.works


def test_the_page_of_an_organisation(client: FlaskClient, session: Session, road: Project) -> None:
    page = client.get(f"/public/organisations/{road.organisation_code}").text
    for words in ("4,850,000", "1,386,000", road.name_th, "ประกาศ", "ถามหน่วยงาน"):
        assert words in page
    assert "ไม่มีโครงการที่เผยแพร่" in client.get(f"/public/organisations/{road.organisation_code}?kind=water").text
    assert client.get("/public/organisations/D0000000").status_code == 404


@pytest.mark.parametrize(("words", "found"), [("โนนสว่าง", True), ("คอนกรีต หนองสาธิต", True), ("ไม่มีเลย", False)])
def test_search(client: FlaskClient, road: Project, words: str, found: bool) -> None:
    assert (road.name_th in client.get("/public/search", query_string={"q": words}).text) is found


PLACES = {
    "อบต.หนองสาธิต": "/public/organisations/",
    "อบต. หนองสาธิต": "/public/organisations/",
    "ต.โนนสว่าง": "/public/areas/990109",
    "ตำบล โนนสว่าง อ.เมืองสาธิต จ.สาธิต": "/public/areas/990109",
    "อำเภอเมืองสาธิต": "/public/areas/9901",
    "จ.สาธิต": "/public/areas/99",
    "บ้านโพนขาม": "/public/near?area=99010904",
    "โพนขาม หมู่ที่ 4 ต.โนนสว่าง": "/public/near?area=99010904",
}


@pytest.mark.parametrize(("words", "found"), PLACES.items())
def test_places_are_found_by_the_words_that_pages_show(
    client: FlaskClient, session: Session, road: Project, words: str, found: str
) -> None:
    villages(session)
    assert f'href="{found}' in client.get("/public/search", query_string={"q": words}).text


def test_a_level_is_not_another(session: Session, road: Project) -> None:
    villages(session)
    assert [place.code for place in find_places(session, "อ.เมืองสาธิต")[1]] == ["9901"]
    assert find_places(session, "ต.โพนขาม")[1] == []
    assert find_places(session, "บ้านโพนขาม ม.5") == ([], [])


def test_a_village_has_its_surroundings(client: FlaskClient, session: Session, road: Project) -> None:
    villages(session)
    assert "/public/near?area=99010904" in client.get("/public/near?q=บ้านโพนขาม").text
    assert "รอบ บ้านโพนขาม" in client.get("/public/near?area=99010904&km=20").text
    assert "“บ้านไม่มี” ในชื่อหมู่บ้าน" in client.get("/public/near?q=บ้านไม่มี").text


def villages(session: Session) -> None:
    session.execute(
        sa.text(
            "INSERT INTO area (code, name_th, level, parent_code, point) VALUES"
            " ('990109', 'โนนสว่าง', 'tambon', '9901', ST_SetSRID(ST_Point(101.9, 16), 4326)),"
            " ('99010904', 'บ้านโพนขาม', 'village', '990109', NULL)"
        )
    )
    session.commit()


def test_what_is_not_due_is_not_called_missing(app: Flask) -> None:
    head = Lacking("REVENUE", "รายรับ", "Revenue", 36, 3, False, None)
    with app.test_request_context():
        assert lacking_words([head], TODAY)[0][1:] == ("open", "3 จาก 36 ของทั้งปี ไม่ช้า")


def test_after_the_contract_a_picture_is_missing(app: Flask, session: Session, road: Project) -> None:
    project = public_project(session, road.code)
    assert project is not None
    with app.test_request_context():
        assert ended_on(project, TODAY) is None
        assert ended_on(project, date(2027, 3, 5)) == date(2027, 3, 2)
        assert "ภาพหลังดำเนินการ" in [what for what, _since in missing_of(project, date(2027, 3, 5))]


def test_a_list_goes_on(client: FlaskClient, session: Session, road: Project) -> None:
    for n in range(25):
        make.make_project(session, road.organisation_code, status="BUDGET_APPROVED", name_th=f"งานที่ {n:02d}")
    session.commit()
    seen: list[str] = []
    address = "/public/search?q=" + "%E0%B8%87%E0%B8%B2%E0%B8%99%E0%B8%97%E0%B8%B5%E0%B9%88"
    while address:
        text = client.get(address).text
        seen += re.findall(r"<b lang=\"th\">(งานที่ \d\d)</b>", text)
        further = re.search(r'rel="next" href="([^"]+)"', text)
        address = further[1].replace("&amp;", "&") if further else ""
    assert sorted(seen) == [f"งานที่ {n:02d}" for n in range(25)]


def test_what_is_near(client: FlaskClient, session: Session, road: Project) -> None:
    far = make.make_project(session, road.organisation_code, status="BUDGET_APPROVED", name_th="งานไกล")
    make.make_geometry(session, far, make.point(102.1, 16.1), status="VERIFIED")
    unverified = make.make_project(session, road.organisation_code, status="BUDGET_APPROVED", name_th="งานยังไม่ตรวจ")
    make.make_geometry(session, unverified, make.point(101.851, 15.9), status="SUBMITTED")
    session.commit()
    page = client.post("/public/near", data={"lat": "15.9012345", "lon": "101.8512345", "km": "5"}).text
    assert road.name_th in page
    assert "งานไกล" not in page
    assert "งานยังไม่ตรวจ" not in page
    named = client.get("/public/near?area=990101&km=20").text
    assert road.name_th in named


@pytest.mark.parametrize(
    "data",
    [{}, {"lat": "x", "lon": "1"}, {"lat": "nan", "lon": "101"}, {"lat": "1e400", "lon": "101"},
     {"lat": "60", "lon": "10"}, {"lat": "15", "lon": "101", "km": "999"}],
)  # fmt: skip
def test_positions_that_are_none(client: FlaskClient, data: dict[str, str]) -> None:
    assert client.post("/public/near", data=data).status_code == 400


def test_a_position_is_kept_nowhere(
    client: FlaskClient, session: Session, road: Project, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with counted(session) as sent:
        page = client.post("/public/near", data={"lat": "15.9012345", "lon": "101.8512345", "km": "5"})
    assert not [statement for statement in sent if re.match(r"\s*(INSERT|UPDATE)", statement)]
    assert "15.9012345" not in caplog.text + page.text
    assert "101.8512345" not in caplog.text + page.text


def test_the_second_reader_costs_no_statement(client: FlaskClient, session: Session, road: Project) -> None:
    address = f"/public/projects/{road.code}"
    first = client.get(address)
    with counted(session) as sent:
        second = client.get(address)
        known = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert sent == []
    assert (second.text, known.status_code) == (first.text, 304)
    assert first.headers["Cache-Control"] == "public, max-age=30"
    assert "Set-Cookie" not in first.headers
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.get_data()).decode() == first.text


def test_a_person_with_an_account_gets_the_same_page_uncached(
    client: FlaskClient, session: Session, sign_in: SignIn, road: Project
) -> None:
    sign_in(client, make.make_user(session, "LAO_PLANNER", organisation=road.organisation_code))
    page = client.get(f"/public/projects/{road.code}")
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "งานของฉัน" in page.text


def test_the_cache_forgets() -> None:
    now = [0.0]
    cache = PageCache(capacity=3000, clock=lambda: now[0])
    made: list[int] = []

    def make_page(n: int):  # type: ignore[no-untyped-def]
        return lambda: (made.append(n) or (b"%d" % n) * 900, "text/html")

    for n in (1, 1, 2, 1, 3, 4):
        cache.get(n, make_page(n))
    assert made == [1, 2, 3, 4]
    cache.get(2, make_page(2))  # the least recently used went first
    now[0] = 31.0
    cache.get(4, make_page(4))
    assert made == [1, 2, 3, 4, 2, 4]


def test_data_of_a_work(client: FlaskClient, session: Session, road: Project) -> None:
    road.name_th = "=HYPERLINK(1)"
    session.commit()
    table = client.get(f"/public/projects/{road.code}/data.csv")
    assert table.get_data().startswith(b"\xef\xbb\xbfcode,")
    assert "'=HYPERLINK(1)" in table.get_data().decode("utf-8-sig")
    shapes = client.get(f"/public/projects/{road.code}/data.geojson").get_json(force=True)
    assert shapes["features"][0]["geometry"]["type"] in ("LineString", "MultiLineString")
    package = client.get(f"/public/projects/{road.code}/data.json").get_json()
    assert [p["id"] for p in package["projects"]] == [f"oc4ids-eplan-{road.code}"]
    assert Decimal(str(package["projects"][0]["budget"]["amount"]["amount"])) == 4_850_000


def test_crawlers_find_every_published_work(client: FlaskClient, session: Session, road: Project) -> None:
    hidden = make.make_project(session, road.organisation_code, status="PLANNED")
    session.commit()
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
    assert "/sitemap-0.xml" in client.get("/sitemap.xml").text
    listed = client.get("/sitemap-0.xml").text
    assert f"/public/projects/{road.code}<" in listed
    assert hidden.code not in listed
    assert client.get("/sitemap-999999999.xml").status_code == 404


def test_a_visitor_begins_with_what_is_published(client: FlaskClient, road: Project) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "/login" in page.text
    assert 'action="/public/search"' in page.text
    assert road.name_th in page.text
    assert client.get("/public/areas/9901").status_code == 200
    assert client.get("/public/areas/77").status_code == 404

"""The funnel at the edge: API, page, file; what is refused; every link opens as many projects as its number says."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.app.conftest import SignIn
from tests.app.test_funnel import small_world
from tests.factories import make_organisation, make_tambon, make_user


@pytest.fixture
def world(session: Session) -> Session:
    for code in ("990101", "990201"):
        make_tambon(session, code)
    make_organisation(session)
    small_world(session)
    return session


@pytest.fixture
def planner(client: FlaskClient, sign_in: SignIn, world: Session) -> FlaskClient:
    return sign_in(client, make_user(world, "LAO_PLANNER", organisation="D9901001"))


def ask(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/funnel", query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def count_of(client: FlaskClient, address: str) -> int:
    answer = client.get(address.replace("/projects?", "/api/v1/projects?") + "&limit=200")
    assert answer.status_code == 200, answer.text
    return len(answer.json["items"])


GROUPINGS = ("province", "amphoe", "strategy", "programme", "plan_form", "kind", "fiscal_year", "quarter")


@pytest.mark.parametrize("group_by", [*GROUPINGS, "organisation", "local_strategy"])
@pytest.mark.parametrize("at_quarter", ["", "2"])
def test_every_number_links_to_its_rows(planner: FlaskClient, group_by: str, at_quarter: str) -> None:
    place = {"organisation": {"area": "99"}, "local_strategy": {"organisation": "D9901001"}}.get(group_by, {})
    found = ask(planner, group_by=group_by, at_quarter=at_quarter, plan_form="all", **place)
    lines = [row["stages"] for row in found["rows"]] + [found["total"]]
    assert len(lines) > 1
    for line in lines:
        for figure in line.values():
            assert count_of(planner, figure["projects"]) == figure["project_count"], figure


def test_own_works_are_what_is_added_up_without_being_asked(planner: FlaskClient) -> None:
    assert ask(planner)["total"]["planned"]["project_count"] == 10
    assert ask(planner, plan_form="all")["total"]["planned"]["project_count"] == 12
    assert ask(planner, plan_form="ผ.02/2")["total"]["planned"]["baht"] == 1000


def test_a_visitor_sees_from_the_approval_on(client: FlaskClient, world: Session) -> None:
    found = ask(client)
    assert found["total"]["planned"] is None and found["total"]["requested"] is None
    assert found["total"]["approved"]["project_count"] == 6
    assert count_of(client, found["total"]["approved"]["projects"]) == 6
    page = client.get("/funnel").text
    assert "stage=planned" not in page and "อนุมัติ = 100 %" in page


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"group_by": "organisation"}, {"funnel_needs_place"}),
        ({"group_by": "local_strategy", "area": "99"}, {"funnel_needs_organisation"}),
        ({"group_by": "local_strategy", "programme": "X1"}, {"funnel_needs_organisation", "unknown_code"}),
        ({"group_by": "colour", "at_quarter": "0"}, {"invalid_parameter"}),
        ({"plan_form": "ผ.99"}, {"invalid_parameter"}),
    ],
)
def test_what_cannot_be_answered_is_told_at_once(planner: FlaskClient, query: dict[str, str], codes: set[str]) -> None:
    answer = planner.get("/api/v1/funnel", query_string=query)
    assert answer.status_code == 400
    assert {error["code"] for error in answer.json["errors"]} == codes


@pytest.mark.parametrize("query", ["", "?group_by=quarter&fiscal_year=all", "?group_by=province&show=percent_baht"])
def test_links_of_the_page_open_as_many_projects_as_they_say(planner: FlaskClient, query: str) -> None:
    page = planner.get(f"/funnel{query}").text
    links = re.findall(r'href="(/projects\?[^"]*stage=[^"]*)">\s*([\d,]+) โครงการ', page)
    assert len(links) == 6
    for address, number in links:
        assert count_of(planner, html.unescape(address)) == int(number.replace(",", ""))


def test_a_bare_address_opens_the_own_place(planner: FlaskClient) -> None:
    answer = planner.get("/funnel")
    assert answer.headers["HX-Push-Url"] == "/funnel?group_by=programme&fiscal_year=2570&organisation=D9901001"


def test_a_link_to_one_organisation_opens_its_money(planner: FlaskClient, client: FlaskClient) -> None:
    for anyone in (planner, client):
        answer = anyone.get("/funnel?organisation=D9901001&fiscal_year=2570")
        assert answer.headers["HX-Push-Url"] == "/funnel?group_by=programme&fiscal_year=2570&organisation=D9901001"


def test_the_list_says_what_the_funnel_narrowed_it_to(planner: FlaskClient) -> None:
    page = planner.get("/projects?stage=contracted-q2&programme=NONE&plan_form=ผ.02,NONE&local_strategy=0").text
    for words in ("ถึงขั้นลงนามสัญญาเมื่อสิ้นไตรมาส 2", "ไม่ระบุแผนงาน", "ไม่มีบรรทัดในแผน"):
        assert words in page
    assert planner.get("/api/v1/projects?stage=planned-q2").status_code == 400


def test_nothing_found_says_what_to_do(planner: FlaskClient) -> None:
    page = planner.get("/funnel?group_by=province&fiscal_year=2541").text
    assert "ไม่มีโครงการที่ตรงกับตัวกรอง" in page and "funnel-table" not in page


def test_the_table_is_taken_away_as_a_file(planner: FlaskClient) -> None:
    answer = planner.get("/api/v1/funnel/file?group_by=kind&format=csv")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert lines[0][:4] == ["รหัส", "ด้าน", "อยู่ในแผน (โครงการ)", "อยู่ในแผน (บาท)"]
    assert lines[-1][1:4] == ["รวม", "10", "9000.00"]
    book = planner.get("/api/v1/funnel/file?group_by=quarter&format=xlsx")
    assert book.status_code == 200 and book.data[:2] == b"PK"


def test_tiles_and_items_take_the_same_filters(planner: FlaskClient) -> None:
    for address in ("/tiles/projects/9/402/233.mvt", "/api/v1/layers/projects/items"):
        answer = planner.get(f"{address}?stage=approved&programme=00310&plan_form=ผ.02")
        assert answer.status_code in (200, 204), answer.text

"""The budget map's answer: filters, total, visibility, and the very rows behind every number."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyogrio
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.models import Area, AreaPopulation
from app.queries.budget import opening_year, projects_by_year
from app.web.context import current_fiscal_year_be
from tests.app.conftest import SignIn
from tests.conftest import lasting, undone
from tests.factories import (
    make_appropriation,
    make_disbursement,
    make_organisation,
    make_project,
    make_province,
    make_tambon,
    make_user,
)

STATUSES = ("PLANNED", "BUDGET_APPROVED", "CONTRACTED", "DISBURSING", "CLOSED", "CANCELLED")
FUNDS = ("OWN", "GRANT_GENERAL", "LOAN")
AREAS = (None, "99", "9901", "990101", "990102", "990201", "980101")


def make_projects(session: Session) -> None:
    """Ninety projects of two organisations over three tambons of two amphoes, and one of another province."""
    rng = random.Random(20)
    make_province(session, "98", name_th="อีกจังหวัด", bounds=(103.0, 15.8, 103.4, 16.2))
    for code in ("990101", "990102", "990201", "980101"):
        make_tambon(session, code)
    first = make_organisation(session)
    second = make_organisation(session, "D9901002", tambon_codes=("990102",), name_th="โนนสาธิต")
    session.add_all(
        AreaPopulation(area_code=code, year_be=2568, population=people)
        for code, people in {"99": 9000, "98": 500, "9901": 6000, "9902": 3000, "990101": 4000, "990102": 2000}.items()
    )
    session.add(AreaPopulation(area_code="99", year_be=2560, population=1))
    for _ in range(90):
        project = make_project(
            session,
            rng.choice((first, second)),
            kind=rng.choice(("road", "water", "other")),
            fiscal_year_be=rng.choice((2568, 2569)),
            status=rng.choice(STATUSES),
            area_code=rng.choice(AREAS),
            strategy_code=rng.choice((None, "1", "2")),
            surface_type_code=None,
        )
        for fund in rng.sample(FUNDS, rng.randrange(3)):
            amount = rng.randrange(1, 900_000)
            row = make_appropriation(session, project, amount, fund_source_code=fund)
            if rng.random() < 0.5:
                paid_on = date(project.fiscal_year_be - 543, 3, 18)
                make_disbursement(session, row, rng.randrange(1, amount + 1), paid_on=paid_on)


@pytest.fixture(scope="module")
def with_projects(engine: sa.Engine) -> Iterator[sa.Connection]:
    with lasting(engine, make_projects) as opened:
        yield opened


@pytest.fixture
def connection(with_projects: sa.Connection) -> Iterator[sa.Connection]:
    with undone(with_projects) as opened:
        yield opened


@pytest.fixture
def projects(session: Session) -> Session:
    return session


@pytest.fixture
def planner(client: FlaskClient, sign_in: SignIn, projects: Session) -> FlaskClient:
    return sign_in(client, make_user(projects, "LAO_PLANNER", organisation="D9901001"))


def ask(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/budget", query_string={k: v for k, v in query.items() if v})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def listed(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    """All rows of a list of projects, page by page."""
    rows: list[dict[str, Any]] = []
    address: str | None = "/api/v1/projects"
    parameters: dict[str, Any] | None = {**{k: v for k, v in query.items() if v}, "limit": 50}
    while address:
        answer = client.get(address, query_string=parameters)
        assert answer.status_code == 200, answer.text
        rows += answer.json["items"]
        address, parameters = answer.json["next"], None
    return rows


def test_total_is_the_sum_of_the_rows(planner: FlaskClient) -> None:
    for level, parent in (("province", None), ("amphoe", "99"), ("tambon", "9901"), ("organisation", "99")):
        found = ask(planner, level=level, parent=parent)
        for key in ("project_count", "budget_baht", "disbursed_baht"):
            summed = sum(row[key] for row in found["rows"]) + found["unplaced"][key]
            assert summed == pytest.approx(found["total"][key]), (level, key)
        assert [row["rank"] for row in found["rows"]] == sorted(row["rank"] for row in found["rows"])
        assert sum(one["count"] for one in found["classes"]) == len(found["rows"])


@pytest.mark.parametrize("seed", range(6))
def test_every_number_opens_its_rows(planner: FlaskClient, session: Session, seed: int) -> None:
    rng = random.Random(seed)

    def some(*values: Any) -> str:
        return ",".join(map(str, rng.sample(values, rng.randrange(len(values)))))

    narrowed = {
        "fiscal_year": some(2568, 2569),
        "kind": some("road", "water", "other"),
        "status": some(*STATUSES),
        "fund_source": some(*FUNDS),
        "strategy": some("1", "2"),
    }
    for level, parent in (("province", None), ("amphoe", "99"), ("tambon", "99"), ("organisation", "99")):
        found = ask(planner, level=level, parent=parent, **narrowed)
        for row in found["rows"]:
            place = {"organisation": row["code"], "area": parent} if level == "organisation" else {"area": row["code"]}
            rows = listed(planner, **place, **narrowed)
            assert len(rows) == row["project_count"]
            budget, paid = money_of(session, [each["code"] for each in rows], narrowed["fund_source"])
            assert budget == pytest.approx(row["budget_baht"])
            assert paid == pytest.approx(row["disbursed_baht"])
            shown = "fund_" if narrowed["fund_source"] else ""
            for key in ("budget_baht", "disbursed_baht"):
                assert sum(each[shown + key] for each in rows) == pytest.approx(row[key])
        if level == "organisation":
            assert found["unplaced"]["project_count"] == 0
            continue
        loose = listed(planner, area=parent or "", area_missing=level, **narrowed)
        assert len(loose) == found["unplaced"]["project_count"]
        shown = "fund_" if narrowed["fund_source"] else ""
        assert sum(each[shown + "budget_baht"] for each in loose) == pytest.approx(found["unplaced"]["budget_baht"])


def of_sheet(path: Path) -> pd.DataFrame:
    """Rows of a workbook under its title, its filter and its sums."""
    whole = pd.read_excel(path, header=None)
    head = whole.index[whole[0] == "รหัส"][0]
    return pd.read_excel(path, header=head)


READERS: dict[str, Any] = {"xlsx": of_sheet, "csv": pd.read_csv}


@pytest.mark.parametrize("format", ["xlsx", "csv", "geojson", "gpkg"])
def test_a_view_can_be_taken_away(planner: FlaskClient, tmp_path: Path, format: str) -> None:
    asked: dict[str, Any] = {"level": "amphoe", "parent": "99", "fiscal_year": 2568}
    found = ask(planner, **asked)
    answer = planner.get("/api/v1/budget/file", query_string={**asked, "format": format})
    assert answer.status_code == 200, answer.text
    path = tmp_path / f"budget.{format}"
    path.write_bytes(answer.data)
    frame = READERS.get(format, pyogrio.read_dataframe)(path)
    money = pd.to_numeric(frame.iloc[:, list(frame.columns).index(_column(frame))])
    assert money.sum() == pytest.approx(found["total"]["budget_baht"])
    assert len(frame) == len(found["rows"]) + bool(found["unplaced"]["project_count"])
    if format == "xlsx":
        above = pd.read_excel(path, header=None, nrows=5)
        assert above[0][0] == "งบประมาณรายอำเภอ" and "ปีงบ 2568" in above[0][1] and "ข้อมูลงบ ณ" in above[0][2]
        # money is summed, baht per head are not
        assert openpyxl.load_workbook(path)["ข้อมูล"]["E4"].value.startswith("=SUBTOTAL(109,E6")
        assert openpyxl.load_workbook(path)["ข้อมูล"]["H4"].value is None
    if format in ("geojson", "gpkg"):
        assert set(frame.geometry.geom_type.dropna()) == {"MultiPolygon"}


def _column(frame: pd.DataFrame) -> str:
    return next(name for name in frame.columns if name in ("budget_baht", "งบประมาณ (บาท)"))


def test_the_page_offers_the_files_of_its_view(planner: FlaskClient) -> None:
    page = planner.get("/budget?level=amphoe&parent=99&fiscal_year=all").text
    (address,) = re.findall(r'href="(/api/v1/budget/file\?format=xlsx[^"]*)"', page)
    assert planner.get(html.unescape(address)).status_code == 200


def test_a_project_of_two_funds_shows_its_share(planner: FlaskClient, session: Session) -> None:
    project = make_project(session, name_th="ถนนร่วมทุน", area_code="990201", fiscal_year_be=2575)
    loan = make_appropriation(session, project, 40, fund_source_code="LOAN")
    make_appropriation(session, project, 60, fund_source_code="OWN")
    make_disbursement(session, loan, 10)
    (row,) = listed(planner, fiscal_year=2575, fund_source="LOAN")
    assert (row["budget_baht"], row["fund_budget_baht"], row["fund_disbursed_baht"]) == (100, 40, 10)
    (whole,) = listed(planner, fiscal_year=2575)
    assert (whole["budget_baht"], whole["fund_budget_baht"]) == (100, None)
    both = ask(planner, level="amphoe", parent="99", fiscal_year=2575, fund_source="LOAN")
    assert both["total"]["budget_baht"] == 40
    page = planner.get("/projects?fiscal_year=2575&fund_source=LOAN").text
    assert ">40 <small" in page and "จาก 100" in page


def test_the_page_opens_a_year_worth_opening(planner: FlaskClient, session: Session) -> None:
    current = current_fiscal_year_be()
    make_project(session, area_code="990201", fiscal_year_be=current)
    counts = projects_by_year(session, Visibility.STAFF)
    assert counts == dict(session.execute(sa.text("SELECT fiscal_year_be, count(*) FROM project GROUP BY 1")).all())
    assert opening_year(counts, current) == 2569
    assert f'"fiscal_year":[{2569}]' in planner.get("/budget").text


@pytest.mark.parametrize(
    ("projects", "opened"),
    [
        ({}, None),
        ({2570: 0}, None),
        ({2568: 100, 2569: 100, 2570: 5, 2571: 100}, 2570),
        ({2568: 100, 2569: 100, 2570: 4}, 2569),
        ({2565: 2148, 2566: 133, 2567: 46, 2570: 8, 2572: 4}, 2566),
        ({2569: 1, 2571: 1000}, 2569),
        ({2571: 3, 2573: 1}, 2573),
    ],
)
def test_which_year_is_worth_opening(projects: dict[int, int], opened: int | None) -> None:
    assert opening_year(projects, 2570) == opened


def money_of(session: Session, codes: list[str], fund_source: str) -> tuple[float, float]:
    """Approved and paid of some projects, from the vouchers; of the funds asked for, else of all."""
    row = session.execute(
        sa.text(
            "SELECT coalesce(sum(a.amount_baht), 0), coalesce(sum(d.amount_baht), 0) FROM appropriation a"
            " JOIN project p ON p.id = a.project_id"
            " LEFT JOIN disbursement d ON d.appropriation_id = a.id"
            " WHERE p.code = ANY(:codes) AND (:funds = '' OR a.fund_source_code = ANY(string_to_array(:funds, ',')))"
        ),
        {"codes": codes, "funds": fund_source},
    ).one()
    return float(row[0]), float(row[1])


def test_the_public_sees_published_projects_only(client: FlaskClient, projects: Session) -> None:
    found = ask(client)
    published = projects.scalar(
        sa.text("SELECT count(*) FROM project WHERE status NOT IN ('PLANNED', 'BUDGET_REQUESTED', 'CANCELLED')")
    )
    assert found["total"]["project_count"] == published
    assert ask(client, status="PLANNED")["total"]["project_count"] == 0
    assert client.get("/budget").status_code == 200


def test_per_head_uses_the_newest_population_not_after_the_year(planner: FlaskClient) -> None:
    found = ask(planner, level="amphoe", parent="99", measure="per_head", fiscal_year=2569)
    assert found["population_year_be"] == 2568
    first = next(row for row in found["rows"] if row["code"] == "9901")
    assert first["per_head_baht"] == pytest.approx(first["budget_baht"] / 6000, abs=0.005)
    assert found["total"]["per_head_baht"] == pytest.approx(found["total"]["budget_baht"] / 9000, abs=0.005)
    assert found["average"] == found["total"]["per_head_baht"]


def test_per_head_of_an_organisation_needs_all_its_tambons(planner: FlaskClient, session: Session) -> None:
    session.execute(
        sa.text(
            "INSERT INTO organisation_coverage (organisation_code, tambon_code, extent)"
            " VALUES ('D9901002', '990101', 'partial')"
        )
    )
    rows = {row["code"]: row for row in ask(planner, level="organisation", parent="99")["rows"]}
    assert rows["D9901001"]["population"] == 4000
    assert rows["D9901002"]["population"] is None
    assert rows["D9901002"]["per_head_baht"] is None


def test_a_tambon_leads_to_its_organisations(planner: FlaskClient) -> None:
    row = ask(planner, level="tambon", parent="9901")["rows"][0]
    assert row["drill"] == {"level": "organisation", "parent": row["code"]}
    below = ask(planner, **row["drill"])
    assert below["level"] == "organisation" and below["parent"] == row["code"]


def test_bangkok_is_outside_and_never_zero(planner: FlaskClient, session: Session) -> None:
    session.add(Area(code="10", level="province", name_th="กรุงเทพมหานคร"))
    session.add(AreaPopulation(area_code="10", year_be=2568, population=5_000_000))
    session.flush()
    found = ask(planner)
    bangkok = next(row for row in found["rows"] if row["code"] == "10")
    assert bangkok["outside"] is True
    assert (bangkok["value"], bangkok["class"], bangkok["rank"], bangkok["drill"]) == (None, None, None, None)
    assert found["total"]["population"] == 9500


def test_an_answer_asked_for_again_is_not_sent_again(planner: FlaskClient, session: Session) -> None:
    first = planner.get("/api/v1/budget?level=amphoe&parent=99")
    tag = first.headers["ETag"]
    again = planner.get("/api/v1/budget?level=amphoe&parent=99", headers={"If-None-Match": tag})
    assert again.status_code == 304
    make_project(session, area_code="990101", budget_baht=5)
    assert planner.get("/api/v1/budget?level=amphoe&parent=99", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "fields"),
    [
        ("level=province&parent=99", 400, {"parent"}),
        ("level=tambon&parent=990101&status=NOPE", 400, {"parent", "status"}),
        ("fund_source=GOLD&strategy=77", 400, {"fund_source", "strategy"}),
        ("measure=weight&classes=40&colour=red", 400, {"measure", "classes", "colour"}),
        ("level=amphoe&parent=55", 404, set()),
    ],
)
def test_what_cannot_be_answered_says_why(planner: FlaskClient, query: str, status: int, fields: set[str]) -> None:
    answer = planner.get(f"/api/v1/budget?{query}")
    assert answer.status_code == status
    assert {error["field"] for error in answer.json["errors"]} == fields
    assert all(error["message"] for error in answer.json["errors"])


def test_outlines_have_a_label_inside_and_leave_out_who_hides_all_others(
    planner: FlaskClient, session: Session
) -> None:
    make_organisation(session, "D9900001", type_code="PAO", amphoe_code=None, tambon_codes=("990101", "990201"))
    found = planner.get("/api/v1/budget/shapes?level=organisation&parent=99").json
    assert {feature["id"] for feature in found["features"]} == {"D9901001", "D9901002"}
    amphoes = planner.get("/api/v1/budget/shapes?level=amphoe&parent=99").json["features"]
    assert {feature["id"] for feature in amphoes} == {"9901", "9902"}
    west, north = amphoes[0]["properties"]["label"]
    assert 101.8 <= west <= 102.2
    assert 15.8 <= north <= 16.2


def test_the_page_opens_a_planners_own_province_and_reads_without_scripts(planner: FlaskClient) -> None:
    page = planner.get("/budget")
    assert page.status_code == 200
    text = page.text
    assert "เมืองสาธิต" in text
    assert "อีกจังหวัด" not in text
    assert 'href="/projects?area=9901&amp;fiscal_year=2569"' in text
    whole = planner.get("/budget?level=province&fiscal_year=all&kind=road").text
    assert "อีกจังหวัด" in whole
    assert 'href="/projects?area=98&amp;kind=road"' in whole


def test_statements_of_one_answer_do_not_grow_with_the_rows(planner: FlaskClient, connection: sa.Connection) -> None:
    ask(planner)  # code lists are read once
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        ask(planner, level="amphoe", parent="99")
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
    about_money = [statement for statement in seen if "budget" in statement or "area" in statement]
    assert len(about_money) <= 7

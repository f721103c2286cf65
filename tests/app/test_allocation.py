"""Where money goes: shares at borders are exact however they are read; the page says what it cannot tell."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import numpy as np
import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from shapely.geometry import LineString, Point, box
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.models import Area, AreaPopulation, FinanceMonth
from app.queries.allocation import Level, read_shares
from app.queries.allocation_apart import read_apart
from app.queries.allocation_table import read_allocation
from app.queries.allocation_works import read_works
from app.queries.budget import BudgetFilter
from app.queries.change_classes import classify_changes
from app.queries.duplicate_pairs import same_work_pairs
from app.services.work_parts import cut_works
from tests.app.conftest import SignIn
from tests.conftest import lasting, undone
from tests.factories import (
    as_owner,
    make_geometry,
    make_organisation,
    make_pair,
    make_plan_line,
    make_project,
    make_province,
    make_road,
    make_tambon,
    make_user,
)

MILLION = 1_000_000
# Four tambons in a row, each 0.1 degrees wide; the road lies three quarters in the first.
ACROSS = LineString([(101.825, 15.9), (101.925, 15.9)])
ALL = BudgetFilter()


def make_works(session: Session) -> None:
    """A road across a border, a pond and a well inside one tambon, works without coordinates, one hidden drawing."""
    make_province(session)
    for number in range(1, 5):
        west = 101.80 + 0.1 * (number - 1)
        make_tambon(session, f"99010{number}", name_th=f"ต{number}", bounds=(west, 15.8, west + 0.1, 16.0))
    owner = make_organisation(session, tambon_codes=("990101",))
    make_organisation(session, "D9901002", tambon_codes=("990102",), name_th="โนน")
    session.add_all(
        AreaPopulation(area_code=code, year_be=2569, population=people, households=people // 4)
        for code, people in {"99": 10_000, "9901": 10_000, "990101": 1000, "990102": 0, "990103": 3000}.items()
    )
    road = make_project(session, owner, budget_baht=Decimal("1000000.01"), area_code="990102")
    make_geometry(session, road, ACROSS, status="VERIFIED")
    pond = make_project(
        session, owner, kind="water", budget_baht=2 * MILLION, area_code="990103", attributes={"benefit_area_rai": "50"}
    )
    make_geometry(session, pond, box(102.02, 15.9, 102.03, 15.91), status="VERIFIED")
    hidden = make_project(session, owner, budget_baht=3 * MILLION, area_code="990104")
    make_geometry(session, hidden, LineString([(101.81, 15.85), (101.82, 15.85)]), status="SUBMITTED")
    # beside the province and within its box, but in no tambon
    beside = make_project(session, owner, budget_baht=6 * MILLION, area_code="990101")
    make_geometry(session, beside, Point(101.85, 16.05), status="VERIFIED")
    make_project(session, owner, budget_baht=4 * MILLION, area_code="9901", fiscal_year_be=2569)
    away = make_project(session, owner, budget_baht=5 * MILLION, area_code="990101")
    make_geometry(session, away, Point(105.0, 13.0), status="VERIFIED")
    make_road(session, shape=ACROSS)


@pytest.fixture(scope="module")
def with_works(engine: sa.Engine) -> Iterator[sa.Connection]:
    with lasting(engine, make_works) as opened:
        yield opened


@pytest.fixture
def connection(with_works: sa.Connection) -> Iterator[sa.Connection]:
    with undone(with_works) as opened:
        yield opened


@pytest.fixture
def analyst(client: FlaskClient, sign_in: SignIn, session: Session) -> FlaskClient:
    return sign_in(client, make_user(session, "CENTRAL_ANALYST"))


def baht(
    session: Session, level: Level, sight: Visibility = Visibility.STAFF, parent: str | None = None
) -> dict[str, int]:
    frame = read_shares(session, level, parent, ALL, sight).frame
    return {str(code): int(satang) for code, satang in frame.groupby("code")["satang"].sum().items()}


def test_a_road_across_a_border_is_shared_to_the_satang(session: Session) -> None:
    million = 100 * MILLION
    assert baht(session, "tambon") == {
        # two of them drawn outside of everything: they are where their record says
        "990101": 75_000_001 + (3 + 6 + 5) * million,
        "990102": 25_000_000,
        "990103": 2 * million,
        "": 4 * million,  # the amphoe's own work
    }
    assert baht(session, "amphoe", parent="99") == {"9901": 2_100_000_001}, "nothing is lost under an area"
    assert sum(baht(session, "tambon").values()) == sum(baht(session, "province").values()) == 2_100_000_001
    assert baht(session, "organisation") == {"D9901001": 2_100_000_001}


def test_the_public_is_told_the_record_where_coordinates_are_not_verified(session: Session) -> None:
    found = baht(session, "tambon", Visibility.PUBLIC)
    assert (found["990101"], found["990104"]) == (75_000_001 + 1_100 * MILLION, 300 * MILLION)


def test_parts_that_are_kept_say_what_cutting_says(session: Session) -> None:
    for sight in (Visibility.STAFF, Visibility.PUBLIC):
        for parent in (None, "9901"):
            with as_owner(session):
                session.execute(sa.text("DELETE FROM read_work_part"))
            cut = read_shares(session, "tambon", parent, ALL, sight)
            assert cut_works(session) is not None
            assert cut_works(session) is None
            kept = read_shares(session, "tambon", parent, ALL, sight)
            pd.testing.assert_frame_equal(cut.frame, kept.frame)
            assert (cut.crossing, cut.total_works) == (kept.crossing, kept.total_works) == (1, cut.total_works)


def test_cutting_goes_on_where_it_stopped(session: Session) -> None:
    with as_owner(session):
        session.execute(sa.text("DELETE FROM read_work_part"))
    ids, last = [], 0
    while (reached := cut_works(session, after=last, limit=2)) is not None:
        ids.append(reached)
        last = reached
    placed = sorted(session.scalars(sa.text("SELECT project_id FROM read_project_feature")))
    assert ids == [placed[1], placed[3], placed[4]]
    assert sorted(session.scalars(sa.text("SELECT DISTINCT project_id FROM read_work_part"))) == placed
    # a work behind the place where cutting stopped is found from the beginning
    with as_owner(session):
        session.execute(sa.text("DELETE FROM read_work_part WHERE project_id = :id"), {"id": placed[0]})
    assert cut_works(session, after=last) is None
    assert cut_works(session) == placed[0]


def test_parts_go_when_the_work_or_a_border_moves(session: Session) -> None:
    cut_works(session)
    kept = "SELECT count(*) FROM read_work_part"
    before = session.scalar(sa.text(kept))
    project = make_project(session)
    make_geometry(session, project, Point(101.85, 15.85))
    assert cut_works(session) == project.id
    make_geometry(session, project, Point(101.95, 15.85))
    assert session.scalar(sa.text(kept)) == before
    cut_works(session)
    assert (
        session.scalar(sa.text("SELECT tambon_code FROM read_work_part WHERE project_id = :p"), {"p": project.id})
        == "990102"
    )
    with as_owner(session):
        session.execute(sa.update(Area).where(Area.code == "990104").values(geom=None))
    assert session.scalar(sa.text(kept)) == 0


@pytest.mark.parametrize("seed", range(6))
def test_shares_sum_to_the_whole_at_every_level(session: Session, seed: int) -> None:
    """Random roads, ponds and wells over the borders, beyond them and without a shape, of odd satang."""
    draw = np.random.default_rng(seed)
    owner = make_organisation(session, "D9901009", name_th="สุ่ม", tambon_codes=("990101",))
    filters = BudgetFilter(fiscal_year=(2566,))
    for number in range(20):
        x, y = draw.uniform(101.75, 102.25), draw.uniform(15.75, 16.05)
        steps = np.cumsum(draw.normal(0, 0.05, (4, 2)), axis=0) + np.array([x, y])
        shape = (LineString(steps), Point(x, y).buffer(0.06, quad_segs=3), Point(x, y))[number % 3]
        money = Decimal(int(draw.integers(0, 10**9))) / 100
        code = ("990101", "990104", "9901", "99")[number % 4]
        work = make_project(
            session, owner, budget_baht=money, area_code=code, fiscal_year_be=2566, kind=("road", "water")[number % 2]
        )
        if number % 7:
            make_geometry(session, work, shape, status="VERIFIED" if number % 2 else "SUBMITTED")
    every = session.scalar(sa.text("SELECT (100 * sum(budget_baht))::bigint FROM project WHERE fiscal_year_be = 2566"))
    for sight in (Visibility.STAFF, Visibility.PUBLIC):
        money = {
            level: read_shares(session, level, None, filters, sight).frame.groupby("code")["satang"].sum()
            for level in ("tambon", "amphoe", "province", "organisation")
        }
        assert {level: int(of.sum()) for level, of in money.items()} == dict.fromkeys(money, every)
        for level, digits in (("amphoe", 4), ("province", 2)):
            of_tambons = money["tambon"][money["tambon"].index.str.len() == 6]
            known = of_tambons.groupby(of_tambons.index.str[:digits]).sum()
            # works whose record says only the amphoe or province are known there and not below
            assert (money[level].reindex(known.index) >= known).all()
        nation = read_allocation(session, "hexagon", None, "budget", filters, sight, 6)
        assert nation.total_satang == every == nation.table["satang"].sum() + nation.unplaced_satang
        for level in ("tambon", "hexagon"):
            below = read_allocation(session, level, "9901", "budget", filters, sight, 7)
            assert below.table["satang"].sum() + below.unplaced_satang == below.total_satang
            assert 0 <= below.total_satang <= every
        assert read_allocation(session, "tambon", "9901", "budget", filters, sight).total_satang == int(
            money["amphoe"]["9901"]
        )


def test_hexagons_share_the_same_money(session: Session) -> None:
    unknown = read_allocation(session, "hexagon", "9901", "per_head", ALL, Visibility.STAFF, 6).table
    assert "no_people" in set(unknown["reason"])  # nobody says how many live in the fourth tambon
    session.add(AreaPopulation(area_code="990104", year_be=2569, population=0))
    session.flush()
    found = read_allocation(session, "hexagon", "9901", "per_head", ALL, Visibility.STAFF, 6)
    # the work of the amphoe has no coordinates, the one outside of everything is not under the amphoe
    assert found.total_satang == 1_000_000_001
    assert found.table["satang"].sum() == 600_000_001
    assert found.table["people"].sum() == pytest.approx(4000, rel=0.01)


def test_a_place_without_a_base_says_why(session: Session) -> None:
    table = read_allocation(session, "tambon", "9901", "per_head", ALL, Visibility.STAFF).table
    # three quarters of the road and what lies in it, with the two that are drawn outside of everything
    assert table["value"]["990101"] == pytest.approx(14_750.00001)
    assert table["reason"].to_dict() == {"990101": "", "990102": "no_people", "990103": "", "990104": "no_people"}
    roads = read_allocation(session, "tambon", "9901", "per_road_km", ALL, Visibility.STAFF).table
    assert roads["road_km"]["990101"] == pytest.approx(3 * roads["road_km"]["990102"])
    assert roads["reason"]["990103"] == "no_road"
    rai = read_allocation(session, "tambon", "9901", "per_rai", ALL, Visibility.STAFF).table
    assert rai["value"]["990103"] == 40_000 and rai["reason"]["990101"] == "no_rai"


def test_own_revenue_has_to_be_known_for_every_year(session: Session) -> None:
    for year in (2569, 2570):
        session.add(
            FinanceMonth(
                organisation_code="D9901001", fiscal_year_be=year, item_code="R1", month=1, amount_baht=MILLION
            )
        )
        session.add(
            FinanceMonth(organisation_code="D9901001", fiscal_year_be=year, item_code="R8", month=1, amount_baht=99)
        )
    session.flush()
    both = read_allocation(session, "organisation", None, "of_revenue", ALL, Visibility.STAFF).table
    assert both["value"]["D9901001"] == pytest.approx(1050.0000005)
    assert both["reason"]["D9901002"] == "no_revenue"
    assert (
        read_allocation(session, "amphoe", None, "of_revenue", ALL, Visibility.STAFF).table["reason"]["9901"]
        == "no_revenue"
    )
    public = read_allocation(session, "organisation", None, "of_revenue", ALL, Visibility.PUBLIC).table
    assert public["revenue"].isna().all() and set(public["reason"]) == {"revenue_for_staff"}
    other = BudgetFilter(fiscal_year=(2568, 2570))
    assert (
        read_allocation(session, "organisation", None, "of_revenue", other, Visibility.STAFF)
        .table["value"]
        .isna()
        .all()
    )


def test_the_works_of_a_place_sum_to_its_money(session: Session) -> None:
    for level, place in (("tambon", "990101"), ("amphoe", "9901"), ("organisation", "D9901001")):
        works = read_works(session, level, place, ALL, Visibility.STAFF)  # type: ignore[arg-type]
        assert works["share_satang"].sum() == baht(session, level)[place]  # type: ignore[arg-type]
    grid = read_allocation(session, "hexagon", "9901", "budget", ALL, Visibility.STAFF, 6).table
    fullest = str(grid["satang"].idxmax())
    works = read_works(session, "hexagon", fullest, ALL, Visibility.STAFF)
    assert works["share_satang"].sum() == grid["satang"][fullest]


@pytest.mark.parametrize("view", ["map", "equity", "clusters", "change", "years", "costs"])
def test_every_view_of_the_page_opens(analyst: FlaskClient, view: str) -> None:
    page = analyst.get(
        "/analysis/allocation",
        query_string={"view": view, "level": "tambon", "parent": "9901", "fiscal_year": "2570", "measure": "budget"},
    )
    assert page.status_code == 200, page.text[:500]
    said = {
        "map": "1 โครงการคร่อมเขต",
        "equity": "จินี (Gini)",
        "clusters": "มีน้อยกว่า 8 พื้นที่",
        "change": "2569 → 2570",
        "years": "แผนที่ปีงบ 2570",
        "costs": "ไม่มีความยาวหรือปริมาตร",
    }[view]
    assert said in page.text


def test_every_number_opens_its_works(analyst: FlaskClient) -> None:
    page = analyst.get("/analysis/allocation/works?level=tambon&place=990101&fiscal_year=2570")
    assert "750,000.01" in page.text and "75.0 %" in page.text
    assert analyst.get("/analysis/allocation/works?level=tambon&place=770101").status_code == 404


def test_what_cannot_be_asked_is_refused_with_its_reason(analyst: FlaskClient) -> None:
    def codes(query: str) -> list[str]:
        answer = analyst.get(f"/api/v1/allocation?{query}")
        assert answer.status_code == 400
        return [problem["code"] for problem in answer.json["errors"]]

    assert codes("level=province&parent=99") == ["parent_not_above"]
    assert codes("level=hexagon&resolution=8") == ["hexagons_too_small"]
    assert analyst.get("/api/v1/allocation/hexagons?parent=77").status_code == 404
    other = analyst.get("/api/v1/allocation?measure=per_rai&kind=road")
    assert other.status_code == 422 and other.json["errors"][0]["code"] == "measure_of_another_kind"
    assert analyst.get("/analysis/allocation?measure=per_rai&kind=road").status_code == 200
    assert codes("fund_source=GOLD&level=tambon&parent=990101") == ["unknown_code", "parent_not_above"]


def test_classes_of_a_change_are_the_same_on_both_sides_of_zero() -> None:
    classes, of = classify_changes([-30.0, 0.0, 1.0, 12.0, float("nan")])
    assert of == (0, 3, 4, 6, None)
    assert [one.lower for one in classes[4:]] == [-one.upper for one in reversed(classes[:3]) if one.upper is not None]
    assert classify_changes([0.0, 0.0])[1] == (3, 3)


def test_money_of_no_known_tambon_is_in_the_total_per_head(analyst: FlaskClient) -> None:
    """It is money of the province all the same: one level up it is counted, and the two must not differ."""
    found = analyst.get("/api/v1/allocation?level=tambon&measure=per_head").json
    assert found["unplaced"]["works"] > 0
    based = [row for row in found["rows"] if row["value"] is not None]
    baseless = sum(Decimal(str(row["budget_baht"])) for row in found["rows"] if row["value"] is None)
    money = float(Decimal(str(found["total"]["budget_baht"])) - baseless)
    assert found["total"]["value"] == pytest.approx(money / sum(row["people"] for row in based))


def test_what_the_overview_does_not_count_is_told(analyst: FlaskClient, session: Session) -> None:
    """Allocation and the overview name different sums for one place and year: the page says by what."""
    asked = make_plan_line(session, "D9901001", form="ผ.02/2", amounts={2570: 7 * MILLION})
    whole = read_allocation(session, "tambon", "99", "budget", ALL, Visibility.STAFF)
    known = {"area_code": "990103", "fiscal_year_be": 2570}
    make_project(session, "D9901001", plan_project_id=asked.id, budget_baht=7 * MILLION, **known)
    make_project(session, "D9901001", status="CANCELLED", budget_baht=9 * MILLION, **known)
    for level, parent in (
        ("tambon", "99"),
        ("hexagon", "99"),
        ("organisation", None),
        ("province", None),
        ("tambon", None),
    ):
        apart = read_apart(session, cast("Level", level), parent, ALL, Visibility.STAFF)
        assert (apart.forms_works, apart.forms_satang) == (1, 700 * MILLION), level
        assert (apart.stopped_works, apart.stopped_satang) == (1, 900 * MILLION), level
    more = read_allocation(session, "tambon", "99", "budget", ALL, Visibility.STAFF)
    assert more.total_satang - whole.total_satang == 1600 * MILLION
    of_public = read_apart(session, "tambon", "99", ALL, Visibility.PUBLIC)
    assert (of_public.forms_works, of_public.stopped_works) == (1, 0)
    assert read_apart(session, "tambon", None, ALL, Visibility.PUBLIC) == of_public
    page = analyst.get("/analysis/allocation?level=tambon&parent=99").get_data(as_text=True)
    assert "ผ.02/1 ผ.02/2 ผ.03 1 โครงการ 7,000,000 บาท" in page
    assert "งานที่ยกเลิกหรือชะลอ 1 โครงการ 9,000,000 บาท" in page


def test_a_price_that_stands_out_leads_to_the_pair_that_may_be_one_work(
    analyst: FlaskClient, client: FlaskClient, session: Session
) -> None:
    roads = [
        make_project(session, "D9901001", length_m=1000, budget_baht=baht, surface_type_code=None)
        for baht in (*(MILLION + 1000 * number for number in range(20)), 9 * MILLION)
    ]
    for number, road in enumerate(roads):
        make_geometry(session, road, LineString([(101.81, 15.81 + number / 1000), (101.82, 15.81 + number / 1000)]))
    pair = make_pair(session, roads[-1], roads[0])
    assert same_work_pairs(session, [roads[-1].id, roads[5].id]) == {roads[-1].id: pair.id}
    page = analyst.get("/analysis/allocation?view=costs&unit=km&fiscal_year=2570").get_data(as_text=True)
    assert f'href="/duplicates/{pair.id}"' in page
    assert "ห่างจากปกติ (เท่า)" in page
    assert "บาท/กม." in page


def test_programs_and_files_get_the_same_places(analyst: FlaskClient) -> None:
    found: dict[str, Any] = analyst.get("/api/v1/allocation?level=tambon&measure=budget").json
    assert sum(Decimal(str(row["budget_baht"])) for row in found["rows"]) + 4 * MILLION == Decimal("21000000.01")
    assert found["equity"]["provinces"][0]["places"] == 4 and found["clusters"]["reason"] == "too_few"
    costs = analyst.get("/api/v1/unit-costs/file?format=csv&fiscal_year=2570")
    assert len(pd.read_csv(io.BytesIO(costs.data))) == 4
    of_province = analyst.get("/api/v1/unit-costs/file?format=csv&fiscal_year=2570&parent=99")
    assert of_province.data == costs.data
    file = analyst.get("/api/v1/allocation/file?level=tambon&measure=budget&format=csv")
    table = pd.read_csv(io.BytesIO(file.data), dtype=str)
    assert len(table) == 5 and "14750000.01" in file.text


def sheet_rows(answer: Any, name: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return [tuple(cell.value for cell in row) for row in book[name].iter_rows()]


def test_the_file_of_a_change_has_both_years_and_the_change(analyst: FlaskClient) -> None:
    page = analyst.get("/analysis/allocation?level=amphoe&parent=99&measure=budget&view=change").get_data(as_text=True)
    found = re.search(r'href="(/api/v1/allocation/file[?]format=xlsx[^"]*)"', page)
    assert found
    address = html.unescape(found[1])
    table = pd.read_csv(io.BytesIO(analyst.get(address.replace("xlsx", "csv")).data))
    row = table[table["code"] == 9901].iloc[0]
    assert (row["value_2569"], row["change"]) == (4 * MILLION, row["value_2570"] - 4 * MILLION)
    assert row["change_percent"] == pytest.approx(row["change"] / (4 * MILLION) * 100)
    rows = sheet_rows(analyst.get(address), "ข้อมูล")
    assert rows[0][0] == "งบประมาณ รายอำเภอ" and "ปีงบ 2569, 2570" in rows[1][0] and "ข้อมูลงบ ณ" in rows[2][0]
    assert rows[5][:4] == ("รหัส", "ชื่อ", "รหัสจังหวัด", "งบประมาณ (บาท) 2569")
    money = rows[5].index("งบประมาณ (บาท)")
    assert str(rows[4][money]).startswith("=SUBTOTAL(109,")
    without = analyst.get("/api/v1/allocation/file?level=amphoe&parent=99&measure=budget&view=change&format=csv")
    assert without.data == analyst.get(address.replace("xlsx", "csv")).data


def test_the_file_of_the_years_has_every_year(analyst: FlaskClient) -> None:
    address = "/api/v1/allocation/file?level=tambon&parent=99&measure=budget&view=years&fiscal_year=2570&format="
    table = pd.read_csv(io.BytesIO(analyst.get(f"{address}csv").data))
    assert {"value_2569", "value_2570"} <= set(table.columns)
    outlines = json.loads(analyst.get(f"{address}geojson").data)
    assert "value_2569" in outlines["features"][0]["properties"]


def test_the_file_of_the_equity_has_its_figures_and_its_curve(analyst: FlaskClient) -> None:
    asked = "level=tambon&measure=per_head&fiscal_year=2570"
    told = analyst.get(f"/api/v1/allocation?{asked}").json["equity"]
    table = pd.read_csv(io.BytesIO(analyst.get(f"/api/v1/allocation/file?{asked}&view=equity&format=csv").data))
    figures = table[table["part"] == "figure"].set_index("name")["value"]
    assert figures["gini"] == pytest.approx(told["gini"]) and figures["theil"] == pytest.approx(told["theil"])
    assert {"theil_between", "theil_within"} <= set(figures.index)
    curve = table[table["part"] == "lorenz"][["people_share", "money_share"]]
    assert curve.to_numpy() == pytest.approx(np.array(told["lorenz"]), abs=1e-5)
    book = analyst.get(f"/api/v1/allocation/file?{asked}&view=equity&format=xlsx")
    assert dict(sheet_rows(book, "ความเท่าเทียม")[2:])["จินี (Gini)"] == pytest.approx(told["gini"])
    assert len(sheet_rows(book, "ลอเรนซ์")) == 2 + len(told["lorenz"])


def test_the_workbook_of_prices_says_kinds_and_states_in_words(analyst: FlaskClient) -> None:
    book = analyst.get("/api/v1/unit-costs/file?format=xlsx&fiscal_year=2570")
    rows = sheet_rows(book, "ข้อมูล")
    assert rows[0][0] == "ราคาต่อ กม. ถนน" and rows[4][:2] == ("รหัสโครงการ", "ชื่อโครงการ")
    state = rows[4].index("ผล")
    assert {row[state] for row in rows[5:]} <= {"มีงานชนิดเดียวกันไม่ถึง 9 งาน", "ไม่มีความยาวหรือปริมาตร"}
    assert "ไม่ถึง 8 งาน" in sheet_rows(book, "แต่ละชนิด")[1][0]


def test_programs_get_prices_with_the_number_of_peers(analyst: FlaskClient, session: Session) -> None:
    for number in range(10):
        make_project(session, "D9901001", length_m=1000, surface_type_code="RC",
                     budget_baht=(9 if number == 0 else 1) * MILLION)  # fmt: skip
    make_project(session, "D9901001", length_m=1000, surface_type_code="LATERITE", budget_baht=MILLION)
    told = analyst.get("/api/v1/unit-costs?fiscal_year=2570&limit=2").json
    assert told["states"]["high"] == 1 and len(told["items"]) == 2 and told["works"] > 10
    first = told["items"][0]
    assert (first["state"], first["peers_median_baht"], first["peers"]) == ("high", pytest.approx(MILLION), 10)
    few = [one for one in told["kinds"] if one["works"] < told["fewest_peers"]]
    assert few and all(one["median"] is None for one in few)
    page = analyst.get("/analysis/allocation?view=costs&unit=km&fiscal_year=2570").get_data(as_text=True)
    assert "n = 10" in page and "มีไม่ถึง 8 งาน จึงไม่บอกมัธยฐาน" in page
    after = analyst.get("/api/v1/unit-costs?fiscal_year=2570&limit=2&offset=2").json
    assert {one["code"] for one in after["items"]}.isdisjoint(one["code"] for one in told["items"])


@pytest.mark.parametrize("view", ["map", "equity", "clusters", "costs"])
def test_a_year_without_data_is_said_and_others_are_offered(analyst: FlaskClient, view: str) -> None:
    page = analyst.get(f"/analysis/allocation?level=tambon&parent=99&fiscal_year=2599&view={view}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and "ไม่มีข้อมูลของปีงบ 2599" in text
    assert "fiscal_year=2570" in text and 'allocation-table"' not in text and 'allocation-map"' not in text
    both = analyst.get(f"/analysis/allocation?level=tambon&parent=99&fiscal_year=2570,2599&view={view}")
    assert "ค่าของปีนั้นจึงไม่ใช่ศูนย์จริง" in both.get_data(as_text=True)


def test_two_years_wiped_are_in_the_address(analyst: FlaskClient) -> None:
    asked = "level=amphoe&parent=99&view=change&from_year=2569&to_year=2570"
    page = analyst.get(f"/analysis/allocation?{asked}&swipe=30").get_data(as_text=True)
    assert 'id="allocation-swipe-on" checked' in page and 'value="30"' in page
    assert "ซ้าย 2569 · ขวา 2570" in page and "swipe=30" in page
    assert (
        "checked"
        not in re.search(
            'id="allocation-swipe-on"[^>]*', analyst.get(f"/analysis/allocation?{asked}").get_data(as_text=True)
        )[0]
    )  # type: ignore[index]
    assert analyst.get(f"/analysis/allocation?{asked}&swipe=130").status_code == 400


def test_a_place_that_is_not_there_is_said(analyst: FlaskClient) -> None:
    for address in ("/analysis/allocation", "/budget", "/analysis/access"):
        name = "area" if address.endswith("access") else "parent"
        answer = analyst.get(f"{address}?level=tambon&{name}=77" if name == "parent" else f"{address}?{name}=77")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 404 and "ไม่พบพื้นที่รหัส 77" in text, address
        assert f'href="{address}"' in text, address

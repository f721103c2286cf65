"""Access and scenarios over stored villages and works: sums, who may see what, what is refused and what is stated."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import orjson
import pytest
import rasterio
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient
from geoalchemy2.shape import from_shape
from rasterio.transform import from_origin
from shapely.geometry import LineString, Point
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.cli import analyse_access
from app.errors import Forbidden, InvalidInput, NotFound
from app.models import Area, AreaPopulation
from app.queries.access import AccessView, access_view, view_of
from app.queries.access_ground import AccessQuestion, ground
from app.queries.scenarios import difference, held_scenario, scenarios
from app.queries.villages import people_of_raster, villages
from app.services import access_raster
from app.services.scenario_answers import ScenarioOrder, compute, order_from
from app.services.scenarios import change, remove, save
from app.settings import Settings
from app.web.access_cache import KEPT_S, NationalAnswers
from tests.app.conftest import SignIn
from tests.conftest import RolledBackDatabase
from tests.factories import (
    actor_for,
    as_owner,
    make_geometry,
    make_organisation,
    make_project,
    make_raster,
    make_tambon,
    make_user,
)

WATER = AccessQuestion("water", "99", 1_000.0, background=False)
ORDER = ScenarioOrder(WATER, 1_000_000, unit_cost_baht=400_000)
# Six villages from west to east, 5 km from each other; the last has no point.
PEOPLE = {"99010101": 400, "99010102": 300, "99010103": 200, "99010201": None, "99010202": None, "99010203": None}


def spot(number: int, north_m: float = 0.0) -> Point:
    return Point(101.82 + number * 0.045, 15.9 + north_m / 110_600)


@pytest.fixture
def land(session: Session) -> Session:
    """Tambon 990101 counts its villages; 990102 is counted as a whole: 600 people, three villages, one unplaced."""
    for tambon in ("990101", "990102"):
        make_tambon(session, tambon)
    make_organisation(session, tambon_codes=("990101", "990102"))
    for number, (code, people) in enumerate(PEOPLE.items()):
        point = None if code == "99010203" else from_shape(spot(number), srid=4326)
        session.add(Area(code=code, level="village", name_th=f"บ้าน {number}", parent_code=code[:6], point=point))
        session.flush()
        if people is not None:
            session.add(AreaPopulation(area_code=code, year_be=2568, population=people, households=people // 4))
    session.add(AreaPopulation(area_code="990101", year_be=2568, population=900, households=225))
    session.add(AreaPopulation(area_code="990102", year_be=2568, population=600, households=150))
    session.flush()
    return session


def well(session: Session, at: Point, status: str = "CLOSED", nature: str = "DRILL", **more: Any) -> str:
    project = make_project(
        session, kind="water", status=status, work_nature_code=nature, water_source_type_code="GROUNDWATER", **more
    )
    make_geometry(session, project, at, status="VERIFIED")
    session.flush()
    return project.code


def test_people_without_a_count_of_their_own_share_their_tambon(land: Session) -> None:
    found = villages(land, "99")
    assert dict(zip(found.code, found.people, strict=True)) == {
        "99010101": 400, "99010102": 300, "99010103": 200, "99010201": 200, "99010202": 200, "99010203": 200,
    }  # fmt: skip
    assert found.estimated.tolist() == [False] * 3 + [True] * 3
    make_tambon(land, "990103")
    land.add(AreaPopulation(area_code="990103", year_be=2568, population=70))
    land.flush()
    assert (villages(land, "99").people.sum(), villages(land, "990103").code) == (1570, ("990103",))


def test_sums_of_areas_are_the_sum_of_the_whole_and_what_is_not_known_is_neither(land: Session) -> None:
    standing = well(land, spot(0, 900))
    well(land, spot(1, 1_100))
    broken = well(land, spot(2, 500), "PLANNED", "REPAIR")
    view = access_view(land, WATER, Visibility.STAFF)
    total = view.total
    assert (total.people, total.people_with, total.people_without, total.people_unknown) == (1500, 400, 900, 200)
    assert (total.villages, total.villages_without, total.villages_unknown) == (6, 4, 1)
    assert total.share_with == pytest.approx(400 / 1300)
    for area in ("99", "9901"):
        rows = access_view(land, replace(WATER, area=area), Visibility.STAFF).rows
        assert sum(row.sums.people_without for row in rows) == 900
    assert {problem.code for problem in view.notes} == {"access_unplaced", "access_estimated"}
    first = view.villages[0]
    assert (first.code, first.has_access, round(first.distance_m or 0, -2)) == ("99010102", False, 1100)
    points = {row.code: row for row in view.water_points}
    assert (points[standing].working, points[standing].crucialness, points[standing].pressure) == (True, 1.0, 0.8)
    assert (points[broken].working, points[broken].unserved_people) == (False, 200)
    assert access_view(land, replace(WATER, closed=(standing,)), Visibility.STAFF).total.people_with == 0


def test_the_public_counts_published_works_only(land: Session) -> None:
    project = make_project(land, kind="water", status="CLOSED", water_source_type_code="POND")
    make_geometry(land, project, spot(0), status="SUBMITTED")
    assert access_view(land, WATER, Visibility.STAFF).total.people_with == 400
    assert access_view(land, WATER, Visibility.PUBLIC).total.people_with == 0


def test_an_area_without_villages_people_or_works_says_so(land: Session) -> None:
    codes = {each.code for each in access_view(land, WATER, Visibility.STAFF).notes}
    assert "access_no_works" in codes
    make_tambon(land, "990104")
    empty = access_view(land, replace(WATER, area="990104"), Visibility.STAFF)
    assert (empty.total.share_with, [each.code for each in empty.notes]) == (None, ["access_no_villages"])
    with as_owner(land):
        land.execute(sa.text("DELETE FROM area_population"))
    bare = access_view(land, WATER, Visibility.STAFF)
    assert bare.total.share_with is None
    assert {"access_no_people", "access_uncounted"} <= {each.code for each in bare.notes}
    nobody = compute(land, ORDER, Visibility.STAFF)
    assert (nobody.summary["status"], nobody.summary["works"]) == ("no_people", 0)


def test_people_of_a_raster_stand_in_for_villages(land: Session, tmp_path: Path) -> None:
    well(land, spot(0))
    path = tmp_path / "people.tif"
    grid = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": 10, "width": 20, "crs": "EPSG:4326"}
    with rasterio.open(path, "w", transform=from_origin(101.8, 16.0, 0.01, 0.01), **grid) as raster:
        raster.write(np.full((10, 20), 7, dtype="float32"), 1)
    view = view_of(land, ground(land, WATER, Visibility.STAFF, people_of_raster(land, path, "99")))
    # The amphoe is the southern half of the province: all of the raster lies in it. Four pixels have their middle
    # within a kilometre of the well.
    assert view.total.people == pytest.approx(1400, rel=1e-6)
    assert [row.sums.people for row in view.rows] == pytest.approx([1400], rel=1e-6)
    assert 0 < view.total.people_with <= 7 * 4
    (tmp_path / "not.tif").write_bytes(b"nothing")
    with pytest.raises(InvalidInput, match="invalid_input"):
        people_of_raster(land, tmp_path / "not.tif", "99")


def test_people_of_a_raster_of_the_catalogue_are_counted_on_the_page(
    client: FlaskClient, sign_in: SignIn, land: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offered where there is one; pixels in the place of villages; too many and other kinds are refused in words."""
    well(land, spot(2))
    people = make_raster(land, settings.var_dir, kind="population", title_th="คนต่อช่อง").name
    heights = make_raster(land, settings.var_dir).name
    land.flush()
    address = "kind=water&area=99&background=false"
    page = client.get(f"/analysis/access?{address}").text
    assert f'<option value="{people}">คนต่อช่อง</option>' in page and heights not in page
    counted = client.get(f"/api/v1/access?{address}&people={people}").get_json()
    total = counted["total"]
    assert total["villages"] == 0 and counted["villages"] == [] and counted["population_year_be"] is None
    assert 0 < total["people_with"] < total["people_without"]
    assert "access_raster" in {note["code"] for note in counted["notes"]}
    page = client.get(f"/analysis/access?{address}&people={people}").text
    assert f'<option value="{people}" selected>' in page and "นับคนจากแรสเตอร์ คนต่อช่อง" in page
    assert f"people={people}" in page.partition("access-actions")[2].partition("</header>")[0], "files hold the same"
    refused = client.get(f"/api/v1/access?{address}&people={heights}")
    assert refused.status_code == 422 and "access_raster_kind" in refused.text
    assert client.get(f"/api/v1/access?{address}&people=nothing").status_code == 404
    monkeypatch.setattr(access_raster, "MOST_PIXELS", 10)
    assert client.get(f"/api/v1/access?{address}&people={people}").status_code == 422
    page = client.get(f"/analysis/access?{address}&people={people}").text
    assert "หน้าเว็บตอบได้ไม่เกิน 10 ช่อง" in page and f'<option value="{people}" selected>' not in page


def test_without_any_work_no_share_is_told(client: FlaskClient, land: Session) -> None:
    """Nothing is known of works: that is not the same as 0 %."""
    page = client.get("/analysis/access?kind=water&area=99&background=false").text
    figures = page.partition('class="access-figures"')[2].partition("</section>")[0]
    assert "ยังไม่มีข้อมูลงาน" in figures and "0.0 %" not in figures.partition("ไม่เข้าถึง")[0]


def test_earth_roads_count_only_when_asked(land: Session) -> None:
    track = make_project(land, status="CLOSED", surface_type_code="EARTH")
    make_geometry(land, track, LineString([spot(0), spot(1)]), status="VERIFIED")
    question = AccessQuestion("road", "99", 2_000.0, background=False)
    assert access_view(land, question, Visibility.STAFF).total.people_with == 0
    assert access_view(land, replace(question, all_season=False), Visibility.STAFF).total.people_with == 700


def test_a_scenario_repairs_and_builds_and_tells_who_gains_and_loses(land: Session) -> None:
    old = well(land, spot(0))
    repair = well(land, spot(2, 500), "PLANNED", "REPAIR", planned_baht=100_000)
    well(land, spot(3), "PLANNED", "SUBSIDY", planned_baht=100_000)
    well(land, spot(4), "PLANNED", "DRILL")
    order = replace(ORDER, question=replace(WATER, closed=(old,)), method="exact")
    found = compute(land, order, Visibility.STAFF)
    works = found.result["works"]
    # The repair, then new wells at the largest villages without: one of 400 (its well is closed) and one of 300.
    assert [(work["code"], work["act"], work["people"]) for work in works] == [
        (repair, "rehabilitate", 200), ("", "build", 400), ("", "build", 300),
    ]  # fmt: skip
    assert (found.summary["cost_baht"], found.summary["status"], found.summary["gap"]) == (900_000, "optimal", 0)
    # Who got a well back neither gains nor loses against today.
    assert (found.summary["people_gained"], found.summary["people_lost"]) == (500, 0)
    cheap = compute(land, replace(order, budget_baht=100_000), Visibility.STAFF)
    assert (cheap.summary["people_gained"], cheap.summary["people_lost"]) == (200, 400)
    assert [v["code"] for v in cheap.result["villages"] if v["change"] == "loss"] == ["99010101"]
    assert sum(area["gained"] for area in cheap.result["areas"]) == 200
    both, repairs, builds = found.result["alternatives"]
    assert (repairs["people"], builds["works"], both["people"]) == (200, 2, 900)
    notes = {note["code"]: note["values"] for note in found.result["notes"]}
    assert "scenario_closed_without_effect" not in notes
    # What is only planned does not stand: nothing is taken away with it.
    idle = compute(land, replace(order, question=replace(WATER, closed=(repair,))), Visibility.STAFF)
    told = {note["code"]: note["values"] for note in idle.result["notes"]}
    assert told["scenario_closed_without_effect"] == {"codes": repair}
    assert notes["scenario_without_cost"] == {"count": 1}
    assert notes["scenario_grants"] == {"count": 1}


def test_a_new_road_costs_by_its_length(land: Session) -> None:
    road = make_project(land, status="CLOSED")
    make_geometry(land, road, LineString([spot(0), spot(1)]), status="VERIFIED")
    question = AccessQuestion("road", "99", 2_000.0, background=False)
    order = ScenarioOrder(question, 5_000_000, sources="new", unit_cost_baht=1_000_000)
    found = compute(land, order, Visibility.STAFF).result["works"]
    assert found[0]["cost_baht"] == pytest.approx(4_820_000, rel=0.01)
    assert found[0]["geometry"]["type"] == "LineString"


def test_a_new_work_costs_what_such_works_cost_around(land: Session) -> None:
    """The median of the smallest area with eight of them; said prices win; without any works nobody guesses."""

    def wells(count: int, tambon: str, baht: int, **more: Any) -> None:
        for _ in range(count):
            make_project(land, kind="water", status="CLOSED", work_nature_code="DRILL", area_code=tambon,
                         water_source_type_code="GROUNDWATER", budget_baht=baht, **more)  # fmt: skip
        land.flush()

    order = replace(ORDER, unit_cost_baht=None)
    wells(7, "990101", 300_000)
    with pytest.raises(InvalidInput) as refused:
        compute(land, order, Visibility.STAFF)
    assert [each.code for each in refused.value.problems] == ["scenario_cost_unknown"]
    assert compute(land, replace(order, sources="planned"), Visibility.STAFF).summary["unit_cost_baht"] is None
    make_tambon(land, "990201")
    wells(5, "990201", 500_000)
    wells(4, "990201", 900_000, fiscal_year_be=2565)
    told = compute(land, order, Visibility.STAFF)
    assert told.summary["unit_cost_baht"] == 500_000, "seven in the amphoe are too few: the province's sixteen"
    note = next(each for each in told.result["notes"] if each["code"] == "scenario_cost_median_water")
    assert note["values"]["count"] == 16
    assert {work["cost_from"] for work in told.result["works"]} == {"median"}
    near = replace(order, question=replace(WATER, area="9902"))
    assert compute(land, near, Visibility.STAFF).summary["unit_cost_baht"] == 500_000
    said = compute(land, replace(order, unit_cost_baht=410_000), Visibility.STAFF)
    assert {work["cost_from"] for work in said.result["works"]} == {"typed"}
    assert "scenario_cost_typed_water" in {each["code"] for each in said.result["notes"]}


def test_what_cannot_be_answered_is_stated(land: Session) -> None:
    """Too little money, nothing to choose from, nobody left without: an answer that says which, never a silent zero."""
    told = [
        compute(land, replace(ORDER, budget_baht=399_999), Visibility.STAFF),
        compute(land, replace(ORDER, sources="planned"), Visibility.STAFF),
    ]
    for number in range(5):
        well(land, spot(number))
    told.append(compute(land, ORDER, Visibility.STAFF))
    assert [each.summary["status"] for each in told] == ["no_budget", "no_candidates", "no_candidates"]
    for each in told:
        notes = {note["code"] for note in each.result["notes"]}
        assert f"scenario_{each.summary['status']}" in notes and each.result["works"] == []
    # A village on land without any road: no straight line over the water is offered.
    roads = AccessQuestion("road", "99", 2_000.0, background=False)
    alone = compute(land, ScenarioOrder(roads, 5_000_000, unit_cost_baht=1_000_000), Visibility.STAFF)
    assert (alone.summary["status"], alone.summary["candidates"]) == ("no_candidates", 0)


def test_everything_wrong_with_an_order_is_told_at_once(land: Session) -> None:
    actor = actor_for(make_user(land, "LAO_PLANNER", organisation="D9901001"))
    wrong = ScenarioOrder(
        replace(WATER, area="77", within_m=1.0, closed=("no-such",)), 0, "all", "none", 0, "best", 99  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        save(land, actor, " ", wrong, shared_with="world")
    fields = [problem.where["field"] for problem in refused.value.problems]
    assert fields == [
        "name", "shared_with", "area", "within_m", "budget_baht", "unit_cost_baht", "acts", "sources", "method",
        "seconds", "closed",
    ]  # fmt: skip
    with pytest.raises(Forbidden):
        save(land, actor_for(make_user(land, "PARTNER_AGENCY")), "น้ำ", ORDER)


def test_a_scenario_is_kept_shared_changed_and_removed_by_its_owner(land: Session) -> None:
    well(land, spot(0))
    owner = actor_for(make_user(land, "LAO_PLANNER", organisation="D9901001"))
    colleague = actor_for(make_user(land, "LAO_ENGINEER", organisation="D9901001"))
    officer = actor_for(make_user(land, "PROV_OFFICER", area="99"))
    stranger = actor_for(make_user(land, "PROV_OFFICER", area=make_province_98(land)))
    key = save(land, owner, "น้ำ 1 ล้าน", ORDER)
    held = held_scenario(land, owner, key)
    assert order_from(held.parameters) == ORDER
    assert held.data_as_of is not None

    def readers() -> list[bool]:
        return [key in {each.key for each in scenarios(land, who)} for who in (owner, colleague, officer, stranger)]

    seen = {}
    for shared_with in ("owner", "organisation", "province", "staff"):
        change(land, owner, key, name="น้ำ", note="", shared_with=shared_with)
        seen[shared_with] = readers()
    assert seen == {
        "owner": [True, False, False, False],
        "organisation": [True, True, False, False],
        "province": [True, True, True, False],
        "staff": [True, True, True, True],
    }
    with pytest.raises(Forbidden):
        change(land, colleague, key, name="ของฉัน", note="", shared_with="owner")
    more = save(land, owner, "น้ำ 2 ล้าน", replace(ORDER, budget_baht=2_000_000))
    found = difference(held, held_scenario(land, owner, more))
    assert (len(found.only_first), len(found.only_second)) == (0, 2)
    assert sum(row[3] for row in found.areas) == sum(village["people"] for village in found.only_second)
    remove(land, owner, key)
    with pytest.raises(NotFound):
        held_scenario(land, owner, key)


def make_province_98(session: Session) -> Area:
    from tests.factories import make_province

    return make_province(session, "98", name_th="อื่น", bounds=(100.8, 15.8, 101.2, 16.2))


def test_the_answer_of_the_nation_is_computed_once_for_a_while(land: Session) -> None:
    now, computed = [0.0], []
    answers = NationalAnswers(lambda: now[0])
    nation = replace(WATER, area="")

    def ask(sight: Visibility = Visibility.STAFF) -> int:
        def compute() -> AccessView:
            computed.append(sight)
            return access_view(land, nation, sight)

        return answers.get(nation, sight, compute).total.villages

    assert [ask(), ask(), ask(Visibility.PUBLIC)] == [6, 6, 6]
    assert computed == [Visibility.STAFF, Visibility.PUBLIC]
    now[0] = KEPT_S + 1.0
    ask()
    assert len(computed) == 3


def test_pages_and_files_tell_the_same(client: FlaskClient, sign_in: SignIn, land: Session) -> None:
    well(land, spot(0))
    well(land, spot(1), "PLANNED", "REPAIR", planned_baht=100_000)
    sign_in(client, make_user(land, "LAO_PLANNER", organisation="D9901001"))
    page = client.get("/analysis/access?kind=water&background=false")
    assert page.status_code == 200
    assert "30.8 %" in page.text
    told = client.get("/api/v1/access?kind=water&area=99&background=false").json
    assert (told["total"]["people_with"], told["total"]["people_without"]) == (400, 900)
    file = client.get("/api/v1/access/file?kind=water&area=99&background=false&format=csv")
    rows = list(csv.DictReader(io.StringIO(file.get_data().decode("utf-8-sig"))))
    assert len(rows) == 6
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/api/v1/access/file?kind=water&part=water_points&format=xlsx").data)
    )
    told = [[cell for cell in row if cell is not None] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert told[0] == ["คนที่มีแหล่งน้ำในระยะ 1,000 ม."] and any("WPDx" in str(row) for row in told)
    head = next(row for row in told if row[0] == "รหัสโครงการ")
    assert head[3] == "ใช้การได้" and {row[3] for row in told[told.index(head) + 1 :]} <= {"ใช่", "ไม่ใช่"}
    areas = client.get("/api/v1/access/file?kind=water&area=99&background=false&part=areas&format=xlsx").data
    rows = [*openpyxl.load_workbook(io.BytesIO(areas)).worksheets[0].iter_rows(values_only=True)]
    assert any("ระยะ 1,000 ม. · นับเฉพาะโครงการ" in str(row[0]) for row in rows)
    assert next(row for row in rows if row[1] == "รวม")[2:5] == (1500, 400, 900)
    assert client.get("/analysis/access?area=77").status_code == 404
    of_tambon = client.get("/analysis/access?kind=water&area=990101&background=false").text
    assert of_tambon.count("data-village=") == 3

    form = {"name": "น้ำ", "kind": "water", "area": "99", "budget_baht": "1 ล้าน", "projects_only": "true",
            "unit_cost_baht": "400,000", "method": "exact", "shared_with": "staff"}  # fmt: skip
    below = client.post("/analysis/scenarios/new", data={**form, "budget_baht": "-100"})
    assert below.status_code == 422 and "วงเงินต้องมากกว่า 0 บาท" in below.text
    refused = client.post("/analysis/scenarios/new", data={**form, "budget_baht": "0", "name": ""})
    assert refused.status_code == 422
    guess = client.post("/analysis/scenarios/new", data={**form, "budget_baht": "ราว 5 ล้าน"})
    assert guess.status_code == 422 and 'value="ราว 5 ล้าน"' in guess.text
    assert 'value="400,000"' in refused.text
    made = client.post("/analysis/scenarios/new", data=form)
    assert made.status_code == 303
    address = made.headers["Location"]
    shown = client.get(address)
    assert "พิสูจน์แล้ว" in shown.text and "ราคาประมาณ 400,000 บาทต่อแห่ง ไม่ใช่วงเงินของโครงการ" in shown.text
    assert "ขอบเขตบน" not in shown.text and "ด้วยเงินเท่ากัน" not in shown.text
    key = address.rsplit("/", 1)[1]
    answer = client.get(f"/api/v1/scenarios/{key}").json
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}/file").data))
    assert [sheet.title for sheet in book] == ["วิธีและตัวเลือก", "งานที่เลือก", "ใครได้ใครเสีย", "รายพื้นที่"]
    works = book["งานที่เลือก"]
    assert works["A1"].value == "น้ำ" and works["A2"].value == "แหล่งน้ำ · สาธิต" and works.freeze_panes == "C6"
    assert works.max_row == 5 + answer["summary"]["works"]
    assert works["F4"].value == f"=SUBTOTAL(109,F6:F{works.max_row})" and works["F6"].number_format == "#,##0.00"
    assert {row[3].value for row in works.iter_rows(min_row=6)} <= {"ซ่อม", "สร้าง"}
    said = {row[0].value: row[1].value for row in book["วิธีและตัวเลือก"].iter_rows()}
    assert said["วงเงิน (บาท)"] == "1,000,000" and said["วิธี"] == "หาชุดที่ดีที่สุด"
    told = [row[1].value for row in book["วิธีและตัวเลือก"].iter_rows() if row[0].value == "หมายเหตุ"]
    assert any("ราคา 400,000 บาทต่อแห่ง ตามที่ผู้คำนวณกำหนด" in each for each in told)
    costs = {row[6].value for row in works.iter_rows(min_row=6) if row[0].value}
    assert costs == {"วงเงินของโครงการ", "ผู้คำนวณกำหนด"}
    places = client.get(f"{address}/file?format=geojson").json
    assert len(places["features"]) == answer["summary"]["works"] + len(answer["result"]["villages"])
    again = client.get(f"/analysis/scenarios/new?again={key}")
    assert "1,000,000" in again.text
    assert client.get(f"/analysis/scenarios/compare?first={key}&second={key}").status_code == 200
    assert client.post(address, data={"do": "remove"}).status_code == 303
    assert client.get(address).status_code == 404


def test_the_command_tells_its_steps_beside_the_answer(
    land: Session, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyse_access, "database", lambda: database)
    well(land, spot(0))
    done = CliRunner().invoke(analyse_access.access, ["--kind", "water", "--area", "99", "--json"])
    assert done.exit_code == 0, done.output
    assert "reading" in done.stderr and "nearest works" in done.stderr
    assert orjson.loads(done.stdout)["kind"] == "water"  # the answer alone

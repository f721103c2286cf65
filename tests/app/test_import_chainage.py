"""Rows of a file that tell their place by chainage along a registered road."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
import sqlalchemy as sa
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.models import ImportBatch, ProjectGeometry
from app.services import imports
from gis import measure
from gis.chainage import section
from gis.problems import Problem
from tests import factories
from tests.app.test_imports import Desk, geojson
from tests.statements import counted

CODE = "สธ.ถ.1-0001"
ROAD = LineString([(101.85, 15.85), (101.86, 15.85), (101.87, 15.851)])
"""2,144 m long, inside the organisation's territory."""


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """An organisation with one registered road."""
    factories.make_organisation(session)
    factories.make_road(session, CODE, ROAD)
    return Desk(session, tmp_path)


def table(head: str, *rows: str) -> bytes:
    return "\n".join([head, *rows]).encode()


def line(start_m: float, end_m: float) -> LineString:
    part = section(ROAD, start_m, end_m)
    assert not isinstance(part, Problem)
    return part


def shapes(desk: Desk, batch: ImportBatch) -> list[BaseGeometry | None]:
    rows = desk.session.scalars(
        sa.text("SELECT ST_AsBinary(geom) FROM import_row WHERE batch_id = :id ORDER BY row_number"), {"id": batch.id}
    )
    return [None if wkb is None else shapely.from_wkb(bytes(wkb)) for wkb in rows]


def same(found: BaseGeometry | None, wanted: BaseGeometry) -> bool:
    return found is not None and found.equals_exact(wanted, 1e-7)


HEAD = "โครงการ,รหัสสายทาง,กม.เริ่มต้น,กม.สิ้นสุด"


@pytest.mark.parametrize(
    ("content", "unit_m"),
    [
        (table(HEAD, "ซ่อมถนนสายหนึ่ง,สธ ถ ๑-๐๐๐๑,0+500,1+250"), 1000),
        (table(HEAD, "ซ่อมถนนสายหนึ่ง,สธ.ถ.1-0001,กม.๐+๕๐๐,กม.ที่ 1+250 LT"), 1000),
        (table("name,route_code,km_from,km_to", "ซ่อมถนนสายหนึ่ง,สธ.ถ.1-0001,0.5,1.250"), 1000),
        (table("name,route_code,km_from,km_to", "ซ่อมถนนสายหนึ่ง,สธ.ถ.1-0001,500,1250"), 1),
        (table("name,route,เริ่มต้น (ม.),สิ้นสุด (ม.)", "ซ่อมถนนสายหนึ่ง,สธ.ถ.1-0001,500,1250"), 1),
        (table("โครงการ,สายทาง,ช่วง กม.", "ซ่อมถนนสายหนึ่ง,สธ.ถ.1-0001,0+500 - 1+250"), 1000),
        (table("โครงการ,สายทาง,กม.ที่", "ซ่อมถนนสายหนึ่ง,สธ.ถ.1-0001,กม. 0+500 ถึง กม. 1+250"), 1000),
        (table("โครงการ,ช่วงที่ทำ", "ซ่อมถนนสายหนึ่ง,สธ.ถ.1-0001 กม. 0+500 - 1+250"), 1000),
        (table("โครงการ,ก,ข,ค", "ซ่อมถนนสายหนึ่ง,สธ.ถ.1-0001,0+500,1+250"), 1000),
    ],
    ids=["codes", "words", "decimals", "metres", "metres_by_name", "range", "range_words", "all_in_one", "by_content"],
)
def test_chainage_becomes_a_line(desk: Desk, content: bytes, unit_m: float) -> None:
    batch = desk.stage(content, "plan.csv")
    assert desk.codes(batch) == [[]]
    assert same(shapes(desk, batch)[0], line(500, 1250))
    assert batch.detected["chainage_unit_m"] == unit_m
    assert batch.detected["without_geometry"] == 0
    told = [problem["code"] for problem in batch.problems]
    assert told == ["placed_by_chainage" if unit_m == 1000 else "placed_by_chainage_metres"]


def test_numbers_of_a_spreadsheet(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ชื่อโครงการ", "รหัสสายทาง", "กม. เริ่มต้น", "กม. สิ้นสุด"])
    sheet.append(["ซ่อมถนนสายหนึ่ง", CODE, 0, 1.25])
    sheet.append(["ซ่อมถนนสายสอง", CODE, 1.25, 2])
    file = io.BytesIO()
    book.save(file)
    batch = desk.stage(file.getvalue(), "plan.xlsx")
    assert desk.codes(batch) == [[], []]
    assert [same(*pair) for pair in zip(shapes(desk, batch), (line(0, 1250), line(1250, 2000)), strict=True)] == [
        True,
        True,
    ]


def test_one_place_is_a_point(desk: Desk) -> None:
    batch = desk.stage(table("โครงการ,สายทาง,กม.ที่", f"ติดตั้งไฟส่องสว่าง,{CODE},0+500"), "plan.csv", kind="other")
    assert same(shapes(desk, batch)[0], Point(line(500, 600).coords[0]))


@pytest.mark.parametrize(
    ("row", "code", "level", "field"),
    [
        ("สธ.ถ.1-0999,0+000,1+000", "road_not_found", "warning", "route_code"),
        (",0+000,1+000", "chainage_without_route", "warning", "route_code"),
        (f"{CODE},1+000,3+000", "chainage_beyond_road", "error", "chainage_end"),
        (f"{CODE},1+000,1+000", "chainage_empty", "error", "chainage_end"),
        (f"{CODE},ต้นทาง,1+000", "chainage_unreadable", "error", "chainage"),
    ],
    ids=["unregistered", "no_route", "beyond", "empty", "words"],
)
def test_what_cannot_be_placed_says_why(desk: Desk, row: str, code: str, level: str, field: str) -> None:
    sound = [f"ถนนสายที่ {n},{CODE},0+000,0+{n}00" for n in range(1, 6)]
    batch = desk.stage(table(HEAD, f"ซ่อมถนนสายหนึ่ง,{row}", *sound), "plan.csv")
    found = desk.rows(batch)[0].problems
    assert [p["code"] for p in found] == [code, "no_coordinates"]
    assert (found[0]["level"], found[0]["where"]["field"]) == (level, field)
    assert [shape is None for shape in shapes(desk, batch)] == [True] + [False] * 5
    assert batch.detected["without_geometry"] == 1


def test_backwards_is_drawn_and_told(desk: Desk) -> None:
    batch = desk.stage(table(HEAD, f"ซ่อมถนนสายหนึ่ง,{CODE},1+250,0+500"), "plan.csv")
    assert desk.codes(batch) == [["chainage_backwards"]]
    assert same(shapes(desk, batch)[0], line(1250, 500))


def test_own_coordinates_win_and_a_difference_is_told(desk: Desk) -> None:
    def row(shape: Any, start: str, end: str, n: int) -> tuple[Any, dict[str, Any]]:
        return shape, {"NAME": f"ถนนสายที่ {n}", "ROUTE_CODE": CODE, "KM_FROM": start, "KM_TO": end}

    there, away = line(500, 1250), shapely.affinity.translate(line(500, 1250), 0, 0.002)
    content = geojson(
        row(there, "0+500", "1+250", 1),
        row(away, "0+500", "1+250", 2),
        row(there, "0+500", "2+000", 3),
        row(there, "0+500", "9+000", 4),
        row(None, "0+500", "1+250", 5),
    )
    batch = desk.stage(content, epsg=4326)
    codes = desk.codes(batch)
    assert codes == [[], ["chainage_apart"], ["chainage_apart"], ["chainage_beyond_road"], []]
    metres = [
        p["values"]["metres"] for row_ in desk.rows(batch) for p in row_.problems if p["code"] == "chainage_apart"
    ]
    assert metres == [pytest.approx(222, abs=4), pytest.approx(750, abs=15)]
    assert {problem["level"] for row_ in desk.rows(batch) for problem in row_.problems} == {"warning"}
    assert [same(*pair) for pair in zip(shapes(desk, batch), (there, away, there, there, there), strict=True)] == [
        True
    ] * 5
    assert batch.detected["without_geometry"] == 0


def test_columns_of_dates_are_no_chainage(desk: Desk) -> None:
    head = "โครงการ,สายทาง,เริ่มต้น,สิ้นสุด"
    batch = desk.stage(table(head, f"ซ่อมถนนสายหนึ่ง,{CODE},1 ต.ค. 2568,30 ก.ย. 2569"), "plan.csv")
    assert not {"chainage", "chainage_end"} & set(batch.column_map)


def test_the_choice_of_columns_wins_and_is_remembered(desk: Desk) -> None:
    head = "โครงการ,ทาง,km_from,km_to,จริงจาก,จริงถึง"
    content = table(head, f"ซ่อมถนนสายหนึ่ง,{CODE},0.1,0.2,0.5,1.25")
    batch = desk.stage(content, "plan.csv")
    assert batch.column_map["route_code"] == "ทาง"  # by what stands in it
    assert same(shapes(desk, batch)[0], line(100, 200))
    imports.remap(desk.session, desk.actor, batch.id, columns={"chainage": "จริงจาก", "chainage_end": "จริงถึง"})
    desk.again(batch)
    assert same(shapes(desk, batch)[0], line(500, 1250))
    other = desk.stage(content, "next.csv")
    assert same(shapes(desk, other)[0], line(500, 1250))
    assert other.detected["columns_remembered"]


def test_a_cell_mended_in_the_table_moves_the_line(desk: Desk) -> None:
    content = table(HEAD, f"ซ่อมถนนสายหนึ่ง,{CODE},0+500,9+000", f"ซ่อมถนนสายสอง,{CODE},0+000,0+500")
    batch = desk.stage(content, "plan.csv")
    assert [batch.error_count, shapes(desk, batch)[0]] == [1, None]

    def mend(row: int, **cells: str) -> None:
        imports.edit_row(desk.session, desk.actor, batch.id, row, cells)

    mend(2, chainage_end="1.25")
    assert desk.codes(batch) == [[], []]
    assert same(shapes(desk, batch)[0], line(500, 1250))
    assert batch.error_count == 0
    desk.again(batch)
    assert same(shapes(desk, batch)[0], line(500, 1250))
    mend(2, route_code="สธ.ถ.1-0777")
    assert desk.codes(batch) == [["road_not_found", "no_coordinates"], []]
    assert shapes(desk, batch)[0] is None
    mend(2, route_code="สธ.ถ.๑-๐๐๐๑", chainage="", chainage_end="")
    assert desk.codes(batch) == [["no_coordinates"], []]
    mend(2, chainage="1+250 - 0+500")
    assert desk.codes(batch) == [["chainage_backwards"], []]
    assert same(shapes(desk, batch)[0], line(1250, 500))
    assert same(shapes(desk, batch)[1], line(0, 500))


def test_a_cell_of_a_row_with_its_own_coordinates_moves_nothing(desk: Desk) -> None:
    there = line(500, 1250)
    content = geojson((there, {"NAME": "ถนนสายที่ 1", "ROUTE_CODE": CODE, "KM_FROM": "0+500", "KM_TO": "2+000"}))
    batch = desk.stage(content, epsg=4326)
    assert desk.codes(batch) == [["chainage_apart"]]
    imports.edit_row(desk.session, desk.actor, batch.id, 1, {"chainage_end": "1+250"})
    assert desk.codes(batch) == [[]]
    assert same(shapes(desk, batch)[0], there)


def test_the_version_keeps_road_and_chainage(desk: Desk) -> None:
    content = geojson(
        (None, {"NAME": "ถนนสายที่ 1", "ROUTE_CODE": "สธ ถ 1-0001", "KM_FROM": "0+500", "KM_TO": "1+250"}),
        (line(0, 400), {"NAME": "ถนนสายที่ 2", "ROUTE_CODE": None, "KM_FROM": None, "KM_TO": None}),
    )
    batch = desk.stage(content, epsg=4326)
    assert desk.accept(batch).recorded == 2
    first, second = desk.session.scalars(sa.select(ProjectGeometry).order_by(ProjectGeometry.project_id))
    assert first.original["chainage"] == {"1": f"{CODE} กม. 0+500 - 1+250"}
    assert (first.source, first.original_epsg, first.operation) == ("import", None, None)
    assert float(first.length_m or 0) == pytest.approx(750, abs=0.01)
    assert (second.original_epsg, "chainage" in second.original) == (4326, False)
    assert [project.route_code for project in desk.projects()] == [CODE, None]


def test_a_stored_project_gets_its_line(desk: Desk) -> None:
    project = factories.make_project(desk.session, code="70-D9901001-00031", fiscal_year_be=2570)
    content = table(f"{HEAD},รหัสโครงการ", f"ซ่อมถนนสายหนึ่ง,{CODE},0+500,1+250,{project.code}")
    batch = desk.stage(content, "plan.csv")
    assert desk.accept(batch).recorded == 1
    (version,) = desk.session.scalars(sa.select(ProjectGeometry).where(ProjectGeometry.project_id == project.id))
    assert version.original["chainage"] == {"2": f"{CODE} กม. 0+500 - 1+250"}
    assert (version.original_epsg, version.operation) == (None, None)


def test_a_road_outside_the_territory_beside_rows_with_coordinates(desk: Desk) -> None:
    factories.make_road(desk.session, "สธ.ถ.1-0666", LineString([(100.5, 14.0), (100.52, 14.0)]))
    content = geojson(
        (None, {"NAME": "ถนนสายที่ 1", "ROUTE_CODE": "สธ.ถ.1-0666", "KM_FROM": "0+500", "KM_TO": "1+250"}),
        (LineString([(15.85, 101.85), (15.851, 101.86)]), {"NAME": "ถนนสายที่ 2"}),
        (line(0, 400), {"NAME": "ถนนสายที่ 3"}),
    )
    batch = desk.stage(content, epsg=4326)
    assert desk.codes(batch) == [["far_from_territory"], ["doctor_swapped_lonlat"], []]


def test_many_rows_ask_for_their_roads_at_once(desk: Desk) -> None:
    for n in range(2, 22):
        factories.make_road(desk.session, f"สธ.ถ.1-{n:04}", ROAD)

    def staged(count: int) -> int:
        rows = [f"ถนนสายที่ {n},สธ.ถ.1-{n % 20 + 1:04},0+{n % 9}00,1+{n % 9}50" for n in range(count)]
        with counted(desk.session) as statements:
            batch = desk.stage(table(HEAD, *rows), f"plan{count}.csv")
        assert (batch.error_count, batch.row_count) == (0, count)
        return len([one for one in statements if "registered_road" in one])

    assert staged(4) == staged(400) == 1


def test_lengths_are_those_of_the_chainage(desk: Desk) -> None:
    rows = [f"ถนนสายที่ {n},{CODE},0+{n:03},1+{2 * n:03}" for n in range(0, 300, 7)]
    batch = desk.stage(table(HEAD, *rows), "plan.csv")
    for n, shape in zip(range(0, 300, 7), shapes(desk, batch), strict=True):
        assert measure.length_m(shape) == pytest.approx(1000 + n, abs=0.05)

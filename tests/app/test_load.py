"""Loaders of reference data: small made files, every problem at once, twice without a change."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from click.testing import CliRunner
from shapely.geometry import MultiPolygon, box
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.messages import MESSAGES
from app.queries import areas, organisations
from app.queries.villages import villages
from app.services.areas import load_areas, load_villages, utm_zones
from app.services.budget_line_text import read_length_m, read_route_code, read_work
from app.services.budget_lines import load_budget_lines
from app.services.loading import Summary
from app.services.organisations import load_organisations
from app.services.population import is_village_file, load_population

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"

PROVINCES = {"10": ("กรุงเทพมหานคร", box(100.4, 13.6, 100.8, 13.9)), "36": ("ชัยภูมิ", box(101.5, 15.5, 102.5, 16.5))}
AMPHOES = {"1001": ("พระนคร", box(100.4, 13.6, 100.8, 13.9)), "3601": ("เมืองชัยภูมิ", box(101.5, 15.5, 102.5, 16.5))}
TAMBONS = {
    "100101": ("พระบรมมหาราชวัง", box(100.4, 13.6, 100.8, 13.9)),
    "360101": ("ในเมือง", box(101.5, 15.5, 102.0, 16.5)),
    "360102": ("รอบเมือง", box(102.0, 15.5, 102.5, 16.5)),
}


def write_gpkg(path: Path, layers: dict[str, dict[str, tuple[str, shapely.Geometry]]]) -> Path:
    """A GeoPackage of areas, as the boundary publishers make it."""
    for layer, rows in layers.items():
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(np.array([MultiPolygon([shape]) for _, shape in rows.values()])),
            field_data=[
                np.array(list(rows), dtype=object),
                np.array([name for name, _ in rows.values()], dtype=object),
                np.array(["En"] * len(rows), dtype=object),
            ],
            fields=["code", "name_th", "name_en"],
            layer=layer,
            driver="GPKG",
            geometry_type="MultiPolygon",
            crs="EPSG:4326",
            append=path.exists(),
        )
    return path


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    """A CSV with BOM, as the registers publish it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def organisation_row(code: str, type_: str, name: str, geocode: str, amphoe: str = "3601") -> dict[str, str]:
    return {
        "dla_code": code,
        "type": type_,
        "full_name_th": name,
        "name_th": name[-4:],
        "name_en": "En",
        "geocode_xml": geocode,
        "province_code": "36",
        "amphoe_code": amphoe,
        "lat": "15.8",
        "lon": "101.9",
        "point_source": "DLA open data office",
        "area_km2_dla2023": "12.5",
    }


def coverage_row(host: str, tambon: str, dla_code: str, extent: str = "completely") -> dict[str, str]:
    return {"host_code": host, "tambon_code": tambon, "coverage": extent, "dla_code": dla_code}


@pytest.fixture
def gpkg(tmp_path: Path) -> Path:
    return write_gpkg(tmp_path / "areas.gpkg", {"province": PROVINCES, "amphoe": AMPHOES, "tambon": TAMBONS})


@pytest.fixture
def loaded(session: Session, gpkg: Path) -> Session:
    load_areas(session, gpkg)
    return session


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "lao.csv",
        [
            organisation_row("2360101", "PAO", "องค์การบริหารส่วนจังหวัดชัยภูมิ", "36", ""),
            organisation_row("6360102", "TAO", "องค์การบริหารส่วนตำบลรอบเมือง", "360102"),
            organisation_row("", "TESSABAN_TAMBON", "เทศบาลตำบลในเมือง", "3699"),
        ],
    )


@pytest.fixture
def coverage(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "coverage.csv",
        [
            coverage_row("360102", "360102", "6360102"),
            coverage_row("3699", "360101", "", "partially"),
            coverage_row("3699", "999999", "", "partially"),
        ],
    )


def counts(summary: Summary) -> dict[str, tuple[int, int, int]]:
    return {t.table: (t.inserted, t.updated, t.unchanged) for t in summary.tables}


def test_areas_twice(session: Session, gpkg: Path) -> None:
    assert counts(load_areas(session, gpkg)) == {"province": (2, 0, 0), "amphoe": (2, 0, 0), "tambon": (3, 0, 0)}
    second = load_areas(session, gpkg)
    assert not second.changed
    assert counts(second)["tambon"] == (0, 0, 3)


def test_a_changed_name_updates_one_area(loaded: Session, tmp_path: Path) -> None:
    renamed = TAMBONS | {"360102": ("รอบเมืองใหม่", TAMBONS["360102"][1])}
    path = write_gpkg(tmp_path / "again.gpkg", {"tambon": renamed})
    # the source is the file's name, so every tambon is written; the provinces are not touched
    assert counts(load_areas(loaded, path)) == {"tambon": (0, 3, 0)}
    assert areas.area(loaded, "360102").name_th == "รอบเมืองใหม่"  # type: ignore[union-attr]


def test_every_problem_of_the_areas_at_once(session: Session, tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(101, 15), (102, 16), (102, 15), (101, 16)])
    path = write_gpkg(
        tmp_path / "bad.gpkg",
        {"province": {"36": ("ชัยภูมิ", box(120, 15, 121, 16))}, "tambon": {"361801": ("ไม่มีอำเภอ", bow_tie)}},
    )
    with pytest.raises(InvalidInput) as raised:
        load_areas(session, path)
    assert {p.code for p in raised.value.problems} == {"area_outside_thailand", "area_invalid", "area_parent_unknown"}
    assert all(problem.code in MESSAGES for problem in raised.value.problems)
    assert areas.area(session, "36") is None


def test_utm_zones_are_split_at_102_east() -> None:
    shapes = np.array([box(101, 15, 102, 16), box(102, 15, 103, 16), box(101.9, 15, 102.1, 16)])
    assert utm_zones(shapes) == ["47N", "48N", "47N+48N"]


def test_organisations_coverage_and_territory(loaded: Session, register: Path, coverage: Path) -> None:
    summary = load_organisations(loaded, register, coverage)
    assert counts(summary) == {"organisation": (3, 0, 0), "organisation_coverage": (2, 0, 0)}
    assert [problem.code for problem in summary.rejected] == ["coverage_tambon_unknown"]
    named = organisations.organisation_names(loaded, ["02360101", "06360102", "X3699"])
    assert {code: o.type_code for code, o in named.items()} == {
        "02360101": "PAO",
        "06360102": "SAO",
        "X3699": "SUBDISTRICT_MUNI",
    }
    territory = {code: shapely.from_wkb(wkb) for code, wkb in organisations.territories_wkb(loaded, named).items()}
    assert territory["06360102"].equals(TAMBONS["360102"][1])
    assert territory["02360101"].equals(PROVINCES["36"][1])
    assert not load_organisations(loaded, register, coverage).changed


def test_an_own_boundary_is_the_territory(loaded: Session, register: Path, coverage: Path) -> None:
    load_organisations(loaded, register, coverage)
    loaded.execute(
        sa.text(
            "UPDATE organisation SET boundary = ST_Multi(ST_MakeEnvelope(101.7, 15.7, 101.8, 15.8, 4326)) "
            "WHERE code = 'X3699'"
        )
    )
    assert load_organisations(loaded, register, coverage).notes["territories_changed"] == 1
    wkb = organisations.territory_wkb(loaded, "X3699")
    assert shapely.from_wkb(wkb).equals(box(101.7, 15.7, 101.8, 15.8))


def test_coverage_that_the_file_no_longer_has_is_removed(loaded: Session, register: Path, tmp_path: Path) -> None:
    both = [coverage_row("360102", "360102", "6360102"), coverage_row("360102", "360101", "6360102", "partially")]
    load_organisations(loaded, register, write_csv(tmp_path / "c1.csv", both))
    summary = load_organisations(loaded, register, write_csv(tmp_path / "c2.csv", both[:1]))
    assert summary.tables[1].removed == 1


def test_every_problem_of_the_register_at_once(loaded: Session, tmp_path: Path) -> None:
    rows = [
        organisation_row("6360102", "TAO", "หนึ่ง", "1"),
        organisation_row("6360102", "TAMBON COUNCIL", "สอง", "2") | {"lat": "๑๕"},
        organisation_row("6360103", "TAO", "สาม", "3") | {"lon": "?"},
    ]
    with pytest.raises(InvalidInput) as raised:
        load_organisations(loaded, write_csv(tmp_path / "bad.csv", rows))
    assert [p.code for p in raised.value.problems].count("organisation_twice") == 1
    assert {p.code for p in raised.value.problems} >= {"organisation_type_unknown", "organisation_point"}


def test_missing_columns_are_all_named(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        load_population(session, write_csv(tmp_path / "p.csv", [{"year": "2021", "kind": "total"}]))
    assert {p.values["field"] for p in raised.value.problems} == {"geocode", "total", "male", "female", "households"}


def test_population_takes_totals_only_and_buddhist_years(loaded: Session, tmp_path: Path) -> None:
    def row(code: str, kind: str, total: str) -> dict[str, str]:
        return {
            "year": "2021",
            "geocode": code,
            "kind": kind,
            "total": total,
            "male": "",
            "female": "",
            "households": "9",
        }

    rows = [
        row("36", "total", "1,122,265"),
        row("36", "municipal", "5"),
        row("99", "total", "1"),
        row("3601", "total", ""),
    ]
    path = write_csv(tmp_path / "people.csv", rows)
    summary = load_population(loaded, path)
    assert counts(summary) == {"area_population": (1, 0, 0)}
    assert [p.code for p in summary.rejected] == ["population_area_unknown", "population_missing"]
    stored = loaded.execute(sa.text("SELECT area_code, year_be, population, male FROM area_population")).one()
    assert tuple(stored) == ("36", 2564, 1122265, None)
    assert not load_population(loaded, path).changed


def test_villages_from_names_then_points(loaded: Session, tmp_path: Path) -> None:
    names = [
        {"code": "36010101", "name_th": "บ้านนํ้าใส", "name_en": "", "moo": "1", "obsolete": ""},
        {"code": "36010102", "name_th": "", "name_en": "", "moo": "2", "obsolete": ""},
        {"code": "36010103", "name_th": "บ้านเก่า", "name_en": "", "moo": "3", "obsolete": "1"},
    ]
    summary = load_villages(loaded, write_csv(tmp_path / "muban.csv", names))
    assert counts(summary) == {"village": (2, 0, 0)}
    assert areas.area(loaded, "36010101").name_th == "บ้านน้ำใส"  # type: ignore[union-attr]
    assert areas.area(loaded, "36010102").name_th == "หมู่ 2"  # type: ignore[union-attr]
    points = [(101.6, "36010101", "360101"), (101.7, None, "360101"), (101.8, "36010109", "360101"),
              (101.9, "36010109", "360101"), (102.0, None, None)]  # fmt: skip
    table = {
        "muban_code_guess": [code for _, code, _ in points],
        "tambon_code": [tambon for *_, tambon in points],
        "NAME": ["บ้านน้ำใส"] * 5,
        "geometry": [shapely.to_wkb(shapely.Point(lon, 16.0)) for lon, *_ in points],
    }
    pq.write_table(pa.table(table), tmp_path / "points.parquet")
    placed = load_villages(loaded, tmp_path / "points.parquet")
    # Those whose village is not certain are kept as points of the tambon; without a tambon nothing can be said.
    assert counts(placed) == {"village": (0, 1, 0), "village_point": (3, 0, 0)}
    assert not load_villages(loaded, tmp_path / "points.parquet").changed
    assert (is_village_file(tmp_path / "muban.csv"), is_village_file(tmp_path / "points.parquet")) == (True, True)
    loaded.execute(sa.text("INSERT INTO area_population (area_code, year_be, population) VALUES ('360101', 2564, 300)"))
    found = villages(loaded, "360101")
    # Two villages, one without a point: its people live at the three points.
    assert (sorted(found.people), int(found.loose.sum())) == ([50, 50, 50, 150], 3)


BUDGET_LINE = {
    "ITEM_ID": "1.1",
    "REF_DOC": "2022.3.4",
    "REF_PAGE_NO": "63",
    "MINISTRY": "กระทรวง",
    "BUDGETARY_UNIT": "กรมชลประทาน",
    "BUDGET_PLAN": "แผนงาน",
    "CATEGORY_LV1": "งบลงทุน",
    "CATEGORY_LV2": "",
    "CATEGORY_LV3": "ค่าที่ดินและสิ่งก่อสร้าง",
    "CATEGORY_LV4": "ค่าก่อสร้างแหล่งน้ำ",
    "ITEM_DESCRIPTION": "ฝายบ้านสมมติ ตำบลรอบเมือง อำเภอเมืองชัยภูมิ จังหวัดชัยภูมิ",
    "FISCAL_YEAR": "2022",
    "amount_baht": "39133666.666666664",
    "OBLIGED?": "False",
    "category": "water",
    "province_code": "36",
    "amphoe_code": "3601",
    "tambon_code": "360102",
    "amphoe_txt": "เมืองชัยภูมิ",
    "tambon_txt": "รอบเมือง",
    "moo_txt": "4",
    "length_txt": "ความยาว 1.5 กิโลเมตร",
}
NOWHERE = {name: "" for name in ("province_code", "amphoe_code", "tambon_code", "amphoe_txt", "tambon_txt", "moo_txt")}


@pytest.fixture
def with_organisations(loaded: Session, register: Path, coverage: Path) -> Session:
    load_organisations(loaded, register, coverage)
    return loaded


def test_budget_lines_become_projects_of_whoever_should_hold_them(with_organisations: Session, tmp_path: Path) -> None:
    session = with_organisations
    own = NOWHERE | {
        "ITEM_ID": "1.2",
        "BUDGETARY_UNIT": "องค์การบริหารส่วนจังหวัดชัยภูมิ",
        "CATEGORY_LV2": "เงินอุดหนุนเฉพาะกิจ",
        "ITEM_DESCRIPTION": "ปรับปรุงผิวทางแอสฟัลท์ติกคอนกรีต สายบ้านสมมติ (ชย.ถ1-0012)",
        "length_txt": "",
    }
    rows = [
        BUDGET_LINE,
        BUDGET_LINE | own,
        BUDGET_LINE | {"ITEM_ID": "1.3", "tambon_code": "", "FISCAL_YEAR": "2023"},
        BUDGET_LINE | NOWHERE | {"ITEM_ID": "1.4", "ITEM_DESCRIPTION": "ค่าเช่าที่ดิน ถนนสมมติ"},
    ]
    path = write_csv(tmp_path / "lines.csv", rows)
    first = load_budget_lines(session, path)
    assert counts(first) == {"organisation": (1, 0, 0), "project": (4, 0, 0)}
    found = {
        row.source_ref: row
        for row in session.execute(
            sa.text(
                "SELECT p.*, a.fund_source_code, a.amount_baht, o.type_code FROM project p "
                "JOIN appropriation a ON a.project_id = p.id JOIN organisation o ON o.code = p.organisation_code"
            )
        )
    }
    assert (found["1.1"].organisation_code, found["1.1"].area_code, found["1.1"].fiscal_year_be) == (
        "06360102",
        "360102",
        2565,
    )
    assert (found["1.1"].water_source_type_code, found["1.1"].length_m, str(found["1.1"].budget_baht)) == (
        "WEIR",
        1500,
        "39133666.67",
    )
    assert found["1.1"].geometry_status == "NONE"
    assert (found["1.2"].organisation_code, found["1.2"].area_code, found["1.2"].fund_source_code) == (
        "02360101",
        "36",
        "GRANT_SPECIFIC",
    )
    assert (found["1.2"].surface_type_code, found["1.2"].route_code) == ("AC", "ชย.ถ.1-0012")
    assert (found["1.3"].organisation_code, found["1.3"].fiscal_year_be) == ("02360101", 2566)
    assert (found["1.4"].type_code, found["1.4"].kind, found["1.4"].fund_source_code) == (
        "AGENCY",
        "other",
        "OTHER_AGENCY",
    )
    assert not load_budget_lines(session, path).changed


def test_a_changed_line_mends_its_project_and_nothing_else(with_organisations: Session, tmp_path: Path) -> None:
    session = with_organisations
    rows = [BUDGET_LINE, BUDGET_LINE | {"ITEM_ID": "1.2"}]
    load_budget_lines(session, write_csv(tmp_path / "lines.csv", rows))
    session.execute(sa.text("UPDATE project SET name_th = 'แก้โดยเจ้าหน้าที่'"))
    rows[1] = rows[1] | {"amount_baht": "5000000"}
    summary = load_budget_lines(session, write_csv(tmp_path / "lines.csv", rows))
    assert counts(summary)["project"] == (0, 1, 1)
    stored = dict(session.execute(sa.text("SELECT source_ref, name_th FROM project")).all())
    assert stored["1.1"] == "แก้โดยเจ้าหน้าที่"
    assert stored["1.2"] == BUDGET_LINE["ITEM_DESCRIPTION"]
    assert session.scalar(sa.text("SELECT budget_baht FROM project WHERE source_ref = '1.2'")) == 5000000


def test_every_unreadable_line_at_once(with_organisations: Session, tmp_path: Path) -> None:
    rows = [BUDGET_LINE, BUDGET_LINE | {"amount_baht": "ห้าแสน", "FISCAL_YEAR": "พ.ศ."}]
    with pytest.raises(InvalidInput) as raised:
        load_budget_lines(with_organisations, write_csv(tmp_path / "lines.csv", rows))
    assert {p.code for p in raised.value.problems} == {"budget_line_twice", "budget_line_year", "amount_unreadable"}


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("ก่อสร้างถนน ค.ส.ล. สายบ้านสะพานสูง ตำบลหนองสมมติ", "road", "RC"),
        ("ซ่อมสร้างผิวทางแอสฟัลติกคอนกรีต สาย นม.3053", "road", "AC"),
        ("ปรับปรุงถนนลาดยาง จากสะพานคลองสมมติ", "road", "ST"),
        ("ปรับปรุง ทรบ.กลางคลองระบายน้ำ พร้อมท่อลอดถนน จำนวน 2 จุด", "water", "GATE"),
        ("ขุดลอกแก้มลิงหนองแบกจาน พร้อมอาคารประกอบ", "water", "WETLAND"),
        ("ขุดลอกลำห้วยสมมติ บ้านหนองสมมติ", "water", "CANAL_DREDGE"),
        ("ทำนบดินหัวงานและอาคารประกอบ โครงการอ่างเก็บนํ้าสมมติ", "water", "RESERVOIR"),
        ("สถานีสูบน้ำด้วยไฟฟ้า พร้อมระบบส่งน้ำบึงสมมติ", "water", "PUMP"),
        ("ก่อสร้างอาคารศูนย์ปฏิบัติการ ถนนวิภาวดีรังสิต", "other", None),
        ("ค่าเช่าที่ดินการรถไฟ ถนนรัชดาภิเษก", "other", None),
        ("ติดตั้งไฟฟ้าแสงสว่าง ทางหลวงหมายเลข 421", "other", "LIGHT"),
    ],
)
def test_the_head_noun_decides(text: str, kind: str, code: str | None) -> None:
    work = read_work(text)
    assert work.kind == kind
    assert code in (work.surface_type_code, work.water_source_type_code, work.structure_type_code)


def test_lengths_and_route_codes() -> None:
    assert read_length_m("ระยะทางรวม 7.315 กิโลเมตร") == 7315
    assert read_length_m("", "กว้าง 6.00 เมตร ยาว ๔,๐๐๐ เมตร") == 4000
    assert read_length_m("ความยาว 0 เมตร") is None
    assert read_route_code("สาย สบ.ถ1-0025 บ้านตลาดน้อย") == "สบ.ถ.1-0025"
    assert read_route_code("ทางหลวงหมายเลข 2026") is None


def test_the_command_tells_what_changed(monkeypatch: pytest.MonkeyPatch, database: object, gpkg: Path) -> None:
    from app.cli import load

    monkeypatch.setattr(load, "database", lambda: database)
    runner = CliRunner()
    first = runner.invoke(load.command, ["areas", str(gpkg)])
    assert first.exit_code == 0, first.output
    assert "done" in first.output
    second = runner.invoke(load.command, ["areas", str(gpkg)])
    assert "nothing changed" in second.output


@pytest.mark.long
@pytest.mark.realdata
@pytest.mark.timeout(900)
@pytest.mark.skipif(not REAL.exists(), reason="the real reference data is not beside the project")
def test_real_files_load_as_they_are_and_twice_change_nothing(session: Session) -> None:
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))  # as the command line does
    steps = [
        lambda: load_areas(session, REAL / "boundaries" / "th_admin_codab2022.gpkg"),
        lambda: load_organisations(
            session,
            REAL / "organisations" / "lao_7849.csv",
            REAL / "organisations" / "lao_tambon_coverage.csv",
        ),
        lambda: load_population(session, REAL / "population" / "dopa_population_2019_2021.csv"),
        lambda: load_budget_lines(session, REAL / "projects" / "road_water_projects_fy2565.csv"),
    ]
    summaries = [step() for step in steps]
    assert [table.inserted for summary in summaries for table in summary.tables][:5] == [77, 928, 7425, 7849, 8585]
    assert counts(summaries[3])["project"] == (2812, 0, 0)
    assert len(summaries[1].rejected) == 1
    assert not any(step().changed for step in steps)
    both = session.scalar(sa.text("SELECT count(*) FROM area WHERE level = 'province' AND utm_zones = '47N+48N'"))
    assert both == 9
    in_tambon = session.scalar(sa.text("SELECT count(*) FROM project WHERE length(area_code) = 6"))
    assert in_tambon == 1479
    assert session.scalar(sa.text("SELECT sum(budget_baht) FROM project")) > 159_973_000_000
    bangkok = sa.text("SELECT count(*) FROM organisation WHERE province_code = '10' AND type_code <> 'AGENCY'")
    assert session.scalar(bangkok) == 0

"""Receive, stage, look, mend, accept: every format, every kind of bad input, all or nothing."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from shapely.geometry import LineString, Point, mapping
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR, Actor
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import ImportBatch, Organisation, Project, ProjectGeometry
from app.queries.import_rows import RowView, list_rows, problem_groups, problem_texts
from app.queries.import_shapes import features
from app.services import imports
from app.services.jobs import Cancelled, Silent
from gis import crs
from tests import factories
from tests.statements import counted

HERE = (101.85, 15.90)
"""A place inside the tambon of the default organisation."""


def road(n: int = 0, length: int = 3) -> LineString:
    lon, lat = HERE
    return LineString([(lon + 0.002 * step, lat + 0.004 * n + 0.0003 * step) for step in range(length)])


def geojson(*features_: tuple[Any, dict[str, Any]]) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": None if shape is None else mapping(shape), "properties": properties}
                for shape, properties in features_
            ],
        },
        ensure_ascii=False,
    ).encode()


def named(count: int = 3, **more: Any) -> list[tuple[Any, dict[str, Any]]]:
    return [(road(n), {"NAME": f"ก่อสร้างถนน คสล. สายที่ {n + 1}", "SURF": "คสล.", **more}) for n in range(count)]


@dataclass
class Desk:
    """Where a test puts its files."""

    session: Session
    folder: Path
    actor: Actor = SYSTEM_ACTOR
    organisation: str = "D9901001"
    steps: list[str] = field(default_factory=list)

    def receive(self, content: bytes, name: str = "roads.geojson", *, kind: str = "road", **asked: Any) -> ImportBatch:
        received = imports.Received.keep(io.BytesIO(content), name, self.folder)
        return imports.receive(
            self.session,
            self.actor,
            received,
            organisation_code=asked.pop("organisation_code", self.organisation),
            fiscal_year_be=asked.pop("fiscal_year_be", 2570),
            kind=kind,
            **asked,
        )

    def stage(self, content: bytes, name: str = "roads.geojson", **asked: Any) -> ImportBatch:
        batch = self.receive(content, name, **asked)
        return imports.stage(self.session, self.actor, batch.id, self.folder, Silent())

    def again(self, batch: ImportBatch) -> ImportBatch:
        return imports.stage(self.session, self.actor, batch.id, self.folder, Silent())

    def rows(self, batch: ImportBatch, **filters: Any) -> list[RowView]:
        return list_rows(self.session, batch.id, **filters)

    def codes(self, batch: ImportBatch) -> list[list[str]]:
        return [[problem["code"] for problem in row.problems] for row in self.rows(batch)]

    def accept(self, batch: ImportBatch) -> imports.Accepted:
        return imports.accept(self.session, self.actor, batch.id, Silent())

    def projects(self) -> list[Project]:
        return list(self.session.scalars(sa.select(Project).order_by(Project.code)))


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Iterator[Desk]:
    """An organisation and a folder for uploads."""
    factories.make_organisation(session)
    yield Desk(session, tmp_path)


def test_texts_that_no_database_stores(desk: Desk) -> None:
    rows = "ถนน,1,15.9,101.85\n" * 4_000 + "ถ\x00นน,a\x00b,15.9,101.85\n"
    batch = desk.stage(f"name,งบ\x1b[2J,lat,lon\n{rows}".encode(), "a\x00.csv")
    assert (batch.status, batch.row_count) == ("STAGED", 4_001)
    assert [column["name"] for column in batch.detected["columns"]] == ["name", "งบ [2J", "lat", "lon"]


# --- formats ---------------------------------------------------------------------------------------------------------


def _written(folder: Path, name: str, driver: str, epsg: int = 4326, **options: Any) -> bytes:
    import pyarrow as pa

    shapes = [shape for shape, _ in named()]
    if epsg != 4326:
        shapes = [crs.from_wgs84(shape, epsg)[0] for shape in shapes]
    table = pa.table(
        {
            "geometry": pa.array(shapely.to_wkb(shapes), pa.binary()),
            "NAME": [properties["NAME"] for _, properties in named()],
            "SURF": [properties["SURF"] for _, properties in named()],
        }
    )
    path = folder / name
    pyogrio.write_arrow(
        table, path, driver=driver, geometry_name="geometry", geometry_type="LineString", crs=f"EPSG:{epsg}", **options
    )
    return path.read_bytes()


def zipped_shapefile(folder: Path) -> bytes:
    _written(folder, "roads.shp", "ESRI Shapefile", 32647, encoding="CP874")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in sorted(folder.glob("roads.*")):
            if part.suffix != ".cpg":
                archive.write(part, part.name)
    return buffer.getvalue()


def kml(folder: Path) -> bytes:
    marks = "".join(
        f"<Placemark><name>{properties['NAME']}</name><LineString><coordinates>"
        + " ".join(f"{x},{y},0" for x, y in shape.coords)
        + "</coordinates></LineString></Placemark>"
        for shape, properties in named()
    )
    return (
        f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'.encode()
    )


def kmz(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("doc.kml", kml(folder))
    return buffer.getvalue()


def gpx(folder: Path) -> bytes:
    tracks = "".join(
        f"<trk><name>{properties['NAME']}</name><trkseg>"
        + "".join(f'<trkpt lat="{y}" lon="{x}"/>' for x, y in shape.coords)
        + "</trkseg></trk>"
        for shape, properties in named()
    )
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">'
        f"{tracks}</gpx>"
    ).encode()


def _points() -> list[tuple[str, float, float, str]]:
    return [(f"ขุดเจาะบ่อบาดาล ม.{n + 1}", HERE[0] + 0.001 * n, HERE[1], "1,250,000") for n in range(3)]


def csv(folder: Path) -> bytes:
    lines = ["ชื่อโครงการ,lon,lat,งบประมาณ", *(f'{name},{lon},{lat},"{baht}"' for name, lon, lat, baht in _points())]
    return "\n".join(lines).encode("utf-8-sig")


def xlsx(folder: Path) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ชื่อโครงการ", "lon", "lat", "งบประมาณ"])
    for row in _points():
        sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "make", "epsg"),
    [
        ("roads.geojson", "road", lambda folder: geojson(*named()), 4326),
        ("roads.zip", "road", zipped_shapefile, 32647),
        ("roads.gpkg", "road", lambda folder: _written(folder, "roads.gpkg", "GPKG", 32647), 32647),
        ("roads.kml", "road", kml, 4326),
        ("roads.kmz", "road", kmz, 4326),
        ("roads.gpx", "road", gpx, 4326),
        ("wells.csv", "water", csv, 4326),
        ("wells.xlsx", "water", xlsx, 4326),
    ],
    ids=["geojson", "shapefile", "geopackage", "kml", "kmz", "gpx", "csv", "xlsx"],
)
def test_every_format_becomes_projects(
    desk: Desk, tmp_path: Path, name: str, kind: str, make: Callable[[Path], bytes], epsg: int
) -> None:
    work = tmp_path / "made"
    work.mkdir()
    batch = desk.stage(make(work), name, kind=kind)
    assert (batch.row_count, batch.error_count, batch.epsg) == (3, 0, epsg), desk.codes(batch)
    assert desk.accept(batch).created == 3
    projects = desk.projects()
    assert [project.name_th for project in projects] == [
        name for name, *_ in (_points() if kind == "water" else [(p["NAME"],) for _, p in named()])
    ]
    assert {project.geometry_status for project in projects} == {"SUBMITTED"}
    drawn = desk.session.scalars(sa.select(ProjectGeometry).order_by(ProjectGeometry.project_id)).all()
    first = shapely.from_wkb(bytes(drawn[0].geom.data))
    wanted = Point(HERE) if kind == "water" else road(0)
    assert shapely.hausdorff_distance(first, wanted) < 1e-6
    assert {one.import_batch_id for one in drawn} == {batch.id}
    # A sheet's first row of data is its row 2.
    assert drawn[0].original["rows"] == [2 if kind == "water" else 1]
    assert drawn[0].original_epsg == epsg


# --- reading ---------------------------------------------------------------------------------------------------------


def test_columns_are_found_by_name_and_content(desk: Desk) -> None:
    properties = {
        "โครงการ": "ก่อสร้างถนน",
        "kind_of": "ลูกรัง",
        "ความยาว (ม.)": "๑,๗๔๕ ม.",
        "WIDTH": 4.0,
        "วงเงิน": "๕๐๐,๐๐๐",
        "SHAPE_LEN": 12.5,
    }
    batch = desk.stage(geojson(*((road(n), properties | {"โครงการ": f"ถนน {n}"}) for n in range(6))))
    assert dict(batch.column_map) == {
        "name": "โครงการ",
        "surface": "kind_of",
        "length_m": "ความยาว (ม.)",
        "width_m": "WIDTH",
        "budget_baht": "วงเงิน",
    }
    row = desk.rows(batch)[0]
    assert (row.values["surface"], row.values["length_m"], row.values["budget_baht"]) == ("LATERITE", 1745.0, 500000.0)


def test_a_name_that_holds_a_word_of_a_list_is_no_code(desk: Desk) -> None:
    batch = desk.stage(geojson(*((road(n), {"F_1": f"ก่อสร้างถนน คสล. สาย {n}"}) for n in range(3))))
    assert dict(batch.column_map) == {"name": "F_1"}


def test_asked_columns_win_and_unknown_ones_are_told(desk: Desk) -> None:
    batch = desk.stage(geojson(*named(TITLE="ชื่อจริง")), columns={"name": "TITLE", "surface": None, "width_m": "NOPE"})
    assert dict(batch.column_map) == {"name": "TITLE"}
    assert [problem["code"] for problem in batch.problems if problem["level"] == "error"] == ["column_unknown"]
    assert desk.rows(batch)[0].values == {"name": "ชื่อจริง"}


def test_wrong_column_is_mended_by_mapping_again(desk: Desk) -> None:
    batch = desk.stage(geojson(*((road(n), {"AAA": f"R{n}"}) for n in range(2))))
    assert [problem["code"] for problem in batch.problems] == ["name_column_missing"]
    with pytest.raises(InvalidInput) as refused:
        desk.accept(batch)
    assert refused.value.problems[0].code == "name_column_missing"
    imports.remap(desk.session, desk.actor, batch.id, columns={"name": "AAA"})
    batch = desk.again(batch)
    assert (batch.error_count, list(batch.problems)) == (0, [])
    assert desk.accept(batch).created == 2


@pytest.mark.parametrize(
    ("properties", "field_", "code"),
    [
        ({"NAME": "ก" * 2000}, "name", "name_too_long"),
        ({"NAME": "ถนน", "BUDGET": "ประมาณ 5 แสน"}, "budget_baht", "amount_unreadable"),
        ({"NAME": "ถนน", "SURF": "ทองคำ"}, "surface", "code_unknown"),
        ({"NAME": "ถนน", "LENGTH": "ยาวมาก"}, "length_m", "metres_unreadable"),
        ({"NAME": "ถนน", "FY": "สองห้า"}, "fiscal_year", "year_unreadable"),
        ({"NAME": "ถนน", "TAMBON": "ไม่มีจริง"}, "tambon", "tambon_unknown"),
        ({"NAME": "ถนน", "อปท": "เทศบาลอื่น"}, "organisation", "organisation_other"),
        ({"NAME": "ถนน", "PROJECTCODE": "70-D9901001-9999"}, "code", "project_code_unknown"),
        ({"NAME": ""}, "name", "name_missing"),
    ],
)
def test_bad_cells_say_where_and_stop_the_file(desk: Desk, properties: dict[str, Any], field_: str, code: str) -> None:
    good = {**properties, "NAME": "ถนนที่ดี"}
    for name in ("BUDGET", "SURF", "LENGTH", "FY", "TAMBON", "อปท", "PROJECTCODE"):
        if name in good:
            good[name] = ""
    batch = desk.stage(geojson((road(0), good), (road(1), properties)))
    assert (batch.row_count, batch.error_count) == (2, 1)
    bad = desk.rows(batch, level="error")[0]
    problem = next(one for one in bad.problems if one["code"] == code)
    assert bad.row_number == 2
    assert problem["where"]["field"] == field_
    if field_ not in ("code",) and code != "name_missing":
        assert bad.raw[field_]
    with pytest.raises(InvalidInput) as refused:
        desk.accept(batch)
    assert refused.value.code == "import_has_errors"
    assert refused.value.problems[0].where["row"] == 2
    assert desk.projects() == []


def test_amounts_with_commas_and_thai_digits(desk: Desk) -> None:
    cells = ["1,632,820", " ๕๐๐,๐๐๐.๕๐ ", "250000 บาท", "-", "", None, "1234.5"]
    batch = desk.stage(geojson(*((road(n), {"NAME": f"ถนน {n}", "BUDGET": cell}) for n, cell in enumerate(cells))))
    assert [row.values.get("budget_baht") for row in desk.rows(batch)] == [
        1632820.0,
        500000.5,
        250000.0,
        0.0,
        None,
        None,
        1234.5,
    ]


def test_sara_am_is_one_spelling_after_staging(desk: Desk) -> None:
    batch = desk.stage(geojson((road(), {"NAME": "ถนนเลียบแหล่งนํ้า  ๑"})))
    assert desk.rows(batch)[0].values["name"] == "ถนนเลียบแหล่งน้ำ ๑"


def test_places_outside(desk: Desk) -> None:
    batch = desk.stage(
        geojson(
            (LineString([(10, 50), (10.01, 50)]), {"NAME": "ในยุโรป"}),
            (LineString([(15.9, 101.85), (15.91, 101.85)]), {"NAME": "สลับแกน"}),
            (LineString([(98.9, 18.8), (98.91, 18.8)]), {"NAME": "เชียงใหม่"}),
            (road(), {"NAME": "ในเขต"}),
        ),
        epsg=4326,
    )
    assert desk.codes(batch) == [["outside_thailand"], ["doctor_swapped_lonlat"], ["far_from_territory"], []]
    assert batch.error_count == 3
    kept = [
        shape["properties"]["level"] for shape in json.loads(features(desk.session, batch.id).collection)["features"]
    ]
    assert kept == ["error", "error", "error", "ok"]


def test_system_is_found_by_the_territory_when_the_file_does_not_say(desk: Desk) -> None:
    shapes = [(crs.from_wgs84(road(n), 32647)[0], {"NAME": f"ถนน {n}"}) for n in range(3)]
    batch = desk.stage(geojson(*shapes))
    assert batch.epsg == 32647
    assert batch.detected["crs"]["inside"] == 3
    assert set(batch.detected["crs"]["candidates"]) == {32647, 24047}
    assert batch.detected["crs"]["confidence"] < 0.8, "two datums 450 m apart: a person has to confirm"
    assert desk.codes(batch) == [[], [], []]


def test_a_file_in_a_system_that_is_not_converted_waits_for_a_person(desk: Desk) -> None:
    shapes = [(crs.from_wgs84(road(n), 32647)[0], {"NAME": f"ถนน {n}"}) for n in range(3)]
    named = geojson(*shapes)[:-1] + b',"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}}}'
    batch = desk.stage(named)
    assert batch.epsg is None
    assert [p["code"] for p in batch.problems if p["level"] == "error"] == ["crs_needed_foreign"]
    assert "Pseudo-Mercator" in batch.problems[-1]["values"]["name"]
    with pytest.raises(InvalidInput):
        desk.accept(batch)


def test_rows_without_coordinates_wait_for_them(desk: Desk) -> None:
    batch = desk.stage(geojson((None, {"NAME": "ถนนที่รอพิกัด"}), (road(), {"NAME": "ถนนที่มีพิกัด"})))
    assert desk.codes(batch) == [["no_coordinates"], []]
    assert desk.accept(batch).as_dict() == {"batch": batch.id, "created": 2, "recorded": 1}
    assert [project.geometry_status for project in desk.projects()] == ["NONE", "SUBMITTED"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"not a file at all", "roads.geojson"),
        (b"PK\x03\x04 broken archive", "roads.zip"),
        (b"", "roads.geojson"),
        (b'{"type":"FeatureCollection","features":[', "roads.geojson"),
        (b"%PDF-1.7 hello", "roads.pdf"),
    ],
)
def test_broken_file_is_refused_whole(desk: Desk, content: bytes, name: str) -> None:
    batch = desk.receive(content, name)
    with pytest.raises(InvalidInput) as refused:
        imports.stage(desk.session, desk.actor, batch.id, desk.folder, Silent())
    assert refused.value.problems
    imports.reopen(desk.session, batch.id, refused.value.problems)
    assert batch.status == "FAILED"
    assert desk.rows(batch) == []


def test_upload_keeps_its_name_out_of_the_path(desk: Desk) -> None:
    batch = desk.receive(geojson(*named()), "../../etc/รหัส\\ถนน.geojson")
    assert batch.file_name == "ถนน.geojson"
    assert "/" not in batch.stored_name
    assert (desk.folder / batch.stored_name).stat().st_mode & 0o077 == 0


# --- which project ---------------------------------------------------------------------------------------------------


def test_rows_find_projects_by_code_and_by_name(desk: Desk) -> None:
    first = factories.make_project(desk.session, "D9901001", name_th="ก่อสร้างถนนสายแหล่งน้ำ")
    second = factories.make_project(desk.session, "D9901001", name_th="ซ่อมถนน ม.2", budget_baht=500_000)
    batch = desk.stage(
        geojson(
            (road(0), {"NAME": "ก่อสร้างถนนสายแหล่งนํ้า", "CODE": None, "BUDGET": None}),
            (road(1), {"NAME": "ชื่ออื่น", "CODE": second.code.lower(), "BUDGET": "600,000"}),
        )
    )
    assert [row.project_code for row in desk.rows(batch)] == [first.code, second.code]
    assert desk.codes(batch) == [[], ["budget_differs"]]
    assert (batch.detected["known_projects"], batch.detected["new_projects"]) == (2, 0)
    assert desk.accept(batch).as_dict() == {"batch": batch.id, "created": 0, "recorded": 2}
    desk.session.refresh(second)
    assert (second.geometry_version, second.budget_baht) == (1, 500_000)


def test_rows_of_one_project_are_its_segments(desk: Desk) -> None:
    project = factories.make_project(desk.session, "D9901001")
    batch = desk.stage(geojson(*((road(n), {"CODE": project.code}) for n in range(3))))
    assert desk.codes(batch)[1:] == [["joined_as_segment"], ["joined_as_segment"]]
    assert desk.accept(batch).recorded == 1
    count = sa.text(
        "SELECT count(*) FROM project_geometry_segment s JOIN project_geometry g ON g.id = s.project_geometry_id"
        " WHERE g.project_id = :id"
    )
    assert desk.session.scalar(count, {"id": project.id}) == 3


def test_projects_of_others_are_refused(desk: Desk) -> None:
    other = factories.make_organisation(desk.session, "D9901002", name_th="อื่น", tambon_codes=("990102",))
    project = factories.make_project(desk.session, other)
    batch = desk.stage(geojson((road(), {"CODE": project.code})))
    assert desk.codes(batch) == [["project_of_other"]]


def test_same_name_twice_is_told(desk: Desk) -> None:
    batch = desk.stage(geojson((road(0), {"NAME": "ถนน ก"}), (road(1), {"NAME": "ถนน ก"})))
    assert desk.codes(batch) == [[], ["name_repeated"]]
    assert desk.accept(batch).created == 2


def test_budget_becomes_an_appropriation(desk: Desk) -> None:
    batch = desk.stage(geojson(*named(1, BUDGET="482,000")))
    desk.accept(batch)
    project = desk.projects()[0]
    desk.session.refresh(project)
    assert (project.budget_baht, project.status) == (482_000, "BUDGET_APPROVED")


# --- all or nothing --------------------------------------------------------------------------------------------------


def test_accepting_twice_writes_once(desk: Desk) -> None:
    batch = desk.stage(geojson(*named()))
    first = desk.accept(batch)
    assert desk.accept(batch) == first
    assert len(desk.projects()) == 3


def test_project_changed_after_staging_refuses_all(desk: Desk) -> None:
    from app.services.geometries import record_geometry

    project = factories.make_project(desk.session, "D9901001")
    batch = desk.stage(geojson((road(0), {"CODE": project.code}), (road(1), {"NAME": "ถนนใหม่"})))
    record_geometry(desk.session, SYSTEM_ACTOR, project.code, [road(5)], if_match_version=0)
    desk.session.commit()
    with pytest.raises(InvalidInput) as refused, desk.session.begin_nested():
        desk.accept(batch)
    assert [problem.code for problem in refused.value.problems] == ["geometry_changed_row"]
    assert [one.name_th for one in desk.projects()] == [project.name_th]


def test_cancel_in_the_middle_leaves_nothing(desk: Desk) -> None:
    class Stop:
        def step(self, done: int, total: int | None, text: str) -> None:
            if text == "import_step_projects" and done:  # written, not yet committed
                raise Cancelled

    batch = desk.stage(geojson(*named()))
    desk.session.commit()
    with pytest.raises(Cancelled), desk.session.begin_nested():
        imports.accept(desk.session, desk.actor, batch.id, Stop())
    assert desk.projects() == []
    desk.session.refresh(batch)
    assert batch.status == "STAGED"
    assert desk.accept(batch).created == 3


def test_staging_again_replaces_rows_and_keeps_edits(desk: Desk) -> None:
    batch = desk.stage(geojson(*named(2, BUDGET="ประมาณ 5 แสน")))
    assert batch.error_count == 2
    imports.edit_row(desk.session, desk.actor, batch.id, 1, {"budget_baht": "500,000"})
    assert (batch.error_count, batch.warning_count) == (1, 0)
    batch = desk.again(batch)
    assert [row.values.get("budget_baht") for row in desk.rows(batch)] == [500000.0, None]
    assert batch.error_count == 1


def test_mended_row_is_judged_again(desk: Desk) -> None:
    project = factories.make_project(desk.session, "D9901001")
    batch = desk.stage(geojson((road(), {"NAME": "", "CODE": "70-NOPE-1"})))
    row = imports.edit_row(desk.session, desk.actor, batch.id, 1, {"code": project.code})
    assert (row.level, row.project_code, row.problems) == ("ok", project.code, None)
    row = imports.edit_row(desk.session, desk.actor, batch.id, 1, {"code": "", "name": "ก" * 1001})
    assert [problem["code"] for problem in desk.rows(batch)[0].problems] == ["name_too_long"]
    assert batch.error_count == 1
    with pytest.raises(InvalidInput):
        imports.edit_row(desk.session, desk.actor, batch.id, 1, {"water_source": "POND"})
    with pytest.raises(NotFound):
        imports.edit_row(desk.session, desk.actor, batch.id, 99, {"name": "x"})


def test_all_rows_that_say_the_same_are_mended_at_once(desk: Desk) -> None:
    loud, quiet = named(4, BUDGET="ประมาณ 5 แสน"), named(6, BUDGET="ถามกองคลัง")[4:]
    batch = desk.stage(geojson(*loud, *quiet, (road(9), {"NAME": "ถนนดี", "BUDGET": "7"})))
    texts = problem_texts(desk.session, batch.id, "amount_unreadable")
    assert [(one.field, one.text, one.rows) for one in texts] == [
        ("budget_baht", "ประมาณ 5 แสน", 4),
        ("budget_baht", "ถามกองคลัง", 2),
    ]
    mend = (desk.session, desk.actor, batch.id, "amount_unreadable", "budget_baht")
    assert imports.edit_rows(*mend, "ประมาณ 5 แสน", "ราว ๆ นั้น") == 4
    assert (batch.error_count, desk.rows(batch)[0].raw) == (6, {"budget_baht": "ราว ๆ นั้น"})
    assert imports.edit_rows(*mend, "ราว ๆ นั้น", "๕๐๐,๐๐๐") == 4
    assert [row.values.get("budget_baht") for row in desk.rows(batch)] == [500000.0] * 4 + [None] * 2 + [7.0]
    assert [row.level for row in desk.rows(batch)] == ["ok"] * 4 + ["error"] * 2 + ["ok"]
    assert (batch.error_count, batch.warning_count) == (2, 0)
    assert imports.edit_rows(*mend, "ประมาณ 5 แสน", "1") == 0
    with pytest.raises(InvalidInput):
        imports.edit_rows(*mend[:4], "water_source", "x", "POND")
    batch = desk.again(batch)
    assert (batch.error_count, [row.level for row in desk.rows(batch)][:4]) == (2, ["ok"] * 4)


def test_mending_many_rows_takes_no_more_statements_than_few(desk: Desk) -> None:
    sent = []
    for count in (2, 40):
        batch = desk.stage(geojson(*named(count, BUDGET="x")))
        with counted(desk.session) as statements:
            imports.edit_rows(desk.session, desk.actor, batch.id, "amount_unreadable", "budget_baht", "x", "5")
        sent.append(len(statements))
    assert sent[0] == sent[1]


def test_a_code_that_was_mistyped_everywhere_is_mended_at_once(desk: Desk) -> None:
    project = factories.make_project(desk.session, "D9901001")
    batch = desk.stage(geojson(*[(road(n), {"CODE": "70-NOPE-1"}) for n in range(3)]))
    (text,) = problem_texts(desk.session, batch.id, "project_code_unknown")
    assert (text.field, text.text, text.rows) == ("code", "70-NOPE-1", 3)
    asked = ("project_code_unknown", "code", "70-NOPE-1", project.code)
    assert imports.edit_rows(desk.session, desk.actor, batch.id, *asked) == 3
    assert [row.project_code for row in desk.rows(batch)] == [project.code] * 3
    assert desk.codes(batch) == [[], ["joined_as_segment"], ["joined_as_segment"]]


def test_problem_groups_count_rows(desk: Desk) -> None:
    batch = desk.stage(geojson(*named(3, BUDGET="x"), (None, {"NAME": "ไม่มีพิกัด"})))
    groups = problem_groups(desk.session, batch.id)
    assert [(group.code, group.level, group.rows) for group in groups] == [
        ("amount_unreadable", "error", 3),
        ("no_coordinates", "warning", 1),
    ]
    assert list(groups[0].first_rows) == [1, 2, 3]
    assert [row.row_number for row in desk.rows(batch, code="no_coordinates")] == [4]


def test_given_up_file_cannot_be_accepted(desk: Desk) -> None:
    batch = desk.stage(geojson(*named()))
    imports.cancel(desk.session, desk.actor, batch.id)
    assert desk.rows(batch) == []
    with pytest.raises(Conflict):
        desk.accept(batch)
    with pytest.raises(Conflict):
        imports.remap(desk.session, desk.actor, batch.id, epsg=32648)


# --- who -------------------------------------------------------------------------------------------------------------


def actor(session: Session, role: str, **place: Any) -> Actor:
    return factories.actor_for(factories.make_user(session, role, **place))


def test_other_organisation_is_refused(desk: Desk) -> None:
    factories.make_organisation(desk.session, "D9901002", name_th="อื่น", tambon_codes=("990102",))
    batch = desk.stage(geojson(*named()))
    stranger = Desk(desk.session, desk.folder, actor(desk.session, "LAO_ENGINEER", organisation="D9901002"))
    with pytest.raises(Forbidden):
        stranger.receive(geojson(*named()))
    with pytest.raises(NotFound):
        imports.visible_batch(desk.session, stranger.actor, batch.id)
    with pytest.raises(Forbidden):
        stranger.accept(batch)
    with pytest.raises(NotFound):
        imports.edit_row(desk.session, stranger.actor, batch.id, 1, {"name": "x"})
    with pytest.raises(NotFound):
        imports.cancel(desk.session, stranger.actor, batch.id)
    assert imports.visible_batches(desk.session, stranger.actor) == []


@pytest.mark.parametrize("role", ["LAO_FINANCE", "LAO_EXECUTIVE"])
def test_roles_without_coordinates_or_plan_cannot_import(desk: Desk, role: str) -> None:
    desk.actor = actor(desk.session, role, organisation="D9901001")
    with pytest.raises(Forbidden):
        desk.receive(geojson(*named()))


def test_engineer_places_known_projects_and_makes_unplanned_ones(desk: Desk) -> None:
    project = factories.make_project(desk.session, "D9901001", name_th="ถนนเดิม")
    desk.actor = actor(desk.session, "LAO_ENGINEER", organisation="D9901001")
    batch = desk.stage(geojson((None, {"NAME": "ถนนไม่มีพิกัด"})))
    assert "new_project_not_allowed" in desk.codes(batch)[0]
    batch = desk.stage(geojson((road(0), {"NAME": "ถนนเดิม"}), (road(1), {"NAME": "ถนนใหม่", "BUDGET": "100,000"})))
    assert desk.codes(batch) == [[], []]
    assert [problem["code"] for problem in batch.problems] == ["budget_not_taken"]
    accepted = desk.accept(batch)
    assert (accepted.created, accepted.recorded) == (1, 2)
    desk.session.refresh(project)
    assert project.geometry_status == "SUBMITTED"
    new = desk.session.scalars(sa.select(Project).where(Project.name_th == "ถนนใหม่")).one()
    assert (new.status, new.budget_baht, new.plan_project_id) == ("PLANNED", 0, None)
    assert (new.geometry_status, new.geometry_version) == ("SUBMITTED", 1)
    assert new.attributes == {"imported_budget_baht": 100_000}


def test_planner_makes_projects_without_coordinates(desk: Desk) -> None:
    desk.actor = actor(desk.session, "LAO_PLANNER", organisation="D9901001")
    assert desk.codes(desk.stage(geojson(*named(1)))) == [["coordinates_not_allowed"]]
    batch = desk.stage(geojson((None, {"NAME": "ถนนในแผน", "BUDGET": "100,000"})))
    assert desk.accept(batch).created == 1


def test_provincial_officer_imports_on_behalf(desk: Desk) -> None:
    desk.actor = actor(desk.session, "PROV_OFFICER", area="99")
    batch = desk.stage(geojson(*named(1)))
    assert batch.on_behalf_of == "D9901001"
    desk.accept(batch)
    written = desk.session.scalars(sa.select(ProjectGeometry)).one()
    assert written.on_behalf_of == "D9901001"


def test_impossible_choices_are_told_at_once(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.receive(geojson(), organisation_code="NOPE", fiscal_year_be=69, kind="rail")
    assert [problem.code for problem in refused.value.problems] == [
        "organisation_unknown",
        "kind_unknown",
        "fiscal_year_impossible",
    ]


def test_territory_of_the_organisation_decides(desk: Desk) -> None:
    organisation = desk.session.get_one(Organisation, "D9901001")
    organisation.territory = factories.multipolygon(shapely.box(101.84, 15.89, 101.852, 15.92))
    desk.session.flush()
    batch = desk.stage(geojson(*named(1)))
    assert desk.codes(batch) == [["crosses_territory"]]
    assert batch.warning_count == 1

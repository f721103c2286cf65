"""The import desk: places that the doctor offers, projects that rows may mean, what changes, and undoing it all."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from shapely.geometry import GeometryCollection, LineString, MultiLineString, Point
from sqlalchemy.orm import Session

from app import migrate
from app.errors import Conflict, InvalidInput, NotFound
from app.models import Appropriation, Project
from app.queries.import_differences import differences_of
from app.queries.import_matches import SIMILAR, matches_of
from app.queries.import_offers import offer_groups, offers_of
from app.queries.import_rows import count_different
from app.services import imports
from app.services.appropriations import NewAppropriation, record_appropriation
from app.services.budget_documents import DocumentFields, create_document
from app.services.geometries import review_geometry
from app.services.jobs import Silent
from gis import crs
from tests import factories
from tests.app.test_imports import HERE, Desk, actor, geojson, road
from tests.conftest import cloned_database

DESK_TABLES = ("import_offer", "import_match", "import_choice")


def test_the_migration_goes_down_and_up(server_url: str, template_database: str) -> None:
    with cloned_database(server_url, template_database, f"eplan_down_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        rights = sa.text("SELECT has_table_privilege('eplan_app', :table, 'SELECT, INSERT, UPDATE, DELETE')")
        with engine.connect() as connection:
            assert all(connection.scalar(rights, {"table": table}) for table in DESK_TABLES)
        migrate.downgrade(url, "0007")
        with engine.connect() as connection:
            assert not any(sa.inspect(connection).has_table(table) for table in DESK_TABLES)
        migrate.upgrade(url)
        with engine.connect() as connection:
            assert all(sa.inspect(connection).has_table(table) for table in DESK_TABLES)
        engine.dispose()


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """An organisation and a folder for uploads."""
    factories.make_organisation(session)
    return Desk(session, tmp_path)


# --- the doctor ------------------------------------------------------------------------------------------------------

POND = (101.852, 15.905)
UTM = crs.from_wgs84(POND, 32647)[0]


def pond(shape: Any, n: int = 0, **more: Any) -> tuple[Any, dict[str, Any]]:
    return shape, {"NAME": f"ขุดสระ แห่งที่ {n}", **more}


def placed(desk: Desk, batch: Any) -> list[tuple[float, float] | None]:
    """Where the shape of each row begins, to about ten metres."""
    rows = desk.session.scalars(
        sa.text("SELECT ST_AsBinary(geom) FROM import_row WHERE batch_id = :id ORDER BY row_number"), {"id": batch.id}
    )
    return [None if wkb is None else begin(shapely.from_wkb(bytes(wkb))) for wkb in rows]


def begin(shape: Any) -> tuple[float, float]:
    lon, lat = shapely.get_coordinates(shape)[0]
    return round(float(lon), 4), round(float(lat), 4)


@pytest.mark.parametrize(
    ("given", "epsg", "code"),
    [
        (Point(POND[::-1]), 4326, "doctor_swapped_lonlat"),
        (Point(UTM[::-1]), 32647, "doctor_swapped_en"),
        (Point(UTM), 32648, "doctor_wrong_zone"),
        (Point(float(f"8{UTM[0]:.2f}"), UTM[1]), 32647, "doctor_extra_digit"),
        (LineString([(lat, lon) for lon, lat in road().coords]), 4326, "doctor_swapped_lonlat"),
    ],
    ids=["swapped", "swapped_en", "zone", "digit", "line"],
)
def test_a_wrong_place_is_mended_for_all_its_rows_and_given_back(desk: Desk, given: Any, epsg: int, code: str) -> None:
    kind = "road" if given.geom_type == "LineString" else "water"
    right = road() if kind == "road" else Point(POND)
    sound = (crs.from_wgs84(right, epsg)[0], {"NAME": "แห่งที่ถูก"})
    batch = desk.stage(geojson(pond(given, 1), sound), kind=kind, epsg=epsg)
    assert desk.codes(batch) == [[code], []]
    assert (batch.error_count, batch.status) == (1, "STAGED")
    before = placed(desk, batch)
    there = begin(right)
    assert before[0] != there
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, code, True) == 1
    assert desk.codes(batch) == [[], []]
    assert placed(desk, batch) == [there, there]
    assert batch.error_count == 0
    (group,) = offer_groups(desk.session, batch.id)
    assert (group.code, group.rows, group.mended) == (code, 1, 1)
    desk.again(batch)  # read again, it is mended again
    assert placed(desk, batch) == [there, there]
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, code, False) == 1
    assert (desk.codes(batch), placed(desk, batch)) == ([[code], []], before)
    assert batch.error_count == 1


def ponds(*places: tuple[object, object]) -> bytes:
    rows = [f"สระน้ำบ้านหนองสาธิต หมู่ที่ {n},{lat},{lon}" for n, (lat, lon) in enumerate(places, start=1)]
    return "\n".join(["โครงการ,ละติจูด,ลองจิจูด", *rows]).encode("cp874")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(POND, "doctor_swapped_lonlat"), (UTM[::-1], "doctor_wrong_notation"), ((52.5, 13.4), "outside_thailand")],
    ids=["swapped", "utm", "far"],
)
def test_one_wrong_row_does_not_take_the_system_from_the_others(desk: Desk, wrong: Any, code: str) -> None:
    sound = [(f"{POND[1] + 0.002 * n:.5f}", f"{POND[0]:.5f}") for n in range(4)]
    batch = desk.stage(ponds(*sound, wrong, (13.8, 207.1)), "ponds.csv", kind="water")
    assert (batch.epsg, batch.encoding) == (4326, "cp874")
    assert [problem["code"] for problem in batch.problems] == ["crs_of_most_rows", "crs_supposed"]
    assert batch.problems[0]["values"] == {"count": 2, "total": 6}
    assert desk.codes(batch)[:4] == [[], [], [], []]
    assert code in desk.codes(batch)[4]
    assert batch.error_count == 2


def test_a_few_rows_in_the_territory_tell_the_system_of_a_file_full_of_mistakes(desk: Desk) -> None:
    east, north = (round(number) for number in crs.from_wgs84(Point(POND), 32647)[0].coords[0])
    rows = [
        (east, north),
        (east + 40, north + 30),
        (east + 90, north + 10),
        (north, east),
        (north + 20, east + 20),
        (east // 10, north),
        (east, north // 10),
        (east * 10, north),
    ]
    table = "ชื่อโครงการ,E,N\n" + "".join(f"ซ่อมฝายที่ {n},{x},{y}\n" for n, (x, y) in enumerate(rows))
    batch = desk.stage(table.encode(), "ฝาย.csv", kind="water")
    assert batch.epsg == 32647
    assert "crs_of_some_rows" in [problem["code"] for problem in batch.problems]
    codes = desk.codes(batch)
    assert codes[:3] == [[], [], []]
    assert codes[3:5] == [["doctor_swapped_en"], ["doctor_swapped_en"]]
    assert all(codes[5:]), "no row that lies nowhere is ready"


def test_rows_that_wait_for_the_coordinate_system_are_not_without_coordinates(desk: Desk) -> None:
    desk.actor = actor(desk.session, "LAO_ENGINEER", organisation="D9901001")
    batch = desk.stage(ponds((1.5, 2.5), (3.5, 300.5), ("", "")), "ponds.csv", kind="water")
    assert (batch.epsg, batch.status) == (None, "STAGED")
    assert [problem["code"] for problem in batch.problems] == ["crs_unknown_numbers", "crs_needed"]
    waiting = [[], [], ["new_project_not_allowed", "no_coordinates"]]
    assert desk.codes(batch) == waiting
    assert batch.detected["without_geometry"] == 1
    imports.edit_row(desk.session, desk.actor, batch.id, 2, {"name": "สระน้ำบ้านโนน"})
    assert desk.codes(batch) == waiting


def test_the_office_and_a_point_for_many_rows_become_no_point(desk: Desk) -> None:
    desk.session.execute(
        sa.text(
            "UPDATE organisation SET office = ST_SetSRID(ST_MakePoint(101.86, 15.91), 4326) WHERE code = 'D9901001'"
        )
    )
    rows = [pond(Point(101.86, 15.91), 0), *(pond(Point(101.853123, 15.904567), n) for n in range(1, 5))]
    batch = desk.stage(geojson(*rows, pond(Point(101.85, 15.90), 9), pond(Point(101.851234, 15.9), 10)), kind="water")
    codes = desk.codes(batch)
    assert codes == [["doctor_office_point"], *[["doctor_repeated_point"]] * 4, ["doctor_truncated"], []]
    assert batch.error_count == 0
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, "doctor_repeated_point", True) == 4
    assert desk.codes(batch)[1:5] == [["no_coordinates"]] * 4
    assert placed(desk, batch)[1:5] == [None] * 4
    assert desk.accept(batch).as_dict() == {"batch": batch.id, "created": 7, "recorded": 3}


def test_a_point_outside_the_tambon_that_its_row_names(desk: Desk) -> None:
    factories.make_tambon(desk.session, "990102", name_th="บ้านสาธิต")
    union = "SELECT ST_Multi(ST_Union(geom)) FROM area WHERE level = 'tambon'"
    desk.session.execute(sa.text(f"UPDATE organisation SET territory = ({union})"))
    batch = desk.stage(
        geojson(pond(Point(POND), 0, TAMBON="990101"), pond(Point(POND), 1, TAMBON="990102")), kind="water"
    )
    assert desk.codes(batch) == [[], ["doctor_outside"]]


def test_the_datum_is_decided_by_the_file_as_a_whole(desk: Desk) -> None:
    """Points along the southern limit, written in Indian 1975 and said to be WGS 84."""
    west, south, _, _ = factories.PROVINCE_BOX
    true = [Point(west + 0.02 + 0.002 * n, south + 0.0005 + 0.03 * (n % 2)) for n in range(16)]
    batch = desk.stage(
        geojson(*(pond(crs.from_wgs84(point, 24047)[0], n) for n, point in enumerate(true))), kind="water", epsg=32647
    )
    assert desk.codes(batch) == [["doctor_datum_of_file"]] * 16
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, "doctor_datum_of_file", True) == 16
    assert desk.codes(batch) == [[]] * 16
    assert placed(desk, batch) == [begin(point) for point in true]
    # One row is taken back: each version says the system and the operation that its own numbers were read with.
    imports.mend_shape(desk.session, desk.actor, batch.id, desk.rows(batch)[0].row_number, False)
    desk.accept(batch)
    systems = desk.session.execute(sa.text("SELECT original_epsg, operation FROM project_geometry ORDER BY id")).all()
    assert systems == [(32647, crs.operation(32647).id)] + [(24047, crs.operation(24047).id)] * 15


def test_lines_are_mended_where_it_is_certain(desk: Desk) -> None:
    lon, lat = HERE
    sound = [(lon + 0.001 * n, lat) for n in range(6)]
    spike = [*sound[:3], (lon + 0.002, lat + 0.004), *sound[2:]]
    repeated = [*sound[:3], *sound[2:]]
    cut = [*sound, *((x + 0.09, y) for x, y in sound)]
    batch = desk.stage(
        geojson(*((LineString(line), {"NAME": f"ถนน {n}"}) for n, line in enumerate((repeated, spike, cut, sound)))),
        epsg=4326,
    )
    assert [{*codes} & {"duplicate_vertices", "spike", "long_jump"} for codes in desk.codes(batch)] == [
        {"duplicate_vertices"},
        {"spike"},
        {"long_jump"},
        set(),
    ]
    assert [(g.code, g.rows) for g in offer_groups(desk.session, batch.id)] == [("duplicate_vertices", 1), ("spike", 1)]
    for code in ("duplicate_vertices", "spike"):
        assert imports.mend_shapes(desk.session, desk.actor, batch.id, code, True) == 1
    assert [bool(codes) for codes in desk.codes(batch)] == [False, False, True, False]
    (row,) = desk.rows(batch, after=1, limit=1)
    offer = offers_of(desk.session, batch.id, [row.row_number])[row.row_number]
    assert offer.mended
    assert json.loads(offer.offered or "")["coordinates"] == [[round(x, 7), y] for x, y in sound]


def test_parts_that_almost_touch_are_joined(desk: Desk) -> None:
    lon, lat = HERE
    first = LineString([(lon, lat), (lon, lat + 0.002)])
    second = LineString([(lon, lat + 0.00202), (lon, lat + 0.004)])
    parts = [MultiLineString([first, second]), GeometryCollection([first, second, Point(lon, lat)])]
    batch = desk.stage(geojson(*((shape, {"NAME": f"คลอง {n}"}) for n, shape in enumerate(parts))), kind="other")
    assert desk.codes(batch) == [["ends_apart"], ["ends_apart"]]
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, "ends_apart", True) == 2
    assert desk.codes(batch) == [[], []]


def test_a_mended_place_that_is_only_an_estimate_stays_a_draft(desk: Desk) -> None:
    lon, lat = crs.from_wgs84(Point(POND), 32647)[0].coords[0]
    short = float(f"{lat:.0f}"[:3] + f"{lat:.0f}"[4:])  # a northing that has lost a digit
    batch = desk.stage(
        geojson(pond(Point(lon, short), 0), *(pond(Point(lon + 7 * n, lat), n) for n in range(1, 5))),
        kind="water",
        epsg=32647,
    )
    assert desk.codes(batch)[0] == ["doctor_missing_digit"]
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, "doctor_missing_digit", True) == 1
    assert desk.codes(batch) == [["mended_estimate"], [], [], [], []]
    assert desk.codes(desk.again(batch))[0] == ["mended_estimate"], "read again, it is told again"
    desk.accept(batch)
    assert [project.geometry_status for project in desk.projects()] == ["DRAFT"] + ["SUBMITTED"] * 4


def test_a_mended_place_tells_what_was_mended(desk: Desk) -> None:
    batch = desk.stage(geojson(pond(Point(POND[::-1]), 1), pond(Point(POND), 2)), kind="water", epsg=4326)
    imports.mend_shapes(desk.session, desk.actor, batch.id, "doctor_swapped_lonlat", True)
    desk.accept(batch)
    first, second = desk.session.scalars(sa.text("SELECT original FROM project_geometry ORDER BY id"))
    assert first["mended"] == {str(first["rows"][0]): "doctor_swapped_lonlat"}
    assert "mended" not in second


# --- which project ---------------------------------------------------------------------------------------------------


def planned(desk: Desk, *names: str, **more: Any) -> list[Any]:
    return [factories.make_project(desk.session, "D9901001", name_th=name, **more) for name in names]


def suggested(desk: Desk, batch: Any) -> list[tuple[str, float] | None]:
    rows = [row.row_number for row in desk.rows(batch)]
    found = matches_of(desk.session, batch.id, rows)
    return [(found[row][0].code, found[row][0].score) if row in found else None for row in rows]


def test_a_row_is_suggested_the_project_that_it_probably_means(desk: Desk) -> None:
    near, other, far = planned(
        desk,
        "ก่อสร้างถนน คสล. สายบ้านหนองแวง หมู่ที่ 4",
        "ก่อสร้างถนน คสล. สายบ้านหนองแวง หมู่ที่ 5",
        "ขุดลอกห้วยยาง",
        budget_baht=500_000,
    )
    batch = desk.stage(geojson((road(), {"NAME": "ถนนคสล.สายบ้านหนองแวง หมู่ ๔", "BUDGET": "500,000"})))
    assert desk.codes(batch) == [["project_similar"]]
    (match,) = suggested(desk, batch)
    assert match is not None and match[0] == near.code and match[1] >= SIMILAR
    (found,) = matches_of(desk.session, batch.id, [desk.rows(batch)[0].row_number]).values()
    assert [reason["code"] for reason in found[0].reasons] == [
        "match_name_similar",
        "match_year_same",
        "match_amount_same",
    ]
    assert found[1].code == other.code and found[1].score < found[0].score
    assert "match_numbers_differ" in [reason["code"] for reason in found[1].reasons]
    assert far.code not in [one.code for one in found]
    assert desk.rows(batch)[0].project_code is None  # suggested, not taken


def test_a_file_too_large_for_suggestions_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.imports.staging.MATCHED_ROWS", 2)
    planned(desk, "ก่อสร้างถนน คสล. สายบ้านหนองสาธิต")
    rows = [(road(n), {"NAME": f"ถนน คสล. สายบ้านหนองสาธิต {n}"}) for n in range(3)]
    large, small = desk.stage(geojson(*rows)), desk.stage(geojson(*rows[:2]))
    (problem,) = large.problems
    assert (problem["code"], problem["level"]) == ("matches_left_out", "info")
    assert problem["values"] == {"rows": 3, "limit": 2}
    assert suggested(desk, large) == [None, None, None]
    assert small.problems == [] and None not in suggested(desk, small)


def test_a_suggestion_is_chosen_left_and_made_new(desk: Desk) -> None:
    (project,) = planned(desk, "ก่อสร้างถนน คสล. สายบ้านหนองแวง หมู่ที่ 4")
    batch = desk.stage(geojson((road(), {"NAME": "ถนน คสล. สายบ้านหนองแวง หมู่ที่ 4"})))
    (row,) = desk.rows(batch)
    choose = partial(imports.choose_project, desk.session, desk.actor, batch.id, row.row_number)
    choose(project.code)
    assert (desk.rows(batch)[0].project_code, desk.codes(batch)) == (project.code, [[]])
    assert (batch.detected["known_projects"], batch.detected["new_projects"]) == (1, 0)
    assert suggested(desk, batch)[0] is not None  # the others stay to be chosen
    desk.again(batch)
    assert desk.rows(batch)[0].project_code == project.code
    choose("new")
    assert (desk.rows(batch)[0].project_code, desk.codes(batch)) == (None, [[]])
    choose(None)
    assert (desk.rows(batch)[0].project_code, desk.codes(batch)) == (None, [["project_similar"]])
    choose(project.code)
    assert desk.accept(batch).as_dict() == {"batch": batch.id, "created": 0, "recorded": 1}


def test_what_cannot_be_chosen(desk: Desk) -> None:
    (project,) = planned(desk, "ถนนสายหนึ่ง")
    factories.make_organisation(desk.session, "D9901002", name_th="อื่น")
    other = factories.make_project(desk.session, "D9901002")
    water = factories.make_project(desk.session, "D9901001", kind="water", surface_type_code=None)
    batch = desk.stage(geojson((road(), {"NAME": "ถนนสายสอง"})))
    (row,) = desk.rows(batch)
    for code, problem in (
        ("70-NOPE-1", "project_code_unknown"),
        (other.code, "project_of_other"),
        (water.code, "project_of_other_kind"),
    ):
        with pytest.raises(InvalidInput) as refused:
            imports.choose_project(desk.session, desk.actor, batch.id, row.row_number, code)
        assert [one.code for one in refused.value.problems] == [problem]
    with pytest.raises(NotFound):
        imports.choose_project(desk.session, desk.actor, batch.id, 99, project.code)


def test_the_same_name_and_year_with_another_amount_needs_a_click(desk: Desk) -> None:
    (project,) = planned(desk, "ก่อสร้างถนนสายหลัก", budget_baht=500_000)
    first, second = planned(desk, "ซ่อมถนน", budget_baht=100_000) + planned(desk, "ซ่อมถนน", budget_baht=200_000)
    batch = desk.stage(
        geojson(
            (road(0), {"NAME": "ก่อสร้างถนนสายหลัก", "BUDGET": 450_000}),
            (road(1), {"NAME": "ก่อสร้างถนนสายหลัก", "BUDGET": 500_000}),
            (road(2), {"NAME": "ซ่อมถนน", "BUDGET": 200_000}),
            (road(3), {"NAME": "ซ่อมถนน", "BUDGET": 300_000}),
        )
    )
    assert desk.codes(batch) == [["project_undecided"], [], [], ["project_ambiguous"]]
    assert [row.project_code for row in desk.rows(batch)] == [None, project.code, second.code, None]
    numbers = [row.row_number for row in desk.rows(batch)]
    imports.choose_project(desk.session, desk.actor, batch.id, numbers[0], "new")
    imports.choose_project(desk.session, desk.actor, batch.id, numbers[3], first.code)
    assert desk.codes(batch) == [[], [], [], ["budget_differs"]]
    assert desk.accept(batch).as_dict() == {"batch": batch.id, "created": 1, "recorded": 4}


def test_all_suggestions_above_a_score_are_taken_where_they_are_unambiguous(desk: Desk) -> None:
    names = [f"ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้าน{name} หมู่ที่ {n}" for n, name in enumerate(("โนนสูง", "ดงเค็ง", "ซับเจริญ"), 1)]
    projects = planned(desk, *names)
    batch = desk.stage(
        geojson(
            *((road(n), {"NAME": name.replace("คอนกรีตเสริมเหล็ก ", "คอนกรีตเสริมเหล็ก")}) for n, name in enumerate(names)),
            (road(4), {"NAME": names[2].replace("ก่อสร้าง", "สร้าง")}),
            (road(5), {"NAME": "ติดตั้งป้าย"}),
        )
    )
    taken = imports.take_matches(desk.session, desk.actor, batch.id, 0.85)
    assert taken == 3
    assert [row.project_code for row in desk.rows(batch)] == [*(one.code for one in projects), None, None]
    assert imports.take_matches(desk.session, desk.actor, batch.id, 0.85) == 0


def test_rows_of_one_chosen_project_are_its_segments(desk: Desk) -> None:
    (project,) = planned(desk, "ก่อสร้างถนนสายหลัก")
    batch = desk.stage(geojson((road(0), {"NAME": "ตอนหนึ่ง"}), (road(1), {"NAME": "ตอนสอง"})))
    first, second = (row.row_number for row in desk.rows(batch))
    for row in (second, first):
        imports.choose_project(desk.session, desk.actor, batch.id, row, project.code)
    assert desk.codes(batch) == [[], ["joined_as_segment"]]
    imports.choose_project(desk.session, desk.actor, batch.id, first, "new")
    assert desk.codes(batch) == [[], []]
    assert batch.warning_count == 0


# --- undoing ---------------------------------------------------------------------------------------------------------


def undone(desk: Desk, batch: Any) -> imports.Undone:
    return imports.undo(desk.session, desk.actor, batch.id, Silent())


def versions(desk: Desk, project: Any) -> list[tuple[int, str, str | None]]:
    rows = desk.session.execute(
        sa.text(
            "SELECT version, status, ST_AsText(geom) FROM project_geometry WHERE project_id = :id ORDER BY version"
        ),
        {"id": project.id},
    )
    return [(version, status, shape) for version, status, shape in rows]


def accepted(desk: Desk) -> tuple[Any, Any, Any]:
    """A file accepted that makes one project, places a planned one and moves a verified one."""
    (bare, moved) = planned(desk, "ถนนสายที่รอพิกัด", "ถนนสายที่ตรวจแล้ว")
    factories.make_geometry(desk.session, moved, road(5), status="VERIFIED")
    batch = desk.stage(
        geojson(
            (road(0), {"NAME": "ถนนสายที่รอพิกัด", "BUDGET": None}),
            (road(1), {"NAME": "ถนนสายที่ตรวจแล้ว", "BUDGET": None}),
            (road(2), {"NAME": "ถนนสายใหม่เอี่ยม", "BUDGET": 750_000}),
        )
    )
    assert desk.accept(batch).as_dict() == {"batch": batch.id, "created": 1, "recorded": 3}
    return batch, bare, moved


def test_an_import_is_undone_as_a_whole(desk: Desk) -> None:
    batch, bare, moved = accepted(desk)
    before = versions(desk, moved)[0]
    assert undone(desk, batch).as_dict() == {"batch": batch.id, "withdrawn": 1, "returned": 2}
    assert undone(desk, batch).as_dict() == {"batch": batch.id, "withdrawn": 1, "returned": 2}
    for project in (bare, moved):
        desk.session.refresh(project)
    assert (bare.geometry_version, bare.geometry_status, bare.status) == (2, "NONE", "BUDGET_APPROVED")
    assert (moved.geometry_version, moved.geometry_status) == (3, "VERIFIED")
    assert [status for _, status, _ in versions(desk, moved)] == ["VERIFIED", "SUBMITTED", "VERIFIED"]
    assert versions(desk, moved)[2][2] == before[2]
    assert versions(desk, bare)[1] == (2, "NONE", None)
    new = desk.session.scalars(sa.select(Project).where(Project.source_ref.like(f"{batch.id}:%"))).one()
    assert (new.status, new.geometry_status, new.geometry_version, new.budget_baht) == ("CANCELLED", "NONE", 2, 0)
    assert desk.session.scalar(sa.text("SELECT count(*) FROM read_project_feature")) == 1
    assert (batch.status, batch.undone_by_name) == ("UNDONE", desk.actor.display_name)


def test_money_is_not_withdrawn_from_a_closed_year(desk: Desk) -> None:
    batch, _, _ = accepted(desk)
    desk.session.execute(
        sa.text(
            "INSERT INTO fiscal_year_close (organisation_code, fiscal_year_be, closed_by_name) VALUES (:o, :y, 'x')"
        ),
        {"o": batch.organisation_code, "y": batch.fiscal_year_be},
    )
    with pytest.raises(InvalidInput) as refused:
        undone(desk, batch)
    assert [problem.code for problem in refused.value.problems] == ["fiscal_year_closed"]
    desk.session.execute(sa.text("UPDATE fiscal_year_close SET fiscal_year_be = fiscal_year_be - 1"))
    assert undone(desk, batch).withdrawn == 1


def test_what_was_withdrawn_does_not_stand_in_the_way_of_the_same_file(desk: Desk) -> None:
    batch, _, _ = accepted(desk)
    undone(desk, batch)
    again = desk.stage(geojson((road(2), {"NAME": "ถนนสายใหม่เอี่ยม", "BUDGET": 750_000})))
    assert desk.codes(again) == [[]]
    assert desk.accept(again).created == 1


def test_what_the_import_found_out_of_the_area_is_forgotten_with_it(desk: Desk) -> None:
    project = factories.make_project(desk.session, "D9901001", name_th="ถนนไร้ตำบล", area_code=None)
    batch = desk.stage(geojson((road(), {"NAME": "ถนนไร้ตำบล"})))
    desk.accept(batch)
    desk.session.refresh(project)
    assert project.area_code == "990101"
    undone(desk, batch)
    desk.session.refresh(project)
    assert project.area_code is None


def test_what_somebody_has_changed_since_stops_the_whole_undoing(desk: Desk) -> None:
    batch, bare, moved = accepted(desk)
    review_geometry(desk.session, desk.actor, bare.code, "VERIFIED", if_match_version=1)
    new = desk.session.scalars(sa.select(Project).where(Project.source_ref.like(f"{batch.id}:%"))).one()
    factories.make_contract(desk.session, new, 700_000)
    with pytest.raises(InvalidInput) as refused:
        undone(desk, batch)
    assert refused.value.code == "import_undo_refused"
    assert sorted(str(one.values["project"]) for one in refused.value.problems) == sorted([bare.code, new.code])
    assert batch.status == "ACCEPTED"
    desk.session.refresh(moved)
    assert moved.geometry_version == 2


def test_money_that_a_budget_document_holds_is_not_undone(desk: Desk) -> None:
    """A draft says nothing of the project itself: nothing of its row changes when its money is proposed."""
    batch, _, _ = accepted(desk)
    new = desk.session.scalars(sa.select(Project).where(Project.source_ref.like(f"{batch.id}:%"))).one()
    planner = factories.actor_for(factories.make_user(desk.session, "LAO_PLANNER", organisation=new.organisation_code))
    year, said = new.fiscal_year_be, DocumentFields("7/2570", "ข้อบัญญัติเพิ่มเติม")
    draft = create_document(desk.session, planner, new.organisation_code, year, "SUPPLEMENTARY", said).id
    money = NewAppropriation(Decimal(50_000), "OWN", budget_document_id=draft)
    record_appropriation(desk.session, planner, new.code, money)
    with pytest.raises(InvalidInput) as refused:
        undone(desk, batch)
    [held] = refused.value.problems
    assert (held.code, held.values) == ("import_undo_document", {"project": new.code, "number": "7/2570"})
    assert desk.session.scalar(sa.select(sa.func.count()).where(Appropriation.amount_baht == 50_000)) == 1


def test_only_an_accepted_import_is_undone_and_only_by_who_may_import(desk: Desk) -> None:
    batch = desk.stage(geojson((road(), {"NAME": "ถนน"})))
    with pytest.raises(Conflict) as refused:
        undone(desk, batch)
    assert refused.value.code == "import_not_accepted"
    desk.accept(batch)
    factories.make_organisation(desk.session, "D9901002", name_th="อื่น")
    desk.actor = factories.actor_for(factories.make_user(desk.session, organisation="D9901002"))
    with pytest.raises(NotFound):
        undone(desk, batch)


# --- columns that are remembered -------------------------------------------------------------------------------------


def test_columns_that_a_person_confirmed_are_remembered_for_the_next_file_alike(desk: Desk) -> None:
    def file(n: int) -> bytes:
        return geojson((road(n), {"F_1": f"R{n}", "F_2": "12.5", "SURF": "คสล."}))

    assert dict(desk.stage(file(1)).column_map) == {"surface": "SURF"}
    first = desk.receive(file(2))
    imports.remap(desk.session, desk.actor, first.id, columns={"name": "F_1", "length_m": "F_2", "surface": None})
    desk.again(first)
    desk.accept(first)
    second = desk.stage(file(3))
    assert dict(second.column_map) == {"name": "F_1", "length_m": "F_2"}
    assert second.detected["columns_remembered"] and second.detected["confidence"]["name"] == 1.0
    imports.remap(desk.session, desk.actor, second.id, columns={"length_m": "", "width_m": "F_2"})
    assert dict(desk.again(second).column_map) == {"name": "F_1", "width_m": "F_2"}
    other = desk.stage(geojson((road(4), {"F_1": "ถนน", "F_2": "12.5"})))
    assert not other.detected["columns_remembered"]
    factories.make_organisation(desk.session, "D9901002", name_th="อื่น")
    assert not desk.stage(file(5), organisation_code="D9901002").detected["columns_remembered"]


# --- what changes ----------------------------------------------------------------------------------------------------


def test_what_a_row_says_otherwise_than_the_store(desk: Desk) -> None:
    bare, same, moved = planned(desk, "ถนนหนึ่ง", "ถนนสอง", "ถนนสาม", budget_baht=500_000, surface_type_code="RC")
    factories.make_geometry(desk.session, same, road(1))
    factories.make_geometry(desk.session, moved, road(2), status="VERIFIED")
    batch = desk.stage(
        geojson(
            (road(0), {"CODE": bare.code, "NAME": None, "SURF": None, "BUDGET": None}),
            (road(1), {"CODE": same.code, "NAME": "ถนนสอง", "SURF": "คสล.", "BUDGET": 500_000}),
            (road(3), {"CODE": moved.code, "NAME": "ถนนสามใหม่", "SURF": "ลูกรัง", "BUDGET": 600_000}),
            (road(4), {"CODE": None, "NAME": "ถนนใหม่", "SURF": None, "BUDGET": None}),
        )
    )
    numbers = [row.row_number for row in desk.rows(batch)]
    found = differences_of(desk.session, batch.id, numbers)
    assert sorted(found) == numbers[:3]
    first, second, third = (found[number] for number in numbers[:3])
    assert first.shape is not None and (first.shape.version, first.shape.stored, first.fields) == (0, None, [])
    assert (second.shape, second.fields) == (None, [])
    assert third.shape is not None and third.shape.status == "VERIFIED"
    assert third.shape.moved_m == pytest.approx(442, abs=2)
    assert {(one.field, one.given, one.stored) for one in third.fields} == {
        ("name", "ถนนสามใหม่", "ถนนสาม"),
        ("surface", "LATERITE", "RC"),
        ("budget_baht", "600000.0", "500000.00"),
    }
    assert [row.row_number for row in desk.rows(batch, level="different")] == [numbers[0], numbers[2]]
    assert count_different(desk.session, batch.id) == 2
    assert "replaces_verified" in desk.codes(batch)[2]

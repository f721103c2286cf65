"""Tiles as they come over HTTP: content, visibility, ETags, limits, cost."""

from __future__ import annotations

import gzip
import math
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.models import Project
from app.queries.tiles import TileTooLarge, fetch_tile
from layers.base import EVERYTHING, MAX_ZOOM, InvalidTile, Tile
from layers.registry import LAYERS
from tests import factories as make
from tests.app.conftest import KeptApplication, SignIn
from tests.conftest import RolledBackDatabase
from tests.mvt import decoded
from tests.statements import counted

LON, LAT = 101.852, 15.900


def tile_at(zoom: int, lon: float = LON, lat: float = LAT) -> tuple[int, int, int]:
    n = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int((lon + 180) / 360 * n), int(y * n)


def address(layer: str, zoom: int, query: str = "") -> str:
    z, x, y = tile_at(zoom)
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt{query}"


@pytest.fixture
def staff(client: FlaskClient, session: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, make.make_user(session, "CENTRAL_ANALYST"))


def drawn(session: Session, status: str = "SUBMITTED", **columns: Any) -> Project:
    project = make.make_project(session, **{"budget_baht": 1_000_000, **columns})
    make.make_geometry(session, project, status=status)
    return project


def test_a_road_is_in_its_tile_with_what_the_map_draws(staff: FlaskClient, session: Session) -> None:
    project = drawn(session)
    answer = staff.get(address("roads", 14))
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    (road,) = decoded(answer.data)["roads"]
    assert (road["code"], road["surface"], road["geometry_status"], road["organisation"]) == (
        project.code,
        "RC",
        "SUBMITTED",
        project.organisation_code,
    )
    assert (road["name"], road["budget"]) == (project.name_th, 1_000_000)


def test_a_kept_tile_goes_with_the_application(
    staff: FlaskClient, session: Session, app: Flask, kept_application: KeptApplication, connection: sa.Connection
) -> None:
    """Versions of another database say nothing about this one's: the same number may stand for another tile."""
    drawn(session)
    staff.get(address("roads", 14))
    memory = app.extensions["eplan"].memory
    assert memory
    kept_application.on(connection)
    assert memory == {}


@pytest.mark.parametrize("zoom", [0, 3, 5, 6, 7, 8])
def test_far_out_a_tile_counts_and_sums(staff: FlaskClient, session: Session, zoom: int) -> None:
    for _ in range(3):
        drawn(session, budget_baht=500_000)
    (cell,) = decoded(staff.get(address("roads", zoom)).data)["roads"]
    assert (cell["count"], cell["budget"], cell["disbursed"]) == (3, 1_500_000, 0)


@pytest.mark.parametrize("zoom", [9, 10])
def test_thinned_tiles_show_the_largest_and_say_what_they_left_out(
    staff: FlaskClient, session: Session, zoom: int
) -> None:
    codes = [drawn(session, budget_baht=baht).code for baht in (10_000, 90_000, 50_000)]
    layers = decoded(staff.get(address("roads", zoom)).data)
    assert [road["code"] for road in layers["roads"]] == [codes[1]]
    assert [(row["shown"], row["left_out"]) for row in layers["summary"]] == [(1, 2)]


def test_nothing_left_out_says_nothing(staff: FlaskClient, session: Session) -> None:
    drawn(session)
    assert set(decoded(staff.get(address("roads", 10)).data)) == {"roads"}


@pytest.mark.parametrize("zoom", [5, 8, 10, 14])
def test_the_public_never_sees_what_is_not_published(client: FlaskClient, session: Session, zoom: int) -> None:
    drawn(session, status="SUBMITTED")
    for geometry_status, status in (("VERIFIED", "PLANNED"), ("VERIFIED", "CANCELLED"), ("DRAFT", "CONTRACTED")):
        project = make.make_project(session, status=status)
        make.make_geometry(session, project, status=geometry_status)
    for layer in ("roads", "projects"):
        assert client.get(address(layer, zoom)).status_code == 204
    seen = make.make_project(session, status="CONTRACTED", budget_baht=7)
    make.make_geometry(session, seen, status="VERIFIED")
    (only,) = decoded(client.get(address("roads", zoom)).data)["roads"]
    assert only.get("code", seen.code) == seen.code
    assert only.get("count", 1) == 1
    assert only["budget"] == 7


def test_staff_and_public_count_differently(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    drawn(session, status="VERIFIED")
    drawn(session, status="DRAFT")
    public = client.get(address("roads", 6))
    staff = sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation="D9901001")).get(address("roads", 6))
    assert [cell["count"] for cell in decoded(public.data)["roads"]] == [1]
    assert [cell["count"] for cell in decoded(staff.data)["roads"]] == [2]
    assert public.headers["Cache-Control"].startswith("public")
    assert staff.headers["Cache-Control"].startswith("private")
    assert public.headers["ETag"] != staff.headers["ETag"]


@pytest.mark.parametrize("zoom", [4, 8, 9, 12, 15])
def test_etag_changes_exactly_when_what_is_under_the_tile_changes(
    staff: FlaskClient, session: Session, zoom: int
) -> None:
    project = drawn(session)
    first = staff.get(address("roads", zoom))
    again = staff.get(address("roads", zoom), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    far = make.make_project(session)
    make.make_geometry(session, far, make.line((99.0, 18.0), (99.01, 18.0)))
    if zoom > 8:
        assert staff.get(address("roads", zoom)).headers["ETag"] == first.headers["ETag"]
    project.surface_type_code = "AC"
    session.flush()
    changed = staff.get(address("roads", zoom), headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
    make.make_geometry(session, project, make.line((100.5, 14.0), (100.51, 14.0)))
    moved = staff.get(address("roads", zoom), headers={"If-None-Match": changed.headers["ETag"]})
    assert moved.status_code in (200, 204)


def test_an_empty_tile_has_an_etag_too(staff: FlaskClient, session: Session) -> None:
    empty = staff.get(address("roads", 14))
    assert (empty.status_code, empty.data) == (204, b"")
    assert staff.get(address("roads", 14), headers={"If-None-Match": empty.headers["ETag"]}).status_code == 304
    drawn(session)
    assert staff.get(address("roads", 14), headers={"If-None-Match": empty.headers["ETag"]}).status_code == 200


def test_one_statement_a_tile(staff: FlaskClient, session: Session) -> None:
    drawn(session)
    for zoom in (5, 8, 9, 14):
        staff.get(address("roads", zoom))
        with counted(session) as sent:
            staff.get(address("roads", zoom))
        assert len(sent) == 1, zoom


@pytest.mark.parametrize("zoom", [6, 8, 10, 14])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?fiscal_year=2570", 1),
        ("?fiscal_year=2569", 0),
        ("?fiscal_year=2569,2570", 1),
        ("?kind=water", 0),
        ("?status=BUDGET_APPROVED", 1),
        ("?status=CONTRACTED", 0),
        ("?organisation=D9901001&area=99", 1),
        ("?q=โนนสว่าง", 1),
        ("?q=ไม่มีคำนี้", 0),
        ("?fund_source=OWN", 1),
        ("?fund_source=LOAN", 0),
        ("?awaiting=true", 0),
        ("?geometry_status=SUBMITTED", 1),
    ],
)
def test_filters_narrow_at_every_zoom(staff: FlaskClient, session: Session, zoom: int, query: str, found: int) -> None:
    drawn(session, area_code="990101")
    rows = decoded(staff.get(address("roads", zoom, query)).data).get("roads", [])
    assert len(rows) == found


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/tiles/nowhere/5/1/1.mvt", 404, "layer_not_found"),
        ("/tiles/roads/1/2/0.mvt", 400, "tile_outside"),
        ("/tiles/roads/23/0/0.mvt", 400, "tile_outside"),
        ("/tiles/roads/5/-1/0.mvt", 400, "tile_outside"),
        ("/tiles/roads/a/b/c.mvt", 400, "tile_outside"),
        ("/tiles/roads/๕/1/1.mvt", 400, "tile_outside"),
        ("/tiles/roads/5/1/1.mvt?colour=red", 400, "invalid_parameters"),
        ("/tiles/provinces/5/1/1.mvt?status=CONTRACTED", 400, "invalid_parameters"),
    ],
)
def test_bad_addresses(client: FlaskClient, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_gzip_for_those_who_take_it(staff: FlaskClient, session: Session) -> None:
    for number in range(40):
        project = make.make_project(session, name_th=f"ถนนสายที่ {number}")
        make.make_geometry(session, project, make.line((LON, LAT), (LON + 0.001, LAT + number / 100_000)))
    plain, packed = (
        staff.get(address("roads", 14), headers={"Accept-Encoding": wanted}) for wanted in ("identity", "gzip, br")
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_points_lines_and_polygons_of_one_project_are_all_there(staff: FlaskClient, session: Session) -> None:
    project = make.make_project(session, kind="water", water_source_type_code="VILLAGE_WATERWORKS")
    make.make_geometry(session, project, make.point(), make.line(), make.pond())
    rows = decoded(staff.get(address("water", 13)).data)["water"]
    assert [row["code"] for row in rows] == [project.code] * 3


def test_a_shape_too_small_for_the_zoom_becomes_its_point(staff: FlaskClient, session: Session) -> None:
    project = make.make_project(session, kind="water", water_source_type_code="POND")
    make.make_geometry(session, project, make.pond(size=0.00001))
    for zoom in (9, 11):
        assert len(decoded(staff.get(address("water", zoom)).data)["water"]) == 1


def test_a_tile_too_large_is_thinned_and_says_so(session: Session, database: RolledBackDatabase) -> None:
    for number in range(30):
        project = make.make_project(session, budget_baht=1_000 + number)
        make.make_geometry(session, project, make.line((LON, LAT), (LON + 0.0001 * number, LAT + 0.0001)))
    requests = LAYERS["roads"].tile_requests(Tile(*tile_at(12)), public=False, narrowing=EVERYTHING)
    with database.reading() as reading:
        whole = fetch_tile(reading, requests).body or b""
        small = fetch_tile(reading, requests, limit=len(whole) - 1).body or b""
        with pytest.raises(TileTooLarge):
            fetch_tile(reading, requests, limit=10)
    rows = decoded(small)
    (summary,) = rows["summary"]
    assert len(rows["roads"]) == summary["shown"]
    assert summary["shown"] + summary["left_out"] == 30


@pytest.mark.parametrize(("layer", "zoom"), [("provinces", 5), ("amphoes", 8), ("tambons", 10), ("organisations", 10)])
def test_limits_have_codes_and_names(client: FlaskClient, session: Session, layer: str, zoom: int) -> None:
    organisation = make.make_organisation(session)
    rows = decoded(client.get(address(layer, zoom)).data)[layer]
    expected = {"provinces": "99", "amphoes": "9901", "tambons": "990101", "organisations": organisation.code}
    assert [row["code"] for row in rows] == [expected[layer]]
    assert rows[0]["name"]


def test_budget_by_area_follows_the_projects_and_the_eyes(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    make.make_project(session, area_code="990101", budget_baht=2_000_000)
    make.make_project(session, area_code="990101", status="PLANNED")
    for zoom, level in ((5, "province"), (8, "amphoe"), (11, "tambon")):
        (public,) = decoded(client.get(address("budget", zoom)).data)["budget"]
        assert (public["level"], public["count"], public["budget"]) == (level, 1, 2_000_000)
    staff = sign_in(client, make.make_user(session, "CENTRAL_ANALYST"))
    (row,) = decoded(staff.get(address("budget", 5, "?level=amphoe")).data)["budget"]
    assert (row["code"], row["count"]) == ("9901", 2)
    assert decoded(staff.get(address("budget", 5, "?fiscal_year=2560")).data)["budget"][0]["count"] == 0


def test_base_map_by_zoom(client: FlaskClient, session: Session) -> None:
    session.execute(
        sa.text(
            "INSERT INTO base_feature (class, name_th, geom, source, source_ref) SELECT c, 'ห้วยสาธิต',"
            " ST_Transform("
            "ST_SetSRID(ST_MakeLine(ST_MakePoint(101.85, 15.9), ST_MakePoint(101.86, 15.9)), 4326), 3857),"
            " 'test', c FROM unnest(ARRAY['stream', 'road', 'state_road']) AS c"
        )
    )
    first = client.get(address("base", 9))
    assert {row["class"] for row in decoded(first.data)["base"]} == {"state_road"}
    assert {row["class"] for row in decoded(client.get(address("base", 14)).data)["base"]} == {
        "stream",
        "road",
        "state_road",
    }
    session.execute(sa.text("UPDATE base_feature SET name_th = 'x'"))
    assert client.get(address("base", 9)).headers["ETag"] != first.headers["ETag"]


@given(z=st.integers(-2, 30), x=st.integers(-2, 2**31), y=st.integers(-2, 2**31))
def test_a_tile_exists_or_is_refused(z: int, x: int, y: int) -> None:
    inside = 0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z
    try:
        tile = Tile(z, x, y)
    except InvalidTile:
        assert not inside
        return
    assert inside
    west, south, east, north = tile.bounds
    assert east - west == pytest.approx(tile.side_m, rel=1e-9)
    assert north - south == pytest.approx(tile.side_m, rel=1e-9)

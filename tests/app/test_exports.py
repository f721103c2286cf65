"""Exports: every format opens, carries the same rows, and shows nobody what they may not see."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import ANONYMOUS, SYSTEM_ACTOR
from app.cli import export as cli
from app.errors import InvalidInput, NotFound
from app.queries import copied
from app.services import exports
from app.services.jobs import Cancelled
from gis.writers import FORMATS
from tests import factories as make
from tests.app.conftest import SignIn
from tests.conftest import RolledBackDatabase
from tests.statements import counted

NAME = "ก่อสร้างถนน คสล. สายบ้านน้ำทำ - บ้านปู่ ม.4"


@pytest.fixture
def staff(client: FlaskClient, session: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, make.make_user(session, "CENTRAL_ANALYST"))


@pytest.fixture
def three(session: Session) -> list[str]:
    """Codes of a verified road, a drawn one, and one without coordinates."""
    verified = make.make_project(session, name_th=NAME, budget_baht=Decimal("1234567.89"))
    make.make_geometry(session, verified, status="VERIFIED")
    make.make_contract(session, verified, 1_000_000, contractor_name="นายสมมุติ นามสมมุติ", contractor_is_person=True)
    drawn = make.make_project(session, name_th='=HYPERLINK("x")', fiscal_year_be=2569)
    make.make_geometry(session, drawn, status="DRAFT")
    bare = make.make_project(session, status="PLANNED")
    session.flush()
    return [verified.code, drawn.code, bare.code]


def written(database: RolledBackDatabase, path: Path, format: str, layer: str = "roads", epsg: int = 4326) -> Path:
    with database.reading() as reading:
        exports.write_file(reading, SYSTEM_ACTOR, exports.order(layer, format, {}, epsg), path)
    return path


@pytest.mark.parametrize("format", [name for name in FORMATS if name not in ("csv", "xlsx", "parquet")])
def test_every_format_opens_with_the_same_rows(
    three: list[str], database: RolledBackDatabase, tmp_path: Path, format: str
) -> None:
    path = written(database, tmp_path / f"roads.{'zip' if format == 'shp' else format}", format)
    if format == "shp":
        zipfile.ZipFile(path).extractall(tmp_path)
        path = tmp_path / "roads.shp"
    meta, _, shapes, values = pyogrio.raw.read(path)
    columns = dict(zip((str(name).lower() for name in meta["fields"]), values, strict=True))
    names = columns["name"].tolist()
    (place,) = [shape for name, shape in zip(names, shapes, strict=True) if name == NAME]
    assert shapely.from_wkb(place).equals_exact(make.line(), 1e-6)
    assert len(names) == (3 if format in ("geojson", "gpkg", "shp") else 2)
    if format != "kml":  # the reader used here sees placemarks on the map only, and of them the name
        assert set(columns["code"]) <= set(three)
        assert 1234567.89 in [float(value) for value in columns.get("budget_baht", columns.get("budget_bah"))]


def test_tables_keep_money_to_the_satang_and_formulas_as_text(
    three: list[str], database: RolledBackDatabase, tmp_path: Path
) -> None:
    text = written(database, tmp_path / "a.csv", "csv").read_text("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows[three[0]]["budget_baht"] == "1234567.89"
    assert rows[three[1]]["name"].startswith("'=")
    assert rows[three[2]]["wkt"] == ""
    book = openpyxl.load_workbook(written(database, tmp_path / "a.xlsx", "xlsx"))
    header, *lines = book.worksheets[0].iter_rows(values_only=True)
    assert {line[header.index("code")] for line in lines} == set(three)
    table = pyarrow.parquet.read_table(written(database, tmp_path / "a.parquet", "parquet"))
    assert set(table["code"].to_pylist()) == set(three)


@pytest.mark.parametrize("layer", ["roads", "provinces", "organisations"])
def test_a_file_says_where_its_columns_are_explained(client: FlaskClient, three: list[str], layer: str) -> None:
    answer = client.get(f"/api/v1/exports?layer={layer}&format=csv")
    schema, page = (part.strip().split(">")[0].removeprefix("<") for part in answer.headers["Link"].split(","))
    heads = next(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    told = client.get(schema).json
    assert told is not None and [field["name"] for field in told["fields"]] == heads
    assert all(field["title"] and field["title_th"] for field in told["fields"])
    assert f'id="{page.partition("#")[2]}"' in client.get(page).text
    if layer == "roads":
        assert {f["codeList"] for f in told["fields"] if f["name"] == "surface_type"} == {"road_surface_type"}


def test_the_public_gets_the_published_and_places_only_when_verified(
    three: list[str], database: RolledBackDatabase, tmp_path: Path
) -> None:
    path = tmp_path / "public.geojson"
    with database.reading() as reading:
        exports.write_file(reading, ANONYMOUS, exports.order("roads", "geojson", {}), path)
    features = {f["properties"]["code"]: f for f in json.loads(path.read_bytes())["features"]}
    assert set(features) == set(three[:2])
    assert features[three[0]]["geometry"] is not None
    assert features[three[1]]["geometry"] is None
    assert features[three[1]]["properties"]["geometry_status"] == "NONE"
    assert features[three[1]]["properties"]["drawn_length_m"] is None


def test_no_contractor_is_in_any_file(three: list[str], database: RolledBackDatabase, tmp_path: Path) -> None:
    for format in ("geojson", "csv", "kml"):
        assert "นามสมมุติ" not in written(database, tmp_path / f"a.{format}", format).read_text("utf-8")


def test_another_coordinate_system(three: list[str], database: RolledBackDatabase, tmp_path: Path) -> None:
    path = written(database, tmp_path / "a.gpkg", "gpkg", epsg=32647)
    meta, _, shapes, _ = pyogrio.raw.read(path)
    assert meta["crs"] == "EPSG:32647"
    easting = max(shapely.get_coordinates(shapely.from_wkb(shape))[:, 0].max() for shape in shapes if shape)
    assert 800_000 < easting < 820_000


def test_a_geopackage_brings_its_style(three: list[str], database: RolledBackDatabase, tmp_path: Path) -> None:
    path = written(database, tmp_path / "a.gpkg", "gpkg")
    with closing(sqlite3.connect(path)) as file:
        ((table, default, sld),) = file.execute("SELECT f_table_name, useAsDefault, styleSLD FROM layer_styles")
    assert (table, default) == ("roads", 1)
    assert "surface_type" in sld
    assert "คอนกรีต" in sld


@pytest.mark.parametrize("format", ["csv", "geojson"])
def test_what_an_undone_import_made_is_in_no_file(
    session: Session, three: list[str], database: RolledBackDatabase, tmp_path: Path, format: str
) -> None:
    withdrawn = make.make_project(session, status="CANCELLED", attributes={"withdrawn_import": 7})
    cancelled = make.make_project(session, status="CANCELLED")
    session.flush()
    text = written(database, tmp_path / f"a.{format}", format, "projects").read_text()
    assert withdrawn.code not in text
    assert cancelled.code in text  # cancelled by people: part of the list


def test_order_tells_everything_that_is_wrong() -> None:
    with pytest.raises(InvalidInput) as caught:
        exports.order("roads", "docx", {}, 9999)
    assert [problem.code for problem in caught.value.problems] == ["export_format_unknown", "export_epsg_unknown"]
    with pytest.raises(InvalidInput) as caught:
        exports.order("roads", "kml", {}, 32647)
    assert [problem.code for problem in caught.value.problems] == ["export_crs_fixed"]
    with pytest.raises(NotFound):
        exports.order("nowhere", "gpkg", {})


def test_small_export_comes_at_once_with_a_thai_name(staff: FlaskClient, three: list[str], settings: object) -> None:
    answer = staff.get("/api/v1/exports?layer=roads&format=geojson&fiscal_year=2570")
    assert answer.status_code == 200
    assert {f["properties"]["code"] for f in json.loads(answer.data)["features"]} == {three[0], three[2]}
    disposition = answer.headers["Content-Disposition"]
    assert 'filename="roads.geojson"' in disposition
    assert unquote(disposition.split("UTF-8''")[1]) == "ถนน-ปีงบ-2570.geojson"


def test_a_filtered_file_is_not_called_all() -> None:
    named = [
        exports.order("projects", "csv", filters).file_name
        for filters in ({}, {"fiscal_year": (2570,)}, {"fiscal_year": (2569, 2570), "q": "น้ำ"}, {"kind": (), "q": ""})
    ]
    assert named == [
        "โครงการทั้งหมด.csv",
        "โครงการ-ปีงบ-2570.csv",
        "โครงการ-ที่กรอง-ปีงบ-2569-2570.csv",
        "โครงการทั้งหมด.csv",
    ]


def test_same_filters_as_the_list(staff: FlaskClient, three: list[str]) -> None:
    listed = staff.get("/api/v1/projects?q=น้ำ&status=BUDGET_APPROVED").json["items"]
    answer = staff.get("/api/v1/exports?layer=projects&format=geojson&q=น้ำ&status=BUDGET_APPROVED")
    assert [f["properties"]["code"] for f in json.loads(answer.data)["features"]] == [p["code"] for p in listed]
    assert [p["code"] for p in listed] == [three[0]]


def test_large_export_becomes_a_job(
    staff: FlaskClient, three: list[str], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "DIRECT_ROWS", 2)
    answer = staff.get("/api/v1/exports?layer=roads&format=gpkg")
    assert answer.status_code == 202
    job = answer.json["job"]
    assert (job["kind"], job["status"]) == ("export", "WAITING")
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert staff.get(f"/api/v1/exports/{job['id']}/file").status_code == 404


def test_a_visitor_cannot_order_work(client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        make.make_geometry(session, make.make_project(session), status="VERIFIED")
    monkeypatch.setattr(exports, "DIRECT_ROWS", 1)
    assert client.get("/api/v1/exports?layer=roads").status_code == 413
    assert client.post("/api/v1/exports", json={"layer": "roads", "format": "gpkg"}).status_code == 401


def test_ordering_reads_the_body_strictly(staff: FlaskClient) -> None:
    answer = staff.post(
        "/api/v1/exports",
        json={"layer": "roads", "format": "doc", "filters": {"colour": 1, "fiscal_year": ["x"]}, "z": 1},
    )
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} == {"format", "colour", "fiscal_year", "z"}
    ok = staff.post("/api/v1/exports", json={"layer": "roads", "format": "gpkg", "filters": {"fiscal_year": [2570]}})
    assert ok.status_code == 202


def test_an_export_stops_when_asked_and_leaves_nothing(
    three: list[str], database: RolledBackDatabase, tmp_path: Path
) -> None:
    class Stopping:
        def step(self, done: int, total: int | None, text: str) -> None:
            raise Cancelled

    with database.reading() as reading, pytest.raises(Cancelled):
        exports.write_file(reading, SYSTEM_ACTOR, exports.order("roads", "gpkg", {}), tmp_path / "a.gpkg", Stopping())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["gpkg", "geojson"])
def test_one_statement_reads_everything(
    format: str,
    three: list[str],
    session: Session,
    database: RolledBackDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy, copies = copied._copy, []
    monkeypatch.setattr(copied, "_copy", lambda *given: copies.append(given[1]) or copy(*given))
    with counted(session) as sent:
        written(database, tmp_path / f"a.{format}", format)
    settings = [statement for statement in sent if statement.startswith("SET LOCAL")]
    assert len(sent) - len(settings) + len(copies) == 1


def test_items_page_by_page(staff: FlaskClient, three: list[str]) -> None:
    first = staff.get("/api/v1/layers/roads/items?limit=1")
    assert first.mimetype == "application/geo+json"
    second = staff.get(first.json["next"])
    codes = [page.json["features"][0]["properties"]["code"] for page in (first, second)]
    assert codes == three[:2]
    assert second.json["next"] is None
    assert staff.get("/api/v1/layers/roads/items?cursor=WyJ4Il0").status_code == 400
    inside = staff.get("/api/v1/layers/roads/items?bbox=101.8,15.8,101.9,16.0&fiscal_year=2569").json
    assert [f["id"] for f in inside["features"]] == [three[1]]
    assert staff.get("/api/v1/layers/roads/items?bbox=99,15,100,16").json["features"] == []


def test_items_for_the_public(client: FlaskClient, three: list[str]) -> None:
    answer = client.get("/api/v1/layers/roads/items").json
    assert [feature["id"] for feature in answer["features"]] == three[:1]


def test_layers_say_what_a_map_needs(client: FlaskClient) -> None:
    listed = client.get("/api/v1/layers").json["items"]
    names = {layer["name"] for layer in listed}
    assert names >= {"roads", "water", "untyped", "provinces", "amphoes", "tambons", "organisations", "budget", "base"}
    for layer in listed:
        assert layer["title"] and layer["title_en"] and layer["formats"] and layer["fields"] and layer["legend"]


def test_archive_says_what_short_names_mean(three: list[str], database: RolledBackDatabase, tmp_path: Path) -> None:
    with zipfile.ZipFile(written(database, tmp_path / "a.zip", "shp")) as archive:
        assert "งบประมาณ (บาท)" in archive.read("README.csv").decode("utf-8-sig")


def test_command_line(
    three: list[str], database: RolledBackDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "database", lambda: database)
    done = CliRunner().invoke(cli.command, ["roads", str(tmp_path / "a.geojson"), "--where", "status=PLANNED"])
    assert (done.exit_code, len(json.loads((tmp_path / "a.geojson").read_bytes())["features"])) == (0, 1)
    wrong = CliRunner().invoke(cli.command, ["roads", str(tmp_path / "a.docx")])
    assert wrong.exit_code == 2
    refused = CliRunner().invoke(cli.command, ["provinces", str(tmp_path / "p.gpkg"), "--where", "kind=road"])
    assert refused.exit_code == 1

"""Rasters through services, addresses and pages: taken in, shown to whom it may be, asked of areas and works."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import rasterio
import sqlalchemy as sa
from affine import Affine
from flask.testing import FlaskClient
from PIL import Image
from shapely.geometry import LineString, Point, Polygon, box
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.auth.policy import Visibility
from app.jobs import runner
from app.models import BackgroundJob, HazardExtent, HazardExtentPart, Raster
from app.queries.exposure import exposed_projects, exposure, extent
from app.queries.project_filter import ProjectFilter
from app.queries.rasters import raster_dir
from app.services import raster_intake, rasters
from app.services.extents import ExtentForm, extent_of_file, extent_of_raster
from app.services.raster_question import asked
from app.services.rasters import sweep
from app.settings import Settings
from gis.measure import area_m2, length_m
from layers.base import Tile
from tests import factories
from tests.app.conftest import SignIn

AROUND = (101.7, 16.0, 101.95, 16.3)
"""Box that holds 800,000 E 1,780,000 N of zone 47."""


@pytest.fixture
def place(session: Session) -> str:
    factories.make_province(session)
    factories.make_amphoe(session)
    factories.make_tambon(session)
    return factories.make_organisation(session).code


@pytest.fixture
def engineer(client: FlaskClient, session: Session, sign_in: SignIn, place: str) -> FlaskClient:
    return sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation=place))


def geotiff(values: Any, crs: str | None = "EPSG:4326", cell: float = 0.01) -> io.BytesIO:
    """A GeoTIFF with its corner at 101.8 E 16.2 N."""
    made = io.BytesIO()
    west, north = (101.8, 16.2) if cell < 1 else (800_000, 1_790_000)
    with rasterio.open(
        made, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype,
        transform=Affine(cell, 0, west, 0, -cell, north), **({"crs": crs} if crs else {}),
    ) as file:  # fmt: skip
        file.write(values, 1)
    made.seek(0)
    return made


def form(place: str, file: io.BytesIO, **more: str) -> dict[str, Any]:
    return {"title": "ความสูง", "kind": "elevation", "organisation": place, "file": (file, "DEM ของเรา.tif"), **more}


def work(client: FlaskClient, session: Session) -> BackgroundJob:
    """What the worker does with the newest job, here and now; the job as its owner sees it then."""
    here = client.application.extensions["eplan"]
    job_id = session.scalars(sa.select(sa.func.max(BackgroundJob.id))).one()
    runner._run(here.database, here.settings, job_id, threading.Event())
    session.expire_all()
    return session.get_one(BackgroundJob, job_id)


def test_a_raster_is_sent_and_seen(engineer: FlaskClient, session: Session, place: str, settings: Settings) -> None:
    heights = np.add.outer(np.zeros(40), np.arange(40.0)).astype("float32")
    answer = engineer.post("/analysis/rasters", data=form(place, geotiff(heights), as_of="20 ก.ย. 2567"))
    assert answer.status_code == 303, answer.text[-2000:]
    row = session.scalars(sa.select(Raster)).one()
    assert re.fullmatch(r"dem-[0-9a-f]{6}", row.name) and answer.headers["Location"].endswith(f"raster={row.name}")
    # Nothing was converted in the request: the page tells how far it is, the job goes on without it.
    assert row.status == "RECEIVED" and f'data-job="{row.background_job_id}"' in engineer.get(answer.location).text
    assert engineer.get(f"/api/v1/rasters/{row.name}/value?lon=102&lat=16").status_code == 409
    job = work(engineer, session)
    assert (job.status, row.status) == ("DONE", "READY") and job.result == {
        "raster": row.name,
        "url": f"/analysis/rasters?raster={row.name}",
    }
    assert f'href="/analysis/rasters?raster={row.name}"' in engineer.get("/jobs").text
    page = engineer.get(answer.headers["Location"] + "&level=province")
    assert page.status_code == 200
    assert "ความสูง" in page.text and "/tiles/raster/" in page.text and "39.0" in page.text
    tile = Tile(9, 401, 233)
    address = f"/tiles/raster/{row.name}/{tile.z}/{tile.x}/{tile.y}.png"
    first = engineer.get(address)
    assert first.status_code == 200 and first.headers["Cache-Control"] == "private, no-cache"
    picture = Image.open(io.BytesIO(first.data))
    assert picture.size == (256, 256) and picture.mode == "RGBA"
    assert engineer.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert engineer.get(address + "?shade=true").headers["ETag"] != first.headers["ETag"]
    assert engineer.get(f"/tiles/raster/{row.name}/9/0/0.png").status_code == 204
    assert engineer.get(f"/tiles/raster/{row.name}/9/9999/0.png").status_code == 400
    value = engineer.get(f"/api/v1/rasters/{row.name}/value?lon=101.955&lat=15.955").json
    assert value is not None and value["value"] == pytest.approx(15, abs=1e-3)
    # not open: a visitor does not hear that it is there
    visitor = engineer.application.test_client()
    assert visitor.get(address).status_code == 404
    assert visitor.get("/api/v1/rasters").json == {"items": [], "next": None}
    assert visitor.get(f"/api/v1/rasters/{row.name}/zones?level=province").status_code == 404
    # the file of the catalogue is the only one
    assert [path.name for path in raster_dir(settings).iterdir() if path.stem == row.stored_name] == [
        f"{row.stored_name}.tif"
    ]


def test_no_name_leads_to_a_file_outside_the_catalogue(engineer: FlaskClient) -> None:
    for name in ("..", "..%2f..%2fetc%2fpasswd", "%2e%2e", "x" * 61, "a.tif"):
        assert engineer.get(f"/tiles/raster/{name}/9/401/233.png").status_code == 404
        assert engineer.get(f"/api/v1/rasters/{name}/value?lon=1&lat=1").status_code == 404


def test_what_is_wrong_is_told_at_once_and_nothing_is_kept(
    engineer: FlaskClient, session: Session, place: str, settings: Settings
) -> None:
    before = list(raster_dir(settings).glob("*"))
    answer = engineer.post("/analysis/rasters", data=form(place, io.BytesIO(b"x"), title="", kind="heights"))
    assert answer.status_code == 422
    assert answer.text.count("field-error") >= 2
    other = factories.make_organisation(session, "D9901002").code
    assert engineer.post("/analysis/rasters", data=form(other, geotiff(np.ones((4, 4), "uint8")))).status_code == 403
    sent = engineer.post("/api/v1/rasters", data=form(place, io.BytesIO(b"GIF89a")))
    assert sent.status_code == 422 and "raster_not_geotiff" in sent.text
    assert session.scalars(sa.select(Raster)).all() == []
    assert list(raster_dir(settings).glob("*")) == before


def test_what_the_worker_refuses_is_told_on_the_page_and_leaves_no_file(
    engineer: FlaskClient, session: Session, place: str, settings: Settings
) -> None:
    before = set(raster_dir(settings).glob("*"))
    nothing = geotiff(np.full((4, 4), np.nan, "float32"))
    sent = engineer.post("/api/v1/rasters", data=form(place, nothing))
    assert sent.status_code == 202 and sent.json is not None
    assert (sent.json["status"], sent.headers["Location"]) == ("RECEIVED", f"/api/v1/jobs/{sent.json['job']}")
    assert work(engineer, session).status == "FAILED"
    told = engineer.get(sent.json["url"]).text
    assert "ไม่มีค่าเลย" in told and "ลองอีกครั้ง" not in told
    assert set(raster_dir(settings).glob("*")) == before
    name = sent.json["name"]
    assert engineer.post(f"/analysis/rasters/{name}/again").status_code == 404  # the file is gone
    assert engineer.post(f"/analysis/rasters/{name}/remove").status_code == 303
    assert "ไม่มีค่าเลย" not in engineer.get("/analysis/rasters").text


def test_a_cancelled_conversion_can_be_tried_again(
    engineer: FlaskClient, session: Session, place: str, settings: Settings
) -> None:
    sent = engineer.post("/api/v1/rasters", data=form(place, geotiff(np.ones((8, 8), "uint8"))))
    assert sent.json is not None
    name, job = sent.json["name"], sent.json["job"]
    assert engineer.post(f"/analysis/rasters/{name}/again").status_code == 409  # it is on its way
    assert engineer.post(f"/api/v1/jobs/{job}/cancel").status_code == 200
    page = engineer.get(sent.json["url"])
    assert "ลองอีกครั้ง" in page.text and "data-job" not in page.text
    assert engineer.post(f"/analysis/rasters/{name}/again").status_code == 303
    assert work(engineer, session).status == "DONE"
    row = session.scalars(sa.select(Raster).filter_by(name=name)).one()
    assert row.status == "READY" and row.background_job_id != job


def test_the_file_of_a_failed_conversion_goes_after_a_month(
    engineer: FlaskClient, session: Session, place: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = engineer.post("/api/v1/rasters", data=form(place, geotiff(np.ones((8, 8), "uint8"))))
    assert sent.json is not None
    row = session.scalars(sa.select(Raster).filter_by(name=sent.json["name"])).one()
    given = raster_dir(settings) / f"{row.stored_name}.given"
    sweep(session, raster_dir(settings), older_than_s=-1)
    assert given.exists()
    monkeypatch.setattr(rasters, "FAILED_DAYS", 0)
    sweep(session, raster_dir(settings), older_than_s=-1)
    assert given.exists()  # its job waits still
    engineer.post(f"/api/v1/jobs/{sent.json['job']}/cancel")
    sweep(session, raster_dir(settings), older_than_s=-1)
    assert not given.exists()


def test_a_raster_taken_out_while_it_is_converted_leaves_nothing(
    engineer: FlaskClient, session: Session, place: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(raster_dir(settings).glob("*"))
    sent = engineer.post("/api/v1/rasters", data=form(place, geotiff(np.ones((8, 8), "uint8"))))
    assert sent.json is not None
    convert = raster_intake.convert

    def removed_meanwhile(*given: Any, **more: Any) -> Any:
        assert engineer.post(f"/analysis/rasters/{sent.json['name']}/remove").status_code == 303
        return convert(*given, **more)

    monkeypatch.setattr(raster_intake, "convert", removed_meanwhile)
    assert work(engineer, session).status == "FAILED"
    assert set(raster_dir(settings).glob("*")) == before


def test_a_raster_without_a_crs_waits_for_its_answer(
    engineer: FlaskClient, session: Session, place: str, settings: Settings
) -> None:
    factories.make_tambon(session, "990102", name_th="โนนทดลอง", bounds=AROUND)
    values = np.add.outer(np.zeros(40), np.arange(40.0)).astype("float32")
    sent = engineer.post("/analysis/rasters", data=form(place, geotiff(values, None, cell=30)))
    row = session.scalars(sa.select(Raster)).one()
    assert sent.status_code == 303 and work(engineer, session).status == "DONE" and row.status == "ASKS"
    told = engineer.get(f"/analysis/rasters?raster={row.name}").text
    assert "ไม่บอกระบบพิกัด" in told and "ไม่พบภาพ" not in told and "ยังไม่มีภาพให้วิเคราะห์" not in told
    # The numbers of the file, and where each answer puts it: both datums lie in the same tambon, none is preset.
    assert "x 800,000 ถึง 801,200" in told and told.count("ต.โนนทดลอง") == 2
    assert not re.search(r'name="epsg"[^>]*checked', told)
    refused = engineer.post(f"/analysis/rasters/{row.name}/answer", data={"epsg": "999999"})
    assert refused.status_code == 422
    # In metres east of Greenwich it would be nowhere on the earth: the question stays open, the answer is told
    assert engineer.post(f"/analysis/rasters/{row.name}/answer", data={"epsg": "4326"}).status_code == 303
    assert work(engineer, session).status == "FAILED" and row.status == "ASKS"
    assert "ไม่อยู่บนโลก" in engineer.get("/analysis/rasters").text
    assert engineer.post(f"/analysis/rasters/{row.name}/answer", data={"epsg": "32647"}).status_code == 303
    session.expire_all()
    assert row.status == "RECEIVED" and work(engineer, session).status == "DONE"
    assert row.status == "READY" and row.facts is not None and row.facts["epsg"] == 32647
    again = engineer.post(f"/analysis/rasters/{row.name}/answer", data={"epsg": "32648"})
    assert again.status_code == 409
    folder = raster_dir(settings)
    assert not (folder / f"{row.stored_name}.given").exists()  # the file as it was sent
    assert sweep(session, folder, older_than_s=-1) >= 0
    assert (folder / f"{row.stored_name}.tif").exists()
    assert engineer.post(f"/analysis/rasters/{row.name}/remove").status_code == 303
    assert engineer.get(f"/api/v1/rasters/{row.name}/value?lon=102&lat=16").status_code == 404


def test_zones_profile_and_catchment_of_works(
    engineer: FlaskClient, session: Session, place: str, settings: Settings
) -> None:
    row = factories.make_raster(session, settings.var_dir)
    road = factories.make_project(session, place, kind="road")
    shape = LineString([(101.80, 15.9), (101.90, 15.9)])
    factories.make_geometry(session, road, shape)
    page = engineer.get(f"/analysis/rasters?show=profile&raster={row.name}&project={road.code}")
    assert page.status_code == 200 and "ตลอดสาย" in page.text
    found = engineer.get(f"/api/v1/projects/{road.code}/profile").json
    assert found is not None and found["raster"] == row.name
    [line] = found["lines"]
    assert line["length_m"] == pytest.approx(length_m(shape), rel=1e-6)
    assert line["highest_m"] - line["lowest_m"] == pytest.approx(10, abs=0.01)
    assert line["steepest_percent"] == pytest.approx(100 * 10 / line["length_m"], rel=0.01)
    of_road = engineer.get(f"/analysis/rasters?show=catchment&raster={row.name}&project={road.code}").text
    assert "โครงการนี้ไม่ใช่แหล่งน้ำ" in of_road and re.search(r'"place":\s*\[101\.8', of_road)
    pond = engineer.get("/api/v1/catchment?lon=101.9&lat=15.9").json
    assert pond is not None and pond["area_m2"] > 0 and pond["geometry"]["type"] in ("Polygon", "MultiPolygon")
    table = engineer.get(f"/api/v1/rasters/{row.name}/zones?level=amphoe").json
    assert table is not None and len(table["items"]) == 1
    file = engineer.get(f"/api/v1/rasters/{row.name}/zones/file?level=amphoe&format=csv")
    assert file.status_code == 200 and file.get_data(as_text=True).count("\n") == 2
    book = engineer.get(f"/api/v1/rasters/{row.name}/zones/file?level=amphoe&format=xlsx").data
    told = [*openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(values_only=True)]
    assert told[0][0] == row.title_th and str(told[1][0]).startswith("อำเภอ")
    nowhere = factories.make_project(session, place, kind="road")
    refused = engineer.get(f"/api/v1/projects/{nowhere.code}/profile")
    assert refused.status_code == 422 and "project_without_place" in refused.text
    told = engineer.get(f"/analysis/rasters?show=profile&project={nowhere.code}")
    assert told.status_code == 200 and "ยังไม่มีพิกัด" in told.text


def test_exposure_is_the_share_inside(engineer: FlaskClient, session: Session, place: str) -> None:
    """Half of a road, half of a pond, all of a point; what lies on both sides of a cut counts once."""
    road, pond, well, dry = (factories.make_project(session, place, kind=kind) for kind in ("road", *["water"] * 3))
    shape = LineString([(101.80, 15.90), (102.00, 15.90)])
    factories.make_geometry(session, road, shape)
    factories.make_geometry(session, pond, box(101.89, 15.94, 101.91, 15.96))
    factories.make_geometry(session, well, Point(101.88, 15.88))
    factories.make_geometry(session, dry, Point(102.10, 15.88))
    for work in (road, pond, well):
        factories.make_appropriation(session, work, 1_000_000)
    flood = factories.make_extent(session, None, box(101.85, 15.85, 101.90, 15.95), box(101.90, 15.85, 101.95, 15.95))
    session.commit()
    works = {each.code: each for each in exposed_projects(session, flood.id, ProjectFilter(), Visibility.STAFF)}
    assert works.keys() == {road.code, pond.code, well.code}
    assert works[road.code].share == pytest.approx(0.5)
    assert works[road.code].exposed_m == pytest.approx(length_m(shape) / 2, rel=1e-4)
    assert works[pond.code].share == pytest.approx(0.5, rel=1e-3)
    assert works[well.code].share == 1
    rows, total = exposure(session, flood.id, ProjectFilter(), Visibility.STAFF, "kind")
    assert {row.code: row.projects for row in rows} == {"road": 1, "water": 2} and total.projects == 3
    assert float(total.exposed_baht) == pytest.approx(2_000_000, rel=1e-3)
    page = engineer.get(f"/analysis/exposure?extent={flood.name}&group_by=organisation")
    assert page.status_code == 200 and road.code in page.text and f"/projects?organisation={place}" in page.text
    none, empty = exposure(session, flood.id, ProjectFilter(fiscal_year=(2550,)), Visibility.STAFF, "province")
    assert none == [] and (empty.projects, empty.exposed_m) == (0, 0)
    assert engineer.get(f"/analysis/exposure?extent={flood.name}&fiscal_year=2550").status_code == 200
    assert engineer.get(f"/analysis/exposure?extent={flood.name}&area=77").status_code == 404
    file = engineer.get(f"/api/v1/extents/{flood.name}/exposure/file?format=xlsx")
    assert file.status_code == 200 and file.data[:2] == b"PK"


def test_extents_of_a_raster_and_of_a_file(session: Session, place: str, settings: Settings, tmp_path: Path) -> None:
    row = factories.make_raster(session, settings.var_dir)
    made = extent_of_raster(session, SYSTEM_ACTOR, row.name, 40.0, ExtentForm("ที่สูง"), raster_dir(settings))
    found = extent(session, made, Visibility.STAFF)
    assert found is not None
    whole = box(101.65 + 0.40, 15.65, 101.65 + 0.50, 16.15)
    assert found.area_m2 == pytest.approx(area_m2(whole), rel=1e-3)
    rings = Polygon([(101.8, 15.8), (101.9, 15.8), (101.9, 15.9), (101.8, 15.9)])
    path = tmp_path / "flood.geojson"
    # two areas that lie over each other: ground counts once
    path.write_text(
        '{"type":"FeatureCollection","features":['
        + ",".join(
            f'{{"type":"Feature","properties":{{}},"geometry":{shape}}}'
            for shape in ([factories_json(rings), factories_json(rings.buffer(-0.01, join_style="mitre"))])
        )
        + "]}"
    )
    name = extent_of_file(session, SYSTEM_ACTOR, path, "flood.geojson", ExtentForm("จากไฟล์"))
    of_file = extent(session, name, Visibility.STAFF)
    assert of_file is not None and of_file.area_m2 == pytest.approx(area_m2(rings), rel=1e-3)
    from app.errors import InvalidInput

    with pytest.raises(InvalidInput) as refused, session.begin_nested():
        extent_of_raster(session, SYSTEM_ACTOR, row.name, 1e9, ExtentForm("ไม่มี"), raster_dir(settings))
    assert [problem.code for problem in refused.value.problems] == ["extent_empty"]
    assert session.scalar(sa.select(sa.func.count()).select_from(HazardExtentPart)) > 1


def test_an_extent_of_a_raster_is_made_in_the_background(
    engineer: FlaskClient, session: Session, place: str, settings: Settings
) -> None:
    row = factories.make_raster(session, settings.var_dir)
    said = {"title": "ที่สูง", "organisation": place, "raster": row.name, "threshold": "๔๐", "as_of": "20 ก.ย. 2567"}
    before = session.scalar(sa.select(sa.func.count()).select_from(HazardExtent))
    sent = engineer.post("/analysis/exposure", data=said)
    assert sent.status_code == 303 and "job=" in sent.location
    assert session.scalar(sa.select(sa.func.count()).select_from(HazardExtent)) == before
    waiting = engineer.get(sent.location).text
    assert 'data-job="' in waiting and 'data-job="' in engineer.get("/analysis/exposure").text
    job = work(engineer, session)
    assert job.status == "DONE" and job.result is not None
    runner._run(*here(engineer), job.id, threading.Event())  # run again it finds what it made
    shown = engineer.get(sent.location)
    assert shown.status_code == 303 and shown.location.endswith(job.result["url"])
    found = extent(session, job.result["extent"], Visibility.STAFF)
    assert found is not None and (found.title_th, found.threshold) == ("ที่สูง", 40)
    assert found.area_m2 == pytest.approx(area_m2(box(102.05, 15.65, 102.15, 16.15)), rel=1e-3)
    assert engineer.get(shown.location).status_code == 200
    # Nothing that high: told on the page with what was typed, and nothing is kept.
    sent = engineer.post("/analysis/exposure", data={**said, "threshold": "1e9"})
    assert work(engineer, session).status == "FAILED"
    page = engineer.get(sent.location).text
    assert 'value="1e+09"' in page and 'value="ที่สูง"' in page and "raster-refused" in page
    assert session.scalar(sa.select(sa.func.count()).select_from(HazardExtent)) == (before or 0) + 1
    # A job of somebody else is nobody's business.
    visitor = engineer.application.test_client()
    assert visitor.get(sent.location).status_code == 200 and "ที่สูง" not in visitor.get(sent.location).text


def test_a_lost_file_is_said_instead_of_an_empty_map(
    engineer: FlaskClient, session: Session, place: str, settings: Settings
) -> None:
    sent = engineer.post("/analysis/rasters", data=form(place, geotiff(np.ones((8, 8), "float32"))))
    work(engineer, session)
    assert "ไม่อยู่บนเครื่องแม่ข่าย" not in engineer.get(sent.location).text
    (raster_dir(settings) / f"{session.scalars(sa.select(Raster)).one().stored_name}.tif").unlink()
    assert "ไม่อยู่บนเครื่องแม่ข่าย" in engineer.get(sent.location).text


def test_a_picture_is_not_taken_for_heights(engineer: FlaskClient, session: Session, place: str) -> None:
    """Three colours made hills of nothing: the page says why not, and takes it as a picture."""
    made = io.BytesIO()
    with rasterio.open(
        made, "w", driver="GTiff", width=8, height=8, count=3, dtype="uint8", crs="EPSG:4326",
        transform=Affine(0.01, 0, 101.8, 0, -0.01, 16.2),
    ) as file:  # fmt: skip
        file.write(np.full((3, 8, 8), 7, "uint8"))
    for kind, status in (("elevation", "FAILED"), ("picture", "DONE")):
        sent = engineer.post("/analysis/rasters", data=form(place, io.BytesIO(made.getvalue()), kind=kind))
        assert work(engineer, session).status == status
        assert ("ไม่ใช่ความสูง" in engineer.get(sent.location).text) is (status == "FAILED")
        engineer.post(f"/analysis/rasters/{sent.location.partition('raster=')[2]}/remove")


def test_an_answer_is_preset_only_where_one_is_in_a_known_tambon(session: Session, place: str) -> None:
    def question(*epsgs: int) -> dict[str, Any]:
        return {"problem": {"values": {"bounds": "800000 1780000 801000 1781000"}}, "candidates": list(epsgs)}

    factories.make_tambon(session, "990102", bounds=AROUND)
    alone = asked(session, question(32647, 32648))
    assert alone.preset == 32647 and [bool(choice.place) for choice in alone.choices] == [True, False]
    assert asked(session, question(32647, 24047)).preset is None
    nowhere = asked(session, question())
    assert nowhere.preset is None and nowhere.choices[0].lon is None  # 800,000 degrees are not on the earth


def here(client: FlaskClient) -> tuple[Any, Any]:
    made = client.application.extensions["eplan"]
    return made.database, made.settings


def factories_json(shape: Polygon) -> str:
    import shapely

    return shapely.to_geojson(shape)


def test_only_areas_that_the_raster_may_cover_are_offered(
    engineer: FlaskClient, session: Session, settings: Settings
) -> None:
    """Of one province its amphoes as well, without asking for the province first."""
    row = factories.make_raster(session, settings.var_dir)
    factories.make_province(session, "10", bounds=(100.3, 13.5, 100.9, 13.95))
    page = engineer.get(f"/analysis/rasters?raster={row.name}").text
    offered = re.findall(r'<option value="(\d+)"', page[page.index('name="area"') :])
    assert offered == ["99", "9901"]

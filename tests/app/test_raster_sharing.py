"""Whose rasters are, how much room they take, who sees them, and what lies outside Thailand."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from shapely.geometry import box
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.errors import InvalidInput
from app.models import BackgroundJob, HazardExtent, Raster
from app.queries.rasters import raster_dir
from app.services import extents
from app.services.extents import ExtentForm, extent_of_file, extent_of_raster
from app.services.raster_room import check_room, used_bytes
from app.settings import Settings
from tests import factories
from tests.app.conftest import SignIn
from tests.app.test_rasters import factories_json, form, geotiff, work

BAHAMAS = "EPSG:32618"
"""Zone 18: the numbers of the file would lie in Thailand if they were of zone 47."""


@pytest.fixture
def place(session: Session) -> str:
    factories.make_province(session)
    factories.make_amphoe(session)
    factories.make_tambon(session, bounds=(101.7, 16.0, 101.95, 16.3))
    return factories.make_organisation(session).code


@pytest.fixture
def engineer(client: FlaskClient, session: Session, sign_in: SignIn, place: str) -> FlaskClient:
    return sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation=place))


def sent(client: FlaskClient, place: str, file: io.BytesIO, **more: str) -> Any:
    return client.post("/analysis/rasters", data=form(place, file, **more))


def test_a_raster_outside_thailand_is_asked_about_and_marked(
    engineer: FlaskClient, session: Session, place: str, settings: Settings
) -> None:
    values = np.add.outer(np.zeros(40), np.arange(40.0)).astype("float32")
    answer = sent(engineer, place, geotiff(values, BAHAMAS, cell=30))
    assert work(engineer, session).status == "DONE"
    row = session.scalars(sa.select(Raster)).one()
    assert row.status == "ASKS" and not (raster_dir(settings) / f"{row.stored_name}.tif").exists()
    told = engineer.get(answer.location).text
    assert "ภาพอยู่นอกประเทศไทย (16.1" in told and "ตามไฟล์" in told
    # What it may have meant is offered with the place, and not chosen for anybody.
    assert 'value="32647"' in told and not re.search(r'name="epsg"[^>]*checked', told)
    assert engineer.post(f"/analysis/rasters/{row.name}/answer", data={"epsg": "0"}).status_code == 303
    assert work(engineer, session).status == "DONE" and row.status == "READY"
    page = engineer.get(answer.location).text
    assert "นอกประเทศไทย</span>" in page and "ไม่มีโครงการหรือเขตใดอยู่ในภาพ" in page
    order = {"title": "ท่วม", "organisation": place, "raster": row.name, "threshold": "1"}
    refused = engineer.post("/analysis/exposure", data=order)
    assert refused.status_code == 422 and "อยู่นอกประเทศไทยทั้งหมด" in refused.text
    assert session.scalars(sa.select(HazardExtent)).all() == []


def test_zone_of_the_file_put_right(engineer: FlaskClient, session: Session, place: str) -> None:
    sent(engineer, place, geotiff(np.ones((8, 8), "float32"), BAHAMAS, cell=30))
    work(engineer, session)
    row = session.scalars(sa.select(Raster)).one()
    assert engineer.post(f"/analysis/rasters/{row.name}/answer", data={"epsg": "32647"}).status_code == 303
    assert work(engineer, session).status == "DONE" and row.status == "READY"
    assert row.facts is not None and (row.facts["epsg"], row.facts["warnings"]) == (32647, [])
    # 0 answers only a raster that does say where it lies.
    sent(engineer, place, geotiff(np.ones((8, 8), "float32"), None, cell=30))
    work(engineer, session)
    other = session.scalars(sa.select(Raster).filter_by(status="ASKS")).one()
    assert engineer.post(f"/analysis/rasters/{other.name}/answer", data={"epsg": "0"}).status_code == 422


def test_a_file_of_areas_is_bounded_and_lies_in_thailand(
    session: Session, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given(*shapes: Any) -> Path:
        path = tmp_path / "areas.geojson"
        features = ",".join(
            f'{{"type":"Feature","properties":{{}},"geometry":{factories_json(shape)}}}' for shape in shapes
        )
        path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
        return path

    def codes(path: Path) -> list[str]:
        with pytest.raises(InvalidInput) as refused, session.begin_nested():
            extent_of_file(session, SYSTEM_ACTOR, path, "areas.geojson", ExtentForm("ท่วม"))
        return [problem.code for problem in refused.value.problems]

    here, there = box(101.8, 15.8, 101.9, 15.9), box(-77.0, 24.0, -76.0, 25.0)
    assert codes(given(there)) == ["extent_outside_thailand"]
    assert extent_of_file(session, SYSTEM_ACTOR, given(there, here), "areas.geojson", ExtentForm("ท่วม"))
    monkeypatch.setattr(extents, "MOST_CORNERS", 9)
    assert codes(given(here, here.buffer(-0.01, join_style="mitre"))) == ["extent_too_many_corners"]
    monkeypatch.setattr(extents, "MOST_FILE_BYTES", 100)
    assert codes(given(here)) == ["extent_file_too_large"]
    # By hand too, not only by the page's order.
    far = factories.make_raster(session, Path(tmp_path))
    far.facts = {**(far.facts or {}), "bounds": [-77.0, 24.0, -76.0, 25.0]}
    session.flush()
    with pytest.raises(InvalidInput):
        extent_of_raster(session, SYSTEM_ACTOR, far.name, 1.0, ExtentForm("ท่วม"), tmp_path / "rasters")


def test_the_room_of_an_organisation_is_told_and_kept(
    engineer: FlaskClient, session: Session, place: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def room(count: int) -> None:
        here = engineer.application.extensions["eplan"]
        less = replace(here.settings, raster_quota_bytes=count)
        monkeypatch.setitem(engineer.application.extensions, "eplan", replace(here, settings=less))

    heights = np.add.outer(np.zeros(40), np.arange(40.0)).astype("float32")
    size = len(geotiff(heights).getvalue())
    room(size + 4_000)
    assert sent(engineer, place, geotiff(heights)).status_code == 303
    assert used_bytes(session, [place]) == {place: size}
    before = set(raster_dir(settings).glob("*"))
    full = sent(engineer, place, geotiff(heights))
    assert full.status_code == 422 and "พื้นที่เก็บภาพของ อปท. ไม่พอ" in full.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Raster)) == 1
    assert set(raster_dir(settings).glob("*")) == before
    assert "พื้นที่เก็บภาพของ อปท.: ใช้" in engineer.get("/analysis/rasters").text
    # What was refused or given up takes no room; tried again it does.
    row = session.scalars(sa.select(Raster)).one()
    engineer.post(f"/api/v1/jobs/{row.background_job_id}/cancel")
    session.expire_all()
    assert used_bytes(session, [place]) == {}
    assert sent(engineer, place, geotiff(heights)).status_code == 303
    again = engineer.post(f"/analysis/rasters/{row.name}/again")
    assert again.status_code == 422 and "ไม่พอ" in again.text
    # What is kept is larger than what was sent: whole or not at all.
    room(size + 1)
    noise = np.random.default_rng(7).normal(size=(40, 40)).astype("float32")
    second = session.scalars(sa.select(Raster).order_by(Raster.id.desc()).limit(1)).one()
    (raster_dir(settings) / f"{second.stored_name}.given").write_bytes(geotiff(noise).getvalue())
    job = work(engineer, session)
    assert job.status == "FAILED" and "raster_quota_full" in str(job.error) and second.status == "RECEIVED"
    assert not list(raster_dir(settings).glob(f"{second.stored_name}*"))
    check_room(session, None, 1 << 60, 1)  # those of everybody are the department's


def test_what_is_kept_counts(session: Session, place: str, settings: Settings) -> None:
    row = factories.make_raster(session, settings.var_dir, place)
    assert used_bytes(session, [place]) == {place: 10}
    row.facts = {**(row.facts or {}), "kept_bytes": 5_000}
    session.flush()
    assert used_bytes(session, [place]) == {place: 5_000}
    check_room(session, place, 5_000, 10_000)
    with pytest.raises(InvalidInput):
        check_room(session, place, 5_001, 10_000)


def test_only_the_province_and_the_department_open_a_raster_to_everybody(
    client: FlaskClient, session: Session, sign_in: SignIn, place: str, settings: Settings
) -> None:
    engineer = factories.make_user(session, "LAO_ENGINEER", organisation=place)
    officer = factories.make_user(session, "PROV_OFFICER", area="99")
    sign_in(client, engineer)
    assert sent(client, place, geotiff(np.ones((8, 8), "float32")), open_to_all="1").status_code == 403
    extent = {"title": "ท่วม", "organisation": place, "raster": "x", "threshold": "1", "open_to_all": "1"}
    assert client.post("/analysis/exposure", data=extent).status_code == 403
    page = client.get("/analysis/rasters").text
    assert 'name="open_to_all"' not in page and "ให้จังหวัดหรือส่วนกลางเป็นผู้โหลด" in page
    row = factories.make_raster(session, settings.var_dir, place, open_to_all=False)
    assert client.post(f"/analysis/rasters/{row.name}/open", data={"open_to_all": "1"}).status_code == 403
    sign_in(client, officer)
    assert 'name="open_to_all"' in client.get(f"/analysis/rasters?raster={row.name}").text
    visitor = client.application.test_client()
    for opened, status in (("1", 200), ("", 404)):
        answer = client.post(f"/analysis/rasters/{row.name}/open", data={"open_to_all": opened})
        assert answer.status_code == 303
        assert visitor.get(f"/api/v1/rasters/{row.name}/value?lon=101.9&lat=15.9").status_code == status


def test_lists_hold_what_is_near(
    client: FlaskClient, session: Session, sign_in: SignIn, place: str, settings: Settings
) -> None:
    """Everybody's, the open ones and the province's own; another province's by its name alone."""
    factories.make_province(session, "98", name_th="อื่น", bounds=(99.0, 15.0, 99.5, 15.5))
    far = factories.make_organisation(
        session, "D9801001", province_code="98", amphoe_code=None, tambon_codes=(), full_name_th="อบต.ไกล"
    ).code
    make = factories.make_raster
    everybody = make(session, settings.var_dir, open_to_all=False).name
    own = make(session, settings.var_dir, place, open_to_all=False).name
    opened = make(session, settings.var_dir, far).name
    hidden = make(session, settings.var_dir, far, open_to_all=False)
    factories.make_extent(session, far, open_to_all=False, title_th="ไกล")
    factories.make_extent(session, place, open_to_all=False, title_th="ใกล้")

    def listed() -> set[str]:
        answer = client.get("/api/v1/rasters").json
        assert answer is not None
        return {item["name"] for item in answer["items"]}

    sign_in(client, factories.make_user(session, "LAO_PLANNER", organisation=place))
    assert listed() == {everybody, own, opened}
    assert client.get(f"/analysis/rasters?raster={hidden.name}").text.count(hidden.name) > 1
    assert [one["title_th"] for one in (client.get("/api/v1/extents").json or {})["items"]] == ["ใกล้"]
    sign_in(client, factories.make_user(session, "DISTRICT", area="9901"))
    assert listed() == {everybody, own, opened}
    sign_in(client, factories.make_user(session, "CENTRAL_ANALYST"))
    assert listed() == {everybody, own, opened, hidden.name}


def test_whose_it_is_is_chosen_and_failures_are_folded(
    client: FlaskClient, session: Session, sign_in: SignIn, place: str
) -> None:
    other = factories.make_organisation(session, "D9901002").code
    sign_in(client, factories.make_user(session, "PROV_OFFICER", area="99"))
    page = client.get("/analysis/rasters").text
    select = page[page.index('id="f-organisation"') :]
    assert re.findall(r'<option value="([^"]*)"', select)[0] == ""
    whole = geotiff(np.arange(40_000, dtype="float32").reshape(200, 200)).getvalue()
    names = []
    for _ in range(3):
        names.append(sent(client, other, io.BytesIO(whole[:3_000])).location.partition("raster=")[2])
        assert work(client, session).status == "FAILED"
    page = client.get(f"/analysis/rasters?raster={names[0]}").text
    # The one that was asked for, then the newest; the rest is a click away.
    order = [names.index(name) for name in re.findall(r"/analysis/rasters/([^/]+)/remove", page)]
    assert order == [0, 2, 1]
    assert "อีก 1 ไฟล์" in page and page.index("อีก 1 ไฟล์") < page.rindex("เอาออกจากรายการ")
    # What a library said is folded away under a sentence that says what to do.
    sentence, folded = page.index("ไฟล์ภาพเสีย"), page.index("รายละเอียดทางเทคนิค")
    assert sentence < folded and session.scalar(sa.select(sa.func.count()).select_from(BackgroundJob)) == 3
    assert re.search(r'<code lang="en">[^<]+</code>', page)


def test_a_refusal_is_said_once(engineer: FlaskClient) -> None:
    page = engineer.get("/analysis/rasters?show=profile&project=69-D9901001-9999").text
    told = page[page.index('class="note note-bad"') :]
    assert told[: told.index("</p>")].count("ไม่พบโครงการ") == 1

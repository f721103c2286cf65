"""Imports over HTTP: send, look, change, mend, accept; the answers and their words."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from shapely.geometry import LineString
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.db import upload_dir
from app.models import BackgroundJob, UserAccount
from app.services import imports
from app.services.jobs import Silent
from app.settings import Settings
from tests import factories
from tests.app.conftest import SignIn
from tests.app.test_imports import geojson, named, road

Stage = Callable[[int], None]


@pytest.fixture
def officer(session: Session) -> UserAccount:
    """Who may do everything in the province."""
    factories.make_organisation(session)
    return factories.make_user(session, "PROV_OFFICER", area="99")


@pytest.fixture
def browser(client: FlaskClient, sign_in: SignIn, officer: UserAccount) -> FlaskClient:
    """The officer's browser."""
    return sign_in(client, officer)


@pytest.fixture
def stage(session: Session, settings: Settings) -> Stage:
    """What the worker would do."""

    def run(batch_id: int) -> None:
        imports.stage(session, SYSTEM_ACTOR, batch_id, upload_dir(settings), Silent())
        session.commit()
        session.expire_all()

    return run


def send(browser: FlaskClient, content: bytes, name: str = "roads.geojson", **form: str) -> Any:
    asked = {"organisation": "D9901001", "fiscal_year": "๒๕๗๐", "kind": "road"} | form
    return browser.post("/api/v1/imports", data={**asked, "file": (io.BytesIO(content), name)})


def test_from_sending_to_accepting(browser: FlaskClient, stage: Stage) -> None:
    answer = send(browser, geojson(*named(2, BUDGET="ห้าแสน")))
    assert answer.status_code == 202, answer.json
    batch = answer.json
    assert answer.headers["Location"] == f"/api/v1/imports/{batch['id']}"
    job = browser.get(f"/api/v1/jobs/{batch['job']}").json
    assert (job["kind"], job["status"], job["title"]) == ("import_stage", "WAITING", "ตรวจไฟล์ roads.geojson")
    stage(batch["id"])
    at = f"/api/v1/imports/{batch['id']}"
    seen = browser.get(at).json
    assert (seen["status"], seen["row_count"], seen["error_count"], seen["acceptable"]) == ("STAGED", 2, 2, False)
    assert seen["column_map"] == {"name": "NAME", "surface": "SURF", "budget_baht": "BUDGET"}
    refused = browser.post(f"{at}/accept")
    assert (refused.status_code, refused.json["code"]) == (422, "import_has_errors")
    assert [error["row"] for error in refused.json["errors"]] == [1, 2]
    assert "ห้าแสน" in refused.json["errors"][0]["message"]
    group = browser.get(f"{at}/problems").json["items"][0]
    assert (group["code"], group["rows"], group["first_rows"]) == ("amount_unreadable", 2, [1, 2])
    for row in (1, 2):
        mended = browser.patch(f"{at}/rows/{row}", json={"values": {"budget_baht": "๕๐๐,๐๐๐"}})
        assert (mended.json["level"], mended.json["values"]["budget_baht"]) == ("ok", 500000.0)
    assert mended.json["import"]["acceptable"] is True
    accepted = browser.post(f"{at}/accept")
    assert accepted.status_code == 202
    assert browser.get(f"/api/v1/jobs/{accepted.json['job']}").json["kind"] == "import_accept"


def test_one_answer_for_all_rows_that_say_the_same(browser: FlaskClient, stage: Stage) -> None:
    batch = send(browser, geojson(*named(3, BUDGET="ห้าแสน"))).json
    stage(batch["id"])
    at = f"/api/v1/imports/{batch['id']}"
    (text,) = browser.get(f"{at}/problems/amount_unreadable/texts").json["items"]
    assert text == {"field": "budget_baht", "text": "ห้าแสน", "rows": 3}
    refused = browser.patch(f"{at}/rows", json={"code": "amount_unreadable"})
    assert refused.status_code == 422
    wanted = {"code": "amount_unreadable", "field": "budget_baht", "text": "ห้าแสน", "value": "500000"}
    mended = browser.patch(f"{at}/rows", json=wanted)
    assert (mended.json["rows"], mended.json["import"]["acceptable"]) == (3, True)
    assert browser.patch(f"{at}/rows", json=wanted).json["rows"] == 0


def test_rows_are_paged_and_filtered(browser: FlaskClient, stage: Stage) -> None:
    batch = send(browser, geojson(*named(5), (None, {"NAME": "ไม่มีพิกัด"}))).json
    stage(batch["id"])
    at = f"/api/v1/imports/{batch['id']}/rows"
    first = browser.get(f"{at}?limit=4").json
    assert [row["row"] for row in first["items"]] == [1, 2, 3, 4]
    second = browser.get(first["next"]).json
    assert ([row["row"] for row in second["items"]], second["next"]) == ([5, 6], None)
    assert [row["row"] for row in browser.get(f"{at}?level=warning").json["items"]] == [6]
    assert browser.get(f"{at}?level=silly").status_code == 400
    shapes = browser.get(f"/api/v1/imports/{batch['id']}/features?limit=3").json
    assert (len(shapes["features"]), shapes["left_out"]) == (3, 2)


def test_other_columns_are_checked_again(browser: FlaskClient, stage: Stage) -> None:
    batch = send(browser, geojson((road(), {"AAA": "R1"}))).json
    stage(batch["id"])
    at = f"/api/v1/imports/{batch['id']}"
    assert browser.get(at).json["problems"][0]["code"] == "name_column_missing"
    changed = browser.patch(at, json={"column_map": {"name": "AAA"}})
    assert (changed.status_code, changed.json["status"]) == (202, "RECEIVED")
    assert changed.json["job"] != batch["job"]
    stage(batch["id"])
    assert browser.get(at).json["acceptable"] is True
    for wrong in ({"nonsense": 1}, {"epsg": "47"}, {"column_map": {"name": 3}}):
        assert browser.patch(at, json=wrong).status_code == 422


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        ({"organisation": "NOPE"}, ["organisation_unknown"]),
        ({"kind": "rail"}, ["kind_unknown"]),
        ({"fiscal_year": "ปีนี้"}, ["invalid_parameter"]),
        ({"fiscal_year": "69"}, ["fiscal_year_impossible"]),
    ],
)
def test_wrong_forms_are_told_and_leave_no_file(
    browser: FlaskClient, settings: Settings, form: dict[str, str], codes: list[str]
) -> None:
    before = set(upload_dir(settings).iterdir())
    answer = send(browser, geojson(*named(1)), **form)
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json["errors"]] == codes
    assert set(upload_dir(settings).iterdir()) == before


def looked_at(browser: FlaskClient, stage: Stage, session: Session, content: bytes, name: str) -> str:
    """The page of a file of water sources that has been staged."""
    batch = send(browser, content, name, kind="water").json
    stage(batch["id"])
    session.get_one(BackgroundJob, batch["job"]).status = "DONE"
    session.commit()
    return browser.get(batch["url"]).text


def test_the_page_names_the_columns_of_the_place(browser: FlaskClient, stage: Stage, session: Session) -> None:
    table = "โครงการ,งบประมาณ,ละติจูด,ลองจิจูด,หมายเหตุ\nขุดลอกสระ,500000,15.901,101.852,-\n"
    page = looked_at(browser, stage, session, table.encode("cp874"), "ponds.csv")
    assert "จับคู่แล้ว 4 จาก 5" in page
    assert "พิกัด: ละติจูด, ลองจิจูด" in page
    assert "ไม่ใช้: หมายเหตุ<" in page


def test_file_must_be_chosen(browser: FlaskClient) -> None:
    answer = browser.post("/api/v1/imports", data={"organisation": "D9901001", "fiscal_year": "2570", "kind": "road"})
    assert [error["code"] for error in answer.json["errors"]] == ["import_file_missing"]


def test_giving_up(browser: FlaskClient, stage: Stage) -> None:
    batch = send(browser, geojson(*named(1))).json
    stage(batch["id"])
    at = f"/api/v1/imports/{batch['id']}"
    assert browser.delete(at).json["status"] == "CANCELLED"
    assert browser.post(f"{at}/accept").status_code == 409
    assert browser.get(f"{at}/rows").json["items"] == []


def test_pages_in_every_state(browser: FlaskClient, stage: Stage, session: Session, tmp_path: Path) -> None:
    assert "นำเข้าจากไฟล์" in browser.get("/imports").get_data(as_text=True)
    batch = send(browser, geojson(*named(2))).json
    working = browser.get(batch["url"]).get_data(as_text=True)
    assert "data-cancel-job" in working
    assert "data-job" in browser.get("/jobs").get_data(as_text=True)
    stage(batch["id"])
    session.get_one(BackgroundJob, batch["job"]).status = "DONE"
    session.commit()
    assert 'id="accept"' in browser.get(batch["url"]).get_data(as_text=True)
    imports.accept(session, SYSTEM_ACTOR, batch["id"], Silent())
    session.commit()
    done = browser.get(batch["url"]).get_data(as_text=True)
    assert "/projects/70-D9901001-0001" in done
    assert 'id="undo"' in done
    asked = browser.post(f"/api/v1/imports/{batch['id']}/undo")
    assert (asked.status_code, asked.json["status"]) == (202, "ACCEPTED")
    assert "data-cancel-job" in browser.get(batch["url"]).get_data(as_text=True)
    session.get_one(BackgroundJob, asked.json["job"]).status = "DONE"
    imports.undo(session, SYSTEM_ACTOR, batch["id"], Silent())
    session.commit()
    gone = browser.get(batch["url"]).get_data(as_text=True)
    assert "เลิกทำการนำเข้าแล้ว" in gone and 'id="undo"' not in gone
    assert browser.post(f"/api/v1/imports/{batch['id']}/undo").status_code == 200
    assert browser.get("/imports/999999").status_code == 404


def test_english_answers(browser: FlaskClient, stage: Stage) -> None:
    batch = send(browser, geojson((road(), {"NAME": "ก" * 2000}))).json
    stage(batch["id"])
    row = browser.get(f"/api/v1/imports/{batch['id']}/rows", headers={"Accept-Language": "en"}).json["items"][0]
    assert row["problems"][0]["message"] == "The name has 2000 characters; at most 1000 fit"


def test_rows_are_mended_matched_and_refused_by_address(browser: FlaskClient, stage: Stage, session: Session) -> None:
    project = factories.make_project(session, "D9901001", name_th="ก่อสร้างถนน คสล. สายบ้านหนองแวง หมู่ที่ 4")
    session.commit()
    swapped = LineString([(lat, lon) for lon, lat in road().coords])
    content = geojson((swapped, {"NAME": "สร้างถนน คสล. สายบ้านหนองแวง หมู่ที่ 4"}), (road(1), {"NAME": "ติดตั้งป้าย"}))
    batch = send(browser, content).json
    stage(batch["id"])
    at = f"/api/v1/imports/{batch['id']}"
    assert browser.post(f"{at}/undo").status_code == 409
    (group,) = browser.get(f"{at}/offers").json["items"]
    assert (group["code"], group["rows"], group["mended"]) == ("doctor_swapped_lonlat", 1, 0)
    first, second = browser.get(f"{at}/rows").json["items"]
    assert first["offer"]["offered"]["coordinates"][0] == [101.85, 15.9]
    assert (first["matches"][0]["project"], second["matches"]) == (project.code, [])
    assert first["matches"][0]["reasons"][-1] == "ปีงบตรงกัน"
    mended = browser.patch(f"{at}/rows", json={"code": group["code"], "mended": True}).json
    assert (mended["rows"], mended["import"]["error_count"]) == (1, 0)
    taken = browser.post(f"{at}/matches", json={"at_least": 0.8}).json
    assert taken["rows"] == 1
    row = browser.get(f"{at}/rows?level=known").json["items"][0]
    assert (row["project"], row["choice"], row["offer"]["mended"]) == (project.code, project.code, True)
    row = browser.patch(f"{at}/rows/{row['row']}", json={"project": "new"}).json
    assert (row["project"], row["choice"]) == (None, "new")
    row = browser.patch(f"{at}/rows/{row['row']}", json={"project": None}).json
    assert row["choice"] is None
    for method, path, wrong in (
        (browser.patch, "rows", {"code": "x", "mended": "yes"}),
        (browser.patch, f"rows/{row['row']}", {"project": 3}),
        (browser.patch, f"rows/{row['row']}", {"project": "70-NOPE"}),
        (browser.post, "matches", {"at_least": 2}),
    ):
        assert method(f"{at}/{path}", json=wrong).status_code == 422


def test_the_page_names_the_files_that_can_be_read(browser: FlaskClient) -> None:
    page = browser.get("/imports").text
    assert all(name in page for name in ("DXF", "FlatGeobuf", "GeoParquet", "JPEG"))


@pytest.mark.parametrize(("role", "form"), [("LAO_ENGINEER", True), ("LAO_FINANCE", False)])
def test_only_who_may_import_is_shown_the_form(
    client: FlaskClient, session: Session, sign_in: SignIn, role: str, form: bool
) -> None:
    organisation = factories.make_organisation(session, "D9901077")
    sign_in(client, factories.make_user(session, role, organisation=organisation.code))
    page = client.get("/imports").text
    assert ('id="upload"' in page) is form
    assert ("บัญชีนี้นำเข้าไฟล์ไม่ได้" in page) is not form

"""The HTTP face of projects, coordinates and drafts: ETags, If-Match, problems, who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import Organisation, Project, UserAccount
from tests import factories as make
from tests.app.conftest import SignIn

LINE = {"type": "LineString", "coordinates": [[101.85, 15.9], [101.854, 15.9]]}


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def project(session: Session, organisation: Organisation) -> Project:
    return make.make_project(session, organisation, budget_baht=4_850_000, area_code="990101")


@pytest.fixture
def engineer(session: Session, organisation: Organisation) -> UserAccount:
    return make.make_user(session, "LAO_ENGINEER", organisation=organisation, display_name="กองช่าง")


def put(client: FlaskClient, project: Project, body: Any, version: int | None = 0) -> Any:
    headers = {} if version is None else {"If-Match": f'"g{version}"'}
    return client.put(f"/api/v1/projects/{project.code}/geometry", json=body, headers=headers)


def test_the_list_has_what_the_contract_says(
    client: FlaskClient, session: Session, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    make.make_project(session, status="PLANNED", kind="water", water_source_type_code="POND")
    first = client.get("/api/v1/projects?limit=1").json
    assert len(first["items"]) == 1
    second = client.get(first["next"]).json
    assert second["next"] is None
    items = {item["code"]: item for item in first["items"] + second["items"]}
    item = items[project.code]
    assert item["organisation"] == "D9901001"
    assert item["organisation_name"] == "อบต.หนองสาธิต"
    assert (item["budget_baht"], item["geometry_status"], item["geometry_type"]) == (4_850_000, "NONE", "LineString")
    assert (item["area_code"], item["area_name"], item["bbox"]) == ("990101", "หนองสาธิต", None)
    assert {item["geometry_type"] for item in items.values()} == {"LineString", "Polygon"}


def test_unknown_and_unreadable_parameters_are_refused_together(client: FlaskClient) -> None:
    answer = client.get("/api/v1/projects?knid=road&bbox=1,2&fiscal_year=abc&cursor=%21%21")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert {error["field"] for error in answer.json["errors"]} == {"knid", "bbox", "fiscal_year", "cursor"}
    assert client.get("/api/v1/projects?sort=name").status_code == 400
    assert client.get("/api/v1/projects?sort=name&area=99").status_code == 200


def test_a_cursor_of_another_order_is_refused(client: FlaskClient, session: Session, project: Project) -> None:
    make.make_project(session)
    after = client.get("/api/v1/projects?limit=1").json["next"]
    answer = client.get(after + "&sort=budget")
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (400, "cursor_unreadable")


def test_thai_digits_and_both_spellings_in_the_address(client: FlaskClient, session: Session) -> None:
    found = make.make_project(session, name_th="ขุดลอกแหล่งน้ำ ม.4", kind="water")
    answer = client.get("/api/v1/projects?fiscal_year=๒๕๗๐&q=แหล่งนํ้า ม.๔").json
    assert [item["code"] for item in answer["items"]] == [found.code]


def test_one_project_with_its_etag(
    client: FlaskClient, session: Session, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    line = make.make_plan_line(session, "D9901001", programme_code="00310")
    project.plan_project_id = line.id
    session.flush()
    sign_in(client, engineer)
    answer = client.get(f"/api/v1/projects/{project.code}")
    session.refresh(project)
    assert answer.headers["ETag"] == f'"p{project.row_version}"'
    body = answer.json
    assert body["plan"]["version"] == "เพิ่มเติม 2/2569"
    assert body["plan"]["amounts"] == [{"fiscal_year_be": 2570, "amount_baht": 5_200_000}]
    assert (body["plan"]["form"], body["plan"]["page"], body["plan"]["line_number"]) == ("ผ.02", 41, 7)
    assert body["appropriations"][0]["amount_baht"] == 4_850_000
    assert body["may"]["edit_geometry"] and not body["may"]["verify"]
    assert body["history"][0]["entity"] in ("project", "appropriation")
    again = client.get(f"/api/v1/projects/{project.code}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_project_that_is_not_there(client: FlaskClient, session: Session, organisation: Organisation) -> None:
    planned = make.make_project(session, organisation, status="PLANNED")
    for path in ("", "/geometry", "/geometry/versions"):
        assert client.get(f"/api/v1/projects/70-X-0001{path}").status_code == 404
        assert client.get(f"/api/v1/projects/{planned.code}{path}").status_code == 404, "not published"


def test_names_of_persons_and_vouchers(
    client: FlaskClient, session: Session, project: Project, sign_in: SignIn
) -> None:
    contract = make.make_contract(
        session, project, 4_620_000, contractor_name="นายตัวอย่าง สาธิต", contractor_is_person=True
    )
    budget = make.make_appropriation(session, project, 1)
    make.make_disbursement(session, budget, 1, contract=contract, voucher_number="ฎ.1/2570")
    make.make_organisation(session, "D9901002", name_th="ข้างเคียง")

    def seen(role: str, **place: Any) -> Any:
        return sign_in(client, make.make_user(session, role, **place)).get(f"/api/v1/projects/{project.code}").json

    own = seen("LAO_FINANCE", organisation="D9901001")
    assert own["contracts"][0]["contractor_name"] == "นายตัวอย่าง สาธิต"
    assert seen("PROV_OFFICER", area="99")["contracts"][0]["contractor_name"] == "นายตัวอย่าง สาธิต"
    other = seen("LAO_FINANCE", organisation="D9901002")
    assert other["contracts"][0]["contractor_name"] is None
    assert other["disbursements"][0]["voucher_number"] == "ฎ.1/2570"
    partner = seen("PARTNER_AGENCY")
    assert (partner["contracts"], partner["disbursements"], partner["contracted_baht"]) == ([], [], 4_620_000)


# --- coordinates -----------------------------------------------------------------------------------------------------


def test_putting_a_bare_geometry_is_a_draft_by_a_program(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    empty = client.get(f"/api/v1/projects/{project.code}/geometry")
    assert (empty.json["version"], empty.json["geometry"], empty.headers["ETag"]) == (0, None, '"g0"')
    answer = put(client, project, LINE)
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"g1"'
    assert (answer.json["status"], answer.json["source"]) == ("DRAFT", "api")
    assert answer.json["geometry"] == LINE
    assert answer.json["length_m"] == pytest.approx(428.35, abs=0.01)
    assert answer.json["receipt"].startswith("R-")
    etag = {"If-None-Match": '"g1"'}
    assert client.get(f"/api/v1/projects/{project.code}/geometry", headers=etag).status_code == 304


def test_a_collection_is_one_feature_a_segment(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    second = {"type": "LineString", "coordinates": [[101.854, 15.9], [101.854, 15.901]]}
    body = {
        "type": "FeatureCollection",
        "properties": {"status": "SUBMITTED", "source": "drawn", "note": "วาดใหม่", "original": {"k": 1}},
        "features": [
            {"type": "Feature", "properties": {"seq": 2}, "geometry": second},
            {"type": "Feature", "properties": {"seq": 1}, "geometry": LINE},
        ],
    }
    answer = put(client, project, body).json
    assert [segment["geometry"] for segment in answer["segments"]] == [LINE, second]
    assert (answer["status"], answer["note"], answer["original"]) == ("SUBMITTED", "วาดใหม่", {"k": 1})
    versions = client.get(f"/api/v1/projects/{project.code}/geometry/versions").json["items"]
    assert [version["version"] for version in versions] == [1]
    assert versions[0]["created_by"] == "กองช่าง"


def test_preconditions(client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn) -> None:
    sign_in(client, engineer)
    missing = put(client, project, LINE, version=None)
    assert (missing.status_code, missing.json["code"]) == (428, "precondition_required")
    star = client.put(f"/api/v1/projects/{project.code}/geometry", json=LINE, headers={"If-Match": "*"})
    assert star.status_code == 400
    assert put(client, project, LINE).status_code == 200
    moved = {"type": "LineString", "coordinates": [[101.85, 15.9], [101.86, 15.9]]}
    stale = put(client, project, moved)
    assert (stale.status_code, stale.json["code"], stale.json["version"]) == (412, "geometry_changed", 1)
    assert "กองช่าง" in stale.json["detail"]


def test_problems_come_together_in_the_persons_language(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    body = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [101.85, 15.9]}},
            {
                "type": "Feature",
                "properties": {},
                "geometry": {"type": "LineString", "coordinates": [[15.9, 10.0], [15.9, 10.1]]},
            },
        ],
    }
    answer = put(client, project, body)
    assert answer.status_code == 422
    assert {error["code"] for error in answer.json["errors"]} == {"wrong_geometry_type", "outside_thailand"}
    assert all(error["message"] for error in answer.json["errors"])
    english = client.put(
        f"/api/v1/projects/{project.code}/geometry",
        json={"type": "LineString", "coordinates": [["x", 1]]},
        headers={"If-Match": '"g0"', "Accept-Language": "en"},
    )
    assert english.status_code == 422
    assert english.json["title"].isascii()


def test_another_organisation_is_refused_by_every_door(
    client: FlaskClient, session: Session, engineer: UserAccount, sign_in: SignIn
) -> None:
    theirs = make.make_project(session, make.make_organisation(session, "D9901002", name_th="ข้างเคียง"))
    make.make_geometry(session, theirs)
    sign_in(client, engineer)
    url = f"/api/v1/projects/{theirs.code}"
    one = {"If-Match": '"g1"'}
    answers = [
        client.put(f"{url}/geometry", json=LINE, headers=one),
        client.post(f"{url}/geometry/status", json={"status": "SUBMITTED"}, headers=one),
        client.put(f"{url}/draft", json={"content": {}, "base_version": 1}),
        client.patch(url, json={"length_m": 1}, headers={"If-Match": '"p1"'}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert client.get(f"{url}/geometry").status_code == 200, "seeing each other's work is the purpose"


def test_visitors_write_nothing(client: FlaskClient, project: Project) -> None:
    assert put(client, project, LINE).status_code == 401
    assert client.get(f"/api/v1/projects/{project.code}/draft").status_code == 401
    assert client.post("/api/v1/geometry/check", json={}).status_code == 401
    assert client.post("/api/v1/coordinates/parse", json={"text": "x"}).status_code == 401


def test_review_over_http(
    client: FlaskClient, session: Session, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    make.make_geometry(session, project, status="SUBMITTED")
    officer = make.make_user(session, "PROV_OFFICER", area="99")
    sign_in(client, officer)
    url = f"/api/v1/projects/{project.code}/geometry/status"
    silent = client.post(url, json={"status": "RETURNED"}, headers={"If-Match": '"g1"'})
    assert (silent.status_code, silent.json["errors"][0]["code"]) == (422, "note_required")
    returned = client.post(url, json={"status": "RETURNED", "note": "ปลายทางขาด"}, headers={"If-Match": '"g1"'})
    # A verdict is the officer's own duty: nothing was entered for anybody.
    assert (returned.json["version"], returned.json["status"], returned.json["on_behalf_of"]) == (2, "RETURNED", None)


def test_check_measures_and_writes_nothing(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    body = {"project": project.code, "geometry": {"type": "Point", "coordinates": [101.85, 15.9]}}
    answer = client.post("/api/v1/geometry/check", json=body).json
    assert [problem["code"] for problem in answer["problems"]] == ["wrong_geometry_type"]
    assert answer["problems"][0]["where"]["segment"] == 1
    answer = client.post("/api/v1/geometry/check", json={"project": project.code, "geometry": LINE}).json
    assert answer["length_m"] == pytest.approx(428.35, abs=0.01)
    assert client.get(f"/api/v1/projects/{project.code}/geometry").json["version"] == 0


def test_ends_that_almost_touch_come_with_the_line_that_closes_the_gap(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    parts = [[[101.85, 15.9], [101.85, 15.905]], [[101.85, 15.90502], [101.85, 15.91]]]
    geometry = {"type": "MultiLineString", "coordinates": parts}
    answer = client.post("/api/v1/geometry/check", json={"project": project.code, "geometry": geometry}).json
    (problem,) = [one for one in answer["problems"] if one["code"] == "ends_apart"]
    assert (problem["where"]["segment"], problem["where"]["vertex"]) == (2, 1)
    assert problem["offers"][0]["lines"][0]["coordinates"] == [parts[0][1], parts[1][1]]


def test_coordinates_are_read_and_ranked_by_territory(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    # The middle of the default tambon in zone 47; read as zone 48 it would lie 600 km east.
    body = {"text": "E ๘๐๕๐๐๐ N ๑๗๕๙๘๐๐", "project": project.code}
    answer = client.post("/api/v1/coordinates/parse", json=body).json
    assert answer["readings"][0]["in_territory"] is True
    assert answer["readings"][0]["epsg"] == 32647
    assert 101.8 < answer["readings"][0]["lon"] < 101.9
    table = client.post("/api/v1/coordinates/parse", json={"text": "15.9 101.85\n15.9 101.86"}).json
    assert [row["readings"][0]["lon"] for row in table["rows"]] == [101.85, 101.86]
    nothing = client.post("/api/v1/coordinates/parse", json={"text": "ไม่มี"}).json
    assert nothing["readings"] == [] and nothing["problems"]


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("5.9, 101.85", "missing_digit", "หายไป"),
        ("115.9, 101.85", "extra_digit", "เกินมา"),
        ("15.54, 101.51", "dms_as_decimal", "ลิปดา"),
        ("E 85000 N 1759800", "missing_digit", "หายไป"),
    ],
)
def test_numbers_that_are_elsewhere_are_offered_as_they_were_probably_meant(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn, text: str, kind: str, says: str
) -> None:
    sign_in(client, engineer)
    answer = client.post("/api/v1/coordinates/parse", json={"text": text, "project": project.code}).json
    first = answer["readings"][0]
    assert (first["kind"], first["in_territory"], first["offered"]) == (kind, True, True)
    assert says in first["reason"]
    assert (first["lon"], first["lat"]) == pytest.approx((101.85, 15.9), abs=0.03)


@pytest.mark.parametrize("text", ["8115090 1775790", "811509 17757900", "16.0422, 10.91107"])
def test_what_is_no_place_in_thailand_is_offered_as_it_may_have_been_meant(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn, text: str
) -> None:
    """The place lies in another organisation's territory."""
    sign_in(client, engineer)
    for body in ({"text": text, "project": project.code}, {"text": text}):
        answer = client.post("/api/v1/coordinates/parse", json=body).json
        offered = [reading for reading in answer["readings"] if reading.get("offered")]
        assert offered and all(reading["reason"] and not reading["in_territory"] for reading in offered)
        assert [problem["level"] for problem in answer["problems"]] == ["error"]


def test_metres_may_be_of_the_old_datum(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    body = {"text": "47N 805000 1759800", "project": project.code}
    answer = client.post("/api/v1/coordinates/parse", json=body).json
    assert [(r["epsg"], r.get("offered", False)) for r in answer["readings"]] == [(32647, False), (24047, True)]
    assert "Indian 1975" in answer["readings"][1]["reason"] and answer["problems"] == []


def test_cautions_about_what_can_be_read(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)

    def said(text: str) -> list[tuple[str, str]]:
        answer = client.post("/api/v1/coordinates/parse", json={"text": text, "project": project.code}).json
        assert answer["readings"]
        return [(problem["code"], problem["level"]) for problem in answer["problems"]]

    assert said("15.9 101.85") == said("๑๕.๙๐, ๑๐๑.๘๕") == [("doctor_truncated", "warning")]
    assert said("15.9000 101.8500") == said("15.9, 101.8512") == said("15°54'0\" 101°51'0\"") == []
    assert said("WR6X+VC กรุงเทพมหานคร") == [("coordinates_town_not_looked_up", "warning")]
    assert said("WR6X+VC") == []


def test_drafts_over_http(client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn) -> None:
    sign_in(client, engineer)
    url = f"/api/v1/projects/{project.code}/draft"
    assert client.get(url).status_code == 204
    kept = client.put(url, json={"content": {"a": [1]}, "base_version": 0}).json
    assert kept["content"] == {"a": [1]} and kept["saved_at"]
    assert client.get(url).json["base_version"] == 0
    assert client.get("/api/v1/drafts").json == {"projects": [project.code]}
    assert client.put(url, json={"content": "x" * 1_048_577, "base_version": 0}).status_code == 422
    assert client.put(url, json={"content": {}}).status_code == 422
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 204
    assert client.get("/api/v1/drafts").json == {"projects": []}


def test_changing_a_project_over_http(client: FlaskClient, session: Session, project: Project, sign_in: SignIn) -> None:
    planner = make.make_user(session, "LAO_PLANNER", organisation="D9901001")
    sign_in(client, planner)
    url = f"/api/v1/projects/{project.code}"
    etag = client.get(url).headers["ETag"]
    changed = client.patch(url, json={"name_th": "ชื่อใหม่", "length_m": 120.5}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json["name"], changed.json["length_m"]) == (200, "ชื่อใหม่", 120.5)
    assert client.patch(url, json={"name_th": "x"}, headers={"If-Match": etag}).status_code == 412
    long = client.patch(url, json={"name_th": "ก" * 2000}, headers={"If-Match": changed.headers["ETag"]})
    assert (long.status_code, long.json["errors"][0]["field"]) == (422, "name")

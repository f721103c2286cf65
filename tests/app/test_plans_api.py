"""Plans over HTTP: from the first line to promulgation, with collisions and everything that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import Organisation, UserAccount
from tests import factories
from tests.app.conftest import SignIn


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return factories.make_organisation(session, type_code="SUBDISTRICT_MUNI")


@pytest.fixture
def planner(session: Session, organisation: Organisation) -> UserAccount:
    return factories.make_user(session, "LAO_PLANNER", organisation=organisation, display_name="กองแผน")


@pytest.fixture
def desk(app: Flask, sign_in: SignIn, planner: UserAccount) -> FlaskClient:
    """The planner's browser."""
    return sign_in(app.test_client(), planner)


@pytest.fixture
def hall(app: Flask, sign_in: SignIn, session: Session, organisation: Organisation) -> FlaskClient:
    """The executive's browser."""
    return sign_in(app.test_client(), factories.make_user(session, "LAO_EXECUTIVE", organisation=organisation))


def begin(desk: FlaskClient, session: Session, organisation: Organisation) -> dict[str, Any]:
    """A plan 2566-2570 with its original open."""
    from sqlalchemy import text

    period = session.scalar(text("SELECT id FROM plan_period WHERE start_be = 2566 AND end_be = 2570"))
    answer = desk.post(f"/api/v1/organisations/{organisation.code}/plans", json={"plan_period_id": period})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    session.execute(
        text("INSERT INTO local_strategy (plan_id, code, name_th) VALUES (:plan, '1', 'โครงสร้างพื้นฐาน')"),
        {"plan": made["id"]},
    )
    return made


def form_of(version: int, slug: str = "p02") -> str:
    return f"/api/v1/plan-versions/{version}/forms/{slug}"


def test_from_the_first_line_to_promulgation(
    desk: FlaskClient, hall: FlaskClient, client: FlaskClient, session: Session, organisation: Organisation
) -> None:
    plan = begin(desk, session, organisation)
    [version] = plan["versions"]
    sheet = desk.get(form_of(version["id"])).get_json()
    assert sheet["editable"] and sheet["rows"] == []
    assert [c["key"] for c in sheet["columns"]][:9] == [
        "line_number",
        "name_th",
        "objective",
        "target",
        "y2566",
        "y2567",
        "y2568",
        "y2569",
        "y2570",
    ]
    strategy = desk.get(f"/api/v1/plans/{plan['id']}").get_json()["strategies"][0]["id"]
    saved = desk.post(
        f"{form_of(version['id'])}/changes",
        json={
            "inserts": [
                {"key": "tmp-1", "group": f"{strategy}:00310", "cells": {"name_th": "ก่อสร้างถนน", "y2569": "1,320,000"}}
            ]
        },
    ).get_json()
    [row] = saved["rows"]
    assert (row["key"], row["cells"]["y2569"], row["cells"]["kind"]) == ("tmp-1", "1320000.00", "road")
    assert saved["receipt"].startswith("R-")

    url = f"/api/v1/plan-versions/{version['id']}"
    assert client.get(url).status_code == 404, "a draft is nobody's business yet"
    tag = desk.get(url).headers["ETag"]
    stale = desk.post(f"{url}/propose", headers={"If-Match": '"version1"'})
    assert stale.status_code == 412 and stale.get_json()["code"] == "plan_version_changed"
    proposed = desk.post(f"{url}/propose", headers={"If-Match": tag})
    assert proposed.get_json()["status"] == "PROPOSED"
    assert desk.post(f"{form_of(version['id'])}/changes", json={"changes": []}).status_code == 409
    for browser, step in ((desk, "SUPPORT_COMMITTEE"), (desk, "DEVELOPMENT_COMMITTEE"), (hall, "EXECUTIVE")):
        tag = desk.get(url).headers["ETag"]
        decided = browser.post(
            f"{url}/steps",
            json={"step": step, "result": "PASSED", "decided_on": "15 ต.ค. 2568", "reference": "ประกาศ 1/2569"},
            headers={"If-Match": tag},
        )
        assert decided.status_code == 200, decided.text
    assert decided.get_json()["status"] == "PROMULGATED"
    assert client.get(form_of(version["id"])).get_json()["rows"][0]["cells"]["name_th"] == "ก่อสร้างถนน"
    listed = desk.get(f"/api/v1/projects?organisation={organisation.code}").get_json()["items"]
    assert [(p["name"], p["fiscal_year_be"], p["status"]) for p in listed] == [("ก่อสร้างถนน", 2569, "PLANNED")]


def test_a_collision_names_who_wrote_what_stands(
    desk: FlaskClient, app: Flask, sign_in: SignIn, session: Session, organisation: Organisation
) -> None:
    plan = begin(desk, session, organisation)
    form = form_of(plan["versions"][0]["id"])
    [row] = desk.post(
        f"{form}/changes", json={"inserts": [{"key": "a", "cells": {"name_th": "ขุดลอก", "y2569": "720000"}}]}
    ).get_json()["rows"]
    colleague = factories.make_user(session, "LAO_PLANNER", organisation=organisation, display_name="เพื่อนกองแผน")
    other = sign_in(app.test_client(), colleague)

    def write(browser: FlaskClient, value: str) -> dict[str, Any]:
        change = {"row": row["id"], "column": "y2569", "base": "720000.00", "value": value}
        answer: dict[str, Any] = browser.post(f"{form}/changes", json={"changes": [change]}).get_json()
        return answer

    assert write(other, "742,500")["conflicts"] == []
    [conflict] = write(desk, "760,000")["conflicts"]
    assert (conflict["base"], conflict["yours"], conflict["theirs"]) == ("720000.00", "760000.00", "742500.00")
    assert conflict["by"] == "เพื่อนกองแผน" and conflict["at"]


def test_a_bad_number_comes_back_with_its_mend_in_the_language_of_the_reader(
    desk: FlaskClient, session: Session, organisation: Organisation
) -> None:
    form = form_of(begin(desk, session, organisation)["versions"][0]["id"])
    answer = desk.post(
        f"{form}/changes", json={"inserts": [{"key": "x", "cells": {"name_th": "บ่อ", "y2569": "96O,000"}}]}
    ).get_json()
    [problem] = answer["problems"]
    assert (problem["row"], problem["column"], problem["suggestion"]) == ("x", "y2569", "960000.00")
    assert "96O,000" in problem["message"] and answer["rows"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"changes": "x"},
        {"changes": [1]},
        {"inserts": {"key": "a"}},
        {"deletes": [None]},
    ],
)
def test_a_body_of_another_shape_is_refused(
    desk: FlaskClient, session: Session, organisation: Organisation, body: dict[str, Any]
) -> None:
    form = form_of(begin(desk, session, organisation)["versions"][0]["id"])
    assert desk.post(f"{form}/changes", json=body).status_code == 422


def test_a_save_says_each_thing_once_and_nothing_unknown(
    desk: FlaskClient, session: Session, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(begin(desk, session, organisation)["versions"][0]["id"])
    line = {"key": "a", "cells": {"name_th": "\u202eถนน\u2060", "y2569": "10000000000"}}

    def refused(body: dict[str, Any]) -> set[str]:
        answer = desk.post(f"{form}/changes", json=body)
        assert answer.status_code == 422, answer.text
        return {e["code"] for e in answer.get_json()["errors"]}

    cell = {"row": "1", "column": "target", "base": None, "value": "ก"}
    assert refused({"inserts": [line, line]}) == {"insert_key_repeated"}
    assert refused({"changes": [cell, {**cell, "value": "ข"}]}) == {"cell_repeated"}
    assert refused({"changes": [{**cell, "colour": "red"}], "cells": []}) == {"field_not_editable"}
    assert refused({"whole": "yes", "deletes": [{"row": "1", "into": None, "version": "1.1"}]}) == {"invalid_field"}
    dear = desk.post(f"{form}/changes", json={"inserts": [line]}).get_json()
    assert [(p["code"], p["column"]) for p in dear["problems"]] == [("amount_out_of_range", "y2569")]
    unseen = {"key": "b", "cells": {"name_th": "\u2060\u202e"}}
    assert [p["code"] for p in desk.post(f"{form}/changes", json={"inserts": [unseen]}).get_json()["problems"]] == [
        "cell_required"
    ]
    line["cells"] = {"name_th": "\u202eถนน\u2060", "y2569": "9999999999.99"}
    monkeypatch.setattr("app.services.plan_sheet.MOST_LINES", 1)
    [row] = desk.post(f"{form}/changes", json={"inserts": [line]}).get_json()["rows"]
    assert row["cells"]["name_th"] == "ถนน"
    assert refused({"inserts": [{**line, "key": "c"}]}) == {"too_many_lines"}


def test_strange_rows_and_values_change_nothing(
    desk: FlaskClient, session: Session, organisation: Organisation
) -> None:
    form = form_of(begin(desk, session, organisation)["versions"][0]["id"])
    changes = [
        {"row": row, "column": column, "base": None, "value": value}
        for row in ("", "-1", "9" * 40, "1 OR 1=1", None)
        for column, value in (("name_th", "x"), ("y99999999999", 5), ("id", {"a": 1}), ("y2569", [1]))
    ]
    answer = desk.post(f"{form}/changes", json={"changes": changes})
    assert answer.status_code == 200
    assert len(answer.get_json()["problems"]) == len(changes)


def test_a_plan_that_was_never_in_force_is_for_staff_only(
    desk: FlaskClient,
    client: FlaskClient,
    app: Flask,
    sign_in: SignIn,
    session: Session,
    organisation: Organisation,
) -> None:
    plan = begin(desk, session, organisation)
    partner = sign_in(app.test_client(), factories.make_user(session, "PARTNER_AGENCY"))
    for browser in (client, partner):
        assert browser.get(f"/api/v1/organisations/{organisation.code}/plans").get_json()["items"] == []
        for address in ("/api/v1/plans/{}", "/api/v1/plans/{}/alignment-items", "/plans/{}"):
            assert browser.get(address.format(plan["id"])).status_code == 404, address
        for address in (
            f"/plans?organisation={organisation.code}",
            "/plans?area=99",
            f"/organisations/{organisation.code}",
        ):
            assert f'href="/plans/{plan["id"]}"' not in browser.get(address).text, address
    assert desk.get(f"/api/v1/plans/{plan['id']}").status_code == 200
    assert f'href="/plans/{plan["id"]}"' in desk.get(f"/plans?organisation={organisation.code}").text


def test_values_of_a_version_have_their_type(desk: FlaskClient, session: Session, organisation: Organisation) -> None:
    factories.make_plan_line(session, organisation)
    [plan] = desk.get(f"/api/v1/organisations/{organisation.code}/plans").get_json()["items"]
    url, good = f"/api/v1/plans/{plan['id']}/versions", {"change_types": ["ADD"], "number": "1", "fiscal_year_be": 2569}

    def refused(browser_answer: Any) -> set[tuple[str, str]]:
        assert browser_answer.status_code == 422, browser_answer.text
        return {(e["code"], e["field"]) for e in browser_answer.get_json()["errors"]}

    wrong = {"change_types": [5], "number": {"a": 1}, "fiscal_year_be": "x", "reason": 5, "colour": "red"}
    assert refused(desk.post(url, json=wrong)) == {
        ("invalid_field", "change_types"),
        ("text_expected", "number"),
        ("invalid_field", "fiscal_year_be"),
        ("text_expected", "reason"),
        ("field_not_editable", "colour"),
    }
    assert refused(desk.post(url, json={**good, "change_types": ["ADD", "ADD"], "number": "\u200b"})) == {
        ("choice_repeated", "change_types"),
        ("cell_required", "number"),
    }
    assert refused(desk.post(url, json={**good, "number": "๙" * 101, "reason": "ก" * 5001})) == {
        ("text_too_long", "number"),
        ("text_too_long", "reason"),
    }
    assert refused(desk.post(url, json={**good, "change_types": ["EXEC_SPECIAL"]})) == {
        ("special_reason_missing", "reason")
    }
    opened = desk.post(url, json=good)
    assert refused(desk.post(url, json={**good, "number": " ๑ "})) == {("version_number_taken", "number")}
    one = f"/api/v1/plan-versions/{opened.get_json()['id']}"
    seen = {"If-Match": opened.headers["ETag"]}
    assert refused(desk.patch(one, json={"document": [1], "change_types": "ADD", "number": None}, headers=seen)) == {
        ("text_expected", "document"),
        ("invalid_field", "change_types"),
        ("field_required", "number"),
    }
    changed = desk.patch(one, json={"reason": " เพื่อ  ประชาชน\u200b ", "document": "ด" * 5001}, headers=seen)
    assert refused(changed) == {("text_too_long", "document")}
    assert desk.patch(one, json={"reason": " เพื่อ  ประชาชน\u200b "}, headers=seen).get_json()["reason"] == "เพื่อ ประชาชน"


def test_unknown_forms_versions_and_plans_are_told(desk: FlaskClient, session: Session) -> None:
    assert desk.get("/api/v1/plans/999999").get_json()["code"] == "plan_not_found"
    assert desk.get("/api/v1/plan-versions/999999").get_json()["code"] == "plan_version_not_found"
    line = factories.make_plan_line(session, factories.make_organisation(session, "D9901009"))
    assert desk.get(form_of(line.plan_version_id, "p99")).get_json()["code"] == "plan_form_not_found"


def test_vision_is_changed_under_its_version(desk: FlaskClient, session: Session, organisation: Organisation) -> None:
    plan = begin(desk, session, organisation)
    url = f"/api/v1/plans/{plan['id']}"
    assert desk.patch(url, json={"vision": "เมืองน่าอยู่"}).status_code == 428
    tag = desk.get(url).headers["ETag"]
    assert desk.patch(url, json={"vision": "เมืองน่าอยู่"}, headers={"If-Match": tag}).get_json()["vision"] == "เมืองน่าอยู่"
    stale = desk.patch(url, json={"vision": "อื่น"}, headers={"If-Match": tag})
    assert stale.status_code == 412 and stale.get_json()["vision"] == "เมืองน่าอยู่"
    now = desk.get(url).headers["ETag"]
    refused = desk.patch(url, json={"visions": "x", "name_th": " "}, headers={"If-Match": now})
    assert {e["code"] for e in refused.get_json()["errors"]} == {"field_not_editable", "cell_required"}


def test_the_summary_counts_each_form_apart(desk: FlaskClient, session: Session, organisation: Organisation) -> None:
    version = begin(desk, session, organisation)["versions"][0]["id"]
    for slug, amount in (("p02", "100"), ("p02-2", "900")):
        desk.post(
            f"{form_of(version, slug)}/changes",
            json={"inserts": [{"key": "a", "cells": {"name_th": "ถนน", "y2569": amount}}]},
        )
    own = desk.get(form_of(version, "p01")).get_json()["total"]
    beyond = desk.get(f"{form_of(version, 'p01')}?of=p02-2").get_json()["total"]
    assert (own["years"]["2569"], beyond["years"]["2569"]) == (
        {"projects": 1, "amount_baht": 100.0},
        {"projects": 1, "amount_baht": 900.0},
    )

"""Comments of a review: on a field of a line, answered by the planner, reason enough to send a version back."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import UserAccount
from app.queries.plan_comments import comments_of_version, open_comments
from app.services.plan_comments import answer_comment, comment_on_version
from app.services.plan_versions import propose_version
from tests.app.conftest import SignIn
from tests.app.plan_world import PlanWorld, make_plan_world


@pytest.fixture
def world(session: Session) -> PlanWorld:
    return make_plan_world(session, type_code="SUBDISTRICT_MUNI")


def say(world: PlanWorld, text: str, **where: object) -> None:
    comment_on_version(world.session, world.executive, world.version_id, text, **where)  # type: ignore[arg-type]


def test_a_version_is_sent_back_with_comments_on_its_cells(world: PlanWorld) -> None:
    road = world.line("ก่อสร้างถนน")
    propose_version(world.session, world.planner, world.version_id, if_match_version=world.version().row_version)
    with pytest.raises(InvalidInput):
        world.decide("DEVELOPMENT_COMMITTEE", result="RETURNED")
    world.decide("SUPPORT_COMMITTEE")
    say(world, "วงเงินสูงเกินไป", origin_id=road, column="y2570")
    world.decide("DEVELOPMENT_COMMITTEE", result="RETURNED")
    assert world.version().status == "RETURNED"
    [comment] = comments_of_version(world.session, world.version_id)
    assert (comment.origin_id, comment.column, comment.line_name, comment.form) == (road, "y2570", "ก่อสร้างถนน", "ผ.02")
    answer_comment(world.session, world.planner, world.version_id, comment.id, "ลดเหลือ 4 แสน")
    assert open_comments(world.session, world.version_id) == 0
    texts = [c.text for c in comments_of_version(world.session, world.version_id)]
    assert texts == ["วงเงินสูงเกินไป", "ลดเหลือ 4 แสน"]
    with pytest.raises(NotFound, match="comment_not_found"):
        answer_comment(world.session, world.planner, world.version_id, comment.id)


def test_comments_name_what_is_there_and_end_with_promulgation(world: PlanWorld) -> None:
    road = world.line("ก่อสร้างถนน")
    for wrong in ({"origin_id": road, "column": "height"}, {"origin_id": road + 1000}):
        with pytest.raises(InvalidInput):
            say(world, "ดูอีกครั้ง", **wrong)
    with pytest.raises(InvalidInput):
        say(world, "  ")
    say(world, "ดูทั้งเล่ม")
    with pytest.raises(Forbidden):
        answer_comment(world.session, world.executive, world.version_id, 1)
    world.promulgate()
    assert open_comments(world.session, world.version_id) == 0
    with pytest.raises(Conflict, match="plan_version_closed"):
        say(world, "ช้าไป")


def test_the_grid_and_the_page_show_what_is_said(
    app: Flask, sign_in: SignIn, session: Session, world: PlanWorld, client: FlaskClient
) -> None:
    road = world.line("ก่อสร้างถนน")
    desk, hall = (
        sign_in(app.test_client(), session.get_one(UserAccount, actor.user_id))
        for actor in (world.planner, world.executive)
    )
    api = f"/api/v1/plan-versions/{world.version_id}"
    made = hall.post(f"{api}/comments", json={"text": "ขอแบบแปลน", "row": road, "column": "target"})
    assert made.status_code == 201 and made.json["items"][0]["column"] == "target"
    sheet = desk.get(f"{api}/forms/p02").json
    assert sheet["may_comment"] and [c["text"] for c in sheet["comments"]] == ["ขอแบบแปลน"]
    page = f"/plan-versions/{world.version_id}"
    text = desk.get(page).text
    assert "ขอแบบแปลน" in text and f"/p02?row={road}&amp;column=target" in text and "รอตอบ 1" in text
    answered = desk.post(f"{page}/comments", data={"comment": str(made.json["items"][0]["id"]), "reply": "แนบแล้ว"})
    assert answered.status_code == 303 and answered.headers["Location"].endswith("#comments")
    assert "แนบแล้ว" in desk.get(page).text and "รอตอบ" not in desk.get(page).text
    assert hall.post(f"{page}/comments", data={"text": " "}).status_code == 422
    assert client.get(f"{api}/comments").status_code == 401

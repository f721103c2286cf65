"""The review desk: verdicts on many whole or not at all, four eyes, places of others, comments on vertices."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import attribute
from app.errors import Forbidden, InvalidInput
from app.models import Organisation, Project, ReviewComment, UserAccount
from app.queries.project_comments import comments_on_project
from app.queries.review_desk import ReviewFilter, waiting_organisations, waiting_page
from app.services.geometries import record_geometry, review_geometry
from app.services.geometry_reviews import Seen, review_many
from app.services.project_comments import answer_on_project, comment_on_project
from tests import factories as make
from tests.app.conftest import SignIn
from tests.statements import counted

AT_START = {"lon": 101.85, "lat": 15.9, "segment": 1, "vertex": 1, "version": 1}


@pytest.fixture
def here(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def engineer(session: Session, here: Organisation) -> UserAccount:
    return make.make_user(session, "LAO_ENGINEER", organisation=here)


@pytest.fixture
def officer(session: Session, here: Organisation) -> UserAccount:
    return make.make_user(session, "PROV_OFFICER", area="99")


@pytest.fixture
def works(session: Session, here: Organisation, engineer: UserAccount) -> list[Project]:
    """Three roads that were sent in."""
    made = [make.make_project(session, here) for _ in range(3)]
    for work in made:
        sent(session, engineer, work)
    return made


def sent(session: Session, user: UserAccount, work: Project, version: int = 0) -> None:
    attribute(session, make.attribution_of(user))
    record_geometry(
        session, make.actor_for(user), work.code, [make.line()], if_match_version=version, status="SUBMITTED"
    )


def seen(works: list[Project], version: int = 1) -> list[Seen]:
    return [Seen(work.code, version) for work in works]


def statuses(session: Session, works: list[Project]) -> list[str]:
    for work in works:
        session.refresh(work)
    return [work.geometry_status for work in works]


def codes(caught: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, Any]]:
    return [(problem.code, problem.where.get("project")) for problem in caught.value.problems]


def as_actor(session: Session, user: UserAccount) -> Actor:
    attribute(session, make.attribution_of(user))
    return make.actor_for(user)


def test_many_are_verified_in_one_act_that_names_each(
    session: Session, officer: UserAccount, works: list[Project]
) -> None:
    done = review_many(session, as_actor(session, officer), seen(works), "VERIFIED")
    assert [(one.project_code, one.version) for one in done.done] == [(work.code, 2) for work in works]
    assert done.receipt and statuses(session, works) == ["VERIFIED"] * 3
    logged = session.execute(
        sa.text("SELECT count(*) FROM change_log WHERE entity = 'project_geometry' AND request_id = :r"),
        {"r": done.receipt},
    )
    assert logged.scalar() == 3, "every project has its own line below one receipt"


def test_hundreds_cost_as_many_statements_as_one(session: Session, officer: UserAccount, works: list[Project]) -> None:
    actor = as_actor(session, officer)
    with counted(session) as one:
        review_many(session, actor, seen(works[:1]), "RETURNED", note="ขาดช่วงที่ 2")
    with counted(session) as two:
        review_many(session, actor, seen(works[1:]), "RETURNED", note="ขาดช่วงที่ 2")
    assert len(two) == len(one)


def test_what_changed_meanwhile_stops_all_until_it_may_be_left_out(
    session: Session, engineer: UserAccount, officer: UserAccount, works: list[Project]
) -> None:
    sent(session, engineer, works[1], version=1)
    actor = as_actor(session, officer)
    with pytest.raises(InvalidInput) as caught:
        review_many(session, actor, seen(works), "VERIFIED")
    assert codes(caught) == [("review_changed", works[1].code)]
    assert statuses(session, works) == ["SUBMITTED"] * 3, "not one was written"
    with pytest.raises(InvalidInput):
        review_many(session, actor, seen(works), "VERIFIED", leave_out=[works[0].code])
    done = review_many(session, actor, seen(works), "VERIFIED", leave_out=[works[1].code])
    assert [problem.code for problem in done.left_out] == ["review_changed"]
    assert statuses(session, works) == ["VERIFIED", "SUBMITTED", "VERIFIED"]


def test_nobody_verifies_what_they_entered_themselves(
    session: Session, here: Organisation, officer: UserAccount, works: list[Project]
) -> None:
    own = make.make_project(session, here)
    sent(session, officer, own)
    actor = as_actor(session, officer)
    with pytest.raises(InvalidInput) as caught:
        review_many(session, actor, seen([*works, own]), "VERIFIED")
    assert codes(caught) == [("review_own_entry", own.code)]
    with pytest.raises(InvalidInput) as caught:
        review_geometry(session, actor, own.code, "VERIFIED", if_match_version=1)
    assert codes(caught) == [("review_own_entry", own.code)]
    with pytest.raises(InvalidInput) as caught:
        record_geometry(session, actor, own.code, [make.line()], if_match_version=1, status="VERIFIED")
    assert codes(caught) == [("review_own_entry", None)]
    second = as_actor(session, make.make_user(session, "PROV_OFFICER", area="99"))
    review_many(session, second, seen([own]), "VERIFIED")
    assert statuses(session, [own]) == ["VERIFIED"]


def test_whoever_sent_it_in_for_another_does_not_verify_it_but_a_reviewer_who_returned_it_may(
    session: Session, here: Organisation, engineer: UserAccount, officer: UserAccount
) -> None:
    work = make.make_project(session, here)
    attribute(session, make.attribution_of(engineer))
    record_geometry(session, make.actor_for(engineer), work.code, [make.line()], if_match_version=0)
    actor = as_actor(session, officer)
    review_geometry(session, actor, work.code, "SUBMITTED", if_match_version=1)
    with pytest.raises(InvalidInput) as caught:
        review_geometry(session, actor, work.code, "VERIFIED", if_match_version=2)
    assert codes(caught) == [("review_own_entry", work.code)]
    sent(session, engineer, work, version=2)
    review_geometry(session, actor, work.code, "RETURNED", if_match_version=3, note="ขาดช่วง")
    review_geometry(session, make.actor_for(engineer), work.code, "SUBMITTED", if_match_version=4)
    assert review_geometry(session, actor, work.code, "VERIFIED", if_match_version=5).status == "VERIFIED"


def test_one_project_of_another_province_refuses_all(
    session: Session, officer: UserAccount, works: list[Project]
) -> None:
    make.make_province(session, "98", name_th="อื่น", bounds=(103, 15, 104, 16))
    other = as_actor(session, make.make_user(session, "PROV_OFFICER", area="98"))
    for status, note in (("VERIFIED", None), ("RETURNED", "x")):
        with pytest.raises(Forbidden):
            review_many(session, other, seen(works), status, note=note, leave_out=[work.code for work in works])
    with pytest.raises(Forbidden):
        comment_on_project(session, other, works[0].code, "ดู")
    assert statuses(session, works) == ["SUBMITTED"] * 3


@pytest.mark.parametrize(
    ("chosen", "status", "note", "told"),
    [
        ([], "VERIFIED", None, "nothing_chosen"),
        ([Seen("70-X-0001", 1)], "VERIFIED", None, "project_not_found"),
        ([Seen("x", 1)] * 201, "VERIFIED", None, "too_many_at_once"),
        ([Seen("x", 1)], "DRAFT", None, "review_not_possible"),
        ([Seen("x", 1)], "RETURNED", "  ", "note_required"),
    ],
)
def test_unreadable_acts_are_told(
    session: Session, officer: UserAccount, chosen: list[Seen], status: str, note: str | None, told: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        review_many(session, as_actor(session, officer), chosen, status, note=note)
    assert told in [problem.code for problem in caught.value.problems]


def test_the_list_is_narrowed_and_says_how_long_it_waits(
    session: Session, here: Organisation, works: list[Project]
) -> None:
    rows, count = waiting_page(session, ReviewFilter(area="99", kind="road", finding="none"))
    assert count == 3 and {row.project_code for row in rows} == {work.code for work in works}
    assert rows[0].drawn_m == pytest.approx(428.35, abs=0.01) and rows[0].shape
    assert waiting_page(session, ReviewFilter(area="99", days=7))[1] == 0
    assert waiting_page(session, ReviewFilter(area="99", finding="any"))[1] == 0
    assert [(one.code, one.count) for one in waiting_organisations(session, "99")] == [(here.code, 3)]


def test_a_comment_on_a_vertex_survives_new_versions_until_it_is_answered_or_verified(
    session: Session, engineer: UserAccount, officer: UserAccount, works: list[Project]
) -> None:
    work = works[0]
    actor = as_actor(session, officer)
    comment_on_project(session, actor, work.code, "ต้นทางไม่ถึงถนนเดิม", place=AT_START)
    comment_on_project(session, actor, work.code, "สัญญาบอก 450 ม.", field="length_m")
    sent(session, engineer, work, version=1)
    at_vertex, on_length = comments_on_project(session, work.code)
    assert at_vertex.place == AT_START and at_vertex.resolved_at is None
    answer_on_project(session, as_actor(session, engineer), work.code, on_length.id, "แก้แล้วเป็น 450 ม.")
    assert [one.resolved_at is None for one in comments_on_project(session, work.code)] == [True, False, False]
    review_many(session, as_actor(session, officer), [Seen(work.code, 2)], "VERIFIED")
    assert all(one.resolved_at for one in comments_on_project(session, work.code)), (
        "what was said of a place is settled"
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"text": " "}, "field_required"),
        ({"text": "x" * 2001}, "text_too_long"),
        ({"text": "x", "field": "password"}, "unknown_code"),
        ({"text": "x", "place": {"lon": 1}}, "comment_place"),
        ({"text": "x", "place": {"lon": float("nan"), "lat": 1}}, "comment_place"),
        ({"text": "x", "place": {"lon": 101, "lat": 16, "vertex": "1; DROP"}}, "comment_place"),
    ],
)
def test_comments_that_cannot_be_kept(
    session: Session, officer: UserAccount, works: list[Project], said: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        comment_on_project(session, as_actor(session, officer), works[0].code, **said)
    assert [problem.code for problem in caught.value.problems] == [told]
    assert session.scalar(sa.select(sa.func.count()).select_from(ReviewComment)) == 0


def test_the_desk_and_its_addresses(
    client: FlaskClient, sign_in: SignIn, officer: UserAccount, works: list[Project]
) -> None:
    sign_in(client, officer)
    page = client.get("/review")
    assert page.status_code == 200 and works[0].code in page.text
    items = [{"project": work.code, "version": 1} for work in works]
    made = client.post("/api/v1/review", json={"status": "RETURNED", "note": "ดูความเห็น", "items": items})
    assert made.status_code == 200 and len(made.json["done"]) == 3 and made.json["receipt"]
    again = client.post("/api/v1/review", json={"status": "VERIFIED", "items": items})
    assert again.status_code == 422
    assert {problem["code"] for problem in again.json["errors"]} == {"review_changed"}
    address = f"/api/v1/projects/{works[0].code}/comments"
    assert client.post(address, json={"text": "ดูจุดนี้", "place": AT_START}).status_code == 201
    (said,) = client.get(address).json["items"]
    assert said["place"] == AT_START and said["field_name"] == "พิกัด" and said["open"]
    closed = client.post(f"{address}/{said['id']}/answer", json={})
    assert closed.status_code == 200 and not closed.json["items"][0]["open"]

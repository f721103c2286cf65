"""Items of provincial plans and PAO strategies: kept by their owners, chosen by plans of the same years."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, Forbidden, InvalidInput
from app.models import UserAccount
from app.queries.alignment import items_of_province
from app.queries.plans import alignment_options, plan
from app.services.alignment import AlignmentWords, remove_item, restore_item, save_item
from app.services.strategies import StrategyWords, save_strategy
from tests import factories
from tests.app.conftest import SignIn
from tests.app.plan_world import PlanWorld, make_plan_world


@pytest.fixture
def world(session: Session) -> PlanWorld:
    """A plan 2566-2570 in province 99."""
    return make_plan_world(session)


@pytest.fixture
def officer(session: Session, world: PlanWorld) -> Actor:
    return factories.actor_for(factories.make_user(session, "PROV_OFFICER", area="99"))


def item(code: str, name: str, *years: int, framework: str = "PROVINCE") -> AlignmentWords:
    return AlignmentWords(framework, code, name, None, *years)


def test_a_plan_may_serve_what_holds_in_its_years(session: Session, world: PlanWorld, officer: Actor) -> None:
    old = save_item(session, officer, "99", item("1", "เก่า", 2561, 2565))
    now = save_item(session, officer, "99", item("1", "ปัจจุบัน", 2566, 2570))
    head = plan(session, world.plan_id)
    assert head is not None
    own = [option.id for option in alignment_options(session, head) if option.framework == "PROVINCE"]
    assert own == [now]
    with pytest.raises(InvalidInput):
        save_strategy(session, world.planner, world.plan_id, StrategyWords("2", "น้ำ", serves=(old,)))
    save_strategy(session, world.planner, world.plan_id, StrategyWords("2", "น้ำ", serves=(now,)))
    [standing] = [i for i in items_of_province(session, "99") if i.id == now]
    remove_item(session, officer, "99", now, seen=standing.seen)
    # What is served stays served; nobody else may choose it any more.
    assert now in [option.id for option in alignment_options(session, head)]
    session.execute(sa.text("DELETE FROM local_strategy_alignment"))
    assert now not in [option.id for option in alignment_options(session, head)]


def test_codes_and_years_do_not_collide_and_nothing_is_lost(session: Session, world: PlanWorld, officer: Actor) -> None:
    first = save_item(session, officer, "99", item("1", "หนึ่ง", 2566, 2570))
    with pytest.raises(InvalidInput) as caught:
        save_item(session, officer, "99", item("2", " ", 2570, 2569))
    assert {p.code for p in caught.value.problems} == {"cell_required", "years_reversed"}
    with pytest.raises(InvalidInput) as taken:
        save_item(session, officer, "99", item("1", "สอง", 2570, 2574))
    assert [p.code for p in taken.value.problems] == ["alignment_code_taken"]
    [standing] = items_of_province(session, "99")
    save_item(session, officer, "99", item("1", "หนึ่งใหม่", 2566, 2570), item_id=first, seen=standing.seen)
    with pytest.raises(Conflict, match="alignment_changed"):
        remove_item(session, officer, "99", first, seen=standing.seen)
    remove_item(session, officer, "99", first, seen=items_of_province(session, "99")[0].seen)
    save_item(session, officer, "99", item("1", "แทน", 2566, 2570))
    [_, gone] = items_of_province(session, "99")
    with pytest.raises(InvalidInput):
        restore_item(session, officer, "99", first, seen=gone.seen)


def test_a_pao_keeps_its_own_and_nobody_elses(session: Session, world: PlanWorld) -> None:
    pao = factories.make_organisation(session, "D9901009", type_code="PAO", name_th="อบจ.", tambon_codes=("990109",))
    keeper = factories.actor_for(factories.make_user(session, "LAO_PLANNER", organisation=pao.code))
    save_item(session, keeper, "99", item("1", "ถนนเชื่อมตำบล", framework="PAO"))
    with pytest.raises(Forbidden):
        save_item(session, keeper, "99", item("1", "ของจังหวัด"))
    with pytest.raises(Forbidden):
        save_item(session, world.planner, "99", item("2", "ของผู้อื่น", framework="PAO"))


def test_the_page_adds_mends_and_takes_out(app: Flask, sign_in: SignIn, session: Session, world: PlanWorld) -> None:
    client = sign_in(app.test_client(), factories.make_user(session, "PROV_OFFICER", area="99"))
    url = "/provinces/99/alignment"
    form = {"framework": "PROVINCE", "code": "1", "name_th": "เมืองน่าอยู่", "valid_from_be": "๒๕๖๖"}
    refused = client.post(url, data={**form, "valid_to_be": "2560"})
    assert refused.status_code == 422 and "เมืองน่าอยู่" in refused.text and "มาก่อนปีเริ่ม" in refused.text
    assert client.post(url, data={**form, "valid_to_be": "2570"}).status_code == 303
    page = client.get(url).text
    assert "ปีงบ 2566–2570" in page
    identity = re.search(r"edit=(\d+)#", page)
    assert identity is not None
    seen = re.search(r'name="seen" value="(\w+)"', client.get(f"{url}?edit={identity[1]}").text)
    assert seen is not None
    gone = {"item": identity[1], "seen": seen[1], "do": "remove", "framework": "PROVINCE"}
    assert client.post(url, data=gone).status_code == 422
    assert client.post(url, data={**gone, "sure": "1"}).status_code == 303
    assert "เอาออกแล้ว 1 รายการ" in client.get(url).text
    assert client.get("/api/v1/provinces/99/alignment-items").json == {"items": []}
    assert client.get("/provinces/77/alignment").status_code == 404


def test_a_program_adds_mends_takes_out_and_puts_back(
    app: Flask, sign_in: SignIn, session: Session, world: PlanWorld
) -> None:
    client = sign_in(app.test_client(), factories.make_user(session, "PROV_OFFICER", area="99"))
    url = "/api/v1/provinces/99/alignment-items"
    words = {"framework": "PROVINCE", "code": "1", "name_th": "เมืองน่าอยู่", "valid_from_be": 2566}
    wrong = client.post(url, json={"framework": "PROVINCE", "name_th": 5, "valid_to_be": "ปีหน้า", "colour": 1})
    assert wrong.status_code == 422
    assert {error["field"] for error in wrong.json["errors"]} == {"code", "name_th", "valid_to_be", "colour"}
    made = client.post(url, json=words)
    assert made.status_code == 201 and made.json["receipt"]
    one, seen = f"{url}/{made.json['id']}", made.headers["ETag"]
    assert [item["etag"] for item in client.get(url).json["items"]] == [seen]
    assert client.put(one, json=words).status_code == 428
    assert client.put(one, json=words, headers={"If-Match": '"3"'}).status_code == 400
    mended = client.put(one, json={**words, "valid_to_be": 2570}, headers={"If-Match": seen})
    assert (mended.status_code, mended.json["valid_to_be"]) == (200, 2570)
    assert client.delete(one, headers={"If-Match": seen}).json["code"] == "alignment_changed"
    gone = client.delete(one, headers={"If-Match": mended.headers["ETag"]})
    assert gone.status_code == 200 and client.get(url).json == {"items": []}
    back = client.post(f"{one}/restore", headers={"If-Match": gone.json["etag"]})
    assert back.status_code == 200 and len(client.get(url).json["items"]) == 1
    planner = sign_in(app.test_client(), session.get_one(UserAccount, world.planner.user_id))
    assert planner.post(url, json=words).status_code == 403

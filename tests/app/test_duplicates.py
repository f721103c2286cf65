"""Works at one place: found, kept while they lie where they lay, answered by people, counted once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from shapely import affinity
from shapely.geometry import LineString
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import attribute
from app.errors import Conflict, Forbidden, InvalidInput
from app.models import DuplicateDecision, DuplicatePair, Organisation, Project, UserAccount
from app.models.duplicate import ANSWERS
from app.queries.duplicate_pairs import money_at_stake, pair_page
from app.queries.duplicate_times import mended_since
from app.queries.duplicate_views import PairFilter
from app.services.duplicate_decisions import HEARING, Said, decide, look_at_pair, possible_acts
from app.services.duplicates import refresh
from app.settings import ROOT
from tests import factories as make
from tests.app.conftest import SignIn

ROAD = LineString([(101.85, 15.85), (101.86, 15.85), (101.87, 15.851)])
NAME = "ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนนสว่าง ม.4"


def moved(north_m: float) -> LineString:
    return affinity.translate(ROAD, 0, north_m / 110_600)


@pytest.fixture
def here(session: Session) -> Organisation:
    return make.make_organisation(session, "D9901001")


@pytest.fixture
def there(session: Session, here: Organisation) -> Organisation:
    return make.make_organisation(session, "D9901002")


@pytest.fixture
def works(session: Session, here: Organisation, there: Organisation) -> tuple[Project, Project]:
    """One road paid for by two organisations in one year."""
    one = make.make_project(session, here.code, name_th=NAME, budget_baht=1_000_000)
    other = make.make_project(session, there.code, name_th=NAME, budget_baht=900_000)
    make.make_geometry(session, one, ROAD)
    make.make_geometry(session, other, moved(4))
    return one, other


def acting(session: Session, role: str, **where: Any) -> Actor:
    user = make.make_user(session, role, **where)
    attribute(session, make.attribution_of(user))
    return make.actor_for(user)


def the_pair(session: Session) -> DuplicatePair:
    session.expire_all()
    return session.scalars(sa.select(DuplicatePair)).one()


def acts(session: Session) -> list[str]:
    return list(session.scalars(sa.select(DuplicateDecision.act).order_by(DuplicateDecision.id)))


def codes(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_what_changed_is_compared_and_answers_stay_with_the_shapes(
    session: Session, works: tuple[Project, Project], here: Organisation
) -> None:
    one, other = works
    make.make_geometry(session, make.make_project(session, here.code, name_th="ถนนอีกสาย"), moved(5_000))
    first = refresh(session)
    assert (first.works, first.compared, first.pairs) == (3, 3, 1)
    pair = the_pair(session)
    assert (pair.class_, pair.status, pair.ended_at) == ("same_work", "open", None)
    assert pair.shared_share == pytest.approx(1, abs=0.02)
    assert pair.common is not None and pair.reasons
    assert refresh(session).compared == 0

    decide(session, acting(session, "LAO_ENGINEER", organisation=here.code), pair.id, Said("answer", "same_work"))
    # Verified as it stands: a version of its own with the same shape.
    make.make_geometry(session, one, ROAD, status="VERIFIED")
    assert refresh(session).compared == 1
    assert (the_pair(session).status, the_pair(session).geometry_version_a) == ("answered", 2)
    # Another name changes what the pair may be, not where the works lie.
    one.name_th = "ปรับปรุงถนน"
    session.flush()
    assert (refresh(session).reopened, the_pair(session).status) == (0, "answered")

    make.make_geometry(session, other, moved(6))
    assert refresh(session).reopened == 1
    pair = the_pair(session)
    assert (pair.status, pair.answer) == ("open", None)
    assert acts(session) == ["answer", "reopen"]
    assert (
        session.scalars(sa.select(DuplicateDecision.note).order_by(DuplicateDecision.id.desc())).first() == other.code
    )

    make.make_geometry(session, other, moved(3_000))
    assert refresh(session).ended == 1
    assert the_pair(session).ended_at is not None
    assert pair_page(session, PairFilter()).items == ()
    assert refresh(session, changed_only=False).pairs == 0


def test_a_pair_that_nobody_spoke_of_goes_with_its_work(session: Session, works: tuple[Project, Project]) -> None:
    refresh(session)
    with make.any_status(session):
        works[0].status = "CANCELLED"
    assert refresh(session).ended == 1
    assert session.scalars(sa.select(DuplicatePair)).all() == []


def test_one_answers_the_other_appeals_and_the_province_decides(
    session: Session, works: tuple[Project, Project], here: Organisation, there: Organisation
) -> None:
    pair = make.make_pair(session, *works)
    planner = acting(session, "LAO_PLANNER", organisation=here.code)
    engineer = acting(session, "LAO_ENGINEER", organisation=there.code)
    officer = acting(session, "PROV_OFFICER", area="99")
    with pytest.raises(Forbidden):
        decide(session, acting(session, "LAO_FINANCE", organisation=here.code), pair.id, Said("answer", "repair"))
    with pytest.raises(InvalidInput) as refused:
        decide(session, planner, pair.id, Said("answer", "nonsense", attachment_id=1, note="x" * 2_000))
    assert set(codes(refused)) == {"unknown_code", "text_too_long", "duplicate_attachment_unknown"}
    with pytest.raises(InvalidInput) as refused:
        decide(session, officer, pair.id, Said("confirm"))
    assert codes(refused) == ["duplicate_step_impossible"]

    seen = pair.row_version
    receipt = decide(session, planner, pair.id, Said("answer", "continuation"), if_match_version=seen)
    assert receipt.status == "answered"
    with pytest.raises(Conflict):
        decide(session, planner, pair.id, Said("answer", "repair"), if_match_version=seen)
    with pytest.raises(InvalidInput) as refused:
        decide(session, engineer, pair.id, Said("answer", "same_work"))
    assert codes(refused) == ["duplicate_answered_by_other"]
    assert possible_acts(engineer, look_at_pair(session, pair.id)) == ("appeal",)
    with pytest.raises(InvalidInput) as refused:
        decide(session, engineer, pair.id, Said("appeal", "continuation"))
    assert set(codes(refused)) == {"duplicate_reason_missing", "duplicate_same_answer"}

    decide(session, engineer, pair.id, Said("appeal", "same_work", note="แนวเดียวกันทั้งสาย", document="มท 12/2570"))
    # The answer that was given stands until the appeal is decided.
    assert (the_pair(session).status, the_pair(session).answer) == ("appealed", "continuation")
    # An appeal is heard with a reason, and with one of the two answers that there are.
    for said, code in (
        (Said("confirm"), "duplicate_step_impossible"),
        (Said("uphold", note=" "), "duplicate_reason_missing"),
        (Said("dismiss", "joint", note="ไม่ใช่ทั้งสอง"), "duplicate_hearing_answers"),
    ):
        with pytest.raises(InvalidInput) as refused:
            decide(session, officer, pair.id, said)
        assert codes(refused) == [code]
    decide(session, officer, pair.id, Said("uphold", note="แนวทับกันทั้งสาย"))
    heard = the_pair(session)
    assert (heard.status, heard.answer, heard.answered_for) == ("confirmed", "same_work", there.code)
    assert acts(session) == ["answer", "appeal", "uphold"]
    # Every step stands in the history of both projects.
    logged = sa.text("SELECT count(*) FROM change_log WHERE entity = 'duplicate_decision' AND project_id = :id")
    assert [session.scalar(logged, {"id": work.id}) for work in works] == [3, 3]
    with pytest.raises(sa.exc.DBAPIError), session.begin_nested():
        session.execute(sa.text("UPDATE duplicate_decision SET note = 'x'"))


def test_who_answered_for_an_organisation_does_not_confirm_it(session: Session, works: tuple[Project, Project]) -> None:
    pair = make.make_pair(session, *works)
    officer = acting(session, "PROV_OFFICER", area="99")
    decide(session, officer, pair.id, Said("answer", "joint", organisation_code=works[1].organisation_code))
    step = session.scalars(sa.select(DuplicateDecision)).one()
    assert step.on_behalf_of == step.organisation_code == works[1].organisation_code
    with pytest.raises(InvalidInput) as refused:
        decide(session, officer, pair.id, Said("confirm"))
    assert codes(refused) == ["duplicate_own_answer"]


def test_an_appeal_does_not_let_who_answered_confirm_the_own_answer(
    session: Session, works: tuple[Project, Project], there: Organisation
) -> None:
    pair = make.make_pair(session, *works)
    officer, second = (acting(session, "PROV_OFFICER", area="99") for _ in range(2))
    mine = works[0].organisation_code
    decide(session, officer, pair.id, Said("answer", "different", organisation_code=mine))
    engineer = acting(session, "LAO_ENGINEER", organisation=there.code)
    decide(session, engineer, pair.id, Said("appeal", "same_work", note="แนวเดียวกัน"))
    for act in HEARING:
        with pytest.raises(InvalidInput) as refused:
            decide(session, officer, pair.id, Said(act, note="ตัดสินเอง"))
        assert codes(refused) == ["duplicate_own_answer"]
    assert possible_acts(officer, look_at_pair(session, pair.id)) == ("return",)
    # Returned, it begins anew: what was said before is not what is confirmed.
    decide(session, second, pair.id, Said("return", note="ตอบใหม่"))
    decide(session, engineer, pair.id, Said("answer", "same_work"))
    decide(session, officer, pair.id, Said("confirm"))
    assert (the_pair(session).status, the_pair(session).answer) == ("confirmed", "same_work")


def test_the_outcome_of_an_appeal_is_told_to_both(
    client: FlaskClient,
    session: Session,
    works: tuple[Project, Project],
    here: Organisation,
    there: Organisation,
    sign_in: SignIn,
) -> None:
    pair = make.make_pair(session, *works)
    at = f"/duplicates/{pair.id}"
    decide(session, acting(session, "LAO_PLANNER", organisation=here.code), pair.id, Said("answer", "upgrade"))
    engineer = make.make_user(session, "LAO_ENGINEER", organisation=there.code)
    attribute(session, make.attribution_of(engineer))
    decide(session, make.actor_for(engineer), pair.id, Said("appeal", "same_work", note="ผิวเดิมยังดี"))
    sign_in(client, make.make_user(session, "PROV_OFFICER", area="99"))
    page = client.get(at).text
    # Two acts, each with its reason; what they would lead to stands on them.
    assert "รับอุทธรณ์ เปลี่ยนเป็น “งานเดียวกัน”" in page and "ไม่รับอุทธรณ์ คงเป็น “ยกระดับผิวทาง”" in page
    assert "ผิวเดิมยังดี" in page and "ยืนยันว่า" not in page and "ยืนยันเป็นคำตอบอื่น" not in page
    form = {"act": "dismiss", "part": "dismiss", "row_version": str(the_pair(session).row_version)}
    silent = client.post(at, data=form)
    assert silent.status_code == 422 and 'id="error-note-dismiss"' in silent.text
    assert re.search(r'<details name="verdict" open><summary>ไม่รับอุทธรณ์', silent.text)
    assert client.post(at, data={**form, "note": "ผลสำรวจปี 2568 ผิวชำรุด"}).status_code == 303
    assert (the_pair(session).status, the_pair(session).answer) == ("confirmed", "upgrade")
    sign_in(client, engineer)
    told = client.get(at).text
    assert "จังหวัดไม่รับอุทธรณ์" in told and told.count("ผลสำรวจปี 2568 ผิวชำรุด") == 2
    assert "ไม่รับอุทธรณ์ คงเป็น ยกระดับผิวทาง" in client.get(f"/projects/{works[1].code}?tab=history").text
    last = client.get(f"/api/v1/duplicates/{pair.id}").json["decisions"][0]
    assert (last["act"], last["answer"], last["note"]) == ("dismiss", "upgrade", "ผลสำรวจปี 2568 ผิวชำรุด")


def test_the_same_answers_are_offered_everywhere(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    types = (ROOT / "static/src/api/types.ts").read_text(encoding="utf-8")
    drawing = re.search(r"DUPLICATE_ANSWERS = \[(.*?)\]", types, re.S)
    assert drawing and tuple(re.findall(r'"(\w+)"', drawing[1])) == ANSWERS
    pair = make.make_pair(session, *works)
    sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation=here.code))
    page = client.get(f"/duplicates/{pair.id}").text
    assert tuple(re.findall(r'name="answer" value="(\w+)"', page)) == ANSWERS
    # And each of them is kept.
    engineer = acting(session, "LAO_ENGINEER", organisation=here.code)
    for answer in ANSWERS:
        decide(session, engineer, pair.id, Said("answer", answer))
        assert the_pair(session).answer == answer
    openapi = client.get("/api/v1/openapi.json").json["paths"]
    body = openapi["/api/v1/projects/{code}/duplicate-answers"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["properties"]["answer"]["enum"] == list(ANSWERS)


def test_a_paper_that_is_none_is_told_at_its_field(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    pair = make.make_pair(session, *works)
    sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation=here.code))
    form = {
        "act": "answer",
        "part": "answer",
        "answer": "joint",
        "note": "ทำร่วมกันตามบันทึก",
        "row_version": str(pair.row_version),
        "file": (BytesIO(b"<html>"), "มติสภา.pdf"),
    }
    refused = client.post(f"/duplicates/{pair.id}", data=form)
    assert refused.status_code == 422
    field = refused.text[refused.text.index('<details class="dup-evidence" open>') :]
    assert 'aria-invalid="true" aria-describedby="error-file-answer"' in field[: field.index("</details>")]
    assert "ไม่ใช่ PDF" in field[: field.index("</details>")]
    assert "ทำร่วมกันตามบันทึก" in refused.text and re.search(r'value="joint" required checked', refused.text)


def test_the_tab_says_whose_money_it_is_and_asks_nothing_of_crossings(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    make.make_pair(session, *works, class_="crossing")
    sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation=here.code))
    tab = client.get(f"/projects/{works[0].code}?tab=duplicates").text
    assert "เงินของอีกงาน (บาท)" in tab and "ไม่ต้องตอบ" in tab and "รอคำตอบ" not in tab


def test_a_pair_that_is_not_there_leads_to_the_list(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, make.make_user(session, "CENTRAL_ANALYST"))
    for address, words, above in (
        ("/duplicates/999999", "ไม่พบคู่งานเลขที่ 999999", "/duplicates"),
        ("/analysis/scenarios/999999", "ไม่พบทางเลือกนี้", "/analysis/scenarios"),
    ):
        missing = client.get(address)
        assert missing.status_code == 404 and f"<h2>{words}" in missing.text
        assert f'<a class="btn btn-primary" href="{above}">' in missing.text


def test_money_at_stake_is_counted_once(session: Session, here: Organisation) -> None:
    large, middle, small, giver = (
        make.make_project(session, here.code, budget_baht=baht) for baht in (4_000_000, 300_000, 20_000, 300_000)
    )
    for one, other in ((large, middle), (large, small), (middle, small), (large, giver)):
        make.make_pair(session, one, other)
    # 300,000 of the middle one and 20,000 of the small one; the small one is in two pairs.
    found = money_at_stake(session, PairFilter())
    assert (found.pairs, found.works, found.baht) == (4, 3, 620_000)
    # A grant and the work that it pays are one money.
    make.make_pair(session, middle, giver, class_="joint")
    assert money_at_stake(session, PairFilter()).baht == 320_000
    # What somebody answered goes before what was computed.
    pair = session.scalars(
        sa.select(DuplicatePair).where(DuplicatePair.project_a == large.id, DuplicatePair.project_b == giver.id)
    ).first()
    assert pair is not None
    pair.status, pair.answer = "answered", "repair"
    session.flush()
    assert money_at_stake(session, PairFilter()).works == 2
    assert money_at_stake(session, PairFilter(fiscal_year=(2560,))).works == 0


def test_the_pages_show_and_take_answers(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    pair = make.make_pair(session, *works)
    engineer: UserAccount = make.make_user(session, "LAO_ENGINEER", organisation=here.code)
    sign_in(client, engineer)
    assert "งานซ้ำซ้อนรอคำตอบ" in client.get("/").text
    listed = client.get("/duplicates")
    assert listed.status_code == 200
    assert "900,000" in listed.text and f"/duplicates/{pair.id}" in listed.text
    assert client.get("/duplicates?class=all&status=confirmed&score=0.9&across=true").status_code == 200
    shown = client.get(f"/duplicates/{pair.id}")
    assert works[0].code in shown.text and works[1].code in shown.text
    notice = client.get(f"/projects/{works[0].code}")
    assert "?tab=duplicates" in notice.text
    assert f"/duplicates/{pair.id}" in client.get(f"/projects/{works[0].code}?tab=duplicates").text

    form = {"act": "answer", "row_version": str(pair.row_version)}
    missing = client.post(f"/duplicates/{pair.id}", data=form)
    assert missing.status_code == 422
    # Said at the field, in Thai: the browser's own bubble is switched off.
    said_at = missing.text[missing.text.index('id="error-answer-answer"') :][:600]
    assert "ยังไม่ได้เลือกคำตอบ" in said_at and "novalidate" in missing.text
    said = client.post(f"/duplicates/{pair.id}", data={**form, "answer": "repair", "note": "ซ่อมปีถัดมา"})
    assert said.status_code == 303
    again = client.post(f"/duplicates/{pair.id}", data={**form, "answer": "joint"})
    assert again.status_code == 409
    assert "ซ่อมปีถัดมา" in client.get(f"/duplicates/{pair.id}").text
    told = client.get(f"/projects/{works[1].code}?tab=history").text
    assert "ซ่อมปีถัดมา" in told and "ตอบว่า ซ่อมของเดิม" in told and "answered" not in told
    assert "งานซ้ำซ้อนรอคำตอบ" not in client.get("/").text
    csv = client.get("/api/v1/duplicates/file?format=csv")
    assert works[1].code in csv.get_data(as_text=True)
    assert client.get("/api/v1/duplicates/file?format=xlsx").status_code == 200


def test_only_pairs_that_need_somebody_wait(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    third = make.make_project(session, here.code, name_th="ถนนอีกสาย", budget_baht=5)
    near = make.make_pair(session, works[0], third, class_="near", shared_m=0, shared_share=1, distance_m=12)
    make.make_pair(session, works[1], third, class_="continuation")
    sign_in(client, make.make_user(session, "LAO_PLANNER", organisation=here.code))
    quiet = client.get("/duplicates").text
    assert "ไม่มีคู่ที่รอคำตอบ" in quiet and "มี 2 คู่เมื่อดูทุกสถานะ" in quiet
    assert client.get("/api/v1/duplicates/summary").json["statuses"] == {"quiet": 2}
    assert "งานซ้ำซ้อนรอคำตอบ" not in client.get("/").text
    every = client.get("/duplicates?class=near").text
    assert "ไม่ต้องตอบ" in every and "ห่างกัน" in every and "100 %" not in every[every.index("dup-cell-shared") :][:200]
    assert "ห่างกัน 12" in client.get(f"/duplicates/{near.id}").text

    pair = make.make_pair(session, *works)
    opened = client.get("/duplicates")
    assert f"/duplicates/{pair.id}" in opened.text and f"/duplicates/{near.id}" not in opened.text
    assert opened.headers["HX-Push-Url"].endswith("status=open")
    # What somebody answers is a step like any other.
    client.post(f"/duplicates/{near.id}", data={"act": "answer", "answer": "different", "row_version": "1"})
    assert client.get("/api/v1/duplicates/summary").json["statuses"] == {"answered": 1, "open": 1, "quiet": 1}


def test_an_officer_confirms_as_answered_or_otherwise_and_does_not_appeal(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    pair = make.make_pair(session, *works)
    decide(session, acting(session, "LAO_PLANNER", organisation=here.code), pair.id, Said("answer", "repair"))
    officer = make.make_user(session, "PROV_OFFICER", area="99")
    assert set(possible_acts(make.actor_for(officer), look_at_pair(session, pair.id))) == {
        "answer",
        "confirm",
        "return",
    }
    with pytest.raises(InvalidInput) as refused:
        decide(session, make.actor_for(officer), pair.id, Said("appeal", "joint", note="ไม่ใช่"))
    assert "duplicate_judge_appeals" in codes(refused)
    session.expire_all()
    sign_in(client, officer)
    page = client.get(f"/duplicates/{pair.id}").text
    first = page[page.index("ยืนยันว่า “ซ่อมของเดิม”") - 3_000 : page.index("ยืนยันว่า “ซ่อมของเดิม”")]
    assert 'name="answer"' not in first[first.index("say-title") :]
    assert "ยืนยันเป็นคำตอบอื่น" in page and "ส่งกลับให้ตอบใหม่" in page and "ส่งอุทธรณ์" not in page
    assert "บันทึกคำตอบ" not in page
    other = page[page.index("ยืนยันเป็นคำตอบอื่น") :]
    assert other[: other.index("</fieldset>")].count('name="answer"') == len(ANSWERS) - 1
    form = {"act": "confirm", "part": "confirm", "row_version": str(the_pair(session).row_version)}
    assert client.post(f"/duplicates/{pair.id}", data=form).status_code == 303
    assert (the_pair(session).status, the_pair(session).answer) == ("confirmed", "repair")


def test_confirmed_money_is_told_apart_until_it_is_dealt_with(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    third = make.make_project(session, here.code, name_th=NAME, budget_baht=2_000_000)
    pair = make.make_pair(session, *works)
    make.make_pair(session, works[1], third)
    planner = acting(session, "LAO_PLANNER", organisation=here.code)
    decide(session, planner, pair.id, Said("answer", "same_work"))
    officer = make.make_user(session, "PROV_OFFICER", area="99")
    attribute(session, make.attribution_of(officer))
    decide(session, make.actor_for(officer), pair.id, Said("confirm"))
    # The smaller work is that of both pairs: confirmed once, and counted there only.
    stake = money_at_stake(session, PairFilter())
    assert stake.confirmed is not None
    assert (stake.pairs, stake.works, stake.baht) == (1, 0, 0)
    assert (stake.confirmed.pairs, stake.confirmed.works, stake.confirmed.baht) == (1, 1, 900_000)
    sign_in(client, officer)
    listed = client.get("/duplicates").text
    assert "เงินที่ซ้ำ (ยืนยันแล้ว)" in listed and "900,000" in listed
    assert client.get("/api/v1/duplicates/summary").json["at_stake"]["confirmed"]["baht"] == 900_000
    page = client.get(f"/duplicates/{pair.id}").text
    assert "ต้องทำต่อ" in page and "ยังไม่มีใครทำ" in page

    dropped = session.get(Project, works[1].id)
    assert dropped is not None
    dropped.status = "CANCELLED"
    session.flush()
    # change_log keeps the moment of the transaction, which the test shares with the confirmation.
    assert [one.what for one in mended_since(session, [works[1].id], datetime.min.replace(tzinfo=UTC))] == ["dropped"]
    stake = money_at_stake(session, PairFilter())
    assert stake.confirmed is not None and stake.confirmed.pairs == 0
    assert "ไม่มีเงินที่จ่ายซ้ำแล้ว" in client.get(f"/duplicates/{pair.id}").text
    refresh(session)
    ended = client.get(f"/duplicates/{pair.id}").text
    assert "ยกเลิกหรือเลื่อนแล้ว" in ended and "ไม่อยู่ที่เดียวกันแล้ว" not in ended


def test_programs_answer_under_the_version_that_they_saw(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    make.make_pair(session, *works)
    sign_in(client, make.make_user(session, "LAO_PLANNER", organisation=here.code))
    page: Any = client.get(f"/api/v1/duplicates?organisation={here.code}&class=same_work&limit=1").json
    (item,) = page["items"]
    assert {work["project"] for work in item["works"]} == {work.code for work in works}
    address = f"/api/v1/duplicates/{item['id']}"
    one = client.get(address)
    assert [shape["type"] for shape in one.json["geometries"]] == ["LineString"] * 2
    assert one.json["may"] == ["answer"]
    etag = one.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    body = {"act": "answer", "answer": "same_work"}
    assert client.post(f"{address}/decisions", json=body).status_code == 428
    done = client.post(f"{address}/decisions", json=body, headers={"If-Match": etag})
    assert (done.status_code, done.json["status"], done.json["decisions"][0]["answer"]) == (
        200,
        "answered",
        "same_work",
    )
    assert client.post(f"{address}/decisions", json=body, headers={"If-Match": etag}).status_code == 412
    counted: Any = client.get("/api/v1/duplicates/summary").json
    assert counted["at_stake"]["baht"] == 900_000


def test_a_grant_names_giver_and_receiver_and_is_one_money(
    client: FlaskClient, session: Session, here: Organisation, there: Organisation, sign_in: SignIn
) -> None:
    """The province gives 800,000 to the tambon for its road of 1,000,000; a third body pays for the road once more."""
    there.name_th = "โนนแวง"
    given = make.make_project(
        session, there.code, name_th=f"อุดหนุน{here.full_name_th} {NAME}", budget_baht=800_000, fiscal_year_be=2569
    )
    paid = make.make_project(session, here.code, name_th=NAME, budget_baht=1_000_000, fiscal_year_be=2569)
    make.make_geometry(session, given, ROAD)
    make.make_geometry(session, paid, moved(3))
    refresh(session)
    assert the_pair(session).class_ == "joint"
    # Nothing is at stake: the grant is the money that the other spends.
    stake = money_at_stake(session, PairFilter())
    assert (stake.pairs, stake.works, stake.baht) == (0, 0, 0)
    (view,) = pair_page(session, PairFilter()).items
    assert view.grant is not None and [work.code for work in view.grant] == [given.code, paid.code]

    third = make.make_organisation(session, "D9901003", full_name_th="เทศบาลตำบลโนนแวง")
    again = make.make_project(session, third.code, name_th=NAME, budget_baht=5_000_000, fiscal_year_be=2569)
    make.make_geometry(session, again, moved(-3))
    refresh(session)
    # It repeats both; of the grant and the work that it pays only the larger is counted.
    stake = money_at_stake(session, PairFilter())
    assert (stake.pairs, stake.works, stake.baht) == (2, 1, 1_000_000)

    sign_in(client, make.make_user(session, "LAO_PLANNER", organisation=here.code))
    told = client.get(f"/api/v1/duplicates/{view.id}").json
    assert told["grant"] == {"giver": given.code, "receiver": paid.code}
    names = view.grant[0].organisation_name, view.grant[1].organisation_name
    for address in (f"/duplicates/{view.id}", "/duplicates?class=joint", f"/projects/{paid.code}?tab=duplicates"):
        page = client.get(address).get_data(as_text=True)
        line = page[page.index("dup-grant") :][:600]
        assert line.index(names[0]) < line.index(names[1]), address
    lines = client.get("/api/v1/duplicates/file?format=csv&class=joint").get_data(as_text=True).splitlines()
    assert lines[1].split(",")[10:12] == list(names)
    # What somebody answered goes before what was computed.
    act = acting(session, "LAO_PLANNER", organisation=here.code)
    decide(session, act, view.id, Said("answer", "same_work"))
    (view,) = [one for one in pair_page(session, PairFilter()).items if one.id == view.id]
    assert view.grant is None


def test_an_answer_given_while_drawing_holds_for_what_is_saved(
    client: FlaskClient, session: Session, works: tuple[Project, Project], here: Organisation, sign_in: SignIn
) -> None:
    drawing = make.make_project(session, here.code, name_th=NAME, budget_baht=500_000)
    sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation=here.code, display_name="ช่างวาด"))
    geometry = {"type": "LineString", "coordinates": list(moved(2).coords)}
    check: Any = client.post("/api/v1/geometry/check", json={"project": drawing.code, "geometry": geometry}).json
    cards = {one["project"]: one for one in check["neighbours"]}
    assert set(cards) == {work.code for work in works}
    other = works[1].code
    assert cards[other]["class"] == "same_work" and cards[other]["reasons"] and cards[other]["common"]
    address = f"/api/v1/projects/{drawing.code}/duplicate-answers"
    kept = client.post(address, json={"project": other, "answer": "continuation", "geometry": geometry})
    assert (kept.status_code, kept.json["status"]) == (200, "answered")
    far = {"type": "LineString", "coordinates": list(moved(9_000).coords)}
    refused = client.post(address, json={"project": other, "answer": "joint", "geometry": far})
    assert refused.json["errors"][0]["code"] == "duplicate_not_near"
    check = client.post("/api/v1/geometry/check", json={"project": drawing.code, "geometry": geometry}).json
    (card,) = [one for one in check["neighbours"] if one["project"] == other]
    assert (card["answer"], card["answered_by"]) == ("continuation", "ช่างวาด")

    refresh(session)
    saved = client.put(f"/api/v1/projects/{drawing.code}/geometry", json=geometry, headers={"If-Match": '"g0"'})
    assert saved.status_code == 200
    refresh(session)
    session.expire_all()
    pair = session.get(DuplicatePair, kept.json["id"])
    assert pair is not None
    assert (pair.status, pair.answer, pair.ended_at) == ("answered", "continuation", None)

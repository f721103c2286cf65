"""The officer's daily report: equal to an independent count of the log, sealed when sent, signed by another person."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import SYSTEM, attribute
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import Project, UserAccount
from app.queries.completeness import Scope
from app.queries.daily_reports import acts_of_day, day_bounds, officers, reports_of
from app.queries.evaluations import sealed_text
from app.queries.owed import debts
from app.services import daily_reports as service
from app.services.appropriations import NewAppropriation, record_appropriation
from app.services.daily_report_print import daily_page, daily_workbook
from app.services.daily_reports import NewCall, content_of_day, due_by, officer_of, send, sign, state_of
from app.services.figure_reviews import SeenFigure, review_figures
from app.services.geometries import review_geometry
from app.services.organisation_profile import update_profile
from app.services.plan_print import page_html
from app.services.reminders import remind
from tests import factories as make
from tests.app.completeness_world import YEAR, counted, opened
from tests.app.conftest import SignIn
from tests.factories import attribution_of

OWN, OTHER = "D9901001", "D9902001"


@pytest.fixture
def officer(session: Session) -> UserAccount:
    make.make_organisation(session, OWN)
    make.make_organisation(session, OTHER, amphoe_code="9902", name_th="โนนสาธิต")
    return make.make_user(session, "PROV_OFFICER", area="99", display_name="สมหญิง วิเคราะห์")


@pytest.fixture
def head(session: Session, officer: UserAccount) -> Actor:
    return make.actor_for(make.make_user(session, "PROV_HEAD", area="99", display_name="ท้องถิ่นจังหวัด ก"))


@pytest.fixture
def actor(officer: UserAccount) -> Actor:
    return make.actor_for(officer)


def today(session: Session) -> date:
    """The day of the transaction, in which the log writes."""
    return session.scalars(sa.text("SELECT (now() AT TIME ZONE 'Asia/Bangkok')::date")).one()


@contextmanager
def acting(session: Session, person: UserAccount, receipt: str) -> Iterator[None]:
    """A request of a person, as the web attributes it."""
    said = attribution_of(person)
    attribute(session, type(said)(said.user_id, said.name, None, receipt))
    yield
    session.flush()
    attribute(session, SYSTEM)


def busy_day(session: Session, officer: UserAccount, actor: Actor) -> list[Project]:
    """Budget and profile entered on behalf, coordinates verified and returned, and what another person did."""
    roads = [make.make_project(session, code, status="PLANNED") for code in (OWN, OWN, OTHER)]
    for road in roads:
        make.make_geometry(session, road, status="SUBMITTED")
    money = NewAppropriation(Decimal(1000), "OWN", legal_reference="มติ 1", approved_on=date(2026, 10, 20))
    for number, road in enumerate(roads[:2]):
        with acting(session, officer, f"R-{number}"):
            record_appropriation(session, actor, road.code, money)
    with acting(session, officer, "R-profile"):
        update_profile(session, actor, OTHER, {"postcode": "36000"}, if_match_version=0)
    for number, (road, status) in enumerate(zip(roads, ("VERIFIED", "VERIFIED", "RETURNED"), strict=True)):
        with acting(session, officer, f"R-g{number}"):
            review_geometry(session, actor, road.code, status, if_match_version=1, note="แนวไม่ตรง")
    planner = make.make_user(session, "LAO_PLANNER", organisation=OWN)
    with acting(session, planner, "R-other"):
        update_profile(session, make.actor_for(planner), OWN, {"postcode": "36000"}, if_match_version=0)
    return roads


def by_hand(session: Session, officer_id: int, day: date) -> dict[str, Counter[str]]:
    """The same from the lines of the log, counted one by one."""
    begins, ends = day_bounds(day)
    rows = session.execute(sa.text("SELECT * FROM change_log ORDER BY id")).all()
    owners = dict(session.execute(sa.text("SELECT id, organisation_code FROM project")).all())  # type: ignore[arg-type]
    mine = [row for row in rows if row.user_id == officer_id and begins <= row.at < ends]
    told: dict[str, Counter[str]] = {}
    seen = set()
    for row in mine:
        beside = [one for one in mine if one.request_id == row.request_id and one.id != row.id]
        if row.entity == "project" and row.action == "update" and any(one.entity != "project" for one in beside):
            continue
        held = row.after or row.before
        code = row.on_behalf_of or owners.get(row.project_id) or held.get("organisation_code")
        act = "other"
        if row.on_behalf_of:
            act = "entered"
        elif row.entity == "project_geometry":
            act = {"VERIFIED": "verified", "RETURNED": "returned"}.get(held["status"], "other")
        if (row.entity, row.entity_key, act) not in seen:
            seen.add((row.entity, row.entity_key, act))
            told.setdefault(code, Counter())[act] += 1
    return told


def test_the_report_equals_a_count_of_the_log(session: Session, officer: UserAccount, actor: Actor) -> None:
    busy_day(session, officer, actor)
    day = today(session)
    told = {
        one.organisation_code: Counter({act: count for act, count in one.counts.items() if count})
        for one in acts_of_day(session, officer.id, day)
    }
    assert told == by_hand(session, officer.id, day)
    assert told == {OWN: Counter(entered=2, verified=2), OTHER: Counter(entered=1, returned=1)}
    content = content_of_day(session, officer_of(session, officer.id), day, None)
    own, other = content["organisations"]
    assert {one["code"]: [(t["topic"], t["records"]) for t in one["topics"]] for one in (own, other)} == {
        OWN: [("BUDGET", 2)],
        OTHER: [("LAO_DATA", 1)],
    }
    assert content["total"] == {
        "entered": 3, "verified": 2, "returned": 1, "figures": 0, "decided": 0, "commented": 0, "reminded": 0,
        "other": 0, "receipts": 3, "calls": 0, "organisations": 2,
    }  # fmt: skip
    assert acts_of_day(session, officer.id, day - timedelta(days=1)) == []
    assert acts_of_day(session, officer.id, day + timedelta(days=1)) == []


def test_reminders_and_verdicts_on_figures_are_counted(session: Session, officer: UserAccount, actor: Actor) -> None:
    opened(session, YEAR)
    counted(session)
    owed = debts(session, Scope(organisations=(OWN,)), date(2026, 12, 10)).items
    with acting(session, officer, "R-remind"):
        remind(session, actor, OWN, [debt.task_id for debt in owed[:2]], date(2026, 12, 10))
    road = make.make_project(session, OTHER)
    make.make_appropriation(session, road, 500)
    made = make.make_contract(session, road, 400)
    with acting(session, officer, "R-figure"):
        review_figures(session, actor, [SeenFigure("contract", made.id, Decimal(400))], "RETURNED", note="ดูสัญญา")
    told = {
        one.organisation_code: Counter({act: count for act, count in one.counts.items() if count})
        for one in acts_of_day(session, officer.id, today(session))
    }
    assert told == {OWN: Counter(reminded=2), OTHER: Counter(figures=1)}, "the comment of a return is no act beside it"
    content = content_of_day(session, officer_of(session, officer.id), today(session), None)
    assert content["total"]["reminded"] == 2
    printed = page_html(daily_page(content, sha256=None, signed=None, signed_at=None))
    assert "เตือน" in printed
    # A report that was sealed before these were counted is printed as it was.
    older = {name: value for name, value in content["total"].items() if name not in ("reminded", "figures")}
    lines = [
        {name: value for name, value in one.items() if name not in ("reminded", "figures")}
        for one in content["organisations"]
    ]
    page = daily_page({**content, "total": older, "organisations": lines}, sha256=None, signed=None, signed_at=None)
    assert page_html(page) and daily_workbook({**content, "total": older, "organisations": lines}, page)


def test_a_day_begins_at_midnight_in_thailand(session: Session, officer: UserAccount) -> None:
    write = sa.text(
        "INSERT INTO change_log (at, user_id, user_name, on_behalf_of, request_id, entity, entity_key, action, after)"
        " VALUES (:at, :user, 'x', :code, :receipt, 'contract', :key, 'insert', '{}')"
    )
    with make.as_owner(session):
        # 31 December 2569 at 23:59 and 1 January 2570 at 00:00 in Thailand; both 31 December in Greenwich.
        for key, at in enumerate(("2026-12-31T16:59:59+00", "2026-12-31T17:00:00+00")):
            session.execute(write, {"at": at, "user": officer.id, "code": OWN, "receipt": f"R-{key}", "key": str(key)})
    for day in (date(2026, 12, 31), date(2027, 1, 1)):
        [one] = acts_of_day(session, officer.id, day)
        assert (one.counts["entered"], one.topics, one.receipts) == (1, {"CONTRACT": 1}, 1)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 19), date(2026, 11, 20)),
        (date(2026, 11, 20), date(2026, 11, 23)),  # of a Friday until Monday
        (date(2026, 12, 30), date(2027, 1, 4)),  # over the holidays of the new year
    ],
)
def test_a_report_is_in_time_until_the_next_working_day_ends(day: date, due: date) -> None:
    assert due_by(day) == due
    assert state_of(None, day, due) == "unsent"
    assert state_of(None, day, due + timedelta(days=1)) == "late"
    assert state_of(None, day, day - timedelta(days=1)) == "to_come"


def test_a_weekend_wants_no_report() -> None:
    assert state_of(None, date(2026, 11, 21), date(2026, 11, 30)) == "free"


def test_sent_is_sealed_signed_is_locked_and_a_correction_is_another_version(
    session: Session, officer: UserAccount, actor: Actor, head: Actor
) -> None:
    roads = busy_day(session, officer, actor)
    day = today(session)
    service.save_remarks(session, actor, officer.id, day, "ลงพื้นที่ภาคเช้า")
    service.add_call(session, actor, officer.id, day, NewCall(OTHER, "CALL", "เร่งบันทึกเบิกจ่าย"))
    [wrong] = [service.add_call(session, actor, officer.id, day, NewCall(OWN, "VISIT", "ผิดแห่ง"))]
    assert wrong.status == "DRAFT"
    call = session.scalars(sa.text("SELECT max(id) FROM officer_call")).one()
    service.remove_call(session, actor, officer.id, day, call)
    sent = send(session, actor, officer.id, day)
    assert sent.status == "SENT"
    with acting(session, officer, "R-after"):
        review_geometry(session, actor, roads[0].code, "RETURNED", if_match_version=2, note="อีกครั้ง")
    [report] = reports_of(session, officer.id, "99", day)
    assert report.content_sha256 is not None
    text = sealed_text(session, report.content_sha256)
    assert text is not None and '"verified":2' in text and "เร่งบันทึกเบิกจ่าย" in text and "ผิดแห่ง" not in text
    for act in (
        lambda: service.save_remarks(session, actor, officer.id, day, "x"),
        lambda: service.add_call(session, actor, officer.id, day, NewCall(OWN, "CALL", "x")),
        lambda: send(session, actor, officer.id, day),
    ):
        with pytest.raises(Conflict):
            act()
    with pytest.raises(InvalidInput):
        service.give_back(session, head, officer.id, day, " ", if_match_version=report.row_version)
    back = service.give_back(session, head, officer.id, day, "ขาดงานบ่าย", if_match_version=report.row_version)
    assert back.status == "RETURNED"
    again = send(session, actor, officer.id, day)
    with pytest.raises(Conflict):
        sign(session, head, officer.id, day, if_match_version=back.row_version)
    assert sign(session, head, officer.id, day, if_match_version=again.row_version).status == "SIGNED"
    [signed] = reports_of(session, officer.id, "99", day)
    assert signed.content_sha256 != report.content_sha256
    for statement in ("UPDATE daily_report SET remarks = 'x'", "DELETE FROM daily_report"):
        with pytest.raises(sa.exc.DBAPIError), session.begin_nested():
            session.execute(sa.text(statement))
    with pytest.raises(Conflict):
        service.save_remarks(session, actor, officer.id, day, "x")
    with pytest.raises(InvalidInput):
        service.begin_again(session, actor, officer.id, day, "")
    made = service.begin_again(session, actor, officer.id, day, "ลืมการติดต่อ")
    assert [(one.version, one.status) for one in reports_of(session, officer.id, "99", day)] == [
        (2, "DRAFT"), (1, "SIGNED"),
    ]  # fmt: skip
    assert made.status == "DRAFT"


def test_an_empty_day_is_sent_as_one(session: Session, officer: UserAccount, actor: Actor) -> None:
    day = date(2026, 11, 19)
    assert send(session, actor, officer.id, day).status == "SENT"
    [report] = reports_of(session, officer.id, "99", day)
    assert service.sent_late(report)
    text = sealed_text(session, report.content_sha256 or "")
    assert text is not None and '"organisations":[]' in text
    page = daily_page(
        content_of_day(session, officer_of(session, officer.id), day, report), sha256=None, signed=None, signed_at=None
    )
    assert "วันนี้ไม่มีรายการปฏิบัติงานในระบบ" in page_html(page)


def test_only_the_officer_writes_and_only_the_head_of_the_province_signs(
    session: Session, officer: UserAccount, actor: Actor, head: Actor
) -> None:
    day = date(2026, 11, 19)
    make.make_province(session, "98")
    people = {
        "colleague": make.make_user(session, "PROV_OFFICER", area="99"),
        "planner": make.make_user(session, "LAO_PLANNER", organisation=OWN),
        "department": make.make_user(session, "DLA_CENTRAL"),
        "neighbour": make.make_user(session, "PROV_HEAD", area="98"),
    }
    actors = {name: make.actor_for(person) for name, person in people.items()}
    for other in (*actors.values(), head):
        with pytest.raises(Forbidden):
            service.save_remarks(session, other, officer.id, day, "x")
    sent = send(session, actor, officer.id, day)
    both = Actor(actor.user_id, "x", "x", "th", actor.grants + head.grants)
    for other in (*actors.values(), actor, both):
        with pytest.raises(Forbidden):
            sign(session, other, officer.id, day, if_match_version=sent.row_version)
    for name in ("planner", "neighbour"):
        with pytest.raises(Forbidden):
            service.readable(session, actors[name], officer.id)
    assert service.readable(session, actors["department"], officer.id).id == officer.id
    assert sign(session, head, officer.id, day, if_match_version=sent.row_version).status == "SIGNED"
    make.make_organisation(session, "D9801001", province_code="98", amphoe_code="9801")
    with pytest.raises(Forbidden):
        service.add_call(session, actor, officer.id, date(2026, 11, 18), NewCall("D9801001", "CALL", "x"))
    with pytest.raises(InvalidInput) as future:
        service.save_remarks(session, actor, officer.id, date(2031, 1, 1), "x")
    assert future.value.problems[0].code == "day_in_future"
    with pytest.raises(NotFound):
        service.readable(session, head, 10**9)
    with pytest.raises(NotFound):
        service.remove_call(session, actor, officer.id, date(2026, 11, 18), 10**9)


def test_an_officer_owes_reports_from_the_first_day_of_the_role(session: Session, officer: UserAccount) -> None:
    with make.as_owner(session):
        session.execute(
            sa.text("UPDATE membership SET valid_from = '2026-11-10', valid_to = '2026-11-20' WHERE user_id = :u"),
            {"u": officer.id},
        )
    [one] = officers(session, ["99"])
    assert [one.holds_on(date(2026, 11, day)) for day in (9, 10, 20, 21)] == [False, True, True, False]


def test_pages_files_and_addresses(
    session: Session, officer: UserAccount, actor: Actor, head: Actor, app: Flask, sign_in: SignIn
) -> None:
    busy_day(session, officer, actor)
    day = today(session)
    with make.as_owner(session):
        session.execute(
            sa.text("UPDATE membership SET valid_from = :day WHERE user_id = :u"),
            {"u": officer.id, "day": (day.replace(day=1) - timedelta(days=1)).replace(day=1)},
        )
    session.commit()
    mine = sign_in(app.test_client(), officer)
    theirs = sign_in(app.test_client(), session.get_one(UserAccount, head.user_id))
    where = f"/daily-reports/{officer.id}/{day}"
    listed = mine.get("/daily-reports").get_data(as_text=True)
    assert (
        where in listed
        and "รายงานวันนี้" in listed
        and "รายงานวันนี้" not in theirs.get("/daily-reports").get_data(as_text=True)
    )
    before = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    late = mine.get(f"/api/v1/daily-reports?month={before.year + 543}-{before.month:02}").json["items"]
    assert {one["state"] for one in late} == {"late"} and len(late) >= 20
    page = mine.get(where).get_data(as_text=True)
    assert "อบต.โนนสาธิต" in page and "ส่งรายงาน" in page
    form = {"do": "call", "organisation_code": OWN, "kind": "CALL", "subject": "=1+1 ติดตามพิกัด"}
    assert mine.post(where, data=form).status_code == 303
    assert mine.post(where, data={**form, "kind": "FAX"}).status_code == 422
    assert mine.post(where, data={"do": "send", "remarks": "ครบ", "row_version": "1"}).status_code == 303
    seen = theirs.get(where).get_data(as_text=True)
    assert "ลงนามรับรายงาน" in seen and "ส่งรายงาน" not in seen
    told = theirs.get(f"/api/v1{where}").json
    assert told["state"] == "sent" and told["content"]["total"]["calls"] == 1
    book = openpyxl.load_workbook(io.BytesIO(theirs.get(f"/api/v1{where}/file?format=xlsx").data))
    cells: list[Any] = [cell.value for row in book.active.iter_rows() for cell in row if cell.value]
    assert "รวม 2 อปท." in cells and "โทรศัพท์: =1+1 ติดตามพิกัด" in cells
    row = next(row for row in book.active.iter_rows(values_only=True) if row[0] == "อบต.โนนสาธิต")
    assert row[1:4] == (1, 0, 1)
    version = told["versions"][0]["row_version"]
    assert mine.post(f"/api/v1{where}/sign", json={}, headers={"If-Match": f'"r{version}"'}).status_code == 403
    assert theirs.post(f"/api/v1{where}/sign", json={}).status_code == 428
    assert theirs.post(where, data={"do": "sign", "row_version": str(version)}).status_code == 303
    assert "ลงนามโดย ท้องถิ่นจังหวัด ก" in mine.get(where).get_data(as_text=True)
    assert mine.get("/daily-reports/1/nonsense").status_code in (404, 422)


def test_a_call_that_was_sent_twice_is_written_once(session: Session, officer: UserAccount, actor: Actor) -> None:
    day = today(session)
    call = NewCall(organisation_code=OWN, kind="CALL", subject="เตือนให้กรอกข้อมูล")
    for said in (call, call, NewCall(organisation_code=OWN, kind="VISIT", subject="เตือนให้กรอกข้อมูล")):
        service.add_call(session, actor, officer.id, day, said)
    assert session.scalar(sa.text("SELECT count(*) FROM officer_call")) == 2


def test_the_address_knows_no_day_of_another_age(app: Flask, officer: UserAccount, sign_in: SignIn) -> None:
    client = app.test_client()
    sign_in(client, officer)
    for day in ("2400-01-01", "1800-01-01", "2026-11-31"):
        answer = client.get(f"/daily-reports/{officer.id}/{day}")
        assert answer.status_code == 422 and "วันที่ อ่านไม่ได้" in answer.text
    assert client.get(f"/daily-reports/{officer.id}/2026-11-19").status_code == 200


def test_what_waits_for_the_head_stands_on_the_heads_home(
    app: Flask, session: Session, officer: UserAccount, actor: Actor, head: Actor, sign_in: SignIn
) -> None:
    client = app.test_client()
    sign_in(client, session.get(UserAccount, head.user_id))
    assert "รอลงนาม" not in client.get("/").text
    for day in (date(2026, 11, 19), date(2026, 11, 18)):
        send(session, actor, officer.id, day)
    sheet = session.scalar(
        sa.text("INSERT INTO score_sheet (fiscal_year_be, province_code) VALUES (2570, '99') RETURNING id")
    )
    for criterion in ("ADVICE", "ITEMS_ON_TIME"):
        session.execute(
            sa.text(
                "INSERT INTO score_appeal (sheet_id, criterion, reason, created_by, created_by_name)"
                " VALUES (:sheet, :criterion, 'น้อยไป', :user, 'ก')"
            ),
            {"sheet": sheet, "criterion": criterion, "user": officer.id},
        )
    home = client.get("/").text
    figure = r'<a href="{}"><span>{}</span><br><span class="figure">{}</span>'
    assert re.search(figure.format(f"/daily-reports/{officer.id}/2026-11-18", "รายงานประจำวันรอลงนาม", 2), home)
    # What the system measured is the department's to answer.
    assert re.search(figure.format(r"/scores/99\?fiscal_year=2570#appeals-title", "อุทธรณ์คะแนนรอคำตอบ", 1), home)
    sign_in(client, officer)
    assert "รอลงนาม" not in client.get("/").text

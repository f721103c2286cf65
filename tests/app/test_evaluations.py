"""Rounds of monitoring and evaluation: the rule of each year, clocks at their edges, two people, sealed figures."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR, Actor
from app.auth.policy import Visibility
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import UserAccount
from app.queries.evaluations import evidence, postings_of, result, results_of, seal_of, sealed_text
from app.queries.funnel import OWN_FORMS, funnel
from app.queries.project_filter import STAGES, ProjectFilter
from app.queries.public_places import announcements_of
from app.services import evaluation_postings, evaluations
from app.services.calendar import amend_task, remove_task
from app.services.evaluation_content import changed_works, differences, sealed_form
from app.services.evaluation_files import order_files, record_files, sealed_content
from app.services.evaluation_postings import NewPosting, SentFile
from app.services.evaluation_print import result_page, result_workbook
from app.services.evaluation_rules import Posted, Round, clocks, evaluation_rules, round_of, rounds_of
from app.services.evaluations import Remarks, draft_content
from app.services.money_rules import first_day
from app.services.plan_print import page_html
from app.services.sealed import keep_file, kept, sealed_dir
from app.settings import Settings
from app.web import evaluation_words
from tests import factories as make
from tests.app.completeness_world import YEAR, counted, items, opened, share, write
from tests.app.conftest import SignIn
from tests.app.money_world import People, budget, contract, make_people, pay

BANGKOK = ZoneInfo("Asia/Bangkok")
SEALED = datetime(2027, 11, 20, 9, 30, tzinfo=BANGKOK)
HELD = YEAR + 1
"""Fiscal year in whose calendar the round over YEAR is held."""


# --- the rule of each year --------------------------------------------------------------------------------------------


def test_the_rule_changed_in_october_2561(session: Session) -> None:
    asked = {year: [one.period for one in rounds_of(session, year)] for year in (2558, 2559, 2561, 2562, 2571)}
    assert asked == {2558: [], 2559: [1, 7], 2561: [1, 7], 2562: [0], 2571: [0]}
    october, april = rounds_of(session, 2561)
    assert (october.reported_from, october.reported_to) == (date(2016, 10, 1), date(2017, 9, 30))
    assert (april.reported_from, april.reported_to) == (date(2017, 10, 1), date(2018, 3, 31))
    assert (october.due_on, april.due_on) == (date(2017, 10, 31), date(2018, 4, 30))
    # The first round under the new text: announced by the last day of December 2561, over the year 2561.
    [yearly] = rounds_of(session, 2562)
    assert (yearly.due_on, yearly.reported_to) == (date(2018, 12, 31), date(2018, 9, 30))
    assert {rule.announce_days for rule in evaluation_rules()} == {15}
    assert {rule.post_days for rule in evaluation_rules()} == {30}


def test_the_department_moves_or_takes_out_a_round(session: Session) -> None:
    opened(session, YEAR)
    [held] = rounds_of(session, YEAR)
    task = session.scalar(
        sa.text("SELECT id FROM calendar_task WHERE topic = 'EVALUATION' AND fiscal_year_be = :y"), {"y": YEAR}
    )
    amend_task(session, SYSTEM_ACTOR, task, {"due_on": date(2027, 1, 31)}, "น้ำท่วม")
    assert rounds_of(session, YEAR) == [replace(held, due_on=date(2027, 1, 31))]
    amend_task(session, SYSTEM_ACTOR, task, {"period_from": 2, "period_to": 2}, "ย้ายเดือน")
    [moved] = rounds_of(session, YEAR)
    assert (moved.period, moved.rule.announce_days) == (2, 15)
    remove_task(session, SYSTEM_ACTOR, task, "ยกเว้นปีนี้")
    assert rounds_of(session, YEAR) == []


# --- clocks -----------------------------------------------------------------------------------------------------------


def a_round(year: int = 2570) -> Round:
    rule = next(rule for rule in evaluation_rules() if rule.holds_in(year))
    return Round(year, rule, first_day(year), date(year - 544, 12, 31))


@pytest.mark.parametrize(
    ("submitted", "announced", "today", "announce", "year_end"),
    [
        (None, None, date(2026, 12, 31), ("waiting", None), ("running", 0)),
        (None, None, date(2027, 1, 1), ("waiting", None), ("late", 1)),
        # Fifteen days over the end of the calendar year; 2570 begins, the fiscal year does not.
        (date(2026, 12, 20), None, date(2027, 1, 4), ("running", 0), ("late", 4)),
        (date(2026, 12, 20), None, date(2027, 1, 5), ("late", 1), ("late", 5)),
        (date(2026, 12, 20), date(2027, 1, 4), date(2027, 3, 1), ("done", 0), ("done_late", 4)),
        (date(2026, 12, 20), date(2027, 1, 5), date(2027, 3, 1), ("done_late", 1), ("done_late", 5)),
        (date(2026, 12, 16), date(2026, 12, 31), date(2026, 12, 31), ("done", 0), ("done", 0)),
        (date(2026, 11, 1), None, date(2026, 11, 1), ("running", 15), ("running", 60)),
    ],
)
def test_fifteen_days_and_the_end_of_december(
    submitted: date | None, announced: date | None, today: date, announce: Any, year_end: Any
) -> None:
    first, _post, last = clocks(a_round(), submitted_on=submitted, announced_on=announced, posted=[], today=today)
    assert ((first.state, first.days), (last.state, last.days)) == (announce, year_end)


@pytest.mark.parametrize(
    ("posted", "today", "wanted"),
    [
        ([], date(2027, 1, 1), ("waiting", None)),
        ([Posted(date(2026, 12, 10))], date(2027, 1, 9), ("running", 0)),
        ([Posted(date(2026, 12, 10))], date(2027, 1, 10), ("done", 0)),
        # Thirty days counted from the day after; a leap February changes nothing.
        ([Posted(date(2028, 2, 1), date(2028, 3, 2))], date(2028, 4, 1), ("done", 0)),
        ([Posted(date(2028, 2, 1), date(2028, 3, 1))], date(2028, 4, 1), ("late", 1)),
        # Two places of fifteen days are not one of thirty.
        (
            [Posted(date(2026, 12, 1), date(2026, 12, 15)), Posted(date(2026, 12, 16), date(2026, 12, 31))],
            date(2027, 2, 1),
            ("late", 15),
        ),
        ([Posted(date(2026, 12, 1), date(2026, 12, 2)), Posted(date(2026, 12, 20))], date(2027, 1, 5), ("running", 14)),
    ],
)
def test_thirty_days_at_one_place(posted: list[Posted], today: date, wanted: Any) -> None:
    _announce, post, _last = clocks(a_round(), submitted_on=None, announced_on=None, posted=posted, today=today)
    assert (post.state, post.days) == wanted


# --- the way of a result ----------------------------------------------------------------------------------------------


@pytest.fixture
def people(session: Session) -> People:
    made = make_people(session)
    opened(session, YEAR, HELD)
    return made


def works_of(session: Session, people: People) -> None:
    """A year's works at every step, of two strategies and two forms."""
    line = make.make_plan_line(session, people.organisation)
    shared = make.make_plan_line(session, people.organisation, form="ผ.02/2", line_number=8)
    road = make.make_project(session, people.organisation, plan_project_id=line.id, status="PLANNED")
    make.make_project(session, people.organisation, plan_project_id=shared.id, status="PLANNED")
    make.make_project(session, people.organisation, kind="other", status="PLANNED")
    source = budget(session, people, road, 1_000_000)
    held = contract(session, people, road, 900_000)
    pay(session, people, road, 400_000, source, held)
    session.flush()


def begun(session: Session, people: People) -> int:
    """A draft with the committee's word."""
    made = evaluations.begin(session, people.planner, people.organisation, HELD, 0)
    said = Remarks(date(2027, 11, 12), "ครั้งที่ 1/2570", "เร่งรัดงานที่ยังไม่ก่อหนี้\nติดตามพิกัด")
    evaluations.save_remarks(session, people.planner, made.id, said, if_match_version=made.row_version)
    return made.id


def version(session: Session, number: int) -> int:
    held = result(session, number)
    assert held is not None
    return held.row_version


def proposed(session: Session, people: People) -> int:
    number = begun(session, people)
    evaluations.propose(session, people.planner, number, if_match_version=version(session, number), now=SEALED)
    return number


def printed(session: Session, number: int, folder: Path) -> None:
    """As the worker does it, without the printer."""
    content = b"%PDF-1.7 result"
    record_files(session, number, {"pdf": (keep_file(folder, content, ".pdf"), len(content))})


def announced(session: Session, people: People, folder: Path, day: date = date(2027, 12, 10)) -> int:
    number = proposed(session, people)
    printed(session, number, folder)
    evaluations.submit(
        session, people.executive, number, date(2027, 12, 1), "ชย 1/2570", if_match_version=version(session, number)
    )
    evaluation_postings.announce(
        session,
        people.executive,
        number,
        day,
        address="https://example.go.th/evaluations/1",
        if_match_version=version(session, number),
        now=datetime(2027, 12, 10, 23, 59, tzinfo=BANGKOK),
    )
    return number


def codes(error: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    return {problem.code for problem in error.value.problems}


@pytest.mark.parametrize("at_quarter", [None, 2])
def test_figures_are_those_of_the_funnel(session: Session, people: People, at_quarter: int | None) -> None:
    works_of(session, people)
    held = result(session, begun(session, people))
    of = round_of(session, HELD, 0)
    assert held is not None and of is not None
    of = replace(of, rule=replace(of.rule, at_quarter=at_quarter))
    content = evaluations.content_of(session, held, of, None, SEALED)
    own = ProjectFilter(organisation=(people.organisation,), fiscal_year=(YEAR,), plan_form=OWN_FORMS)
    read = funnel(session, own, "local_strategy", Visibility.STAFF, at_quarter)
    for stage in STAGES:
        figure = read.total[stage]
        assert figure is not None
        assert (content["total"][stage]["projects"], Decimal(content["total"][stage]["baht"])) == (
            figure.projects,
            figure.baht,
        ), stage
    by_strategy = {str(group["id"]) if group["id"] else None: group for group in content["strategies"]}
    assert by_strategy.keys() == {row.code for row in read.rows}
    for row in read.rows:
        assert by_strategy[row.code]["approved"]["projects"] == row.funnel["approved"].projects  # type: ignore[union-attr]
    forms = funnel(session, replace(own, plan_form=()), "plan_form", Visibility.STAFF, at_quarter)
    assert {group["form"]: group["planned"]["projects"] for group in content["forms"]} == {
        row.code: row.funnel["planned"].projects  # type: ignore[union-attr]
        for row in forms.rows
    }
    assert content["total"]["disbursing"]["baht"] == "400000.00"
    # The pond that is asked of the province's organisation is told and not added up.
    assert (content["total"]["planned"]["projects"], len(content["works"])) == (2, 3)
    assert content["total"]["wants_place"]["projects"] == 1


def test_a_sealed_result_keeps_the_figures_of_its_day(session: Session, people: People, tmp_path: Path) -> None:
    works_of(session, people)
    number = announced(session, people, tmp_path)
    held = result(session, number)
    assert held is not None and held.content_sha256 is not None
    text = sealed_text(session, held.content_sha256)
    assert text is not None and hashlib.sha256(text.encode()).hexdigest() == held.content_sha256
    assert sealed_form(json.loads(text)) == text
    make.make_project(session, people.organisation, status="PLANNED")
    write(session, "UPDATE project SET geometry_status = 'VERIFIED' WHERE organisation_code = :c AND kind = 'road'",
          c=people.organisation)  # fmt: skip
    content, now = sealed_content(session, held), draft_content(session, held)
    assert content["total"]["planned"]["projects"] == 2
    assert {(one["step"], one["measure"], one["sealed"], one["now"]) for one in differences(content, now)} >= {
        ("planned", "projects", 2, 3)
    }
    assert changed_works(content, now)["added"] == 1
    for statement in (
        "UPDATE evaluation_result SET committee_remarks = 'x' WHERE id = :id",
        "UPDATE evaluation_result SET status = 'DRAFT', content_sha256 = NULL WHERE id = :id",
        "UPDATE sealed_content SET content = 'xx'",
        "DELETE FROM evaluation_result WHERE id = :id",
        "DELETE FROM evaluation_posting",
        "UPDATE evaluation_posting SET posted_from = '2020-01-01'",
        "UPDATE evaluation_file SET sha256 = repeat('0', 64)",
        "INSERT INTO sealed_content (sha256, content) VALUES (repeat('0', 64), 'forged')",
    ):
        with pytest.raises(sa.exc.DBAPIError), session.begin_nested():
            write(session, statement, **({"id": number} if ":id" in statement else {}))


def test_the_page_of_rounds_takes_its_days_from_the_rules_of_the_year(
    client: FlaskClient, session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"/organisations/{people.organisation}/evaluations?fiscal_year="
    assert "ประกาศภายใน 15 วัน และปิดประกาศไม่น้อยกว่า 30 วัน" in client.get(f"{page}2570").text
    later = replace(evaluation_rules()[-1], valid_from_be=2580, announce_days=7, post_days=45, source="ข้อ 99")
    earlier = replace(evaluation_rules()[-1], valid_to_be=2579)
    monkeypatch.setattr(evaluation_words, "evaluation_rules", lambda: (earlier, later))
    told = client.get(f"{page}2581").text
    assert "ประกาศภายใน 7 วัน และปิดประกาศไม่น้อยกว่า 45 วัน (ข้อ 99)" in told and "15 วัน" not in told
    assert "ตามกำหนดของแต่ละรอบ" in client.get(f"{page}2550").text, "a year before the rules"


def test_another_version_takes_the_place_with_a_reason(
    client: FlaskClient, session: Session, people: People, tmp_path: Path
) -> None:
    assert told_to_the_public(session, people) == []
    number = announced(session, people, tmp_path)
    with pytest.raises(InvalidInput) as bare:
        evaluations.begin_again(session, people.planner, number, "  ")
    assert codes(bare) == {"field_required"}
    again = evaluations.begin_again(session, people.planner, number, "ตัวเลขเบิกจ่ายผิด")
    with pytest.raises(Conflict):
        evaluations.begin_again(session, people.planner, number, "อีกครั้ง")
    second, first = results_of(session, people.organisation, year_be=HELD)
    assert (second.id, second.version, second.replaces_id, second.committee_remarks) == (
        again.id, 2, number, first.committee_remarks,
    )  # fmt: skip
    assert first.committee_remarks == "เร่งรัดงานที่ยังไม่ก่อหนี้\nติดตามพิกัด"
    # Until the new one is announced the old one stands, and is what the public is told of.
    assert not first.replaced
    assert told_to_the_public(session, people) == [(number, date(2027, 12, 10))]
    evaluations.propose(session, people.planner, again.id, if_match_version=version(session, again.id), now=SEALED)
    content = sealed_content(session, result(session, again.id))  # type: ignore[arg-type]
    assert content["replaces"] == {"version": 1, "sha256": first.content_sha256}
    printed(session, again.id, tmp_path)
    by = {"if_match_version": version(session, again.id)}
    evaluations.submit(session, people.executive, again.id, date(2027, 12, 20), **by)
    evaluations.announce(
        session, people.executive, again.id, date(2027, 12, 21), if_match_version=version(session, again.id)
    )
    old = result(session, number)
    assert old is not None and old.replaced_by == again.id and old.status == "ANNOUNCED"
    assert told_to_the_public(session, people) == [(again.id, date(2027, 12, 21))]
    page = client.get(f"/public/organisations/{people.organisation}").text
    assert f'href="/evaluations/{again.id}"' in page and f'href="/evaluations/{number}"' not in page
    assert "ผลการติดตามและประเมินผล" in page


def told_to_the_public(session: Session, people: People) -> list[tuple[int, date]]:
    """Results among what the organisation has announced."""
    return [(one.id, one.day) for one in announcements_of(session, people.organisation) if one.kind == "evaluation"]


def test_a_day_before_the_sealing_says_why_it_is_written_down_late(
    session: Session, people: People, tmp_path: Path, client: FlaskClient
) -> None:
    """Else the clocks would be met by typing a day on which the document was not there."""
    number = proposed(session, people)
    printed(session, number, tmp_path)
    early, by = SEALED.date() - timedelta(days=1), people.executive

    def of() -> dict[str, int]:
        return {"if_match_version": version(session, number)}

    for reason in (None, "  "):
        with pytest.raises(InvalidInput) as refused:
            evaluations.submit(session, by, number, early, late_reason=reason, **of())
        assert codes(refused) == {"evaluation_before_seal"}
    evaluations.submit(session, by, number, early, late_reason="เสนอสภาแล้ว ลงระบบภายหลัง", **of())
    where = {"address": "https://example.go.th/evaluations/1", "now": datetime(2028, 1, 20, 9, tzinfo=BANGKOK)}
    with pytest.raises(InvalidInput) as refused:
        evaluation_postings.announce(session, by, number, early, **where, **of())
    assert codes(refused) == {"evaluation_before_seal"}
    evaluation_postings.announce(session, by, number, early, late_reason="ปิดประกาศที่บอร์ดก่อน", **where, **of())
    held = result(session, number)
    assert held is not None
    assert (held.submitted_late_reason, held.announced_late_reason) == (
        "เสนอสภาแล้ว ลงระบบภายหลัง", "ปิดประกาศที่บอร์ดก่อน",
    )  # fmt: skip
    with pytest.raises(InvalidInput) as before:
        evaluation_postings.post(
            session, people.planner, number, NewPosting("BOARD", "บอร์ด", early - timedelta(days=1))
        )
    assert codes(before) == {"days_reversed"}
    session.commit()
    # Everybody sees that the day was written down afterwards, and the clock says so too.
    page = client.get(f"/evaluations/{number}").text
    assert "บันทึกย้อนหลังเมื่อ 20 ม.ค. 2571" in page and "ปิดประกาศที่บอร์ดก่อน" in page
    assert "ตามที่บันทึกย้อนหลังเมื่อ" in page and "เสนอสภาแล้ว" not in page
    assert "บันทึกย้อนหลังเมื่อ" in client.get(f"/evidence/{held.content_sha256}").text


def test_a_reason_is_kept_only_where_one_is_needed(session: Session, people: People, tmp_path: Path) -> None:
    number = proposed(session, people)
    printed(session, number, tmp_path)
    day = SEALED.date()
    evaluations.submit(
        session, people.executive, number, day, late_reason="ไม่จำเป็น", if_match_version=version(session, number)
    )
    held = result(session, number)
    assert held is not None and held.submitted_late_reason is None


@pytest.mark.parametrize("year", [99_999_999_999, 2**62, 1, 9_999])
def test_a_year_that_no_calendar_knows_has_no_rounds(
    session: Session, people: People, client: FlaskClient, sign_in: SignIn, year: int
) -> None:
    person = session.get_one(UserAccount, people.planner.user_id)
    body = {"fiscal_year_be": year, "period": 0}
    answer = sign_in(client, person).post(f"/api/v1/organisations/{people.organisation}/evaluations", json=body)
    assert answer.status_code == 404, answer.text


def test_two_people_and_their_scopes(session: Session, people: People, tmp_path: Path) -> None:
    make.make_organisation(session, "D9902001", amphoe_code="9902")
    strangers = {
        role: make.actor_for(make.make_user(session, f"LAO_{role}", organisation="D9902001"))
        for role in ("PLANNER", "EXECUTIVE")
    }
    both = replace(people.planner, grants=people.planner.grants + people.executive.grants)
    for other in (strangers["PLANNER"], people.executive, people.engineer, people.finance):
        with pytest.raises(Forbidden):
            evaluations.begin(session, other, people.organisation, HELD, 0)
    number = begun(session, people)
    sealed = {"if_match_version": version(session, number)}
    for refused in (strangers["PLANNER"], people.executive):
        with pytest.raises(Forbidden):
            evaluations.propose(session, refused, number, **sealed)
    evaluations.propose(session, both, number, **sealed, now=SEALED)
    printed(session, number, tmp_path)
    sent = {"if_match_version": version(session, number)}

    def submit(actor: Actor) -> None:
        evaluations.submit(session, actor, number, date(2027, 12, 1), **sent)

    for refused in (both, people.planner, people.officer, strangers["EXECUTIVE"]):
        with pytest.raises(Forbidden):
            submit(refused)
    submit(people.executive)
    with pytest.raises(Forbidden):
        evaluations.announce(session, both, number, date(2027, 12, 2), if_match_version=version(session, number))
    with pytest.raises(Conflict):
        evaluations.announce(session, people.executive, number, date(2027, 12, 2), if_match_version=1)


def test_what_is_wrong_is_told(session: Session, people: People) -> None:
    with pytest.raises(NotFound):
        evaluations.begin(session, people.planner, people.organisation, HELD, 7)
    with pytest.raises(NotFound):
        evaluations.begin(session, people.planner, people.organisation, 2550, 0)
    with pytest.raises(InvalidInput) as early:
        evaluations.begin(session, people.planner, people.organisation, HELD, 0, today=date(2027, 9, 30))
    assert codes(early) == {"evaluation_not_open"}
    made = evaluations.begin(session, people.planner, people.organisation, HELD, 0)
    with pytest.raises(Conflict):
        evaluations.begin(session, people.planner, people.organisation, HELD, 0)
    over = datetime(2027, 9, 30, 23, 59, tzinfo=BANGKOK)
    with pytest.raises(InvalidInput) as bare:
        evaluations.propose(session, people.planner, made.id, if_match_version=1, now=over)
    assert codes(bare) == {"field_required", "evaluation_not_over"}
    number = made.id
    said = Remarks(date(2027, 11, 12), None, "ดี")
    evaluations.save_remarks(session, people.planner, number, said, if_match_version=1)
    evaluations.propose(session, people.planner, number, if_match_version=2, now=SEALED)
    with pytest.raises(InvalidInput) as unprinted:
        evaluations.submit(session, people.executive, number, date(2027, 9, 30), if_match_version=3)
    assert codes(unprinted) == {"evaluation_file_missing", "days_reversed"}
    with pytest.raises(Conflict):
        evaluations.save_remarks(session, people.planner, number, said, if_match_version=3)
    evaluations.give_back(session, people.executive, number, "ยังไม่ครบ", if_match_version=3)
    again = evaluations.begin_again(session, people.planner, number, "แก้ตามที่ส่งกลับ")
    assert (result(session, again.id) or made).status == "DRAFT"


def test_the_officer_enters_on_behalf(session: Session, people: People) -> None:
    made = evaluations.begin(session, people.officer, people.organisation, HELD, 0)
    marked = session.scalar(
        sa.text("SELECT on_behalf_of FROM change_log WHERE entity = 'evaluation_result' AND entity_key = :key"),
        {"key": str(made.id)},
    )
    assert marked == people.organisation


# --- postings and their proof -----------------------------------------------------------------------------------------


def sealed_in_a_block(session: Session, line: int) -> None:
    """A block with this line; the worker's own seal takes a transaction of its own (test_audit)."""
    with make.as_owner(session):
        write(
            session,
            "INSERT INTO audit_block (number, version, previous_sha256, ids, row_count, row_digests, rows_sha256,"
            " seen_id, open_ids, xid_horizon, cluster, sealed_at, block_sha256) VALUES (1, 1, repeat('0', 64),"
            " int8multirange(int8range(:line, :line, '[]')), 1, decode(repeat('00', 32), 'hex'), repeat('1', 64),"
            " :line, '{}', 1, 'x', now(), repeat('b', 64))",
            line=line,
        )


def test_postings_are_sealed_and_anybody_may_verify_them(
    session: Session, people: People, tmp_path: Path, client: FlaskClient
) -> None:
    number = announced(session, people, tmp_path)
    photo = tmp_path / "board"
    photo.write_bytes(b"\xff\xd8\xff photo of the board")
    board = NewPosting("BOARD", "บอร์ดหน้าสำนักงาน", date(2027, 12, 11), date(2028, 1, 20))
    sent = SentFile(photo, "../ป้าย.jpg", tmp_path)
    posted = evaluation_postings.post(session, people.planner, number, board, sent=sent)
    own, hung = postings_of(session, number)
    assert (own.place, own.posted_from, own.posted_to) == ("PLATFORM", date(2027, 12, 10), None)
    assert (hung.file_name, hung.file_sha256) == ("ป้าย.jpg", hashlib.sha256(photo.read_bytes()).hexdigest())
    statement = json.loads(sealed_text(session, posted.statement_sha256) or "")
    held = result(session, number)
    assert held is not None
    assert statement["content_sha256"] == held.content_sha256
    assert statement["evidence_sha256"] == hung.file_sha256
    assert people.planner.display_name not in json.dumps(statement, ensure_ascii=False)
    holds = json.dumps({"statement_sha256": posted.statement_sha256})
    before = seal_of(session, "evaluation_posting", posted.id, holds)
    assert before is not None and before.block is None
    sealed_in_a_block(session, before.line)
    after = seal_of(session, "evaluation_posting", posted.id, holds)
    assert after is not None and after.block is not None
    session.commit()
    page = client.get(f"/evidence/{posted.statement_sha256}")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert f"sha256sum {posted.statement_sha256}.json" in text and after.block_sha256 in text
    assert people.planner.display_name not in text
    told = client.get(f"/api/v1/evidence/{posted.statement_sha256}/content").data
    assert hashlib.sha256(told).hexdigest() == posted.statement_sha256
    assert client.get(f"/evidence/{'0' * 64}").status_code == 404
    assert client.get("/evidence/%00").status_code == 404


def test_a_posting_that_is_sent_twice_is_written_once(session: Session, people: People, tmp_path: Path) -> None:
    number = announced(session, people, tmp_path)
    board = NewPosting("BOARD", " บอร์ดหน้าสำนักงาน ", date(2027, 12, 11))
    first, second = (evaluation_postings.post(session, people.planner, number, board) for _ in range(2))
    assert first == second
    evaluation_postings.withdraw(session, people.planner, first.id, "พิมพ์ผิดวัน")
    assert evaluation_postings.post(session, people.planner, number, board).id != first.id


def test_a_wrong_posting_is_withdrawn_and_counts_no_more(session: Session, people: People, tmp_path: Path) -> None:
    number = announced(session, people, tmp_path)
    wrong = NewPosting("BOARD", " ", date(2027, 11, 30), date(2027, 11, 1))
    with pytest.raises(InvalidInput) as refused:
        evaluation_postings.post(session, people.planner, number, wrong)
    assert codes(refused) == {"field_required", "days_reversed"}
    with pytest.raises(InvalidInput) as unknown:
        evaluation_postings.post(session, people.planner, number, replace(wrong, place="PLATFORM"))
    assert "unknown_code" in codes(unknown)
    script = tmp_path / "x"
    script.write_bytes(b"<script>")
    good = NewPosting("WEBSITE", "https://example.go.th", date(2027, 12, 11))
    with pytest.raises(InvalidInput) as kind:
        evaluation_postings.post(session, people.planner, number, good, sent=SentFile(script, "x.pdf", tmp_path))
    assert codes(kind) == {"evidence_kind"}
    made = evaluation_postings.post(session, people.executive, number, good)
    evaluation_postings.withdraw(session, people.planner, made.id, "ผิดวัน")
    own = postings_of(session, number)
    assert [one.withdrawn_reason for one in own] == [None, "ผิดวัน"]
    for posting_id in (made.id, own[0].id):
        with pytest.raises(Conflict):
            evaluation_postings.withdraw(session, people.planner, posting_id, "อีก")
    with pytest.raises(Forbidden):
        evaluation_postings.post(session, people.engineer, number, good)


def test_a_changed_file_is_not_handed_out(tmp_path: Path) -> None:
    sha256 = keep_file(tmp_path, b"sealed", ".pdf")
    path = kept(tmp_path, sha256, ".pdf")
    path.write_bytes(b"altered")
    with pytest.raises(NotFound):
        kept(tmp_path, sha256, ".pdf")


def test_drafts_are_not_the_publics(
    session: Session, people: People, app: Flask, settings: Settings, sign_in: SignIn
) -> None:
    works_of(session, people)
    number = proposed(session, people)
    held = result(session, number)
    session.commit()
    visitor = app.test_client()
    rounds = f"/organisations/{people.organisation}/evaluations"
    for path in (f"/evaluations/{number}", f"/api/v1/evaluations/{number}", f"/evidence/{held.content_sha256}"):  # type: ignore[union-attr]
        assert visitor.get(path).status_code == 404, path
    assert visitor.get(f"/api/v1/evaluations/{number}/file").status_code == 404
    assert visitor.get(f"/api/v1{rounds}").json == {"items": []}
    assert f"/evaluations/{number}" not in visitor.get(rounds).get_data(as_text=True)
    staff = sign_in(app.test_client(), make.make_user(session, "LAO_ENGINEER", organisation=people.organisation))
    assert staff.get(f"/evaluations/{number}").status_code == 200
    printed(session, number, sealed_dir(settings))
    evaluations.submit(session, people.executive, number, date(2027, 12, 1), if_match_version=version(session, number))
    evaluation_postings.announce(
        session, people.executive, number, date(2027, 12, 2), address="x", if_match_version=version(session, number)
    )
    session.commit()
    page = visitor.get(f"/evaluations/{number}").get_data(as_text=True)
    assert "ปิดประกาศ" in page and people.planner.display_name not in page and "ชย 1/2570" not in page
    told = visitor.get(f"/api/v1/evaluations/{number}").json
    assert told["content"]["total"]["planned"]["projects"] == 2 and "sealed_by_name" not in told
    file = visitor.get(f"/api/v1/evaluations/{number}/file?format=pdf")
    assert hashlib.sha256(file.data).hexdigest() == told["files"][0]["sha256"]
    assert f"/evaluations/{number}" in visitor.get(rounds).get_data(as_text=True)
    assert evidence(session, told["files"][0]["sha256"]).kind == "pdf"  # type: ignore[union-attr]


def test_the_way_over_http(session: Session, people: People, app: Flask, sign_in: SignIn, settings: Settings) -> None:
    planner, executive = (
        sign_in(app.test_client(), make.make_user(session, f"LAO_{role}", organisation=people.organisation))
        for role in ("PLANNER", "EXECUTIVE")
    )
    session.commit()
    rounds = f"/organisations/{people.organisation}/evaluations?fiscal_year={HELD}"
    assert "จัดทำผลของรอบนี้" in planner.get(rounds).get_data(as_text=True)
    assert "จัดทำผลของรอบนี้" not in executive.get(rounds).get_data(as_text=True)
    begun_at = planner.post(rounds, data={"fiscal_year_be": str(HELD), "period": "0"})
    assert begun_at.status_code == 303
    where = begun_at.headers["Location"]
    number = int(where.rpartition("/")[2])
    assert "ยังไม่ผนึก" in planner.get(where).get_data(as_text=True)
    bare = planner.post(where, data={"do": "propose", "row_version": "1", "committee_remarks": "ดี"})
    assert bare.status_code == 422 and "ดี" in bare.get_data(as_text=True)
    sent = planner.post(
        where,
        data={"do": "propose", "row_version": "1", "committee_remarks": "ดี", "committee_met_on": "12 พ.ย. 2570"},
    )
    assert sent.status_code == 303
    held = result(session, number)
    assert held is not None and held.status == "PROPOSED"
    assert order_files(session, people.planner, number) == order_files(session, people.planner, number)
    printed(session, number, sealed_dir(settings))
    session.commit()
    ready = executive.get(where).get_data(as_text=True)
    assert 'name="submitted_on"' in ready and 'name="submitted_on"' not in planner.get(where).get_data(as_text=True)
    form = {"do": "submit", "row_version": str(held.row_version), "submitted_on": "1 ธ.ค. 2570"}
    assert executive.post(where, data=form).status_code == 303
    body = {"announced_on": "2027-12-02"}
    at = {"If-Match": f'"e{version(session, number)}"'}
    assert planner.post(f"/api/v1{where}/announce", json=body, headers=at).status_code == 403
    assert executive.post(f"/api/v1{where}/announce", json=body).status_code == 428
    assert executive.post(f"/api/v1{where}/announce", json=body, headers=at).json["status"] == "ANNOUNCED"
    data = {"do": "post", "place": "BOARD", "address": "บอร์ด", "posted_from": "3 ธ.ค. 2570",
            "file": (io.BytesIO(b"\xff\xd8\xff x"), "a.jpg")}  # fmt: skip
    assert planner.post(where, data=data).status_code == 303
    assert "บอร์ด" in planner.get(where).get_data(as_text=True)
    [line] = planner.get(f"/api/v1/organisations/{people.organisation}/evaluations?fiscal_year={HELD}").json["items"]
    assert [clock["state"] for clock in line["clocks"]] == ["done", "done", "done"]


# --- paper ------------------------------------------------------------------------------------------------------------


def test_paper_and_workbook_say_the_sealed_content(session: Session, people: People) -> None:
    works_of(session, people)
    held = result(session, proposed(session, people))
    assert held is not None
    content = sealed_content(session, held)
    page = result_page(content, held.content_sha256)
    html = page_html(page)
    assert held.content_sha256 in html and "ติดตามพิกัด" in html and "ข้อ 29(3) และ 30(5)" in html
    totals = [row for row in page.rows if row.kind == "total"]
    assert [cell.text for cell in totals[0].cells][2:6] == ["2", "5,200,000.00", "1", "1,000,000.00"]
    book = openpyxl.load_workbook(io.BytesIO(result_workbook(content, held.content_sha256)), data_only=True)
    summary, works = book["สรุป"], book["รายโครงการ"]
    rows = [[cell.value for cell in row] for row in summary.iter_rows()]
    total = next(row for row in rows if row[0] == "รวมโครงการของหน่วยงาน")
    assert total[1:3] == [2, 5_200_000] and total[9:11] == [1, 400_000]
    assert works.max_row == 1 + len(content["works"])
    with zipfile.ZipFile(io.BytesIO(result_workbook(content, held.content_sha256))) as packed:
        assert b"<f>SUM(" in packed.read("xl/worksheets/sheet1.xml")


# --- completeness -----------------------------------------------------------------------------------------------------


def test_an_announced_round_is_complete(session: Session, people: People, tmp_path: Path) -> None:
    organisation = session.get_one(make.Organisation, people.organisation)
    assert share(session, organisation, "EVALUATION", HELD) == (0, 1)
    counted(session)
    announced(session, people, tmp_path)
    assert items(session, organisation, "EVALUATION", HELD) == [("announced", True)]
    counted(session)
    cell = session.execute(
        sa.text("SELECT wanted, done FROM completeness_cell WHERE topic = 'EVALUATION' AND fiscal_year_be = :y"),
        {"y": HELD},
    ).one()
    assert tuple(cell) == (1, 1)
    task = session.scalar(
        sa.text("SELECT id FROM calendar_task WHERE topic = 'EVALUATION' AND fiscal_year_be = :y"), {"y": HELD}
    )
    remove_task(session, SYSTEM_ACTOR, task, "ยกเว้น")
    assert items(session, organisation, "EVALUATION", HELD) == []
    # What was begun of it stays readable, and may be put right.
    [held] = results_of(session, people.organisation, year_be=HELD)
    again = evaluations.begin_again(session, people.planner, held.id, "แก้คำผิด")
    assert draft_content(session, result(session, again.id))["round"]["period"] == 0  # type: ignore[arg-type]


def test_the_committee_meets_after_what_it_speaks_of(session: Session, people: People) -> None:
    made = evaluations.begin(session, people.planner, people.organisation, HELD, 0)
    for day in (date(2017, 1, 1), date(2027, 9, 30)):
        with pytest.raises(InvalidInput) as refused:
            evaluations.save_remarks(
                session, people.planner, made.id, Remarks(day, None, "ดี"), if_match_version=made.row_version
            )
        assert refused.value.problems[0].code == "evaluation_met_too_early"
    saved = evaluations.save_remarks(
        session, people.planner, made.id, Remarks(date(2027, 10, 1), None, "ดี"), if_match_version=made.row_version
    )
    # A draft of before the rule is not sealed either.
    session.execute(
        sa.text("UPDATE evaluation_result SET committee_met_on = '2017-01-01' WHERE id = :id"), {"id": made.id}
    )
    with pytest.raises(InvalidInput):
        evaluations.propose(session, people.planner, made.id, if_match_version=saved.row_version)

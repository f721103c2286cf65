"""Action plans: begun from the year's projects, months from October, in force by the executive, on paper."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, InvalidInput
from app.models import Project, UserAccount
from app.queries.action_plans import ActionLine, action_lines, action_plan, action_summary, month_year_be
from app.queries.codelists import code_list
from app.services.action_plan_print import lines_page, summary_page, write_page
from app.services.action_plans import (
    begin_action_plan,
    change_action_sheet,
    discard_action_plan,
    promulgate_action_plan,
)
from app.services.plan_print import Printing, page_html
from app.services.printing import print_page
from app.services.sheets import CellChange, NewRow, SheetChanges, SheetOutcome
from tests import factories
from tests.app.conftest import SignIn
from tests.app.plan_world import PlanWorld, make_plan_world

NOW = Printing(datetime(2026, 11, 21, 14, 30, tzinfo=UTC))
YESTERDAY = date.today() - timedelta(days=1)


@pytest.fixture
def world(session: Session) -> PlanWorld:
    """A plan in force with two works of 2570, one of which has approved money."""
    world = make_plan_world(session)
    world.line("ก่อสร้างถนน คสล. ม.4", target="ยาว 200 ม.", department="กองช่าง", y2570="500000")
    world.line("ขุดลอกหนองน้ำ", y2570="720000")
    world.promulgate()
    wanted = sa.select(Project).where(Project.name_th == "ก่อสร้างถนน คสล. ม.4", Project.fiscal_year_be == 2570)
    factories.make_appropriation(session, session.scalars(wanted).one(), 480_000)
    return world


def begin(world: PlanWorld) -> int:
    code = world.session.scalar(sa.text("SELECT organisation_code FROM plan WHERE id = :id"), {"id": world.plan_id})
    return begin_action_plan(world.session, world.planner, str(code), 2570)


def save(world: PlanWorld, plan: int, **changes: object) -> SheetOutcome:
    return change_action_sheet(world.session, world.planner, plan, "ผด.02", SheetChanges(**changes))  # type: ignore[arg-type]


def only(world: PlanWorld, plan: int) -> ActionLine:
    [line] = action_lines(world.session, plan)
    return line


def promulgate(world: PlanWorld, plan: int) -> None:
    head = action_plan(world.session, plan)
    assert head is not None
    promulgate_action_plan(
        world.session, world.executive, plan, YESTERDAY, "ประกาศ 1/2570", if_match_version=head.row_version
    )


def test_it_begins_with_what_money_was_approved_for(world: PlanWorld) -> None:
    line = only(world, begin(world))
    assert (line.name_th, line.amount_baht, line.detail) == ("ก่อสร้างถนน คสล. ม.4", Decimal(480_000), "ยาว 200 ม.")
    assert (line.department, line.strategy, line.programme_code) == ("กองช่าง", "1 โครงสร้างพื้นฐาน", "00310")
    assert line.project_code is not None and line.months == ()
    with pytest.raises(Conflict) as again:
        begin(world)
    assert again.value.code == "action_plan_open"


def test_months_cells_lines_and_collisions(world: PlanWorld) -> None:
    plan = begin(world)
    line = only(world, plan)
    cells = [
        CellChange(str(line.id), "m01", None, "1"),
        CellChange(str(line.id), "m12", "", "x"),
        CellChange(str(line.id), "detail", "ยาว 200 ม.", "ยาว 250 ม."),
    ]
    fresh = NewRow(
        "k",
        {"name_th": "ซ่อมสะพาน", "other_agency": "1", "department": "แขวงทางหลวง", "m04": "1"},
        "00310:1 โครงสร้างพื้นฐาน",
    )
    outcome = save(world, plan, cells=cells, inserts=[fresh])
    assert outcome.clean and set(outcome.inserted) == {"k"}
    first, second = action_lines(world.session, plan)
    assert (first.months, first.detail) == ((1, 12), "ยาว 250 ม.")
    assert (second.other_agency, second.months, second.strategy) == (True, (4,), "1 โครงสร้างพื้นฐาน")
    stale = save(world, plan, cells=[CellChange(str(line.id), "detail", "ยาว 200 ม.", "ยาว 300 ม.")])
    assert [(c.yours, c.theirs) for c in stale.conflicts] == [("ยาว 300 ม.", "ยาว 250 ม.")]
    bad = save(
        world,
        plan,
        cells=[
            CellChange(str(line.id), "m02", None, "มาก"),
            CellChange(str(line.id), "amount_baht", None, "ห้าแสน"),
            CellChange("9", "detail", None, "x"),
        ],
        inserts=[NewRow("n", {"detail": "ไม่มีชื่อ"})],
    )
    assert {p.code for p in bad.problems} == {"choice_unknown", "amount_unreadable", "line_not_found", "cell_required"}
    gone = str(second.id)
    assert save(world, plan, removals=[gone]).removed == [gone]


def test_it_comes_into_force_by_another_person_and_stays(world: PlanWorld) -> None:
    plan = begin(world)
    with pytest.raises(InvalidInput) as refused:
        promulgate(world, plan)
    assert [p.code for p in refused.value.problems] == ["line_without_months"]
    save(world, plan, cells=[CellChange(str(only(world, plan).id), "m03", None, "1")])
    with pytest.raises(Forbidden):
        promulgate_action_plan(world.session, world.planner, plan, YESTERDAY, None, if_match_version=1)
    promulgate(world, plan)
    with pytest.raises(Conflict):
        save(world, plan, removals=[str(only(world, plan).id)])
    with pytest.raises(IntegrityError), world.session.begin_nested():
        world.session.execute(
            sa.text("UPDATE action_plan_line SET detail = 'x' WHERE action_plan_id = :p"), {"p": plan}
        )
    later = begin(world)
    assert only(world, later).months == (3,), "a later issue goes on with what is in force"


def test_the_first_three_months_lie_in_the_year_before(world: PlanWorld) -> None:
    assert [month_year_be(2570, n) for n in (1, 3, 4, 12)] == [2569, 2569, 2570, 2570]
    plan = begin(world)
    save(world, plan, cells=[CellChange(str(only(world, plan).id), "m02", None, "1")])
    head = action_plan(world.session, plan)
    assert head is not None
    programmes = code_list(world.session, "budget_programme")
    page = lines_page(head, "ผด.02", action_lines(world.session, plan), programmes, NOW)
    assert [(cell.title, cell.columns) for cell in page.head][-2:] == [("พ.ศ. 2569", 3), ("พ.ศ. 2570", 9)]
    book = openpyxl.load_workbook(io.BytesIO(write_page(page)))
    rows = [[cell.value for cell in row] for row in book["ผด.02"].iter_rows()]
    [line] = [row for row in rows if row[1] == "ก่อสร้างถนน คสล. ม.4"]
    assert line[3] == 480_000 and line[6:9] == [None, "●", None]
    assert rows[4][6:9] == ["ต.ค.", "พ.ย.", "ธ.ค."]
    if shutil.which("chromium"):
        assert print_page(page_html(page)).startswith(b"%PDF")


def test_the_summary_has_shares_of_all(world: PlanWorld) -> None:
    plan = begin(world)
    save(world, plan, inserts=[NewRow("k", {"name_th": "อบรม", "amount_baht": "120,000", "programme_code": "00210"})])
    lines = action_lines(world.session, plan)
    rows = action_summary(world.session, lines)
    assert [(row.projects, round(row.amount_percent)) for row in rows] == [(1, 80), (1, 20)]
    head = action_plan(world.session, plan)
    assert head is not None
    assert summary_page(head, rows, NOW).rows[-1].cells[3].amount == 600_000


def test_it_goes_over_http(app: Flask, sign_in: SignIn, world: PlanWorld, session: Session) -> None:
    code = session.scalar(sa.text("SELECT organisation_code FROM plan WHERE id = :id"), {"id": world.plan_id})
    planner = session.scalars(sa.select(UserAccount).where(UserAccount.id == world.planner.user_id)).one()
    client = sign_in(app.test_client(), planner)
    made = client.post(f"/api/v1/organisations/{code}/action-plans", json={"fiscal_year": 2570})
    assert made.status_code == 201, made.text
    url = f"/api/v1/action-plans/{made.get_json()['id']}"
    sheet = client.get(f"{url}/forms/pd02").get_json()
    assert sheet["editable"] and [c["key"] for c in sheet["columns"]][5:17] == [f"m{n:02}" for n in range(1, 13)]
    [row] = sheet["rows"]
    change = {"row": row["id"], "column": "m05", "base": None, "value": "1"}
    saved = client.post(f"{url}/forms/pd02/changes", json={"changes": [change], "whole": True}).get_json()
    assert saved["rows"][0]["cells"]["m05"] == "1"
    assert client.get(f"{url}/forms/pd01").get_json()["rows"][0]["projects"] == 1
    assert client.get(f"{url}/forms/pd02/file").data[:2] == b"PK"
    assert client.get(f"{url}/forms/pd09").status_code == 404
    assert app.test_client().get(url).status_code == 404, "a draft is nobody's business yet"


def test_an_action_plan_goes_its_way_by_pages_alone(
    app: Flask, sign_in: SignIn, session: Session, world: PlanWorld
) -> None:
    desk, hall = (
        sign_in(app.test_client(), session.get_one(UserAccount, actor.user_id))
        for actor in (world.planner, world.executive)
    )
    code = session.scalar(sa.text("SELECT organisation_code FROM plan WHERE id = :id"), {"id": world.plan_id})
    issues = f"/organisations/{code}/action-plans"
    assert "ยังไม่มีแผนการดำเนินงาน" in desk.get(issues).text
    begun = desk.post(issues, data={"fiscal_year": "2570"})
    assert begun.status_code == 303 and begun.headers["Location"].endswith("/pd02")
    url = begun.headers["Location"].removesuffix("/pd02")
    identity = int(url.rsplit("/", 1)[1])
    assert desk.post(issues, data={"fiscal_year": "2570"}).status_code == 409
    page = desk.get(url).text
    assert "เหลือ 1 รายการ" in page and "?row=" in page and "480,000" in page
    assert 'data-sheet="/api/v1/action-plans/' in desk.get(f"{url}/pd02").text
    assert "100.00" in desk.get(f"{url}/pd01").text
    save(world, identity, cells=[CellChange(str(only(world, identity).id), "m03", None, "1")])
    seen = action_plan(session, identity).row_version  # type: ignore[union-attr]
    assert desk.post(url, data={"do": "discard", "row_version": str(seen)}).status_code == 422
    form = {"row_version": str(seen), "document": "ประกาศที่ 4/2569"}
    assert hall.post(url, data={**form, "promulgated_on": "32 ต.ค. 2569"}).status_code == 422
    assert hall.post(url, data={**form, "promulgated_on": "1 ต.ค. 2569"}).status_code == 303
    assert "ประกาศที่ 4/2569" in app.test_client().get(url).text


def test_an_issue_that_was_given_up_leaves_its_number_to_the_next(world: PlanWorld) -> None:
    first = begin(world)
    discard_action_plan(world.session, world.planner, first, if_match_version=1)
    head = action_plan(world.session, begin(world))
    assert head is not None and head.number == 1 and "ครั้งที่" not in head.title

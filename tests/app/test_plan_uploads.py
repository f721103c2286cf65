"""The round trip through Excel: down, changed in every way that people change a workbook, up again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import Project
from app.queries.plan_forms import FORMS
from app.services.plan_sheet import change_sheet
from app.services.plan_uploads import (
    StagedUpload,
    accept_upload,
    decide_upload,
    discard_upload,
    receive_workbook,
    stage_workbook,
    staged_upload,
)
from app.services.plan_workbook.marks import HIDDEN_SHEET
from app.services.sheets import CellChange, SheetChanges
from tests import factories
from tests.app.plan_world import DETAILS, PlanWorld, make_plan_world
from tests.app.test_plan_workbook import workbook_of

Change = Callable[[Any, Any], None]


@pytest.fixture
def world(session: Session) -> PlanWorld:
    world = make_plan_world(session)
    for n, (name, baht) in enumerate(
        (("ก่อสร้างถนน คสล. ม.4", "500000"), ("ขุดลอกหนองน้ำ", "720000"), ("ซ่อมถนน", "90000"))
    ):
        world.line(name, y2570=baht, objective=f"เพื่อสัญจร {n}")
    return world


@pytest.fixture
def colleague(session: Session, world: PlanWorld) -> Actor:
    code = session.scalar(sa.text("SELECT organisation_code FROM plan WHERE id = :id"), {"id": world.plan_id})
    return factories.actor_for(factories.make_user(session, "LAO_PLANNER", organisation=code, display_name="เพื่อน"))


def changed(content: bytes, change: Change) -> bytes:
    """The workbook after somebody worked in it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book, book["ผ.02"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def row_of(page: Any, name: str) -> int:
    return next(cell.row for row in page.iter_rows(min_col=2, max_col=2) for cell in row if cell.value == name)


def send(world: PlanWorld, content: bytes, folder: Path, form: Any = DETAILS) -> StagedUpload:
    sent = receive_workbook(io.BytesIO(content), "แผน.xlsx", folder)
    number = stage_workbook(world.session, world.planner, world.version_id, form, sent)
    return staged_upload(world.session, world.planner, number)


def codes(staged: StagedUpload) -> list[str]:
    return [problem.code for problem in staged.difference.problems]


def test_what_nobody_touched_differs_in_nothing(world: PlanWorld, tmp_path: Path) -> None:
    staged = send(world, workbook_of(world), tmp_path)
    assert staged.difference.counts == {"errors": 0, "undecided": 0, "cells": 0, "inserts": 0, "removals": 0}
    assert codes(staged) == [] and not staged.difference.acceptable
    with pytest.raises(InvalidInput) as refused:
        accept_upload(world.session, world.planner, staged.head.id)
    assert refused.value.problems[0].code == "upload_changes_nothing"


def test_cells_rows_and_removals_are_told_and_written_together(world: PlanWorld, tmp_path: Path) -> None:
    content = workbook_of(world)

    def change(_book: Any, page: Any) -> None:
        page.cell(row_of(page, "ขุดลอกหนองน้ำ"), 9).value = " 742,500 "
        page.cell(row_of(page, "ก่อสร้างถนน คสล. ม.4"), 3).value = "เพื่อการขนส่ง"
        page.delete_rows(row_of(page, "ซ่อมถนน"))
        at = row_of(page, "ขุดลอกหนองน้ำ") + 1
        page.insert_rows(at)
        page.cell(at, 2).value, page.cell(at, 9).value = "วางท่อระบายน้ำ", "๑๒๐,๐๐๐"

    staged = send(world, changed(content, change), tmp_path)
    difference = staged.difference
    assert difference.counts == {"errors": 0, "undecided": 0, "cells": 2, "inserts": 1, "removals": 1}, codes(staged)
    money = next(cell for cell in difference.cells if cell.column == "y2570")
    assert (money.base, money.yours, money.theirs, money.address) == ("720000.00", "742500.00", "720000.00", "I10")
    assert {line.amounts[2570] for line in world.lines().values()} == {500_000, 720_000, 90_000}, "nothing written yet"
    accepted = accept_upload(world.session, world.planner, staged.head.id)
    assert accepted.head.status == "ACCEPTED" and accepted.head.result == difference.counts
    lines = {line.name_th: line for line in world.lines().values()}
    assert sorted(lines) == ["ก่อสร้างถนน คสล. ม.4", "ขุดลอกหนองน้ำ", "วางท่อระบายน้ำ"]
    fresh = lines["วางท่อระบายน้ำ"]
    assert (fresh.amounts[2570], fresh.local_strategy_id, fresh.programme_code) == (120_000, world.strategy_id, "00310")
    with pytest.raises(Conflict):
        accept_upload(world.session, world.planner, staged.head.id)


def test_a_cell_that_somebody_else_changed_waits_for_a_choice(
    world: PlanWorld, colleague: Actor, tmp_path: Path
) -> None:
    content = workbook_of(world)
    [origin] = [o for o, line in world.lines().items() if line.name_th == "ขุดลอกหนองน้ำ"]
    theirs = SheetChanges(cells=[CellChange(str(origin), "y2570", "720000", "800000")])
    world.session.execute(sa.text("SELECT set_config('eplan.user_name', 'เพื่อน', true)"))
    assert change_sheet(world.session, colleague, world.version_id, DETAILS, theirs).clean

    def change(_book: Any, page: Any) -> None:
        page.cell(row_of(page, "ขุดลอกหนองน้ำ"), 9).value = 742500

    staged = send(world, changed(content, change), tmp_path)
    [cell] = staged.difference.cells
    assert cell.conflict and (cell.base, cell.yours, cell.theirs) == ("720000.00", "742500.00", "800000.00")
    assert cell.by == "เพื่อน" and cell.at is not None
    with pytest.raises(InvalidInput) as refused:
        accept_upload(world.session, world.planner, staged.head.id)
    assert [problem.code for problem in refused.value.problems] == ["upload_conflicts"]
    assert decide_upload(world.session, world.planner, staged.head.id, {cell.key: "mine"}).difference.acceptable
    again = SheetChanges(cells=[CellChange(str(origin), "y2570", "800000", "810000")])
    assert change_sheet(world.session, colleague, world.version_id, DETAILS, again).clean
    later = staged_upload(world.session, world.planner, staged.head.id)
    assert later.difference.undecided == 1, "what was chosen against is not what stands any more"
    decide_upload(world.session, world.planner, staged.head.id, {cell.key: "mine"})
    accept_upload(world.session, world.planner, staged.head.id)
    assert world.lines()[origin].amounts[2570] == 742_500


def test_what_somebody_else_changed_and_we_did_not_stays(world: PlanWorld, colleague: Actor, tmp_path: Path) -> None:
    content = workbook_of(world)
    [origin] = [o for o, line in world.lines().items() if line.name_th == "ซ่อมถนน"]
    theirs = SheetChanges(cells=[CellChange(str(origin), "target", None, "1 สาย")])
    change_sheet(world.session, colleague, world.version_id, DETAILS, theirs)
    assert send(world, content, tmp_path).difference.counts["cells"] == 0


def test_a_removed_line_that_somebody_changed_is_a_conflict(world: PlanWorld, colleague: Actor, tmp_path: Path) -> None:
    content = workbook_of(world)
    [origin] = [o for o, line in world.lines().items() if line.name_th == "ซ่อมถนน"]
    theirs = SheetChanges(cells=[CellChange(str(origin), "target", None, "1 สาย")])
    change_sheet(world.session, colleague, world.version_id, DETAILS, theirs)
    staged = send(world, changed(content, lambda _b, page: page.delete_rows(row_of(page, "ซ่อมถนน"))), tmp_path)
    [removal] = staged.difference.removals
    assert removal.conflict and staged.difference.undecided == 1
    decided = decide_upload(world.session, world.planner, staged.head.id, {removal.key: "theirs"})
    assert decided.difference.counts["removals"] == 0 and not decided.difference.undecided


def test_problems_stand_at_their_cell_and_can_be_left_aside(world: PlanWorld, tmp_path: Path) -> None:
    def change(_book: Any, page: Any) -> None:
        page.cell(row_of(page, "ซ่อมถนน"), 9).value = "ประมาณ 5 แสน"
        page.cell(row_of(page, "ก่อสร้างถนน คสล. ม.4"), 2).value = None
        page["Q9"].value = "แผนงานที่ไม่มี"
        page["C10"].value = "#REF!"

    staged = send(world, changed(workbook_of(world), change), tmp_path)
    told = {problem.where["address"]: problem.code for problem in staged.difference.problems if problem.is_error}
    assert told["I11"] == "amount_unreadable" and told["B9"] == "cell_required"
    assert told["C10"] == "cell_formula_error" and "choice_unknown" in told.values()
    with pytest.raises(InvalidInput) as refused:
        accept_upload(world.session, world.planner, staged.head.id)
    assert len(refused.value.problems) == len(told)
    left = {str(problem.where["key"]): "theirs" for problem in staged.difference.problems}
    assert decide_upload(world.session, world.planner, staged.head.id, left).difference.errors == 0


def test_sorted_copied_and_merged_rows_are_understood(world: PlanWorld, tmp_path: Path) -> None:
    def change(_book: Any, page: Any) -> None:
        rows = [[page.cell(r, c).value for c in range(1, page.max_column + 1)] for r in (9, 10, 11)]
        for at, values in zip((9, 10, 11), reversed(rows), strict=True):
            for column, value in enumerate(values, start=1):
                page.cell(at, column).value = value
        page.insert_rows(12)
        for column, value in enumerate(rows[0], start=1):
            page.cell(12, column).value = value
        page.cell(12, 2).value = "สำเนาที่แก้ชื่อ"

    staged = send(world, changed(workbook_of(world), change), tmp_path)
    assert staged.difference.counts == {"errors": 0, "undecided": 0, "cells": 0, "inserts": 1, "removals": 0}
    assert "row_copied" in codes(staged)
    assert staged.difference.inserts[0].name == "สำเนาที่แก้ชื่อ"


def test_merged_cells_count_for_every_row_that_they_cover(world: PlanWorld, tmp_path: Path) -> None:
    def change(_book: Any, page: Any) -> None:
        page["L9"].value = "กองช่าง"
        page.merge_cells("L9:L11")

    staged = send(world, changed(workbook_of(world), change), tmp_path)
    assert [(cell.column, cell.yours) for cell in staged.difference.cells] == [("department", "กองช่าง")] * 3


def test_without_the_hidden_sheet_lines_are_known_by_their_marks(world: PlanWorld, tmp_path: Path) -> None:
    def change(book: Any, page: Any) -> None:
        del book[HIDDEN_SHEET]
        page.cell(row_of(page, "ซ่อมถนน"), 2).value = "ซ่อมถนนสายใหม่"
        page.delete_rows(row_of(page, "ขุดลอกหนองน้ำ"))

    staged = send(world, changed(workbook_of(world), change), tmp_path)
    assert codes(staged) == ["workbook_base_lost"]
    assert staged.difference.counts == {"errors": 0, "undecided": 0, "cells": 1, "inserts": 0, "removals": 0}


def test_without_marks_either_lines_are_known_by_their_names(world: PlanWorld, tmp_path: Path) -> None:
    def change(book: Any, page: Any) -> None:
        del book[HIDDEN_SHEET]
        page.delete_cols(18)
        page.cell(row_of(page, "ซ่อมถนน"), 9).value = 95000

    staged = send(world, changed(workbook_of(world), change), tmp_path)
    counts = staged.difference.counts
    assert (counts["cells"], counts["inserts"], counts["removals"]) == (1, 0, 0), codes(staged)


def test_a_formula_that_was_never_worked_out_is_no_empty_cell(world: PlanWorld, tmp_path: Path) -> None:
    def change(_book: Any, page: Any) -> None:
        page.cell(row_of(page, "ซ่อมถนน"), 9).value = "=45000*2"

    staged = send(world, changed(workbook_of(world), change), tmp_path)
    assert [p.code for p in staged.difference.problems if p.is_error] == ["cell_formula_unsaved"]


def test_a_workbook_of_another_form_is_refused(world: PlanWorld, tmp_path: Path) -> None:
    staged = send(world, workbook_of(world, FORMS["ผ.02/1"]), tmp_path)
    assert "workbook_of_other_form" in codes(staged) and not staged.difference.acceptable


def test_a_line_with_approved_money_cannot_leave(world: PlanWorld, tmp_path: Path) -> None:
    world.promulgate()
    world.open("CHANGE")
    wanted = sa.select(Project).where(Project.name_th == "ซ่อมถนน", Project.fiscal_year_be == 2570)
    factories.make_appropriation(world.session, world.session.scalars(wanted).one(), 90_000)
    content = workbook_of(world)
    staged = send(world, changed(content, lambda _b, page: page.delete_rows(row_of(page, "ซ่อมถนน"))), tmp_path)
    [problem] = staged.difference.problems
    assert problem.code == "line_has_budget" and not staged.difference.acceptable
    left = decide_upload(world.session, world.planner, staged.head.id, {str(problem.where["key"]): "theirs"})
    assert left.difference.errors == 0 and left.difference.counts["removals"] == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "xls_not_supported"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted"),
        (b"a,b,c\n1,2,3", "workbook_expected"),
        (b"PK\x03\x04broken", "archive_damaged"),
        (b"", "workbook_expected"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        receive_workbook(io.BytesIO(content), "a.xlsx", tmp_path)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert list(tmp_path.iterdir()) == []


def test_only_planners_of_the_organisation_send_look_and_decide(
    world: PlanWorld, session: Session, tmp_path: Path
) -> None:
    staged = send(world, workbook_of(world), tmp_path)
    other = factories.make_organisation(session, "D9801001", province_code="98", amphoe_code="9801")
    stranger = factories.actor_for(factories.make_user(session, "LAO_PLANNER", organisation=other))
    for attempt in (staged_upload, accept_upload, discard_upload):
        with pytest.raises(NotFound, match="plan_upload_not_found"):
            attempt(session, stranger, staged.head.id)  # type: ignore[operator]
    discard_upload(session, world.planner, staged.head.id)
    assert staged_upload(session, world.planner, staged.head.id).head.status == "DISCARDED"

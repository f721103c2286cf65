"""Workbooks that municipalities made themselves, with everything that stands in them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
import xlsxwriter
from sqlalchemy.orm import Session

from app.queries.plan_forms import FORMS
from app.services.plan_uploads import accept_upload
from app.services.plan_workbook.headings import find_heading, form_named, key_of, titled
from gis.sheets.cells import SheetLimits, WorkbookError
from gis.sheets.process import read_workbook
from tests.app.plan_world import DETAILS, PlanWorld, make_plan_world
from tests.app.test_plan_uploads import codes, send


@pytest.fixture
def world(session: Session) -> PlanWorld:
    world = make_plan_world(session)
    session.execute(
        sa.text("INSERT INTO local_tactic (local_strategy_id, code, name_th) VALUES (:s, '2', 'พัฒนาระบบระบายน้ำ')"),
        {"s": world.strategy_id},
    )
    return world


def municipal(*, sheet: str = "ผ.02", total: int = 1_732_820) -> bytes:
    """A plan as offices keep it: heads over two rows, a budget beside the plan, sums, notes in boxes."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    page = book.add_worksheet(sheet)
    page.merge_range("A1:N1", "รายละเอียดโครงการพัฒนา")
    page.merge_range("A2:N2", "แผนพัฒนาท้องถิ่น (พ.ศ. 2566 - 2570)")
    page.write("A3", "ก. ยุทธศาสตร์ชาติที่ 5 ด้านการสร้างการเติบโต")
    page.write("A4", "ข. ยุทธศาสตร์จังหวัดที่ 2 เกษตร")
    page.write("A5", "จ. ยุทธศาสตร์ที่ ๑ ด้านโครงสร้างพื้นฐาน")
    page.write("A6", "กลยุทธ์ที่ 2 พัฒนาระบบระบายน้ำ")
    page.write("A7", "แผนงานอุตสาหกรรมและการโยธา")
    for column, title in (
        ("A", "ที่"),
        ("B", "โครงการ/\nกิจกรรม"),
        ("C", "วัตถุประสงค์"),
        ("D", "เป้าหมาย\n(ผลผลิตของโครงการ)"),
    ):
        page.merge_range(f"{column}8:{column}9", title)
    page.merge_range("E8:I8", "งบประมาณและที่ผ่านมา")
    for n, year in enumerate(("2566\n(บาท)", "พ.ศ. 2567", "๒๕๖๘", "ปี 2569", 2570)):
        page.write(8, 4 + n, year)
    for column, title in (("J", "ตัวชี้วัด (KPI)"), ("K", "ผลที่คาดว่า\nจะได้รับ"), ("L", "หน่วยงาน\nที่รับผิดชอบหลัก")):
        page.merge_range(f"{column}8:{column}9", title)
    page.merge_range("M8:N8", "เทศบัญญัติ")
    page.write("M9", 2566)
    page.write("N9", 2567)
    page.write_row("A10", ["(1)", "(2)", "(3)"])
    page.write_row(
        "A11", [1, "ก่อสร้างท่อระบายน้ำ ม.1", "เพื่อระบายนํ้า", "ยาว 200 ม.", " 1,632,820 ", " - ", None, "", "๑๐๐,๐๐๐"]
    )
    page.write_row("J11", ["ร้อยละ 80", "น้ำไม่ท่วม", "กองช่าง", 999_999, 5])
    page.write_row("B12", ["(ต่อเนื่องจากปี 2565)", "และลดน้ำท่วม"])
    page.write_row("A13", [2, "ปรับปรุงรางระบายน้ำ", "เพื่อระบายน้ำ", None, 100_000])
    page.write_row("A14", ["รวม 2 โครงการ", None, None, None, total, None, None, None, 100_000])
    page.write("A15", "แผนงานเคหะและชุมชน")
    page.write_row("A16", [1, "ติดตั้งโคมไฟ", None, "10 ดวง", None, None, "96O,000"])
    page.write_row("A17", ["รวมทั้งสิ้น 3 โครงการ", None, None, None, 1_732_820])
    page.insert_textbox("B13", "ซ้ำลำดับที่ 63", {"height": 15})
    book.close()
    return file.getvalue()


def test_a_municipalitys_own_workbook_becomes_lines(world: PlanWorld, tmp_path: Path) -> None:
    staged = send(world, municipal(), tmp_path)
    difference = staged.difference
    assert [line.name.split("\n")[0] for line in difference.inserts] == [
        "ก่อสร้างท่อระบายน้ำ ม.1",
        "ปรับปรุงรางระบายน้ำ",
        "ติดตั้งโคมไฟ",
    ]
    first, second, third = (line.cells for line in difference.inserts)
    assert first["name_th"] == "ก่อสร้างท่อระบายน้ำ ม.1\n(ต่อเนื่องจากปี 2565)"
    assert first["objective"] == "เพื่อระบายน้ำ\nและลดน้ำท่วม"
    assert (first["y2566"], first.get("y2567"), first["y2570"]) == ("1632820.00", None, "100000.00")
    assert (first["department"], first["programme_code"]) == ("กองช่าง", "00310")
    assert first["local_strategy_id"] == str(world.strategy_id) and first["local_tactic_id"] is not None
    assert third["programme_code"] == "00240" and second["y2566"] == "100000.00"
    assert difference.inserts[1].remarks == ["ซ้ำลำดับที่ 63"]
    [problem] = [p for p in difference.problems if p.is_error]
    assert (problem.code, problem.where["address"], problem.values["suggestion"]) == (
        "amount_unreadable",
        "G16",
        "960000.00",
    )
    assert not {"subtotal_differs", "subtotal_count_differs", "strategy_unknown"} & set(codes(staged))


def test_a_sum_that_differs_is_told(world: PlanWorld, tmp_path: Path) -> None:
    staged = send(world, municipal(total=1_900_000), tmp_path)
    [problem] = [p for p in staged.difference.problems if p.code == "subtotal_differs"]
    assert (problem.level, problem.where["address"], problem.values["read"]) == ("warning", "E14", "1,732,820.00")


def test_lines_that_stand_are_matched_by_name_and_nothing_is_emptied(world: PlanWorld, tmp_path: Path) -> None:
    origin = world.line("ปรับปรุงรางระบายน้ำ", target="ยาว 50 ม.", y2570="7")
    staged = send(world, municipal(), tmp_path)
    assert len(staged.difference.inserts) == 2 and staged.difference.removals == []
    changed = {cell.column: cell.yours for cell in staged.difference.cells if cell.row == origin}
    assert changed["y2566"] == "100000.00" and "target" not in changed and "y2570" not in changed


def test_what_was_mended_is_accepted_whole(world: PlanWorld, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(municipal()))
    book["ผ.02"]["G16"].value = 96_000
    file = io.BytesIO()
    book.save(file)
    staged = send(world, file.getvalue(), tmp_path)
    accept_upload(world.session, world.planner, staged.head.id)
    lines = {line.name_th.split("\n")[0]: line for line in world.lines().values()}
    assert lines["ติดตั้งโคมไฟ"].amounts == {2568: 96_000}
    assert lines["ก่อสร้างท่อระบายน้ำ ม.1"].local_tactic_id is not None


def test_a_sheet_of_another_form_is_not_read(world: PlanWorld, tmp_path: Path) -> None:
    staged = send(world, municipal(sheet="ผ.08"), tmp_path)
    assert codes(staged) == ["plan_header_not_found"]


def test_articles_of_the_old_form_are_read_into_todays(world: PlanWorld, tmp_path: Path) -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    page = book.add_worksheet("ผ.08")
    page.write_row("A3", ["ที่", "แผนงาน", "หมวด", "ประเภท", "เป้าหมาย (ผลผลิตของครุภัณฑ์)", 2566, 2567, 2568, 2569, 2570])
    page.write_row("A4", [1, "บริหารงานทั่วไป", "ค่าครุภัณฑ์", "ครุภัณฑ์คอมพิวเตอร์", "เครื่องพิมพ์ 2 เครื่อง", "8,900"])
    book.close()
    staged = send(world, file.getvalue(), tmp_path, FORMS["ผ.03"])
    [line] = staged.difference.inserts
    assert (line.name, line.cells["programme_code"], line.cells["y2566"]) == ("เครื่องพิมพ์ 2 เครื่อง", "00110", "8900.00")


def test_titles_however_they_are_written() -> None:
    for title, key in (
        ("ลำดับ\nที่", "line_number"),
        ("ชื่อโครงการ / กิจกรรม", "name_th"),
        ("เป้าหมาย(ผลผลิต\nของโครงการ)", "target"),
        ("หน่วยงานที่รับผิดชอบหลัก", "department"),
        ("ผลที่คาดว่าจะได้รับ", "expected_result"),
    ):
        assert key_of(titled(title)) == key
    assert form_named("ผ.๐๒") == "ผ.02" and form_named("สารบัญ") is None


def make(path: Path, fill: Any) -> Path:
    book = xlsxwriter.Workbook(str(path))
    fill(book.add_worksheet("ก"))
    book.close()
    return path


def test_boxes_comments_and_merged_cells_are_read(tmp_path: Path) -> None:
    def fill(page: Any) -> None:
        page.merge_range(1, 1, 2, 3, "รวม")
        page.insert_textbox(4, 2, "ย้ายไปแผนงานอุตสาหกรรม")
        page.write_comment("A1", "ตรวจแล้ว", {"author": "กองแผน"})

    [sheet] = read_workbook(make(tmp_path / "a.xlsx", fill)).sheets
    assert sheet.merged == [(2, 2, 3, 4)]
    assert {note.text for note in sheet.notes} == {"ย้ายไปแผนงานอุตสาหกรรม", "ตรวจแล้ว"}
    assert find_heading(sheet, DETAILS) is None


def test_more_than_the_limits_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "a.xlsx", lambda page: [page.write(row, 0, row) for row in range(300)])
    with pytest.raises(WorkbookError) as rows:
        read_workbook(path, SheetLimits(rows=100))
    assert rows.value.problem.code == "workbook_too_large"
    with pytest.raises(WorkbookError) as heavy:
        read_workbook(path, SheetLimits(unpacked_bytes=1000))
    assert heavy.value.problem.code == "archive_too_large"

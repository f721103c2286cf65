"""Forms as workbooks: the official layout, sums that live, and everything that is needed to read them back."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from app.queries.codelists import code_list
from app.queries.plan_forms import FORMS, PlanForm
from app.queries.plan_sheet import Sheet, plan_sheet, plan_summary
from app.queries.plans import plan
from app.services.plan_workbook.marks import HIDDEN_SHEET, Damaged, base_of
from app.services.plan_workbook.writing import BUDGET_TITLE, write_form, write_summary
from tests.app.plan_world import DETAILS, PlanWorld, make_plan_world

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


@pytest.fixture
def world(session: Session) -> PlanWorld:
    return make_plan_world(session)


def sheet_of(world: PlanWorld, form: PlanForm = DETAILS) -> Sheet:
    head = plan(world.session, world.plan_id)
    assert head is not None
    return plan_sheet(world.session, head, world.version(), form)


def workbook_of(world: PlanWorld, form: PlanForm = DETAILS) -> bytes:
    return write_form(sheet_of(world, form), code_list(world.session, "budget_programme"), NOW)


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(page: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_the_form_has_the_official_columns_in_their_order_and_ours_to_the_right(world: PlanWorld) -> None:
    world.line("ก่อสร้างถนน คสล. ม.4", objective="เพื่อสัญจร", y2569="1,000,000.50")
    page = opened(workbook_of(world))["ผ.02"]
    assert rows_of(page)[2][0] == "ฉบับแรก (ร่าง)", "said once"
    head, years = rows_of(page)[4], rows_of(page)[5]
    assert head[:4] == ["ที่", "โครงการ", "วัตถุประสงค์", "เป้าหมาย (ผลผลิตของโครงการ)"]
    assert head[4] == BUDGET_TITLE and years[4:9] == [2566, 2567, 2568, 2569, 2570]
    assert head[9:12] == ["ตัวชี้วัด (KPI)", "ผลที่คาดว่าจะได้รับ", "หน่วยงานรับผิดชอบหลัก"]
    assert head[12] == "ประเภทงาน" and "L" in page.print_area
    assert page.print_title_rows == "$5:$6" and page.page_setup.orientation == "landscape"
    [line] = [row for row in rows_of(page) if row[1] == "ก่อสร้างถนน คสล. ม.4"]
    assert line[7] == 1000000.5 and isinstance(line[7], float)
    assert line[12] == "ถนน" and line[-1].startswith("L")


def test_articles_have_the_columns_of_their_form(world: PlanWorld) -> None:
    page = opened(workbook_of(world, FORMS["ผ.03"]))["ผ.03"]
    assert rows_of(page)[4][:5] == ["ที่", "แผนงาน", "หมวด", "ประเภท", "เป้าหมาย (ผลผลิตของครุภัณฑ์)"]


def test_lines_that_left_are_not_in_the_form(world: PlanWorld) -> None:
    world.line("อยู่")
    world.promulgate()
    world.open("CHANGE")
    [origin] = world.lines()
    world.save(removals=[str(origin)])
    assert not any("อยู่" in str(row) for row in rows_of(opened(workbook_of(world))["ผ.02"]))


def test_a_text_is_never_a_formula(world: PlanWorld) -> None:
    world.line("=1+1", objective="@SUM(A1)")
    page = opened(workbook_of(world))["ผ.02"]
    [cell] = [cell for row in page.iter_rows() for cell in row if cell.value == "=1+1"]
    assert cell.data_type == "s"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no program here that calculates workbooks")
def test_sums_are_what_a_spreadsheet_works_out(world: PlanWorld, tmp_path: Path) -> None:
    for n in range(3):
        world.line(f"โครงการ {n}", y2570=str(1000 * (n + 1)))
    (tmp_path / "form.xlsx").write_bytes(workbook_of(world))
    subprocess.run(["soffice", "--headless", "--convert-to", "csv", "form.xlsx"], cwd=tmp_path, check=True, timeout=60)
    assert "6,000.00" in (tmp_path / "form.csv").read_text()


def test_sums_are_formulas_with_the_sums_of_today_beside_them(world: PlanWorld) -> None:
    world.line("หนึ่ง", y2569="100.25", y2570="0")
    world.line("สอง", y2569="200")
    content = workbook_of(world)
    formulas = [cell.value for row in opened(content)["ผ.02"].iter_rows() for cell in row if cell.data_type == "f"]
    assert any(f.startswith("=SUM(H") for f in formulas) and any(f.startswith("=SUMIF(") for f in formulas)
    values = rows_of(openpyxl.load_workbook(io.BytesIO(content), data_only=True)["ผ.02"])
    [group] = [row for row in values if str(row[0]).startswith("รวม 2")]
    [total] = [row for row in values if str(row[0]).startswith("รวมทั้งสิ้น 2")]
    assert group[7] == total[7] == 300.25


def test_the_hidden_sheet_knows_every_cell_and_whether_it_was_touched(world: PlanWorld) -> None:
    origin = world.line("ขุดลอกลำน้ำ", y2569="720000")
    book = opened(workbook_of(world))
    assert book[HIDDEN_SHEET].sheet_state == "hidden"
    lines = rows_of(book[HIDDEN_SHEET])
    base = base_of(lines)
    assert base is not None and (base.version_id, base.form, base.sheet) == (world.version_id, "p02", "ผ.02")
    assert base.rows[origin]["y2569"] == "720000.00" and base.rows[origin]["programme_code"] == "00310"
    lines[1][1] = str(lines[1][1]).replace("720000", "1")
    with pytest.raises(Damaged):
        base_of(lines)
    assert base_of([]) is None and base_of([['{"format": "another"}']]) is None


def test_the_summary_counts_projects_and_baht(world: PlanWorld) -> None:
    world.line("หนึ่ง", y2569="100", y2570="50")
    world.line("สอง", y2569="200")
    head = plan(world.session, world.plan_id)
    assert head is not None
    summary = plan_summary(world.session, head, world.version(), DETAILS)
    content = write_summary(summary, NOW)
    values = rows_of(openpyxl.load_workbook(io.BytesIO(content), data_only=True)["ผ.01"])
    total = values[-1]
    assert total[0] == "รวมทั้งสิ้น"
    assert total[7:] == [2, 300, 2, 500_050, 2, 500_350]
    assert Decimal(str(total[-1])) == summary.total.total.amount_baht

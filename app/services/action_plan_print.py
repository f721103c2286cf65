"""Forms ผด.01, ผด.02 and ผด.02/1 as pages: printed as PDF, and written as XLSX from the same page."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal

import xlsxwriter

from app.queries.action_plans import (
    ARTICLES,
    DETAILS,
    FORM_NAMES,
    MONTHS,
    SUMMARY,
    ActionLine,
    ActionPlanHead,
    ActionSummaryRow,
    month_year_be,
)
from app.queries.codelists import Code
from app.services.plan_print import PAPERS, Cell, Column, Page, Printing, Row, given_amount_cell, money_cell
from app.services.plan_workbook.writing import BAHT_FORMAT, FONT
from app.services.plan_workbook.writing import PAPERS as EXCEL_PAPERS

MONTH_MARK = "●"
_MONTH_WIDTH = 24
_PERCENT_A_CHARACTER = 7


def lines_page(
    head: ActionPlanHead, form: str, lines: Sequence[ActionLine], programmes: Mapping[str, Code], printing: Printing
) -> Page:
    """ผด.02 or ผด.02/1: a line an activity with its months."""
    thing = "ครุภัณฑ์" if form == ARTICLES else "โครงการ"
    columns = [
        Column("ที่", 32),
        Column(thing, 200),
        Column(f"รายละเอียดของ{'ครุภัณฑ์' if form == ARTICLES else 'กิจกรรมที่เกิดขึ้นจากโครงการ'}", 190),
        Column("งบประมาณ (บาท)", 96),
        Column("สถานที่ดำเนินการ", 110),
        Column("หน่วยงานรับผิดชอบหลัก", 96),
    ]
    for n, month in enumerate(MONTHS, start=1):
        columns.append(Column(month, _MONTH_WIDTH, f"พ.ศ. {month_year_be(head.fiscal_year_be, n)}"))
    rows: list[Row] = []
    keyed = itertools.groupby(lines, key=lambda line: (line.strategy, line.programme_code))
    strategy: object = object()
    for (named, programme), group in keyed:
        inside = list(group)
        if named != strategy:
            strategy = named
            rows.append(Row("strategy", (Cell(f"ยุทธศาสตร์ที่ {named}" if named else "ยังไม่ระบุยุทธศาสตร์", len(columns)),)))
        known = None if programme is None else programmes.get(programme)
        rows.append(Row("programme", (Cell(known.name_th if known else "ยังไม่ระบุแผนงาน", len(columns)),)))
        rows += [_line(n, line) for n, line in enumerate(inside, start=1)]
        rows.append(_sum("sum", f"รวม {len(inside):,} โครงการ", inside))
    rows.append(_sum("total", f"รวมทั้งสิ้น {len(lines):,} โครงการ", lines))
    return _page(head, form, columns, rows, printing, carried=(3,))


def summary_page(head: ActionPlanHead, rows: Sequence[ActionSummaryRow], printing: Printing) -> Page:
    """ผด.01: counts and baht with their shares of all."""
    columns = [
        Column("ยุทธศาสตร์/แผนงาน", 260),
        Column("จำนวนโครงการที่ดำเนินการ", 80),
        Column("คิดเป็นร้อยละของโครงการทั้งหมด", 90),
        Column("จำนวนงบประมาณ (บาท)", 120),
        Column("คิดเป็นร้อยละของงบประมาณทั้งหมด", 90),
        Column("หน่วยงานรับผิดชอบหลัก", 140),
    ]
    printed: list[Row] = []
    for strategy, group in itertools.groupby(rows, key=lambda row: row.strategy):
        inside = list(group)
        printed.append(Row("strategy", (Cell(f"ยุทธศาสตร์ที่ {strategy}" if strategy[:1].isdecimal() else strategy, 6),)))
        printed += [_figures("line", of.programme, [of], of.departments) for of in inside]
        printed.append(_figures("sum", "รวม", inside, ""))
    printed.append(_figures("total", "รวมทั้งสิ้น", rows, ""))
    return _page(head, SUMMARY, columns, printed, printing)


def write_page(page: Page, *, paper: str = "a4") -> bytes:
    """A page as XLSX: amounts are numbers, heads stay, landscape."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(page.code.replace("/", "-"))

        def look(**more: object) -> object:
            given = {"font_name": FONT, "font_size": 14, "text_wrap": True, "valign": "top", "border": 1}
            return book.add_format({**given, **more})

        plain, bold, middle = look(), look(bold=True), look(align="center")
        money, bold_money = look(num_format=BAHT_FORMAT), look(num_format=BAHT_FORMAT, bold=True)
        head = look(bold=True, align="center", valign="vcenter", bg_color="#EBEDF2")
        title = look(bold=True, align="center", border=0, font_size=18)
        last = len(page.columns) - 1
        for n, text in enumerate(page.titles):
            sheet.merge_range(n, 0, n, last, text, title)
        top = len(page.titles)
        _write_head(sheet, page, top, head)
        for at, row in enumerate(page.rows, start=top + 2):
            column = 0
            strong = row.kind != "line"
            for cell in row.cells:
                style = middle if cell.align == "center" else bold if strong else plain
                if cell.columns > 1:
                    sheet.merge_range(at, column, at, column + cell.columns - 1, cell.text, style)
                elif cell.amount is not None:
                    sheet.write_number(at, column, float(cell.amount), bold_money if strong else money)
                elif cell.text:
                    sheet.write_string(at, column, cell.text, style)
                else:
                    sheet.write_blank(at, column, None, style)
                column += cell.columns
        for n, of in enumerate(page.columns):
            sheet.set_column(n, n, max(of.width / _PERCENT_A_CHARACTER, 5))
        sheet.set_landscape()
        sheet.set_paper(EXCEL_PAPERS[paper])
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top, top + 1)
        sheet.freeze_panes(top + 2, 2)
        organisation = page.organisation.replace("&", "&&")
        sheet.set_footer(f'&L&"{FONT}"{organisation}&C&"{FONT}"หน้า &P/&N&R&"{FONT}"ข้อมูล ณ {page.as_of}')
    return file.getvalue()


def _write_head(sheet: xlsxwriter.worksheet.Worksheet, page: Page, top: int, look: object) -> None:
    n = 0
    while n < len(page.columns):
        column = page.columns[n]
        if column.over is None:
            sheet.merge_range(top, n, top + 1, n, column.title, look)
            n += 1
            continue
        shared = [c for c in itertools.takewhile(lambda c: c.over == column.over, page.columns[n:])]  # noqa: B023
        if len(shared) > 1:
            sheet.merge_range(top, n, top, n + len(shared) - 1, column.over, look)
        else:
            sheet.write_string(top, n, column.over, look)
        for k, each in enumerate(shared):
            sheet.write_string(top + 1, n + k, each.title, look)
        n += len(shared)


def _line(n: int, line: ActionLine) -> Row:
    months = (Cell(MONTH_MARK if month in line.months else "", align="center") for month in range(1, len(MONTHS) + 1))
    department = line.department or ""
    if line.other_agency:
        department = f"{department} (หน่วยงานอื่น)".strip()
    cells = (
        Cell(str(line.line_number or n), align="center"),
        Cell(line.name_th),
        Cell(line.detail or ""),
        given_amount_cell(line.amount_baht),
        Cell(line.location_text or ""),
        Cell(department),
        *months,
    )
    return Row("line", cells, (int((line.amount_baht or Decimal(0)) * 100),))


def _sum(kind: str, title: str, lines: Sequence[ActionLine]) -> Row:
    total = sum((line.amount_baht or Decimal(0) for line in lines), Decimal(0))
    return Row(kind, (Cell(title, 3, "right"), money_cell(total), Cell("", 2 + len(MONTHS))))


def _figures(kind: str, name: str, of: Sequence[ActionSummaryRow], departments: str) -> Row:
    amount = sum((row.amount_baht for row in of), Decimal(0))
    cells = (
        Cell(name),
        Cell(f"{sum(row.projects for row in of):,}", align="center"),
        Cell(f"{sum(row.projects_percent for row in of):.2f}", align="center"),
        money_cell(amount),
        Cell(f"{sum(row.amount_percent for row in of):.2f}", align="center"),
        Cell(departments),
    )
    return Row(kind, cells)


def _page(
    head: ActionPlanHead,
    form: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    printing: Printing,
    carried: tuple[int, ...] = (),
) -> Page:
    state = "" if head.status == "PROMULGATED" else " (ร่าง)"
    return Page(
        form,
        (FORM_NAMES[form], f"{head.title}{state}", head.organisation_name),
        tuple(columns),
        tuple(rows),
        head.organisation_name,
        printing.moment,
        PAPERS[printing.paper],
        f"แบบ {form} · {head.title}{state}",
        carried,
        address=printing.address,
        receipt=printing.receipt,
    )


__all__ = ["ARTICLES", "DETAILS", "SUMMARY", "lines_page", "summary_page", "write_page"]

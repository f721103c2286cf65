"""The report as a workbook: rows to filter, sums that follow the filter, sums by organisation or kind as formulas."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from app.services.gis_reports.contents import KINDS, Contents, Sums, kind_words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_COLUMNS = (
    ("ที่", 6),
    ("รหัสโครงการ", 22),
    ("ชื่อโครงการ", 60),
    ("อปท.", 30),
    ("พื้นที่", 18),
    ("ปีงบประมาณ", 12),
    ("ด้าน", 12),
    ("ประเภท", 24),
    ("สถานะเงิน", 20),
    ("สถานะพิกัด", 16),
    ("ยาวที่วาด (ม.)", 14),
    ("พื้นที่ที่วาด (ตร.ม.)", 16),
    ("ละติจูด", 12),
    ("ลองจิจูด", 12),
    ("แผน (บาท)", 18),
    ("งบประมาณ (บาท)", 18),
    ("ก่อหนี้ผูกพัน (บาท)", 18),
    ("เบิกจ่าย (บาท)", 18),
    ("เบิกจ่าย (ร้อยละ)", 12),
)
_ORGANISATION, _KIND, _PLANNED, _BUDGET, _CONTRACTED, _PAID, _PERCENT = 3, 6, 14, 15, 16, 17, 18
_MONEY_COLUMNS = (_PLANNED, _BUDGET, _CONTRACTED, _PAID)
_HEAD = 5
_TABLE = "Projects"


def write_workbook(contents: Contents, path: Path) -> None:
    """Two sheets: projects as a table with SUBTOTAL above it, and sums by organisation and kind as SUMIFS.

    Every formula carries its value, so that programs that do not reckon show the same numbers.
    """
    with xlsxwriter.Workbook(str(path), _SAFE) as book:
        formats = {
            "bold": book.add_format({"bold": True}),
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#EBEDF2"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "sum": book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
            "count": book.add_format({"num_format": "#,##0", "bold": True, "top": 1}),
            "number": book.add_format({"num_format": "#,##0"}),
            "percent": book.add_format({"num_format": "0.0%"}),
            "place": book.add_format({"num_format": "0.000000"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        summary = book.add_worksheet("สรุป")
        _projects(book.add_worksheet("โครงการ"), contents, formats)
        _summary(book, summary, contents, formats)


def _projects(sheet: xlsxwriter.worksheet.Worksheet, contents: Contents, formats: dict[str, object]) -> None:
    sheet.write_string(0, 0, contents.title, formats["bold"])
    sheet.write_string(1, 0, " · ".join(contents.filters) or "ทุกโครงการ")
    sheet.write_string(2, 0, f"ข้อมูล ณ {contents.as_of}  {contents.address}")
    first, last = _HEAD + 1, _HEAD + max(1, len(contents.projects))
    sums = contents.sums
    sheet.write_string(3, _PLANNED - 1, "รวมแถวที่แสดง", formats["bold"])
    values = (sums.planned_baht, sums.budget_baht, sums.contracted_baht, sums.disbursed_baht)
    for column, value in zip(_MONEY_COLUMNS, values, strict=True):
        letter = xl_col_to_name(column)
        formula = f"=SUBTOTAL(109,{letter}{first + 1}:{letter}{last + 1})"
        sheet.write_formula(3, column, formula, formats["sum"], float(value))
    for n, project in enumerate(contents.projects):
        row = first + n
        place = None if project.shape is None else project.shape.representative_point()
        texts = (
            (1, project.code),
            (2, project.name_th),
            (_ORGANISATION, project.organisation_name),
            (4, project.area_name or ""),
            (_KIND, KINDS[project.kind]),
            (7, kind_words(project, contents.names)),
            (8, contents.names.status.get(project.status, project.status)),
            (9, contents.names.geometry_status.get(project.geometry_status, project.geometry_status)),
        )
        sheet.write_number(row, 0, n + 1)
        sheet.write_number(row, 5, project.fiscal_year_be)
        for column, text in texts:
            sheet.write_string(row, column, text, formats["wrap"] if column == 2 else None)
        if project.drawn_length_m:
            sheet.write_number(row, 10, round(project.drawn_length_m, 2), formats["money"])
        if project.drawn_area_m2:
            sheet.write_number(row, 11, round(project.drawn_area_m2, 2), formats["money"])
        if place is not None:
            sheet.write_number(row, 12, place.y, formats["place"])
            sheet.write_number(row, 13, place.x, formats["place"])
        amounts = (project.planned_baht, project.budget_baht, project.contracted_baht, project.disbursed_baht)
        for column, amount in zip(_MONEY_COLUMNS, amounts, strict=True):
            sheet.write_number(row, column, float(amount), formats["money"])
        budget, paid = xl_col_to_name(_BUDGET), xl_col_to_name(_PAID)
        sheet.write_formula(
            row,
            _PERCENT,
            f'=IF({budget}{row + 1}=0,"",{paid}{row + 1}/{budget}{row + 1})',
            formats["percent"],
            float(project.disbursed_baht / project.budget_baht) if project.budget_baht else "",
        )
    sheet.add_table(
        _HEAD,
        0,
        last,
        len(_COLUMNS) - 1,
        {"name": _TABLE, "columns": [{"header": name} for name, _ in _COLUMNS], "style": "Table Style Light 1"},
    )
    for column, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(_HEAD + 1, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD)


def _summary(
    book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, contents: Contents, formats: dict[str, object]
) -> None:
    sheet.write_string(0, 0, contents.title, formats["bold"])
    sheet.write_string(1, 0, " · ".join(contents.filters) or "ทุกโครงการ")
    sheet.write_string(2, 0, f"ข้อมูล ณ {contents.as_of}  {contents.address}")
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 6, 20)
    organisations = list(dict.fromkeys(project.organisation_name for project in contents.projects))
    by_organisation = [
        (name, Sums.of([p for p in contents.projects if p.organisation_name == name])) for name in organisations
    ]
    by_kind = [(KINDS[kind], Sums.of([p for p in contents.projects if p.kind == kind])) for kind in KINDS]
    end = _block(sheet, 4, "อปท.", _ORGANISATION, by_organisation, contents, formats)
    begin = end + 2
    last = _block(sheet, begin, "ด้าน", _KIND, by_kind, contents, formats)
    if contents.projects:
        chart = book.add_chart({"type": "bar"})
        for column, name in ((3, "งบประมาณ"), (5, "เบิกจ่าย")):
            chart.add_series(
                {
                    "name": name,
                    "categories": ["สรุป", begin + 1, 0, last - 1, 0],
                    "values": ["สรุป", begin + 1, column, last - 1, column],
                    "fill": {"color": "#3B8CA5" if column == 3 else "#1B2D63"},
                }
            )
        chart.set_title({"name": "งบประมาณและเบิกจ่ายตามด้าน (บาท)"})
        sheet.insert_chart(last + 2, 0, chart)
    if contents.left_out:
        sheet.write_string(3, 0, f"แสดง {len(contents.projects):,} โครงการแรก ยังมีอีก {contents.left_out:,} โครงการ")


def _block(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    title: str,
    by: int,
    groups: list[tuple[str, Sums]],
    contents: Contents,
    formats: dict[str, object],
) -> int:
    """A table of sums that follow the sheet of projects; answers the row of its total."""
    heads = (title, "โครงการ", "แผน (บาท)", "งบประมาณ (บาท)", "ก่อหนี้ผูกพัน (บาท)", "เบิกจ่าย (บาท)", "ร้อยละ")
    for column, head in enumerate(heads):
        sheet.write_string(row, column, head, formats["head"])
    key = f"{_TABLE}[{_COLUMNS[by][0]}]"
    for n, (name, sums) in enumerate(groups, 1):
        at = row + n
        sheet.write_string(at, 0, name)
        sheet.write_formula(at, 1, f"=COUNTIFS({key},A{at + 1})", formats["number"], sums.projects)
        for column, (source, value) in enumerate(_amounts(sums), 2):
            formula = f"=SUMIFS({_TABLE}[{_COLUMNS[source][0]}],{key},A{at + 1})"
            sheet.write_formula(at, column, formula, formats["money"], float(value))
        sheet.write_formula(at, 6, f'=IF(D{at + 1}=0,"",F{at + 1}/D{at + 1})', formats["percent"], _share(sums))
    total, sums = row + len(groups) + 1, contents.sums
    sheet.write_string(total, 0, "รวม", formats["bold"])
    sheet.write_formula(total, 1, f"=SUM(B{row + 2}:B{total})", formats["count"], sums.projects)
    for column, (_, value) in enumerate(_amounts(sums), 2):
        letter = xl_col_to_name(column)
        sheet.write_formula(total, column, f"=SUM({letter}{row + 2}:{letter}{total})", formats["sum"], float(value))
    sheet.write_formula(total, 6, f'=IF(D{total + 1}=0,"",F{total + 1}/D{total + 1})', formats["percent"], _share(sums))
    return total


def _amounts(sums: Sums) -> tuple[tuple[int, Decimal], ...]:
    values = (sums.planned_baht, sums.budget_baht, sums.contracted_baht, sums.disbursed_baht)
    return tuple(zip(_MONEY_COLUMNS, values, strict=True))


def _share(sums: Sums) -> float | str:
    return float(sums.disbursed_baht / sums.budget_baht) if sums.budget_baht else ""

"""The year-end sheet of a province as XLSX whose sums reckon from the rows, and as a page of A4 to be signed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.queries.scores import Appeal, Line, Score
from app.services.plan_print import Cell, Column, Page, Paper, Printing, Row

MOST_ROWS = 100_000
_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ROWS = "rows"
NOTHING_MEASURED = "ไม่มีสิ่งให้วัด"
_UPRIGHT = Paper(210, 297)


def write_score(
    actor: Actor,
    score: Score,
    lines: Mapping[str, Sequence[tuple[Line, str]]],
    officers: Sequence[str],
    status: str,
) -> bytes:
    """The sheet and its rows: numerators and denominators are sums over the rows, points and totals follow from them.

    Parameters
    ----------
    lines
        Rows by criterion, each with what it is of in words.
    officers, status
        Whose score it is, and whether it is final.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _SAFE) as book:
        sheet, rows = book.add_worksheet("score"), book.add_worksheet(_ROWS)
        looks = {
            "bold": book.add_format({"bold": True}),
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#EBEDF2"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "points": book.add_format({"num_format": "0.00", "valign": "top"}),
            "sum": book.add_format({"num_format": "0.00", "bold": True, "top": 1}),
            "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
            "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        last = _write_rows(rows, lines, looks)
        _write_sheet(sheet, score, officers, status, looks, last)
    return file.getvalue()


def _write_rows(sheet: Any, lines: Mapping[str, Sequence[tuple[Line, str]]], looks: Mapping[str, Any]) -> int:
    """Every row of every criterion; the number of the last line."""
    for at, (title, width) in enumerate(
        (("เกณฑ์", 24), ("อปท.", 32), ("รายการ", 60), ("ครบกำหนด", 14), ("ต้องมี", 10), ("นับได้", 10))
    ):
        sheet.write_string(0, at, title, looks["head"])
        sheet.set_column(at, at, width)
    number = 0
    for code, found in lines.items():
        for line, subject in found:
            number += 1
            sheet.write_string(number, 0, code)
            sheet.write_string(number, 1, line.organisation_name)
            sheet.write_string(number, 2, subject)
            if line.due_on:
                sheet.write_datetime(number, 3, line.due_on, looks["day"])
            sheet.write_number(number, 4, line.wanted)
            sheet.write_number(number, 5, line.done)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(number, 1), 5)
    return number + 1


def _write_sheet(
    sheet: Any, score: Score, officers: Sequence[str], status: str, looks: Mapping[str, Any], last: int
) -> None:
    titles = (
        f"ใบคะแนน จนท.วถ. จังหวัด{score.name_th} ปีงบประมาณ {score.fiscal_year_be}",
        f"ผู้รับการประเมิน: {', '.join(officers) or '–'}",
        f"สูตรรุ่น {score.formula.version} · {status}",
    )
    for at, text in enumerate(titles):
        sheet.write_string(at, 0, text, looks["bold"] if at == 0 else None)
    heads = ("เกณฑ์", "คะแนนเต็ม", "นับได้", "ต้องมี", "ร้อยละ", "คะแนนที่ได้", "หมายเหตุ", "รหัส")
    for at, (title, width) in enumerate(zip(heads, (58, 11, 11, 11, 11, 13, 50, 26), strict=True)):
        sheet.write_string(4, at, title, looks["head"])
        sheet.set_column(at, at, width)
    at = first = 5
    for figure in score.figures:
        _figure_line(sheet, at, figure, looks, last)
        at += 1
    system = at
    marks = f"F{first + 1}:F{system}"
    measured = f'SUMIF(D{first + 1}:D{system},">0",B{first + 1}:B{system})'
    sheet.write_string(system, 0, "รวมจากระบบ เทียบเป็น 50", looks["bold"])
    value = NOTHING_MEASURED if score.system is None else float(score.system)
    formula = f'=IF({measured}=0,"{NOTHING_MEASURED}",ROUND(50*SUM({marks})/{measured},2))'
    sheet.write_formula(system, 5, formula, looks["sum"], value)
    at = given = system + 2
    for one in score.formula.of("PROVINCE"):
        mark = score.marks.get(one.code)
        sheet.write_string(at, 0, one.name_th, looks["wrap"])
        sheet.write_number(at, 1, float(one.points), looks["points"])
        if mark:
            sheet.write_number(at, 5, float(mark.points), looks["points"])
            sheet.write_string(at, 6, mark.remark, looks["wrap"])
        at += 1
    sheet.write_string(at, 0, "รวมที่จังหวัดให้", looks["bold"])
    whole = sum((mark.points for mark in score.marks.values()), Decimal(0))
    sheet.write_formula(at, 5, f"=SUM(F{given + 1}:F{at})", looks["sum"], float(whole))
    sheet.write_string(at + 1, 0, "รวมทั้งสิ้น เต็ม 100", looks["bold"])
    complete = f"AND(ISNUMBER(F{system + 1}),COUNT(F{given + 1}:F{at})={at - given})"
    total = "" if score.total is None else float(score.total)
    sheet.write_formula(at + 1, 5, f'=IF({complete},F{system + 1}+F{at + 1},"")', looks["sum"], total)
    if score.sha256:
        sheet.write_string(at + 3, 0, f"SHA-256 ของตัวเลขที่ปิดไว้: {score.sha256}")
    sheet.freeze_panes(5, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _figure_line(sheet: Any, at: int, figure: Any, looks: Mapping[str, Any], last: int) -> None:
    one, n = figure.criterion, at + 1
    sheet.write_string(at, 0, one.name_th, looks["wrap"])
    sheet.write_number(at, 1, float(one.points), looks["points"])
    for column, letter, value in ((2, "F", figure.done), (3, "E", figure.wanted)):
        formula = f"=SUMIFS({_ROWS}!{letter}$2:{letter}${max(last, 2)},{_ROWS}!A$2:A${max(last, 2)},H{n})"
        sheet.write_formula(at, column, formula, None, value)
    ratio = figure.done / figure.wanted if figure.wanted else ""
    sheet.write_formula(at, 4, f'=IF(D{n}=0,"",C{n}/D{n})', looks["share"], ratio)
    earned = "" if figure.earned is None else float(figure.earned)
    sheet.write_formula(at, 5, f'=IF(D{n}=0,"",ROUND(B{n}*C{n}/D{n},2))', looks["points"], earned)
    sheet.write_string(at, 6, "" if figure.wanted else f"{NOTHING_MEASURED} ไม่นำมาคิด", looks["wrap"])
    sheet.write_string(at, 7, one.code)


def score_page(
    score: Score, officers: Sequence[str], appeals: Sequence[Appeal], status: str, printing: Printing
) -> Page:
    """The sheet as it is printed and signed."""
    columns = (
        Column("เกณฑ์", 96),
        Column("เต็ม", 18),
        Column("นับได้ / ต้องมี", 32),
        Column("ได้", 18),
        Column("หมายเหตุ", 60),
    )
    rows = [Row("strategy", (Cell("ส่วนที่ 1 จากข้อมูลในระบบ (50 คะแนน)", 5),))]
    for figure in score.figures:
        measured = f"{figure.done:,} / {figure.wanted:,}" if figure.wanted else "–"
        earned = "–" if figure.earned is None else f"{figure.earned:.2f}"
        note = "" if figure.wanted else f"{NOTHING_MEASURED} ไม่นำมาคิด"
        rows.append(_line(figure.criterion.name_th, figure.criterion.points, measured, earned, note))
    rows.append(_sum("sum", "รวมส่วนที่ 1 เทียบเป็น 50", score.system))
    rows.append(Row("strategy", (Cell("ส่วนที่ 2 จังหวัดให้คะแนน (50 คะแนน)", 5),)))
    for one in score.formula.of("PROVINCE"):
        mark = score.marks.get(one.code)
        given = f"{mark.points:.2f}" if mark else "–"
        rows.append(_line(one.name_th, one.points, "", given, mark.remark if mark else ""))
    rows.append(_sum("sum", "รวมส่วนที่ 2", score.province))
    rows.append(_sum("total", "รวมทั้งสิ้น (100 คะแนน)", score.total))
    if appeals:
        rows.append(Row("strategy", (Cell("อุทธรณ์", 5),)))
        names = {one.code: one.name_th for one in score.formula.criteria}
        for told in reversed(appeals):
            said = f"{names.get(told.criterion, told.criterion)}: {told.reason}"
            rows.append(Row("line", (Cell(said, 2), Cell(f"คำตอบ: {told.answer or 'รอคำตอบ'}", 3))))
    sealed = (f"ตัวเลขที่ปิดไว้ SHA-256 {score.sha256}",) if score.sha256 else ()
    return Page(
        "",
        (
            f"ใบคะแนน จนท.วถ. จังหวัด{score.name_th}",
            f"ปีงบประมาณ {score.fiscal_year_be} · สูตรรุ่น {score.formula.version} · {status}",
        ),
        columns,
        tuple(rows),
        f"จังหวัด{score.name_th}",
        printing.moment,
        _UPRIGHT,
        f"ใบคะแนน จนท.วถ. จังหวัด{score.name_th} ปีงบประมาณ {score.fiscal_year_be}",
        preface=(f"ผู้รับการประเมิน: {', '.join(officers) or '–'}", *sealed),
        signature=(
            "(ลงชื่อ) ..............................................",
            "ท้องถิ่นจังหวัด",
            "วันที่ ........................",
        ),
        address=printing.address,
        receipt=printing.receipt,
    )


def _line(name: str, points: Decimal, measured: str, earned: str, note: str) -> Row:
    cells = (
        Cell(name),
        Cell(f"{points:g}", align="center"),
        Cell(measured, align="center"),
        Cell(earned, align="center"),
    )
    return Row("line", (*cells, Cell(note)))


def _sum(kind: str, title: str, value: Decimal | None) -> Row:
    shown = "ยังไม่ครบ" if value is None else f"{value:.2f}"
    return Row(kind, (Cell(title, 3), Cell(shown, align="center"), Cell("")))

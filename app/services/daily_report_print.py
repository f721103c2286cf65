"""An officer's daily report on paper and as a workbook, both of the same content."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import xlsxwriter

from app.queries.daily_reports import ACTS
from app.services.plan_print import Cell, Column, Page, Paper, Row
from app.services.plan_workbook.writing import FONT
from gis.thai import format_thai_date

PORTRAIT = Paper(210, 297)
ACT_NAMES = {
    "entered": "บันทึกแทน (ระเบียน)",
    "verified": "พิกัดตรวจผ่าน",
    "returned": "พิกัดส่งกลับ",
    "figures": "ตรวจตัวเลข",
    "decided": "ตัดสินงานซ้ำซ้อน",
    "commented": "ความเห็น",
    "reminded": "เตือน (เรื่อง)",
    "other": "อื่น ๆ",
}
CALL_NAMES = {"CALL": "โทรศัพท์", "VISIT": "ลงพื้นที่", "LETTER": "หนังสือ"}
_COLUMNS = (
    Column("ที่", 26),
    Column("อปท.", 125),
    Column("บันทึกแทน (ระเบียน)", 155),
    Column("ตรวจผ่าน", 42, "พิกัด"),
    Column("ส่งกลับ", 42, "พิกัด"),
    Column("เตือน", 38),
    Column("อื่น ๆ", 38),
    Column("การติดต่อ", 162),
)
_DOTS = "...................................................."


def daily_page(
    content: Mapping[str, Any], *, sha256: str | None, signed: str | None, signed_at: datetime | None, receipt: str = ""
) -> Page:
    """The report with a row for each organisation; a day without acts says so.

    Parameters
    ----------
    sha256
        Digest of the content; ``None`` of a draft.
    signed, signed_at
        Who signed it, and when.
    """
    day = date.fromisoformat(content["day"])
    rows = [_row(n, one) for n, one in enumerate(content["organisations"], start=1)]
    if not rows:
        rows = [Row("line", (Cell("วันนี้ไม่มีรายการปฏิบัติงานในระบบ", len(_COLUMNS), "center"),))]
    total = content["total"]
    rows.append(
        Row(
            "total",
            (
                Cell(f"รวม {total['organisations']:,} อปท.", 2),
                Cell(f"{total['entered']:,} ระเบียน ({total['receipts']:,} ใบรับ)"),
                _count(total["verified"]),
                _count(total["returned"]),
                _count(total.get("reminded", 0)),
                _count(_rest(total)),
                Cell(f"{total['calls']:,} ครั้ง"),
            ),
        )
    )
    as_of = datetime.fromisoformat(content["as_of"])
    state = f" ฉบับที่ {content['version']}" if content["version"] > 1 else ""
    preface = [
        f"ข้าพเจ้า {content['officer']['name']} เจ้าหน้าที่วิเคราะห์และติดตามประเมินผลแผนพัฒนาท้องถิ่น จังหวัด"
        f"{content['province']['name_th']} รายงานผลการปฏิบัติงานประจำวันที่ {format_thai_date(day, long=True)} ดังนี้"
    ]
    if content["reason"]:
        preface.append(f"ฉบับนี้แก้ไขเพิ่มเติม เนื่องจาก {content['reason']}")
    remarks = [line for line in (content["remarks"] or "").splitlines() if line.strip()]
    preface += [f"หมายเหตุ: {remarks[0]}", *remarks[1:]] if remarks else []
    approval = f"({signed}) {format_thai_date(signed_at.date())}" if signed and signed_at else f"({_DOTS})"
    return Page(
        "",
        (f"{content['document']}{state}", format_thai_date(day, long=True), f"จังหวัด{content['province']['name_th']}"),
        _COLUMNS,
        tuple(rows),
        f"จังหวัด{content['province']['name_th']}",
        f"{format_thai_date(as_of.date())} {as_of:%H:%M} น.",
        PORTRAIT,
        f"{content['document']} · {format_thai_date(day)}",
        preface=tuple(preface),
        signature=(
            f"({content['officer']['name']}) ผู้รายงาน",
            approval,
            "ท้องถิ่นจังหวัด ลงนามในระบบแล้ว" if signed else "ท้องถิ่นจังหวัด",
        ),
        address=f"SHA-256 {sha256[:16]}…" if sha256 else "ร่าง ยังไม่ส่ง",
        receipt=receipt,
    )


def _row(n: int, one: Mapping[str, Any]) -> Row:
    entered = "\n".join(_topics(one))
    calls = "\n".join(_calls(one))
    return Row(
        "line",
        (
            Cell(str(n), align="center"),
            Cell(one["name_th"]),
            Cell(entered or "–"),
            _count(one["verified"]),
            _count(one["returned"]),
            _count(one.get("reminded", 0)),
            _count(_rest(one)),
            Cell(calls or "–"),
        ),
    )


def _rest(one: Mapping[str, Any]) -> int:
    """What has no column of its own; what an older report did not count yet is nothing."""
    return sum(int(one.get(act, 0)) for act in ("figures", "decided", "commented", "other"))


def _count(number: int) -> Cell:
    return Cell(f"{number:,}" if number else "–", align="center")


def _topics(one: Mapping[str, Any]) -> list[str]:
    return [f"{topic['name_th']} {topic['records']:,}" for topic in one["topics"]]


def _calls(one: Mapping[str, Any]) -> list[str]:
    return [f"{CALL_NAMES.get(call['kind'], call['kind'])}: {call['subject']}" for call in one["calls"]]


def daily_workbook(content: Mapping[str, Any], page: Page) -> bytes:
    """The same as XLSX: counts are numbers, and their sums count again.

    Parameters
    ----------
    page
        As printed: titles, what stands before the table, and who signed.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        base = {"font_name": FONT, "font_size": 14, "valign": "top", "border": 1, "text_wrap": True}
        plain, count = book.add_format(base), book.add_format({**base, "num_format": "#,##0"})
        bold = book.add_format({**base, "bold": True, "num_format": "#,##0"})
        head = book.add_format({**base, "bold": True, "align": "center", "bg_color": "#EBEDF2"})
        title = book.add_format({"font_name": FONT, "font_size": 18, "bold": True})
        note = book.add_format({"font_name": FONT, "font_size": 14})
        sheet = book.add_worksheet("รายงาน")
        for row, text in enumerate((*page.titles, *page.preface)):
            sheet.write_string(row, 0, text, title if row < len(page.titles) else note)
        top = len(page.titles) + len(page.preface) + 1
        names = ["อปท.", *(ACT_NAMES[act] for act in ACTS), "หัวข้อที่บันทึกแทน", "การติดต่อ"]
        sheet.write_row(top, 0, names, head)
        last = top + len(content["organisations"])
        for row, one in enumerate(content["organisations"], start=top + 1):
            sheet.write_string(row, 0, one["name_th"], plain)
            for column, act in enumerate(ACTS, start=1):
                sheet.write_number(row, column, one.get(act, 0), count)
            sheet.write_string(row, len(ACTS) + 1, "\n".join(_topics(one)), plain)
            sheet.write_string(row, len(ACTS) + 2, "\n".join(_calls(one)), plain)
        sheet.write_string(last + 1, 0, f"รวม {content['total']['organisations']:,} อปท.", bold)
        for column, act in enumerate(ACTS, start=1):
            letter = xlsxwriter.utility.xl_col_to_name(column)
            total = content["total"].get(act, 0)
            formula = f"=SUM({letter}{top + 2}:{letter}{last + 1})" if last > top else "=0"
            sheet.write_formula(last + 1, column, formula, bold, total)
        for row, text in enumerate(page.signature, start=last + 3):
            sheet.write_string(row, 0, text, note)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, len(ACTS), 14)
        sheet.set_column(len(ACTS) + 1, len(names) - 1, 44)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return file.getvalue()

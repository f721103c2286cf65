"""An officer's daily report as a page: printed as PDF, and written as XLSX from the same page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.services.plan_print import Cell, Column, Page, Paper, Row
from gis.thai import format_thai_date

PORTRAIT = Paper(210, 297)
CALL_NAMES = {"CALL": "โทรศัพท์", "VISIT": "ลงพื้นที่", "LETTER": "หนังสือ"}
_COLUMNS = (
    Column("ที่", 26),
    Column("อปท.", 130),
    Column("บันทึกแทน (ระเบียน)", 170),
    Column("ตรวจผ่าน", 44, "พิกัด"),
    Column("ส่งกลับ", 44, "พิกัด"),
    Column("อื่น ๆ", 44),
    Column("การติดต่อ", 170),
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
    entered = "\n".join(f"{topic['name_th']} {topic['records']:,}" for topic in one["topics"])
    calls = "\n".join(f"{CALL_NAMES.get(call['kind'], call['kind'])}: {call['subject']}" for call in one["calls"])
    return Row(
        "line",
        (
            Cell(str(n), align="center"),
            Cell(one["name_th"]),
            Cell(entered or "–"),
            _count(one["verified"]),
            _count(one["returned"]),
            _count(_rest(one)),
            Cell(calls or "–"),
        ),
    )


def _rest(one: Mapping[str, Any]) -> int:
    return int(one["decided"] + one["commented"] + one["other"])


def _count(number: int) -> Cell:
    return Cell(f"{number:,}" if number else "–", align="center")

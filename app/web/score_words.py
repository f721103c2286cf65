"""Words of scores: what a measure counts, what a row is of and where it is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.queries.scores import Criterion, Line
from app.web.completeness_words import Topic, period_name

PART_NAMES: Mapping[str, Any] = {
    "SYSTEM": lazy_gettext("จากข้อมูลในระบบ"),
    "PROVINCE": lazy_gettext("จังหวัดให้คะแนน"),
}
OUTCOME_NAMES: Mapping[str, Any] = {"UPHELD": lazy_gettext("อุทธรณ์ฟังขึ้น"), "DISMISSED": lazy_gettext("ยกอุทธรณ์")}
_MEASURES: Mapping[str, Any] = {
    "ITEMS_ON_TIME": lazy_gettext(
        "รายการที่มีอยู่เมื่อสิ้นวันครบกำหนดและยังมีอยู่ ÷ รายการทั้งหมดที่ครบกำหนดแล้ว ทุก อปท. ทุกหัวข้อ ยกเว้นแผนและพิกัดซึ่งมีเกณฑ์ของตนเอง"
    ),
    "PLAN_ON_TIME": lazy_gettext("อปท. ที่แผนครบเมื่อสิ้นวันครบกำหนดและยังครบอยู่ ÷ อปท. ทั้งหมดที่แผนครบกำหนดแล้ว"),
    "COORDINATES_VERIFIED": lazy_gettext(
        "โครงการที่พิกัดตรวจสอบแล้ว ÷ โครงการถนนและแหล่งน้ำที่มีงบประมาณของปี ไม่รวมที่ยกเลิกหรือเลื่อน"
    ),
    "RETURNED_ANSWERED": lazy_gettext(
        "พิกัดที่ส่งใหม่โดยแก้ไขจริง หรือตรวจสอบแล้ว ภายใน %(days)s วัน ÷ พิกัดที่ส่งกลับในปี รายการที่ยังไม่ครบเวลาไม่นับ"
    ),
    "ON_BEHALF_CONFIRMED": lazy_gettext(
        "รายการที่ อปท. ยืนยัน ÷ รายการที่ จนท.วถ. บันทึกแทนในปี รายการที่ยังไม่ตอบนับเมื่อเกิน %(days)s วัน"
    ),
    "DUPLICATES_DECIDED": lazy_gettext(
        "คำตอบหรืออุทธรณ์ที่จังหวัดชี้ขาดภายใน %(days)s วัน ÷ คำตอบและอุทธรณ์ในปี รายการที่ยังไม่ครบเวลาไม่นับ"
    ),
}


def measure_words(criterion: Criterion) -> str:
    """What a criterion divides by what; nothing of the points that people give."""
    word = _MEASURES.get(criterion.code)
    return str(word) % {"days": criterion.days} if word is not None and criterion.days else str(word or "")


def line_subject(line: Line, topics: Mapping[str, Topic]) -> str:
    """What a row is of, in words."""
    if line.topic:
        name = topics[line.topic].name if line.topic in topics else line.topic
        period = period_name(line.period, line.period) if line.period else ""
        return f"{name} {period}".rstrip()
    if line.record.startswith("receipt:"):
        return str(_("บันทึกแทน %(receipt)s", receipt=line.subject))
    return line.subject or line.record


def line_address(line: Line, year_be: int) -> str:
    """Where the row's record is looked up."""
    kind, _colon, key = line.record.partition(":")
    if kind == "project":
        return f"/projects/{key}"
    if kind == "pair":
        return f"/duplicates/{key}"
    if kind == "receipt":
        return f"/receipts/{key}"
    asked = {"organisation": line.organisation_code, "fiscal_year": year_be, "topic": line.topic or ""}
    return f"/monitoring/items?{urlencode(asked)}"

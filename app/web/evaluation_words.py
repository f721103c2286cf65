"""Words of rounds of monitoring and evaluation: states, clocks, places, steps of the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.services.evaluation_rules import Clock, EvaluationRule, evaluation_rules, rule_of
from app.web.context import language
from app.web.filters import thai_date

# Status -> word, colour of its pill.
STATUS: Mapping[str, tuple[Any, str]] = {
    "DRAFT": (lazy_gettext("กำลังจัดทำ"), "pill-draft"),
    "PROPOSED": (lazy_gettext("รอผู้บริหาร"), "pill-submitted"),
    "RETURNED": (lazy_gettext("ส่งกลับแก้ไข"), "pill-returned"),
    "SUBMITTED": (lazy_gettext("เสนอสภาและคณะกรรมการแล้ว"), "pill-submitted"),
    "ANNOUNCED": (lazy_gettext("ประกาศแล้ว"), "pill-ok"),
}
PLACES: Mapping[str, Any] = {
    "PLATFORM": lazy_gettext("หน้าสาธารณะของระบบ"),
    "BOARD": lazy_gettext("ป้ายประกาศ"),
    "WEBSITE": lazy_gettext("เว็บไซต์ของ อปท."),
    "OTHER": lazy_gettext("ที่อื่น"),
}
STEPS: Mapping[str, Any] = {
    "planned": lazy_gettext("อยู่ในแผน"),
    "requested": lazy_gettext("ขออนุมัติ"),
    "approved": lazy_gettext("อนุมัติงบ"),
    "contracted": lazy_gettext("ก่อหนี้ผูกพัน"),
    "disbursing": lazy_gettext("เบิกจ่าย"),
    "paid": lazy_gettext("แล้วเสร็จ (จ่ายครบ)"),
    "wants_place": lazy_gettext("ต้องมีพิกัด"),
    "verified": lazy_gettext("พิกัดตรวจแล้ว"),
}


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


def clock_lines(clocks: tuple[Clock, ...], rule: EvaluationRule) -> list[dict[str, Any]]:
    """Clocks in words: what, by when, how it stands and its colour."""
    what = {
        "announce": _("ประกาศภายใน %(n)s วันนับแต่วันที่เสนอผล", n=rule.announce_days),
        "post": _("ปิดประกาศไม่น้อยกว่า %(n)s วัน", n=rule.post_days),
        "year_end": _("ประกาศภายในกำหนดของรอบ"),
    }
    return [
        {"name": clock.name, "what": what[clock.name], "due_on": clock.due_on, "state": clock.state, **_stand(clock)}
        for clock in clocks
    ]


def _stand(clock: Clock) -> dict[str, str]:
    if clock.state == "waiting":
        begins = {
            "announce": _("เริ่มนับเมื่อผู้บริหารเสนอผล"),
            "post": _("เริ่มนับเมื่อปิดประกาศ"),
            "year_end": _("ไม่มีกำหนด"),
        }
        return {"words": begins[clock.name], "tone": ""}
    if clock.recorded_on is not None:
        said = {"day": thai_date(clock.done_on), "recorded": thai_date(clock.recorded_on)}
        return {"words": _("ครบตามกำหนด %(day)s ตามที่บันทึกย้อนหลังเมื่อ %(recorded)s", **said), "tone": "warn"}
    if clock.state == "done":
        return {"words": _("ครบตามกำหนด %(day)s", day=thai_date(clock.done_on)), "tone": "ok"}
    if clock.state == "done_late":
        return {"words": _("ช้า %(n)s วัน (%(day)s)", n=clock.days, day=thai_date(clock.done_on)), "tone": "bad"}
    if clock.state == "late" and clock.name == "post":
        return {"words": _("ปิดประกาศขาดไป %(n)s วัน", n=clock.days), "tone": "bad"}
    if clock.state == "late":
        return {"words": _("เลยกำหนด %(n)s วัน", n=clock.days), "tone": "bad"}
    return {"words": _("เหลือ %(n)s วัน", n=clock.days), "tone": "warn" if (clock.days or 0) <= 5 else ""}


def duty_words(year_be: int) -> str:
    """What the rules of a fiscal year ask of its rounds; of one without rules, or with several, the rounds tell."""
    rules = [rule for rule in evaluation_rules() if rule.holds_in(year_be)]
    if len({(rule.announce_days, rule.post_days) for rule in rules}) != 1:
        return _("ผู้บริหารเสนอผลต่อสภาและคณะกรรมการ แล้วประกาศและปิดประกาศตามกำหนดของแต่ละรอบ")
    return _(
        "ผู้บริหารเสนอผลต่อสภาและคณะกรรมการ ประกาศภายใน %(announce)s วัน และปิดประกาศไม่น้อยกว่า %(post)s วัน (%(source)s)",
        announce=rules[0].announce_days,
        post=rules[0].post_days,
        source=rules[0].source,
    )


def round_words(year_be: int, period: int) -> str:
    """A round with the fiscal year that it reports on."""
    rule = rule_of(year_be, period)
    if rule is None:
        return _("ปีงบ %(year)s", year=year_be)
    name = rule.name_en if language() == "en" else rule.name_th
    return _("%(round)s ผลงานปีงบประมาณ %(year)s", round=name, year=year_be + rule.reported_year)

"""Words of messages: sides, states, events, and where a matter's record stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.auth.policy import Target
from app.queries.messages import Line, Side, Thread
from app.services.message_records import record_address

STATES: Mapping[str, Any] = {
    "OPEN": lazy_gettext("รอตอบ"),
    "ANSWERED": lazy_gettext("ตอบแล้ว"),
    "CLOSED": lazy_gettext("ปิดเรื่อง"),
}
SIDE_NAMES: Mapping[str, Any] = {
    "ORGANISATION": lazy_gettext("อปท."),
    "PROVINCE": lazy_gettext("จังหวัด"),
    "DEPARTMENT": lazy_gettext("กรม"),
}
KIND_NAMES: Mapping[str, Any] = {
    "project": lazy_gettext("โครงการ"),
    "plan": lazy_gettext("แผน"),
    "plan_version": lazy_gettext("ฉบับของแผน"),
    "budget_document": lazy_gettext("เอกสารงบประมาณ"),
    "completeness": lazy_gettext("รายการที่ขาด"),
}


def _(text: str, **values: Any) -> str:
    return str(gettext(text, **values))


def side_name(one: Thread, side: Side) -> str:
    """A side of a matter by its name."""
    if side == "ORGANISATION":
        return one.organisation_name or str(SIDE_NAMES[side])
    if side == "PROVINCE":
        return _("จ.%(name)s", name=one.province_name)
    return str(SIDE_NAMES["DEPARTMENT"])


def place_name(one: Thread) -> str:
    """Whose matter it is."""
    return one.organisation_name or _("จ.%(name)s", name=one.province_name)


def event_words(one: Thread, line: Line) -> str:
    """What happened, for the thread's own history."""
    if line.event == "ASSIGNED":
        return _("มอบให้ %(name)s", name=line.detail) if line.detail else _("ไม่มอบให้ใครเป็นพิเศษ")
    if line.event == "PASSED_ON":
        side = line.detail if line.detail in SIDE_NAMES else "DEPARTMENT"
        return _("ส่งต่อให้%(side)sตอบ", side=SIDE_NAMES[side or "DEPARTMENT"])
    return {
        "CLOSED": _("ปิดเรื่อง"),
        "REOPENED": _("เปิดเรื่องอีกครั้ง"),
        "GENERAL": _("ให้ทุกหน่วยงานอ่านคำถามและคำตอบได้ โดยไม่บอกว่าใครถาม"),
        "NOT_GENERAL": _("เลิกเผยแพร่คำตอบ"),
    }.get(line.event or "", line.event or "")


def record_link(one: Thread) -> str | None:
    """Page of what the matter is about."""
    return record_address(one.record_kind, one.record_key) if one.record_kind and one.record_key else None


def readers_of(target: Target, organisation: str | None, province: str) -> str:
    """Who can read what is written here, told before it is written."""
    if target.organisation_code is None:
        return _("ผู้อ่านได้: สถจ. %(province)s และกรม", province=province)
    return _("ผู้อ่านได้: บุคลากร %(organisation)s อำเภอ สถจ. %(province)s และกรม",
             organisation=organisation, province=province)  # fmt: skip

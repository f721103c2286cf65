"""Words of accounts: what a role may do where, what goes in a hand-over, and why somebody reaches a place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.auth.permissions import APPROVE, ASSIGN, ON_BEHALF, VERIFY, WRITE, permissions
from app.auth.policy import ISSUES
from app.queries.people import Access
from app.web.context import language

KIND_NAMES: Mapping[str, Any] = {
    "drafts": lazy_gettext("ร่างบนแผนที่"),
    "imports": lazy_gettext("ไฟล์นำเข้าที่ค้าง"),
    "matches": lazy_gettext("รายการจับคู่สัญญาที่ค้าง"),
    "scenarios": lazy_gettext("ทางเลือกที่คำนวณไว้"),
    "plan_uploads": lazy_gettext("ไฟล์ Excel ของแผนที่ยังไม่รับ"),
    "record_uploads": lazy_gettext("ไฟล์ตารางที่ยังไม่รับ"),
    "plan_versions": lazy_gettext("ฉบับของแผนที่ยังไม่ประกาศ"),
    "budget_documents": lazy_gettext("เอกสารงบประมาณที่ยังไม่อนุมัติ"),
    "budget_transfers": lazy_gettext("การโอนงบที่ยังไม่อนุมัติ"),
    "messages": lazy_gettext("เรื่องที่รับมอบไว้ในข้อความ"),
    "coordinates": lazy_gettext("พิกัดที่เป็นร่างหรือถูกส่งกลับ"),
}
FATES: Mapping[str, Any] = {
    "moves": lazy_gettext("ย้ายไปผู้รับ"),
    "told": lazy_gettext("เป็นของหน่วยงาน ผู้รับทำต่อได้"),
    "stays": lazy_gettext("อยู่ที่เดิม"),
}
# Subject of the roles' file -> what writing it is called.
_WRITES: Mapping[str, Any] = {
    "plan": lazy_gettext("แผนและโครงการ"),
    "budget_approval": lazy_gettext("งบประมาณ"),
    "contract": lazy_gettext("สัญญา"),
    "disbursement": lazy_gettext("เบิกจ่าย"),
    "revexp_status": lazy_gettext("รายรับรายจ่าย"),
    "coordinates": lazy_gettext("พิกัด"),
}

_HEADCOUNT = re.compile(r"\s*\(\d+ คน\)$")


def without_headcount(name: str) -> str:
    """A role's name without how many people hold it."""
    return _HEADCOUNT.sub("", name)


def short_role(name: str) -> str:
    """A role's name without how many hold it and without what stands in brackets behind it."""
    return without_headcount(name).partition(" (")[0]


def role_word(code: str) -> str:
    """Short name of a role."""
    row = permissions().get(code)
    return code if row is None else short_role(row.name_th if language() == "th" else row.name_en)


def does(code: str) -> str:
    """What a role does at a place it reaches, in a line."""
    row = permissions().get(code)
    if row is None:
        return ""
    written = [str(word) for subject, word in _WRITES.items() if WRITE in row.capabilities[subject]]
    anything = {one for held in row.capabilities.values() for one in held}
    parts = []
    if ON_BEHALF in row.capabilities["plan"] or ON_BEHALF in row.capabilities["coordinates"]:
        parts.append(str(_("บันทึกแทนได้ทุกเรื่อง")))
    elif written:
        parts.append(str(_("บันทึก%(what)s", what=" ".join(written))))
    if VERIFY in anything:
        parts.append(str(_("ตรวจพิกัด")))
    if APPROVE in anything:
        parts.append(str(_("อนุมัติ")))
    if ASSIGN in anything or code in ISSUES:
        parts.append(str(_("ออกบัญชี")))
    return " · ".join(parts) or str(_("อ่านอย่างเดียว"))


def why(held: Access) -> str:
    """Why somebody reaches an organisation from above."""
    if held.area_code is None:
        return str(_("ทำงานทั้งประเทศ"))
    if len(held.area_code) == 2:
        return str(_("ทำงานทั้งจังหวัด%(name)s", name=held.area_name))
    return str(_("ทำงานทั้งอำเภอ%(name)s", name=held.area_name))


def device_words(agent: str | None) -> str:
    """What a browser says of itself, as people call it."""
    text = agent or ""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((word for mark, word in known if mark in text), "") for known in (browsers, systems)]
    return " · ".join(word for word in found if word) or str(_("อุปกรณ์ที่ไม่รู้จัก"))

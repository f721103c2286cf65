"""The history of a project in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app.queries.geometries import Change
from app.queries.organisations import organisation_names
from app.web.context import language
from app.web.filters import NOTHING, baht, metres, thai_date
from app.web.project_list import code_names

_FIELDS: Mapping[str, Any] = {
    "name_th": lazy_gettext("ชื่อโครงการ"),
    "kind": lazy_gettext("ประเภท"),
    "status": lazy_gettext("สถานะเงิน"),
    "work_nature_code": lazy_gettext("ลักษณะงาน"),
    "surface_type_code": lazy_gettext("ผิวทาง"),
    "water_source_type_code": lazy_gettext("ประเภทแหล่งน้ำ"),
    "structure_type_code": lazy_gettext("โครงสร้าง"),
    "area_code": lazy_gettext("พื้นที่"),
    "village_code": lazy_gettext("หมู่บ้าน"),
    "location_text": lazy_gettext("สถานที่"),
    "route_code": lazy_gettext("รหัสสายทาง"),
    "length_m": lazy_gettext("ความยาว"),
    "width_m": lazy_gettext("ความกว้าง"),
    "amount_baht": lazy_gettext("จำนวนเงิน"),
    "fund_source_code": lazy_gettext("แหล่งเงิน"),
    "legal_reference": lazy_gettext("เอกสารอ้างอิง"),
    "approved_on": lazy_gettext("วันที่อนุมัติ"),
    "number": lazy_gettext("เลขที่สัญญา"),
    "signed_on": lazy_gettext("วันที่ลงนาม"),
    "end_on": lazy_gettext("วันสิ้นสุด"),
    "paid_on": lazy_gettext("วันที่จ่าย"),
    "voucher_number": lazy_gettext("เลขที่ฎีกา"),
    "instalment": lazy_gettext("งวด"),
    "note": lazy_gettext("หมายเหตุ"),
    "caption": lazy_gettext("คำบรรยายภาพ"),
    "stage": lazy_gettext("ช่วงงานในภาพ"),
}
_STAGES: Mapping[str, Any] = {
    "before": lazy_gettext("ก่อนทำ"),
    "during": lazy_gettext("ระหว่างทำ"),
    "after": lazy_gettext("หลังทำ"),
}
_LISTS: Mapping[str, str] = {
    "status": "status",
    "work_nature_code": "work_nature",
    "surface_type_code": "surface_type",
    "water_source_type_code": "water_source_type",
    "fund_source_code": "fund_source",
    "kind": "kind",
}


@dataclass(frozen=True)
class ChangeLine:
    """A line of the history: what happened in words, and each field before and after."""

    at: datetime
    by: str
    on_behalf_of: str | None
    title: str
    fields: tuple[tuple[str, str, str], ...]
    receipt: str | None


def difference(drawn: float, contract: Decimal | float) -> str:
    """How much longer or shorter than the contract, in percent with its sign; U+2212 is the minus."""
    share = 100 * (float(drawn) - float(contract)) / float(contract)
    return f"{'−' if share < 0 else '+'}{abs(share):.1f} %"


def change_lines(session: Session, changes: Sequence[Change]) -> list[ChangeLine]:
    """The history in words, without lines that only repeat another one's consequence."""
    if not changes:
        return []
    names = code_names(session)
    organisations = organisation_names(session, [change.on_behalf_of or "" for change in changes])
    lines = []
    for change in changes:
        fields = _fields(change, names)
        if change.entity == "project" and change.action == "update" and not fields:
            continue
        behalf = organisations.get(change.on_behalf_of or "")
        name = behalf.name(language()) if behalf else change.on_behalf_of
        lines.append(ChangeLine(change.at, change.by, name, _title(change, names), fields, change.receipt))
    return lines


def _title(change: Change, names: Mapping[str, Mapping[str, str]]) -> str:
    if change.entity == "project_geometry":
        status = str(change.after.get("status", ""))
        word = names["geometry_status"].get(status, status)
        return str(_("พิกัดรุ่น %(version)s: %(status)s", version=change.after.get("version"), status=word))
    if change.entity == "attachment":
        return _title_of_picture(change)
    titles = {
        ("project", "insert"): _("สร้างโครงการ"),
        ("project", "update"): _("แก้ไขโครงการ"),
        ("appropriation", "insert"): _("บันทึกงบประมาณ"),
        ("appropriation", "update"): _("แก้ไขงบประมาณ"),
        ("contract", "insert"): _("บันทึกสัญญา"),
        ("contract", "update"): _("แก้ไขสัญญา"),
        ("disbursement", "insert"): _("บันทึกเบิกจ่าย"),
        ("disbursement", "update"): _("แก้ไขเบิกจ่าย"),
        ("budget_transfer_line", "insert"): _("เสนอโอนงบประมาณ"),
        ("budget_transfer_line", "update"): _("แก้ไขรายการโอนงบประมาณ"),
        ("contract_amendment", "insert"): _("แก้ไขเพิ่มเติมสัญญา"),
        ("contract_instalment", "insert"): _("กำหนดงวดของสัญญา"),
        ("contract_instalment", "update"): _("แก้ไขงวดของสัญญา"),
        ("contract_penalty", "insert"): _("บันทึกค่าปรับ"),
        ("carry_over", "insert"): _("กันเงินไว้เบิกเหลื่อมปี"),
        ("carry_over", "update"): _("แก้ไขเงินกันไว้เบิกเหลื่อมปี"),
        ("progress_report", "insert"): _("รายงานความก้าวหน้า"),
    }
    return str(titles.get((change.entity, change.action), f"{change.entity} {change.action}"))


def _title_of_picture(change: Change) -> str:
    if change.action == "insert":
        return str(_("แนบภาพถ่าย %(name)s", name=change.after.get("file_name")))
    if "removed_at" not in change.after:
        return str(_("แก้คำบรรยายภาพถ่าย"))
    return str(_("ลบภาพถ่าย") if change.after["removed_at"] else _("กู้คืนภาพถ่าย"))


def _fields(change: Change, names: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str, str], ...]:
    if change.entity == "project" and change.action == "insert":
        return ()
    found = []
    for name, word in _FIELDS.items():
        before, after = change.before.get(name), change.after.get(name)
        if before is None and after is None:
            continue
        # The status of a version stands in its title.
        if change.entity == "project_geometry" and name not in ("note", "length_m"):
            continue
        if name == "length_m" and change.entity == "project_geometry" and not _lengths(before, after):
            continue  # points and areas have none
        found.append((str(word), _value(name, before, names), _value(name, after, names)))
    return tuple(found)


def _lengths(*values: Any) -> bool:
    return any(value is not None and Decimal(str(value)) != 0 for value in values)


def _value(name: str, value: Any, names: Mapping[str, Mapping[str, str]]) -> str:
    if value is None or value == "":
        return NOTHING
    if name in _LISTS:
        return names.get(_LISTS[name], {}).get(str(value), str(value))
    if name == "stage":
        return str(_STAGES.get(str(value), value))
    if name == "amount_baht":
        return baht(Decimal(str(value)), 2)
    if name in ("length_m", "width_m"):
        return metres(Decimal(str(value)))
    if name.endswith("_on"):
        return thai_date(date.fromisoformat(str(value)))
    return str(value)

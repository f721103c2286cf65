"""The history of a project in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app.queries.history import Change
from app.queries.organisations import organisation_names
from app.web.context import language
from app.web.filters import NOTHING, baht, metres, square_metres, thai_date
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
    "area_m2": lazy_gettext("พื้นที่งาน"),
    "amount_baht": lazy_gettext("จำนวนเงิน"),
    "fund_source_code": lazy_gettext("แหล่งเงิน"),
    "programme_code": lazy_gettext("แผนงาน"),
    "legal_reference": lazy_gettext("เอกสารอ้างอิง"),
    "approved_on": lazy_gettext("วันที่อนุมัติ"),
    "number": lazy_gettext("เลขที่สัญญา"),
    "contractor_name": lazy_gettext("ผู้รับจ้าง"),
    "signed_on": lazy_gettext("วันที่ลงนาม"),
    "end_on": lazy_gettext("วันสิ้นสุด"),
    "paid_on": lazy_gettext("วันที่จ่าย"),
    "voucher_number": lazy_gettext("เลขที่ฎีกา"),
    "instalment": lazy_gettext("งวด"),
    "note": lazy_gettext("หมายเหตุ"),
    "caption": lazy_gettext("คำบรรยายภาพ"),
    "stage": lazy_gettext("ช่วงงานในภาพ"),
}
# Told by receipts only: in a history they repeat what another line says.
_MORE_FIELDS: Mapping[str, Any] = {
    "organisation_code": lazy_gettext("อปท."),
    "fiscal_year_be": lazy_gettext("ปีงบประมาณ"),
    "geometry_status": lazy_gettext("สถานะพิกัด"),
    "geometry_version": lazy_gettext("รุ่นพิกัด"),
    "strategy_code": lazy_gettext("ยุทธศาสตร์ชาติ"),
    "expenditure_category_code": lazy_gettext("หมวดรายจ่าย"),
    "source": lazy_gettext("แหล่งข้อมูล"),
    "source_ref": lazy_gettext("รหัสในแหล่งข้อมูล"),
    "egp_number": lazy_gettext("เลขที่ e-GP"),
    "procurement_method_code": lazy_gettext("วิธีจัดซื้อจัดจ้าง"),
    "contractor_is_person": lazy_gettext("ผู้รับจ้างเป็นบุคคลธรรมดา"),
    "instalments": lazy_gettext("จำนวนงวด"),
    "start_on": lazy_gettext("วันเริ่ม"),
    "file_name": lazy_gettext("ชื่อไฟล์"),
    "username": lazy_gettext("ชื่อผู้ใช้"),
    "display_name": lazy_gettext("ชื่อที่แสดง"),
    "role_code": lazy_gettext("บทบาท"),
    "work_code": lazy_gettext("งาน"),
    "amount_change_baht": lazy_gettext("เปลี่ยนวงเงิน"),
    "new_end_on": lazy_gettext("วันสิ้นสุดใหม่"),
    "amended_baht": lazy_gettext("แก้ไขเพิ่มเติมแล้ว"),
    "extended_to": lazy_gettext("ขยายถึง"),
    "transferred_baht": lazy_gettext("โอนแล้ว"),
    "due_on": lazy_gettext("กำหนดส่ง"),
    "accepted_on": lazy_gettext("ตรวจรับ"),
    "work_percent": lazy_gettext("เนื้องานสะสม (ร้อยละ)"),
    "until_on": lazy_gettext("กันถึงวันที่"),
    "reported_on": lazy_gettext("วันที่รายงาน"),
    "percent": lazy_gettext("ความก้าวหน้า (ร้อยละ)"),
    "days": lazy_gettext("จำนวนวันที่ช้า"),
    "rate_percent": lazy_gettext("อัตราต่อวัน (ร้อยละ)"),
    "reason": lazy_gettext("เหตุผล"),
    "method": lazy_gettext("จ่ายโดย"),
    "removed_at": lazy_gettext("นำออกเมื่อ"),
    "address": lazy_gettext("ที่ตั้งสำนักงาน"),
    "postcode": lazy_gettext("รหัสไปรษณีย์"),
    "office_phone": lazy_gettext("โทรศัพท์สำนักงาน"),
    "office_email": lazy_gettext("อีเมลกลาง"),
    "website": lazy_gettext("เว็บไซต์"),
    "founded_on": lazy_gettext("วันจัดตั้ง"),
    "area_km2": lazy_gettext("พื้นที่ (ตร.กม.)"),
    "council_members": lazy_gettext("สมาชิกสภา (คน)"),
    "staff_count": lazy_gettext("บุคลากร (คน)"),
    "general_condition": lazy_gettext("สภาพทั่วไป"),
    "year_be": lazy_gettext("ปี พ.ศ."),
    "male": lazy_gettext("ชาย (คน)"),
    "female": lazy_gettext("หญิง (คน)"),
    "households": lazy_gettext("ครัวเรือน"),
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
    "programme_code": "programme",
    "procurement_method_code": "procurement_method",
    "geometry_status": "geometry_status",
    "strategy_code": "strategy",
    "structure_type_code": "structure_type",
    "work_code": "work",
    "expenditure_category_code": "expenditure_category",
    "kind": "kind",
}
_ENTITIES: Mapping[str, Any] = {
    "project": lazy_gettext("โครงการ"),
    "appropriation": lazy_gettext("งบประมาณ"),
    "contract": lazy_gettext("สัญญา"),
    "disbursement": lazy_gettext("เบิกจ่าย"),
    "project_geometry": lazy_gettext("พิกัด"),
    "attachment": lazy_gettext("ภาพถ่าย"),
    "project_segment": lazy_gettext("ช่วงของงาน"),
    "plan_period": lazy_gettext("รอบแผนพัฒนา"),
    "plan": lazy_gettext("แผน"),
    "plan_version": lazy_gettext("ฉบับของแผน"),
    "plan_project": lazy_gettext("โครงการในแผน"),
    "local_strategy": lazy_gettext("ยุทธศาสตร์ อปท."),
    "area": lazy_gettext("พื้นที่"),
    "alignment_item": lazy_gettext("ประเด็นของแผนระดับบน"),
    "community": lazy_gettext("ชุมชน"),
    "organisation": lazy_gettext("อปท."),
    "organisation_population": lazy_gettext("ประชากร"),
    "organisation_profile": lazy_gettext("ข้อมูลทั่วไปของ อปท."),
    "review_comment": lazy_gettext("ความเห็น"),
    "user_account": lazy_gettext("บัญชีผู้ใช้"),
    "membership": lazy_gettext("บทบาทของบัญชี"),
    "api_token": lazy_gettext("โทเคนของโปรแกรม"),
    "match_decision": lazy_gettext("การจับคู่"),
}
# What the program keeps for itself: it says nothing to a person.
_OF_THE_PROGRAM = ("_id", "_by", "_at", "_by_name")
_TECHNICAL = frozenset({"id", "code", "sha256", "stored_name", "attributes", "warnings"})


@dataclass(frozen=True)
class FieldLine:
    """A field before and after in words; ``may_restore`` when the person can bring the former value back."""

    name: str
    label: str
    before: str
    after: str
    may_restore: bool = False


@dataclass(frozen=True)
class Restoring:
    """Fields of the project that the person may change, and its values as they stand, as the log writes them."""

    fields: frozenset[str] = frozenset()
    now: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeLine:
    """A line of the history: what happened in words, and each field before and after."""

    id: int
    at: datetime
    by: str
    on_behalf_of: str | None
    title: str
    fields: tuple[FieldLine, ...]
    receipt: str | None
    project_code: str | None
    project_name: str | None


def difference(drawn: float, contract: Decimal | float) -> str:
    """How much longer or shorter than the contract, in percent with its sign; U+2212 is the minus."""
    share = 100 * (float(drawn) - float(contract)) / float(contract)
    return f"{'−' if share < 0 else '+'}{abs(share):.1f} %"


def field_names() -> dict[str, str]:
    """Names of the fields that the history speaks of."""
    return {name: str(word) for name, word in _FIELDS.items()}


def field_name(name: str) -> str:
    """Name of a field, also of those that only receipts speak of."""
    return str(_FIELDS.get(name) or _MORE_FIELDS.get(name, name))


def change_lines(
    session: Session, changes: Sequence[Change], *, whole: bool = False, restoring: Restoring | None = None
) -> list[ChangeLine]:
    """The history in words.

    Parameters
    ----------
    session, changes
        Which lines.
    whole
        True for a receipt, which leaves nothing out; a history goes without lines that only repeat another one's
        consequence, and without what a new project began with.
    restoring
        What of the project itself may be brought back by whom.
    """
    if not changes:
        return []
    names = code_names(session)
    organisations = organisation_names(session, [change.on_behalf_of or "" for change in changes])
    lines = []
    for change in changes:
        fields = _fields(change, names, whole, restoring or Restoring())
        if change.entity == "project" and change.action == "update" and not fields and not whole:
            continue
        behalf = organisations.get(change.on_behalf_of or "")
        name = behalf.name(language()) if behalf else change.on_behalf_of
        lines.append(
            ChangeLine(
                change.id,
                change.at,
                change.by,
                name,
                _title(change, names),
                fields,
                change.receipt,
                change.project_code,
                change.project_name,
            )
        )
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
    title = titles.get((change.entity, change.action))
    return str(title) if title else _title_of_any(change)


def _title_of_any(change: Change) -> str:
    what = f"{_ENTITIES.get(change.entity, change.entity)} {change.key}".rstrip()
    if change.action == "insert":
        return str(_("เพิ่ม%(what)s", what=what))
    return str(_("แก้ไข%(what)s", what=what) if change.action == "update" else _("ลบ%(what)s", what=what))


def _title_of_picture(change: Change) -> str:
    if change.action == "insert":
        return str(_("แนบภาพถ่าย %(name)s", name=change.after.get("file_name")))
    if "removed_at" not in change.after:
        return str(_("แก้คำบรรยายภาพถ่าย"))
    return str(_("ลบภาพถ่าย") if change.after["removed_at"] else _("กู้คืนภาพถ่าย"))


def _fields(
    change: Change, names: Mapping[str, Mapping[str, str]], whole: bool, restoring: Restoring
) -> tuple[FieldLine, ...]:
    if change.entity == "project" and change.action == "insert" and not whole:
        return ()
    found = []
    for name in _names(change) if whole else _FIELDS:
        before, after = change.before.get(name), change.after.get(name)
        if (before is None and after is None) or _is_told_elsewhere(change.entity, name, before, after):
            continue
        may_restore = (
            change.entity == "project"
            and change.action == "update"
            and name in restoring.fields
            and name in change.before
            and restoring.now.get(name) != before
        )
        shown = value_text(name, before, names), value_text(name, after, names)
        found.append(FieldLine(name, field_name(name), *shown, may_restore))
    return tuple(found)


def _names(change: Change) -> list[str]:
    """Fields of a change: those with a name in its order, then the others but what the program keeps for itself."""
    given = change.before.keys() | change.after.keys()
    named = {**_FIELDS, **_MORE_FIELDS}
    others = sorted(name for name in given - named.keys() - _TECHNICAL if not name.endswith(_OF_THE_PROGRAM))
    return [*(name for name in named if name in given), *others]


def _is_told_elsewhere(entity: str, name: str, before: Any, after: Any) -> bool:
    # The status of a version stands in its title; points and areas have no length.
    if entity != "project_geometry":
        return False
    return name not in ("note", "length_m") or (name == "length_m" and not _lengths(before, after))


def _decimals(value: Any) -> int:
    """At least one, and as many as there are: a history rounds nothing away."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return max(1, -exponent) if isinstance(exponent, int) else 1


def _lengths(*values: Any) -> bool:
    return any(value is not None and Decimal(str(value)) != 0 for value in values)


def value_text(name: str, value: Any, names: Mapping[str, Mapping[str, str]]) -> str:
    """A value of the change log in words; what there is not is "–"."""
    if value is None or value == "":
        return NOTHING
    if name in _LISTS:
        return names.get(_LISTS[name], {}).get(str(value), str(value))
    if name == "stage":
        return str(_STAGES.get(str(value), value))
    if name.endswith("_baht"):
        return baht(Decimal(str(value)), 2)
    if name in ("length_m", "width_m"):
        return metres(Decimal(str(value)), _decimals(value))
    if name == "area_m2":
        return square_metres(Decimal(str(value)), _decimals(value))
    if name.endswith("_on") or name == "extended_to":
        return thai_date(date.fromisoformat(str(value)))
    if isinstance(value, bool):
        return str(_("ใช่") if value else _("ไม่ใช่"))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

"""What fields of forms are called in sentences about them; what the log of changes holds has its word there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import has_request_context, request
from flask_babel import lazy_gettext

from app.web.change_words import field_name

# The word that stands above the field, where the log has no column of this name.
_FORM_FIELDS: Mapping[str, Any] = {
    "amount": lazy_gettext("จำนวนเงิน"),
    "appropriation_id": lazy_gettext("งบประมาณที่ใช้"),
    "appropriations": lazy_gettext("รายการงบประมาณ"),
    "attachment_id": lazy_gettext("ภาพถ่าย"),
    "attachments": lazy_gettext("ภาพถ่าย"),
    "body": lazy_gettext("ข้อความ"),
    "budget_document_id": lazy_gettext("เอกสารงบประมาณ"),
    "chosen": lazy_gettext("รายการที่เลือก"),
    "closing": lazy_gettext("สิ่งที่สิ้นสุด"),
    "code": lazy_gettext("รหัส"),
    "column": lazy_gettext("ช่อง"),
    "comments": lazy_gettext("ความเห็น"),
    "confirmed": lazy_gettext("การยืนยัน"),
    "content": lazy_gettext("เนื้อหา"),
    "contract": lazy_gettext("สัญญา"),
    "correction": lazy_gettext("การแก้ไข"),
    "criteria": lazy_gettext("เกณฑ์"),
    "criterion": lazy_gettext("เกณฑ์"),
    "current_password": lazy_gettext("รหัสผ่านปัจจุบัน"),
    "digest": lazy_gettext("สรุปทางอีเมล"),
    "disbursement": lazy_gettext("การเบิกจ่าย"),
    "disbursement_id": lazy_gettext("การเบิกจ่าย"),
    "do": lazy_gettext("สิ่งที่ทำ"),
    "earth": lazy_gettext("นับถนนดิน"),
    "epsg": lazy_gettext("ระบบพิกัด"),
    "file": lazy_gettext("ไฟล์"),
    "filters": lazy_gettext("ตัวกรอง"),
    "fiscal_year": lazy_gettext("ปีงบประมาณ"),
    "fiscal_years": lazy_gettext("ปีงบประมาณ"),
    "geometry": lazy_gettext("พิกัด"),
    "items": lazy_gettext("รายการ"),
    "key": lazy_gettext("รายการที่พูดถึง"),
    "late_reason": lazy_gettext("เหตุผลที่บันทึกย้อนหลัง"),
    "lines": lazy_gettext("รายการ"),
    "message": lazy_gettext("ข้อความ"),
    "new_password": lazy_gettext("รหัสผ่านใหม่"),
    "new_type": lazy_gettext("ประเภท อปท. ใหม่"),
    "new_username": lazy_gettext("ชื่อผู้ใช้ใหม่"),
    "organisation": lazy_gettext("อปท."),
    "part": lazy_gettext("ส่วนของคะแนน"),
    "people": lazy_gettext("ผู้รับ"),
    "person": lazy_gettext("ผู้รับมอบ"),
    "pinned": lazy_gettext("ปักไว้บนสุด"),
    "plan_period_id": lazy_gettext("ช่วงของแผน"),
    "plan_project_id": lazy_gettext("โครงการในแผน"),
    "points": lazy_gettext("คะแนน"),
    "project": lazy_gettext("โครงการ"),
    "projects_only": lazy_gettext("เฉพาะโครงการ"),
    "province": lazy_gettext("จังหวัด"),
    "provinces": lazy_gettext("จังหวัด"),
    "quiet_from": lazy_gettext("ไม่รบกวนตั้งแต่"),
    "quiet_until": lazy_gettext("ไม่รบกวนถึง"),
    "raster": lazy_gettext("ภาพหรือชั้นข้อมูล"),
    "recorded_on": lazy_gettext("วันที่บันทึก"),
    "remark": lazy_gettext("เหตุผลของคะแนน"),
    "reply": lazy_gettext("คำตอบ"),
    "role": lazy_gettext("บทบาท"),
    "roles": lazy_gettext("บทบาท"),
    "row": lazy_gettext("แถว"),
    "row_version": lazy_gettext("รุ่นของรายการ"),
    "same_roles": lazy_gettext("ให้บทบาทเดียวกัน"),
    "serves": lazy_gettext("ผู้รับประโยชน์"),
    "successor": lazy_gettext("ผู้รับงาน"),
    "tactics": lazy_gettext("กลยุทธ์"),
    "tasks": lazy_gettext("งานที่เตือน"),
    "to": lazy_gettext("ส่งถึง"),
    "types": lazy_gettext("ประเภท อปท."),
    "what": lazy_gettext("สิ่งที่ทำ"),
    "year": lazy_gettext("ปี"),
    "years": lazy_gettext("ปี"),
}
# Where the same name stands for another thing than a record's column: by the pages that ask for it.
_ON_PAGES: Mapping[tuple[str, str], Any] = {
    ("messages", "text"): lazy_gettext("ข้อความ"),
    ("news", "title"): lazy_gettext("หัวข้อข่าว"),
    ("news", "valid_from"): lazy_gettext("เริ่มใช้"),
    ("people_pages", "display_name"): lazy_gettext("ชื่อและตำแหน่ง"),
    ("people_pages", "area"): lazy_gettext("อำเภอ"),
    ("scores", "reason"): lazy_gettext("เหตุผล"),
    ("scores", "answer"): lazy_gettext("คำตอบพร้อมเหตุผล"),
    ("scores", "name_th"): lazy_gettext("ชื่อเกณฑ์"),
    ("scores", "days"): lazy_gettext("จำนวนวัน"),
    ("public_questions", "body"): lazy_gettext("คำถาม"),
    ("public_questions", "text"): lazy_gettext("คำถาม"),
}


def form_word(name: str, pages: str | None = None) -> str:
    """Word of a field; ``pages`` is the blueprint that asks for it, that of the request when it is not said."""
    if pages is None:
        pages = (request.blueprint or "") if has_request_context() else ""
    if word := _ON_PAGES.get((pages, name)):
        return str(word)
    held = field_name(name)
    return str(_FORM_FIELDS.get(name, name)) if held == name else held

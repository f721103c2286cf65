"""Words of the log of changes: its records, their fields, what was done to them, and the values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.queries.history import Change
from app.web.budget_words import DOCUMENT_KIND_NAMES, TRANSFER_KIND_NAMES
from app.web.duplicate_json import act_names, class_names
from app.web.figure_words import figure_names, state_names
from app.web.filters import NOTHING, baht, metres, square_metres, thai_date, thai_datetime
from app.web.people_words import role_word

FIELDS: Mapping[str, Any] = {
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
    "amount_change_baht": lazy_gettext("เปลี่ยนวงเงิน"),
    "new_end_on": lazy_gettext("วันสิ้นสุดใหม่"),
    "until_on": lazy_gettext("กันถึงวันที่"),
    "reported_on": lazy_gettext("วันที่รายงาน"),
    "percent": lazy_gettext("ความก้าวหน้า (ร้อยละ)"),
    "days": lazy_gettext("จำนวนวันที่ช้า"),
    "rate_percent": lazy_gettext("อัตราต่อวัน (ร้อยละ)"),
    "reason": lazy_gettext("เหตุผล"),
    "removal_reason": lazy_gettext("เหตุผลที่นำออก"),
    "note": lazy_gettext("หมายเหตุ"),
    "caption": lazy_gettext("คำบรรยายภาพ"),
    "stage": lazy_gettext("ช่วงงานในภาพ"),
}
# Told by receipts only: in a history they repeat what another line says.
MORE_FIELDS: Mapping[str, Any] = {
    "area": lazy_gettext("พื้นที่"),
    "budget_baht": lazy_gettext("วงเงิน"),
    "within_m": lazy_gettext("ระยะที่ถือว่าเข้าถึง"),
    "unit_cost_baht": lazy_gettext("ราคางานที่ระบบเสนอ"),
    "acts": lazy_gettext("ซ่อมหรือสร้าง"),
    "sources": lazy_gettext("งานที่เลือกได้"),
    "seconds": lazy_gettext("เวลาพิสูจน์"),
    "closed": lazy_gettext("งานที่จะเลิกใช้"),
    "shared_with": lazy_gettext("ใครเปิดดูได้"),
    "act": lazy_gettext("ขั้น"),
    "answer": lazy_gettext("คำตอบ"),
    "project_a": lazy_gettext("งานที่ 1"),
    "project_b": lazy_gettext("งานที่ 2"),
    "as_of": lazy_gettext("ข้อมูล ณ วันที่"),
    "facts": lazy_gettext("ข้อเท็จจริงของภาพ"),
    "licence": lazy_gettext("สัญญาอนุญาต"),
    "open_to_all": lazy_gettext("ให้ประชาชนเห็นได้"),
    "question": lazy_gettext("คำถามที่รอคำตอบ"),
    "threshold": lazy_gettext("ตั้งแต่ค่า"),
    "title_th": lazy_gettext("ชื่อภาพหรือขอบเขต"),
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
    "amended_baht": lazy_gettext("แก้ไขเพิ่มเติมแล้ว"),
    "extended_to": lazy_gettext("ขยายถึง"),
    "transferred_baht": lazy_gettext("โอนแล้ว"),
    "due_on": lazy_gettext("กำหนดส่ง"),
    "accepted_on": lazy_gettext("ตรวจรับ"),
    "work_percent": lazy_gettext("เนื้องานสะสม (ร้อยละ)"),
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
    # Of money
    "contract_id": lazy_gettext("สัญญา"),
    "reverses_id": lazy_gettext("คืนรายการของ"),
    "per_day_baht": lazy_gettext("ค่าปรับวันละ"),
    "net_baht": lazy_gettext("สุทธิ"),
    "final_baht": lazy_gettext("วงเงินสุดท้าย"),
    "in_force": lazy_gettext("นับเป็นงบที่อนุมัติ"),
    "obligated": lazy_gettext("ก่อหนี้แล้ว"),
    "seq": lazy_gettext("ลำดับ"),
    "title": lazy_gettext("ชื่อเอกสาร"),
    "submitted_on": lazy_gettext("วันที่เสนอสภา"),
    "council_session": lazy_gettext("การประชุมสภา"),
    "council_approved_on": lazy_gettext("สภาเห็นชอบเมื่อ"),
    "in_force_on": lazy_gettext("วันที่ใช้บังคับ"),
    "document": lazy_gettext("เลขที่หนังสือหรือไฟล์"),
    "reopen_reason": lazy_gettext("เหตุผลที่ขอเปิดปี"),
    "reopen_until": lazy_gettext("ขอเปิดถึง"),
    "reopened_until": lazy_gettext("เปิดถึง"),
    "item_code": lazy_gettext("รายการ"),
    "month": lazy_gettext("เดือน"),
    "letter": lazy_gettext("เลขที่หนังสือจัดสรร"),
    "letter_on": lazy_gettext("ลงวันที่"),
    "allotted_baht": lazy_gettext("จัดสรร"),
    "received_baht": lazy_gettext("ได้รับ"),
    "received_on": lazy_gettext("วันที่ได้รับ"),
    "returned_baht": lazy_gettext("ส่งคืน"),
    # Of projects and plans
    "planned_baht": lazy_gettext("เงินตามแผน"),
    "plan_form": lazy_gettext("แบบของแผน"),
    "thickness_m": lazy_gettext("ความหนา"),
    "volume_m3": lazy_gettext("ปริมาตร (ลบ.ม.)"),
    "vision": lazy_gettext("วิสัยทัศน์"),
    "mission": lazy_gettext("พันธกิจ"),
    "goals": lazy_gettext("เป้าประสงค์"),
    "goal": lazy_gettext("เป้าหมาย"),
    "national_strategy_code": lazy_gettext("ยุทธศาสตร์ชาติ"),
    "start_be": lazy_gettext("ปีแรก"),
    "end_be": lazy_gettext("ปีสุดท้าย"),
    "change_types": lazy_gettext("ประเภทการเปลี่ยนแปลง"),
    "promulgated_on": lazy_gettext("วันที่ประกาศใช้"),
    "step": lazy_gettext("ขั้น"),
    "result": lazy_gettext("ผล"),
    "decided_on": lazy_gettext("วันที่มีมติ"),
    "reference": lazy_gettext("อ้างอิง"),
    "change": lazy_gettext("การเปลี่ยนแปลง"),
    "form": lazy_gettext("แบบ"),
    "line_number": lazy_gettext("ลำดับที่"),
    "page": lazy_gettext("หน้า"),
    "objective": lazy_gettext("วัตถุประสงค์"),
    "target": lazy_gettext("เป้าหมาย (ผลผลิต)"),
    "indicator": lazy_gettext("ตัวชี้วัด"),
    "expected_result": lazy_gettext("ผลที่คาดว่าจะได้รับ"),
    "department": lazy_gettext("หน่วยงานรับผิดชอบ"),
    "article_category": lazy_gettext("หมวดครุภัณฑ์"),
    "article_type": lazy_gettext("ประเภทครุภัณฑ์"),
    "detail": lazy_gettext("รายละเอียด"),
    "other_agency": lazy_gettext("หน่วยงานอื่น"),
    "months": lazy_gettext("เดือนที่ดำเนินการ"),
    "strategy": lazy_gettext("ยุทธศาสตร์"),
    "framework": lazy_gettext("แผนระดับบน"),
    "owner_code": lazy_gettext("เจ้าของแผน"),
    "valid_from_be": lazy_gettext("ใช้ตั้งแต่ปี"),
    "valid_to_be": lazy_gettext("ใช้ถึงปี"),
    "village_number": lazy_gettext("หมู่ที่"),
    "field": lazy_gettext("ช่อง"),
    "text": lazy_gettext("ความเห็น"),
    "decision": lazy_gettext("ผลการพิจารณา"),
    "comment": lazy_gettext("เหตุผล"),
    # Of the calendar
    "topic": lazy_gettext("หัวข้อ"),
    "period_from": lazy_gettext("ตั้งแต่เดือน"),
    "period_to": lazy_gettext("ถึงเดือน"),
    "opens_on": lazy_gettext("เริ่มบันทึก"),
    "check_until": lazy_gettext("จังหวัดตรวจถึง"),
    "owner_role": lazy_gettext("ผู้รับผิดชอบ"),
    "officer_enters": lazy_gettext("จนท.วถ. บันทึกแทนได้"),
    # Of rounds of evaluation and daily reports
    "period": lazy_gettext("รอบ"),
    "version": lazy_gettext("ฉบับที่"),
    "committee_met_on": lazy_gettext("วันประชุมคณะกรรมการ"),
    "committee_reference": lazy_gettext("รายงานการประชุม"),
    "committee_remarks": lazy_gettext("ความเห็นของคณะกรรมการ"),
    "submitted_reference": lazy_gettext("หนังสือที่เสนอ"),
    "announced_on": lazy_gettext("วันที่ประกาศ"),
    "submitted_late_reason": lazy_gettext("เหตุผลที่บันทึกการเสนอย้อนหลัง"),
    "announced_late_reason": lazy_gettext("เหตุผลที่บันทึกการประกาศย้อนหลัง"),
    "decision_note": lazy_gettext("เหตุผลที่ส่งกลับ"),
    "format": lazy_gettext("รูปแบบไฟล์"),
    "byte_count": lazy_gettext("ขนาด (ไบต์)"),
    "file_bytes": lazy_gettext("ขนาด (ไบต์)"),
    "posted_from": lazy_gettext("ปิดประกาศตั้งแต่"),
    "posted_to": lazy_gettext("ถึงวันที่"),
    "withdrawn_reason": lazy_gettext("เหตุผลที่ถอน"),
    "day": lazy_gettext("วันที่"),
    "officer_name": lazy_gettext("เจ้าหน้าที่"),
    "remarks": lazy_gettext("หมายเหตุ"),
    "subject": lazy_gettext("เรื่อง"),
    "call": lazy_gettext("การติดต่อ"),
    # Of questions of citizens
    "state": lazy_gettext("สถานะ"),
    "hidden_reason": lazy_gettext("เหตุผลที่ซ่อน"),
    # Of maintenance, tokens and standing orders
    "begins_at": lazy_gettext("เริ่ม"),
    "ends_at": lazy_gettext("สิ้นสุด"),
    "reason_th": lazy_gettext("ทำอะไร"),
    "reason_en": lazy_gettext("ทำอะไร (ภาษาอังกฤษ)"),
    "closed_parts": lazy_gettext("ปิดการอ่านด้วย"),
    "notice_hours": lazy_gettext("แจ้งล่วงหน้า (ชั่วโมง)"),
    "cancel_reason": lazy_gettext("เหตุผลที่เลิก"),
    "resources": lazy_gettext("ข้อมูลที่อ่านได้"),
    "areas": lazy_gettext("พื้นที่"),
    "requests_per_day": lazy_gettext("คำขอต่อวัน"),
    "rows_per_day": lazy_gettext("แถวต่อวัน"),
    "every": lazy_gettext("ทุก"),
    "keep": lazy_gettext("จำนวนรอบที่เก็บ"),
    "parameters": lazy_gettext("ตัวเลือก"),
    # Of organisations, accounts and files
    "name_en": lazy_gettext("ชื่อภาษาอังกฤษ"),
    "full_name_th": lazy_gettext("ชื่อเต็ม"),
    "type_code": lazy_gettext("ประเภท อปท."),
    "province_code": lazy_gettext("จังหวัด"),
    "amphoe_code": lazy_gettext("อำเภอ"),
    "parent_code": lazy_gettext("อยู่ใน"),
    "level": lazy_gettext("ระดับ"),
    "valid_from": lazy_gettext("ใช้ตั้งแต่"),
    "valid_to": lazy_gettext("ใช้ถึง"),
    "successor_code": lazy_gettext("เปลี่ยนเป็น อปท."),
    "url": lazy_gettext("เว็บไซต์"),
    "name": lazy_gettext("ชื่อ"),
    "email": lazy_gettext("อีเมล"),
    "active": lazy_gettext("ใช้งานได้"),
    "language": lazy_gettext("ภาษา"),
    "tf_primary_method": lazy_gettext("การยืนยันสองขั้น"),
    "outcome": lazy_gettext("ผล"),
    "row_number": lazy_gettext("แถวในไฟล์"),
    "sheet": lazy_gettext("ตาราง"),
    "place": lazy_gettext("จุดบนพิกัด"),
    "aspect": lazy_gettext("เรื่องที่จำแนก"),
    "recorded": lazy_gettext("ที่บันทึกไว้"),
    "suggested": lazy_gettext("ที่เสนอ"),
}
# The same column means another thing in another record.
_OF_ENTITY: Mapping[tuple[str, str], Any] = {
    ("budget_document", "number"): lazy_gettext("เลขที่เอกสาร"),
    ("budget_transfer", "number"): lazy_gettext("เลขที่การโอน"),
    ("plan_version", "number"): lazy_gettext("ฉบับที่"),
    ("figure_verdict", "figure"): lazy_gettext("ตัวเลข"),
    ("figure_verdict", "before"): lazy_gettext("ผลตรวจเดิม"),
    ("figure_verdict", "verdict"): lazy_gettext("ผลตรวจ"),
    ("contract_amendment", "seq"): lazy_gettext("ครั้งที่"),
    ("contract_instalment", "seq"): lazy_gettext("งวดที่"),
    ("project_segment", "seq"): lazy_gettext("ช่วงที่"),
    ("budget_document", "status"): lazy_gettext("สถานะ"),
    ("budget_transfer", "status"): lazy_gettext("สถานะ"),
    ("plan_version", "status"): lazy_gettext("สถานะ"),
    ("plan", "name_th"): lazy_gettext("ชื่อแผน"),
    ("evaluation_result", "status"): lazy_gettext("สถานะ"),
    ("evaluation_result", "submitted_on"): lazy_gettext("วันที่เสนอสภาและคณะกรรมการ"),
    ("evaluation_posting", "address"): lazy_gettext("สถานที่หรือที่อยู่เว็บ"),
    ("daily_report", "status"): lazy_gettext("สถานะ"),
    ("organisation", "name_th"): lazy_gettext("ชื่อ อปท."),
    ("calendar_task", "name_th"): lazy_gettext("ชื่องาน"),
    ("calendar_task", "due_on"): lazy_gettext("ครบกำหนด"),
    ("citizen_question", "due_on"): lazy_gettext("ครบกำหนด"),
    ("calendar_task", "source"): lazy_gettext("ที่มา"),
    ("user_account", "first_password_until"): lazy_gettext("รหัสครั้งแรกใช้ได้ถึง"),
    ("user_account", "second_factor_at"): lazy_gettext("ยืนยันสองขั้นตั้งแต่"),
    ("evaluation_posting", "place"): lazy_gettext("ที่ปิดประกาศ"),
    ("hand_over", "closing"): lazy_gettext("สิ่งที่สิ้นสุด"),
    ("hand_over", "items"): lazy_gettext("งานที่มอบ"),
    ("score_sheet", "province_code"): lazy_gettext("จังหวัด"),
    ("score_sheet", "formula_version"): lazy_gettext("สูตรรุ่น"),
    ("score_sheet", "figures"): lazy_gettext("ตัวเลขที่ปิดไว้"),
    ("score_mark", "criterion"): lazy_gettext("เกณฑ์"),
    ("score_mark", "points"): lazy_gettext("คะแนน"),
    ("score_mark", "remark"): lazy_gettext("เหตุผล"),
    ("score_appeal", "criterion"): lazy_gettext("เกณฑ์"),
    ("score_appeal", "outcome"): lazy_gettext("คำวินิจฉัย"),
    ("score_appeal", "answer"): lazy_gettext("คำตอบ"),
    ("plan_project_amount", "amount_baht"): lazy_gettext("เงินตามแผน"),
    ("project", "geometry"): lazy_gettext("พิกัด"),
    ("project", "contracted_baht"): lazy_gettext("เงินสัญญา"),
    ("project", "disbursed_baht"): lazy_gettext("เงินเบิกจ่าย"),
}
_STAGES: Mapping[str, Any] = {
    "before": lazy_gettext("ก่อนทำ"),
    "during": lazy_gettext("ระหว่างทำ"),
    "after": lazy_gettext("หลังทำ"),
}
_REVIEWED = frozenset({"budget_document", "budget_transfer"})
_REVIEW_STATES: Mapping[str, Any] = {
    "DRAFT": lazy_gettext("ร่าง"),
    "SUBMITTED": lazy_gettext("รออนุมัติ"),
    "RETURNED": lazy_gettext("ส่งกลับ"),
    "APPROVED": lazy_gettext("อนุมัติแล้ว"),
}
_REPORT_STATES: Mapping[str, Any] = {
    "DRAFT": lazy_gettext("ร่าง"),
    "PROPOSED": lazy_gettext("เสนอผู้บริหาร"),
    "RETURNED": lazy_gettext("ส่งกลับ"),
    "SUBMITTED": lazy_gettext("เสนอสภาและคณะกรรมการ"),
    "ANNOUNCED": lazy_gettext("ประกาศแล้ว"),
    "SENT": lazy_gettext("ส่งแล้ว"),
    "SIGNED": lazy_gettext("ลงนามแล้ว"),
}
# Words that are no code list: a column's few values.
_WORDS: Mapping[str, Mapping[str, Any]] = {
    "kind": {**DOCUMENT_KIND_NAMES, **TRANSFER_KIND_NAMES},
    "method": {
        "TRANSFER": lazy_gettext("โอนเข้าบัญชี"),
        "CHEQUE": lazy_gettext("เช็ค"),
        "CASH": lazy_gettext("เงินสด"),
    },
    "stage": _STAGES,
    "tf_primary_method": {"authenticator": lazy_gettext("แอปยืนยันตัวตน")},
    "closing": {"account": lazy_gettext("ทั้งบัญชี"), "roles": lazy_gettext("เฉพาะบทบาท")},
    "place": {
        "PLATFORM": lazy_gettext("หน้าสาธารณะของระบบ"),
        "BOARD": lazy_gettext("ป้ายประกาศ"),
        "WEBSITE": lazy_gettext("เว็บไซต์ของ อปท."),
        "OTHER": lazy_gettext("ที่อื่น"),
    },
    "state": {
        "WAITING": lazy_gettext("รอตรวจก่อนเผยแพร่"),
        "OPEN": lazy_gettext("รอคำตอบ"),
        "ANSWERED": lazy_gettext("ตอบแล้ว"),
        "HIDDEN": lazy_gettext("ซ่อนไว้"),
        "APPEALED": lazy_gettext("รอจังหวัดพิจารณา"),
    },
    "decision": {
        "CONFIRMED": lazy_gettext("ยืนยัน"),
        "DENIED": lazy_gettext("ปฏิเสธ"),
        "ACCEPTED": lazy_gettext("รับข้อเสนอ"),
        "KEPT": lazy_gettext("คงเดิม"),
        "ASKED": lazy_gettext("สอบถาม อปท."),
    },
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
ENTITY_NAMES: Mapping[str, Any] = {
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
    "duplicate_decision": lazy_gettext("คำตอบเรื่องงานซ้ำซ้อน"),
    "calendar_task": lazy_gettext("ปฏิทินการติดตาม"),
    "evaluation_result": lazy_gettext("ผลการติดตามและประเมินผล"),
    "evaluation_file": lazy_gettext("เอกสารผลการติดตาม"),
    "evaluation_posting": lazy_gettext("การปิดประกาศ"),
    "daily_report": lazy_gettext("รายงานประจำวัน"),
    "officer_call": lazy_gettext("การติดต่อของเจ้าหน้าที่"),
    "citizen_question": lazy_gettext("คำถามประชาชน"),
    "maintenance_window": lazy_gettext("ช่วงปรับปรุงระบบ"),
    "export_order": lazy_gettext("ไฟล์ตามกำหนด"),
    "score_formula": lazy_gettext("สูตรคะแนน จนท.วถ."),
    "score_sheet": lazy_gettext("ใบคะแนน จนท.วถ."),
    "score_mark": lazy_gettext("คะแนนที่จังหวัดให้"),
    "score_appeal": lazy_gettext("อุทธรณ์คะแนน"),
    "contract_amendment": lazy_gettext("แก้ไขสัญญา"),
    "contract_instalment": lazy_gettext("งวดสัญญา"),
    "contract_penalty": lazy_gettext("ค่าปรับ"),
    "carry_over": lazy_gettext("กันเงินเหลื่อมปี"),
    "budget_document": lazy_gettext("เอกสารงบประมาณ"),
    "budget_transfer": lazy_gettext("โอนงบประมาณ"),
    "budget_transfer_line": lazy_gettext("รายการโอน"),
    "fiscal_year_close": lazy_gettext("ปิดปีงบประมาณ"),
    "progress_report": lazy_gettext("ความก้าวหน้า"),
    "plan_project_amount": lazy_gettext("เงินในแผน"),
    "plan_version_step": lazy_gettext("ขั้นของแผน"),
    "local_tactic": lazy_gettext("กลยุทธ์"),
    "local_strategy_alignment": lazy_gettext("ความเชื่อมโยงของยุทธศาสตร์"),
    "finance_month": lazy_gettext("การเงินรายเดือน"),
    "grant_allotment": lazy_gettext("เงินอุดหนุน"),
    "action_plan": lazy_gettext("แผนการดำเนินงาน"),
    "action_plan_line": lazy_gettext("แถวของแผนการดำเนินงาน"),
    "hand_over": lazy_gettext("การมอบงาน"),
    "on_behalf_decision": lazy_gettext("การยืนยันรายการที่บันทึกแทน"),
    "classification_decision": lazy_gettext("การจำแนกประเภท"),
    "figure_verdict": lazy_gettext("ผลตรวจตัวเลข"),
}
# What the program keeps for itself: it says nothing to a person.
_OF_THE_PROGRAM = ("_id", "_by", "_at", "_by_name", "_sha256")
_TECHNICAL = frozenset(
    {
        "id",
        "code",
        "sha256",
        "stored_name",
        "attributes",
        "warnings",
        "row_version",
        "on_behalf_of",
        "words",
        "media_type",
        "byte_count",
        "file_bytes",
        "decisions",
        "width_px",
        "height_px",
        "import_row",
        "location",
        "accuracy_m",
        "direction_degrees",
        "version",
        "original_epsg",
        "operation",
        "prefix",
        "entity",
        "entity_key",
        "fictional",
        "office_is_real",
        "utm_zones",
        "record_version",
        "score",
        "details",
        "receipt",
    }
)


def is_technical(name: str) -> bool:
    """Whether a column says nothing to a person."""
    return name in _TECHNICAL or name.endswith(_OF_THE_PROGRAM)


def field_names() -> dict[str, str]:
    """Names of the fields that the history speaks of."""
    return {name: str(word) for name, word in FIELDS.items()}


def field_name(name: str, entity: str = "") -> str:
    """Name of a field, also of those that only receipts speak of; ``entity`` is the record that it is of."""
    return str(_OF_ENTITY.get((entity, name)) or FIELDS.get(name) or MORE_FIELDS.get(name, name))


def title_of(change: Change, names: Mapping[str, Mapping[str, str]]) -> str:
    """What was done, in words."""
    if change.entity == "project_geometry":
        status = str(change.after.get("status", ""))
        word = names["geometry_status"].get(status, status)
        return str(_("พิกัดรุ่น %(version)s: %(status)s", version=change.after.get("version"), status=word))
    if change.entity == "attachment":
        return _title_of_picture(change)
    if change.entity == "duplicate_decision":
        said = class_names().get(str(change.after.get("answer")), "")
        what = f"{act_names().get(str(change.after.get('act')), '')} {said}".rstrip()
        return str(_("งานซ้ำซ้อนคู่ที่ %(n)s: %(what)s", n=change.after.get("pair_id"), what=what))
    if change.entity == "figure_verdict":
        said = state_names().get(str(change.after.get("verdict")), "")
        what = figure_names().get(str(change.after.get("figure")), "")
        return f"{what}: {said}"
    if change.entity in ("user_account", "membership", "hand_over"):
        return _title_of_account(change)
    if change.entity == "project_segment" and change.action == "insert":
        return str(_("เพิ่มช่วงของงานที่ %(n)s", n=change.after.get("seq")))
    if change.entity == "disbursement" and change.after.get("reverses_id"):
        return str(_("คืนรายการเบิกจ่าย"))
    if change.action == "update" and "removed_at" in change.after:
        what = ENTITY_NAMES.get(change.entity, change.entity)
        taken = change.after["removed_at"]
        return str(_("นำ%(what)sออก", what=what) if taken else _("นำ%(what)sกลับมา", what=what))
    if change.entity == "appropriation" and change.after.get("confirmed_by_name"):
        return str(_("ยืนยันงบประมาณที่ไม่อยู่ในเอกสาร"))
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
    what = f"{ENTITY_NAMES.get(change.entity, change.entity)} {change.key}".rstrip()
    if change.action == "insert":
        return str(_("เพิ่ม%(what)s", what=what))
    return str(_("แก้ไข%(what)s", what=what) if change.action == "update" else _("ลบ%(what)s", what=what))


def _title_of_account(change: Change) -> str:
    """What was done to somebody's account; without its values where the reader does not administer it."""
    after, role = change.after, str(change.after.get("role_code") or "")
    if change.entity == "hand_over":
        return str(_("มอบงานให้ผู้รับ"))
    if change.entity == "membership":
        if change.action == "insert":
            return str(_("ให้บทบาท %(role)s", role=role_word(role)) if role else _("ให้บทบาท"))
        return str(_("เปลี่ยนช่วงเวลาของบทบาท"))
    if change.action == "insert":
        return str(_("ออกบัญชีใหม่"))
    if "active" in after:
        return str(_("เปิดบัญชี") if after["active"] else _("ปิดบัญชี"))
    if "first_password_until" in after:
        return str(_("ออกรหัสผ่านครั้งแรก") if after["first_password_until"] else _("เจ้าของบัญชีตั้งรหัสผ่านเอง"))
    if "tf_primary_method" in after:
        return str(_("เปิดการยืนยันสองขั้น") if after["tf_primary_method"] else _("ปิดการยืนยันสองขั้น"))
    return str(_("แก้ไขบัญชี"))


def _title_of_picture(change: Change) -> str:
    if change.action == "insert":
        return str(_("แนบภาพถ่าย %(name)s", name=change.after.get("file_name")))
    if "removed_at" not in change.after:
        return str(_("แก้คำบรรยายภาพถ่าย"))
    return str(_("ลบภาพถ่าย") if change.after["removed_at"] else _("กู้คืนภาพถ่าย"))


def _decimals(value: Any) -> int:
    """At least one, and as many as there are: a history rounds nothing away."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return max(1, -exponent) if isinstance(exponent, int) else 1


def _word(name: str, value: str, entity: str) -> Any:
    """Of a column with a few values that are no code list."""
    if name == "role_code":
        return role_word(value)
    if entity == "figure_verdict":
        return {**figure_names(), **state_names()}.get(value)
    if name == "status" and entity in _REVIEWED:
        return _REVIEW_STATES.get(value, value)
    if name == "status" and entity in ("evaluation_result", "daily_report"):
        return _REPORT_STATES.get(value, value)
    return _WORDS.get(name, {}).get(value)


def value_text(name: str, value: Any, names: Mapping[str, Mapping[str, str]], entity: str = "") -> str:
    """A value of the change log in words; what there is not is "–"; ``entity`` is the record that it is of."""
    if value is None or value == "":
        return NOTHING
    if word := _word(name, str(value), entity):
        return str(word)
    if name in _LISTS:
        return names.get(_LISTS[name], {}).get(str(value), str(value))
    if name.endswith("_baht"):
        return baht(Decimal(str(value)), 2)
    if name in ("length_m", "width_m"):
        return metres(Decimal(str(value)), _decimals(value))
    if name == "area_m2":
        return square_metres(Decimal(str(value)), _decimals(value))
    if name.endswith("_at") or name == "first_password_until":
        return thai_datetime(datetime.fromisoformat(str(value)))
    if name.endswith("_on") or name in ("extended_to", "reopen_until", "reopened_until", "valid_from", "valid_to"):
        return thai_date(date.fromisoformat(str(value)))
    if isinstance(value, bool):
        return str(_("ใช่") if value else _("ไม่ใช่"))
    return _listed(value) if isinstance(value, list) else str(value)


def _listed(values: list[Any]) -> str:
    if values and isinstance(values[0], Mapping):
        return str(_("%(count)s รายการ", count=len(values)))
    return ", ".join(map(str, values))

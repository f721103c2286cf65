"""Kinds of budget documents and transfers in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

DOCUMENT_KIND_NAMES: Mapping[str, Any] = {
    "ANNUAL": lazy_gettext("ข้อบัญญัติ/เทศบัญญัติงบประมาณรายจ่าย"),
    "SUPPLEMENTARY": lazy_gettext("งบประมาณรายจ่ายเพิ่มเติม"),
    "ACCUMULATED": lazy_gettext("จ่ายขาดเงินสะสม"),
    "RESERVE": lazy_gettext("เงินทุนสำรองเงินสะสม"),
    "SPECIFIC_GRANT": lazy_gettext("เงินอุดหนุนเฉพาะกิจ"),
    "LOAN": lazy_gettext("เงินกู้"),
    "DONATION": lazy_gettext("เงินอุทิศหรือเงินบริจาค"),
    "OTHER_AGENCY": lazy_gettext("งบสนับสนุนจากหน่วยงานอื่น"),
}
TRANSFER_KIND_NAMES: Mapping[str, Any] = {
    "TRANSFER": lazy_gettext("โอนงบประมาณ"),
    "NEW_ITEM": lazy_gettext("โอนตั้งจ่ายรายการใหม่"),
    "DESCRIPTION": lazy_gettext("แก้ไขเปลี่ยนแปลงคำชี้แจง"),
}

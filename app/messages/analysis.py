"""Sentences about the budget map and the analyses."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "area_not_found": Message(
        "ไม่พบพื้นที่รหัส {area}",
        "There is no area with the code {area}",
        "ใช้รหัสจังหวัด 2 หลัก อำเภอ 4 หลัก หรือตำบล 6 หลัก",
        "Use the code of a province (2 digits), an amphoe (4) or a tambon (6)",
    ),
    "funnel_needs_place": Message(
        th="ดูราย อปท. ได้เมื่อเลือกพื้นที่หรือ อปท. แล้ว",
        en="Rows of organisations need an area or an organisation to be chosen",
        fix_th="เลือกจังหวัดหรืออำเภอ (area) หรือ อปท. (organisation)",
        fix_en="Choose a province or an amphoe (area), or an organisation",
    ),
    "funnel_needs_organisation": Message(
        th="ดูรายยุทธศาสตร์ของแผนได้เมื่อเลือก อปท. แล้ว",
        en="Rows of the strategies of a plan need an organisation to be chosen",
        fix_th="เลือก อปท. (organisation)",
        fix_en="Choose an organisation",
    ),
    "parent_not_above": Message(
        "พื้นที่ {parent} ไม่ได้อยู่เหนือระดับ {level}",
        "The area {parent} does not lie above the level {level}",
        "เลือกระดับที่ต่ำกว่าพื้นที่นั้น หรือไม่ต้องใส่ parent",
        "Choose a level below that area, or leave parent out",
    ),
}

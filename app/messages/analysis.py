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
    "analysis_busy": Message(
        "กำลังคำนวณให้ผู้อื่นอยู่เต็มที่แล้ว",
        "As many analyses as there is room for are being computed for others",
        "รอสักครู่แล้วเปิดใหม่ หรือเลือกพื้นที่ที่เล็กลง",
        "Wait a moment and open it again, or choose a smaller area",
    ),
    "access_too_far": Message(
        "ระยะไกลเกินกว่าจะคำนวณแหล่งน้ำของพื้นที่นี้ได้ ใช้ได้ไม่เกิน {most} ม.",
        "Too far for the water sources of this area: at most {most} m",
        "ลดระยะ หรือเลือกพื้นที่ที่เล็กลง",
        "Choose a shorter distance, or a smaller area",
    ),
    "hexagons_too_small": Message(
        th="ทั้งประเทศใช้ช่องหกเหลี่ยมได้ถึงขนาด {largest}",
        en="The whole country can be shown in hexagons down to size {largest}",
        fix_th="เลือกจังหวัดก่อน หรือใช้ช่องที่ใหญ่ขึ้น",
        fix_en="Choose a province first, or larger hexagons",
    ),
    "too_many_works_to_cut": Message(
        th="มี {works} โครงการ มากกว่าที่หน้านี้คิดทีละโครงการได้ ({most})",
        en="There are {works} works, more than this page takes one by one ({most})",
        fix_th="เลือกจังหวัดหรือปีงบ หรือใช้คำสั่ง eplan analyse allocation",
        fix_en="Choose a province or a fiscal year, or use the command eplan analyse allocation",
    ),
    "measure_of_another_kind": Message(
        th="ตัววัด {measure} ดูเฉพาะงานด้าน {kind} แต่ตัวกรองไม่มีด้านนั้น",
        en="The measure {measure} is about {kind} works only, which the filter leaves out",
        fix_th="เอาตัวกรองด้านออก หรือเลือกตัววัดอื่น",
        fix_en="Take the filter of kinds away, or choose another measure",
    ),
}

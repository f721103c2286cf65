"""Sentences of the review desk: verdicts on many at once, comments on places, suggested classifications."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "review_changed": Message(
        "{project}: พิกัดเปลี่ยนหลังจากที่เปิดดู ตอนนี้เป็นรุ่น {version} โดย {by}",
        "{project}: the coordinates changed after you looked; version {version} by {by} stands now",
        "ดูรุ่นใหม่ก่อน หรือทำต่อโดยเว้นรายการนี้",
        "Look at the new version, or go on without it",
    ),
    "review_own_entry": Message(
        "{project}: พิกัดที่ตนเองบันทึกหรือส่งตรวจ ต้องให้ผู้อื่นเป็นผู้ตรวจสอบ",
        "{project}: what one has entered or sent in oneself is verified by somebody else",
        "ให้เจ้าหน้าที่คนอื่นของจังหวัดตรวจ",
        "Ask another officer of the province",
    ),
    "nothing_chosen": Message(
        "ยังไม่ได้เลือกรายการ หรือไม่มีรายการที่ทำได้เหลืออยู่",
        "Nothing is chosen, or nothing is left that can be done",
        "เลือกอย่างน้อย 1 รายการ",
        "Choose at least one",
    ),
    "figure_not_found": Message(
        "ไม่มีตัวเลขนี้แล้ว ({figure}): ถูกนำออก คืนรายการ หรือยังไม่อนุมัติ",
        "There is no such figure any more ({figure}): taken out, taken back, or not approved",
        "โหลดหน้าใหม่ หรือทำต่อโดยเว้นรายการนี้",
        "Load the page again, or go on without it",
    ),
    "figure_repeated": Message(
        "{project}: เลือกตัวเลข {amount_baht} ซ้ำ",
        "{project}: the figure {amount_baht} is chosen twice",
        "เลือกครั้งเดียว",
        "Choose it once",
    ),
    "figure_changed": Message(
        "{project}: ตัวเลขเปลี่ยนหลังจากที่เปิดดู ตอนนี้เป็น {amount_baht} บาท โดย {by}",
        "{project}: the figure changed after you looked; it is {amount_baht} baht now, by {by}",
        "ดูตัวเลขใหม่ก่อน หรือทำต่อโดยเว้นรายการนี้",
        "Look at the new figure, or go on without it",
    ),
    "figure_said_already": Message(
        "{project}: {by} ตัดสินตัวเลข {amount_baht} บาทเช่นนี้ไว้แล้ว",
        "{project}: {by} has said so of {amount_baht} baht already",
        "ไม่ต้องทำอะไร หรือทำต่อโดยเว้นรายการนี้",
        "There is nothing to do, or go on without it",
    ),
    "figure_own_entry": Message(
        "{project}: ตัวเลข {amount_baht} บาทที่ตนเองบันทึกหรือแก้ ต้องให้ผู้อื่นเป็นผู้ตรวจ",
        "{project}: what one has entered or changed oneself ({amount_baht} baht) is reviewed by somebody else",
        "ให้เจ้าหน้าที่คนอื่นของจังหวัดตรวจ",
        "Ask another officer of the province",
    ),
    "comment_place": Message(
        "ตำแหน่งของความเห็นอ่านไม่ได้",
        "The place of the comment cannot be read",
        "เลือกจุดบนแผนที่ใหม่",
        "Choose the point on the map again",
    ),
    "classification_gone": Message(
        "รายการนี้ของ {project} เปลี่ยนไปแล้ว: ชื่อ ค่าที่บันทึก หรือมีผู้ตัดสินแล้ว",
        "This check of {project} has changed: its name, what is recorded, or somebody has decided",
        "โหลดหน้าใหม่",
        "Load the page again",
    ),
    "classification_by_plan": Message(
        "ยุทธศาสตร์มาจากบรรทัดของแผน แก้ที่นี่ไม่ได้",
        "The strategy comes from the line of the plan and is not changed here",
        "สอบถาม อปท. ให้แก้ที่แผน",
        "Ask the organisation to mend its plan",
    ),
    "classified_by_word": Message("ชื่อมีคำว่า “{word}”", "The name says “{word}”"),
    "classified_by_name": Message("ชื่อโครงการบอกเช่นนี้", "The name says so"),
    "classified_by_own": Message(
        "งานลักษณะเดียวกันของ อปท. นี้ {count} จาก {of} รายการบันทึกเป็น {code}",
        "{count} of {of} like works of this organisation are recorded as {code}",
    ),
    "classified_by_province": Message(
        "งานลักษณะเดียวกันในจังหวัด {count} จาก {of} รายการบันทึกเป็น {code}",
        "{count} of {of} like works in the province are recorded as {code}",
    ),
}

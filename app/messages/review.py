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
    "comment_place": Message(
        "ตำแหน่งของความเห็นอ่านไม่ได้",
        "The place of the comment cannot be read",
        "เลือกจุดบนแผนที่ใหม่",
        "Choose the point on the map again",
    ),
}

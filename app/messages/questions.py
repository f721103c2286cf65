"""Sentences about questions of citizens, and about following a place."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "question_empty": Message("ยังไม่ได้พิมพ์ข้อความ", "Nothing is written yet", "พิมพ์คำถามหรือคำตอบ", "Write it"),
    "question_too_long": Message(
        "ข้อความยาว {given} ตัวอักษร เกิน {longest}",
        "The text has {given} characters, more than {longest}",
        "ตัดให้สั้นลง ข้อความที่พิมพ์ไว้ยังอยู่",
        "Shorten it; what you wrote is still there",
    ),
    "question_queue_full": Message(
        "มีคำถามรอหน่วยงานอ่านอยู่มาก ยังรับเพิ่มไม่ได้",
        "Very many questions wait for the office to read them; no more can be taken now",
        "ข้อความที่พิมพ์ไว้ยังอยู่ ลองส่งใหม่วันอื่น หรือติดต่อสำนักงานโดยตรง",
        "What you wrote is still there: try another day, or turn to the office itself",
    ),
    "question_not_found": Message(
        "ไม่พบคำถามนี้", "There is no such question", "ตรวจที่อยู่จากตอนที่ถาม", "Check the address that you were given"
    ),
    "question_closed": Message(
        "คำถามนี้อยู่ในสถานะที่ทำขั้นนี้ไม่ได้",
        "This cannot be done with the question as it stands",
        "โหลดหน้านี้ใหม่เพื่อดูสถานะล่าสุด",
        "Load the page again to see how it stands",
    ),
    "question_changed": Message(
        "มีคนทำรายการกับคำถามนี้ก่อนคุณ",
        "Somebody else has acted on this question",
        "อ่านสถานะล่าสุดด้านบนแล้วส่งอีกครั้ง",
        "Read how it stands now, then send again",
    ),
    "question_of_province": Message(
        "คำถามนี้ขอให้จังหวัดพิจารณา หน่วยงานตัดสินเองไม่ได้",
        "The province was asked to decide on this question, not the organisation",
        "รอจังหวัดพิจารณา",
        "Wait for the province",
    ),
    "mail_address_wrong": Message(
        "อีเมลไม่ถูกต้อง", "This is no mail address", "พิมพ์แบบ name@example.go.th", "Write it like name@example.go.th"
    ),
    "place_unknown": Message(
        "ไม่รู้จักพื้นที่นี้", "This place is not known", "เลือกพื้นที่จากหน้าค้นหา", "Choose a place from the search"
    ),
    "subscription_not_found": Message(
        "ลิงก์นี้ใช้ไม่ได้แล้ว หรือเลิกติดตามไปแล้ว",
        "This link leads nowhere any more, or the subscription was ended",
        "ขอติดตามใหม่ได้จากหน้าของพื้นที่",
        "Subscribe again from the page of the place",
    ),
}

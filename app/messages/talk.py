"""Sentences about messages, news, reminders and mail."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "thread_not_found": Message(
        "ไม่พบเรื่องเลขที่ {thread} หรือไม่ใช่เรื่องที่คุณอ่านได้",
        "There is no matter {thread}, or it is not yours to read",
        "ค้นในรายการข้อความ",
        "Search the list of messages",
    ),
    "message_record_not_found": Message(
        "ไม่พบรายการที่ถามถึง: {record}",
        "What you ask about does not exist: {record}",
        "เปิดหน้าของรายการนั้นแล้วกด ถามเรื่องนี้",
        "Open its page and choose Ask about this",
    ),
    "message_too_long": Message(
        "ข้อความยาว {length:,} ตัวอักษร รับได้ {limit:,} ตัวอักษร ยังไม่ได้ส่ง ข้อความอยู่ในช่อง",
        "The message has {length:,} letters, {limit:,} fit. It was not sent and is still in the field",
        "ตัดให้สั้นลง หรือแนบเป็นไฟล์ PDF กับข้อความ",
        "Shorten it, or attach a PDF to the message",
    ),
    "message_files": Message(
        "แนบมา {count} ไฟล์",
        "{count} files were attached",
        "แนบได้ไม่เกิน {limit} ไฟล์ต่อข้อความ ส่งที่เหลือในข้อความถัดไป",
        "At most {limit} files a message; send the others with the next one",
    ),
    "message_file_kind": Message(
        "ไฟล์ {name} ไม่ใช่ภาพ JPEG, PNG, WebP หรือ PDF",
        "{name} is no JPEG, PNG or WebP picture and no PDF",
        "บันทึกเป็น PDF หรือภาพแล้วแนบใหม่ ข้อความที่พิมพ์ยังอยู่ แต่ต้องเลือกไฟล์อีกครั้ง",
        "Save it as a PDF or a picture; your text is still there, choose the files again",
    ),
    "message_file_not_found": Message(
        "ไม่พบไฟล์นี้ในเรื่องนี้", "This matter has no such file", "โหลดหน้าใหม่", "Load the page again"
    ),
    "reminder_nation": Message(
        "เตือนทั้งประเทศในครั้งเดียวไม่ได้",
        "The whole nation is not reminded at once",
        "เลือกจังหวัดหรืออำเภอก่อน",
        "Choose a province or an amphoe first",
    ),
    "message_too_fast": Message(
        "ส่งข้อความครบ {most} ครั้งใน {minutes} นาทีแล้ว ยังไม่ได้ส่ง ข้อความอยู่ในช่อง",
        "You have written {most} times in {minutes} minutes. This was not sent and is still in the field",
        "ส่งได้อีกตั้งแต่ {again} น. เรื่องที่บอกทุก อปท. ให้ลงเป็นข่าว",
        "Send it from {again} on. What everybody has to know is better told as news",
    ),
    "message_to_same": Message(
        "เรื่องนี้ถามถึงหน่วยงานนี้อยู่แล้ว",
        "This side is asked already",
        "เลือกหน่วยงานอื่น",
        "Choose another side",
    ),
    "message_to_nobody": Message(
        "หน่วยงานนี้รับเรื่องนี้ไม่ได้",
        "This side cannot be asked here",
        "ถามจังหวัดหรือกรม จังหวัดและกรมถาม อปท. ได้เมื่อเลือก อปท.",
        "Ask the province or the department; to ask an LAO, choose it first",
    ),
    "message_assignee": Message(
        "มอบให้คนนี้ไม่ได้ เพราะไม่ได้อยู่หน่วยงานเดียวกับคุณ",
        "This person does not write for your side",
        "เลือกจากรายชื่อ",
        "Choose from the list",
    ),
    "message_no_answer": Message(
        "ข้อความนี้ไม่ใช่คำตอบของเรื่อง",
        "This message is no answer of the matter",
        "เลือกข้อความที่ตอบคำถาม",
        "Choose a message that answers the question",
    ),
    "nothing_to_remind": Message(
        "ไม่มีรายการค้างที่เลือกให้เตือน",
        "Nothing of what you chose is owed",
        "โหลดรายการค้างอีกครั้ง อาจบันทึกครบแล้ว",
        "Load the list again: it may have been entered",
    ),
    "mail_address": Message(
        "อ่านที่อยู่อีเมลไม่ได้", "This is no mail address", "เช่น name@example.go.th", "Such as name@example.go.th"
    ),
    "code_just_sent": Message(
        "เพิ่งส่งรหัสไปไม่ถึง 2 นาที",
        "A code was sent less than two minutes ago",
        "ดูในกล่องจดหมาย หรือรอแล้วขอใหม่",
        "Look into the mailbox, or wait and ask again",
    ),
    "code_wrong": Message("รหัสไม่ตรง", "This is another code", "ดูรหัส 6 หลักในอีเมล", "See the six digits in the mail"),
    "code_over": Message(
        "รหัสใช้ไม่ได้แล้ว เกิน 1 วันหรือลองเกิน 5 ครั้ง",
        "The code is over: older than a day, or tried five times",
        "ขอรหัสใหม่",
        "Ask for a new one",
    ),
    "hour_unreadable": Message("อ่านเวลาไม่ได้", "This is no time of the day", "เช่น 18:00", "Such as 18:00"),
    "news_not_found": Message(
        "ไม่พบข่าวเลขที่ {news} หรือข่าวนี้ไม่ได้ส่งถึงคุณ",
        "There is no news {news}, or it is not for you",
        "ดูรายการข่าว",
        "See the list of news",
    ),
    "news_own_province": Message(
        "ข่าวของจังหวัดส่งถึงจังหวัดของตัวเองเท่านั้น",
        "News of a province is for that province",
        "เอาจังหวัดอื่นออก",
        "Take the other provinces out",
    ),
}

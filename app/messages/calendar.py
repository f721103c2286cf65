"""Sentences about the officers' calendar."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "topic_not_found": Message(
        "ไม่มีหัวข้อรายงานรหัส {topic}",
        "There is no head of reporting with the code {topic}",
        "เลือกหัวข้อจากตารางความครบถ้วน",
        "Choose a head in the table of completeness",
    ),
    "calendar_task_not_found": Message(
        "ไม่มีงานเลขที่ {task} ในปฏิทิน", "The calendar has no task {task}", "โหลดปฏิทินอีกครั้ง", "Load the calendar again"
    ),
    "calendar_year_outside": Message(
        "เปิดปฏิทินปีงบ {fiscal_year_be} ไม่ได้ ข้อมูลเริ่มที่ปีงบ {first} และเปิดล่วงหน้าได้ถึงปีงบ {last}",
        "No calendar for {fiscal_year_be}: the data begins with {first}, and {last} is the last year to open",
        "เลือกปีในช่วงนี้",
        "Choose a year between them",
    ),
    "calendar_period": Message(
        "ช่วงเดือนต้องเป็น 0 ถึง 12 และเดือนแรกไม่เกินเดือนสุดท้าย",
        "Months must be 0 to 12, the first not after the last",
        "ใช้ 0 สำหรับทั้งปี 1 คือตุลาคม 12 คือกันยายน",
        "Use 0 for the whole year, 1 for October, 12 for September",
    ),
    "calendar_overlap": Message(
        "ช่วงนี้ของหัวข้อเดียวกันมีกำหนดอยู่แล้วใน “{name}”",
        "This part of the topic has its day already in “{name}”",
        "แก้รายการนั้น หรือเลือกช่วงเดือนที่ไม่ทับกัน",
        "Amend that task, or choose months that do not overlap",
    ),
}

"""Sentences about rounds of monitoring and evaluation, their postings, and the officers' daily reports."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "evaluation_met_too_early": Message(
        "วันประชุมคณะกรรมการต้องหลังวันสุดท้ายของช่วงที่ติดตาม ({reported_to})",
        "The committee has to meet after the last day that is evaluated ({reported_to})",
        "ตรวจปี พ.ศ. ของวันประชุม",
        "Check the year of the meeting",
    ),
    "evaluation_not_found": Message(
        "ไม่มีผลการติดตามเลขที่ {evaluation} หรือยังไม่ประกาศ",
        "There is no evaluation result {evaluation}, or it is not announced",
        "เปิดจากหน้าผลการติดตามของ อปท.",
        "Open it from the evaluations of the organisation",
    ),
    "evaluation_round_not_found": Message(
        "ปีงบ {fiscal_year_be} ไม่มีรอบติดตามและประเมินผลนี้",
        "The fiscal year {fiscal_year_be} asks for no such round",
        "เลือกรอบตามปฏิทินของปีนั้น",
        "Choose a round of that year's calendar",
    ),
    "evaluation_not_open": Message(
        "รอบนี้เริ่มได้ตั้งแต่ {opens_on}", "This round opens on {opens_on}", "รอถึงวันเริ่ม", "Wait for the day it opens"
    ),
    "evaluation_not_over": Message(
        "ช่วงที่รายงานยังไม่สิ้นสุด (ถึง {reported_to})",
        "What is reported on is not over (until {reported_to})",
        "เสนอหลังวันนั้น",
        "Propose it after that day",
    ),
    "evaluation_begun": Message(
        "รอบนี้มีฉบับแล้ว", "This round has its result already", "เปิดฉบับที่มีอยู่", "Open the one that is there"
    ),
    "evaluation_not_ended": Message(
        "ฉบับที่ {version} ยังดำเนินการอยู่ จัดทำฉบับใหม่ได้เมื่อฉบับล่าสุดส่งกลับหรือประกาศแล้ว",
        "Version {version} is still on its way: another begins when the newest was returned or announced",
        "ทำฉบับที่ค้างให้เสร็จก่อน",
        "Finish that one first",
    ),
    "evaluation_state": Message(
        "ทำขั้นนี้ไม่ได้ ฉบับนี้อยู่ในสถานะ {status}",
        "This step is not possible: the version is {status}",
        "โหลดหน้าอีกครั้งเพื่อดูสถานะล่าสุด",
        "Load the page again to see how it stands",
    ),
    "evaluation_second_person": Message(
        "{by} เป็นผู้เสนอฉบับนี้ จึงรับรองหรือประกาศเองไม่ได้",
        "{by} proposed this version and cannot decide on it",
        "ให้ผู้บริหารอีกคนดำเนินการ",
        "Another executive has to do it",
    ),
    "evaluation_before_seal": Message(
        "วันนี้อยู่ก่อนวันที่ผนึกเอกสาร ({sealed_on})",
        "That day is before the document was sealed ({sealed_on})",
        "แก้วันที่ หรือบอกเหตุผลที่บันทึกย้อนหลัง ทุกคนจะเห็นว่าบันทึกย้อนหลัง",
        "Correct the day, or say why it is written down late; everybody sees that it was",
    ),
    "evaluation_file_missing": Message(
        "เอกสารยังจัดทำไม่เสร็จ", "The document is not ready yet", "รอสักครู่ หรือสั่งจัดทำเอกสารอีกครั้ง", "Wait, or order it again"
    ),
    "evidence_kind": Message(
        "หลักฐานต้องเป็น PDF, JPEG หรือ PNG", "Evidence has to be PDF, JPEG or PNG", "เลือกไฟล์อื่น", "Choose another file"
    ),
    "evidence_not_found": Message(
        "ไม่มีหลักฐานที่มีรหัสนี้",
        "There is no evidence with this digest",
        "ตรวจว่าคัดลอกรหัสครบ 64 ตัว",
        "See that all 64 characters were copied",
    ),
    "sealed_file_gone": Message(
        "ไฟล์ที่ผนึกไว้หายหรือถูกแก้ ({sha256})",
        "The sealed file is away or was altered ({sha256})",
        "แจ้งผู้ดูแลระบบให้กู้จากสำรองข้อมูล",
        "Ask the operator to restore it from the backup",
    ),
    "posting_not_found": Message(
        "ไม่มีการปิดประกาศเลขที่ {posting}", "There is no posting {posting}", "โหลดหน้าอีกครั้ง", "Load the page again"
    ),
    "posting_withdrawn": Message("รายการนี้ถอนแล้ว", "This posting was withdrawn already"),
    "posting_of_platform": Message("การปิดประกาศของระบบถอนไม่ได้", "The platform's own posting cannot be withdrawn"),
    "daily_report_not_found": Message(
        "วันที่ {day} ยังไม่มีรายงาน", "There is no report of {day}", "เลือกวันที่ส่งแล้ว", "Choose a day that was sent"
    ),
    "daily_report_state": Message(
        "ทำขั้นนี้ไม่ได้ รายงานอยู่ในสถานะ {status}",
        "This step is not possible: the report is {status}",
        "โหลดหน้าอีกครั้งเพื่อดูสถานะล่าสุด",
        "Load the page again to see how it stands",
    ),
    "daily_report_not_yours": Message(
        "รายงานนี้เป็นของ {officer}",
        "This report is {officer}'s",
        "แก้ได้เฉพาะเจ้าของรายงาน",
        "Only its officer may change it",
    ),
    "daily_report_elsewhere": Message(
        "อปท. {organisation_code} อยู่จังหวัดอื่น",
        "The organisation {organisation_code} is of another province",
        "เลือก อปท. ในจังหวัดของรายงาน",
        "Choose one of the report's province",
    ),
    "daily_report_second_person": Message(
        "ผู้รายงานลงนามรายงานของตนเองไม่ได้",
        "Nobody signs their own report",
        "ให้ท้องถิ่นจังหวัดลงนาม",
        "The head of the province signs it",
    ),
    "daily_report_calls": Message(
        "วันหนึ่งบันทึกการติดต่อได้ {limit} ครั้ง",
        "A day holds {limit} calls",
        "รวมเรื่องเดียวกันเป็นรายการเดียว",
        "Put what belongs together into one",
    ),
    "call_not_found": Message(
        "ไม่มีการติดต่อเลขที่ {call} ในรายงานนี้", "This report has no call {call}", "โหลดหน้าอีกครั้ง", "Load the page again"
    ),
    "officer_not_found": Message(
        "ไม่มีเจ้าหน้าที่เลขที่ {officer}", "There is no officer {officer}", "เลือกจากรายการ", "Choose one of the list"
    ),
}

"""Sentences about what people say of two works at one place."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "duplicate_not_found": Message(
        "ไม่พบคู่งานเลขที่ {pair}",
        "There is no pair of works with the number {pair}",
        "งานคู่นี้อาจไม่ทับกันแล้วหลังแก้พิกัด ดูรายการล่าสุดที่หน้างานซ้ำซ้อน",
        "The two may no longer lie at one place after a change; see the list of duplicates",
    ),
    "paper_not_pdf": Message(
        "ไฟล์นี้ไม่ใช่ PDF",
        "This file is no PDF",
        "บันทึกหรือสแกนเอกสารเป็น PDF แล้วแนบใหม่",
        "Save or scan the paper as PDF and attach it again",
    ),
    "paper_too_large": Message(
        "เอกสารใหญ่ {size_mb} MB",
        "The paper has {size_mb} MB",
        "แนบได้ไม่เกิน {limit_mb} MB สแกนให้ละเอียดน้อยลง",
        "At most {limit_mb} MB; scan it more coarsely",
    ),
    "paper_not_found": Message(
        "ไม่พบเอกสารนี้",
        "There is no such paper",
        "ดูเอกสารที่แนบได้ในประวัติของคู่งาน",
        "The history of the pair lists what is attached",
    ),
    "duplicate_changed": Message(
        "มีคนอื่นตอบคู่นี้ หรือระบบเทียบใหม่ หลังจากที่คุณเปิดดู ของคุณยังไม่ถูกบันทึก",
        "Somebody answered this pair, or it was compared again, after you opened it; yours is not saved",
        "อ่านคำตอบล่าสุดแล้วส่งอีกครั้ง",
        "Read the newest answer and send again",
    ),
    "duplicate_step_impossible": Message(
        "ทำขั้นนี้กับคู่ที่อยู่ในสถานะนี้ไม่ได้",
        "This step does not follow from the status of the pair",
        "ดูขั้นที่ทำได้ที่หน้าของคู่งาน",
        "See the page of the pair for the steps that are possible",
    ),
    "duplicate_own_answer": Message(
        "ผู้ตอบยืนยันคำตอบของตัวเองไม่ได้",
        "Whoever gave an answer cannot confirm it",
        "ให้เจ้าหน้าที่จังหวัดอีกคนยืนยัน",
        "Another officer of the province confirms it",
    ),
    "duplicate_judge_appeals": Message(
        "ผู้ตัดสินอุทธรณ์ไม่เป็นผู้อุทธรณ์",
        "Whoever decides appeals does not appeal",
        "ยืนยันเป็นคำตอบอื่น หรือส่งกลับให้ตอบใหม่",
        "Confirm another answer, or return the pair",
    ),
    "duplicate_answer_missing": Message(
        "ยังไม่ได้เลือกคำตอบ",
        "No answer was chosen",
        "เลือกว่าทั้งสองงานเกี่ยวกันอย่างไร",
        "Choose what the two works are to each other",
    ),
    "duplicate_reason_missing": Message(
        "ยังไม่ได้บอกเหตุผล",
        "No reason was given",
        "เขียนเหตุผล ทั้งสองหน่วยงานเห็นในประวัติของคู่",
        "Say why; both organisations read it in the history of the pair",
    ),
    "duplicate_one_organisation": Message(
        "งานทั้งสองเป็นของหน่วยงานเดียวกัน ไม่ต้องอุทธรณ์",
        "Both works are of one organisation: there is nobody to appeal against",
        "เปลี่ยนคำตอบได้จนกว่าจังหวัดจะยืนยัน",
        "The answer can be changed until the province confirms it",
    ),
    "duplicate_hearing_answers": Message(
        "อุทธรณ์มีคำตอบอยู่แล้ว ไม่ต้องเลือกคำตอบอีก",
        "The appeal has its answer; none is chosen here",
        "รับหรือไม่รับอุทธรณ์ ถ้าไม่ถูกทั้งสองคำตอบ ส่งกลับให้ตอบใหม่",
        "Uphold or dismiss it; if neither answer is right, return the pair",
    ),
    "duplicate_same_answer": Message(
        "คำตอบในอุทธรณ์เหมือนคำตอบเดิม",
        "The appeal gives the same answer as before",
        "เลือกคำตอบที่ต่างออกไป",
        "Choose another answer",
    ),
    "duplicate_answered_by_other": Message(
        "อีกหน่วยงานตอบไว้แล้วเป็นอย่างอื่น",
        "The other organisation has given another answer",
        "ใช้ “อุทธรณ์” พร้อมเหตุผล จังหวัดจะเป็นผู้ตัดสิน",
        "Appeal and say why; the province decides",
    ),
    "duplicate_attachment_unknown": Message(
        "ไม่พบภาพนี้ในโครงการทั้งสอง",
        "Neither of the two works has this picture",
        "เลือกจากภาพที่แนบไว้กับโครงการใดโครงการหนึ่ง",
        "Choose one that is attached to one of them",
    ),
    "duplicate_organisation_unknown": Message(
        "หน่วยงานนี้ไม่ใช่เจ้าของงานในคู่นี้",
        "This organisation owns neither of the two works",
        "เลือกหน่วยงานเจ้าของงานใดงานหนึ่ง",
        "Choose the owner of one of them",
    ),
    "duplicate_reopened": Message(
        "พิกัดของ {projects} เปลี่ยนหลังจากตอบไว้ คำตอบเดิมยังอยู่ในประวัติ",
        "The coordinates of {projects} changed after the answer; it stays in the history",
    ),
    "duplicate_not_near": Message(
        "โครงการ {project} ไม่อยู่ใกล้แนวที่วาดแล้ว",
        "The project {project} is no longer near the drawing",
        "คำตอบนี้ไม่จำเป็นแล้ว",
        "There is nothing to answer any more",
    ),
    "comparing_works": Message("กำลังเทียบงานที่อยู่ใกล้กัน", "Comparing works at one place"),
}

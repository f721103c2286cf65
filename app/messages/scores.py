"""Sentences about the yearly score of a province's officers."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "score_not_found": Message(
        "ไม่มีคะแนนของจังหวัด {province} ปีงบ {fiscal_year_be}",
        "There is no score of province {province} for {fiscal_year_be}",
        "เลือกจังหวัดและปีงบประมาณอีกครั้ง",
        "Choose the province and the fiscal year again",
    ),
    "score_criterion_unknown": Message(
        "ไม่มีเกณฑ์ {given} ในสูตรของปีนี้",
        "The formula of this year has no criterion {given}",
        "ใช้เกณฑ์: {allowed}",
        "Use one of: {allowed}",
    ),
    "score_points_outside": Message(
        "คะแนนของเกณฑ์นี้เป็น 0 ถึง {limit} มีทศนิยมได้ 2 ตำแหน่ง",
        "This criterion has 0 to {limit} points with at most two decimals",
        "แก้คะแนนให้อยู่ในช่วงนี้",
        "Give points between them",
    ),
    "score_upheld_needs_points": Message(
        "อุทธรณ์ฟังขึ้นต้องมีคะแนนใหม่ของเกณฑ์นี้ (0 ถึง {limit}) คะแนนเดิม {held}",
        "An appeal that is upheld needs new points for this criterion (0 to {limit}); they are {held} now",
        "ใส่คะแนนใหม่ หรือเลือกยกอุทธรณ์พร้อมเหตุผลถ้าคะแนนคงเดิม",
        "Give the new points, or dismiss the appeal and say why they stay",
    ),
    "score_points_of_upheld_only": Message(
        "คะแนนใหม่ใส่ได้เฉพาะเมื่ออุทธรณ์ต่อคะแนนที่จังหวัดให้ฟังขึ้น",
        "New points go only with an appeal against the province's points that is upheld",
        "เว้นช่องคะแนนใหม่ว่างไว้ หรือแก้คำวินิจฉัย",
        "Leave the new points empty, or change the outcome",
    ),
    "score_own": Message(
        "คุณเป็นผู้ถูกประเมินของจังหวัดนี้ในปีนี้ จึงให้คะแนน ตอบอุทธรณ์ หรือปิดคะแนนไม่ได้",
        "You are scored in this province and year, so you can neither give points, answer appeals nor finalise",
        "ให้ผู้อื่นที่มีสิทธิเป็นผู้ทำ",
        "Another person with the right has to do it",
    ),
    "score_final": Message(
        "คะแนนปีงบ {fiscal_year_be} ปิดแล้ว แก้ไขไม่ได้",
        "The score of {fiscal_year_be} is final and cannot be changed",
        "ดูตัวเลขที่ปิดไว้ในใบคะแนน",
        "Read the final figures on the sheet",
    ),
    "score_year_open": Message(
        "ปีงบ {fiscal_year_be} ยังไม่สิ้นสุด ปิดคะแนนได้หลังวันที่ {last}",
        "The year {fiscal_year_be} has not ended; its score can be finalised after {last}",
        "รอจนสิ้นปีงบประมาณ",
        "Wait until the fiscal year is over",
    ),
    "score_incomplete": Message(
        "ปิดคะแนนยังไม่ได้: {marks} เกณฑ์ของจังหวัดยังไม่มีคะแนน {appeals} อุทธรณ์ยังไม่มีคำตอบ",
        "The score cannot be finalised: {marks} criteria of the province have no points, {appeals} appeals no answer",
        "ให้คะแนนและตอบอุทธรณ์ให้ครบก่อน",
        "Give all points and answer all appeals first",
    ),
    "score_not_measured": Message(
        "ไม่มีสิ่งให้วัดในข้อมูลของจังหวัดนี้ จึงปิดคะแนนไม่ได้",
        "There is nothing to measure in this province's data, so its score cannot be finalised",
        "ตรวจว่าเปิดปฏิทินของปีแล้ว",
        "See that the calendar of the year is open",
    ),
    "score_appeal_not_found": Message(
        "ไม่มีอุทธรณ์เลขที่ {appeal} ของใบคะแนนนี้",
        "This sheet has no appeal {appeal}",
        "โหลดหน้าอีกครั้ง",
        "Load the page again",
    ),
    "score_appeal_answered": Message(
        "อุทธรณ์นี้มีคำตอบแล้ว",
        "This appeal has been answered",
        "โหลดหน้าอีกครั้งเพื่ออ่านคำตอบ",
        "Load the page again to read the answer",
    ),
    "score_appeal_open": Message(
        "เกณฑ์นี้มีอุทธรณ์ที่รอคำตอบอยู่",
        "An appeal against this criterion waits for its answer",
        "รอคำตอบก่อน",
        "Wait for the answer first",
    ),
    "score_sum": Message(
        "คะแนนของ{part_th} รวมได้ {total} ต้องเป็น 50 พอดี",
        "The points of {part_en} add up to {total}; they have to be 50",
        "แก้คะแนนของเกณฑ์ให้รวมเป็น 50",
        "Change the points so that they add up to 50",
    ),
    "score_formula_year": Message(
        "สูตรใหม่ใช้ได้ตั้งแต่ปีงบ {earliest} เป็นต้นไป ปีที่เริ่มแล้วใช้สูตรเดิม",
        "A new formula holds from {earliest} at the earliest; years that have begun keep theirs",
        "เลือกปีที่ยังไม่เริ่ม",
        "Choose a year that has not begun",
    ),
    "score_days": Message(
        "จำนวนวันของเกณฑ์นี้ต้องเป็น 1 ถึง 365",
        "The days of this criterion have to be 1 to 365",
        "แก้จำนวนวัน",
        "Change the number of days",
    ),
    "score_criterion_twice": Message(
        "เกณฑ์ {code} มีมากกว่าหนึ่งครั้ง", "The criterion {code} is there more than once", "ลบรายการที่ซ้ำ", "Remove one"
    ),
}

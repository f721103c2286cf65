"""Messages of money that is allotted: years, statuses, four eyes, budget documents and transfers.

The regulation is named where it is what forbids; a clause only where the subject's own notes give it.
"""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Concurrency
    "record_changed": Message(
        "มีคนอื่นแก้รายการนี้ไปก่อน ของคุณยังไม่ถูกบันทึก",
        "Somebody else changed this first; yours is not saved",
        "เทียบค่าเดิม ค่าใหม่ และค่าของคุณ แล้วส่งอีกครั้งด้วยรุ่น {version}",
        "Compare what it was, what it is and yours, then send again with version {version}",
    ),
    # Years
    "fiscal_year_closed": Message(
        "ปีงบประมาณ {fiscal_year_be} ของ {organisation_code} ปิดแล้ว บันทึกเรื่องเงินไม่ได้",
        "Fiscal year {fiscal_year_be} of {organisation_code} is closed; nothing of money can be written",
        "ขอเปิดปีพร้อมเหตุผล แล้วให้อีกคนหนึ่งยืนยัน",
        "Ask for it to be reopened with a reason, and let another person confirm",
    ),
    "fiscal_year_not_closed": Message(
        "ปีงบประมาณ {fiscal_year_be} ยังไม่ปิด",
        "Fiscal year {fiscal_year_be} is not closed",
        "บันทึกได้เลย ไม่ต้องขอเปิดปี",
        "Write what is needed; nothing has to be reopened",
    ),
    "fiscal_year_not_begun": Message(
        "ปีงบประมาณ {fiscal_year_be} ยังไม่เริ่ม",
        "Fiscal year {fiscal_year_be} has not begun",
        "ปิดได้เมื่อสิ้นปี ตรวจปีที่เลือก",
        "It can be closed when it is over; check the year chosen",
    ),
    "fiscal_year_running": Message(
        "ปีงบประมาณ {fiscal_year_be} ยังไม่สิ้นสุด",
        "Fiscal year {fiscal_year_be} is not over yet",
        "ปิดได้หลัง {last} เมื่อเบิกจ่ายหรือกันเงินครบแล้ว",
        "Close it after {last}, when everything is paid or carried over",
    ),
    "fiscal_year_waiting": Message(
        "ปีงบประมาณ {fiscal_year_be} ยังมีเรื่องรออนุมัติ: {numbers}",
        "Fiscal year {fiscal_year_be} has something that waits for a decision: {numbers}",
        "อนุมัติหรือส่งกลับก่อนปิดปี",
        "Approve or return it before closing the year",
    ),
    "reopening_day": Message(
        "วันสุดท้ายที่เปิดปีต้องอยู่ระหว่าง {first} ถึง {last}",
        "The last day of the reopening must lie from {first} to {last}",
        "ใส่วันในช่วงนี้ ถ้าต้องการนานกว่านั้นให้ขอใหม่เมื่อครบ",
        "Give a day of these; ask again when more time is needed",
    ),
    "reopening_day_passed": Message(
        "วันที่ขอเปิดปีงบประมาณ {fiscal_year_be} ผ่านไปแล้ว",
        "The day until which fiscal year {fiscal_year_be} was to be open has passed",
        "ขอเปิดใหม่",
        "Ask again",
    ),
    "reopening_not_requested": Message(
        "ยังไม่มีใครขอเปิดปีงบประมาณ {fiscal_year_be}",
        "Nobody has asked to reopen fiscal year {fiscal_year_be}",
        "ให้คนหนึ่งขอเปิดปีพร้อมเหตุผลก่อน",
        "Have one person ask for it with a reason first",
    ),
    "reopening_from_outside": Message(
        "ผู้ขอและผู้ยืนยันการเปิดปีเป็นคนนอก อปท. ทั้งคู่",
        "Whoever asked for the reopening and whoever confirms it are both from outside the organisation",
        "ให้ผู้มีสิทธิ์ใน อปท. เป็นผู้ขอหรือผู้ยืนยันอย่างน้อยหนึ่งคน",
        "Let at least one of the two be a person of the organisation",
    ),
    "day_outside_fiscal_year": Message(
        "{given} อยู่ในปีงบประมาณ {given_year_be} ไม่ใช่ {fiscal_year_be} (ปีงบประมาณเริ่ม 1 ต.ค. สิ้นสุด 30 ก.ย.)",
        "{given} lies in fiscal year {given_year_be}, not {fiscal_year_be} (1 October to 30 September)",
        "ใส่วันที่ระหว่าง {first} ถึง {last} หรือบันทึกเงินกันไว้เบิกเหลื่อมปีก่อน",
        "Give a day from {first} to {last}, or enter money that was carried over first",
    ),
    "day_in_future": Message(
        "วันที่ต้องไม่เกิน {latest}",
        "The day may not be later than {latest}",
        "บันทึกเมื่อเกิดขึ้นแล้ว หรือตรวจปี พ.ศ. ที่พิมพ์",
        "Enter it when it has happened, or check the year that was typed",
    ),
    "day_too_far": Message(
        "วันที่ต้องอยู่ระหว่าง {earliest} ถึง {latest}",
        "The day must lie from {earliest} to {latest}",
        "ตรวจปี พ.ศ. ที่พิมพ์",
        "Check the year that was typed",
    ),
    # Statuses
    "status_not_reachable": Message(
        "เปลี่ยนสถานะจาก {from} เป็น {to} ไม่ได้",
        "The status cannot go from {from} to {to}",
        "ไปได้: {allowed} ถ้าสถานะเดิมผิด ให้ผู้บริหารแก้ไขพร้อมเหตุผล",
        "Possible: {allowed}. A status that was wrong is corrected by the executive, with a reason",
    ),
    "status_unfounded": Message(
        "สถานะ {status} ไม่ตรงกับเงิน: อนุมัติ {budget_baht} สัญญา {contracted_baht} เบิกจ่าย {disbursed_baht} บาท",
        "The status {status} is not what the money says: approved {budget_baht}, contracted {contracted_baht},"
        " disbursed {disbursed_baht} baht",
        "บันทึกงบประมาณ สัญญา หรือเบิกจ่ายก่อน สถานะจะเปลี่ยนตาม",
        "Enter the budget, contract or payment first; the status follows",
    ),
    "status_with_money": Message(
        "โครงการมีสัญญา {contracted_baht} บาท และเบิกจ่าย {disbursed_baht} บาท จึงเป็น {status} ไม่ได้",
        "With {contracted_baht} baht contracted and {disbursed_baht} baht disbursed a project cannot be {status}",
        "ยกเลิกสัญญาและเบิกจ่ายก่อน",
        "Take contracts and payments back first",
    ),
    "status_with_budget": Message(
        "โครงการมีงบประมาณที่อนุมัติแล้ว {budget_baht} บาท เปลี่ยนเป็น {status} ไม่ได้",
        "The project has {budget_baht} baht of approved budget and cannot become {status}",
        "เอางบประมาณออกหรือโอนไปก่อน หรือยกเลิกโครงการ",
        "Take its money out or transfer it first, or cancel the project",
    ),
    "status_in_document": Message(
        "งบประมาณของโครงการอยู่ในเอกสารที่รออนุมัติ",
        "The project's money stands in a document that waits for approval",
        "ให้ผู้อนุมัติส่งเอกสารกลับก่อน",
        "Have the document returned first",
    ),
    "project_not_open": Message(
        "โครงการสถานะ {status} รับรายการเงินเพิ่มไม่ได้",
        "A project of status {status} takes no more money",
        "ถ้าสถานะผิด ให้แก้สถานะพร้อมเหตุผลก่อน",
        "If the status is wrong, correct it with a reason first",
    ),
    # Four eyes
    "four_eyes": Message(
        "ผู้อนุมัติต้องไม่ใช่คนเดียวกับผู้จัดทำหรือผู้ส่ง",
        "Whoever prepared or sent this in cannot decide on it",
        "ให้อีกคนหนึ่งที่มีสิทธิ์อนุมัติ",
        "Let another person who may approve do it",
    ),
    "four_eyes_amounts": Message(
        "คุณเป็นผู้บันทึกหรือแก้ไขจำนวนเงินในเรื่องนี้ จึงอนุมัติหรือยืนยันเองไม่ได้",
        "You wrote or changed an amount of this; whoever did cannot decide on it",
        "ให้อีกคนหนึ่งที่มีสิทธิ์อนุมัติ",
        "Let another person who may approve do it",
    ),
    "appropriation_not_waiting": Message(
        "งบรายการนี้ไม่รอการยืนยัน: มีผลแล้ว หรือมีผลเมื่อเอกสารงบประมาณได้รับอนุมัติ",
        "This does not wait to be confirmed: it counts already, or will when its budget document is approved",
        "ถ้าอยู่ในเอกสารงบประมาณ ให้อนุมัติเอกสาร",
        "If it belongs to a budget document, have the document approved",
    ),
    "appropriation_in_force": Message(
        "งบรายการนี้มีผลแล้ว {amount_baht} บาท เพิ่มจำนวนเงินเองไม่ได้",
        "These {amount_baht} baht count already; the amount cannot be raised",
        "บันทึกส่วนที่เพิ่มเป็นรายการใหม่ให้อีกคนยืนยัน หรือใช้การโอนงบประมาณ",
        "Enter what is added as a row of its own for another person to confirm, or use a budget transfer",
    ),
    "review_not_submitted": Message(
        "เรื่องนี้สถานะ {status} ยังไม่ถูกส่งขออนุมัติ",
        "This is {status} and was not sent in for approval",
        "ส่งขออนุมัติก่อน",
        "Send it in first",
    ),
    "review_removed": Message("เรื่องนี้ถูกนำออกแล้ว", "This was taken out", "นำกลับมาก่อน", "Bring it back first"),
    "not_removed": Message(
        "รายการนี้ไม่ได้ถูกนำออก",
        "This was not taken out",
        "โหลดหน้าใหม่เพื่อดูสถานะล่าสุด",
        "Load the page again to see how it stands",
    ),
    "return_without_comment": Message(
        "ส่งกลับต้องบอกว่าต้องแก้อะไร",
        "Say what has to be mended when you return it",
        "เขียนความเห็นอย่างน้อยหนึ่งข้อ ระบุช่องได้",
        "Write at least one comment; it may name a field",
    ),
    # Documents
    "budget_document_not_found": Message(
        "ไม่พบเอกสารงบประมาณนี้", "There is no such budget document", "เลือกจากรายการ", "Choose from the list"
    ),
    "document_not_found": Message(
        "ไม่พบเอกสารงบประมาณนี้ของ อปท.",
        "The organisation has no such budget document",
        "เลือกจากรายการ",
        "Choose from the list",
    ),
    "document_not_open": Message(
        "เอกสารงบประมาณส่งขออนุมัติหรืออนุมัติแล้ว แก้ไขไม่ได้",
        "The budget document was sent in or approved and cannot be changed",
        "ให้ผู้อนุมัติส่งกลับ หรือใช้การโอนงบประมาณ",
        "Have it returned, or use a budget transfer",
    ),
    "document_empty": Message(
        "เอกสารยังไม่มีโครงการ", "The document holds no money yet", "เพิ่มงบประมาณของโครงการก่อน", "Add appropriations first"
    ),
    "appropriation_of_nothing": Message(
        "{count} แถวยังไม่มีจำนวนเงิน: {projects}",
        "{count} rows have no amount yet: {projects}",
        "ใส่จำนวนเงินในตาราง หรือลบแถวนั้น",
        "Give each an amount in the table, or remove the row",
    ),
    "document_row_repeated": Message(
        "โครงการ {project} มีแหล่งเงินและหมวดรายจ่ายเดียวกันมากกว่าหนึ่งแถว",
        "Project {project} stands more than once with the same fund source and expenditure category",
        "รวมเป็นแถวเดียว หรือเลือกแหล่งเงินหรือหมวดอื่น",
        "Join them into one row, or choose another source or category",
    ),
    "document_row_project": Message(
        "เปลี่ยนโครงการของแถวที่บันทึกแล้วไม่ได้",
        "The project of a saved row cannot be changed",
        "ลบแถวนี้ แล้วเพิ่มแถวใหม่ด้วยรหัสโครงการที่ถูก",
        "Remove the row and add a new one with the right project code",
    ),
    "project_not_of_document": Message(
        "ไม่มีโครงการ {given} ใน อปท. และปีงบประมาณ {fiscal_year_be} ของเอกสารนี้",
        "The organisation has no project {given} in fiscal year {fiscal_year_be} of this document",
        "ตรวจรหัสโครงการ เช่น {example}",
        "Check the project code, such as {example}",
    ),
    "document_of_another_year": Message(
        "เอกสารเป็นของปีงบประมาณ {document_year_be} แต่โครงการเป็นของปี {fiscal_year_be}",
        "The document is of fiscal year {document_year_be}, the project of {fiscal_year_be}",
        "เลือกเอกสารของปีเดียวกับโครงการ",
        "Choose a document of the project's year",
    ),
    "document_after_year": Message(
        "วันที่ต้องไม่เกินวันสุดท้ายของปีงบประมาณ {fiscal_year_be} ({last})",
        "The day may not be after the last one of fiscal year {fiscal_year_be} ({last})",
        "ตรวจวันที่และปีงบประมาณของเอกสาร",
        "Check the day, and the fiscal year of the document",
    ),
    "days_reversed": Message(
        "วันที่ต้องไม่ก่อน {earliest}",
        "The day may not be before {earliest}",
        "ตรวจลำดับของวันที่",
        "Check the order of the days",
    ),
    "number_taken": Message(
        "มีเลขที่ {number} ของปี {fiscal_year_be} อยู่แล้ว",
        "Number {number} of {fiscal_year_be} exists already",
        "ใช้เลขที่อื่น หรือแก้รายการเดิม",
        "Use another number, or change the one that exists",
    ),
    "fund_not_of_document": Message(
        "แหล่งเงิน {given} อยู่ในเอกสารชนิด {kind} ไม่ได้ (เงินสะสม เงินอุดหนุนเฉพาะกิจ เงินกู้ และเงินอุทิศ"
        " อยู่นอกข้อบัญญัติ/เทศบัญญัติงบประมาณรายจ่าย)",
        "Money of source {given} does not come with a document of kind {kind} (accumulated money, specific grants,"
        " loans and donations stand outside the ordinance)",
        "ใช้ได้: {allowed}",
        "Allowed: {allowed}",
    ),
    "work_of_another_programme": Message(
        "งาน {work} อยู่ในแผนงาน {expected} ไม่ใช่ {programme}",
        "Work {work} belongs to programme {expected}, not {programme}",
        "เลือกงานของแผนงานเดียวกัน",
        "Choose a work of the same programme",
    ),
    "appropriation_outside_document": Message(
        "งบประมาณของโครงการ {project} ไม่ตรงกับเอกสาร",
        "The money of {project} does not agree with its document",
        "โครงการต้องเป็นของหน่วยงานและปีเดียวกับเอกสาร เอาโครงการนี้ออกจากเอกสารแล้วตั้งใหม่",
        "The project has to be of the document's organisation and year: take it out of the document and add it anew",
    ),
    "appropriation_below_paid": Message(
        "เบิกจ่ายไปแล้ว {paid_baht} บาท เหลืองบ {left_baht} บาทไม่พอ",
        "{paid_baht} baht are paid; {left_baht} baht would not cover them",
        "ตั้งไว้ไม่น้อยกว่า {paid_baht} บาท",
        "At least {paid_baht} baht",
    ),
    "appropriation_below_bound": Message(
        "ก่อหนี้และเบิกจ่ายไว้แล้ว {bound_baht} บาท งบจะไม่พอ",
        "{bound_baht} baht are bound or paid; the budget would not cover them",
        "ตั้งไว้ไม่น้อยกว่า {least_baht} บาท",
        "At least {least_baht} baht",
    ),
    "appropriation_transferred": Message(
        "งบรายการนี้มีการโอนแล้ว นำออกไม่ได้",
        "Money was transferred to or from this appropriation; it cannot be taken out",
        "โอนเงินกลับก่อน แล้วจึงนำออก",
        "Transfer the money back first",
    ),
    "money_carried_over": Message(
        "รายการนี้มีเงินกันไว้เบิกเหลื่อมปี", "Money of this was carried over", "ยกเลิกการกันเงินก่อน", "Take the reserve back first"
    ),
    # Transfers
    "budget_transfer_not_found": Message(
        "ไม่พบการโอนงบประมาณนี้", "There is no such budget transfer", "เลือกจากรายการ", "Choose from the list"
    ),
    "transfer_not_open": Message(
        "การโอนนี้ส่งขออนุมัติหรืออนุมัติแล้ว แก้ไขไม่ได้",
        "The transfer was sent in or approved and cannot be changed",
        "ให้ผู้อนุมัติส่งกลับ หรือทำรายการโอนใหม่",
        "Have it returned, or make another transfer",
    ),
    "transfer_empty": Message(
        "การโอนต้องมีรายการ",
        "A transfer needs lines",
        "เพิ่มอย่างน้อยหนึ่งรายการที่โอนลดและหนึ่งรายการที่โอนเพิ่ม",
        "Add at least one line that takes and one that gives",
    ),
    "transfer_unbalanced": Message(
        "โอนเพิ่ม {given_baht} บาท ไม่เท่ากับโอนลด {taken_baht} บาท ต่างกัน {difference_baht} บาท",
        "{given_baht} baht in and {taken_baht} baht out differ by {difference_baht} baht",
        "ยอดโอนเพิ่มและโอนลดต้องเท่ากัน (ระเบียบ มท. ว่าด้วยวิธีการงบประมาณของ อปท. พ.ศ. 2563)",
        "What goes in must equal what goes out (MOI Regulation on Local Budget Procedures B.E. 2563)",
    ),
    "transfer_fund_unbalanced": Message(
        "{fund_th}: โอนเข้า {given_baht} บาท โอนออก {taken_baht} บาท ต่างกัน {difference_baht} บาท",
        "{fund_en}: {given_baht} baht in and {taken_baht} baht out differ by {difference_baht} baht",
        "เงินนอกข้อบัญญัติงบประมาณโอนได้ภายในแหล่งเงินเดียวกันเท่านั้น ยอดของแหล่งเงินนี้ต้องรวมเป็นศูนย์",
        "Money outside the annual ordinance moves within its own fund source only; its lines must sum to zero",
    ),
    "transfer_ordinance_unbalanced": Message(
        "เงินในข้อบัญญัติงบประมาณ: โอนเข้า {given_baht} บาท โอนออก {taken_baht} บาท ต่างกัน {difference_baht} บาท",
        "Money of the annual ordinance: {given_baht} baht in and {taken_baht} baht out differ by"
        " {difference_baht} baht",
        "เงินในข้อบัญญัติโอนกันได้ แต่ไม่ปนกับเงินนอกข้อบัญญัติ เช่น เงินอุดหนุนเฉพาะกิจ",
        "Money of the ordinance moves among itself, not to or from money outside it such as specific grants",
    ),
    "description_moves_money": Message(
        "การแก้ไขเปลี่ยนแปลงคำชี้แจงงบประมาณไม่ย้ายเงิน",
        "A change of description moves no money",
        "ใส่จำนวนเงิน 0 ทุกบรรทัด หรือเลือกชนิดโอนงบประมาณ",
        "Give 0 on every line, or choose the kind that transfers money",
    ),
    "transfer_line_of_nothing": Message(
        "รายการโอนต้องมีจำนวนเงิน",
        "A line of a transfer needs an amount",
        "ใส่จำนวนเงิน หรือลบบรรทัดนี้",
        "Give an amount, or remove the line",
    ),
    "transfer_line_repeated": Message(
        "งบรายการ {appropriation} มีมากกว่าหนึ่งบรรทัด",
        "Appropriation {appropriation} has more than one line",
        "รวมเป็นบรรทัดเดียว",
        "Join them into one",
    ),
    "transfer_line_elsewhere": Message(
        "โครงการ {project} ไม่ใช่ของ อปท. หรือปีงบประมาณของการโอนนี้",
        "Project {project} is not of the organisation or the year of this transfer",
        "โอนได้ภายใน อปท. และปีงบประมาณเดียวกัน",
        "Money moves within one organisation and one fiscal year",
    ),
    "transfer_takes_paid_money": Message(
        "โอนออกจาก {project} {taken_baht} บาท เกินที่ยังไม่เบิกจ่าย",
        "{taken_baht} baht out of {project} are more than is unpaid",
        "โอนออกได้ไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht",
    ),
    "transfer_takes_bound_money": Message(
        "โอนออกจาก {project} {taken_baht} บาท เกินที่ยังไม่ก่อหนี้",
        "{taken_baht} baht out of {project} are more than is not bound yet",
        "โอนออกได้ไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht",
    ),
}

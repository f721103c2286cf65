"""Messages of money that is spent: contracts, payments, carry-overs, penalties, progress, entries on behalf.

As in :mod:`app.messages.money`, the regulation is named where it is what forbids.
"""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Contracts
    "contract_before_budget": Message(
        "ลงนาม {signed_on} ก่อนงบประมาณอนุมัติ {approved_on}",
        "Signed on {signed_on}, before the budget was approved on {approved_on}",
        "ก่อหนี้ได้เมื่องบประมาณอนุมัติแล้ว (ระเบียบ มท. ว่าด้วยวิธีการงบประมาณของ อปท. พ.ศ. 2563"
        " และ พ.ร.บ. การจัดซื้อจัดจ้างฯ พ.ศ. 2560) ตรวจวันที่ทั้งสอง",
        "Money is bound only after it is approved (MOI Regulation on Local Budget Procedures B.E. 2563, Public"
        " Procurement Act B.E. 2560); check both dates",
    ),
    "contract_number_taken": Message(
        "โครงการนี้มีสัญญาเลขที่ {number} อยู่แล้ว",
        "The project has a contract {number} already",
        "ตรวจเลขที่สัญญา หรือแก้สัญญาเดิม",
        "Check the number, or change the contract that exists",
    ),
    "contract_after_what_followed": Message(
        "ลงนาม {signed_on} หลังจากที่มีการเบิกจ่าย แก้ไขสัญญา หรือตรวจรับแล้วเมื่อ {first}",
        "Signed on {signed_on}, after it was paid, amended or accepted on {first}",
        "ใส่วันลงนามไม่เกิน {first}",
        "Give a day not later than {first}",
    ),
    "contract_over_unpaid": Message(
        "งบถูกเบิกจ่ายโดยไม่มีสัญญาไปแล้ว {direct_baht} บาท",
        "{direct_baht} baht of the budget were paid without a contract",
        "ใส่ได้ไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht",
    ),
    "contract_below_paid": Message(
        "เบิกจ่ายตามสัญญาไปแล้ว {paid_baht} บาท วงเงิน {left_baht} บาทไม่พอ",
        "{paid_baht} baht of the contract are paid; {left_baht} baht would not cover them",
        "ตั้งไว้ไม่น้อยกว่า {paid_baht} บาท",
        "At least {paid_baht} baht",
    ),
    "method_not_of_kind": Message(
        "ก่อหนี้ชนิด {kind} ต้องใช้วิธี {expected}",
        "An obligation of kind {kind} goes with the method {expected}",
        "เลือกวิธี {expected} หรือเปลี่ยนชนิดการก่อหนี้",
        "Choose the method {expected}, or another kind of obligation",
    ),
    "force_account_with_contractor": Message(
        "งานดำเนินการเองไม่มีผู้รับจ้าง",
        "Work done by the organisation itself has no contractor",
        "ลบชื่อผู้รับจ้าง หรือเลือกชนิดสัญญาจ้าง",
        "Leave the contractor out, or choose the kind contract",
    ),
    "amendment_changes_nothing": Message(
        "แก้ไขสัญญาต้องเปลี่ยนวงเงินหรือวันสิ้นสุด",
        "An amendment changes the amount or the last day",
        "ใส่จำนวนเงินที่เปลี่ยน หรือวันสิ้นสุดใหม่",
        "Give the change of the amount, or the new last day",
    ),
    "amendment_before_contract": Message(
        "วันแก้ไขสัญญาอยู่ก่อนวันลงนาม {signed_on}",
        "The amendment lies before the contract of {signed_on}",
        "ใส่วันตั้งแต่ {signed_on}",
        "Give {signed_on} or a later day",
    ),
    "accepted_before_contract": Message(
        "วันตรวจรับอยู่ก่อนวันลงนามสัญญา",
        "Accepted before the contract was signed",
        "ตรวจวันตรวจรับกับวันลงนาม",
        "Check the day of acceptance and that of the signature",
    ),
    "instalments_differ": Message(
        "งวดรวม {total_baht} บาท ไม่เท่ากับสัญญา {contract_baht} บาท",
        "Instalments of {total_baht} baht are not the contract of {contract_baht} baht",
        "ต่างกัน {difference_baht} บาท",
        "They differ by {difference_baht} baht",
    ),
    "instalment_below_paid": Message(
        "งวดนี้เบิกจ่ายไปแล้ว {paid_baht} บาท",
        "{paid_baht} baht of this instalment are paid",
        "ตั้งงวดนี้ไม่น้อยกว่า {paid_baht} บาท",
        "At least {paid_baht} baht",
    ),
    "instalment_not_found": Message(
        "สัญญานี้ไม่มีงวดที่ {given}", "The contract has no instalment {given}", "มีงวด {allowed}", "It has {allowed}"
    ),
    "number_out_of_range": Message(
        "{field} ต้องอยู่ระหว่าง {minimum} ถึง {maximum}",
        "{field} must be from {minimum} to {maximum}",
        "ใส่ค่าในช่วงนี้",
        "Give a value of these",
    ),
    # Payments
    "disbursement_not_found": Message(
        "ไม่พบรายการเบิกจ่ายนี้", "There is no such payment", "เลือกจากรายการ", "Choose from the list"
    ),
    "disbursement_reversed_already": Message(
        "รายการนี้ถูกยกเลิกแล้ว หรือเป็นรายการยกเลิกเอง",
        "This payment was taken back already, or takes one back itself",
        "ดูรายการล่าสุดของการเบิกจ่าย",
        "Look at the newest payments",
    ),
    "reversal_before_payment": Message(
        "วันยกเลิกอยู่ก่อนวันจ่าย {paid_on}",
        "Taken back before it was paid on {paid_on}",
        "ใส่วันตั้งแต่ {paid_on}",
        "Give {paid_on} or a later day",
    ),
    "reversal_differs": Message(
        "รายการยกเลิกต้องเท่ากับรายการเดิม",
        "A payment is taken back whole",
        "ยกเลิกทั้งรายการ แล้วบันทึกรายการที่ถูกใหม่",
        "Take it back whole, then enter what is right",
    ),
    "payment_of_another_project": Message(
        "งบประมาณ สัญญา และการเบิกจ่ายต้องเป็นของโครงการเดียวกัน",
        "Budget, contract and payment must be of the same project",
        "เลือกงบประมาณและสัญญาของโครงการนี้",
        "Choose the budget and the contract of this project",
    ),
    "disbursement_before_contract": Message(
        "จ่ายก่อนวันลงนามสัญญา {signed_on}",
        "Paid before the contract was signed on {signed_on}",
        "ใส่วันจ่ายตั้งแต่ {signed_on} หรือตรวจวันลงนาม",
        "Give {signed_on} or a later day, or check the day of the signature",
    ),
    "disbursement_over_instalment": Message(
        "เบิกจ่ายรวม {total_baht} บาท เกินงวด {instalment_baht} บาท",
        "Disbursements of {total_baht} baht exceed the instalment of {instalment_baht} baht",
        "เบิกได้อีกไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht more",
    ),
    "disbursement_of_bound_money": Message(
        "งบถูกก่อหนี้ตามสัญญาไว้แล้ว {contracted_baht} บาท",
        "{contracted_baht} baht of the budget are bound by contracts",
        "จ่ายโดยไม่มีสัญญาได้ไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht can be paid without a contract",
    ),
    "disbursement_over_reserve": Message(
        "เบิกเหลื่อมปีรวม {total_baht} บาท เกินเงินที่กันไว้ {reserved_baht} บาท",
        "Payments after the year of {total_baht} baht exceed the {reserved_baht} baht carried over",
        "เบิกได้อีกไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht more",
    ),
    # Carry-overs
    "carry_over_not_found": Message(
        "ไม่พบรายการกันเงินนี้", "There is no such reserve", "เลือกจากรายการ", "Choose from the list"
    ),
    "carry_over_over_budget": Message(
        "เบิกจ่ายและกันเงินรวม {total_baht} บาท เกินงบ {budget_baht} บาท",
        "Paid and reserved {total_baht} baht exceed the budget of {budget_baht} baht",
        "กันได้ไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht",
    ),
    "carry_over_over_contract": Message(
        "เบิกจ่ายและกันเงินรวม {total_baht} บาท เกินสัญญา {contract_baht} บาท",
        "Paid and reserved {total_baht} baht exceed the contract of {contract_baht} baht",
        "กันได้ไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht",
    ),
    "carry_over_unapproved": Message(
        "กันเงินกรณียังไม่ก่อหนี้ต้องมีผู้อนุมัติ",
        "Money that no contract binds is carried over only with an approval",
        "ใส่เลขที่หนังสือหรือมติ และวันที่อนุมัติ หรือเลือกสัญญา (ระเบียบ มท. ว่าด้วยการรับเงิน การเบิกจ่ายเงินฯ ของ อปท. พ.ศ. 2566)",
        "Give the reference and day of the approval, or choose the contract (MOI Regulation on Local Receipts and"
        " Disbursements B.E. 2566)",
    ),
    "carry_over_within_year": Message(
        "วันสุดท้ายต้องหลังสิ้นปีงบประมาณ {fiscal_year_be} ({last})",
        "The last day must lie after the end of fiscal year {fiscal_year_be} ({last})",
        "ใส่วันหลัง {last} เงินที่เบิกภายในปีไม่ต้องกัน",
        "Give a day after {last}; what is paid within the year is not carried over",
    ),
    "carry_over_too_long": Message(
        "กันเงินของปีงบประมาณ {fiscal_year_be} ไว้ได้ไม่เกิน {last}",
        "Money of fiscal year {fiscal_year_be} is carried over until {last} at the latest",
        "กันได้ถึงสิ้นปีงบประมาณถัดไป และขยายได้อีกหนึ่งปี (ระเบียบ มท. ว่าด้วยการรับเงิน การเบิกจ่ายเงินฯ ของ อปท. พ.ศ. 2566)",
        "It is kept until the end of the following fiscal year, and for one more year when that is extended (MOI"
        " Regulation on Local Receipts and Disbursements B.E. 2566)",
    ),
    "carry_over_used": Message(
        "เงินกัน {reserved_baht} บาทนี้ถูกใช้เบิกเหลื่อมปีหรือทำสัญญาหลังสิ้นปีแล้ว ถ้านำออกจะขาด {short_baht} บาท",
        "These {reserved_baht} baht cover what was paid or contracted after the year; without them {short_baht} baht"
        " would be missing",
        "ยกเลิกการเบิกจ่ายหรือสัญญาหลังสิ้นปีก่อน หรือบันทึกเงินกันรายการอื่นมาแทน",
        "Take the payment or contract after the year back first, or carry other money over in its place",
    ),
    "appropriation_below_reserved": Message(
        "เบิกจ่ายในปีและกันไว้เบิกเหลื่อมปีแล้ว {kept_baht} บาท เหลืองบ {left_baht} บาทไม่พอ",
        "{kept_baht} baht are paid within the year or carried over; {left_baht} baht would not cover them",
        "ตั้งไว้ไม่น้อยกว่า {kept_baht} บาท หรือยกเลิกการกันเงินก่อน",
        "At least {kept_baht} baht, or take the reserve back first",
    ),
    "transfer_takes_reserved_money": Message(
        "โอนออกจาก {project} {taken_baht} บาท แต่เงินส่วนหนึ่งกันไว้เบิกเหลื่อมปีแล้ว",
        "{taken_baht} baht out of {project}, of which a part was carried over",
        "โอนออกได้ไม่เกิน {room_baht} บาท หรือยกเลิกการกันเงินก่อน",
        "At most {room_baht} baht, or take the reserve back first",
    ),
    "contract_over_reserve": Message(
        "สัญญาหลังสิ้นปีงบประมาณ {total_baht} บาท เกินเงินที่กันไว้โดยยังไม่ก่อหนี้ {reserved_baht} บาท",
        "A contract of {total_baht} baht after the fiscal year exceeds the {reserved_baht} baht that were carried over"
        " without a contract",
        "ทำสัญญาได้ไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht",
    ),
    "carry_over_gone": Message(
        "เงินรายการนี้ถูกเบิกจ่ายหรือกันไว้แล้ว",
        "This money was paid or carried over meanwhile",
        "ดูยอดที่เหลือแล้วเลือกใหม่",
        "Look at what is left and choose again",
    ),
    "carry_over_count": Message(
        "เลือกเงินที่จะกันครั้งละ {minimum} ถึง {maximum} รายการ",
        "Choose {minimum} to {maximum} amounts to carry over at a time",
        "ทำเครื่องหมายหน้ารายการที่จะกัน",
        "Mark what is to be carried over",
    ),
    # Progress and entries on behalf
    "on_behalf_count": Message(
        "เลือกรายการที่บันทึกแทนครั้งละ {minimum} ถึง {maximum} รายการ",
        "Choose {minimum} to {maximum} entries at a time",
        "ทำเครื่องหมายหน้ารายการก่อน",
        "Mark the entries first",
    ),
    "attachment_not_free": Message(
        "ภาพเลขที่ {numbers} ไม่มีในโครงการนี้ หรืออยู่ในรายงานอื่นแล้ว",
        "Pictures {numbers} are not of this project, or belong to another report",
        "เลือกจากภาพของโครงการ",
        "Choose from the project's pictures",
    ),
    "contract_penalty_not_found": Message(
        "ไม่พบค่าปรับนี้ในโครงการ หรือนำออกแล้ว",
        "The project has no such penalty, or it was taken out",
        "ดูค่าปรับของสัญญาในแท็บสัญญา",
        "Look at the penalties of the contract on the tab of contracts",
    ),
    "progress_report_not_found": Message(
        "ไม่พบรายงานความก้าวหน้านี้ในโครงการ หรือนำออกแล้ว",
        "The project has no such report of progress, or it was taken out",
        "ดูรายงานในแท็บความก้าวหน้า",
        "Look at the reports on the tab of progress",
    ),
    "on_behalf_not_found": Message(
        "ไม่พบรายการที่บันทึกแทนตามใบรับ {request}",
        "Nothing was entered on behalf under receipt {request}",
        "ดูรายการที่บันทึกแทนในโต๊ะงาน",
        "Look at the entries on behalf on the desk",
    ),
    "on_behalf_decided": Message(
        "ใบรับ {request} มีผู้ยืนยันหรือปฏิเสธแล้ว",
        "Receipt {request} was confirmed or denied already",
        "ดูผลในรายการที่บันทึกแทน",
        "Look at the decision among the entries on behalf",
    ),
}

"""Messages about projects, their money and the versions of their coordinates."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "project_not_found": Message(
        "ไม่พบโครงการ {project}", "There is no project {project}", "ค้นหาจากชื่อหรือรหัสโครงการ", "Search by name or code"
    ),
    "change_not_found": Message(
        "ไม่พบการแก้ช่องนี้ในประวัติของโครงการ",
        "The history of this project has no such change of this field",
        "โหลดหน้าประวัติใหม่",
        "Load the history again",
    ),
    "no_history": Message(
        "ไม่มีประวัติของ {entity} {key}",
        "There is no history of {entity} {key}",
        "ใช้ชนิดและรหัสตามที่ประวัติบอก",
        "Give kind and key as a history tells them",
    ),
    "receipt_not_found": Message(
        "ไม่พบใบรับเลขที่ {receipt} หรือใบรับนั้นไม่ได้แก้ข้อมูลใด",
        "There is no receipt {receipt}, or nothing was changed under it",
        "ตรวจเลขที่ เช่น R-7F3K-2091",
        "Check the number, such as R-7F3K-2091",
    ),
    "cursor_unreadable": Message(
        "อ่านตำแหน่งหน้าไม่ได้", "The place in the list cannot be read", "เริ่มจากหน้าแรก", "Start from the first page"
    ),
    "sort_needs_place": Message(
        "เรียงตามชื่อได้เมื่อเลือก อปท. หรือพื้นที่แล้ว",
        "Sorting by name needs an organisation or an area",
        "เลือก อปท. หรือจังหวัดไม่เกิน 5 แห่ง หรือเรียงตามปีหรืองบประมาณ",
        "Choose up to five organisations or areas, or sort by year or budget",
    ),
    # Coordinates
    "geometry_changed": Message(
        "พิกัดของโครงการนี้ถูกแก้ไปก่อนโดย {changed_by} ตอนนี้เป็นรุ่น {version} ของคุณยังไม่ถูกบันทึกและไม่หาย",
        "{changed_by} changed these coordinates first; version {version} stands now. Yours are not saved and not lost",
        "ดูรุ่น {version} แล้วเลือกว่าจะใช้ของใคร",
        "Look at version {version} and choose whose to keep",
    ),
    "geometry_changed_row": Message(
        "แถว {row}: พิกัดของโครงการ {project} มีรุ่น {version} แล้ว",
        "Row {row}: the coordinates of project {project} are at version {version} already",
        "ตรวจรุ่นล่าสุดแล้วนำเข้าใหม่",
        "Look at the newest version and import again",
    ),
    "project_repeated": Message(
        "แถว {row}: โครงการ {project} มีมากกว่าหนึ่งแถว",
        "Row {row}: project {project} occurs in more than one row",
        "รวมเป็นแถวเดียวที่มีหลายช่วง",
        "Join them into one row with several segments",
    ),
    "geometry_missing": Message(
        "โครงการ {project} ยังไม่มีพิกัด",
        "Project {project} has no coordinates yet",
        "วาดหรือพิมพ์พิกัดก่อน",
        "Draw or type them first",
    ),
    "geometry_status_unknown": Message(
        "ไม่มีสถานะพิกัด {status}", "There is no coordinate status {status}", "ใช้ได้: {allowed}", "Allowed: {allowed}"
    ),
    "review_not_possible": Message(
        "เปลี่ยนสถานะพิกัดจาก {from} เป็น {to} ไม่ได้",
        "Coordinates cannot go from {from} to {to}",
        "โหลดหน้าใหม่เพื่อดูสถานะล่าสุด",
        "Load the page again to see the newest status",
    ),
    "note_required": Message(
        "ส่งกลับแก้ไขต้องบอกเหตุผล",
        "Say why the coordinates are returned",
        "เขียนว่าต้องแก้ตรงไหน",
        "Write what has to be mended, and where",
    ),
    "note_too_long": Message(
        "บันทึกยาว {length} ตัวอักษร",
        "The note has {length} characters",
        "ใส่ได้ไม่เกิน {limit} ตัวอักษร",
        "At most {limit} characters",
    ),
    "draft_too_large": Message(
        "ร่างใหญ่เกินกำหนด", "The draft is larger than the limit", "เก็บได้ไม่เกิน {limit_kb} kB", "At most {limit_kb} kB"
    ),
    # Projects
    "project_name_missing": Message("ต้องใส่ชื่อโครงการ", "The project needs a name"),
    "project_name_too_long": Message(
        "ชื่อโครงการยาว {length} ตัวอักษร",
        "The name has {length} characters",
        "ใส่ได้ไม่เกิน {limit} ตัวอักษร",
        "At most {limit} characters",
    ),
    "fiscal_year_out_of_range": Message(
        "ปีงบประมาณ {given} ไม่ใช่ปี พ.ศ. ที่ใช้ได้",
        "{given} is not a usable Buddhist-era fiscal year",
        "ใส่ปี พ.ศ. ระหว่าง {minimum} ถึง {maximum}",
        "From {minimum} to {maximum}",
    ),
    "unknown_code": Message(
        "ไม่รู้จักรหัส {given} ในช่อง {field}",
        "Unknown code {given} in {field}",
        "เลือกจากรายการของช่องนี้",
        "Choose from the list of this field",
    ),
    "type_not_of_kind": Message(
        "{field} ใช้กับโครงการประเภท {kind} ไม่ได้", "{field} does not belong to a project of kind {kind}"
    ),
    "measure_out_of_range": Message(
        "{field} ต้องเป็นจำนวนตั้งแต่ 0 ถึง {maximum}", "{field} must be a number from 0 to {maximum}"
    ),
    "amount_out_of_range": Message(
        "จำนวนเงิน {given} บาท ใช้ไม่ได้",
        "An amount of {given} baht cannot be stored",
        "ใส่ตั้งแต่ {minimum} ถึง {maximum} บาท",
        "From {minimum} to {maximum} baht",
    ),
    "plan_line_of_another": Message(
        "รายการแผนนี้เป็นของ อปท. อื่นหรือไม่มีอยู่", "This plan line belongs to another organisation or does not exist"
    ),
    "source_ref_taken": Message(
        "มีโครงการจาก {source} เลขที่ {source_ref} อยู่แล้ว",
        "A project from {source} with number {source_ref} exists already",
    ),
    "field_not_editable": Message(
        "แก้ {field} จากตรงนี้ไม่ได้", "{field} cannot be changed here", "แก้ได้: {allowed}", "These can be: {allowed}"
    ),
    "project_changed": Message(
        "โครงการนี้ถูกแก้ไปก่อน ของคุณยังไม่ถูกบันทึก",
        "Somebody else changed this project first; yours is not saved",
        "โหลดหน้าใหม่แล้วแก้อีกครั้ง",
        "Load the page again and repeat the change",
    ),
    # Money
    "budget_missing": Message(
        "โครงการนี้ยังไม่มีงบประมาณที่อนุมัติ",
        "No budget has been approved for this project",
        "บันทึกงบประมาณก่อน",
        "Enter the budget first",
    ),
    "money_repeated": Message(
        "รายการนี้บันทึกไว้แล้ว เหมือนกันทุกช่อง",
        "This has been entered already: a line is the same in every field",
        "ดูในตารางด้านบน ถ้าเป็นคนละรายการให้ใส่เลขที่เอกสารหรืองวดที่ต่างกัน",
        "See the table above; if it is another one, give its own document number or instalment",
    ),
    "contract_over_budget": Message(
        "วงเงินสัญญารวม {total_baht} บาท เกินงบที่อนุมัติ {budget_baht} บาท",
        "Contracts of {total_baht} baht exceed the approved budget of {budget_baht} baht",
        "ใส่ได้อีกไม่เกิน {room_baht} บาท ก่อหนี้ได้ในวงเงินที่อนุมัติ (ระเบียบ มท. ว่าด้วยวิธีการงบประมาณของ อปท. พ.ศ. 2563)",
        "At most {room_baht} baht more: what is bound stays within what is approved (MOI Regulation on Local Budget"
        " Procedures B.E. 2563)",
    ),
    "disbursement_over_contract": Message(
        "เบิกจ่ายรวม {total_baht} บาท เกินสัญญา {contract_baht} บาท",
        "Disbursements of {total_baht} baht exceed the contract of {contract_baht} baht",
        "เบิกได้อีกไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht more",
    ),
    "disbursement_over_budget": Message(
        "เบิกจ่ายรวม {total_baht} บาท เกินงบของแหล่งเงินนี้ {budget_baht} บาท",
        "Disbursements of {total_baht} baht exceed this source's budget of {budget_baht} baht",
        "เบิกได้อีกไม่เกิน {room_baht} บาท",
        "At most {room_baht} baht more",
    ),
    "appropriation_not_found": Message(
        "ไม่พบรายการงบประมาณนี้ในโครงการ",
        "This project has no such appropriation",
        "เลือกจากรายการ",
        "Choose from the list",
    ),
    "contract_not_found": Message(
        "ไม่พบสัญญานี้ในโครงการ", "This project has no such contract", "เลือกจากรายการ", "Choose from the list"
    ),
    "contract_number_missing": Message("ต้องใส่เลขที่สัญญา", "The contract needs its number"),
    "contract_period_reversed": Message(
        "วันสิ้นสุดสัญญาอยู่ก่อนวันเริ่ม", "The contract ends before it starts", "ตรวจวันที่ทั้งสองช่อง", "Check both dates"
    ),
    "text_too_long": Message(
        "{field} ยาว {length} ตัวอักษร",
        "{field} has {length} characters",
        "ใส่ได้ไม่เกิน {limit} ตัวอักษร",
        "At most {limit} characters",
    ),
}

"""Sentences about matching contracts and payments with projects: the reasons of a suggestion, and what is refused."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Reasons
    "evidence_name_equal": Message("ชื่อตรงกัน", "The names are the same"),
    "evidence_name_near": Message("ชื่อใกล้เคียง {percent} %", "The names are {percent} % alike"),
    "evidence_village_same": Message("หมู่ {village} ตรงกัน", "The same village number: {village}"),
    "evidence_village_differs": Message(
        "คนละหมู่ (ในไฟล์หมู่ {village})", "Another village number (the file has {village})"
    ),
    "evidence_soi_same": Message("ซอยหรือสายเดียวกัน", "The same soi or line"),
    "evidence_soi_differs": Message("คนละซอยหรือคนละสาย", "Another soi or line"),
    "evidence_phase_same": Message("ระยะหรือช่วงเดียวกัน", "The same phase"),
    "evidence_phase_differs": Message("คนละระยะหรือคนละช่วง", "Another phase"),
    "evidence_phase_one_sided": Message("ระบุระยะหรือช่วงไว้ข้างเดียว", "Only one of the two names a phase"),
    "evidence_length_same": Message("ความยาวตรงกัน", "The same length"),
    "evidence_length_differs": Message("ความยาวไม่ตรงกัน", "Another length"),
    "evidence_width_same": Message("ความกว้างตรงกัน", "The same width"),
    "evidence_width_differs": Message("ความกว้างไม่ตรงกัน", "Another width"),
    "evidence_route_same": Message("รหัสสายทางตรงกัน", "The same route code"),
    "evidence_route_differs": Message("รหัสสายทางไม่ตรงกัน", "Another route code"),
    "evidence_tambon_differs": Message("ชื่อตำบลไม่ตรงกัน", "Another tambon is named"),
    "evidence_house_differs": Message("คนละหมู่บ้าน", "Another village is named"),
    "evidence_body_same": Message("หน่วยงานเดียวกัน", "The same organisation"),
    "evidence_body_renamed": Message(
        "ชื่อหน่วยงานตรงกันแต่คนละประเภท (อาจยกฐานะแล้ว): {organisation}",
        "The organisation has the same name and another type (upgraded?): {organisation}",
    ),
    "evidence_body_similar": Message("ชื่อหน่วยงานใกล้เคียง: {organisation}", "A similar organisation: {organisation}"),
    "evidence_body_differs": Message("คนละหน่วยงาน: {organisation}", "Another organisation: {organisation}"),
    "evidence_province_differs": Message("คนละจังหวัด: {province}", "Another province: {province}"),
    "evidence_year_same": Message("ปีงบประมาณเดียวกัน ({year})", "The same fiscal year ({year})"),
    "evidence_year_after": Message(
        "ปีในไฟล์ถัดจากปีของโครงการ {year} หนึ่งปี (อาจกันเงิน)",
        "The file is one year after the project's {year} (money carried over?)",
    ),
    "evidence_year_before": Message(
        "ปีในไฟล์ก่อนปีของโครงการ {year} หนึ่งปี", "The file is one year before the project's {year}"
    ),
    "evidence_year_differs": Message("คนละปีงบประมาณ (โครงการปี {year})", "Another fiscal year (the project has {year})"),
    "evidence_budget_same": Message("งบประมาณตรงกัน {amount_baht} บาท", "The same budget, {amount_baht} baht"),
    "evidence_budget_differs": Message(
        "งบประมาณไม่ตรงกัน (โครงการ {amount_baht} บาท)", "Another budget (the project has {amount_baht} baht)"
    ),
    "evidence_price_same": Message("ราคาเท่ากับงบ", "The price is the budget"),
    "evidence_price_below": Message("ราคาต่ำกว่างบ {percent} %", "The price is {percent} % below the budget"),
    "evidence_price_above": Message("ราคาสูงกว่างบ {percent} %", "The price is {percent} % above the budget"),
    "evidence_contract_same": Message(
        "ราคาเท่ากับสัญญาที่บันทึกไว้ {amount_baht} บาท", "The price is that of the stored contract, {amount_baht} baht"
    ),
    "evidence_contract_differs": Message(
        "โครงการนี้มีสัญญา {amount_baht} บาทอยู่แล้ว", "The project already has contracts of {amount_baht} baht"
    ),
    "evidence_paid_all": Message(
        "จ่ายเต็มวงเงิน {amount_baht} บาท", "The payment is the whole amount, {amount_baht} baht"
    ),
    "evidence_paid_part": Message(
        "จ่าย {percent} % ของวงเงิน {amount_baht} บาท", "The payment is {percent} % of {amount_baht} baht"
    ),
    "evidence_paid_above": Message(
        "ยอดจ่ายเกินวงเงิน {amount_baht} บาท", "The payment is more than the amount, {amount_baht} baht"
    ),
    "evidence_number_same": Message("เลขที่ e-GP สัญญา หรือรหัสโครงการตรงกัน", "The same e-GP, contract or project number"),
    "evidence_number_differs": Message("โครงการนี้มีเลขที่ e-GP อื่นแล้ว", "The project already has another e-GP number"),
    "match_none_likely": Message("ไม่มีโครงการใดน่าจะตรงกับแถวนี้", "No project is likely to be meant"),
    # What is refused
    "match_not_a_table": Message(
        "ไฟล์ชนิด {format} ไม่ใช่ตาราง",
        "A file of the kind {format} is not a table",
        "บันทึกเป็น CSV หรือ XLSX แล้วส่งใหม่",
        "Save it as CSV or XLSX and send it again",
    ),
    "match_columns_missing": Message(
        "ไม่พบคอลัมน์ {needed} คอลัมน์ในไฟล์คือ {columns}",
        "There is no column {needed}; the file has {columns}",
        "ตั้งชื่อหัวคอลัมน์ให้ตรง แล้วส่งใหม่",
        "Name the heading of the column so and send the file again",
    ),
    "match_file_empty": Message(
        "ไม่มีแถวในไฟล์", "There are no rows in the file", "ตรวจว่าเลือกไฟล์ถูก", "Check that it is the right file"
    ),
    "match_too_many_rows": Message(
        "ไฟล์มีเกิน {limit:,} แถว",
        "The file has more than {limit:,} rows",
        "แบ่งไฟล์ให้เล็กลง",
        "Cut the file into smaller ones",
    ),
    "match_name_missing": Message(
        "แถวนี้ไม่มีชื่อรายการ", "The row has no name", "เทียบจากเลขที่และจำนวนเงินแทน", "It is matched by its numbers"
    ),
    "match_kind_unknown": Message(
        "ไม่รู้จักชนิดไฟล์ {given}", "There is no kind of file {given}", "ใช้ {allowed}", "Use {allowed}"
    ),
    "match_batch_not_found": Message("ไม่พบไฟล์เลขที่ {batch}", "File {batch} was not found"),
    "match_row_not_found": Message("ไม่พบแถว {row} ในไฟล์", "Row {row} is not in the file"),
    "match_not_ready": Message(
        "ไฟล์นี้ยังเทียบไม่เสร็จ", "The file is still being compared", "รอสักครู่แล้วลองใหม่", "Wait a little and try again"
    ),
    "match_place_needed": Message(
        "เลือก อปท. หรือจังหวัดอย่างใดอย่างหนึ่ง", "Choose one organisation or one province, not both"
    ),
    "match_has_accepted": Message(
        "มี {count} แถวที่รับไปแล้ว",
        "{count} rows of it were accepted",
        "เลิกทำแถวเหล่านั้นก่อน",
        "Take these back first",
    ),
    # What became of a row
    "match_contract_made": Message(
        "บันทึกสัญญา {number} จำนวน {amount_baht} บาท", "Contract {number} of {amount_baht} baht was recorded"
    ),
    "match_contract_filled": Message(
        "เติมข้อมูลที่ว่างของสัญญา {number}", "What was empty of contract {number} was filled in"
    ),
    "match_contract_same": Message("สัญญา {number} บันทึกไว้แล้ว", "Contract {number} was recorded before"),
    "match_payment_made": Message(
        "บันทึกเบิกจ่าย ฎีกา {number} จำนวน {amount_baht} บาท", "Payment {number} of {amount_baht} baht was recorded"
    ),
    "match_payment_same": Message("เบิกจ่าย ฎีกา {number} บันทึกไว้แล้ว", "Payment {number} was recorded before"),
    "match_number_from_egp": Message(
        "ไฟล์ไม่มีเลขที่สัญญา ใช้เลขที่ e-GP แทนไปก่อน",
        "The file has no contract number; that of e-GP stands in for it",
    ),
    # Why no record can be made of a row, or taken back
    "match_amount_missing": Message(
        "แถวนี้ไม่มีจำนวนเงินที่อ่านได้",
        "The row has no amount that can be read",
        "แก้ในไฟล์แล้วส่งใหม่ หรือบันทึกที่หน้าโครงการ",
        "Mend the file and send it again, or record it on the project's page",
    ),
    "match_day_missing": Message(
        "แถวนี้ไม่มีวันที่ของสัญญาหรือการจ่ายเงินที่อ่านได้",
        "The row has no day of the contract or payment that can be read",
        "แก้ในไฟล์แล้วส่งใหม่ หรือบันทึกที่หน้าโครงการ",
        "Mend the file and send it again, or record it on the project's page",
    ),
    "match_egp_elsewhere": Message(
        "เลขที่ e-GP {egp_number} เป็นสัญญาของโครงการ {project} แล้ว",
        "e-GP number {egp_number} is already a contract of project {project}",
        "เลือกโครงการนั้น หรือแก้สัญญาเดิมก่อน",
        "Choose that project, or mend the contract there first",
    ),
    "match_voucher_differs": Message(
        "ฎีกา {voucher} บันทึกไว้แล้วจำนวน {stored_baht} บาท ไฟล์มี {file_baht} บาท",
        "Voucher {voucher} is recorded with {stored_baht} baht; the file has {file_baht}",
        "ตรวจว่าเป็นการจ่ายเดียวกัน แล้วแก้ที่หน้าโครงการ",
        "Check whether it is the same payment and mend it on the project's page",
    ),
    "match_contract_unknown": Message(
        "โครงการนี้ไม่มีสัญญา {given} มี {allowed}",
        "The project has no contract {given}; it has {allowed}",
        "รับสัญญาก่อน หรือแก้เลขที่สัญญาให้ตรง",
        "Accept the contract first, or mend its number",
    ),
    "match_contract_unclear": Message(
        "จ่ายตามสัญญาใด มี {allowed}", "Under which contract? There are {allowed}", "เลือกสัญญาแล้วกดรับ", "Choose one"
    ),
    "match_appropriation_unclear": Message(
        "จ่ายจากแหล่งเงินใด มี {allowed}",
        "Out of which money? There are {allowed}",
        "เลือกแหล่งเงินแล้วกดรับ",
        "Choose one",
    ),
    "match_record_changed": Message(
        "สัญญา {number} ถูกแก้หลังจากรับแถวนี้",
        "Contract {number} was changed after the row was accepted",
        "นำออกหรือแก้ที่หน้าโครงการ",
        "Take it out or mend it on the project's page",
    ),
    "match_step_reading": Message("อ่านไฟล์", "Reading the file"),
    "match_step_comparing": Message("เทียบกับโครงการ", "Comparing with the projects"),
    "match_step_storing": Message("บันทึกข้อเสนอ", "Storing the suggestions"),
}

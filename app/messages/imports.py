"""Messages of imports and background jobs, and the names of what a column can mean."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Jobs
    "job_not_found": Message("ไม่พบงานเบื้องหลังเลขที่ {job}", "Background job {job} was not found"),
    "job_of_other": Message("ยกเลิกได้เฉพาะงานที่ตัวเองสั่ง", "Only the person who started a job can cancel it"),
    "job_cancelled": Message(
        "ยกเลิกแล้ว สิ่งที่ทำไปถูกคืนกลับทั้งหมด",
        "Cancelled; everything it had done was undone",
        "สั่งใหม่ได้เมื่อพร้อม",
        "Start it again when ready",
    ),
    "job_gave_up": Message(
        "งานนี้หยุดกลางทาง {attempts} ครั้ง จึงไม่ลองต่อ ข้อมูลเดิมไม่เปลี่ยน",
        "This job broke off {attempts} times and is not tried again; the data is as before",
        "ลองแบ่งไฟล์ให้เล็กลง หรือแจ้งผู้ดูแลระบบ",
        "Try smaller files, or tell the operator",
    ),
    "job_failed": Message(
        "งานนี้ทำไม่สำเร็จ ข้อมูลเดิมไม่เปลี่ยน",
        "This job failed; the data is as before",
        "ลองใหม่ได้ ถ้ายังไม่ได้ แจ้งเลขที่งาน {reference}",
        "Try again; if it fails again, quote job {reference}",
    ),
    "job_owner_gone": Message("บัญชีที่สั่งงานนี้ถูกปิดแล้ว", "The account that started this job is closed"),
    "database_lost": Message(
        "ฐานข้อมูลขาดการติดต่อ ระบบจะทำงานนี้ต่อเอง", "The database went away; the job will be tried again"
    ),
    "import_step_reading": Message("อ่านและตรวจไฟล์", "Reading and checking the file"),
    "import_step_finishing": Message("สรุปผลตรวจ", "Summing up"),
    "import_step_matching": Message("เทียบกับโครงการที่มีอยู่", "Comparing with the projects that are there"),
    "import_step_projects": Message("สร้างโครงการ", "Creating projects"),
    "import_step_geometries": Message("บันทึกพิกัด", "Recording coordinates"),
    "import_step_undo_checking": Message(
        "ดูว่ามีใครแก้หลังจากรับไฟล์หรือไม่", "Looking whether somebody changed anything since"
    ),
    "import_step_undoing": Message("คืนค่าเดิม", "Returning to what was before"),
    # Batches
    "import_not_accepted": Message(
        "เลิกทำได้เฉพาะไฟล์ที่รับแล้ว สถานะคือ {status}",
        "Only an accepted import can be undone; its status is {status}",
    ),
    "import_undo_refused": Message(
        "เลิกทำไม่ได้ มี {count} โครงการที่ถูกแก้หรือมีเรื่องเงินหลังจากรับไฟล์ ยังไม่มีอะไรเปลี่ยน",
        "The import cannot be undone: {count} projects were changed or bound by money since. Nothing was changed now",
        "ดูรายการ แล้วแก้โครงการเหล่านั้นทีละโครงการ",
        "See the list and mend those projects one by one",
    ),
    "import_undo_document": Message(
        "โครงการ {project} อยู่ในเอกสารงบประมาณ {number}",
        "Project {project} stands in budget document {number}",
        "นำโครงการออกจากเอกสารก่อน เอกสารที่อนุมัติแล้วเปลี่ยนด้วยการโอนเท่านั้น",
        "Take the project out of the document first; an approved one is changed by a transfer only",
    ),
    "import_undo_transfer": Message(
        "โครงการ {project} อยู่ในการโอนงบประมาณ {number}",
        "Project {project} stands in budget transfer {number}",
        "นำโครงการออกจากการโอนก่อน การโอนที่อนุมัติแล้วเลิกทำไม่ได้",
        "Take the project out of the transfer first; an approved one cannot be undone",
    ),
    "import_undo_contract": Message(
        "โครงการ {project} มีสัญญา {number}",
        "Project {project} has contract {number}",
        "นำสัญญาออกก่อน ถ้าบันทึกผิด",
        "Take the contract out first, if it was entered wrongly",
    ),
    "import_undo_payment": Message(
        "โครงการ {project} มีการเบิกจ่าย {number}",
        "Project {project} has payment {number}",
        "คืนรายการเบิกจ่ายก่อน ถ้าบันทึกผิด",
        "Take the payment back first, if it was entered wrongly",
    ),
    "import_undo_carry_over": Message(
        "โครงการ {project} มีเงินกันไว้เบิกเหลื่อมปีถึง {number}",
        "Project {project} has money carried over until {number}",
        "เลิกกันเงินก่อน",
        "Take the reserve back first",
    ),
    "import_undo_money": Message(
        "โครงการ {project} มีงบประมาณที่คนบันทึกเพิ่ม {number}",
        "Project {project} has money that somebody entered: {number}",
        "นำงบประมาณนั้นออกก่อน ถ้าบันทึกผิด",
        "Take that money out first, if it was entered wrongly",
    ),
    "project_changed_since": Message(
        "โครงการ {project} ถูกแก้โดย {changed_by} เมื่อ {changed_at}",
        "Project {project} was changed by {changed_by} on {changed_at}",
    ),
    "import_not_found": Message("ไม่พบการนำเข้าเลขที่ {batch}", "Import {batch} was not found"),
    "import_row_not_found": Message("ไม่พบแถว {row} ในไฟล์", "Row {row} is not in the file"),
    "import_offer_not_found": Message("ไม่มีตำแหน่งอื่นที่เสนอให้แถว {row}", "No other place is offered for row {row}"),
    "import_not_ready": Message(
        "ยังรับไฟล์นี้ไม่ได้ เพราะสถานะคือ {status}",
        "This file cannot be accepted yet; its status is {status}",
        "รอให้ตรวจไฟล์เสร็จก่อน",
        "Wait until it has been checked",
    ),
    "import_closed": Message(
        "การนำเข้านี้จบไปแล้ว ({status})",
        "This import is over ({status})",
        "เลือกไฟล์ใหม่เพื่อนำเข้าอีกครั้ง",
        "Choose a file to import again",
    ),
    "import_has_errors": Message(
        "ยังมี {count} แถวที่ต้องแก้ ยังไม่มีอะไรถูกบันทึก",
        "{count} rows still have to be mended; nothing was saved",
        "แก้ในตาราง จับคู่คอลัมน์ใหม่ หรือแก้ในไฟล์แล้วเลือกไฟล์อีกครั้ง",
        "Mend them in the table, map the columns again, or mend the file and choose it again",
    ),
    "import_file_has_errors": Message(
        "ยังมีเรื่องของทั้งไฟล์ที่ต้องตัดสิน ยังไม่มีอะไรถูกบันทึก",
        "Something about the file as a whole is still to be decided; nothing was saved",
        "ดูเหตุผลด้านล่าง เช่น เลือกระบบพิกัดหรือจับคู่คอลัมน์",
        "See the reasons below: choose a coordinate system or map the columns, for example",
    ),
    "import_changed_meanwhile": Message(
        "โครงการ {codes} ถูกแก้พิกัดหลังจากตรวจไฟล์ ยังไม่มีอะไรถูกบันทึก",
        "The coordinates of {codes} were changed after the file was checked; nothing was saved",
        "ตรวจไฟล์ใหม่เพื่อดูค่าล่าสุด",
        "Check the file again to see the newest state",
    ),
    "import_unreadable": Message(
        "อ่านไฟล์นี้ไม่ได้ ยังไม่มีอะไรถูกบันทึก",
        "This file cannot be read; nothing was saved",
        "ดูเหตุผลด้านล่าง แล้วเลือกไฟล์อีกครั้ง",
        "See the reasons below, then choose a file again",
    ),
    "crs_needed": Message(
        "ตัวเลขพิกัดไม่เข้ากับระบบพิกัดใดที่ใช้ในไทย",
        "The coordinates fit no system used in Thailand",
        "กด “เลือกเอง” แล้วเลือกระบบพิกัดของไฟล์",
        "Press “Choose” and pick the file's coordinate system",
    ),
    "mended_estimate": Message(
        "ตำแหน่งเป็นการประมาณ อาจห่างจากที่จริงถึง {spread_m} ม. จะรับเป็นแบบร่าง",
        "The place is an estimate, up to {spread_m} m from the true one; it is taken in as a draft",
        "แก้พิกัดที่โต๊ะวาดหลังรับไฟล์ หรือแก้ในไฟล์",
        "Mend it at the drawing table afterwards, or in the file",
    ),
    "import_elsewhere": Message(
        "{count} จาก {total} แถวแรกอยู่นอกเขต{organisation} ส่วนใหญ่ ({rows} แถว) อยู่ใน{name}",
        "{count} of the first {total} rows lie outside {organisation}; most of them ({rows}) lie in {name}",
        "ตรวจว่าเลือก อปท. เจ้าของไฟล์ถูกหรือไม่ หากผิดให้ยกเลิกแล้วเลือกไฟล์อีกครั้งในนาม อปท. ที่ถูก",
        "Check whose file it is; if another organisation's, give this import up and choose the file again for that one",
    ),
    "crs_needed_foreign": Message(
        "ไฟล์ระบุระบบพิกัด {name} ซึ่งแปลงอย่างแม่นยำในระบบนี้ไม่ได้",
        "The file says that it is in {name}, which is not converted here with known accuracy",
        "แปลงไฟล์เป็น WGS 84 หรือ UTM โซน 47/48 หรือหากไฟล์ระบุผิด กด “เลือกเอง” แล้วเลือกระบบที่ถูก",
        "Convert it to WGS 84 or UTM zone 47/48; if the file is wrong about it, press “Choose” and pick the right one",
    ),
    "matches_left_out": Message(
        "ไฟล์มี {rows} แถว เกิน {limit} จึงไม่แนะนำโครงการที่ชื่อคล้ายกัน จับคู่เฉพาะรหัสหรือชื่อที่ตรงกัน",
        "The file has {rows} rows, more than {limit}: projects are found by code or equal name, none is suggested",
        "ใส่รหัสโครงการไว้ในไฟล์ หรือแบ่งเป็นหลายไฟล์",
        "Give the codes of the projects in the file, or divide it",
    ),
    "import_no_rows": Message(
        "ไฟล์นี้ไม่มีแถวข้อมูล", "The file has no rows", "เลือกชั้นข้อมูลหรือไฟล์อื่น", "Choose another layer or file"
    ),
    "import_file_missing": Message(
        "ไม่ได้เลือกไฟล์", "No file was chosen", "เลือกไฟล์แล้วส่งอีกครั้ง", "Choose a file and send it again"
    ),
    "import_file_gone": Message(
        "ไม่พบไฟล์ที่เคยส่งแล้ว", "The uploaded file is gone", "เลือกไฟล์อีกครั้ง", "Choose the file again"
    ),
    "organisation_unknown": Message(
        "ไม่รู้จักองค์กรรหัส {code}",
        "Unknown organisation code {code}",
        "ใช้รหัส อปท. แปดหลัก",
        "Use the organisation's eight-digit code",
    ),
    "kind_unknown": Message("ไม่รู้จักชนิดโครงการ {given}", "Unknown kind {given}", "ใช้ {allowed}", "Use {allowed}"),
    "fiscal_year_impossible": Message(
        "ปีงบประมาณ {given} ใช้ไม่ได้",
        "Fiscal year {given} is impossible",
        "ใช้ปี พ.ศ. เช่น 2569",
        "Use the Buddhist era, such as 2569",
    ),
    "field_unknown": Message(
        "ไม่มีช่องข้อมูลชื่อ {field}", "There is no field called {field}", "ใช้ {allowed}", "Use {allowed}"
    ),
    "column_unknown": Message(
        "ไฟล์ไม่มีคอลัมน์ {column}", "The file has no column {column}", "คอลัมน์ที่มี: {allowed}", "Columns it has: {allowed}"
    ),
    "name_column_missing": Message(
        "ไม่พบคอลัมน์ชื่อโครงการหรือรหัสโครงการ",
        "No column holds the project's name or code",
        "กด “จับคู่คอลัมน์” แล้วเลือกคอลัมน์ คอลัมน์ที่มี: {columns}",
        "Press “Map columns” and choose one. Columns it has: {columns}",
    ),
    "placed_by_chainage": Message(
        "{rows} แถวได้แนวจาก กม. ตามสายทางในทะเบียน (คอลัมน์ {columns}) ตัวเลขที่ไม่มีเครื่องหมาย + อ่านเป็นกิโลเมตร",
        "{rows} rows take their line from chainage along registered roads (columns {columns});"
        " numbers without a + are read as kilometres",
    ),
    "placed_by_chainage_metres": Message(
        "{rows} แถวได้แนวจาก กม. ตามสายทางในทะเบียน (คอลัมน์ {columns}) ตัวเลขที่ไม่มีเครื่องหมาย + อ่านเป็นเมตร",
        "{rows} rows take their line from chainage along registered roads (columns {columns});"
        " numbers without a + are read as metres",
    ),
    "chainage_unreadable": Message(
        "อ่าน กม. “{text}” ไม่ได้",
        "The chainage “{text}” cannot be read",
        "พิมพ์แบบ 1+250 หรือช่วง 0+000 - 1+250",
        "Type it like 1+250, or a range like 0+000 - 1+250",
    ),
    "chainage_without_route": Message(
        "มี กม. แต่ไม่มีรหัสสายทาง จึงวางบนแผนที่ไม่ได้",
        "There is chainage but no route code, so it cannot be placed",
        "พิมพ์รหัสสายทาง เช่น กบ.ถ.1-0001 หรือปล่อยให้รอพิกัด",
        "Type the route code, such as กบ.ถ.1-0001, or let the row wait for coordinates",
    ),
    "chainage_backwards": Message(
        "กม. เริ่มต้น {start} มากกว่า กม. สิ้นสุด {end} แนวจึงวางย้อนทิศของสายทาง",
        "It starts at {start} and ends at {end}, so the line runs against the road's direction",
        "ถ้าสลับช่องกัน ให้แก้ทั้งสองช่อง",
        "If the two were exchanged, mend both cells",
    ),
    "chainage_apart": Message(
        "พิกัดของแถวนี้ห่างจากช่วง กม. ที่ระบุ {metres} ม. ระบบใช้พิกัด",
        "The row's coordinates lie {metres} m from its chainage; the coordinates are used",
        "ตรวจว่าพิกัด รหัสสายทาง หรือ กม. ผิด",
        "Look which is wrong: coordinates, route code or chainage",
    ),
    # Cells
    "name_missing": Message(
        "ไม่มีชื่อโครงการ",
        "The project has no name",
        "พิมพ์ชื่อในช่อง หรือใส่รหัสโครงการที่มีอยู่",
        "Type a name, or the code of an existing project",
    ),
    "name_too_long": Message(
        "ชื่อยาว {length} ตัวอักษร ยาวได้ไม่เกิน {limit}",
        "The name has {length} characters; at most {limit} fit",
        "ย่อชื่อ แล้วเก็บรายละเอียดไว้ในช่องอื่น",
        "Shorten it and keep the details in another column",
    ),
    "metres_unreadable": Message(
        "อ่านความยาวไม่ได้: “{text}”",
        "This length cannot be read: “{text}”",
        "ใส่ตัวเลขเป็นเมตร เช่น 1745 หรือ ๑๗๔๕",
        "Give metres as a number, such as 1745",
    ),
    "metres_impossible": Message(
        "ความยาว {text} เป็นไปไม่ได้",
        "A length of {text} is impossible",
        "ใส่ 0 ถึง {limit} เมตร",
        "Give 0 to {limit} metres",
    ),
    "year_unreadable": Message(
        "อ่านปีงบประมาณไม่ได้: “{text}”",
        "This fiscal year cannot be read: “{text}”",
        "ใส่ปี พ.ศ. เช่น 2569",
        "Give a year such as 2569",
    ),
    "code_unknown": Message(
        "ไม่รู้จัก “{text}”", "“{text}” is not known", "ใช้คำใดคำหนึ่ง: {allowed}", "Use one of: {allowed}"
    ),
    "tambon_unknown": Message(
        "ไม่พบตำบล “{text}” ในจังหวัด{province}",
        "There is no tambon “{text}” in {province}",
        "ใช้รหัสตำบล 6 หลัก หรือชื่อที่ถูกต้อง",
        "Use the six-digit code, or the right name",
    ),
    "organisation_other": Message(
        "แถวนี้เป็นของ “{text}” ไม่ใช่ {organisation}",
        "This row is of “{text}”, not of {organisation}",
        "แยกไฟล์ตามองค์กร",
        "Import one organisation at a time",
    ),
    # Rows
    "project_code_unknown": Message(
        "ไม่พบโครงการรหัส {code}",
        "There is no project {code}",
        "แก้รหัส หรือเว้นว่างเพื่อสร้างโครงการใหม่",
        "Mend the code, or leave it empty to make a new project",
    ),
    "project_of_other": Message(
        "โครงการ {code} เป็นขององค์กรอื่น", "Project {code} belongs to another organisation", "แก้รหัส", "Mend the code"
    ),
    "project_of_other_kind": Message(
        "โครงการ {code} ไม่ใช่ชนิดที่กำลังนำเข้า",
        "Project {code} is of another kind than this import",
        "เลือกชนิดใหม่ หรือแก้รหัส",
        "Choose another kind, or mend the code",
    ),
    "project_ambiguous": Message(
        "ชื่อนี้ตรงกับหลายโครงการ: {codes}",
        "Several projects have this name: {codes}",
        "ใส่รหัสโครงการ",
        "Give the project's code",
    ),
    "project_undecided": Message(
        "ชื่อและปีตรงกับ {code} แต่วงเงินต่างกัน: ไฟล์ {given:,.2f} บาท ระบบ {stored:,.2f} บาท",
        "Name and year are those of {code}, the amount is not: {given:,.2f} baht in the file, {stored:,.2f} stored",
        "เลือกว่าเป็นโครงการนี้ หรือสร้างใหม่",
        "Choose this project, or make a new one",
    ),
    "project_similar": Message(
        "น่าจะเป็นโครงการที่มีอยู่ {code} ({percent} %)",
        "Probably project {code}, which is there already ({percent} %)",
        "เลือกในช่องโครงการ ถ้าไม่เลือกจะสร้างใหม่",
        "Choose it in the column Project; otherwise a new one is made",
    ),
    "match_name_same": Message("ชื่อตรงกัน", "same name"),
    "match_name_similar": Message("ชื่อคล้าย {percent} %", "name {percent} % alike"),
    "match_numbers_differ": Message("เลขในชื่อต่างกัน", "other numbers in the name"),
    "match_year_same": Message("ปีงบตรงกัน", "same year"),
    "match_year_differs": Message("ปีงบ {year}", "year {year}"),
    "match_amount_same": Message("วงเงินตรงกัน", "same amount"),
    "match_amount_near": Message("วงเงินใกล้กัน ({baht:,.0f})", "amount near ({baht:,.0f})"),
    "match_amount_differs": Message("วงเงินต่าง ({baht:,.0f})", "another amount ({baht:,.0f})"),
    "match_tambon_same": Message("ตำบลเดียวกัน", "same tambon"),
    "match_tambon_differs": Message("คนละตำบล", "another tambon"),
    "match_route_same": Message("รหัสสายทางตรงกัน", "same route"),
    "match_route_differs": Message("คนละสายทาง", "another route"),
    "new_project_not_allowed": Message(
        "ไม่พบโครงการชื่อนี้ และบัญชีนี้สร้างโครงการที่ไม่มีพิกัดไม่ได้",
        "No project has this name, and this account may not create one without coordinates",
        "ใส่รหัสโครงการที่มีอยู่ หรือให้งานแผนเพิ่มโครงการก่อน",
        "Give the code of an existing project, or ask the planner to add it first",
    ),
    "coordinates_not_allowed": Message(
        "บัญชีนี้บันทึกพิกัดไม่ได้",
        "This account may not record coordinates",
        "ให้กองช่างนำเข้าพิกัด หรือส่งไฟล์ที่ไม่มีพิกัด",
        "Ask the engineer to import them, or send a file without coordinates",
    ),
    "budget_not_taken": Message(
        "บัญชีนี้บันทึกงบประมาณไม่ได้ วงเงินในคอลัมน์ {column} จะเก็บไว้เป็นข้อมูลประกอบเท่านั้น",
        "This account may not record budgets; the amounts in column {column} are kept as remarks only",
        "ให้กองแผนบันทึกงบประมาณ",
        "Ask the planner to record the budget",
    ),
    "no_coordinates": Message(
        "แถวนี้ไม่มีพิกัด จะสร้างโครงการที่รอพิกัด", "This row has no coordinates; the project will wait for them"
    ),
    "nothing_to_update": Message(
        "แถวนี้ไม่มีพิกัด โครงการเดิมจะไม่เปลี่ยน", "This row has no coordinates; the project stays as it is"
    ),
    "replaces_verified": Message(
        "พิกัดเดิมของ {code} ตรวจสอบแล้ว จะถูกแทนด้วยรุ่นใหม่",
        "The coordinates of {code} are verified; a new version will replace them",
        "ตรวจว่าตั้งใจแก้จริง",
        "Make sure that this is meant",
    ),
    "fiscal_year_differs": Message(
        "ไฟล์ว่าปีงบ {given} ระบบเก็บไว้ {stored}", "The file says fiscal year {given}, stored is {stored}"
    ),
    "budget_differs": Message(
        "ไฟล์ว่าวงเงิน {given:,.2f} บาท ระบบเก็บไว้ {stored:,.2f} บาท จะไม่ถูกเปลี่ยน",
        "The file says {given:,.2f} baht, stored is {stored:,.2f}; it is not changed",
    ),
    "joined_as_segment": Message(
        "โครงการเดียวกับแถว {first_row} จะเป็นช่วงถัดไปของ {code}",
        "The same project as row {first_row}: a further segment of {code}",
    ),
    "name_repeated": Message(
        "ชื่อซ้ำกับแถว {first_row} จะเป็นคนละโครงการ",
        "The same name as row {first_row}: they become two projects",
        "ถ้าเป็นโครงการเดียวกัน ให้รวมในไฟล์ก่อน",
        "If they are one project, join them in the file first",
    ),
}

FIELD_NAMES: dict[str, Message] = {
    "code": Message("รหัสโครงการ", "Project code"),
    "name": Message("ชื่อโครงการ", "Project name"),
    "surface": Message("ผิวทาง", "Surface"),
    "water_source": Message("ประเภทแหล่งน้ำ", "Water source type"),
    "work_nature": Message("ลักษณะงาน", "Nature of work"),
    "length_m": Message("ยาว (ม.)", "Length (m)"),
    "width_m": Message("กว้าง (ม.)", "Width (m)"),
    "budget_baht": Message("วงเงิน (บาท)", "Budget (baht)"),
    "fiscal_year": Message("ปีงบประมาณ", "Fiscal year"),
    "organisation": Message("องค์กร", "Organisation"),
    "tambon": Message("ตำบล", "Tambon"),
    "fund_source": Message("แหล่งเงิน", "Fund source"),
    "route_code": Message("รหัสสายทาง", "Route code"),
    "chainage": Message("กม. เริ่มต้น หรือช่วง กม.", "Start km, or km range"),
    "chainage_end": Message("กม. สิ้นสุด", "End km"),
    "location_text": Message("สถานที่", "Place"),
    "geometry": Message("พิกัด", "Coordinates"),
}

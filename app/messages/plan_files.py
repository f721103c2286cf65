"""Messages about workbooks of plan forms and about printed forms."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "print_step_reading": Message("อ่านข้อมูล", "Reading the data"),
    "print_step_laying_out": Message("จัดหน้า", "Laying out the pages"),
    "print_step_printing": Message("พิมพ์เป็น PDF", "Printing to PDF"),
    "print_too_large": Message(
        "แบบนี้มี {rows} แถว ยาวเกินกว่าจะพิมพ์ทันที (ไม่เกิน {limit} แถว)",
        "This form has {rows} rows, too many to print at once (at most {limit})",
        "ดาวน์โหลด Excel แทน หรือเข้าสู่ระบบเพื่อสั่งพิมพ์เป็นงานเบื้องหลัง",
        "Download the workbook, or sign in to print it as a background job",
    ),
    "workbook_expected": Message(
        "ไฟล์นี้ไม่ใช่สมุดงาน Excel แบบ .xlsx",
        "This file is no Excel workbook (.xlsx)",
        "เปิดใน Excel หรือ LibreOffice แล้วบันทึกเป็น .xlsx",
        "Open it in Excel or LibreOffice and save it as .xlsx",
    ),
    "workbook_encrypted": Message(
        "สมุดงานตั้งรหัสผ่านไว้",
        "The workbook has a password",
        "เอารหัสผ่านออกใน Excel (ไฟล์ > ข้อมูล > ป้องกันสมุดงาน) แล้วส่งใหม่",
        "Take the password off in Excel (File > Info > Protect Workbook) and send it again",
    ),
    "workbook_macros": Message(
        "สมุดงานมีแมโคร ระบบไม่รับไฟล์ที่มีโปรแกรมอยู่ข้างใน",
        "The workbook has macros; files with programs inside are not taken",
        "บันทึกเป็น .xlsx (สมุดงานที่ไม่มีแมโคร) แล้วส่งใหม่",
        "Save it as .xlsx (workbook without macros) and send it again",
    ),
    "workbook_links": Message(
        "สมุดงานอ้างถึงไฟล์อื่น ใช้ค่าที่บันทึกไว้ในไฟล์นี้เท่านั้น",
        "The workbook refers to other files; only the values saved in this one are used",
        "ตรวจค่าที่มาจากไฟล์อื่นในผลเปรียบเทียบ",
        "Check what came from other files in the comparison",
    ),
    "workbook_damaged": Message(
        "อ่านสมุดงานไม่ได้ ไฟล์อาจเสีย ({reason})",
        "The workbook cannot be read and may be damaged ({reason})",
        "เปิดใน Excel แล้วบันทึกใหม่",
        "Open it in Excel and save it again",
    ),
    "workbook_too_large": Message(
        "สมุดงานใหญ่เกินกำหนด ({what} มากกว่า {limit})",
        "The workbook is larger than allowed ({what}: more than {limit})",
        "ลบแผ่นงาน แถว หรือคอลัมน์ที่ไม่เกี่ยวกับแผนออก",
        "Remove sheets, rows or columns that have nothing to do with the plan",
    ),
    "workbook_too_heavy": Message(
        "ไฟล์ใหญ่กว่า {limit_mb} MB",
        "The file is larger than {limit_mb} MB",
        "ลบรูปภาพออกจากสมุดงาน แล้วส่งใหม่",
        "Take pictures out of the workbook and send it again",
    ),
    "workbook_no_lines": Message(
        "ไม่พบโครงการในตาราง",
        "There is no project in the table",
        "ตรวจว่าส่งไฟล์ถูกและตารางมีแถวโครงการ",
        "Check that it is the right file and that the table has rows",
    ),
    "workbook_of_other_form": Message(
        "ไฟล์นี้เป็นแบบ {given} ไม่ใช่ {form}",
        "This file is form {given}, not {form}",
        "ส่งในหน้าของแบบ {given}",
        "Send it on the page of form {given}",
    ),
    "workbook_of_other_version": Message(
        "ไฟล์นี้ดาวน์โหลดจากแผนฉบับอื่น",
        "This file was downloaded from another version of the plan",
        "ตรวจผลเปรียบเทียบก่อนรับ",
        "Look at the comparison before accepting it",
    ),
    "workbook_base_lost": Message(
        "แผ่นงานที่ซ่อนไว้หายไปหรือถูกแก้ จึงเทียบกับค่าปัจจุบัน และไม่รู้ว่าแถวใดถูกลบ",
        "The hidden sheet is gone or was changed: compared with what stands now, and removed rows are not known",
        "ดาวน์โหลดแบบใหม่ถ้าต้องการลบโครงการด้วยไฟล์",
        "Download the form again to remove projects by file",
    ),
    "workbook_sorted": Message(
        "แถวถูกเรียงใหม่ แถวใหม่จึงไม่รู้ว่าอยู่ใต้ยุทธศาสตร์และแผนงานใด",
        "Rows were sorted: new rows do not know their strategy and programme any more",
        "เลือกยุทธศาสตร์และแผนงานในคอลัมน์ด้านขวาของแถวใหม่",
        "Choose strategy and programme in the columns on the right of the new rows",
    ),
    "plan_header_not_found": Message(
        "ไม่พบหัวตารางของแบบ {form}",
        "The head of the table of form {form} was not found",
        "ตารางต้องมีหัวคอลัมน์ เช่น ที่ โครงการ เป้าหมาย และงบประมาณแต่ละปี",
        "The table needs heads such as ที่, โครงการ, เป้าหมาย and one for each year",
    ),
    "columns_missing": Message(
        "ไม่มีคอลัมน์: {titles} ค่าเดิมคงอยู่",
        "Columns are missing: {titles}. What stands there stays",
    ),
    "columns_not_used": Message("ไม่ได้ใช้คอลัมน์: {titles}", "Columns not used: {titles}"),
    "year_column_outside": Message(
        "คอลัมน์ปี {years} อยู่นอกแผน จำนวนเงินในคอลัมน์นั้นไม่ถูกนำเข้า",
        "Years {years} are outside of the plan; the amounts in them are not taken",
        "ใช้แผนที่ครอบคลุมปีเหล่านั้น หรือเลิกใช้คอลัมน์",
        "Use the plan that covers these years, or leave the columns",
    ),
    "row_mark_unknown": Message(
        "แถวของ {name} มีรหัสแถวที่ไม่อยู่ในแบบนี้ จะเทียบด้วยชื่อ",
        "The row of {name} has a mark that is not of this form; it is matched by its name",
        "ถ้าเป็นโครงการใหม่ ลบรหัสแถวออก",
        "If it is a new project, remove the mark",
    ),
    "row_copied": Message(
        "แถวของ {name} เป็นสำเนาของแถว {original} จะเพิ่มเป็นโครงการใหม่",
        "The row of {name} is a copy of row {original} and becomes a new project",
        "ถ้าคัดลอกมาโดยไม่ตั้งใจ ลบแถวแล้วส่งใหม่ หรือเลือกไม่เพิ่ม",
        "If it was copied by mistake, remove the row, or choose not to add it",
    ),
    "line_name_repeated": Message(
        "ชื่อ {name} ซ้ำกับแถว {original}",
        "The name {name} stands in row {original} as well",
        "ตรวจว่าเป็นคนละโครงการ",
        "Check that these are two projects",
    ),
    "strategy_unknown": Message(
        "ไม่มียุทธศาสตร์นี้ในแผน: {given}",
        "The plan has no such strategy: {given}",
        "เพิ่มยุทธศาสตร์ในแผนก่อน หรือเลือกยุทธศาสตร์ของโครงการหลังรับไฟล์",
        "Add it to the plan first, or choose the strategy of the projects afterwards",
    ),
    "programme_unknown": Message(
        "ไม่รู้จักแผนงาน: {given}",
        "Unknown programme: {given}",
        "ใช้ชื่อแผนงานตามระเบียบงบประมาณ หรือเลือกหลังรับไฟล์",
        "Use the name of the budget regulation, or choose it afterwards",
    ),
    "row_without_name": Message(
        "มีจำนวนเงิน {text} แต่ไม่มีชื่อโครงการ",
        "There is an amount ({text}) but no name",
        "ใส่ชื่อโครงการในแถวนี้ หรือลบจำนวนเงิน",
        "Write the name into this row, or remove the amount",
    ),
    "subtotal_differs": Message(
        "แถวรวมปี {year} บอก {given} แต่รวมแถวที่อ่านได้ {read}",
        "The sum of {year} says {given}, the rows that were read add up to {read}",
        "ตรวจว่าไม่มีแถวตกหล่น",
        "Check that no row was lost",
    ),
    "subtotal_count_differs": Message(
        "แถวรวมบอก {given} โครงการ แต่อ่านได้ {read}",
        "The sum says {given} projects, {read} were read",
        "ตรวจว่าไม่มีแถวตกหล่น",
        "Check that no row was lost",
    ),
    "cell_formula_unsaved": Message(
        "สูตรในช่องนี้ยังไม่ถูกคำนวณ",
        "The formula in this cell was never worked out",
        "เปิดใน Excel ให้คำนวณแล้วบันทึก หรือพิมพ์ค่าแทนสูตร",
        "Open it in Excel, let it calculate and save, or type the value",
    ),
    "cell_formula_error": Message(
        "สูตรในช่องนี้ผิด", "The formula in this cell is in error", "พิมพ์ค่าที่ถูกแทนสูตร", "Type the right value"
    ),
    "line_gone": Message(
        "โครงการของแถวนี้ออกจากแผนไปแล้ว ค่าที่แก้จึงไม่มีที่ลง",
        "The project of this row has left the plan meanwhile; what was changed has no place",
        "ไม่รับช่องนี้ หรือนำโครงการกลับเข้าแผนก่อน",
        "Leave this cell, or put the project back first",
    ),
    "record_upload_not_found": Message("ไม่พบไฟล์เลขที่ {upload}", "File {upload} was not found"),
    "record_header_not_found": Message(
        "ไม่พบหัวตารางในไฟล์ ต้องมีคอลัมน์ {titles}",
        "There is no head of the table in the file; it needs the columns {titles}",
        "ใช้ไฟล์ที่ดาวน์โหลดจากตาราง หรือตั้งชื่อหัวคอลัมน์ให้ตรง",
        "Use the file that the sheet gives, or name the columns so",
    ),
    "record_file_of_other": Message(
        "ไฟล์นี้ดาวน์โหลดจากตารางอื่น ({organisation} ปี {year})",
        "The file was downloaded from another sheet ({organisation}, year {year})",
        "ดาวน์โหลดของตารางนี้ หรือส่งที่ตารางเดิม",
        "Download that of this sheet, or send it to the sheet that it came from",
    ),
    "record_item_unknown": Message(
        "ไม่มีรายการ {given} มี {allowed}",
        "There is no item {given}; there are {allowed}",
        "แก้ชื่อรายการให้ตรง หรือไม่รับแถวนี้",
        "Name the item so, or leave the line aside",
    ),
    "record_line_twice": Message(
        "รายการ {name} มีมากกว่าหนึ่งแถวในไฟล์",
        "Item {name} stands in more than one line of the file",
        "ให้เหลือแถวเดียว",
        "Leave one of them",
    ),
    "record_line_unclear": Message(
        "มีแถวชื่อ {name} มากกว่าหนึ่งแถวในตาราง",
        "More than one line of the sheet is called {name}",
        "ใช้ไฟล์ที่ดาวน์โหลดจากตาราง ซึ่งมีรหัสแถว",
        "Use the file that the sheet gives: its rows are marked",
    ),
    "plan_upload_not_found": Message(
        "ไม่พบไฟล์ที่ส่งหมายเลข {upload}",
        "There is no uploaded file {upload}",
        "ส่งไฟล์ใหม่จากหน้าของแบบ",
        "Send it again from the page of the form",
    ),
    "plan_upload_closed": Message(
        "ไฟล์ {file} รับหรือยกเลิกไปแล้ว",
        "The file {file} was accepted or given up already",
        "ถ้าต้องการแก้อีก ดาวน์โหลดแบบใหม่แล้วส่งใหม่",
        "To change more, download the form again and send it",
    ),
    "upload_conflicts": Message(
        "มี {count} ช่องที่แก้ชนกับคนอื่น ยังไม่ได้เลือก",
        "{count} cells collide with somebody else's and are undecided",
        "เลือกของคุณหรือของเขาให้ครบก่อนรับ",
        "Choose yours or theirs for each of them first",
    ),
    "upload_changes_nothing": Message(
        "ไฟล์นี้ไม่มีอะไรต่างจากแผน", "This file differs in nothing from the plan", "ยกเลิกไฟล์นี้ได้", "It can be given up"
    ),
    "upload_decision_unknown": Message(
        "ไม่มีรายการให้เลือกชื่อ {field}",
        "There is nothing to decide called {field}",
        "โหลดหน้าใหม่แล้วเลือกอีกครั้ง",
        "Load the page again and choose once more",
    ),
    "action_plan_not_found": Message(
        "ไม่พบแผนการดำเนินงาน {plan}",
        "There is no action plan {plan}",
        "เลือกจากรายการของหน่วยงาน",
        "Choose one of the organisation's list",
    ),
    "action_plan_open": Message(
        "มีแผนการดำเนินงานปี {year} ที่ยังเปิดอยู่",
        "An action plan of {year} is open already",
        "แก้ฉบับที่เปิดอยู่ หรือประกาศใช้ก่อน",
        "Write into the open one, or bring it into force first",
    ),
    "action_plan_closed": Message(
        "แผนการดำเนินงานปี {year} ฉบับที่ {number} ปิดแล้ว",
        "Action plan {year}, issue {number}, is closed",
        "เปิดฉบับใหม่เพื่อแก้",
        "Open a new issue to change it",
    ),
    "action_plan_changed": Message(
        "แผนการดำเนินงานปี {year} มีการแก้หลังจากที่คุณเปิดหน้า",
        "The action plan of {year} was changed after you opened the page",
        "ดูรายการล่าสุดก่อน แล้วทำอีกครั้ง",
        "Look at the newest lines first, then do it again",
    ),
    "action_plan_empty": Message(
        "แผนการดำเนินงานยังไม่มีกิจกรรม",
        "The action plan has no activity",
        "เพิ่มกิจกรรมอย่างน้อยหนึ่งรายการก่อนประกาศใช้",
        "Add at least one before it is promulgated",
    ),
    "line_without_months": Message(
        "{name} ยังไม่ระบุเดือนที่ดำเนินการ",
        "{name} has no month yet",
        "เลือกเดือนอย่างน้อยหนึ่งเดือน",
        "Choose at least one month",
    ),
    "printer_missing": Message(
        "เครื่องแม่ข่ายไม่มีโปรแกรม Chromium จึงทำ PDF ไม่ได้",
        "There is no Chromium on the server to make a PDF with",
        "ใช้ไฟล์ Excel แทน หรือแจ้งผู้ดูแลให้ติดตั้ง chromium",
        "Use the Excel file, or ask the operator to install chromium",
    ),
    "printer_busy": Message(
        "กำลังทำ PDF ของคนอื่นอยู่",
        "Another PDF is being made",
        "ลองใหม่ในอีกครู่หนึ่ง",
        "Try again in a moment",
    ),
    "printer_out_of_time": Message(
        "ทำ PDF ไม่เสร็จใน {limit_s} วินาที",
        "The PDF was not ready within {limit_s} seconds",
        "ใช้ไฟล์ Excel แทน",
        "Use the Excel file",
    ),
    "printer_failed": Message(
        "ทำ PDF ไม่สำเร็จ", "Making the PDF failed", "ลองใหม่ ถ้ายังไม่ได้ใช้ไฟล์ Excel แทน", "Try again, or use the Excel file"
    ),
}

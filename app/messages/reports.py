"""Sentences about GIS reports."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "report_step_reading": Message("อ่านข้อมูล", "Reading the data"),
    "report_step_sheets": Message("วาดแผนที่และจัดหน้า", "Drawing maps and laying out sheets"),
    "report_step_printing": Message("พิมพ์เป็น PDF", "Printing to PDF"),
    "report_of_nothing": Message(
        "ไม่มีโครงการในตัวกรองนี้ จึงไม่มีรายงาน",
        "No project is left by these filters, so there is no report",
        "เลือกพื้นที่ ปี หรือด้านให้กว้างขึ้น",
        "Choose a wider area, more years or more kinds",
    ),
    "report_too_large": Message(
        "เลือกไว้ {count} โครงการ รายงานแบบ {format} ทำได้ครั้งละไม่เกิน {limit}",
        "{count} projects are chosen; a {format} report holds at most {limit}",
        "เลือก อปท. พื้นที่ หรือปีให้แคบลง แล้วทำทีละเล่ม",
        "Choose an organisation, a smaller area or one year, and make several reports",
    ),
    "report_queue_full": Message(
        "มีรายงานของคุณที่ยังทำไม่เสร็จอยู่แล้ว {count} เล่ม",
        "{count} of your reports are still being made",
        "รอให้เสร็จ หรือยกเลิกเล่มที่ไม่ใช้ในหน้างานเบื้องหลัง",
        "Wait for them, or stop those that you do not need on the page of jobs",
    ),
    "report_without_places": Message(
        "ไม่มีโครงการใดมีพิกัด จึงทำแผนที่ไม่ได้",
        "None of the projects has coordinates, so there is no map to make",
        "เลือกรูปแบบ Excel หรือ PDF หรือเพิ่มพิกัดก่อน",
        "Choose the workbook or the PDF, or add coordinates first",
    ),
    "report_parts_missing": Message(
        "เครื่องแม่ข่ายยังไม่ได้สร้างส่วนหน้าเว็บ จึงทำแผนที่ในแฟ้มเดียวไม่ได้",
        "The front end is not built on this server, so a map in one file cannot be made",
        "แจ้งผู้ดูแลระบบให้รัน ./eplan up",
        "Ask the operator to run ./eplan up",
    ),
}

/** Words of the import and background job pages. */

import { translator } from "../i18n";

export const t = translator({
  row: ["แถว", "Row"],
  result: ["ผล", "Result"],
  ready: ["พร้อมรับ", "Ready"],
  updates: ["พิกัดของ {code}", "Coordinates of {code}"],
  new_project: ["โครงการใหม่", "New project"],
  edit_cell: ["แก้ {field} แถว {row}", "Edit {field}, row {row}"],
  nothing: ["–", "–"],
  counts: ["{ok} พร้อมรับ {error} ต้องแก้ {warning} ควรตรวจ", "{ok} ready, {error} to mend, {warning} to check"],
  mended: ["แถว {row} แก้แล้ว", "Row {row} mended"],
  still_wrong: ["แถว {row}: {message}", "Row {row}: {message}"],
  mend_all: ["แก้ทั้ง {n} แถว", "Mend all {n} rows"],
  mend_all_text: [
    "พิมพ์ค่าที่ถูกข้างข้อความที่พบ ทุกแถวที่เขียนเหมือนกันจะแก้พร้อมกัน ช่องที่เว้นไว้ไม่ถูกแก้",
    "Type the right value beside what was found: all rows that say the same are mended at once. What is left empty stays",
  ],
  mend_said: ["เขียนว่า “{text}” · {n} แถว", "says “{text}” · {n} rows"],
  choose: ["เลือก", "Choose"],
  leave: ["ไม่แก้", "Leave it"],
  left_out: [
    "แผนที่แสดงบางส่วน อีก {n} แถวไม่ได้วาด ซูมเข้าเพื่อดู",
    "The map shows a part; {n} rows are not drawn. Zoom in to see them",
  ],
  accept_all: ["รับทั้ง {n} แถว", "Accept all {n} rows"],
  accept_blocked: ["รับทั้ง {n} แถว (แก้ก่อน {errors})", "Accept all {n} rows (mend {errors} first)"],
  accepting: ["กำลังรับ…", "Accepting…"],
  give_up_title: ["ยกเลิกการนำเข้า", "Cancel the import"],
  give_up_text: [
    "ไม่มีอะไรถูกบันทึก ช่องที่แก้ไว้จะหายไป ต้องเลือกไฟล์ใหม่ถ้าจะทำต่อ",
    "Nothing was saved. Cells that were mended are lost; choose the file again to go on",
  ],
  keep: ["ทำต่อ", "Go on"],
  give_up: ["ยกเลิกการนำเข้า", "Cancel the import"],
  accept_title: ["รับทั้ง {n} แถว", "Accept all {n} rows"],
  accept_text: [
    "โครงการใหม่ {created} · โครงการเดิม {known} บันทึกพร้อมกันทั้งไฟล์",
    "{created} new projects, {known} existing ones; the whole file is saved at once",
  ],
  sending: ["กำลังส่ง {percent} %", "Sending {percent} %"],
  sent: ["ส่งแล้ว กำลังเริ่มตรวจ", "Sent; checking begins"],
  failed: [
    "ส่งไม่สำเร็จ ไฟล์ยังอยู่ในเครื่อง ลองใหม่ได้",
    "Sending failed. The file is still on your machine; try again",
  ],
  too_large: ["ไฟล์ใหญ่เกินกำหนด", "The file is larger than allowed"],
  count: ["{done} จาก {total}", "{done} of {total}"],
  count_only: ["{done} แถว", "{done} rows"],
  remaining: ["เหลือประมาณ {seconds} วินาที", "About {seconds} seconds left"],
  cancelling: ["กำลังยกเลิก…", "Cancelling…"],
  show_all: ["{title} · แสดงทั้งหมด", "{title} · show all"],
  unreadable_cell: ["อ่านไม่ได้", "Unreadable"],
} as const);

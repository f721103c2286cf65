/** Words of the report over stored coordinates. */

import { translator } from "../i18n";

export const t = translator({
  take: ["ใช้ตำแหน่งนี้", "Use this place"],
  other: ["ถัดไป ({n}/{all})", "Next ({n}/{all})"],
  withdraw: ["ทำเป็นไม่มีพิกัด", "Make it wait for coordinates"],
  withdrawn: ["{code} กลับไปรอพิกัดแล้ว", "{code} waits for coordinates again"],
  right: ["ถูกต้องแล้ว", "It is right"],
  reopen: ["เปิดใหม่", "Reopen"],
  draw: ["เปิดในแผนที่", "Open on the map"],
  offer: ["เสนอ: {message}", "Offered: {message}"],
  answered: ["{who} ยืนยันเมื่อ {when}: {note}", "{who} confirmed on {when}: {note}"],
  right_title: ["ยืนยันว่าพิกัดนี้ถูกแล้ว", "Confirm that the coordinates are right"],
  right_text: [
    "{name} จะไม่อยู่ในรายการนี้อีก จนกว่าพิกัดจะเปลี่ยน",
    "{name} leaves this list until its coordinates change",
  ],
  right_note: ["เหตุผล (ต้องใส่)", "Reason (required)"],
  reason_missing: ["ต้องใส่เหตุผล", "A reason is required"],
  cancel: ["ยกเลิก", "Cancel"],
  mended: ["แก้พิกัดของ {code} แล้ว", "Coordinates of {code} mended"],
  undo: ["ย้อนกลับ", "Undo"],
  undone: ["พิกัดเดิมของ {code} กลับมาแล้ว", "The earlier coordinates of {code} are back"],
  confirmed: ["ยืนยันแล้ว", "Confirmed"],
  reopened: ["กลับไปอยู่ในรายการที่ต้องดู", "Back in the list"],
  all_title: ["แก้พิกัด {n} โครงการ", "Mend the coordinates of {n} projects"],
  all_text: [
    "ทุกโครงการในรายการที่เหตุผลเป็น “{reason}” จะใช้ตำแหน่งที่เสนอ พิกัดเดิมอยู่ในประวัติของแต่ละโครงการ",
    "Every project listed with the reason “{reason}” takes the place that is offered. The earlier coordinates stay in the history of each",
  ],
  all_act: ["แก้ทั้ง {n} โครงการ", "Mend all {n} projects"],
  all_done: ["แก้พิกัด {n} โครงการแล้ว", "Coordinates of {n} projects mended"],
  checking: ["กำลังตรวจพิกัด {done} จาก {total}", "Checking coordinates, {done} of {total}"],
  waiting: ["รอคิว", "Waiting"],
  failed: ["ทำไม่สำเร็จ ไม่มีอะไรถูกบันทึก", "It did not work; nothing was saved"],
  again: ["ลองใหม่", "Try again"],
  check_failed: ["ตรวจไม่สำเร็จ ลองใหม่อีกครั้ง", "The check failed; try again"],
  year: ["ปีงบ {year}", "FY {year}"],
  chosen: ["เลือก {name}", "{name} chosen"],
} as const);

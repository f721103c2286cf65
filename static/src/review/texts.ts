/** Words of the review desk. */

import { translator } from "../i18n";

export const t = translator({
  none: ["ยังไม่ได้เลือก", "Nothing chosen"],
  chosen: ["เลือก {n} โครงการ", "{n} chosen"],
  seen: ["ดู {name}", "Looking at {name}"],
  verify_title: ["ตรวจสอบแล้ว {n} โครงการ", "Verify {n} projects"],
  verify_text: [
    "พิกัดทั้งหมดที่เลือกจะเป็น “ตรวจสอบแล้ว” ในครั้งเดียว และประชาชนเห็นได้",
    "All chosen coordinates become verified in one act, and the public sees them",
  ],
  verify_act: ["ตรวจสอบแล้ว", "Verify"],
  return_title: ["ส่งกลับแก้ไข {n} โครงการ", "Return {n} projects"],
  return_text: ["ทุกโครงการที่เลือกได้ข้อความเดียวกัน", "Every chosen project gets the same words"],
  return_needed: ["บอกว่าต้องแก้ตรงไหน แล้วส่งกลับอีกครั้ง", "Say what has to be mended, then return it again"],
  return_note: ["ต้องแก้ตรงไหน (ต้องใส่)", "What has to be mended (required)"],
  return_act: ["ส่งกลับ", "Return"],
  cancel: ["ยกเลิก", "Cancel"],
  cannot_title: ["ยังไม่ได้บันทึก: {n} โครงการทำไม่ได้", "Nothing was written: {n} cannot be done"],
  cannot_go: ["ทำต่อโดยเว้น {n} โครงการนี้", "Go on without these {n}"],
  failed: ["ทำไม่สำเร็จ", "It did not work"],
  close: ["ปิด", "Close"],
  verified: ["ตรวจสอบแล้ว {n} โครงการ", "{n} verified"],
  returned: ["ส่งกลับแก้ไข {n} โครงการ", "{n} returned"],
  left_out: ["เว้นไว้ {n}", "{n} left out"],
  receipt: ["เลขที่บันทึก {number}", "Receipt {number}"],
  no_comments: ["ยังไม่มีความเห็น", "No comments yet"],
  vertex: ["ช่วงที่ {segment} จุดที่ {vertex}", "Segment {segment}, vertex {vertex}"],
  point: ["จุดบนแผนที่", "A place on the map"],
  pick: ["แตะจุดยอดบนแผนที่", "Choose a vertex on the map"],
  answered: ["ตอบแล้วโดย {who}", "Answered by {who}"],
  answer: ["ปิดความเห็นนี้", "Close this comment"],
  kept: ["บันทึกความเห็นแล้ว", "Comment kept"],
});

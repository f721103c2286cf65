/** Words of the matching pages. */

import { translator } from "../i18n";

export const t = translator({
  row: ["แถว {row}", "Row {row}"],
  accept: ["รับ", "Accept"],
  none: ["ไม่มีที่ตรง", "None fits"],
  undo: ["เลิกทำ", "Undo"],
  other: ["โครงการอื่น รหัส", "Another project, code"],
  accepted: ["รับแล้ว: {project}", "Accepted: {project}"],
  accepted_by: ["โดย {who}", "by {who}"],
  none_said: ["ไม่มีโครงการที่ตรง", "No project fits"],
  unlikely: ["ไม่มีโครงการใดน่าจะตรงกับแถวนี้", "No project is likely to be meant"],
  nothing: ["ไม่มีโครงการให้เทียบ", "There are no projects to compare with"],
  year: ["ปีงบ {year}", "FY {year}"],
  price: ["ราคา {baht} บาท", "Price {baht} baht"],
  paid: ["จ่าย {baht} บาท", "Paid {baht} baht"],
  budget: ["งบ {baht} บาท", "Budget {baht} baht"],
  contracted: ["สัญญา {baht} บาท", "Contracts {baht} baht"],
  egp: ["e-GP {number}", "e-GP {number}"],
  contract: ["สัญญา {number}", "Contract {number}"],
  voucher: ["ฎีกา {number}", "Voucher {number}"],
  no_name: ["(ไม่มีชื่อรายการ)", "(no name)"],
  score: ["มั่นใจ {score} %", "{score} % sure"],
  row_accepted: ["แถว {row}: รับแล้ว", "Row {row}: accepted"],
  row_none: ["แถว {row}: ไม่มีที่ตรง", "Row {row}: none fits"],
  row_undone: ["แถว {row}: เลิกทำแล้ว", "Row {row}: taken back"],
  all_accepted: ["รับแล้ว {n} แถว", "{n} rows accepted"],
  all_undone: ["เลิกทำ {n} แถวแล้ว", "{n} rows taken back"],
  no_undecided: ["ไม่มีแถวที่ยังไม่ตัดสินในหน้านี้", "No undecided row on this page"],
} as const);

import { translator } from "../i18n";

export const t = translator({
  segment: ["ช่วงที่ {n}", "Segment {n}"],
  middle_line: ["กลางเส้น WGS84", "Middle of the line, WGS84"],
  middle: ["กลาง WGS84", "Middle, WGS84"],
  failed: [
    "โหลดพิกัดไม่สำเร็จ ข้อมูลไม่หาย ลองโหลดหน้าใหม่",
    "The coordinates did not load; nothing is lost. Load the page again",
  ],
  sum_whole: ["เท่าสัญญาสุดท้ายพอดี", "Exactly the final contract"],
  sum_short: ["ยังขาด {baht} บาท", "{baht} baht are missing"],
  penalty: [
    "วันที่ช้า × อัตราต่อวัน = {baht} บาท แก้ได้ถ้าคิดไว้เป็นอย่างอื่น",
    "Days × rate a day = {baht} baht; type another amount if it was agreed on",
  ],
  sum_over: ["เกินสัญญา {baht} บาท", "{baht} baht more than the contract"],
} as const);

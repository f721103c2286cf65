import { translator } from "../i18n";

export const t = translator({
  segment: ["ช่วงที่ {n}", "Segment {n}"],
  middle_line: ["กลางเส้น WGS84", "Middle of the line, WGS84"],
  middle: ["กลาง WGS84", "Middle, WGS84"],
  failed: [
    "โหลดพิกัดไม่สำเร็จ ข้อมูลไม่หาย ลองโหลดหน้าใหม่",
    "The coordinates did not load; nothing is lost. Load the page again",
  ],
} as const);

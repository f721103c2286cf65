/** Words of the analysis page that scripts say. */

import { translator } from "../i18n";

export const t = translator({
  zoom: ["ย่อ ขยาย", "Zoom"],
  zoom_in: ["ขยาย", "Zoom in"],
  zoom_out: ["ย่อ", "Zoom out"],
  whole: ["ทั้งพื้นที่", "Whole area"],
  copied: ["คัดลอกลิงก์แล้ว", "Link copied"],
  copy_this: ["คัดลอกลิงก์นี้", "Copy this link"],
  no_shapes: [
    "โหลดแผนที่ไม่ได้ ตัวเลขในตารางยังครบ",
    "The map did not load; the figures of the table are complete",
  ],
  wiped: ["ซ้าย {from} ขวา {to}", "Left {from}, right {to}"],
} as const);

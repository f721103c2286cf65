/** Words of the analysis page that scripts say. */

import { translator } from "../i18n";

export const t = translator({
  copied: ["คัดลอกลิงก์แล้ว", "Link copied"],
  copy_this: ["คัดลอกลิงก์นี้", "Copy this link"],
  no_shapes: [
    "โหลดแผนที่ไม่ได้ ตัวเลขในตารางยังครบ",
    "The map did not load; the figures of the table are complete",
  ],
  on_page: ["{name} อยู่หน้า {page} ของตาราง", "{name} is on page {page} of the table"],
} as const);

/** Status of coordinates: a glyph and a word, never colour alone. */

import type { GeometryStatus } from "../api/types";
import { translator } from "../i18n";
import { type IconName, icon } from "../shell/icons";
import { h } from "./dom";

const t = translator({
  NONE: ["ยังไม่มีพิกัด", "No coordinates"],
  DRAFT: ["ร่างพิกัด", "Draft"],
  SUBMITTED: ["ส่งตรวจ", "Submitted"],
  RETURNED: ["ส่งกลับแก้ไข", "Returned"],
  VERIFIED: ["ตรวจสอบแล้ว", "Verified"],
} as const);

const GLYPHS: Readonly<Record<GeometryStatus, IconName>> = {
  NONE: "state_none",
  DRAFT: "state_draft",
  SUBMITTED: "state_submitted",
  RETURNED: "state_returned",
  VERIFIED: "state_verified",
};

export function statusWord(status: GeometryStatus): string {
  return t(status);
}

export function statusPill(status: GeometryStatus): HTMLElement {
  const known = status in GLYPHS ? status : "NONE";
  return h("span", { class: `pill pill-${known.toLowerCase()}` }, icon(GLYPHS[known], 14), t(known));
}

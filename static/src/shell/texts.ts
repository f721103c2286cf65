/** Sentences of the shell. */

import { translator } from "../i18n";

export const t = translator({
  at_work: ["กำลังทำงาน…", "Working…"],
  copied: ["คัดลอกแล้ว", "Copied"],
  maintenance_minutes: ["เริ่มในอีก {minutes} นาที บันทึกงานก่อน", "Begins in {minutes} minutes: save your work"],
  maintenance_seconds: ["เริ่มในอีก {time} นาที บันทึกงานก่อน", "Begins in {time}: save your work"],
  session_soon: [
    "อีก {minutes} นาทีจะหมดเวลาเข้าใช้ระบบ ร่างที่ทำอยู่ไม่หาย",
    "Your session ends in {minutes} minutes. Your draft is kept.",
  ],
  session_over: [
    "หมดเวลาเข้าใช้ระบบ งานที่กำลังทำเก็บไว้ในเครื่องแล้ว เข้าสู่ระบบแล้วทำต่อ",
    "Your session has ended. Your work is kept on this computer; sign in and go on.",
  ],
} as const);

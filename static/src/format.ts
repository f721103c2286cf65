/** Numbers, money, lengths, areas and dates as Thai local government writes them. Nothing is "–", never 0. */

import { language, t } from "./i18n";

export type Amount = number | string | null | undefined;

const MINUS = "−";

function known(value: Amount): number | null {
  if (value === null || value === undefined || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Fixed decimals, thousands separated, a real minus sign. */
export function decimal(value: Amount, digits = 0): string {
  const number = known(value);
  if (number === null) return t("nothing");
  const text = Math.abs(number).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const isZero = Number(text.replaceAll(",", "")) === 0;
  return number < 0 && !isZero ? MINUS + text : text;
}

/** Whole baht for lists ("498,000 บาท"); `digits: 2` in forms. */
export function money(value: Amount, digits = 0): string {
  return known(value) === null ? t("nothing") : `${decimal(value, digits)} ${t("baht")}`;
}

/** Money where space is short: from a million up in millions ("4.85 ล้าน"), below that in whole baht. */
export function moneyShort(value: Amount, digits = 1): string {
  const number = known(value);
  if (number === null) return t("nothing");
  if (Math.abs(number) < 1_000_000) return decimal(number);
  return `${decimal(number / 1_000_000, digits)} ${t("million")}`;
}

export function percent(value: Amount, digits = 1): string {
  return known(value) === null ? t("nothing") : `${decimal(value, digits)} %`;
}

/** Difference with its sign always written: "+0.3 %", "−21.8 %". */
export function signedPercent(value: Amount, digits = 1): string {
  const number = known(value);
  if (number === null) return t("nothing");
  const text = decimal(number, digits);
  return `${number > 0 && !text.startsWith(MINUS) ? "+" : ""}${text} %`;
}

export function metres(value: Amount, digits = 1): string {
  return known(value) === null ? t("nothing") : `${decimal(value, digits)} ${t("metre")}`;
}

/** Distance for scales and hints: metres, from 10 km in kilometres. */
export function distance(value: Amount): string {
  const number = known(value);
  if (number === null) return t("nothing");
  if (Math.abs(number) >= 10_000) return `${decimal(number / 1000, 1)} ${t("kilometre")}`;
  return metres(number, Math.abs(number) < 1000 ? 1 : 0);
}

export interface RaiNganWa {
  readonly rai: number;
  readonly ngan: number;
  readonly wa: number;
}

/** 1 rai = 4 ngan = 400 square wa = 1,600 m²; square wa keep one decimal. */
export function raiNganWa(area_m2: number): RaiNganWa {
  const tenths = Math.round((area_m2 / 4) * 10);
  const rai = Math.floor(tenths / 4000);
  const ngan = Math.floor((tenths - rai * 4000) / 1000);
  return { rai, ngan, wa: (tenths - rai * 4000 - ngan * 1000) / 10 };
}

/** "6-2-40.0 ไร่": rai, ngan and square wa, the way a land document writes an area. */
export function raiText(area_m2: Amount): string {
  const number = known(area_m2);
  if (number === null) return t("nothing");
  const { rai, ngan, wa } = raiNganWa(number);
  return `${decimal(rai)}-${ngan}-${decimal(wa, Number.isInteger(wa) ? 0 : 1)} ${t("rai")}`;
}

/** "6 ไร่ 2 งาน 40 ตร.วา" in full words, for headings and screen readers. */
export function raiWords(area_m2: Amount): string {
  const number = known(area_m2);
  if (number === null) return t("nothing");
  const { rai, ngan, wa } = raiNganWa(number);
  return `${decimal(rai)} ${t("rai")} ${ngan} ${t("ngan")} ${decimal(wa, Number.isInteger(wa) ? 0 : 1)} ${t("wa")}`;
}

export function squareMetres(value: Amount, digits = 1): string {
  return known(value) === null ? t("nothing") : `${decimal(value, digits)} ${t("square_metre")}`;
}

function moment(value: string | Date | null | undefined): Date | null {
  if (!value) return null;
  const date = value instanceof Date ? value : new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

const ZONE = "Asia/Bangkok";

/** "20 พ.ย. 2569": Buddhist era in both languages, Thai time whatever the computer's zone is. */
export function thaiDate(value: string | Date | null | undefined): string {
  const date = moment(value);
  if (!date) return t("nothing");
  const format = language() === "en" ? "en-GB-u-ca-buddhist" : "th-TH-u-ca-buddhist";
  const parts = new Intl.DateTimeFormat(format, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: ZONE,
  }).formatToParts(date);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((p) => p.type === type)?.value ?? "";
  return `${part("day")} ${part("month")} ${part("year")}`;
}

/** "14:32 น." */
export function thaiTime(value: string | Date | null | undefined): string {
  const date = moment(value);
  if (!date) return t("nothing");
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZone: ZONE,
  }).format(date);
  return t("clock", { time });
}

/** Time alone for today, date and time otherwise. */
export function thaiMoment(value: string | Date | null | undefined, now: Date = new Date()): string {
  const date = moment(value);
  if (!date) return t("nothing");
  const today = thaiDate(date) === thaiDate(now);
  return today ? thaiTime(date) : `${thaiDate(date)} ${thaiTime(date)}`;
}

export function fiscalYear(year_be: number | null | undefined): string {
  return year_be ? t("fiscal_year", { year: year_be }) : t("nothing");
}

/** Degrees, minutes, seconds with hundredths (about 30 cm): "15°54′07.81″ น." */
export function dms(degrees: number, axis: "lat" | "lon"): string {
  const hundredths = Math.round(Math.abs(degrees) * 360_000);
  const d = Math.floor(hundredths / 360_000);
  const m = Math.floor((hundredths % 360_000) / 6000);
  const s = (hundredths % 6000) / 100;
  const text = `${d}°${String(m).padStart(2, "0")}′${s.toFixed(2).padStart(5, "0")}″`;
  const letters =
    language() === "en" ? { lat: ["N", "S"], lon: ["E", "W"] } : { lat: ["น.", "ต."], lon: ["อ.", "ตก."] };
  return `${text} ${letters[axis][degrees < 0 ? 1 : 0]}`;
}

const SHORT_FORMS: readonly (readonly [long: string, short: string])[] = [
  ["องค์การบริหารส่วนตำบล", "อบต."],
  ["องค์การบริหารส่วนจังหวัด", "อบจ."],
  ["เทศบาลตำบล", "ทต."],
  ["เทศบาลเมือง", "ทม."],
  ["เทศบาลนคร", "ทน."],
];

/** "อบต.หนองสาธิต": the name as officials say it, where space is short. */
export function shortOrganisation(name: string): string {
  const form = SHORT_FORMS.find(([long]) => name.startsWith(long));
  return form ? form[1] + name.slice(form[0].length).trim() : name;
}

const THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙";

/** Thai digits to Arabic: `Number` of JavaScript does not read them. */
export function arabicDigits(text: string): string {
  return text.replace(/[๐-๙]/g, (digit) => String(THAI_DIGITS.indexOf(digit)));
}

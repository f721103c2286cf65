/** Reading what was typed or pasted, by the rules of the server: the same numbers, dates and choices, before it is asked. */

import { arabicDigits, decimal, thaiDate } from "../format";
import { asText, type CellProblem, type CellValue, type Column, isStatus } from "./protocol";
import { t } from "./texts";

/** What a text means in a column: the value that is sent, or what is wrong with it. */
export type Reading =
  | { readonly value: string | null; readonly problem: null }
  | { readonly value: null; readonly problem: CellProblem };

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string | null;
}

const read = (value: string | null): Reading => ({ value, problem: null });

/** Letters that pass for digits in a copied or hurried number. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  S: "5",
  B: "8",
  O: "0",
  o: "0",
  Q: "0",
  º: "0",
  l: "1",
  I: "1",
  "|": "1",
};
const LARGEST_BAHT_DIGITS = 12;
const UNIT = /(?:บาท(?:ถ้วน)?|฿|thb|baht)\.?$/i;
const AMOUNT = /^([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d*)?$/;
const DASHES = /^[-–—−]+$/;

/** Full-width forms to plain ones, Thai digits to Arabic, invisible marks away, single spaces. */
function plain(text: string): string {
  return arabicDigits(text)
    .replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/[\u200b\ufeff]/g, "")
    .replace(/[\s\u00a0]+/g, " ")
    .trim();
}

function amountText(text: string): string {
  const bare = plain(text).replace(UNIT, "").trim().replace("−", "-");
  return bare.startsWith("(") && bare.endsWith(")") ? `-${bare.slice(1, -1)}` : bare;
}

interface Amount {
  readonly sign: string;
  readonly whole: string;
  readonly part: string;
}

function amountOf(text: string): Amount | null {
  const match = AMOUNT.exec(text);
  if (!match) return null;
  const whole = (match[2] ?? "").replaceAll(",", "").replace(/^0+(?=\d)/, "");
  return { sign: match[1] === "-" ? "-" : "", whole, part: (match[3] ?? "").slice(1).replace(/0+$/, "") };
}

/** What an unreadable number probably is: a letter for a digit, commas or points in odd places. Words are never guessed. */
export function probableNumber(text: string): string | null {
  const bare = amountText(text);
  if (!/\d/.test(bare)) return null;
  const digits = [...bare].map((letter) => LOOKALIKES[letter] ?? letter).join("");
  const candidates = [digits, digits.replace(/[ ']/g, ""), digits.replace(/[, ]/g, "")];
  // 1.234.567,50, 1.234.567 and 1,234,567,00 come from other countries' sheets.
  if (/^\d{1,3}(\.\d{3}){2,}$/.test(digits)) candidates.push(digits.replaceAll(".", ""));
  if (/^\d{1,3}(\.\d{3})+,\d{1,2}$/.test(digits))
    candidates.unshift(digits.replaceAll(".", "").replace(",", "."));
  for (const one of candidates) {
    const amount = amountOf(one);
    if (amount && !amount.sign && amount.part.length <= 2 && amount.whole.length <= LARGEST_BAHT_DIGITS)
      return decimal(`${amount.whole}.${amount.part || "0"}`, amount.part ? 2 : 0);
  }
  return null;
}

function unreadable(text: string): Finding {
  const shown = text.trim().slice(0, 80);
  const letter = [...plain(text)].find((one) => one in LOOKALIKES);
  const suggestion = probableNumber(text);
  if (letter && suggestion)
    return {
      code: "amount_unreadable",
      message: t("not_number_letter", { text: shown, letter }),
      suggestion,
    };
  return { code: "amount_unreadable", message: t("not_number", { text: shown }), suggestion };
}

function readMoney(text: string): Finding | string | null {
  const bare = amountText(text);
  if (bare === "" || DASHES.test(bare)) return null;
  const amount = amountOf(bare);
  if (!amount) return unreadable(text);
  const shown = text.trim();
  if (amount.sign && (amount.whole !== "0" || amount.part))
    return { code: "amount_negative", message: t("negative", { text: shown }) };
  if (amount.whole.length > LARGEST_BAHT_DIGITS)
    return { code: "amount_too_large", message: t("too_large", { text: shown }) };
  if (amount.part.length > 2) {
    const rounded = decimal(`${amount.whole}.${amount.part}`, 2);
    return { code: "amount_too_precise", message: t("too_precise", { text: shown }), suggestion: rounded };
  }
  return `${amount.whole}.${amount.part.padEnd(2, "0")}`;
}

function readInteger(text: string): Finding | string | null {
  const bare = amountText(text);
  if (bare === "" || DASHES.test(bare)) return null;
  const amount = amountOf(bare);
  if (!amount) return { ...unreadable(text), code: "number_unreadable" };
  if (amount.part) return { code: "number_not_whole", message: t("not_whole", { text: text.trim() }) };
  if (amount.sign && amount.whole !== "0")
    return { code: "number_negative", message: t("negative_count", { text: text.trim() }) };
  return amount.whole;
}

const MONTHS: readonly (readonly string[])[] = [
  ["มค", "มกราคม", "jan", "january"],
  ["กพ", "กุมภาพันธ์", "feb", "february"],
  ["มีค", "มีนาคม", "mar", "march"],
  ["เมย", "เมษายน", "apr", "april"],
  ["พค", "พฤษภาคม", "may"],
  ["มิย", "มิถุนายน", "jun", "june"],
  ["กค", "กรกฎาคม", "jul", "july"],
  ["สค", "สิงหาคม", "aug", "august"],
  ["กย", "กันยายน", "sep", "sept", "september"],
  ["ตค", "ตุลาคม", "oct", "october"],
  ["พย", "พฤศจิกายน", "nov", "november"],
  ["ธค", "ธันวาคม", "dec", "december"],
];
const FIRST_BUDDHIST_YEAR = 2400;
const BUDDHIST_ERA_OFFSET = 543;

/** ISO date of a day, month and year as written; a year from 2400 on, or of two digits, is Buddhist. */
function isoDate(year: string, month: number, day: string): string | null {
  let number = Number(year);
  if (year.length === 2) number += 2500;
  if (number >= FIRST_BUDDHIST_YEAR) number -= BUDDHIST_ERA_OFFSET;
  const date = new Date(Date.UTC(number, month - 1, Number(day)));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== Number(day)) return null;
  return date.toISOString().slice(0, 10);
}

function readDate(text: string): Finding | string | null {
  const bare = plain(text);
  if (bare === "" || DASHES.test(bare)) return null;
  const found = numericDate(bare) ?? wordedDate(bare);
  return found ?? { code: "date_unreadable", message: t("not_date", { text: text.trim().slice(0, 80) }) };
}

function numericDate(text: string): string | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$/.exec(text);
  if (iso) return isoDate(iso[1] ?? "", Number(iso[2]), iso[3] ?? "");
  const slashed = /^(\d{1,2}) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{4}|\d{2})$/.exec(text);
  return slashed ? isoDate(slashed[3] ?? "", Number(slashed[2]), slashed[1] ?? "") : null;
}

function wordedDate(text: string): string | null {
  const match =
    /^(?:วันที่ ?)?(\d{1,2}) ?(?:เดือน ?)?([ก-๙.]+?|[a-z]+\.?) ?(?:พ\.? ?ศ\.?|ค\.? ?ศ\.?)? ?(\d{4}|\d{2})$/i.exec(
      text,
    );
  const name = (match?.[2] ?? "").replaceAll(".", "").toLowerCase();
  const month = MONTHS.findIndex((names) => names.includes(name)) + 1;
  return match && month > 0 ? isoDate(match[3] ?? "", month, match[1] ?? "") : null;
}

/** Key under which two spellings of a choice are the same. */
function spelling(text: string): string {
  return plain(text)
    .replace(/ํ([่-๋]?)า/g, "$1ำ")
    .replace(/\s+/g, "")
    .toLowerCase();
}

/** The sign of a cell that is either marked or empty, such as a month of an action plan. */
const MARK = "●";
/** What people write for it in other sheets. */
const MARKS: ReadonlySet<string> = new Set([MARK, "1", "x", "×", "/", "*", "✓", "✔", "√", "•"]);

/** True for a column whose cells hold a mark or nothing. */
export function isMark(column: Column): boolean {
  const [only, ...others] = column.type === "choice" ? (column.choices ?? []) : [];
  return only?.label === MARK && others.length === 0;
}

function readChoice(text: string, column: Column): Finding | string | null {
  const wanted = spelling(text);
  if (wanted === "") return null;
  const choices = column.choices ?? [];
  if (isMark(column) && MARKS.has(wanted)) return choices[0]?.value ?? null;
  const exact = choices.find((one) => spelling(one.label) === wanted || one.value.toLowerCase() === wanted);
  if (exact) return exact.value;
  const near = choices.filter((one) => spelling(one.label).includes(wanted));
  const [only] = near.length === 1 ? near : [];
  const message = t("not_choice", { text: text.trim().slice(0, 80) });
  return { code: "choice_unknown", message, suggestion: only?.label ?? null };
}

function readText(text: string, column: Column): Finding | string | null {
  const bare = text
    .replace(/[\u200b\ufeff]/g, "")
    .replaceAll("\r\n", "\n")
    .replace(/[ \t\u00a0]+/g, " ")
    .trim();
  if (bare === "") return null;
  const most = column.max_length;
  const long = [...bare].length;
  if (most && long > most) return { code: "too_long", message: t("too_long", { n: long, most }) };
  return bare;
}

/** What a text means in a column. */
export function readCell(text: string | null, column: Column): Reading {
  const found = readAs(text ?? "", column);
  if (found === null) {
    return column.required ? wrong(column, { code: "required", message: t("required") }) : read(null);
  }
  return typeof found === "string" ? read(found) : wrong(column, found);
}

function readAs(text: string, column: Column): Finding | string | null {
  switch (column.type) {
    case "money":
      return readMoney(text);
    case "integer":
      return readInteger(text);
    case "date":
      return readDate(text);
    case "choice":
      return readChoice(text, column);
    default:
      return readText(text, column);
  }
}

function wrong(column: Column, { code, message, suggestion = null }: Finding): Reading {
  const fix = suggestion === null ? null : t("mend", { value: suggestion });
  return { value: null, problem: { column: column.key, code, message, fix, suggestion } };
}

/** A value as a cell shows it: money without empty satang, a choice by its words, dates in Buddhist years. */
export function shown(value: CellValue | undefined, column: Column): string {
  const text = asText(value);
  if (text === null || isStatus(value)) return text ?? "";
  switch (column.type) {
    case "money":
      return /^-?\d+(\.\d+)?$/.test(text) ? decimal(text, /\.0*[1-9]/.test(text) ? 2 : 0) : text;
    case "integer":
      return /^-?\d+$/.test(text) ? decimal(text) : text;
    case "choice":
      return column.choices?.find((one) => one.value === text)?.label ?? text;
    case "date":
      return /^\d{4}-\d\d-\d\d/.test(text) ? thaiDate(text) : text;
    default:
      return text;
  }
}

/** A value as it stands in the editor: figures without thousands, so that they can be changed. */
export function editable(value: CellValue | undefined, column: Column): string {
  const text = asText(value) ?? "";
  if (column.type === "money") return text.replace(/\.0+$/, "");
  if (column.type === "choice" || column.type === "date") return shown(value, column);
  return text;
}

/** Satang of a decimal string: whole numbers, so that sums are exact. Zero for what is no amount. */
export function satang(value: CellValue | undefined): number {
  const match = /^(-?\d+)(?:\.(\d{1,2}))?/.exec(asText(value) ?? "");
  if (!match) return 0;
  const baht = Number(match[1]) * 100;
  const part = Number((match[2] ?? "0").padEnd(2, "0"));
  return (match[1] ?? "").startsWith("-") ? baht - part : baht + part;
}

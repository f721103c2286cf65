/** Thai first, English second: every module keeps its own table of sentences and makes its own `t` from it. */

export type Language = "th" | "en";
export type Values = Readonly<Record<string, string | number>>;
/** key -> [Thai, English]; `{name}` in a sentence is replaced by the value of that name. */
export type Texts = Readonly<Record<string, readonly [thai: string, english: string]>>;

export function language(): Language {
  return typeof document !== "undefined" && document.documentElement.lang.startsWith("en") ? "en" : "th";
}

/** Choose between two wordings that come from data (`name_th`, `name_en`). */
export function choose(thai: string, english: string | null | undefined): string {
  return language() === "en" && english ? english : thai;
}

export function fill(sentence: string, values: Values = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

/** The `t` of one module. Keys are checked by the compiler. */
export function translator<T extends Texts>(texts: T): (key: keyof T & string, values?: Values) => string {
  return (key, values) => {
    const pair = texts[key] as readonly [string, string];
    return fill(language() === "en" ? pair[1] : pair[0], values);
  };
}

/** Words that every page needs. */
export const t = translator({
  baht: ["บาท", "baht"],
  million: ["ล้าน", "million"],
  metre: ["ม.", "m"],
  kilometre: ["กม.", "km"],
  square_metre: ["ตร.ม.", "m²"],
  rai: ["ไร่", "rai"],
  ngan: ["งาน", "ngan"],
  wa: ["ตร.วา", "sq. wa"],
  clock: ["{time} น.", "{time}"],
  fiscal_year: ["ปีงบ {year}", "FY {year}"],
  nothing: ["–", "–"],
  close: ["ปิด", "Close"],
  retry: ["ลองใหม่", "Try again"],
  loading: ["กำลังโหลด…", "Loading…"],
  offline: ["ติดต่อระบบไม่ได้ ข้อมูลไม่หาย ลองใหม่ได้", "The system cannot be reached. Nothing is lost; try again."],
  unreadable: [
    "ระบบตอบกลับมาในรูปที่อ่านไม่ได้ ข้อมูลไม่หาย ลองใหม่ได้",
    "The system gave an unreadable answer. Nothing is lost; try again.",
  ],
} as const);

import { describe, expect, test } from "vitest";
import type { Column } from "./protocol";
import { editable, isMark, probableNumber, readCell, satang, shown } from "./reading";

const column = (more: Partial<Column> = {}): Column => ({
  key: "y2572",
  title: "2572",
  type: "money",
  width: 92,
  frozen: false,
  editable: true,
  required: false,
  max_length: null,
  choices: null,
  total: true,
  help: null,
  ...more,
});
const CHOICES = [
  { value: "ENG", label: "กองช่าง" },
  { value: "WATER", label: "กองประปา น้ำดี" },
];

describe("an amount", () => {
  test.each([
    ["1,632,820 ", "1632820.00"],
    ["๕๐๐,๐๐๐ บาท", "500000.00"],
    ["１，３２０，０００", "1320000.00"],
    ["1320000.5", "1320000.50"],
    ["0012", "12.00"],
    ["+5", "5.00"],
    ["5 บาทถ้วน", "5.00"],
    ["\u200b7\u00a0", "7.00"],
    ["0", "0.00"],
  ])("%j is %s", (text, value) => {
    expect(readCell(text, column())).toEqual({ value, problem: null });
  });

  test.each(["", "  ", " - ", "–", "—"])("%j is empty", (text) => {
    expect(readCell(text, column())).toEqual({ value: null, problem: null });
  });

  test.each([
    ["96O,000", "amount_unreadable", "960,000"],
    ["l2,5OO", "amount_unreadable", "12,500"],
    ["1,23,456", "amount_unreadable", "123,456"],
    ["1.234.567", "amount_unreadable", "1,234,567"],
    ["1.250.000,50", "amount_unreadable", "1,250,000.50"],
    ["S00,000", "amount_unreadable", "500,000"],
    ["1 234 567", "amount_unreadable", "1,234,567"],
    ["ประมาณ 5 แสน", "amount_unreadable", null],
    ["12.345", "amount_too_precise", "12.35"],
    ["-5", "amount_negative", null],
    ["(5)", "amount_negative", null],
    ["1000000000000", "amount_too_large", null],
  ])("%j is refused as %s, with %j offered", (text, code, suggestion) => {
    expect(readCell(text, column()).problem).toMatchObject({ code, suggestion });
  });

  test("says which letter stands for a digit", () => {
    expect(readCell("96O,000", column()).problem?.message).toBe("อ่านเป็นตัวเลขไม่ได้: “96O,000” มีตัวอักษร O");
    expect(readCell("96O,000", column()).problem?.fix).toBe("แก้เป็น 960,000");
  });

  test("is never guessed from letters alone", () => {
    expect(probableNumber("OO")).toBeNull();
  });

  test("is shown without empty satang and edited without commas", () => {
    expect(shown("1320000.00", column())).toBe("1,320,000");
    expect(shown("1320000.50", column())).toBe("1,320,000.50");
    expect(shown(null, column())).toBe("");
    expect(editable("1320000.00", column())).toBe("1320000");
    expect(editable("1320000.50", column())).toBe("1320000.50");
  });

  test("adds up exactly", () => {
    expect(satang("0.10") + satang("0.20")).toBe(30);
    expect(satang("999999999999.99")).toBe(99_999_999_999_999);
    expect(satang("96O,000")).toBe(9600); // wrong cells are never asked for their amount
    expect(satang(null)).toBe(0);
  });
});

describe("other columns", () => {
  test("whole numbers refuse decimals", () => {
    expect(readCell("๑,๒๐๐", column({ type: "integer" })).value).toBe("1200");
    expect(readCell("1.5", column({ type: "integer" })).problem?.code).toBe("number_not_whole");
  });

  test.each([
    ["20 พ.ย. 2569", "2026-11-20"],
    ["20/11/69", "2026-11-20"],
    ["๒๐ พฤศจิกายน ๒๕๖๙", "2026-11-20"],
    ["2026-11-20", "2026-11-20"],
    ["1.2.2570", "2027-02-01"],
  ])("the date %j is %s", (text, value) => {
    expect(readCell(text, column({ type: "date" })).value).toBe(value);
  });

  test("impossible dates are refused", () => {
    expect(readCell("31 ก.พ. 2570", column({ type: "date" })).problem?.code).toBe("date_unreadable");
  });

  test("choices are found by word, code and the other spelling of น้ำ", () => {
    const choice = column({ type: "choice", choices: CHOICES });
    expect(readCell("กองช่าง", choice).value).toBe("ENG");
    expect(readCell("eng", choice).value).toBe("ENG");
    expect(readCell("กองประปา นํ้าดี", choice).value).toBe("WATER");
    expect(readCell("ช่าง", choice).problem).toMatchObject({ code: "choice_unknown", suggestion: "กองช่าง" });
    expect(shown("ENG", choice)).toBe("กองช่าง");
  });

  test("a mark is set by whatever people write for it, and nothing else is taken for one", () => {
    const month = column({ type: "choice", choices: [{ value: "1", label: "●" }] });
    for (const sign of ["x", "X", "/", "✓", "●", "1"]) expect(readCell(sign, month).value).toBe("1");
    expect(readCell("ต.ค.", month).problem?.code).toBe("choice_unknown");
    expect([isMark(month), isMark(column({ type: "choice", choices: CHOICES.slice(0, 1) }))]).toEqual([
      true,
      false,
    ]);
  });

  test("text keeps its lines and is measured in letters", () => {
    const text = column({ type: "text", max_length: 5 });
    expect(readCell(" ก\r\nข ", text).value).toBe("ก\nข");
    expect(readCell("กขคงจฉ", text).problem?.code).toBe("too_long");
    expect(readCell("", column({ type: "text", required: true })).problem?.code).toBe("required");
  });
});

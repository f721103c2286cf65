import { describe, expect, test } from "vitest";
import { parseTable, writeTable } from "./clipboard";

describe("a table from a spreadsheet", () => {
  test("is rows of cells, with either line end and without a last empty row", () => {
    expect(parseTable("ก\t1\r\nข\t2\r\n")).toEqual([
      ["ก", "1"],
      ["ข", "2"],
    ]);
    expect(parseTable("ก\nข")).toEqual([["ก"], ["ข"]]);
    expect(parseTable("")).toEqual([]);
  });

  test("keeps empty cells and empty rows", () => {
    expect(parseTable("\t\t1\n\n2\t\t")).toEqual([
      ["", "", "1"],
      ["", "", ""],
      ["2", "", ""],
    ]);
  });

  test("reads cells of several lines, tabs and doubled quotes in quotes", () => {
    expect(parseTable('"กว้าง 4.00 ม.\nยาว ""รวม"" 2,300 ม."\t5\r\n"a\tb"\t6')).toEqual([
      ['กว้าง 4.00 ม.\nยาว "รวม" 2,300 ม.', "5"],
      ["a\tb", "6"],
    ]);
    expect(parseTable('"ก\r\nข"')).toEqual([["ก\nข"]]);
  });

  test("takes a quote that closes nothing as it is", () => {
    expect(parseTable('ท่อ 3"\t"ศาลา" หลังเก่า\t"')).toEqual([['ท่อ 3"', '"ศาลา" หลังเก่า', '"']]);
  });

  test("comes back as it was written", () => {
    const table = [
      ["ก\nข", '3"', ""],
      ["", "a\tb", "1,320,000"],
    ];
    expect(parseTable(writeTable(table))).toEqual(table);
  });
});

import { expect, test } from "vitest";
import { penaltySatang, percent, satang } from "./forms";

test("a penalty is days x percent of the contract, or x baht, a day", () => {
  expect(penaltySatang(28_500_000, 12, percent("๐.๑๐ %"), null)).toBe(342_000);
  expect(penaltySatang(33_333, 1, 0.1, null)).toBe(33);
  expect(penaltySatang(28_500_000, 3, null, 10_000)).toBe(30_000);
  expect(penaltySatang(28_500_000, null, 0.1, null)).toBeNull();
});

test("amounts are read as people type them", () => {
  expect(satang("๑,๒๐๐.๕๐")).toBe(120_050);
  expect(satang(" 300 บาท")).toBe(30_000);
  expect(satang("0.1")).toBe(10);
  expect(satang("ห้าแสน")).toBeNull();
  expect(satang("1.234")).toBeNull();
});

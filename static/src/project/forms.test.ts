import { expect, test } from "vitest";
import { satang } from "./forms";

test("amounts are read as people type them", () => {
  expect(satang("๑,๒๐๐.๕๐")).toBe(120_050);
  expect(satang(" 300 บาท")).toBe(30_000);
  expect(satang("0.1")).toBe(10);
  expect(satang("ห้าแสน")).toBeNull();
  expect(satang("1.234")).toBeNull();
});

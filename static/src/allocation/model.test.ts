import { expect, test } from "vitest";
import { inkOn, mercator, type Place, pathOf, sides } from "./model";

test("two years of a place", () => {
  const row: Place = { code: "1", name: "ก", label: "", colour: null, other: "#1B2D63|" };
  expect(sides(row)).toEqual(["#1B2D63", null]);
  expect(sides({ ...row, other: null })).toEqual([null, null]);
});

test("ink on the ends of the ramps", () => {
  expect([inkOn("#8C4A0C"), inkOn("#F3F3F1"), inkOn(null)]).toEqual(["#FFFFFF", "#1A2130", "#1A2130"]);
});

test("outlines of small maps", () => {
  expect(mercator(0)).toBeCloseTo(0);
  expect(mercator(15)).toBeCloseTo(15.1743, 3);
  const square = [
    [
      [0, 0],
      [1, 0],
      [1, 0],
    ],
  ] as const;
  expect(pathOf([square])).toMatch(/^M0\.0000 -?0\.0000L1\.0000 -?0\.0000L1\.0000 -?0\.0000Z$/);
});

import { expect, test } from "vitest";
import { inkOn } from "../map/ink";
import { boxOf, mercator, type Place, pageOf, sides } from "./model";

test("two years of a place", () => {
  const row: Place = { code: "1", name: "ก", label: "", colour: null, other: "#1B2D63|" };
  expect(sides(row)).toEqual(["#1B2D63", null]);
  expect(sides({ ...row, other: null })).toEqual([null, null]);
});

test("ink on the ends of the ramps", () => {
  expect([inkOn("#8C4A0C"), inkOn("#F3F3F1"), inkOn(null)]).toEqual(["#FFFFFF", "#1A2130", "#1A2130"]);
});

test("the box of small maps", () => {
  expect(mercator(0)).toBeCloseTo(0);
  expect(mercator(15)).toBeCloseTo(15.1743, 3);
  const square = [
    [
      [0, 0],
      [1, 0],
      [1, 15],
    ],
  ];
  const [west, north, width, height] = boxOf([[square]]);
  expect([west, width]).toEqual([0, 1]);
  expect([north, height].map((one) => one.toFixed(3))).toEqual(["-15.174", "15.174"]);
});

test("the page of a place's row", () => {
  const rows = ["a", "b", "c", "d", "e"].map((code) => ({ code }));
  expect([pageOf(rows, "a", 2), pageOf(rows, "e", 2), pageOf(rows, "z", 2)]).toEqual([1, 3, null]);
});

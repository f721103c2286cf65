import { describe, expect, test } from "vitest";
import { contains, laidOut, linesInView, rangeOf } from "./ranges";

describe("a range", () => {
  test("is the same from either corner", () => {
    const range = rangeOf({ line: 5, column: 1 }, { line: 2, column: 4 });
    expect(range).toEqual({ top: 2, bottom: 5, left: 1, right: 4 });
    expect(contains(range, { line: 3, column: 4 })).toBe(true);
    expect(contains(range, { line: 3, column: 5 })).toBe(false);
  });
});

describe("a block that is put down", () => {
  test("once, when it does not divide the selection", () => {
    expect(laidOut([["a", "b"]], 1, 3)).toHaveLength(2);
    expect(laidOut([["a"], ["b"]], 1, 1).map((one) => one.row)).toEqual([0, 1]);
  });

  test("again and again, when it does", () => {
    expect(laidOut([["a"]], 2, 3)).toHaveLength(6);
    expect(laidOut([["a"], ["b"]], 4, 1).map((one) => one.text)).toEqual(["a", "b", "a", "b"]);
  });

  test("empty is nothing", () => {
    expect(laidOut([], 2, 2)).toEqual([]);
  });
});

test("lines in view are those between the edges, some spare", () => {
  expect(linesInView(0, 320, 32, 2000, 2)).toEqual({ first: 0, last: 12 });
  expect(linesInView(3200, 320, 32, 2000, 2)).toEqual({ first: 98, last: 112 });
  expect(linesInView(0, 320, 32, 0, 2)).toEqual({ first: 0, last: -1 });
});

import { describe, expect, it } from "vitest";
import { cursorBefore, nextUndecided } from "./state";

describe("next undecided row", () => {
  it("goes on, around the end, and says when there is none", () => {
    expect(nextUndecided(["accepted", "undecided", "none", "undecided"], 1)).toBe(3);
    expect(nextUndecided(["undecided", "accepted", "none"], 1)).toBe(0);
    expect(nextUndecided(["accepted", "none"], 0)).toBe(-1);
    expect(nextUndecided([], -1)).toBe(-1);
  });
});

describe("deep links", () => {
  it("name the page that begins with a row as the API does", () => {
    expect(cursorBefore(17)).toBe("WzE2XQ");
  });
});

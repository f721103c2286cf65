import { describe, expect, it } from "vitest";
import { writtenTicks } from "./years";

describe("years written under the slider", () => {
  it("are all of a few years", () => {
    expect(writtenTicks(5, 4)).toEqual([0, 1, 2, 3, 4]);
  });

  it("are at most eight of many, the last among them", () => {
    expect(writtenTicks(26, -1)).toEqual([1, 5, 9, 13, 17, 21, 25]);
  });

  it("leave room for the chosen one", () => {
    expect(writtenTicks(26, 18)).toEqual([1, 5, 9, 13, 18, 25]);
  });
});

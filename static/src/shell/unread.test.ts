import { describe, expect, it } from "vitest";
import { badge, countsOf } from "./unread";

describe("what is unread", () => {
  it("reads the counts of an event", () => {
    expect(countsOf('{"messages":3,"news":1}')).toEqual({ messages: 3, news: 1 });
  });
  it("passes over what is no count", () => {
    for (const data of ["", "null", "{}", '{"messages":"3","news":1}', "<html>"])
      expect(countsOf(data)).toBeUndefined();
  });
  it("does not grow beyond two digits", () => {
    expect(badge({ messages: 99, news: 0 })).toBe("99");
    expect(badge({ messages: 99, news: 1 })).toBe("99+");
  });
});

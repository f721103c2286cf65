import { describe, expect, it } from "vitest";
import { anyFilter, readFilters, readHash, withFilters, writeHash } from "./address";

describe("the position in the address", () => {
  it("is written and read back", () => {
    const hash = writeHash({ zoom: 15.23, lat: 15.902169, lon: 102.036481 });
    expect(hash).toBe("#15.2/15.90217/102.03648");
    expect(readHash(hash)).toEqual({ zoom: 15.2, lat: 15.90217, lon: 102.03648 });
  });
  it("is refused when it is something else", () => {
    expect(readHash("#wb-map")).toBeNull();
    expect(readHash("#3/95/10")).toBeNull();
    expect(readHash("")).toBeNull();
  });
});

describe("filters in the address", () => {
  it("take several values, repeated or with commas", () => {
    expect(readFilters("?kind=road,water&fiscal_year=2569&fiscal_year=2570")).toMatchObject({
      kind: ["road", "water"],
      fiscal_year: ["2569", "2570"],
      status: [],
    });
  });
  it("leave the rest of the address alone", () => {
    const filters = { ...readFilters(""), kind: ["road"] };
    expect(withFilters("?project=69-1-0001&kind=water", filters)).toBe("?project=69-1-0001&kind=road");
    expect(anyFilter(filters)).toBe(true);
    expect(anyFilter(readFilters(""))).toBe(false);
  });
});

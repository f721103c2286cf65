import { describe, expect, it } from "vitest";
import { addSegment, EMPTY } from "../draw/drawing";
import { barShares, contractLength, segmentRows, verdict } from "./measures";

const spec = (seq: number, length_m: number | null) => ({
  seq,
  surface_type: "RC",
  width_m: 5,
  length_m,
  area_m2: null,
});

describe("rows of segments", () => {
  it("pair the drawing with the contract by number and show what is missing on either side", () => {
    const [one] = addSegment(EMPTY, "LineString", [
      [102, 15],
      [102, 15.01],
    ]);
    const rows = segmentRows(one, [spec(2, 500), spec(1, 1106.4874)]);
    expect(rows.map((row) => row.number)).toEqual([1, 2]);
    expect(rows[0]?.difference_percent).toBeCloseTo(0, 4);
    expect(rows[1]?.drawn).toBeNull();
    expect(rows[1]?.difference_percent).toBeNull();
    expect(segmentRows(one, [])[0]?.contract).toBeNull();
  });
});

describe("the length bar", () => {
  it("judges by ten percent", () => {
    expect(verdict(0, 1000)).toBe("none");
    expect(verdict(900, 1000)).toBe("within");
    expect(verdict(1100, 1000)).toBe("within");
    expect(verdict(899, 1000)).toBe("short");
    expect(verdict(1101, 1000)).toBe("long");
  });
  it("keeps everything inside the bar", () => {
    for (const drawn of [0, 500, 1000, 3000]) {
      const { drawn: share, mark, band } = barShares(drawn, 1000);
      for (const value of [share, mark, ...band]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
  });
  it("takes the contract length, else the sum of its segments", () => {
    expect(contractLength({ length_m: 1745, segments: [spec(1, 10)] })).toBe(1745);
    expect(contractLength({ length_m: null, segments: [spec(1, 1120), spec(2, 625)] })).toBe(1745);
    expect(contractLength({ length_m: null, segments: [] })).toBeNull();
  });
});

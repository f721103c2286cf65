import { describe, expect, it } from "vitest";
import { nearestStop } from "./sheet";
import { isTable } from "./typed";
import { readDegrees, writeDegrees } from "./vertices";

describe("typed vertices", () => {
  it("are latitude and longitude, in either order and with Thai digits", () => {
    expect(readDegrees("15.90217, 102.03648")).toEqual([102.03648, 15.90217]);
    expect(readDegrees("102.03648 15.90217")).toEqual([102.03648, 15.90217]);
    expect(readDegrees("๑๕.๙, ๑๐๒.๐")).toEqual([102.0, 15.9]);
    expect(readDegrees("48N 182653 1760364")).toBeNull();
    expect(readDegrees("")).toBeNull();
  });
  it("are written as they are read", () => {
    expect(readDegrees(writeDegrees([102.036481, 15.902169]))).toEqual([102.036481, 15.902169]);
  });
  it("are a table from the second line with numbers on", () => {
    expect(isTable("48N 182653 1760364")).toBe(false);
    expect(isTable("จุดที่ E N\n1 182653 1760364")).toBe(false);
    expect(isTable("1\t182653\t1760364\r\n2\t182700\t1760400\r\n")).toBe(true);
  });
});

describe("the sheet", () => {
  it("rests at the nearest of its three stops", () => {
    expect(nearestStop(100, 844)).toBe("low");
    expect(nearestStop(380, 844)).toBe("middle");
    expect(nearestStop(700, 844)).toBe("high");
  });
});

import { describe, expect, test } from "vitest";
import { signedSatang, sumsOf } from "./sums";

describe("amounts of a transfer", () => {
  test("are read as people type them", () => {
    expect(signedSatang("๑,๕๐๐.๒๕")).toBe(150025);
    expect(signedSatang(" −50,000 ")).toBe(-5000000);
    expect(signedSatang("+7.5")).toBe(750);
    expect(signedSatang("")).toBe(0);
    expect(signedSatang("ห้า")).toBeNull();
  });

  test("sum exactly, and what cannot be read is left out", () => {
    expect(sumsOf(["0.1", "0.2", "-0.3", "x"])).toEqual({ given: 30, taken: 30 });
  });
});

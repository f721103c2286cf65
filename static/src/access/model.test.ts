import { describe, expect, it } from "vitest";
import { captionOf, radiusOf } from "./model";

describe("circles", () => {
  it("have areas in proportion to people", () => {
    expect(radiusOf(400, 400)).toBeCloseTo(26);
    expect(radiusOf(100, 400) / radiusOf(400, 400)).toBeCloseTo(0.5);
    expect(radiusOf(0, 400)).toBe(3);
    expect(radiusOf(400, 400, 77)).toBeCloseTo(17);
  });
});

describe("captions", () => {
  it("say what is known and nothing else", () => {
    expect(captionOf({ name: "บ้านโนน", people: 1234, distance_m: 2500.4 })).toBe(
      "บ้านโนน · 1,234 คน · ห่าง 2,500 ม.",
    );
    expect(captionOf({ name: "บ่อ", working: false, people: null })).toBe("บ่อ · รอซ่อม");
  });
});

import RenderFeature from "ol/render/Feature";
import { describe, expect, it } from "vitest";
import { OWN, sharedLimits } from "./limits";

const EXTENT = [0, 0, 4096, 4096];

function square(code: string, x: number, y: number): RenderFeature {
  const flat = [x, y, x + 10, y, x + 10, y + 10, x, y + 10, x, y];
  return new RenderFeature("Polygon", flat, [flat.length], 2, { code }, undefined);
}

function segments(lines: readonly RenderFeature[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of lines) {
    const flat = line.getFlatCoordinates();
    for (let i = 0; i + 3 < flat.length; i += 2) {
      const ends = [flat.slice(i, i + 2).join(), flat.slice(i + 2, i + 4).join()].sort().join(" ");
      expect(found.has(ends)).toBe(false);
      found.set(ends, line.get("shared"));
    }
  }
  return found;
}

describe("limits of neighbours", () => {
  it("are drawn once and know which level they are a limit of", () => {
    const found = segments(
      sharedLimits(
        [square("990101", 0, 0), square("990102", 10, 0), square("990201", 20, 0), square("980101", 30, 0)],
        EXTENT,
      ),
    );
    expect(found.size).toBe(13); // four squares in a row: sixteen sides, three of them shared
    expect(found.get("10,0 10,10")).toBe(4);
    expect(found.get("20,0 20,10")).toBe(2);
    expect(found.get("30,0 30,10")).toBe(0);
    expect(found.get("0,0 0,10")).toBe(OWN);
  });

  it("of a single area stay one line", () => {
    const lines = sharedLimits([square("99", 5, 5)], EXTENT);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.getFlatCoordinates()).toHaveLength(10);
  });

  it("at the corners of the country of tiles keep their keys apart", () => {
    const found = segments(sharedLimits([square("01", -2000, -2000), square("02", 6000, 6000)], EXTENT));
    expect(found.size).toBe(8);
  });
});

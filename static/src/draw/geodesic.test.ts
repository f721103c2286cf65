import { describe, expect, it } from "vitest";
import { direct, inverse, lineLength, type Position, polygonArea, ringArea } from "./geodesic";

// Expected values: GeographicLib through PROJ's geod, ellipsoid WGS84.
const LENGTHS: readonly (readonly [Position, Position, number])[] = [
  [[102.0, 15.9], [102.036, 15.902], 3861.476869266499],
  [[100.5, 13.75], [100.5001, 13.7501], 15.471560485598454],
  [[97.5, 5.7], [105.5, 20.3], 1832369.1420269937],
  [[101, 15], [101, 15.01], 1106.4874467973164],
  [[102.0, 15.0], [102.01, 15.0], 1075.5048870776145],
];

const AREAS: readonly (readonly [readonly Position[], number])[] = [
  [
    [
      [102, 15.9],
      [102.001, 15.9],
      [102.001, 15.901],
      [102, 15.901],
    ],
    11850.019202768803,
  ],
  [
    [
      [101, 15],
      [101.02, 15.003],
      [101.018, 15.017],
      [101.004, 15.02],
    ],
    3439038.855502188,
  ],
  [
    [
      [100, 13],
      [100.1, 13],
      [100.1, 13.1],
      [100, 13.1],
    ],
    119993614.17346191,
  ],
];

describe("length", () => {
  it.each(LENGTHS)("agrees with GeographicLib to 1 mm: %o %o", (from, to, expected) => {
    expect(Math.abs(inverse(from, to).length_m - expected)).toBeLessThan(0.001);
  });
  it("is zero for one position and for the same position twice", () => {
    expect(lineLength([[100, 14]])).toBe(0);
    expect(inverse([100, 14], [100, 14]).length_m).toBe(0);
  });
  it("comes back by the direct problem", () => {
    const { length_m, azimuth } = inverse([102, 15.9], [102.036, 15.902]);
    const [lon, lat] = direct([102, 15.9], azimuth, length_m);
    expect(lon).toBeCloseTo(102.036, 10);
    expect(lat).toBeCloseTo(15.902, 10);
  });
  it("refuses opposite points of the globe", () => {
    expect(() => inverse([0, 0], [179.7, 0.1])).toThrow(RangeError);
  });
});

describe("area", () => {
  it.each(AREAS)("agrees with GeographicLib to 1 part in a million: %o", (ring, expected) => {
    expect(Math.abs(ringArea(ring) / expected - 1)).toBeLessThan(1e-6);
  });
  it("does not depend on direction or on a repeated last position", () => {
    const [ring, expected] = AREAS[0] as (typeof AREAS)[number];
    const first = ring[0] as Position;
    expect(ringArea([...ring].reverse())).toBeCloseTo(expected, 1);
    expect(ringArea([...ring, first])).toBeCloseTo(expected, 1);
  });
  it("takes holes off", () => {
    const [ring, expected] = AREAS[0] as (typeof AREAS)[number];
    expect(polygonArea([ring, ring])).toBeCloseTo(0, 3);
    expect(polygonArea([ring])).toBeCloseTo(expected, 1);
  });
});

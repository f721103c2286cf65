import { describe, expect, it } from "vitest";
import { planeNumbers, roundDistance, zoneOf } from "./coordinatebar";

// The definitions of gis.crs, as the page carries them.
const EVEREST = "+a=6377276.345 +rf=300.8017";
const SHIFT = "+towgs84=204.4798,837.8940,294.7765";
const DEFINITIONS = {
  "EPSG:4326": "+proj=longlat +datum=WGS84 +no_defs",
  "EPSG:32647": "+proj=utm +zone=47 +datum=WGS84 +units=m +no_defs",
  "EPSG:32648": "+proj=utm +zone=48 +datum=WGS84 +units=m +no_defs",
  "EPSG:24047": `+proj=utm +zone=47 ${EVEREST} ${SHIFT} +units=m +no_defs`,
  "EPSG:24048": `+proj=utm +zone=48 ${EVEREST} ${SHIFT} +units=m +no_defs`,
};

describe("plane numbers", () => {
  // Published point: Indian 1975 47N 673310.690 1520741.207 = WGS 84 47N 672978.171 1521044.256.
  it("meet the published test point of Indian 1975 within half a metre", async () => {
    const { default: proj4 } = await import("proj4");
    const [lon, lat] = proj4(DEFINITIONS["EPSG:32647"], DEFINITIONS["EPSG:4326"], [672978.171, 1521044.256]);
    const { utm, indian, zone } = planeNumbers(lon as number, lat as number, DEFINITIONS);
    expect(zone).toBe(47);
    expect(Math.hypot(utm[0] - 672978.171, utm[1] - 1521044.256)).toBeLessThan(0.001);
    expect(Math.hypot(indian[0] - 673310.69, indian[1] - 1520741.207)).toBeLessThan(0.5);
  });
  it("change the zone at 102 degrees east", () => {
    expect(zoneOf(101.9999)).toBe(47);
    expect(zoneOf(102)).toBe(48);
  });
});

describe("the scale bar", () => {
  it.each([
    [1, 100],
    [0.1, 10],
    [3, 500],
    [2000, 200_000],
  ])("at %d metres a pixel shows %d metres", (resolution, metres) => {
    expect(roundDistance(resolution)).toBe(metres);
  });
});

import { describe, expect, it } from "vitest";
import type { Reading } from "../api/types";
import { offers, signsOf, taken } from "./typedsigns";

const reading = (more: Partial<Reading> = {}): Reading => ({
  lon: 101.9,
  lat: 16,
  label: "UTM 47N (WGS 84)",
  epsg: 32647,
  kind: "as_given",
  reason: null,
  in_territory: true,
  ...more,
});
const indian = reading({ lon: 101.895, kind: "wrong_datum", epsg: 24047, offered: true });

describe("signs of typed coordinates", () => {
  it("stand on the map for the only reading, too", () => {
    expect(signsOf([reading()])).toEqual([{ number: null, position: [101.9, 16] }]);
    expect(signsOf([])).toEqual([]);
  });
  it("are numbered like the list", () => {
    const signs = signsOf([reading(), reading({ lon: 98 })]);
    expect(signs.map(({ number }) => number)).toEqual([1, 2]);
  });
  it("leave out what lies outside Thailand", () => {
    expect(signsOf([reading({ kind: "outside" })])).toEqual([]);
  });
  it("show the other datum only while somebody looks at it", () => {
    expect(signsOf([reading(), indian])).toHaveLength(1);
    expect(signsOf([reading(), indian], 1).map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe("the reading that Enter takes", () => {
  it("is the only one; the other datum makes nothing ambiguous", () => {
    expect(taken([reading()])).toEqual(reading());
    expect(taken([reading(), indian])).toEqual(reading());
    expect(taken([reading(), reading({ lon: 98 })])).toBeUndefined();
  });
  it("is never one that is only offered, or that lies elsewhere", () => {
    expect(taken([reading({ offered: true })])).toBeUndefined();
    expect(taken([reading({ in_territory: false })])).toBeUndefined();
    expect(taken([])).toBeUndefined();
  });
});

describe("what is offered beside a refusal", () => {
  it("is what was probably meant, not what lies outside Thailand", () => {
    const meant = reading({ kind: "missing_digit", offered: true });
    expect(offers([meant, reading({ kind: "outside", in_territory: false })])).toEqual([meant]);
    expect(offers([reading({ kind: "outside" })])).toEqual([]);
  });
});

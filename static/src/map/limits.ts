/** Limits of areas as lines: what two neighbours share is drawn once, so that the dashes of one do not fill the other's. */

import RenderFeature from "ol/render/Feature";

/** Positions of a tile lie on a grid; a power of two that holds the grid and its margin keeps a key exact. */
const GRID = 4096;
const MARGIN = 2048;
const SPAN = 8192;
/** Digits that the codes of both sides have in common; this many when there is one side only. */
export const OWN = 99;

interface Side {
  readonly code: string;
  shared: number;
  drawn: boolean;
}

function common(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length - (length % 2);
}

/**
 * Lines in place of the outlines of areas. Each line tells in `shared` how many digits the codes on its two sides have
 * in common: 0 = a limit of provinces, 2 = of amphoes, 4 = of tambons.
 */
export function sharedLimits(features: readonly RenderFeature[], extent: readonly number[]): RenderFeature[] {
  const [minX, minY, maxX, maxY] = extent as [number, number, number, number];
  const sides = new Map<number, Side>();
  const steps = (
    flat: readonly number[],
    from: number,
    to: number,
    see: (key: number, at: number) => void,
  ) => {
    const column = (at: number): number =>
      Math.round((((flat[at] as number) - minX) / (maxX - minX)) * GRID) + MARGIN;
    const row = (at: number): number =>
      Math.round((((flat[at + 1] as number) - minY) / (maxY - minY)) * GRID) + MARGIN;
    for (let at = from; at + 3 < to; at += 2) {
      const a = column(at) * SPAN + row(at);
      const b = column(at + 2) * SPAN + row(at + 2);
      if (a !== b) see(Math.min(a, b) * SPAN * SPAN + Math.max(a, b), at);
    }
  };
  const rings = (
    feature: RenderFeature,
    see: (flat: readonly number[], from: number, to: number) => void,
  ) => {
    const flat = feature.getFlatCoordinates();
    let from = 0;
    for (const to of feature.getEnds() ?? []) {
      see(flat, from, to as number);
      from = to as number;
    }
  };
  const areas = features.filter((feature) => feature.getType().endsWith("Polygon"));
  for (const area of areas) {
    const code = String(area.get("code") ?? "");
    rings(area, (flat, from, to) =>
      steps(flat, from, to, (key) => {
        const other = sides.get(key);
        if (!other) sides.set(key, { code, shared: OWN, drawn: false });
        else if (other.code !== code) other.shared = common(other.code, code);
      }),
    );
  }
  const lines: RenderFeature[] = [];
  const draw = (flat: readonly number[], shared: number): void => {
    if (flat.length < 4) return;
    lines.push(new RenderFeature("LineString", [...flat], [], 2, { shared }, undefined));
  };
  for (const area of areas) {
    rings(area, (flat, from, to) => {
      let line: number[] = [];
      let shared = OWN;
      let end = -1;
      steps(flat, from, to, (key, at) => {
        const side = sides.get(key) as Side;
        if (line.length > 0 && (side.drawn || side.shared !== shared || end !== at)) {
          draw(line, shared);
          line = [];
        }
        if (side.drawn) return;
        side.drawn = true;
        shared = side.shared;
        end = at + 2;
        if (line.length === 0) line = [flat[at] as number, flat[at + 1] as number];
        line.push(flat[at + 2] as number, flat[at + 3] as number);
      });
      draw(line, shared);
    });
  }
  return lines;
}

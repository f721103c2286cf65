/** Brings what is shown for a moment into view, and goes back to what the person looked at before. */

import type { XY } from "./snapping";

export interface Looked {
  readonly center: XY;
  readonly zoom: number;
}

/** West, south, east, north in the plane of the map. */
export type Box = readonly [number, number, number, number];

export interface Viewed {
  /** What is seen and not under other things. */
  readonly box: () => Box;
  readonly now: () => Looked;
  readonly moveTo: (looked: Looked) => void;
  /** Show all of a box. */
  readonly show: (box: Box) => void;
}

export class Lookout {
  private before: Looked | null = null;

  constructor(private readonly view: Viewed) {}

  /** Nothing moves where everything is seen already. */
  look(places: readonly XY[]): void {
    const box = around(places);
    if (!box || holds(this.view.box(), box)) return;
    this.remember();
    this.view.show(box);
  }

  /** The map is about to go elsewhere for a moment. */
  remember(): void {
    this.before ??= this.view.now();
  }

  /** The person moved the map, or stays where it went: there is nothing to go back to. */
  stay(): void {
    this.before = null;
  }

  back(): void {
    if (this.before) this.view.moveTo(this.before);
    this.before = null;
  }
}

function around(places: readonly XY[]): Box | null {
  if (places.length === 0) return null;
  const xs = places.map(([x]) => x);
  const ys = places.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function holds(outer: Box, inner: Box): boolean {
  return outer[0] <= inner[0] && outer[1] <= inner[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
}

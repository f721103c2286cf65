/** Where the map looks while somebody draws: at a place, at the whole drawing, and back to where it looked before. */

import type OlMap from "ol/Map";
import type VectorSource from "ol/source/Vector";
import type { Position } from "./drawing";
import { inverse } from "./geodesic";
import { type Box, Lookout } from "./lookout";
import { toPlane, toPosition } from "./planar";
import type { XY } from "./snapping";

export class Camera {
  /** What was looked at before the map went to readings of typed coordinates. */
  readonly lookout = new Lookout({
    box: () => this.freeBox(),
    now: () => {
      const [x = 0, y = 0] = this.map.getView().getCenter() ?? [];
      return { center: [x, y], zoom: this.map.getView().getZoom() ?? 0 };
    },
    moveTo: ({ center, zoom }) => this.moveTo(center, zoom),
    show: (box) => this.showBox(box),
  });

  /** The drawing is what `fit` shows; `covered` are the pixels at the right that lie under other things. */
  constructor(
    private readonly map: OlMap,
    private readonly drawing: VectorSource,
    private readonly covered: () => number,
  ) {}

  /** Metres between a position and the middle of the map. */
  away(position: Position): number {
    const [x = 0, y = 0] = this.map.getView().getCenter() ?? [];
    return inverse(toPosition([x, y]), position).length_m;
  }

  goTo(position: Position, minZoom = 16): void {
    this.moveTo(toPlane(position), Math.max(this.map.getView().getZoom() ?? 0, minZoom));
  }

  fit(): void {
    const extent = this.drawing.getExtent();
    if (!extent || this.drawing.isEmpty()) return;
    // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
    this.map.getView().fit(extent, { padding: this.padding(), maxZoom: 17 });
  }

  private moveTo(center: XY, zoom: number): void {
    const view = this.map.getView();
    view.cancelAnimations();
    view.animate({ center: [...center], zoom, duration: animationMs() });
  }

  /** All of a box at once, no nearer than the map is now. */
  private showBox(box: Box): void {
    const view = this.map.getView();
    view.cancelAnimations();
    view.fit([...box], { padding: this.padding(), maxZoom: view.getZoom() ?? 17, duration: animationMs() });
  }

  private padding(): [number, number, number, number] {
    return [80, 60 + this.covered(), 60, 60];
  }

  /** What is seen and not covered. */
  private freeBox(): Box {
    const view = this.map.getView();
    const [west = 0, south = 0, east = 0, north = 0] = view.calculateExtent(this.map.getSize());
    const [top, right, bottom, left] = this.padding().map((px) => (px / 2) * (view.getResolution() ?? 1)) as [
      number,
      number,
      number,
      number,
    ];
    return [west + left, south + bottom, east - right, north - top];
  }
}

function animationMs(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;
}

/** Maps on paper. */

import type { Extent } from "ol/extent";
import type OlMap from "ol/Map";

/**
 * A map is a picture of the screen's size: for paper it is drawn anew as wide as an A4 page, and then put back. Without
 * an extent the paper shows what the screen shows.
 */
export function forPaper(
  map: OlMap,
  target: HTMLElement,
  { width = "180mm", height = "100mm", extent }: { width?: string; height?: string; extent?: Extent } = {},
): void {
  const view = map.getView();
  let before: { center: number[] | undefined; zoom: number | undefined } = {
    center: undefined,
    zoom: undefined,
  };
  const draw = (wide: string, high: string): void => {
    // The least height is one for screens; it still holds while the map is drawn.
    Object.assign(target.style, { width: wide, height: high, minHeight: high && "0" });
    map.updateSize();
  };
  addEventListener("beforeprint", () => {
    before = { center: view.getCenter(), zoom: view.getZoom() };
    const seen = extent ?? view.calculateExtent(map.getSize());
    draw(width, height);
    const padding = extent ? [32, 32, 32, 32] : [0, 0, 0, 0];
    view.fit(seen, extent ? { padding, maxZoom: Math.min(17, before.zoom ?? 17) } : { padding });
    map.renderSync();
  });
  addEventListener("afterprint", () => {
    draw("", "");
    view.setCenter(before.center);
    if (before.zoom !== undefined) view.setZoom(before.zoom);
  });
}

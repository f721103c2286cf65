/** The pairs of a page of the list on a small map; each opens its own page. */

import { boundingExtent } from "ol/extent";
import Feature from "ol/Feature";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import RegularShape from "ol/style/RegularShape";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import { createBaseMap } from "../map/base";
import { tileLayer, tileSource } from "../map/layers";
import { limitStyle } from "../map/style";

export interface PairPoint {
  readonly id: number;
  readonly lon: number;
  readonly lat: number;
  readonly held: string;
}

const EDGE = new Stroke({ color: "#ffffff", width: 2 });
// The same work is a diamond, everything else a dot: told by shape and not by colour alone.
const SAME = new Style({
  image: new RegularShape({
    points: 4,
    radius: 10,
    fill: new Fill({ color: "#8A5200" }),
    stroke: EDGE,
  }),
  zIndex: 2,
});
const OTHER = new Style({
  image: new Circle({ radius: 6, fill: new Fill({ color: "#2F4B9C" }), stroke: EDGE }),
});
const LIMITS = { provinces: 0, amphoes: 8.5 } as const;

/** Draw the points on `target` and show all of them. */
export async function showPairs(target: HTMLElement, pairs: readonly PairPoint[]): Promise<void> {
  const places = pairs.map(({ lon, lat }) => fromLonLat([lon, lat]));
  const source = new VectorSource({
    features: pairs.map(({ id, held }, at) => {
      const feature = new Feature({ geometry: new Point(places[at] ?? [0, 0]), held });
      feature.setId(id);
      return feature;
    }),
  });
  const map = await createBaseMap(target, {
    keyboardTarget: target,
    onFocusOnly: true,
    layers: [
      ...(Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) =>
        tileLayer(tileSource(name, {}, 14), {
          style: (feature, resolution) => limitStyle(feature, resolution, name, () => true),
          zIndex: 5,
          minViewZoom: LIMITS[name],
        }),
      ),
      new VectorLayer({
        source,
        zIndex: 8,
        style: (feature) => (feature.get("held") === "same_work" ? SAME : OTHER),
      }),
    ],
  });
  // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
  map.getView().fit(boundingExtent(places), { padding: [24, 24, 24, 24], maxZoom: 14 });
  const hit = (pixel: number[]): number | undefined =>
    map.forEachFeatureAtPixel(
      pixel,
      (feature) => (typeof feature.getId() === "number" ? Number(feature.getId()) : undefined),
      { hitTolerance: 6 },
    );
  map.on("singleclick", ({ pixel }) => {
    const id = hit(pixel);
    if (id !== undefined) location.assign(`/duplicates/${id}`);
  });
  map.on("pointermove", ({ pixel, dragging }) => {
    if (!dragging) target.style.cursor = hit(pixel) === undefined ? "" : "pointer";
  });
}

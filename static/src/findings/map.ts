/** The chosen finding on the map: what is stored, what is offered, and where it looks wrong. */

import { createEmpty, extend, getSize } from "ol/extent";
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import Point from "ol/geom/Point";
import type BaseLayer from "ol/layer/Base";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import { createBaseMap, motion } from "../map/base";
import { tileLayer, tileSource } from "../map/layers";
import { WARNING_SIGN } from "../map/signs";
import { limitStyle } from "../map/style";
import type { Finding } from "./state";

type Role = "stored" | "offered";

/** Farther than this (map units, about metres) from each other, two shapes are dots in one view. */
const FAR_APART = 30_000;
const COLOUR: Readonly<Record<Role, string>> = { stored: "#B3261E", offered: "#1B6B45" };

function styleOf(role: Role): Style[] {
  const colour = COLOUR[role];
  return [
    new Style({ stroke: new Stroke({ color: "#ffffff", width: 6.4 }) }),
    new Style({
      stroke: new Stroke({ color: colour, width: 3.4, ...(role === "stored" ? { lineDash: [3, 6] } : {}) }),
      fill: new Fill({ color: `${colour}26` }),
      image: new Circle({
        radius: 7,
        fill: new Fill({ color: colour }),
        stroke: new Stroke({ color: "#ffffff", width: 2 }),
      }),
    }),
  ];
}

const LIMITS = { provinces: 0, amphoes: 8.5, tambons: 11 } as const;

/** Limits of areas from where they are readable, each line drawn by the highest level. */
export function limits(): BaseLayer[] {
  return (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) =>
    tileLayer(tileSource(name, {}, 14), {
      style: (feature, resolution) => limitStyle(feature, resolution, name, () => true),
      zIndex: 5,
      minViewZoom: LIMITS[name],
    }),
  );
}

export class FindingMap {
  private readonly source = new VectorSource<Feature<Geometry>>();
  private readonly signs = new VectorSource<Feature<Point>>();
  private map: OlMap | null = null;

  async start(target: HTMLElement, picked: (key: string) => void): Promise<void> {
    const shapes = new VectorLayer({
      source: this.source,
      zIndex: 10,
      style: (feature) => styleOf(feature.get("role") as Role),
    });
    const signs = new VectorLayer({
      source: this.signs,
      zIndex: 12,
      style: new Style({ image: WARNING_SIGN }),
    });
    this.map = await createBaseMap(target, { layers: [...limits(), shapes, signs], keyboardTarget: target });
    this.map.on("singleclick", ({ pixel }) => {
      const hit = this.map?.forEachFeatureAtPixel(pixel, (feature) => feature, { hitTolerance: 8 });
      const key = hit?.get("key") as string | undefined;
      if (key) picked(key);
    });
    if (!this.signs.isEmpty()) this.fit();
  }

  /** A sign for every finding of the list. */
  list(findings: readonly Finding[], keyOf: (finding: Finding) => string): void {
    this.signs.clear(true);
    this.signs.addFeatures(
      findings.map((one) => {
        const sign = new Feature(new Point(fromLonLat([one.lon, one.lat])));
        sign.set("key", keyOf(one));
        return sign;
      }),
    );
    if (this.source.isEmpty()) this.fit();
  }

  /** What is stored (GeoJSON or nothing) and the offer that is looked at. */
  show(stored: unknown, offered: unknown): void {
    this.source.clear(true);
    for (const [role, given] of [
      ["stored", stored],
      ["offered", offered],
    ] as const) {
      if (!given) continue;
      const geometry = new GeoJSON().readGeometry(given, { featureProjection: "EPSG:3857" });
      const feature = new Feature(geometry);
      feature.set("role", role);
      this.source.addFeature(feature);
    }
    this.fit();
  }

  /** What is offered, with what is stored where both are to be seen in one view; else all signs. */
  private fit(): void {
    const extentOf = (features: Feature<Geometry>[]): number[] => {
      const extent = createEmpty();
      for (const feature of features) extend(extent, feature.getGeometry()?.getExtent() ?? extent);
      return extent;
    };
    const all = this.source.isEmpty() ? this.signs.getFeatures() : this.source.getFeatures();
    if (all.length === 0) return;
    const offered = this.source.getFeatures().filter((feature) => feature.get("role") === "offered");
    const apart = offered.length > 0 && Math.max(...getSize(extentOf(all))) > FAR_APART;
    const view = this.map?.getView();
    const options = { padding: [48, 48, 48, 48], maxZoom: 17, duration: motion() };
    // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
    view?.fit(extentOf(apart ? offered : all), options);
  }
}

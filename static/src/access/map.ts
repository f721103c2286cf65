/** The map of access: areas as circles, villages as dots and triangles, water points, chosen works. */

import { createEmpty, extend, isEmpty } from "ol/extent";
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
import RegularShape from "ol/style/RegularShape";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import { createBaseMap, motion } from "../map/base";
import { tileLayer, tileSource } from "../map/layers";
import { forPaper } from "../map/paper";
import { limitStyle } from "../map/style";
import { captionOf, type MapData, radiusOf } from "./model";

const LIMITS = { provinces: 0, amphoes: 8.5, tambons: 11 } as const;
const FONT = "600 13px Sarabun";
/** Metres of a pixel from which villages are drawn under their area's circle no more, but instead of it. */
const VILLAGES_BELOW_M = 120;

const WITH = new Style({
  image: new Circle({
    radius: 3.5,
    fill: new Fill({ color: "#FFFFFF" }),
    stroke: new Stroke({ color: "#1B6B45", width: 2 }),
  }),
});
const WITHOUT = new Style({
  image: new RegularShape({
    points: 3,
    radius: 7,
    fill: new Fill({ color: "#B3261E" }),
    stroke: new Stroke({ color: "#FFFFFF", width: 1 }),
  }),
  zIndex: 2,
});
const WORKING = new Style({
  image: new RegularShape({
    points: 4,
    radius: 5.5,
    angle: Math.PI / 4,
    fill: new Fill({ color: "#0B5F8E" }),
    stroke: new Stroke({ color: "#FFFFFF", width: 1.4 }),
  }),
  zIndex: 3,
});
const BROKEN = new Style({
  image: new RegularShape({
    points: 4,
    radius: 5.5,
    radius2: 0,
    angle: Math.PI / 4,
    stroke: new Stroke({ color: "#8A5200", width: 3 }),
  }),
  zIndex: 3,
});

function limits(): BaseLayer[] {
  return (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) =>
    tileLayer(tileSource(name, {}, 14), {
      style: (feature, resolution) => limitStyle(feature, resolution, name, () => true),
      zIndex: 5,
      minViewZoom: LIMITS[name],
    }),
  );
}

function at(lon: number, lat: number, properties: Record<string, unknown>): Feature<Geometry> {
  return new Feature<Geometry>({ geometry: new Point(fromLonLat([lon, lat])), ...properties });
}

function text(words: string, offsetY: number): Text {
  return new Text({
    text: words,
    font: FONT,
    offsetY,
    fill: new Fill({ color: "#1A2130" }),
    stroke: new Stroke({ color: "rgba(255,255,255,0.9)", width: 3 }),
  });
}

function circleStyle(feature: Feature<Geometry>, most: number, count: number): Style {
  const radius = radiusOf(Number(feature.get("without")), most, count);
  return new Style({
    image: new Circle({
      radius,
      fill: new Fill({ color: "rgba(59,140,165,0.55)" }),
      stroke: new Stroke({ color: "#1B2D63", width: 1 }),
    }),
    zIndex: -radius,
  });
}

/** A name that would cover another is left out; the larger circle keeps its own. */
function nameStyle(feature: Feature<Geometry>, most: number, count: number): Style {
  const radius = radiusOf(Number(feature.get("without")), most, count);
  return new Style({ text: text(String(feature.get("name")), radius + 10), zIndex: radius });
}

function workStyle(feature: Feature<Geometry>): Style[] {
  const isPoint = feature.getGeometry()?.getType() === "Point";
  const colour = feature.get("act") === "rehabilitate" ? "#8A5200" : "#2F4B9C";
  const number = text(String(feature.get("rank")), isPoint ? 0 : -12);
  if (!isPoint) {
    return [
      new Style({ stroke: new Stroke({ color: "#FFFFFF", width: 7 }) }),
      new Style({
        stroke: new Stroke({ color: colour, width: 4 }),
        fill: new Fill({ color: `${colour}33` }),
        text: number,
      }),
    ];
  }
  number.setFill(new Fill({ color: "#FFFFFF" }));
  number.setStroke(new Stroke({ color: colour, width: 2 }));
  return [
    new Style({
      image: new Circle({
        radius: 11,
        fill: new Fill({ color: colour }),
        stroke: new Stroke({ color: "#FFFFFF", width: 2 }),
      }),
      text: number,
      zIndex: 9,
    }),
  ];
}

export class AccessMap {
  private readonly areas = new VectorSource<Feature<Geometry>>();
  private readonly villages = new VectorSource<Feature<Geometry>>();
  private readonly works = new VectorSource<Feature<Geometry>>();
  private map: OlMap | null = null;
  private said: (words: string) => void = () => {};

  /** Draw `data` on `target`; `said` gets the words of what is pointed at. */
  async start(target: HTMLElement, data: MapData, said: (words: string) => void): Promise<void> {
    this.said = said;
    const most = Math.max(1, ...data.areas.map((area) => area.without));
    for (const area of data.areas) this.areas.addFeature(at(area.lon, area.lat, { ...area, is: "area" }));
    for (const one of data.villages)
      this.villages.addFeature(at(one.lon, one.lat, { ...one, is: "village" }));
    for (const one of data.points) this.villages.addFeature(at(one.lon, one.lat, { ...one, is: "point" }));
    const format = new GeoJSON({ featureProjection: "EPSG:3857" });
    for (const { geometry, ...work } of data.works) {
      this.works.addFeature(
        new Feature<Geometry>({ geometry: format.readGeometry(geometry), ...work, is: "work" }),
      );
    }
    const crowded = data.villages.length > 400 && data.areas.length > 0;
    const ofAreas = (style: typeof circleStyle, zIndex: number, declutter: boolean) =>
      new VectorLayer({
        source: this.areas,
        zIndex,
        declutter,
        style: (feature) => style(feature as Feature<Geometry>, most, data.areas.length),
        ...(data.villages.length ? { minResolution: VILLAGES_BELOW_M } : {}),
      });
    const layers = [
      ofAreas(circleStyle, 10, false),
      ofAreas(nameStyle, 13, true),
      new VectorLayer({
        source: this.villages,
        zIndex: 11,
        ...(crowded ? { maxResolution: VILLAGES_BELOW_M } : {}),
        style: (feature) => {
          if (feature.get("is") === "point") return feature.get("working") ? WORKING : BROKEN;
          return feature.get("has") ? WITH : WITHOUT;
        },
      }),
      new VectorLayer({
        source: this.works,
        zIndex: 12,
        style: (feature) => workStyle(feature as Feature<Geometry>),
      }),
    ];
    const map = await createBaseMap(target, {
      layers: [...limits(), ...layers],
      keyboardTarget: target,
      onFocusOnly: true,
    });
    this.map = map;
    map.on("singleclick", ({ pixel }) => {
      const hit = map.forEachFeatureAtPixel(pixel, (feature) => feature, {
        hitTolerance: 6,
        layerFilter: (layer) => layers.includes(layer as (typeof layers)[number]),
      });
      if (hit?.get("is") === "area") location.assign(String(hit.get("href")));
      else if (hit) said(captionOf(hit.getProperties()));
    });
    this.fit();
    forPaper(map, target, { height: "78mm" });
  }

  /** Go to a village or a work by its code. */
  show(code: string): void {
    const feature = [this.villages, this.works]
      .flatMap((source) => source.getFeatures())
      .find((one) => one.get("code") === code || String(one.get("rank")) === code);
    const extent = feature?.getGeometry()?.getExtent();
    if (!feature || !extent) return;
    this.map?.getTargetElement().scrollIntoView({ block: "nearest" });
    this.map?.getView().fit(extent, { maxZoom: 14, padding: [40, 40, 40, 40], duration: motion() });
    this.said(captionOf(feature.getProperties()));
  }

  private fit(): void {
    const all = createEmpty();
    for (const source of [this.areas, this.villages, this.works]) {
      const extent = source.getExtent();
      if (extent && !isEmpty(extent)) extend(all, extent);
    }
    if (!isEmpty(all)) this.map?.getView().fit(all, { padding: [48, 48, 48, 48], maxZoom: 13 });
  }
}

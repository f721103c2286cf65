/** The project that is looked at: its shape with numbered vertices, its neighbours in the list, and the comments. */

import { createEmpty, extend, isEmpty } from "ol/extent";
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { fromLonLat, toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import { limits } from "../findings/map";
import { createBaseMap, motion } from "../map/base";
import type { CommentPlace, ReviewComment, Waiting } from "./state";

/** More vertices than this are not numbered: the numbers would lie over each other. */
const MOST_NUMBERED = 60;

interface Segments {
  readonly version: number;
  readonly geometry: unknown;
}

const READ = { featureProjection: "EPSG:3857" } as const;

function lineStyle(colour: string, width: number): Style[] {
  const image = new Circle({
    radius: width + 3,
    fill: new Fill({ color: colour }),
    stroke: new Stroke({ color: "#ffffff", width: 2 }),
  });
  return [
    new Style({ stroke: new Stroke({ color: "#ffffff", width: width + 3 }) }),
    new Style({
      stroke: new Stroke({ color: colour, width }),
      fill: new Fill({ color: `${colour}26` }),
      image,
    }),
  ];
}

const OTHERS = lineStyle("#7F889C", 2);
const CHOSEN = lineStyle("#2F4B9C", 4);

function numbered(words: string, colour: string, radius: number): Style {
  return new Style({
    image: new Circle({
      radius,
      fill: new Fill({ color: colour }),
      stroke: new Stroke({ color: "#2F4B9C", width: 1.5 }),
    }),
    text: new Text({
      text: words,
      font: "600 11px Sarabun, sans-serif",
      fill: new Fill({ color: colour === "#ffffff" ? "#1C2333" : "#ffffff" }),
    }),
  });
}

export class ReviewMap {
  private readonly others = new VectorSource<Feature<Geometry>>();
  private readonly shape = new VectorSource<Feature<Geometry>>();
  private readonly vertices = new VectorSource<Feature<Point>>();
  private readonly comments = new VectorSource<Feature<Point>>();
  private map: OlMap | null = null;

  async start(
    target: HTMLElement,
    picked: (project: string) => void,
    placed: (at: CommentPlace) => void,
  ): Promise<void> {
    const layer = (source: VectorSource<Feature<Geometry>>, zIndex: number, style?: Style[]): VectorLayer =>
      new VectorLayer({
        source,
        zIndex,
        ...(style ? { style } : { style: (one) => one.get("look") as Style }),
      });
    const layers = [
      ...limits(),
      layer(this.others, 8, OTHERS),
      layer(this.shape, 10, CHOSEN),
      layer(this.vertices, 12),
      layer(this.comments, 14),
    ];
    this.map = await createBaseMap(target, { layers, keyboardTarget: target });
    this.map.on("singleclick", ({ pixel, coordinate }) => {
      const hit = this.map?.forEachFeatureAtPixel(pixel, (feature) => feature, { hitTolerance: 8 });
      const place = hit?.get("place") as CommentPlace | undefined;
      const project = hit?.get("project") as string | undefined;
      if (place) placed(place);
      else if (project) picked(project);
      else {
        const [lon = 0, lat = 0] = toLonLat(coordinate);
        placed({ lon: Number(lon.toFixed(7)), lat: Number(lat.toFixed(7)) });
      }
    });
  }

  /** Shapes of the list, to be seen beside the one that is looked at. */
  list(items: readonly Waiting[]): void {
    this.others.clear(true);
    for (const one of items) {
      if (!one.shape) continue;
      const feature = new Feature(new GeoJSON().readGeometry(one.shape, READ));
      feature.set("project", one.project);
      this.others.addFeature(feature);
    }
    this.goTo(this.others, 13);
  }

  show(stored: Segments | null): void {
    this.shape.clear(true);
    this.vertices.clear(true);
    if (!stored?.geometry) return;
    for (const [segment, part] of partsOf(stored.geometry).entries()) {
      this.shape.addFeature(new Feature(new GeoJSON().readGeometry(part, READ)));
      const positions = positionsOf(part);
      const plain = positions.length > MOST_NUMBERED;
      for (const [index, [lon = 0, lat = 0]] of positions.entries()) {
        const sign = new Feature(new Point(fromLonLat([lon, lat])));
        const place = { lon, lat, segment: segment + 1, vertex: index + 1, version: stored.version };
        sign.set("place", place);
        sign.set("look", numbered(plain ? "" : String(index + 1), "#ffffff", plain ? 4 : 9));
        this.vertices.addFeature(sign);
      }
    }
    this.goTo(this.shape, 18);
  }

  private goTo(source: VectorSource<Feature<Geometry>>, maxZoom: number): void {
    const extent = createEmpty();
    for (const one of source.getFeatures()) extend(extent, one.getGeometry()?.getExtent() ?? extent);
    const view = this.map?.getView();
    const options = { padding: [40, 40, 40, 40], maxZoom, duration: motion() };
    if (!isEmpty(extent)) view?.fit(extent, options);
  }

  showComments(items: readonly ReviewComment[], pending: CommentPlace | null): void {
    this.comments.clear(true);
    for (const one of items) if (one.place && one.open) this.addSign(one.place, "!", "#B3261E");
    if (pending) this.addSign(pending, "+", "#8A5200");
  }

  private addSign(place: CommentPlace, words: string, colour: string): void {
    const sign = new Feature(new Point(fromLonLat([place.lon, place.lat])));
    sign.set("place", place);
    sign.set("look", numbered(words, colour, 10));
    this.comments.addFeature(sign);
  }
}

type Json = { readonly type: string; readonly coordinates?: unknown; readonly geometries?: readonly Json[] };

/** Segments of a geometry: the members of a collection or of a multi-geometry, else itself. */
export function partsOf(geometry: unknown): Json[] {
  const given = geometry as Json;
  if (given.geometries) return [...given.geometries];
  if (!given.type.startsWith("Multi")) return [given];
  const type = given.type.replace("Multi", "");
  return (given.coordinates as unknown[]).map((coordinates) => ({ type, coordinates }));
}

/** Vertices of a segment as they are numbered on the workbench: a ring does not say its first one twice. */
export function positionsOf(part: Json): number[][] {
  if (part.type === "Point") return [part.coordinates as number[]];
  if (part.type === "LineString") return part.coordinates as number[][];
  return ((part.coordinates as number[][][])[0] ?? []).slice(0, -1);
}

/** A map of places filled with the colours of a table: names and values where they fit, one place chosen, one under the hand. */

import { defaults as defaultControls } from "ol/control/defaults";
import type Feature from "ol/Feature";
import type { FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import { Point } from "ol/geom";
import type MultiPolygon from "ol/geom/MultiPolygon";
import VectorLayer from "ol/layer/Vector";
import VectorImageLayer from "ol/layer/VectorImage";
import OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style, Text } from "ol/style";
import View from "ol/View";
import { api } from "../api/client";
import { translator } from "../i18n";
import { h } from "../panels/dom";
import { icon } from "../shell/icons";
import { motion } from "./base";
import { hatch } from "./hatch";
import { installHook } from "./hook";
import { INK, inkOn } from "./ink";
import { forPaper } from "./paper";
import "ol/ol.css";
import "../styles/map.css";

export type Shape = Feature<MultiPolygon>;

/** What is written on a place; `colour` is the fill that the ink has to be read on, `null` = hatched. */
export interface Label {
  readonly name: string;
  readonly text: string;
  readonly colour: string | null;
}

const t = translator({
  zoom: ["ย่อ ขยาย", "Zoom"],
  zoom_in: ["ขยาย", "Zoom in"],
  zoom_out: ["ย่อ", "Zoom out"],
  whole: ["ทั้งพื้นที่", "Whole area"],
} as const);

const FONT = "600 13px Sarabun, sans-serif";
const PALE = new Set(["#FFFFFF", "#F3F3F1"]);

export async function outlines(address: string): Promise<Shape[]> {
  return new GeoJSON().readFeatures(await api.get<object>(address), {
    dataProjection: "EPSG:4326",
    featureProjection: "EPSG:3857",
  }) as Shape[];
}

/** Borders as wide as places of so many pixels can bear: thousands of small ones would be nothing but border. */
export function borderWidth(pixels: number): number {
  return pixels > 40 ? 1.2 : pixels > 16 ? 0.6 : 0;
}

function medianSpan(shapes: readonly Shape[]): number {
  const spans = shapes.map((shape) => {
    const [west = 0, , east = 0] = shape.getGeometry()?.getExtent() ?? [];
    return east - west;
  });
  return spans.sort((a, b) => a - b)[Math.floor(spans.length / 2)] ?? 0;
}

export abstract class Choropleth {
  protected readonly source = new VectorSource<Shape>();
  /** The chosen and the hovered place: few, so that pointing at a place never draws all the others again. */
  private readonly pointed = new VectorSource<Shape>();
  private readonly hatch = hatch();
  private readonly fills = new Map<string, Style>();
  private readonly shapes = new Map<string, Shape>();
  private readonly names: VectorLayer<VectorSource<Shape>>;
  protected readonly map: OlMap;
  protected selected: string | null = null;
  private hovered: string | null = null;
  /** Width of the place in the middle, in map units. */
  private span = 0;

  protected constructor(
    protected readonly target: HTMLElement,
    private readonly name: string,
  ) {
    this.map = new OlMap({
      target,
      controls: defaultControls({ zoom: false, rotate: false, attribution: false }),
      view: new View({ center: fromLonLat([101, 13.2]), zoom: 5.8, maxZoom: 17, enableRotation: false }),
      keyboardEventTarget: target,
    });
    this.names = this.layer("names", (feature, resolution) => this.written(feature, resolution, false), true);
  }

  /** Name and value of a place; `null` = none. */
  protected abstract label(code: string): Label | null;

  /** Layers from below: fills and whatever lies on them, then names, then the place pointed at. */
  protected build(
    below: readonly (VectorLayer | VectorImageLayer)[],
    select: (code: string | null) => void,
  ): void {
    for (const layer of below) this.map.addLayer(layer);
    this.map.addLayer(this.names);
    this.map.addLayer(
      new VectorLayer({
        source: this.pointed,
        properties: { name: `${this.name}-pointed` },
        style: (feature, resolution) => [
          ...this.ring(String(feature.get("code"))),
          ...this.written(feature, resolution, true),
        ],
      }),
    );
    this.target.append(this.buttons());
    this.map.on("click", (event) => select(this.codeAt(event.pixel)));
    this.map.on("pointermove", (event) => {
      if (event.dragging) return;
      const code = this.codeAt(event.pixel);
      if (code === this.hovered) return;
      this.hovered = code;
      this.target.style.cursor = code === null ? "" : "pointer";
      this.point();
    });
    new ResizeObserver(() => this.map.updateSize()).observe(this.target);
    installHook(this.map);
    forPaper(this.map, this.target);
  }

  /** The places, filled; drawn once into a picture that moves with the hand when there are very many. */
  protected filled(
    name: string,
    colour: (code: string) => string | null,
    many = false,
  ): VectorLayer<VectorSource<Shape>> | VectorImageLayer<VectorSource<Shape>> {
    const style = (feature: FeatureLike, resolution: number): Style =>
      this.fill(colour(String(feature.get("code"))), borderWidth(this.span / resolution));
    const options = { source: this.source, style, properties: { name } };
    return many ? new VectorImageLayer({ ...options, imageRatio: 1.5 }) : new VectorLayer(options);
  }

  protected layer(
    name: string,
    style: (feature: FeatureLike, resolution: number) => Style[],
    declutter = false,
  ): VectorLayer<VectorSource<Shape>> {
    const properties = { name: `${this.name}-${name}` };
    return new VectorLayer({ source: this.source, style, declutter, properties });
  }

  protected place(shapes: readonly Shape[]): void {
    this.source.clear();
    this.source.addFeatures([...shapes]);
    this.shapes.clear();
    for (const shape of shapes) this.shapes.set(String(shape.get("code")), shape);
    this.span = medianSpan(shapes);
    this.fit();
    this.point();
  }

  select(code: string | null): void {
    this.selected = code;
    this.point();
  }

  /** The whole area in the free part of the map: beside the legend, above the card. */
  fit(): void {
    if (this.source.isEmpty()) return;
    this.map.updateSize();
    const wide = this.target.clientWidth > 600;
    this.map.getView().fit(this.source.getExtent() as number[], {
      padding: wide ? [16, 24, 36, 280] : [12, 12, 12, 12],
      maxZoom: 14,
    });
  }

  protected redraw(): void {
    for (const layer of this.map.getAllLayers()) layer.changed();
  }

  protected codeAt(pixel: number[], layer = this.name, hitTolerance = 0): string | null {
    return (
      this.map.forEachFeatureAtPixel(pixel, (feature) => String(feature.get("code")), {
        layerFilter: (one) => one.get("name") === layer,
        hitTolerance,
      }) ?? null
    );
  }

  private point(): void {
    const codes = new Set([this.hovered, this.selected]);
    this.pointed.clear();
    for (const code of codes) {
      const shape = code === null ? undefined : this.shapes.get(code);
      if (shape) this.pointed.addFeature(shape);
    }
    this.pointed.changed();
  }

  private fill(colour: string | null, width: number): Style {
    const key = `${colour} ${width}`;
    let style = this.fills.get(key);
    if (!style) {
      const fill = colour ?? this.hatch;
      const line = PALE.has(String(colour)) ? "#D5D9E2" : "#FFFFFF";
      style = new Style({
        fill: new Fill({ color: fill }),
        // Without a border the fill closes the hair between two places.
        stroke: new Stroke(width > 0 ? { color: line, width } : { color: fill, width: 0.5 }),
      });
      this.fills.set(key, style);
    }
    return style;
  }

  private ring(code: string): Style[] {
    const chosen = code === this.selected;
    return [
      new Style({ stroke: new Stroke({ color: "#FFFFFF", width: chosen ? 6 : 5 }) }),
      new Style({ stroke: new Stroke({ color: chosen ? INK : "#2F4B9C", width: chosen ? 2.6 : 3 }) }),
    ];
  }

  /** Name and value, where they fit inside or the place is pointed at. */
  private written(feature: FeatureLike, resolution: number, always: boolean): Style[] {
    const [lon, lat] = (feature.get("label") as [number, number] | undefined) ?? [];
    if (lon === undefined || lat === undefined) return [];
    const [west = 0, south = 0, east = 0, north = 0] = feature.getGeometry()?.getExtent() ?? [];
    // Even a name of one letter needs this much; most of thousands of places are told apart here, cheaply.
    if (!always && ((east - west) / resolution < 14 || (north - south) / resolution < 34)) return [];
    const label = this.label(String(feature.get("code")));
    if (!label || (!always && (east - west) / resolution < label.name.length * 6 + 8)) return [];
    const ink = inkOn(label.colour);
    return [
      new Style({
        geometry: new Point(fromLonLat([lon, lat])),
        text: new Text({
          text: label.text ? `${label.name}\n${label.text}` : label.name,
          font: FONT,
          fill: new Fill({ color: ink }),
          stroke: new Stroke({
            color: ink === "#FFFFFF" ? (label.colour ?? INK) : "rgba(255,255,255,0.9)",
            width: 3,
          }),
          overflow: true,
        }),
        zIndex: always ? 1e9 : 1,
      }),
    ];
  }

  private buttons(): HTMLElement {
    const view = this.map.getView();
    const step = (by: number) => () => view.animate({ zoom: (view.getZoom() ?? 6) + by, duration: motion() });
    const button = (label: string, name: "plus" | "minus" | "home", onclick: () => void) =>
      h("button", { type: "button", title: label, "aria-label": label, onclick }, icon(name));
    return h(
      "div",
      { class: "map-buttons", role: "group", "aria-label": t("zoom") },
      button(t("zoom_in"), "plus", step(1)),
      button(t("zoom_out"), "minus", step(-1)),
      button(t("whole"), "home", () => this.fit()),
    );
  }
}

/** The map of an analysis: outlines filled with the colours that the table has; two years can be wiped over each other. */

import { defaults as defaultControls } from "ol/control/defaults";
import Feature, { type FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import { Point } from "ol/geom";
import type MultiPolygon from "ol/geom/MultiPolygon";
import VectorLayer from "ol/layer/Vector";
import OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import type RenderEvent from "ol/render/Event";
import VectorSource from "ol/source/Vector";
import { Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import View from "ol/View";
import { api } from "../api/client";
import { fontsReady, motion } from "../map/base";
import { hatch } from "../map/hatch";
import { installHook } from "../map/hook";
import { h } from "../panels/dom";
import { icon } from "../shell/icons";
import { type Analysis, inkOn, type Place, sides } from "./model";
import { t } from "./texts";
import "ol/ol.css";
import "../styles/map.css";

type Shape = Feature<MultiPolygon>;

const FONT = "600 13px Sarabun, sans-serif";

export class AllocationMap {
  private readonly source = new VectorSource<Shape>();
  private readonly points = new VectorSource<Feature<Point>>();
  private readonly hatch = hatch();
  private readonly rows: ReadonlyMap<string, Place>;
  private readonly later: VectorLayer<VectorSource<Shape>>;
  private readonly first: VectorLayer<VectorSource<Shape>>;
  private selected: string | null = null;
  private hovered: string | null = null;
  /** Share of the map that shows the earlier year; `null` = not wiped. */
  private wiped: number | null = null;

  private constructor(
    private readonly map: OlMap,
    private readonly target: HTMLElement,
    private readonly data: Analysis,
  ) {
    this.rows = new Map(data.rows.map((row) => [row.code, row]));
    this.first = this.layer("allocation", (row) => (this.wiped === null ? row.colour : sides(row)[0]));
    this.later = this.layer("allocation-later", (row) => sides(row)[1]);
    this.later.setVisible(false);
  }

  static async create(
    target: HTMLElement,
    data: Analysis,
    select: (code: string | null) => void,
  ): Promise<AllocationMap> {
    await fontsReady();
    const map = new OlMap({
      target,
      controls: defaultControls({ zoom: false, rotate: false, attribution: false }),
      view: new View({ center: fromLonLat([101, 13.2]), zoom: 5.8, maxZoom: 17, enableRotation: false }),
      keyboardEventTarget: target,
    });
    const made = new AllocationMap(map, target, data);
    made.build(select);
    await made.load();
    return made;
  }

  select(code: string | null): void {
    this.selected = code;
    this.redraw();
  }

  /** Wipe at a share of the width from the left, or stop wiping. */
  wipe(share: number | null): void {
    this.wiped = share;
    this.later.setVisible(share !== null);
    this.redraw();
  }

  private layer(name: string, colour: (row: Place) => string | null): VectorLayer<VectorSource<Shape>> {
    const styles = new Map<string, Style>();
    return new VectorLayer({
      source: this.source,
      properties: { name },
      style: (feature) => {
        const row = this.row(feature);
        const fill = row ? colour(row) : null;
        const key = String(fill);
        let style = styles.get(key);
        if (!style) {
          const pale = fill === "#FFFFFF" || fill === "#F3F3F1";
          style = new Style({
            fill: new Fill({ color: this.data.view === "costs" ? "#EEF0E4" : (fill ?? this.hatch) }),
            stroke: new Stroke({ color: pale ? "#D5D9E2" : "#FFFFFF", width: 1.2 }),
          });
          styles.set(key, style);
        }
        return style;
      },
    });
  }

  private build(select: (code: string | null) => void): void {
    this.map.addLayer(this.first);
    this.map.addLayer(this.later);
    this.clipLater();
    this.map.addLayer(
      new VectorLayer({
        source: this.source,
        declutter: true,
        properties: { name: "allocation-names" },
        style: (feature, resolution) => this.over(feature, resolution),
      }),
    );
    this.map.addLayer(
      new VectorLayer({
        source: this.points,
        properties: { name: "allocation-works" },
        style: (feature) => this.mark(feature),
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
      this.redraw();
    });
    new ResizeObserver(() => this.map.updateSize()).observe(this.target);
    installHook(this.map);
  }

  private clipLater(): void {
    this.later.on("prerender", (event: RenderEvent) => {
      const pen = event.context as CanvasRenderingContext2D | undefined;
      if (!pen || this.wiped === null) return;
      const left = pen.canvas.width * this.wiped;
      pen.save();
      pen.beginPath();
      pen.rect(left, 0, pen.canvas.width - left, pen.canvas.height);
      pen.clip();
    });
    this.later.on("postrender", (event: RenderEvent) => {
      const pen = event.context as CanvasRenderingContext2D | undefined;
      if (!pen || this.wiped === null) return;
      pen.restore();
      const left = pen.canvas.width * this.wiped;
      pen.fillStyle = "#1A2130";
      pen.fillRect(left - 1.5, 0, 3, pen.canvas.height);
    });
  }

  private async load(): Promise<void> {
    const answer = await api.get<object>(this.data.shapes);
    this.source.addFeatures(
      new GeoJSON().readFeatures(answer, {
        dataProjection: "EPSG:4326",
        featureProjection: "EPSG:3857",
      }) as Shape[],
    );
    for (const one of this.data.points) {
      this.points.addFeature(
        new Feature({
          geometry: new Point(fromLonLat([one.lon, one.lat])),
          code: one.code,
          state: one.state,
        }),
      );
    }
    this.fit();
  }

  /** The whole area in the free part of the map: beside the legend. */
  fit(): void {
    if (this.source.isEmpty()) return;
    this.map.updateSize();
    const wide = this.target.clientWidth > 600;
    this.map.getView().fit(this.source.getExtent() as number[], {
      padding: wide ? [16, 24, 36, 280] : [12, 12, 12, 12],
      maxZoom: 14,
    });
  }

  private codeAt(pixel: number[]): string | null {
    const at = (name: string): string | null =>
      this.map.forEachFeatureAtPixel(pixel, (feature) => String(feature.get("code")), {
        layerFilter: (layer) => layer.get("name") === name,
        hitTolerance: name === "allocation-works" ? 6 : 0,
      }) ?? null;
    return at("allocation-works") ?? (this.data.view === "costs" ? null : at("allocation"));
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

  private redraw(): void {
    for (const layer of this.map.getAllLayers()) layer.changed();
  }

  private row(feature: FeatureLike): Place | undefined {
    return this.rows.get(String(feature.get("code")));
  }

  /** Outline of the chosen and the hovered place; name and value where they fit inside. */
  private over(feature: FeatureLike, resolution: number): Style[] {
    const code = String(feature.get("code"));
    const [chosen, hovered] = [code === this.selected, code === this.hovered];
    const styles: Style[] = [];
    if (chosen || hovered) {
      styles.push(
        new Style({ stroke: new Stroke({ color: "#FFFFFF", width: chosen ? 6 : 5 }) }),
        new Style({
          stroke: new Stroke({ color: chosen ? "#1A2130" : "#2F4B9C", width: chosen ? 2.6 : 3 }),
        }),
      );
    }
    const row = this.row(feature);
    const [lon, lat] = (feature.get("label") as [number, number] | undefined) ?? [];
    if (!row || lon === undefined || lat === undefined) return styles;
    const name = row.name.split(" · ")[0] ?? row.name;
    const [west = 0, south = 0, east = 0, north = 0] = feature.getGeometry()?.getExtent() ?? [];
    const roomy = (east - west) / resolution > name.length * 6 + 8 && (north - south) / resolution > 34;
    if (!roomy && !chosen && !hovered) return styles;
    const ink = inkOn(this.wiped === null ? row.colour : null);
    styles.push(
      new Style({
        geometry: new Point(fromLonLat([lon, lat])),
        text: new Text({
          text: this.wiped === null && row.label ? `${name}\n${row.label}` : name,
          font: FONT,
          fill: new Fill({ color: ink }),
          stroke: new Stroke({
            color: ink === "#FFFFFF" ? (row.colour ?? "#1A2130") : "rgba(255,255,255,0.9)",
            width: 3,
          }),
          overflow: true,
        }),
        zIndex: chosen || hovered ? 2 : 1,
      }),
    );
    return styles;
  }

  /** A work whose price stands out: triangle up = dear, down = cheap. */
  private mark(feature: FeatureLike): Style[] {
    const high = feature.get("state") === "high";
    const chosen = feature.get("code") === this.selected;
    const shape = (radius: number, fill: string, stroke: string, width: number) =>
      new Style({
        image: new RegularShape({
          points: 3,
          radius,
          rotation: high ? 0 : Math.PI,
          fill: new Fill({ color: fill }),
          stroke: new Stroke({ color: stroke, width }),
        }),
        zIndex: chosen ? 2 : 1,
      });
    const own = shape(8, high ? "#8C4A0C" : "#4A2F86", "#FFFFFF", 1.5);
    return chosen ? [shape(14, "#FFD54A", "#1A2130", 1.5), own] : [own];
  }
}

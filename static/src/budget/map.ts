/** The map: one outline per row, filled with the colour of its class from the same answer as chart and table. */

import { defaults as defaultControls } from "ol/control/defaults";
import type Feature from "ol/Feature";
import type { FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import { Point } from "ol/geom";
import type MultiPolygon from "ol/geom/MultiPolygon";
import VectorLayer from "ol/layer/Vector";
import OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style, Text } from "ol/style";
import View from "ol/View";
import { api, withQuery } from "../api/client";
import { fontsReady, motion } from "../map/base";
import { hatch } from "../map/hatch";
import { installHook } from "../map/hook";
import { h } from "../panels/dom";
import { icon } from "../shell/icons";
import { type Budget, type BudgetRow, isEmpty, type Level } from "./model";
import { colourOf, inkOn, short } from "./numbers";
import { t } from "./texts";
import "ol/ol.css";
import "../styles/map.css";

type Shape = Feature<MultiPolygon>;

const FONT = "600 13px Sarabun, sans-serif";
const BELOW: Partial<Record<Level, Level>> = { province: "amphoe", amphoe: "tambon" };
const HAND = "#1A2130";

export class BudgetMap {
  private readonly source = new VectorSource<Shape>();
  private readonly lines = new VectorSource<Shape>();
  private readonly hatch = hatch();
  private rows = new Map<string, BudgetRow>();
  private data: Budget | null = null;
  private selected: string | null = null;
  private hovered: string | null = null;
  private shown = "";
  private readonly styles = new Map<string, Style[]>();

  private constructor(
    private readonly map: OlMap,
    private readonly target: HTMLElement,
  ) {}

  static async create(
    target: HTMLElement,
    act: { select(code: string | null): void; drill(row: BudgetRow): void },
  ): Promise<BudgetMap> {
    await fontsReady();
    const map = new OlMap({
      target,
      controls: defaultControls({ zoom: false, rotate: false, attribution: false }),
      view: new View({ center: fromLonLat([101, 13.2]), zoom: 5.8, maxZoom: 16, enableRotation: false }),
      keyboardEventTarget: target,
    });
    const made = new BudgetMap(map, target);
    made.build(act);
    return made;
  }

  private build(act: { select(code: string | null): void; drill(row: BudgetRow): void }): void {
    this.map.addLayer(
      new VectorLayer({
        source: this.source,
        style: (feature) => this.fill(feature),
        properties: { name: "budget" },
      }),
    );
    this.map.addLayer(
      new VectorLayer({
        source: this.lines,
        style: new Style({ stroke: new Stroke({ color: "rgba(255,255,255,0.38)", width: 0.6 }) }),
        properties: { name: "budget-below" },
      }),
    );
    this.map.addLayer(
      new VectorLayer({
        source: this.source,
        style: (feature) => this.outline(feature),
        properties: { name: "budget-chosen" },
      }),
    );
    this.map.addLayer(
      new VectorLayer({
        source: this.source,
        declutter: true,
        style: (feature, resolution) => this.label(feature, resolution),
        properties: { name: "budget-names" },
      }),
    );
    this.target.append(this.buttons());
    this.map.on("click", (event) => act.select(this.codeAt(event.pixel)));
    this.map.on("dblclick", (event) => {
      const row = this.rows.get(this.codeAt(event.pixel) ?? "");
      if (!row?.drill) return;
      event.stopPropagation();
      act.drill(row);
    });
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

  private codeAt(pixel: number[]): string | null {
    return (
      this.map.forEachFeatureAtPixel(pixel, (feature) => String(feature.get("code")), {
        layerFilter: (layer) => layer.get("name") === "budget",
      }) ?? null
    );
  }

  private buttons(): HTMLElement {
    const view = this.map.getView();
    const step = (by: number) => () => view.animate({ zoom: (view.getZoom() ?? 6) + by, duration: motion() });
    const button = (label: string, name: "plus" | "minus" | "home", onclick: () => void) =>
      h("button", { type: "button", title: label, "aria-label": label, onclick }, icon(name));
    return h(
      "div",
      { class: "map-buttons", role: "group", "aria-label": t("zoom_in") },
      button(t("zoom_in"), "plus", step(1)),
      button(t("zoom_out"), "minus", step(-1)),
      button(t("whole"), "home", () => this.fit()),
    );
  }

  /** New figures; outlines are fetched only when they are of other places. */
  async show(data: Budget, selected: string | null): Promise<void> {
    this.data = data;
    this.selected = selected;
    this.rows = new Map(data.rows.map((row) => [row.code, row]));
    this.styles.clear();
    const wanted = `${data.level}/${data.parent ?? ""}/${document.documentElement.lang}`;
    if (wanted !== this.shown) {
      const shapes = await this.outlines(data.level, data.parent);
      this.shown = wanted;
      this.lines.clear();
      this.source.clear();
      this.source.addFeatures(shapes);
      this.fit();
      void this.loadBelow(wanted, data.level, data.parent);
    }
    this.redraw();
  }

  select(code: string | null): void {
    this.selected = code;
    this.redraw();
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

  private async outlines(level: Level, parent: string | null): Promise<Shape[]> {
    const answer = await api.get<object>(withQuery("/api/v1/budget/shapes", { level, parent }));
    return new GeoJSON().readFeatures(answer, {
      dataProjection: "EPSG:4326",
      featureProjection: "EPSG:3857",
    }) as Shape[];
  }

  /** Thin lines of the level below: where a click would lead. */
  private async loadBelow(shown: string, level: Level, parent: string | null): Promise<void> {
    const below = BELOW[level];
    if (!below || parent === null) return;
    try {
      const shapes = await this.outlines(below, parent);
      if (shown === this.shown) this.lines.addFeatures(shapes);
    } catch {
      // decoration: the map is complete without it
    }
  }

  private redraw(): void {
    for (const layer of this.map.getAllLayers()) layer.changed();
  }

  private row(feature: FeatureLike): BudgetRow | undefined {
    return this.rows.get(String(feature.get("code")));
  }

  private fill(feature: FeatureLike): Style[] {
    const row = this.row(feature);
    const colour = row && this.data ? colourOf(row, this.data.classes) : null;
    return this.cached(`fill ${colour}`, () => [
      new Style({
        fill: new Fill({ color: colour ?? this.hatch }),
        stroke: new Stroke({ color: colour === "#FFFFFF" ? "#D5D9E2" : "#FFFFFF", width: 1.4 }),
      }),
    ]);
  }

  private outline(feature: FeatureLike): Style[] {
    const code = String(feature.get("code"));
    if (code === this.selected) {
      return this.cached("selected", () => [
        new Style({ stroke: new Stroke({ color: "#FFFFFF", width: 6 }), zIndex: 1 }),
        new Style({ stroke: new Stroke({ color: HAND, width: 2.6 }), zIndex: 2 }),
      ]);
    }
    if (code !== this.hovered) return [];
    return this.cached("hovered", () => [
      new Style({ stroke: new Stroke({ color: "#FFFFFF", width: 5 }) }),
      new Style({ stroke: new Stroke({ color: "#2F4B9C", width: 3 }) }),
    ]);
  }

  /** Name and value where they fit inside; always on the chosen and the hovered place. */
  private label(feature: FeatureLike, resolution: number): Style[] {
    const row = this.row(feature);
    const [lon, lat] = (feature.get("label") as [number, number] | undefined) ?? [];
    if (!row || !this.data || lon === undefined || lat === undefined) return [];
    const wanted = row.code === this.selected || row.code === this.hovered;
    const [west = 0, south = 0, east = 0, north = 0] = feature.getGeometry()?.getExtent() ?? [];
    const width = (east - west) / resolution;
    if (!wanted && (width < row.name.length * 6 + 8 || (north - south) / resolution < 34)) return [];
    const colour = colourOf(row, this.data.classes);
    const value = row.outside || isEmpty(this.data) ? "" : `\n${short(row.value, this.data.measure)}`;
    const halo = inkOn(colour) === "#FFFFFF" ? (colour as string) : "rgba(255,255,255,0.9)";
    return [
      new Style({
        geometry: new Point(fromLonLat([lon, lat])),
        text: new Text({
          text: `${row.name}${value}`,
          font: FONT,
          fill: new Fill({ color: inkOn(colour) }),
          stroke: new Stroke({ color: halo, width: 3 }),
          overflow: true,
        }),
        zIndex: wanted ? 1e9 : (row.value ?? 0),
      }),
    ];
  }

  private cached(key: string, make: () => Style[]): Style[] {
    let found = this.styles.get(key);
    if (!found) {
      found = make();
      this.styles.set(key, found);
    }
    return found;
  }
}

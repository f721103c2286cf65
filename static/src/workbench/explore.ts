/** The map for looking: layers of projects and limits, filters, hover, a card for what was clicked. */

import type { FeatureLike } from "ol/Feature";
import type VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import type { Query } from "../api/client";
import { motion } from "../map/base";
import { namesLayer, type TileSource, tileLayer, tileSource } from "../map/layers";
import {
  clusterStyles,
  highlightStyle,
  isCluster,
  limitNameStyle,
  limitStyle,
  type ProjectLook,
  projectStyle,
} from "../map/style";
import { h } from "../panels/dom";
import { anyFilter, type FilterValues } from "./address";
import { featureCard } from "./card";

export const PROJECT_LAYERS = ["roads", "water", "untyped"] as const;
export const LIMIT_LAYERS = ["provinces", "amphoes", "tambons", "organisations"] as const;
export type LayerName = (typeof PROJECT_LAYERS)[number] | (typeof LIMIT_LAYERS)[number];

const KIND_OF = { roads: "road", water: "water", untyped: "other" } as const;
/** Last zoom of tiles that hold sums instead of projects. */
const CLUSTERS_TO = 8;
const HIT_TOLERANCE = 5;
const HIT_TOLERANCE_TOUCH = 16;
/** Views closer than this show tambons; others show what is readable. */
const LIMIT_FROM: Readonly<Record<(typeof LIMIT_LAYERS)[number], number>> = {
  provinces: 0,
  amphoes: 8.5,
  tambons: 11,
  organisations: 11,
};

export class Explore {
  readonly layers = new Map<LayerName, VectorTileLayer>();
  private readonly sources = new Map<LayerName, TileSource>();
  private readonly highlights: VectorTileLayer[] = [];
  private readonly names = new Map<LayerName, VectorTileLayer>();
  /** Far out all kinds are counted together: circles of three layers would cover each other. */
  private readonly clusters: TileSource;
  private hovered: string | null = null;
  private selected: string | null = null;
  private look: ProjectLook = {};
  private filters: FilterValues;
  /** While drawing, a click belongs to the drawing tool. */
  private paused = false;
  private readonly label = h("div", { class: "wb-tip", "aria-hidden": "true", hidden: true });
  private card: HTMLElement | null = null;

  constructor(
    readonly map: OlMap,
    filters: FilterValues,
    private readonly options: { readonly mayDraw: (organisation: string) => boolean },
  ) {
    this.filters = filters;
    for (const name of LIMIT_LAYERS) this.addLimits(name);
    for (const name of PROJECT_LAYERS) this.addProjects(name);
    this.clusters = tileSource("projects", this.clusterQuery(), CLUSTERS_TO);
    this.map.addLayer(
      tileLayer(this.clusters, {
        style: (feature) => (isCluster(feature) ? clusterStyles(Number(feature.get("count"))) : []),
        zIndex: 23,
        maxViewZoom: CLUSTERS_TO + 1.999, // at the whole number the next tiles, of 512 px, begin
      }),
    );
    map.getTargetElement().append(this.label);
    this.listen();
  }

  private addLimits(name: (typeof LIMIT_LAYERS)[number]): void {
    const source = tileSource(name, {}, 14);
    const layer = tileLayer(source, {
      style: (feature, resolution) => limitStyle(feature, resolution, name, (above) => this.drawn(above)),
      zIndex: 10,
      visible: name !== "organisations",
      minViewZoom: LIMIT_FROM[name],
    });
    this.register(name, source, layer);
    const names = namesLayer(source, (feature, resolution) => limitNameStyle(feature, resolution, name), {
      visible: name !== "organisations",
      minViewZoom: LIMIT_FROM[name],
    });
    this.names.set(name, names);
    this.map.addLayer(names);
  }

  private addProjects(name: (typeof PROJECT_LAYERS)[number]): void {
    const kind = KIND_OF[name];
    const source = tileSource(name, this.query(), 15);
    const layer = tileLayer(source, {
      style: (feature, resolution) =>
        isCluster(feature) ? [] : projectStyle(feature, resolution, kind, this.look),
      minViewZoom: CLUSTERS_TO,
      zIndex: name === "roads" ? 21 : 22,
      declutter: true,
      visible: this.shows(kind),
    });
    this.register(name, source, layer);
    const highlight = tileLayer(source, {
      style: (feature) => this.highlightOf(feature),
      minViewZoom: CLUSTERS_TO,
      zIndex: 20,
      visible: this.shows(kind),
    });
    highlight.set("name", `${name}:highlight`);
    this.highlights.push(highlight);
    this.map.addLayer(highlight);
  }

  private register(name: LayerName, source: TileSource, layer: VectorTileLayer): void {
    this.sources.set(name, source);
    this.layers.set(name, layer);
    this.map.addLayer(layer);
  }

  private drawn(name: LayerName): boolean {
    return this.layers.get(name)?.getVisible() ?? false;
  }

  private shows(kind: string): boolean {
    return this.filters.kind.length === 0 || this.filters.kind.includes(kind);
  }

  private query(): Query {
    const { fiscal_year, status, organisation } = this.filters;
    return { fiscal_year, status, organisation };
  }

  /** Only the kinds that are shown are counted. */
  private clusterQuery(): Query {
    const shown = PROJECT_LAYERS.filter((name) => this.layers.get(name)?.getVisible()).map(
      (name) => KIND_OF[name],
    );
    return { ...this.query(), ...(shown.length < PROJECT_LAYERS.length ? { kind: shown } : {}) };
  }

  private highlightOf(feature: FeatureLike): ReturnType<typeof highlightStyle> {
    const code = feature.get("code") as string | undefined;
    if (!code || (code !== this.selected && code !== this.hovered)) return [];
    if (code === this.look.hidden) return [];
    return highlightStyle(feature, code === this.selected);
  }

  setFilters(filters: FilterValues): void {
    this.filters = filters;
    for (const name of PROJECT_LAYERS) {
      this.sources.get(name)?.setQuery(this.query());
      this.setVisible(name, this.shows(KIND_OF[name]));
    }
    this.clusters.setQuery(this.clusterQuery());
    this.closeCard();
  }

  get filtered(): boolean {
    return anyFilter(this.filters);
  }

  setVisible(name: LayerName, visible: boolean): void {
    this.layers.get(name)?.setVisible(visible);
    this.names.get(name)?.setVisible(visible);
    if (this.names.has(name)) for (const limits of LIMIT_LAYERS) this.layers.get(limits)?.changed();
    for (const highlight of this.highlights) {
      if (highlight.get("name") === `${name}:highlight`) highlight.setVisible(visible);
    }
    this.clusters.setQuery(this.clusterQuery());
  }

  setLook(look: ProjectLook): void {
    this.look = look;
    for (const name of PROJECT_LAYERS) this.layers.get(name)?.changed();
    for (const highlight of this.highlights) highlight.changed();
  }

  select(code: string | null): void {
    this.selected = code;
    for (const highlight of this.highlights) highlight.changed();
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.label.hidden = true;
    this.hover(null);
    if (paused) this.closeCard();
  }

  /** Ask for the tiles of projects again: something was saved. */
  renew(): void {
    for (const name of PROJECT_LAYERS) this.sources.get(name)?.renew();
    this.clusters.renew();
  }

  closeCard(): void {
    this.card?.remove();
    this.card = null;
    if (!this.paused) this.select(null);
  }

  private hover(code: string | null): void {
    if (code === this.hovered) return;
    this.hovered = code;
    for (const highlight of this.highlights) highlight.changed();
  }

  private at(pixel: number[], touch: boolean): FeatureLike | undefined {
    return this.map.forEachFeatureAtPixel(pixel, (feature) => feature, {
      hitTolerance: touch ? HIT_TOLERANCE_TOUCH : HIT_TOLERANCE,
      layerFilter: (layer) => [...PROJECT_LAYERS, "projects"].includes(String(layer.get("name"))),
    });
  }

  private listen(): void {
    const target = this.map.getTargetElement();
    this.map.on("pointermove", (event) => {
      if (event.dragging || this.paused || (event.originalEvent as PointerEvent).pointerType === "touch")
        return;
      const feature = this.at(event.pixel, false);
      target.style.cursor = feature ? "pointer" : "";
      const name =
        feature && !isCluster(feature) ? String(feature.get("name") ?? feature.get("code") ?? "") : "";
      this.hover(name && feature ? String(feature.get("code")) : null);
      this.label.hidden = name === "";
      this.label.textContent = name;
      const [x = 0, y = 0] = event.pixel;
      this.label.style.transform = `translate(${x + 14}px, ${y + 16}px)`;
    });
    target.addEventListener("pointerleave", () => {
      this.label.hidden = true;
      this.hover(null);
    });
    this.map.on("click", (event) => {
      if (this.paused) return;
      const touch = (event.originalEvent as PointerEvent).pointerType === "touch";
      this.open(this.at(event.pixel, touch), event.coordinate, event.pixel);
    });
  }

  private open(feature: FeatureLike | undefined, coordinate: number[], pixel: number[]): void {
    this.closeCard();
    if (!feature) return;
    if (isCluster(feature)) {
      const view = this.map.getView();
      view.animate({ center: coordinate, zoom: (view.getZoom() ?? 6) + 2, duration: motion() });
      return;
    }
    this.select(String(feature.get("code")));
    this.card = featureCard(feature, {
      mayDraw: this.options.mayDraw(String(feature.get("organisation") ?? "")),
      close: () => {
        this.closeCard();
        this.map.getTargetElement().focus();
      },
    });
    this.place(this.card, pixel);
  }

  /** Beside the place that was clicked, inside the map; on a phone the style sheet puts it at the bottom. */
  private place(card: HTMLElement, pixel: number[]): void {
    const target = this.map.getTargetElement();
    target.append(card);
    const { clientWidth, clientHeight } = target;
    const left = Math.max(8, Math.min((pixel[0] as number) + 12, clientWidth - card.offsetWidth - 8));
    const top = Math.max(8, Math.min((pixel[1] as number) + 12, clientHeight - card.offsetHeight - 8));
    card.style.left = `${left}px`;
    card.style.top = `${top}px`;
    card.querySelector<HTMLElement>("a, button")?.focus({ preventScroll: true });
  }
}

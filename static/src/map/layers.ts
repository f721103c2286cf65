/** Layers as the server declares them: one list, one tile layer each. */

import MVT from "ol/format/MVT";
import VectorTileLayer from "ol/layer/VectorTile";
import RenderFeature from "ol/render/Feature";
import VectorTileSource from "ol/source/VectorTile";
import type { StyleLike } from "ol/style/Style";
import TileState from "ol/TileState";
import { createXYZ } from "ol/tilegrid";
import type VectorTile from "ol/VectorTile";
import { api, type Query, withQuery } from "../api/client";
import { sharedLimits } from "./limits";

export interface LegendEntry {
  readonly value: string;
  readonly title: string;
  readonly title_en?: string;
}

export interface LayerInfo {
  readonly name: string;
  readonly title: string;
  readonly title_en: string;
  readonly geometry_type: string;
  readonly formats: readonly string[];
  readonly minzoom: number;
  readonly maxzoom: number;
  readonly legend: readonly LegendEntry[];
  readonly attribution: string | null;
  readonly fields: readonly {
    readonly name: string;
    readonly title: string;
    readonly title_en: string;
    readonly type: string;
  }[];
}

let known: Promise<readonly LayerInfo[]> | null = null;

/** The list of layers; asked once a page, again after a failure. */
export function loadLayers(): Promise<readonly LayerInfo[]> {
  known ??= api
    .get<{ items: LayerInfo[] }>("/api/v1/layers")
    .then((answer) => answer.items)
    .catch((error: unknown) => {
      known = null;
      throw error;
    });
  return known;
}

export interface TileLayerOptions {
  readonly style: StyleLike;
  readonly query?: Query;
  readonly maxZoom?: number;
  readonly zIndex?: number;
  readonly visible?: boolean;
  readonly declutter?: boolean;
  /** A class of its own gives a layer a picture of its own. */
  readonly className?: string;
  readonly minViewZoom?: number;
  readonly maxViewZoom?: number;
}

const CELLS = 8;

/** Cells of the server's grid are finer than a readable circle: gather them into 64 px cells of the tile. */
export function gatherClusters(
  features: readonly RenderFeature[],
  extent: readonly number[],
): RenderFeature[] {
  const [minX, minY, maxX, maxY] = extent as [number, number, number, number];
  interface Cell {
    x: number;
    y: number;
    count: number;
    budget: number;
    disbursed: number;
    code: unknown;
  }
  const cells = new Map<string, Cell>();
  const rest: RenderFeature[] = [];
  for (const feature of features) {
    const count = Number(feature.get("count"));
    if (!(count > 0) || feature.get("code") !== undefined) {
      rest.push(feature);
      continue;
    }
    const [x, y] = feature.getFlatCoordinates() as [number, number];
    const column = Math.floor(((x - minX) / (maxX - minX)) * CELLS);
    const row = Math.floor(((y - minY) / (maxY - minY)) * CELLS);
    if (column < 0 || row < 0 || column >= CELLS || row >= CELLS) continue; // belongs to the neighbouring tile
    const key = `${column}/${row}`;
    const cell = cells.get(key) ?? { x: 0, y: 0, count: 0, budget: 0, disbursed: 0, code: undefined };
    cell.x += x * count;
    cell.y += y * count;
    cell.count += count;
    cell.budget += Number(feature.get("budget") ?? 0);
    cell.disbursed += Number(feature.get("disbursed") ?? 0);
    cells.set(key, cell);
  }
  for (const [key, { x, y, count, budget, disbursed }] of cells) {
    const properties = { count, budget, disbursed };
    rest.push(new RenderFeature("Point", [x / count, y / count], [], 2, properties, key));
  }
  return rest;
}

const AREAS: ReadonlySet<string> = new Set(["provinces", "amphoes", "tambons", "organisations"]);

export class TileSource extends VectorTileSource {
  private query: Query;
  private reload: RequestCache = "default";

  constructor(
    readonly layerName: string,
    query: Query,
    maxZoom: number,
  ) {
    const format = new MVT();
    super({ format, tileGrid: createXYZ({ maxZoom, tileSize: 512 }), transition: 0, wrapX: false });
    this.query = query;
    this.setTileUrlFunction(
      ([z, x, y]) => withQuery(`/tiles/${layerName}/${z}/${x}/${y}.mvt`, this.query),
      JSON.stringify(query),
    );
    this.setTileLoadFunction((tile, url) => {
      const vectorTile = tile as VectorTile<RenderFeature>;
      vectorTile.setLoader((extent, _resolution, projection) => {
        fetch(url, { credentials: "same-origin", cache: this.reload })
          .then(async (response) => {
            if (!response.ok) throw new Error(String(response.status));
            const bytes = response.status === 204 ? new ArrayBuffer(0) : await response.arrayBuffer();
            const features = format.readFeatures(bytes, { extent, featureProjection: projection });
            const drawn = (features as RenderFeature[]).filter(
              (feature) => feature.get("layer") !== "summary",
            );
            vectorTile.setFeatures(
              AREAS.has(layerName)
                ? [...drawn, ...sharedLimits(drawn, extent)]
                : gatherClusters(drawn, extent),
            );
          })
          .catch(() => vectorTile.setState(TileState.ERROR));
      });
    });
  }

  setQuery(query: Query): void {
    const key = JSON.stringify(query);
    if (key === JSON.stringify(this.query)) return;
    this.query = query;
    this.setTileUrlFunction(
      ([z, x, y]) => withQuery(`/tiles/${this.layerName}/${z}/${x}/${y}.mvt`, this.query),
      key,
    );
  }

  /** After a change on the server: every tile is asked for again, past the browser's cache. */
  renew(): void {
    this.reload = "no-cache";
    this.clear();
    this.refresh();
  }
}

export function tileSource(name: string, query: Query = {}, maxZoom = 15): TileSource {
  return new TileSource(name, query, maxZoom);
}

export function tileLayer(source: TileSource, options: TileLayerOptions): VectorTileLayer {
  return new VectorTileLayer({
    source,
    style: options.style,
    declutter: options.declutter ?? false,
    ...(options.className ? { className: options.className } : {}),
    visible: options.visible ?? true,
    zIndex: options.zIndex ?? 0,
    minZoom: options.minViewZoom ?? Number.NEGATIVE_INFINITY,
    maxZoom: options.maxViewZoom ?? Number.POSITIVE_INFINITY,
    properties: { name: source.layerName },
  });
}

/**
 * Names over everything that is drawn: the lowest layer, so that they give way to the labels and symbols of all others,
 * with a picture of its own, which the style sheet puts on top.
 */
export function namesLayer(
  source: TileSource,
  style: StyleLike,
  options: Omit<TileLayerOptions, "style" | "zIndex" | "declutter" | "className"> = {},
): VectorTileLayer {
  const layer = tileLayer(source, { ...options, style, zIndex: -1, declutter: true, className: "map-names" });
  layer.set("name", `${source.layerName}:names`);
  return layer;
}

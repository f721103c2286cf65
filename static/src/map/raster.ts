/** A raster of the catalogue as a layer of the map. */

import TileLayer from "ol/layer/Tile";
import { transformExtent } from "ol/proj";
import XYZ from "ol/source/XYZ";

export interface RasterInfo {
  readonly name: string;
  readonly title: string;
  readonly kind: string;
  readonly source: string | null;
  readonly licence: string | null;
  readonly as_of: string | null;
  readonly status: string;
  readonly tiles: string | null;
  readonly maxzoom: number | null;
  readonly bounds: readonly [number, number, number, number] | null;
  readonly legend: readonly { readonly value: number; readonly colour: string }[];
  readonly classes: boolean;
}

export function rasterLayer(
  { tiles, maxzoom, bounds }: Pick<RasterInfo, "tiles" | "maxzoom" | "bounds">,
  opacity: number,
  zIndex: number,
): TileLayer {
  const extent = bounds ? transformExtent([...bounds], "EPSG:4326", "EPSG:3857") : [];
  return new TileLayer({
    source: new XYZ({ url: tiles ?? "", maxZoom: maxzoom ?? 15, wrapX: false, transition: 0 }),
    zIndex,
    opacity: opacity / 100,
    properties: { name: "raster" },
    ...(extent.length === 4 && extent.every(Number.isFinite) ? { extent } : {}),
  });
}

/** Colours from left to right, or one for each value. */
export function legendBar(legend: RasterInfo["legend"]): string {
  return `linear-gradient(to right, ${legend.map(({ colour }) => colour).join(", ")})`;
}

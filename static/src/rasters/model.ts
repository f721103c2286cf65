/** What the server tells the script of a page of rasters. */

export interface ProfilePoint {
  readonly distance_m: number;
  readonly lon: number;
  readonly lat: number;
  readonly elevation_m: number | null;
  readonly slope_percent: number | null;
}

export interface ProfileLine {
  readonly length_m: number;
  readonly points: readonly ProfilePoint[];
}

export interface RasterPage {
  readonly raster: {
    readonly name: string;
    readonly tiles: string;
    readonly maxzoom: number;
    readonly bounds: readonly [number, number, number, number];
    readonly band: number;
    readonly unit: string;
  } | null;
  readonly opacity: number;
  readonly show: string;
  readonly catchment: { readonly geometry: unknown } | null;
  readonly profiles: readonly ProfileLine[];
  readonly place: readonly [number, number] | null;
  readonly extent?: string | null;
  readonly extent_bounds?: readonly [number, number, number, number] | null;
}

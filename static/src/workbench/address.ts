/** The address carries the view and every filter, so that what is seen can be sent as a link. */

import type OlMap from "ol/Map";
import { fromLonLat, toLonLat } from "ol/proj";

export const FILTERS = ["fiscal_year", "kind", "status", "organisation"] as const;
export type FilterName = (typeof FILTERS)[number];
export type FilterValues = Readonly<Record<FilterName, readonly string[]>>;

export interface Position {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
}

/** "#15.2/15.90217/102.03648" */
export function readHash(hash: string): Position | null {
  const match = /^#(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(hash);
  if (!match) return null;
  const [zoom, lat, lon] = match.slice(1).map(Number) as [number, number, number];
  return Math.abs(lat) < 85 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

export function writeHash({ zoom, lat, lon }: Position): string {
  const digits = zoom > 12 ? 5 : 3;
  return `#${Number(zoom.toFixed(1))}/${lat.toFixed(digits)}/${lon.toFixed(digits)}`;
}

export function readFilters(search: string): FilterValues {
  const query = new URLSearchParams(search);
  const values = (name: FilterName): string[] =>
    query
      .getAll(name)
      .flatMap((value) => value.split(","))
      .filter((value) => value !== "");
  return {
    fiscal_year: values("fiscal_year"),
    kind: values("kind"),
    status: values("status"),
    organisation: values("organisation"),
  };
}

/** The address with other filters; everything else in it stays. */
export function withFilters(search: string, filters: FilterValues): string {
  const query = new URLSearchParams(search);
  for (const name of FILTERS) {
    query.delete(name);
    if (filters[name].length > 0) query.set(name, filters[name].join(","));
  }
  const text = query.toString().replaceAll("%2C", ",");
  return text === "" ? location.pathname : `?${text}`;
}

export function anyFilter(filters: FilterValues): boolean {
  return FILTERS.some((name) => filters[name].length > 0);
}

/** Keep the address in step with the view; `hashchange` (back, a pasted link) moves the view. */
export function bindPosition(map: OlMap): void {
  const view = map.getView();
  map.on("moveend", () => {
    const [lon = 0, lat = 0] = toLonLat(view.getCenter() ?? [0, 0]);
    const hash = writeHash({ zoom: view.getZoom() ?? 0, lat, lon });
    if (hash !== location.hash) history.replaceState(history.state, "", hash);
  });
  addEventListener("hashchange", () => {
    const position = readHash(location.hash);
    if (!position) return;
    view.setCenter(fromLonLat([position.lon, position.lat]));
    view.setZoom(position.zoom);
  });
}

/** What the server wrote into the page. */

import type { LiveRegion } from "../panels/live";

export interface PageData {
  readonly signed_in: boolean;
  readonly username: string;
  /** May draw coordinates of some organisation. */
  readonly draws: boolean;
  /** Organisations whose projects are the person's own; empty for those who work for an area. */
  readonly organisations: readonly string[];
  /** Narrows the list to what the person may draw: names and values of the projects list's parameters. */
  readonly own_filter: Readonly<Record<string, string>>;
  /** Where the map begins without a position in the address. */
  readonly home: readonly [number, number, number, number] | null;
  readonly proj4: Readonly<Record<string, string>>;
  readonly statuses: readonly { readonly code: string; readonly name: string }[];
  readonly surfaces: Readonly<Record<string, string>>;
  readonly fiscal_years: readonly number[];
}

export function readPage(): PageData {
  const text = document.getElementById("page-data")?.textContent;
  if (!text) throw new Error("#page-data is missing from the page");
  return JSON.parse(text) as PageData;
}

/** What the parts of the workbench share. */
export interface Bench {
  readonly page: PageData;
  readonly map: import("ol/Map").default;
  readonly live: LiveRegion;
}

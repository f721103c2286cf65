/** What the page gives its map: places with their colours, years side by side, works that stand out. */

export interface Place {
  readonly code: string;
  readonly name: string;
  readonly label: string;
  /** Fill; `null` = hatched, nothing is known. */
  readonly colour: string | null;
  /** Fills of the earlier and the later year, "#…|#…". */
  readonly other: string | null;
}

export interface Analysis {
  readonly view: string;
  /** Address of the outlines (GeoJSON). */
  readonly shapes: string;
  readonly rows: readonly Place[];
  readonly years: readonly {
    readonly year: number;
    readonly colours: Readonly<Record<string, string | null>>;
  }[];
  readonly points: readonly {
    readonly code: string;
    readonly lon: number;
    readonly lat: number;
    readonly state: string;
  }[];
}

/** Fills of the earlier and the later year. */
export function sides(row: Place): readonly [string | null, string | null] {
  const [earlier = "", later = ""] = (row.other ?? "").split("|");
  return [earlier || null, later || null];
}

export type Polygons = readonly (readonly (readonly (readonly number[])[])[])[];

/** West, top, width and height of polygons in degrees, in Mercator so that small maps look like the large one; y points down. */
export function boxOf(shapes: readonly Polygons[]): readonly [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const polygons of shapes)
    for (const [outer = []] of polygons)
      for (const [lon = 0, lat = 0] of outer) {
        west = Math.min(west, lon);
        east = Math.max(east, lon);
        south = Math.min(south, lat);
        north = Math.max(north, lat);
      }
  return [west, -mercator(north), east - west, mercator(north) - mercator(south)];
}

/** Page of the table that the row of a place stands on. */
export function pageOf(
  rows: readonly { readonly code: string }[],
  code: string,
  size: number,
): number | null {
  const at = rows.findIndex((row) => row.code === code);
  return at < 0 ? null : Math.floor(at / size) + 1;
}

/** Latitude in degrees as Mercator "degrees" beside those of longitude. */
export function mercator(lat: number): number {
  return (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
}

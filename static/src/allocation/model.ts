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

const DARK = new Set(["#235C8E", "#1B2D63", "#8C4A0C", "#4A2F86"]);

/** White ink on the dark ends of the ramps. */
export function inkOn(colour: string | null): string {
  return colour !== null && DARK.has(colour) ? "#FFFFFF" : "#1A2130";
}

type Ring = readonly (readonly number[])[];

/** SVG path of polygons in degrees, in Mercator so that the small maps look like the large one; y points down. */
export function pathOf(polygons: readonly (readonly Ring[])[]): string {
  return polygons
    .flatMap((polygon) =>
      polygon.map(
        (ring) =>
          `M${ring.map(([lon = 0, lat = 0]) => `${lon.toFixed(4)} ${(-mercator(lat)).toFixed(4)}`).join("L")}Z`,
      ),
    )
    .join("");
}

/** Latitude in degrees as Mercator "degrees" beside those of longitude. */
export function mercator(lat: number): number {
  return (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
}

/** JSON of an import, as far as the page reads it. */

export type Level = "ok" | "warning" | "error";

export interface RowProblem {
  readonly code: string;
  readonly level: "error" | "warning" | "info";
  readonly message: string;
  readonly fix?: string;
  readonly field?: string;
}

/** What the coordinate doctor takes a row's shape for; GeoJSON in EPSG:4326. */
export interface Offer {
  readonly code: string;
  readonly mended: boolean;
  readonly given: object | null;
  readonly offered: object | null;
}

/** A project that a row may mean. */
export interface Match {
  readonly project: string;
  readonly name: string;
  readonly fiscal_year_be: number;
  readonly budget_baht: number;
  readonly geometry_status: string;
  readonly score: number;
  readonly reasons: readonly string[];
}

/** What a row says otherwise than its stored project; only what is taken changes it. */
export interface Difference {
  readonly field: string;
  readonly taken: boolean;
  readonly given?: string;
  /** The stored value; GeoJSON for the field geometry. */
  readonly stored: string | object | null;
  readonly version?: number;
  readonly status?: string;
  readonly moved_m?: number | null;
  readonly given_length_m?: number;
  readonly stored_length_m?: number | null;
}

export interface Row {
  readonly row: number;
  readonly level: Level;
  readonly project: string | null;
  readonly values: Readonly<Record<string, string | number | null>>;
  readonly raw: Readonly<Record<string, string>>;
  readonly has_geometry: boolean;
  readonly offer: Offer | null;
  readonly choice: string | null;
  readonly matches: readonly Match[];
  readonly differences: readonly Difference[];
  readonly problems: readonly RowProblem[];
  readonly photo: RowPhoto | null;
  /** The row gives its project no coordinates, only its picture. */
  readonly attach_only: boolean;
}

export interface RowPhoto {
  readonly file_name: string;
  readonly taken_at: string | null;
  readonly thumbnail: string;
}

export interface Batch {
  readonly id: number;
  readonly kind: string;
  readonly row_count: number;
  readonly ok_count: number;
  readonly warning_count: number;
  readonly error_count: number;
  readonly acceptable: boolean;
  readonly column_map: Readonly<Record<string, string>>;
  readonly problems: readonly RowProblem[];
  readonly detected: {
    readonly bounds?: readonly [number, number, number, number] | null;
    readonly new_projects?: number;
    readonly known_projects?: number;
  };
}

export interface FieldInfo {
  readonly name: string;
  readonly title: string;
  readonly choices: readonly (readonly [code: string, name: string])[] | null;
}

export interface PageData {
  readonly batch: Batch;
  readonly fields: readonly FieldInfo[];
  readonly titles: Readonly<Record<string, string>>;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

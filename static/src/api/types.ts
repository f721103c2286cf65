/** JSON of the server, as far as the map reads it. */

import type { FeatureCollection, Geometry } from "../draw/geojson";
import type { ProblemItem } from "./client";

export type Kind = "road" | "water" | "other";
export type GeometryStatus = "NONE" | "DRAFT" | "SUBMITTED" | "RETURNED" | "VERIFIED";

export interface ProjectItem {
  readonly code: string;
  readonly name: string;
  readonly kind: Kind;
  readonly organisation: string;
  readonly organisation_name: string;
  readonly fiscal_year_be: number;
  readonly status: string;
  readonly geometry_status: GeometryStatus;
  readonly budget_baht: number;
  readonly contracted_baht: number | null;
  readonly disbursed_baht: number | null;
  readonly area_code: string | null;
  readonly area_name: string | null;
  readonly surface_type: string | null;
  readonly water_source_type: string | null;
  readonly work_nature: string | null;
  readonly length_m: number | null;
  readonly width_m: number | null;
  readonly geometry_type: "LineString" | "Point" | "Polygon" | null;
  readonly bbox: readonly [number, number, number, number] | null;
  /** Of the area, where nothing is drawn yet; only of a single project. */
  readonly area_bbox?: readonly [number, number, number, number] | null;
  readonly updated_at: string;
}

export interface ProjectPage {
  readonly items: readonly ProjectItem[];
  readonly next: string | null;
}

export interface ContractSegment {
  readonly seq: number;
  readonly surface_type: string | null;
  readonly width_m: number | null;
  readonly length_m: number | null;
  readonly area_m2: number | null;
}

export interface Project extends ProjectItem {
  readonly segments: readonly ContractSegment[];
  readonly geometry: StoredGeometry | null;
  readonly may: Readonly<Record<string, boolean>>;
}

export interface StoredGeometry {
  readonly project: string;
  readonly version: number;
  readonly status: GeometryStatus;
  readonly geometry: Geometry | null;
  readonly segments: readonly {
    readonly seq: number;
    readonly geometry: Geometry;
    readonly length_m: number | null;
  }[];
  readonly length_m: number | null;
  readonly area_m2: number | null;
  readonly area_text: string | null;
  readonly source: string | null;
  readonly created_at: string | null;
  readonly created_by: string | null;
  readonly on_behalf_of: string | null;
  readonly note?: string | null;
  readonly warnings: readonly ProblemItem[];
  readonly receipt?: string;
}

export interface GeometryCheck {
  readonly length_m: number;
  readonly area_m2: number;
  readonly area_text: string;
  readonly segments: readonly { readonly length_m: number; readonly area_m2: number }[];
  readonly problems: readonly CheckedProblem[];
  readonly neighbours: readonly Neighbour[];
}

/** What a person says of two works at one place, in the order of the buttons. */
export const DUPLICATE_ANSWERS = [
  "same_work",
  "continuation",
  "repair",
  "upgrade",
  "joint",
  "different",
] as const;
export type DuplicateAnswer = (typeof DUPLICATE_ANSWERS)[number];

/** A work where the drawing is, and what it is to it. */
export interface Neighbour {
  readonly project: string;
  readonly name: string;
  readonly organisation_name: string;
  readonly fiscal_year_be: number | null;
  readonly money_baht: number | null;
  readonly class: string;
  readonly title: string;
  readonly shared_m: number;
  readonly shared_share: number;
  readonly distance_m: number;
  readonly reasons: readonly string[];
  readonly common: Geometry | null;
  readonly status: string | null;
  readonly answer: DuplicateAnswer | null;
  readonly answered_by: string | null;
  readonly answered_at: string | null;
  readonly url: string | null;
}

/** What could be done about a problem of a line: the segment afterwards, two where it is cut. */
export interface Mend {
  readonly kind: string;
  readonly message: string;
  readonly length_m: number;
  readonly lines: readonly { readonly coordinates: readonly (readonly [number, number])[] }[];
}

export interface CheckedProblem extends ProblemItem {
  readonly offers?: readonly Mend[];
}

export interface Reading {
  readonly lon: number;
  readonly lat: number;
  readonly label: string;
  readonly epsg: number;
  readonly kind: string;
  readonly reason: string | null;
  /** Inside the organisation's territory; null where that is not known. */
  readonly in_territory?: boolean | null;
  /** What the coordinate doctor takes the numbers for, not what they say: never used unasked. */
  readonly offered?: boolean;
}

export interface CoordinateReadings {
  readonly readings: readonly Reading[];
  readonly problems: readonly ProblemItem[];
  /** One entry per line of a pasted table. */
  readonly rows: readonly {
    readonly row: number;
    readonly text: string;
    readonly readings: readonly Reading[];
  }[];
  /** A stretch of a registered road, told by its chainage. */
  readonly line?: {
    readonly label: string;
    readonly name: string | null;
    readonly length_m: number;
    readonly geometry: { readonly coordinates: readonly (readonly [number, number])[] };
  };
}

export type { FeatureCollection };

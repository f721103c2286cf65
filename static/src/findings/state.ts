/** What the server says of a finding. */

export interface Offer {
  readonly kind: string;
  readonly message: string;
  readonly epsg: number;
  readonly score: number;
  readonly spread_m: number;
  readonly geometry: unknown;
}

export interface Finding {
  readonly project: string;
  readonly name: string;
  readonly fiscal_year_be: number;
  readonly organisation: string;
  readonly organisation_name: string;
  readonly geometry_version: number;
  readonly code: string;
  readonly title: string;
  readonly level: "error" | "warning" | "info";
  readonly message: string;
  readonly fix: string;
  readonly lon: number;
  readonly lat: number;
  readonly offers: readonly Offer[];
  readonly note: string | null;
  readonly answered_by: string | null;
  readonly answered_at: string | null;
  readonly may: { readonly mend: boolean; readonly withdraw: boolean; readonly answer: boolean };
}

export interface PageData {
  readonly items: readonly Finding[];
  readonly more: string | null;
  readonly answered: boolean;
  readonly organisation: string;
  readonly area: string;
}

/** One finding of a project: a project can be listed for several reasons. */
export function keyOf(finding: Finding): string {
  return `${finding.project} ${finding.code}`;
}

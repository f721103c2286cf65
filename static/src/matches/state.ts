/** JSON of a match, as far as the page reads it. */

export type State = "undecided" | "accepted" | "none";

export interface Reason {
  readonly code: string;
  readonly for: boolean | null;
  readonly text: string;
}

export interface Suggestion {
  readonly rank: number;
  readonly project: string;
  readonly name: string;
  readonly organisation_name: string;
  readonly fiscal_year_be: number;
  readonly budget_baht: number;
  readonly contracted_baht: number;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

export interface Row {
  readonly row: number;
  readonly values: Readonly<Record<string, string | number>>;
  readonly problems: readonly { readonly message: string }[];
  readonly state: State;
  readonly project: string | null;
  readonly project_name: string | null;
  readonly decided_by: string | null;
  readonly suggestions: readonly Suggestion[];
}

export interface Batch {
  readonly rows: number;
  readonly undecided: number;
  readonly accepted: number;
  readonly none: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Less than this is not likely enough to be shown by itself. */
export const LIKELY = 0.05;

/** Cursor of the page that begins with a row, as the API writes it. */
export function cursorBefore(row: number): string {
  return btoa(JSON.stringify([row - 1])).replaceAll("=", "");
}

/** The next row, from a place in the list on and around its end, of which nothing was said; -1 when there is none. */
export function nextUndecided(states: readonly State[], from: number): number {
  for (let step = 1; step <= states.length; step++) {
    const at = (from + step) % states.length;
    if (states[at] === "undecided") return at;
  }
  return -1;
}

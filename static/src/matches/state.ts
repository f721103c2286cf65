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

/** Why no record can be made of a row; where several could be meant, those to choose from. */
export interface Refusal {
  readonly message: string;
  readonly fix?: string;
  readonly field?: string;
  readonly options?: readonly { readonly id: number; readonly text: string }[];
}

/** What became of an accepted row. */
export interface Made {
  readonly outcome: "MADE" | "FILLED" | "SAME";
  readonly url: string;
  readonly text: string;
  readonly gone: boolean;
  readonly notes: readonly string[];
  readonly filled: readonly { readonly title: string; readonly now: string }[];
  readonly differences: readonly {
    readonly title: string;
    readonly file: string;
    readonly stored: string | null;
  }[];
}

export interface Row {
  readonly row: number;
  readonly values: Readonly<Record<string, string | number>>;
  readonly problems: readonly { readonly message: string }[];
  readonly refused: readonly Refusal[];
  readonly record: Made | null;
  readonly receipt: string | null;
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
  readonly refused: number;
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

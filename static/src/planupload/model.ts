/** What an uploaded workbook would do, as the server tells it, put into the five groups of the page. */

export type Choice = "mine" | "theirs" | null;

export interface PlacedProblem {
  readonly code: string;
  readonly level: "error" | "warning" | "info";
  readonly message: string;
  readonly fix?: string | null;
  readonly sheet?: string;
  readonly address?: string;
  readonly title?: string | null;
  readonly name?: string;
  readonly key?: string;
}

export interface CellDifference {
  readonly key: string;
  readonly name: string;
  readonly title: string;
  readonly sheet: string;
  readonly address: string;
  readonly base: string | null;
  readonly yours: string | null;
  readonly theirs: string | null;
  readonly conflict: boolean;
  readonly choice: Choice;
  readonly by: string | null;
  readonly at: string | null;
  readonly remarks: readonly string[];
}

export interface NewLine {
  readonly key: string;
  readonly sheet: string;
  readonly sheet_row: number;
  readonly name: string;
  readonly cells: readonly { readonly title: string; readonly value: string | null }[];
  readonly choice: Choice;
  readonly remarks: readonly string[];
}

export interface Removal {
  readonly key: string;
  readonly name: string;
  readonly conflict: boolean;
  readonly choice: Choice;
}

export interface Upload {
  readonly id: number;
  /** Where it is read, decided on, accepted and given up. */
  readonly api: string;
  readonly status: "STAGED" | "ACCEPTED" | "DISCARDED";
  readonly counts: Readonly<Record<"errors" | "undecided" | "cells" | "inserts" | "removals", number>>;
  readonly acceptable: boolean;
  readonly problems: readonly PlacedProblem[];
  readonly cells: readonly CellDifference[];
  readonly inserts: readonly NewLine[];
  readonly removals: readonly Removal[];
}

export interface Groups {
  readonly mend: readonly PlacedProblem[];
  readonly look: readonly PlacedProblem[];
  readonly collide: readonly CellDifference[];
  readonly collideRemovals: readonly Removal[];
  readonly change: readonly CellDifference[];
  readonly fresh: readonly NewLine[];
  readonly leave: readonly Removal[];
}

export function grouped(upload: Upload): Groups {
  return {
    mend: upload.problems.filter((one) => one.level === "error"),
    look: upload.problems.filter((one) => one.level !== "error"),
    collide: upload.cells.filter((one) => one.conflict),
    collideRemovals: upload.removals.filter((one) => one.conflict),
    change: upload.cells.filter((one) => !one.conflict),
    fresh: upload.inserts,
    leave: upload.removals.filter((one) => !one.conflict),
  };
}

/** What waits, in the order in which F8 goes through it. */
export function waiting(upload: Upload): readonly string[] {
  const groups = grouped(upload);
  const open = [...groups.collide, ...groups.collideRemovals].filter((one) => one.choice === null);
  return [...groups.mend.flatMap((one) => (one.key ? [one.key] : [])), ...open.map((one) => one.key)];
}

export function nextWaiting(upload: Upload, from: string | null): string | null {
  const keys = waiting(upload);
  if (keys.length === 0) return null;
  const at = from === null ? -1 : keys.indexOf(from);
  return keys[(at + 1) % keys.length] ?? null;
}

/** One choice for all of a group that is not there yet. */
export function forAll(
  differences: readonly { readonly key: string; readonly choice: Choice }[],
  choice: "mine" | "theirs",
): Record<string, Choice> {
  return Object.fromEntries(differences.filter((d) => d.choice !== choice).map((d) => [d.key, choice]));
}

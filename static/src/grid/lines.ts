/** The lines of a sheet as it is shown: groups that fold, their rows, their sums; and what a filter leaves of them. */

import type { SheetModel } from "./model";
import type { Group } from "./protocol";
import { shown } from "./reading";
import { searchText } from "./rows";

export type Mark = "all" | "fix" | "wrong" | "changed" | "clash";

export interface Filter {
  readonly text: string;
  readonly mark: Mark;
}

export const NO_FILTER: Filter = { text: "", mark: "all" };

export type Line =
  | {
      readonly kind: "group";
      readonly id: string;
      readonly group: Group;
      readonly rows: number;
      readonly number: number;
    }
  | { readonly kind: "row"; readonly id: string; readonly key: string; readonly number: number }
  | { readonly kind: "sum"; readonly id: string; readonly group: Group; readonly keys: readonly string[] };

export function isFiltered(filter: Filter): boolean {
  return filter.mark !== "all" || filter.text.trim() !== "";
}

function matcher(model: SheetModel, filter: Filter): (key: string) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (key) => {
    if (filter.mark !== "all" && !model.marked(key, filter.mark)) return false;
    if (words.length === 0) return true;
    const text = searchText(model, key, shown);
    return words.every((word) => text.includes(word));
  };
}

/**
 * Lines in order. Numbers count group heads and rows as a printed sheet does, whatever is folded or filtered away, so
 * that "row 6" is the same row for everybody. A filter opens folded groups and leaves out groups without a match.
 */
export function linesOf(
  model: SheetModel,
  folded: ReadonlySet<string>,
  filter: Filter,
): { readonly lines: readonly Line[]; readonly last: number } {
  const lines: Line[] = [];
  const filtered = isFiltered(filter);
  const matches = matcher(model, filter);
  let number = 0;
  for (const [group, keys] of grouped(model)) {
    const shownKeys = filtered ? keys.filter(matches) : keys;
    const head = group !== null;
    if (head) {
      number += 1;
      if (!filtered || shownKeys.length > 0)
        lines.push({ kind: "group", id: `group ${group.key}`, group, rows: keys.length, number });
    }
    const open = filtered || !head || !folded.has(group.key);
    const wanted = new Set(shownKeys);
    for (const key of keys) {
      number += 1;
      if (open && wanted.has(key)) lines.push({ kind: "row", id: `row ${key}`, key, number });
    }
    if (head && model.columns.some((column) => column.total) && (!filtered || shownKeys.length > 0))
      lines.push({ kind: "sum", id: `sum ${group.key}`, group, keys });
  }
  return { lines, last: number };
}

/** Rows by group, in the order of the groups; rows of no known group come last, without a head. */
function grouped(model: SheetModel): [Group | null, string[]][] {
  const byGroup = new Map<string, string[]>(model.groups.map((group) => [group.key, []]));
  const others: string[] = [];
  for (const key of model.present()) (byGroup.get(model.row(key).group) ?? others).push(key);
  const parts: [Group | null, string[]][] = model.groups.map((group) => [
    group,
    byGroup.get(group.key) ?? [],
  ]);
  if (others.length > 0) parts.push([null, others]);
  return parts;
}

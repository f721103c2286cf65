/** Work kept in the browser until the server has it: per person and sheet, entry by entry, so that two tabs do not undo each other. */

import { remember, remembered } from "../shell/storage";
import type { CellValue } from "./protocol";
import type { Conflict, Row } from "./rows";

export interface KeptCell {
  readonly kind: "cell";
  readonly row: string;
  readonly column: string;
  readonly base: CellValue;
  readonly text: string | null;
  readonly at: string;
  readonly conflict: Conflict | null;
}

export type Kept =
  | KeptCell
  | {
      readonly kind: "insert";
      readonly key: string;
      readonly group: string;
      readonly after: string | null;
      readonly cells: Readonly<Record<string, string | null>>;
      /** It was sent once, and what became of it is not known. */
      readonly tried: boolean;
    }
  | { readonly kind: "delete"; readonly row: string; readonly into?: string | null }
  | { readonly kind: "restore"; readonly row: string };

/** A row that the server does not have. */
export function keptRow(key: string, group: string): Row {
  return {
    key,
    id: null,
    group,
    version: 0,
    saved: {},
    problems: [],
    href: null,
    locked: false,
    ended: false,
    revive: false,
    into: null,
    edits: new Map(),
    opened: new Map(),
    stored: "never",
    wanted: "present",
    blocked: false,
    tried: false,
  };
}

function nameOf(one: Kept): string {
  if (one.kind === "cell") return `cell ${one.row} ${one.column}`;
  return `${one.kind} ${one.kind === "insert" ? one.key : one.row}`;
}

type Entries = Record<string, Kept>;

export class KeptWork {
  /** Names of the entries that this page wrote or took over: only these may it drop. */
  private own = new Set<string>();
  private readonly place: string;

  constructor(user: string, sheet: string) {
    this.place = `eplan.sheet ${user} ${sheet}`;
  }

  read(): Kept[] {
    const entries = this.entries();
    this.own = new Set(Object.keys(entries));
    return Object.values(entries);
  }

  /** Keep exactly this of what is the page's own. False when the browser keeps nothing. */
  write(kept: readonly Kept[]): boolean {
    const entries = this.entries();
    for (const name of this.own) delete entries[name];
    this.own = new Set();
    for (const one of kept) {
      entries[nameOf(one)] = one;
      this.own.add(nameOf(one));
    }
    const text = Object.keys(entries).length === 0 ? "" : JSON.stringify(entries);
    if (text === (remembered(this.place) ?? "")) return true;
    remember(this.place, text);
    return (remembered(this.place) ?? "") === text;
  }

  private entries(): Entries {
    try {
      const found: unknown = JSON.parse(remembered(this.place) || "{}");
      return typeof found === "object" && found !== null ? (found as Entries) : {};
    } catch {
      return {}; // not ours, or half written
    }
  }
}

/** Widths of columns that were dragged. */
export class KeptWidths {
  private readonly place: string;

  constructor(sheet: string) {
    // Every sheet of a kind has the same columns: the address without its query is what they share.
    this.place = `eplan.widths ${sheet.split("?")[0]}`;
  }

  read(): Record<string, number> {
    try {
      const found: unknown = JSON.parse(remembered(this.place) || "{}");
      const pairs = Object.entries((found ?? {}) as Record<string, unknown>);
      return Object.fromEntries(
        pairs.filter((pair): pair is [string, number] => typeof pair[1] === "number"),
      );
    } catch {
      return {};
    }
  }

  write(widths: Readonly<Record<string, number>>): void {
    remember(this.place, JSON.stringify(widths));
  }
}

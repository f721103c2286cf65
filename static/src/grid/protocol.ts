/** What a sheet and the server say to each other; the server's side is the same for every kind of sheet. */

export type ColumnType = "text" | "money" | "integer" | "choice" | "date" | "status" | "readonly";

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly type: ColumnType;
  /** Width in CSS pixels until the person drags it. */
  readonly width: number;
  readonly frozen: boolean;
  readonly editable: boolean;
  readonly required: boolean;
  readonly max_length: number | null;
  readonly choices: readonly Choice[] | null;
  readonly total: boolean;
  readonly help: string | null;
}

export interface Group {
  readonly key: string;
  readonly title: string;
  readonly note: string | null;
}

export interface Status {
  readonly code: string;
  readonly label: string;
  readonly glyph: string;
}

export type Version = number | string;

/** Money is a decimal string ("1320000.00"), a choice its code, a date ISO; empty is null. */
export type CellValue = string | number | Status | null;

/** Something wrong with one cell, from the server or found while typing. */
export interface CellProblem {
  readonly column: string;
  readonly code: string;
  readonly message: string;
  readonly fix: string | null;
  /** What the cell probably should be; taken over with one press. */
  readonly suggestion: string | null;
}

export interface SheetRow {
  readonly id: string;
  readonly group: string;
  readonly version: Version;
  readonly cells: Readonly<Record<string, CellValue>>;
  readonly problems: readonly CellProblem[];
  readonly href: string | null;
  readonly locked: boolean;
  /** What the version does to the line; one that is withdrawn or merged stays to be seen, outside of every sum. */
  readonly change?: string | null;
  /** On rows just inserted: the key that the page gave them. */
  readonly key?: string | null;
}

/** What a reviewer said of a line, or of one of its cells. */
export interface SheetComment {
  readonly id: number;
  /** Null when it is about the whole sheet. */
  readonly row: string | null;
  /** Null when it is about the whole line. */
  readonly column: string | null;
  readonly text: string;
  readonly by: string;
  readonly at: string;
  readonly answered_at: string | null;
}

export interface Sheet {
  readonly title: string;
  readonly editable: boolean;
  readonly why_read_only: string | null;
  /** The lines are given (items of revenue): none is added and none is taken out. */
  readonly fixed_rows?: boolean;
  /** A save is written whole or not at all: nothing is sent while a cell waits for its person. */
  readonly whole?: boolean;
  readonly columns: readonly Column[];
  readonly groups: readonly Group[];
  readonly rows: readonly SheetRow[];
  readonly comments?: readonly SheetComment[];
  /** This person may say something of a cell. */
  readonly may_comment?: boolean;
  readonly as_of: string;
  readonly undo_hint: string | null;
}

export interface SentChange {
  readonly row: string;
  readonly column: string;
  /** The value as this page last saw it. */
  readonly base: CellValue;
  readonly value: string | null;
}

export interface SentInsert {
  /** Made here, never used twice: the same insert sent again is the same row. */
  readonly key: string;
  readonly group: string;
  readonly cells: Readonly<Record<string, string | null>>;
}

export interface Changes {
  readonly changes: readonly SentChange[];
  readonly inserts: readonly SentInsert[];
  readonly deletes: readonly {
    readonly row: string;
    readonly version: Version;
    /** The line that it is merged into, which stays; null when it is only taken out. */
    readonly into: string | null;
  }[];
  readonly restores: readonly { readonly row: string }[];
}

export interface SentConflict {
  readonly row: string;
  readonly column: string;
  readonly base: CellValue;
  readonly yours: string | null;
  readonly theirs: CellValue;
  /** Null when the log does not know. */
  readonly by: string | null;
  readonly at: string | null;
}

export interface ChangesAnswer {
  readonly receipt: string;
  /** Of a sheet that is written whole: false when nothing was. */
  readonly written?: boolean;
  readonly at: string;
  readonly rows: readonly SheetRow[];
  readonly removed: readonly string[];
  /** What is known of new rows that were not written, by the key that the page gave them. */
  readonly found?: readonly {
    readonly key: string;
    readonly cells: Readonly<Record<string, CellValue>>;
  }[];
  readonly conflicts: readonly SentConflict[];
  /** A problem of a whole row has no column. */
  readonly problems: readonly (Omit<CellProblem, "column"> & {
    readonly row: string;
    readonly column?: string | null;
  })[];
}

export function isStatus(value: CellValue | undefined): value is Status {
  return typeof value === "object" && value !== null;
}

/** A value as text that can be typed back; statuses are their words. */
export function asText(value: CellValue | undefined): string | null {
  if (value === null || value === undefined || value === "") return null;
  return isStatus(value) ? value.label : String(value);
}

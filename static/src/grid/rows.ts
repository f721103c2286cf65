/**
 * Rows of a sheet as one person sees them: what the server has, with what was typed over it.
 *
 * Nothing here knows the page or the network. A cell shows what was typed last. Rows have a key of their own that never
 * changes, also before the server knows them.
 */

import {
  asText,
  type CellProblem,
  type CellValue,
  type Column,
  isStatus,
  type Sheet,
  type SheetComment,
  type SheetRow,
  type Version,
} from "./protocol";
import { type Reading, satang } from "./reading";
import { keptRow } from "./store";

export interface Conflict {
  readonly base: CellValue;
  readonly theirs: CellValue;
  readonly by: string | null;
  readonly at: string | null;
  /** When the own value was typed. */
  readonly mine_at: string;
}

export interface Edit {
  base: CellValue;
  text: string | null;
  reading: Reading;
  at: string;
  /** What the server found wrong with exactly this text. */
  refused: CellProblem | null;
  conflict: Conflict | null;
}

export interface Row {
  readonly key: string;
  /** Null until the server has it. */
  id: string | null;
  group: string;
  version: Version;
  saved: Record<string, CellValue>;
  problems: readonly CellProblem[];
  href: string | null;
  locked: boolean;
  /** Withdrawn or merged: it stays to be seen, outside of every sum, and can be put back. */
  ended: boolean;
  /** It is to be put back. */
  revive: boolean;
  /** Key of the row that it is merged into, while that is not saved. */
  into: string | null;
  readonly edits: Map<string, Edit>;
  /** Values as they were when the person first changed them. */
  readonly opened: Map<string, CellValue>;
  stored: "present" | "absent" | "never";
  wanted: "present" | "absent";
  /** The server refused to insert it as it is. */
  blocked: boolean;
  /** An insert of it went out. */
  tried: boolean;
}

export interface CellChange {
  readonly key: string;
  readonly column: string;
  readonly text: string | null;
}

export interface NewRow {
  readonly group: string;
  /** Key of the row above it; null: first of its group. */
  readonly after: string | null;
  readonly cells: Readonly<Record<string, string | null>>;
}

export interface Counts {
  readonly changed: number;
  readonly wrong: number;
  readonly conflicts: number;
  readonly rows: number;
}

export interface Total {
  readonly satang: Readonly<Record<string, number>>;
  readonly wrong: number;
  readonly rows: number;
}

export interface CellName {
  readonly key: string;
  readonly column: string;
}

/** The same value: what is sent as text may come back as a number or with more decimals. */
export function same(one: CellValue | undefined, other: CellValue | undefined, column: Column): boolean {
  const [a, b] = [asText(one), asText(other)];
  if (a === b) return true;
  if (a === null || b === null) return false;
  const numeric = column.type === "money" || column.type === "integer";
  return numeric && /^-?\d+(\.\d+)?$/.test(a) && /^-?\d+(\.\d+)?$/.test(b) && satang(a) === satang(b);
}

export class SheetRows {
  readonly columns: readonly Column[];
  readonly groups: Sheet["groups"];
  readonly editable: boolean;
  readonly fixed: boolean;
  readonly whole: boolean;
  readonly rows = new Map<string, Row>();
  /** Keys in the order of the sheet, removed ones included. */
  order: string[] = [];
  protected readonly byColumn = new Map<string, Column>();
  protected readonly byId = new Map<string, string>();
  /** Open comments by ``line`` and by ``line column``, as the server names them. */
  private said = new Map<string, SheetComment[]>();

  constructor(sheet: Sheet) {
    this.columns = sheet.columns;
    this.groups = sheet.groups;
    this.editable = sheet.editable;
    this.fixed = sheet.fixed_rows === true;
    this.whole = sheet.whole === true;
    for (const column of sheet.columns) this.byColumn.set(column.key, column);
    for (const row of sheet.rows) this.add(row);
    this.takeComments(sheet.comments ?? []);
  }

  /** What is said of the lines now. */
  takeComments(comments: readonly SheetComment[]): void {
    this.said = new Map();
    for (const one of comments) {
      if (one.row === null || one.answered_at !== null) continue;
      const place = one.column === null ? one.row : `${one.row} ${one.column}`;
      this.said.set(place, [...(this.said.get(place) ?? []), one]);
    }
  }

  /** Open comments on a cell; those on its whole line as well when it is the line's first text. */
  comments(key: string, column: string): readonly SheetComment[] {
    const { id } = this.row(key);
    if (id === null || this.said.size === 0) return [];
    const own = this.said.get(`${id} ${column}`) ?? [];
    const name = this.columns.find((one) => one.type === "text")?.key;
    return column === name ? [...(this.said.get(id) ?? []), ...own] : own;
  }

  column(key: string): Column {
    const found = this.byColumn.get(key);
    if (!found) throw new Error(`no column ${key}`);
    return found;
  }

  hasColumn(key: string): boolean {
    return this.byColumn.has(key);
  }

  row(key: string): Row {
    const found = this.rows.get(key);
    if (!found) throw new Error(`no row ${key}`);
    return found;
  }

  keyOf(id: string): string | null {
    return this.byId.get(id) ?? null;
  }

  /** Keys of the rows that are there, in order; of one group when it is named. */
  present(group?: string): string[] {
    return this.order.filter((key) => {
      const row = this.row(key);
      return row.wanted === "present" && (group === undefined || row.group === group);
    });
  }

  canEdit(key: string, column: string): boolean {
    const { type, editable } = this.column(column);
    return this.editable && editable && type !== "status" && type !== "readonly" && !this.row(key).locked;
  }

  /** What the cell holds now: the value that was read, the text as typed when it cannot be read, or the server's. */
  value(key: string, column: string): CellValue {
    const row = this.row(key);
    const edit = row.edits.get(column);
    if (!edit) return row.saved[column] ?? null;
    return edit.reading.problem ? edit.text : edit.reading.value;
  }

  problem(key: string, column: string): CellProblem | null {
    const row = this.row(key);
    const edit = row.edits.get(column);
    if (edit) return edit.reading.problem ?? edit.refused;
    return row.problems.find((one) => one.column === column) ?? null;
  }

  conflict(key: string, column: string): Conflict | null {
    return this.row(key).edits.get(column)?.conflict ?? null;
  }

  /** Changed since the page was opened. */
  changed(key: string, column: string): boolean {
    const row = this.row(key);
    if (!row.opened.has(column)) return false;
    return !same(this.value(key, column), row.opened.get(column), this.column(column));
  }

  /** Changed, and neither wrong nor waiting for a choice: every cell is counted once. */
  private accepted(key: string, column: string): boolean {
    return this.changed(key, column) && !this.problem(key, column) && !this.conflict(key, column);
  }

  counts(): Counts {
    let [changed, wrong, conflicts, rows] = [0, 0, 0, 0];
    for (const row of this.rows.values()) {
      if (row.wanted === "absent") continue;
      rows += 1;
      for (const column of row.opened.keys()) if (this.accepted(row.key, column)) changed += 1;
      for (const edit of row.edits.values()) {
        if (edit.conflict) conflicts += 1;
        else if (edit.reading.problem || edit.refused) wrong += 1;
      }
      for (const one of row.problems) if (!row.edits.has(one.column)) wrong += 1;
    }
    return { changed, wrong, conflicts, rows };
  }

  /** True for a row with a mark of this kind. */
  marked(key: string, kind: "changed" | "wrong" | "clash" | "fix"): boolean {
    const row = this.row(key);
    if (kind === "changed") return [...row.opened.keys()].some((column) => this.changed(key, column));
    const clash = [...row.edits.values()].some((edit) => edit.conflict);
    if (kind === "clash") return clash;
    const wrong =
      row.problems.some((one) => !row.edits.has(one.column)) ||
      [...row.edits.values()].some((edit) => !edit.conflict && (edit.reading.problem || edit.refused));
    return kind === "wrong" ? wrong : wrong || clash;
  }

  /** Sums of the columns that have one, wrong cells left out and counted. */
  total(keys: readonly string[]): Total {
    const columns = this.columns.filter((one) => one.total);
    const sums: Record<string, number> = Object.fromEntries(columns.map((one) => [one.key, 0]));
    let wrong = 0;
    const standing = keys.filter((key) => !this.row(key).ended);
    for (const key of standing) {
      const row = this.row(key);
      for (const { key: column } of columns) {
        const edit = row.edits.get(column);
        if (
          edit ? (edit.reading.problem ?? edit.refused) : row.problems.some((one) => one.column === column)
        ) {
          wrong += 1;
        } else {
          sums[column] = (sums[column] ?? 0) + satang(edit ? edit.reading.value : row.saved[column]);
        }
      }
    }
    return { satang: sums, wrong, rows: standing.length };
  }

  /** Cells that the server does not have because they wait for their person: wrong, refused, or in conflict. */
  get unsent(): number {
    let cells = 0;
    for (const row of this.rows.values()) {
      if (row.wanted === "absent") continue;
      const own = [...row.edits.values()].filter(
        (edit) => edit.conflict || edit.reading.problem || edit.refused,
      ).length;
      cells += row.blocked ? Math.max(own, 1) : own;
    }
    return cells;
  }

  protected add(row: SheetRow): Row {
    const made: Row = { ...keptRow(row.id, row.group), id: row.id, stored: "present" };
    this.rows.set(made.key, made);
    this.byId.set(row.id, made.key);
    this.order.push(made.key);
    this.take(made, row);
    return made;
  }

  protected take(row: Row, from: SheetRow): void {
    row.group = from.group;
    row.version = from.version;
    row.saved = { ...from.cells };
    row.problems = from.problems;
    row.href = from.href;
    row.locked = from.locked;
    row.ended = from.locked && (from.change === "WITHDRAWN" || from.change === "MERGED");
    row.revive = false;
    row.stored = "present";
  }

  /** Key of the nearest row above in the same group that is there, as the server knows it. */
  above(key: string): string | null {
    const group = this.row(key).group;
    for (let at = this.order.indexOf(key) - 1; at >= 0; at -= 1) {
      const row = this.row(this.order[at] ?? "");
      if (row.group === group && row.wanted === "present") return row.id ?? row.key;
    }
    return null;
  }
}

/** Text that is searched: words of the row, without regard to case. */
export function searchText(
  model: SheetRows,
  key: string,
  show: (value: CellValue, column: Column) => string,
): string {
  return model.columns
    .map((column) => {
      const value = model.value(key, column.key);
      return isStatus(value) ? value.label : show(value, column);
    })
    .join(" ")
    .toLowerCase();
}

/**
 * A sheet as one person works on it: what the server has, what was typed over it, and the steps that can be taken back.
 *
 * Nothing here knows the page or the network. A cell shows what was typed last; `outgoing` says what has to be sent,
 * `accept` takes the answer in. Rows have a key of their own that never changes, also before the server knows them.
 */

import {
  asText,
  type CellProblem,
  type CellValue,
  type ChangesAnswer,
  type Column,
  isStatus,
  type SentConflict,
  type Sheet,
  type SheetComment,
  type SheetRow,
  type Version,
} from "./protocol";
import { type Reading, readCell, satang } from "./reading";
import { type Kept, type KeptCell, keptRow } from "./store";

export interface Conflict {
  readonly base: CellValue;
  readonly theirs: CellValue;
  readonly by: string | null;
  readonly at: string | null;
  /** When the own value was typed. */
  readonly mine_at: string;
}

interface Edit {
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

interface Step {
  readonly label: string;
  readonly cells: readonly {
    readonly key: string;
    readonly column: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly inserted: readonly string[];
  readonly removed: readonly string[];
  readonly revived?: readonly string[];
  readonly merged?: readonly { readonly key: string; readonly into: string }[];
}

/** What is on its way to the server. */
export interface Batch {
  readonly cells: readonly {
    readonly key: string;
    readonly column: string;
    readonly base: CellValue;
    readonly text: string | null;
    readonly value: string | null;
  }[];
  readonly inserts: readonly string[];
  readonly deletes: readonly string[];
  readonly restores: readonly string[];
}

export interface Accepted {
  readonly saved: number;
  readonly problems: readonly { readonly key: string; readonly column: string }[];
  readonly conflicts: readonly { readonly key: string; readonly column: string }[];
  /** Rows that somebody else removed. */
  readonly gone: readonly string[];
  /** What the server said about whole rows. */
  readonly notes: readonly string[];
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

const MOST_STEPS = 200;

/** Sixteen digits: with them the key of a new row is never made twice, on whatever computer. */
function newSalt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same value: what is sent as text may come back as a number or with more decimals. */
export function same(one: CellValue | undefined, other: CellValue | undefined, column: Column): boolean {
  const [a, b] = [asText(one), asText(other)];
  if (a === b) return true;
  if (a === null || b === null) return false;
  const numeric = column.type === "money" || column.type === "integer";
  return numeric && /^-?\d+(\.\d+)?$/.test(a) && /^-?\d+(\.\d+)?$/.test(b) && satang(a) === satang(b);
}

export class SheetModel {
  readonly columns: readonly Column[];
  readonly groups: Sheet["groups"];
  readonly editable: boolean;
  readonly fixed: boolean;
  readonly whole: boolean;
  readonly rows = new Map<string, Row>();
  /** Open comments by ``line`` and by ``line column``, as the server names them. */
  private said = new Map<string, SheetComment[]>();
  /** Keys in the order of the sheet, removed ones included. */
  order: string[] = [];
  private readonly byColumn = new Map<string, Column>();
  private readonly byId = new Map<string, string>();
  private readonly past: Step[] = [];
  private readonly future: Step[] = [];
  private flying: Batch | null = null;
  /** Of a sheet that is written whole: the last save was refused and nothing has been changed since. */
  private held = false;
  private made = 0;

  constructor(
    sheet: Sheet,
    private readonly now: () => string = () => new Date().toISOString(),
    private readonly salt: string = newSalt(),
  ) {
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

  // -- changing

  /** Type texts into cells, as one step; cells that may not be edited are left out. */
  change(changes: readonly CellChange[], label: string): number {
    const cells = this.write(changes.filter((one) => this.canEdit(one.key, one.column)));
    if (cells.length > 0) this.remember({ label, cells, inserted: [], removed: [] });
    return cells.length;
  }

  /** New rows with what is in them, and changes of other cells, as one step. */
  insert(rows: readonly NewRow[], changes: readonly CellChange[], label: string): string[] {
    const added = this.fixed ? [] : rows;
    const inserted = added.map((row) => this.blank(row));
    const filled = added.flatMap((row, at) =>
      Object.entries(row.cells).map(([column, text]) => ({ key: inserted[at] ?? "", column, text })),
    );
    const all = [...changes, ...filled].filter((one) => this.canEdit(one.key, one.column));
    this.remember({ label, cells: this.write(all), inserted, removed: [] });
    return inserted;
  }

  remove(keys: readonly string[], label: string): number {
    const removed = keys.filter(
      (key) => this.editable && !this.fixed && !this.row(key).locked && this.row(key).wanted === "present",
    );
    for (const key of removed) this.drop(key);
    if (removed.length > 0) this.remember({ label, cells: [], inserted: [], removed });
    return removed.length;
  }

  /** Put rows back that were withdrawn or merged. */
  revive(keys: readonly string[], label: string): number {
    const revived = this.editable ? keys.filter((key) => this.row(key).ended) : [];
    for (const key of revived) this.bring(key);
    if (revived.length > 0) this.remember({ label, cells: [], inserted: [], removed: [], revived });
    return revived.length;
  }

  /** Take a row out into another one, which stays and which the server has to know. */
  merge(key: string, into: string, label: string): boolean {
    const [row, target] = [this.row(key), this.row(into)];
    const able = (one: Row): boolean => one.wanted === "present" && !one.locked && one.stored === "present";
    if (!this.editable || this.fixed || key === into || !able(row) || !able(target)) return false;
    this.drop(key, into);
    this.remember({ label, cells: [], inserted: [], removed: [], merged: [{ key, into }] });
    return true;
  }

  /** True when the row is out for good: the server took it. */
  left(key: string): boolean {
    const row = this.row(key);
    return row.ended || (row.wanted === "absent" && row.stored !== "present");
  }

  /** Change cells as part of the last step: what follows from it is taken back with it. */
  along(changes: readonly CellChange[]): void {
    const last = this.past.pop();
    if (!last) return;
    const cells = this.write(changes.filter((one) => this.canEdit(one.key, one.column)));
    this.past.push({ ...last, cells: [...last.cells, ...cells] });
  }

  private drop(key: string, into: string | null = null): void {
    this.reconsider();
    const row = this.row(key);
    row.revive = false;
    if (row.ended) return;
    row.wanted = "absent";
    row.into = into;
  }

  private bring(key: string): void {
    this.reconsider();
    const row = this.row(key);
    row.revive = row.ended;
    row.wanted = "present";
    row.into = null;
  }

  takeMine(key: string, column: string): void {
    const row = this.row(key);
    const edit = row.edits.get(column);
    if (!edit?.conflict) return;
    edit.base = edit.conflict.theirs;
    row.saved[column] = edit.conflict.theirs;
    edit.conflict = null;
  }

  takeTheirs(key: string, column: string, label: string): void {
    const row = this.row(key);
    const edit = row.edits.get(column);
    if (!edit?.conflict) return;
    const theirs = edit.conflict.theirs;
    row.edits.delete(column);
    row.saved[column] = theirs;
    const cells = [{ key, column, before: edit.text, after: asText(theirs) }];
    this.remember({ label, cells, inserted: [], removed: [] });
  }

  private write(changes: readonly CellChange[]): Step["cells"] {
    const done = [];
    for (const { key, column, text } of changes) {
      const row = this.row(key);
      const before = row.edits.has(column)
        ? (row.edits.get(column)?.text ?? null)
        : asText(row.saved[column]);
      const after = text === "" ? null : text;
      if (before === after) continue;
      this.put(row, column, after);
      done.push({ key, column, before, after });
    }
    return done;
  }

  /** After a save that was refused whole any change may be the mend: the server is asked about all of it again. */
  private reconsider(): void {
    if (!this.held) return;
    this.held = false;
    for (const row of this.rows.values()) {
      row.blocked = false;
      row.problems = [];
      for (const edit of row.edits.values()) edit.refused = null;
    }
  }

  /** Cells of a sheet that is written whole that keep the others back; 0 when everything can go. */
  get waiting(): number {
    if (!this.whole) return 0;
    const { wrong, conflicts } = this.counts();
    return Math.max(wrong + conflicts, this.held ? 1 : 0);
  }

  private put(row: Row, column: string, text: string | null): void {
    this.reconsider();
    const spec = this.column(column);
    const before = row.edits.get(column);
    const saved = row.saved[column] ?? null;
    const reading = readCell(text, spec);
    if (!row.opened.has(column)) row.opened.set(column, saved);
    row.blocked = false;
    const back = !reading.problem && same(reading.value, saved, spec);
    if (back && !this.flies(row.key, column)) {
      row.edits.delete(column);
      return;
    }
    row.edits.set(column, {
      base: before ? before.base : saved,
      text,
      reading,
      at: this.now(),
      refused: null,
      conflict:
        before?.conflict && !same(reading.value, before.conflict.theirs, spec) ? before.conflict : null,
    });
  }

  private flies(key: string, column: string): boolean {
    return this.flying?.cells.some((one) => one.key === key && one.column === column) ?? false;
  }

  private blank({ group, after }: NewRow): string {
    this.made += 1;
    const key = `new-${this.salt}-${this.made}`;
    this.place({ ...keptRow(key, group) }, after);
    return key;
  }

  private place(row: Row, after: string | null): void {
    this.rows.set(row.key, row);
    if (row.id) this.byId.set(row.id, row.key);
    let at = after === null ? -1 : this.order.indexOf(after);
    if (at < 0) at = this.order.findIndex((key) => this.row(key).group === row.group) - 1;
    if (at < -1) this.order.push(row.key);
    else this.order.splice(at + 1, 0, row.key);
  }

  private add(row: SheetRow): Row {
    const made: Row = { ...keptRow(row.id, row.group), id: row.id, stored: "present" };
    this.rows.set(made.key, made);
    this.byId.set(row.id, made.key);
    this.order.push(made.key);
    this.take(made, row);
    return made;
  }

  private take(row: Row, from: SheetRow): void {
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

  // -- steps

  get undoLabel(): string | null {
    return this.past.at(-1)?.label ?? null;
  }

  get redoLabel(): string | null {
    return this.future.at(-1)?.label ?? null;
  }

  /** Take the last step back; the cells it touched. */
  undo(): Step | null {
    const step = this.past.pop();
    if (!step) return null;
    this.future.push(step);
    for (const { key, column, before } of step.cells) this.put(this.row(key), column, before);
    for (const key of [...step.inserted, ...(step.revived ?? [])]) this.drop(key);
    for (const key of step.removed) this.bring(key);
    for (const { key } of step.merged ?? []) this.bring(key);
    return step;
  }

  redo(): Step | null {
    const step = this.future.pop();
    if (!step) return null;
    this.past.push(step);
    for (const key of [...step.inserted, ...(step.revived ?? [])]) this.bring(key);
    for (const { key, column, after } of step.cells) this.put(this.row(key), column, after);
    for (const key of step.removed) this.drop(key);
    for (const { key, into } of step.merged ?? []) this.drop(key, into);
    return step;
  }

  private remember(step: Step): void {
    this.past.push(step);
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future.length = 0;
  }

  // -- the server

  /** What the server does not have yet; null when there is nothing to send. */
  outgoing(): Batch | null {
    if (this.waiting > 0) return null;
    const batch = { cells: [] as Batch["cells"][number][], inserts: [] as string[] };
    const [deletes, restores]: [string[], string[]] = [[], []];
    for (const key of this.order) {
      const row = this.row(key);
      if (row.ended) {
        if (row.revive) restores.push(key);
        continue;
      }
      if (row.wanted === "absent") {
        if (row.stored === "present") deletes.push(key);
        continue;
      }
      if (row.stored === "absent") {
        restores.push(key);
        continue; // what was typed into it goes once it is back
      }
      const cells = sendable(row);
      if (row.stored === "never") {
        if (row.blocked || !cells.some((cell) => cell.value !== null)) continue;
        batch.inserts.push(key);
      }
      batch.cells.push(...cells);
    }
    const any = batch.cells.length + batch.inserts.length + deletes.length + restores.length > 0;
    return any ? { ...batch, deletes, restores } : null;
  }

  /** The batch is on its way: what is typed meanwhile is newer than its answer. */
  sent(batch: Batch): void {
    this.flying = batch;
    for (const key of batch.inserts) this.row(key).tried = true;
  }

  /** The batch did not arrive, as far as is known. */
  lost(): void {
    this.flying = null;
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

  accept(batch: Batch, answer: ChangesAnswer): Accepted {
    this.flying = null;
    const refused = answer.written === false;
    const returned = this.takeRows(answer.rows);
    const gone = refused ? [] : this.takeRemoved(batch, answer, returned);
    const found = { problems: [] as CellName[], conflicts: [] as CellName[] };
    let saved = 0;
    for (const cell of batch.cells) {
      const row = this.row(cell.key);
      const name = { key: cell.key, column: cell.column };
      const isThis = (one: { row: string; column?: string | null }): boolean =>
        (one.row === row.id || one.row === row.key) && one.column === cell.column;
      const conflict = answer.conflicts.find(isThis);
      const problem = answer.problems.find(isThis);
      if (row.stored === "never") continue;
      if (conflict) {
        this.clash(name, conflict);
        found.conflicts.push(name);
      } else if (problem) {
        if (this.refuse(name, cell.text, { ...problem, column: cell.column })) found.problems.push(name);
      } else if (!refused) {
        if (!returned.has(row.key)) row.saved[cell.column] = cell.value;
        this.settle(name, cell.text);
        saved += 1;
      }
    }
    const notes = this.refuseRows(batch, answer, found.problems);
    this.held = refused;
    return { saved, ...found, gone, notes };
  }

  /** What is wrong with new rows and with whole rows: at the cell that it names, else as a sentence. */
  private refuseRows(batch: Batch, answer: ChangesAnswer, found: CellName[]): string[] {
    const notes: string[] = [];
    if (answer.written !== false)
      for (const key of batch.inserts) if (this.row(key).stored === "never") this.row(key).blocked = true;
    for (const problem of answer.problems) {
      const key = this.rows.has(problem.row) ? problem.row : (this.byId.get(problem.row) ?? null);
      const column = problem.column ?? "";
      if (key === null || !this.byColumn.has(column)) {
        notes.push([problem.message, problem.fix].filter(Boolean).join(" · "));
        continue;
      }
      const row = this.row(key);
      const wrong = { ...problem, column };
      const edit = row.edits.get(column);
      if (row.stored === "never" && edit) edit.refused = wrong;
      else if (!edit) row.problems = [...row.problems.filter((one) => one.column !== column), wrong];
      if (row.stored === "never" || !edit) found.push({ key, column });
    }
    return notes;
  }

  /** Rows as they are now on the server; what was typed here stays typed. */
  takeRows(rows: readonly SheetRow[]): ReadonlySet<string> {
    const returned = new Set<string>();
    for (const one of rows) {
      const key = (one.key && this.rows.has(one.key) ? one.key : null) ?? this.byId.get(one.id);
      if (key === undefined) {
        returned.add(this.addInGroup(one).key);
        continue;
      }
      const row = this.row(key);
      row.id = one.id;
      this.byId.set(one.id, key);
      this.take(row, one);
      returned.add(key);
    }
    return returned;
  }

  /**
   * After an insert whose answer was lost: rows of the server that nobody here knows and that hold just what was typed
   * into a new row are that row. They are not sent again.
   */
  adopt(rows: readonly SheetRow[]): void {
    const unknown = rows.filter((one) => !this.byId.has(one.id));
    for (const key of this.order) {
      const row = this.row(key);
      if (row.stored !== "never" || row.edits.size === 0) continue;
      const cells = sendable(row);
      const at = unknown.findIndex(
        (one) =>
          one.group === row.group &&
          cells.every((cell) => same(one.cells[cell.column], cell.value, this.column(cell.column))),
      );
      const [found] = at < 0 ? [] : unknown.splice(at, 1);
      if (!found) continue;
      row.id = found.id;
      this.byId.set(found.id, key);
      this.take(row, found);
      for (const { column, text } of cells) this.settle({ key, column }, text);
    }
  }

  /** The whole sheet as it is now: what others wrote, brought and took out. What was typed here stays typed. */
  catchUp(rows: readonly SheetRow[]): void {
    const returned = this.takeRows(rows);
    for (const [key, row] of this.rows) {
      if (row.stored !== "present" || returned.has(key)) continue;
      row.stored = "absent";
      row.wanted = "absent";
    }
  }

  private addInGroup(one: SheetRow): Row {
    const last = this.present(one.group).at(-1) ?? null;
    const row = this.add(one);
    if (last !== null) {
      this.order.pop();
      this.order.splice(this.order.indexOf(last) + 1, 0, row.key);
    }
    return row;
  }

  private takeRemoved(batch: Batch, answer: ChangesAnswer, returned: ReadonlySet<string>): string[] {
    const gone = [];
    const removed = new Set(answer.removed.map((id) => this.byId.get(id)));
    for (const key of removed) {
      if (key === undefined) continue;
      const row = this.row(key);
      if (returned.has(key) && row.ended) {
        row.wanted = "present"; // withdrawn: it stays to be seen
        continue;
      }
      row.stored = "absent";
      if (!batch.deletes.includes(key)) {
        row.wanted = "absent";
        gone.push(key);
      }
    }
    for (const key of batch.deletes) {
      const row = this.row(key);
      row.into = null;
      if (!removed.has(key)) row.wanted = "present";
    }
    for (const key of batch.restores) {
      const row = this.row(key);
      if (row.ended) row.revive = false;
      else if (!returned.has(key) && row.wanted === "present") row.wanted = "absent";
    }
    return gone;
  }

  /** What the server refused, unless something else stands there by now. */
  private refuse({ key, column }: CellName, text: string | null, problem: CellProblem): boolean {
    const edit = this.row(key).edits.get(column);
    if (!edit || edit.text !== text) return false;
    edit.refused = problem;
    return true;
  }

  private clash({ key, column }: CellName, conflict: SentConflict): void {
    const row = this.row(key);
    row.saved[column] = conflict.theirs;
    const edit = row.edits.get(column);
    if (!edit) return;
    if (!edit.reading.problem && same(edit.reading.value, conflict.theirs, this.column(column))) {
      row.edits.delete(column);
      return;
    }
    const { base, theirs, by, at } = conflict;
    edit.conflict = { base, theirs, by, at, mine_at: edit.at };
  }

  /** The server has it. What was typed meanwhile goes on top of that. */
  private settle({ key, column }: CellName, text: string | null): void {
    const row = this.row(key);
    const edit = row.edits.get(column);
    if (!edit) return;
    const saved = row.saved[column] ?? null;
    const back = !edit.reading.problem && same(edit.reading.value, saved, this.column(column));
    if (edit.text === text || back) row.edits.delete(column);
    else edit.base = saved;
  }

  // -- keeping in the browser

  /** Everything that the server does not have, to be kept in the browser. */
  kept(): Kept[] {
    const kept: Kept[] = [];
    for (const key of this.order) {
      const row = this.row(key);
      if (row.stored === "never") {
        if (row.wanted === "present" && row.edits.size > 0)
          kept.push({
            kind: "insert",
            key,
            group: row.group,
            after: this.above(key),
            cells: texts(row),
            tried: row.tried,
          });
        continue;
      }
      if (row.wanted === "absent" && row.stored === "present")
        kept.push({
          kind: "delete",
          row: row.id ?? "",
          into: row.into === null ? null : this.row(row.into).id,
        });
      if (row.wanted === "absent") continue;
      if (row.stored === "absent" || row.revive) kept.push({ kind: "restore", row: row.id ?? "" });
      for (const [column, { base, text, at, conflict }] of row.edits)
        kept.push({ kind: "cell", row: row.id ?? "", column, base, text, at, conflict });
    }
    return kept;
  }

  /** Put kept work back on a sheet that was loaded again; what no longer fits is returned. */
  restore(kept: readonly Kept[]): { readonly restored: number; readonly lost: readonly Kept[] } {
    const lost: Kept[] = [];
    let restored = 0;
    for (const one of kept) {
      if (this.restoreOne(one)) restored += one.kind === "insert" ? Object.keys(one.cells).length : 1;
      else lost.push(one);
    }
    return { restored, lost };
  }

  private restoreOne(one: Kept): boolean {
    if (!this.editable) return false;
    if (one.kind === "insert") {
      this.restoreInsert(one);
      return true;
    }
    const key = this.byId.get(one.row);
    if (one.kind === "restore") {
      if (key !== undefined) this.bring(key);
      return key !== undefined;
    }
    if (key === undefined) return one.kind === "delete";
    if (one.kind === "delete") this.drop(key, one.into ? (this.byId.get(one.into) ?? null) : null);
    else return this.restoreCell(key, one);
    return true;
  }

  /** A row whose insert may have arrived before the page was closed is not made a second time. */
  private restoreInsert(one: Extract<Kept, { kind: "insert" }>): void {
    const cells = Object.entries(one.cells).filter(([column]) => this.byColumn.has(column));
    const read = cells.flatMap(([column, text]) => {
      const reading = readCell(text, this.column(column));
      return reading.problem ? [] : [{ column, value: reading.value }];
    });
    const there = [...this.rows.values()].find(
      (row) =>
        one.tried &&
        row.group === one.group &&
        read.every(({ column, value }) => same(row.saved[column], value, this.column(column))),
    );
    const after = one.after === null ? null : (this.byId.get(one.after) ?? one.after);
    if (!there) this.place(keptRow(one.key, one.group), after);
    const row = there ?? this.row(one.key);
    for (const [column, text] of cells) if (this.canEdit(row.key, column)) this.put(row, column, text);
  }

  private restoreCell(key: string, { column, base, text, at, conflict }: KeptCell): boolean {
    if (!this.byColumn.has(column) || !this.canEdit(key, column)) return false;
    const row = this.row(key);
    this.put(row, column, text);
    row.opened.set(column, base);
    const edit = row.edits.get(column);
    if (!edit) return true;
    Object.assign(edit, { base, at });
    if (conflict) edit.conflict = { ...conflict, theirs: row.saved[column] ?? null };
    return true;
  }
}

interface CellName {
  readonly key: string;
  readonly column: string;
}

function sendable(row: Row): Batch["cells"][number][] {
  const cells = [];
  for (const [column, edit] of row.edits) {
    if (edit.reading.problem || edit.refused || edit.conflict) continue;
    cells.push({ key: row.key, column, base: edit.base, text: edit.text, value: edit.reading.value });
  }
  return cells;
}

function texts(row: Row): Record<string, string | null> {
  return Object.fromEntries([...row.edits].map(([column, edit]) => [column, edit.text]));
}

/** Text that is searched: words of the row, without regard to case. */
export function searchText(
  model: SheetModel,
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

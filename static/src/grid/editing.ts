/** Changing rows of a sheet: typing, rows that come and go, and the steps that can be taken back. */

import { asText, type CellValue, type Sheet } from "./protocol";
import { readCell } from "./reading";
import { type CellChange, type NewRow, type Row, SheetRows, same } from "./rows";
import { keptRow } from "./store";

export interface Step {
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

const MOST_STEPS = 200;

/** Sixteen digits: with them the key of a new row is never made twice, on whatever computer. */
function newSalt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class EditedRows extends SheetRows {
  private readonly past: Step[] = [];
  private readonly future: Step[] = [];
  protected flying: Batch | null = null;
  /** Of a sheet that is written whole: the last save was refused and nothing has been changed since. */
  protected held = false;
  private made = 0;

  constructor(
    sheet: Sheet,
    private readonly now: () => string = () => new Date().toISOString(),
    private readonly salt: string = newSalt(),
  ) {
    super(sheet);
  }

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

  /** Cells of a sheet that is written whole that keep the others back; 0 when everything can go. */
  get waiting(): number {
    if (!this.whole) return 0;
    const { wrong, conflicts } = this.counts();
    return Math.max(wrong + conflicts, this.held ? 1 : 0);
  }

  protected drop(key: string, into: string | null = null): void {
    this.reconsider();
    const row = this.row(key);
    row.revive = false;
    if (row.ended) return;
    row.wanted = "absent";
    row.into = into;
  }

  protected bring(key: string): void {
    this.reconsider();
    const row = this.row(key);
    row.revive = row.ended;
    row.wanted = "present";
    row.into = null;
  }

  protected write(changes: readonly CellChange[]): Step["cells"] {
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
  protected reconsider(): void {
    if (!this.held) return;
    this.held = false;
    for (const row of this.rows.values()) {
      row.blocked = false;
      row.problems = [];
      for (const edit of row.edits.values()) edit.refused = null;
    }
  }

  protected put(row: Row, column: string, text: string | null): void {
    this.reconsider();
    const spec = this.column(column);
    // What the server told of a new row was about the name that it had.
    if (row.stored === "never" && spec.required) row.saved = {};
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

  protected place(row: Row, after: string | null): void {
    this.rows.set(row.key, row);
    if (row.id) this.byId.set(row.id, row.key);
    let at = after === null ? -1 : this.order.indexOf(after);
    if (at < 0) at = this.order.findIndex((key) => this.row(key).group === row.group) - 1;
    if (at < -1) this.order.push(row.key);
    else this.order.splice(at + 1, 0, row.key);
  }

  protected remember(step: Step): void {
    this.past.push(step);
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future.length = 0;
  }
}

/** What a person does to the selected cells: copy, cut, paste, fill, clear, insert and remove rows, step back and forth. */

import { parseTable, writeTable } from "./clipboard";
import type { SheetModel } from "./model";
import type { Column } from "./protocol";
import { laidOut, type Range } from "./ranges";
import { editable, isMark, shown } from "./reading";
import type { CellChange, NewRow } from "./rows";
import type { Surface } from "./surface";
import { t } from "./texts";

/** A paste longer than the sheet: asked before rows are added. */
export interface PasteQuestion {
  readonly more: number;
  readonly add: () => void;
  readonly fit: () => void;
}

export interface ActionEvents {
  /** The model was changed: draw, save. `cells` are those whose problems are shown. */
  readonly done: (said: string | null, cells: readonly { key: string; column: string }[]) => void;
  readonly ask: (question: PasteQuestion) => void;
  readonly say: (text: string) => void;
  /** Rows are gone; taking that back is offered. */
  readonly removed: (rows: number) => void;
}

export class Actions {
  constructor(
    private readonly model: SheetModel,
    private readonly surface: Surface,
    private readonly events: ActionEvents,
  ) {}

  /** Keys of the rows in the selection, from the top. */
  selectedRows(range: Range | null = this.surface.range): string[] {
    if (!range) return [];
    const lines = this.surface.lines.slice(range.top, range.bottom + 1);
    return lines.flatMap((line) => (line.kind === "row" ? [line.key] : []));
  }

  selectedColumns(range: Range | null = this.surface.range): readonly Column[] {
    return range ? this.surface.columns.slice(range.left, range.right + 1) : [];
  }

  /** Take one typed cell over. */
  type(key: string, column: Column, text: string): void {
    const before = editable(this.model.value(key, column.key), column);
    if (text === before) return; // looked at, not changed
    const label = t("step_type", { column: column.title, n: this.numberOf(key) });
    this.apply([{ key, column: column.key, text }], label, null);
  }

  mend(key: string, column: Column, text: string): void {
    this.apply([{ key, column: column.key, text }], t("step_mend", { value: text }), null);
  }

  private numberOf(key: string): number {
    const line = this.surface.lines.find((one) => one.kind === "row" && one.key === key);
    return line?.kind === "row" ? line.number : 0;
  }

  private apply(changes: readonly CellChange[], label: string, said: string | null): number {
    const editables = changes.filter((one) => this.model.canEdit(one.key, one.column));
    const skipped = changes.length - editables.length;
    const count = this.model.change(editables, label);
    const left = skipped > 0 ? t("skipped", { n: skipped }) : null;
    const words = [said, left].filter(Boolean).join(" · ") || null;
    if (count > 0) this.events.done(words, editables);
    else if (left) this.events.say(left);
    return count;
  }

  private cells(): { readonly key: string; readonly column: Column }[] {
    const columns = this.selectedColumns();
    return this.selectedRows().flatMap((key) => columns.map((column) => ({ key, column })));
  }

  clear(): void {
    const filled = this.cells().filter(({ key, column }) => this.model.value(key, column.key) !== null);
    const changes = filled.map(({ key, column }) => ({ key, column: column.key, text: null }));
    this.apply(changes, t("step_clear", { n: changes.length }), null);
  }

  /** Marks of the selection on or off, as the active one turns; false where no mark stands. */
  toggle(): boolean {
    const here = this.surface.cellName(this.surface.activePlace);
    if (!here || !isMark(here.column)) return false;
    const text =
      this.model.value(here.key, here.column.key) === null ? here.column.choices?.[0]?.label : null;
    const marks = this.cells().filter(({ column }) => isMark(column));
    const changes = marks.map(({ key, column }) => ({ key, column: column.key, text: text ?? null }));
    this.apply(changes, t("step_mark", { n: changes.length }), null);
    return true;
  }

  /** The selection as a spreadsheet takes it: figures as figures, choices and dates by their words. */
  copy(): string {
    const columns = this.selectedColumns();
    const rows = this.selectedRows().map((key) =>
      columns.map((column) => {
        const value = this.model.value(key, column.key);
        return column.type === "money" ? editable(value, column) : shown(value, column);
      }),
    );
    this.events.say(t("copied", { n: rows.length * columns.length }));
    return writeTable(rows);
  }

  cut(): string {
    const text = this.copy();
    const changes = this.cells().map(({ key, column }) => ({ key, column: column.key, text: null }));
    this.apply(changes, t("step_cut", { n: changes.length }), null);
    return text;
  }

  paste(text: string): void {
    const range = this.surface.range;
    const block = parseTable(text);
    const rows = this.selectedRows(range);
    if (block.length === 0) return;
    if (this.model.editable && !this.model.fixed && this.model.present().length === 0) {
      const targets = laidOut(block, block.length, 1);
      const left = Math.max(
        0,
        this.surface.columns.findIndex((one) => one.editable),
      );
      this.putDown(targets, [], left, 1 + Math.max(...targets.map((one) => one.row)));
      return;
    }
    if (!range || rows.length === 0) {
      this.events.say(t("no_rows_chosen"));
      return;
    }
    const width = range.right - range.left + 1;
    const targets = laidOut(block, rows.length, width);
    const height = 1 + Math.max(...targets.map((one) => one.row));
    const below = this.rowsFrom(range.top, height);
    const more = height - below.length;
    const put = (added: number): void => this.putDown(targets, below, range.left, added);
    if (more > 0 && this.model.editable) this.events.ask({ more, add: () => put(more), fit: () => put(0) });
    else put(0);
  }

  /** Keys of the rows from a line on, at most so many. */
  private rowsFrom(top: number, most: number): string[] {
    const keys: string[] = [];
    for (let at = top; at < this.surface.lines.length && keys.length < most; at += 1) {
      const line = this.surface.lines[at];
      if (line?.kind === "row") keys.push(line.key);
    }
    return keys;
  }

  private putDown(
    targets: readonly { readonly row: number; readonly column: number; readonly text: string }[],
    rows: readonly string[],
    left: number,
    added: number,
  ): void {
    const columns = this.surface.columns;
    const changes: CellChange[] = [];
    const fresh = new Map<number, Record<string, string | null>>();
    let widest = 0;
    for (const { row, column, text } of targets) {
      const to = columns[left + column];
      widest = Math.max(widest, left + column + 1);
      if (!to) continue;
      const key = rows[row];
      if (key !== undefined) changes.push({ key, column: to.key, text });
      else if (row < rows.length + added) {
        const cells = fresh.get(row) ?? {};
        cells[to.key] = text;
        fresh.set(row, cells);
      }
    }
    const tooWide = widest > columns.length ? t("cut_off", { n: widest - columns.length }) : null;
    const count = changes.length + [...fresh.values()].reduce((sum, one) => sum + Object.keys(one).length, 0);
    const label = t("step_paste", { n: count });
    const said = [t("pasted", { n: count }), tooWide].filter(Boolean).join(" · ");
    if (fresh.size === 0) this.apply(changes, label, said);
    else this.pasteWithRows(changes, [...fresh.values()], label, said);
    this.selectPasted(rows.length + added, left, widest);
  }

  private pasteWithRows(
    changes: readonly CellChange[],
    fresh: readonly Record<string, string | null>[],
    label: string,
    said: string,
  ): void {
    // The end of the sheet: below the last row of the last group that has rows.
    const last = this.model.present().at(-1);
    const group = last === undefined ? (this.model.groups[0]?.key ?? "") : this.model.row(last).group;
    const rows: NewRow[] = [];
    for (const cells of fresh) rows.push({ group, after: last ?? null, cells });
    // Each goes below the same row, so the last one first.
    const inserted = this.model.insert([...rows].reverse(), changes, label);
    const cells = inserted.flatMap((key) => Object.keys(fresh[0] ?? {}).map((column) => ({ key, column })));
    this.events.done(said, [...changes, ...cells]);
  }

  private selectPasted(rows: number, left: number, right: number): void {
    const range = this.surface.range;
    if (!range) return;
    let [line, seen] = [range.top, 0];
    for (let at = range.top; at < this.surface.lines.length && seen < rows; at += 1) {
      if (this.surface.lines[at]?.kind !== "row") continue;
      line = at;
      seen += 1;
    }
    const corner = { line, column: Math.min(right, this.surface.columns.length) - 1 };
    this.surface.selectRange(corner, { line: range.top, column: left });
  }

  /** The first row of the selection into all below it; a single cell takes the one above it. */
  fillDown(): void {
    const range = this.surface.range;
    const rows = this.selectedRows();
    if (!range || rows.length === 0) return;
    let [source, targets] = [rows[0], rows.slice(1)];
    if (targets.length === 0) {
      source = this.rowAbove(range.top);
      targets = rows;
    }
    if (source === undefined) return;
    const from = source;
    this.fill(
      targets.flatMap((key) => this.selectedColumns().map((column) => ({ key, column, from, of: column }))),
    );
  }

  private rowAbove(line: number): string | undefined {
    for (let at = line - 1; at >= 0; at -= 1) {
      const one = this.surface.lines[at];
      if (one?.kind === "row") return one.key;
    }
    return undefined;
  }

  fillRight(): void {
    const range = this.surface.range;
    let columns = this.selectedColumns();
    let source = columns[0];
    if (range && columns.length === 1) source = this.surface.columns[range.left - 1];
    else columns = columns.slice(1);
    if (!source) return;
    const of = source;
    this.fill(
      this.selectedRows().flatMap((key) => columns.map((column) => ({ key, column, from: key, of }))),
    );
  }

  private fill(
    cells: readonly {
      readonly key: string;
      readonly column: Column;
      readonly from: string;
      readonly of: Column;
    }[],
  ): void {
    const changes = cells.map(({ key, column, from, of }) => ({
      key,
      column: column.key,
      text: editable(this.model.value(from, of.key), of) || null,
    }));
    this.apply(changes, t("step_fill", { n: changes.length }), null);
  }

  /** A row below the active one, in its group; on the head of a group: its first. */
  insertRow(): void {
    if (!this.model.editable) return;
    const place = this.surface.activePlace;
    const line = place ? this.surface.lines[place.line] : undefined;
    const group = line ? (line.kind === "row" ? this.model.row(line.key).group : line.group.key) : null;
    const after =
      line?.kind === "row"
        ? line.key
        : line?.kind === "sum"
          ? (this.model.present(line.group.key).at(-1) ?? null)
          : null;
    const to = group ?? this.model.groups[0]?.key ?? "";
    const [key = ""] = this.model.insert([{ group: to, after, cells: {} }], [], t("step_insert", { n: 1 }));
    this.events.done(t("inserted_row"), []);
    const first = this.surface.columns.find((column) => this.model.canEdit(key, column.key));
    this.surface.goTo(key, first?.key ?? "");
    this.surface.focus();
  }

  removeRows(): void {
    const rows = this.selectedRows();
    if (rows.length > 0 && rows.every((key) => this.model.row(key).ended)) {
      const back = this.model.revive(rows, t("step_revive", { n: rows.length }));
      if (back > 0) this.events.done(t("step_revive", { n: back }), []);
      return;
    }
    const count = this.model.remove(rows, t("step_remove", { n: rows.length }));
    if (count === 0) {
      this.events.say(rows.length > 0 ? t("read_only_row") : t("no_rows_to_remove"));
      return;
    }
    this.events.done(t("removed_rows", { n: count }), []);
    this.events.removed(count);
  }

  undo(): void {
    const step = this.model.undo();
    if (step) this.after(step.cells, t("undone", { what: step.label }));
  }

  redo(): void {
    const step = this.model.redo();
    if (step) this.after(step.cells, t("redone", { what: step.label }));
  }

  private after(cells: readonly { readonly key: string; readonly column: string }[], said: string): void {
    this.events.done(said, cells);
    const [first] = cells;
    if (first && this.model.row(first.key).wanted === "present") this.surface.goTo(first.key, first.column);
  }

  /** The next cell with a problem or a conflict, in reading order and round the end; or the first of all. */
  nextToFix(by: 1 | -1, first = false): boolean {
    const here = first ? null : this.surface.cellName(this.surface.activePlace);
    const keys = this.model.groups.length > 0 ? this.inOrder() : this.model.present();
    const found = keys.flatMap((key) =>
      this.surface.columns.flatMap((column) =>
        this.model.conflict(key, column.key) || this.model.problem(key, column.key) ? [{ key, column }] : [],
      ),
    );
    if (found.length === 0) {
      this.events.say(t("no_more_to_fix"));
      return false;
    }
    const rank = (key: string, column: Column): number =>
      keys.indexOf(key) * this.surface.columns.length + this.surface.columns.indexOf(column);
    const at = here ? rank(here.key, here.column) : -1;
    const ordered = by === 1 ? found : [...found].reverse();
    const next = ordered.find((one) => (rank(one.key, one.column) - at) * by > 0) ?? ordered[0];
    return next !== undefined && this.surface.goTo(next.key, next.column.key);
  }

  private inOrder(): string[] {
    const known = new Set(this.model.groups.map((group) => group.key));
    const others = this.model.present().filter((key) => !known.has(this.model.row(key).group));
    return [...this.model.groups.flatMap((group) => this.model.present(group.key)), ...others];
  }
}

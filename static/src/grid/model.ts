/**
 * A sheet as one person works on it, and the server: `outgoing` says what has to be sent, `accept` takes the answer in.
 */

import type { Batch } from "./editing";
import { KeptRows } from "./kept";
import type { CellProblem, ChangesAnswer, SentConflict, SheetRow } from "./protocol";
import { type CellName, type Row, same } from "./rows";

export interface Accepted {
  readonly saved: number;
  readonly problems: readonly { readonly key: string; readonly column: string }[];
  readonly conflicts: readonly { readonly key: string; readonly column: string }[];
  /** Rows that somebody else removed. */
  readonly gone: readonly string[];
  /** What the server said about whole rows. */
  readonly notes: readonly string[];
}

export class SheetModel extends KeptRows {
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

  accept(batch: Batch, answer: ChangesAnswer): Accepted {
    this.flying = null;
    const refused = answer.written === false;
    const returned = this.takeRows(answer.rows);
    this.know(answer.found ?? []);
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

  /** What the server knows of new rows that it could not write yet: the name that belongs to a code. */
  private know(found: NonNullable<ChangesAnswer["found"]>): void {
    for (const { key, cells } of found) {
      const row = this.rows.get(key);
      if (row?.stored !== "never") continue;
      for (const [column, value] of Object.entries(cells))
        if (this.byColumn.get(column)?.editable === false) row.saved[column] = value;
    }
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
}

function sendable(row: Row): Batch["cells"][number][] {
  const cells = [];
  for (const [column, edit] of row.edits) {
    if (edit.reading.problem || edit.refused || edit.conflict) continue;
    cells.push({ key: row.key, column, base: edit.base, text: edit.text, value: edit.reading.value });
  }
  return cells;
}

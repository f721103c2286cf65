/** What the server does not have yet, as it is kept in the browser and put back on a sheet that was loaded again. */

import { EditedRows } from "./editing";
import { readCell } from "./reading";
import { type Row, same } from "./rows";
import { type Kept, type KeptCell, keptRow } from "./store";

export class KeptRows extends EditedRows {
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

function texts(row: Row): Record<string, string | null> {
  return Object.fromEntries([...row.edits].map(([column, edit]) => [column, edit.text]));
}
